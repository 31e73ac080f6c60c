//! Sequence: a sync runs after those that bring what it uses.
//!
//! A sync **uses** an object when one of its maps, routes or targets looks it up or follows a reference to it; a sync that
//! only posts uses the object it posts, and a map that updates the object it updates.

use crate::checks::index::MapIndex;
use crate::checks::statements::{self, Placed};
use crate::model::{Map, Model, Sync};
use crate::typing::fields::listed;
use petgraph::algo::has_path_connecting;
use petgraph::graphmap::DiGraphMap;
use std::collections::{BTreeMap, BTreeSet};
use syncline_diagnostics::{Diagnostic, Fix, Span, codes};
use syncline_ir::{MapDirection, Op};

/// By object, the names of syncs.
type SyncsOf<'m> = BTreeMap<&'m str, BTreeSet<&'m str>>;
/// From each sync to others.
type SyncGraph<'m> = DiGraphMap<&'m str, ()>;

/// How a sync uses an object.
#[derive(Clone, Copy)]
struct Use {
    /// The first place.
    span: Span,
    /// Whether a record must be found there, and not only followed to.
    looks_up: bool,
}

pub(super) fn syncs_come_after_what_they_use(model: &Model, index: &MapIndex<'_>, found: &mut Vec<Diagnostic>) {
    // Any sync that could not be read may be the one that brings what another uses, or that runs between the two.
    if model.left_out.syncs || model.syncs.values().any(|sync| sync.poisoned) {
        return;
    }
    let bringers = bringers(model, index);
    let uses: BTreeMap<&str, BTreeMap<&str, Use>> =
        model.syncs.values().map(|sync| (sync.name.as_str(), used_objects(model, index, sync))).collect();
    let runs_after = SyncGraph::from_edges(
        model
            .syncs
            .values()
            .flat_map(|sync| sync.after.iter().map(|(before, _)| (sync.name.as_str(), before.as_str()))),
    );
    let needs = SyncGraph::from_edges(uses.iter().flat_map(|(sync, used)| {
        used.keys().filter_map(|object| bringers.get(object)).flatten().map(|bringer| (*sync, *bringer))
    }));
    for sync in model.syncs.values() {
        let name = sync.name.as_str();
        let mut late: Vec<(&str, &str, Use)> = Vec::new();
        for (object, used) in uses.get(name).into_iter().flatten() {
            let Some(bringing) = bringers.get(object) else {
                if used.looks_up {
                    found.push(never_brought(index, sync, object, used.span));
                }
                continue;
            };
            if bringing.iter().any(|bringer| *bringer == name || leads(&runs_after, name, bringer)) {
                continue;
            }
            let turned = bringing.iter().find(|bringer| leads(&runs_after, bringer, name));
            let mutual = |bringer: &str| leads(&needs, bringer, name);
            match (turned, bringing.first()) {
                // Both need each other, perhaps through others, and their order has been said: the first one's records wait.
                (Some(bringer), _) if mutual(bringer) => {}
                (Some(bringer), _) => found.push(wrong_way(model, sync, object, bringer, used.span)),
                // Reported at the other one.
                (None, Some(bringer)) if mutual(bringer) && *bringer < name => {}
                (None, Some(bringer)) => late.push((object, bringer, *used)),
                (None, None) => {}
            }
        }
        if !late.is_empty() {
            found.push(too_early(sync, &late, &runs_after));
        }
    }
}

/// Whether one sync leads to another, directly or through others.
fn leads(graph: &SyncGraph<'_>, from: &str, to: &str) -> bool {
    graph.contains_edge(from, to)
        || graph.contains_node(from) && graph.contains_node(to) && has_path_connecting(graph, from, to, None)
}

/// By object, the syncs that bring it; those that update it when none does.
fn bringers<'m>(model: &'m Model, index: &MapIndex<'_>) -> SyncsOf<'m> {
    let capturing = |creating: bool| {
        let syncs = model.syncs.values().filter(move |sync| {
            sync.source.is_some()
                && index.inbound(sync).is_none_or(|map| (map.direction == MapDirection::Creates) == creating)
        });
        syncs.filter_map(|sync| Some((sync.object.as_deref()?, sync.name.as_str())))
    };
    let mut found = SyncsOf::new();
    for (object, sync) in capturing(true) {
        found.entry(object).or_default().insert(sync);
    }
    let created: BTreeSet<&str> = found.keys().copied().collect();
    for (object, sync) in capturing(false).filter(|(object, _)| !created.contains(object)) {
        found.entry(object).or_default().insert(sync);
    }
    found
}

