//! `syncline build`

use super::check::refused;
use crate::arguments::{Build, Format};
use crate::findings::{contents, plan_or_findings};
use crate::output::{self, BOLD, DIM, GOOD, styled};
use crate::trouble::{Exit, Outcome, Trouble};
use crate::{files, workspace};
use serde_json::json;
use std::path::Path;
use syncline::ir::Plan;

/// Where the plan goes when nobody says so.
const PLAN: &str = "out/plan.json";

pub(super) fn run(arguments: &Build, named: Option<&Path>) -> Outcome<Exit> {
    let root = workspace::root(named)?;
    let checked = syncline::check(&workspace::read(&root)?);
    let Some(plan) = plan_or_findings(&checked)? else { return Ok(Exit::Findings) };
    if refused(&checked, arguments.deny) {
        return Ok(Exit::Findings);
    }
    let path = arguments.out.clone().unwrap_or_else(|| root.join(PLAN));
    let text =
        syncline::plan_json(&plan).map_err(|error| Trouble::new(format!("cannot write the plan as JSON: {error}")))?;
    files::write(&path, text.as_bytes())?;
    match arguments.format {
        Format::Human => output::print(&told(&plan, &path))?,
        Format::Json => output::json(&json!({ "format": 1, "plan": path.display().to_string(), "hash": plan.hash }))?,
    }
    Ok(Exit::Fine)
}

fn told(plan: &Plan, path: &Path) -> String {
    let what = contents(plan.systems.len(), plan.objects.len(), plan.maps.len(), plan.syncs.len());
    let hash = styled(DIM, &plan.hash);
    format!("{} {}: {what}\n      {hash}\n", styled(GOOD, "built"), styled(BOLD, path.display()))
}
