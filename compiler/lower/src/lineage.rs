//! Lineage: the flow graph of the maps, and the conditions under which routes of syncs take a record.

use crate::places::Places;
use std::collections::BTreeSet;
use syncline_ir::{Edge, EdgeKind, Expr, Op};
use syncline_semantics::flow::FlowGraph;
use syncline_semantics::model::{Model, RouteTo};
use syncline_semantics::walk;

/// All edges, sorted.
pub(crate) fn edges(model: &Model, flow: &FlowGraph, places: Places<'_>) -> Vec<Edge> {
    let mut found: BTreeSet<Edge> = BTreeSet::new();
    for edge in &flow.edges {
        found.insert(Edge {
            from: edge.from.clone(),
            to: edge.to.clone(),
            kind: edge.kind,
            map: edge.map.clone(),
            at: places.at(edge.span),
        });
    }
    for sync in model.syncs.values() {
        for (route, object) in sync.routes.iter().zip(std::iter::repeat(&sync.object)) {
            if let Some(object) = object {
                found.extend(route_condition(model, route, object, places));
            }
        }
    }
    found.into_iter().collect()
}

/// Everything a route writes depends on what its condition reads.
fn route_condition(model: &Model, route: &RouteTo, object: &str, places: Places<'_>) -> Vec<Edge> {
    let condition = route.condition.as_ref().and_then(|condition| Some((condition.expr.as_ref()?, condition.span)));
    let (Some((condition, span)), Some(map)) = (condition, model.map(&route.entity, object, true)) else {
        return Vec::new();
    };
    let written = map.assignments.iter().map(|assignment| format!("{}.{}", map.entity, assignment.field));
    let edge = |to: String| {
        let from = fields(condition, object).into_iter();
        let (id, at) = (map.id.clone(), places.at(span));
        from.map(move |from| Edge { from, to: to.clone(), kind: EdgeKind::Condition, map: id.clone(), at: at.clone() })
    };
    written.flat_map(edge).collect()
}

/// The fields that a condition on an object reads.
fn fields(condition: &Expr, object: &str) -> BTreeSet<String> {
    let field = |expr: &Expr| match &expr.op {
        Op::Field { field } => Some(format!("{object}.{field}")),
        Op::Follow { object, field, .. } => Some(format!("{object}.{field}")),
        _ => None,
    };
    walk::every(condition).filter_map(field).collect()
}
