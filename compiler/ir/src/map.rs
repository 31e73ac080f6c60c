//! Maps, routes for records that fail, and ownership as it is enforced on writes.

use crate::{At, Expr};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How fields of one side become fields of the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Map {
    /// `psa.timecard -> TimeEntry`, unique in the plan.
    pub id: String,
    /// Into the hub or out of it.
    pub direction: MapDirection,
    /// How it finds the record or row that it changes, where it assigns no key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finds: Option<Finds>,
    /// The system of the entity.
    pub system: String,
    /// The entity.
    pub entity: String,
    /// The canonical object.
    pub object: String,
    /// `where`: which records the map is for; the others are not taken (inbound) or excluded (outbound).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Expr>,
    /// `let`s in order of evaluation.
    pub lets: Vec<Let>,
    /// Assignments in the order written.
    pub assignments: Vec<Assignment>,
    /// `require`s in the order written.
    pub requires: Vec<Require>,
    /// Source fields which any part of the map reads, in entity or object order. Only these are cast.
    pub reads: Vec<String>,
    /// `wait at most`, in seconds: how long a record may wait for an object that is not there yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u64>,
    /// Inbound: what happens to a value outside the system's claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside_claim: Option<OutsideClaim>,
    /// Inbound: the assigned fields which the system owns only under a condition on the stored record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mask: Vec<MaskEntry>,
    /// Queue of last resort.
    pub otherwise: String,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// Direction of a [`Map`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MapDirection {
    /// Entity to object; may create the object.
    Creates,
    /// Entity to object; changes objects that are there. A record whose object is not there waits.
    Updates,
    /// Object to entity.
    Outbound,
}

/// How a map that assigns no key finds what it changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Finds {
    /// `updates`: the record that was posted as the row, as the ledger says.
    PostedRecord,
    /// Outbound: the row that the record came from. Only the assigned fields are written, and no row is added.
    SourceRow,
}

/// A named intermediate value. A failing `let` fails each assignment and require that uses it, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Let {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Expr,
    /// Position among `let`s, assignments and requires of the map, as written.
    pub order: u32,
    /// Where it is written.
    pub at: At,
}

/// `field = value`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Assignment {
    /// The field of the other side; its type is the type of `value`.
    pub field: String,
    /// The value, converted to the field's type.
    pub value: Expr,
    /// `else quarantine …`: where a failure of this assignment goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Route>,
    /// Position among `let`s, assignments and requires of the map, as written.
    pub order: u32,
    /// Where it is written.
    pub at: At,
}

/// `require condition else quarantine …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Require {
    /// What must hold.
    pub condition: Expr,
    /// Where the record goes when it does not.
    pub route: Route,
    /// Position among `let`s, assignments and requires of the map, as written.
    pub order: u32,
    /// Where it is written.
    pub at: At,
}

/// `quarantine QUEUE reason "message"`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Route {
    /// The queue.
    pub queue: String,
    /// Name of the reason; none keeps the built-in reason of the failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The message, a text expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Expr>,
}

/// `outside claim …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutsideClaim {
    /// The stored value stays; the refused one is kept beside it.
    Ignore,
    /// The record goes to this queue with reason `outside-claim`.
    Quarantine(String),
}

/// A field which the writing system owns only while a condition holds on the stored record (on creation: on the new one).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MaskEntry {
    /// The object's field.
    pub field: String,
    /// The claim's guard.
    pub guard: Expr,
}

/// A claim: who owns a field, and while what holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Claim {
    /// The object's field.
    pub field: String,
    /// The owning system.
    pub system: String,
    /// The team whose block says so.
    pub team: String,
    /// `while`: when the claim holds, in the words of the specs, and as an expression on the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Expr>,
    /// The guard's source text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard_text: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// Which system carries out a transition of a lifecycle field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mover {
    /// The lifecycle field.
    pub field: String,
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// The system.
    pub system: String,
    /// The team whose block says so.
    pub team: String,
    /// Where it is written.
    pub at: At,
}
