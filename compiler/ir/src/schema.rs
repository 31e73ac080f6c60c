//! The JSON Schema of the plan.

use crate::Plan;

/// The JSON Schema (draft 2020-12) that every plan satisfies.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::schema_for!(Plan).into()
}
