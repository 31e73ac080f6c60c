//! What the evaluator asks the hub.
//!
//! The evaluator does no I/O. Whatever is not in the record at hand it asks for here. Since every read passes through this trait,
//! an implementation knows what a result depends on.

use crate::{EntityIx, ObjectIx, RecordId, Value};

/// What a lookup finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Exactly one record.
    One(RecordId),
    /// None.
    None,
    /// One with versions, none of which holds now.
    NotInForce,
    /// More than one.
    Several,
}

/// What a lookup as of a day finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundAsOf {
    /// The one row valid on that day.
    One {
        /// The row.
        row: RecordId,
        /// Its first day.
        since: i32,
    },
    /// No row has these key values, on any day.
    NoKey,
    /// No row is valid on that day.
    NoRow,
    /// More than one row is valid on that day.
    Several,
}

/// Canonical records and their identifiers in the systems.
pub trait Records {
    /// The record of `object` whose key fields have these values, in key order.
    fn lookup(&self, object: ObjectIx, key: &[Value]) -> Found;

    /// The row of a dated object with these key values that is valid on a day.
    fn lookup_as_of(&self, object: ObjectIx, key: &[Value], day: i32) -> FoundAsOf;

    /// The version of what a reference stands for that holds on a day; none as the day is the one with the lowest number.
    fn version(&self, object: ObjectIx, record: RecordId, day: Option<i32>) -> FoundAsOf;

    /// The record of `object` bound to a system's own identifier.
    fn crosswalk(&self, object: ObjectIx, entity: EntityIx, id: &Value) -> Found;

    /// The identifier which an entity has for a record.
    fn foreign_id(&self, entity: EntityIx, record: RecordId) -> Option<Value>;

    /// A field of a record, by its position in the object; null when it has none.
    fn field(&self, object: ObjectIx, record: RecordId, field: usize) -> Value;
}

/// A hub without records.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRecords;

impl Records for NoRecords {
    fn lookup(&self, _: ObjectIx, _: &[Value]) -> Found {
        Found::None
    }

    fn lookup_as_of(&self, _: ObjectIx, _: &[Value], _: i32) -> FoundAsOf {
        FoundAsOf::NoKey
    }

    fn version(&self, _: ObjectIx, _: RecordId, _: Option<i32>) -> FoundAsOf {
        FoundAsOf::NoKey
    }

    fn crosswalk(&self, _: ObjectIx, _: EntityIx, _: &Value) -> Found {
        Found::None
    }

    fn foreign_id(&self, _: EntityIx, _: RecordId) -> Option<Value> {
        None
    }

    fn field(&self, _: ObjectIx, _: RecordId, _: usize) -> Value {
        Value::Null
    }
}
