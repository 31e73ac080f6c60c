//! Numbers: which difference constraints hold together, and which few contradict each other.
//!
//! Terms:
//! - **node**: a numeric path, or the fixed number zero ([`Node::ZERO`]), against which constants are compared;
//! - **difference**: the statement `left - right <= bound`; its negation is `right - left <= -bound - unit`, where the
//!   **unit** is the smallest distance that the two nodes can have;
//! - **edge**: a difference in force, read as "`to` is at most `from` plus `weight`";
//! - **potential**: numbers that satisfy all edges in force. A new edge repairs them or finds a negative cycle, which
//!   is the contradiction (Cotton and Maler, "Fast and Flexible Difference Constraint Propagation", 2006). Taking edges
//!   back leaves the potential right, so it needs no history.
//!
//! Potentials ignore steps; [`super::theory_steps`] decides exactly, once per complete assignment, and finds simple
//! numbers.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::domains::Integers;
use super::literal::{Literal, Variable};
use super::table::{Table, ids};
use super::theory_equality::Lemma;

ids! {
    /// A numeric path, or zero.
    Node,
    /// A difference in force.
    EdgeId,
}

impl Node {
    /// The number zero.
    pub(super) const ZERO: Self = Self(0);
}

/// `left - right <= bound`
#[derive(Debug, Clone, Copy)]
pub(super) struct Difference {
    pub(super) left: Node,
    pub(super) right: Node,
    pub(super) bound: i128,
}

/// `to <= from + weight`, because of `literal`; without a literal because of a domain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Edge {
    pub(super) from: Node,
    pub(super) to: Node,
    pub(super) weight: i128,
    pub(super) literal: Option<Literal>,
}

/// What a repair of the potential knows of a node.
#[derive(Debug, Clone, Copy, Default)]
struct Repair {
    /// How far the node must come down; negative when it must.
    gap: i128,
    via: Option<EdgeId>,
    lowered: Option<i128>,
}

/// The edges in force and a potential for them.
#[derive(Debug)]
pub(super) struct DifferenceTheory {
    integers: Table<Node, Integers>,
    potential: Table<Node, i128>,
    outgoing: Table<Node, Vec<EdgeId>>,
    edges: Table<EdgeId, Edge>,
    meaning: Table<Variable, Option<Difference>>,
    repairs: Table<Node, Repair>,
    touched: Vec<Node>,
}

impl DifferenceTheory {
    pub(super) fn new() -> Self {
        let mut theory = Self {
            integers: Table::new(),
            potential: Table::new(),
            outgoing: Table::new(),
            edges: Table::new(),
            meaning: Table::new(),
            repairs: Table::new(),
            touched: Vec::new(),
        };
        theory.add_row(Integers::between(0, 0));
        theory
    }

    fn add_row(&mut self, integers: Integers) -> Node {
        self.potential.push(0);
        self.outgoing.push(Vec::new());
        self.repairs.push(Repair::default());
        self.integers.push(integers)
    }

    /// Adds a numeric path; nothing when its domain has no number.
    pub(super) fn add_node(&mut self, integers: Integers) -> Option<Node> {
        let highest = integers.max.map(|max| floor_to(max, integers.step));
        let negated_lowest = integers.min.map(|min| floor_to(-min, integers.step));
        if highest.zip(negated_lowest).is_some_and(|(highest, negated)| highest < -negated) {
            return None;
        }
        let node = self.add_row(integers);
        let bounds = [(highest, Node::ZERO, node), (negated_lowest, node, Node::ZERO)];
        for (weight, from, to) in bounds {
            if let Some(weight) = weight {
                // Cannot fail: the two bounds leave a number, and nothing else speaks about the node yet.
                self.add_edge(Edge { from, to, weight, literal: None }).ok()?;
            }
        }
        Some(node)
    }

    /// The domain of a node; that of zero is zero alone.
    pub(super) fn integers(&self, node: Node) -> Integers {
        self.integers[node]
    }

    /// The smallest distance of two nodes.
    pub(super) fn unit(&self, one: Node, other: Node) -> i128 {
        if one == Node::ZERO {
            self.integers[other].step
        } else if other == Node::ZERO {
            self.integers[one].step
        } else {
            self.integers[one].step.min(self.integers[other].step)
        }
    }

