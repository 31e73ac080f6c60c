//! Others who do the same month on the same files: a plain loop with Python's `decimal`, and hand-written SQL in DuckDB.

use super::measure::{Measure, measured};
use crate::outcome::{Doing, Outcome};
use crate::tool;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The release of DuckDB that is measured.
const DUCKDB: &str = "duckdb==2.0.0";

/// What was priced: lines, hours, and amounts by currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Lines {
    /// How many.
    pub lines: u64,
    /// The sum of their hours.
    pub hours: String,
    /// The sums of their amounts.
    pub amounts: BTreeMap<String, String>,
}

/// The plain loop. It keeps nothing.
pub fn plain_loop(data: &Path) -> Outcome<(Lines, Measure)> {
    told(Command::new("python3").arg(script("loop.py")).arg(data))
}

/// DuckDB, if it is there; it writes the lines into a database file.
pub fn duckdb(data: &Path) -> Outcome<Option<(Lines, Measure)>> {
    let python = python();
    let found = Command::new(&python).args(["-c", "import duckdb"]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        return Ok(None);
    }
    let folder = tempfile::tempdir().doing("making a folder")?;
    told(Command::new(&python).arg(script("peer.py")).arg(data).arg(folder.path().join("books.duckdb"))).map(Some)
}

/// Puts DuckDB where [`duckdb`] looks for it.
pub fn install() -> Outcome {
    let folder = folder();
    tool::output(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    tool::output(Command::new(python()).args(["-m", "pip", "install", "--quiet", DUCKDB])).map(drop)
}

fn folder() -> PathBuf {
    tool::root().join("target/bench-peers")
}

fn python() -> PathBuf {
    let own = folder().join("bin/python");
    if own.exists() { own } else { PathBuf::from("python3") }
}

fn script(name: &str) -> PathBuf {
    tool::root().join("xtask/src/bench/peers").join(name)
}

fn told(command: &mut Command) -> Outcome<(Lines, Measure)> {
    let measure = measured(command)?;
    let lines = serde_json::from_slice(&measure.output).doing("reading what a peer printed")?;
    Ok((lines, measure))
}
