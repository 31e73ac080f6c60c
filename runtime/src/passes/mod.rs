//! The passes of a sync: capture, map, post, reconcile; and the recovery of what an earlier run left open.
//!
//! - **judging** a row: finding out what becomes of it, without doing it;
//! - **own outcome** of a row: `waiting` or `quarantined`, what it is when no other row of its record decides for it;
//! - **current row** of a record: the highest version that is excluded, staged or posted; all lower ones are superseded.
//!
//! The rules stand in `tests/oracle/RULES.md`, sections 1 to 11; modules name the section they carry out.

mod absence;
mod ahead;
mod apply;
mod capture;
pub(crate) mod cells;
mod clock;
pub(crate) mod dated;
mod decide;
pub(crate) mod duplicates;
mod events;
mod fresh;
mod incoming;
pub(crate) mod invariants;
mod judge;
pub(crate) mod limit;
mod line;
mod ownership;
mod plan_change;
mod post;
pub(crate) mod prepare;
mod promises;
mod reconcile;
mod recover;
pub(crate) mod retry;
mod run;
pub(crate) mod store;
mod waves;
mod way_back;

pub(crate) use run::carry_out;
pub use run::run;
pub(crate) use run::run_with;

use crate::error::Outcome;
use crate::hub::{Decisions, ExceptionText, Hub, Problem, Row, SyncMark, TrackId};
use crate::options::{Options, Part, Stage};
use crate::report::ThisRun;
use clock::Clock;
use jiff::{SignedDuration, Timestamp};
use prepare::{Prepared, ReadySync};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use store::Store;
use syncline_eval::{Failure, Program};

/// What a row is when no other row decides for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Own {
    Waiting,
    Quarantined(Problem),
}

/// Why nobody knows the outcome of a posting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unknown {
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

impl Unknown {
    pub(crate) const fn outcome(message: String) -> Self {
        Self { reason: "outcome-unknown", message }
    }
}

/// Tells somebody how far a stage of a sync is: done, and of how many.
pub(crate) type Tell<'a> = dyn Fn(&str, Stage, u64, Option<u64>) + 'a;

/// One run.
pub(crate) struct Run<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) prepared: &'a Prepared<'a>,
    pub(crate) store: Store<'a>,
    pub(crate) options: &'a Options,
    pub(crate) id: i64,
    /// The instant of the run as it is kept.
    pub(crate) at: String,
    pub(crate) tell: &'a Tell<'a>,
    clock: Clock,
    /// Whether anything was ever decided about an exception.
    decided: bool,
    instants: RefCell<FxHashMap<i64, Timestamp>>,
}

/// One sync in a run.
pub(crate) struct Pass<'a> {
    pub(crate) run: &'a Run<'a>,
    pub(crate) sync: &'a ReadySync<'a>,
    pub(crate) mark: SyncMark,
    pub(crate) this_run: RefCell<ThisRun>,
    /// Tracks with a posting whose outcome nobody knows, and why.
    pub(crate) unknown: FxHashMap<TrackId, Unknown>,
    /// Records whose calls failed and are not made again now.
    pub(crate) pending: RefCell<FxHashMap<TrackId, retry::Pending>>,
    /// The targets that could not be reached, with what happened; each was called in vain once.
    pub(crate) out_of_reach: RefCell<std::collections::BTreeMap<String, String>>,
    /// The systems whose calls are used up, with the begin of their next periods.
    pub(crate) limited: RefCell<std::collections::BTreeMap<String, Timestamp>>,
    /// What was posted later than promised.
    pub(crate) lateness: RefCell<fresh::Lateness>,
    /// Whether calls that had failed are answered now.
    pub(crate) reached_again: Cell<bool>,
    /// Whether calls failed for the last time before their queue.
    pub(crate) given_up: Cell<bool>,
    /// Whether the post pass takes place.
    pub(crate) posting: Cell<bool>,
}

impl<'a> Run<'a> {
    pub(crate) fn program(&self) -> &'a Program {
        &self.prepared.program
    }

    /// Hashed meaning of the plan.
    pub(crate) fn plan(&self) -> &'a str {
        &self.prepared.plan.hash
    }

    /// When an exception in a queue is due.
    pub(crate) fn due(&self, queue: &str, since: &str) -> Option<String> {
        let queue = self.prepared.plan.queues.iter().find(|found| found.name == queue)?;
        let since: Timestamp = since.parse().ok()?;
        let within = SignedDuration::from_secs(i64::try_from(queue.resolve_within).ok()?);
        since.checked_add(within).ok().map(|due| due.to_string())
    }

    fn instant_of(&self, run: i64) -> Outcome<Timestamp> {
        if let Some(known) = self.instants.borrow().get(&run) {
            return Ok(*known);
        }
        let text = self.hub.at_of_run(run)?;
        // A run's instant was written by this program; another text only makes rows older.
        let instant = text.parse().unwrap_or(Timestamp::MIN);
        self.instants.borrow_mut().insert(run, instant);
        Ok(instant)
    }

    /// What was decided about a record.
    fn decisions(&self, track: TrackId) -> Outcome<Decisions> {
        if self.decided { self.hub.decisions(track) } else { Ok(Decisions::default()) }
    }

    /// Does a part of the work on the sync at hand, on the clock.
    pub(crate) fn time<T>(&self, part: Part, work: impl FnOnce() -> T) -> T {
        self.clock.time(part, work)
    }

    pub(crate) fn advance(&self, sync: &ReadySync<'_>, stage: Stage, done: usize, total: Option<usize>) {
        (self.tell)(&sync.sync.name, stage, done as u64, total.map(|total| total as u64));
    }
}

impl Pass<'_> {
    pub(crate) fn store(&self) -> &Store<'_> {
        &self.run.store
    }

    pub(crate) fn hub(&self) -> &Hub {
        self.run.hub
    }

    /// Whether the sync may write to its targets now.
    pub(crate) fn is_open(&self) -> bool {
        self.sync.timetable().is_open(self.run.options.at)
    }

    /// Whether a row captured then may still wait.
    pub(crate) fn may_wait(&self, row: &Row, wait_seconds: Option<u64>) -> Outcome<bool> {
        let Some(limit) = wait_seconds else { return Ok(false) };
        let captured = self.run.instant_of(row.run)?;
        let waited = self.run.options.at.duration_since(captured);
        Ok(waited <= SignedDuration::from_secs(i64::try_from(limit).unwrap_or(i64::MAX)))
    }

    /// Opens an exception for a row, since this run.
    pub(crate) fn except(&self, track: TrackId, row: crate::hub::RowId, problem: &Problem) -> Outcome {
        let due = self.run.due(&problem.queue, &self.run.at);
        self.hub().open_exception(self.mark.id, track, row, false, problem, &self.run.at, due.as_deref())
    }
}

/// What failures of a map amount to. The first one decides about the queue.
pub(crate) fn problem(failures: &[Failure], otherwise: &str) -> Problem {
    let mut reasons: Vec<ExceptionText> = Vec::with_capacity(failures.len());
    for failure in failures {
        let reason = failure.reason.as_str();
        if !reasons.iter().any(|known| known.reason == reason && known.message == failure.message) {
            reasons.push(ExceptionText {
                reason: reason.to_owned(),
                message: failure.message.clone(),
                field: failure.field.as_ref().map(ToString::to_string),
            });
        }
    }
    let queue = failures.first().map_or(otherwise, |first| &first.queue).to_owned();
    Problem { reasons, queue }
}
