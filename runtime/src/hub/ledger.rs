//! The ledger of postings.

use super::{AuditEvent, Hub, RowId, SyncId, TrackId, digest};
use crate::error::Outcome;
use rusqlite::{OptionalExtension, Row as SqlRow};
use rustc_hash::FxHashSet;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Adds a line with a new image.
    Post,
    /// Adds a line with the difference between its image and that of the entry before.
    Delta,
    /// Adds a line that negates what the lines of a record come to.
    Reverse,
    /// Changes the line.
    Overwrite,
}

/// How a record was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) revision: u64,
    /// Of a row of a step series or a version, the last day it was looked up for.
    pub(crate) asked: Option<i32>,
    /// Whether it was read as the first version of its object.
    pub(crate) baseline: bool,
}

/// What was read, by record.
pub(crate) type Reads = BTreeMap<u64, Read>;

/// An entry of the ledger.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: i64,
    pub(crate) sync: SyncId,
    pub(crate) track: TrackId,
    pub(crate) posting_key: String,
    pub(crate) kind: Kind,
    /// `system.entity`.
    pub(crate) target: String,
    pub(crate) map: String,
    pub(crate) generation: u32,
    /// The mapped values, without suffix; see [`crate::values`].
    pub(crate) image: String,
    /// The key of the line as posted.
    pub(crate) target_key: String,
    /// The entry a delta, a reversal or an overwrite concerns.
    pub(crate) previous: Option<i64>,
    pub(crate) row: RowId,
    /// What its assignments read.
    pub(crate) reads: Reads,
    pub(crate) plan: String,
    pub(crate) intended_at: String,
}

/// An entry about to be made.
#[derive(Debug, Clone)]
pub(crate) struct Intent {
    pub(crate) track: TrackId,
    pub(crate) posting_key: String,
    pub(crate) kind: Kind,
    pub(crate) target: String,
    pub(crate) map: String,
    pub(crate) generation: u32,
    pub(crate) image: String,
    pub(crate) target_key: String,
    pub(crate) previous: Option<i64>,
    pub(crate) row: RowId,
    pub(crate) reads: Reads,
}

/// What of an entry matters once it is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Done<'a> {
    pub(crate) track: TrackId,
    pub(crate) posting_key: &'a str,
    pub(crate) kind: Kind,
    pub(crate) generation: u32,
    pub(crate) target: &'a str,
    pub(crate) target_key: &'a str,
    pub(crate) image: &'a str,
}

impl Intent {
    pub(crate) fn done(&self) -> Done<'_> {
        Done {
            track: self.track,
            posting_key: &self.posting_key,
            kind: self.kind,
            generation: self.generation,
            target: &self.target,
            target_key: &self.target_key,
            image: &self.image,
        }
    }
}

impl Entry {
    pub(crate) fn done(&self) -> Done<'_> {
        Done {
            track: self.track,
            posting_key: &self.posting_key,
            kind: self.kind,
            generation: self.generation,
            target: &self.target,
            target_key: &self.target_key,
            image: &self.image,
        }
    }
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Delta => "delta",
            Self::Reverse => "reverse",
            Self::Overwrite => "overwrite",
        }
    }

    fn of(name: &str) -> Self {
        match name {
            "delta" => Self::Delta,
            "reverse" => Self::Reverse,
            "overwrite" => Self::Overwrite,
            _ => Self::Post,
        }
    }
}

macro_rules! select_entry {
    ($rest:literal) => {
        concat!("SELECT id, sync, track, posting_key, kind, target, map, generation, image, target_key, previous, row, reads, plan, intended_at FROM posting ", $rest)
    };
}

/// What an intent says of an entry.
macro_rules! intent_values {
    () => {
        "(sync, track, posting_key, kind, target, map, generation, image, target_key, previous, row, reads, plan, state, intended_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'intent', ?14)"
    };
}

macro_rules! intent_params {
    ($sync:expr, $intent:expr, $plan:expr, $at:expr) => {
        rusqlite::params![
            $sync.0,
            $intent.track.0,
            $intent.posting_key,
            $intent.kind.name(),
            $intent.target,
            $intent.map,
            $intent.generation,
            $intent.image,
            $intent.target_key,
            $intent.previous,
            $intent.row.0,
            reads_text(&$intent.reads),
            $plan,
            $at
        ]
    };
}

/// The columns of an entry that the audit log vouches for; what changes when a later row takes it over is not among them.
macro_rules! digested {
    () => {
        "posting_key, kind, target, target_key, image, state, answer"
    };
}

/// Posting key and digest of an entry.
fn digested(row: &SqlRow<'_>) -> rusqlite::Result<(String, String)> {
    let texts = (0..6).map(|column| row.get::<_, String>(column)).collect::<rusqlite::Result<Vec<_>>>()?;
    let answer: Option<String> = row.get(6)?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).chain([answer.as_deref().unwrap_or_default()]).collect();
    Ok((texts.first().copied().unwrap_or_default().to_owned(), digest(&texts)))
}

