//! Findings of the compiler, shown.

use crate::output;
use crate::trouble::{Outcome, Trouble};
use crate::workspace;
use std::path::Path;
use syncline::Checked;
use syncline::diagnostics::render;
use syncline::ir::Plan;
use syncline::model::Model;

/// The plan of a checked workspace. What was found is shown on standard error; none when there are errors.
pub(crate) fn plan_or_findings(checked: &Checked) -> Outcome<Option<Plan>> {
    let shown = render::terminal(&checked.diagnostics, &checked.sources, &output::stderr_style());
    if !shown.is_empty() {
        output::note(shown.trim_end());
    }
    let plan = checked.plan();
    if plan.is_none() && !checked.has_errors() {
        let message = "the compiler found no error and could still not make a plan: this is a fault of the compiler";
        return Err(Trouble::new(message).help("please report it, with the specs"));
    }
    Ok(plan)
}

/// What the specs of a workspace say about queues and their owners, even while they have errors. Where only a plan was shipped
/// there are no specs, and nothing is known.
pub(crate) fn model(root: &Path) -> Model {
    workspace::read(root).map(|workspace| syncline::check(&workspace).model).unwrap_or_default()
}

/// `21 files`, `1 file`
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// `4 systems, 5 objects, 8 maps, 7 syncs`
pub(crate) fn contents(systems: usize, objects: usize, maps: usize, syncs: usize) -> String {
    [counted(systems, "system"), counted(objects, "object"), counted(maps, "map"), counted(syncs, "sync")].join(", ")
}
