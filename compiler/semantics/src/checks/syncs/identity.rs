//! Identity: what tells rows, lines and records of a target apart tells them apart for certain.
//!
//! Only a key is known to be unique, of a dated object together with the first day of the row. A value that is computed without some
//! part of it may be shared by two records.

use super::posts;
use crate::build::ORIGIN;
use crate::checks::index::MapIndex;
use crate::checks::statements;
use crate::model::{Map, Model, RecordType, Sync};
use crate::typing::fields::listed;
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{MapDirection, OF_PARENT, Order};

/// `idempotent by` names all that tells records apart. Within one sync all records have one origin, unless it captures none itself.
pub(super) fn lines_are_told_apart(model: &Model, index: &MapIndex<'_>, sync: &Sync, found: &mut Vec<Diagnostic>) {
    let Some(record) = sync.object.as_deref().and_then(|object| model.record(object)) else { return };
    if !posts(sync) || sync.idempotent_by.is_empty() {
        return;
    }
    for field in sync.idempotent_by.iter().filter_map(|name| record.field(name)) {
        if field.ty.as_ref().is_some_and(|ty| ty.optional) {
            found.push(
                Diagnostic::new(
                    &codes::NOT_IDENTIFYING,
                    sync.span,
                    format!(
                        "`{}` of `{}` may be missing, and `idempotent by` tells lines apart by it",
                        field.name, record.name
                    ),
                )
                .related(field.ty_span, "may be missing", None)
                .why("all records without it would count as one line")
                .help(format!("write `idempotent by {}`", without_origin(model, record).join(", ")))
                .element(sync.name.clone()),
            );
        }
    }
    let identity = model.posted_identity(record);
    let named = |key: &str| sync.idempotent_by.iter().any(|name| name == key);
    let origins = origins(index, &record.name);
    let origin_matters = sync.source.is_none() && origins.len() > 1;
    let left: Vec<&str> =
        identity.iter().copied().filter(|key| !named(key) && (*key != ORIGIN || origin_matters)).collect();
    if left.is_empty() {
        let more = sync.idempotent_by.iter().filter_map(|name| record.field(name));
        let moving_fields = more.filter(|field| {
            let optional = field.ty.as_ref().is_some_and(|ty| ty.optional);
            !optional && !field.fixed && !record.key.contains(&field.name)
        });
        found.extend(moving_fields.map(|field| moving(model, record, field, sync)));
        return;
    }
    let wanted: Vec<&str> = if origin_matters { identity } else { without_origin(model, record) };
    let message = format!(
        "`idempotent by {}` does not tell lines of `{}` apart: it leaves out {}",
        sync.idempotent_by.join(", "),
        record.name,
        listed(&left)
    );
    let why = if left == [ORIGIN] {
        format!(
            "{} may use the same identifier for different records: the second would never be posted",
            listed(&origins.iter().map(String::as_str).collect::<Vec<_>>())
        )
    } else {
        "two records that agree in these fields would count as one line: the second would never be posted".to_owned()
    };
    let mut diagnostic = Diagnostic::new(&codes::NOT_IDENTIFYING, sync.span, message)
        .why(why)
        .help(format!("write `idempotent by {}`", wanted.join(", ")))
        .element(sync.name.clone());
    for field in left.iter().filter_map(|name| record.field(name)) {
        diagnostic = diagnostic.related(field.span, part(record, &field.name), None);
    }
    found.push(diagnostic);
}

fn moving(model: &Model, record: &RecordType, field: &crate::model::Field, sync: &Sync) -> Diagnostic {
    let message =
        format!("`{}` of `{}` may change, and `idempotent by` tells lines apart by it", field.name, record.name);
    Diagnostic::new(&codes::NOT_IDENTIFYING, sync.span, message)
        .related(field.span, "neither part of the key nor `fixed`", None)
        .why("a retry after the change would carry another key: the target could not tell it from a new line")
        .help(match model.posted_identity(record).contains(&field.name.as_str()) {
            true => format!("end its type in `fixed`: two rows of `{}` differ in it", record.name),
            false => format!("write `idempotent by {}`", without_origin(model, record).join(", ")),
        })
        .element(sync.name.clone())
}

fn without_origin<'m>(model: &'m Model, record: &'m RecordType) -> Vec<&'m str> {
    model.posted_identity(record).into_iter().filter(|key| *key != ORIGIN).collect()
}

/// How a field tells records apart.
fn part(record: &RecordType, field: &String) -> &'static str {
    if record.key.contains(field) { "part of the key" } else { "tells the rows of one key apart" }
}

