//! Maps fill what their target requires, and only what is theirs to fill.
//!
//! A field is **required** when its type has no `?`. A record may get its required fields from two maps: from the
//! `creates` map, which always gives the key, and from `updates` maps, which add to records that are there.

use super::index::MapIndex;
use crate::build::ORIGIN;
use crate::flow;
use crate::model::{Assignment, Entity, Field, Map, Model, Object, RecordType};
use crate::typing::fields::listed;
use syncline_diagnostics::{Diagnostic, Fix, codes};
use syncline_ir::{Kind, MapDirection};

pub(super) fn maps_fill_required_fields(model: &Model, found: &mut Vec<Diagnostic>) {
    let index = MapIndex::of(model);
    for object in model.objects.values() {
        let inbound = index.of_object(&object.record.name).iter().copied().filter(|map| map.direction != MapDirection::Outbound);
        let (creates, updates): (Vec<&Map>, Vec<&Map>) = inbound.partition(|map| map.direction == MapDirection::Creates);
        object_is_filled(model, object, &creates, &updates, found);
        for map in updates {
            update_says_which_record(&object.record, map, &creates, !model.left_out.maps, found);
        }
        for map in creates {
            origin_is_left_alone(map, found);
        }
    }
    for map in model.maps.iter().filter(|map| map.direction == MapDirection::Outbound) {
        if let Some(entity) = model.entities.get(&map.entity) {
            entity_is_filled(model, entity, map, found);
            only_own_fields_are_filled(entity, map, found);
        }
    }
}

fn assigned<'m>(map: &'m Map, field: &str) -> Option<&'m Assignment> {
    map.assignments.iter().find(|assignment| assignment.field == field)
}

/// Whether the maps into an object give every record its whole key and, together, all required fields.
pub(super) fn is_filled(record: &RecordType, maps: &[&Map]) -> bool {
    let mut needed = record.fields.iter().filter(|field| field.name != ORIGIN && is_required(field));
    needed.all(|field| {
        let mut assigning = maps.iter().filter(|map| map.direction != MapDirection::Outbound).map(|map| assigned(map, &field.name).is_some());
        if record.key.contains(&field.name) { assigning.all(|assigns| assigns) } else { assigning.any(|assigns| assigns) }
    })
}

fn is_required(field: &Field) -> bool {
    field.ty.as_ref().is_some_and(|ty| !ty.optional)
}

fn object_is_filled(model: &Model, object: &Object, creates: &[&Map], updates: &[&Map], found: &mut Vec<Diagnostic>) {
    let record = &object.record;
    let all_there = !model.left_out.maps;
    if let ([], Some(first), true) = (creates, updates.first(), all_there) {
        if let Some(key) = record.key.iter().filter(|key| *key != ORIGIN).find_map(|key| record.field(key)) {
            found.push(never_created(record, key, first));
        }
        return;
    }
    let poisoned = !all_there || creates.iter().chain(updates).any(|map| map.poisoned);
    let required: Vec<&Field> = record.fields.iter().filter(|field| field.name != ORIGIN && is_required(field)).collect();
    let is_key = |field: &Field| record.key.contains(&field.name);
    let unfilled = |field: &Field| creates.iter().chain(updates).all(|map| assigned(map, &field.name).is_none());
    if !poisoned && !creates.is_empty() {
        for field in required.iter().filter(|field| !is_key(field) && unfilled(field)) {
            found.push(unassigned(model, record, field, creates));
        }
    }
    for map in creates.iter().filter(|map| !map.poisoned) {
        let left = required.iter().copied().filter(|field| {
            let elsewhere = !is_key(field) && (!all_there || unfilled(field) || updates.iter().any(|map| map.poisoned || assigned(map, &field.name).is_some()));
            assigned(map, &field.name).is_none() && !elsewhere
        });
        let left: Vec<&Field> = left.collect();
        if !left.is_empty() {
            found.push(incomplete(model, map, record, &left));
        }
    }
}

