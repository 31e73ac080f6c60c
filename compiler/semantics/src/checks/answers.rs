//! No line depends on what its posting returned.
//!
//! What a target `returns` exists because of the line, so there is an edge from all that is posted to all that is returned which no map
//! says. A way on from the returned field into the image of the line, or into the condition under which it is posted, closes a circle: each
//! answer asks for the next line.

use crate::flow::{self, FlowEdge, FlowGraph};
use crate::model::{Entity, Map, Model, Predicate};
use std::collections::{BTreeMap, VecDeque};
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir::MapDirection;

/// Edges by the field they start from.
type Edges<'g> = BTreeMap<&'g str, Vec<&'g FlowEdge>>;

pub(super) fn no_line_depends_on_its_answer(model: &Model, flow: &FlowGraph, found: &mut Vec<Diagnostic>) {
    let outbound = |map: &&Map| map.direction == MapDirection::Outbound && !map.publishes && !map.poisoned;
    let mut edges: Option<Edges<'_>> = None;
    for map in model.maps.iter().filter(outbound) {
        let Some(entity) = model.entities.get(&map.entity).filter(|entity| !entity.returns.is_empty()) else {
            continue;
        };
        let Some(back) = model.map(&map.entity, &map.object, false) else { continue };
        let edges = edges.get_or_insert_with(|| {
            let mut edges = Edges::new();
            for edge in flow.edges.iter().filter(|edge| !edge.identifies) {
                edges.entry(&edge.from).or_default().push(edge);
            }
            edges
        });
        found.extend(circle(model, edges, entity, map, back));
    }
}

/// The shortest way from a returned field back to the line, if there is one.
fn circle(model: &Model, edges: &Edges<'_>, entity: &Entity, map: &Map, back: &Map) -> Option<Diagnostic> {
    let returned = |edge: &&&FlowEdge| {
        let field = edge.from.strip_prefix(&entity.record.name).and_then(|rest| rest.strip_prefix('.'));
        edge.map == back.id && field.is_some_and(|field| entity.returns.iter().any(|(name, _)| name == field))
    };
    let mut reached: BTreeMap<&str, &FlowEdge> = BTreeMap::new();
    let mut waiting: VecDeque<&str> = VecDeque::new();
    for edge in edges.values().flatten().filter(returned) {
        if reached.insert(&edge.to, edge).is_none() {
            waiting.push_back(&edge.to);
        }
    }
    let asked = asked_by_routes(model, map);
    while let Some(node) = waiting.pop_front() {
        if let Some((_, place)) = asked.iter().find(|(field, _)| field == node) {
            return Some(report(map, &path(node, &reached), node, *place));
        }
        for edge in edges.get(node).into_iter().flatten() {
            if edge.map == map.id {
                return Some(report(map, &path(node, &reached), &edge.to, edge.span));
            }
            if !reached.contains_key(edge.to.as_str()) {
                reached.insert(&edge.to, edge);
                waiting.push_back(&edge.to);
            }
        }
    }
    None
}

/// The fields of the object that conditions of routes to the entity read.
fn asked_by_routes(model: &Model, map: &Map) -> Vec<(String, Span)> {
    let syncs = model.syncs.values().filter(|sync| sync.object.as_deref() == Some(map.object.as_str()));
    let routes = syncs.flat_map(|sync| &sync.routes).filter(|route| route.entity == map.entity);
    let conditions = routes.filter_map(|route| route.condition.as_ref());
    let fields = |predicate: &Predicate| -> Vec<(String, Span)> {
        let read = predicate.expr.iter().flat_map(flow::fields_in);
        read.map(|field| (format!("{}.{field}", map.object), predicate.span)).collect()
    };
    conditions.flat_map(fields).collect()
}

fn path<'g>(last: &'g str, reached: &BTreeMap<&'g str, &'g FlowEdge>) -> Vec<&'g FlowEdge> {
    let mut path: Vec<&FlowEdge> = Vec::new();
    let mut node = last;
    while let Some(edge) = reached.get(node).filter(|edge| path.iter().all(|known| known.to != edge.to)) {
        path.push(edge);
        node = &edge.from;
    }
    path.reverse();
    path
}

fn report(map: &Map, path: &[&FlowEdge], last: &str, place: Span) -> Diagnostic {
    let first = path.first().map_or("", |edge| edge.from.as_str());
    let mut nodes: Vec<&str> = path.iter().map(|edge| edge.from.as_str()).collect();
    nodes.extend(path.last().map(|edge| edge.to.as_str()));
    if nodes.last() != Some(&last) {
        nodes.push(last);
    }
    let mut diagnostic = Diagnostic::new(
        &codes::ECHO_LOOP,
        place,
        format!("what `{}` posts depends on `{first}`, which the posting returned", map.id),
    )
    .label(format!("it comes back here: {}", nodes.join(" -> ")));
    for edge in path {
        diagnostic = diagnostic.related(edge.span, format!("`{}` -> `{}`", edge.from, edge.to), None);
    }
    diagnostic
        .why("each answer would ask for another line, and that line for another answer: the books are corrected in every run")
        .help("leave the returned value out of what is posted; it may go back to the system that the record came from")
        .element(first.to_owned())
}
