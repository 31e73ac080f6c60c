//! Keeping a hub: a copy of it that can take its place, and whether it is sound.

use crate::error::{Outcome, RuntimeError};
use crate::hub::{copy_database, open_still, read_only, version_of};
use crate::report::FORMAT;
use rusqlite::Connection;
use serde::Serialize;
use std::fs::File;
use std::path::Path;

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Backup {
    /// Version of this form: 1.
    pub format: u32,
    /// The file.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Runs the hub had seen.
    pub runs: u64,
}

/// How sound a hub is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HubCheck {
    /// Version of this form: 1.
    pub format: u32,
    /// Version of the hub's layout.
    pub layout: u64,
    /// What is wrong; nothing is good.
    pub findings: Vec<HubFinding>,
}

/// Something wrong with a hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HubFinding {
    /// `layout`, `file`, `references`, `accounts`, `exceptions`, `ledger` or `records`.
    pub check: &'static str,
    /// The sync concerned, where it is one.
    pub sync: Option<String>,
    /// What is wrong, for people.
    pub message: String,
}

/// Rules that hold in every hub, after a kill too: what is counted, by sync, is wrong. Each gives rows of sync and number.
const RULES: [(&str, &str, &str); 8] = [
    (
        "accounts",
        "rows stand nowhere",
        "SELECT s.name, count(*) FROM source_row r JOIN sync s ON s.id = r.sync
         WHERE r.state NOT BETWEEN 0 AND 7 OR r.copies < 0 GROUP BY s.id",
    ),
    (
        "accounts",
        "rows belong to a record of another sync",
        "SELECT s.name, count(*) FROM source_row r JOIN sync s ON s.id = r.sync JOIN track t ON t.id = r.track
         WHERE t.sync <> r.sync GROUP BY s.id",
    ),
    (
        "exceptions",
        "quarantined rows have no open exception",
        "SELECT s.name, count(*) FROM source_row r JOIN sync s ON s.id = r.sync
         WHERE r.state = 2 AND NOT EXISTS (SELECT 1 FROM exception e WHERE e.row = r.id AND e.asks = 0 AND e.closed_at IS NULL)
         GROUP BY s.id",
    ),
    (
        "exceptions",
        "open exceptions are about rows that are not quarantined",
        "SELECT s.name, count(*) FROM exception e JOIN sync s ON s.id = e.sync JOIN source_row r ON r.id = e.row
         WHERE e.asks = 0 AND e.closed_at IS NULL AND r.state <> 2 GROUP BY s.id",
    ),
    (
        "ledger",
        "rows count as posted whose record has no line in the ledger",
        "SELECT s.name, count(*) FROM source_row r JOIN sync s ON s.id = r.sync JOIN track t ON t.id = r.track
         WHERE r.state = 5 AND t.live IS NULL GROUP BY s.id",
    ),
    (
        "ledger",
        "records name a line as theirs that is not done, reversed since, or another record's",
        "SELECT s.name, count(*) FROM track t JOIN sync s ON s.id = t.sync JOIN posting p ON p.id = t.live
         WHERE p.track <> t.id OR p.state <> 'done' OR p.kind = 'reverse'
            OR EXISTS (SELECT 1 FROM posting o WHERE o.previous = p.id AND o.kind = 'reverse' AND o.state = 'done')
         GROUP BY s.id",
    ),
    (
        "ledger",
        "records count other generations than the ledger has",
        "SELECT s.name, count(*) FROM track t JOIN sync s ON s.id = t.sync
         WHERE t.generation <> (SELECT coalesce(max(p.generation), 0) FROM posting p
                                WHERE p.sync = t.sync AND p.track = t.id AND p.kind IN ('post', 'delta') AND p.state = 'done')
         GROUP BY s.id",
    ),
    (
        "records",
        "canonical records have no version, or another newest version than they say",
        "SELECT NULL, count(*) FROM record r
         WHERE r.revision IS NOT (SELECT max(v.revision) FROM record_version v WHERE v.record = r.id)
         HAVING count(*) > 0",
    ),
];

