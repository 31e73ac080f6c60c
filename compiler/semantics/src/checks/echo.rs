//! No value comes back to where it started.
//!
//! A **loop** is a circle of value edges in the flow graph. Edges that only say which record is meant carry no value.
//! Conditions do not break a loop: they may hold at one instant and not at the next.

use crate::flow::{FlowEdge, FlowGraph};
use crate::model::Model;
use petgraph::graphmap::DiGraphMap;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::EdgeKind;

pub(super) fn no_value_comes_back(model: &Model, flow: &FlowGraph, found: &mut Vec<Diagnostic>) {
    // What is published into a row is read from there by no map, or that map is told so.
    let publishes = |edge: &FlowEdge| model.map_named(&edge.map).is_some_and(|map| map.publishes);
    let carrying = flow.edges.iter().filter(|edge| edge.kind == EdgeKind::Value && !edge.identifies);
    let carrying: Vec<&FlowEdge> = carrying.filter(|edge| !publishes(edge)).collect();
    let mut graph: DiGraphMap<&str, &FlowEdge> = DiGraphMap::new();
    for edge in &carrying {
        if !graph.contains_edge(&edge.from, &edge.to) {
            graph.add_edge(&edge.from, &edge.to, edge);
        }
    }
    let mut reported: BTreeSet<&str> = BTreeSet::new();
    // Kosaraju's algorithm needs no deep stack, however long a chain is.
    for component in petgraph::algo::kosaraju_scc(&graph) {
        let members: BTreeSet<&str> = component.iter().copied().collect();
        let Some(first) = members.iter().next() else { continue };
        let Some(path) = shortest_circle(&graph, first, &members) else { continue };
        // One message for one pair of maps, however many fields go round.
        let Some(outbound) = path.iter().find(|edge| is_object(model, &edge.from)) else { continue };
        if reported.insert(&outbound.map) {
            found.push(report(model, &path, outbound, &members));
        }
    }
}

fn is_object(model: &Model, node: &str) -> bool {
    node.split_once('.').is_some_and(|(owner, _)| model.objects.contains_key(owner))
}

/// The shortest way from a node back to itself within its component.
fn shortest_circle<'g>(
    graph: &DiGraphMap<&'g str, &'g FlowEdge>,
    start: &'g str,
    members: &BTreeSet<&'g str>,
) -> Option<Vec<&'g FlowEdge>> {
    let mut reached: BTreeMap<&str, &FlowEdge> = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(node) = waiting.pop_front() {
        let mut next: Vec<(&str, &FlowEdge)> = graph.edges(node).map(|(_, to, edge)| (to, *edge)).collect();
        next.sort_unstable();
        for (to, edge) in next {
            if members.contains(to) && !reached.contains_key(to) {
                reached.insert(to, edge);
                if to == start {
                    return Some(unwound(start, &reached));
                }
                waiting.push_back(to);
            }
        }
    }
    None
}

fn unwound<'g>(start: &str, reached: &BTreeMap<&'g str, &'g FlowEdge>) -> Vec<&'g FlowEdge> {
    let mut path = Vec::new();
    let mut node = start;
    while let Some(edge) = reached.get(node) {
        path.push(*edge);
        node = &edge.from;
        if node == start {
            break;
        }
    }
    path.reverse();
    path
}

fn report(model: &Model, path: &[&FlowEdge], outbound: &FlowEdge, members: &BTreeSet<&str>) -> Diagnostic {
    let start = path.iter().position(|edge| edge.map == outbound.map).unwrap_or(0);
    let turned: Vec<&&FlowEdge> = path.iter().cycle().skip(start).take(path.len()).collect();
    let mut nodes: Vec<&str> = turned.iter().map(|edge| edge.from.as_str()).collect();
    nodes.extend(turned.last().map(|edge| edge.to.as_str()));
    let place = model.map_named(&outbound.map).map_or(outbound.span, |map| map.span);
    let message = format!("the value of `{}` comes back to where it started", outbound.from);
    let mut diagnostic =
        Diagnostic::new(&codes::ECHO_LOOP, place, message).label(format!("it leaves here: {}", nodes.join(" -> ")));
    for edge in &turned {
        diagnostic = diagnostic.related(edge.span, format!("`{}` -> `{}`", edge.from, edge.to), None);
    }
    let others = members.iter().filter(|member| is_object(model, member)).count().saturating_sub(1);
    let more =
        if others > 0 { format!(" ({others} more fields of these maps go round as well)") } else { String::new() };
    diagnostic
        .why("every round looks like a fresh change to the other side: corrections are undone by an old value that is still on its way")
        .help(format!("remove one of the hops, or let the system that owns the field be the only one that sends it{more}"))
        .element(outbound.from.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_diagnostics::{ItemRef, Span};

    /// A workspace may pass a value on from object to object as often as it likes.
    #[test]
    fn a_long_chain_is_followed_to_its_end() {
        let edge = |number: u32| FlowEdge {
            from: format!("O{number}.f"),
            to: format!("O{}.f", number + 1),
            kind: EdgeKind::Value,
            map: String::new(),
            span: Span::new(ItemRef(0), 0, 0),
            identifies: false,
        };
        let flow = FlowGraph { edges: (0..100_000).map(edge).collect() };
        let mut found = Vec::new();
        no_value_comes_back(&Model::default(), &flow, &mut found);
        assert!(found.is_empty());
    }
}
