//! Formulas: what a predicate says, free of the language's syntax and of the model.
//!
//! Terms:
//! - **atom**: a formula without and, or, not;
//! - **uninterpreted atom**: a statement outside the solver's fragment (a stored set, a count, a product), known by its
//!   normal form only. Equal normal forms are one atom; nothing else is known of it.
//!
//! Predicates are two-valued. `==` and `!=` are total: null equals null and nothing else. An ordered comparison with a
//! null is false, and its negation therefore true. `x == y + c` holds when both are null, since nothing plus something
//! is nothing.

use super::domains::{Constant, PathId};

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

/// A predicate over paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formula {
    /// Always.
    True,
    /// Never.
    False,
    /// All of them; of none, true.
    And(Vec<Formula>),
    /// At least one of them; of none, false.
    Or(Vec<Formula>),
    /// Not so.
    Not(Box<Formula>),
    /// The path is not null.
    Known(PathId),
    /// The path is known and holds the constant. A constant that the domain cannot hold makes this false.
    Equals(PathId, Constant),
    /// The path is known and holds one of the constants.
    OneOf(PathId, Vec<Constant>),
    /// Both paths are null, or both are known and equal.
    Same(PathId, PathId),
    /// `path op constant`, both scaled alike.
    Against(PathId, Comparison, i128),
    /// `left op right + offset`, all scaled alike.
    Between {
        /// The path on the left.
        left: PathId,
        /// How it compares.
        comparison: Comparison,
        /// The path on the right.
        right: PathId,
        /// What is added to the right.
        offset: i128,
    },
    /// A statement that the solver does not look into.
    Uninterpreted(String),
}

/// How a compound formula joins its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    All,
    Any,
    Negation,
}

impl Formula {
    /// All of `parts`.
    pub fn and(parts: impl IntoIterator<Item = Formula>) -> Self {
        Self::And(parts.into_iter().collect())
    }

    /// At least one of `parts`.
    pub fn or(parts: impl IntoIterator<Item = Formula>) -> Self {
        Self::Or(parts.into_iter().collect())
    }

    /// Not `part`; two negations cancel.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "a constructor beside `and` and `or`, not an operator")]
    pub fn not(part: Formula) -> Self {
        match part {
            Self::Not(inner) => *inner,
            Self::True => Self::False,
            Self::False => Self::True,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Where `premise` holds, `conclusion` holds.
    pub fn implies(premise: Formula, conclusion: Formula) -> Self {
        Self::Or(vec![Self::not(premise), conclusion])
    }

    /// The Boolean path holds true.
    pub fn is_true(path: PathId) -> Self {
        Self::Equals(path, Constant::Bool(true))
    }

    /// The path holds the value `name` of its enum.
    pub fn is(path: PathId, name: &str) -> Self {
        Self::Equals(path, Constant::Symbol(name.to_owned()))
    }

    /// The path holds one of the values `names` of its enum.
    pub fn is_in<'n>(path: PathId, names: impl IntoIterator<Item = &'n str>) -> Self {
        Self::OneOf(path, names.into_iter().map(|name| Constant::Symbol(name.to_owned())).collect())
    }

    /// `left op right + offset`.
    pub fn between(left: PathId, comparison: Comparison, right: PathId, offset: i128) -> Self {
        Self::Between { left, comparison, right, offset }
    }

    /// How this formula joins which parts; nothing for an atom.
    pub(super) fn parts(&self) -> Option<(Joint, &[Formula])> {
        match self {
            Self::And(parts) => Some((Joint::All, parts)),
            Self::Or(parts) => Some((Joint::Any, parts)),
            Self::Not(part) => Some((Joint::Negation, std::slice::from_ref(part))),
            _ => None,
        }
    }

    /// All atoms, from left to right. Works with a stack of its own: a deep formula does not exhaust the thread's.
    pub(super) fn atoms(&self) -> impl Iterator<Item = &Formula> {
        let mut pending = vec![self];
        std::iter::from_fn(move || {
            loop {
                let formula = pending.pop()?;
                match formula.parts() {
                    Some((_, parts)) => pending.extend(parts.iter().rev()),
                    None => return Some(formula),
                }
            }
        })
    }

    /// Computes from the leaves up: `atom` gives the result of an atom, `join` that of a compound formula. Works with a
    /// stack of its own.
    pub(super) fn fold<T>(&self, mut atom: impl FnMut(&Formula) -> T, mut join: impl FnMut(Joint, Vec<T>) -> T) -> T {
        let mut open: Vec<(Joint, std::slice::Iter<'_, Formula>, Vec<T>)> = Vec::new();
        let mut current = self;
        loop {
            let mut result = match current.parts() {
                Some((joint, parts)) => {
                    let mut parts = parts.iter();
                    if let Some(first) = parts.next() {
                        open.push((joint, parts, Vec::new()));
                        current = first;
                        continue;
                    }
                    join(joint, Vec::new())
                }
                None => atom(current),
            };
            loop {
                let Some((joint, mut parts, mut results)) = open.pop() else { return result };
                results.push(result);
                if let Some(next) = parts.next() {
                    open.push((joint, parts, results));
                    current = next;
                    break;
                }
                result = join(joint, results);
            }
        }
    }
}
