//! `syncline preview`

use super::hub::{Site, failed, instant, moment};
use super::run::{known_sync, plan, shut};
use crate::arguments::{Format, Preview};
use crate::findings::counted;
use crate::output::{self, BAD, BOLD, GOOD, WARN, styled, tame};
use crate::progress::Bar;
use crate::tables::{self, Column, NOTHING};
use crate::trouble::{Exit, Outcome};
use std::fmt::Write;
use std::path::Path;
use syncline_runtime::{Exception, Options, PreviewLine, Totals};

const LINES: [Column; 5] =
    [Column::Name("sync"), Column::Name("key"), Column::Name("action"), Column::Name("line"), Column::Prose("values")];
const RAISED: [Column; 5] =
    [Column::Name("sync"), Column::Name("key"), Column::Name("queue"), Column::Name("reason"), Column::Prose("what")];

pub(super) fn run(arguments: &Preview, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let Some(plan) = plan(arguments.plan.as_deref(), &site.root, Some(&site.chosen.name))? else {
        return Ok(Exit::Findings);
    };
    let only = known_sync(&plan, arguments.sync.as_deref())?;
    let options = Options::at(instant(&arguments.place), &site.root);
    let mut bar = Bar::new();
    let result = syncline_runtime::preview(&plan, &site.chosen.profile, &options, &mut bar);
    bar.clear();
    let mut preview = result.map_err(|error| failed(&error))?;
    if let Some(only) = only {
        preview.syncs.retain(|sync| sync.name == only);
        preview.lines.retain(|line| line.sync == only);
        preview.exceptions.retain(|one| one.sync == only);
        preview.totals = Totals::of(&preview.syncs);
    }
    match arguments.format {
        Format::Json => output::serialized(&preview)?,
        Format::Human => output::print(&told(&preview, &site))?,
    }
    Ok(Exit::found(preview.totals.reconciled == Some(false)))
}

fn told(preview: &syncline_runtime::Preview, site: &Site) -> String {
    let mut text = format!(
        "{} of a run at {}, profile {}: nothing was changed\n\n",
        styled(BOLD, "preview"),
        moment(&preview.at),
        site.chosen.name
    );
    let syncs = preview.syncs.iter().map(|sync| (sync.name.as_str(), &sync.accounts, sync.reconciled));
    text.push_str(&tables::accounts(syncs));
    text.push('\n');
    let done = preview.totals.this_run;
    let _ = writeln!(
        text,
        "the run would: read {}, find {} new, post {}, reverse {}, overwrite {}, resolve {}",
        done.read, done.new, done.posted, done.reversed, done.overwritten, done.resolved
    );
    text.push_str(&shut(&preview.syncs));
    if !preview.lines.is_empty() {
        let _ = writeln!(text, "\n{}", styled(BOLD, "would be written"));
        text.push_str(&tables::text(&LINES, &preview.lines.iter().map(written).collect::<Vec<_>>()));
    }
    if !preview.exceptions.is_empty() {
        let raised = counted(preview.exceptions.len(), "exception");
        let _ = writeln!(text, "\n{}: {raised} would be raised", styled(WARN, "exceptions"));
        text.push_str(&tables::text(&RAISED, &preview.exceptions.iter().map(raised_row).collect::<Vec<_>>()));
    }
    match preview.totals.reconciled {
        Some(true) => {
            let _ = writeln!(text, "\n{}: hub, ledger and targets would agree", styled(GOOD, "reconciled"));
        }
        Some(false) => {
            let apart = preview.syncs.iter().filter(|sync| sync.reconciled == Some(false));
            let names: Vec<String> = apart.map(|sync| format!("`{}`", sync.name)).collect();
            let _ = writeln!(
                text,
                "\n{}: {} would not agree with the target",
                styled(BAD, "not reconciled"),
                names.join(", ")
            );
        }
        None => {}
    }
    text
}

fn written(line: &PreviewLine) -> Vec<String> {
    let values = line.values.iter().map(|(field, value)| match value {
        Some(value) => format!("{field} {}", tame(value)),
        None => format!("{field} null"),
    });
    let mut values = values.collect::<Vec<_>>().join(", ");
    if let Some(why) = &line.refused {
        values = format!("{}: {} ({values})", styled(BAD, "refused"), tame(why));
    }
    let place = format!("{} {}", line.target, tame(&line.line));
    vec![line.sync.clone(), tame(&line.key), line.action.clone(), place, values]
}

fn raised_row(one: &Exception) -> Vec<String> {
    let what = one.reasons.first().map_or_else(|| NOTHING.to_owned(), |first| tame(&first.message));
    vec![one.sync.clone(), tame(&one.key), one.queue.clone(), one.reason.clone(), what]
}
