//! Large questions of the shapes that specifications produce.
//!
//! `cargo test --release -p syncline-semantics solver_families -- --nocapture` prints how long each takes. Times are
//! not asserted; answers are, and so are the nodes, which are the same on every machine.

use std::time::Instant;

use super::dice::Dice;
use super::meaning::check;
use crate::solver::{
    Answer, Comparison, Constant, Domain, Formula, Integers, PathId, Satisfiable, Value, Vocabulary, Witness, covered,
    disjoint, implied, mutually_disjoint, satisfiable,
};

/// Far below the default limit: a question of a family that needs more has become too hard.
const NODES: u64 = 20_000;

fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    vocabulary.limit_nodes(NODES);
    vocabulary
}

/// Runs a question and prints its time.
fn timed<T>(name: &str, question: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let answer = question();
    println!("{:>9} µs  {name}", start.elapsed().as_micros());
    answer
}

fn number(witness: &Witness, path: PathId) -> i128 {
    match witness.value(path) {
        Some(Value::Constant(Constant::Integer(number))) => *number,
        other => panic!("{other:?} is no number"),
    }
}

#[test]
fn solver_families_ranges() {
    let mut vocabulary = vocabulary();
    let x = vocabulary.root("amount", Domain::Integer(Integers::between(0, 1_999)), false);
    let range = |from: i128, until: i128| {
        Formula::and([Formula::Against(x, Comparison::AtLeast, from), Formula::Against(x, Comparison::Less, until)])
    };
    let claims: Vec<Formula> = (0..200).map(|place| range(place * 10, place * 10 + 10)).collect();
    let all = timed("200 claims by range, covered", || covered(&claims, &Formula::True, &vocabulary));
    assert_eq!(all, Answer::Proved);
    let apart = timed("200 claims by range, disjoint", || mutually_disjoint(&claims, &Formula::True, &vocabulary));
    assert_eq!(apart, Answer::Proved);
    timed("200 claims by range, disjoint pair by pair (19900 questions)", || {
        for (place, one) in claims.iter().enumerate() {
            for other in &claims[place + 1..] {
                assert_eq!(disjoint(one, other, &vocabulary), Answer::Proved);
            }
        }
    });

    // Claim 137 ends two numbers early: 1378 and 1379 are nobody's.
    let mut gap = claims.clone();
    gap[137] = range(1_370, 1_378);
    match timed("200 claims by range, a gap", || covered(&gap, &Formula::True, &vocabulary)) {
        Answer::Refuted(witness) => assert_eq!(number(&witness, x), 1_378),
        other => panic!("{other:?}"),
    }
    // Claim 42 ends one number late: 430 is claimed twice.
    let mut overlap = claims;
    overlap[42] = range(420, 431);
    match timed("200 claims by range, an overlap", || mutually_disjoint(&overlap, &Formula::True, &vocabulary)) {
        Answer::Refuted(witness) => assert_eq!(number(&witness, x), 430),
        other => panic!("{other:?}"),
    }
}

#[test]
fn solver_families_clauses() {
    let (mut yes, mut no) = (0, 0);
    let (mut slowest, mut nodes_suffice) = (0, true);
    for seed in 0..200 {
        let mut vocabulary = vocabulary();
        let paths: Vec<PathId> =
            (0..40).map(|place| vocabulary.root(&format!("flag{place}"), Domain::Bool, false)).collect();
        let mut dice = Dice(seed);
        // 4.26 clauses a variable: where random clauses are as often satisfiable as not, and hardest.
        let clauses = (0..170).map(|_| {
            let mut chosen: Vec<usize> = Vec::new();
            while chosen.len() < 3 {
                let place = dice.roll(40);
                if !chosen.contains(&place) {
                    chosen.push(place);
                }
            }
            Formula::or(
                chosen.into_iter().map(|place| Formula::Equals(paths[place], Constant::Bool(dice.roll(2) == 0))),
            )
        });
        let formula = Formula::and(clauses.collect::<Vec<_>>());
        let start = Instant::now();
        let answer = satisfiable(&formula, &vocabulary);
        slowest = slowest.max(start.elapsed().as_micros());
        match answer {
            Satisfiable::Yes(witness) => {
                check(&witness, &formula, &vocabulary).unwrap();
                yes += 1;
            }
            Satisfiable::No => no += 1,
            Satisfiable::Unknown(_) => nodes_suffice = false,
        }
    }
    println!("{slowest:>9} µs  170 random clauses over 40 flags, slowest of {yes} satisfiable and {no} not");
    assert!(nodes_suffice);
    assert!(yes > 40 && no > 40, "the ratio is at the threshold");
}

