//! The questions that checks ask, and the answers.
//!
//! Terms:
//! - **claim**: a formula that is asked about together with others, such as the guard of one owner;
//! - **proved**: it holds for every record; **refuted**: a witness shows where it does not; **doubt**: why neither
//!   could be said.

use super::domains::Vocabulary;
use super::encoding::{Encoding, Uninterpreted};
use super::formula::Formula;
use super::literal::Literal;
use super::search::Outcome;
use super::witness::Witness;

/// Why a question stays open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// The question took more nodes than the vocabulary allows.
    Budget,
    /// Something is not in the fragment that the solver decides: what.
    OutsideFragment(String),
    /// A witness was found that did not stand when replayed; it is withheld.
    Unconfirmed,
}

/// Whether a formula can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Satisfiable {
    /// Yes, for instance so.
    Yes(Witness),
    /// Never.
    No,
    /// Not decided.
    Unknown(Doubt),
}

/// Whether a statement holds for every record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It does.
    Proved,
    /// It does not, for instance here.
    Refuted(Witness),
    /// Not decided.
    Unknown(Doubt),
}

/// Can `formula` hold?
pub fn satisfiable(formula: &Formula, vocabulary: &Vocabulary) -> Satisfiable {
    Goal::All(vec![(formula, true)]).decide(vocabulary)
}

/// Does `conclusion` hold wherever `premise` does?
pub fn implied(premise: &Formula, conclusion: &Formula, vocabulary: &Vocabulary) -> Answer {
    Goal::All(vec![(premise, true), (conclusion, false)]).refute(vocabulary)
}

/// Do the two never hold together?
pub fn disjoint(one: &Formula, other: &Formula, vocabulary: &Vocabulary) -> Answer {
    Goal::All(vec![(one, true), (other, true)]).refute(vocabulary)
}

/// Does at least one of the claims hold wherever `given` does?
pub fn covered(claims: &[Formula], given: &Formula, vocabulary: &Vocabulary) -> Answer {
    let mut parts = vec![(given, true)];
    parts.extend(claims.iter().map(|claim| (claim, false)));
    Goal::All(parts).refute(vocabulary)
}

/// Do no two of the claims hold together where `given` does? One question for all pairs; [`Witness::holds`] tells which
/// claims meet in the witness.
pub fn mutually_disjoint(claims: &[Formula], given: &Formula, vocabulary: &Vocabulary) -> Answer {
    Goal::Two { claims, given }.refute(vocabulary)
}

/// What a witness must show.
enum Goal<'f> {
    /// Each formula is as said.
    All(Vec<(&'f Formula, bool)>),
    /// Two of the claims hold where `given` does.
    Two { claims: &'f [Formula], given: &'f Formula },
}

impl<'f> Goal<'f> {
    fn refute(&self, vocabulary: &Vocabulary) -> Answer {
        match self.decide(vocabulary) {
            Satisfiable::Yes(witness) => Answer::Refuted(witness),
            Satisfiable::No => Answer::Proved,
            Satisfiable::Unknown(doubt) => Answer::Unknown(doubt),
        }
    }

    fn decide(&self, vocabulary: &Vocabulary) -> Satisfiable {
        let mentions_statement = self
            .formulas()
            .iter()
            .flat_map(|formula| formula.atoms())
            .any(|atom| matches!(atom, Formula::Uninterpreted(_)));
        if mentions_statement {
            // A witness that needs no uninterpreted atom is a counter-example, any other only a possible one.
            let definite = self.look(Uninterpreted::Useless, vocabulary);
            if matches!(definite, Satisfiable::Yes(_) | Satisfiable::Unknown(Doubt::OutsideFragment(_))) {
                return definite;
            }
        }
        match self.look(Uninterpreted::Free, vocabulary) {
            Satisfiable::Yes(witness) if witness.is_possible_only() && self.holds_whatever(&witness, vocabulary) => {
                Satisfiable::Yes(witness.definite())
            }
            found => found,
        }
    }

    fn look(&self, uninterpreted: Uninterpreted, vocabulary: &Vocabulary) -> Satisfiable {
        let encoding = Encoding::of(self.formulas(), vocabulary, uninterpreted, vocabulary.node_limit());
        let mut encoding = match encoding {
            Ok(encoding) => encoding,
            Err(doubt) => return Satisfiable::Unknown(doubt),
        };
        self.demand(&mut encoding);
        match encoding.search.solve(&[]) {
            Outcome::Contradiction => return Satisfiable::No,
            Outcome::Exhausted => return Satisfiable::Unknown(Doubt::Budget),
            Outcome::Satisfied => encoding.simplify(),
        }
        match encoding.search.model().map(|model| encoding.witness(model)) {
            Some(witness) if self.shown_by(&witness) => Satisfiable::Yes(witness),
            _ => Satisfiable::Unknown(Doubt::Unconfirmed),
        }
    }

    fn formulas(&self) -> Vec<&'f Formula> {
        match self {
            Self::All(parts) => parts.iter().map(|&(formula, _)| formula).collect(),
            Self::Two { claims, given } => claims.iter().chain([*given]).collect(),
        }
    }

    fn demand(&self, encoding: &mut Encoding<'_>) {
        match self {
            Self::All(parts) => {
                for &(formula, truth) in parts {
                    encoding.demand(formula, truth);
                }
            }
            Self::Two { claims, given } => {
                encoding.demand(given, true);
                let mut earlier = Literal::FALSE;
                let mut meetings = Vec::new();
                for claim in *claims {
                    let holds = encoding.implying(claim, true);
                    meetings.push(encoding.all(vec![earlier, holds]));
                    earlier = encoding.any(vec![earlier, holds]);
                }
                encoding.search.add_clause(meetings);
            }
        }
    }

    /// Whether the witness, statements included, shows what it must.
    fn shown_by(&self, witness: &Witness) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|&(formula, truth)| witness.holds(formula) == Some(truth)),
            Self::Two { claims, given } => {
                let meeting = claims.iter().filter(|claim| witness.holds(claim) == Some(true)).count();
                witness.holds(given) == Some(true) && meeting >= 2
            }
        }
    }

    /// Whether the witness shows what it must whatever the uninterpreted atoms are.
    fn holds_whatever(&self, witness: &Witness, vocabulary: &Vocabulary) -> bool {
        let Self::All(parts) = self else { return false };
        let witness = witness.clone().definite();
        let residual = parts.iter().map(|&(formula, truth)| {
            let left = witness.residual(formula);
            if truth { left } else { Formula::not(left) }
        });
        let otherwise = Formula::not(Formula::and(residual));
        matches!(Goal::All(vec![(&otherwise, true)]).look(Uninterpreted::Free, vocabulary), Satisfiable::No)
    }
}
