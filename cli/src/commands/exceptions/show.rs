//! `syncline exceptions show`

use crate::arguments::{Format, Show};
use crate::commands::hub::{Site, failed, moment};
use crate::findings::model;
use crate::output::{self, BOLD, DIM, WARN, styled, tame};
use crate::trouble::{Exit, Outcome, Trouble};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;
use syncline::model::Model;
use syncline_runtime::{Event, ExceptionDetail, Happening};

pub(super) fn run(arguments: &Show, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let hub = site.existing_hub()?;
    let meant = |sync: &str| arguments.sync.as_ref().is_none_or(|wanted| wanted == sync);
    let mut details = syncline_runtime::exception(&hub, &arguments.key).map_err(|error| failed(&error))?;
    details.retain(|detail| meant(&detail.exception.sync));
    let mut events = syncline_runtime::history(&hub, &arguments.key).map_err(|error| failed(&error))?;
    events.retain(|event| meant(&event.sync));
    if events.is_empty() {
        return Err(unknown(arguments, &hub, &site));
    }
    match arguments.format {
        Format::Json => {
            output::serialized(
                &json!({ "format": 1, "key": arguments.key, "exceptions": details, "history": events }),
            )?;
        }
        Format::Human => {
            let model = model(&site.root);
            let mut texts: Vec<String> = details.iter().map(|detail| told(detail, &model)).collect();
            if texts.is_empty() {
                texts.push(format!("{}: no open exception\n", styled(BOLD, tame(&arguments.key))));
            }
            texts.push(history(&events));
            output::print(&texts.join("\n"))?;
        }
    }
    Ok(Exit::Fine)
}

fn unknown(arguments: &Show, hub: &Path, site: &Site) -> Trouble {
    let place = arguments.sync.as_ref().map_or_else(|| "hub".to_owned(), |sync| format!("sync `{sync}`"));
    let trouble = Trouble::new(format!("the {place} knows no record `{}`", tame(&arguments.key)));
    let open = syncline_runtime::exceptions(hub).map(|open| open.exceptions).unwrap_or_default();
    match syncline::diagnostics::closest(&arguments.key, open.iter().map(|one| one.key.as_str())) {
        Some(meant) => trouble.help(format!("did you mean `{}`?", tame(meant))),
        None => trouble.help(format!("`syncline exceptions list{}` lists the keys", site.profile_option())),
    }
}

fn told(detail: &ExceptionDetail, model: &Model) -> String {
    let one = &detail.exception;
    let version = one.version.as_deref().map_or_else(String::new, |version| format!(" version {}", tame(version)));
    let mut text = format!(
        "{} of {} in sync {}\n",
        styled(BOLD, format_args!("{}{version}", tame(&one.key))),
        one.entity,
        one.sync
    );
    let due = one.due.as_deref().map_or_else(String::new, |due| format!(", due {}", moment(due)));
    let _ = writeln!(
        text,
        "  in {}{}, since {}{due}",
        styled(BOLD, &one.queue),
        owner(&one.queue, model),
        moment(&one.since)
    );
    text.push_str("\n  why\n");
    for reason in &one.reasons {
        let field = reason.field.as_deref().map_or_else(String::new, |field| format!(" ({field})"));
        let _ = writeln!(text, "    {}{field}: {}", styled(WARN, &reason.reason), tame(&reason.message));
    }
    if let Some(decided) = &one.decided {
        let _ = writeln!(
            text,
            "\n  decided, awaits the next run\n    {} by {}, {}: {}",
            styled(WARN, &decided.resolution),
            tame(&decided.by),
            moment(&decided.at),
            tame(&decided.why)
        );
    }
    if !detail.source.is_empty() {
        let place = detail.place.as_deref().map_or_else(String::new, |place| format!(" {}", styled(DIM, place)));
        let _ = writeln!(text, "\n  what came{place}");
        let width = detail.source.iter().map(|(field, _)| field.chars().count()).max().unwrap_or_default();
        for (field, value) in &detail.source {
            let value = value.as_ref().map_or_else(|| styled(DIM, "null"), |value| format!("{value:?}"));
            let _ = writeln!(text, "    {field:width$}  {value}");
        }
    }
    text
}

fn owner(queue: &str, model: &Model) -> String {
    let owner = model.queues.get(queue).and_then(|queue| queue.owner.as_deref());
    let title = owner.and_then(|owner| model.teams.get(owner)).and_then(|team| team.title.as_deref());
    title.or(owner).map_or_else(String::new, |owner| format!(" of {owner}"))
}

/// What happened, one step a line.
fn history(events: &[Event]) -> String {
    let width = events.iter().map(|event| event.sync.chars().count()).max().unwrap_or_default();
    let mut text = String::from("  history\n");
    for event in events {
        let _ = writeln!(text, "    {}  {:width$}  {}", moment(&event.at), event.sync, happening(&event.what));
    }
    text
}

fn happening(what: &Happening) -> String {
    let numbered = |version: &Option<String>| {
        version.as_deref().map_or_else(|| "a row".to_owned(), |version| format!("version {}", tame(version)))
    };
    match what {
        Happening::Captured { version, place, state, copies } => {
            let place = place.as_deref().map_or_else(String::new, |place| format!(" from {place}"));
            let copies = if *copies > 0 { format!(" ({copies} more of it in the extract)") } else { String::new() };
            format!("{} came{place}{copies}, now {state}", numbered(version))
        }
        Happening::Raised { version, reason, queue } => format!("{} into {queue}: {reason}", numbered(version)),
        Happening::Settled { version, reason } => format!("{} settled: {reason}", numbered(version)),
        Happening::Decided { version, resolution, by, why } => {
            format!("{} {resolution} by {}: {}", numbered(version), tame(by), tame(why))
        }
        Happening::Missing { state } => format!("missing from a complete extract: {state}"),
        Happening::Posted { kind, target, key, state } => {
            let done = match kind.as_str() {
                "delta" => "adjusted in",
                "reverse" => "reversed in",
                "overwrite" => "changed in",
                _ => "posted to",
            };
            let state = if state == "done" { String::new() } else { format!(" ({state})") };
            format!("{done} {target} as {}{state}", tame(key))
        }
    }
}
