//! Among all witnesses the simplest one: path by path in the order declared, known rather than null, the first value of
//! an enum, `true` rather than `false`, a constant that the question names rather than another text, the number nearest
//! to the origin.
//!
//! What is chosen for a path is fixed before the next path is looked at, so the choice depends on what the question
//! means and not on how the search went. When the node budget runs out on the way, the witness at hand is kept.

use super::domains::PathId;
use super::encoding::Encoding;
use super::literal::Literal;
use super::search::Outcome;
use super::theory_numbers::Node;

/// The node budget ran out.
struct OutOfNodes;

impl Encoding<'_> {
    /// Replaces the model at hand by that of the simplest witness.
    pub(super) fn simplify(&mut self) {
        let mentioned: Vec<PathId> = self.survey.mentioned.iter().copied().collect();
        for path in mentioned {
            if self.simplify_path(path).is_err() {
                return;
            }
        }
    }

    fn simplify_path(&mut self, path: PathId) -> Result<(), OutOfNodes> {
        if !self.prefer(!self.null(path))? {
            return Ok(());
        }
        if let Some(node) = self.number(path) {
            return self.prefer_near_origin(node);
        }
        let literals: Vec<Literal> = self.alternatives(path).iter().map(|&(_, literal)| literal).collect();
        for literal in literals {
            if self.prefer(literal)? {
                break;
            }
        }
        Ok(())
    }

    /// Makes the literal hold for good if it can, else fail for good.
    fn prefer(&mut self, literal: Literal) -> Result<bool, OutOfNodes> {
        let can = self.can_hold(&[literal])?;
        self.search.add_clause(vec![if can { literal } else { !literal }]);
        Ok(can)
    }

    /// Whether the literals can hold together; if so, the model at hand is one in which they do.
    fn can_hold(&mut self, literals: &[Literal]) -> Result<bool, OutOfNodes> {
        if let Some(model) = self.search.model()
            && literals.iter().all(|&literal| model.holds(literal))
        {
            return Ok(true);
        }
        match self.search.solve(literals) {
            Outcome::Satisfied => Ok(true),
            Outcome::Contradiction => Ok(false),
            Outcome::Exhausted => Err(OutOfNodes),
        }
    }

    /// Fixes the number of a node at the least distance from the origin that can be, above it rather than below.
    fn prefer_near_origin(&mut self, node: Node) -> Result<(), OutOfNodes> {
        let origin = self.search.numbers.integers(node).origin;
        // INVARIANT: some model has the number within `within` of the origin, none has it nearer than `least`.
        let (mut least, mut within) = (0, self.distance(node, origin));
        let mut trial = 0;
        while least < within {
            if self.can_be(node, origin - trial, origin + trial)? {
                within = self.distance(node, origin).min(trial);
            } else {
                least = trial + 1;
            }
            // The number of a model is already the nearest one of its kind: after the origin itself try just below it,
            // and only then halve.
            trial = if trial == 0 { within - 1 } else { least + (within - least) / 2 };
            trial = trial.clamp(least, (within - 1).max(least));
        }
        let number =
            if self.can_be(node, origin + within, origin + within)? { origin + within } else { origin - within };
        self.can_be(node, number, number)?;
        for literal in self.range(node, number, number) {
            self.search.add_clause(vec![literal]);
        }
        Ok(())
    }

    fn distance(&self, node: Node, origin: i128) -> i128 {
        self.search.model().and_then(|model| model.numbers.row(node)).map_or(0, |number| (number - origin).abs())
    }

    /// Whether the number of a node can lie in the range; if so, that of the model at hand does.
    fn can_be(&mut self, node: Node, least: i128, most: i128) -> Result<bool, OutOfNodes> {
        let present = self.search.model().and_then(|model| model.numbers.row(node)).copied();
        if present.is_some_and(|number| (least..=most).contains(&number)) {
            return Ok(true);
        }
        let range = self.range(node, least, most);
        self.can_hold(&range)
    }

    fn range(&mut self, node: Node, least: i128, most: i128) -> [Literal; 2] {
        let below = self.differences.literal(node, Node::ZERO, least - 1, &mut self.search);
        let up_to = self.differences.literal(node, Node::ZERO, most, &mut self.search);
        [!below, up_to]
    }
}
