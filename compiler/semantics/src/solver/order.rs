//! The order of decisions: variables in a queue; those that took part in the latest conflicts move to its front (the
//! VMTF heuristic: Biere and Fröhlich, "Evaluating CDCL Variable Scoring Schemes", 2015). It needs no floating point,
//! and the initial order is that of the caller.

use super::literal::{Assignment, Variable};
use super::table::Table;

#[derive(Debug, Clone, Copy)]
struct Place {
    before: Option<Variable>,
    behind: Option<Variable>,
    /// Larger nearer to the front.
    stamp: i64,
}

/// The queue of variables.
#[derive(Debug)]
pub(super) struct DecisionOrder {
    places: Table<Variable, Place>,
    front: Option<Variable>,
    back: Option<Variable>,
    /// INVARIANT: every variable nearer to the front than the cursor is assigned; without a cursor, every variable.
    cursor: Option<Variable>,
    highest: i64,
    lowest: i64,
}

impl DecisionOrder {
    pub(super) fn new() -> Self {
        Self { places: Table::new(), front: None, back: None, cursor: None, highest: 0, lowest: 0 }
    }

    /// Adds the next variable at the back of the queue.
    pub(super) fn append(&mut self) {
        self.lowest -= 1;
        let variable = self.places.push(Place { before: self.back, behind: None, stamp: self.lowest });
        match self.back {
            Some(back) => self.places[back].behind = Some(variable),
            None => self.front = Some(variable),
        }
        self.back = Some(variable);
        self.cursor.get_or_insert(variable);
    }

    /// How near to the front a variable is; larger is nearer.
    pub(super) fn stamp(&self, variable: Variable) -> i64 {
        self.places[variable].stamp
    }

    /// Moves an assigned variable to the front.
    pub(super) fn bump(&mut self, variable: Variable) {
        if self.front == Some(variable) {
            return;
        }
        let Place { before, behind, .. } = self.places[variable];
        if self.cursor == Some(variable) {
            self.cursor = behind.or(before);
        }
        match before {
            Some(before) => self.places[before].behind = behind,
            None => self.front = behind,
        }
        match behind {
            Some(behind) => self.places[behind].before = before,
            None => self.back = before,
        }
        self.highest += 1;
        self.places[variable] = Place { before: None, behind: self.front, stamp: self.highest };
        if let Some(front) = self.front {
            self.places[front].before = Some(variable);
        }
        self.front = Some(variable);
    }

    /// Takes note that a variable is open again.
    pub(super) fn reopen(&mut self, variable: Variable) {
        if self.cursor.is_none_or(|cursor| self.stamp(cursor) < self.stamp(variable)) {
            self.cursor = Some(variable);
        }
    }

    /// The open variable nearest to the front.
    pub(super) fn next_open(&mut self, assignment: &Assignment) -> Option<Variable> {
        let mut candidate = self.cursor;
        while let Some(variable) = candidate {
            if assignment.is_open(variable) {
                break;
            }
            candidate = self.places[variable].behind;
        }
        self.cursor = candidate;
        candidate
    }
}
