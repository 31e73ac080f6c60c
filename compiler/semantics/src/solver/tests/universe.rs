//! Random vocabularies of up to four paths with small domains, and random formulas over them.

use proptest::prelude::*;

use crate::solver::{Comparison, Constant, Domain, Formula, Integers, PathId, Value, Vocabulary};

/// Symbols and texts that formulas name.
const SYMBOLS: [&str; 4] = ["A", "B", "C", "D"];
const TEXTS: [&str; 2] = ["a", "b"];
/// Numbers without bounds are tried as far as formulas over four paths can tell numbers apart: a constant of at most 3,
/// three offsets of at most 2, each strict comparison on steps of 2 adding as much again, rounded up.
const FAR: i128 = 16;

/// What a random vocabulary declares.
#[derive(Debug, Clone)]
pub(super) struct Declaration {
    pub(super) domain: Domain,
    pub(super) optional: bool,
}

/// A formula whose paths are numbers still to be taken modulo the paths there are.
#[derive(Debug, Clone)]
pub(super) enum Sketch {
    And(Vec<Sketch>),
    Or(Vec<Sketch>),
    Not(Box<Sketch>),
    Known(usize),
    Equals(usize, usize),
    OneOf(usize, Vec<usize>),
    Ordered(usize, Comparison, i128),
    Pair(usize, usize, Comparison, i128),
    Statement(usize),
}

fn comparison() -> impl Strategy<Value = Comparison> {
    prop_oneof![
        Just(Comparison::Less),
        Just(Comparison::AtMost),
        Just(Comparison::Greater),
        Just(Comparison::AtLeast),
        Just(Comparison::Equal),
        Just(Comparison::NotEqual),
    ]
}

fn integers() -> impl Strategy<Value = Domain> {
    let step = || prop_oneof![3 => Just(1i128), 1 => Just(2i128)];
    let bounded = (-3i128..=1, 0i128..=4, step(), -2i128..=2).prop_map(|(min, width, step, origin)| {
        Domain::Integer(Integers::between(min, min + width).step(step).near(origin))
    });
    let unbounded = (prop_oneof![Just((None, None)), Just((Some(-1), None)), Just((None, Some(2)))], step())
        .prop_map(|((min, max), step)| Domain::Integer(Integers { min, max, step, origin: 0 }));
    prop_oneof![3 => bounded, 1 => unbounded]
}

fn symbols() -> impl Strategy<Value = Domain> {
    (0usize..=4, prop::bool::weighted(0.25)).prop_map(|(count, open)| Domain::Enum {
        values: SYMBOLS[..count].iter().map(|&symbol| symbol.to_owned()).collect(),
        open,
    })
}

/// One to four declarations, often of one kind: paths of one kind can be compared.
pub(super) fn declarations() -> impl Strategy<Value = Vec<Declaration>> {
    let domain = prop_oneof![
        2 => Just(Domain::Bool),
        3 => symbols(),
        4 => integers(),
        1 => Just(Domain::Text),
        1 => Just(Domain::Opaque { sort: "thing".to_owned() }),
    ];
    let optional = || prop::bool::weighted(0.4);
    prop_oneof![
        3 => prop::collection::vec((domain, optional()), 1..=4),
        1 => prop::collection::vec((integers(), prop::bool::weighted(0.1)), 2..=3),
        1 => prop::collection::vec((symbols(), optional()), 2..=4),
        1 => prop::collection::vec((Just(Domain::Text), optional()), 2..=4),
    ]
    .prop_map(|declared| declared.into_iter().map(|(domain, optional)| Declaration { domain, optional }).collect())
}

fn atom(statements: usize) -> impl Strategy<Value = Sketch> {
    let path = 0usize..12;
    prop_oneof![
        2 => path.clone().prop_map(Sketch::Known),
        4 => (path.clone(), 0usize..12).prop_map(|(path, constant)| Sketch::Equals(path, constant)),
        3 => (path.clone(), prop::collection::vec(0usize..12, 0..4))
            .prop_map(|(path, constants)| Sketch::OneOf(path, constants)),
        4 => (path.clone(), comparison(), -3i128..=3)
            .prop_map(|(path, comparison, number)| Sketch::Ordered(path, comparison, number)),
        6 => (path.clone(), path, comparison(), -2i128..=2)
            .prop_map(|(left, right, comparison, offset)| Sketch::Pair(left, right, comparison, offset)),
        // Without statements this is an atom like the others.
        2 => (0usize..12).prop_map(move |name| {
            if statements == 0 { Sketch::Known(name) } else { Sketch::Statement(name % statements) }
        }),
    ]
}

/// A formula of a few levels, or one of so many short clauses that about half of them cannot hold.
pub(super) fn sketch(statements: usize) -> impl Strategy<Value = Sketch> {
    let nested = atom(statements).prop_recursive(5, 24, 5, |inner| {
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..5).prop_map(Sketch::And),
            3 => prop::collection::vec(inner.clone(), 0..5).prop_map(Sketch::Or),
            2 => inner.prop_map(|part| Sketch::Not(Box::new(part))),
        ]
    });
    let literal = (atom(statements), any::<bool>())
        .prop_map(|(atom, truth)| if truth { atom } else { Sketch::Not(Box::new(atom)) });
    let clause = prop::collection::vec(literal, 1..4).prop_map(Sketch::Or);
    let clauses = prop::collection::vec(clause, 2..16).prop_map(Sketch::And);
    prop_oneof![nested, clauses]
}

