//! Fields of references against the trial of every record.

use proptest::prelude::*;

use super::meaning::{Record, check, lawful, truth};
use super::universe::{Sketch, formula, sketch, values};
use crate::solver::{Domain, Formula, Integers, PathId, Satisfiable, Value, Vocabulary, satisfiable};

/// Two references with a field each, one of which leads on: `a.next` may be `b`, `b.next` is left out, so that equal
/// fields meet at different depths.
fn chains(field: &Domain, optional: [bool; 4]) -> (Vocabulary, Vec<PathId>) {
    let thing = Domain::Opaque { sort: "thing".to_owned() };
    let mut vocabulary = Vocabulary::new();
    let a = vocabulary.root("a", thing.clone(), optional[0]);
    let b = vocabulary.root("b", thing.clone(), optional[1]);
    let next = vocabulary.field(a, "next", thing, optional[2]);
    let of_a = vocabulary.field(a, "field", field.clone(), optional[3]);
    let of_b = vocabulary.field(b, "field", field.clone(), optional[3]);
    let of_next = vocabulary.field(next, "field", field.clone(), optional[3]);
    (vocabulary, vec![a, b, next, of_a, of_b, of_next])
}

fn any_record(shown: &Formula, vocabulary: &Vocabulary, paths: &[PathId], record: &mut Record) -> bool {
    match paths.split_first() {
        Some((&path, rest)) => values(path, vocabulary, 3).into_iter().any(|value| {
            record.values.insert(path, value);
            any_record(shown, vocabulary, rest, record)
        }),
        None => truth(shown, record) && lawful(record, vocabulary).is_ok(),
    }
}

fn field() -> impl Strategy<Value = Domain> {
    prop_oneof![
        Just(Domain::Bool),
        Just(Domain::Integer(Integers::between(0, 2))),
        Just(Domain::Enum { values: vec!["A".to_owned(), "B".to_owned(), "C".to_owned()], open: false }),
    ]
}

/// Formulas in which references are compared more often than by chance.
fn about_references() -> impl Strategy<Value = Sketch> {
    let link = (0usize..3, 0usize..3, prop_oneof![3 => Just(1i128), 1 => Just(-1i128)])
        .prop_map(|(left, right, truth)| Sketch::Pair(left, right, crate::solver::Comparison::Equal, truth));
    (prop::collection::vec(link, 0..3), prop::collection::vec(sketch(0), 1..4)).prop_map(|(mut links, parts)| {
        links.extend(parts);
        Sketch::And(links)
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3_000.max(ProptestConfig::default().cases),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn fields_of_references_as_by_trial(field in field(), optional in any::<[bool; 4]>(), shape in about_references()) {
        let (vocabulary, paths) = chains(&field, optional);
        let formula = formula(&shape, &vocabulary, &paths);
        let mut record = Record::default();
        let expected = any_record(&formula, &vocabulary, &paths, &mut record);
        match satisfiable(&formula, &vocabulary) {
            Satisfiable::Yes(witness) => {
                prop_assert!(expected, "there is no {witness:?}");
                check(&witness, &formula, &vocabulary).map_err(TestCaseError::fail)?;
                // What the witness leaves out can be filled in.
                let rest: Vec<PathId> = paths.iter().copied().filter(|&path| witness.value(path).is_none()).collect();
                let mut record = Record::of(&witness);
                prop_assert!(fill(&vocabulary, &rest, &mut record), "{witness:?} cannot be completed");
            }
            Satisfiable::No => prop_assert!(!expected, "overlooked {record:?}"),
            Satisfiable::Unknown(doubt) => prop_assert!(false, "{doubt:?}"),
        }
    }
}

/// Whether the record can be completed lawfully; references may need identities beside those of the record.
fn fill(vocabulary: &Vocabulary, rest: &[PathId], record: &mut Record) -> bool {
    match rest.split_first() {
        Some((&path, rest)) => {
            let mut choices = values(path, vocabulary, 3);
            if matches!(vocabulary.domain(path), Some(Domain::Opaque { .. })) {
                choices.extend((4..=6).map(Value::Identity));
            }
            choices.into_iter().any(|value| {
                record.values.insert(path, value);
                fill(vocabulary, rest, record)
            })
        }
        None => lawful(record, vocabulary).is_ok(),
    }
}
