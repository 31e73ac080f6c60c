//! `syncline exceptions release|dismiss|reopen|settle`

use crate::arguments::{DecisionArguments, Format};
use crate::commands::hub::{Site, failed, instant};
use crate::environment;
use crate::output::{self, BOLD, GOOD, styled, tame};
use crate::trouble::{Exit, Outcome, Trouble};
use std::path::Path;
use syncline_runtime::{Decision, Kept, Resolution};

pub(super) fn run(arguments: &DecisionArguments, resolution: Resolution, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let hub = site.existing_hub()?;
    let by = who(arguments)?;
    let why = arguments.why.trim();
    if why.is_empty() {
        return Err(Trouble::new("`--why` is empty").help("who reads the audit log later knows only what stands there"));
    }
    let decision = Decision {
        key: &arguments.key,
        sync: arguments.sync.as_deref(),
        version: arguments.version.as_deref(),
        resolution,
        by: &by,
        why,
        at: instant(&arguments.place),
    };
    let kept = syncline_runtime::decide(&hub, &decision).map_err(|error| failed(&error))?;
    match arguments.format {
        Format::Json => output::serialized(&kept)?,
        Format::Human => output::print(&told(&kept, &by, &site))?,
    }
    Ok(Exit::Fine)
}

fn who(arguments: &DecisionArguments) -> Outcome<String> {
    let named = arguments
        .by
        .clone()
        .or_else(|| ["SYNCLINE_USER", "USER", "USERNAME"].into_iter().find_map(environment::variable));
    let named = named.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    named.ok_or_else(|| Trouble::new("who decides?").help("say `--by NAME`, or set SYNCLINE_USER"))
}

fn told(kept: &Kept, by: &str, site: &Site) -> String {
    let word = match kept.resolution {
        Resolution::Release => "released",
        Resolution::Dismiss => "dismissed",
        Resolution::Reopen => "reopened",
        Resolution::Posted => "settled as posted",
        Resolution::NotPosted => "settled as not posted",
    };
    let version = kept.version.as_deref().map_or_else(String::new, |version| format!(" version {}", tame(version)));
    let mut text = format!(
        "{} {}{version} in sync {} ({}), by {}\n",
        styled(GOOD, word),
        styled(BOLD, tame(&kept.key)),
        kept.sync,
        kept.reason,
        tame(by)
    );
    if kept.awaits_run {
        let run = styled(BOLD, format_args!("syncline run{}", site.profile_option()));
        // Only a complete extract shows again what is missing.
        let when = if kept.reason == "extract-incomplete" { "run that reads a complete extract" } else { "run" };
        text.push_str(&format!("the next {when} carries it out: {run}\n"));
    }
    text
}