/// Declares the paths as `p0`, `p1`, …
pub(super) fn vocabulary(declarations: &[Declaration]) -> (Vocabulary, Vec<PathId>) {
    let mut vocabulary = Vocabulary::new();
    let paths = declarations
        .iter()
        .enumerate()
        .map(|(place, declared)| vocabulary.root(&format!("p{place}"), declared.domain.clone(), declared.optional))
        .collect();
    (vocabulary, paths)
}

/// The formula of a sketch over the given paths. What does not suit the path at hand becomes an atom that does.
pub(super) fn formula(sketch: &Sketch, vocabulary: &Vocabulary, paths: &[PathId]) -> Formula {
    let pick = |path: usize| paths[path % paths.len()];
    let constant = |path: PathId, choice: usize| match vocabulary.domain(path).unwrap() {
        Domain::Bool => Some(Constant::Bool(choice.is_multiple_of(2))),
        Domain::Enum { .. } => Some(Constant::Symbol(SYMBOLS[choice % SYMBOLS.len()].to_owned())),
        Domain::Integer(_) => Some(Constant::Integer(choice as i128 % 7 - 3)),
        Domain::Text => Some(Constant::Text(TEXTS[choice % TEXTS.len()].to_owned())),
        Domain::Opaque { .. } => None,
    };
    match sketch {
        Sketch::And(parts) => Formula::And(parts.iter().map(|part| formula(part, vocabulary, paths)).collect()),
        Sketch::Or(parts) => Formula::Or(parts.iter().map(|part| formula(part, vocabulary, paths)).collect()),
        Sketch::Not(part) => Formula::Not(Box::new(formula(part, vocabulary, paths))),
        Sketch::Known(path) => Formula::Known(pick(*path)),
        Sketch::Equals(path, choice) => match constant(pick(*path), *choice) {
            Some(constant) => Formula::Equals(pick(*path), constant),
            None => Formula::Known(pick(*path)),
        },
        Sketch::OneOf(path, choices) => {
            let path = pick(*path);
            Formula::OneOf(path, choices.iter().filter_map(|&choice| constant(path, choice)).collect())
        }
        Sketch::Ordered(path, comparison, number) => match vocabulary.domain(pick(*path)).unwrap() {
            Domain::Integer(_) => Formula::Against(pick(*path), *comparison, *number),
            _ => formula(&Sketch::Equals(*path, number.unsigned_abs() as usize), vocabulary, paths),
        },
        Sketch::Pair(left, right, comparison, offset) => {
            let left = pick(*left);
            let kind = std::mem::discriminant(vocabulary.domain(left).unwrap());
            let alike: Vec<PathId> = paths
                .iter()
                .copied()
                .filter(|&path| std::mem::discriminant(vocabulary.domain(path).unwrap()) == kind)
                .collect();
            let right = alike[right % alike.len()];
            match vocabulary.domain(left).unwrap() {
                Domain::Integer(_) if *offset == 0 && *comparison == Comparison::Equal => Formula::Same(left, right),
                Domain::Integer(_) => Formula::Between { left, comparison: *comparison, right, offset: *offset },
                _ if *offset < 0 => Formula::Not(Box::new(Formula::Same(left, right))),
                _ => Formula::Same(left, right),
            }
        }
        Sketch::Statement(name) => Formula::Uninterpreted(format!("statement {name}")),
    }
}

/// All values to try for a path, the simplest first. `others` is how many values without a name may be needed.
pub(super) fn values(path: PathId, vocabulary: &Vocabulary, others: u32) -> Vec<Value> {
    let mut values: Vec<Value> = match vocabulary.domain(path).unwrap() {
        Domain::Bool => vec![Value::Constant(Constant::Bool(true)), Value::Constant(Constant::Bool(false))],
        Domain::Enum { values, open } => {
            let mut all: Vec<Value> =
                values.iter().map(|value| Value::Constant(Constant::Symbol(value.clone()))).collect();
            if *open {
                let undeclared = SYMBOLS.iter().filter(|symbol| !values.contains(&(**symbol).to_owned()));
                all.extend(undeclared.map(|&symbol| Value::Constant(Constant::Symbol(symbol.to_owned()))));
                all.extend((1..=others).map(Value::Outside));
            }
            all
        }
        Domain::Integer(integers) => {
            let (min, max) = (integers.min.unwrap_or(-FAR), integers.max.unwrap_or(FAR));
            let mut numbers: Vec<i128> = (min..=max).filter(|number| number % integers.step == 0).collect();
            numbers.sort_by_key(|number| ((number - integers.origin).abs(), -number));
            numbers.into_iter().map(|number| Value::Constant(Constant::Integer(number))).collect()
        }
        Domain::Text => TEXTS
            .iter()
            .map(|&text| text.to_owned())
            .chain((1..=others).map(|other| format!("text {other}")))
            .map(|text| Value::Constant(Constant::Text(text)))
            .collect(),
        Domain::Opaque { .. } => (1..=others).map(Value::Identity).collect(),
    };
    if vocabulary.nullable(path) {
        values.push(Value::Null);
    }
    values
}
