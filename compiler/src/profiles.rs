//! Profiles against the specs: each says where every system lives that takes part in a sync, and names no other.

use crate::{Config, Profile};
use std::collections::BTreeSet;
use syncline_diagnostics::closest;
use syncline_diagnostics::{Diagnostic, Fix, codes};
use syncline_semantics::model::Model;

/// Findings about the profiles of a workspace whose sources can be read.
pub(crate) fn check(config: &Config, model: &Model) -> Vec<Diagnostic> {
    let used = systems_used(model);
    let profiles = config.profiles.iter();
    profiles
        .flat_map(|(name, profile)| {
            let found = names_nothing_else(profile, model).into_iter().chain(names_every_system(name, profile, &used));
            found.chain(files_return_nothing(profile, model))
        })
        .collect()
}

/// The systems which some sync captures from or posts to.
fn systems_used(model: &Model) -> BTreeSet<&str> {
    let syncs = model.syncs.values();
    let entities = syncs.flat_map(|sync| sync.source.iter().chain(sync.routes.iter().map(|route| &route.entity)));
    entities.filter_map(|entity| model.entities.get(entity)).map(|entity| entity.system.as_str()).collect()
}

fn names_every_system(name: &str, profile: &Profile, used: &BTreeSet<&str>) -> Option<Diagnostic> {
    if profile.poisoned {
        return None;
    }
    let missing: Vec<String> = used
        .iter()
        .filter(|system| !profile.systems.contains_key(**system))
        .map(|system| format!("`{system}`"))
        .collect();
    let (last, rest) = missing.split_last()?;
    let (systems, live) = match rest {
        [] => (format!("system {last}"), "lives"),
        _ => (format!("systems {} and {last}", rest.join(", ")), "live"),
    };
    let message = format!("profile `{name}` does not say where {systems} {live}");
    let help = format!(
        "add a line such as `{}: {{ connector: sqlite, path: data/{}.db }}`",
        last.trim_matches('`'),
        last.trim_matches('`')
    );
    Some(Diagnostic::new(&codes::MISSING_PROFILE, profile.span, message).help(help))
}

/// A file answers nothing: whoever waits for a number from it waits for ever.
fn files_return_nothing(profile: &Profile, model: &Model) -> Vec<Diagnostic> {
    let targets: BTreeSet<_> =
        model.syncs.values().flat_map(|sync| sync.routes.iter().map(|route| &route.entity)).collect();
    let mut found = Vec::new();
    for entity in targets.into_iter().filter_map(|entity| model.entities.get(entity)) {
        let bound = profile.systems.get(&*entity.system).filter(|binding| !binding.connector.answers());
        let (Some(binding), Some(span)) = (bound, profile.system_spans.get(&*entity.system)) else { continue };
        let Some((field, said)) = entity.returns.first() else { continue };
        let message = format!(
            "`{}.{}` returns `{field}`, and a `{}` target fills in nothing by itself",
            entity.system,
            entity.name,
            binding.connector.name()
        );
        let help = "a file has no numbers to give: take the field out of `returns` and assign it, or use a connector whose system answers";
        found.push(
            Diagnostic::new(&codes::FILES_RETURN_NOTHING, *span, message)
                .related(*said, "said to be returned here", None)
                .help(help),
        );
    }
    found
}

fn names_nothing_else(profile: &Profile, model: &Model) -> Vec<Diagnostic> {
    let unknown = profile.system_spans.iter().filter(|(system, _)| !model.systems.contains_key(*system));
    let report = |(system, span): (&String, &syncline_diagnostics::Span)| {
        let found = Diagnostic::new(&codes::UNKNOWN_NAME, *span, format!("there is no system `{system}`"));
        match closest(system, model.systems.keys().map(String::as_str)) {
            Some(meant) => found.help(format!("did you mean `{meant}`?")).fix(Fix::replace(
                format!("write `{meant}`"),
                *span,
                meant,
            )),
            None => found.help("declare it in the specs, or remove it from the profile"),
        }
    };
    unknown.map(report).collect()
}
