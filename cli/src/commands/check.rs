//! `syncline check`

use crate::arguments::{Check, Deny, Format};
use crate::findings::{contents, counted};
use crate::output::{self, BOLD, GOOD, styled};
use crate::trouble::{Exit, Outcome};
use crate::workspace;
use std::path::Path;
use std::time::Instant;
use syncline::Checked;
use syncline::diagnostics::render;

pub(super) fn run(arguments: &Check, named: Option<&Path>) -> Outcome<Exit> {
    let started = Instant::now();
    let root = workspace::root(named)?;
    let workspace = workspace::read(&root)?;
    let checked = syncline::check(&workspace);
    match arguments.format {
        Format::Json => output::json(&render::json(&checked.diagnostics, &checked.sources))?,
        Format::Human if checked.diagnostics.is_empty() => {
            let model = &checked.model;
            let what = contents(model.systems.len(), model.objects.len(), model.maps.len(), model.syncs.len());
            let name = styled(BOLD, &workspace.config.name);
            let files = counted(checked.files.len(), "file");
            output::say(format_args!(
                "{} {name}: {files}, {what}, no findings in {} ms",
                styled(GOOD, "checked"),
                started.elapsed().as_millis()
            ))?;
        }
        Format::Human => {
            output::print(&render::terminal(&checked.diagnostics, &checked.sources, &output::stdout_style()))?
        }
    }
    Ok(Exit::found(refused(&checked, arguments.deny)))
}

/// Whether the findings are more than the caller puts up with.
pub(super) fn refused(checked: &Checked, deny: Option<Deny>) -> bool {
    checked.has_errors() || (deny == Some(Deny::Warnings) && checked.warnings() > 0)
}
