//! What a run would do, with nothing touched.
//!
//! A preview *is* a run: the same passes over a copy of the hub in memory and copies of the target databases and files in a
//! folder that goes away. So targets answer as the real ones do, with their constraints and what they fill in, and there is no second reading of
//! the rules that could say something else. What is called is noted on the way.

use crate::connectors::{Answer, Cell, Connectors, Recorded, Recorder, copy_files};
use crate::error::{Outcome, RuntimeError};
use crate::hub::{Hub, copy_database};
use crate::options::{Options, Progress};
use crate::passes::run_with;
use crate::profile::{ConnectorKind, Profile};
use crate::report::{FORMAT, SyncReport, Totals};
use crate::status::Exception;
use rusqlite::OptionalExtension;
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::path::Path;
use syncline_ir::Plan;

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Version of this form: 1.
    pub format: u32,
    /// The instant of the run.
    pub at: String,
    /// All syncs together.
    pub totals: Totals,
    /// Where the rows of each sync would stand, and what would be done to bring them there.
    pub syncs: Vec<SyncReport>,
    /// What would be written, in order.
    pub lines: Vec<PreviewLine>,
    /// The exceptions that would be raised.
    pub exceptions: Vec<Exception>,
}

/// A line that would be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PreviewLine {
    /// The sync.
    pub sync: String,
    /// The record key.
    pub key: String,
    /// `post`, `delta`, `reverse` or `overwrite`.
    pub action: String,
    /// `system.entity`.
    pub target: String,
    /// The key of the line.
    pub line: String,
    /// What is written, by field.
    #[serde(serialize_with = "by_field")]
    pub values: Vec<(String, Option<String>)>,
    /// Why the target would not take it.
    pub refused: Option<String>,
}

fn by_field<S: Serializer>(values: &[(String, Option<String>)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(values.iter().map(|(field, value)| (field, value)))
}

/// Says what [`run`](crate::run) would do now, and does nothing.
///
/// # Errors
/// When the run could not be carried out.
pub fn preview(plan: &Plan, profile: &Profile, options: &Options, progress: &mut dyn Progress) -> Outcome<Preview> {
    let folder = tempfile::tempdir().map_err(|error| RuntimeError::hub(&profile.hub, error))?;
    let copied = copies(plan, profile, options, folder.path())?;
    let recorder = Recorder::default();
    let connectors = Connectors::new(&copied, &options.base_dir).recorded(recorder.clone());
    let options = Options { kill: None, earlier: true, ..options.clone() };
    let mut before = BTreeSet::new();
    let open = || {
        let hub = Hub::copy(&options.base_dir.join(&profile.hub))?;
        before = hub
            .listed(None)
            .map_err(|error| hub.named(error))?
            .into_iter()
            .map(|open| identity(&open.into()))
            .collect();
        Ok(hub)
    };
    let (report, hub) = run_with(plan, profile.waves.as_deref(), &connectors, &options, progress, open)
        .map_err(|error| in_place(error, profile, &copied, &options))?;
    let read = || -> Outcome<Preview> {
        let lines = recorder.take().into_iter().map(|called| line(&hub, called)).collect::<Outcome<_>>()?;
        let open = hub.listed(None)?.into_iter().map(Exception::from);
        let exceptions = open.filter(|one| !before.contains(&identity(one))).collect();
        Ok(Preview { format: FORMAT, at: report.at, totals: report.totals, syncs: report.syncs, lines, exceptions })
    };
    read().map_err(|error| hub.named(error))
}

/// What makes an exception another one.
fn identity(one: &Exception) -> (String, String, Option<String>, String) {
    (one.sync.clone(), one.key.clone(), one.version.clone(), one.reason.clone())
}

/// Whether a sync of the plan posts into a system.
fn is_target(plan: &Plan, system: &str) -> bool {
    let posts = |id: &str| plan.maps.iter().any(|map| map.id == id && map.system == system);
    plan.syncs.iter().flat_map(|sync| &sync.routes).any(|route| posts(&route.map))
}

/// The profile with copies of its databases, and of the files that are posted into.
fn copies(plan: &Plan, profile: &Profile, options: &Options, folder: &Path) -> Outcome<Profile> {
    let mut copied = profile.clone();
    for (number, system) in plan.systems.iter().enumerate() {
        let Some(binding) = copied.systems.get_mut(&system.name) else { continue };
        let in_files = binding.connector != ConnectorKind::Sqlite;
        if in_files && !is_target(plan, &system.name) {
            continue;
        }
        let path = options.base_dir.join(&binding.path);
        let copy = folder.join(format!("{number}.{}", if in_files { "files" } else { "db" }));
        if path.exists() {
            let done = if in_files {
                copy_files(binding.connector, &path, &copy, &system.entities).map_err(|error| error.to_string())
            } else {
                copy_database(&path, &copy).map_err(|error| error.to_string())
            };
            done.map_err(|error| RuntimeError::Profile {
                system: system.name.clone(),
                message: format!("{}: {error}", path.display()),
            })?;
        } else if binding.init.is_none() {
            // It cannot be opened; the run says so.
            continue;
        }
        binding.path = copy;
    }
    Ok(copied)
}

/// An error that names the databases meant, not their copies.
fn in_place(error: RuntimeError, profile: &Profile, copied: &Profile, options: &Options) -> RuntimeError {
    let meant = |text: String| {
        profile.systems.values().zip(copied.systems.values()).filter(|(meant, copy)| meant.path != copy.path).fold(
            text,
            |text, (meant, copy)| {
                let path = options.base_dir.join(&meant.path);
                text.replace(&*copy.path.to_string_lossy(), &path.to_string_lossy())
            },
        )
    };
    match error {
        RuntimeError::Target { entity, place, message } => {
            RuntimeError::Target { entity, place: meant(place), message: meant(message) }
        }
        RuntimeError::Unreachable { entity, place, message } => {
            RuntimeError::Unreachable { entity, place: meant(place), message: meant(message) }
        }
        RuntimeError::Source { entity, place, message } => {
            RuntimeError::Source { entity, place: meant(place), message: meant(message) }
        }
        RuntimeError::Profile { system, message } => RuntimeError::Profile { system, message: meant(message) },
        other => other,
    }
}

fn line(hub: &Hub, called: Recorded) -> Outcome<PreviewLine> {
    let found = hub
        .db()
        .prepare_cached(
            "SELECT sync.name, track.key, posting.kind, posting.target_key FROM posting
             JOIN sync ON sync.id = posting.sync JOIN track ON track.id = posting.track WHERE posting.posting_key = ?1",
        )?
        .query_row([&called.call.idempotency_key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    // Every call has its entry in the ledger, which was made before it.
    let (sync, key, action, line): (String, String, String, String) = found.unwrap_or_default();
    let shown = |cell: Cell| match cell {
        Cell::Null => None,
        Cell::Text(text) | Cell::Foreign { shown: text, .. } => Some(text),
        Cell::Integer(number) => Some(number.to_string()),
    };
    Ok(PreviewLine {
        sync,
        key,
        action,
        target: called.target,
        line: line.replace('\u{1f}', "|"),
        values: called.call.fields.into_iter().map(|(field, cell)| (field, shown(cell))).collect(),
        refused: match called.answer {
            Answer::Refused { message } => Some(message),
            Answer::Done { .. } => None,
        },
    })
}
