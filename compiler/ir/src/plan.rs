//! The plan as a whole and its declarations.

use crate::{At, Calendar, Claim, Edge, Expr, HolidaySet, Map, Mover, Sync, Type, Wave};
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

/// A canonical record type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Object {
    /// Its name.
    pub name: String,
    /// What role it plays.
    pub kind: ObjectKind,
    /// Its fields in the order written; `origin` comes first when the key names it.
    pub fields: Vec<Field>,
    /// Its key: names of fields.
    pub key: Vec<String>,
    /// The field that numbers its versions: there are several of one key, told apart by it, and `effective` says when each holds. On
    /// each day the one with the highest number among those holds, and the object is what holds on the day of a run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versioned: Option<String>,
    /// How its rows are dated; with dates alone there are several rows of one key, told apart by their first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<Effective>,
    /// What holds for every record, tested when one is written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub invariants: Vec<Invariant>,
    /// Fields by which no record leads back to itself: references to the object.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acyclic: Vec<String>,
    /// Spans of days that records do not share.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<Apart>,
    /// What two records have in common that may be one and the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub same: Vec<Same>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// `invariant … else hold QUEUE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invariant {
    /// The condition on the record.
    pub condition: Expr,
    /// The condition's source text.
    pub condition_text: String,
    /// The queue of rows that would break it.
    pub hold: String,
}

/// `no overlap of (A, B) per …`: two records with the same values in some fields share no day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Apart {
    /// The field with the first day.
    pub from: String,
    /// The field with the last day; null is open.
    pub through: String,
    /// The fields whose values two records share; a record that lacks one is not compared.
    pub per: Vec<String>,
}

/// `same when … review in QUEUE`: a record that is like another is not written before somebody has looked at both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Same {
    /// Two records are alike when all terms of one of these are known and equal.
    pub when: Vec<Vec<SameTerm>>,
    /// The queue of rows that may say once more what the hub has.
    pub review: String,
}

/// What is compared of two records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SameTerm {
    /// The field.
    pub field: String,
    /// Whether texts are compared as `folded(text)` makes them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub folded: bool,
}

impl SameTerm {
    /// As it is written.
    #[must_use]
    pub fn text(&self) -> String {
        if self.folded { format!("folded({})", self.field) } else { self.field.clone() }
    }
}

impl Same {
    /// `tax_id`, `(folded(name), postal_code)`: terms as they are written.
    #[must_use]
    pub fn written(terms: &[SameTerm]) -> String {
        let all: Vec<String> = terms.iter().map(SameTerm::text).collect();
        if all.len() == 1 { all.concat() } else { format!("({})", all.join(", ")) }
    }
}

/// From which day to which a row of an object is valid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Effective {
    /// The field with the first valid day.
    pub from: String,
    /// How its validity ends.
    pub ends: Ends,
}

/// The end of a row's validity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ends {
    /// The field with the last valid day; null is open.
    Through(String),
    /// The field with the first day that is not valid any more; null is open.
    Until(String),
    /// The next row of the key.
    Next,
}

/// Role of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// Slowly changing values others refer to.
    Reference,
    /// People, clients, projects.
    Master,
    /// Something that happened and may be posted.
    Transaction,
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