    /// Lets a variable say that a difference holds.
    pub(super) fn define(&mut self, variable: Variable, difference: Difference) {
        while self.meaning.row(variable).is_none() {
            self.meaning.push(None);
        }
        self.meaning[variable] = Some(difference);
    }

    /// How many edges are in force: the mark to which [`DifferenceTheory::take_back`] returns.
    pub(super) fn mark(&self) -> usize {
        self.edges.len()
    }

    /// Takes note of a literal that now holds; an error is a clause that fails.
    pub(super) fn assert(&mut self, literal: Literal) -> Result<(), Lemma> {
        let Some(&Some(Difference { left, right, bound })) = self.meaning.row(literal.variable()) else {
            return Ok(());
        };
        let edge = if literal.is_positive() {
            Edge { from: right, to: left, weight: bound, literal: Some(literal) }
        } else {
            let weight = -bound - self.unit(left, right);
            Edge { from: left, to: right, weight, literal: Some(literal) }
        };
        self.add_edge(edge)
    }

    fn add_edge(&mut self, edge: Edge) -> Result<(), Lemma> {
        let id = self.edges.push(edge);
        let outcome = self.repair(id, edge);
        for node in std::mem::take(&mut self.touched) {
            let repair = std::mem::take(&mut self.repairs[node]);
            if let (Ok(()), Some(lowered)) = (&outcome, repair.lowered) {
                self.potential[node] = lowered;
            }
        }
        match outcome {
            Ok(()) => self.outgoing[edge.from].push(id),
            Err(_) => {
                self.edges.pop();
            }
        }
        outcome
    }

    /// Lowers nodes until the new edge and all others hold, or finds the cycle that forbids it.
    fn repair(&mut self, id: EdgeId, edge: Edge) -> Result<(), Lemma> {
        let gap = self.potential[edge.from] + edge.weight - self.potential[edge.to];
        if gap >= 0 {
            return Ok(());
        }
        let mut heap = BinaryHeap::new();
        self.note_gap(edge.to, gap, id, &mut heap);
        while let Some(Reverse((gap, node))) = heap.pop() {
            let repair = &mut self.repairs[node];
            if repair.gap != gap || repair.lowered.is_some() {
                continue;
            }
            if node == edge.from {
                return Err(self.cycle(id, edge.from));
            }
            let lowered = self.potential[node] + gap;
            repair.lowered = Some(lowered);
            for place in 0.. {
                let Some(&out) = self.outgoing[node].get(place) else { break };
                let Edge { to, weight, .. } = self.edges[out];
                let gap = lowered + weight - self.potential[to];
                if self.repairs[to].lowered.is_none() && gap < self.repairs[to].gap {
                    self.note_gap(to, gap, out, &mut heap);
                }
            }
        }
        Ok(())
    }

    fn note_gap(&mut self, node: Node, gap: i128, via: EdgeId, heap: &mut BinaryHeap<Reverse<(i128, Node)>>) {
        self.repairs[node] = Repair { gap, via: Some(via), lowered: None };
        self.touched.push(node);
        heap.push(Reverse((gap, node)));
    }

    /// The clause that forbids the cycle which `new` closes at `start`.
    fn cycle(&self, new: EdgeId, start: Node) -> Lemma {
        let mut clause = Vec::new();
        let mut node = start;
        while let Some(via) = self.repairs[node].via {
            let edge = self.edges[via];
            clause.extend(edge.literal.map(|literal| !literal));
            if via == new {
                break;
            }
            node = edge.from;
        }
        clause
    }

    /// Takes edges back until `mark` of them are left.
    pub(super) fn take_back(&mut self, mark: usize) {
        while self.edges.len() > mark {
            let Some(edge) = self.edges.pop() else { return };
            self.outgoing[edge.from].pop();
        }
    }

    /// The edges in force.
    pub(super) fn edges(&self) -> impl Iterator<Item = &Edge> {
        self.edges.iter().map(|(_, edge)| edge)
    }

    /// The domains of all nodes, zero first.
    pub(super) fn domains(&self) -> &Table<Node, Integers> {
        &self.integers
    }
}

/// The greatest multiple of `step` that is at most `number`.
pub(super) fn floor_to(number: i128, step: i128) -> i128 {
    number.div_euclid(step) * step
}
