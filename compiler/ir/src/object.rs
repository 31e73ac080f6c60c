//! Canonical objects: their fields, when they are valid, and what always holds for them.

use crate::{At, Expr, Field};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
