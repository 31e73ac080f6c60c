//! Conditions, choices, text and functions, worked out by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use support::*;
use syncline_eval::Value;
use syncline_ir::{Arm, Comparison, Expr, Function, Literal, Op, TextPart, Type};

fn compare(comparison: Comparison, left: Expr, right: Expr) -> Expr {
    expr(bool(), Op::Compare { comparison, left: Box::new(left), right: Box::new(right) })
}

fn call(ty: Type, function: Function, arguments: Vec<Expr>) -> Expr {
    expr(ty, Op::Call { function, arguments })
}

fn words(words: &[&str]) -> Vec<Expr> {
    words.iter().map(|word| constant(word, text())).collect()
}

fn truth(value: bool) -> Expr {
    constant(if value { "true" } else { "false" }, bool())
}

/// A condition that cannot be evaluated.
fn broken() -> Expr {
    let zero = Op::Divide {
        left: Box::new(number("1")),
        right: Box::new(number("0")),
        mode: syncline_ir::Rounding::Down,
        otherwise: None,
    };
    compare(Comparison::Equal, expr(decimal(3, 0), zero), number("1"))
}

#[test]
fn comparisons_of_numbers_align_scales() {
    use Comparison as C;
    let rows = [
        (C::Equal, false, true, false),
        (C::NotEqual, true, false, true),
        (C::Less, true, false, false),
        (C::LessOrEqual, true, true, false),
        (C::Greater, false, false, true),
        (C::GreaterOrEqual, false, true, true),
    ];
    for (comparison, less, equal, greater) in rows {
        for (right, expected) in [("1.501", less), ("1.500", equal), ("1.499", greater)] {
            gives(&compare(comparison, number("1.5"), number(right)), if expected { "true" } else { "false" });
        }
        gives(
            &compare(comparison, constant("2026-01-31", date()), constant("2026-02-01", date())),
            if less { "true" } else { "false" },
        );
        let (early, late) = ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00.000001Z");
        gives(
            &compare(comparison, constant(late, instant()), constant(early, instant())),
            if greater { "true" } else { "false" },
        );
    }
    gives(&compare(C::Less, number("-0.01"), number("0")), "true");
}

#[test]
fn equality_is_total() {
    let null = |ty| constant("null", optional(ty));
    let equal = |left, right| compare(Comparison::Equal, left, right);
    gives(&equal(null(text()), null(text())), "true");
    gives(&equal(null(text()), constant("", text())), "false");
    gives(&compare(Comparison::NotEqual, null(decimal(3, 0)), number("0")), "true");
    gives(&equal(constant("a", text()), constant("A", text())), "false");
    // The same letter in two ways to write it: literals are in NFC, as captured text is.
    gives(&equal(constant("e\u{301}", text()), constant("\u{e9}", text())), "true");
    gives(&equal(constant("1.00 USD", usd(5, 2)), constant("1.0 USD", usd(5, 1))), "true");
    gives(&equal(constant("1.00 USD", money_in("a", 5, 2)), constant("1.00 EUR", money_in("b", 5, 2))), "false");
    gives(
        &compare(
            Comparison::NotEqual,
            constant("0.00 USD", money_in("a", 5, 2)),
            constant("0.00 EUR", money_in("b", 5, 2)),
        ),
        "true",
    );
    fails(
        &compare(
            Comparison::Less,
            constant("0.00 USD", money_in("a", 5, 2)),
            constant("1.00 EUR", money_in("b", 5, 2)),
        ),
        "currency-mismatch",
    );
    gives(&compare(Comparison::Greater, constant("0.01 EUR", money_in("b", 5, 2)), number("0")), "true");
    // An ordering of nothing is a fault, whichever side it stands on.
    fails(&compare(Comparison::Less, null(decimal(3, 0)), number("0")), "required-missing");
    fails(&compare(Comparison::GreaterOrEqual, constant("2026-01-31", date()), null(date())), "required-missing");
    for (left, right) in [
        (number("1"), constant("1", text())),
        (constant("a", text()), constant("b", text())),
        (number("1"), constant("1.00 USD", usd(5, 2))),
    ] {
        let refused = evaluate(&compare(Comparison::Less, left, right)).unwrap_err();
        assert_eq!(refused, "link: these two values cannot be compared");
    }
}

