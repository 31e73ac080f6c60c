//! `syncline hub`

use super::hub::{Site, failed};
use crate::arguments::{Backup, Format, Hub, HubCheck};
use crate::findings::counted;
use crate::output::{self, BAD, BOLD, GOOD, styled, tame};
use crate::trouble::{Exit, Outcome, Trouble};
use std::fmt::Write;
use std::path::Path;
use syncline_runtime::HubFinding;

pub(super) fn run(arguments: &Hub, named: Option<&Path>) -> Outcome<Exit> {
    match arguments {
        Hub::Backup(arguments) => backup(arguments, named),
        Hub::Check(arguments) => check(arguments, named),
    }
}

fn backup(arguments: &Backup, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let hub = site.existing_hub()?;
    let file = &arguments.file;
    if file.exists() && !arguments.force {
        return Err(Trouble::new(format!("`{}` is there already", file.display())).help("`--force` replaces it"));
    }
    let made = syncline_runtime::backup(&hub, file, arguments.force).map_err(|error| failed(&error))?;
    match arguments.format {
        Format::Json => output::serialized(&made)?,
        Format::Human => {
            let what = counted(usize::try_from(made.runs).unwrap_or(usize::MAX), "run");
            output::say(format_args!(
                "{} {}: {} bytes, {what}, checked",
                styled(GOOD, "backed up"),
                styled(BOLD, &made.file),
                made.bytes
            ))?;
        }
    }
    Ok(Exit::Fine)
}

fn check(arguments: &HubCheck, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let hub = site.existing_hub()?;
    let found = syncline_runtime::check_hub(&hub).map_err(|error| failed(&error))?;
    match arguments.format {
        Format::Json => output::serialized(&found)?,
        Format::Human => output::print(&told(&hub, &found.findings))?,
    }
    Ok(Exit::found(!found.findings.is_empty()))
}

fn told(hub: &Path, findings: &[HubFinding]) -> String {
    let mut text = String::new();
    if findings.is_empty() {
        let _ = writeln!(text, "{} {}", styled(GOOD, "sound"), styled(BOLD, hub.display()));
        return text;
    }
    let number = counted(findings.len(), "finding");
    let _ = writeln!(text, "{} {}: {number}", styled(BAD, "not sound"), styled(BOLD, hub.display()));
    for one in findings {
        let sync = one.sync.as_deref().map_or_else(String::new, |sync| format!(" in `{sync}`"));
        let _ = writeln!(text, "  {}{sync}: {}", one.check, tame(&one.message));
    }
    text
}
