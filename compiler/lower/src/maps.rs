//! Maps.

use crate::ownership;
use crate::places::Places;
use syncline_ir as ir;
use syncline_semantics::flow::fields_read;
use syncline_semantics::model::{Map, Model};

/// By id.
pub(crate) fn all(model: &Model, places: Places<'_>) -> Option<Vec<ir::Map>> {
    let mut maps = model.maps.iter().map(|found| map(model, found, places)).collect::<Option<Vec<ir::Map>>>()?;
    maps.sort_by(|a, b| a.id.cmp(&b.id));
    Some(maps)
}

fn map(model: &Model, map: &Map, places: Places<'_>) -> Option<ir::Map> {
    let entity = model.entities.get(&map.entity)?;
    let lets = map.lets.iter().map(|found| {
        Some(ir::Let {
            name: found.name.clone(),
            value: found.value.clone()?,
            order: found.order,
            at: places.at(found.span),
        })
    });
    let assignments = map.assignments.iter().map(|found| {
        Some(ir::Assignment {
            field: found.field.clone(),
            value: found.value.clone()?,
            route: found.route.clone(),
            order: found.order,
            at: places.at(found.span),
        })
    });
    let requires = map.requires.iter().map(|found| {
        Some(ir::Require {
            condition: found.predicate.expr.clone()?,
            route: found.route.clone()?,
            order: found.order,
            at: places.at(found.predicate.span),
        })
    });
    Some(ir::Map {
        id: map.id.clone(),
        direction: map.direction,
        finds: model.finds(map),
        system: entity.system.clone(),
        entity: entity.name.clone(),
        object: map.object.clone(),
        condition: match &map.condition {
            None => None,
            Some(predicate) => Some(predicate.expr.clone()?),
        },
        lets: lets.collect::<Option<_>>()?,
        assignments: assignments.collect::<Option<_>>()?,
        requires: requires.collect::<Option<_>>()?,
        reads: reads(model, map)?,
        wait_seconds: map.wait.map(|(seconds, _)| seconds),
        outside_claim: map.outside_claim.as_ref().map(|(outside, _)| outside.clone()),
        mask: ownership::mask(model, map)?,
        otherwise: map.otherwise.clone()?,
        doc: map.doc.clone(),
        at: places.at(map.span),
    })
}

/// The fields a map reads, in the order in which its source declares them.
fn reads(model: &Model, map: &Map) -> Option<Vec<String>> {
    let source = if map.direction == ir::MapDirection::Outbound { &map.object } else { &map.entity };
    let read = fields_read(map);
    let declared = model.record(source)?.fields.iter().map(|field| &field.name);
    Some(declared.filter(|name| read.contains(*name)).cloned().collect())
}
