//! Typed expressions. The static types are exact: the evaluator neither guesses nor widens on its own.

use crate::{At, Type};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An expression with its result type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Expr {
    /// The type of the result.
    pub ty: Type,
    /// What is computed.
    #[serde(flatten)]
    pub op: Op,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<At>,
}

/// One operation. Operands of arithmetic and comparisons are required (never null) unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Op {
    /// A constant.
    Literal {
        /// Its value, in the scale of the expression's type.
        value: Literal,
    },
    /// A field of the record at hand: of the source entity in an inbound map, of the object elsewhere.
    Field {
        /// Its name.
        field: String,
    },
    /// A value bound by `let` earlier in the same map.
    Let {
        /// Its name.
        name: String,
    },
    /// The record at hand itself, as a reference.
    Own,
    /// The name of the system a record was captured from; in inbound maps only.
    Origin,
    /// A field of the record which `base`, a reference, points to; null when `base` is null.
    Follow {
        /// The reference.
        base: Box<Expr>,
        /// The object it points to.
        object: String,
        /// The field read.
        field: String,
    },
    /// The object with these key values. Finding none fails with `lookup-missing`, or makes the record wait when `waits`;
    /// several fail with `lookup-ambiguous`. A null key value gives null when the type is optional.
    Lookup {
        /// The object looked up.
        object: String,
        /// All fields of its key, in key order.
        key: Vec<KeyArgument>,
        /// The day, for an object whose rows are dated; none for all others. No row on that day, or one that is too old, fails
        /// with `missing`, or makes the record wait when `waits`; several rows fail with `conflicting`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        as_of: Option<AsOf>,
        /// Whether some sync brings the object, so that waiting for it makes sense.
        waits: bool,
    },
    /// A version of the object which `base`, a reference, stands for; null when `base` is null. None on that day fails with
    /// `missing`, or makes the record wait when `waits`.
    Version {
        /// The reference.
        base: Box<Expr>,
        /// The object, which is versioned.
        object: String,
        /// The day on which the version holds; none is the baseline, the version with the lowest number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        as_of: Option<Box<Expr>>,
        /// As in [`Op::Lookup`].
        waits: bool,
    },
    /// The object bound in the crosswalk to a system's own identifier.
    Crosswalk {
        /// The object looked up.
        object: String,
        /// The system whose identifier it is.
        system: String,
        /// The entity whose identifier it is.
        entity: String,
        /// The identifier.
        id: Box<Expr>,
        /// As in [`Op::Lookup`].
        waits: bool,
    },
    /// The identifier which an entity of a system has for an object; fails with `lookup-missing` when it has none.
    ForeignId {
        /// The system.
        system: String,
        /// The entity.
        entity: String,
        /// The object, a reference.
        record: Box<Expr>,
    },
    /// A code translated by a code table; fails with `unmapped-value`.
    Code {
        /// The table.
        codes: String,
        /// Into the hub or out of it.
        direction: Direction,
        /// The code.
        value: Box<Expr>,
    },
    /// Arithmetic negation.
    Negate {
        /// The number.
        value: Box<Expr>,
    },
    /// A sum of two numbers, or a date and a number of days.
    Add {
        /// First operand.
        left: Box<Expr>,
        /// Second operand.
        right: Box<Expr>,
    },
    /// A difference of two numbers; of a date and a number of days; of two dates, in days.
    Subtract {
        /// First operand.
        left: Box<Expr>,
        /// Second operand.
        right: Box<Expr>,
    },
    /// A product; at most one operand is money.
    Multiply {
        /// First operand.
        left: Box<Expr>,
        /// Second operand.
        right: Box<Expr>,
    },
    /// `round(left / right, scale, mode)`: one division and one rounding, on integers.
    Divide {
        /// Dividend.
        left: Box<Expr>,
        /// Divisor.
        right: Box<Expr>,
        /// How the exact quotient is brought to the scale of the result.
        mode: Rounding,
        /// The result when the divisor is zero; without it the divisor is proved not to be.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<Box<Expr>>,
    },
    /// A number brought to the scale of the result type.
    Round {
        /// The number.
        value: Box<Expr>,
        /// How.
        mode: Rounding,
    },
    /// Money brought to the number of minor units of a currency (ISO 4217).
    RoundCurrency {
        /// The amount.
        value: Box<Expr>,
        /// The currency, which must equal the amount's.
        currency: Box<Expr>,
        /// How.
        mode: Rounding,
    },
    /// Money in another currency, rounded once to its number of minor units. An amount that is in that currency is only rounded,
    /// and no rate is looked up.
    Exchange {
        /// The amount.
        value: Box<Expr>,
        /// The currency of the result.
        currency: Box<Expr>,
        /// A plain number: how much of the result's currency one of the amount's is worth.
        rate: Box<Expr>,
        /// How the exact product is rounded.
        mode: Rounding,
    },
    /// The value as the result type: a widening, or a conversion that fails with `value-too-large` or `currency-changed`.
    Convert {
        /// The value; null stays null when the result is optional, and fails with `required-missing` when it is not.
        value: Box<Expr>,
        /// The currency which an amount must have, else `currency-changed`; none when it is proved to have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        currency: Option<Box<Expr>>,
    },
    /// A comparison. `equal` and `not_equal` are total (null equals only null).
    Compare {
        /// Which one.
        comparison: Comparison,
        /// First operand.
        left: Box<Expr>,
        /// Second operand.
        right: Box<Expr>,
    },
    /// Whether the value is one of a set.
    In {
        /// The value; null is in no set.
        value: Box<Expr>,
        /// Constants of its type.
        set: Vec<Literal>,
    },
    /// Whether the value is not null.
    IsKnown {
        /// The value.
        value: Box<Expr>,
    },
    /// All of them, evaluated left to right until one is false.
    And {
        /// The conditions.
        all: Vec<Expr>,
    },
    /// Any of them, evaluated left to right until one is true.
    Or {
        /// The conditions.
        any: Vec<Expr>,
    },
    /// Negation.
    Not {
        /// The condition.
        value: Box<Expr>,
    },
    /// The first value, or the second when it is null.
    Coalesce {
        /// An optional value.
        value: Box<Expr>,
        /// Its replacement.
        otherwise: Box<Expr>,
    },
    /// The first arm whose values contain the subject. Fails with `unmapped-value` when no arm does and there is no `otherwise`.
    Match {
        /// The value compared.
        subject: Box<Expr>,
        /// The arms in order.
        arms: Vec<Arm>,
        /// The `else` arm.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        otherwise: Option<Box<Expr>>,
    },
    /// A built-in function. Optional operands give an optional result: null in, null out.
    Call {
        /// The function.
        function: Function,
        /// Its arguments.
        arguments: Vec<Expr>,
    },
    /// Interpolated text.
    Text {
        /// The parts in order.
        parts: Vec<TextPart>,
    },
}

