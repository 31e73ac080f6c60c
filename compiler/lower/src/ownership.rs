//! Ownership by object: the claims of all blocks together, and what they forbid a map to write.

use crate::places::Places;
use std::collections::BTreeSet;
use syncline_ir as ir;
use syncline_semantics::model::{Claim, Map, Model, OwnershipBlock};

/// One for each object that is owned, by name.
pub(crate) fn of_all(model: &Model, places: Places<'_>) -> Option<Vec<ir::Ownership>> {
    let owned: BTreeSet<&String> = model.ownership.iter().map(|block| &block.object).collect();
    owned.into_iter().map(|object| of_object(model, object, places)).collect()
}

fn of_object(model: &Model, object: &str, places: Places<'_>) -> Option<ir::Ownership> {
    let record = model.record(object)?;
    let in_field_order = record.fields.iter().flat_map(|field| model.claims(object, &field.name));
    let claims = in_field_order.map(|(block, found)| claim(block, found, places)).collect::<Option<_>>()?;
    let mut movers = Vec::new();
    for block in model.blocks_of(object) {
        for mover in &block.movers {
            movers.push(ir::Mover {
                field: mover.field.clone(),
                from: mover.from.clone(),
                to: mover.to.clone(),
                system: mover.system.clone(),
                team: block.team.clone()?,
                at: places.at(mover.span),
            });
        }
    }
    Some(ir::Ownership { object: object.to_owned(), claims, movers })
}

fn claim(block: &OwnershipBlock, found: &Claim, places: Places<'_>) -> Option<ir::Claim> {
    let (guard, guard_text) = match &found.guard {
        None => (None, None),
        Some(predicate) => (Some(predicate.expr.clone()?), Some(predicate.text.clone())),
    };
    Some(ir::Claim {
        field: found.field.clone(),
        system: found.system.clone(),
        team: block.team.clone()?,
        guard,
        guard_text,
        at: places.at(found.span),
    })
}

/// The fields which an inbound map assigns and its system owns only while something holds, in the order assigned.
///
/// The key of an `updates` map says which record is meant and writes nothing, so no claim masks it.
pub(crate) fn mask(model: &Model, map: &Map) -> Option<Vec<ir::MaskEntry>> {
    if map.direction == ir::MapDirection::Outbound {
        return Some(Vec::new());
    }
    let system = &model.entities.get(&map.entity)?.system;
    let identity = model.identity(model.record(&map.object)?);
    let identifies = |field: &String| map.direction == ir::MapDirection::Updates && identity.contains(&field.as_str());
    let mut mask = Vec::new();
    for assignment in map.assignments.iter().filter(|assignment| !identifies(&assignment.field)) {
        let claims: Vec<&Claim> = model
            .claims(&map.object, &assignment.field)
            .map(|(_, claim)| claim)
            .filter(|claim| claim.system == *system)
            .collect();
        if claims.is_empty() || claims.iter().any(|claim| claim.guard.is_none()) {
            continue;
        }
        let guards = claims
            .iter()
            .filter_map(|claim| claim.guard.as_ref())
            .map(|guard| guard.expr.clone())
            .collect::<Option<Vec<ir::Expr>>>()?;
        mask.push(ir::MaskEntry { field: assignment.field.clone(), guard: any(guards)? });
    }
    Some(mask)
}

/// A system that claims a field in several stages owns it in any of them.
fn any(mut guards: Vec<ir::Expr>) -> Option<ir::Expr> {
    if guards.len() > 1 {
        return Some(ir::Expr { ty: ir::Type::required(ir::Kind::Bool), op: ir::Op::Or { any: guards }, at: None });
    }
    guards.pop()
}
