//! Parts of maps, and what statements read: looked up in the plan before anything is linked.

use crate::error::{Outcome, RuntimeError};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use syncline_ir::{Entity, Kind, Map, MapDirection, Object, Op, Plan};

/// The field of an entity's key that carries the suffixes of later generations and reversals: the last text field.
pub(crate) fn suffix_field(entity: &Entity) -> Option<&str> {
    let is_text = |name: &&String| {
        entity.fields.iter().any(|field| field.name == **name && matches!(field.ty.kind, Kind::Text { .. }))
    };
    entity.key.iter().rfind(is_text).map(String::as_str)
}

pub(super) fn add(plan: &mut Plan, map: Map) {
    if !plan.maps.iter().any(|other| other.id == map.id) {
        plan.maps.push(map);
    }
}

/// A map with some of the statements of another: always for every record, and reading what these statements read.
pub(super) fn part(plan: &Plan, map: &Map, id: &str, assigns: impl Fn(&str) -> bool, requires: bool) -> Outcome<Map> {
    let mut part = map.clone();
    id.clone_into(&mut part.id);
    part.condition = None;
    part.assignments.retain(|assignment| assigns(&assignment.field));
    if !requires {
        part.requires.clear();
    }
    if map.direction != MapDirection::Outbound {
        let mut read = BTreeSet::new();
        let mut lets = BTreeSet::new();
        names_in(&json(&part.assignments)?, &mut read, &mut lets);
        // A `let` may use those before it.
        for value in part.lets.iter().rev() {
            if lets.contains(&value.name) {
                names_in(&json(&value.value)?, &mut read, &mut lets);
            }
        }
        part.lets.retain(|value| lets.contains(&value.name));
        part.reads = in_order(entity_of(plan, &map.system, &map.entity)?, read.iter());
    }
    Ok(part)
}

/// Whether rows with other keys are other records: the key of the object has all fields of the entity's key as they are, and
/// no other rows bear on a record.
pub(super) fn keeps_apart(map: &Map, entity: &Entity, object: &Object) -> bool {
    let stands_alone = object.effective.is_none() && object.versioned.is_none();
    stands_alone
        && entity.key.iter().all(|key| {
            map.assignments.iter().any(|assignment| {
                let same = matches!(&assignment.value.op, Op::Field { field } if field == key);
                same && object.key.contains(&assignment.field)
            })
        })
}

/// Whether a field is part of what tells the records of an object apart: its key, the number where there are versions, and the first
/// day where rows are dated.
pub(super) fn is_identity(object: &syncline_ir::Object, name: &str) -> bool {
    let more = object.versioned.as_ref().or(object.effective.as_ref().map(|dates| &dates.from));
    object.key.iter().chain(more).any(|key| key == name)
}

pub(super) fn in_order<'a>(entity: &Entity, names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let names: BTreeSet<&String> = names.collect();
    entity.fields.iter().filter(|field| names.contains(&field.name)).map(|field| field.name.clone()).collect()
}

pub(super) fn json(part: &impl serde::Serialize) -> Outcome<Json> {
    serde_json::to_value(part).map_err(|error| RuntimeError::plan(error.to_string()))
}

/// Names of the fields and `let`s of the record at hand that an expression uses. Walking the JSON form visits every operand of
/// every operation there is and will be.
pub(super) fn names_in(json: &Json, fields: &mut BTreeSet<String>, lets: &mut BTreeSet<String>) {
    match json {
        Json::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Json::as_str);
            match text("op") {
                Some("field") => fields.extend(text("field").map(str::to_owned)),
                Some("let") => lets.extend(text("name").map(str::to_owned)),
                _ => {}
            }
            members.values().for_each(|member| names_in(member, fields, lets));
        }
        Json::Array(items) => items.iter().for_each(|item| names_in(item, fields, lets)),
        _ => {}
    }
}

/// Names of the objects whose records an expression reads, at least.
pub(super) fn objects_in(json: &Json, objects: &mut BTreeSet<String>) {
    match json {
        Json::Object(members) => {
            if members.contains_key("op") {
                objects.extend(members.get("object").and_then(Json::as_str).map(str::to_owned));
            }
            members.values().for_each(|member| objects_in(member, objects));
        }
        Json::Array(items) => items.iter().for_each(|item| objects_in(item, objects)),
        _ => {}
    }
}

pub(super) fn map_of<'p>(plan: &'p Plan, id: &str) -> Outcome<&'p Map> {
    plan.maps.iter().find(|map| map.id == id).ok_or_else(|| RuntimeError::plan(format!("there is no map `{id}`")))
}

pub(super) fn object_of<'p>(plan: &'p Plan, name: &str) -> Outcome<&'p syncline_ir::Object> {
    plan.objects
        .iter()
        .find(|object| object.name == name)
        .ok_or_else(|| RuntimeError::plan(format!("object `{name}` is not declared")))
}

pub(super) fn entity_of<'p>(plan: &'p Plan, system: &str, entity: &str) -> Outcome<&'p Entity> {
    let found = plan.systems.iter().find(|found| found.name == system);
    let found = found.and_then(|found| found.entities.iter().find(|found| found.name == entity));
    found.ok_or_else(|| RuntimeError::plan(format!("entity `{system}.{entity}` is not declared")))
}
