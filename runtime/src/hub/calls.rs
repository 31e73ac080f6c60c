//! How often systems were called to post, and what is held back by their limits.

use super::{Hub, SyncId};
use crate::error::Outcome;
use jiff::Timestamp;
use rusqlite::OptionalExtension;

impl Hub {
    /// How often a system was called in the period that began then.
    pub(crate) fn calls(&self, system: &str, period: Timestamp) -> Outcome<u64> {
        let mut statement =
            self.db().prepare_cached("SELECT calls FROM call_count WHERE system = ?1 AND period = ?2")?;
        Ok(statement.query_row((system, period.to_string()), |row| row.get(0)).optional()?.unwrap_or_default())
    }

    /// Counts a call before it is made: one that is lost with the process was made, for all that is known.
    pub(crate) fn count_call(&self, system: &str, period: Timestamp) -> Outcome {
        self.db()
            .prepare_cached(
                "INSERT INTO call_count (system, period, calls) VALUES (?1, ?2, 1)
                 ON CONFLICT (system) DO UPDATE SET calls = CASE WHEN period = ?2 THEN calls ELSE 0 END + 1, period = ?2",
            )?
            .execute((system, period.to_string()))?;
        Ok(())
    }

    /// Notes until when records of a sync are held back.
    pub(crate) fn set_held_until(&self, sync: SyncId, until: Option<Timestamp>) -> Outcome {
        self.db()
            .prepare_cached("UPDATE sync SET held_until = ?2 WHERE id = ?1 AND held_until IS NOT ?2")?
            .execute((sync.0, until.map(|until| until.to_string())))?;
        Ok(())
    }
}
