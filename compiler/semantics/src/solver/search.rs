//! The search: conflict-driven clause learning with watched literals, the two theories listening.
//!
//! Terms:
//! - **clause**: literals of which one must hold; **unit**: a clause of one literal;
//! - **watch**: each clause is looked at only when one of two of its literals fails (Moskewicz and others, "Chaff",
//!   2001);
//! - **conflict**: a clause that fails; [`super::conflict`] learns from it a clause that forbids its cause;
//! - **lemma**: a clause that a theory adds because it follows from what terms and numbers are;
//! - **node**: a decision or a conflict; the budget of a query counts nodes, never time, so that answers repeat;
//! - **assumption**: a literal that holds for one call of [`Search::solve`] only.

use super::forgetting::Learned;
use super::literal::{Assignment, ClauseId, Literal, Variable};
use super::order::DecisionOrder;
use super::table::{Id, Table};
use super::theory_equality::{EqualityTheory, Lemma, Term};
use super::theory_numbers::{DifferenceTheory, Node};
use super::theory_steps;

/// How a call of [`Search::solve`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// [`Search::model`] tells how.
    Satisfied,
    /// Not with these assumptions.
    Contradiction,
    /// The node budget is used up.
    Exhausted,
}

/// A complete assignment that satisfies all clauses and both theories.
#[derive(Debug)]
pub(super) struct Model {
    truths: Table<Variable, bool>,
    pub(super) numbers: Table<Node, i128>,
    /// The class of each term and the constant it equals.
    pub(super) classes: Table<Term, (Term, Option<Term>)>,
}

impl Model {
    pub(super) fn holds(&self, literal: Literal) -> bool {
        self.truths.row(literal.variable()).is_some_and(|&truth| truth == literal.is_positive())
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Watch {
    pub(super) clause: ClauseId,
    /// Another literal of the clause: while it holds, the clause need not be looked at.
    blocker: Literal,
}

/// Clauses, theories, and the state of the search.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) clauses: Table<ClauseId, Vec<Literal>>,
    pub(super) watches: Table<Literal, Vec<Watch>>,
    pub(super) learned: Learned,
    pub(super) assignment: Assignment,
    pub(super) order: DecisionOrder,
    phases: Table<Variable, bool>,
    pub(super) equality: EqualityTheory,
    pub(super) numbers: DifferenceTheory,
    /// Up to where on the trail clauses have been looked through.
    propagated: usize,
    /// For each literal of the trail that the theories have heard of, their marks before it.
    heard: Vec<(usize, usize)>,
    contradictory: bool,
    nodes_left: u64,
    restarts: u64,
    model: Option<Model>,
}

impl Search {
    /// A search that may take `nodes` nodes over all its calls.
    pub(super) fn new(nodes: u64) -> Self {
        let mut search = Self {
            clauses: Table::new(),
            watches: Table::new(),
            learned: Learned::new(),
            assignment: Assignment::new(),
            order: DecisionOrder::new(),
            phases: Table::new(),
            equality: EqualityTheory::new(),
            numbers: DifferenceTheory::new(),
            propagated: 0,
            heard: Vec::new(),
            contradictory: false,
            nodes_left: nodes,
            restarts: 0,
            model: None,
        };
        let always = search.add_variable(true);
        search.add_clause(vec![always]);
        search
    }

    /// Adds a variable, which decisions first try as `phase`. Variables added earlier are decided earlier.
    pub(super) fn add_variable(&mut self, phase: bool) -> Literal {
        let variable = self.assignment.add_variable();
        self.order.append();
        self.phases.push(phase);
        self.watches.push(Vec::new());
        self.watches.push(Vec::new());
        Literal::new(variable, true)
    }

