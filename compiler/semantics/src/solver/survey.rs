//! What a query speaks about, gathered before it is encoded.
//!
//! Terms:
//! - **mentioned**: paths that an atom names; **relevant**: those and the paths that they continue;
//! - **group**: paths that might be equal to each other, because the query compares them or because they are the same
//!   field of paths that might be equal;
//! - **congruence**: the law that equal references have equal fields, for one pair of paths of a group.

use std::collections::{BTreeMap, BTreeSet};

use super::domains::{Constant, Domain, PathId, Vocabulary};
use super::formula::Formula;
use super::query::Doubt;

/// Numbers beyond this are outside the fragment. Stored decimals have 28 digits; and a hundred million such numbers,
/// more than a query can add up, still fit 128 bits.
const LARGEST: i128 = 10i128.pow(30);
/// More numeric paths, or more pairs of references, than a query can sensibly speak about.
const MOST_PATHS: usize = 1_000;
const MOST_PAIRS: usize = 20_000;

/// If the parents are equal, the children are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Congruence {
    pub(super) parents: (PathId, PathId),
    pub(super) children: (PathId, PathId),
}

/// What a query speaks about.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) mentioned: BTreeSet<PathId>,
    pub(super) relevant: BTreeSet<PathId>,
    /// The constants that a group is compared with, under its [`Survey::group_of`].
    pub(super) constants: BTreeMap<PathId, BTreeSet<Constant>>,
    /// Each text constant of the query.
    pub(super) texts: BTreeSet<String>,
    pub(super) congruences: BTreeSet<Congruence>,
    /// Paths joined into groups: each leads to another one of its group, and at last to the one that names it.
    leads: BTreeMap<PathId, PathId>,
    /// The members of each group of at least two.
    groups: BTreeMap<PathId, Vec<PathId>>,
}