fn entry(row: &SqlRow<'_>) -> rusqlite::Result<Entry> {
    let reads: String = row.get(12)?;
    Ok(Entry {
        id: row.get(0)?,
        sync: SyncId(row.get(1)?),
        track: TrackId(row.get(2)?),
        posting_key: row.get(3)?,
        kind: Kind::of(&row.get::<_, String>(4)?),
        target: row.get(5)?,
        map: row.get(6)?,
        generation: row.get(7)?,
        image: row.get(8)?,
        target_key: row.get(9)?,
        previous: row.get(10)?,
        row: RowId(row.get(11)?),
        reads: reads_from_text(&reads),
        plan: row.get(13)?,
        intended_at: row.get(14)?,
    })
}

/// Stands where a day would, of a version that was read as the first one only; no day is so far back.
const NO_DAY: i64 = i64::MIN;

fn reads_text(reads: &Reads) -> String {
    let parts = reads.iter().map(|(record, read)| match (read.asked, read.baseline) {
        (None, false) => json!([record, read.revision]),
        (Some(day), false) => json!([record, read.revision, day]),
        (day, true) => json!([record, read.revision, day.map_or(NO_DAY, i64::from), 1]),
    });
    Json::Array(parts.collect()).to_string()
}

fn reads_from_text(text: &str) -> Reads {
    let parts: Vec<Vec<i64>> = serde_json::from_str(text).unwrap_or_default();
    let read = |part: &Vec<i64>| {
        let number = |ix: usize| part.get(ix).and_then(|number| u64::try_from(*number).ok());
        let asked = part.get(2).and_then(|day| i32::try_from(*day).ok());
        Some((number(0)?, Read { revision: number(1)?, asked, baseline: part.len() > 3 }))
    };
    parts.iter().filter_map(read).collect()
}

impl Hub {
    pub(crate) fn entry(&self, id: i64) -> Outcome<Option<Entry>> {
        Ok(self.db().prepare_cached(select_entry!("WHERE id = ?1"))?.query_row([id], entry).optional()?)
    }

    /// Whether a posting key is not free for a track: it is when there is no entry under it, or one of this track that changed
    /// nothing in the target.
    pub(crate) fn is_taken(&self, posting_key: &str, track: TrackId) -> Outcome<bool> {
        let mut statement = self
            .db()
            .prepare_cached("SELECT 1 FROM posting WHERE posting_key = ?1 AND (track <> ?2 OR state <> 'refused')")?;
        Ok(statement.exists((posting_key, track.0))?)
    }

    /// Makes an entry before its call, if nobody ever posted under its key.
    pub(crate) fn intend_first(&self, sync: SyncId, intent: &Intent, plan: &str, at: &str) -> Outcome<Option<i64>> {
        let made = self
            .db()
            .prepare_cached(concat!("INSERT OR IGNORE INTO posting ", intent_values!()))?
            .execute(intent_params!(sync, intent, plan, at))?;
        Ok((made > 0).then(|| self.db().last_insert_rowid()))
    }

    /// Makes an entry before its call. One that was refused, or never reached the target, is made anew.
    pub(crate) fn intend(&self, sync: SyncId, intent: &Intent, plan: &str, at: &str) -> Outcome<i64> {
        let id = self
            .db()
            .prepare_cached(concat!(
                "INSERT INTO posting ",
                intent_values!(),
                " ON CONFLICT (posting_key) DO UPDATE SET
                    map = ?6, image = ?8, target_key = ?9, previous = ?10, row = ?11, reads = ?12, plan = ?13, state = 'intent', intended_at = ?14,
                    answered_at = NULL, answer = NULL
                 RETURNING id"
            ))?
            .query_row(intent_params!(sync, intent, plan, at), |row| row.get(0))?;
        Ok(id)
    }

    /// Settles an entry that is done, with what the target returned, and what follows for its track.
    pub(crate) fn settle_done(&self, id: i64, done: &Done<'_>, at: &str, returned: &str) -> Outcome {
        self.answer(id, "done", at, returned)?;
        let texts = [done.posting_key, done.kind.name(), done.target, done.target_key, done.image, "done", returned];
        self.vouch(id, at, done.posting_key, "done", digest(&texts))?;
        let sql = match done.kind {
            Kind::Post | Kind::Delta => "UPDATE track SET live = ?2, generation = ?3 WHERE id = ?1",
            Kind::Reverse => "UPDATE track SET live = NULL WHERE id = ?1 AND ?2 > 0 AND ?3 > 0",
            Kind::Overwrite => "UPDATE track SET live = ?2, overwrites = overwrites + 1 WHERE id = ?1 AND ?3 > 0",
        };
        self.db().prepare_cached(sql)?.execute((done.track.0, id, done.generation))?;
        Ok(())
    }

