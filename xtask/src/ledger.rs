//! The example with its cost lines in another place: the same specs, the entity `project_cost` moved into a system of its own.
//!
//! The books number their lines, which files cannot: the fields they would fill are left out. Everything else is the example, so
//! the oracle expects the same lines. A text that is not found where it should be is an error, never a variant that tests nothing.

use crate::outcome::{Doing, Outcome};
use clap::ValueEnum;
use rusqlite::types::ValueRef;
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

const MARK: &str = "  /// One line of project cost.\n";
const NUMBERS: &str =
    "    /// The number that the books give the line.\n    number: text(12)?\n    status: text(12)?\n";
const USES: &str = "use organisation.finance\nuse services.time.TimeEntry\n";

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

    /// The file with the cost lines of a workspace, when it is not the books.
    pub fn file(self, workspace: &Path) -> Option<PathBuf> {
        let name = format!(".syncline/demo/ledger/project_cost.{}", self.name());
        (self != Self::Sqlite).then(|| workspace.join(name))
    }

    /// Moves the cost lines of a copy of the example.
    pub fn prepare(self, workspace: &Path) -> Outcome {
        if self == Self::Sqlite {
            return Ok(());
        }
        let specs = workspace.join("specs");
        // Its tests name the old place.
        fs::remove_dir_all(specs.join("tests")).doing("removing the tests")?;
        let erp = read(&specs.join("systems/erp.syn"))?;
        let (books, lines) = erp.split_once(MARK).ok_or("systems/erp.syn has no entity for cost lines")?;
        write(&specs.join("systems/erp.syn"), &format!("{}}}\n", without(books, USES)?))?;
        let lines = without(&without(lines, NUMBERS)?, "    returns number, status\n")?;
        let ledger = format!("{USES}\n/// The lines of project cost.\nsystem ledger {{\n{MARK}{lines}");
        write(&specs.join("systems/ledger.syn"), &ledger)?;
        for file in ["maps/time.syn", "maps/codes.syn", "syncs.syn"] {
            let text = read(&specs.join(file))?;
            let moved = replaced(&text, "erp.project_cost", "ledger.project_cost")?;
            let moved = replaced(&moved, "use systems.erp.erp\n", "use systems.erp.erp\nuse systems.ledger.ledger\n")?;
            write(&specs.join(file), &moved)?;
        }
        let manifest = read(&workspace.join("syncline.yaml"))?;
        let system = format!(
            "      ledger: {{ connector: {}, path: .syncline/demo/ledger, init: data/ledger }}\n      erp: {{",
            self.name()
        );
        write(&workspace.join("syncline.yaml"), &replaced(&manifest, "      erp: {", &system)?)?;
        fs::create_dir_all(workspace.join("data/ledger")).doing("making the ledger's folder")
    }

    /// The cost lines as text in an order of their own, one a line; `numbers` with what the books fill in.
    pub fn dump(self, workspace: &Path, books: &rusqlite::Connection, numbers: bool) -> Outcome<String> {
        let Some(file) = self.file(workspace) else { return table(books, "project_cost", numbers) };
        let text = read(&file)?;
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        Ok(lines.into_iter().map(|line| format!("{line}\n")).collect())
    }
}

/// All rows of a table as text, in key order.
pub fn table(books: &rusqlite::Connection, table: &str, numbers: bool) -> Outcome<String> {
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
