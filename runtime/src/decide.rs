//! Deciding about exceptions: releasing what is held back, setting aside what will not be mended, and saying what became of a call
//! that never answered.
//!
//! Rows in a queue are tried again by every run, so most exceptions need no decision: they end when the data or the specs are
//! mended. A decision holds for exactly the reasons it was made on. It is kept with who made it and why, and stands in the audit log.

use crate::error::{Outcome, RuntimeError};
use crate::hub::{AuditEvent, Hub, Listed, NewDecision, Resolution, State};
use crate::passes::duplicates::POSSIBLE_DUPLICATE;
use crate::passes::retry::UNREACHABLE;
use crate::report::FORMAT;
use jiff::Timestamp;
use serde::Serialize;
use std::path::Path;

/// What somebody decides.
#[derive(Debug, Clone)]
pub struct Decision<'a> {
    /// The record key, as listed.
    pub key: &'a str,
    /// The sync, where the key alone does not tell.
    pub sync: Option<&'a str>,
    /// The version, where the key alone does not tell.
    pub version: Option<&'a str>,
    /// What is decided.
    pub resolution: Resolution,
    /// Who decides.
    pub by: &'a str,
    /// Why.
    pub why: &'a str,
    /// When.
    pub at: Timestamp,
}

/// A decision that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// Version of this form: 1.
    pub format: u32,
    /// The record key.
    pub key: String,
    /// The sync.
    pub sync: String,
    /// The version of the row, where it has one.
    pub version: Option<String>,
    /// The reason it was in a queue for.
    pub reason: String,
    /// What was decided.
    pub resolution: Resolution,
    /// Whether the next run carries it out; otherwise all is done.
    pub awaits_run: bool,
}

/// Reasons of a posting nobody knows the outcome of.
const UNKNOWN: [&str; 3] = ["outcome-unknown", "stored-differently", UNREACHABLE];
const LEFT: &str = "left-scope";
const REFUSED: &str = "target-refused";

/// Keeps a decision about one exception of a hub.
///
/// # Errors
/// When there is no hub, somebody runs, there is not exactly one such exception, or it is not one that can be decided so.
pub fn decide(path: &Path, decision: &Decision<'_>) -> Outcome<Kept> {
    if !path.is_file() {
        return Err(RuntimeError::hub(path, "there is none"));
    }
    let hub = Hub::open(path)?;
    hub.transaction(|_| {
        let listed = match decision.resolution {
            Resolution::Reopen => reopenable(&hub, decision.key)?,
            _ => hub.listed(Some(decision.key))?,
        };
        let one = the_one(listed, decision)?;
        let awaits_run = carry_out(&hub, &one, decision)?;
        let at = decision.at.to_string();
        let new = NewDecision {
            exception: one.id,
            track: one.track,
            resolution: decision.resolution,
            reasons: &one.reasons,
            by: decision.by,
            why: decision.why,
            at: &at,
        };
        let number = hub.add_decision(&new)?;
        let event = AuditEvent::Decided {
            decision: number,
            sync: one.sync.clone(),
            key: one.key.clone(),
            version: one.version.clone(),
            reason: one.reason.clone(),
            resolution: decision.resolution.name().to_owned(),
            by: decision.by.to_owned(),
            why: decision.why.to_owned(),
        };
        hub.audit(&at, &event)?;
        Ok(Kept {
            format: FORMAT,
            key: one.key,
            sync: one.sync,
            version: one.version,
            reason: one.reason,
            resolution: decision.resolution,
            awaits_run,
        })
    })
    .map_err(|error| hub.named(error))
}

/// What was decided and can be taken back: dismissed rows, and decisions that await a run.
fn reopenable(hub: &Hub, key: &str) -> Outcome<Vec<Listed>> {
    let mut found = hub.dismissed(key)?;
    found.extend(hub.listed(Some(key))?.into_iter().filter(|one| {
        one.decided.as_ref().is_some_and(|(resolution, ..)| {
            matches!(Resolution::of(resolution), Resolution::Release | Resolution::Dismiss)
        })
    }));
    Ok(found)
}

fn refused(message: impl Into<String>, help: impl Into<String>) -> RuntimeError {
    RuntimeError::Decision { message: message.into(), help: help.into() }
}

