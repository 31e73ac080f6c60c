//! Witnesses: one record that shows an answer, and what formulas say about it.

use std::collections::BTreeMap;

use super::domains::{Constant, Domain, PathId, Value};
use super::encoding::Encoding;
use super::formula::{Comparison, Formula, Joint};
use super::search::Model;
use super::theory_equality::Term;

/// Values for every path that a query mentions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    values: BTreeMap<PathId, Value>,
    statements: BTreeMap<String, bool>,
    possible: bool,
}

impl Witness {
    /// The value of a path; nothing when the query does not mention it.
    pub fn value(&self, path: PathId) -> Option<&Value> {
        self.values.get(&path)
    }

    /// All paths that the query mentions with their values, in the order declared.
    pub fn values(&self) -> impl Iterator<Item = (PathId, &Value)> {
        self.values.iter().map(|(&path, value)| (path, value))
    }

    /// Whether the witness rests on what uninterpreted atoms are. It may then not exist, and must not be shown as a
    /// counter-example.
    pub fn is_possible_only(&self) -> bool {
        self.possible
    }

    /// The uninterpreted atoms that the witness rests on, and what they would have to be.
    pub fn statements(&self) -> impl Iterator<Item = (&str, bool)> {
        self.statements.iter().map(|(statement, &truth)| (statement.as_str(), truth))
    }

    /// What the formula says of the witness; nothing when that rests on paths or statements which the witness leaves
    /// out.
    pub fn holds(&self, formula: &Formula) -> Option<bool> {
        formula.fold(
            |atom| match atom {
                Formula::Uninterpreted(statement) => self.statements.get(statement).copied(),
                _ => self.atom_holds(atom),
            },
            |joint, parts| match joint {
                Joint::All => conjunction(parts),
                Joint::Any => conjunction(parts.into_iter().map(|part| part.map(|truth| !truth))).map(|truth| !truth),
                Joint::Negation => conjunction(parts).map(|truth| !truth),
            },
        )
    }

    /// What is left of the formula when the paths have the witness's values: uninterpreted atoms.
    pub(super) fn residual(&self, formula: &Formula) -> Formula {
        formula.fold(
            |atom| match self.atom_holds(atom) {
                Some(true) => Formula::True,
                Some(false) => Formula::False,
                None => atom.clone(),
            },
            |joint, parts| match joint {
                Joint::All => Formula::And(parts),
                Joint::Any => Formula::Or(parts),
                Joint::Negation => Formula::not(Formula::And(parts)),
            },
        )
    }

    /// The same values, resting on nothing else.
    pub(super) fn definite(self) -> Self {
        Self { statements: BTreeMap::new(), possible: false, ..self }
    }

    fn atom_holds(&self, atom: &Formula) -> Option<bool> {
        match atom {
            Formula::True => Some(true),
            Formula::False => Some(false),
            Formula::Known(path) => Some(*self.value(*path)? != Value::Null),
            Formula::Equals(path, constant) => Some(is_constant(self.value(*path)?, constant)),
            Formula::OneOf(path, constants) => {
                let value = self.value(*path)?;
                Some(constants.iter().any(|constant| is_constant(value, constant)))
            }
            Formula::Same(left, right) => Some(self.value(*left)? == self.value(*right)?),
            Formula::Against(path, comparison, number) => {
                Some(compare(self.number(*path)?, *comparison, Some(*number)))
            }
            Formula::Between { left, comparison, right, offset } => {
                let right = self.number(*right)?.map(|right| right.saturating_add(*offset));
                Some(compare(self.number(*left)?, *comparison, right))
            }
            _ => None,
        }
    }

    /// The number of a path, or none for null.
    fn number(&self, path: PathId) -> Option<Option<i128>> {
        match self.value(path)? {
            Value::Constant(Constant::Integer(number)) => Some(Some(*number)),
            Value::Null => Some(None),
            _ => None,
        }
    }
}

/// Three-valued: false if any part is, else nothing if any part is nothing.
fn conjunction(parts: impl IntoIterator<Item = Option<bool>>) -> Option<bool> {
    let mut all = Some(true);
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => all = None,
        }
    }
    all
}

fn is_constant(value: &Value, constant: &Constant) -> bool {
    matches!(value, Value::Constant(held) if held == constant)
}

fn compare(left: Option<i128>, comparison: Comparison, right: Option<i128>) -> bool {
    let (Some(one), Some(other)) = (left, right) else {
        return match comparison {
            Comparison::Equal => left == right,
            Comparison::NotEqual => left != right,
            _ => false,
        };
    };
    match comparison {
        Comparison::Less => one < other,
        Comparison::AtMost => one <= other,
        Comparison::Greater => one > other,
        Comparison::AtLeast => one >= other,
        Comparison::Equal => one == other,
        Comparison::NotEqual => one != other,
    }
}

impl Encoding<'_> {
    /// The values that a model gives to the paths that the query mentions.
    pub(super) fn witness(&self, model: &Model) -> Witness {
        let mut fresh = Fresh { encoding: self, of_class: BTreeMap::new(), texts: 0, outsiders: 0, identities: 0 };
        let values = self.survey.mentioned.iter().map(|&path| (path, fresh.value(path, model))).collect();
        let statements: BTreeMap<String, bool> =
            self.statements.iter().map(|(statement, &literal)| (statement.clone(), model.holds(literal))).collect();
        Witness { possible: !statements.is_empty(), values, statements }
    }
}

/// Hands out values to classes that equal no constant: one value to a class, another one to the next.
struct Fresh<'e, 'v> {
    encoding: &'e Encoding<'v>,
    of_class: BTreeMap<Term, Value>,
    texts: u32,
    outsiders: u32,
    identities: u32,
}

impl Fresh<'_, '_> {
    fn value(&mut self, path: PathId, model: &Model) -> Value {
        let encoding = self.encoding;
        if model.holds(encoding.null(path)) {
            return Value::Null;
        }
        if let Some(Domain::Integer(_)) = encoding.vocabulary.domain(path) {
            let number = encoding.number(path).and_then(|node| model.numbers.row(node).copied());
            return number.map_or(Value::Null, |number| Value::Constant(Constant::Integer(number)));
        }
        let alternatives = encoding.alternatives(path).iter();
        if let Some((constant, _)) = alternatives.clone().find(|&&(_, literal)| model.holds(literal)) {
            return Value::Constant(constant.clone());
        }
        let Some(&(class, constant)) = encoding.term(path).and_then(|term| model.classes.row(term)) else {
            return self.next(path);
        };
        if let Some(constant) = constant.and_then(|term| encoding.constant_of_term(term)) {
            return Value::Constant(constant.clone());
        }
        if let Some(value) = self.of_class.get(&class) {
            return value.clone();
        }
        let value = self.next(path);
        self.of_class.insert(class, value.clone());
        value
    }

    fn next(&mut self, path: PathId) -> Value {
        match self.encoding.vocabulary.domain(path) {
            Some(Domain::Text) => loop {
                self.texts += 1;
                let text = if self.texts == 1 { "other".to_owned() } else { format!("other {}", self.texts) };
                if !self.encoding.survey.texts.contains(&text) {
                    return Value::Constant(Constant::Text(text));
                }
            },
            Some(Domain::Opaque { .. }) => {
                self.identities += 1;
                Value::Identity(self.identities)
            }
            _ => {
                self.outsiders += 1;
                Value::Outside(self.outsiders)
            }
        }
    }
}
