//! Tracks whose key a complete extract did not have.

use super::{Hub, Problem, Resolution, RowId, SyncId, TrackId};
use crate::error::Outcome;
use rusqlite::OptionalExtension;

/// What is made of a track that is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It is not missing.
    No,
    /// Its record is deleted.
    Deleted,
    /// Too many are missing at once, and somebody is asked.
    Held,
    /// Somebody said that it stays.
    Kept,
}

impl Missing {
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::No => 0,
            Self::Deleted => 1,
            Self::Held => 2,
            Self::Kept => 3,
        }
    }

    pub(super) const fn of(code: i64) -> Self {
        match code {
            0 => Self::No,
            1 => Self::Deleted,
            2 => Self::Held,
            _ => Self::Kept,
        }
    }
}

/// A track with a key that can be missing.
#[derive(Debug, Clone)]
pub(crate) struct Present {
    pub(crate) track: TrackId,
    pub(crate) key: String,
    pub(crate) record: Option<u64>,
    pub(crate) missing: Missing,
}

/// The question about an extract that is open.
#[derive(Debug, Clone)]
pub(crate) struct OpenQuestion {
    pub(crate) id: i64,
    pub(crate) row: RowId,
    pub(crate) reasons: String,
    pub(crate) queue: String,
    pub(crate) since: String,
    /// What somebody decided about it.
    pub(crate) resolution: Option<Resolution>,
}

impl Hub {
    /// The tracks of a sync that are not deleted and have a row with a key, by key.
    pub(crate) fn present(&self, sync: SyncId) -> Outcome<Vec<Present>> {
        let mut statement = self.db().prepare_cached(
            "SELECT t.id, t.key, t.record, t.missing FROM track t
             WHERE t.sync = ?1 AND t.missing <> 1 AND EXISTS (SELECT 1 FROM source_row r WHERE r.track = t.id AND r.standing = 0)
             ORDER BY t.key, t.identity",
        )?;
        let rows = statement.query_map([sync.0], |row| {
            Ok(Present {
                track: TrackId(row.get(0)?),
                key: row.get(1)?,
                record: row.get(2)?,
                missing: Missing::of(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes what is made of a missing track; the next pass looks at it again.
    pub(crate) fn set_missing(&self, track: TrackId, missing: Missing, at: &str) -> Outcome {
        self.db()
            .prepare_cached("UPDATE track SET missing = ?2, missing_at = ?3, open = 1 WHERE id = ?1")?
            .execute((track.0, missing.code(), (missing != Missing::No).then_some(at)))?;
        Ok(())
    }

    /// The newest row of a track that has its version.
    pub(crate) fn newest_row(&self, track: TrackId) -> Outcome<Option<RowId>> {
        let mut statement = self
            .db()
            .prepare_cached("SELECT id FROM source_row WHERE track = ?1 AND standing = 0 ORDER BY rank DESC LIMIT 1")?;
        Ok(statement.query_row([track.0], |row| row.get(0).map(RowId)).optional()?)
    }

    /// The question about the extracts of a sync that is open.
    pub(crate) fn open_question(&self, sync: SyncId) -> Outcome<Option<OpenQuestion>> {
        let mut statement = self.db().prepare_cached(
            "SELECT e.id, e.row, e.reasons, e.queue, e.since,
                    (SELECT d.resolution FROM decision d WHERE d.exception = e.id ORDER BY d.id DESC LIMIT 1)
             FROM exception e WHERE e.sync = ?1 AND e.asks = 2 AND e.closed_at IS NULL",
        )?;
        let found = statement.query_row([sync.0], |row| {
            Ok(OpenQuestion {
                id: row.get(0)?,
                row: RowId(row.get(1)?),
                reasons: row.get(2)?,
                queue: row.get(3)?,
                since: row.get(4)?,
                resolution: row.get::<_, Option<String>>(5)?.map(|resolution| Resolution::of(&resolution)),
            })
        });
        Ok(found.optional()?)
    }

    /// Asks about an extract, in the name of the first missing track.
    pub(crate) fn ask_about_extract(
        &self,
        sync: SyncId,
        track: TrackId,
        row: RowId,
        problem: &Problem,
        since: &str,
        due: Option<&str>,
    ) -> Outcome {
        self.db()
            .prepare_cached(
                "INSERT INTO exception (sync, track, row, asks, reason, reasons, queue, since, due) VALUES (?1, ?2, ?3, 2, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((sync.0, track.0, row.0, problem.first(), problem.text(), &problem.queue, since, due))?;
        Ok(())
    }

    /// Notes that all rows of a sync's source were read.
    pub(crate) fn read_in_full(&self, sync: SyncId, at: &str) -> Outcome {
        self.db().prepare_cached("UPDATE sync SET full_at = ?2 WHERE id = ?1")?.execute((sync.0, at))?;
        Ok(())
    }
}
