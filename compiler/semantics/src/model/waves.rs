//! Waves: which syncs begin together, and in which order.

use syncline_diagnostics::Span;

/// A wave.
#[derive(Debug, Clone)]
pub struct Wave {
    /// Its name.
    pub name: String,
    /// The waves that begin before it.
    pub after: Vec<(String, Span)>,
    /// Its syncs.
    pub syncs: Vec<(String, Span)>,
    /// Whether part of it could not be understood.
    pub poisoned: bool,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}
