//! Syncs and their waves.

use crate::order;
use crate::places::Places;
use syncline_ir as ir;
use syncline_semantics::model::{Model, RouteTo, Sync};

/// In the order in which they run.
pub(crate) fn all(model: &Model, places: Places<'_>) -> Option<Vec<ir::Sync>> {
    order::of_syncs(model)?.into_iter().map(|name| sync(model, model.syncs.get(name)?, places)).collect()
}

/// In the order in which they begin.
pub(crate) fn waves(model: &Model, places: Places<'_>) -> Option<Vec<ir::Wave>> {
    let order = order::of_syncs(model)?;
    let wave = |name: &str| {
        let wave = model.waves.get(name)?;
        let is_in = |sync: &&&str| wave.syncs.iter().any(|(named, _)| named == **sync);
        Some(ir::Wave {
            name: wave.name.clone(),
            after: wave.after.iter().map(|(before, _)| before.clone()).collect(),
            syncs: order.iter().filter(is_in).map(|sync| (*sync).to_owned()).collect(),
            doc: wave.doc.clone(),
            at: places.at(wave.span),
        })
    };
    order::of_waves(model)?.into_iter().map(wave).collect()
}

fn sync(model: &Model, sync: &Sync, places: Places<'_>) -> Option<ir::Sync> {
    let object = sync.object.clone()?;
    let capture = match &sync.source {
        None => None,
        Some(entity) => Some(model.map(entity, &object, false)?.id.clone()),
    };
    Some(ir::Sync {
        name: sync.name.clone(),
        team: sync.team.clone()?,
        title: sync.title.clone(),
        capture,
        routes: sync.routes.iter().map(|found| route(model, found, &object, places)).collect::<Option<_>>()?,
        object,
        schedule: sync.schedule.clone()?,
        capture_on: sync.capture_on.as_ref().map(|(event, _)| event.clone()),
        starts: sync.starts.clone(),
        after: sync.after.iter().map(|(name, _)| name.clone()).collect(),
        idempotent_by: sync.idempotent_by.clone(),
        // Rows of a sync that only posts are the hub's own records: each is read once a pass.
        order: sync.order.clone().unwrap_or(ir::Order::Arrival),
        correct: sync.correct.as_ref().map(|(correct, _)| *correct),
        leave: sync.leave.as_ref().map(|(leave, _)| leave.clone()),
        on_change: sync
            .on_change
            .iter()
            .map(|policy| ir::ChangePolicy { object: policy.object.clone(), action: policy.action.clone() })
            .collect(),
        retry: sync.retry.as_ref().map(|(retry, _)| retry.clone()),
        volume: sync.volume,
        fresh: sync.fresh.as_ref().map(|(fresh, _)| fresh.clone()),
        reconcile: sync.reconcile.as_ref().map(|(reconcile, _)| reconcile.clone()),
        doc: sync.doc.clone(),
        at: places.at(sync.span),
    })
}

fn route(model: &Model, route: &RouteTo, object: &str, places: Places<'_>) -> Option<ir::RouteTo> {
    let condition = match &route.condition {
        None => None,
        Some(predicate) => Some(predicate.expr.clone()?),
    };
    Some(ir::RouteTo { map: model.map(&route.entity, object, true)?.id.clone(), condition, at: places.at(route.span) })
}
