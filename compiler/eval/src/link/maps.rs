//! Linking maps and syncs.

use super::declarations::{acceptances, insert, object, position, position_of, positions};
use super::expression::Scope;
use super::{LinkError, Linked};
use crate::map::{LinkedMap, LinkedMask, LinkedRoute, LinkedStep};
use crate::program::{LinkedOrder, LinkedRouteTo, LinkedStarts, LinkedSync};
use crate::{Form, MapIx, Program, Shape, Side, Value, time};
use std::sync::Arc;
use syncline_ir::{Map, MapDirection, Order, Plan, Route, RouteTo, Sync};

pub(super) fn link(program: &mut Program, plan: &Plan) -> Linked<()> {
    for (ix, map) in plan.maps.iter().enumerate() {
        let linked = self::map(program, map)?;
        program.maps.push(linked);
        insert(&mut program.map_ids, &map.id, MapIx(position_of(ix)?), &map.at)?;
    }
    Ok(())
}

fn map(program: &Program, map: &Map) -> Linked<LinkedMap> {
    let unknown = || LinkError::new(&map.at, format!("there is no entity `{}.{}`", map.system, map.entity));
    let entity = program.entity_ix(&map.system, &map.entity).ok_or_else(unknown)?;
    let object = object(program, &map.object, &map.at)?;
    let inbound = map.direction != MapDirection::Outbound;
    let (source, target) = if inbound {
        (Side::Entity(entity), Side::Object(object))
    } else {
        (Side::Object(object), Side::Entity(entity))
    };
    let outer = Scope {
        program,
        side: source,
        origin: inbound.then_some(map.system.as_str()),
        lets: &[],
        at: &map.at,
        observed: true,
    };
    let mut bound: Vec<(String, Shape)> = Vec::new();
    let mut lets = Vec::new();
    for declared in &map.lets {
        let value = Scope { lets: &bound, at: &declared.at, ..outer }.link(&declared.value)?;
        bound.push((declared.name.clone(), value.shape));
        lets.push(value);
    }
    let inner = Scope { lets: &bound, ..outer };
    let steps = steps(map, inner, target)?;
    let own = Scope { program, side: Side::Object(object), origin: None, lets: &[], at: &map.at, observed: true };
    let mask = map.mask.iter().map(|entry| {
        let field = position(&program.object(object).fields, &entry.field, &map.at)?;
        Ok(LinkedMask { field, guard: own.condition(&entry.guard)? })
    });
    let mut reads = positions(program.fields(source), &map.reads, &map.at)?;
    reads.sort_unstable();
    reads.dedup();
    Ok(LinkedMap {
        id: Arc::from(map.id.as_str()),
        direction: map.direction,
        entity,
        object,
        // A `let` may stand before the condition's fields are known to be of interest, but the condition never uses one.
        condition: map.condition.as_ref().map(|condition| outer.condition(condition)).transpose()?,
        lets,
        mask: mask.collect::<Linked<_>>()?,
        origin: if inbound { origin(program, map, object, &steps) } else { None },
        steps,
        reads,
        wait_seconds: map.wait_seconds,
        outside_claim: map.outside_claim.clone(),
        otherwise: Arc::from(map.otherwise.as_str()),
    })
}

fn steps(map: &Map, scope: Scope<'_>, target: Side) -> Linked<Vec<LinkedStep>> {
    let mut steps = Vec::with_capacity(map.assignments.len() + map.requires.len());
    for assignment in &map.assignments {
        let scope = Scope { at: &assignment.at, ..scope };
        let fields = scope.program.fields(target);
        let ix = position(fields, &assignment.field, &assignment.at)?;
        let value = match fields.get(ix) {
            Some(field) => scope.bounded(&assignment.value, field.shape)?,
            None => scope.link(&assignment.value)?,
        };
        if steps.iter().any(|step: &LinkedStep| step.target == Some(ix)) {
            return Err(LinkError::new(&assignment.at, format!("`{}` is assigned twice", assignment.field)));
        }
        let route = assignment.route.as_ref().map(|route| self::route(route, scope)).transpose()?;
        steps.push(LinkedStep { order: assignment.order, value, target: Some(ix), route });
    }
    for require in &map.requires {
        let scope = Scope { at: &require.at, ..scope };
        let route = Some(self::route(&require.route, scope)?);
        steps.push(LinkedStep {
            order: require.order,
            value: scope.condition(&require.condition)?,
            target: None,
            route,
        });
    }
    steps.sort_by_key(|step| step.order);
    Ok(steps)
}

