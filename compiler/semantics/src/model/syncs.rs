//! Syncs: what moves where, when, and what happens when it changes.

use super::Predicate;
use syncline_diagnostics::Span;
use syncline_ir as ir;

/// A sync.
#[derive(Debug, Clone)]
pub struct Sync {
    /// Its name.
    pub name: String,
    /// The team; none is poison.
    pub team: Option<String>,
    /// Title for people.
    pub title: Option<String>,
    /// `system.entity` it captures from.
    pub source: Option<String>,
    /// The object; none is poison.
    pub object: Option<String>,
    /// Where it posts.
    pub routes: Vec<RouteTo>,
    /// `model`, with the intervals said.
    pub schedule: Option<ir::Schedule>,
    /// `capture on`: the event of the source, by name, and its place.
    pub capture_on: Option<(String, Span)>,
    /// `starts DATE by FIELD`.
    pub starts: Option<ir::Starts>,
    /// Names after `after`.
    pub after: Vec<(String, Span)>,
    /// `idempotent by`.
    pub idempotent_by: Vec<String>,
    /// `order by`.
    pub order: Option<ir::Order>,
    /// `correct by`, with its place.
    pub correct: Option<(ir::Correction, Span)>,
    /// `leave`, with its place.
    pub leave: Option<(ir::Leave, Span)>,
    /// `on change of`.
    pub on_change: Vec<ChangePolicy>,
    /// `retry`, with its place.
    pub retry: Option<(ir::Retry, Span)>,
    /// `fresh within`, with its place.
    pub fresh: Option<(ir::Fresh, Span)>,
    /// `volume`.
    pub volume: Option<ir::Volume>,
    /// `reconcile`.
    pub reconcile: Option<(ir::Reconcile, Span)>,
    /// Whether a clause could not be read or resolved: checks of completeness stay silent.
    pub poisoned: bool,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
    /// The `move` statement's place.
    pub move_span: Span,
}

/// A target of a sync.
#[derive(Debug, Clone)]
pub struct RouteTo {
    /// `system.entity`.
    pub entity: String,
    /// `when`.
    pub condition: Option<Predicate>,
    /// Where it is written.
    pub span: Span,
}

/// `on change of OBJECT ACTION`.
#[derive(Debug, Clone)]
pub struct ChangePolicy {
    /// The object; none is the plan.
    pub object: Option<String>,
    /// What happens.
    pub action: ir::Change,
    /// Where it is written.
    pub span: Span,
}
