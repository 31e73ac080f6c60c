//! Formulas with so many clauses that they are as likely to hold as not: here the search must learn, and the theories
//! must explain their conflicts over many levels.

use super::dice::Dice;
use super::meaning::{Record, check, truth};
use super::universe::values;
use crate::solver::{
    Comparison, Constant, Domain, Formula, Integers, PathId, Satisfiable, Value, Vocabulary, satisfiable,
};

/// Compares the solver with the trial of every record, over formulas that `clause` makes up. `clauses` is the usual
/// number of clauses; a third more and a third fewer are tried as well.
fn agrees_with_trial(
    paths: usize,
    domain: &Domain,
    optional: bool,
    clauses: usize,
    mut clause: impl FnMut(&mut Dice, &[PathId]) -> Formula,
) {
    let (mut yes, mut no) = (0, 0);
    for seed in 0..150 {
        let mut dice = Dice(seed);
        let mut vocabulary = Vocabulary::new();
        let paths: Vec<PathId> =
            (0..paths).map(|place| vocabulary.root(&format!("p{place}"), domain.clone(), optional)).collect();
        let count = clauses - clauses / 3 + dice.roll(2 * clauses / 3 + 1);
        let formula = Formula::And((0..count).map(|_| clause(&mut dice, &paths)).collect());
        let choices: Vec<Vec<Value>> =
            paths.iter().map(|&path| values(path, &vocabulary, u32::try_from(paths.len()).unwrap())).collect();
        let expected = any_record(&formula, &paths, &choices, &mut Record::default());
        match satisfiable(&formula, &vocabulary) {
            Satisfiable::Yes(witness) => {
                assert!(expected, "seed {seed}: there is no {witness:?}");
                check(&witness, &formula, &vocabulary).unwrap();
                yes += 1;
            }
            Satisfiable::No => {
                assert!(!expected, "seed {seed}: overlooked");
                no += 1;
            }
            Satisfiable::Unknown(doubt) => panic!("seed {seed}: {doubt:?}"),
        }
    }
    assert!(yes >= 20 && no >= 20, "{yes} satisfiable, {no} not: not near the threshold");
}

fn any_record(formula: &Formula, paths: &[PathId], choices: &[Vec<Value>], record: &mut Record) -> bool {
    let (Some((&path, paths)), Some((values, choices))) = (paths.split_first(), choices.split_first()) else {
        return truth(formula, record);
    };
    values.iter().any(|value| {
        record.values.insert(path, value.clone());
        any_record(formula, paths, choices, record)
    })
}

/// `size` literals that `atom` makes up, each negated or not.
fn literals(dice: &mut Dice, size: usize, mut atom: impl FnMut(&mut Dice) -> Formula) -> Formula {
    Formula::Or(
        (0..size)
            .map(|_| {
                let atom = atom(dice);
                if dice.coin() { atom } else { Formula::not(atom) }
            })
            .collect(),
    )
}

#[test]
fn flags() {
    agrees_with_trial(12, &Domain::Bool, false, 51, |dice, paths| {
        literals(dice, 3, |dice| Formula::is_true(paths[dice.roll(paths.len())]))
    });
}

#[test]
fn optional_flags() {
    agrees_with_trial(7, &Domain::Bool, true, 44, |dice, paths| {
        literals(dice, 3, |dice| {
            let path = paths[dice.roll(paths.len())];
            match dice.roll(4) {
                0 => Formula::Known(path),
                1 => Formula::Same(path, paths[dice.roll(paths.len())]),
                _ => Formula::Equals(path, Constant::Bool(dice.coin())),
            }
        })
    });
}

#[test]
fn symbols_of_a_closed_enum() {
    let domain = Domain::Enum { values: ["A", "B", "C"].map(str::to_owned).into(), open: false };
    agrees_with_trial(6, &domain, false, 24, |dice, paths| {
        literals(dice, 2, |dice| {
            let path = paths[dice.roll(paths.len())];
            match dice.roll(4) {
                0 => Formula::is(path, ["A", "B", "C"][dice.roll(3)]),
                _ => Formula::Same(path, paths[dice.roll(paths.len())]),
            }
        })
    });
}

#[test]
fn symbols_that_must_differ() {
    // Six paths, three values: a graph to be coloured.
    let domain = Domain::Enum { values: ["A", "B", "C"].map(str::to_owned).into(), open: false };
    agrees_with_trial(6, &domain, false, 15, |dice, paths| {
        let one = dice.roll(6);
        Formula::not(Formula::Same(paths[one], paths[(one + 1 + dice.roll(5)) % 6]))
    });
}

