//! How a run is carried out, apart from the plan and the profile.

use crate::kill::Trap;
use jiff::Timestamp;
use std::path::PathBuf;
use std::time::Duration;

/// Options of a run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The instant the run takes place at. All times in the hub and in the report are this one.
    pub at: Timestamp,
    /// Which passes take place.
    pub passes: Passes,
    /// Only the passes of this sync; all other syncs stay as they are.
    pub only: Option<String>,
    /// Whether it may take place before the run before.
    pub earlier: bool,
    /// The folder which relative paths of the profile start from.
    pub base_dir: PathBuf,
    /// How many postings are committed to the ledger, called and settled together.
    pub batch: usize,
    /// A crash test's kill point.
    pub kill: Option<Trap>,
}

impl Options {
    /// A plain run at an instant, with paths relative to `base_dir`.
    #[must_use]
    pub fn at(at: Timestamp, base_dir: impl Into<PathBuf>) -> Self {
        Self {
            at,
            passes: Passes::All,
            only: None,
            earlier: false,
            base_dir: base_dir.into(),
            batch: 5_000,
            kill: None,
        }
    }

    /// Whether passes of this sync may take place.
    #[must_use]
    pub fn includes(&self, sync: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == sync)
    }

    pub(crate) fn pass(&self, point: &str) -> crate::Outcome {
        self.kill.as_ref().map_or(Ok(()), |trap| trap.pass(point))
    }
}

/// Which passes of the syncs a run carries out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Passes {
    /// Every pass once.
    #[default]
    All,
    /// Those whose interval has elapsed since they last took place.
    Due,
    /// Everything but capture: what is in the hub is judged again and posted, and no source is read.
    Replay,
    /// Only the reconciliation: nothing is judged, and nothing is written to a target.
    Reconcile,
}

impl Passes {
    /// One word for people and for the audit log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Due => "due",
            Self::Replay => "replay",
            Self::Reconcile => "reconcile",
        }
    }
}

/// A part of the work on one sync.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Settling postings a previous run left without an outcome.
    Recover,
    /// Reading rows of the source.
    Capture,
    /// Making canonical records of them.
    Map,
    /// Deciding what is to be posted, and posting it.
    Post,
    /// Comparing the ledger with the target.
    Reconcile,
}

impl Stage {
    /// One word for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recover => "recover",
            Self::Capture => "capture",
            Self::Map => "map",
            Self::Post => "post",
            Self::Reconcile => "reconcile",
        }
    }
}

/// A part of the work on one sync whose time is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Settling postings a previous run left without an outcome.
    Recover,
    /// Reading rows of the source into the hub.
    Capture,
    /// Making canonical records of them.
    Map,
    /// Of new records, what the map comes to; at the same time as `map`.
    Assess,
    /// Deciding what becomes of each record.
    Judge,
    /// Committing intents to the ledger.
    Intend,
    /// The calls of the targets.
    Call,
    /// Committing answers, and what became of each row.
    Settle,
    /// Comparing the ledger with the target.
    Reconcile,
}

impl Part {
    /// One word for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recover => "recover",
            Self::Capture => "capture",
            Self::Map => "map",
            Self::Assess => "assess",
            Self::Judge => "judge",
            Self::Intend => "intend",
            Self::Call => "call",
            Self::Settle => "settle",
            Self::Reconcile => "reconcile",
        }
    }
}

/// Is told how far a run is.
pub trait Progress {
    /// So many records of a stage are done; `total` is known for all stages but capture.
    fn advance(&mut self, sync: &str, stage: Stage, done: u64, total: Option<u64>);

    /// A part of the work on a sync took so long, in all.
    fn took(&mut self, _sync: &str, _part: Part, _time: Duration) {}
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn advance(&mut self, _: &str, _: Stage, _: u64, _: Option<u64>) {}
}
