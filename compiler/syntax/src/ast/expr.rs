//! Expressions: values, predicates, lookups.

use super::{Duration, Name, Number, Path, Range, SmolStr, Text};

/// An expression; its range includes parentheses around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub range: Range,
}

/// The forms of expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExprKind {
    /// `8.00`: its text, digits and at most one point.
    Number(SmolStr),
    /// `24 hour`, `1600.00 USD`: a number of a declared unit or of a currency.
    Quantity {
        /// The number before the unit.
        number: Number,
        /// A unit or an ISO 4217 code; which of both is not decided here.
        unit: Name,
    },
    /// `20%`: the number before the sign.
    Percent(SmolStr),
    /// `15m`
    Duration(Duration),
    /// `2026-01-31`: its text, shaped like a date; whether that day exists is not decided here.
    Date(SmolStr),
    /// `2026-01-31T10:00Z`: its text, shaped like an instant with a zone offset or `Z`.
    Instant(SmolStr),
    /// `"{hours} hours"`
    Text(Text),
    /// `true`, `false`
    Bool(bool),
    /// `null`
    Null,
    /// `self`
    SelfRef,
    /// `hours`, `project.contract.currency`, `TimeState.approved`, `half_even`: what the first name is
    /// (field, `let`, enum, value, mode) is decided by where it stands.
    Path(Path),
    /// `self.x`, `Employee[number: n].team`: fields of something that is not a plain path.
    Field {
        /// What the fields are read from: `self`, a lookup, a call, a parenthesised expression.
        base: Box<Expr>,
        /// The names after it; never empty.
        names: Vec<Name>,
    },
    /// `Employee[number: resource]` by key, `Project[psa.project: project]` by a system's own id.
    Lookup {
        /// The object looked up.
        object: Path,
        /// At least one.
        keys: Vec<LookupKey>,
        /// The day, for an object with dates.
        as_of: Option<Box<AsOf>>,
    },
    /// `(contract as of work_date)`, `(contract at baseline)`: a version of what a reference stands for.
    Version {
        /// The reference.
        base: Box<Expr>,
        /// Which version.
        which: WhichVersion,
    },
    /// `Role[role_code]` through a table of codes, or `psa.project[p]`: the id an object has in a system.
    Index {
        /// A table of codes (one name) or an entity (`system.entity`).
        table: Path,
        /// What is translated.
        value: Box<Expr>,
    },
    /// `round(x, 2, half_even)`
    Call {
        /// The function.
        function: Name,
        /// In the order written.
        arguments: Vec<Expr>,
        /// The value after `else`: what a `round(a / b, …)` gives when the divisor is zero.
        otherwise: Option<Box<Expr>>,
    },
    /// `match e { A => x; B, C => y; else => z }`
    Match {
        /// What is compared.
        subject: Box<Expr>,
        /// In the order written.
        arms: Vec<MatchArm>,
    },
    /// `-x`, `not p`
    Unary {
        /// The sign or word.
        operator: UnaryOperator,
        /// What it applies to.
        operand: Box<Expr>,
    },
    /// `a * b`, `p and q`; the operator stands between the ranges of both sides.
    Binary {
        /// The sign or word between both.
        operator: BinaryOperator,
        /// Before the operator.
        left: Box<Expr>,
        /// After the operator.
        right: Box<Expr>,
    },
    /// `x in { a, b }`
    In {
        /// What is looked for.
        value: Box<Expr>,
        /// The elements, names and literals, in the order written.
        set: Vec<Expr>,
    },
    /// `x is known`, `x is unknown`
    Is {
        /// What is tested.
        value: Box<Expr>,
        /// True for `known`.
        known: bool,
    },
    /// Could not be read, and has been reported.
    Broken,
}

/// `number: resource` inside the brackets of a lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupKey {
    /// A key field of the object (one name), or the `system.entity` whose id is given.
    pub key: Path,
    /// The value it must have.
    pub value: Expr,
    /// Key and value.
    pub range: Range,
}

/// `as of work_date`, `as of d at most 4d old`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf {
    /// The day.
    pub day: Expr,
    /// How old a row of a step series may be on that day.
    pub at_most: Option<Duration>,
    /// From `as` to the end.
    pub range: Range,
}

/// Which version of a versioned object is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichVersion {
    /// `as of d`: the one that holds on a day.
    AsOf(Box<AsOf>),
    /// `at baseline`: the first one.
    Baseline(Range),
}

/// `B, C => y`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatchArm {
    /// What it selects.
    pub pattern: MatchPattern,
    /// The value of the whole when it is selected.
    pub value: Expr,
    /// Pattern and value.
    pub range: Range,
}

/// The left side of a [`MatchArm`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MatchPattern {
    /// `A, B`: names of values and literals; at least one.
    Values(Vec<Expr>),
    /// `else`
    Else(Range),
}

/// An operator before its operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Negate,
    /// `not`
    Not,
}

/// An operator between its operands. From weakest to strongest: `or`, `and`, (`not`), comparisons with `in` and
/// `is`, `??`, `+ -`, `* /`, (unary `-`). All group to the left, `??` to the right; comparisons do not chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `or`
    Or,
    /// `and`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `??`: the left side unless it is null
    Coalesce,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`: read anywhere, meaningful inside `round` only
    Divide,
}