#[test]
fn and_and_or_stop_at_what_decides() {
    let all = |all| expr(bool(), Op::And { all });
    let any = |any| expr(bool(), Op::Or { any });
    gives(&all(vec![]), "true");
    gives(&any(vec![]), "false");
    gives(&all(vec![truth(true), truth(true)]), "true");
    gives(&all(vec![truth(true), truth(false), broken()]), "false");
    gives(&any(vec![truth(false), truth(true), broken()]), "true");
    fails(&all(vec![broken(), truth(false)]), "division-by-zero");
    fails(&any(vec![broken(), truth(true)]), "division-by-zero");
    gives(&expr(bool(), Op::Not { value: Box::new(truth(false)) }), "true");
}

#[test]
fn null_is_narrowed_by_is_known_and_coalesce() {
    let program = thing(vec![declared("key", text()), declared("limit", optional(decimal(6, 2)))]);
    let limit = || field("limit", optional(decimal(6, 2)));
    let known = |value: Expr| expr(bool(), Op::IsKnown { value: Box::new(value) });
    let or_five = || expr(decimal(6, 3), Op::Coalesce { value: Box::new(limit()), otherwise: Box::new(number("5")) });
    for (value, is_known, coalesced) in [(Value::Null, "false", "5.000"), (Value::Decimal(725), "true", "7.250")] {
        let record = [Value::Null, value];
        assert_eq!(evaluate_with(&program, &known(limit()), &record).as_deref(), Ok(is_known));
        assert_eq!(evaluate_with(&program, &or_five(), &record).as_deref(), Ok(coalesced));
    }
    // What the types promise is not there: a record that lacks a required field.
    let sum =
        expr(decimal(7, 2), Op::Add { left: Box::new(field("limit", decimal(6, 2))), right: Box::new(number("1")) });
    assert_eq!(evaluate_with(&program, &sum, &[Value::Null, Value::Null]), Err("required-missing".to_owned()));
}

#[test]
fn membership_and_match_compare_values_of_one_scale() {
    let literals =
        |values: &[&str]| values.iter().map(|value| Literal::Decimal((*value).to_owned())).collect::<Vec<_>>();
    let within = |value: Expr, set: Vec<Literal>| expr(bool(), Op::In { value: Box::new(value), set });
    gives(&within(number("1.50"), literals(&["2", "1.5"])), "true");
    gives(&within(number("1.51"), literals(&["2", "1.5"])), "false");
    gives(&within(constant("null", optional(decimal(3, 2))), literals(&["2"])), "false");
    gives(&within(constant("null", optional(decimal(3, 2))), vec![Literal::Null]), "false");
    let arms = || {
        vec![
            Arm { values: literals(&["1", "2"]), result: number("0.5") },
            Arm { values: literals(&["3"]), result: number("7") },
        ]
    };
    let choice = |subject: &str, otherwise: Option<Expr>| {
        let subject = Box::new(constant(subject, decimal(3, 1)));
        expr(decimal(3, 2), Op::Match { subject, arms: arms(), otherwise: otherwise.map(Box::new) })
    };
    gives(&choice("2.0", None), "0.50");
    gives(&choice("3.0", None), "7.00");
    gives(&choice("4.0", Some(number("9.25"))), "9.25");
    fails(&choice("4.0", None), "unmapped-value");
}

#[test]
fn constants_out_of_reach_equal_nothing() {
    let literals =
        |values: &[&str]| values.iter().map(|value| Literal::Decimal((*value).to_owned())).collect::<Vec<_>>();
    let within = |value: Expr, set: Vec<Literal>| expr(bool(), Op::In { value: Box::new(value), set });
    gives(&within(number("1.5"), literals(&["1000000", "1.50"])), "true");
    gives(&within(number("1.5"), literals(&["1000000"])), "false");
    gives(&compare(Comparison::Less, number("1.5"), number("1000000")), "true");
    // An arm whose result has more digits than the `match` may have is a fault, not a larger result.
    let choice = |result: &str| {
        let arms = vec![Arm { values: literals(&["1"]), result: number(result) }];
        expr(decimal(3, 1), Op::Match { subject: Box::new(number("1")), arms, otherwise: None })
    };
    gives(&choice("99.9"), "99.9");
    gives(&choice("99"), "99.0");
    fails(&choice("100.0"), "value-too-large");
    fails(&choice("100"), "value-too-large");
}

