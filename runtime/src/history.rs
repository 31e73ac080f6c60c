//! What happened to a record: everything the hub has kept about one key, in the order in which it happened.

use crate::error::Outcome;
use crate::hub::{Hub, State};
use rusqlite::Row as SqlRow;
use serde::Serialize;
use std::path::Path;

/// Something that happened to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// When: the instant of the run.
    pub at: String,
    /// In which sync.
    pub sync: String,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// What can happen to a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening {
    /// A row was captured.
    Captured {
        /// Its version, where it could be read.
        version: Option<String>,
        /// File and line; none for canonical records.
        place: Option<String>,
        /// Where it stands now: `posted`, `superseded`, …
        state: &'static str,
        /// Further copies of it in its extract.
        copies: u64,
    },
    /// It was put into a queue.
    Raised {
        /// The version concerned.
        version: Option<String>,
        /// The first reason.
        reason: String,
        /// The queue.
        queue: String,
    },
    /// It left the queue.
    Settled {
        /// The version concerned.
        version: Option<String>,
        /// The reason it had been there for.
        reason: String,
    },
    /// Somebody decided about it.
    Decided {
        /// The version concerned.
        version: Option<String>,
        /// `release`, `dismiss`, `reopen`, `posted` or `not_posted`.
        resolution: String,
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
    /// A complete extract did not have it.
    Missing {
        /// `deleted`; or `held` while somebody is asked; or `kept`, as somebody said.
        state: &'static str,
    },
    /// Something was written to a target.
    Posted {
        /// `post`, `delta`, `reverse` or `overwrite`.
        kind: String,
        /// `system.entity`.
        target: String,
        /// The key of the line.
        key: String,
        /// `done`, or how far it got: `intent`, `refused`, `unknown`.
        state: String,
    },
}

/// Rows first, then what became of them: the order of steps within a run.
const QUERY: &str = "
    SELECT run.at AS at, 0 AS step, source_row.id AS id, sync.name, source_row.version,
           source_row.state, source_row.copies, source_image.file, source_image.line
      FROM track JOIN sync ON sync.id = track.sync JOIN source_row ON source_row.track = track.id
      JOIN run ON run.id = source_row.run LEFT JOIN source_image ON source_image.row = source_row.id
     WHERE track.key = ?1
    UNION ALL
    SELECT since, 1, exception.id, sync.name, source_row.version, reason, queue, NULL, NULL
      FROM track JOIN sync ON sync.id = track.sync JOIN exception ON exception.track = track.id
      JOIN source_row ON source_row.id = exception.row WHERE track.key = ?1
    UNION ALL
    SELECT closed_at, 3, exception.id, sync.name, source_row.version, reason, NULL, NULL, NULL
      FROM track JOIN sync ON sync.id = track.sync JOIN exception ON exception.track = track.id
      JOIN source_row ON source_row.id = exception.row WHERE track.key = ?1 AND closed_at IS NOT NULL
    UNION ALL
    SELECT decision.at, 2, decision.id, sync.name, source_row.version, resolution, \"by\", why, 0
      FROM track JOIN sync ON sync.id = track.sync JOIN decision ON decision.track = track.id
      JOIN exception ON exception.id = decision.exception JOIN source_row ON source_row.id = exception.row WHERE track.key = ?1
    UNION ALL
    SELECT missing_at, 5, track.id, sync.name, missing, NULL, NULL, NULL, NULL
      FROM track JOIN sync ON sync.id = track.sync WHERE track.key = ?1 AND missing <> 0
    UNION ALL
    SELECT intended_at, 6, posting.id, sync.name, kind, target, target_key, posting.state, NULL
      FROM track JOIN sync ON sync.id = track.sync JOIN posting ON posting.track = track.id WHERE track.key = ?1
    ORDER BY 1, 2, 3";

/// The history of the records with this key, in all syncs; empty when there is none.
///
/// # Errors
/// When there is no hub at `path`, or it cannot be read.
pub fn history(path: &Path, key: &str) -> Outcome<Vec<Event>> {
    let hub = Hub::look(path)?;
    let read = || -> Outcome<Vec<Event>> {
        let mut statement = hub.db().prepare(QUERY)?;
        let events = statement.query_map([key], event)?;
        Ok(events.collect::<rusqlite::Result<_>>()?)
    };
    read().map_err(|error| hub.named(error))
}

fn event(row: &SqlRow<'_>) -> rusqlite::Result<Event> {
    let step: i64 = row.get(1)?;
    let what = match step {
        0 => captured(row)?,
        1 => Happening::Raised { version: row.get(4)?, reason: row.get(5)?, queue: row.get(6)? },
        2 => Happening::Decided { version: row.get(4)?, resolution: row.get(5)?, by: row.get(6)?, why: row.get(7)? },
        3 => Happening::Settled { version: row.get(4)?, reason: row.get(5)? },
        5 => Happening::Missing {
            state: match row.get::<_, i64>(4)? {
                1 => "deleted",
                2 => "held",
                _ => "kept",
            },
        },
        _ => Happening::Posted { kind: row.get(4)?, target: row.get(5)?, key: row.get(6)?, state: row.get(7)? },
    };
    Ok(Event { at: row.get(0)?, sync: row.get(3)?, what })
}

fn captured(row: &SqlRow<'_>) -> rusqlite::Result<Happening> {
    let (file, line): (Option<String>, Option<i64>) = (row.get(7)?, row.get(8)?);
    let place = file.zip(line).map(|(file, line)| format!("{file}:{line}"));
    Ok(Happening::Captured { version: row.get(4)?, place, state: State::of(row.get(5)?).name(), copies: row.get(6)? })
}
