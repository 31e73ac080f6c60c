//! An identifier of a system leads to an object only if some map binds the two.
//!
//! The **crosswalk** binds an object to an entity's identifier when a `creates` map brings the object from that entity,
//! and when an outbound map posts the object there.

use super::index::MapIndex;
use super::statements::{self, Placed};
use crate::model::{Map, Model};
use crate::typing::fields::listed;
use crate::walk;
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir::{Kind, MapDirection, Op};

pub(super) fn identifiers_are_bound(model: &Model, found: &mut Vec<Diagnostic>) {
    if model.left_out.maps {
        return;
    }
    let index = MapIndex::of(model);
    let mut reported: BTreeSet<(Span, String, String)> = BTreeSet::new();
    for (placed, element) in expressions(model) {
        for one in walk::every(placed.expr) {
            let Some(question) = asked(&one.op) else { continue };
            let first = !is_bound(model, &index, &question)
                && reported.insert((placed.span, question.object.to_owned(), question.entity.clone()));
            if first {
                found.push(unbound(model, &index, &question, placed.span).element(element));
            }
        }
    }
}

/// Every expression of the workspace, with the element it belongs to.
fn expressions(model: &Model) -> Vec<(Placed<'_>, &str)> {
    let maps = model
        .maps
        .iter()
        .flat_map(|map| statements::expressions(map).into_iter().map(|placed| (placed, map.id.as_str())));
    let claims = model
        .ownership
        .iter()
        .flat_map(|block| block.claims.iter().filter_map(|claim| Some((claim.guard.as_ref()?, block.object.as_str()))));
    let accepted = model.entities.values().flat_map(|entity| {
        entity
            .accepts
            .iter()
            .filter_map(|acceptance| Some((acceptance.condition.as_ref()?, entity.record.name.as_str())))
    });
    let routes = model
        .syncs
        .values()
        .flat_map(|sync| sync.routes.iter().filter_map(|route| Some((route.condition.as_ref()?, sync.name.as_str()))));
    let predicates = claims.chain(accepted).chain(routes);
    maps.chain(predicates.filter_map(|(predicate, element)| Some((statements::placed(predicate)?, element)))).collect()
}

/// An object asked for by an entity's identifier, or the other way round.
struct Question<'m> {
    object: &'m str,
    entity: String,
    /// From the identifier to the object.
    inward: bool,
}

fn asked(op: &Op) -> Option<Question<'_>> {
    match op {
        Op::Crosswalk { object, system, entity, .. } => {
            Some(Question { object, entity: format!("{system}.{entity}"), inward: true })
        }
        Op::ForeignId { system, entity, record } => match &record.ty.kind {
            Kind::Reference { object } => {
                Some(Question { object, entity: format!("{system}.{entity}"), inward: false })
            }
            _ => None,
        },
        _ => None,
    }
}

/// A row of a versioned object stands for one version, and its identifier for nothing that is referred to.
fn binds(model: &Model, map: &Map) -> bool {
    match map.direction {
        MapDirection::Updates => false,
        MapDirection::Creates => !model.is_versioned(&map.object),
        MapDirection::Outbound => true,
    }
}

fn is_bound(model: &Model, index: &MapIndex<'_>, question: &Question<'_>) -> bool {
    index.of_entity(&question.entity).iter().any(|map| binds(model, map) && map.object == question.object)
}

fn unbound(model: &Model, index: &MapIndex<'_>, question: &Question<'_>, place: Span) -> Diagnostic {
    let Question { object, entity, inward } = question;
    let (message, why) = if *inward {
        (
            format!("no identifier of `{entity}` leads to `{object}`"),
            "this lookup would never find anything: every record would end in quarantine",
        )
    } else {
        (
            format!("`{object}` has no identifier in `{entity}`"),
            "there is nothing to write: every record would end in quarantine",
        )
    };
    let mut diagnostic = Diagnostic::new(&codes::NO_CROSSWALK, place, message).why(why);
    let of_object = index.of_object(object);
    if let Some(update) = of_object.iter().find(|map| map.entity == *entity) {
        diagnostic = diagnostic.related(
            update.span,
            "a map that updates does not bind identifiers: it finds its record by the key",
            None,
        );
    }
    let known: BTreeSet<&str> =
        of_object.iter().filter(|map| binds(model, map)).map(|map| map.entity.as_str()).collect();
    for map in of_object.iter().filter(|map| binds(model, map)) {
        let what = if map.direction == MapDirection::Outbound { "is posted to" } else { "comes from" };
        diagnostic = diagnostic.related(map.span, format!("`{object}` {what} `{}` here", map.entity), None);
    }
    let known: Vec<&str> = known.into_iter().collect();
    diagnostic.help(match (known.as_slice(), inward) {
        ([], _) => format!("no map creates `{object}` at all: add `map {entity} -> {object} creates`"),
        (_, true) => format!("use an identifier of {}, or look `{object}` up by its key", listed(&known)),
        (_, false) => format!("identifiers are known from {}; another system needs a map that brings `{object}` from there or posts it there", listed(&known)),
    })
}
