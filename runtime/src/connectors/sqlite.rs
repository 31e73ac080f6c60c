//! SQLite databases: one table for each entity. A source and a target.
//!
//! Exactness: decimals and money are TEXT (or INTEGER for whole numbers). A REAL is a binary float and holds no exact amount: as
//! a source cell it is a value that cannot be read; a target column that would turn text into REAL is refused before anything is
//! written. `int` and `bool` (0/1) are written as INTEGER, null as NULL, everything else as TEXT.

mod source;
mod target;

pub(super) use source::SqliteSource;
pub(super) use target::SqliteTarget;

use super::{Cell, nfc};
use crate::error::{Outcome, RuntimeError};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Creates a database by its `init` script when it does not exist. Whole or not at all: the script runs on another file, which
/// takes the database's name when it is done.
pub(super) fn create(system: &str, path: &Path, init: &Path, before_use: &dyn Fn(&str) -> Outcome) -> Outcome {
    let failed = |message: String| RuntimeError::Profile { system: system.to_owned(), message };
    if path.exists() {
        return Ok(());
    }
    let script =
        std::fs::read_to_string(init).map_err(|error| failed(format!("`init` {}: {error}", init.display())))?;
    let parent = path.parent().unwrap_or_else(|| Path::new(""));
    std::fs::create_dir_all(parent).map_err(|error| failed(format!("folder {}: {error}", parent.display())))?;
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".creating");
    let scratch = path.with_file_name(name);
    for suffix in ["", "-journal", "-wal", "-shm"] {
        let mut left = scratch.clone().into_os_string();
        left.push(suffix);
        match std::fs::remove_file(PathBuf::from(left)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(format!("{}: {error}", scratch.display())));
            }
            _ => {}
        }
    }
    let run = || -> rusqlite::Result<()> {
        let connection = Connection::open(&scratch)?;
        // What is not whole is not used, so that the file has to be on the disk at the end only.
        connection.pragma_update(None, "synchronous", "OFF")?;
        connection.execute_batch(&script)?;
        connection.close().map_err(|(_, error)| error)
    };
    run().map_err(|error| failed(format!("`init` {}: {error}", init.display())))?;
    let kept = std::fs::File::open(&scratch).and_then(|file| file.sync_all());
    kept.map_err(|error| failed(format!("{}: {error}", scratch.display())))?;
    before_use("target.after-init")?;
    std::fs::rename(&scratch, path).map_err(|error| failed(format!("{}: {error}", path.display())))
}

fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// A name as SQL takes it, whatever it holds.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

fn cell(value: ValueRef<'_>) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Foreign { class: "REAL".to_owned(), shown: number.to_string() },
        ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => Cell::Text(nfc(text)),
            Err(_) => Cell::Foreign {
                class: "text that is not UTF-8".to_owned(),
                shown: String::from_utf8_lossy(bytes).into_owned(),
            },
        },
        ValueRef::Blob(bytes) => {
            let shown = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            Cell::Foreign { class: "BLOB".to_owned(), shown }
        }
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Text(text) | Self::Foreign { shown: text, .. } => {
                ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()))
            }
        })
    }
}

/// Name and declared type of the columns of a table, in its order; empty when there is no such table.
fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<(String, String)>> {
    let mut statement = connection.prepare_cached("SELECT name, type FROM pragma_table_xinfo(?1)")?;
    let rows = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_database_is_created_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let (database, init) = (folder.path().join("x/erp.db"), folder.path().join("erp.sql"));
        std::fs::write(&init, "CREATE TABLE a (id TEXT); INSERT INTO a VALUES ('1'); CREATE TABLE b (id").unwrap();
        assert!(create("erp", &database, &init, &|_| Ok(())).is_err());
        assert!(!database.exists());
        std::fs::write(&init, "CREATE TABLE a (id TEXT); INSERT INTO a VALUES ('1');").unwrap();
        assert!(create("erp", &database, &init, &|_| Err(RuntimeError::plan("stop"))).is_err());
        assert!(!database.exists());
        create("erp", &database, &init, &|_| Ok(())).unwrap();
        // Once only: an existing database is left as it is.
        create("erp", &database, &init, &|_| Ok(())).unwrap();
        let rows: i64 =
            Connection::open(&database).unwrap().query_row("SELECT count(*) FROM a", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 1);
    }

    #[test]
    fn names_are_quoted_whatever_they_hold() {
        assert_eq!(list(["a", "b\"c; drop"]), "\"a\", \"b\"\"c; drop\"");
    }
}
