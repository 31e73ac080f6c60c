//! Rows that hold others, and the tracks of the rows they hold.

use super::{Hub, Missing, Present, SyncId, TrackId};
use crate::error::Outcome;
use rusqlite::OptionalExtension;

/// A row that holds others.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) id: i64,
    /// Rank of its newest version.
    pub(crate) rank: Vec<u8>,
    /// Whether all rows it holds could be told apart.
    pub(crate) whole: bool,
}

impl Hub {
    /// The row with this key that holds others.
    pub(crate) fn holder(&self, sync: SyncId, key: &str) -> Outcome<Option<Holder>> {
        let mut statement =
            self.db().prepare_cached("SELECT id, rank, whole FROM holder WHERE sync = ?1 AND key = ?2")?;
        let found = statement
            .query_row((sync.0, key), |row| Ok(Holder { id: row.get(0)?, rank: row.get(1)?, whole: row.get(2)? }));
        Ok(found.optional()?)
    }

    pub(crate) fn add_holder(&self, sync: SyncId, key: &str, rank: &[u8]) -> Outcome<i64> {
        self.db()
            .prepare_cached("INSERT INTO holder (sync, key, rank, whole) VALUES (?1, ?2, ?3, 0)")?
            .execute((sync.0, key, rank))?;
        Ok(self.db().last_insert_rowid())
    }

    /// Notes the newest version of a row that holds others.
    pub(crate) fn set_holder(&self, holder: i64, rank: &[u8], whole: bool) -> Outcome {
        self.db()
            .prepare_cached("UPDATE holder SET rank = ?2, whole = ?3 WHERE id = ?1")?
            .execute((holder, rank, whole))?;
        Ok(())
    }

    /// Notes who holds the row of a track.
    pub(crate) fn hold(&self, holder: i64, track: TrackId) -> Outcome {
        self.db()
            .prepare_cached("INSERT OR REPLACE INTO held (track, holder) VALUES (?1, ?2)")?
            .execute((track.0, holder))?;
        Ok(())
    }

    /// Whoever holds the row of one track holds that of another.
    pub(crate) fn hold_like(&self, known: TrackId, track: TrackId) -> Outcome {
        self.db()
            .prepare_cached("INSERT OR IGNORE INTO held (track, holder) SELECT ?2, holder FROM held WHERE track = ?1")?
            .execute((known.0, track.0))?;
        Ok(())
    }

    /// The tracks of all rows that a row holds or has held, by key.
    pub(crate) fn held_by(&self, holder: i64) -> Outcome<Vec<Present>> {
        let mut statement = self.db().prepare_cached(
            "SELECT t.id, t.key, t.record, t.missing FROM held h JOIN track t ON t.id = h.track
             WHERE h.holder = ?1 ORDER BY t.key, t.identity",
        )?;
        let rows = statement.query_map([holder], |row| {
            Ok(Present {
                track: TrackId(row.get(0)?),
                key: row.get(1)?,
                record: row.get(2)?,
                missing: Missing::of(row.get(3)?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
