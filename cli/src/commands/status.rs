//! `syncline status`

use super::hub::{Site, failed, moment};
use super::run::resting;
use crate::arguments::{Format, Status};
use crate::findings::counted;
use crate::output::{self, BOLD, WARN, styled, tame};
use crate::tables::{self, Column, NOTHING};
use crate::trouble::{Exit, Outcome};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use syncline_runtime::SyncStatus;

pub(super) fn run(arguments: &Status, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let status = syncline_runtime::status(&site.existing_hub()?).map_err(|error| failed(&error))?;
    match arguments.format {
        Format::Json => output::serialized(&status)?,
        Format::Human => output::print(&told(&status.syncs, &site))?,
    }
    Ok(Exit::found(status.syncs.iter().any(|sync| sync.reconciled == Some(false))))
}

fn told(syncs: &[SyncStatus], site: &Site) -> String {
    let mut text = format!("{} {}, profile {}\n\n", styled(BOLD, "hub"), site.hub().display(), site.chosen.name);
    text.push_str(&tables::accounts(syncs.iter().map(|sync| (sync.name.as_str(), &sync.accounts, sync.reconciled))));
    text.push('\n');
    text.push_str(&times(syncs));
    text.push('\n');
    for sync in syncs {
        text.push_str(&resting(&sync.name, sync.resting.as_deref()));
        let Some(found) = &sync.unreachable else { continue };
        let records = counted(usize::try_from(found.records).unwrap_or(usize::MAX), "record");
        let next = found.next.as_deref().map_or_else(|| NOTHING.to_owned(), moment);
        let word = styled(WARN, "out of reach");
        let _ =
            writeln!(text, "{word}: `{}`: {records} tried again from {next} on: {}", sync.name, tame(&found.message));
    }
    for (sync, one) in syncs.iter().flat_map(|sync| sync.exceeded.iter().map(move |one| (sync, one))) {
        let _ = writeln!(text, "{}: {}", styled(WARN, "beyond"), tables::beyond(&sync.name, one));
    }
    text.push_str(&tables::notices(syncs.iter().flat_map(|sync| &sync.notices)));
    let mut reasons: BTreeMap<&str, u64> = BTreeMap::new();
    for (reason, count) in syncs.iter().flat_map(|sync| &sync.accounts.reasons) {
        *reasons.entry(reason).or_default() += count;
    }
    let open: u64 = reasons.values().sum();
    if open == 0 {
        text.push_str("no exceptions\n");
        return text;
    }
    let list: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    let _ =
        writeln!(text, "{}: {}", counted(usize::try_from(open).unwrap_or(usize::MAX), "exception"), list.join(", "));
    let _ = writeln!(text, "{}", styled(BOLD, format_args!("syncline exceptions list{}", site.profile_option())));
    text
}

/// When each sync last did what.
fn times(syncs: &[SyncStatus]) -> String {
    const COLUMNS: [Column; 4] =
        [Column::Name("sync"), Column::Name("captured at"), Column::Name("posted at"), Column::Name("reconciled at")];
    let shown = |instant: &Option<String>| instant.as_deref().map_or_else(|| NOTHING.to_owned(), moment);
    let row = |sync: &SyncStatus| {
        vec![sync.name.clone(), shown(&sync.captured_at), shown(&sync.posted_at), shown(&sync.reconciled_at)]
    };
    tables::text(&COLUMNS, &syncs.iter().map(row).collect::<Vec<_>>())
}
