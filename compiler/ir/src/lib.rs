//! The sync plan: everything a release pipeline ships and everything the runtime needs.
//!
//! A [`Plan`] is self-contained, deterministic to the byte and versioned. It is produced by `lower`, executed by `runtime`,
//! turned into documents by `emit`, and read by anybody else through its JSON form and the published JSON Schema.
//!
//! Terms used here:
//! - **system, entity**: an application and one of its record types; an entity's fields are what the application stores.
//! - **object**: a canonical record type of the hub.
//! - **inbound map**: entity to object; **outbound map**: object to entity.
//! - **at**: the place in the specs an element comes from, as `file:line:column`.
//! - **meaning hash**: a hash over the plan without documentation, places and provenance: two plans with the same meaning
//!   hash do the same.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod calendar;
mod currency;
mod expr;
mod hash;
mod lineage;
mod map;
mod object;
mod plan;
mod schema;
mod sync;
mod system;
mod test_case;
mod types;

pub use calendar::{Calendar, Freeze, Holiday, HolidayDay, HolidaySet, Observed, OpenHours};
pub use currency::{Currency, currencies, minor_units};
pub use expr::{Arm, AsOf, Comparison, Direction, Expr, Function, KeyArgument, Literal, Op, Rounding, TextPart};
pub use hash::{expression_digest, meaning_hash};
pub use lineage::{Edge, EdgeKind};
pub use map::{Assignment, Claim, Finds, Let, Map, MapDirection, MaskEntry, Mover, OutsideClaim, Require, Route};
pub use object::{Apart, Effective, Ends, Invariant, Object, ObjectKind, Same, SameTerm};
pub use plan::{
    CodePair, Codes, Enumeration, Field, Lifecycle, Ownership, PercentForm, Plan, Queue, Source, Team, Transition,
    Unit, Workspace,
};
pub use schema::json_schema;
pub use sync::{
    Change, ChangePolicy, Correction, Fresh, Leave, Measure, Order, Pass, Reconcile, Retry, RouteTo, Schedule, Starts,
    Sync, Volume, Wave,
};
pub use system::{
    Acceptance, CallLimit, Control, Deletion, Entity, Event, Idempotency, Nested, OF_PARENT, Period, Product, System,
};
pub use test_case::{TestAction, TestCase, TestField, TestPlace, TestRecord, TestStep, TestValue};
pub use types::{CurrencyOf, Kind, Type};

/// A place in the specs, `file:line:column`, one-based, the file relative to the workspace.
pub type At = String;
