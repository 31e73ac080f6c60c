//! Exceptions: what needs a person.

use super::{Hub, RowId, SyncId, TrackId};
use crate::error::Outcome;
use rusqlite::Row as SqlRow;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionText {
    /// A built-in reason, or one named in the specs.
    pub reason: String,
    /// What happened, for people.
    pub message: String,
    /// The field concerned, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

/// All that is wrong with a row, and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// In source order; the first counts.
    pub(crate) reasons: Vec<ExceptionText>,
    pub(crate) queue: String,
}

/// An open exception.
#[derive(Debug, Clone)]
pub(crate) struct OpenException {
    pub(crate) id: i64,
    pub(crate) row: RowId,
    pub(crate) asks: bool,
    pub(crate) reasons: String,
    pub(crate) queue: String,
    pub(crate) since: String,
}

/// An open exception as it is listed.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) id: i64,
    pub(crate) track: TrackId,
    pub(crate) asks: bool,
    pub(crate) key: String,
    pub(crate) entity: String,
    pub(crate) sync: String,
    pub(crate) reason: String,
    pub(crate) reasons: String,
    pub(crate) queue: String,
    pub(crate) version: Option<String>,
    pub(crate) since: String,
    pub(crate) due: Option<String>,
    pub(crate) row: RowId,
    /// Whether the live line of the record was made from this row.
    pub(crate) posted: bool,
    /// What was decided on these reasons and awaits the next run: resolution, who, why, when.
    pub(crate) decided: Option<(String, String, String, String)>,
}

impl Problem {
    pub(crate) fn one(reason: &str, message: impl Into<String>, queue: &str) -> Self {
        let reason = ExceptionText { reason: reason.to_owned(), message: message.into(), field: None };
        Self { reasons: vec![reason], queue: queue.to_owned() }
    }

    pub(crate) fn first(&self) -> &str {
        self.reasons.first().map_or("", |first| &first.reason)
    }

    pub(crate) fn text(&self) -> String {
        serde_json::to_string(&self.reasons).unwrap_or_default()
    }
}

impl Hub {
    pub(crate) fn open_exceptions(&self, track: TrackId) -> Outcome<Vec<OpenException>> {
        let mut statement = self
            .db()
            .prepare_cached("SELECT id, row, asks, reasons, queue, since FROM exception WHERE track = ?1 AND asks < 2 AND closed_at IS NULL ORDER BY id")?;
        let rows = statement.query_map([track.0], |row| {
            Ok(OpenException {
                id: row.get(0)?,
                row: RowId(row.get(1)?),
                asks: row.get(2)?,
                reasons: row.get(3)?,
                queue: row.get(4)?,
                since: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    #[expect(clippy::too_many_arguments, reason = "the columns of an exception")]
    pub(crate) fn open_exception(
        &self,
        sync: SyncId,
        track: TrackId,
        row: RowId,
        asks: bool,
        problem: &Problem,
        since: &str,
        due: Option<&str>,
    ) -> Outcome {
        self.db()
            .prepare_cached("INSERT INTO exception (sync, track, row, asks, reason, reasons, queue, since, due) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
            .execute((sync.0, track.0, row.0, asks, problem.first(), problem.text(), &problem.queue, since, due))?;
        Ok(())
    }

    /// Another reason for an exception that stays open, with the queue it is in now.
    pub(crate) fn change_exception(&self, id: i64, problem: &Problem, due: Option<&str>) -> Outcome {
        self.db()
            .prepare_cached("UPDATE exception SET reason = ?2, reasons = ?3, queue = ?4, due = ?5 WHERE id = ?1")?
            .execute((id, problem.first(), problem.text(), &problem.queue, due))?;
        Ok(())
    }

    pub(crate) fn close_exception(&self, id: i64, at: &str) -> Outcome {
        self.db().prepare_cached("UPDATE exception SET closed_at = ?2 WHERE id = ?1")?.execute((id, at))?;
        Ok(())
    }

    pub(crate) fn open_exception_again(&self, id: i64) -> Outcome {
        self.db().prepare_cached("UPDATE exception SET closed_at = NULL WHERE id = ?1")?.execute([id])?;
        Ok(())
    }

    /// First reasons of the open exceptions of a sync, counted; by name.
    pub(crate) fn reasons(&self, sync: SyncId) -> Outcome<BTreeMap<String, u64>> {
        let mut statement = self
            .db()
            .prepare_cached("SELECT reason, count(*) FROM exception WHERE sync = ?1 AND closed_at IS NULL GROUP BY reason ORDER BY reason")?;
        let rows = statement.query_map([sync.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The open exceptions of one record key, or of all; by sync, key and version.
    pub(crate) fn listed(&self, key: Option<&str>) -> Outcome<Vec<Listed>> {
        self.exceptions(key, false)
    }

    /// The exceptions of a record key whose rows are dismissed.
    pub(crate) fn dismissed(&self, key: &str) -> Outcome<Vec<Listed>> {
        self.exceptions(Some(key), true)
    }

    fn exceptions(&self, key: Option<&str>, dismissed: bool) -> Outcome<Vec<Listed>> {
        let mut statement = self.db().prepare_cached(
            "SELECT t.key, s.entity, s.name, e.reason, e.reasons, e.queue, r.version, e.since, e.due, e.row, e.id, e.track, e.asks,
                    p.id IS NOT NULL, d.resolution, d.\"by\", d.why, d.at
             FROM exception e JOIN sync s ON s.id = e.sync JOIN track t ON t.id = e.track JOIN source_row r ON r.id = e.row
                  LEFT JOIN posting p ON p.id = t.live AND p.row = e.row
                  LEFT JOIN decision d ON d.id = (SELECT max(id) FROM decision WHERE exception = e.id) AND d.reasons = e.reasons
                       AND d.resolution <> 'reopen'
             WHERE (?1 IS NULL OR t.key = ?1)
               AND CASE WHEN ?2 THEN r.state = 7 AND e.asks = 0 AND d.resolution = 'dismiss' ELSE e.closed_at IS NULL END
             ORDER BY s.name, t.key, r.rank, e.row, e.asks",
        )?;
        let listed = |row: &SqlRow<'_>| {
            Ok(Listed {
                key: row.get(0)?,
                entity: row.get(1)?,
                sync: row.get(2)?,
                reason: row.get(3)?,
                reasons: row.get(4)?,
                queue: row.get(5)?,
                version: row.get(6)?,
                since: row.get(7)?,
                due: row.get(8)?,
                row: RowId(row.get(9)?),
                id: row.get(10)?,
                track: TrackId(row.get(11)?),
                asks: row.get(12)?,
                posted: row.get(13)?,
                decided: match row.get(14)? {
                    Some(resolution) => Some((resolution, row.get(15)?, row.get(16)?, row.get(17)?)),
                    None => None,
                },
            })
        };
        let rows = statement.query_map((key, dismissed), listed)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
