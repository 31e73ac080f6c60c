//! Calendars and sets of holidays, as the plan holds them.

use syncline_diagnostics::Span;
use syncline_ir as ir;

/// A calendar.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// What it says.
    pub calendar: ir::Calendar,
    /// Whether part of it could not be understood.
    pub poisoned: bool,
    /// Its name's place.
    pub span: Span,
}

/// A set of holidays.
#[derive(Debug, Clone)]
pub struct HolidaySet {
    /// What it says.
    pub set: ir::HolidaySet,
    /// Its name's place.
    pub span: Span,
}
