//! Records whose calls failed because a target could not be reached.

use super::{Hub, SyncId, TrackId};
use crate::error::Outcome;
use jiff::Timestamp;
use rusqlite::OptionalExtension;
use rustc_hash::FxHashMap;

/// How it stands with a record whose calls failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Retry {
    pub(crate) failures: u32,
    /// Why they failed the last time.
    pub(crate) message: String,
    /// When they are made again; none when the record is in its queue.
    pub(crate) next: Option<Timestamp>,
}

fn retry(row: &rusqlite::Row<'_>) -> rusqlite::Result<(TrackId, Retry)> {
    let next: Option<String> = row.get(3)?;
    // An instant was written by this program; another text is tried at once.
    let next = next.map(|next| next.parse().unwrap_or(Timestamp::MIN));
    Ok((TrackId(row.get(0)?), Retry { failures: row.get(1)?, message: row.get(2)?, next }))
}

impl Hub {
    /// The records of a sync whose calls failed.
    pub(crate) fn retries(&self, sync: SyncId) -> Outcome<FxHashMap<TrackId, Retry>> {
        let mut statement = self.db().prepare_cached(
            "SELECT r.track, r.failures, r.message, r.next FROM retry r JOIN track t ON t.id = r.track WHERE t.sync = ?1",
        )?;
        let rows = statement.query_map([sync.0], retry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How it stands with one record.
    pub(crate) fn retry(&self, track: TrackId) -> Outcome<Option<Retry>> {
        let mut statement =
            self.db().prepare_cached("SELECT track, failures, message, next FROM retry WHERE track = ?1")?;
        Ok(statement.query_row([track.0], retry).optional()?.map(|(_, retry)| retry))
    }

    pub(crate) fn set_retry(&self, track: TrackId, retry: &Retry) -> Outcome {
        self.db()
            .prepare_cached("INSERT OR REPLACE INTO retry (track, failures, message, next) VALUES (?1, ?2, ?3, ?4)")?
            .execute((track.0, retry.failures, &retry.message, retry.next.map(|next| next.to_string())))?;
        Ok(())
    }

    /// Forgets that calls of a record failed.
    pub(super) fn end_retry(&self, entry: i64) -> Outcome {
        self.db()
            .prepare_cached("DELETE FROM retry WHERE track = (SELECT track FROM posting WHERE id = ?1)")?
            .execute([entry])?;
        Ok(())
    }
}
