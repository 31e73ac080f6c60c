//! Rows in a row come, change and go with the row that holds them: they are read only, and their versions are its versions.

use super::index::MapIndex;
use super::statements;
use crate::model::{Map, Model};
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{MapDirection, OF_PARENT, Op, Order};

pub(super) fn rows_in_rows_follow_their_holder(model: &Model, found: &mut Vec<Diagnostic>) {
    let held = |map: &Map| model.entities.get(&map.entity).and_then(|entity| entity.holder());
    for map in model.maps.iter().filter(|map| map.direction == MapDirection::Outbound) {
        let Some(holder) = held(map) else { continue };
        found.push(
            Diagnostic::new(
                &codes::NESTED_TARGET,
                map.span,
                format!("`{}` is held by rows of `{holder}`, and nothing is posted there", map.entity),
            )
            .why("a system takes such rows only together with the row that holds them, so a call with one alone would be refused or replace the others")
            .help("post into an entity of its own")
            .element(map.id.clone()),
        );
    }
    let index = MapIndex::of(model);
    for sync in model.syncs.values().filter(|sync| !sync.poisoned) {
        let (Some(map), Some(Order::By { field, .. })) = (index.inbound(sync), &sync.order) else { continue };
        let Some(holder) = held(map) else { continue };
        let Some(assignment) = map.assignments.iter().find(|assignment| assignment.field == *field) else { continue };
        let Some(value) = &assignment.value else { continue };
        let read = statements::reached(map, value).into_iter().find_map(|one| match &one.op {
            Op::Field { field } if !field.starts_with(OF_PARENT) => Some(field),
            _ => None,
        });
        let Some(read) = read else { continue };
        found.push(
            Diagnostic::new(
                &codes::NESTED_ORDER,
                assignment.value_span,
                format!("`{field}` orders the versions of `{}` and reads `{read}`, a field of the row in the row", map.entity),
            )
            .related(sync.span, "ordered by it here", sync.team.as_deref())
            .why("which rows there are is said by the newest version of the row that holds them: a row that was taken out has no version to say so")
            .help(format!("compute `{field}` from fields of `parent`, the row of `{holder}`, or write `order by arrival`"))
            .element(map.id.clone()),
        );
    }
}
