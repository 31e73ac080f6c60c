//! Equality: which terms are forced to be equal, and why.
//!
//! Terms:
//! - **term**: a path, a constant, or null; distinct constants (null among them) are never equal;
//! - **class**: terms that the assigned literals make equal;
//! - **link**: the statement `a == b` that a literal makes when it holds, and denies when it does not;
//! - **proof forest**: for each merge one edge, labelled with the literal that caused it, so that the path between two
//!   terms of a class is the explanation of their equality (Nieuwenhuis and Oliveras, "Proof-Producing Congruence
//!   Closure", 2005). Congruence itself is added by the encoding as clauses: there are few references in a query.

use super::literal::{Assignment, Literal};
use super::table::{Id, Table, ids};

ids! {
    /// A path, a constant, or null.
    Term,
    /// A statement `a == b`.
    LinkId,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    left: Term,
    right: Term,
    literal: Literal,
}

/// A merge to be taken back: the members of `absorbed` were added to the end of the class `into`.
#[derive(Debug, Clone, Copy)]
struct Merge {
    absorbed: Term,
    into: Term,
    constant_before: Option<Term>,
    left: Term,
    right: Term,
}

/// Classes of equal terms, with the means to explain and take back.
#[derive(Debug)]
pub(super) struct EqualityTheory {
    class: Table<Term, Term>,
    /// Kept at the term that names the class.
    members: Table<Term, Vec<Term>>,
    constant: Table<Term, Option<Term>>,
    links_of: Table<Term, Vec<LinkId>>,
    proof: Table<Term, Option<(Term, Literal)>>,
    links: Table<LinkId, Link>,
    meaning: Table<Literal, Vec<LinkId>>,
    merges: Vec<Merge>,
}

/// A clause that the theory adds: its first literal follows from the others being false.
pub(super) type Lemma = Vec<Literal>;

impl EqualityTheory {
    pub(super) fn new() -> Self {
        Self {
            class: Table::new(),
            members: Table::new(),
            constant: Table::new(),
            links_of: Table::new(),
            proof: Table::new(),
            links: Table::new(),
            meaning: Table::new(),
            merges: Vec::new(),
        }
    }

    /// Adds a term; `constant` when it differs from all other constants.
    pub(super) fn add_term(&mut self, constant: bool) -> Term {
        let term = self.class.push(Term::from_index(self.class.len()));
        self.members.push(vec![term]);
        self.constant.push(constant.then_some(term));
        self.links_of.push(Vec::new());
        self.proof.push(None);
        term
    }

    /// Lets `literal` say `left == right`. All links are made before the search starts.
    pub(super) fn link(&mut self, left: Term, right: Term, literal: Literal) {
        let link = self.links.push(Link { left, right, literal });
        self.links_of[left].push(link);
        self.links_of[right].push(link);
        for side in [literal, !literal] {
            while self.meaning.row(side).is_none() {
                self.meaning.push(Vec::new());
            }
        }
        self.meaning[literal].push(link);
    }

    /// How many merges are in force: the mark to which [`EqualityTheory::take_back`] returns.
    pub(super) fn mark(&self) -> usize {
        self.merges.len()
    }

    /// Takes note of a literal that now holds. Consequences go to `lemmas`; an error is a clause that fails. A link
    /// that is denied needs no note: whoever merges its two sides looks at the links between them.
    pub(super) fn assert(
        &mut self,
        literal: Literal,
        assignment: &Assignment,
        lemmas: &mut Vec<Lemma>,
    ) -> Result<(), Lemma> {
        for place in 0.. {
            let Some(&link) = self.meaning.row(literal).and_then(|links| links.get(place)) else { break };
            let Link { left, right, .. } = self.links[link];
            self.merge(left, right, literal, assignment, lemmas)?;
        }
        Ok(())
    }

