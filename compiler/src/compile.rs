//! `compile`: the plan of a workspace without errors, and the documents of a plan.

use crate::{Checked, OutputFile, Workspace, check};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use syncline_ir::{Plan, Source};

/// The plan of a workspace.
///
/// # Errors
/// When the workspace has errors: what was found.
pub fn compile(workspace: &Workspace) -> Result<Plan, Box<Checked>> {
    let checked = check(workspace);
    match checked.plan() {
        Some(plan) => Ok(plan),
        None => Err(Box::new(checked)),
    }
}

impl Checked {
    /// The plan; none when there are errors.
    #[must_use]
    pub fn plan(&self) -> Option<Plan> {
        if self.has_errors() {
            return None;
        }
        let provenance =
            self.files.iter().map(|(path, text)| Source { file: path.clone(), hash: hash(text) }).collect();
        syncline_lower::lower(&self.model, &self.flow, &self.sources, self.workspace.clone(), provenance)
    }
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// The plan as it is shipped: JSON, the same bytes for the same plan.
///
/// # Errors
/// When the plan cannot be written as JSON, which its types exclude.
pub fn plan_json(plan: &Plan) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(plan)?;
    text.push('\n');
    Ok(text)
}

/// What plans of all formats have in common.
#[derive(serde::Deserialize)]
struct Head {
    format: u32,
}

/// A plan from its JSON.
///
/// # Errors
/// When the text is not the JSON of a plan of this format, in words for people.
pub fn plan_from_json(text: &str) -> Result<Plan, String> {
    let format = serde_json::from_str::<Head>(text).map_err(|error| format!("it is not a sync plan: {error}"))?.format;
    if format != 1 {
        return Err(format!("it is a sync plan of format {format}; this release reads format 1"));
    }
    serde_json::from_str(text).map_err(|error| format!("it is not a sync plan: {error}"))
}

/// The documentation site of a plan. `files` are path and text of the sources; with them each place in the site leads to its line.
#[must_use]
pub fn emit_docs(plan: &Plan, files: &[(String, Arc<str>)]) -> Vec<OutputFile> {
    let texts: BTreeMap<String, String> = files.iter().map(|(path, text)| (path.clone(), text.to_string())).collect();
    syncline_emit::docs::emit(plan, Some(&texts))
}