#[test]
fn the_constant_zero_is_an_amount_in_every_currency() {
    let zero = || Literal::Decimal("0".to_owned());
    for (amount, is_zero) in [("0.00 EUR", "true"), ("0.01 EUR", "false")] {
        let amount = || Box::new(constant(amount, money_in("c", 6, 2)));
        gives(&expr(bool(), Op::In { value: amount(), set: vec![zero()] }), is_zero);
        let arms = vec![Arm { values: vec![zero()], result: truth(true) }];
        gives(&expr(bool(), Op::Match { subject: amount(), arms, otherwise: Some(Box::new(truth(false))) }), is_zero);
    }
    let or_zero = |ty: Type| {
        let value = Box::new(constant("null", optional(ty.clone())));
        expr(ty, Op::Coalesce { value, otherwise: Box::new(number("0")) })
    };
    gives(&or_zero(usd(6, 2)), "0.00 USD");
    let sum = Op::Add {
        left: Box::new(or_zero(money_in("c", 6, 2))),
        right: Box::new(constant("1.50 EUR", money_in("c", 6, 2))),
    };
    gives(&expr(money_in("c", 7, 2), sum), "1.50 EUR");
    let five =
        Op::Coalesce { value: Box::new(constant("null", optional(usd(6, 2)))), otherwise: Box::new(number("5")) };
    assert_eq!(
        evaluate(&expr(usd(6, 2), five)),
        Err("link: a value of type `decimal(1, 0)` stands where another type is needed".to_owned())
    );
}

#[test]
fn text_functions_count_code_points() {
    use Function as F;
    let on = |function, word: &str, count: &str| call(text(), function, vec![constant(word, text()), number(count)]);
    gives(&on(F::Left, "Zoë🙂x", "4"), "Zoë🙂");
    gives(&on(F::Left, "Zoë", "0"), "");
    gives(&on(F::Left, "Zoë", "9"), "Zoë");
    gives(&on(F::Left, "Zoë", "-1"), "");
    gives(&on(F::Right, "Zoë🙂x", "3"), "ë🙂x");
    gives(&on(F::Right, "Zoë", "0"), "");
    gives(&on(F::Right, "Zoë", "3"), "Zoë");
    gives(&on(F::Right, "Zoë", "9"), "Zoë");
    gives(&on(F::Truncate, "Zoë🙂x", "3"), "Zoë");
    for (word, length) in [("", "0"), ("Zoë🙂", "4"), ("abc", "3")] {
        gives(&call(decimal(18, 0), F::Length, words(&[word])), length);
    }
    gives(&call(text(), F::Upper, words(&["straße, ﬁn"])), "STRASSE, FIN");
    gives(&call(text(), F::Lower, words(&["ÄRGER Σ"])), "ärger σ");
    gives(&call(text(), F::Trim, words(&[" \t a  b\u{a0}\n"])), "a  b");
    gives(&call(text(), F::Replace, words(&["a-b-c", "-", "—"])), "a—b—c");
    gives(&call(text(), F::Replace, words(&["abc", "", "x"])), "abc");
    gives(&call(text(), F::Concat, words(&["a", "", "b"])), "ab");
    for (function, part, expected) in [
        (F::StartsWith, "Zo", "true"),
        (F::StartsWith, "oë", "false"),
        (F::EndsWith, "oë", "true"),
        (F::EndsWith, "Zo", "false"),
        (F::Contains, "o", "true"),
        (F::Contains, "O", "false"),
    ] {
        gives(&call(bool(), function, words(&["Zoë", part])), expected);
    }
}

#[test]
fn folded_text_is_what_matching_needs() {
    let folded = |word: &str| call(text(), Function::Folded, words(&[word]));
    gives(&folded("  ACME\u{a0} \t Corp. "), "acme corp.");
    // Full-width letters, the ligature, and the trade mark sign are compatibility characters.
    gives(&folded("ＡＣＭＥ ﬁn ™"), "acme fin tm");
    gives(&folded("E\u{301}cole"), "\u{e9}cole");
    // A capital that lower case takes apart (İ) and NFKC cannot join.
    gives(&folded("İ"), "i\u{307}");
    // Taken apart, its marks must be put in order again.
    gives(&folded("İ\u{327}"), "i\u{327}\u{307}");
    gives(&folded("   "), "");
}

