//! The hub: one SQLite file that holds everything a run leaves behind. Its layout is private and stands in `layout_1.sql` and what follows.
//!
//! - **track**: a record of a source as one sync follows it through its versions; a sync that only posts tracks canonical records.
//! - **row**: one version of a track, as captured.
//! - **record**: a canonical record; it has **revisions**, all kept.
//! - **change**: a number that grows with each new revision of any record, so that "since I looked" is a comparison.
//! - **ledger**: what was posted. An entry is an **intent** before the call and settled by its answer.
//!
//! One runner at a time holds the [`Lock`] for the life of the [`Hub`]. Readers need no lock. Write-ahead log and `synchronous=FULL`: what was committed is there after a crash.

mod audit;
mod calls;
mod compared;
mod copy;
mod decisions;
mod duplicates;
mod events;
mod exceptions;
mod holders;
mod ledger;
mod lines;
mod lock;
mod missing;
mod promises;
mod records;
mod retries;
mod rows;
mod series;
mod syncs;
mod versions;

pub use audit::AuditEvent;
pub(crate) use audit::{Chain, digest, hex};
pub(crate) use copy::{copy_database, open_still, read_only};
pub use decisions::Resolution;
pub(crate) use decisions::{Decisions, NewDecision};
pub(crate) use duplicates::{Doubt, Likeness};
pub use exceptions::ExceptionText;
pub(crate) use exceptions::{Listed, OpenException, Problem};
pub(crate) use ledger::{Done, Entry, Intent, Kind, Read, Reads};
pub(crate) use missing::{Missing, OpenQuestion, Present};
pub(crate) use records::StoredRecord;
pub(crate) use retries::Retry;
pub(crate) use rows::{
    Captured, Image, NewRow, Reading, Row, RowId, Standing, State, Track, TrackId, cells_from_text, cells_to_text,
};
pub(crate) use syncs::{PassKind, SyncId, SyncMark};

use crate::error::{Outcome, RuntimeError};
use lock::Lock;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The layouts of the hub, each the step from the one before. The database's `user_version` is how many were taken.
const MIGRATIONS: [&str; 13] = [
    include_str!("layout_1.sql"),
    include_str!("layout_2.sql"),
    include_str!("layout_3.sql"),
    include_str!("layout_4.sql"),
    include_str!("layout_5.sql"),
    include_str!("layout_6.sql"),
    include_str!("layout_7.sql"),
    include_str!("layout_8.sql"),
    include_str!("layout_9.sql"),
    include_str!("layout_10.sql"),
    include_str!("layout_11.sql"),
    include_str!("layout_12.sql"),
    include_str!("layout_13.sql"),
];

/// An open hub.
pub(crate) struct Hub {
    connection: Connection,
    path: PathBuf,
    remembered: RefCell<Remembered>,
    /// Whether a transaction that only reads is open.
    reading: Cell<bool>,
    /// Held while this run may write.
    lock: Option<Lock>,
}

/// What need not be read again while nobody else writes; forgotten when something is taken back.
#[derive(Default)]
struct Remembered {
    /// Number and hash of the last entry of the audit log.
    audited: Option<(u64, Vec<u8>)>,
    /// Numbers of names.
    names: FxHashMap<String, i64>,
}

impl Hub {
    /// Opens a hub for a run; creates it when there is none.
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        let failed = |error: &dyn std::fmt::Display| RuntimeError::hub(path, error);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        let lock = Lock::take(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(|error| failed(&error))?;
        prepare(&mut connection, true).map_err(|error| failed(&error))??;
        Ok(Self {
            connection,
            path: path.to_path_buf(),
            remembered: RefCell::default(),
            reading: Cell::default(),
            lock: Some(lock),
        })
    }

    /// A hub in memory, gone with this value.
    pub(crate) fn in_memory() -> Outcome<Self> {
        let mut connection = Connection::open_in_memory()?;
        prepare(&mut connection, false)??;
        Ok(Self {
            connection,
            path: PathBuf::new(),
            remembered: RefCell::default(),
            reading: Cell::default(),
            lock: None,
        })
    }

