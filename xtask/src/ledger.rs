//! The example with its lines in another place: the same specs, the books of both companies in files.
//!
//! The books number their lines, which files cannot: the fields they would fill are left out. Everything else is the example, so
//! the oracle expects the same lines. A text that is not found where it should be is an error, never a variant that tests nothing.

use crate::outcome::{Doing, Outcome};
use clap::ValueEnum;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::path::{Path, PathBuf};

/// Where the cost lines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ledger {
    /// In the books, as the example has it.
    Sqlite,
    /// In a folder of CSV files.
    Csv,
    /// In a folder of JSON Lines files.
    Jsonl,
}

/// The systems with lines.
const BOOKS: [&str; 2] = ["erp_us", "erp_eu"];
/// What lines each of them has.
const TABLES: [&str; 3] = ["project_cost", "project_expense", "project_fee"];
const NUMBERS: &str =
    "    /// The number that the books give the line.\n    number: text(12)?\n    status: text(12)?\n";

impl Ledger {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Csv, Self::Jsonl];

    /// Its connector.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// The files with the lines of a workspace, by `system.table`, when they are not in databases.
    pub fn files(self, workspace: &Path) -> Vec<(String, PathBuf)> {
        let books = BOOKS.into_iter().take(if self == Self::Sqlite { 0 } else { BOOKS.len() });
        let tables = books.flat_map(|books| TABLES.map(|table| (books, table)));
        let file = |books: &str, table: &str| workspace.join(format!(".syncline/demo/{books}/{table}.{}", self.name()));
        tables.map(|(books, table)| (format!("{books}.{table}"), file(books, table))).collect()
    }

    /// Moves the lines of a copy of the example.
    pub fn prepare(self, workspace: &Path) -> Outcome {
        if self == Self::Sqlite {
            return Ok(());
        }
        let mut manifest = read(&workspace.join("syncline.yaml"))?;
        // The books of each company, and what both of them share.
        for system in BOOKS.into_iter().chain(["ledger"]) {
            let specs = workspace.join(format!("specs/systems/{system}.syn"));
            let text = without(&without(&read(&specs)?, NUMBERS)?, "    returns number, status\n")?;
            write(&specs, &text)?;
        }
        for books in BOOKS {
            let database = format!("{{ connector: sqlite, path: .syncline/demo/{books}.db, init: data/ledger.sql }}");
            let files = format!("{{ connector: {}, path: .syncline/demo/{books}, init: data/ledger }}", self.name());
            manifest = replaced(&manifest, &database, &files)?;
        }
        write(&workspace.join("syncline.yaml"), &manifest)?;
        fs::create_dir_all(workspace.join("data/ledger")).doing("making the ledger's folder")
    }

    /// The lines as text in an order of their own, one a line; `numbers` with what the books fill in.
    pub fn dump(self, workspace: &Path, folder: &Path, numbers: bool) -> Outcome<String> {
        let mut dump = String::new();
        if self == Self::Sqlite {
            for books in BOOKS {
                for name in TABLES {
                    dump.push_str(&table(&folder.join(format!("{books}.db")), name, numbers)?);
                }
            }
        }
        for (_, file) in self.files(workspace) {
            let text = read(&file)?;
            let mut lines: Vec<&str> = text.lines().collect();
            lines.sort_unstable();
            dump.extend(lines.into_iter().map(|line| format!("{line}\n")));
        }
        Ok(dump)
    }
}

/// All rows of a table as text, in key order.
pub fn table(database: &Path, table: &str, numbers: bool) -> Outcome<String> {
    let books = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY).doing("opening the books")?;
    let mut dump = String::new();
    let mut statement = books.prepare(&format!("SELECT * FROM {table} ORDER BY external_id")).doing(table)?;
    let columns: Vec<usize> = statement
        .column_names()
        .enumerate()
        .filter(|(_, name)| numbers || *name != "number")
        .map(|(column, _)| column)
        .collect();
    let mut rows = statement.query([]).doing(table)?;
    while let Some(row) = rows.next().doing(table)? {
        for column in &columns {
            match row.get_ref(*column).doing(table)? {
                ValueRef::Text(text) => dump.push_str(&format!("{:?}|", String::from_utf8_lossy(text))),
                other => dump.push_str(&format!("{other:?}|")),
            }
        }
        dump.push('\n');
    }
    Ok(dump)
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).doing(path.display())
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).doing(path.display())
}

fn replaced(text: &str, from: &str, to: &str) -> Outcome<String> {
    if text.contains(from) { Ok(text.replace(from, to)) } else { Err(format!("the example has no `{from}` any more")) }
}

fn without(text: &str, part: &str) -> Outcome<String> {
    replaced(text, part, "")
}
