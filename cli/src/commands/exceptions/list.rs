//! `syncline exceptions list`

use crate::arguments::{Format, List};
use crate::commands::hub::{Site, failed, instant, moment};
use crate::findings::{counted, model};
use crate::output::{self, BAD, BOLD, DIM, styled, tame};
use crate::tables::{self, Column, NOTHING};
use crate::trouble::{Exit, Outcome, Trouble};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use syncline::model::Model;
use syncline_runtime::{Exception, Exceptions};

const COLUMNS: [Column; 6] = [
    Column::Name("due"),
    Column::Name("sync"),
    Column::Name("key"),
    Column::Name("version"),
    Column::Name("reason"),
    Column::Prose("what"),
];

pub(super) fn run(arguments: &List, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let hub = site.existing_hub()?;
    let Exceptions { format, mut exceptions } = syncline_runtime::exceptions(&hub).map_err(|error| failed(&error))?;
    exceptions.retain(|one| arguments.queue.as_ref().is_none_or(|queue| one.queue == *queue));
    exceptions.retain(|one| arguments.sync.as_ref().is_none_or(|sync| one.sync == *sync));
    match arguments.format {
        Format::Json => output::serialized(&Exceptions { format, exceptions })?,
        Format::Human => {
            let model = model(&site.root);
            known(arguments, &model)?;
            output::print(&told(&exceptions, &model, instant(&arguments.place), &site))?;
        }
    }
    Ok(Exit::Fine)
}

/// A misspelt name must not look like an empty queue.
fn known(arguments: &List, model: &Model) -> Outcome {
    let unknown = |kind: &str, name: &str| Trouble::new(format!("there is no {kind} `{name}`"));
    let meant = |name: &str, names: Vec<&str>| {
        syncline::diagnostics::closest(name, names).map(|meant| format!("did you mean `{meant}`?"))
    };
    if model.queues.is_empty() {
        return Ok(());
    }
    if let Some(queue) = arguments.queue.as_ref().filter(|queue| !model.queues.contains_key(*queue)) {
        let help = meant(queue, model.queues.keys().map(String::as_str).collect())
            .unwrap_or_else(|| "queues are declared in the specs".to_owned());
        return Err(unknown("queue", queue).help(help));
    }
    if let Some(sync) = arguments.sync.as_ref().filter(|sync| !model.syncs.contains_key(*sync)) {
        let help = meant(sync, model.syncs.keys().map(String::as_str).collect())
            .unwrap_or_else(|| "syncs are declared in the specs".to_owned());
        return Err(unknown("sync", sync).help(help));
    }
    Ok(())
}

fn told(exceptions: &[Exception], model: &Model, now: Timestamp, site: &Site) -> String {
    let mut queues: BTreeMap<&str, Vec<&Exception>> = BTreeMap::new();
    for one in exceptions {
        queues.entry(&one.queue).or_default().push(one);
    }
    let mut text = String::new();
    for (queue, mut waiting) in queues {
        waiting.sort_by_key(|one| (due(one), &one.sync, &one.key, &one.version));
        text.push_str(&heading(queue, &waiting, model, now));
        let rows: Vec<Vec<String>> = waiting.iter().map(|one| row(one, now)).collect();
        text.push_str(&tables::text(&COLUMNS, &rows));
        text.push('\n');
    }
    match exceptions.first() {
        None => text.push_str("no exceptions\n"),
        Some(first) => {
            let key = quoted(&first.key);
            let show = styled(BOLD, format_args!("syncline exceptions show {key}{}", site.profile_option()));
            let _ = writeln!(text, "{}; a record in full: {show}", counted(exceptions.len(), "exception"));
        }
    }
    text
}

fn row(one: &Exception, now: Timestamp) -> Vec<String> {
    let overdue = if is_overdue(one, now) { " !" } else { "" };
    let when = one.due.as_deref().map_or_else(|| NOTHING.to_owned(), moment);
    let version = one.version.as_deref().map_or_else(|| NOTHING.to_owned(), tame);
    vec![format!("{when}{overdue}"), one.sync.clone(), tame(&one.key), version, one.reason.clone(), what(one)]
}

/// A key as a shell takes it.
fn quoted(key: &str) -> String {
    let plain = key.chars().all(|c| c.is_ascii_alphanumeric() || "-_./:,@%+".contains(c));
    if plain && !key.is_empty() { key.to_owned() } else { format!("'{}'", tame(key).replace('\'', "'\\''")) }
}

fn heading(queue: &str, waiting: &[&Exception], model: &Model, now: Timestamp) -> String {
    let declared = model.queues.get(queue);
    let owner = declared.and_then(|queue| queue.owner.as_deref());
    let team = owner.and_then(|owner| model.teams.get(owner));
    let mut text = styled(BOLD, queue);
    if let Some(title) = declared.and_then(|queue| queue.title.as_deref()) {
        let _ = write!(text, " ({title})");
    }
    if let Some(owner) = team.and_then(|team| team.title.as_deref()).or(owner) {
        let _ = write!(text, ", owner {owner}");
    }
    if let Some(contact) = team.and_then(|team| team.contact.as_deref()) {
        let _ = write!(text, " {}", styled(DIM, format_args!("<{contact}>")));
    }
    let _ = write!(text, ": {} open", waiting.len());
    let overdue = waiting.iter().filter(|one| is_overdue(one, now)).count();
    if overdue > 0 {
        let _ = write!(text, ", {}", styled(BAD, format_args!("{overdue} overdue (!)")));
    }
    text.push('\n');
    text
}

/// The message of the first reason, and how many more there are.
fn what(exception: &Exception) -> String {
    let what = match exception.reasons.as_slice() {
        [] => String::new(),
        [only] => tame(&only.message),
        [first, rest @ ..] => format!("{} (and {} more)", tame(&first.message), rest.len()),
    };
    match &exception.decided {
        Some(decided) => format!("{what} [{} by {}, awaits the next run]", decided.resolution, tame(&decided.by)),
        None => what,
    }
}

fn due(exception: &Exception) -> Option<Timestamp> {
    exception.due.as_deref()?.parse().ok()
}

fn is_overdue(exception: &Exception, now: Timestamp) -> bool {
    due(exception).is_some_and(|due| due < now)
}
