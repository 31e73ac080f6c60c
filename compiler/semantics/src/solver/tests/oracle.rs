//! The solver against the trial of every record.

use proptest::prelude::*;

use super::meaning::{Record, check, paths, statements, truth};
use super::universe::{Declaration, declarations, formula, sketch, values, vocabulary};
use crate::solver::{
    Answer, Domain, Formula, PathId, Satisfiable, Value, Vocabulary, Witness, covered, disjoint, implied,
    mutually_disjoint, satisfiable,
};

/// The first record of which the formula is true, trying the simplest values of the first path first.
fn first_record(shown: &Formula, vocabulary: &Vocabulary) -> Option<Record> {
    let mut mentioned = Vec::new();
    paths(shown, &mut mentioned);
    mentioned.sort_unstable();
    let mut names = Vec::new();
    statements(shown, &mut names);
    let choices: Vec<(PathId, Vec<Value>)> = mentioned
        .iter()
        .map(|&path| (path, values(path, vocabulary, u32::try_from(mentioned.len()).unwrap())))
        .collect();
    let mut record = Record::default();
    try_all(shown, &choices, &names, &mut record).then_some(record)
}

fn try_all(shown: &Formula, choices: &[(PathId, Vec<Value>)], names: &[String], record: &mut Record) -> bool {
    if let Some(((path, values), rest)) = choices.split_first() {
        return values.iter().any(|value| {
            record.values.insert(*path, value.clone());
            try_all(shown, rest, names, record)
        });
    }
    if let Some((name, rest)) = names.split_first() {
        return [true, false].into_iter().any(|truth| {
            record.statements.insert(name.clone(), truth);
            try_all(shown, &[], rest, record)
        });
    }
    truth(shown, record)
}

/// Checks the solver's answer to "can `shown` hold?", however it was asked.
fn agrees(shown: &Formula, vocabulary: &Vocabulary, found: Option<&Witness>) -> Result<(), TestCaseError> {
    let expected = first_record(shown, vocabulary);
    match (found, expected) {
        (None, None) => Ok(()),
        (None, Some(record)) => Err(TestCaseError::fail(format!("overlooked {record:?}"))),
        (Some(witness), None) => Err(TestCaseError::fail(format!("there is no {witness:?}"))),
        (Some(witness), Some(record)) => {
            check(witness, shown, vocabulary).map_err(TestCaseError::fail)?;
            // Values without names are numbered in no particular way, so simplicity is compared where all values have
            // one.
            let named = record.values.keys().all(|&path| {
                !matches!(
                    vocabulary.domain(path),
                    Some(Domain::Text | Domain::Opaque { .. } | Domain::Enum { open: true, .. })
                )
            });
            if named && record.statements.is_empty() {
                prop_assert_eq!(Record::of(witness).values, record.values, "a simpler witness exists");
            }
            Ok(())
        }
    }
}

fn witness_of(answer: &Answer) -> Result<Option<&Witness>, TestCaseError> {
    match answer {
        Answer::Proved => Ok(None),
        Answer::Refuted(witness) => Ok(Some(witness)),
        Answer::Unknown(doubt) => Err(TestCaseError::fail(format!("{doubt:?}"))),
    }
}

fn satisfying(formula: &Formula, vocabulary: &Vocabulary) -> Result<Option<Witness>, TestCaseError> {
    match satisfiable(formula, vocabulary) {
        Satisfiable::Yes(witness) => Ok(Some(witness)),
        Satisfiable::No => Ok(None),
        Satisfiable::Unknown(doubt) => Err(TestCaseError::fail(format!("{doubt:?}"))),
    }
}

/// Thousands of cases; `PROPTEST_CASES` asks for more.
fn configuration(cases: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: cases.max(asked.cases), failure_persistence: None, ..asked }
}

/// The tests leave out the rare vocabulary with so many unbounded numbers that trying all records takes seconds.
fn few_records(declared: &[Declaration]) -> bool {
    let (mut records, others) = (1usize, u32::try_from(declared.len()).unwrap());
    let (vocabulary, paths) = vocabulary(declared);
    for path in paths {
        records *= values(path, &vocabulary, others).len().max(1);
    }
    records <= 20_000
}

proptest! {
    #![proptest_config(configuration(4_000))]

    #[test]
    fn satisfiable_as_by_trial(declared in declarations().prop_filter("few records", |d| few_records(d)), shape in sketch(0)) {
        let (vocabulary, paths) = vocabulary(&declared);
        let formula = formula(&shape, &vocabulary, &paths);
        let found = satisfying(&formula, &vocabulary)?;
        agrees(&formula, &vocabulary, found.as_ref())?;
        // The negation is as good a question.
        let negated = Formula::Not(Box::new(formula));
        let found = satisfying(&negated, &vocabulary)?;
        agrees(&negated, &vocabulary, found.as_ref())?;
    }
}

proptest! {
    #![proptest_config(configuration(2_000))]

    #[test]
    fn uninterpreted_atoms_as_by_trial(
        declared in declarations().prop_filter("few records", |d| few_records(d)),
        shape in sketch(3),
    ) {
        let (vocabulary, paths) = vocabulary(&declared);
        let formula = formula(&shape, &vocabulary, &paths);
        let found = satisfying(&formula, &vocabulary)?;
        agrees(&formula, &vocabulary, found.as_ref())?;
        if let Some(witness) = found && witness.is_possible_only() {
            // Then with these values other statements make the formula false.
            let mut names = Vec::new();
            statements(&formula, &mut names);
            let record = Record::of(&witness);
            let stands = (0..1u32 << names.len()).all(|truths| {
                let statements =
                    names.iter().enumerate().map(|(place, name)| (name.clone(), truths >> place & 1 == 1)).collect();
                truth(&formula, &Record { statements, ..record.clone() })
            });
            prop_assert!(!stands, "the witness is more than possible");
        }
    }

    #[test]
    fn questions_as_by_trial(
        declared in declarations().prop_filter("few records", |d| few_records(d)),
        given in sketch(0),
        shapes in prop::collection::vec(sketch(0), 2..5),
    ) {
        let (vocabulary, paths) = vocabulary(&declared);
        let given = formula(&given, &vocabulary, &paths);
        let claims: Vec<Formula> = shapes.iter().map(|shape| formula(shape, &vocabulary, &paths)).collect();
        let (one, other) = (&claims[0], &claims[1]);

        let gap = Formula::and(claims.iter().map(|claim| Formula::not(claim.clone())).chain([given.clone()]));
        agrees(&gap, &vocabulary, witness_of(&covered(&claims, &given, &vocabulary))?)?;

        let exception = Formula::and([one.clone(), Formula::not(other.clone())]);
        agrees(&exception, &vocabulary, witness_of(&implied(one, other, &vocabulary))?)?;

        let overlap = Formula::and([one.clone(), other.clone()]);
        agrees(&overlap, &vocabulary, witness_of(&disjoint(one, other, &vocabulary))?)?;

        let pairs = claims.iter().enumerate().flat_map(|(place, one)| {
            claims.iter().skip(place + 1).map(|other| Formula::and([one.clone(), other.clone()]))
        });
        let meeting = Formula::and([given.clone(), Formula::or(pairs)]);
        agrees(&meeting, &vocabulary, witness_of(&mutually_disjoint(&claims, &given, &vocabulary))?)?;
    }
}
