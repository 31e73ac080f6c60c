//! What formulas mean and what a record may hold: the independent judge of witnesses.

use std::collections::BTreeMap;

use crate::solver::{Comparison, Constant, Domain, Formula, PathId, Value, Vocabulary, Witness};

/// A record: a value for each path, and a truth for each uninterpreted atom.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    pub(super) values: BTreeMap<PathId, Value>,
    pub(super) statements: BTreeMap<String, bool>,
}

impl Record {
    pub(super) fn of(witness: &Witness) -> Self {
        Self {
            values: witness.values().map(|(path, value)| (path, value.clone())).collect(),
            statements: witness.statements().map(|(name, truth)| (name.to_owned(), truth)).collect(),
        }
    }

    fn number(&self, path: PathId) -> Option<i128> {
        match &self.values[&path] {
            Value::Constant(Constant::Integer(number)) => Some(*number),
            Value::Null => None,
            other => panic!("{other:?} is no number"),
        }
    }
}

/// Whether the formula is true of the record.
pub(super) fn truth(formula: &Formula, record: &Record) -> bool {
    match formula {
        Formula::True => true,
        Formula::False => false,
        Formula::And(parts) => parts.iter().all(|part| truth(part, record)),
        Formula::Or(parts) => parts.iter().any(|part| truth(part, record)),
        Formula::Not(part) => !truth(part, record),
        Formula::Known(path) => record.values[path] != Value::Null,
        Formula::Equals(path, constant) => record.values[path] == Value::Constant(constant.clone()),
        Formula::OneOf(path, constants) => {
            constants.iter().any(|constant| record.values[path] == Value::Constant(constant.clone()))
        }
        Formula::Same(left, right) => record.values[left] == record.values[right],
        Formula::Against(path, comparison, number) => compare(record.number(*path), *comparison, Some(*number)),
        Formula::Between { left, comparison, right, offset } => {
            compare(record.number(*left), *comparison, record.number(*right).map(|number| number + offset))
        }
        Formula::Uninterpreted(name) => record.statements[name],
    }
}

fn compare(left: Option<i128>, comparison: Comparison, right: Option<i128>) -> bool {
    let both = |test: fn(&i128, &i128) -> bool| left.zip(right).is_some_and(|(left, right)| test(&left, &right));
    match comparison {
        Comparison::Equal => left == right,
        Comparison::NotEqual => left != right,
        Comparison::Less => both(i128::lt),
        Comparison::AtMost => both(i128::le),
        Comparison::Greater => both(i128::gt),
        Comparison::AtLeast => both(i128::ge),
    }
}

/// Checks that the record is one that the vocabulary allows, as far as it goes.
pub(super) fn lawful(record: &Record, vocabulary: &Vocabulary) -> Result<(), String> {
    for (&path, value) in &record.values {
        let name = vocabulary.name(path);
        let parent = vocabulary.parent(path).and_then(|(parent, _)| record.values.get(&parent));
        match (value, vocabulary.domain(path).expect("declared")) {
            (Value::Null, _) if !vocabulary.nullable(path) => return Err(format!("{name} cannot be null")),
            (Value::Null, _) if !vocabulary.optional(path) && parent.is_some_and(|parent| *parent != Value::Null) => {
                return Err(format!("{name} cannot be null while its parent is known"));
            }
            (Value::Null, _) => {}
            _ if parent == Some(&Value::Null) => return Err(format!("{name} is a field of nothing")),
            (Value::Constant(Constant::Bool(_)), Domain::Bool)
            | (Value::Constant(Constant::Text(_)), Domain::Text)
            | (Value::Identity(_), Domain::Opaque { .. })
            | (Value::Outside(_), Domain::Enum { open: true, .. }) => {}
            (Value::Constant(Constant::Symbol(symbol)), Domain::Enum { values, open })
                if *open || values.contains(symbol) => {}
            (Value::Constant(Constant::Integer(number)), Domain::Integer(integers))
                if integers.min.is_none_or(|min| min <= *number)
                    && integers.max.is_none_or(|max| *number <= max)
                    && number % integers.step == 0 => {}
            (value, domain) => return Err(format!("{name} holds {value:?}, not of {domain:?}")),
        }
    }
    for (&one, left) in &record.values {
        for (&other, right) in &record.values {
            let (Some((parent, field)), Some((other_parent, other_field))) =
                (vocabulary.parent(one), vocabulary.parent(other))
            else {
                continue;
            };
            let parents = record.values.get(&parent).zip(record.values.get(&other_parent));
            let sorts = (vocabulary.domain(parent), vocabulary.domain(other_parent));
            let equal = sorts.0 == sorts.1 && field == other_field && parents.is_some_and(|(one, other)| one == other);
            if equal && left != right {
                return Err(format!("{} and {} differ", vocabulary.name(one), vocabulary.name(other)));
            }
        }
    }
    Ok(())
}

/// Checks that a witness is lawful, and that what it should show is true of it.
pub(super) fn check(witness: &Witness, shown: &Formula, vocabulary: &Vocabulary) -> Result<(), String> {
    let record = Record::of(witness);
    lawful(&record, vocabulary)?;
    if witness.is_possible_only() {
        return if truth(shown, &record) { Ok(()) } else { Err(format!("false of {record:?}")) };
    }
    // A counter-example stands whatever the uninterpreted atoms are.
    let mut names = Vec::new();
    statements(shown, &mut names);
    for truths in 0..1u32 << names.len() {
        let statements =
            names.iter().enumerate().map(|(place, name)| (name.clone(), truths >> place & 1 == 1)).collect();
        let record = Record { statements, ..record.clone() };
        if !truth(shown, &record) {
            return Err(format!("false of {record:?}"));
        }
    }
    Ok(())
}

/// The uninterpreted atoms of a formula.
pub(super) fn statements(formula: &Formula, names: &mut Vec<String>) {
    match formula {
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| statements(part, names)),
        Formula::Not(part) => statements(part, names),
        Formula::Uninterpreted(name) if !names.contains(name) => names.push(name.clone()),
        _ => {}
    }
}

/// The paths of a formula.
pub(super) fn paths(formula: &Formula, found: &mut Vec<PathId>) {
    let mut add = |path: PathId| {
        if !found.contains(&path) {
            found.push(path);
        }
    };
    match formula {
        Formula::And(parts) | Formula::Or(parts) => parts.iter().for_each(|part| paths(part, found)),
        Formula::Not(part) => paths(part, found),
        Formula::Known(path) | Formula::Equals(path, _) | Formula::OneOf(path, _) | Formula::Against(path, ..) => {
            add(*path);
        }
        Formula::Same(left, right) | Formula::Between { left, right, .. } => {
            add(*left);
            add(*right);
        }
        Formula::True | Formula::False | Formula::Uninterpreted(_) => {}
    }
}