fn used_objects<'m>(model: &'m Model, index: &MapIndex<'m>, sync: &'m Sync) -> BTreeMap<&'m str, Use> {
    let mut found: BTreeMap<&str, Use> = BTreeMap::new();
    let mut add = |object: &'m str, span: Span, looks_up: bool| {
        let used = found.entry(object).or_insert(Use { span, looks_up });
        if looks_up && !used.looks_up {
            *used = Use { span, looks_up };
        }
    };
    let object = sync.object.as_deref().unwrap_or_default();
    let captures = index.inbound(sync);
    match captures {
        None if sync.source.is_none() => add(object, sync.move_span, true),
        Some(map) if map.direction == MapDirection::Updates => add(object, map.span, true),
        _ => {}
    }
    let mut read = |map: Option<&'m Map>, placed: Placed<'m>| {
        let all = match map {
            Some(map) => statements::reached(map, placed.expr),
            None => crate::walk::every(placed.expr).collect(),
        };
        for one in all {
            match &one.op {
                Op::Lookup { object, .. } | Op::Crosswalk { object, .. } | Op::Version { object, .. } => {
                    add(object, placed.span, true)
                }
                Op::Follow { object, base, .. } if base.op != Op::Own => add(object, placed.span, false),
                _ => {}
            }
        }
    };
    for map in captures.into_iter().chain(index.outbound(sync)) {
        statements::expressions(map).into_iter().for_each(|placed| read(Some(map), placed));
    }
    for route in &sync.routes {
        let accepted = model
            .entities
            .get(&route.entity)
            .into_iter()
            .flat_map(|entity| &entity.accepts)
            .filter(|acceptance| acceptance.object == object);
        let conditions = route.condition.iter().chain(accepted.filter_map(|acceptance| acceptance.condition.as_ref()));
        conditions.filter_map(statements::placed).for_each(|placed| read(None, placed));
    }
    found
}

fn never_brought(index: &MapIndex<'_>, sync: &Sync, object: &str, place: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &codes::AFTER_MISSING,
        place,
        format!("`{}` needs records of `{object}`, and no sync brings them", sync.name),
    )
    .related(sync.span, format!("used by `{}`", sync.name), sync.team.as_deref())
    .why("the hub will never hold such a record: there is nothing to find")
    .element(sync.name.clone());
    match index.creating(object).next() {
        Some(map) => diagnostic
            .related(map.span, "a map is there, and no sync uses it", None)
            .help(format!("add a sync with `move {}`, and write `after` with its name here", map.id)),
        None => diagnostic.help(format!("add a map `SYSTEM.ENTITY -> {object} creates` and a sync that uses it")),
    }
}

fn wrong_way(model: &Model, sync: &Sync, object: &str, bringer: &str, place: Span) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        &codes::AFTER_MISSING,
        sync.span,
        format!("`{}` uses records of `{object}` and runs before `{bringer}`, which brings them", sync.name),
    )
    .related(place, format!("uses `{object}`"), None)
    .why("a record that needs a new one waits for the next run, or goes to quarantine")
    .help(format!("turn the order round: `{}` after `{bringer}`", sync.name))
    .element(sync.name.clone());
    if let Some((_, span)) =
        model.syncs.get(bringer).and_then(|other| other.after.iter().find(|(name, _)| *name == sync.name))
    {
        diagnostic = diagnostic.related(*span, "the order is said here", None);
    }
    diagnostic
}

fn too_early(sync: &Sync, late: &[(&str, &str, Use)], runs_after: &SyncGraph<'_>) -> Diagnostic {
    let objects: Vec<&str> = late.iter().map(|(object, ..)| *object).collect();
    let all: BTreeSet<&str> = late.iter().map(|(_, bringer, _)| *bringer).collect();
    // What runs before another one of them need not be named.
    let needed =
        all.iter().filter(|one| !all.iter().any(|other| other != *one && leads(runs_after, other, one))).copied();
    let mut needed: Vec<&str> = needed.collect();
    if needed.is_empty() {
        // They wait for each other, which is reported apart.
        needed.extend(all.iter().copied());
    }
    let names = needed.join(", ");
    let fix = match sync.after.last() {
        Some((_, last)) => Fix::replace(format!("add `{names}` to `after`"), last.after(), format!(", {names}")),
        None => Fix::replace(format!("add `after {names}`"), sync.move_span.after(), format!("\n  after {names}")),
    };
    let mut diagnostic = Diagnostic::new(
        &codes::AFTER_MISSING,
        sync.span,
        format!("`{}` uses records of {} and does not run after {}", sync.name, listed(&objects), listed(&needed)),
    )
    .why("records that need one which arrives a minute later would wait for the next run, or go to quarantine")
    .help(format!("add `after {names}`"))
    .fix(fix)
    .element(sync.name.clone());
    for (object, bringer, used) in late {
        diagnostic = diagnostic.related(used.span, format!("uses `{object}`, which `{bringer}` brings"), None);
    }
    diagnostic
}