fn the_one(mut listed: Vec<Listed>, decision: &Decision<'_>) -> Outcome<Listed> {
    listed.retain(|one| {
        decision.sync.is_none_or(|sync| one.sync == sync)
            && decision.version.is_none_or(|version| one.version.as_deref() == Some(version))
    });
    if listed.len() > 1 {
        let all: Vec<String> = listed
            .iter()
            .map(|one| match &one.version {
                Some(version) => format!("`{}` version {version} ({})", one.sync, one.reason),
                None => format!("`{}` ({})", one.sync, one.reason),
            })
            .collect();
        return Err(refused(
            format!("`{}` has {} exceptions: {}", decision.key, listed.len(), all.join(", ")),
            "say which with `--sync` and `--version`",
        ));
    }
    listed.pop().ok_or_else(|| {
        let what = match decision.resolution {
            Resolution::Reopen => "no decision to take back",
            _ => "no such open exception",
        };
        refused(format!("`{}` has {what}", decision.key), "`syncline exceptions list` lists what is open")
    })
}

/// Does what can be done without a run. Whether a run has to do the rest.
fn carry_out(hub: &Hub, one: &Listed, decision: &Decision<'_>) -> Outcome<bool> {
    let at = decision.at.to_string();
    let unknown = UNKNOWN.contains(&one.reason.as_str());
    match decision.resolution {
        Resolution::Posted | Resolution::NotPosted => {
            if !unknown {
                return Err(refused(
                    format!("`{}` is in the queue for `{}`: there is no call without an answer", one.key, one.reason),
                    "`settle` is for `outcome-unknown`, `stored-differently` and `target-unreachable`",
                ));
            }
            settle(hub, one, decision.resolution, &at)?;
        }
        _ if unknown => {
            return Err(refused(
                format!("`{}` waits for the outcome of a call: {}", one.key, one.reason),
                "look it up in the target, then say `syncline exceptions settle` with `--posted` or `--not-posted`",
            ));
        }
        Resolution::Release if !one.asks && one.reason != LEFT && one.reason != POSSIBLE_DUPLICATE => {
            return Err(refused(
                format!("`{}` is not held back: it fails for `{}`, and every run tries it again", one.key, one.reason),
                "mend the data or the specs; `syncline exceptions dismiss` sets it aside for good",
            ));
        }
        Resolution::Dismiss if !one.asks && one.posted && one.reason == REFUSED => {
            return Err(refused(
                format!("`{}` is posted, and the target refuses to change its line", one.key),
                "mend the record where it comes from, or let the target take the change",
            ));
        }
        Resolution::Dismiss if !one.asks && !one.posted => {
            hub.set_state(one.row, State::Dismissed)?;
            hub.close_exception(one.id, &at)?;
            hub.set_open(one.track, true)?;
            return Ok(false);
        }
        Resolution::Reopen
            if !one.asks && !one.posted && one.decided.as_ref().is_some_and(|(v, ..)| v == "dismiss") =>
        {
            hub.set_state(one.row, State::Quarantined)?;
            hub.open_exception_again(one.id)?;
        }
        Resolution::Release | Resolution::Dismiss | Resolution::Reopen => {}
    }
    hub.set_open(one.track, true)?;
    Ok(true)
}

/// Gives the calls without an answer the answer somebody looked up.
fn settle(hub: &Hub, one: &Listed, resolution: Resolution, at: &str) -> Outcome {
    let entries: Vec<_> = hub.unsettled()?.into_iter().filter(|entry| entry.track == one.track).collect();
    if entries.is_empty() {
        return Err(refused(
            format!("`{}` has no call without an answer any more", one.key),
            "the next run closes the exception",
        ));
    }
    for entry in entries {
        if resolution == Resolution::NotPosted {
            hub.settle_refused(entry.id, at, "somebody looked it up: it is not there")?;
            continue;
        }
        hub.settle_done(entry.id, &entry.done(), at, "[]")?;
        let done = entry.done();
        let record = hub.track(one.track)?.record;
        if let (Some(record), "post", 1) = (record, done.kind.name(), done.generation) {
            hub.bind(done.target, done.target_key, &hub.object_of(record)?, record)?;
        }
    }
    Ok(())
}