    /// Opens a hub to look at it, whether or not somebody runs.
    pub(crate) fn look(path: &Path) -> Outcome<Self> {
        let failed = |error: &dyn std::fmt::Display| RuntimeError::hub(path, error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| failed(&error))?;
        let ready = || -> rusqlite::Result<usize> {
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.pragma_update(None, "query_only", true)?;
            tune(&connection)?;
            version(&connection)
        };
        let version = ready().map_err(|error| failed(&error))?;
        if version != MIGRATIONS.len() {
            return Err(failed(&format!("its layout has version {version}, this program reads {}", MIGRATIONS.len())));
        }
        Ok(Self {
            connection,
            path: path.to_path_buf(),
            remembered: RefCell::default(),
            reading: Cell::default(),
            lock: None,
        })
    }

    /// The connection, for statements of the modules below.
    pub(crate) const fn db(&self) -> &Connection {
        &self.connection
    }

    /// The file of a hub that this run holds.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.lock.is_some().then_some(self.path.as_path())
    }

    /// Does something whole or not at all.
    pub(crate) fn transaction<T>(&self, work: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        self.end_reading()?;
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        // A guard, so that nothing stays open whichever way `work` ends.
        let guard = RollBack(self);
        let result = work(&self.connection)?;
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        drop(guard);
        Ok(result)
    }

    /// Reads on without asking for a lock each time, until something is written or [`Hub::end_reading`].
    pub(crate) fn begin_reading(&self) -> Outcome {
        if !self.reading.replace(true) {
            self.connection.prepare_cached("BEGIN")?.execute([])?;
        }
        Ok(())
    }

    pub(crate) fn end_reading(&self) -> Outcome {
        if self.reading.take() {
            self.connection.prepare_cached("COMMIT")?.execute([])?;
        }
        Ok(())
    }

    /// Names the hub in an error that came from its database.
    pub(crate) fn named(&self, error: RuntimeError) -> RuntimeError {
        match error {
            RuntimeError::Hub { hub, message } if hub.as_os_str().is_empty() => RuntimeError::hub(&self.path, message),
            other => other,
        }
    }

    /// The number of the latest change of a canonical record.
    pub(crate) fn change(&self) -> Outcome<u64> {
        let mut statement = self.connection.prepare_cached("SELECT value FROM mark WHERE name = 'change'")?;
        Ok(statement.query_row([], |row| row.get(0)).optional()?.unwrap_or_default())
    }

    pub(crate) fn set_change(&self, change: u64) -> Outcome {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO mark (name, value) VALUES ('change', ?1)")?
            .execute([change])?;
        Ok(())
    }
}

struct RollBack<'a>(&'a Hub);

impl Drop for RollBack<'_> {
    fn drop(&mut self) {
        if !self.0.connection.is_autocommit() {
            self.0.remembered.take();
            // A failing rollback leaves the connection unusable, which the next statement reports.
            let _ = self.0.connection.execute_batch("ROLLBACK");
        }
    }
}

