//! `syncline exceptions show`

use crate::arguments::{Format, Show};
use crate::commands::hub::{Site, failed, moment};
use crate::output::{self, BOLD, DIM, WARN, styled, tame};
use crate::trouble::{Exit, Outcome, Trouble};
use crate::workspace;
use serde_json::json;
use std::fmt::Write;
use std::path::Path;
use syncline::model::Model;
use syncline_runtime::ExceptionDetail;

pub(super) fn run(arguments: &Show, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let hub = site.existing_hub()?;
    let mut details = syncline_runtime::exception(&hub, &arguments.key).map_err(|error| failed(&error))?;
    details.retain(|detail| arguments.sync.as_ref().is_none_or(|sync| detail.exception.sync == *sync));
    if details.is_empty() {
        return Err(nothing(arguments, &hub, &site));
    }
    match arguments.format {
        Format::Json => output::serialized(&json!({ "format": 1, "exceptions": details }))?,
        Format::Human => {
            let model = syncline::check(&workspace::read(&site.root)?).model;
            let texts: Vec<String> = details.iter().map(|detail| told(detail, &model)).collect();
            output::print(&texts.join("\n"))?;
        }
    }
    Ok(Exit::Fine)
}

fn nothing(arguments: &Show, hub: &Path, site: &Site) -> Trouble {
    let trouble = Trouble::new(format!("nothing is wrong with `{}`: no open exception has this key", arguments.key));
    let open = syncline_runtime::exceptions(hub).map(|open| open.exceptions).unwrap_or_default();
    match syncline::diagnostics::closest(&arguments.key, open.iter().map(|one| one.key.as_str())) {
        Some(meant) => trouble.help(format!("did you mean `{meant}`?")),
        None => trouble.help(format!("`syncline exceptions list{}` lists the keys", site.profile_option())),
    }
}

fn told(detail: &ExceptionDetail, model: &Model) -> String {
    let one = &detail.exception;
    let version = one.version.as_deref().map_or_else(String::new, |version| format!(" version {}", tame(version)));
    let mut text = format!(
        "{} of {} in sync {}\n",
        styled(BOLD, format_args!("{}{version}", tame(&one.key))),
        one.entity,
        one.sync
    );
    let due = one.due.as_deref().map_or_else(String::new, |due| format!(", due {}", moment(due)));
    let _ = writeln!(
        text,
        "  in {}{}, since {}{due}",
        styled(BOLD, &one.queue),
        owner(&one.queue, model),
        moment(&one.since)
    );
    text.push_str("\n  why\n");
    for reason in &one.reasons {
        let field = reason.field.as_deref().map_or_else(String::new, |field| format!(" ({field})"));
        let _ = writeln!(text, "    {}{field}: {}", styled(WARN, &reason.reason), tame(&reason.message));
    }
    if !detail.source.is_empty() {
        let place = detail.place.as_deref().map_or_else(String::new, |place| format!(" {}", styled(DIM, place)));
        let _ = writeln!(text, "\n  what came{place}");
        let width = detail.source.iter().map(|(field, _)| field.chars().count()).max().unwrap_or_default();
        for (field, value) in &detail.source {
            let value = value.as_ref().map_or_else(|| styled(DIM, "null"), |value| format!("{value:?}"));
            let _ = writeln!(text, "    {field:width$}  {value}");
        }
    }
    text
}

fn owner(queue: &str, model: &Model) -> String {
    let owner = model.queues.get(queue).and_then(|queue| queue.owner.as_deref());
    let title = owner.and_then(|owner| model.teams.get(owner)).and_then(|team| team.title.as_deref());
    title.or(owner).map_or_else(String::new, |owner| format!(" of {owner}"))
}