#[test]
fn texts() {
    agrees_with_trial(5, &Domain::Text, false, 17, |dice, paths| {
        literals(dice, 2, |dice| {
            let path = paths[dice.roll(paths.len())];
            match dice.roll(4) {
                0 => Formula::Equals(path, Constant::Text(["a", "b"][dice.roll(2)].to_owned())),
                _ => Formula::Same(path, paths[dice.roll(paths.len())]),
            }
        })
    });
}

fn difference(dice: &mut Dice, paths: &[PathId]) -> Formula {
    let comparison = [Comparison::Less, Comparison::AtMost, Comparison::Equal][dice.roll(3)];
    let path = paths[dice.roll(paths.len())];
    match dice.roll(4) {
        0 => Formula::Against(path, comparison, dice.roll(4) as i128),
        _ => Formula::between(path, comparison, paths[dice.roll(paths.len())], dice.roll(4) as i128 - 2),
    }
}

#[test]
fn numbers() {
    agrees_with_trial(5, &Domain::Integer(Integers::between(0, 3)), false, 21, |dice, paths| {
        literals(dice, 2, |dice| difference(dice, paths))
    });
}

#[test]
fn optional_numbers() {
    agrees_with_trial(4, &Domain::Integer(Integers::between(-1, 2)), true, 19, |dice, paths| {
        literals(dice, 2, |dice| difference(dice, paths))
    });
}

/// Between two multiples of ten there is room for one unit or for none: only exact steps tell.
#[test]
fn numbers_on_different_steps() {
    let (mut yes, mut no) = (0, 0);
    for seed in 0..400 {
        let mut dice = Dice(seed);
        let mut vocabulary = Vocabulary::new();
        let paths: Vec<PathId> = [1, 3, 3, 6, 1]
            .into_iter()
            .enumerate()
            .map(|(place, step)| {
                vocabulary.root(&format!("p{place}"), Domain::Integer(Integers::between(-6, 6).step(step)), false)
            })
            .collect();
        let formula = Formula::And(
            (0..5 + dice.roll(3))
                .map(|_| {
                    let (one, other) = (dice.roll(5), dice.roll(4));
                    let other = paths[(one + 1 + other) % 5];
                    let comparison = [Comparison::AtMost, Comparison::AtLeast, Comparison::NotEqual][dice.roll(3)];
                    Formula::between(paths[one], comparison, other, dice.roll(9) as i128 - 4)
                })
                .collect(),
        );
        let choices: Vec<Vec<Value>> = paths.iter().map(|&path| values(path, &vocabulary, 0)).collect();
        let expected = any_record(&formula, &paths, &choices, &mut Record::default());
        match satisfiable(&formula, &vocabulary) {
            Satisfiable::Yes(witness) => {
                assert!(expected, "seed {seed}: there is no {witness:?}");
                check(&witness, &formula, &vocabulary).unwrap();
                yes += 1;
            }
            Satisfiable::No => {
                assert!(!expected, "seed {seed}: overlooked");
                no += 1;
            }
            Satisfiable::Unknown(doubt) => panic!("seed {seed}: {doubt:?}"),
        }
    }
    assert!(yes >= 20 && no >= 20, "{yes} satisfiable, {no} not");
}

/// Clauses made true by a record that is drawn first: however long the search, it must end at a witness.
#[test]
fn a_hidden_record_is_found() {
    for seed in 0..10 {
        let mut dice = Dice(seed);
        let mut vocabulary = Vocabulary::new();
        let paths: Vec<PathId> =
            (0..180).map(|place| vocabulary.root(&format!("flag{place}"), Domain::Bool, false)).collect();
        let hidden: Vec<bool> = paths.iter().map(|_| dice.coin()).collect();
        let mut clauses = Vec::new();
        while clauses.len() < 4 * paths.len() {
            let chosen = [0; 3].map(|_| (dice.roll(paths.len()), dice.coin()));
            // Every second clause is true by a minority of its literals only, or the search would be led to the record.
            let agreeing = chosen.iter().filter(|&&(place, truth)| hidden[place] == truth).count();
            if agreeing == 1 || (agreeing > 1 && dice.roll(3) == 0) {
                clauses.push(Formula::or(
                    chosen.map(|(place, truth)| Formula::Equals(paths[place], Constant::Bool(truth))),
                ));
            }
        }
        let formula = Formula::And(clauses);
        match satisfiable(&formula, &vocabulary) {
            Satisfiable::Yes(witness) => check(&witness, &formula, &vocabulary).unwrap(),
            other => panic!("seed {seed}: {other:?}"),
        }
    }
}
