//! Series: the rows of a dated object with one key, and what is odd about them.

use super::{Hub, SyncId};
use crate::error::Outcome;
use crate::report::{Notice, NoticeKind};

impl Hub {
    /// The records of a series, by id.
    pub(crate) fn series(&self, object: &str, series: &str) -> Outcome<Vec<u64>> {
        let mut statement =
            self.db().prepare_cached("SELECT id FROM record WHERE object = ?1 AND series = ?2 ORDER BY id")?;
        let rows = statement.query_map((object, series), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Gives a dated record its series, and notes that this one has changed.
    pub(crate) fn set_series(&self, record: u64, object: &str, series: &str) -> Outcome {
        self.db()
            .prepare_cached("UPDATE record SET series = ?2 WHERE id = ?1 AND series IS NOT ?2")?
            .execute((record, series))?;
        self.db()
            .prepare_cached("INSERT OR IGNORE INTO series_change (object, series) VALUES (?1, ?2)")?
            .execute((object, series))?;
        Ok(())
    }

    /// Gives a dated record another key: its first day has moved.
    pub(crate) fn set_key(&self, record: u64, key: &str) -> Outcome {
        self.db().prepare_cached("UPDATE record SET key = ?2 WHERE id = ?1")?.execute((record, key))?;
        Ok(())
    }

    /// Records of a dated object that have no series yet: they were written when it was not dated.
    pub(crate) fn without_series(&self, object: &str) -> Outcome<Vec<u64>> {
        let mut statement =
            self.db().prepare_cached("SELECT id FROM record WHERE object = ?1 AND series IS NULL ORDER BY id")?;
        let rows = statement.query_map([object], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a record, or another row of its series, came or changed with a row since a change.
    pub(crate) fn came_with_a_row(&self, record: u64, since: u64) -> Outcome<bool> {
        let mut statement = self.db().prepare_cached(
            "SELECT 1 FROM record r WHERE r.id = ?1 AND (r.row_change > ?2 OR EXISTS (
                SELECT 1 FROM record o WHERE o.object = r.object AND o.series = r.series AND o.row_change > ?2))",
        )?;
        Ok(statement.exists((record, since))?)
    }

    /// The series of an object that changed since they were last compared.
    pub(crate) fn changed_series(&self, object: &str) -> Outcome<Vec<String>> {
        let mut statement =
            self.db().prepare_cached("SELECT series FROM series_change WHERE object = ?1 ORDER BY series")?;
        let rows = statement.query_map([object], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Puts these notices in place of those of a series, and notes that its rows have been compared.
    pub(crate) fn set_notices(&self, sync: SyncId, object: &str, series: &str, notices: &[Notice]) -> Outcome {
        self.db()
            .prepare_cached("DELETE FROM series_notice WHERE object = ?1 AND series = ?2")?
            .execute((object, series))?;
        for notice in notices {
            self.db()
                .prepare_cached(
                    "INSERT INTO series_notice (object, series, first_day, kind, last_day, key, sync) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute((object, series, &notice.from, notice.kind.name(), &notice.through, &notice.key, sync.0))?;
        }
        self.db()
            .prepare_cached("DELETE FROM series_change WHERE object = ?1 AND series = ?2")?
            .execute((object, series))?;
        Ok(())
    }

    /// The notices of the rows a sync brought, by key and day.
    pub(crate) fn notices(&self, sync: SyncId) -> Outcome<Vec<Notice>> {
        let mut statement = self.db().prepare_cached(
            "SELECT object, key, kind, first_day, last_day FROM series_notice WHERE sync = ?1
             ORDER BY object, key, first_day, kind",
        )?;
        let rows = statement.query_map([sync.0], |row| {
            let kind: String = row.get(2)?;
            let kind = if kind == NoticeKind::Overlap.name() { NoticeKind::Overlap } else { NoticeKind::Hole };
            Ok(Notice { object: row.get(0)?, key: row.get(1)?, kind, from: row.get(3)?, through: row.get(4)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