fn never_created(record: &RecordType, key: &Field, update: &Map) -> Diagnostic {
    Diagnostic::new(&codes::UNASSIGNED_BY_ANY_MAP, key.span, format!("no map creates `{}`: nothing gives it its key `{}`", record.name, key.name))
        .related(update.span, "this map changes only records that are there", None)
        .why("a map that updates finds its record by the key; without a record it waits, and goes to quarantine in the end")
        .help(format!("add a map `SYSTEM.ENTITY -> {} creates`, or write `creates` in this one", record.name))
        .element(format!("{}.{}", record.name, key.name))
}

fn unassigned(model: &Model, record: &RecordType, field: &Field, creates: &[&Map]) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(&codes::UNASSIGNED_BY_ANY_MAP, field.span, format!("no map fills the required field `{}` of `{}`", field.name, record.name))
        .label("required here")
        .why("a record without it is incomplete: it stays in the hub and is never posted")
        .help("assign it in one of these maps, or end its type in `?`")
        .element(format!("{}.{}", record.name, field.name));
    for map in creates {
        diagnostic = diagnostic.related(map.span, format!("`{}` is created here", record.name), None);
    }
    with_unread(model, diagnostic, creates, &[field])
}

/// Points at the source fields that no map looks at and that would fit.
fn with_unread(model: &Model, mut diagnostic: Diagnostic, maps: &[&Map], left: &[&Field]) -> Diagnostic {
    for map in maps {
        let Some(source) = model.record(&map.entity) else { continue };
        let read = flow::fields_read(map);
        let is_free = |field: &Field| !read.contains(&field.name) && map.ignored.iter().all(|(ignored, _)| *ignored != field.name);
        let fits = |field: &Field| field.ty.as_ref().is_some_and(|ty| left.iter().any(|left| left.ty.as_ref().is_some_and(|wanted| ty.kind == wanted.kind)));
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
        (_, true) => "the key tells one record from another; without it nothing can be found again, corrected or reconciled",
        (true, false) => "the target refuses every such record, or takes it with a hole in it",
        (false, false) => "a record without it is incomplete: it stays in the hub and is never posted",
    };
    let help = match (outbound, key_left) {
        (_, true) => "assign the whole key".to_owned(),
        (true, false) => format!("assign {}; what the target fills itself is declared with `returns`", if left.len() == 1 { "it" } else { "them" }),
        (false, false) => format!("assign {} here or in a map that updates, or end the type in `?`", if left.len() == 1 { "it" } else { "them" }),
    };
    let mut diagnostic = Diagnostic::new(&codes::INCOMPLETE_MAP, map.span, format!("the map `{}` leaves {} of `{}` empty", map.id, listed(&names), target.name))
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
    Some(Fix::replace(format!("assign {} from the source's field of that name", listed(&names)), first.span.before(), lines))
}

fn update_says_which_record(record: &RecordType, map: &Map, creates: &[&Map], all_there: bool, found: &mut Vec<Diagnostic>) {
    if map.poisoned {
        return;
    }
    let left: Vec<&str> = record.key.iter().map(String::as_str).filter(|key| *key != ORIGIN && assigned(map, key).is_none()).collect();
    if !left.is_empty() {
        let mut diagnostic = Diagnostic::new(&codes::INCOMPLETE_MAP, map.span, format!("the map `{}` does not say which `{}` it updates: it leaves {} open", map.id, record.name, listed(&left)))
            .why("a map that updates finds its record by the key it assigns, and writes nothing into it")
            .help("assign the whole key")
            .element(map.id.clone());
        for field in left.iter().filter_map(|key| record.field(key)) {
            diagnostic = diagnostic.related(field.span, "part of the key", None);
        }
        found.push(diagnostic);
        return;
    }
    // `origin` means the system of this map unless the map says otherwise.
    let system = |map: &Map| map.entity.split_once('.').map_or_else(String::new, |(system, _)| system.to_owned());
    let own = system(map);
    let by_origin = record.key.iter().any(|key| key == ORIGIN) && assigned(map, ORIGIN).is_none();
    if by_origin && all_there && !creates.is_empty() && creates.iter().all(|creates| system(creates) != own) {
        let origins: Vec<String> = creates.iter().map(|map| system(map)).collect();
        let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
        let mut diagnostic = Diagnostic::new(&codes::INCOMPLETE_MAP, map.span, format!("the map `{}` looks for records of origin `{own}`, and there are only those of {}", map.id, listed(&origins)))
            .why("the key of the object begins with the system that captured the record, so this map would never find one")
            .help(format!("assign `origin = \"{}\"`, or take `origin` out of the key", origins.first().copied().unwrap_or_default()))
            .element(map.id.clone());
        for map in creates {
            diagnostic = diagnostic.related(map.span, "created here", None);
        }
        found.push(diagnostic);
    }
}

