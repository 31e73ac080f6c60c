//! Looking at a hub without running.

use crate::connectors::Cell;
use crate::error::Outcome;
use crate::hub::{ExceptionText, Hub, Listed, SyncId, cells_from_text};
use crate::report::{Accounts, Exceeded, FORMAT, Notice, ReconciliationLine, RunReport, Unreachable};
use serde::Serialize;
use std::path::Path;

/// How a hub stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Version of this form: 1.
    pub format: u32,
    /// All syncs the hub knows, by name.
    pub syncs: Vec<SyncStatus>,
}

/// How a sync stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SyncStatus {
    /// Its name.
    pub name: String,
    /// `system.entity`; of a sync that only posts, the object.
    pub entity: String,
    /// Its wave, when the last run had not enabled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resting: Option<String>,
    /// When it last captured.
    pub captured_at: Option<String>,
    /// When it last posted.
    pub posted_at: Option<String>,
    /// When it was last reconciled.
    pub reconciled_at: Option<String>,
    /// Where its rows stand.
    #[serde(flatten)]
    pub accounts: Accounts,
    /// What the last reconciliation said.
    pub reconciled: Option<bool>,
    /// Its lines.
    pub reconciliation: Vec<ReconciliationLine>,
    /// Calls for which a target could not be reached, and when they are made again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unreachable: Option<Unreachable>,
    /// Where the last pass took longer, or its day has more records, than the sync says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exceeded: Vec<Exceeded>,
    /// What is odd about the dates of the rows it brought.
    pub notices: Vec<Notice>,
}

/// The open exceptions of a hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exceptions {
    /// Version of this form: 1.
    pub format: u32,
    /// By sync, key and version.
    pub exceptions: Vec<Exception>,
}

/// What needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exception {
    /// The record key.
    pub key: String,
    /// `system.entity`, or the object of a sync that only posts.
    pub entity: String,
    /// The sync.
    pub sync: String,
    /// The first reason, which counts.
    pub reason: String,
    /// All reasons.
    pub reasons: Vec<ExceptionText>,
    /// Where it waits for a person.
    pub queue: String,
    /// The version of the row, where it has one.
    pub version: Option<String>,
    /// Since when.
    pub since: String,
    /// Until when it should be settled.
    pub due: Option<String>,
    /// What was decided and awaits the next run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
}

/// Who decided what about an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// `release`, `dismiss`, `posted` or `not_posted`.
    pub resolution: String,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// When.
    pub at: String,
}

/// An exception with the row it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExceptionDetail {
    /// What is wrong.
    #[serde(flatten)]
    pub exception: Exception,
    /// File and line the row was read at; null for canonical records.
    pub place: Option<String>,
    /// The row as the source gave it, by field; a malformed row under `row`.
    pub source: Vec<(String, Option<String>)>,
}

/// How a hub stands, whether or not somebody runs.
///
/// # Errors
/// When there is no hub at `path`, or it cannot be read.
pub fn status(path: &Path) -> Outcome<Status> {
    let hub = Hub::look(path)?;
    let read = || -> Outcome<Vec<SyncStatus>> {
        let last = hub.last_report()?.and_then(|text| serde_json::from_str::<RunReport>(&text).ok());
        let reports = last.map(|report| report.syncs).unwrap_or_default();
        let mut syncs = Vec::new();
        for (id, name, entity) in hub.all_syncs()? {
            let mark = hub.mark(id)?;
            let last = hub.last_reconciliation(id)?;
            let lines =
                last.as_ref().map_or_else(Vec::new, |(_, lines)| serde_json::from_str(lines).unwrap_or_default());
            let resting = reports.iter().find(|report| report.name == name).and_then(|report| report.resting.clone());
            syncs.push(SyncStatus {
                name,
                resting,
                entity,
                captured_at: mark.captured_at,
                posted_at: mark.posted_at,
                reconciled_at: mark.reconciled_at,
                accounts: hub.accounts(id)?,
                reconciled: last.map(|(reconciled, _)| reconciled),
                reconciliation: lines,
                unreachable: waiting_calls(&hub, id)?,
                exceeded: hub.exceeded(id)?,
                notices: hub.notices(id)?,
            });
        }
        Ok(syncs)
    };
    read().map(|syncs| Status { format: FORMAT, syncs }).map_err(|error| hub.named(error))
}

/// What is tried again, by what the hub says.
fn waiting_calls(hub: &Hub, sync: SyncId) -> Outcome<Option<Unreachable>> {
    let retries = hub.retries(sync)?;
    let waiting = retries.into_values().filter_map(|retry| Some((retry.next?, retry.message)));
    let mut waiting: Vec<_> = waiting.collect();
    waiting.sort();
    let records = waiting.len() as u64;
    Ok(waiting.into_iter().next().map(|(next, message)| Unreachable { message, records, next: Some(next.to_string()) }))
}

/// The open exceptions of a hub.
///
/// # Errors
/// When there is no hub at `path`, or it cannot be read.
pub fn exceptions(path: &Path) -> Outcome<Exceptions> {
    let hub = Hub::look(path)?;
    let listed = hub.listed(None).map_err(|error| hub.named(error))?;
    Ok(Exceptions { format: FORMAT, exceptions: listed.into_iter().map(Exception::from).collect() })
}

/// The open exceptions of a record key, each with its row.
///
/// # Errors
/// When there is no hub at `path`, or it cannot be read.
pub fn exception(path: &Path, key: &str) -> Outcome<Vec<ExceptionDetail>> {
    let hub = Hub::look(path)?;
    let read = || -> Outcome<Vec<ExceptionDetail>> {
        hub.listed(Some(key))?.into_iter().map(|listed| detail(&hub, listed)).collect()
    };
    read().map_err(|error| hub.named(error))
}

fn detail(hub: &Hub, listed: Listed) -> Outcome<ExceptionDetail> {
    let image = hub.image(listed.row)?;
    let mut source = Vec::new();
    if let Some(image) = &image {
        match image.shape {
            Some(shape) => source.extend(
                hub.fields_of_shape(shape)?.into_iter().zip(cells_from_text(&image.cells).into_iter().map(shown)),
            ),
            None => source.push(("row".to_owned(), Some(image.cells.clone()))),
        }
    }
    let place = image.map(|image| format!("{}:{}", image.place.file, image.place.line));
    Ok(ExceptionDetail { exception: listed.into(), place, source })
}

fn shown(cell: Cell) -> Option<String> {
    match cell {
        Cell::Null => None,
        Cell::Text(text) | Cell::Foreign { shown: text, .. } => Some(text),
        Cell::Integer(number) => Some(number.to_string()),
    }
}

impl From<Listed> for Exception {
    fn from(listed: Listed) -> Self {
        Self {
            key: listed.key,
            entity: listed.entity,
            sync: listed.sync,
            reason: listed.reason,
            reasons: serde_json::from_str(&listed.reasons).unwrap_or_default(),
            queue: listed.queue,
            version: listed.version,
            since: listed.since,
            due: listed.due,
            decided: listed.decided.map(|(resolution, by, why, at)| Decided { resolution, by, why, at }),
        }
    }
}