#[test]
fn solver_families_enum_partitions() {
    let names: Vec<String> = (0..200).map(|place| format!("v{place}")).collect();
    let mut vocabulary = vocabulary();
    let x = vocabulary.root("code", Domain::Enum { values: names.clone(), open: false }, false);
    let open = vocabulary.root("open_code", Domain::Enum { values: names.clone(), open: true }, false);
    let maybe = vocabulary.root("maybe_code", Domain::Enum { values: names.clone(), open: false }, true);
    let single = |path| names.iter().map(|name| Formula::is(path, name)).collect::<Vec<_>>();

    let claims = single(x);
    assert_eq!(timed("200 values, covered", || covered(&claims, &Formula::True, &vocabulary)), Answer::Proved);
    assert_eq!(
        timed("200 values, disjoint", || mutually_disjoint(&claims, &Formula::True, &vocabulary)),
        Answer::Proved
    );
    match timed("200 values but one, a gap", || covered(&claims[..199], &Formula::True, &vocabulary)) {
        Answer::Refuted(witness) => {
            assert_eq!(witness.value(x), Some(&Value::Constant(Constant::Symbol("v199".to_owned()))));
        }
        other => panic!("{other:?}"),
    }
    match timed("200 values of an open enum", || covered(&single(open), &Formula::True, &vocabulary)) {
        Answer::Refuted(witness) => assert_eq!(witness.value(open), Some(&Value::Outside(1))),
        other => panic!("{other:?}"),
    }
    match timed("200 values or null", || covered(&single(maybe), &Formula::True, &vocabulary)) {
        Answer::Refuted(witness) => assert_eq!(witness.value(maybe), Some(&Value::Null)),
        other => panic!("{other:?}"),
    }

    let tens: Vec<Formula> =
        names.chunks(10).map(|chunk| Formula::is_in(x, chunk.iter().map(String::as_str))).collect();
    assert_eq!(timed("20 sets of 10 values, covered", || covered(&tens, &Formula::True, &vocabulary)), Answer::Proved);
    let disjoint = timed("20 sets of 10 values, disjoint", || mutually_disjoint(&tens, &Formula::True, &vocabulary));
    assert_eq!(disjoint, Answer::Proved);
    let without: Vec<Formula> = (0..200)
        .map(|place| {
            let others = names.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, name)| name.as_str());
            Formula::not(Formula::is_in(x, others))
        })
        .collect();
    assert_eq!(
        timed("200 complements of 199 values, covered", || covered(&without, &Formula::True, &vocabulary)),
        Answer::Proved
    );
}

#[test]
fn solver_families_chains() {
    let mut vocabulary = vocabulary();
    let flags: Vec<PathId> =
        (0..=200).map(|place| vocabulary.root(&format!("flag{place}"), Domain::Bool, true)).collect();
    let steps = flags.windows(2).map(|pair| Formula::implies(Formula::is_true(pair[0]), Formula::is_true(pair[1])));
    let chain = Formula::and(steps.chain([Formula::is_true(flags[0])]));
    let last = Formula::is_true(flags[200]);
    assert_eq!(timed("200 chained implications", || implied(&chain, &last, &vocabulary)), Answer::Proved);
    let back = Formula::and([last, Formula::not(Formula::is_true(flags[0]))]);
    assert!(matches!(
        timed("200 chained implications, the other way round", || implied(&back, &chain, &vocabulary)),
        Answer::Refuted(_)
    ));

    let numbers: Vec<PathId> =
        (0..=200).map(|place| vocabulary.root(&format!("day{place}"), Domain::Integer(Integers::ALL), false)).collect();
    let ordered = Formula::and(numbers.windows(2).map(|pair| Formula::between(pair[0], Comparison::Less, pair[1], 0)));
    let far = Formula::between(numbers[0], Comparison::AtMost, numbers[200], -200);
    assert_eq!(timed("200 chained numbers", || implied(&ordered, &far, &vocabulary)), Answer::Proved);
    let farther = Formula::between(numbers[0], Comparison::AtMost, numbers[200], -201);
    match timed("200 chained numbers, a step too far", || implied(&ordered, &farther, &vocabulary)) {
        Answer::Refuted(witness) => {
            assert_eq!((number(&witness, numbers[0]), number(&witness, numbers[200])), (0, 200));
        }
        other => panic!("{other:?}"),
    }

    let texts: Vec<PathId> =
        (0..=200).map(|place| vocabulary.root(&format!("text{place}"), Domain::Text, false)).collect();
    let equal = Formula::and(texts.windows(2).map(|pair| Formula::Same(pair[0], pair[1])));
    let ends = Formula::Same(texts[0], texts[200]);
    assert_eq!(timed("200 chained equalities", || implied(&equal, &ends, &vocabulary)), Answer::Proved);
    // Each step has a way round over another text: 2 ** 100 ways from end to end.
    let diamonds = Formula::and(texts.windows(3).step_by(2).map(|three| {
        Formula::or([
            Formula::and([Formula::Same(three[0], three[1]), Formula::Same(three[1], three[2])]),
            Formula::Same(three[0], three[2]),
        ])
    }));
    assert_eq!(timed("100 chained diamonds of equalities", || implied(&diamonds, &ends, &vocabulary)), Answer::Proved);
}

