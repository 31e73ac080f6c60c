//! The audit log: a chain of entries, each with a hash over itself and the hash before.

use super::Hub;
use crate::error::Outcome;
use rusqlite::OptionalExtension;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The hash before the first entry.
const NOTHING: [u8; 32] = [0; 32];

/// What is written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum AuditEvent {
    /// A run began.
    RunBegan {
        /// Its number.
        run: i64,
        /// Hashed meaning of its plan.
        plan: String,
        /// `all`, `due`, `replay` or `reconcile`: which passes it was to carry out. Entries from before this was noted have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passes: Option<String>,
        /// The only sync it was for, if it was for one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        only: Option<String>,
    },
    /// A run came to its end.
    RunEnded {
        /// Its number.
        run: i64,
        /// SHA-256 of its report.
        report: String,
    },
    /// A target answered a posting, or nobody can tell its answer.
    Answered {
        /// Number of the entry in the ledger.
        entry: i64,
        /// What the target recognises a repeated call by.
        posting_key: String,
        /// `done`, `refused` or `unknown`.
        state: String,
        /// SHA-256 of the entry: its line, target, image and answer.
        digest: String,
    },
    /// A pass took longer, or a day has more records, than a sync says.
    Exceeded {
        /// The run that found it.
        run: i64,
        /// The sync.
        sync: String,
        /// `every`, `capture every`, `post every` or `volume`.
        clause: String,
        /// Seconds or records, as the sync says.
        said: u64,
        /// Seconds or records that were found.
        found: u64,
    },
    /// Somebody decided about an exception.
    Decided {
        /// Number of the decision.
        decision: i64,
        /// The sync.
        sync: String,
        /// The record key.
        key: String,
        /// The version of the row, where it has one.
        version: Option<String>,
        /// The reason it was in a queue for.
        reason: String,
        /// `release`, `dismiss`, `reopen`, `posted` or `not_posted`.
        resolution: String,
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
}

/// A stored entry.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) seq: u64,
    pub(crate) at: String,
    pub(crate) event: String,
    pub(crate) hash: Vec<u8>,
}

impl Hub {
    /// Adds an entry, in the transaction of what it is about.
    pub(crate) fn audit(&self, at: &str, event: &AuditEvent) -> Outcome {
        let known = self.remembered.borrow_mut().audited.take();
        let (seq, before) = match known {
            Some(head) => head,
            None => self.last_audited()?,
        };
        let seq = seq + 1;
        let event = serde_json::to_string(event).unwrap_or_default();
        let hash = link(&before, seq, at, &event);
        self.db()
            .prepare_cached("INSERT INTO audit (seq, at, event, hash) VALUES (?1, ?2, ?3, ?4)")?
            .execute((seq, at, event, &hash))?;
        self.remembered.borrow_mut().audited = Some((seq, hash));
        Ok(())
    }

    /// Number and hash of the last entry.
    fn last_audited(&self) -> Outcome<(u64, Vec<u8>)> {
        let mut statement = self.db().prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
        let last = statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        Ok(last.unwrap_or_else(|| (0, NOTHING.to_vec())))
    }

    /// Hands over all entries in order.
    pub(crate) fn audited(&self, take: &mut dyn FnMut(Stored) -> Outcome) -> Outcome {
        let mut statement = self.db().prepare("SELECT seq, at, event, hash FROM audit ORDER BY seq")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(Stored { seq: row.get(0)?, at: row.get(1)?, event: row.get(2)?, hash: row.get(3)? })?;
        }
        Ok(())
    }
}

/// The hashes of a chain, recomputed entry by entry.
pub(crate) struct Chain {
    seq: u64,
    hash: Vec<u8>,
}

impl Chain {
    pub(crate) fn new() -> Self {
        Self { seq: 0, hash: NOTHING.to_vec() }
    }

    /// Goes on with the next entry; what is wrong with it, if something is. The chain goes on from the hash that is stored.
    pub(crate) fn follow(&mut self, entry: &Stored) -> Option<String> {
        let expected = self.seq + 1;
        let wrong = if entry.seq != expected {
            Some(format!("entry {expected} is missing"))
        } else if link(&self.hash, entry.seq, &entry.at, &entry.event) != entry.hash {
            Some(format!("entry {} is not what was written, or what stood before it is not", entry.seq))
        } else {
            None
        };
        self.seq = entry.seq;
        self.hash.clone_from(&entry.hash);
        wrong
    }

    /// How many entries there are, and the hash of the last one.
    pub(crate) fn head(&self) -> (u64, String) {
        (self.seq, hex(&self.hash))
    }
}

/// Lengths go before texts, so that no two entries are hashed alike.
fn link(before: &[u8], seq: u64, at: &str, event: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(before);
    hash.update(seq.to_be_bytes());
    for text in [at, event] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().to_vec()
}

/// SHA-256 over texts, in hexadecimal.
pub(crate) fn digest(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hex(&hash.finalize())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
