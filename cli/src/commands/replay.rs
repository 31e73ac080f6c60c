//! `syncline replay`

use super::hub::{Site, failed, instant};
use super::run::{known_sync, open_exceptions, plan, told, trap};
use crate::arguments::{Format, Replay};
use crate::output;
use crate::progress::Bar;
use crate::trouble::{Exit, Outcome};
use std::path::Path;
use syncline_runtime::{Options, Passes};

pub(super) fn run(arguments: &Replay, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    site.existing_hub()?;
    let Some(plan) = plan(arguments.plan.as_deref(), &site.root, Some(&site.chosen.name))? else {
        return Ok(Exit::Findings);
    };
    let mut options = Options::at(instant(&arguments.place), &site.root);
    options.passes = Passes::Replay;
    options.only = known_sync(&plan, arguments.sync.as_deref())?.map(str::to_owned);
    options.earlier = arguments.earlier;
    options.kill = trap()?;
    let mut bar = Bar::new();
    let result = syncline_runtime::run(&plan, &site.chosen.profile, &options, &mut bar);
    bar.clear();
    let report = result.map_err(|error| failed(&error))?;
    match arguments.format {
        Format::Json => output::serialized(&report)?,
        Format::Human => output::print(&told(&report, &site, open_exceptions(&report)))?,
    }
    Ok(Exit::found(report.totals.reconciled == Some(false)))
}
