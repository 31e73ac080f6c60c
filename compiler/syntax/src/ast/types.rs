//! Types as they are written, and the sets of values that are declared.

use super::{Name, Number, Path, Range};

/// A type as written at a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeExpr {
    /// The type itself.
    pub kind: TypeKind,
    /// The `?` after it.
    pub optional: Option<Range>,
    /// The `fixed` after it.
    pub fixed: Option<Range>,
    /// The whole, with `?` and `fixed`.
    pub range: Range,
}

/// The forms of types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeKind {
    /// `text`, `text(18)`
    Text {
        /// The most code points it may have.
        width: Option<Number>,
    },
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// `decimal(6, 2) hour`
    Decimal {
        /// All digits.
        precision: Number,
        /// Digits after the point.
        scale: Number,
        /// `hour`, `hour / day`
        unit: Option<UnitExpr>,
    },
    /// `date`
    Date,
    /// `instant`
    Instant,
    /// `currency`
    Currency,
    /// `money(USD)`, `money(14, 4) in contract.currency / hour`
    Money {
        /// Precision and scale, when written.
        size: Option<(Number, Number)>,
        /// Which currency its amounts have.
        currency: MoneyCurrency,
        /// The unit after `/`.
        per: Option<Name>,
    },
    /// `percent`, `percent from points`
    Percent {
        /// How the system that holds it writes it.
        from: Option<PercentFrom>,
    },
    /// `enum { A, B }`
    Enum(Enum),
    /// `lifecycle { draft -> signed }`
    Lifecycle(Lifecycle),
    /// The name of an enum, of a lifecycle, or of an object (then a reference).
    Name(Name),
    /// Could not be read, and has been reported.
    Broken,
}

/// `hour`, `hour / day`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitExpr {
    /// Before the slash.
    pub unit: Name,
    /// After the slash.
    pub per: Option<Name>,
    /// Both.
    pub range: Range,
}

/// Where the currency of an amount is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoneyCurrency {
    /// `money(USD)`
    Code(Name),
    /// `money in contract.currency`
    In(Path),
}

/// The word after `percent from`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PercentFrom {
    /// `points`: 15 stands for 15 %
    Points,
    /// `fraction`: 0.15 stands for 15 %
    Fraction,
}

/// The values of an `enum`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// In the order written.
    pub values: Vec<EnumValue>,
}

/// One value of an [`Enum`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnumValue {
    /// Its name.
    pub name: Name,
    /// Its `///` lines, see [`super::Item::docs`].
    pub docs: String,
}

/// The states of a `lifecycle` and the transitions between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifecycle {
    /// In the order written.
    pub chains: Vec<LifecycleChain>,
}

/// `draft -> submitted -> approved`: a transition between each two neighbours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleChain {
    /// At least one state.
    pub states: Vec<Name>,
    /// From the first to the last state.
    pub range: Range,
}