/// The systems from which an object is created.
fn origins(index: &MapIndex<'_>, object: &str) -> BTreeSet<String> {
    index.creating(object).filter_map(|map| map.entity.split_once('.')).map(|(system, _)| system.to_owned()).collect()
}

/// `order by VERSION within ID`: the map gives both, and the identifier is the source's own.
pub(super) fn rows_are_told_apart(model: &Model, index: &MapIndex<'_>, sync: &Sync, found: &mut Vec<Diagnostic>) {
    let (Some(Order::By { field, within }), Some(map)) = (&sync.order, index.inbound(sync)) else { return };
    let Some(source) = model.record(&map.entity).filter(|_| !map.poisoned) else { return };
    let Some(target) = model.record(&map.object) else { return };
    let fills = |map: &Map, name: &str| map.assignments.iter().any(|assignment| assignment.field == name);
    for name in [field, within] {
        let required = target.field(name).and_then(|field| field.ty.as_ref()).is_none_or(|ty| !ty.optional);
        let updated = index
            .of_object(&map.object)
            .iter()
            .any(|other| other.direction == MapDirection::Updates && fills(other, name));
        let reported = model.identity(target).contains(&name.as_str())
            || required && map.direction == MapDirection::Creates && !updated;
        if !fills(map, name) && !reported {
            found.push(
                Diagnostic::new(
                    &codes::INCOMPLETE_MAP,
                    map.span,
                    format!(
                        "the map `{}` leaves `{name}` of `{}` empty, and `{}` orders rows by it",
                        map.id, map.object, sync.name
                    ),
                )
                .related(sync.span, format!("`order by {field} within {within}`"), sync.team.as_deref())
                .why("rows without it cannot be told old from new")
                .help("assign it, or write `order by arrival`")
                .element(map.id.clone()),
            );
        }
    }
    let Some(assignment) = map.assignments.iter().find(|assignment| assignment.field == *within) else { return };
    let Some(value) = &assignment.value else { return };
    let dependence = statements::depends_on(map, value);
    // Versions of rows in a row are those of the row that holds them.
    let is_numbered = |key: &&str| !source.is_held() || key.starts_with(OF_PARENT);
    let key: Vec<&str> = source.key.iter().map(String::as_str).filter(is_numbered).collect();
    let left: Vec<&str> = key.iter().copied().filter(|key| !dependence.on(key)).collect();
    if !left.is_empty() {
        found.push(
            Diagnostic::new(
                &codes::NOT_IDENTIFYING,
                sync.span,
                format!(
                    "`order by {field} within {within}` mixes rows of `{}`: `{within}` is computed without {}",
                    map.entity,
                    listed(&left)
                ),
            )
            .related(assignment.span, "computed here", None)
            .why("versions of different records would supersede each other")
            .help(format!("name the field that takes the source's key, {}", listed(&key)))
            .element(sync.name.clone()),
        );
    }
}

/// The key of a target is computed from all that tells the records of the object apart.
pub(super) fn targets_are_told_apart(model: &Model, found: &mut Vec<Diagnostic>) {
    for map in model.maps.iter().filter(|map| map.direction == MapDirection::Outbound && !map.poisoned) {
        let (Some(object), Some(target)) = (model.record(&map.object), model.record(&map.entity)) else { continue };
        let keyed: Vec<_> =
            map.assignments.iter().filter(|assignment| target.key.contains(&assignment.field)).collect();
        let Some(first) = keyed.first().filter(|_| keyed.len() == target.key.len()) else { continue };
        let all: Vec<_> = keyed
            .iter()
            .filter_map(|assignment| assignment.value.as_ref())
            .map(|value| statements::depends_on(map, value))
            .collect();
        let left: Vec<&str> =
            without_origin(model, object).into_iter().filter(|key| !all.iter().any(|one| one.on(key))).collect();
        if !left.is_empty() {
            found.push(shared_key(map, object, target, first.span, &left));
        }
    }
}

fn shared_key(
    map: &Map,
    object: &RecordType,
    target: &RecordType,
    place: syncline_diagnostics::Span,
    left: &[&str],
) -> Diagnostic {
    let key: Vec<&str> = target.key.iter().map(String::as_str).collect();
    let mut diagnostic = Diagnostic::new(
        &codes::NOT_IDENTIFYING,
        place,
        format!(
            "two records of `{}` may get one key in `{}`: {} is computed without {}",
            object.name,
            target.name,
            listed(&key),
            listed(left)
        ),
    )
    .why("the second would overwrite the line of the first, or be taken for it and never be posted")
    .help(format!("compute the key from {}, too", listed(left)))
    .element(map.id.clone());
    for field in left.iter().filter_map(|name| object.field(name)) {
        diagnostic = diagnostic.related(field.span, part(object, &field.name), None);
    }
    diagnostic
}
