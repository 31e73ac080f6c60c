//! Maps: from an entity to an object (inbound), from an object to an entity (outbound).

use super::{Duration, Expr, Name, Path, Range, Text};

/// `map psa.timecard -> TimeEntry creates { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// `system.entity` or an object.
    pub source: Path,
    /// An object or `system.entity`.
    pub target: Path,
    /// `creates` or `updates`, with its place.
    pub mode: Option<(MapMode, Range)>,
    /// The predicate after `where`.
    pub filter: Option<Expr>,
    /// In the order written.
    pub statements: Vec<MapStatement>,
}

/// What an inbound map may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapMode {
    /// `creates`: may create records.
    Creates,
    /// `updates`: changes existing records only.
    Updates,
}

/// A statement of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MapStatement {
    /// `let rate = …`
    Let(Let),
    /// `hours = hours`
    Assign(Assign),
    /// `require hours > 0 else quarantine …`
    Require(Require),
    /// `wait at most 4h`
    Wait(Wait),
    /// `outside claim ignore`
    OutsideClaim(OutsideClaim),
    /// `ignore field_a, field_b`
    Ignore(Ignore),
    /// `otherwise quarantine data_desk`
    Otherwise(Otherwise),
    /// Could not be read.
    Broken(Range),
}

/// `let rate = EXPR`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Let {
    /// The name it gives.
    pub name: Name,
    /// Its value.
    pub value: Expr,
    /// Where the record goes when the value cannot be found.
    pub route: Option<Route>,
    /// The whole statement.
    pub range: Range,
}

/// `field = EXPR`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    /// The field of the target.
    pub field: Name,
    /// Its value.
    pub value: Expr,
    /// Where the record goes when the value cannot be found or does not fit.
    pub route: Option<Route>,
    /// The whole statement.
    pub range: Range,
}

/// `require PRED else quarantine …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Require {
    /// What must hold.
    pub predicate: Expr,
    /// Where the record goes when it does not; its absence has been reported.
    pub route: Option<Route>,
    /// The whole statement.
    pub range: Range,
}

/// `else quarantine data_desk reason_name "text {x}"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The queue.
    pub queue: Name,
    /// The reason, a name.
    pub reason: Option<Name>,
    /// What the exception says.
    pub message: Option<Text>,
    /// From `quarantine` to the end.
    pub range: Range,
}

/// `wait at most 4h`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The longest a record waits for what it refers to.
    pub at_most: Duration,
    /// The whole statement.
    pub range: Range,
}

/// `outside claim ignore`, `outside claim quarantine data_desk`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideClaim {
    /// The queue, or none for `ignore`.
    pub quarantine: Option<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `ignore field_a, field_b`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// Source fields that are knowingly not read; at least one.
    pub fields: Vec<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `otherwise quarantine data_desk`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otherwise {
    /// The queue of last resort.
    pub queue: Name,
    /// The whole statement.
    pub range: Range,
}