#[test]
fn solver_families_nested_not() {
    let mut vocabulary = vocabulary();
    let flags: Vec<PathId> =
        (0..64).map(|place| vocabulary.root(&format!("flag{place}"), Domain::Bool, false)).collect();
    // not (f63 and not (f62 and … not f0)): with every flag true, each level turns the one below round.
    let nested = flags
        .iter()
        .fold(Formula::True, |inner, &flag| Formula::Not(Box::new(Formula::and([Formula::is_true(flag), inner]))));
    let all = Formula::and(flags.iter().map(|&flag| Formula::is_true(flag)));
    assert_eq!(timed("64 nested nots", || implied(&all, &nested, &vocabulary)), Answer::Proved);
    let odd = Formula::Not(Box::new(nested.clone()));
    assert_eq!(timed("65 nested nots", || disjoint(&all, &odd, &vocabulary)), Answer::Proved);
    assert!(matches!(timed("64 nested nots, satisfiable", || satisfiable(&nested, &vocabulary)), Satisfiable::Yes(_)));
    // Deeper than the language allows: depth costs no stack.
    let deep = (0..10_000).fold(Formula::is_true(flags[0]), |inner, _| Formula::Not(Box::new(inner)));
    assert_eq!(timed("10000 nots", || implied(&deep, &Formula::is_true(flags[0]), &vocabulary)), Answer::Proved);
}

#[test]
fn solver_families_wide_records() {
    let (mut yes, mut no, mut slowest) = (0, 0, 0);
    for seed in 0..60u64 {
        let mut vocabulary = vocabulary();
        let (formula, clauses) = wide_record(seed, &mut vocabulary);
        let start = Instant::now();
        let answer = satisfiable(&formula, &vocabulary);
        let time = start.elapsed().as_micros();
        slowest = slowest.max(time);
        match answer {
            Satisfiable::Yes(witness) => {
                check(&witness, &formula, &vocabulary).unwrap();
                yes += 1;
            }
            Satisfiable::No => no += 1,
            Satisfiable::Unknown(doubt) => panic!("seed {seed}, {clauses} clauses: {doubt:?}"),
        }
    }
    println!("{slowest:>9} µs  40 fields with 200 predicates, slowest of {yes} satisfiable and {no} not");
    assert!(yes > 5 && no > 5);
}

/// A record of 40 fields, 200 predicates about them, and clauses of three of these predicates or their negations.
fn wide_record(seed: u64, vocabulary: &mut Vocabulary) -> (Formula, usize) {
    let mut dice = Dice(seed.wrapping_mul(7_919));
    let states: Vec<String> = ["draft", "submitted", "approved", "rejected", "closed"].map(str::to_owned).into();
    let mut paths: [Vec<PathId>; 4] = Default::default();
    for place in 0..40 {
        let optional = dice.roll(4) == 0;
        let (kind, domain) = match place % 4 {
            0 => (0, Domain::Bool),
            1 => (1, Domain::Enum { values: states.clone(), open: false }),
            2 => (2, Domain::Integer(Integers::between(-1_000, 1_000))),
            _ => (3, Domain::Text),
        };
        paths[kind].push(vocabulary.root(&format!("field{place}"), domain, optional));
    }
    let comparisons = [
        Comparison::Less,
        Comparison::AtMost,
        Comparison::Greater,
        Comparison::AtLeast,
        Comparison::Equal,
        Comparison::NotEqual,
    ];
    let predicates: Vec<Formula> = (0..200)
        .map(|_| {
            let kind = dice.roll(4);
            let (one, other) = (paths[kind][dice.roll(10)], paths[kind][dice.roll(10)]);
            match (kind, dice.roll(3)) {
                (_, 0) if dice.roll(4) == 0 => Formula::Known(one),
                (0, _) => Formula::Equals(one, Constant::Bool(dice.roll(2) == 0)),
                (1, 0) => Formula::Same(one, other),
                (1, 1) => Formula::is(one, &states[dice.roll(5)]),
                (1, _) => Formula::is_in(one, [states[dice.roll(5)].as_str(), states[dice.roll(5)].as_str()]),
                (2, 0) => Formula::Against(one, comparisons[dice.roll(6)], dice.roll(100) as i128 - 50),
                (2, _) => Formula::between(one, comparisons[dice.roll(4)], other, dice.roll(20) as i128 - 10),
                (_, 0) => Formula::Equals(one, Constant::Text(format!("text {}", dice.roll(3)))),
                _ => Formula::Same(one, other),
            }
        })
        .collect();
    let clauses = 150 + 4 * usize::try_from(seed % 60).unwrap();
    let formula = Formula::and((0..clauses).map(|_| {
        Formula::or((0..3).map(|_| {
            let predicate = predicates[dice.roll(200)].clone();
            if dice.roll(2) == 0 { predicate } else { Formula::not(predicate) }
        }))
    }));
    (formula, clauses)
}
