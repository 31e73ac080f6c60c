//! Waves begin in an order in which no sync goes without those that it comes after.
//!
//! A sync of no wave always runs. So what a sync comes after is in no wave, in its own, or in one that begins before.

use crate::model::{Model, Sync, Wave};
use petgraph::graphmap::DiGraphMap;
use std::collections::{BTreeMap, BTreeSet};
use syncline_diagnostics::{Diagnostic, Span, codes};

pub(super) fn waves_begin_in_order(model: &Model, found: &mut Vec<Diagnostic>) {
    let wave_of = one_wave_for_each_sync(model, found);
    if model.waves.values().any(|wave| wave.poisoned) {
        return;
    }
    for sync in model.syncs.values() {
        let wave = wave_of.get(sync.name.as_str()).map(|(wave, _)| *wave);
        for (before, place) in &sync.after {
            let Some((other, named)) = wave_of.get(before.as_str()) else { continue };
            let begins =
                wave.is_some_and(|wave| wave.name == other.name || earlier(model, wave).contains(&*other.name));
            if !begins {
                found.push(begins_too_early(sync, wave, before, other, *place, *named));
            }
        }
    }
}

/// From each wave to those before it.
pub(super) fn graph(model: &Model) -> DiGraphMap<&str, Span> {
    let mut graph = DiGraphMap::new();
    for wave in model.waves.values() {
        for (before, place) in &wave.after {
            if !graph.contains_edge(wave.name.as_str(), before.as_str()) {
                graph.add_edge(wave.name.as_str(), before.as_str(), *place);
            }
        }
    }
    graph
}

fn one_wave_for_each_sync<'m>(model: &'m Model, found: &mut Vec<Diagnostic>) -> BTreeMap<&'m str, (&'m Wave, Span)> {
    let mut wave_of: BTreeMap<&str, (&Wave, Span)> = BTreeMap::new();
    for wave in model.waves.values() {
        for (sync, place) in &wave.syncs {
            let Some((first, named)) = wave_of.get(sync.as_str()) else {
                wave_of.insert(sync, (wave, *place));
                continue;
            };
            let message = format!("sync `{sync}` is in the waves `{}` and `{}`", first.name, wave.name);
            found.push(
                Diagnostic::new(&codes::TWO_WAVES, *place, message)
                    .related(*named, format!("named in `{}` here", first.name), None)
                    .why("nobody can tell whether it runs when one of them has begun and the other has not")
                    .help("keep it in the wave that begins first, or in the one in which it is wanted")
                    .element(sync.clone()),
            );
        }
    }
    wave_of
}

/// The waves before a wave, directly or through others.
fn earlier<'m>(model: &'m Model, wave: &'m Wave) -> BTreeSet<&'m str> {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut waiting: Vec<&Wave> = vec![wave];
    while let Some(next) = waiting.pop() {
        for (before, _) in &next.after {
            if reached.insert(before) {
                waiting.extend(model.waves.get(before));
            }
        }
    }
    reached
}

fn begins_too_early(
    sync: &Sync,
    wave: Option<&Wave>,
    before: &str,
    other: &Wave,
    place: Span,
    named: Span,
) -> Diagnostic {
    let (message, help) = match wave {
        Some(wave) => (
            format!(
                "`{}` of wave `{}` comes after `{before}`, whose wave `{}` does not begin before",
                sync.name, wave.name, other.name
            ),
            format!("write `wave {} after {}`, or move one of the syncs", wave.name, other.name),
        ),
        None => (
            format!(
                "`{}` is in no wave and always runs, and comes after `{before}` of wave `{}`",
                sync.name, other.name
            ),
            format!("give `{}` a wave: `{}` or one after it", sync.name, other.name),
        ),
    };
    let own = wave.and_then(|wave| wave.syncs.iter().find(|(name, _)| *name == sync.name)).map(|(_, own)| *own);
    let mut diagnostic = Diagnostic::new(&codes::WAVE_ORDER, own.unwrap_or(place), message).related(
        named,
        format!("`{before}` is in `{}`", other.name),
        None,
    );
    if own.is_some() {
        diagnostic = diagnostic.related(place, "the order of the syncs is said here", sync.team.as_deref());
    }
    diagnostic
        .why("it would run without the records that it waits for: they would stand in its queue, or it would post nothing")
        .help(help)
        .element(sync.name.clone())
}
