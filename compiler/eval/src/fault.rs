//! What goes wrong with data.
//!
//! A **fault** is what one evaluation fails with. A **failure** is a fault with its way out: the queue, and the reason under
//! which the record is counted. A **missing** record is one that some sync will bring, so that waiting for it makes sense.

use crate::ObjectIx;
use std::fmt;
use std::sync::Arc;

/// Why a record is quarantined: a built-in name, or the one declared at the step.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// Text that is no value of its type.
    CastFailed,
    /// A lookup that finds nothing.
    LookupMissing,
    /// A lookup that finds several.
    LookupAmbiguous,
    /// No row of a dated object on a day, or only one that is too old.
    Missing,
    /// Several rows of a dated object on one day.
    Conflicting,
    /// Null where a value is required.
    RequiredMissing,
    /// A code or value without a translation.
    UnmappedValue,
    /// Equal key and version, other content.
    KeyConflict,
    /// More digits or code points than the type holds.
    ValueTooLarge,
    /// Money in another currency than the one set for its field.
    CurrencyChanged,
    /// Two currencies in one operation.
    CurrencyMismatch,
    /// A division by zero that no `else` foresees.
    DivisionByZero,
    /// A target that did not answer.
    OutcomeUnknown,
    /// A target that stored something else than was posted.
    StoredDifferently,
    /// A change of state nobody may make.
    IllegalTransition,
    /// A value written outside its owner's claim.
    OutsideClaim,
    /// A posted record that no longer belongs into the target.
    LeftScope,
    /// A posted record that depends on something that changed.
    DependencyChanged,
    /// A `require` that is false and declares no name.
    RequirementNotMet,
    /// A value that is not of the type the plan says; a hub or a plan that was tampered with.
    IllTyped,
    /// A name given by `quarantine QUEUE name`.
    Declared(Arc<str>),
}

impl Reason {
    /// The name, kebab-case for built-in reasons and as written for declared ones.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::CastFailed => "cast-failed",
            Self::LookupMissing => "lookup-missing",
            Self::LookupAmbiguous => "lookup-ambiguous",
            Self::Missing => "missing",
            Self::Conflicting => "conflicting",
            Self::RequiredMissing => "required-missing",
            Self::UnmappedValue => "unmapped-value",
            Self::KeyConflict => "key-conflict",
            Self::ValueTooLarge => "value-too-large",
            Self::CurrencyChanged => "currency-changed",
            Self::CurrencyMismatch => "currency-mismatch",
            Self::DivisionByZero => "division-by-zero",
            Self::OutcomeUnknown => "outcome-unknown",
            Self::StoredDifferently => "stored-differently",
            Self::IllegalTransition => "illegal-transition",
            Self::OutsideClaim => "outside-claim",
            Self::LeftScope => "left-scope",
            Self::DependencyChanged => "dependency-changed",
            Self::RequirementNotMet => "requirement-not-met",
            Self::IllTyped => "ill-typed",
            Self::Declared(name) => name,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What an evaluation fails with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The built-in reason.
    pub reason: Reason,
    /// What happened, for people.
    pub message: String,
    /// Set when waiting may help.
    pub missing: Option<Missing>,
    /// What to blame when several steps fail for one cause.
    pub(crate) cause: Cause,
}

/// The first place that failed, so that a shared cause is reported once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// The expression itself.
    Own,
    /// The cast of this source field.
    Cell(usize),
    /// This `let`.
    Let(usize),
}

/// A record that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The object looked up.
    pub object: ObjectIx,
    /// What was looked for, as in `` `Project` with `number` P-1 ``.
    pub wanted: String,
}

/// The result of an evaluation.
pub type Evaluated<T = crate::Value> = Result<T, Box<Fault>>;

impl Fault {
    pub(crate) fn new(reason: Reason, message: impl Into<String>) -> Box<Self> {
        Box::new(Self { reason, message: message.into(), missing: None, cause: Cause::Own })
    }

    pub(crate) fn required(what: &str) -> Box<Self> {
        Self::new(Reason::RequiredMissing, format!("{what} is missing"))
    }

    pub(crate) fn ill_typed(expected: &str, found: &crate::Value) -> Box<Self> {
        match found {
            crate::Value::Null => Self::new(Reason::RequiredMissing, format!("{expected} is missing")),
            other => Self::new(Reason::IllTyped, format!("expected {expected}, found {}", other.noun())),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason, self.message)
    }
}

impl std::error::Error for Fault {}

/// A fault with its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The reason the record is counted under.
    pub reason: Reason,
    /// The source field of a failed cast, or the target field of a failed assignment; none for conditions and requires.
    pub field: Option<Arc<str>>,
    /// What happened, for people.
    pub message: String,
    /// The queue.
    pub queue: Arc<str>,
    /// The step's position in the map as the plan gives it; 0 for casts and the map's condition, which come before all steps.
    pub order: u32,
    /// Set when waiting may help.
    pub missing: Option<Missing>,
}