    /// Settles an entry that changed nothing in the target; it may be made anew.
    pub(crate) fn settle_refused(&self, id: i64, at: &str, message: &str) -> Outcome {
        self.not_done(id, "refused", at, message)
    }

    /// Notes that nobody can tell whether an entry was carried out.
    pub(crate) fn settle_unknown(&self, id: i64, at: &str, message: &str) -> Outcome {
        self.not_done(id, "unknown", at, message)
    }

    fn not_done(&self, id: i64, state: &str, at: &str, message: &str) -> Outcome {
        self.answer(id, state, at, message)?;
        let (posting_key, digest) = self
            .db()
            .prepare_cached(concat!("SELECT ", digested!(), " FROM posting WHERE id = ?1"))?
            .query_row([id], digested)?;
        self.vouch(id, at, &posting_key, state, digest)
    }

    fn answer(&self, id: i64, state: &str, at: &str, answer: &str) -> Outcome {
        self.db()
            .prepare_cached("UPDATE posting SET state = ?2, answered_at = ?3, answer = ?4 WHERE id = ?1")?
            .execute((id, state, at, answer))?;
        self.end_retry(id)
    }

    /// Writes into the audit log what an entry says now.
    fn vouch(&self, id: i64, at: &str, posting_key: &str, state: &str, digest: String) -> Outcome {
        let posting_key = posting_key.to_owned();
        self.audit(at, &AuditEvent::Answered { entry: id, posting_key, state: state.to_owned(), digest })
    }

    /// Gives a posting to a later row with an equal image.
    pub(crate) fn take_over(&self, posting: i64, row: RowId, reads: &Reads, plan: &str) -> Outcome {
        self.db().prepare_cached("UPDATE posting SET row = ?2, reads = ?3, plan = ?4 WHERE id = ?1")?.execute((
            posting,
            row.0,
            reads_text(reads),
            plan,
        ))?;
        Ok(())
    }

    /// Entries whose outcome is not known, in the order made.
    pub(crate) fn unsettled(&self) -> Outcome<Vec<Entry>> {
        let mut statement =
            self.db().prepare_cached(select_entry!("WHERE state IN ('intent', 'unknown') ORDER BY id"))?;
        let rows = statement.query_map([], entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Numbers of the entries that await their answer.
    pub(crate) fn intents(&self) -> Outcome<std::collections::BTreeSet<i64>> {
        let mut statement = self.db().prepare_cached("SELECT id FROM posting WHERE state = 'intent'")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a track has no live posting: it never had one, or it is reversed.
    pub(crate) fn is_reversed(&self, track: TrackId) -> Outcome<bool> {
        Ok(self.db().prepare_cached("SELECT 1 FROM track WHERE id = ?1 AND live IS NULL")?.exists([track.0])?)
    }

    /// Hands over all entries of a sync that are done, in the order made.
    pub(crate) fn ledger(&self, sync: SyncId, take: &mut dyn FnMut(Entry) -> Outcome) -> Outcome {
        let mut statement =
            self.db().prepare_cached(select_entry!("WHERE sync = ?1 AND state = 'done' ORDER BY id"))?;
        let mut rows = statement.query([sync.0])?;
        while let Some(row) = rows.next()? {
            take(entry(row)?)?;
        }
        Ok(())
    }

    /// Hands over all entries with an answer: number, posting key, state and digest.
    pub(crate) fn answered(&self, take: &mut dyn FnMut(i64, String, String, String)) -> Outcome {
        let mut statement = self.db().prepare(concat!(
            "SELECT ",
            digested!(),
            ", id FROM posting WHERE state <> 'intent' ORDER BY id"
        ))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let (posting_key, digest) = digested(row)?;
            take(row.get(7)?, posting_key, row.get(5)?, digest);
        }
        Ok(())
    }

    /// The keys of all lines that any sync posted to a target.
    pub(crate) fn keys_posted_to(&self, target: &str) -> Outcome<FxHashSet<String>> {
        let mut statement =
            self.db().prepare_cached("SELECT target_key FROM posting WHERE target = ?1 AND state = 'done'")?;
        let rows = statement.query_map([target], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Hands over the rows of a sync that are posted: the record, and what the row writes to it.
    pub(crate) fn posted_rows(&self, sync: SyncId, take: &mut dyn FnMut(u64, Option<String>) -> Outcome) -> Outcome {
        let mut statement = self.db().prepare_cached(
            "SELECT t.record, d.\"values\" FROM source_row r JOIN track t ON t.id = r.track LEFT JOIN reading d ON d.row = r.id
             WHERE r.sync = ?1 AND r.state = 5",
        )?;
        let mut rows = statement.query([sync.0])?;
        while let Some(row) = rows.next()? {
            if let Some(record) = row.get(0)? {
                take(record, row.get(1)?)?;
            }
        }
        Ok(())
    }
}