fn origin_is_left_alone(map: &Map, found: &mut Vec<Diagnostic>) {
    if let Some(assignment) = assigned(map, ORIGIN) {
        let diagnostic = Diagnostic::new(&codes::ASSIGNS_FOREIGN_FIELD, assignment.span, "`origin` is filled by the hub, and this map assigns it")
            .why("`origin` names the system that captured the record; a map that says something else makes two records of one, or one of two")
            .help("remove the assignment")
            .element(map.id.clone());
        found.push(without(diagnostic, assignment));
    }
}

fn entity_is_filled(model: &Model, entity: &Entity, map: &Map, found: &mut Vec<Diagnostic>) {
    if map.poisoned || entity.poisoned {
        return;
    }
    let record = &entity.record;
    let returned = |field: &Field| entity.returns.iter().find(|(name, _)| *name == field.name);
    let left = record.fields.iter().filter(|field| {
        let by_target = returned(field).is_some() || entity.reverses.as_deref() == Some(&field.name);
        is_required(field) && !by_target && assigned(map, &field.name).is_none()
    });
    let left: Vec<&Field> = left.collect();
    if !left.is_empty() {
        found.push(incomplete(model, map, record, &left));
    }
    for field in record.key.iter().filter_map(|key| record.field(key)) {
        if let Some((_, place)) = returned(field) {
            found.push(
                Diagnostic::new(&codes::INCOMPLETE_MAP, map.span, format!("the key `{}` of `{}` is filled by the target", field.name, record.name))
                    .related(*place, "`returns` says so", None)
                    .why("the hub finds its own lines by a key that it has chosen; one that comes back with the answer is lost with the answer")
                    .help("make the key a field that the map assigns, such as an external identifier")
                    .element(map.id.clone()),
            );
        }
    }
}

fn only_own_fields_are_filled(entity: &Entity, map: &Map, found: &mut Vec<Diagnostic>) {
    for assignment in &map.assignments {
        let name = &assignment.field;
        let is_key = entity.record.key.contains(name);
        let diagnostic = if let (Some((_, place)), false) = (entity.returns.iter().find(|(returned, _)| returned == name), is_key) {
            Diagnostic::new(&codes::ASSIGNS_FOREIGN_FIELD, assignment.span, format!("`{name}` is filled by `{}` itself, and this map assigns it", entity.record.name))
                .related(*place, "`returns` says so", None)
                .why("two sides would hand out one value, and the books would show whichever came last")
                .help(format!("remove the assignment, or take `{name}` out of `returns`"))
        } else if entity.reverses.as_ref() == Some(name) {
            let place = entity.record.field(name).map_or(entity.record.span, |field| field.span);
            Diagnostic::new(&codes::ASSIGNS_FOREIGN_FIELD, assignment.span, format!("`{name}` is filled by the hub when it reverses a line, and this map assigns it"))
                .related(place, "`reverses in` names it", None)
                .why("lines that claim to take back others fall out of every sum over the target")
                .help("remove the assignment")
        } else {
            continue;
        };
        found.push(without(diagnostic, assignment).element(map.id.clone()));
    }
}

/// Proposes to remove an assignment; one with a route is longer than what is known of it.
fn without(diagnostic: Diagnostic, assignment: &Assignment) -> Diagnostic {
    if assignment.route.is_some() {
        return diagnostic;
    }
    diagnostic.fix(Fix::replace(format!("remove the assignment of `{}`", assignment.field), assignment.span.to(assignment.value_span), ""))
}
