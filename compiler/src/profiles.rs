//! Profiles against the specs: each says where every system lives that takes part in a sync, and names no other; it enables no wave
//! without those before it.

use crate::{Config, Profile};
use std::collections::BTreeSet;
use syncline_diagnostics::closest;
use syncline_diagnostics::{Diagnostic, Fix, Span, codes};
use syncline_semantics::model::{Model, Wave};

/// Findings about the profiles of a workspace whose sources can be read.
pub(crate) fn check(config: &Config, model: &Model) -> Vec<Diagnostic> {
    let profiles = config.profiles.iter();
    profiles
        .flat_map(|(name, profile)| {
            let found = names_nothing_else(profile, model).into_iter().chain(names_every_system(
                name,
                profile,
                &systems_used(model, profile),
            ));
            found.chain(files_return_nothing(profile, model)).chain(waves_begin_in_order(name, profile, model))
        })
        .collect()
}

/// The systems which some sync captures from or posts to, unless it is of a wave that the profile does not enable.
fn systems_used<'m>(model: &'m Model, profile: &Profile) -> BTreeSet<&'m str> {
    let is_enabled =
        |wave: &Wave| profile.waves.as_ref().is_none_or(|enabled| enabled.iter().any(|(name, _)| *name == wave.name));
    let resting: BTreeSet<&String> = model
        .waves
        .values()
        .filter(|wave| !is_enabled(wave))
        .flat_map(|wave| wave.syncs.iter().map(|(sync, _)| sync))
        .collect();
    let syncs = model.syncs.values().filter(|sync| !resting.contains(&sync.name));
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

fn waves_begin_in_order(name: &str, profile: &Profile, model: &Model) -> Vec<Diagnostic> {
    let enabled = profile.waves.iter().flatten();
    let is_enabled = |wave: &str| enabled.clone().any(|(name, _)| name == wave);
    let mut found = Vec::new();
    for (wave, span) in enabled.clone() {
        let Some(declared) = model.waves.get(wave) else {
            found.push(unknown("wave", wave, *span, model.waves.keys()));
            continue;
        };
        for (before, said) in declared.after.iter().filter(|(before, _)| !is_enabled(before)) {
            let message = format!("profile `{name}` enables wave `{wave}` and not `{before}`, which begins before it");
            found.push(
                Diagnostic::new(&codes::WAVE_ORDER, *span, message)
                    .related(*said, "the order is said here", None)
                    .why("its syncs would run without the records that those of the other wave bring")
                    .help(format!("enable `{before}`, too")),
            );
        }
    }
    found
}

fn names_nothing_else(profile: &Profile, model: &Model) -> Vec<Diagnostic> {
    let others = profile.system_spans.iter().filter(|(system, _)| !model.systems.contains_key(*system));
    others.map(|(system, span)| unknown("system", system, *span, model.systems.keys())).collect()
}

fn unknown<'n>(noun: &str, name: &str, span: Span, declared: impl Iterator<Item = &'n String>) -> Diagnostic {
    let found = Diagnostic::new(&codes::UNKNOWN_NAME, span, format!("there is no {noun} `{name}`"));
    match closest(name, declared.map(String::as_str)) {
        Some(meant) => {
            found.help(format!("did you mean `{meant}`?")).fix(Fix::replace(format!("write `{meant}`"), span, meant))
        }
        None => found.help("declare it in the specs, or remove it from the profile"),
    }
}
