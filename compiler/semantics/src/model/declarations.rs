//! Units, teams, queues, enumerations with lifecycles, and code tables.

use syncline_diagnostics::Span;

/// A declared unit.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// A team.
#[derive(Debug, Clone)]
pub struct Team {
    /// Title for people.
    pub title: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// A queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Title for people.
    pub title: Option<String>,
    /// The team that works it.
    pub owner: Option<String>,
    /// Seconds until somebody has looked.
    pub respond_within: u64,
    /// Seconds until it is settled.
    pub resolve_within: u64,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// A closed set of values; a lifecycle when it has transitions.
#[derive(Debug, Clone)]
pub struct Enumeration {
    /// Its name.
    pub name: String,
    /// Its values in the order first written.
    pub values: Vec<(String, Span)>,
    /// A lifecycle's transitions in the order written; none for an enumeration.
    pub transitions: Option<Vec<Transition>>,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place, or that of the inline type.
    pub span: Span,
}

/// A step of a lifecycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// Where it is written.
    pub span: Span,
}

/// A code table.
#[derive(Debug, Clone)]
pub struct Codes {
    /// `system.entity` of the codes.
    pub entity: String,
    /// The field with the code.
    pub field: String,
    /// The enumeration or lifecycle.
    pub target: String,
    /// Its rows.
    pub rows: Vec<CodeRow>,
    /// Whether a row could not be read or resolved.
    pub incomplete: bool,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// A row of a code table.
#[derive(Debug, Clone)]
pub struct CodeRow {
    /// The system's code.
    pub code: String,
    /// The value it stands for.
    pub value: String,
    /// Written back as well.
    pub both_ways: bool,
    /// Where it is written.
    pub span: Span,
}
