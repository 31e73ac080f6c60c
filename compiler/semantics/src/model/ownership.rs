//! Who may write which field while what holds, and who moves a lifecycle.

use super::Predicate;
use syncline_diagnostics::Span;

/// `ownership of OBJECT by TEAM`.
#[derive(Debug, Clone)]
pub struct OwnershipBlock {
    /// The object.
    pub object: String,
    /// The team; none is poison.
    pub team: Option<String>,
    /// One claim a field, in field order; a `*` is expanded.
    pub claims: Vec<Claim>,
    /// Steps of lifecycle fields.
    pub movers: Vec<Mover>,
    /// Whether a statement could not be read or resolved: what the block leaves out is not known.
    pub poisoned: bool,
    /// The header's place.
    pub span: Span,
}

/// One field and who may write it, while what holds.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The field.
    pub field: String,
    /// The system.
    pub system: String,
    /// `while`.
    pub guard: Option<Predicate>,
    /// The field's name in the claim, or the `*` that stands for it.
    pub span: Span,
    /// The whole statement.
    pub statement: Span,
    /// Whether `*` stands for the field.
    pub by_star: bool,
    /// What is deleted to take the claim back: the name with its comma, or the whole statement.
    pub removal: Span,
    /// Where an exception can be added to the `*`, and the text before its name.
    pub exception: Span,
    /// ` except ` or `, `.
    pub exception_prefix: &'static str,
}

/// One step of a lifecycle field and the system that makes it.
#[derive(Debug, Clone)]
pub struct Mover {
    /// The lifecycle field.
    pub field: String,
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// The system.
    pub system: String,
    /// Where it is written.
    pub span: Span,
}