#[test]
fn casts_of_text_are_strict() {
    let to_decimal =
        |word: &str| call(decimal(6, 2), Function::Decimal, vec![constant(word, text()), number("6"), number("2")]);
    gives(&to_decimal("-12.5"), "-12.50");
    fails(&to_decimal("12,5"), "cast-failed");
    fails(&to_decimal("12.505"), "cast-failed");
    fails(&to_decimal("12345.1"), "value-too-large");
    let to_int = |word: &str| call(decimal(18, 0), Function::Int, words(&[word]));
    gives(&to_int("007"), "7");
    fails(&to_int("7.5"), "cast-failed");
    gives(&to_int("7.0"), "7");
    let to_date = |word: &str| call(date(), Function::Date, words(&[word]));
    gives(&to_date("2024-02-29"), "2024-02-29");
    fails(&to_date("2023-02-29"), "cast-failed");
}

#[test]
fn extremes_bring_all_to_one_scale() {
    let numbers = |numbers: &[&str]| numbers.iter().map(|written| number(written)).collect::<Vec<_>>();
    gives(&call(decimal(4, 2), Function::Min, numbers(&["1.5", "1.25", "2"])), "1.25");
    gives(&call(decimal(4, 2), Function::Max, numbers(&["1.5", "-1.25", "2"])), "2.00");
    gives(&call(decimal(4, 2), Function::Abs, numbers(&["-1.25"])), "1.25");
    gives(&call(usd(4, 2), Function::Abs, vec![constant("-1.25 USD", usd(4, 2))]), "1.25 USD");
    let dates = |dates: &[&str]| dates.iter().map(|written| constant(written, date())).collect::<Vec<_>>();
    gives(&call(date(), Function::Min, dates(&["2026-02-01", "2026-01-31"])), "2026-01-31");
    gives(&call(date(), Function::Max, dates(&["2026-02-01", "2026-01-31"])), "2026-02-01");
    let euros = |written: &str| constant(written, money_in("c", 6, 2));
    gives(&call(money_in("c", 6, 2), Function::Max, vec![euros("-3.00 EUR"), number("0")]), "0.00 EUR");
    gives(&call(money_in("c", 6, 2), Function::Max, vec![number("0"), euros("3.00 EUR")]), "3.00 EUR");
    fails(&call(money_in("c", 6, 2), Function::Max, vec![euros("3.00 EUR"), euros("3.00 USD")]), "currency-mismatch");
    assert_eq!(
        evaluate(&call(decimal(4, 2), Function::Max, numbers(&["1"]))),
        Err("link: this call does not give `decimal(4, 2)`".to_owned())
    );
}

#[test]
fn null_goes_through_functions() {
    let null = |ty| constant("null", optional(ty));
    gives(&call(optional(text()), Function::Upper, vec![null(text())]), "null");
    gives(&call(optional(text()), Function::Left, vec![null(text()), number("1")]), "null");
    gives(&call(optional(text()), Function::Concat, vec![constant("a", text()), null(text())]), "null");
    gives(&call(optional(decimal(4, 2)), Function::Max, vec![number("1.5"), null(decimal(4, 2))]), "null");
    gives(&call(optional(decimal(18, 0)), Function::Year, vec![null(date())]), "null");
    gives(&call(optional(date()), Function::DateOf, vec![null(instant()), constant("UTC", text())]), "null");
}

#[test]
fn values_are_written_out_in_text() {
    let written = |value: Expr| expr(text(), Op::Call { function: Function::Text, arguments: vec![value] });
    for (value, expected) in [
        (number("-0.50"), "-0.50"),
        (number("7"), "7"),
        (constant("1600 USD", usd(10, 2)), "1600.00 USD"),
        (truth(true), "true"),
        (constant("2026-01-31", date()), "2026-01-31"),
        (constant("2026-01-31T10:00Z", instant()), "2026-01-31T10:00:00Z"),
        (constant("2026-01-31T10:00:00.250Z", instant()), "2026-01-31T10:00:00.25Z"),
        (constant("EUR", currency()), "EUR"),
        (constant("a \"b\"", text()), "a \"b\""),
    ] {
        gives(&written(value.clone()), expected);
        let parts = vec![TextPart::Text("<".into()), TextPart::Value(value), TextPart::Text(">".into())];
        gives(&expr(text(), Op::Text { parts }), &format!("<{expected}>"));
    }
    let parts = vec![TextPart::Value(constant("null", optional(text()))), TextPart::Text("!".into())];
    gives(&expr(text(), Op::Text { parts }), "null!");
}
