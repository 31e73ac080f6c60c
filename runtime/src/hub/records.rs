//! Canonical records, their revisions, and the crosswalk.

use super::{Hub, RowId};
use crate::error::Outcome;
use rusqlite::{OptionalExtension, Row as SqlRow};

/// A canonical record as it stands in the hub.
#[derive(Debug, Clone)]
pub(crate) struct StoredRecord {
    pub(crate) id: u64,
    pub(crate) revision: u64,
    /// Number of its latest change that came with a row.
    pub(crate) row_change: u64,
    /// See [`crate::values`].
    pub(crate) values: String,
    /// Whether it is deleted where it comes from.
    pub(crate) retired: bool,
}

fn stored(row: &SqlRow<'_>) -> rusqlite::Result<StoredRecord> {
    Ok(StoredRecord {
        id: row.get(0)?,
        revision: row.get(1)?,
        row_change: row.get(2)?,
        values: row.get(3)?,
        retired: row.get(4)?,
    })
}

impl Hub {
    pub(crate) fn record(&self, id: u64) -> Outcome<Option<StoredRecord>> {
        let mut statement = self.db().prepare_cached(
            "SELECT r.id, r.revision, r.row_change, v.\"values\", r.retired FROM record r
             JOIN record_version v ON v.record = r.id AND v.revision = r.revision WHERE r.id = ?1",
        )?;
        Ok(statement.query_row([id], stored).optional()?)
    }

    /// A record's values as of a revision.
    pub(crate) fn revision(&self, record: u64, revision: u64) -> Outcome<Option<String>> {
        let mut statement =
            self.db().prepare_cached("SELECT \"values\" FROM record_version WHERE record = ?1 AND revision = ?2")?;
        Ok(statement.query_row((record, revision), |row| row.get(0)).optional()?)
    }

    pub(crate) fn record_by_key(&self, object: &str, key: &str) -> Outcome<Option<u64>> {
        let mut statement = self.db().prepare_cached("SELECT id FROM record WHERE object = ?1 AND key = ?2")?;
        Ok(statement.query_row((object, key), |row| row.get(0)).optional()?)
    }

    pub(crate) fn add_record(
        &self,
        object: &str,
        key: &str,
        values: &str,
        row: RowId,
        run: i64,
        change: u64,
    ) -> Outcome<u64> {
        self.db()
            .prepare_cached(
                "INSERT INTO record (object, key, revision, change, row_change) VALUES (?1, ?2, 1, ?3, ?3)",
            )?
            .execute((object, key, change))?;
        let id = u64::try_from(self.db().last_insert_rowid()).unwrap_or_default();
        self.add_revision(id, 1, values, row, run)?;
        Ok(id)
    }

    /// Writes a new revision; `by_row` unless only the plan changed.
    #[expect(clippy::too_many_arguments, reason = "the columns of a revision")]
    pub(crate) fn change_record(
        &self,
        before: &StoredRecord,
        values: &str,
        retired: bool,
        row: RowId,
        run: i64,
        change: u64,
        by_row: bool,
    ) -> Outcome<StoredRecord> {
        let revision = before.revision + 1;
        let row_change = if by_row { change } else { before.row_change };
        self.db()
            .prepare_cached(
                "UPDATE record SET revision = ?2, change = ?3, row_change = ?4, retired = ?5 WHERE id = ?1",
            )?
            .execute((before.id, revision, change, row_change, retired))?;
        self.add_revision(before.id, revision, values, row, run)?;
        Ok(StoredRecord { id: before.id, revision, row_change, values: values.to_owned(), retired })
    }

