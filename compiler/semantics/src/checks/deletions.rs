//! Deletions are seen: somebody captures the rows that say so, or all rows, so that one can be missing.

use super::index::MapIndex;
use crate::model::{Deletion, Entity, Model};
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir::MapDirection;

pub(super) fn deletions_are_seen(model: &Model, found: &mut Vec<Diagnostic>) {
    let index = MapIndex::of(model);
    for entity in model.entities.values().filter(|entity| !entity.poisoned && entity.nested.is_none()) {
        of_entity(model, &index, entity, found);
    }
}

fn of_entity(model: &Model, index: &MapIndex<'_>, entity: &Entity, found: &mut Vec<Diagnostic>) {
    let name = &entity.record.name;
    let idle = |place: Span, clause: &str, reason: String| {
        Diagnostic::new(&codes::UNUSED_CLAUSE, place, format!("`{clause}` has no effect: {reason}"))
            .why("readers of the specification will rely on it")
            .help("remove the clause")
            .element(name.clone())
    };
    // Rows in its rows come and go with them.
    let held = model.entities.values().filter(|held| held.holder().as_ref() == Some(name));
    let all: Vec<&str> = held.map(|held| held.record.name.as_str()).chain([name.as_str()]).collect();
    let direction = |wanted: fn(MapDirection) -> bool| {
        all.iter().any(|name| index.of_entity(name).iter().any(|map| wanted(map.direction)))
    };
    if let Some((_, place)) = entity.full_every {
        if entity.cursor.is_none() {
            found.push(idle(place, "full every", format!("`{name}` has no cursor, so every pass reads all rows")));
        } else if !model.left_out.maps && !direction(|direction| direction != MapDirection::Outbound) {
            found.push(idle(place, "full every", format!("no map reads `{name}`")));
        }
    }
    let Some((deletion, place)) = &entity.deletion else { return };
    let clause = match deletion {
        Deletion::Never => return,
        Deletion::When(_) => "delete when",
        Deletion::Absence { .. } => "delete by absence",
    };
    if !model.left_out.maps && !direction(|direction| direction == MapDirection::Creates) {
        found.push(idle(
            *place,
            clause,
            format!("no map creates records from `{name}`, so none is deleted with its rows"),
        ));
        return;
    }
    if let (Deletion::Absence { .. }, Some((cursor, _)), None) = (deletion, &entity.cursor, &entity.full_every) {
        found.push(
            Diagnostic::new(
                &codes::MISSING_CLAUSE,
                *place,
                format!("`{name}` is never read whole, so no row can be missing"),
            )
            .related(
                entity.record.field(cursor).map_or(entity.record.span, |field| field.span),
                "rows that did not change are left out by this cursor",
                None,
            )
            .why("a record that was deleted would stay in the books for ever")
            .help("add `full every 1d`")
            .element(name.clone()),
        );
    }
}