/// A constant. Numbers are decimal strings in the scale of the type; enum values are their names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Literal {
    /// Null.
    Null,
    /// True or false.
    Bool(bool),
    /// A decimal, digits as in `-12.50`.
    Decimal(String),
    /// Money.
    Money {
        /// A decimal, digits as in `-12.50`.
        amount: String,
        /// ISO 4217 code.
        currency: String,
    },
    /// Text.
    Text(String),
    /// `2026-01-31`.
    Date(String),
    /// `2026-01-31T10:00:00Z`.
    Instant(String),
    /// ISO 4217 code.
    Currency(String),
    /// A value of an enumeration or a state of a lifecycle.
    Enum(String),
}

/// One field of a key and the value looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyArgument {
    /// The key field.
    pub field: String,
    /// The value.
    pub value: Expr,
}

/// The day on which a row of a dated object is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AsOf {
    /// The day, a date.
    pub day: Box<Expr>,
    /// For step series: how many days a row may be old.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most_days: Option<u32>,
}

/// Which way a code table is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the system's code to the enumeration.
    In,
    /// From the enumeration to the system's code.
    Out,
}

/// How a number loses digits. `half_*` modes decide ties; the others ignore how near a neighbour is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Ties to the even neighbour.
    HalfEven,
    /// Ties away from zero.
    HalfUp,
    /// Ties towards zero.
    HalfDown,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
    /// Towards positive infinity.
    Ceiling,
    /// Towards negative infinity.
    Floor,
}

/// A comparison of two values of one type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
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
}

/// An arm of a `match`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Arm {
    /// The values it stands for.
    pub values: Vec<Literal>,
    /// The result.
    pub result: Expr,
}

/// Part of an interpolated text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextPart {
    /// Text as it is.
    Text(String),
    /// A value, written as `text(x)` writes it; null is written as `null`.
    Value(Expr),
}

/// Built-in functions; text positions and lengths count code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// `truncate(text, n)`: the first `n` code points.
    Truncate,
    /// `upper(text)`, by Unicode's full mapping.
    Upper,
    /// `lower(text)`, by Unicode's full mapping.
    Lower,
    /// `trim(text)`: without white space at both ends.
    Trim,
    /// `folded(text)`: NFKC, lower case, white space runs as one blank, trimmed; for matching.
    Folded,
    /// `length(text)`.
    Length,
    /// `starts_with(text, prefix)`.
    StartsWith,
    /// `ends_with(text, suffix)`.
    EndsWith,
    /// `contains(text, part)`.
    Contains,
    /// `replace(text, part, replacement)`: every occurrence.
    Replace,
    /// `left(text, n)`.
    Left,
    /// `right(text, n)`.
    Right,
    /// `concat(text, …)`.
    Concat,
    /// `text(x)`: numbers with all digits of their scale, money with its code, dates and instants in ISO 8601.
    Text,
    /// `decimal(text, p, s)`: fails with `cast-failed`.
    Decimal,
    /// `int(text)`: fails with `cast-failed`.
    Int,
    /// `date(text)`: fails with `cast-failed`.
    Date,
    /// `min(a, b, …)`.
    Min,
    /// `max(a, b, …)`.
    Max,
    /// `abs(x)`.
    Abs,
    /// `date_of(instant, zone)`.
    DateOf,
    /// `start_of(date, zone)`: the first instant of the day.
    StartOf,
    /// `year(date)`.
    Year,
    /// `month(date)`, 1 to 12.
    Month,
    /// `day(date)`, 1 to 31.
    Day,
}