    fn add_revision(&self, record: u64, revision: u64, values: &str, row: RowId, run: i64) -> Outcome {
        self.db()
            .prepare_cached(
                "INSERT INTO record_version (record, revision, \"values\", row, run) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((record, revision, values, row.0, run))?;
        Ok(())
    }

    /// Whether there is any record of an object.
    pub(crate) fn has_records(&self, object: &str) -> Outcome<bool> {
        Ok(self.db().prepare_cached("SELECT 1 FROM record WHERE object = ?1")?.exists([object])?)
    }

    /// All records of an object, by key.
    pub(crate) fn records_of(&self, object: &str) -> Outcome<Vec<u64>> {
        let mut statement = self.db().prepare_cached("SELECT id FROM record WHERE object = ?1 ORDER BY key")?;
        let rows = statement.query_map([object], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a record of an object changed since a change, for whatever cause.
    pub(crate) fn changed_since(&self, object: &str, change: u64) -> Outcome<bool> {
        Ok(self
            .db()
            .prepare_cached("SELECT 1 FROM record WHERE object = ?1 AND change > ?2")?
            .exists((object, change))?)
    }

    /// Records of an object which a sync does not track yet, among those that changed since a change; by id. Of a versioned object
    /// only what holds is followed.
    pub(crate) fn untracked(
        &self,
        sync: super::SyncId,
        object: &str,
        since: u64,
        versioned: bool,
    ) -> Outcome<Vec<u64>> {
        let mut statement = self.db().prepare_cached(
            "SELECT r.id FROM record r LEFT JOIN track t ON t.record = r.id AND t.sync = ?1
             WHERE r.object = ?2 AND r.change > ?3 AND t.id IS NULL AND (r.series IS NULL OR NOT ?4) ORDER BY r.id",
        )?;
        let rows = statement.query_map((sync.0, object, since, versioned), |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The object of a record.
    pub(crate) fn object_of(&self, record: u64) -> Outcome<String> {
        Ok(self
            .db()
            .prepare_cached("SELECT object FROM record WHERE id = ?1")?
            .query_row([record], |row| row.get(0))?)
    }

    /// The number of a name, if it has one.
    pub(super) fn known_name(&self, name: &str) -> Outcome<Option<i64>> {
        if let Some(number) = self.remembered.borrow().names.get(name) {
            return Ok(Some(*number));
        }
        let mut statement = self.db().prepare_cached("SELECT id FROM name WHERE text = ?1")?;
        let found = statement.query_row([name], |row| row.get(0)).optional()?;
        if let Some(number) = found {
            self.remembered.borrow_mut().names.insert(name.to_owned(), number);
        }
        Ok(found)
    }

    /// The number of a name.
    pub(super) fn name(&self, name: &str) -> Outcome<i64> {
        if let Some(number) = self.known_name(name)? {
            return Ok(number);
        }
        self.db().prepare_cached("INSERT INTO name (text) VALUES (?1)")?.execute([name])?;
        let number = self.db().last_insert_rowid();
        self.remembered.borrow_mut().names.insert(name.to_owned(), number);
        Ok(number)
    }

    /// Binds an identifier of an entity to a record; the first binding stays.
    pub(crate) fn bind(&self, entity: &str, id: &str, object: &str, record: u64) -> Outcome {
        self.db()
            .prepare_cached("INSERT OR IGNORE INTO crosswalk (entity, id, object, record) VALUES (?1, ?2, ?3, ?4)")?
            .execute((self.name(entity)?, id, self.name(object)?, record))?;
        Ok(())
    }

    pub(crate) fn bound_record(&self, entity: &str, id: &str, object: &str) -> Outcome<Option<u64>> {
        let mut statement =
            self.db().prepare_cached("SELECT record FROM crosswalk WHERE entity = ?1 AND id = ?2 AND object = ?3")?;
        let (Some(entity), Some(object)) = (self.known_name(entity)?, self.known_name(object)?) else {
            return Ok(None);
        };
        Ok(statement.query_row((entity, id, object), |row| row.get(0)).optional()?)
    }

    /// The identifier of an entity for a record; the first one when there are several.
    pub(crate) fn bound_id(&self, entity: &str, record: u64) -> Outcome<Option<String>> {
        let mut statement = self
            .db()
            .prepare_cached("SELECT id FROM crosswalk WHERE record = ?1 AND entity = ?2 ORDER BY id LIMIT 1")?;
        let Some(entity) = self.known_name(entity)? else { return Ok(None) };
        Ok(statement.query_row((record, entity), |row| row.get(0)).optional()?)
    }
}
