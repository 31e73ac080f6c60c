//! What a target says goes back to where the record came from, and nowhere else.
//!
//! Terms
//! - A map **reads back** when it updates the record that was posted as the row.
//! - A map **publishes** when it goes out of the hub and says `updates`: it changes the row that the record came from.

use super::index::MapIndex;
use crate::flow;
use crate::model::{Assignment, Deletion, Entity, Event, Field, Map, Model, Sync};
use syncline_diagnostics::{Diagnostic, Fix, Span, codes};
use syncline_ir::{Correction, Finds, Leave, MapDirection, OF_PARENT};

pub(super) fn ways_back_can_be_gone(model: &Model, found: &mut Vec<Diagnostic>) {
    let index = MapIndex::of(model);
    for map in model.maps.iter().filter(|map| !map.poisoned) {
        match model.finds(map) {
            Some(Finds::PostedRecord) => read_back(model, map, found),
            Some(Finds::SourceRow) => published(model, &index, map, found),
            None => {}
        }
    }
}

fn unfit(place: Span, message: String, map: &Map) -> Diagnostic {
    Diagnostic::new(&codes::UNFIT_WAY_BACK, place, message).element(map.id.clone())
}

fn read_back(model: &Model, map: &Map, found: &mut Vec<Diagnostic>) {
    let Some(record) = model.record(&map.object) else { return };
    if model.identity(record).len() > record.key.len() {
        let message =
            format!("`{}` has several records of one key, and the line was posted for one of them", map.object);
        found.push(
            unfit(map.span, message, map)
                .why("what the target says of a line would be written into a version that it was not posted for")
                .help("assign the whole key, so that the map says itself which record it updates"),
        );
    }
    for assignment in &map.assignments {
        if let Some(field) = record.field(&assignment.field).filter(|field| is_required(field)) {
            let message = format!(
                "`{}` of `{}` is required, and there is no value before the posting and after a reversal",
                field.name, map.object
            );
            found.push(
                unfit(assignment.span, message, map)
                    .related(field.ty_span, "required here", None)
                    .why("a record without it is never posted, so the target never gives it one")
                    .help("end its type in `?`"),
            );
        }
    }
    for sync in syncs_through(model, map) {
        if let Some(route) = sync.routes.first() {
            let message = format!("`{}` reads back what was posted, and posts again", sync.name);
            found.push(
                unfit(route.span, message, map)
                    .related(map.span, "several rows of the target may be lines of one record", None)
                    .why("each line of the target would be a posting of its own, of which the last one counts")
                    .help(format!(
                        "end the `move` at `{}`, and add a sync with `move {} -> {}`",
                        map.object, map.object, route.entity
                    )),
            );
        }
    }
}

/// The syncs that use a map.
fn syncs_through<'m>(model: &'m Model, map: &'m Map) -> impl Iterator<Item = &'m Sync> {
    let inbound = map.direction != MapDirection::Outbound;
    model.syncs.values().filter(move |sync| {
        sync.object.as_deref() == Some(map.object.as_str())
            && match inbound {
                true => sync.source.as_deref() == Some(map.entity.as_str()),
                false => sync.routes.iter().any(|route| route.entity == map.entity),
            }
    })
}

fn is_required(field: &Field) -> bool {
    field.ty.as_ref().is_some_and(|ty| !ty.optional)
}

fn published(model: &Model, index: &MapIndex<'_>, map: &Map, found: &mut Vec<Diagnostic>) {
    let Some(entity) = model.entities.get(&map.entity).filter(|entity| !entity.poisoned) else { return };
    let creating = index.creating(&map.object).find(|creating| creating.entity == map.entity);
    if creating.is_none() && !model.left_out.maps {
        let message = format!("no row of `{}` stands for a record of `{}`", map.entity, map.object);
        found.push(
            Diagnostic::new(&codes::NO_CROSSWALK, map.span, message)
                .why("a map out of the hub that updates changes the row that the record came from, and adds none")
                .help(format!(
                    "add a map `{} -> {} creates`, or post new lines: remove `updates`",
                    map.entity, map.object
                ))
                .element(map.id.clone()),
        );
    }
    if model.is_versioned(&map.object) {
        let message = format!("`{}` comes in versions, each from a row of its own", map.object);
        found.push(
            unfit(map.span, message, map)
                .why("what is in force may have come from another row tomorrow, and the old one would keep the value")
                .help("publish to the system by an object without versions"),
        );
    }
    if map.assignments.is_empty() {
        found.push(
            Diagnostic::new(&codes::INCOMPLETE_MAP, map.span, format!("the map `{}` writes nothing", map.id))
                .why("readers of the specification will believe that something goes back")
                .help("assign the fields that are published, or remove the map")
                .element(map.id.clone()),
        );
    }
    for assignment in &map.assignments {
        found.extend(foreign(model, index, entity, map, assignment));
    }
    for sync in syncs_through(model, map) {
        carried_out(entity, map, sync, found);
    }
}

