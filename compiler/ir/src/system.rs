//! Systems and their entities: what the source and target applications hold, and how they are spoken to.

use crate::{At, Expr, Field};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What several systems have in common: entities, code tables and maps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// Title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// An application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct System {
    /// Its name.
    pub name: String,
    /// The product it is an instance of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// Title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `crm`, `psa`, `erp`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How often it may be called to post; none is as often as needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<CallLimit>,
    /// Its record types by name.
    pub entities: Vec<Entity>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// `limit N calls per PERIOD in ZONE, batch B`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CallLimit {
    /// How many calls in a period.
    pub calls: u32,
    /// The period.
    pub per: Period,
    /// The zone on whose clock a period begins.
    pub zone: String,
    /// How many lines a call may carry.
    pub batch: u32,
}

/// What calls are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// From one full minute to the next.
    Minute,
    /// From one full hour to the next.
    Hour,
    /// From one midnight to the next.
    Day,
}

/// A record type of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entity {
    /// Its name.
    pub name: String,
    /// Its fields in the order written.
    pub fields: Vec<Field>,
    /// Its key: names of fields.
    pub key: Vec<String>,
    /// The rows that hold its rows; its fields begin with theirs, as `parent.FIELD`, and so does its key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nested: Option<Nested>,
    /// The field that grows with each change; what is older than the last pass is not read again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Seconds before the cursor which are read again.
    #[serde(default)]
    pub cursor_overlap: u64,
    /// Seconds after which all rows are read again, whatever their cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_every: Option<u64>,
    /// How the system says that a record is deleted; none: it deletes nothing, or nobody is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion: Option<Deletion>,
    /// What happens to its records, seen between two captured versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<Event>,
    /// The team that controls it: written by posting only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// Which objects it takes, and when.
    pub accepts: Vec<Acceptance>,
    /// Fields the system fills by itself.
    pub returns: Vec<String>,
    /// How a repeated call is recognised by the system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency: Option<Idempotency>,
    /// The field by which a record can be searched after an answer was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub find_by: Option<String>,
    /// Fields which a reversal negates.
    pub additive: Vec<String>,
    /// The field which carries the key of the line a reversal reverses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<String>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// `event NAME vN when P becomes true`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// Its name.
    pub name: String,
    /// The version of its contract.
    pub version: u32,
    /// The condition on a row.
    pub condition: Expr,
    /// The condition's source text.
    pub condition_text: String,
    /// Where it is written.
    pub at: At,
}

impl Entity {
    /// Its fields but those that its rows have from the rows that hold them.
    pub fn own_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| self.nested.is_none() || !field.name.starts_with(OF_PARENT))
    }
}

/// `each FIELD { … }`: rows that the rows of another entity hold. A row that its holder's newest version lacks is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Nested {
    /// The entity whose rows hold them.
    pub parent: String,
    /// The member of such a row that holds them.
    pub field: String,
}

/// What a field of the holding row is called in the rows it holds: `parent.id`.
pub const OF_PARENT: &str = "parent.";

/// `delete …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deletion {
    /// A row for which the condition holds says that its record is deleted.
    When {
        /// The condition on the row.
        condition: Expr,
        /// The condition's source text.
        condition_text: String,
    },
    /// A record whose key a complete extract does not have is deleted.
    Absence {
        /// How many percent of the records may be missing in one extract, a decimal.
        at_most: String,
        /// Where somebody is asked when more are missing.
        hold: String,
    },
}

/// `controlled by TEAM`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Control {
    /// The controlling team.
    pub team: String,
}

/// `accepts OBJECT when …`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Acceptance {
    /// The object.
    pub object: String,
    /// The condition on it; none is always. Tested again just before each call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Expr>,
    /// The condition's source text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition_text: Option<String>,
}

/// `idempotency key for D`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Idempotency {
    /// How long the system remembers a key, in seconds.
    pub seconds: u64,
}
