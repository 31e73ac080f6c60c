//! The solver: can these guards hold together, does one imply another, do they leave a gap?
//!
//! It decides, exactly, formulas over
//! - truth values, enums, texts and references, compared for equality with constants and with each other;
//! - numbers, compared with constants and with each other plus a constant (difference constraints), exact on whole
//!   numbers and on decimals scaled to them;
//! - nulls, with predicates of two values;
//! - fields of references, which are equal when the references are.
//!
//! Everything else a predicate can say goes in as an *uninterpreted atom*, and a witness that rests on one is only
//! possible.
//!
//! Terms, in the order of the way through:
//! - [`Vocabulary`]: the **paths** of a question with their **domains**; [`Formula`]: what is said about them;
//! - **survey**: what a question speaks about, and which paths might be equal;
//! - **encoding**: literals for what paths hold, clauses for what paths are;
//! - **search**: conflict-driven clause learning over the clauses, with a theory of equality and one of numbers;
//! - **preference**: of all witnesses the simplest, the same one in every run;
//! - [`Witness`]: that record, replayed against the question before it is given out;
//! - [`Answer`], [`Satisfiable`], [`Doubt`]: what the asker gets.
//!
//! The solver knows neither the model nor the syntax: checks translate guards into formulas, and witnesses into
//! records.

mod cnf;
mod conflict;
mod differences;
mod domains;
mod encoding;
mod forgetting;
mod formula;
mod literal;
mod order;
mod preference;
mod query;
mod search;
mod survey;
mod table;
#[cfg(test)]
mod tests;
mod theory_equality;
mod theory_numbers;
mod theory_steps;
mod witness;

pub use domains::{Constant, Domain, Integers, PathId, Value, Vocabulary};
pub use formula::{Comparison, Formula};
pub use query::{Answer, Doubt, Satisfiable, covered, disjoint, implied, mutually_disjoint, satisfiable};
pub use witness::Witness;
