//! Literals for differences of numbers.
//!
//! All statements about two nodes are put in one form, `later - earlier <= bound`, so that a statement and its negation
//! are one variable. The statements about a pair are a ladder: whoever is at most 3 is at most 5. The ladder is kept as
//! clauses, which spares the theory most of its work.

use std::collections::BTreeMap;

use super::literal::Literal;
use super::search::Search;
use super::theory_numbers::{Difference, Node, floor_to};

/// The literals made so far.
#[derive(Debug, Default)]
pub(super) struct Differences {
    ladders: BTreeMap<(Node, Node), BTreeMap<i128, Literal>>,
}

impl Differences {
    /// The literal that says `left - right <= bound`. Called while nothing but level 0 is assigned.
    pub(super) fn literal(&mut self, left: Node, right: Node, bound: i128, search: &mut Search) -> Literal {
        let unit = search.numbers.unit(left, right);
        let bound = floor_to(bound, unit);
        if left == right {
            return if bound >= 0 { Literal::TRUE } else { Literal::FALSE };
        }
        if left < right {
            return !self.literal(right, left, -bound - unit, search);
        }
        let (ours, theirs) = (search.numbers.integers(left), search.numbers.integers(right));
        if let Some((most, least)) = ours.max.zip(theirs.min)
            && bound >= most - least
        {
            return Literal::TRUE;
        }
        if let Some((least, most)) = ours.min.zip(theirs.max)
            && bound < least - most
        {
            return Literal::FALSE;
        }
        let ladder = self.ladders.entry((left, right)).or_default();
        if let Some(&literal) = ladder.get(&bound) {
            return literal;
        }
        let literal = search.add_variable(ours.origin - theirs.origin <= bound);
        search.numbers.define(literal.variable(), Difference { left, right, bound });
        if let Some((_, &tighter)) = ladder.range(..bound).next_back() {
            search.add_clause(vec![!tighter, literal]);
        }
        if let Some((_, &looser)) = ladder.range(bound..).next() {
            search.add_clause(vec![!literal, looser]);
        }
        ladder.insert(bound, literal);
        literal
    }
}
