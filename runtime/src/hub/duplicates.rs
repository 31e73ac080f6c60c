//! Records that may be one and the same: what was said about pairs of them, and what is not there because of it.

use super::{Hub, RowId, TrackId};
use crate::error::Outcome;
use rusqlite::{OptionalExtension, Row as SqlRow};

/// Two records that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Likeness {
    /// The other record.
    pub(crate) other: u64,
    /// In what, as it is written in the specs.
    pub(crate) terms: String,
    /// The values that both have.
    pub(crate) values: String,
}

/// A row that makes no record, because the record would be like another.
#[derive(Debug, Clone)]
pub(crate) struct Doubt {
    pub(crate) track: TrackId,
    pub(crate) row: RowId,
    /// The key that the record would have.
    pub(crate) key: String,
    /// The identifier of the row in its entity.
    pub(crate) id: String,
    /// The key of the other record, for people.
    pub(crate) like: String,
}

/// Why a record is not there.
fn why(row: &SqlRow<'_>) -> rusqlite::Result<String> {
    let (like, state): (String, i64) = (row.get(0)?, row.get(1)?);
    Ok(match state {
        7 => format!("somebody said that it is `{like}`"),
        _ => format!("it may be `{like}`, and somebody has to say whether it is"),
    })
}

impl Hub {
    /// The plan under which it was noted what records are compared by.
    pub(crate) fn compared_under(&self) -> Outcome<Option<String>> {
        let mut statement = self.db().prepare_cached("SELECT plan FROM compared_under")?;
        Ok(statement.query_row([], |row| row.get(0)).optional()?)
    }

    pub(crate) fn set_compared_under(&self, plan: &str) -> Outcome {
        self.db().prepare_cached("DELETE FROM compared_under")?.execute([])?;
        self.db().prepare_cached("INSERT INTO compared_under (plan) VALUES (?1)")?.execute([plan])?;
        Ok(())
    }

    /// Notes that two records which are alike are two.
    pub(crate) fn say_two(&self, record: u64, like: &Likeness) -> Outcome {
        let (one, other) = (record.min(like.other), record.max(like.other));
        self.db()
            .prepare_cached("INSERT OR IGNORE INTO two (one, other, terms, \"values\") VALUES (?1, ?2, ?3, ?4)")?
            .execute((one, other, &like.terms, &like.values))?;
        Ok(())
    }

    /// Whether somebody said that a record and one like it are two.
    pub(crate) fn are_two(&self, record: u64, like: &Likeness) -> Outcome<bool> {
        let (one, other) = (record.min(like.other), record.max(like.other));
        Ok(self
            .db()
            .prepare_cached("SELECT 1 FROM two WHERE one = ?1 AND other = ?2 AND terms = ?3 AND \"values\" = ?4")?
            .exists((one, other, &like.terms, &like.values))?)
    }

    pub(crate) fn add_doubt(&self, object: &str, entity: &str, doubt: &Doubt) -> Outcome {
        self.db()
            .prepare_cached(
                "INSERT OR REPLACE INTO doubt (track, row, object, key, entity, id, other) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((doubt.track.0, doubt.row.0, object, &doubt.key, entity, &doubt.id, &doubt.like))?;
        Ok(())
    }

    pub(crate) fn clear_doubt(&self, track: TrackId) -> Outcome {
        self.db().prepare_cached("DELETE FROM doubt WHERE track = ?1")?.execute([track.0])?;
        Ok(())
    }

    /// Why there is no record with this key, if it is because it may be another one.
    pub(crate) fn doubt_by_key(&self, object: &str, key: &str) -> Outcome<Option<String>> {
        let mut statement = self.db().prepare_cached(
            "SELECT d.other, r.state FROM doubt d JOIN source_row r ON r.id = d.row JOIN track t ON t.id = d.track
             WHERE d.object = ?1 AND d.key = ?2 AND t.missing <> 1 ORDER BY d.track LIMIT 1",
        )?;
        Ok(statement.query_row((object, key), why).optional()?)
    }

    /// Why there is no record for this identifier, if it is because it may be another one.
    pub(crate) fn doubt_by_id(&self, object: &str, entity: &str, id: &str) -> Outcome<Option<String>> {
        let mut statement = self.db().prepare_cached(
            "SELECT d.other, r.state FROM doubt d JOIN source_row r ON r.id = d.row JOIN track t ON t.id = d.track
             WHERE d.entity = ?2 AND d.id = ?3 AND d.object = ?1 AND t.missing <> 1 ORDER BY d.track LIMIT 1",
        )?;
        Ok(statement.query_row((object, entity, id), why).optional()?)
    }
}
