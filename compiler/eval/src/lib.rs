//! The pure evaluator of plan expressions: the meaning of the language.
//!
//! A [`Plan`](syncline_ir::Plan) is linked once into a [`Program`], in which names are positions. Then
//! - [`cast`] reads the text of source fields as values,
//! - [`map::run`] runs a map on a record,
//! - [`expr::evaluate`] answers conditions, guards and routes,
//! - [`calendar`] says when calendars are open and schedules tick,
//! - [`show`] writes values for people and for systems.
//!
//! Nothing here does I/O, reads a clock or uses floats. What is not in the record at hand comes through [`Records`]. The same
//! input gives the same output, whatever the machine, its time zone or its locale.
//!
//! Where the reference of the language leaves a choice, the modules say which one is taken.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod arithmetic;
pub mod calendar;
pub mod cast;
mod conditions;
mod coverage;
pub mod digits;
mod evaluate;
pub mod expr;
mod fault;
mod functions;
mod link;
pub mod literal;
mod lookup;
pub mod map;
pub mod number;
mod program;
mod records;
mod rounding;
mod shape;
pub mod show;
pub mod text;
pub mod time;
pub mod timeline;
mod value;

pub use cast::{CastError, Cell};
pub use coverage::{Point, PointKind};
pub use evaluate::Frame;
pub use expr::LinkedExpr;
pub use fault::{Evaluated, Failure, Fault, Missing, Reason};
pub use link::LinkError;
pub use map::{Input, LinkedMap, LinkedMask, Outcome};
pub use program::{
    CodesIx, EntityIx, EnumIx, LinkedAcceptance, LinkedApart, LinkedClaim, LinkedCodes, LinkedDates, LinkedEnds,
    LinkedEntity, LinkedEnum, LinkedField, LinkedInvariant, LinkedMover, LinkedObject, LinkedOrder, LinkedRouteTo,
    LinkedSame, LinkedStarts, LinkedSync, MapIx, ObjectIx, Program,
};
pub use records::{Found, FoundAsOf, NoRecords, Records};
pub use shape::{CurrencyPath, Form, Shape, Side};
pub use value::{CurrencyCode, RecordId, Value};

pub(crate) use fault::Cause;
