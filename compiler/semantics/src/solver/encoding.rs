//! From paths to literals: for each path of a query, literals that say what it holds, and clauses that say what a path
//! is.
//!
//! Terms:
//! - **null literal**: the path is null; false for a path that cannot be, and that of the parent for a field that is
//!   null with its parent only;
//! - **alternatives**: the constants that a path may hold, each with its literal, simplest first;
//! - **closed**: the alternatives and null are all that the path may hold.
//!
//! A closed enum is cut down to the values that its group is compared with, and as many others as the group has
//! members: the others are interchangeable, so more of them add nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::differences::Differences;
use super::domains::{Constant, Domain, PathId, Vocabulary};
use super::formula::Formula;
use super::literal::Literal;
use super::query::Doubt;
use super::search::Search;
use super::survey::Survey;
use super::theory_equality::Term;
use super::theory_numbers::Node;

/// What uninterpreted atoms may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Uninterpreted {
    /// True or false, whichever helps.
    Free,
    /// Of no help, neither true nor false: what is found then holds whatever they are.
    Useless,
}

/// The literals of a query's paths and atoms.
pub(super) struct Encoding<'v> {
    pub(super) vocabulary: &'v Vocabulary,
    pub(super) survey: Survey,
    pub(super) search: Search,
    pub(super) uninterpreted: Uninterpreted,
    pub(super) statements: BTreeMap<String, Literal>,
    pub(super) differences: Differences,
    nulls: BTreeMap<PathId, Literal>,
    alternatives: BTreeMap<PathId, Vec<(Constant, Literal)>>,
    sames: BTreeMap<(PathId, PathId), Literal>,
    numbers: BTreeMap<PathId, Node>,
    terms: BTreeMap<PathId, Term>,
    constant_terms: BTreeMap<Constant, Term>,
    null_term: Term,
}

