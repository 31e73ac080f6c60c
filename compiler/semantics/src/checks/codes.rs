//! Codes are translated by a table of the system that uses them.
//!
//! Only what is certain is reported: a code that a map reads from its own source row, and a code that it assigns to a field
//! of its target. A code that an object keeps for another system is translated by that system's table.

use super::statements;
use crate::model::{Codes, Entity, Map, Model};
use crate::walk;
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir::{Direction, Expr, MapDirection, Op};

pub(super) fn codes_belong_to_their_system(model: &Model, found: &mut Vec<Diagnostic>) {
    for map in model.maps.iter().filter(|map| !map.poisoned) {
        let Some(entity) = model.entities.get(&map.entity) else { continue };
        for assignment in &map.assignments {
            let Some(value) = &assignment.value else { continue };
            for (name, direction, argument) in translations(map, value) {
                let Some(table) = model.codes.get(name) else { continue };
                let strange = match direction {
                    Direction::In => map.direction != MapDirection::Outbound && is_of_the_row(map, argument),
                    Direction::Out => map.direction == MapDirection::Outbound,
                };
                let home = table.entity.split('.').next();
                let product = model.systems.get(&entity.system).and_then(|system| system.product.as_deref());
                if strange && home != Some(entity.system.as_str()) && (home.is_none() || home != product) {
                    found.push(foreign(map, entity, name, table, direction, assignment.value_span));
                }
            }
        }
    }
}

/// The translations by code tables whose result is part of a value. What a lookup is keyed by is none: an identifier of
/// another system is what a crosswalk is for.
fn translations<'m>(map: &'m Map, value: &'m Expr) -> Vec<(&'m str, Direction, &'m Expr)> {
    let mut found = Vec::new();
    let mut followed: Vec<&str> = Vec::new();
    let mut pending = vec![value];
    while let Some(next) = pending.pop() {
        match &next.op {
            Op::Lookup { .. } | Op::Crosswalk { .. } => {}
            Op::Let { name } if !followed.contains(&name.as_str()) => {
                followed.push(name);
                pending.extend(statements::bound(map, name));
            }
            op => {
                if let Op::Code { codes, direction, value } = op {
                    found.push((codes.as_str(), *direction, value.as_ref()));
                }
                pending.extend(walk::operands(op).into_iter().rev());
            }
        }
    }
    found
}

/// Whether a code stands in the source row itself, and not in a record that the row leads to.
fn is_of_the_row(map: &Map, code: &Expr) -> bool {
    let reached = statements::reached(map, code);
    let from_elsewhere = |one: &&Expr| {
        matches!(one.op, Op::Follow { .. } | Op::Lookup { .. } | Op::Crosswalk { .. } | Op::Version { .. })
    };
    reached.iter().any(|one| matches!(one.op, Op::Field { .. })) && !reached.iter().any(from_elsewhere)
}

fn foreign(map: &Map, entity: &Entity, name: &str, table: &Codes, direction: Direction, place: Span) -> Diagnostic {
    let what = match direction {
        Direction::In => format!("reads a code of `{}`", entity.system),
        Direction::Out => format!("writes a code into `{}`", entity.system),
    };
    Diagnostic::new(
        &codes::FOREIGN_CODES,
        place,
        format!("this {what} by `{name}`, the codes of `{}.{}`", table.entity, table.field),
    )
    .related(table.span, "declared here", None)
    .why("one letter may mean two things in two systems: the value would be wrong, or quarantined, and no type says so")
    .help(format!("declare a code table for the field of `{}`", entity.record.name))
    .element(map.id.clone())
}
