//! Maps into objects: the key from each, every required field from one of them.

use super::{assigned, incomplete, is_required, with_unread, without};
use crate::build::ORIGIN;
use crate::checks::index::MapIndex;
use crate::model::{Field, Map, Model, RecordType};
use crate::typing::fields::listed;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::MapDirection;

pub(super) fn record_is_filled(model: &Model, index: &MapIndex<'_>, record: &RecordType, found: &mut Vec<Diagnostic>) {
    let inbound = index.of_object(&record.name).iter().copied().filter(|map| map.direction != MapDirection::Outbound);
    let (creates, updates): (Vec<&Map>, Vec<&Map>) = inbound.partition(|map| map.direction == MapDirection::Creates);
    fields_are_filled(model, record, &creates, &updates, found);
    for map in updates {
        update_says_which_record(model, record, map, &creates, !model.left_out.maps, found);
    }
    for map in creates {
        origin_is_left_alone(map, found);
    }
}

fn fields_are_filled(
    model: &Model,
    record: &RecordType,
    creates: &[&Map],
    updates: &[&Map],
    found: &mut Vec<Diagnostic>,
) {
    let all_there = !model.left_out.maps;
    if let ([], Some(first), true) = (creates, updates.first(), all_there) {
        if let Some(key) = record.key.iter().filter(|key| *key != ORIGIN).find_map(|key| record.field(key)) {
            found.push(never_created(record, key, first));
        }
        return;
    }
    let poisoned = !all_there || creates.iter().chain(updates).any(|map| map.poisoned);
    let required: Vec<&Field> =
        record.fields.iter().filter(|field| field.name != ORIGIN && is_required(field)).collect();
    let identity = model.identity(record);
    let is_key = |field: &Field| identity.contains(&field.name.as_str());
    let unfilled = |field: &Field| creates.iter().chain(updates).all(|map| assigned(map, &field.name).is_none());
    if !poisoned && !creates.is_empty() {
        for field in required.iter().filter(|field| !is_key(field) && unfilled(field)) {
            found.push(unassigned(model, record, field, creates));
        }
    }
    for map in creates.iter().filter(|map| !map.poisoned) {
        let left = required.iter().copied().filter(|field| {
            let elsewhere = !is_key(field)
                && (!all_there
                    || unfilled(field)
                    || updates.iter().any(|map| map.poisoned || assigned(map, &field.name).is_some()));
            assigned(map, &field.name).is_none() && !elsewhere
        });
        let left: Vec<&Field> = left.collect();
        if !left.is_empty() {
            found.push(incomplete(model, map, record, &left));
        }
    }
}

fn never_created(record: &RecordType, key: &Field, update: &Map) -> Diagnostic {
    Diagnostic::new(
        &codes::UNASSIGNED_BY_ANY_MAP,
        key.span,
        format!("no map creates `{}`: nothing gives it its key `{}`", record.name, key.name),
    )
    .related(update.span, "this map changes only records that are there", None)
    .why("a map that updates finds its record by the key; without a record it waits, and goes to quarantine in the end")
    .help(format!("add a map `SYSTEM.ENTITY -> {} creates`, or write `creates` in this one", record.name))
    .element(format!("{}.{}", record.name, key.name))
}

fn unassigned(model: &Model, record: &RecordType, field: &Field, creates: &[&Map]) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        &codes::UNASSIGNED_BY_ANY_MAP,
        field.span,
        format!("no map fills the required field `{}` of `{}`", field.name, record.name),
    )
    .label("required here")
    .why("a record without it is incomplete: it stays in the hub and is never posted")
    .help("assign it in one of these maps, or end its type in `?`")
    .element(format!("{}.{}", record.name, field.name));
    for map in creates {
        diagnostic = diagnostic.related(map.span, format!("`{}` is created here", record.name), None);
    }
    with_unread(model, diagnostic, creates, &[field])
}

fn update_says_which_record(
    model: &Model,
    record: &RecordType,
    map: &Map,
    creates: &[&Map],
    all_there: bool,
    found: &mut Vec<Diagnostic>,
) {
    // The ledger knows the record that was posted as the row.
    if map.poisoned || model.finds(map).is_some() {
        return;
    }
    let left = model.identity(record).into_iter().filter(|key| *key != ORIGIN && assigned(map, key).is_none());
    let left: Vec<&str> = left.collect();
    if !left.is_empty() {
        let mut diagnostic = Diagnostic::new(
            &codes::INCOMPLETE_MAP,
            map.span,
            format!(
                "the map `{}` does not say which `{}` it updates: it leaves {} open",
                map.id,
                record.name,
                listed(&left)
            ),
        )
        .why("a map that updates finds its record by the key it assigns, and writes nothing into it")
        .help("assign the whole key, and the first day where rows are dated")
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
        let mut diagnostic = Diagnostic::new(
            &codes::INCOMPLETE_MAP,
            map.span,
            format!(
                "the map `{}` looks for records of origin `{own}`, and there are only those of {}",
                map.id,
                listed(&origins)
            ),
        )
        .why("the key of the object begins with the system that captured the record, so this map would never find one")
        .help(format!(
            "assign `origin = \"{}\"`, or take `origin` out of the key",
            origins.first().copied().unwrap_or_default()
        ))
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
