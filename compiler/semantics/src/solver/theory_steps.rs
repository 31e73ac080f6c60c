//! Numbers that satisfy all differences in force, on the steps of their domains and near their origins.
//!
//! Nodes are eliminated one after the other, those of the finest step first: a node between two bounds has a number
//! exactly when the lower bound is at most the upper one, since both bounds lie on its step. So elimination is exact
//! for whole numbers as long as each step divides the next coarser one, as powers of ten do. Going back in the opposite
//! order, each node takes the number nearest to its origin that the nodes before it leave.

use std::collections::BTreeMap;

use super::literal::Literal;
use super::table::{Table, ids};
use super::theory_equality::Lemma;
use super::theory_numbers::{DifferenceTheory, Node, floor_to};

ids! {
    /// Where an arc comes from.
    SourceId,
}

/// Why an arc holds: an edge of the theory, or two arcs joined at an eliminated node.
#[derive(Debug, Clone, Copy)]
enum Source {
    Edge(Option<Literal>),
    Joined(SourceId, SourceId),
}

#[derive(Debug, Clone, Copy)]
struct Arc {
    weight: i128,
    source: SourceId,
}

/// The arcs between nodes not yet eliminated.
struct Arcs<'t> {
    theory: &'t DifferenceTheory,
    into: Table<Node, BTreeMap<Node, Arc>>,
    out_of: Table<Node, BTreeMap<Node, Arc>>,
    sources: Table<SourceId, Source>,
}

/// Numbers for all nodes, zero being 0; or a clause that fails.
pub(super) fn numbers(theory: &DifferenceTheory) -> Result<Table<Node, i128>, Lemma> {
    let count = theory.domains().len();
    let mut arcs = Arcs {
        theory,
        into: Table::filled(count, BTreeMap::new()),
        out_of: Table::filled(count, BTreeMap::new()),
        sources: Table::new(),
    };
    for edge in theory.edges() {
        let source = arcs.sources.push(Source::Edge(edge.literal));
        arcs.tighten(edge.from, edge.to, edge.weight, source);
    }

    let mut order: Vec<Node> =
        theory.domains().iter().map(|(node, _)| node).filter(|&node| node != Node::ZERO).collect();
    // The finest step first. Within a step the last declared path first, so that the first one has the widest choice.
    order.sort_by_key(|&node| (theory.integers(node).step, std::cmp::Reverse(node)));
    let mut eliminated = Vec::with_capacity(order.len());
    for &node in &order {
        eliminated.push((node, arcs.eliminate(node)?));
    }

    let mut numbers = Table::filled(count, 0);
    for (node, (into, out_of)) in eliminated.into_iter().rev() {
        let most = into.iter().map(|(&from, arc)| numbers[from] + arc.weight).min();
        let least = out_of.iter().map(|(&to, arc)| numbers[to] - arc.weight).max();
        let domain = theory.integers(node);
        let wish = floor_to(domain.origin + domain.step / 2, domain.step);
        let wish = wish.min(most.unwrap_or(wish));
        numbers[node] = wish.max(least.unwrap_or(wish));
    }
    Ok(numbers)
}

type Neighbours = BTreeMap<Node, Arc>;

impl Arcs<'_> {
    /// Adds an arc unless one at least as tight is there.
    fn tighten(&mut self, from: Node, to: Node, weight: i128, source: SourceId) {
        let weight = floor_to(weight, self.theory.unit(from, to));
        let arc = Arc { weight, source };
        if self.out_of[from].get(&to).is_none_or(|present| weight < present.weight) {
            self.out_of[from].insert(to, arc);
            self.into[to].insert(from, arc);
        }
    }

    /// Removes a node and joins the arcs that went through it.
    fn eliminate(&mut self, node: Node) -> Result<(Neighbours, Neighbours), Lemma> {
        let into = std::mem::take(&mut self.into[node]);
        let out_of = std::mem::take(&mut self.out_of[node]);
        for from in into.keys() {
            self.out_of[*from].remove(&node);
        }
        for to in out_of.keys() {
            self.into[*to].remove(&node);
        }
        for (&from, first) in &into {
            for (&to, second) in &out_of {
                let weight = first.weight + second.weight;
                if from == to {
                    if weight < 0 {
                        return Err(self.clause(&[first.source, second.source]));
                    }
                    continue;
                }
                let source = self.sources.push(Source::Joined(first.source, second.source));
                self.tighten(from, to, weight, source);
            }
        }
        Ok((into, out_of))
    }

    /// The clause that forbids the edges behind `sources`.
    fn clause(&self, sources: &[SourceId]) -> Lemma {
        let mut clause = Vec::new();
        let mut pending = sources.to_vec();
        let mut seen = Table::<SourceId, bool>::filled(self.sources.len(), false);
        while let Some(source) = pending.pop() {
            if std::mem::replace(&mut seen[source], true) {
                continue;
            }
            match self.sources[source] {
                Source::Edge(literal) => clause.extend(literal.map(|literal| !literal)),
                Source::Joined(first, second) => pending.extend([first, second]),
            }
        }
        clause
    }
}
