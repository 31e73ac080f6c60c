//! The way of a record: where it came from, what became of it, what it was computed with, and what was computed with it.
//!
//! A record is named by its key at the source, by the key of one of its lines in a target, or by the key of its canonical
//! record where that is one text. One name may stand for records of several syncs: all are given.

use crate::error::Outcome;
use crate::hub::{Hub, State};
use jiff::Timestamp;
use rusqlite::Row as SqlRow;
use serde::Serialize;
use std::path::Path;

/// One record as one sync follows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The sync.
    pub sync: String,
    /// `system.entity`; of a sync that only posts, the object.
    pub entity: String,
    /// The key there.
    pub key: String,
    /// The rows that came, in the order in which they came.
    pub rows: Vec<TracedRow>,
    /// The canonical record they were written to.
    pub record: Option<TracedRecord>,
    /// What it waits for a person for.
    pub exceptions: Vec<TracedException>,
    /// The lines of the ledger, in the order in which they were made.
    pub lines: Vec<TracedLine>,
    /// The lines of other records that were computed with it, by sync.
    pub used_by: Vec<Use>,
}

/// A row of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedRow {
    /// Its version, where it could be read.
    pub version: Option<String>,
    /// File and line.
    pub place: Option<String>,
    /// The instant of the run that captured it.
    pub captured_at: String,
    /// The events it raised, with their versions: `approved v1`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// Where it stands: `posted`, `superseded`, …
    pub state: &'static str,
}

/// A canonical record in one of its revisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedRecord {
    /// Its object.
    pub object: String,
    /// The key of the first source record that was written to it.
    pub key: String,
    /// The revision: the newest one, or the one that was read.
    pub revision: u64,
    /// The instant of the run that wrote this revision.
    pub written_at: String,
}

/// An open exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedException {
    /// Its first reason.
    pub reason: String,
    /// Its queue.
    pub queue: String,
    /// Since when.
    pub since: String,
    /// By when it is to be settled.
    pub due: Option<String>,
}

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TracedLine {
    /// `system.entity`.
    pub target: String,
    /// The key of the line there.
    pub line: String,
    /// `post`, `delta`, `reverse` or `overwrite`.
    pub kind: String,
    /// `done`, or how far it got: `intent`, `refused`, `unknown`.
    pub state: String,
    /// What the target recognises a repeated call by.
    pub posting_key: String,
    /// The version of the row it was made from.
    pub version: Option<String>,
    /// The instant of the run that made it.
    pub intended_at: String,
    /// The instant of the run that learnt how it ended.
    pub answered_at: Option<String>,
    /// Seconds from the capture of its row to the answer.
    pub seconds: Option<i64>,
    /// What the target filled in, or why it refused.
    pub answer: Option<String>,
    /// The records it was computed with, in the revisions that were read.
    pub read: Vec<TracedRecord>,
}

/// Lines of a sync that were computed with a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Use {
    /// The sync.
    pub sync: String,
    /// How many lines.
    pub lines: u64,
    /// The first of their keys.
    pub first: Vec<String>,
}

/// How many keys of lines are named.
const NAMED: usize = 10;

/// Between the fields of a key, in the ledger.
const PART: char = '\u{1f}';

const FIND: &str = "
    SELECT id FROM track WHERE key = ?1
    UNION SELECT track FROM posting WHERE target_key = ?2
    UNION SELECT track.id FROM track JOIN record ON record.id = track.record WHERE record.key = json_array(?1)
    ORDER BY 1";

/// The records that a key stands for; none when the hub knows no such key.
///
/// # Errors
/// When there is no hub at `path`, or it cannot be read.
pub fn trace(path: &Path, key: &str) -> Outcome<Vec<Trace>> {
    let hub = Hub::look(path)?;
    let read = || -> Outcome<Vec<Trace>> {
        let mut statement = hub.db().prepare(FIND)?;
        let tracks = statement.query_map((key, key.replace('|', &PART.to_string())), |row| row.get(0))?;
        tracks.map(|track| of_track(&hub, track?)).collect()
    };
    read().map_err(|error| hub.named(error))
}

