//! Maps fill what their target requires, and only what is theirs to fill.
//!
//! A field is **required** when its type has no `?`. A record may get its required fields from two maps: from the
//! `creates` map, which always gives the key, and from `updates` maps, which add to records that are there.

mod entities;
mod objects;

use super::index::MapIndex;
use crate::build::ORIGIN;
use crate::flow;
use crate::model::{Assignment, Field, Map, Model, RecordType};
use crate::typing::fields::listed;
use syncline_diagnostics::{Diagnostic, Fix, codes};
use syncline_ir::{Kind, MapDirection};

pub(super) fn maps_fill_required_fields(model: &Model, found: &mut Vec<Diagnostic>) {
    let index = MapIndex::of(model);
    for object in model.objects.values() {
        objects::record_is_filled(model, &index, &object.record, found);
    }
    for map in model.maps.iter().filter(|map| map.direction == MapDirection::Outbound) {
        if let Some(entity) = model.entities.get(&map.entity) {
            entities::record_is_filled(model, entity, map, found);
            entities::only_own_fields_are_filled(entity, map, found);
        }
    }
}

fn assigned<'m>(map: &'m Map, field: &str) -> Option<&'m Assignment> {
    map.assignments.iter().find(|assignment| assignment.field == field)
}

/// Whether the maps into an object give every record what tells it apart and, together, all required fields.
pub(super) fn is_filled(model: &Model, record: &RecordType, maps: &[&Map]) -> bool {
    let identity = model.identity(record);
    let mut needed = record.fields.iter().filter(|field| field.name != ORIGIN && is_required(field));
    needed.all(|field| {
        let mut assigning = maps
            .iter()
            .filter(|map| map.direction != MapDirection::Outbound)
            .map(|map| (map, assigned(map, &field.name).is_some()));
        if identity.contains(&field.name.as_str()) {
            assigning.all(|(map, assigns)| assigns || model.finds(map).is_some())
        } else {
            assigning.any(|(_, assigns)| assigns)
        }
    })
}

fn is_required(field: &Field) -> bool {
    field.ty.as_ref().is_some_and(|ty| !ty.optional)
}

/// Points at the source fields that no map looks at and that would fit.
fn with_unread(model: &Model, mut diagnostic: Diagnostic, maps: &[&Map], left: &[&Field]) -> Diagnostic {
    for map in maps {
        let Some(source) = model.record(&map.entity) else { continue };
        let read = flow::fields_read(map);
        let is_free = |field: &Field| {
            !read.contains(&field.name) && map.ignored.iter().all(|(ignored, _)| *ignored != field.name)
        };
        let fits = |field: &Field| {
            field
                .ty
                .as_ref()
                .is_some_and(|ty| left.iter().any(|left| left.ty.as_ref().is_some_and(|wanted| ty.kind == wanted.kind)))
        };
        for field in source.fields.iter().filter(|field| is_free(field) && fits(field)) {
            diagnostic = diagnostic.related(field.span, "never read, and would fit", None);
        }
    }
    diagnostic
}

fn incomplete(model: &Model, map: &Map, target: &RecordType, left: &[&Field]) -> Diagnostic {
    let names: Vec<&str> = left.iter().map(|field| field.name.as_str()).collect();
    let outbound = map.direction == MapDirection::Outbound;
    let key_left = left.iter().any(|field| target.key.contains(&field.name));
    let why = match (outbound, key_left) {
        (_, true) => {
            "the key tells one record from another; without it nothing can be found again, corrected or reconciled"
        }
        (true, false) => "the target refuses every such record, or takes it with a hole in it",
        (false, false) => "a record without it is incomplete: it stays in the hub and is never posted",
    };
    let help = match (outbound, key_left) {
        (_, true) => "assign the whole key".to_owned(),
        (true, false) => format!(
            "assign {}; what the target fills itself is declared with `returns`",
            if left.len() == 1 { "it" } else { "them" }
        ),
        (false, false) => format!(
            "assign {} here or in a map that updates, or end the type in `?`",
            if left.len() == 1 { "it" } else { "them" }
        ),
    };
    let mut diagnostic = Diagnostic::new(
        &codes::INCOMPLETE_MAP,
        map.span,
        format!("the map `{}` leaves {} of `{}` empty", map.id, listed(&names), target.name),
    )
    .why(why)
    .help(help)
    .element(map.id.clone());
    for field in left {
        diagnostic = diagnostic.related(field.span, "required here", None);
    }
    if !outbound {
        diagnostic = with_unread(model, diagnostic, &[map], left);
    }
    match by_name(model, map, left) {
        Some(fix) => diagnostic.fix(fix),
        None => diagnostic,
    }
}

/// Assigns the fields from source fields of the same name and type, when all of them have one.
fn by_name(model: &Model, map: &Map, left: &[&Field]) -> Option<Fix> {
    let source = model.record(if map.direction == MapDirection::Outbound { &map.object } else { &map.entity })?;
    let first = map.assignments.first()?;
    let mut lines = String::new();
    for field in left {
        let (from, to) = (source.field(&field.name)?.ty.as_ref()?, field.ty.as_ref()?);
        // An amount of the same name may be one of another currency.
        if from != to || matches!(to.kind, Kind::Money { .. }) {
            return None;
        }
        lines.push_str(&format!("{} = {}\n  ", field.name, field.name));
    }
    let names: Vec<&str> = left.iter().map(|field| field.name.as_str()).collect();
    Some(Fix::replace(
        format!("assign {} from the source's field of that name", listed(&names)),
        first.span.before(),
        lines,
    ))
}

/// Proposes to remove an assignment; one with a route is longer than what is known of it.
fn without(diagnostic: Diagnostic, assignment: &Assignment) -> Diagnostic {
    if assignment.route.is_some() {
        return diagnostic;
    }
    diagnostic.fix(Fix::replace(
        format!("remove the assignment of `{}`", assignment.field),
        assignment.span.to(assignment.value_span),
        "",
    ))
}
