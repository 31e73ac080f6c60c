//! From formulas to clauses.
//!
//! Each compound formula gets a literal that implies it (Plaisted and Greenbaum, "A Structure-Preserving Clause Form
//! Translation", 1986). One direction is enough: negations are pushed down to the atoms on the way, so that a compound
//! formula only ever has to hold. What an atom says of nulls is written out here, so that the theories need not know
//! null numbers.

use std::collections::BTreeSet;

use super::domains::{Constant, Domain, PathId};
use super::encoding::{Encoding, Uninterpreted};
use super::formula::{Comparison, Formula, Joint};
use super::literal::Literal;
use super::theory_numbers::Node;

/// A compound formula whose parts are being encoded.
struct Open<'f> {
    joint: Joint,
    truth: bool,
    parts: std::slice::Iter<'f, Formula>,
    literals: Vec<Literal>,
}

impl Encoding<'_> {
    /// Demands that the formula is `truth`.
    pub(super) fn demand(&mut self, formula: &Formula, truth: bool) {
        let mut pending = vec![(formula, truth)];
        while let Some((formula, truth)) = pending.pop() {
            match formula.parts() {
                Some((Joint::Negation, parts)) => pending.extend(parts.iter().map(|part| (part, !truth))),
                Some((joint, parts)) if (joint == Joint::All) == truth => {
                    pending.extend(parts.iter().rev().map(|part| (part, truth)));
                }
                Some((_, parts)) => {
                    let clause = parts.iter().map(|part| self.implying(part, truth)).collect();
                    self.search.add_clause(clause);
                }
                None => {
                    let literal = self.atom(formula, truth);
                    self.search.add_clause(vec![literal]);
                }
            }
        }
    }

    /// A literal that implies that the formula is `truth`.
    pub(super) fn implying(&mut self, formula: &Formula, truth: bool) -> Literal {
        let mut open: Vec<Open<'_>> = Vec::new();
        let (mut formula, mut truth) = (formula, truth);
        loop {
            let mut literal = match formula.parts() {
                Some((joint, parts)) => {
                    let mut parts = parts.iter();
                    if let Some(first) = parts.next() {
                        open.push(Open { joint, truth, parts, literals: Vec::new() });
                        formula = first;
                        truth = if joint == Joint::Negation { !truth } else { truth };
                        continue;
                    }
                    self.joined(joint, truth, Vec::new())
                }
                None => self.atom(formula, truth),
            };
            loop {
                let Some(mut parent) = open.pop() else { return literal };
                parent.literals.push(literal);
                if let Some(next) = parent.parts.next() {
                    formula = next;
                    truth = parent.truth;
                    open.push(parent);
                    break;
                }
                literal = self.joined(parent.joint, parent.truth, parent.literals);
            }
        }
    }

    fn joined(&mut self, joint: Joint, truth: bool, literals: Vec<Literal>) -> Literal {
        match (joint, truth) {
            (Joint::All, true) | (Joint::Any, false) => self.all(literals),
            // A negation has one part, and either way of joining gives that part.
            _ => self.any(literals),
        }
    }

    /// A literal that implies all of `literals`.
    pub(super) fn all(&mut self, mut literals: Vec<Literal>) -> Literal {
        literals.retain(|&literal| literal != Literal::TRUE);
        literals.sort_unstable();
        literals.dedup();
        let contradictory = literals.windows(2).any(|pair| matches!(pair, &[one, other] if one == !other));
        if contradictory || literals.contains(&Literal::FALSE) {
            return Literal::FALSE;
        }
        match *literals {
            [] => Literal::TRUE,
            [literal] => literal,
            _ => {
                let joined = self.search.add_variable(false);
                for literal in literals {
                    self.search.add_clause(vec![!joined, literal]);
                }
                joined
            }
        }
    }

    /// A literal that implies one of `literals`.
    pub(super) fn any(&mut self, mut literals: Vec<Literal>) -> Literal {
        literals.retain(|&literal| literal != Literal::FALSE);
        literals.sort_unstable();
        literals.dedup();
        let certain = literals.windows(2).any(|pair| matches!(pair, &[one, other] if one == !other));
        if certain || literals.contains(&Literal::TRUE) {
            return Literal::TRUE;
        }
        match *literals {
            [] => Literal::FALSE,
            [literal] => literal,
            _ => {
                let joined = self.search.add_variable(false);
                literals.push(!joined);
                self.search.add_clause(literals);
                joined
            }
        }
    }

    fn atom(&mut self, atom: &Formula, truth: bool) -> Literal {
        match atom {
            Formula::True => constant(truth),
            Formula::Known(path) => {
                let null = self.null(*path);
                if truth { !null } else { null }
            }
            Formula::Equals(path, constant) => self.one_of(*path, std::slice::from_ref(constant), truth),
            Formula::OneOf(path, constants) => self.one_of(*path, constants, truth),
            Formula::Same(left, right) => {
                if matches!(self.vocabulary.domain(*left), Some(Domain::Integer(_))) {
                    return self.numbers_equal(*left, *right, 0, truth);
                }
                let same = self.same(*left, *right);
                if truth { same } else { !same }
            }
            Formula::Against(path, comparison, number) => match comparison {
                Comparison::Equal => self.one_of(*path, &[Constant::Integer(*number)], truth),
                Comparison::NotEqual => self.one_of(*path, &[Constant::Integer(*number)], !truth),
                _ => self.ordered(&[*path], *comparison, *number, truth),
            },
            Formula::Between { left, comparison, right, offset } => match comparison {
                Comparison::Equal => self.numbers_equal(*left, *right, *offset, truth),
                Comparison::NotEqual => self.numbers_equal(*left, *right, *offset, !truth),
                _ => self.ordered(&[*left, *right], *comparison, *offset, truth),
            },
            Formula::Uninterpreted(statement) => {
                if self.uninterpreted == Uninterpreted::Useless {
                    return Literal::FALSE;
                }
                let literal = match self.statements.get(statement) {
                    Some(&literal) => literal,
                    None => {
                        let literal = self.search.add_variable(false);
                        self.statements.insert(statement.clone(), literal);
                        literal
                    }
                };
                if truth { literal } else { !literal }
            }
            // Compound formulas have parts and do not come here; `False` is what is left.
            _ => constant(!truth),
        }
    }

    /// The path is known and holds one of `constants`, or not so.
    fn one_of(&mut self, path: PathId, constants: &[Constant], truth: bool) -> Literal {
        if matches!(self.vocabulary.domain(path), Some(Domain::Integer(_))) {
            return self.one_of_numbers(path, constants, truth);
        }
        let constants: BTreeSet<&Constant> = constants.iter().collect();
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for (constant, literal) in self.alternatives(path) {
            if constants.contains(constant) { &mut inside } else { &mut outside }.push(*literal);
        }
        outside.push(self.null(path));
        // Exactly one alternative of a closed path holds, so the shorter of the two lists says it all.
        let by_inside = !self.closed(path) || inside.len() <= outside.len();
        match (by_inside, truth) {
            (true, true) => self.any(inside),
            (true, false) => self.all(inside.into_iter().map(|literal| !literal).collect()),
            (false, true) => self.all(outside.into_iter().map(|literal| !literal).collect()),
            (false, false) => self.any(outside),
        }
    }

    fn one_of_numbers(&mut self, path: PathId, constants: &[Constant], truth: bool) -> Literal {
        let null = self.null(path);
        let Some(node) = self.number(path) else { return constant(!truth) };
        let mut numbers: Vec<i128> = constants
            .iter()
            .filter_map(|constant| if let Constant::Integer(number) = constant { Some(*number) } else { None })
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let step = self.search.numbers.integers(node).step;
        let mut runs: Vec<(i128, i128)> = Vec::new();
        for number in numbers.into_iter().filter(|number| number % step == 0) {
            match runs.last_mut() {
                Some((_, end)) if number - step == *end => *end = number,
                _ => runs.push((number, number)),
            }
        }
        let mut parts = Vec::new();
        for (first, last) in runs {
            let below = self.at_most(node, Node::ZERO, first - step);
            let up_to = self.at_most(node, Node::ZERO, last);
            parts.push(if truth { self.all(vec![!below, up_to]) } else { self.any(vec![below, !up_to]) });
        }
        if truth {
            let any = self.any(parts);
            self.all(vec![!null, any])
        } else {
            let all = self.all(parts);
            self.any(vec![null, all])
        }
    }

    /// An ordered comparison of one path with a constant, or of a path with another one and an offset.
    fn ordered(&mut self, paths: &[PathId], comparison: Comparison, bound: i128, truth: bool) -> Literal {
        let mut nodes = paths.iter().map(|&path| self.number(path)).chain([Some(Node::ZERO)]);
        let (Some(Some(left)), Some(Some(right))) = (nodes.next(), nodes.next()) else { return constant(!truth) };
        let holds = match comparison {
            Comparison::Less => self.at_most(left, right, bound - 1),
            Comparison::AtMost => self.at_most(left, right, bound),
            Comparison::Greater => !self.at_most(left, right, bound),
            _ => !self.at_most(left, right, bound - 1),
        };
        let nulls: Vec<Literal> = paths.iter().map(|&path| self.null(path)).collect();
        if truth {
            self.all(nulls.into_iter().map(|null| !null).chain([holds]).collect())
        } else {
            self.any(nulls.into_iter().chain([!holds]).collect())
        }
    }

    /// `left == right + offset`: both null, or both known and so.
    fn numbers_equal(&mut self, left: PathId, right: PathId, offset: i128, truth: bool) -> Literal {
        let (no_left, no_right) = (self.null(left), self.null(right));
        let (below, up_to) = match (self.number(left), self.number(right)) {
            (Some(left), Some(right)) => (self.at_most(left, right, offset - 1), self.at_most(left, right, offset)),
            _ => (Literal::TRUE, Literal::FALSE),
        };
        if truth {
            let both_null = self.all(vec![no_left, no_right]);
            let equal = self.all(vec![!no_left, !no_right, !below, up_to]);
            self.any(vec![both_null, equal])
        } else {
            let left_only = self.all(vec![!no_left, no_right]);
            let right_only = self.all(vec![no_left, !no_right]);
            let unequal = self.any(vec![below, !up_to]);
            let both_known = self.all(vec![!no_left, !no_right, unequal]);
            self.any(vec![left_only, right_only, both_known])
        }
    }

    fn at_most(&mut self, left: Node, right: Node, bound: i128) -> Literal {
        self.differences.literal(left, right, bound, &mut self.search)
    }
}

fn constant(truth: bool) -> Literal {
    if truth { Literal::TRUE } else { Literal::FALSE }
}
