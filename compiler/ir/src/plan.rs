//! The plan as a whole and its declarations.

use crate::{At, Calendar, Claim, Edge, HolidaySet, Map, Mover, Object, Product, Sync, System, Type, Wave};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A compiled workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Version of this format: 1.
    pub format: u32,
    /// Meaning hash, `sha256:…`; see [`meaning_hash`](crate::meaning_hash).
    pub hash: String,
    /// The workspace it was built from.
    pub workspace: Workspace,
    /// Version of the time zone database used by date functions.
    pub tzdb: String,
    /// Declared units.
    pub units: Vec<Unit>,
    /// Teams by name.
    pub teams: Vec<Team>,
    /// Queues by name.
    pub queues: Vec<Queue>,
    /// Enumerations by name; those written inline are named after their place, `psa.timecard.status`.
    pub enums: Vec<Enumeration>,
    /// Lifecycles by name; those written inline are named after their place, `Contract.stage`.
    pub lifecycles: Vec<Lifecycle>,
    /// Calendars by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calendars: Vec<Calendar>,
    /// Sets of holidays by name; of those of the library the ones in use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<HolidaySet>,
    /// Products by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<Product>,
    /// Systems by name; those of a product with the entities it has from there.
    pub systems: Vec<System>,
    /// Canonical objects by name.
    pub objects: Vec<Object>,
    /// Ownership of each object.
    pub ownership: Vec<Ownership>,
    /// Code tables by name.
    pub codes: Vec<Codes>,
    /// Maps by id.
    pub maps: Vec<Map>,
    /// Syncs in an order in which each comes after those it names in `after`.
    pub syncs: Vec<Sync>,
    /// Waves in an order in which each comes after those it names in `after`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waves: Vec<Wave>,
    /// Lineage, sorted.
    pub lineage: Vec<Edge>,
    /// The source files, sorted; outside the meaning hash.
    pub provenance: Vec<Source>,
}

/// What `syncline.yaml` says about the workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Workspace {
    /// Its name.
    pub name: String,
    /// Language edition, a year.
    pub edition: u16,
}

/// A source file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// Relative to the workspace.
    pub file: String,
    /// `sha256:…` of its bytes.
    pub hash: String,
}

/// A declared unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// People who answer for something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Team {
    /// Its name.
    pub name: String,
    /// Title for people.
    pub title: String,
    /// How to reach them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// Where records that need a person wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Title for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The team that works it.
    pub owner: String,
    /// Seconds until somebody has looked.
    pub respond_within: u64,
    /// Seconds until it is settled.
    pub resolve_within: u64,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// A closed set of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Enumeration {
    /// Its name.
    pub name: String,
    /// Its values in the order written.
    pub values: Vec<String>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// A closed set of states with transitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lifecycle {
    /// Its name.
    pub name: String,
    /// Its states in the order first named.
    pub states: Vec<String>,
    /// Its transitions in the order written.
    pub transitions: Vec<Transition>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// A step of a lifecycle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Transition {
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
}

/// A field of an entity or an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Set once, never changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed: bool,
    /// For percentages: how they are written there; in an object always a fraction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<PercentForm>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// How a percentage is written: 15 % as `15` or as `0.15`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PercentForm {
    /// `15`
    Points,
    /// `0.15`
    Fraction,
}

/// Who owns which field of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ownership {
    /// The object.
    pub object: String,
    /// Claims in field order, then as written.
    pub claims: Vec<Claim>,
    /// Movers of lifecycle fields.
    pub movers: Vec<Mover>,
}

/// A code table between a system's field and an enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Codes {
    /// Its name.
    pub name: String,
    /// The systems that use them, by name: several where they are said of a product.
    pub systems: Vec<String>,
    /// The entity.
    pub entity: String,
    /// The field with the code: text or an enumeration.
    pub field: String,
    /// The enumeration or lifecycle.
    pub target: String,
    /// Its pairs in the order written.
    pub pairs: Vec<CodePair>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// A row of a code table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodePair {
    /// The system's code: the text, or the name of the enumeration's value.
    pub code: String,
    /// The value it stands for.
    pub value: String,
    /// Whether the value is written as this code on the way out.
    pub both_ways: bool,
}
