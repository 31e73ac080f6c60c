//! `syncline reconcile`

use super::hub::{Site, failed, instant, moment};
use super::run::{known_sync, plan, resting, variance};
use crate::arguments::{Format, Reconcile};
use crate::output::{self, BOLD, GOOD, styled};
use crate::progress::Bar;
use crate::tables::{self, Column, NOTHING};
use crate::trouble::{Exit, Outcome, Trouble};
use serde::Serialize;
use std::fmt::Write;
use std::path::Path;
use syncline_runtime::{Options, Passes, ReconciliationLine, SyncReport};

const LINES: [Column; 6] = [
    Column::Name("sync"),
    Column::Name("measure"),
    Column::Name("group"),
    Column::Count("ledger"),
    Column::Count("target"),
    Column::Count("difference"),
];

/// What was found, for programs.
#[derive(Debug, Serialize)]
struct Found<'r> {
    format: u32,
    run: &'r str,
    at: &'r str,
    reconciled: bool,
    syncs: Vec<Compared<'r>>,
    /// Syncs that rest, whose targets were not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resting: Vec<Resting<'r>>,
}

/// One sync that rests.
#[derive(Debug, Serialize)]
struct Resting<'r> {
    name: &'r str,
    wave: &'r str,
}

/// One sync whose target was read back.
#[derive(Debug, Serialize)]
struct Compared<'r> {
    name: &'r str,
    reconciled: bool,
    lines: &'r [ReconciliationLine],
    differing: &'r [String],
}

pub(super) fn run(arguments: &Reconcile, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    site.existing_hub()?;
    let Some(plan) = plan(arguments.plan.as_deref(), &site.root, Some(&site.chosen.name))? else {
        return Ok(Exit::Findings);
    };
    let only = known_sync(&plan, arguments.sync.as_deref())?;
    let mut compared = plan.syncs.iter().filter(|sync| only.is_none_or(|only| sync.name == only));
    if compared.all(|sync| sync.reconcile.is_none()) {
        let trouble = match only {
            Some(only) => Trouble::new(format!("sync `{only}` does not reconcile")),
            None => Trouble::new("no sync of this plan reconciles"),
        };
        return Err(trouble.help("say what is compared: `reconcile count every 1d tolerance 0`"));
    }
    let mut options = Options::at(instant(&arguments.place), &site.root);
    options.earlier = true;
    options.passes = Passes::Reconcile;
    options.only = only.map(str::to_owned);
    let mut bar = Bar::new();
    let result = syncline_runtime::run(&plan, &site.chosen.profile, &options, &mut bar);
    bar.clear();
    let report = result.map_err(|error| failed(&error))?;
    let syncs: Vec<&SyncReport> = report.syncs.iter().filter(|sync| options.includes(&sync.name)).collect();
    let reconciled = syncs.iter().all(|sync| sync.reconciled != Some(false));
    match arguments.format {
        Format::Json => {
            let resting =
                syncs.iter().filter_map(|sync| Some(Resting { name: &sync.name, wave: sync.resting.as_deref()? }));
            let resting = resting.collect();
            let syncs = syncs.iter().filter_map(|sync| {
                let (lines, differing) = (sync.reconciliation.as_slice(), sync.differing.as_slice());
                Some(Compared { name: &sync.name, reconciled: sync.reconciled?, lines, differing })
            });
            let syncs = syncs.collect();
            output::serialized(&Found { format: 1, run: &report.run, at: &report.at, reconciled, syncs, resting })?;
        }
        Format::Human => output::print(&told(&syncs, reconciled, &report.at, &site))?,
    }
    Ok(Exit::found(!reconciled))
}

fn told(syncs: &[&SyncReport], reconciled: bool, at: &str, site: &Site) -> String {
    let mut text = format!("{} at {}, profile {}\n\n", styled(BOLD, "reconciliation"), moment(at), site.chosen.name);
    let lines = syncs.iter().flat_map(|sync| sync.reconciliation.iter().map(|line| row(sync, line)));
    text.push_str(&tables::text(&LINES, &lines.collect::<Vec<_>>()));
    text.push('\n');
    for sync in syncs {
        text.push_str(&resting(&sync.name, sync.resting.as_deref()));
    }
    for sync in syncs.iter().filter(|sync| sync.reconciled == Some(false)) {
        text.push_str(&variance(sync));
    }
    if syncs.iter().all(|sync| sync.reconciled.is_none()) {
        let _ = writeln!(text, "nothing was compared");
    } else if reconciled {
        let _ = writeln!(text, "{}: the targets hold what the ledger says", styled(GOOD, "reconciled"));
    }
    text
}

fn row(sync: &SyncReport, line: &ReconciliationLine) -> Vec<String> {
    let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| NOTHING.to_owned());
    let group = if line.group.is_empty() { NOTHING.to_owned() } else { line.group.clone() };
    let numbers = [&line.ledger, &line.target, &line.difference].map(shown);
    [sync.name.clone(), line.measure.clone(), group].into_iter().chain(numbers).collect()
}
