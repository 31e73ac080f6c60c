//! Questions with answers worked out by hand.

use crate::solver::{
    Answer, Comparison, Constant, Domain, Doubt, Formula, Integers, PathId, Satisfiable, Value, Vocabulary, Witness,
    covered, disjoint, implied, mutually_disjoint, satisfiable,
};

fn enumeration(values: &[&str], open: bool) -> Domain {
    Domain::Enum { values: values.iter().map(|&value| value.to_owned()).collect(), open }
}

fn reference(sort: &str) -> Domain {
    Domain::Opaque { sort: sort.to_owned() }
}

fn symbol(name: &str) -> Value {
    Value::Constant(Constant::Symbol(name.to_owned()))
}

fn text(text: &str) -> Value {
    Value::Constant(Constant::Text(text.to_owned()))
}

fn number(number: i128) -> Value {
    Value::Constant(Constant::Integer(number))
}

#[track_caller]
fn refuted(answer: Answer) -> Witness {
    match answer {
        Answer::Refuted(witness) => witness,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn shown(found: Satisfiable) -> Witness {
    match found {
        Satisfiable::Yes(witness) => witness,
        other => panic!("{other:?}"),
    }
}

#[test]
fn stages_share_out_a_price() {
    let mut vocabulary = Vocabulary::new();
    let stage = vocabulary.root("stage", enumeration(&["draft", "quoted", "signed", "active", "closed"], false), false);
    let sales = Formula::is_in(stage, ["draft", "quoted"]);
    let finance = Formula::is_in(stage, ["signed", "active", "closed"]);
    assert_eq!(disjoint(&sales, &finance, &vocabulary), Answer::Proved);
    let both = [sales.clone(), finance.clone()];
    assert_eq!(covered(&both, &Formula::True, &vocabulary), Answer::Proved);

    let early = Formula::is_in(stage, ["active", "closed"]);
    let gap = refuted(covered(&[sales.clone(), early], &Formula::True, &vocabulary));
    assert_eq!(gap.value(stage), Some(&symbol("signed")));
    let late = Formula::is_in(stage, ["quoted", "signed", "active", "closed"]);
    let overlap = refuted(disjoint(&sales, &late, &vocabulary));
    assert_eq!(overlap.value(stage), Some(&symbol("quoted")));
    assert_eq!(implied(&finance, &late, &vocabulary), Answer::Proved);
}

#[test]
fn a_null_is_a_gap() {
    let mut vocabulary = Vocabulary::new();
    let region = vocabulary.root("region", enumeration(&["US", "EU"], false), true);
    let claims = [Formula::is(region, "US"), Formula::is(region, "EU")];
    let gap = refuted(covered(&claims, &Formula::True, &vocabulary));
    assert_eq!(gap.value(region), Some(&Value::Null));
    assert_eq!(covered(&claims, &Formula::Known(region), &vocabulary), Answer::Proved);
    // `!=` is total: null differs from every value.
    let others = [Formula::is(region, "US"), Formula::not(Formula::is(region, "US"))];
    assert_eq!(covered(&others, &Formula::True, &vocabulary), Answer::Proved);
}

#[test]
fn an_open_enum_has_a_value_that_nobody_declared() {
    let mut vocabulary = Vocabulary::new();
    let status = vocabulary.root("status", enumeration(&["Saved", "Approved"], true), false);
    let other = vocabulary.root("other_status", enumeration(&["Saved", "Approved"], true), false);
    let declared = [Formula::is_in(status, ["Saved", "Approved"])];
    let gap = refuted(covered(&declared, &Formula::True, &vocabulary));
    assert_eq!(gap.value(status), Some(&Value::Outside(1)));
    // Two undeclared values need not be the same one.
    let undeclared = |path| Formula::not(Formula::is_in(path, ["Saved", "Approved"]));
    let differ = Formula::and([undeclared(status), undeclared(other), Formula::not(Formula::Same(status, other))]);
    let witness = shown(satisfiable(&differ, &vocabulary));
    assert_eq!((witness.value(status), witness.value(other)), (Some(&Value::Outside(1)), Some(&Value::Outside(2))));
}

#[test]
fn comparisons_with_nulls_have_two_values() {
    let mut vocabulary = Vocabulary::new();
    let x = vocabulary.root("x", Domain::Integer(Integers::ALL), true);
    let y = vocabulary.root("y", Domain::Integer(Integers::ALL), true);
    let null = Formula::not(Formula::Known(x));
    let below = Formula::Against(x, Comparison::Less, 5);
    assert_eq!(disjoint(&null, &below, &vocabulary), Answer::Proved);
    assert_eq!(implied(&null, &Formula::not(below), &vocabulary), Answer::Proved);
    assert_eq!(implied(&null, &Formula::Against(x, Comparison::NotEqual, 5), &vocabulary), Answer::Proved);
    // Null equals only null, also after an addition.
    let both_null = Formula::and([null.clone(), Formula::not(Formula::Known(y))]);
    let one_more = Formula::between(x, Comparison::Equal, y, 1);
    assert_eq!(implied(&both_null, &one_more, &vocabulary), Answer::Proved);
    let one_null = Formula::and([null, Formula::Known(y)]);
    assert_eq!(disjoint(&one_null, &one_more, &vocabulary), Answer::Proved);
    assert_eq!(implied(&one_null, &Formula::not(Formula::Same(x, y)), &vocabulary), Answer::Proved);
}

#[test]
fn equal_references_have_equal_fields() {
    let mut vocabulary = Vocabulary::new();
    let this = vocabulary.root("self", reference("Contract"), false);
    let own = vocabulary.field(this, "currency", Domain::Text, false);
    let entry = vocabulary.root("t", reference("TimeEntry"), false);
    let project = vocabulary.field(entry, "project", reference("Project"), false);
    let contract = vocabulary.field(project, "contract", reference("Contract"), false);
    let theirs = vocabulary.field(contract, "currency", Domain::Text, false);
    assert_eq!(vocabulary.name(theirs), "t.project.contract.currency");

    let linked = Formula::Same(contract, this);
    let equal = Formula::Same(theirs, own);
    assert_eq!(implied(&linked, &equal, &vocabulary), Answer::Proved);
    let dollars = |path| Formula::Equals(path, Constant::Text("USD".to_owned()));
    let from_theirs = Formula::and([linked.clone(), dollars(theirs)]);
    assert_eq!(implied(&from_theirs, &dollars(own), &vocabulary), Answer::Proved);
    // Of two contracts nothing follows.
    assert!(matches!(implied(&dollars(theirs), &dollars(own), &vocabulary), Answer::Refuted(_)));
    let witness = refuted(implied(&equal, &linked, &vocabulary));
    assert_ne!(witness.value(contract), witness.value(this));
    assert_eq!(witness.value(theirs), witness.value(own));
}

#[test]
fn equal_references_have_equal_numbers_or_none() {
    let mut vocabulary = Vocabulary::new();
    let this = vocabulary.root("self", reference("Contract"), false);
    let line = vocabulary.root("line", reference("ContractLine"), false);
    let contract = vocabulary.field(line, "contract", reference("Contract"), false);
    let [own, theirs] =
        [this, contract].map(|parent| vocabulary.field(parent, "not_to_exceed", Domain::Integer(Integers::ALL), true));
    let linked = Formula::Same(contract, this);
    assert_eq!(implied(&linked, &Formula::Same(own, theirs), &vocabulary), Answer::Proved);
    for (one, other) in [(own, theirs), (theirs, own)] {
        let known = Formula::and([linked.clone(), Formula::Known(one)]);
        assert_eq!(implied(&known, &Formula::Known(other), &vocabulary), Answer::Proved);
        let above = Formula::and([linked.clone(), Formula::Against(one, Comparison::Greater, 100)]);
        assert_eq!(implied(&above, &Formula::Against(other, Comparison::AtLeast, 101), &vocabulary), Answer::Proved);
    }
}

#[test]
fn a_field_of_nothing_is_nothing() {
    let mut vocabulary = Vocabulary::new();
    let project = vocabulary.root("project", reference("Project"), true);
    let state = vocabulary.field(project, "state", enumeration(&["open", "closed"], false), false);
    let note = vocabulary.field(project, "note", Domain::Text, true);
    let unknown = Formula::not(Formula::Known(project));
    assert_eq!(implied(&unknown, &Formula::not(Formula::Known(state)), &vocabulary), Answer::Proved);
    assert_eq!(implied(&Formula::Known(project), &Formula::Known(state), &vocabulary), Answer::Proved);
    assert_eq!(implied(&Formula::Known(note), &Formula::Known(project), &vocabulary), Answer::Proved);
    let bare = refuted(implied(&Formula::Known(project), &Formula::Known(note), &vocabulary));
    assert_eq!(bare.value(note), Some(&Value::Null));
    let claims = [Formula::is(state, "open"), Formula::is(state, "closed")];
    let gap = refuted(covered(&claims, &Formula::True, &vocabulary));
    assert_eq!(gap.value(state), Some(&Value::Null));
}

#[test]
fn witnesses_hold_the_nearest_number() {
    let mut vocabulary = Vocabulary::new();
    // Hours with two decimals, scaled by 100.
    let hours = vocabulary.root("hours", Domain::Integer(Integers::ALL), false);
    let plausible = Formula::and([
        Formula::Against(hours, Comparison::Greater, 0),
        Formula::Against(hours, Comparison::AtMost, 2_400),
    ]);
    assert_eq!(shown(satisfiable(&plausible, &vocabulary)).value(hours), Some(&number(1)));
    let implausible = shown(satisfiable(&Formula::not(plausible), &vocabulary));
    assert_eq!(implausible.value(hours), Some(&number(0)));
    let large = Formula::Against(hours, Comparison::Greater, 2_400);
    let small = Formula::Against(hours, Comparison::Less, -10);
    let either = Formula::or([large, small]);
    assert_eq!(shown(satisfiable(&either, &vocabulary)).value(hours), Some(&number(-11)));
    let far = Formula::not(Formula::and([
        Formula::Against(hours, Comparison::Greater, -7),
        Formula::Against(hours, Comparison::Less, 7),
    ]));
    assert_eq!(shown(satisfiable(&far, &vocabulary)).value(hours), Some(&number(7)), "seven rather than minus seven");

    // Days since 1970; the witness stays near 2026-01-01.
    let day = vocabulary.root("work_date", Domain::Integer(Integers::ALL.near(20_454)), false);
    let anything = Formula::Known(day);
    assert_eq!(shown(satisfiable(&anything, &vocabulary)).value(day), Some(&number(20_454)));
    let later = Formula::Against(day, Comparison::AtLeast, 20_635);
    assert_eq!(shown(satisfiable(&later, &vocabulary)).value(day), Some(&number(20_635)));
}

#[test]
fn decimals_of_different_scales_keep_their_steps() {
    let mut vocabulary = Vocabulary::new();
    // All scaled to four decimals; the first two hold two decimals only.
    let low = vocabulary.root("low", Domain::Integer(Integers::ALL.step(100)), false);
    let high = vocabulary.root("high", Domain::Integer(Integers::ALL.step(100)), false);
    let fine = vocabulary.root("fine", Domain::Integer(Integers::ALL), false);
    let fine_between = Formula::and([
        Formula::between(low, Comparison::Less, fine, 0),
        Formula::between(fine, Comparison::Less, low, 100),
    ]);
    assert!(matches!(satisfiable(&fine_between, &vocabulary), Satisfiable::Yes(_)));
    let coarse_between = Formula::and([
        Formula::between(low, Comparison::Less, fine, 0),
        Formula::between(fine, Comparison::Less, high, 0),
        Formula::between(high, Comparison::Less, low, 100),
    ]);
    assert_eq!(satisfiable(&coarse_between, &vocabulary), Satisfiable::No);
    // 0.0050 is no value of two decimals.
    assert_eq!(satisfiable(&Formula::Against(low, Comparison::Equal, 50), &vocabulary), Satisfiable::No);
    let odd = vocabulary.root("odd", Domain::Integer(Integers::ALL.step(7)), false);
    let mixed = Formula::between(odd, Comparison::Less, low, 0);
    assert!(matches!(satisfiable(&mixed, &vocabulary), Satisfiable::Unknown(Doubt::OutsideFragment(_))));
}

#[test]
fn other_texts_are_named_plainly() {
    let mut vocabulary = Vocabulary::new();
    let code = vocabulary.root("code", Domain::Text, false);
    let unlike = |text: &str| Formula::not(Formula::Equals(code, Constant::Text(text.to_owned())));
    assert_eq!(shown(satisfiable(&unlike("a"), &vocabulary)).value(code), Some(&text("other")));
    let neither = Formula::and([unlike("a"), unlike("other")]);
    assert_eq!(shown(satisfiable(&neither, &vocabulary)).value(code), Some(&text("other 2")));
    // A text that the question names says more than another one.
    let irrelevant = Formula::or([unlike("a"), Formula::not(unlike("a"))]);
    assert_eq!(shown(satisfiable(&irrelevant, &vocabulary)).value(code), Some(&text("a")));
}

#[test]
fn uninterpreted_atoms_make_a_witness_possible_only() {
    let mut vocabulary = Vocabulary::new();
    let x = vocabulary.root("x", Domain::Integer(Integers::ALL), false);
    let open_lines = Formula::Uninterpreted("count(lines where open) > 0".to_owned());
    let paid = Formula::Uninterpreted("exists(payment)".to_owned());
    // Equal normal forms are one atom.
    assert_eq!(disjoint(&open_lines, &Formula::not(open_lines.clone()), &vocabulary), Answer::Proved);
    let possible = refuted(disjoint(&open_lines, &paid, &vocabulary));
    assert!(possible.is_possible_only());
    assert_eq!(
        possible.statements().collect::<Vec<_>>(),
        [("count(lines where open) > 0", true), ("exists(payment)", true)]
    );
    // There is a way without the atom, and it is taken although it is less simple.
    let positive = Formula::Against(x, Comparison::Greater, 0);
    let definite = shown(satisfiable(&Formula::or([open_lines.clone(), positive.clone()]), &vocabulary));
    assert!(!definite.is_possible_only());
    assert_eq!(definite.value(x), Some(&number(1)));
    // Whichever way the atom is, one of the arms holds.
    let either_arm = Formula::or([
        Formula::and([open_lines.clone(), positive.clone()]),
        Formula::and([Formula::not(open_lines), positive]),
    ]);
    let definite = shown(satisfiable(&either_arm, &vocabulary));
    assert!(!definite.is_possible_only());
    assert_eq!(definite.statements().count(), 0);
}

#[test]
fn what_is_outside_the_fragment_is_said() {
    let mut vocabulary = Vocabulary::new();
    let x = vocabulary.root("x", Domain::Integer(Integers::ALL), false);
    let name = vocabulary.root("name", Domain::Text, false);
    let project = vocabulary.root("project", reference("Project"), false);
    let contract = vocabulary.root("contract", reference("Contract"), false);
    let outside = |formula: &Formula| match satisfiable(formula, &vocabulary) {
        Satisfiable::Unknown(Doubt::OutsideFragment(what)) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(outside(&Formula::Same(x, name)), "a comparison of `x` with `name`, which is of another kind");
    assert!(outside(&Formula::Same(project, contract)).contains("another kind"));
    assert!(outside(&Formula::Equals(name, Constant::Integer(1))).contains("another kind"));
    assert!(outside(&Formula::Against(name, Comparison::Less, 1)).contains("another kind"));
    assert!(outside(&Formula::Against(x, Comparison::Less, i128::MAX)).contains("too large"));
    let mut elsewhere = Vocabulary::new();
    for place in 0..9 {
        elsewhere.root(&format!("p{place}"), Domain::Bool, false);
    }
    let stranger = elsewhere.find("p8").unwrap();
    assert!(outside(&Formula::Known(stranger)).contains("does not declare"));
    // The largest stored decimals are inside.
    let largest = 10i128.pow(28) - 1;
    let top = Formula::Against(x, Comparison::AtLeast, largest);
    assert_eq!(shown(satisfiable(&top, &vocabulary)).value(x), Some(&number(largest)));
}

#[test]
fn domains_without_values() {
    let mut vocabulary = Vocabulary::new();
    let nothing = vocabulary.root("nothing", enumeration(&[], false), true);
    let never = vocabulary.root("never", Domain::Integer(Integers::between(1, 9).step(10)), true);
    let impossible = vocabulary.root("impossible", enumeration(&[], false), false);
    for path in [nothing, never] {
        assert_eq!(satisfiable(&Formula::Known(path), &vocabulary), Satisfiable::No);
        let null = shown(satisfiable(&Formula::not(Formula::Known(path)), &vocabulary));
        assert_eq!(null.value(path), Some(&Value::Null));
    }
    assert_eq!(satisfiable(&Formula::or([Formula::True, Formula::Known(impossible)]), &vocabulary), Satisfiable::No);
    // A constant that the domain does not have is held by nobody.
    let stage = vocabulary.root("stage", enumeration(&["draft", "signed"], false), false);
    assert_eq!(satisfiable(&Formula::is(stage, "closed"), &vocabulary), Satisfiable::No);
    assert_eq!(
        satisfiable(&Formula::And(vec![]), &vocabulary),
        Satisfiable::Yes(shown(satisfiable(&Formula::True, &vocabulary)))
    );
    assert_eq!(satisfiable(&Formula::Or(vec![]), &vocabulary), Satisfiable::No);
}

#[test]
fn a_meeting_of_claims_can_be_looked_up() {
    let mut vocabulary = Vocabulary::new();
    let amount = vocabulary.root("amount", Domain::Integer(Integers::ALL), false);
    let region = vocabulary.root("region", enumeration(&["US", "EU", "APAC"], false), false);
    let above = |limit| Formula::Against(amount, Comparison::Greater, limit);
    let claims = [
        Formula::and([Formula::is(region, "US"), above(100)]),
        Formula::and([Formula::is(region, "EU"), above(100)]),
        Formula::and([Formula::is_in(region, ["EU", "APAC"]), above(500)]),
    ];
    let witness = refuted(mutually_disjoint(&claims, &Formula::True, &vocabulary));
    let meeting: Vec<bool> = claims.iter().map(|claim| witness.holds(claim).unwrap()).collect();
    assert_eq!(meeting, [false, true, true]);
    assert_eq!(witness.value(amount), Some(&number(501)));
    let small = Formula::not(above(500));
    assert_eq!(mutually_disjoint(&claims, &small, &vocabulary), Answer::Proved);
    // What the witness does not speak about stays open.
    let note = vocabulary.root("note", Domain::Text, true);
    assert_eq!(witness.holds(&Formula::Known(note)), None);
}

/// `pigeons` paths over one value fewer, no two equal: needs far more nodes than it looks.
fn pigeons(pigeons: usize, vocabulary: &mut Vocabulary) -> Formula {
    let holes: Vec<String> = (1..pigeons).map(|hole| format!("hole{hole}")).collect();
    let paths: Vec<PathId> = (0..pigeons)
        .map(|place| {
            vocabulary.root(&format!("pigeon{place}"), Domain::Enum { values: holes.clone(), open: false }, false)
        })
        .collect();
    let pairs = paths.iter().enumerate().flat_map(|(place, &one)| {
        paths.iter().skip(place + 1).map(move |&other| Formula::not(Formula::Same(one, other)))
    });
    Formula::And(pairs.collect())
}

#[test]
fn a_question_that_takes_too_long_stays_open() {
    let mut vocabulary = Vocabulary::new();
    vocabulary.limit_nodes(500);
    let hard = pigeons(10, &mut vocabulary);
    assert_eq!(satisfiable(&hard, &vocabulary), Satisfiable::Unknown(Doubt::Budget));
}

#[test]
fn a_long_search_ends_with_a_proof() {
    // Long enough to restart and to forget learned clauses many times over.
    let mut vocabulary = Vocabulary::new();
    let hard = pigeons(8, &mut vocabulary);
    assert_eq!(satisfiable(&hard, &vocabulary), Satisfiable::No);
}

#[test]
fn the_witness_does_not_depend_on_the_order_of_a_question() {
    let mut vocabulary = Vocabulary::new();
    let stage = vocabulary.root("stage", enumeration(&["draft", "signed", "closed"], false), true);
    let amount = vocabulary.root("amount", Domain::Integer(Integers::ALL), true);
    let urgent = vocabulary.root("urgent", Domain::Bool, false);
    let parts = [
        Formula::or([Formula::is(stage, "closed"), Formula::Against(amount, Comparison::Greater, 10)]),
        Formula::or([Formula::not(Formula::is_true(urgent)), Formula::not(Formula::is(stage, "draft"))]),
        Formula::not(Formula::and([Formula::Known(amount), Formula::is(stage, "draft")])),
    ];
    // By hand: stage first. `draft` leaves the amount null, which the first part forbids; `signed` goes with 11 and
    // urgent.
    let [a, b, c] = parts;
    let orders = [[&a, &b, &c], [&a, &c, &b], [&b, &a, &c], [&b, &c, &a], [&c, &a, &b], [&c, &b, &a]];
    for order in orders {
        let witness = shown(satisfiable(&Formula::and(order.map(Clone::clone)), &vocabulary));
        assert_eq!(
            witness.values().map(|(_, value)| value.clone()).collect::<Vec<_>>(),
            [symbol("signed"), number(11), Value::Constant(Constant::Bool(true))]
        );
    }
}

#[test]
fn a_name_is_declared_once() {
    let mut vocabulary = Vocabulary::new();
    let first = vocabulary.root("state", Domain::Bool, false);
    assert_eq!(vocabulary.root("state", Domain::Text, true), first);
    assert_eq!(vocabulary.domain(first), Some(&Domain::Bool));
    assert_eq!(vocabulary.find("state"), Some(first));
    assert_eq!(vocabulary.find("stage"), None);
}
