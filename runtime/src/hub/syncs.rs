//! Runs, syncs and reconciliations.

use super::{AuditEvent, Hub, digest};
use crate::error::Outcome;
use crate::options::Passes;
use crate::report::Accounts;
use rusqlite::OptionalExtension;

/// A sync in the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SyncId(pub(crate) i64);

/// How far a sync is.
#[derive(Debug, Clone)]
pub(crate) struct SyncMark {
    pub(crate) id: SyncId,
    pub(crate) watermark: Option<String>,
    pub(crate) captured_at: Option<String>,
    pub(crate) posted_at: Option<String>,
    pub(crate) reconciled_at: Option<String>,
    /// When all rows were last read.
    pub(crate) full_at: Option<String>,
    /// Until when records are held back by the limit of a system.
    pub(crate) held_until: Option<String>,
    /// Every record was judged with the hub as of this change …
    pub(crate) judged: u64,
    /// … under this plan.
    pub(crate) plan: Option<String>,
}

/// Which pass of a sync took place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PassKind {
    Capture,
    Post,
    Reconcile,
}

fn mark(row: &rusqlite::Row<'_>) -> rusqlite::Result<SyncMark> {
    Ok(SyncMark {
        id: SyncId(row.get(0)?),
        watermark: row.get(1)?,
        captured_at: row.get(2)?,
        posted_at: row.get(3)?,
        reconciled_at: row.get(4)?,
        judged: row.get(5)?,
        plan: row.get(6)?,
        full_at: row.get(7)?,
        held_until: row.get(8)?,
    })
}

impl Hub {
    /// When the last run took place.
    pub(crate) fn last_run(&self) -> Outcome<Option<String>> {
        let mut statement = self.db().prepare_cached("SELECT at FROM run ORDER BY id DESC LIMIT 1")?;
        Ok(statement.query_row([], |row| row.get(0)).optional()?)
    }

    /// Notes that a run begins.
    pub(crate) fn begin_run(&self, at: &str, plan: &str, passes: Passes, only: Option<&str>) -> Outcome<i64> {
        self.db().prepare_cached("INSERT INTO run (at, plan) VALUES (?1, ?2)")?.execute((at, plan))?;
        let run = self.db().last_insert_rowid();
        let (passes, only) = (Some(passes.name().to_owned()), only.map(str::to_owned));
        self.audit(at, &AuditEvent::RunBegan { run, plan: plan.to_owned(), passes, only })?;
        Ok(run)
    }

    /// Keeps the report of a finished run.
    pub(crate) fn end_run(&self, run: i64, at: &str, report: &str) -> Outcome {
        self.transaction(|_| {
            self.db().prepare_cached("UPDATE run SET report = ?2 WHERE id = ?1")?.execute((run, report))?;
            self.audit(at, &AuditEvent::RunEnded { run, report: digest(&[report]) })
        })
    }