/// Whose field it is that a map publishes into, when it is not the hub's.
fn foreign(
    model: &Model,
    index: &MapIndex<'_>,
    entity: &Entity,
    map: &Map,
    assignment: &Assignment,
) -> Option<Diagnostic> {
    let (name, record) = (&assignment.field, &entity.record);
    let problem = |message: String, place: Span, said: &str, why: &str| {
        let diagnostic = Diagnostic::new(&codes::ASSIGNS_FOREIGN_FIELD, assignment.span, message)
            .related(place, said, None)
            .why(why)
            .help("publish into a field that nothing reads from this system, or remove the assignment")
            .element(map.id.clone());
        match assignment.route {
            Some(_) => diagnostic,
            None => diagnostic.fix(Fix::replace(
                format!("remove the assignment of `{name}`"),
                assignment.span.to(assignment.value_span),
                "",
            )),
        }
    };
    let declared = record.field(name).map_or(record.span, |field| field.span);
    if record.key.contains(name) {
        let message = format!("`{name}` is the key of `{}`, and this map assigns it", record.name);
        let why = "the row is found by the key that its system gave it; with another one it would be another record";
        return Some(problem(message, declared, "the row that the record came from is found by it", why));
    }
    let fills = |by: &str| format!("`{name}` is filled by `{}`, {by}, and this map assigns it", entity.system);
    if entity.cursor.as_ref().is_some_and(|(cursor, _)| cursor == name) {
        let why = "the cursor says which rows the system has changed since; written from outside it says nothing";
        return Some(problem(fills("as its cursor"), declared, "`cursor` names it", why));
    }
    if let Some((Deletion::When(predicate), _)) = &entity.deletion
        && predicate.expr.as_ref().is_some_and(|expr| flow::fields_in(expr).any(|field| field == *name))
    {
        let why = "the record would be deleted by what the hub writes, and not by the system that owns it";
        return Some(problem(fills("which deletes by it"), predicate.span, "`delete when` reads it", why));
    }
    let reads = |event: &&Event| {
        let condition = event.predicate.expr.as_ref();
        condition.is_some_and(|expr| flow::fields_in(expr).any(|field| field == *name))
    };
    if let Some(event) = entity.events.iter().find(reads) {
        let why = "what the hub writes is left out of what it reads, so the event would never be raised";
        let said = format!("event `{}` reads it", event.name);
        return Some(problem(fills("which raises an event by it"), event.predicate.span, &said, why));
    }
    let others = index.of_entity(&record.name).iter().take_while(|other| other.id != map.id);
    let mut publishing = others.filter(|other| other.publishes);
    if let Some(other) = publishing.find(|other| other.assignments.iter().any(|assigned| assigned.field == *name)) {
        let message = format!("`{name}` of `{}` is published by two maps", record.name);
        let why = "a row that stands for records of both would say what was published last";
        return Some(problem(message, other.span, &format!("`{}` assigns it as well", other.id), why));
    }
    let reading = index
        .of_entity(&record.name)
        .iter()
        .find(|other| other.direction != MapDirection::Outbound && flow::fields_read(other).contains(name));
    let through_parent = format!("{OF_PARENT}{name}");
    let held = model.entities.values().filter(|held| held.holder().as_ref() == Some(&record.name));
    let mut of_held = held.flat_map(|held| index.of_entity(&held.record.name).iter().copied());
    let reading = reading.copied().filter(|other| model.finds(other) != Some(Finds::PostedRecord));
    let reading = reading.or_else(|| of_held.find(|other| flow::fields_read(other).contains(&through_parent)))?;
    let why = "the system is the record for what is read from it: its own value would be lost, and the hub would take its own word for that of the system";
    Some(problem(fills("from which it is read"), reading.span, &format!("`{}` reads it", reading.id), why))
}

/// Whether a sync can carry a publication out.
fn carried_out(entity: &Entity, map: &Map, sync: &Sync, found: &mut Vec<Diagnostic>) {
    if sync.source.is_some() {
        let message = format!("`{}` captures rows, and changes rows of `{}` by them", sync.name, map.entity);
        found.push(
            unfit(sync.move_span, message, map)
                .related(map.span, "this map changes the row that the record came from", None)
                .why("the record that is published has what several syncs have brought; each row captured would be judged as if it were all of it")
                .help(format!("let another sync publish: `move {} -> {}`", map.object, map.entity)),
        );
    }
    if let Some((correct, place)) = sync.correct.as_ref().filter(|(correct, _)| *correct != Correction::Overwrite) {
        let written = if *correct == Correction::Delta { "delta" } else { "reversal" };
        let message = format!("`{}` corrects by {written} what it writes into rows of `{}`", sync.name, map.entity);
        found.push(
            unfit(*place, message, map)
                .related(map.span, "this map changes rows and adds none", None)
                .why("a line that takes another one back would be a record of its own in the system that is told")
                .help("write `correct by overwrite`"),
        );
    }
    let Some((_, leaves)) = sync.leave.as_ref().filter(|(leave, _)| *leave == Leave::Reverse) else { return };
    for assignment in &map.assignments {
        if let Some(field) = entity.record.field(&assignment.field).filter(|field| is_required(field)) {
            let message =
                format!("`{}` of `{}` is required, and `leave reverse` empties it", field.name, entity.record.name);
            found.push(
                unfit(assignment.span, message, map)
                    .related(*leaves, "said here", sync.team.as_deref())
                    .related(field.ty_span, "required here", None)
                    .why("the system would refuse to be told that the value no longer holds, and keep it")
                    .help("end its type in `?`, or write `leave hold QUEUE`"),
            );
        }
    }
}
