//! Events that were raised. What is written here stays.

use super::{Hub, RowId, SyncId, TrackId};
use crate::error::Outcome;
use rusqlite::OptionalExtension;

impl Hub {
    /// What the condition of a version of an event was when it was first raised.
    pub(crate) fn contract(&self, entity: &str, event: &str, version: u32) -> Outcome<Option<String>> {
        let mut statement =
            self.db().prepare_cached("SELECT condition FROM event WHERE entity = ?1 AND name = ?2 AND version = ?3")?;
        Ok(statement.query_row((entity, event, version), |row| row.get(0)).optional()?)
    }

    /// Notes that a row raised an event; a second time changes nothing. Whether it is new.
    pub(crate) fn raise(&self, entity: &str, event: &str, version: u32, condition: &str, row: RowId) -> Outcome<bool> {
        self.db()
            .prepare_cached("INSERT OR IGNORE INTO event (entity, name, version, condition) VALUES (?1, ?2, ?3, ?4)")?
            .execute((entity, event, version, condition))?;
        let added = self
            .db()
            .prepare_cached(
                "INSERT OR IGNORE INTO raised (event, row)
                 SELECT id, ?4 FROM event WHERE entity = ?1 AND name = ?2 AND version = ?3",
            )?
            .execute((entity, event, version, row.0))?;
        Ok(added > 0)
    }

    /// The rows of a track that raised an event, whatever version of it.
    pub(crate) fn raised_by(&self, track: TrackId, entity: &str, event: &str) -> Outcome<Vec<RowId>> {
        let mut statement = self.db().prepare_cached(
            "SELECT DISTINCT r.row FROM source_row s JOIN raised r ON r.row = s.id JOIN event e ON e.id = r.event
             WHERE s.track = ?1 AND e.entity = ?2 AND e.name = ?3 ORDER BY r.row",
        )?;
        let rows = statement.query_map((track.0, entity, event), |row| row.get(0).map(RowId))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How often a sync saw each event and version, and how often in a run: by entity, name and version.
    pub(crate) fn events_of(&self, sync: SyncId, run: i64) -> Outcome<Vec<(String, u32, u64, u64)>> {
        let mut statement = self.db().prepare_cached(
            "SELECT e.entity || '.' || e.name, e.version, count(*), count(*) FILTER (WHERE s.run = ?2)
             FROM raised r JOIN event e ON e.id = r.event JOIN source_row s ON s.id = r.row
             WHERE s.sync = ?1 GROUP BY e.id ORDER BY 1, 2",
        )?;
        let rows =
            statement.query_map((sync.0, run), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