    /// All runs with their reports.
    pub(crate) fn reports(&self) -> Outcome<Vec<(i64, Option<String>)>> {
        let mut statement = self.db().prepare_cached("SELECT id, report FROM run ORDER BY id")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The report of the run that ended last.
    pub(crate) fn last_report(&self) -> Outcome<Option<String>> {
        let mut statement =
            self.db().prepare_cached("SELECT report FROM run WHERE report IS NOT NULL ORDER BY id DESC LIMIT 1")?;
        Ok(statement.query_row([], |row| row.get(0)).optional()?)
    }

    /// The instant of a run.
    pub(crate) fn at_of_run(&self, run: i64) -> Outcome<String> {
        Ok(self.db().prepare_cached("SELECT at FROM run WHERE id = ?1")?.query_row([run], |row| row.get(0))?)
    }

    /// The sync of this name, made known to the hub when it is new.
    pub(crate) fn sync(&self, name: &str, entity: &str) -> Outcome<SyncMark> {
        self.db()
            .prepare_cached("INSERT INTO sync (name, entity) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET entity = ?2 WHERE entity <> ?2")?
            .execute((name, entity))?;
        let id =
            self.db().prepare_cached("SELECT id FROM sync WHERE name = ?1")?.query_row([name], |row| row.get(0))?;
        self.mark(SyncId(id))
    }

    /// How far a sync is.
    pub(crate) fn mark(&self, sync: SyncId) -> Outcome<SyncMark> {
        let mut statement = self.db().prepare_cached(
            "SELECT id, watermark, captured_at, posted_at, reconciled_at, judged, plan, full_at, held_until FROM sync WHERE id = ?1",
        )?;
        Ok(statement.query_row([sync.0], mark)?)
    }

    /// All syncs the hub knows, by name: id, name, entity.
    pub(crate) fn all_syncs(&self) -> Outcome<Vec<(SyncId, String, String)>> {
        let mut statement = self.db().prepare_cached("SELECT id, name, entity FROM sync ORDER BY name")?;
        let rows = statement.query_map([], |row| Ok((SyncId(row.get(0)?), row.get(1)?, row.get(2)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes when a pass took place.
    pub(crate) fn passed(&self, sync: SyncId, pass: PassKind, at: &str) -> Outcome {
        let sql = match pass {
            PassKind::Capture => "UPDATE sync SET captured_at = ?2 WHERE id = ?1",
            PassKind::Post => "UPDATE sync SET posted_at = ?2 WHERE id = ?1",
            PassKind::Reconcile => "UPDATE sync SET reconciled_at = ?2 WHERE id = ?1",
        };
        self.db().prepare_cached(sql)?.execute((sync.0, at))?;
        Ok(())
    }

    /// Moves the watermark.
    pub(crate) fn set_watermark(&self, sync: SyncId, watermark: &str) -> Outcome {
        self.db().prepare_cached("UPDATE sync SET watermark = ?2 WHERE id = ?1")?.execute((sync.0, watermark))?;
        Ok(())
    }

    /// Notes that all records were judged.
    pub(crate) fn set_judged(&self, sync: SyncId, change: u64, plan: &str) -> Outcome {
        self.db()
            .prepare_cached(
                "UPDATE sync SET judged = ?2, plan = ?3 WHERE id = ?1 AND (judged <> ?2 OR plan IS NOT ?3)",
            )?
            .execute((sync.0, change, plan))?;
        Ok(())
    }

    /// Where the rows of a sync are.
    pub(crate) fn accounts(&self, sync: SyncId) -> Outcome<Accounts> {
        let mut accounts = Accounts::default();
        let mut statement = self
            .db()
            .prepare_cached("SELECT state, count(*), sum(copies) FROM source_row WHERE sync = ?1 GROUP BY state")?;
        let mut rows = statement.query([sync.0])?;
        while let Some(row) = rows.next()? {
            let (state, count, copies): (i64, u64, u64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            accounts.duplicate += copies;
            accounts.captured += count + copies;
            match state {
                // A captured row is waiting for the rest of a run that was killed.
                0 | 1 => accounts.waiting += count,
                2 => accounts.quarantined += count,
                3 => accounts.excluded += count,
                4 => accounts.staged += count,
                5 => accounts.posted += count,
                6 => accounts.superseded += count,
                _ => accounts.dismissed += count,
            }
        }
        let count =
            |sql: &str| -> Outcome<u64> { Ok(self.db().prepare_cached(sql)?.query_row([sync.0], |row| row.get(0))?) };
        accounts.corrected =
            count("SELECT count(*) FROM track WHERE sync = ?1 AND (generation > 1 OR overwrites > 0)")?;
        accounts.reasons = self.reasons(sync)?;
        accounts.stale = count(
            "SELECT count(DISTINCT track) FROM (
                SELECT t.id AS track FROM source_row r
                    JOIN track t ON t.id = r.track
                    JOIN posting p ON p.id = t.live
                    JOIN source_row posted ON posted.id = p.row
                    WHERE r.sync = ?1 AND r.state IN (1, 2) AND r.rank > posted.rank AND r.standing = 0
                UNION ALL
                SELECT track FROM exception WHERE sync = ?1 AND asks = 1 AND closed_at IS NULL
            )",
        )?;
        Ok(accounts)
    }

    /// Keeps a reconciliation.
    pub(crate) fn add_reconciliation(
        &self,
        run: i64,
        sync: SyncId,
        at: &str,
        reconciled: bool,
        lines: &str,
    ) -> Outcome {
        self.db()
            .prepare_cached(
                "INSERT OR REPLACE INTO reconciliation (run, sync, at, reconciled, lines) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((run, sync.0, at, reconciled, lines))?;
        Ok(())
    }

    /// The last reconciliation of a sync: whether it came out even, and its lines.
    pub(crate) fn last_reconciliation(&self, sync: SyncId) -> Outcome<Option<(bool, String)>> {
        let mut statement = self
            .db()
            .prepare_cached("SELECT reconciled, lines FROM reconciliation WHERE sync = ?1 ORDER BY run DESC LIMIT 1")?;
        Ok(statement.query_row([sync.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
    }
}
