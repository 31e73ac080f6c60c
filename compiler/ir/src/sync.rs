//! Syncs: what moves, when, in which order and with which guarantees.

use crate::{At, Expr};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One flow of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sync {
    /// Its name.
    pub name: String,
    /// The responsible team.
    pub team: String,
    /// Title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The inbound map, by id; none when the sync only posts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture: Option<String>,
    /// The canonical object.
    pub object: String,
    /// Where records are posted to: disjoint, and together covering all records; empty when the sync only captures.
    pub routes: Vec<RouteTo>,
    /// When passes run.
    pub schedule: Schedule,
    /// The event of the source on which rows are moved, by name; none moves all rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capture_on: Option<String>,
    /// Records whose date is earlier are excluded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<Starts>,
    /// Names of syncs that run before this one.
    pub after: Vec<String>,
    /// Fields of the object that make the posting key; empty when the sync only captures.
    pub idempotent_by: Vec<String>,
    /// Which of two rows of one record is the newer.
    pub order: Order,
    /// How a posted record that changed is put right; none when the sync only captures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correct: Option<Correction>,
    /// What happens to a posted record that no longer belongs into the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leave: Option<Leave>,
    /// What a change of something the outbound map read does to posted records.
    pub on_change: Vec<ChangePolicy>,
    /// What happens when a target cannot be reached; none ends the run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// How late a record may be posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh: Option<Fresh>,
    /// How many records a day has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<Volume>,
    /// What is compared between source, hub, ledger and target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reconcile: Option<Reconcile>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// Syncs that begin together. A sync of no wave always runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Wave {
    /// Its name.
    pub name: String,
    /// The waves that begin before it.
    pub after: Vec<String>,
    /// Its syncs, in the order in which they run; each sync is in one wave at most.
    pub syncs: Vec<String>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// One target of a sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RouteTo {
    /// The outbound map, by id.
    pub map: String,
    /// `when`: which records take this route; none is all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Expr>,
    /// Where it is written.
    pub at: At,
}

/// When a sync's passes run. Intervals are in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "model", rename_all = "snake_case")]
pub enum Schedule {
    /// One pass captures and posts what it captured.
    Batch(Pass),
    /// One pass looks at the source, and moves the rows that raised an event.
    Event(Pass),
    /// The hub holds records between capture and posting.
    Staged {
        /// None when the sync only posts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        capture: Option<Pass>,
        /// None when the sync only captures.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        post: Option<Pass>,
    },
}

/// When a pass takes place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Pass {
    /// Seconds between ticks: the times on the clock of the window's zone, or of UTC, that are a multiple of this from 1970 on.
    pub every: u64,
    /// The calendar outside of which it does not take place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// Seconds that it may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_at_most: Option<u64>,
}

impl Pass {
    /// A pass that may take place at any time.
    #[must_use]
    pub const fn every(seconds: u64) -> Self {
        Self { every: seconds, within: None, takes_at_most: None }
    }
}

impl Schedule {
    /// The pass that captures.
    #[must_use]
    pub const fn capture(&self) -> Option<&Pass> {
        match self {
            Self::Batch(pass) | Self::Event(pass) => Some(pass),
            Self::Staged { capture, .. } => capture.as_ref(),
        }
    }

    /// The pass that posts.
    #[must_use]
    pub const fn post(&self) -> Option<&Pass> {
        match self {
            Self::Batch(pass) | Self::Event(pass) => Some(pass),
            Self::Staged { post, .. } => post.as_ref(),
        }
    }
}

/// `starts DATE by FIELD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Starts {
    /// First date, `2026-07-01`.
    pub date: String,
    /// The object's date field.
    pub field: String,
}

/// `order by …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The row read last is the newest; equal content is the same row.
    Arrival,
    /// The greatest value of an object's field is the newest.
    By {
        /// The object's field with the version.
        field: String,
        /// The object's field that tells records apart.
        within: String,
    },
}

/// `correct by …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// A line that negates the posted one, then a new line.
    Reversal,
    /// A line with the difference; where no line can be one, as by reversal.
    Delta,
    /// The target's record is changed.
    Overwrite,
}

impl Correction {
    /// Whether lines may be taken back by lines that negate them.
    #[must_use]
    pub const fn reverses(self) -> bool {
        matches!(self, Self::Reversal | Self::Delta)
    }
}

/// `leave …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Leave {
    /// The posted line is reversed.
    Reverse,
    /// The record goes to this queue with reason `left-scope`.
    Hold(String),
}

/// `on change of …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChangePolicy {
    /// The object read by the outbound map; none is the plan itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// What a change does.
    pub action: Change,
}

/// What a change of something read does to what is posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Nothing: later corrections reuse the version that was posted with.
    Keep,
    /// Posted records are corrected.
    Correct,
    /// Posted records go to this queue with reason `dependency-changed`.
    Ask(String),
}

/// `retry …`. Waits are in seconds; they double from the first to the longest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Retry {
    /// How often a call is made again.
    pub times: u32,
    /// The wait after the first failure.
    pub first: u64,
    /// The longest wait.
    pub longest: u64,
    /// Where a record goes after the last try, with reason `target-unreachable`.
    pub queue: String,
}

/// `fresh within …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fresh {
    /// Seconds from the capture of a row to its posting.
    pub within: u64,
    /// The calendar whose open time counts; none counts all time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
}

/// `volume …`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Volume {
    /// Records of an ordinary day.
    pub per_day: u32,
    /// How many times as many a day may have.
    pub peak: u32,
}

impl Volume {
    /// The most records that a day may have.
    #[must_use]
    pub const fn most(self) -> u64 {
        self.per_day as u64 * self.peak as u64
    }
}

/// `reconcile …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reconcile {
    /// What is compared.
    pub measures: Vec<Measure>,
    /// Seconds between reconciliations.
    pub every: u64,
    /// Greatest allowed difference, a decimal.
    pub tolerance: String,
}

/// A number compared between the hub, the ledger and the target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Number of records (net of reversals).
    Count,
    /// Sum of a target field; money is grouped by currency.
    Sum(String),
}
