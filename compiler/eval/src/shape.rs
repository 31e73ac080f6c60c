//! Types with their names resolved.
//!
//! A **shape** is a [`Type`](syncline_ir::Type) after linking: names of enumerations and objects are positions in the
//! [`Program`](crate::Program), and what only matters to the compiler (units, the wording of a currency path) is gone.

use crate::{CurrencyCode, EntityIx, EnumIx, ObjectIx};

/// The shape of a field or an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Shape {
    /// What values look like.
    pub form: Form,
    /// Whether null is a value.
    pub optional: bool,
}

/// What values of a shape look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Text of at most `max` code points.
    Text {
        /// Greatest length; none is unbounded.
        max: Option<u32>,
    },
    /// True or false.
    Bool,
    /// A decimal.
    Decimal {
        /// Number of digits, at most 38.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// An amount of money.
    Money {
        /// Number of digits, at most 38.
        precision: u8,
        /// Digits after the point.
        scale: u8,
        /// The only currency there is, in `money(USD)`.
        fixed: Option<CurrencyCode>,
    },
    /// A calendar date.
    Date,
    /// A point in time.
    Instant,
    /// A currency.
    Currency,
    /// A value of an enumeration or lifecycle.
    Enum(EnumIx),
    /// A reference to a canonical record.
    Reference(ObjectIx),
}

impl Shape {
    /// A required value.
    #[must_use]
    pub const fn required(form: Form) -> Self {
        Self { form, optional: false }
    }
}

impl Form {
    /// Static scale of numbers and money, 0 for everything else.
    #[must_use]
    pub const fn scale(self) -> u8 {
        match self {
            Self::Decimal { scale, .. } | Self::Money { scale, .. } => scale,
            _ => 0,
        }
    }

    /// Static number of digits of numbers and money, 38 for everything else.
    #[must_use]
    pub const fn precision(self) -> u8 {
        match self {
            Self::Decimal { precision, .. } | Self::Money { precision, .. } => precision,
            _ => 38,
        }
    }

    /// Whether it is a decimal or money.
    #[must_use]
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Decimal { .. } | Self::Money { .. })
    }

    /// Whether it is money.
    #[must_use]
    pub const fn is_money(self) -> bool {
        matches!(self, Self::Money { .. })
    }

    /// Whether values of both look alike, so that one can stand for the other without conversion.
    #[must_use]
    pub fn represents(self, other: Self) -> bool {
        match (self, other) {
            (Self::Text { .. }, Self::Text { .. }) => true,
            (Self::Decimal { scale: a, .. }, Self::Decimal { scale: b, .. })
            | (Self::Money { scale: a, .. }, Self::Money { scale: b, .. }) => a == b,
            _ => self == other,
        }
    }
}

/// Where a money field finds its currency, starting from the record it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrencyPath {
    /// The field of the same record the path starts with.
    pub first: usize,
    /// The fields followed from there, each with the object it belongs to.
    pub rest: Box<[(ObjectIx, usize)]>,
}

/// The canonical object or the system's entity a record belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// A row of an entity.
    Entity(EntityIx),
    /// A canonical record.
    Object(ObjectIx),
}
