//! What a sync says of its size and went beyond, the last time it could.

use super::{Hub, SyncId};
use crate::error::Outcome;
use crate::report::Exceeded;
use jiff::Timestamp;

impl Hub {
    pub(crate) fn clear_exceeded(&self, sync: SyncId, clause: &str) -> Outcome {
        self.db().prepare_cached("DELETE FROM exceeded WHERE sync = ?1 AND clause = ?2")?.execute((sync.0, clause))?;
        Ok(())
    }

    pub(crate) fn add_exceeded(&self, sync: SyncId, run: i64, one: &Exceeded) -> Outcome {
        self.db()
            .prepare_cached("INSERT INTO exceeded (sync, clause, run, said, found) VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute((sync.0, &one.clause, run, one.said, one.found))?;
        Ok(())
    }

    /// By clause.
    pub(crate) fn exceeded(&self, sync: SyncId) -> Outcome<Vec<Exceeded>> {
        let mut statement =
            self.db().prepare_cached("SELECT clause, said, found FROM exceeded WHERE sync = ?1 ORDER BY clause")?;
        let rows = statement
            .query_map([sync.0], |row| Ok(Exceeded { clause: row.get(0)?, said: row.get(1)?, found: row.get(2)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Runs with their instants, all between two of them and some beside: instants are kept as text, with and without parts of a second.
    pub(crate) fn runs_about(&self, from: Timestamp, to: Timestamp) -> Outcome<Vec<(i64, String)>> {
        let second = jiff::SignedDuration::from_secs(1);
        let around = (from.saturating_sub(second).unwrap_or(from), to.saturating_add(second).unwrap_or(to));
        let mut statement =
            self.db().prepare_cached("SELECT id, at FROM run WHERE at >= ?1 AND at <= ?2 ORDER BY id")?;
        let rows =
            statement.query_map((around.0.to_string(), around.1.to_string()), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many rows of a sync each of some runs brought.
    pub(crate) fn rows_by_run(&self, sync: SyncId, first: i64, last: i64) -> Outcome<Vec<(i64, u64)>> {
        let mut statement = self.db().prepare_cached(
            "SELECT run, count(*) FROM source_row WHERE sync = ?1 AND run BETWEEN ?2 AND ?3 GROUP BY run ORDER BY run",
        )?;
        let rows = statement.query_map((sync.0, first, last), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
