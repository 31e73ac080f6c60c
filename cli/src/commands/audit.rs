//! `syncline audit`

use super::hub::{Site, failed, moment};
use crate::arguments::{Audit, AuditList, AuditVerify, Format};
use crate::findings::counted;
use crate::output::{self, BAD, BOLD, DIM, GOOD, styled, tame};
use crate::tables;
use crate::trouble::{Exit, Outcome};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;
use syncline_runtime::{AuditCheck, AuditEntry, AuditEvent, Exceeded};

pub(super) fn run(arguments: &Audit, named: Option<&Path>) -> Outcome<Exit> {
    match arguments {
        Audit::List(arguments) => list(arguments, named),
        Audit::Verify(arguments) => verify(arguments, named),
    }
}

fn list(arguments: &AuditList, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let mut entries = syncline_runtime::audit_log(&site.existing_hub()?).map_err(|error| failed(&error))?;
    entries.retain(|entry| !arguments.decisions || matches!(entry.event, AuditEvent::Decided { .. }));
    match arguments.format {
        Format::Json => output::serialized(&json!({ "format": 1, "entries": entries }))?,
        Format::Human => output::print(&listed(&entries))?,
    }
    Ok(Exit::Fine)
}

fn listed(entries: &[AuditEntry]) -> String {
    let width = entries.last().map_or(1, |last| last.seq.to_string().len());
    let mut text = String::new();
    for entry in entries {
        let hash = styled(DIM, entry.hash.get(..12).unwrap_or_default());
        let _ = writeln!(text, "{:width$}  {}  {hash}  {}", entry.seq, moment(&entry.at), told(&entry.event));
    }
    let _ = writeln!(
        text,
        "{}",
        if entries.len() == 1 { "1 entry".to_owned() } else { format!("{} entries", entries.len()) }
    );
    text
}

fn told(event: &AuditEvent) -> String {
    match event {
        AuditEvent::RunBegan { run, plan, passes, only } => {
            let what = passes.as_ref().map_or_else(String::new, |passes| format!(" ({passes})"));
            let only = only.as_ref().map_or_else(String::new, |sync| format!(" for {}", tame(sync)));
            format!("run {run} began{what}{only}, plan {}", plan.get(..12).unwrap_or(plan))
        }
        AuditEvent::Exceeded { run, sync, clause, said, found } => {
            let one = Exceeded { clause: clause.clone(), said: *said, found: *found };
            format!("run {run}: {}", tables::beyond(sync, &one))
        }
        AuditEvent::RunEnded { run, .. } => format!("run {run} ended"),
        AuditEvent::Answered { posting_key, state, .. } => format!("{state}: {}", tame(posting_key)),
        AuditEvent::Decided { sync, key, version, reason, resolution, by, why, .. } => {
            let version = version.as_deref().map_or_else(String::new, |version| format!(" version {}", tame(version)));
            let (key, by, why) = (styled(BOLD, tame(key)), tame(by), tame(why));
            format!("{resolution} {key}{version} in {sync} ({reason}) by {by}: {why}")
        }
    }
}

fn verify(arguments: &AuditVerify, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let found = syncline_runtime::verify_audit(&site.existing_hub()?, arguments.noted.as_deref())
        .map_err(|error| failed(&error))?;
    match arguments.format {
        Format::Json => output::serialized(&found)?,
        Format::Human => output::print(&judged(&found))?,
    }
    Ok(Exit::found(!found.findings.is_empty()))
}

fn judged(found: &AuditCheck) -> String {
    let entries = if found.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", found.entries) };
    if found.findings.is_empty() {
        return format!("{} {entries}, the last with hash\n{}\n", styled(GOOD, "as written:"), found.head);
    }
    let number = counted(found.findings.len(), "finding");
    let mut text = format!("{} {entries}, {number}\n", styled(BAD, "not as written:"));
    for finding in &found.findings {
        let _ = writeln!(text, "  {}", tame(finding));
    }
    text
}
