//! Copies of databases, made without touching them.
//!
//! A database in write-ahead mode is touched even by a reader, who makes files beside it. Nobody else writes to a hub whose lock is
//! held; when the last run has left no log behind, the file alone is the hub, and it is read as one that cannot change.

use super::lock::Lock;
use super::{Hub, ready};
use crate::error::{Outcome, RuntimeError};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::Duration;

impl Hub {
    /// The hub as it stands, or a new one where there is none, in memory: what happens to it happens to nobody.
    pub(crate) fn copy(path: &Path) -> Outcome<Self> {
        let failed = |error: &dyn std::fmt::Display| RuntimeError::hub(path, error);
        let mut connection = Connection::open_in_memory().map_err(|error| failed(&error))?;
        if path.exists() {
            let (free, _lock) = Lock::is_free(path);
            let source = if free && !beside(path, "-wal").exists() { open_still(path) } else { read_only(path) };
            let source = source.map_err(|error| failed(&error))?;
            copy(&source, &mut connection).map_err(|error| failed(&error))?;
        }
        ready(&mut connection).map_err(|error| failed(&error))??;
        Ok(Self {
            connection,
            path: path.to_path_buf(),
            remembered: RefCell::default(),
            reading: Cell::default(),
            lock: None,
        })
    }
}

/// Copies a database into a new file.
pub(crate) fn copy_database(from: &Path, to: &Path) -> rusqlite::Result<()> {
    let source = read_only(from)?;
    let mut copied = Connection::open(to)?;
    copy(&source, &mut copied)?;
    copied.close().map_err(|(_, error)| error)
}

fn copy(from: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    Backup::new(from, to)?.run_to_completion(10_000, Duration::from_millis(50), None)
}

/// Opens a database to read it, whoever else uses it.
pub(crate) fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    Ok(connection)
}

/// Opens a database nobody writes to; no file is made or locked.
pub(crate) fn open_still(path: &Path) -> rusqlite::Result<Connection> {
    let mut name = String::from("file:");
    for letter in path.to_string_lossy().chars() {
        match letter {
            '%' => name.push_str("%25"),
            '?' => name.push_str("%3f"),
            '#' => name.push_str("%23"),
            _ => name.push(letter),
        }
    }
    name.push_str("?immutable=1");
    Connection::open_with_flags(
        name,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI,
    )
}

/// The file beside a database with a suffix to its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(suffix);
    PathBuf::from(name)
}
