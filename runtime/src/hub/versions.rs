//! Objects with versions: which of them are to be looked at again, and on which day.
//!
//! Days are days since 1970. The record of what holds has the series as its key; a version is a row of the series.

use super::{Hub, RowId};
use crate::error::Outcome;

impl Hub {
    /// Notes that a series of versions has changed and has to be looked at.
    pub(crate) fn look_at_versions(&self, object: &str, series: &str) -> Outcome {
        self.db()
            .prepare_cached("INSERT INTO version_line (object, series, next_day) VALUES (?1, ?2, 0) ON CONFLICT DO UPDATE SET next_day = 0")?
            .execute((object, series))?;
        Ok(())
    }

    /// Notes on which day another version may hold.
    pub(crate) fn set_next_day(&self, object: &str, series: &str, day: Option<i32>) -> Outcome {
        self.db()
            .prepare_cached("UPDATE version_line SET next_day = ?3 WHERE object = ?1 AND series = ?2")?
            .execute((object, series, day))?;
        Ok(())
    }

    /// The series of which another version may hold on a day than when they were last looked at.
    pub(crate) fn due_version_lines(&self, object: &str, day: i32) -> Outcome<Vec<String>> {
        let mut statement = self
            .db()
            .prepare_cached("SELECT series FROM version_line WHERE object = ?1 AND next_day <= ?2 ORDER BY series")?;
        let rows = statement.query_map((object, day), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether an object has records from when it had no versions, or versions from when it had some.
    pub(crate) fn is_of_another_make(&self, object: &str, versioned: bool) -> Outcome<bool> {
        let sql = if versioned {
            "SELECT 1 FROM record WHERE object = ?1 AND NOT EXISTS (SELECT 1 FROM version_line WHERE object = ?1)"
        } else {
            "SELECT 1 FROM version_line WHERE object = ?1"
        };
        Ok(self.db().prepare_cached(sql)?.exists([object])?)
    }

    /// The records of an object that are referred to: what holds, not its versions.
    pub(crate) fn held(&self, object: &str) -> Outcome<Vec<u64>> {
        let mut statement =
            self.db().prepare_cached("SELECT id FROM record WHERE object = ?1 AND series IS NULL ORDER BY key")?;
        let rows = statement.query_map([object], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The versions of all records of an object, by key.
    pub(crate) fn versions(&self, object: &str) -> Outcome<Vec<u64>> {
        let mut statement =
            self.db().prepare_cached("SELECT id FROM record WHERE object = ?1 AND series IS NOT NULL ORDER BY key")?;
        let rows = statement.query_map([object], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The row that wrote a record as it is.
    pub(crate) fn row_of(&self, record: u64) -> Outcome<RowId> {
        let mut statement = self.db().prepare_cached(
            "SELECT v.row FROM record r JOIN record_version v ON v.record = r.id AND v.revision = r.revision WHERE r.id = ?1",
        )?;
        Ok(RowId(statement.query_row([record], |row| row.get(0))?))
    }
}