fn of_track(hub: &Hub, track: i64) -> Outcome<Trace> {
    let (sync, entity, key, record): (String, String, String, Option<i64>) = hub.db().query_row(
        "SELECT sync.name, sync.entity, track.key, track.record FROM track JOIN sync ON sync.id = track.sync WHERE track.id = ?1",
        [track],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let newest = "SELECT revision FROM record WHERE id = ?1";
    let revision = |record| hub.db().query_row(newest, [record], |row| row.get::<_, u64>(0));
    Ok(Trace {
        sync,
        entity,
        key,
        rows: rows(hub, track)?,
        record: record.map(|record| traced(hub, record, revision(record)?)).transpose()?,
        exceptions: exceptions(hub, track)?,
        lines: lines(hub, track)?,
        used_by: record.map_or(Ok(Vec::new()), |record| uses(hub, record, track))?,
    })
}

fn rows(hub: &Hub, track: i64) -> Outcome<Vec<TracedRow>> {
    let mut statement = hub.db().prepare(
        "SELECT r.version, i.file, i.line, run.at, r.state,
                (SELECT json_group_array(name || ' v' || version) FROM
                 (SELECT e.name, e.version FROM raised JOIN event e ON e.id = raised.event WHERE raised.row = r.id ORDER BY 1, 2))
         FROM source_row r JOIN run ON run.id = r.run
         LEFT JOIN source_image i ON i.row = r.id WHERE r.track = ?1 ORDER BY r.id",
    )?;
    let rows = statement.query_map([track], |row| {
        let (file, line): (Option<String>, Option<i64>) = (row.get(1)?, row.get(2)?);
        Ok(TracedRow {
            version: row.get(0)?,
            place: file.zip(line).map(|(file, line)| format!("{file}:{line}")),
            captured_at: row.get(3)?,
            events: serde_json::from_str(&row.get::<_, String>(5)?).unwrap_or_default(),
            state: State::of(row.get(4)?).name(),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn exceptions(hub: &Hub, track: i64) -> Outcome<Vec<TracedException>> {
    let mut statement = hub.db().prepare(
        "SELECT reason, queue, since, due FROM exception WHERE track = ?1 AND closed_at IS NULL ORDER BY id",
    )?;
    let open = statement.query_map([track], |row| {
        Ok(TracedException { reason: row.get(0)?, queue: row.get(1)?, since: row.get(2)?, due: row.get(3)? })
    })?;
    Ok(open.collect::<rusqlite::Result<_>>()?)
}

fn lines(hub: &Hub, track: i64) -> Outcome<Vec<TracedLine>> {
    let mut statement = hub.db().prepare(
        "SELECT p.target, p.target_key, p.kind, p.state, p.posting_key, r.version, p.intended_at, p.answered_at, p.answer, run.at, p.reads
         FROM posting p JOIN source_row r ON r.id = p.row JOIN run ON run.id = r.run WHERE p.track = ?1 ORDER BY p.id",
    )?;
    let found = statement.query_map([track], |row| Ok((line(row)?, row.get::<_, String>(10)?)))?;
    let found: Vec<(TracedLine, String)> = found.collect::<rusqlite::Result<_>>()?;
    let with_reads = |(line, reads): (TracedLine, String)| Ok(TracedLine { read: read_records(hub, &reads)?, ..line });
    found.into_iter().map(with_reads).collect()
}

fn line(row: &SqlRow<'_>) -> rusqlite::Result<TracedLine> {
    let (answered_at, captured_at): (Option<String>, String) = (row.get(7)?, row.get(9)?);
    let instant = |text: &str| text.parse::<Timestamp>().ok();
    let answered = answered_at.as_deref().and_then(instant);
    let seconds = answered.zip(instant(&captured_at)).map(|(later, earlier)| later.duration_since(earlier).as_secs());
    Ok(TracedLine {
        target: row.get(0)?,
        line: row.get::<_, String>(1)?.replace(PART, "|"),
        kind: row.get(2)?,
        state: row.get(3)?,
        posting_key: row.get(4)?,
        version: row.get(5)?,
        intended_at: row.get(6)?,
        answered_at,
        seconds,
        answer: row.get::<_, Option<String>>(8)?.and_then(|answer| told(&answer)),
        read: Vec::new(),
    })
}

/// What a target filled in, for people: `number K000001, status Open`.
fn told(answer: &str) -> Option<String> {
    let Ok(returned) = serde_json::from_str::<Vec<(String, serde_json::Value)>>(answer) else {
        return Some(answer.to_owned());
    };
    let one = |(field, value): &(String, serde_json::Value)| match value {
        serde_json::Value::String(text) => format!("{field} {text}"),
        other => format!("{field} {other}"),
    };
    let all: Vec<String> = returned.iter().map(one).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn read_records(hub: &Hub, reads: &str) -> Outcome<Vec<TracedRecord>> {
    let reads: Vec<Vec<i64>> = serde_json::from_str(reads).unwrap_or_default();
    let mut found = Vec::with_capacity(reads.len());
    for read in &reads {
        if let (Some(record), Some(Ok(revision))) = (read.first(), read.get(1).map(|number| u64::try_from(*number))) {
            found.push(traced(hub, *record, revision)?);
        }
    }
    Ok(found)
}

fn traced(hub: &Hub, record: i64, revision: u64) -> Outcome<TracedRecord> {
    let mut statement = hub.db().prepare_cached(
        "SELECT record.object, run.at, coalesce((SELECT key FROM track WHERE track.record = record.id ORDER BY id LIMIT 1), record.key)
         FROM record JOIN record_version v ON v.record = record.id JOIN run ON run.id = v.run
         WHERE record.id = ?1 AND v.revision = ?2",
    )?;
    let found = statement.query_row((record, revision), |row| {
        Ok(TracedRecord { object: row.get(0)?, written_at: row.get(1)?, key: row.get(2)?, revision })
    })?;
    Ok(found)
}

/// Lines of other tracks that read a record, whatever its revision.
fn uses(hub: &Hub, record: i64, track: i64) -> Outcome<Vec<Use>> {
    let mut statement = hub.db().prepare(
        "SELECT sync.name, p.target_key FROM posting p JOIN sync ON sync.id = p.sync
         WHERE p.track <> ?2 AND p.state = 'done' AND p.reads LIKE '%[' || ?1 || ',%' ORDER BY sync.name, p.id",
    )?;
    let mut found: Vec<Use> = Vec::new();
    let mut rows = statement.query((record, track))?;
    while let Some(row) = rows.next()? {
        let sync: String = row.get(0)?;
        let line: String = row.get(1)?;
        if found.last().is_none_or(|last| last.sync != sync) {
            found.push(Use { sync, lines: 0, first: Vec::new() });
        }
        let Some(last) = found.last_mut() else { continue };
        last.lines += 1;
        if last.first.len() < NAMED {
            last.first.push(line.replace(PART, "|"));
        }
    }
    Ok(found)
}
