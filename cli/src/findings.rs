//! Findings of the compiler, shown.

use crate::output;
use crate::trouble::{Exit, Outcome};
use syncline::Checked;
use syncline::diagnostics::render;
use syncline::ir::Plan;

/// The plan of a checked workspace. Without one the findings are shown on standard error and the command ends.
pub(crate) fn plan_or_findings(checked: &Checked) -> Option<Plan> {
    let shown = render::terminal(&checked.diagnostics, &checked.sources, &output::stderr_style());
    if !shown.is_empty() {
        output::note(shown.trim_end());
    }
    checked.plan()
}

/// How a command ends that needed a plan and got none.
pub(crate) const fn no_plan() -> Outcome<Exit> {
    Ok(Exit::Findings)
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