impl<'v> Encoding<'v> {
    /// Encodes the paths that `formulas` speak about.
    pub(super) fn of<'f>(
        formulas: impl IntoIterator<Item = &'f Formula>,
        vocabulary: &'v Vocabulary,
        uninterpreted: Uninterpreted,
        nodes: u64,
    ) -> Result<Self, Doubt> {
        let survey = Survey::of(formulas, vocabulary)?;
        let mut search = Search::new(nodes);
        let null_term = search.equality.add_term(true);
        let mut encoding = Self {
            vocabulary,
            search,
            uninterpreted,
            statements: BTreeMap::new(),
            differences: Differences::default(),
            nulls: BTreeMap::new(),
            alternatives: BTreeMap::new(),
            sames: BTreeMap::new(),
            numbers: BTreeMap::new(),
            terms: BTreeMap::new(),
            constant_terms: BTreeMap::new(),
            null_term,
            survey,
        };
        // Parents are declared before their fields, so the order of ids brings each parent first.
        let relevant: Vec<PathId> = encoding.survey.relevant.iter().copied().collect();
        for path in relevant {
            encoding.add_path(path);
        }
        for congruence in encoding.survey.congruences.clone() {
            encoding.equal_parents_have_equal_fields(congruence.parents, congruence.children);
        }
        Ok(encoding)
    }

    /// The literal that says that the path is null.
    pub(super) fn null(&self, path: PathId) -> Literal {
        self.nulls.get(&path).copied().unwrap_or(Literal::FALSE)
    }

    /// The constants that the path may hold, with their literals, simplest first.
    pub(super) fn alternatives(&self, path: PathId) -> &[(Constant, Literal)] {
        self.alternatives.get(&path).map_or(&[], Vec::as_slice)
    }

    /// The node of a numeric path; none when no number is in its domain.
    pub(super) fn number(&self, path: PathId) -> Option<Node> {
        self.numbers.get(&path).copied()
    }

    /// The term of a path that takes part in equalities.
    pub(super) fn term(&self, path: PathId) -> Option<Term> {
        self.terms.get(&path).copied()
    }

    /// The constant that a term stands for; nothing for null and for paths.
    pub(super) fn constant_of_term(&self, term: Term) -> Option<&Constant> {
        self.constant_terms.iter().find(|&(_, &known)| known == term).map(|(constant, _)| constant)
    }

    /// Whether the path holds one of its alternatives whenever it is known.
    pub(super) fn closed(&self, path: PathId) -> bool {
        matches!(self.vocabulary.domain(path), Some(Domain::Bool | Domain::Enum { open: false, .. }))
    }

    fn add_path(&mut self, path: PathId) {
        let parent = self.vocabulary.parent(path).map(|(parent, _)| self.null(parent));
        let null = match parent {
            Some(parent) if !self.vocabulary.optional(path) => parent,
            _ if !self.vocabulary.optional(path) => Literal::FALSE,
            _ => {
                let null = self.search.add_variable(false);
                if let Some(parent) = parent {
                    self.search.add_clause(vec![!parent, null]);
                }
                null
            }
        };
        self.nulls.insert(path, null);
        match self.vocabulary.domain(path) {
            Some(Domain::Integer(integers)) => match self.search.numbers.add_node(*integers) {
                Some(node) => {
                    self.numbers.insert(path, node);
                }
                None => self.search.add_clause(vec![null]),
            },
            Some(domain) => {
                let constants = self.constants_to_tell_apart(path, domain);
                self.add_alternatives(path, constants);
            }
            None => {}
        }
    }

    /// The constants that matter for a path: those it is compared with, and enough others.
    fn constants_to_tell_apart(&self, path: PathId, domain: &Domain) -> Vec<Constant> {
        let none = BTreeSet::new();
        let compared = self.survey.constants.get(&self.survey.group_of(path)).unwrap_or(&none);
        match domain {
            Domain::Bool => vec![Constant::Bool(true), Constant::Bool(false)],
            Domain::Text => compared.iter().cloned().collect(),
            Domain::Enum { values, open } => {
                let group = self.survey.group(path).unwrap_or_default();
                let alike = group.iter().all(|&other| self.vocabulary.domain(other) == Some(domain));
                let mut others = if alike { group.len().max(1) } else { values.len() };
                let mut constants = Vec::new();
                for value in values {
                    let constant = Constant::Symbol(value.clone());
                    if constants.contains(&constant) {
                        continue;
                    }
                    if compared.contains(&constant) {
                        constants.push(constant);
                    } else if others > 0 {
                        others -= 1;
                        constants.push(constant);
                    }
                }
                if *open {
                    let undeclared: Vec<_> =
                        compared.iter().filter(|constant| !constants.contains(constant)).cloned().collect();
                    constants.extend(undeclared);
                }
                constants
            }
            Domain::Integer(_) | Domain::Opaque { .. } => Vec::new(),
        }
    }

    fn add_alternatives(&mut self, path: PathId, constants: Vec<Constant>) {
        let null = self.null(path);
        let nullable = null != Literal::FALSE;
        let closed = self.closed(path);
        let literals: Vec<Literal> = match (constants.len(), nullable) {
            (1, true) if closed => vec![!null],
            (1, false) if closed => vec![Literal::TRUE],
            (2, false) if closed => {
                let first = self.search.add_variable(true);
                vec![first, !first]
            }
            (count, _) => {
                let literals: Vec<Literal> = (0..count).map(|place| self.search.add_variable(place == 0)).collect();
                if closed {
                    self.search.add_clause(literals.iter().copied().chain([null]).collect());
                }
                literals
            }
        };
        let choices = literals.len() + usize::from(nullable);
        let excluded_by_shape = choices < 2 || (closed && choices == 2);
        if !excluded_by_shape || self.survey.group(path).is_some() {
            let term = self.search.equality.add_term(false);
            self.terms.insert(path, term);
            self.search.equality.link(term, self.null_term, null);
            for (constant, &literal) in constants.iter().zip(&literals) {
                let constant = self.constant_term(constant);
                self.search.equality.link(term, constant, literal);
            }
        }
        self.alternatives.insert(path, constants.into_iter().zip(literals).collect());
    }

    fn constant_term(&mut self, constant: &Constant) -> Term {
        if let Some(&term) = self.constant_terms.get(constant) {
            return term;
        }
        let term = self.search.equality.add_term(true);
        self.constant_terms.insert(constant.clone(), term);
        term
    }

    /// The literal that says that two paths, not numeric, are equal.
    pub(super) fn same(&mut self, left: PathId, right: PathId) -> Literal {
        if left == right {
            return Literal::TRUE;
        }
        let pair = (left.min(right), left.max(right));
        if let Some(&literal) = self.sames.get(&pair) {
            return literal;
        }
        let literal = self.search.add_variable(false);
        self.sames.insert(pair, literal);
        // Both are in one group, hence both have terms.
        if let (Some(left), Some(right)) = (self.term(left), self.term(right)) {
            self.search.equality.link(left, right, literal);
        }
        literal
    }

    fn equal_parents_have_equal_fields(&mut self, parents: (PathId, PathId), (left, right): (PathId, PathId)) {
        let parents = self.same(parents.0, parents.1);
        if let (Some(one), Some(other)) = (self.number(left), self.number(right)) {
            let (left, right) = (self.null(left), self.null(right));
            self.search.add_clause(vec![!parents, !left, right]);
            self.search.add_clause(vec![!parents, left, !right]);
            for (low, high) in [(one, other), (other, one)] {
                let at_most = self.differences.literal(low, high, 0, &mut self.search);
                self.search.add_clause(vec![!parents, at_most]);
            }
        } else if !matches!(self.vocabulary.domain(left), Some(Domain::Integer(_))) {
            let same = self.same(left, right);
            self.search.add_clause(vec![!parents, same]);
        }
    }
}