impl Survey {
    /// Gathers what `formulas` speak about, or tells why that is outside the fragment.
    pub(super) fn of<'f>(
        formulas: impl IntoIterator<Item = &'f Formula>,
        vocabulary: &Vocabulary,
    ) -> Result<Self, Doubt> {
        let mut survey = Self::default();
        let mut constants = Vec::new();
        for atom in formulas.into_iter().flat_map(Formula::atoms) {
            survey.note(atom, vocabulary, &mut constants)?;
        }
        survey.add_ancestors(vocabulary);
        survey.steps_divide_each_other(vocabulary)?;
        survey.join_fields(vocabulary)?;
        for &path in &survey.relevant {
            survey.groups.entry(survey.group_of(path)).or_default().push(path);
        }
        survey.groups.retain(|_, members| members.len() > 1);
        for (path, constant) in constants {
            let group = survey.group_of(path);
            survey.constants.entry(group).or_default().insert(constant.clone());
        }
        Ok(survey)
    }

    /// The path that names the group of `path`.
    pub(super) fn group_of(&self, path: PathId) -> PathId {
        let mut path = path;
        while let Some(&next) = self.leads.get(&path) {
            path = next;
        }
        path
    }

    /// All paths that might be equal to `path`, itself among them; nothing when it is alone.
    pub(super) fn group(&self, path: PathId) -> Option<&[PathId]> {
        self.groups.get(&self.group_of(path)).map(Vec::as_slice)
    }

    fn note<'f>(
        &mut self,
        atom: &'f Formula,
        vocabulary: &Vocabulary,
        constants: &mut Vec<(PathId, &'f Constant)>,
    ) -> Result<(), Doubt> {
        match atom {
            Formula::Known(path) => {
                self.mention(*path, vocabulary)?;
            }
            Formula::Equals(path, constant) => {
                self.note_constant(*path, constant, vocabulary)?;
                constants.push((*path, constant));
            }
            Formula::OneOf(path, listed) => {
                self.mention(*path, vocabulary)?;
                for constant in listed {
                    self.note_constant(*path, constant, vocabulary)?;
                    constants.push((*path, constant));
                }
            }
            Formula::Same(left, right) => {
                let domains = (self.mention(*left, vocabulary)?, self.mention(*right, vocabulary)?);
                match domains {
                    (Domain::Integer(_), Domain::Integer(_)) => {}
                    (Domain::Bool, Domain::Bool)
                    | (Domain::Enum { .. }, Domain::Enum { .. })
                    | (Domain::Text, Domain::Text) => self.join(*left, *right),
                    (Domain::Opaque { sort: one }, Domain::Opaque { sort: other }) if one == other => {
                        self.join(*left, *right);
                    }
                    _ => return Err(unlike(*left, vocabulary, &format!("`{}`", vocabulary.name(*right)))),
                }
            }
            Formula::Against(path, _, constant) => {
                self.note_constant(*path, &Constant::Integer(*constant), vocabulary)?;
            }
            Formula::Between { left, right, offset, .. } => {
                for path in [*left, *right] {
                    self.note_constant(path, &Constant::Integer(*offset), vocabulary)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn mention<'v>(&mut self, path: PathId, vocabulary: &'v Vocabulary) -> Result<&'v Domain, Doubt> {
        let domain = vocabulary
            .domain(path)
            .ok_or_else(|| Doubt::OutsideFragment("a path that the vocabulary does not declare".to_owned()))?;
        if self.mentioned.insert(path)
            && let Domain::Integer(integers) = domain
        {
            let largest = [integers.min, integers.max, Some(integers.origin), Some(integers.step)];
            if integers.step < 1 || largest.into_iter().flatten().any(beyond_largest) {
                return Err(too_large(path, vocabulary));
            }
        }
        Ok(domain)
    }

    fn note_constant(&mut self, path: PathId, constant: &Constant, vocabulary: &Vocabulary) -> Result<(), Doubt> {
        let domain = self.mention(path, vocabulary)?;
        match (domain, constant) {
            (Domain::Integer(_), Constant::Integer(number)) if beyond_largest(*number) => {
                Err(too_large(path, vocabulary))
            }
            (Domain::Text, Constant::Text(text)) => {
                self.texts.insert(text.clone());
                Ok(())
            }
            (Domain::Bool, Constant::Bool(_))
            | (Domain::Enum { .. }, Constant::Symbol(_))
            | (Domain::Integer(_), Constant::Integer(_)) => Ok(()),
            (_, constant) => Err(unlike(path, vocabulary, &format!("`{constant:?}`"))),
        }
    }

    fn add_ancestors(&mut self, vocabulary: &Vocabulary) {
        for &path in &self.mentioned {
            let mut path = Some(path);
            while let Some(next) = path {
                if !self.relevant.insert(next) {
                    break;
                }
                path = vocabulary.parent(next).map(|(parent, _)| parent);
            }
        }
    }

    fn steps_divide_each_other(&self, vocabulary: &Vocabulary) -> Result<(), Doubt> {
        let mut steps = BTreeSet::new();
        let mut numeric = 0;
        for &path in &self.mentioned {
            if let Some(Domain::Integer(integers)) = vocabulary.domain(path) {
                numeric += 1;
                steps.insert(integers.step);
            }
        }
        let divide = steps.iter().zip(steps.iter().skip(1)).all(|(finer, coarser)| coarser % finer == 0);
        if divide && numeric <= MOST_PATHS {
            Ok(())
        } else {
            Err(Doubt::OutsideFragment(
                "numbers on steps that do not divide each other, or too many of them".to_owned(),
            ))
        }
    }

    /// Joins fields of one name on paths of one group, until nothing changes, and notes the congruences.
    fn join_fields(&mut self, vocabulary: &Vocabulary) -> Result<(), Doubt> {
        loop {
            let mut fields: BTreeMap<(PathId, &str), Vec<(PathId, PathId)>> = BTreeMap::new();
            for &path in &self.relevant {
                if let Some((parent, field)) = vocabulary.parent(path) {
                    fields.entry((self.group_of(parent), field)).or_default().push((parent, path));
                }
            }
            let before = self.congruences.len();
            for same_field in fields.values() {
                for (place, &(parent, path)) in same_field.iter().enumerate() {
                    for &(other_parent, other) in same_field.iter().skip(place + 1) {
                        if parent == other_parent {
                            continue;
                        }
                        if vocabulary.domain(path) != vocabulary.domain(other) {
                            return Err(unlike(path, vocabulary, &format!("`{}`", vocabulary.name(other))));
                        }
                        self.congruences
                            .insert(Congruence { parents: (parent, other_parent), children: (path, other) });
                        if !matches!(vocabulary.domain(path), Some(Domain::Integer(_))) {
                            self.join(path, other);
                        }
                    }
                }
                if self.congruences.len() > MOST_PAIRS {
                    return Err(Doubt::OutsideFragment("too many references that might be equal".to_owned()));
                }
            }
            if self.congruences.len() == before {
                return Ok(());
            }
        }
    }

    fn join(&mut self, left: PathId, right: PathId) {
        let (left, right) = (self.group_of(left), self.group_of(right));
        if left != right {
            self.leads.insert(left.max(right), left.min(right));
        }
    }
}

fn beyond_largest(number: i128) -> bool {
    !(-LARGEST..=LARGEST).contains(&number)
}

fn too_large(path: PathId, vocabulary: &Vocabulary) -> Doubt {
    Doubt::OutsideFragment(format!("numbers too large to reason about at `{}`", vocabulary.name(path)))
}

fn unlike(path: PathId, vocabulary: &Vocabulary, other: &str) -> Doubt {
    Doubt::OutsideFragment(format!(
        "a comparison of `{}` with {other}, which is of another kind",
        vocabulary.name(path)
    ))
}
