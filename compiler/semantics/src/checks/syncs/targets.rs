//! Targets: a posting can be tried again, and what is reconciled can be read back.

use super::posts;
use crate::checks::index::MapIndex;
use crate::model::{Entity, Map, Model, Sync};
use crate::typing::fields::listed;
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, Span, closest, codes};
use syncline_ir::{Kind, Leave, Measure};

pub(super) fn retries_are_safe(model: &Model, index: &MapIndex<'_>, found: &mut Vec<Diagnostic>) {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for sync in model.syncs.values().filter(|sync| posts(sync)) {
        for route in &sync.routes {
            let Some(entity) =
                model.entities.get(&route.entity).filter(|entity| entity.idempotency.is_none() && !entity.poisoned)
            else {
                continue;
            };
            let map = sync.object.as_deref().and_then(|object| index.hop(&route.entity, object, true));
            // To write the same into a row twice is to write it once.
            if map.is_some_and(|map| map.publishes) {
                continue;
            }
            if !seen.insert(&route.entity) {
                continue;
            }
            match &entity.find_by {
                None => found.push(unguarded(entity, route.span, sync)),
                Some(field) => found.extend(
                    map.filter(|map| is_left_out(entity, map, field)).map(|map| not_findable(entity, field, map)),
                ),
            }
        }
    }
}

/// Whether the map leaves a field empty and may do so; where it must not, that has been reported.
fn is_left_out(entity: &Entity, map: &Map, name: &str) -> bool {
    let by_target =
        entity.returns.iter().any(|(returned, _)| returned == name) || entity.reverses.as_deref() == Some(name);
    let may_be_empty = entity.record.field(name).and_then(|field| field.ty.as_ref()).is_some_and(|ty| ty.optional);
    !map.poisoned && (by_target || may_be_empty) && map.assignments.iter().all(|assignment| assignment.field != name)
}

fn unguarded(entity: &Entity, posted: Span, sync: &Sync) -> Diagnostic {
    let name = &entity.record.name;
    Diagnostic::new(&codes::NO_RETRY_GUARD, entity.record.span, format!("`{name}` cannot tell a second attempt from a second line"))
        .related(posted, format!("`{}` posts there", sync.name), sync.team.as_deref())
        .why("when an answer gets lost nobody knows whether the line was booked: trying again may book it twice")
        .help("declare what the target offers: `find by FIELD` (it can be searched by that field) or `idempotency key for 24h` (it honours a key for that long)")
        .element(name.clone())
}

fn not_findable(entity: &Entity, field: &str, map: &Map) -> Diagnostic {
    let place = entity.record.field(field).map_or(entity.record.span, |field| field.span);
    let key = entity.record.key.first().map_or("FIELD", String::as_str);
    Diagnostic::new(
        &codes::NO_RETRY_GUARD,
        entity.record.span,
        format!("`{}` is found by `{field}`, which the hub does not know before the answer", entity.record.name),
    )
    .related(place, "declared here", None)
    .related(map.span, "this map does not assign it", None)
    .why("when an answer gets lost nobody knows whether the line was booked: trying again may book it twice")
    .help(format!("write `find by {key}`, if the target can be searched by it, or assign `{field}`"))
    .element(entity.record.name.clone())
}

/// A measure is a number that the hub posts and the target gives back.
pub(super) fn measures_exist(model: &Model, index: &MapIndex<'_>, sync: &Sync, found: &mut Vec<Diagnostic>) {
    let Some((reconcile, place)) = &sync.reconcile else { return };
    let negates = sync.correct.as_ref().is_some_and(|(correct, _)| correct.reverses())
        || sync.leave.as_ref().is_some_and(|(leave, _)| *leave == Leave::Reverse);
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for map in index.outbound(sync) {
        let Some(entity) = model.entities.get(&map.entity).filter(|entity| !entity.poisoned) else { continue };
        for measure in &reconcile.measures {
            let Measure::Sum(field) = measure else { continue };
            if seen.insert((&map.entity, field)) {
                found.extend(
                    unmeasurable(entity, map, field, negates, *place)
                        .map(|diagnostic| diagnostic.element(sync.name.clone())),
                );
            }
        }
    }
}

fn unmeasurable(entity: &Entity, map: &Map, name: &str, negates: bool, place: Span) -> Option<Diagnostic> {
    let target = &entity.record.name;
    let problem = |message: String| Diagnostic::new(&codes::UNKNOWN_MEASURE, place, message);
    let numeric = |kind: &Kind| matches!(kind, Kind::Decimal { .. } | Kind::Money { per: None, .. });
    let Some(field) = entity.record.field(name) else {
        let numbers = entity.record.fields.iter().filter(|field| field.ty.as_ref().is_some_and(|ty| numeric(&ty.kind)));
        let numbers: Vec<&str> = numbers.map(|field| field.name.as_str()).collect();
        let diagnostic = problem(format!("`{target}` has no field `{name}` to sum")).related(
            entity.record.span,
            "declared here",
            None,
        );
        return Some(match (closest(name, numbers.iter().copied()), numbers.as_slice()) {
            (Some(near), _) => diagnostic.help(format!("did you mean `sum({near})`?")),
            (None, []) => diagnostic.help("it has no number at all: write `count`"),
            (None, numbers) => diagnostic.help(format!("its numbers are {}", listed(numbers))),
        });
    };
    let ty = field.ty.as_ref()?;
    if !numeric(&ty.kind) {
        let rate = if matches!(ty.kind, Kind::Money { .. }) { ", a price and no amount" } else { "" };
        let diagnostic = problem(format!(
            "`{name}` of `{target}` is {}{rate}, and only numbers and amounts have a sum",
            crate::typing::described(ty)
        ));
        return Some(
            diagnostic
                .related(field.ty_span, "declared here", None)
                .help("sum a number or an amount, or write `count`"),
        );
    }
    let published = map.assignments.iter().any(|assignment| assignment.field == name);
    if is_left_out(entity, map, name) || map.publishes && !published && !map.poisoned {
        let diagnostic = problem(format!("the hub does not know `{name}` of `{target}`: no map assigns it"));
        return Some(
            diagnostic
                .related(map.span, "posted here", None)
                .related(field.span, "declared here", None)
                .why("there is nothing to compare the target with")
                .help("sum a field that the map assigns, or write `count`"),
        );
    }
    if negates && !map.publishes && !entity.additive.iter().any(|(additive, _)| additive == name) {
        let diagnostic =
            problem(format!("`sum({name})` never adds up: reversals of `{target}` do not negate `{name}`"));
        return Some(
            diagnostic
                .related(
                    entity.additive.first().map_or(entity.record.span, |(_, span)| *span),
                    "`additive` says what a reversal negates",
                    None,
                )
                .why("a line that is taken back would count twice instead of not at all")
                .help(format!(
                    "add `{name}` to `additive`, if the target negates it, or leave it out of the reconciliation"
                )),
        );
    }
    None
}
