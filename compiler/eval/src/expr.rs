//! Linked expressions: the tree that is evaluated.
//!
//! Each node has what evaluation needs at hand: positions in place of names, constants parsed, scales turned into **shifts** (how
//! many digits an operand is moved to the left before it is used), time zones loaded.

pub use crate::evaluate::{Frame, evaluate, holds};

use crate::coverage::{PointKind, Seen};
use crate::{CodesIx, EntityIx, ObjectIx, Shape, Value};
use jiff::tz::TimeZone;
use std::sync::Arc;
use syncline_ir::{Comparison, Function, Rounding};

/// An expression with all names resolved.
#[derive(Debug, Clone)]
pub struct LinkedExpr {
    /// The shape of the result.
    pub shape: Shape,
    pub(crate) node: Node,
}

pub(crate) type Operand = Box<LinkedExpr>;

#[derive(Debug, Clone)]
pub(crate) enum Node {
    Constant(Value),
    Field(usize),
    Let(usize),
    Own,
    Follow {
        base: Operand,
        object: ObjectIx,
        field: usize,
    },
    Lookup {
        object: ObjectIx,
        key: Box<[LinkedExpr]>,
        waits: bool,
    },
    /// Of a dated object.
    LookupAsOf(Box<LinkedAsOf>),
    /// Of a versioned object.
    Version(Box<LinkedVersion>),
    Crosswalk {
        object: ObjectIx,
        entity: EntityIx,
        id: Operand,
        waits: bool,
    },
    ForeignId {
        entity: EntityIx,
        object: ObjectIx,
        record: Operand,
    },
    CodeIn {
        codes: CodesIx,
        value: Operand,
    },
    CodeOut {
        codes: CodesIx,
        value: Operand,
    },
    Negate(Operand),
    Add {
        left: Operand,
        right: Operand,
        left_shift: u8,
        right_shift: u8,
    },
    Subtract {
        left: Operand,
        right: Operand,
        left_shift: u8,
        right_shift: u8,
    },
    AddDays {
        date: Operand,
        days: Operand,
        negative: bool,
    },
    DaysBetween {
        left: Operand,
        right: Operand,
        shift: u8,
    },
    Multiply {
        left: Operand,
        right: Operand,
        shift: u8,
    },
    /// The exact quotient of coefficients is `left · 10^left_shift / (right · 10^right_shift)`.
    Divide {
        left: Operand,
        right: Operand,
        left_shift: u8,
        right_shift: u8,
        mode: Rounding,
        otherwise: Option<Operand>,
    },
    Round {
        value: Operand,
        mode: Rounding,
    },
    RoundCurrency {
        value: Operand,
        currency: Operand,
        mode: Rounding,
    },
    Exchange {
        value: Operand,
        currency: Operand,
        rate: Operand,
        mode: Rounding,
    },
    Convert {
        value: Operand,
        currency: Option<Operand>,
    },
    Compare {
        comparison: Comparison,
        left: Operand,
        right: Operand,
        left_shift: u8,
        right_shift: u8,
    },
    In {
        value: Operand,
        set: Box<[Value]>,
    },
    IsKnown(Operand),
    And(Box<[LinkedExpr]>),
    Or(Box<[LinkedExpr]>),
    Not(Operand),
    Coalesce {
        value: Operand,
        otherwise: Operand,
    },
    Match {
        subject: Operand,
        arms: Box<[LinkedArm]>,
        otherwise: Option<Operand>,
    },
    Call {
        function: Function,
        arguments: Box<[LinkedExpr]>,
    },
    DateOf {
        instant: Operand,
        zone: TimeZone,
    },
    StartOf {
        date: Operand,
        zone: TimeZone,
    },
    Text(Box<[LinkedPart]>),
    /// A point of coverage; only in programs that are linked to be observed.
    Observed {
        seen: Arc<Seen>,
        kind: PointKind,
        value: Operand,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct LinkedAsOf {
    pub(crate) object: ObjectIx,
    pub(crate) key: Box<[LinkedExpr]>,
    pub(crate) day: LinkedExpr,
    pub(crate) at_most_days: Option<u32>,
    pub(crate) waits: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct LinkedVersion {
    pub(crate) base: LinkedExpr,
    pub(crate) object: ObjectIx,
    /// None is the baseline.
    pub(crate) day: Option<LinkedExpr>,
    pub(crate) waits: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct LinkedArm {
    pub(crate) values: Box<[Value]>,
    pub(crate) result: LinkedExpr,
}

#[derive(Debug, Clone)]
pub(crate) enum LinkedPart {
    Text(Arc<str>),
    Value(LinkedExpr),
}

impl LinkedExpr {
    pub(crate) const fn new(shape: Shape, node: Node) -> Self {
        Self { shape, node }
    }

    /// The value, when it does not depend on data.
    #[must_use]
    pub const fn constant(&self) -> Option<&Value> {
        match &self.node {
            Node::Constant(value) => Some(value),
            _ => None,
        }
    }
}
