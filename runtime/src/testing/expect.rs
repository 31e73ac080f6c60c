//! Expectations, and what to say when they are not met.

use super::world::World;
use super::{TestFailure, rows};
use crate::error::Outcome;
use crate::report::SyncReport;
use syncline_ir::{At, TestAction};

/// What of an expectation is not met.
pub(super) fn unmet(world: &World<'_>, expectation: &TestAction, at: &At) -> Outcome<Vec<TestFailure>> {
    match expectation {
        TestAction::Given(..) | TestAction::GivenNo(..) | TestAction::Run { .. } => Ok(Vec::new()),
        TestAction::Rows(place, expected) => Ok(rows::unmet(world, place, expected, at)?.into_iter().collect()),
        TestAction::Exception { key, reason, queue } => exception(world, key, reason, queue, at),
        TestAction::NoExceptions => {
            let open = open_exceptions(world)?;
            if open.is_empty() {
                return Ok(Vec::new());
            }
            let number = open.len();
            let plural = if number == 1 { "" } else { "s" };
            let mut failure = TestFailure::new(at, format!("{number} exception{plural} found, and none expected"));
            failure.help = Some(format!("found {}", told(&open)));
            Ok(vec![failure])
        }
        TestAction::Counts { sync, counts } => Ok(accounts(world, sync, counts, at)),
        TestAction::Reconciled { sync } => Ok(reconciled(world, sync, at)),
    }
}

struct Open {
    key: String,
    reason: String,
    queue: String,
    message: String,
}

fn open_exceptions(world: &World<'_>) -> Outcome<Vec<Open>> {
    let listed = world.hub.listed(None)?;
    let open = listed.into_iter().map(|one| {
        let texts: Vec<crate::hub::ExceptionText> = serde_json::from_str(&one.reasons).unwrap_or_default();
        let message = texts.into_iter().next().map_or_else(String::new, |first| first.message);
        Open { key: one.key, reason: one.reason, queue: one.queue, message }
    });
    Ok(open.collect())
}

fn told(open: &[Open]) -> String {
    let lines =
        open.iter().take(5).map(|one| format!("`{}` {} in {}: {}", one.key, one.reason, one.queue, one.message));
    let mut text = lines.collect::<Vec<_>>().join("; ");
    if open.len() > 5 {
        text.push_str(&format!("; and {} more", open.len() - 5));
    }
    text
}

fn exception(world: &World<'_>, key: &str, reason: &str, queue: &str, at: &At) -> Outcome<Vec<TestFailure>> {
    let open = open_exceptions(world)?;
    let is_met = |one: &Open| one.key == key && one.reason.replace('-', "_") == reason && one.queue == queue;
    if open.iter().any(is_met) {
        return Ok(Vec::new());
    }
    let mut failure = TestFailure::new(at, format!("`{key}` is not in {queue} for {reason}"));
    failure.help =
        Some(if open.is_empty() { "there is no open exception".to_owned() } else { format!("found {}", told(&open)) });
    Ok(vec![failure])
}

fn account(report: &SyncReport, name: &str) -> u64 {
    let accounts = &report.accounts;
    match name {
        "captured" => accounts.captured,
        "staged" => accounts.staged,
        "posted" => accounts.posted,
        "corrected" => accounts.corrected,
        "unchanged" => accounts.unchanged,
        "superseded" => accounts.superseded,
        "duplicate" => accounts.duplicate,
        "waiting" => accounts.waiting,
        "excluded" => accounts.excluded,
        "quarantined" => accounts.quarantined,
        "events" => report.events.iter().map(|raised| raised.count).sum(),
        _ => accounts.stale,
    }
}

fn accounts(world: &World<'_>, sync: &str, counts: &[(String, u64, At)], at: &At) -> Vec<TestFailure> {
    let Some(report) = world.reports.get(sync) else {
        return vec![TestFailure::new(at, format!("`{sync}` has not run"))];
    };
    let mut failure = TestFailure::new(at, format!("`{sync}` has other accounts than expected"));
    for (name, expected, place) in counts {
        let found = account(report, name);
        if found != *expected {
            failure.notes.push((place.clone(), format!("found {found}")));
        }
    }
    if failure.notes.is_empty() { Vec::new() } else { vec![failure] }
}

fn reconciled(world: &World<'_>, sync: &str, at: &At) -> Vec<TestFailure> {
    let Some(report) = world.reports.get(sync) else {
        return vec![TestFailure::new(at, format!("`{sync}` has not run"))];
    };
    if report.reconciled == Some(true) {
        return Vec::new();
    }
    let mut failure = TestFailure::new(at, format!("`{sync}` does not reconcile"));
    failure.help =
        (!report.differing.is_empty()).then(|| format!("lines that differ: {}", report.differing.join(", ")));
    vec![failure]
}
