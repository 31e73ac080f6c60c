//! Maps out of the hub: they fill what the target requires, and leave what it fills itself.

use super::{assigned, incomplete, is_required, without};
use crate::model::{Entity, Field, Map, Model};
use syncline_diagnostics::{Diagnostic, codes};

pub(super) fn record_is_filled(model: &Model, entity: &Entity, map: &Map, found: &mut Vec<Diagnostic>) {
    // A row that is there has its required fields and its key. Rows in a row are no target at all, which is said elsewhere.
    if map.poisoned || entity.poisoned || map.publishes || entity.nested.is_some() {
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

pub(super) fn only_own_fields_are_filled(entity: &Entity, map: &Map, found: &mut Vec<Diagnostic>) {
    for assignment in &map.assignments {
        let name = &assignment.field;
        let is_key = entity.record.key.contains(name);
        let diagnostic =
            if let (Some((_, place)), false) = (entity.returns.iter().find(|(returned, _)| returned == name), is_key) {
                Diagnostic::new(
                    &codes::ASSIGNS_FOREIGN_FIELD,
                    assignment.span,
                    format!("`{name}` is filled by `{}` itself, and this map assigns it", entity.record.name),
                )
                .related(*place, "`returns` says so", None)
                .why("two sides would hand out one value, and the books would show whichever came last")
                .help(format!("remove the assignment, or take `{name}` out of `returns`"))
            } else if entity.reverses.as_ref() == Some(name) {
                let place = entity.record.field(name).map_or(entity.record.span, |field| field.span);
                Diagnostic::new(
                    &codes::ASSIGNS_FOREIGN_FIELD,
                    assignment.span,
                    format!("`{name}` is filled by the hub when it reverses a line, and this map assigns it"),
                )
                .related(place, "`reverses in` names it", None)
                .why("lines that claim to take back others fall out of every sum over the target")
                .help("remove the assignment")
            } else {
                continue;
            };
        found.push(without(diagnostic, assignment).element(map.id.clone()));
    }
}
