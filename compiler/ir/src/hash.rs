//! The meaning hash.

use crate::Plan;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Members that do not change what a plan does.
const OUTSIDE_MEANING: [&str; 8] =
    ["at", "doc", "hash", "provenance", "title", "contact", "guard_text", "condition_text"];

/// `sha256:` over the canonical JSON of the plan without documentation, places, titles and provenance.
///
/// No member of the plan is named by a user, so stripping members by name cannot hit a user's field.
///
/// # Errors
/// When the plan cannot be written as JSON, which its types exclude.
pub fn meaning_hash(plan: &Plan) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(plan)?;
    strip(&mut value);
    let bytes = serde_json::to_vec(&value)?;
    let digest = Sha256::digest(&bytes);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("sha256:{hex}"))
}

/// A digest of what an expression means: places do not count.
///
/// # Errors
/// When the expression cannot be written as JSON, which its types exclude.
pub fn expression_digest(expr: &crate::Expr) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(expr)?;
    strip(&mut value);
    let digest = Sha256::digest(serde_json::to_vec(&value)?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in OUTSIDE_MEANING {
                members.remove(name);
            }
            members.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}
