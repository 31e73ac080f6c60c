//! Forgetting learned clauses that are of little use, so that a long search does not slow down.
//!
//! A clause's **spread** is the number of levels its literals belonged to when it was learned; a clause of small spread
//! tends to be used again (Audemard and Simon, "Predicting Learnt Clauses Quality in Modern SAT Solvers", 2009).

use super::literal::{ClauseId, Literal};
use super::search::Search;

/// Clauses of this spread are kept for ever.
const KEPT_FOR_EVER: usize = 2;
/// How many learned clauses are kept at first, and how many more each time after.
const KEPT_AT_FIRST: usize = 1_000;
const KEPT_MORE: usize = 250;

/// The learned clauses that may be forgotten.
#[derive(Debug)]
pub(super) struct Learned {
    clauses: Vec<(usize, ClauseId)>,
    limit: usize,
}

impl Learned {
    pub(super) fn new() -> Self {
        Self { clauses: Vec::new(), limit: KEPT_AT_FIRST }
    }
}

impl Search {
    /// Keeps a clause that follows from the others, and watches its first two literals.
    pub(super) fn learn(&mut self, clause: Vec<Literal>) -> Option<ClauseId> {
        let mut levels: Vec<usize> = clause.iter().map(|&literal| self.assignment.level_of(literal)).collect();
        levels.sort_unstable();
        levels.dedup();
        let id = self.store(clause)?;
        if levels.len() > KEPT_FOR_EVER {
            self.learned.clauses.push((levels.len(), id));
        }
        Some(id)
    }

    /// Drops the worse half of the learned clauses if there are too many. Called at level 0 only, where no clause is
    /// the reason of a literal that will be looked into.
    pub(super) fn forget(&mut self) {
        if self.learned.clauses.len() < self.learned.limit {
            return;
        }
        self.learned.limit += KEPT_MORE;
        self.learned.clauses.sort_unstable();
        let half = self.learned.clauses.len() / 2;
        for (_, id) in self.learned.clauses.split_off(half) {
            self.clauses[id] = Vec::new();
        }
        let Self { watches, clauses, .. } = self;
        for watching in watches.rows_mut() {
            watching.retain(|watch| !clauses[watch.clause].is_empty());
        }
    }
}
