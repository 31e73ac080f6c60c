//! Reading the audit log, and telling whether it and the hub still say what was written.

use crate::error::Outcome;
use crate::hub::{AuditEvent, Chain, Hub, digest};
use crate::report::FORMAT;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Its number, from 1.
    pub seq: u64,
    /// When.
    pub at: String,
    /// What.
    #[serde(flatten)]
    pub event: AuditEvent,
    /// Hash over this entry and the hash before.
    pub hash: String,
}

/// What checking the log came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditCheck {
    /// Version of this form: 1.
    pub format: u32,
    /// How many entries there are.
    pub entries: u64,
    /// Hash of the last entry: noted elsewhere, it proves later that nothing up to here was changed.
    pub head: String,
    /// What is wrong; nothing is good.
    pub findings: Vec<String>,
}

/// Findings beyond this many are counted and not told.
const TOLD: usize = 50;

/// The entries of the log, in order.
///
/// # Errors
/// When there is no hub at `path`, or it cannot be read.
pub fn audit_log(path: &Path) -> Outcome<Vec<AuditEntry>> {
    let hub = Hub::look(path)?;
    let mut entries = Vec::new();
    let read = hub.audited(&mut |stored| {
        // An entry that is not what this program writes is for the check to find.
        if let Ok(event) = serde_json::from_str(&stored.event) {
            entries.push(AuditEntry { seq: stored.seq, at: stored.at, event, hash: crate::hub::hex(&stored.hash) });
        }
        Ok(())
    });
    read.map_err(|error| hub.named(error))?;
    Ok(entries)
}

/// Whether the log is the one that was written, and ledger, runs and decisions are what it says. With `noted`, the hash of an entry
/// that was noted earlier must still be in the log.
///
/// # Errors
/// When there is no hub at `path`, or it cannot be read.
pub fn verify_audit(path: &Path, noted: Option<&str>) -> Outcome<AuditCheck> {
    let hub = Hub::look(path)?;
    verify(&hub, noted).map_err(|error| hub.named(error))
}

fn verify(hub: &Hub, noted: Option<&str>) -> Outcome<AuditCheck> {
    let mut findings = Vec::new();
    let mut chain = Chain::new();
    let mut found_noted = noted.is_none();
    let mut answers: BTreeMap<i64, (String, String)> = BTreeMap::new();
    let mut reports: BTreeMap<i64, Option<String>> = BTreeMap::new();
    let mut decisions: BTreeMap<i64, [String; 3]> = BTreeMap::new();
    hub.audited(&mut |stored| {
        findings.extend(chain.follow(&stored));
        found_noted |= noted.is_some_and(|noted| crate::hub::hex(&stored.hash) == noted.to_ascii_lowercase());
        match serde_json::from_str(&stored.event) {
            Ok(AuditEvent::Answered { entry, state, digest, .. }) => drop(answers.insert(entry, (state, digest))),
            Ok(AuditEvent::RunBegan { run, .. }) => drop(reports.insert(run, None)),
            Ok(AuditEvent::RunEnded { run, report }) => drop(reports.insert(run, Some(report))),
            Ok(AuditEvent::Decided { decision, resolution, by, why, .. }) => {
                drop(decisions.insert(decision, [resolution, by, why]));
            }
            Ok(AuditEvent::Exceeded { .. }) => {}
            Err(_) => findings.push(format!("entry {} is not one this program writes", stored.seq)),
        }
        Ok(())
    })?;
    if let (Some(noted), false) = (noted, found_noted) {
        findings.push(format!("no entry has the hash {noted}: the log was cut or written anew"));
    }
    hub.answered(&mut |entry, posting_key, state, digest| match answers.remove(&entry) {
        Some(said) if said == (state, digest) => {}
        Some(_) => findings.push(format!("posting `{posting_key}` is not what the target answered to")),
        None => findings.push(format!("posting `{posting_key}` has an answer nobody gave")),
    })?;
    // An entry made anew after it was refused has no answer until its call was made.
    let open = hub.intents()?;
    findings.extend(
        answers
            .keys()
            .filter(|entry| !open.contains(entry))
            .map(|entry| format!("posting {entry} is gone from the ledger")),
    );
    for (run, report) in hub.reports()? {
        match (reports.remove(&run), report) {
            (None, _) => findings.push(format!("run {run} is not in the log")),
            (Some(said), report) if said != report.as_deref().map(|report| digest(&[report])) => {
                findings.push(format!("the report of run {run} is not the one it gave"));
            }
            _ => {}
        }
    }
    findings.extend(reports.keys().map(|run| format!("run {run} is gone")));
    hub.all_decisions(&mut |decision, said| match decisions.remove(&decision) {
        Some(written) if written == said => {}
        _ => findings.push(format!("decision {decision} by `{}` is not the one that was made", said[1])),
    })?;
    findings
        .extend(decisions.values().map(|[resolution, by, _]| format!("a decision by `{by}` ({resolution}) is gone")));
    let more = findings.len().saturating_sub(TOLD);
    if more > 0 {
        findings.truncate(TOLD);
        findings.push(format!("and {more} more"));
    }
    let (entries, head) = chain.head();
    Ok(AuditCheck { format: FORMAT, entries, head, findings })
}