/// Copies a hub into a file that can take its place. Somebody may run meanwhile; the copy is the hub as of one commit.
///
/// The file appears when it is whole, opened once and found sound, and on the disk. Without `replace` an existing file is left alone.
///
/// # Errors
/// When there is no sound hub at `path`, or the file is there already or cannot be written.
pub fn backup(path: &Path, file: &Path, replace: bool) -> Outcome<Backup> {
    let failed = |error: &dyn std::fmt::Display| RuntimeError::hub(file, error);
    let found = check_hub(path)?;
    if let Some(first) = found.findings.first() {
        return Err(RuntimeError::hub(
            path,
            format!("it is not sound, and a backup of it would not be: {}", first.message),
        ));
    }
    if let (Ok(hub), Ok(file)) = (path.canonicalize(), file.canonicalize())
        && hub == file
    {
        return Err(failed(&"this is the hub itself"));
    }
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let draft = tempfile::Builder::new()
        .prefix(".syncline-")
        .suffix(".db")
        .tempfile_in(folder)
        .map_err(|error| failed(&error))?
        .into_temp_path();
    copy_database(path, &draft).map_err(|error| failed(&error))?;
    let opened = open_still(&draft).map_err(|error| failed(&error))?;
    if let Some(first) = findings(&opened).map_err(|error| failed(&error))?.into_iter().next() {
        return Err(failed(&format!("the copy is not sound: {}", first.message)));
    }
    let runs = opened.query_row("SELECT count(*) FROM run", [], |row| row.get(0)).map_err(|error| failed(&error))?;
    drop(opened);
    let written = File::open(&draft).and_then(|file| file.sync_all().and_then(|()| file.metadata()));
    let bytes = written.map_err(|error| failed(&error))?.len();
    let kept = if replace { draft.persist(file) } else { draft.persist_noclobber(file) };
    kept.map_err(|error| failed(&error.error))?;
    // The name is in the folder's own data; systems that cannot sync a folder do so by themselves.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(Backup { format: FORMAT, file: file.display().to_string(), bytes, runs })
}

/// Whether a hub is sound: its file, its references, and the identities its accounts keep.
///
/// # Errors
/// When there is no database at `path`.
pub fn check_hub(path: &Path) -> Outcome<HubCheck> {
    let failed = |error: rusqlite::Error| RuntimeError::hub(path, error);
    let hub = read_only(path).map_err(failed)?;
    let layout = hub.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(failed)?;
    Ok(HubCheck { format: FORMAT, layout, findings: findings(&hub).map_err(failed)? })
}

fn findings(hub: &Connection) -> rusqlite::Result<Vec<HubFinding>> {
    let mut findings = Vec::new();
    let mut find = |check: &'static str, sync: Option<String>, message: String| {
        findings.push(HubFinding { check, sync, message });
    };
    if let Err(message) = version_of(hub)? {
        // What another layout holds nobody here can judge.
        find("layout", None, message);
        return Ok(findings);
    }
    let mut statement = hub.prepare("PRAGMA integrity_check")?;
    for line in statement.query_map([], |row| row.get::<_, String>(0))? {
        let line = line?;
        if line != "ok" {
            find("file", None, line);
        }
    }
    let mut statement = hub.prepare("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check")?;
    let mut broken = statement.query([])?;
    while let Some(row) = broken.next()? {
        let (table, number, parent): (String, Option<i64>, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let number = number.map_or_else(String::new, |number| format!(" {number}"));
        find("references", None, format!("`{table}`{number} refers to a `{parent}` that is not there"));
    }
    for (check, what, sql) in RULES {
        let mut statement = hub.prepare(sql)?;
        for row in statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, u64>(1)?)))? {
            let (sync, count) = row?;
            find(check, sync, format!("{count} {what}"));
        }
    }
    Ok(findings)
}
