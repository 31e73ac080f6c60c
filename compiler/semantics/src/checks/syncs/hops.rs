//! Hops: each has its map, each map its hop, and no record takes one twice.
//!
//! A **hop** is one arrow of a `move`, from an entity to an object or from an object to an entity.

use super::posts;
use crate::build::ORIGIN;
use crate::checks::index::MapIndex;
use crate::checks::statements;
use crate::model::{Map, Model, Sync};
use std::collections::{BTreeMap, BTreeSet};
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir::MapDirection;

pub(super) fn every_hop_has_a_map(model: &Model, index: &MapIndex<'_>, found: &mut Vec<Diagnostic>) {
    if model.left_out.maps {
        return;
    }
    for sync in model.syncs.values() {
        let Some(object) = sync.object.as_deref() else { continue };
        if let Some(source) = sync.source.as_deref().filter(|source| index.hop(source, object, false).is_none()) {
            let mode = if index.creating(object).next().is_some() { "updates" } else { "creates" };
            found.push(missing(sync, sync.move_span, &format!("{source} -> {object}"), &format!(" {mode}")));
        }
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for route in sync.routes.iter().filter(|route| named.insert(&route.entity)) {
            if index.hop(&route.entity, object, true).is_none() {
                found.push(missing(sync, route.span, &format!("{object} -> {}", route.entity), ""));
            }
        }
    }
}

fn missing(sync: &Sync, place: Span, hop: &str, mode: &str) -> Diagnostic {
    Diagnostic::new(&codes::MISSING_MAP, place, format!("no map says how `{hop}` goes"))
        .why("without it the hub does not know which field becomes which")
        .help(format!("add `map {hop}{mode} {{ … otherwise quarantine QUEUE }}`"))
        .element(sync.name.clone())
}

pub(super) fn every_map_is_used(model: &Model, found: &mut Vec<Diagnostic>) {
    // A sync whose path could not be read may use any map.
    if model.left_out.syncs || model.syncs.values().any(|sync| sync.object.is_none() || sync.poisoned) {
        return;
    }
    let mut used: BTreeSet<(&str, &str, bool)> = BTreeSet::new();
    for sync in model.syncs.values() {
        let object = sync.object.as_deref().unwrap_or_default();
        used.extend(sync.source.as_deref().map(|source| (source, object, false)));
        used.extend(sync.routes.iter().map(|route| (route.entity.as_str(), object, true)));
    }
    // One into rows in a row cannot be used, which is said elsewhere.
    let is_held = |map: &Map| model.entities.get(&map.entity).is_some_and(|entity| entity.nested.is_some());
    let is_used = |map: &Map| {
        let outbound = map.direction == MapDirection::Outbound;
        outbound && is_held(map) || used.contains(&(map.entity.as_str(), map.object.as_str(), outbound))
    };
    for map in model.maps.iter().filter(|map| !is_used(map)) {
        found.push(
            Diagnostic::new(&codes::MAP_NOT_USED, map.span, format!("no sync uses the map `{}`", map.id))
                .why("readers of the specification will believe that these records move")
                .help(format!("add a sync with `move {}`, or remove the map", map.id))
                .element(map.id.clone()),
        );
    }
}

/// No source is read by two syncs for one object, and no record of an object is posted to one entity by two syncs.
pub(super) fn no_record_moves_twice(model: &Model, index: &MapIndex<'_>, found: &mut Vec<Diagnostic>) {
    let mut earlier: BTreeMap<&str, Vec<&Sync>> = BTreeMap::new();
    for second in model.syncs.values() {
        let Some(object) = second.object.as_deref() else { continue };
        let others = earlier.entry(object).or_default();
        for first in others.iter() {
            if let (Some(source), true) = (&second.source, first.source == second.source) {
                found.push(captured_twice(first, second, source, object));
                continue;
            }
            let shared =
                second.routes.iter().filter(|route| first.routes.iter().any(|other| other.entity == route.entity));
            for route in shared.filter(|route| !are_apart(model, index, first, second, &route.entity, object)) {
                found.push(posted_twice(first, second, route.span, &route.entity, object));
            }
        }
        others.push(second);
    }
}

fn captured_twice(first: &Sync, second: &Sync, source: &str, object: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &codes::DUPLICATE_FLOW,
        second.move_span,
        format!("`{}` and `{}` both move `{source} -> {object}`", first.name, second.name),
    )
    .related(first.move_span, format!("`{}` reads the same rows", first.name), first.team.as_deref())
    .element(second.name.clone());
    let diagnostic = match &second.team {
        Some(team) => diagnostic.team(team.clone()),
        None => diagnostic,
    };
    if posts(first) && posts(second) {
        return diagnostic
            .why("each row would be counted in two accounts, and none of them adds up to what the source holds")
            .help("let one sync read the rows, and name all its targets: `-> { A when P, B when Q }`");
    }
    diagnostic.why("each row would be counted in two accounts, and none of them adds up to what the source holds").help(
        format!("remove one of them; a sync that only posts begins at the object: `move {object} -> SYSTEM.ENTITY`"),
    )
}

/// Whether two syncs post different records with different keys: each its own origin, which is part of both keys.
fn are_apart(model: &Model, index: &MapIndex<'_>, first: &Sync, second: &Sync, entity: &str, object: &str) -> bool {
    let by_origin = model.record(object).is_some_and(|record| record.key.iter().any(|key| key == ORIGIN));
    let system = |sync: &Sync| {
        sync.source.as_deref().and_then(|source| source.split_once('.')).map(|(system, _)| system.to_owned())
    };
    let (Some(one), Some(other)) = (system(first), system(second)) else { return false };
    let (Some(map), Some(target)) = (index.hop(entity, object, true), model.record(entity)) else { return true };
    let keyed = map
        .assignments
        .iter()
        .filter(|assignment| target.key.contains(&assignment.field))
        .filter_map(|assignment| assignment.value.as_ref());
    let in_key = map.poisoned || keyed.into_iter().any(|value| statements::depends_on(map, value).on(ORIGIN));
    one != other && by_origin && in_key
}

fn posted_twice(first: &Sync, second: &Sync, place: Span, entity: &str, object: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &codes::DUPLICATE_FLOW,
        place,
        format!("`{}` and `{}` both post `{object}` to `{entity}`", first.name, second.name),
    )
    .related(first.move_span, format!("`{}` posts there, too", first.name), first.team.as_deref())
    .why(
        "each sync keeps a ledger of its own, so neither knows what the other has posted: a record may be booked twice",
    )
    .element(second.name.clone());
    let diagnostic = match &second.team {
        Some(team) => diagnostic.team(team.clone()),
        None => diagnostic,
    };
    if first.source.is_some() && second.source.is_some() {
        diagnostic.help(format!("let the key of `{object}` begin with `origin`, and compute the key of `{entity}` from `origin`, too; or let both capture only and one more sync post `{object} -> {entity}`"))
    } else {
        diagnostic.help("let one of them post, and the other capture only")
    }
}
