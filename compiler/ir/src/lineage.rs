//! Lineage: which fields a field depends on, and how.

use crate::At;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One dependency between two fields, `system.entity.field` or `Object.field`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Edge {
    /// What is read.
    pub from: String,
    /// What depends on it.
    pub to: String,
    /// How.
    pub kind: EdgeKind,
    /// The map that says so, by id.
    pub map: String,
    /// Where it is written.
    pub at: At,
}

/// How a field depends on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EdgeKind {
    /// Its value is computed from it.
    Value,
    /// Whether it is written depends on it.
    Condition,
    /// It selects the record that the value is read from.
    Lookup,
}
