//! Events of entities.

use super::Predicate;
use syncline_diagnostics::Span;

/// `event NAME vN when P becomes true`.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// The version of its contract.
    pub version: u32,
    /// The condition on a row that becomes true.
    pub predicate: Predicate,
    /// Its name's place.
    pub span: Span,
}
