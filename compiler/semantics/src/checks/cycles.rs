//! Nothing waits for itself: neither a sync nor a first record.

mod order;
mod references;

use crate::model::Model;
use petgraph::graphmap::DiGraphMap;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use syncline_diagnostics::Diagnostic;

pub(super) fn nothing_waits_for_itself(model: &Model, found: &mut Vec<Diagnostic>) {
    references::a_first_record_can_exist(model, found);
    order::a_first_sync_can_run(model, found);
    order::a_first_wave_can_begin(model, found);
}

/// One circle for each group of nodes that wait for each other: the shortest through the first of them by name. Each
/// circle is given by its nodes, the first one not repeated.
fn circles<'g, E>(graph: &DiGraphMap<&'g str, E>) -> Vec<Vec<&'g str>> {
    // Kosaraju's algorithm needs no deep stack, however long a chain is.
    let groups =
        petgraph::algo::kosaraju_scc(graph).into_iter().map(|group| group.into_iter().collect::<BTreeSet<&str>>());
    let mut circles: Vec<Vec<&str>> = groups.filter_map(|group| shortest(graph, &group)).collect();
    circles.sort_unstable();
    circles
}

fn shortest<'g, E>(graph: &DiGraphMap<&'g str, E>, group: &BTreeSet<&'g str>) -> Option<Vec<&'g str>> {
    let start = *group.first()?;
    let mut reached_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut waiting = VecDeque::from([start]);
    while let Some(node) = waiting.pop_front() {
        let next: BTreeSet<&str> = graph.neighbors(node).filter(|next| group.contains(next)).collect();
        for next in next {
            if next == start {
                return Some(unwound(start, node, &reached_from));
            }
            if !reached_from.contains_key(next) {
                reached_from.insert(next, node);
                waiting.push_back(next);
            }
        }
    }
    None
}

fn unwound<'g>(start: &'g str, last: &'g str, reached_from: &BTreeMap<&'g str, &'g str>) -> Vec<&'g str> {
    let mut path = vec![last];
    let mut node = last;
    while let Some(before) = reached_from.get(node).filter(|_| node != start) {
        path.push(before);
        node = before;
    }
    path.reverse();
    path
}

/// `A -> B -> A`
fn drawn(circle: &[&str]) -> String {
    let closed: Vec<&str> = circle.iter().chain(circle.first()).copied().collect();
    closed.join(" -> ")
}
