//! Types of fields and expressions.
//!
//! Every number is a fixed-point decimal: an `i128` coefficient with the static `scale` given here. `int` is `decimal(18, 0)`.
//! Units are part of the type: `decimal(6, 2) hour`, `money / hour`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A type: a [`Kind`] which may be absent (`T?`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Type {
    /// What values look like.
    #[serde(flatten)]
    pub kind: Kind,
    /// Whether null is a value of this type.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// The shape of values of a type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// Unicode text in NFC, at most `max` code points.
    Text {
        /// Greatest number of code points; none is unbounded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<u32>,
    },
    /// True or false.
    Bool,
    /// An exact decimal.
    Decimal {
        /// Number of digits, at most 28 when stored and 38 inside an expression.
        precision: u8,
        /// Number of digits after the point.
        scale: u8,
        /// `hour`, `hour/day`; none is a plain number.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<String>,
    },
    /// An amount of money; a value carries its currency.
    Money {
        /// Number of digits, at most 28 when stored and 38 inside an expression.
        precision: u8,
        /// Number of digits after the point.
        scale: u8,
        /// Where the currency is known from.
        currency: CurrencyOf,
        /// The unit of a rate, `hour` in `money / hour`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        per: Option<String>,
    },
    /// A calendar date without a zone.
    Date,
    /// A point in time, to the microsecond.
    Instant,
    /// An ISO 4217 code.
    Currency,
    /// A value of an [`Enumeration`](crate::Enumeration) or a state of a [`Lifecycle`](crate::Lifecycle).
    Enum {
        /// Name of the enumeration or lifecycle.
        name: String,
    },
    /// The identity of a canonical object.
    Reference {
        /// Name of the object.
        object: String,
    },
    /// A version of a versioned object; of expressions only, no field has it.
    Version {
        /// Name of the object.
        object: String,
    },
}

/// Where the currency of a money type is known from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CurrencyOf {
    /// Always this ISO 4217 code.
    Fixed(String),
    /// The currency found at this path, from the record the field belongs to.
    Path(String),
}

impl Type {
    /// A required value of `kind`.
    #[must_use]
    pub const fn required(kind: Kind) -> Self {
        Self { kind, optional: false }
    }

    /// A value of `kind` or null.
    #[must_use]
    pub const fn optional(kind: Kind) -> Self {
        Self { kind, optional: true }
    }

    /// The static scale of numbers and money, 0 for everything else.
    #[must_use]
    pub const fn scale(&self) -> u8 {
        match self.kind {
            Kind::Decimal { scale, .. } | Kind::Money { scale, .. } => scale,
            _ => 0,
        }
    }

    /// The static number of digits of numbers and money, 0 for everything else.
    #[must_use]
    pub const fn precision(&self) -> u8 {
        match self.kind {
            Kind::Decimal { precision, .. } | Kind::Money { precision, .. } => precision,
            _ => 0,
        }
    }
}

impl Kind {
    /// `int`: a whole number of up to 18 digits.
    pub const INT: Self = Self::Decimal { precision: 18, scale: 0, unit: None };
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.kind, if self.optional { "?" } else { "" })
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Text { max: None } => f.write_str("text"),
            Self::Text { max: Some(n) } => write!(f, "text({n})"),
            Self::Bool => f.write_str("bool"),
            Self::Decimal { precision: 18, scale: 0, unit: None } => f.write_str("int"),
            Self::Decimal { precision, scale, unit } => {
                write!(f, "decimal({precision}, {scale})")?;
                unit.as_ref().map_or(Ok(()), |unit| write!(f, " {unit}"))
            }
            Self::Money { precision, scale, currency, per } => {
                match currency {
                    CurrencyOf::Fixed(code) => write!(f, "money({code}, {precision}, {scale})")?,
                    CurrencyOf::Path(path) => write!(f, "money({precision}, {scale}) in {path}")?,
                }
                per.as_ref().map_or(Ok(()), |unit| write!(f, " / {unit}"))
            }
            Self::Date => f.write_str("date"),
            Self::Instant => f.write_str("instant"),
            Self::Currency => f.write_str("currency"),
            Self::Enum { name } => f.write_str(name),
            Self::Reference { object } => f.write_str(object),
            Self::Version { object } => write!(f, "version of {object}"),
        }
    }
}