    /// Adds a clause for good. Called between calls of `solve` only, when nothing but level 0 is assigned.
    pub(super) fn add_clause(&mut self, mut clause: Vec<Literal>) {
        clause.sort_unstable();
        clause.dedup();
        let certain = clause.windows(2).any(|pair| matches!(pair, &[one, other] if one == !other));
        if certain || clause.iter().any(|&literal| self.assignment.holds(literal)) {
            return;
        }
        clause.retain(|&literal| !self.assignment.fails(literal));
        match *clause {
            [] => self.contradictory = true,
            [literal] => self.assignment.assign(literal, None),
            _ => {
                self.store(clause);
            }
        }
    }

    /// The last model found.
    pub(super) fn model(&self) -> Option<&Model> {
        self.model.as_ref()
    }

    /// Looks for a model in which the assumptions hold. Level 0 remains afterwards.
    pub(super) fn solve(&mut self, assumptions: &[Literal]) -> Outcome {
        let outcome = self.run(assumptions);
        self.return_to(0);
        outcome
    }

    fn run(&mut self, assumptions: &[Literal]) -> Outcome {
        let mut until_restart = conflicts_before_restart(self.restarts);
        loop {
            if self.contradictory {
                return Outcome::Contradiction;
            }
            let conflict = match self.propagate() {
                Some(conflict) => conflict,
                None => match self.next_decision(assumptions) {
                    Next::Failed => return Outcome::Contradiction,
                    Next::Hold => continue,
                    Next::Decide(_) if self.nodes_left == 0 => return Outcome::Exhausted,
                    Next::Decide(literal) => {
                        self.nodes_left -= 1;
                        self.assignment.open_level();
                        self.assignment.assign(literal, None);
                        continue;
                    }
                    Next::Complete => match theory_steps::numbers(&self.numbers) {
                        Ok(numbers) => {
                            self.keep_model(numbers);
                            return Outcome::Satisfied;
                        }
                        Err(clause) => clause,
                    },
                },
            };
            if self.nodes_left == 0 {
                return Outcome::Exhausted;
            }
            self.nodes_left -= 1;
            self.learn_from(conflict);
            until_restart -= 1;
            if until_restart == 0 {
                self.restarts += 1;
                until_restart = conflicts_before_restart(self.restarts);
                self.return_to(0);
                self.forget();
            }
        }
    }

    /// Assigns all that follows. Gives a failing clause if that ends in a conflict.
    fn propagate(&mut self) -> Option<Vec<Literal>> {
        let mut lemmas = Vec::new();
        loop {
            if let Some(clause) = self.propagate_clauses() {
                return Some(self.clauses[clause].clone());
            }
            let literal = self.assignment.at(self.heard.len())?;
            self.heard.push((self.equality.mark(), self.numbers.mark()));
            let told = self.equality.assert(literal, &self.assignment, &mut lemmas);
            if let Err(clause) = told.and_then(|()| self.numbers.assert(literal)) {
                return Some(clause);
            }
            for lemma in lemmas.drain(..) {
                if let Some(failed) = self.add_lemma(lemma) {
                    return Some(failed);
                }
            }
        }
    }

    fn propagate_clauses(&mut self) -> Option<ClauseId> {
        while let Some(literal) = self.assignment.at(self.propagated) {
            self.propagated += 1;
            let failed = !literal;
            let mut watching = std::mem::take(&mut self.watches[failed]);
            let mut conflict = None;
            let Self { clauses, watches, assignment, .. } = self;
            watching.retain_mut(|watch| {
                if conflict.is_some() || assignment.holds(watch.blocker) {
                    return true;
                }
                let clause = &mut clauses[watch.clause];
                if clause.first() == Some(&failed) {
                    clause.swap(0, 1);
                }
                let [first, _, rest @ ..] = clause.as_slice() else { return true };
                let first = *first;
                watch.blocker = first;
                if assignment.holds(first) {
                    return true;
                }
                if let Some(place) = rest.iter().position(|&other| !assignment.fails(other)) {
                    clause.swap(1, place + 2);
                    if let Some(&replacement) = clause.get(1) {
                        watches[replacement].push(*watch);
                    }
                    return false;
                }
                if assignment.fails(first) {
                    conflict = Some(watch.clause);
                } else {
                    assignment.assign(first, Some(watch.clause));
                }
                true
            });
            self.watches[failed] = watching;
            if conflict.is_some() {
                return conflict;
            }
        }
        None
    }

