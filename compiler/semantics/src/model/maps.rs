//! Maps: what is computed, assigned and required, in the order of evaluation.

use super::Predicate;
use syncline_diagnostics::Span;
use syncline_ir as ir;

/// A map.
#[derive(Debug, Clone)]
pub struct Map {
    /// `psa.timecard -> TimeEntry`.
    pub id: String,
    /// Into the hub or out of it.
    pub direction: ir::MapDirection,
    /// Out of the hub, `updates`: it changes the row that the record came from, and adds none.
    pub publishes: bool,
    /// `system.entity`.
    pub entity: String,
    /// The object.
    pub object: String,
    /// `where`.
    pub condition: Option<Predicate>,
    /// In the order of evaluation.
    pub lets: Vec<Let>,
    /// In the order written.
    pub assignments: Vec<Assignment>,
    /// In the order written.
    pub requires: Vec<Require>,
    /// `wait at most`, in seconds, with its place.
    pub wait: Option<(u64, Span)>,
    /// `outside claim`, with its place.
    pub outside_claim: Option<(ir::OutsideClaim, Span)>,
    /// Source fields knowingly not read.
    pub ignored: Vec<(String, Span)>,
    /// Queue of last resort; none is poison.
    pub otherwise: Option<String>,
    /// Whether something in the map could not be read or resolved: checks of completeness stay silent.
    pub poisoned: bool,
    /// Documentation.
    pub doc: Option<String>,
    /// The header's place.
    pub span: Span,
    /// The last statement's end, where a fix may add a line.
    pub end: Span,
}

/// `let name = value`.
#[derive(Debug, Clone)]
pub struct Let {
    /// Its name.
    pub name: String,
    /// Its value; none is poison.
    pub value: Option<ir::Expr>,
    /// Position among the map's statements.
    pub order: u32,
    /// Its name's place.
    pub span: Span,
}

/// `field = value`.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The field.
    pub field: String,
    /// The value in the field's type; none is poison.
    pub value: Option<ir::Expr>,
    /// `else quarantine`.
    pub route: Option<ir::Route>,
    /// Position among the map's statements.
    pub order: u32,
    /// The field's place.
    pub span: Span,
    /// The value's place.
    pub value_span: Span,
}

/// `require P else quarantine`.
#[derive(Debug, Clone)]
pub struct Require {
    /// What must hold.
    pub predicate: Predicate,
    /// Where the record goes; none is poison.
    pub route: Option<ir::Route>,
    /// Position among the map's statements.
    pub order: u32,
}