    fn merge(
        &mut self,
        left: Term,
        right: Term,
        literal: Literal,
        assignment: &Assignment,
        lemmas: &mut Vec<Lemma>,
    ) -> Result<(), Lemma> {
        let (left_class, right_class) = (self.class[left], self.class[right]);
        if left_class == right_class {
            return Ok(());
        }
        // Constants stay where they are in a tie: their terms have the most links to look through.
        let weight = |class: Term| (self.members[class].len(), self.constant[class].is_some());
        let (absorbed, into, from, onto) = if weight(left_class) <= weight(right_class) {
            (left_class, right_class, left, right)
        } else {
            (right_class, left_class, right, left)
        };
        self.merges.push(Merge { absorbed, into, constant_before: self.constant[into], left, right });
        self.grow_proof(from, onto, literal);

        let moved = self.members[absorbed].clone();
        for &term in &moved {
            self.class[term] = into;
        }
        let mut affected = moved.clone();
        // INVARIANT: two classes with constants are never merged. When the second of them got its constant, the links
        // between them were denied, or the conflict was found.
        debug_assert!(self.constant[absorbed].is_none() || self.constant[into].is_none(), "distinct constants merged");
        if let Some(constant) = self.constant[absorbed] {
            affected.extend(self.members[into].iter().copied());
            self.constant[into] = Some(constant);
        }
        self.members[into].extend(moved);
        for term in affected {
            self.consequences(term, assignment, lemmas)?;
        }
        Ok(())
    }

    /// What the links of a term must be, now that its class has changed.
    fn consequences(&self, term: Term, assignment: &Assignment, lemmas: &mut Vec<Lemma>) -> Result<(), Lemma> {
        let class = self.class[term];
        for &link in &self.links_of[term] {
            let Link { left, right, literal } = self.links[link];
            let other = if left == term { right } else { left };
            let other_class = self.class[other];
            let implied = if other_class == class {
                if assignment.holds(literal) {
                    continue;
                }
                let mut lemma = vec![literal];
                self.explain(term, other, &mut lemma);
                lemma
            } else {
                let (Some(one), Some(two)) = (self.constant[class], self.constant[other_class]) else { continue };
                if assignment.fails(literal) {
                    continue;
                }
                let mut lemma = vec![!literal];
                self.explain(term, one, &mut lemma);
                self.explain(other, two, &mut lemma);
                lemma
            };
            if implied.first().is_some_and(|&first| assignment.fails(first)) {
                return Err(implied);
            }
            lemmas.push(implied);
        }
        Ok(())
    }

    /// Roots the proof tree of `from` at `from` and hangs it below `onto`.
    fn grow_proof(&mut self, from: Term, onto: Term, literal: Literal) {
        let (mut term, mut edge) = (from, (onto, literal));
        while let Some((above, label)) = self.proof[term].replace(edge) {
            edge = (term, label);
            term = above;
        }
    }

    /// Adds the negations of the literals that make two terms of a class equal.
    fn explain(&self, left: Term, right: Term, clause: &mut Lemma) {
        let mut ancestors = vec![left];
        let mut term = left;
        while let Some((above, _)) = self.proof[term] {
            ancestors.push(above);
            term = above;
        }
        let mut meeting = right;
        while !ancestors.contains(&meeting) {
            let Some((above, literal)) = self.proof[meeting] else { break };
            clause.push(!literal);
            meeting = above;
        }
        let mut term = left;
        while term != meeting {
            let Some((above, literal)) = self.proof[term] else { break };
            clause.push(!literal);
            term = above;
        }
    }

    /// Takes merges back until `mark` of them are left.
    pub(super) fn take_back(&mut self, mark: usize) {
        while self.merges.len() > mark {
            let Some(Merge { absorbed, into, constant_before, left, right }) = self.merges.pop() else { return };
            let kept = self.members[into].len().saturating_sub(self.members[absorbed].len());
            self.members[into].truncate(kept);
            self.constant[into] = constant_before;
            for place in 0.. {
                let Some(&term) = self.members[absorbed].get(place) else { break };
                self.class[term] = absorbed;
            }
            // Later merges may have turned the edge round.
            if self.proof[left].is_some_and(|(above, _)| above == right) {
                self.proof[left] = None;
            } else {
                self.proof[right] = None;
            }
        }
    }

    /// All terms.
    pub(super) fn terms(&self) -> impl Iterator<Item = Term> {
        self.class.iter().map(|(term, _)| term)
    }

    /// The term that names the class of `term`.
    pub(super) fn class_of(&self, term: Term) -> Term {
        self.class[term]
    }

    /// The constant that the class of `term` is equal to.
    pub(super) fn constant_of(&self, term: Term) -> Option<Term> {
        self.constant[self.class[term]]
    }
}