fn route(route: &Route, scope: Scope<'_>) -> Linked<LinkedRoute> {
    // A message explains and decides nothing.
    let scope = Scope { observed: false, ..scope };
    let message = route
        .message
        .as_ref()
        .map(|message| scope.expect(message, "text", |form| matches!(form, Form::Text { .. })))
        .transpose()?;
    Ok(LinkedRoute { queue: Arc::from(route.queue.as_str()), reason: route.reason.as_deref().map(Arc::from), message })
}

/// `origin` is built in: when the object's key has it and no step assigns it, it is the capturing system's name.
fn origin(program: &Program, map: &Map, object: crate::ObjectIx, steps: &[LinkedStep]) -> Option<(usize, Value)> {
    let object = program.object(object);
    let ix = object.field_ix("origin").filter(|ix| object.key.contains(ix))?;
    let assigned = steps.iter().any(|step| step.target == Some(ix));
    (!assigned).then(|| (ix, Value::text(&map.system)))
}

pub(super) fn syncs(program: &mut Program, plan: &Plan) -> Linked<()> {
    for sync in &plan.syncs {
        if program.sync(&sync.name).is_some() {
            return Err(LinkError::new(&sync.at, format!("`{}` is declared twice", sync.name)));
        }
        let linked = self::sync(program, plan, sync)?;
        program.syncs.push(linked);
    }
    Ok(())
}

fn sync(program: &Program, plan: &Plan, sync: &Sync) -> Linked<LinkedSync> {
    let object = object(program, &sync.object, &sync.at)?;
    let fields = &program.object(object).fields;
    let map = |id: &str| {
        program.map_ids.get(id).copied().ok_or_else(|| LinkError::new(&sync.at, format!("there is no map `{id}`")))
    };
    let starts = sync.starts.as_ref().map(|starts| {
        let date = time::read_date(&starts.date)
            .ok_or_else(|| LinkError::new(&sync.at, format!("`{}` is no date", starts.date)))?;
        let field = position(fields, &starts.field, &sync.at)?;
        match fields.get(field) {
            Some(found) if found.shape.form == Form::Date => Ok(LinkedStarts { date, field }),
            _ => Err(LinkError::new(&sync.at, format!("`{}` is no date field", starts.field))),
        }
    });
    let order = match &sync.order {
        Order::Arrival => None,
        Order::By { field, within } => {
            Some(LinkedOrder { field: position(fields, field, &sync.at)?, within: position(fields, within, &sync.at)? })
        }
    };
    Ok(LinkedSync {
        name: Arc::from(sync.name.as_str()),
        capture: sync.capture.as_deref().map(map).transpose()?,
        object,
        routes: sync
            .routes
            .iter()
            .enumerate()
            // Who comes to the last of several takes it: no record is left over, as is proved.
            .map(|(place, route)| {
                let is_rest = place > 0 && place + 1 == sync.routes.len();
                route_to(program, plan, map(&route.map)?, object, route, is_rest)
            })
            .collect::<Linked<_>>()?,
        starts: starts.transpose()?,
        idempotent_by: positions(fields, &sync.idempotent_by, &sync.at)?,
        order,
    })
}

fn route_to(
    program: &Program,
    plan: &Plan,
    map: MapIx,
    object: crate::ObjectIx,
    route: &RouteTo,
    is_rest: bool,
) -> Linked<LinkedRouteTo> {
    let linked = program.map_at(map);
    if linked.direction != MapDirection::Outbound || linked.object != object {
        return Err(LinkError::new(
            &route.at,
            format!("`{}` is no map out of `{}`", route.map, program.object(object).name),
        ));
    }
    let observed = !is_rest;
    let scope = Scope { program, side: Side::Object(object), origin: None, lets: &[], at: &route.at, observed };
    let condition = route.condition.as_ref().map(|condition| {
        let linked = scope.condition(condition)?;
        Ok(if is_rest { scope.taken(condition, linked) } else { linked })
    });
    let condition = condition.transpose()?;
    let target = program.entity(linked.entity);
    let mut entities =
        plan.systems.iter().filter(|system| *system.name == *target.system).flat_map(|system| &system.entities);
    let accepts = match entities.find(|entity| *entity.name == *target.name) {
        Some(entity) => acceptances(program, entity, object)?,
        None => Vec::new(),
    };
    Ok(LinkedRouteTo { map, condition, accepts })
}