/// Whether a database has the layout this program reads; if not, what is wrong.
pub(crate) fn version_of(connection: &Connection) -> rusqlite::Result<Result<(), String>> {
    let version = version(connection)?;
    Ok(if version == MIGRATIONS.len() {
        Ok(())
    } else {
        Err(format!("its layout has version {version}, this program reads {}", MIGRATIONS.len()))
    })
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn prepare(connection: &mut Connection, in_file: bool) -> rusqlite::Result<Outcome> {
    connection.busy_timeout(Duration::from_secs(30))?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // A page that changes in many transactions is copied into the database once in 64 MB of log, not once in 4.
    connection.pragma_update(None, "wal_autocheckpoint", 16_000)?;
    if in_file && mode != "wal" {
        return Ok(Err(RuntimeError::from(rusqlite::Error::InvalidParameterName(format!(
            "its file system has no write-ahead log (journal mode {mode})"
        )))));
    }
    ready(connection)
}

/// What every connection is set to.
fn tune(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_prepared_statement_cache_capacity(128);
    // Plans do not depend on the values bound: otherwise statements that may use a partial index are prepared anew at each use.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "cache_size", -64_000)?;
    connection.pragma_update(None, "temp_store", "MEMORY")
}

/// Sets up the connection and brings the layout up to date.
fn ready(connection: &mut Connection) -> rusqlite::Result<Outcome> {
    tune(connection)?;
    connection.pragma_update(None, "foreign_keys", false)?;
    let taken = version(connection)?;
    let Some(steps) = MIGRATIONS.get(taken..) else {
        let message = format!("its layout has version {taken}, made by a later version of this program");
        return Ok(Err(RuntimeError::Hub { hub: PathBuf::new(), message }));
    };
    for (step, number) in steps.iter().zip(taken + 1..) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;

    #[test]
    fn a_second_runner_gets_a_clear_error_and_a_reader_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sub/hub.db");
        let first = Hub::open(&path).unwrap();
        let error = Hub::open(&path).err().unwrap();
        assert_eq!(error.to_string(), format!("hub `{}` is in use by another run", path.display()));
        Hub::look(&path).unwrap();
        drop(first);
        Hub::open(&path).unwrap();
    }

    #[test]
    fn a_failed_transaction_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let hub = Hub::open(&folder.path().join("hub.db")).unwrap();
        let failed: Outcome = hub.transaction(|_| {
            hub.set_change(7)?;
            Err(RuntimeError::plan("no"))
        });
        assert!(failed.is_err());
        assert_eq!(hub.change().unwrap(), 0);
        hub.transaction(|_| hub.set_change(8)).unwrap();
        assert_eq!(hub.change().unwrap(), 8);
    }

    #[test]
    fn a_ledger_without_deltas_becomes_one_with_them_and_keeps_its_lines() {
        let mut hub = Connection::open_in_memory().unwrap();
        hub.pragma_update(None, "foreign_keys", false).unwrap();
        for step in &MIGRATIONS[..4] {
            hub.execute_batch(step).unwrap();
        }
        hub.pragma_update(None, "user_version", 4).unwrap();
        let line = |key: &str, kind: &str, previous: Option<i64>| {
            format!(
                "INSERT INTO posting (sync, track, posting_key, kind, target, map, generation, image, target_key, previous, row, reads, plan, state, intended_at)
                 VALUES (1, 1, '{key}', '{kind}', 'erp.cost', 'm', 1, '{{}}', '{key}', {}, 1, '[]', 'p', 'done', 'now')",
                previous.map_or("NULL".to_owned(), |id| id.to_string())
            )
        };
        hub.execute_batch(
            "INSERT INTO sync (id, name, entity) VALUES (1, 'S', 'E');
             INSERT INTO run (id, at, plan) VALUES (1, 'now', 'p');
             INSERT INTO track (id, sync, key, live) VALUES (1, 1, 'T-1', 1);
             INSERT INTO source_row (id, sync, track, standing, state, run, content) VALUES (1, 1, 1, 0, 5, 1, x'00');",
        )
        .unwrap();
        hub.execute_batch(&line("T-1", "post", None)).unwrap();
        hub.execute_batch(&line("T-1/1r", "reverse", Some(1))).unwrap();
        assert!(hub.execute_batch(&line("T-1/2", "delta", Some(1))).is_err());
        ready(&mut hub).unwrap().unwrap();
        hub.execute_batch(&line("T-1/2", "delta", Some(1))).unwrap();
        assert!(hub.execute_batch(&line("T-1/3", "guess", None)).is_err());
        let lines: Vec<(i64, String, Option<i64>)> = {
            let mut statement = hub.prepare("SELECT id, posting_key, previous FROM posting ORDER BY id").unwrap();
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
            rows.collect::<Result<_, _>>().unwrap()
        };
        let wanted = [(1, "T-1".to_owned(), None), (2, "T-1/1r".to_owned(), Some(1)), (3, "T-1/2".to_owned(), Some(1))];
        assert_eq!(lines, wanted);
        let broken: i64 = hub.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
        let indexes: i64 = hub
            .query_row(
                "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'posting' AND sql IS NOT NULL",
                [],
                |row| row.get(0),
            )
            .unwrap();
        // The next step leaves two of three.
        assert_eq!((broken, indexes), (0, 2));
    }

    #[test]
    fn identifiers_are_found_in_a_hub_of_an_earlier_layout() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.db");
        let before = Connection::open(&path).unwrap();
        // The last layout in which the crosswalk has names.
        let known = 5;
        for step in MIGRATIONS.iter().take(known) {
            before.execute_batch(step).unwrap();
        }
        before.pragma_update(None, "user_version", known).unwrap();
        before
            .execute_batch(
                "PRAGMA foreign_keys = OFF;
                 INSERT INTO crosswalk (entity, id, object, record) VALUES
                    ('psa.project', 'P-1', 'Project', 7), ('crm.deal', 'D-1', 'Project', 7), ('psa.project', 'P-1', 'Site', 8);",
            )
            .unwrap();
        before.close().unwrap();
        let hub = Hub::open(&path).unwrap();
        assert_eq!(hub.bound_record("psa.project", "P-1", "Project").unwrap(), Some(7));
        assert_eq!(hub.bound_record("psa.project", "P-1", "Site").unwrap(), Some(8));
        assert_eq!(hub.bound_record("crm.deal", "P-1", "Project").unwrap(), None);
        assert_eq!(hub.bound_id("crm.deal", 7).unwrap(), Some("D-1".to_owned()));
        // The first binding stays; names that are new get numbers of their own.
        hub.bind("psa.project", "P-1", "Project", 9).unwrap();
        hub.bind("erp.job", "J-1", "Project", 7).unwrap();
        assert_eq!(hub.bound_record("psa.project", "P-1", "Project").unwrap(), Some(7));
        assert_eq!(hub.bound_id("erp.job", 7).unwrap(), Some("J-1".to_owned()));
    }

    #[test]
    fn what_is_taken_back_is_not_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let hub = Hub::open(&folder.path().join("hub.db")).unwrap();
        let event = |run| AuditEvent::RunBegan { run, plan: String::new(), passes: None, only: None };
        hub.transaction(|_| hub.audit("t", &event(1))).unwrap();
        let failed: Outcome = hub.transaction(|_| {
            hub.bind("psa.project", "P-1", "Project", 1)?;
            hub.audit("t", &event(2))?;
            Err(RuntimeError::plan("no"))
        });
        assert!(failed.is_err());
        hub.transaction(|_| {
            hub.bind("crm.deal", "D-1", "Deal", 2)?;
            hub.audit("t", &event(3))
        })
        .unwrap();
        assert_eq!(hub.bound_record("psa.project", "D-1", "Project").unwrap(), None);
        let (mut chain, mut wrong) = (Chain::new(), Vec::new());
        hub.audited(&mut |stored| {
            wrong.extend(chain.follow(&stored));
            Ok(())
        })
        .unwrap();
        assert_eq!((chain.head().0, wrong), (2, Vec::new()));
    }

    #[test]
    fn a_file_that_is_no_hub_or_a_later_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.db");
        std::fs::write(&path, "this is not a database, however long it may be").unwrap();
        assert!(matches!(Hub::open(&path), Err(RuntimeError::Hub { .. })));
        let later = folder.path().join("later.db");
        drop(Hub::open(&later).unwrap());
        Connection::open(&later).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(Hub::open(&later), Err(RuntimeError::Hub { .. })));
        assert!(matches!(Hub::look(&later), Err(RuntimeError::Hub { .. })));
        assert!(matches!(Hub::look(&folder.path().join("none.db")), Err(RuntimeError::Hub { .. })));
    }
}