    /// Adds a lemma whose literals, but for the first, all fail. Gives it back if the first fails as well.
    fn add_lemma(&mut self, mut lemma: Lemma) -> Option<Lemma> {
        let &implied = lemma.first()?;
        match self.assignment.value(implied) {
            Some(true) => None,
            Some(false) => Some(lemma),
            None => {
                let (_, causes) = lemma.split_first_mut()?;
                causes.sort_unstable_by_key(|&cause| (std::cmp::Reverse(self.assignment.level_of(cause)), cause));
                lemma.dedup();
                let reason = self.learn(lemma);
                self.assignment.assign(implied, reason);
                None
            }
        }
    }

    /// Keeps a clause and watches its first two literals; one of a single literal has nothing to watch and is not kept.
    pub(super) fn store(&mut self, clause: Vec<Literal>) -> Option<ClauseId> {
        let &[first, second, ..] = clause.as_slice() else { return None };
        let id = self.clauses.push(clause);
        self.watches[first].push(Watch { clause: id, blocker: second });
        self.watches[second].push(Watch { clause: id, blocker: first });
        Some(id)
    }

    /// Declares that nothing satisfies the clauses.
    pub(super) fn give_up(&mut self) {
        self.contradictory = true;
    }

    fn next_decision(&mut self, assumptions: &[Literal]) -> Next {
        if let Some(&assumption) = assumptions.get(self.assignment.level()) {
            return match self.assignment.value(assumption) {
                Some(false) => Next::Failed,
                // A level of its own keeps levels and assumptions in step.
                Some(true) => {
                    self.assignment.open_level();
                    Next::Hold
                }
                None => Next::Decide(assumption),
            };
        }
        match self.order.next_open(&self.assignment) {
            Some(variable) => Next::Decide(Literal::new(variable, self.phases[variable])),
            None => Next::Complete,
        }
    }

    /// Takes back all levels above `level`.
    pub(super) fn return_to(&mut self, level: usize) {
        if self.assignment.level() <= level {
            return;
        }
        let end = self.assignment.end_of_level(level);
        while self.assignment.assigned() > end {
            let Some(literal) = self.assignment.take_back() else { break };
            self.phases[literal.variable()] = literal.is_positive();
            self.order.reopen(literal.variable());
        }
        self.assignment.close_levels(level);
        self.propagated = self.propagated.min(end);
        if let Some(&(equality, numbers)) = self.heard.get(end) {
            self.equality.take_back(equality);
            self.numbers.take_back(numbers);
            self.heard.truncate(end);
        }
    }

    fn keep_model(&mut self, numbers: Table<Node, i128>) {
        let mut truths = Table::new();
        for index in 0..self.assignment.variables() {
            truths.push(self.assignment.holds(Literal::new(Variable::from_index(index), true)));
        }
        let mut classes = Table::new();
        for term in self.equality.terms() {
            classes.push((self.equality.class_of(term), self.equality.constant_of(term)));
        }
        self.model = Some(Model { truths, numbers, classes });
    }
}

enum Next {
    /// An assumption fails.
    Failed,
    /// An assumption holds already.
    Hold,
    Decide(Literal),
    /// Everything is assigned.
    Complete,
}

/// How many conflicts to allow before the next restart: the sequence 1 1 2 1 1 2 4 … times a unit (Luby, Sinclair,
/// Zuckerman, "Optimal Speedup of Las Vegas Algorithms", 1993).
fn conflicts_before_restart(restarts: u64) -> u64 {
    const UNIT: u64 = 64;
    let mut place = restarts + 1;
    loop {
        let full = u64::MAX >> place.leading_zeros();
        if place == full {
            return UNIT * (full / 2 + 1);
        }
        place -= full / 2;
    }
}
