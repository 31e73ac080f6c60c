//! Literals, and what is assigned to them during the search.
//!
//! Terms:
//! - **variable**: a truth value that the search decides on; **literal**: a variable or its negation;
//! - **trail**: the literals assigned so far, oldest first;
//! - **level**: the number of decisions below; level 0 holds what is true anyway;
//! - **reason**: the clause that left a literal no choice.

use std::ops::Not;

use super::table::{Id, Table, ids};

ids! {
    /// A truth value that the search decides on.
    Variable,
    /// A clause of the search.
    ClauseId,
}

/// A variable or its negation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Literal(u32);

impl Literal {
    /// The literal that always holds: the first variable is reserved for it.
    pub(super) const TRUE: Self = Self(0);
    /// The literal that never holds.
    pub(super) const FALSE: Self = Self(1);

    /// The literal that says that `variable` is `truth`.
    pub(super) fn new(variable: Variable, truth: bool) -> Self {
        Self::from_index(2 * variable.index() + usize::from(!truth))
    }

    /// What the literal speaks about.
    pub(super) fn variable(self) -> Variable {
        Variable::from_index(self.index() / 2)
    }

    /// Whether it says that its variable is true.
    pub(super) fn is_positive(self) -> bool {
        self.0.is_multiple_of(2)
    }
}

impl Not for Literal {
    type Output = Self;
    fn not(self) -> Self {
        Self(self.0 ^ 1)
    }
}

impl Id for Literal {
    fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is assigned, in which order, at which level and why.
#[derive(Debug)]
pub(super) struct Assignment {
    values: Table<Variable, Option<bool>>,
    levels: Table<Variable, usize>,
    reasons: Table<Variable, Option<ClauseId>>,
    trail: Vec<Literal>,
    /// Where on the trail each level above 0 starts.
    starts: Vec<usize>,
}

impl Assignment {
    pub(super) fn new() -> Self {
        Self {
            values: Table::new(),
            levels: Table::new(),
            reasons: Table::new(),
            trail: Vec::new(),
            starts: Vec::new(),
        }
    }

    pub(super) fn add_variable(&mut self) -> Variable {
        self.levels.push(0);
        self.reasons.push(None);
        self.values.push(None)
    }

    pub(super) fn variables(&self) -> usize {
        self.values.len()
    }

    /// Whether the literal holds, if that is decided.
    pub(super) fn value(&self, literal: Literal) -> Option<bool> {
        self.values[literal.variable()].map(|truth| truth == literal.is_positive())
    }

    pub(super) fn holds(&self, literal: Literal) -> bool {
        self.value(literal) == Some(true)
    }

    pub(super) fn fails(&self, literal: Literal) -> bool {
        self.value(literal) == Some(false)
    }

    pub(super) fn is_open(&self, variable: Variable) -> bool {
        self.values[variable].is_none()
    }

    /// The level at which the literal's variable was assigned.
    pub(super) fn level_of(&self, literal: Literal) -> usize {
        self.levels[literal.variable()]
    }

    pub(super) fn reason_of(&self, literal: Literal) -> Option<ClauseId> {
        self.reasons[literal.variable()]
    }

    /// The number of decisions now in force.
    pub(super) fn level(&self) -> usize {
        self.starts.len()
    }

    pub(super) fn open_level(&mut self) {
        self.starts.push(self.trail.len());
    }

    /// Makes a literal hold that is not assigned yet.
    pub(super) fn assign(&mut self, literal: Literal, reason: Option<ClauseId>) {
        let variable = literal.variable();
        self.values[variable] = Some(literal.is_positive());
        self.levels[variable] = self.starts.len();
        self.reasons[variable] = reason;
        self.trail.push(literal);
    }

    /// The literal at a place of the trail.
    pub(super) fn at(&self, place: usize) -> Option<Literal> {
        self.trail.get(place).copied()
    }

    /// How many literals are assigned.
    pub(super) fn assigned(&self) -> usize {
        self.trail.len()
    }

    /// The length of the trail up to and with `level`.
    pub(super) fn end_of_level(&self, level: usize) -> usize {
        self.starts.get(level).copied().unwrap_or(self.trail.len())
    }

    /// Takes back the last literal; the caller ends at the start of a level and then calls
    /// [`Assignment::close_levels`].
    pub(super) fn take_back(&mut self) -> Option<Literal> {
        let literal = self.trail.pop()?;
        self.values[literal.variable()] = None;
        Some(literal)
    }

    pub(super) fn close_levels(&mut self, level: usize) {
        self.starts.truncate(level);
    }
}
