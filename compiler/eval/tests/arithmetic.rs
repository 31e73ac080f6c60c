//! Numbers, worked out by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use support::*;
use syncline_eval::number;
use syncline_ir::{Expr, Op, Rounding, Type};

fn add(left: Expr, right: Expr, ty: Type) -> Expr {
    expr(ty, Op::Add { left: Box::new(left), right: Box::new(right) })
}

fn subtract(left: Expr, right: Expr, ty: Type) -> Expr {
    expr(ty, Op::Subtract { left: Box::new(left), right: Box::new(right) })
}

fn multiply(left: Expr, right: Expr, ty: Type) -> Expr {
    expr(ty, Op::Multiply { left: Box::new(left), right: Box::new(right) })
}

fn divide(left: Expr, right: Expr, ty: Type, mode: Rounding) -> Expr {
    expr(ty, Op::Divide { left: Box::new(left), right: Box::new(right), mode, otherwise: None })
}

fn round(value: Expr, ty: Type, mode: Rounding) -> Expr {
    expr(ty, Op::Round { value: Box::new(value), mode })
}

fn round_currency(value: Expr, code: &str, ty: Type, mode: Rounding) -> Expr {
    expr(ty, Op::RoundCurrency { value: Box::new(value), currency: Box::new(constant(code, currency())), mode })
}

fn convert(value: Expr, ty: Type) -> Expr {
    expr(ty, Op::Convert { value: Box::new(value), currency: None })
}

#[test]
fn sums_align_scales() {
    gives(&add(number("1.5"), number("0.25"), decimal(4, 2)), "1.75");
    gives(&add(number("-1.5"), number("0.25"), decimal(4, 2)), "-1.25");
    gives(&add(number("7"), number("3"), decimal(4, 2)), "10.00");
    gives(&subtract(number("0.10"), number("0.3"), decimal(4, 2)), "-0.20");
    gives(&add(constant("12.50 USD", usd(6, 2)), constant("0.0001 USD", usd(6, 4)), usd(9, 4)), "12.5001 USD");
    gives(&subtract(constant("12.50 USD", usd(6, 2)), constant("12.50 USD", usd(6, 2)), usd(7, 2)), "0.00 USD");
}

#[test]
fn products_add_scales() {
    gives(&multiply(number("12.50"), number("0.335"), decimal(8, 5)), "4.18750");
    gives(&multiply(number("-0.1"), number("0.1"), decimal(4, 2)), "-0.01");
    gives(&multiply(number("8.00"), constant("187.3333 USD", usd(14, 4)), usd(20, 6)), "1498.666400 USD");
    gives(&multiply(constant("187.3333 USD", usd(14, 4)), number("0"), usd(20, 4)), "0.0000 USD");
    // 10¹⁹ − 1 squared has 38 digits: 99999999999999999980000000000000000001.
    gives(
        &multiply(number("9999999999999999999"), number("9999999999999999999"), decimal(38, 0)),
        "99999999999999999980000000000000000001",
    );
}

#[test]
fn rounding_lines_is_not_rounding_their_sum() {
    let line = || round(number("0.335"), decimal(4, 2), Rounding::HalfUp);
    gives(&multiply(number("7"), line(), decimal(6, 2)), "2.38");
    gives(&round(multiply(number("7"), number("0.335"), decimal(5, 3)), decimal(5, 2), Rounding::HalfUp), "2.35");
}

/// Each row: the number, then the results in the order of [`MODES`]: half even, half up, half down, up, down, ceiling, floor.
#[test]
fn rounding_to_whole_numbers_in_all_modes() {
    let rows = [
        ("2.5", ["2", "3", "2", "3", "2", "3", "2"]),
        ("3.5", ["4", "4", "3", "4", "3", "4", "3"]),
        ("-2.5", ["-2", "-3", "-2", "-3", "-2", "-2", "-3"]),
        ("-3.5", ["-4", "-4", "-3", "-4", "-3", "-3", "-4"]),
        ("2.4", ["2", "2", "2", "3", "2", "3", "2"]),
        ("2.6", ["3", "3", "3", "3", "2", "3", "2"]),
        ("-2.4", ["-2", "-2", "-2", "-3", "-2", "-2", "-3"]),
        ("-2.6", ["-3", "-3", "-3", "-3", "-2", "-2", "-3"]),
        ("0.5", ["0", "1", "0", "1", "0", "1", "0"]),
        ("-0.5", ["0", "-1", "0", "-1", "0", "0", "-1"]),
        ("0.1", ["0", "0", "0", "1", "0", "1", "0"]),
        ("-0.1", ["0", "0", "0", "-1", "0", "0", "-1"]),
        ("7.0", ["7", "7", "7", "7", "7", "7", "7"]),
        ("-7.0", ["-7", "-7", "-7", "-7", "-7", "-7", "-7"]),
        ("9.5", ["10", "10", "9", "10", "9", "10", "9"]),
    ];
    for (written, expected) in rows {
        for (mode, expected) in MODES.into_iter().zip(expected) {
            let rounded = evaluate(&round(number(written), decimal(3, 0), mode));
            assert_eq!(rounded.as_deref(), Ok(expected), "{written} {mode:?}");
        }
    }
}

#[test]
fn rounding_to_more_digits_adds_zeros() {
    gives(&round(number("1.5"), decimal(4, 3), Rounding::HalfEven), "1.500");
    gives(&round(number("0.12345"), decimal(5, 5), Rounding::Down), "0.12345");
}

#[test]
fn rounding_may_need_one_more_digit() {
    gives(&round(number("99.995"), decimal(5, 2), Rounding::HalfUp), "100.00");
    fails(&round(number("99.995"), decimal(4, 2), Rounding::HalfUp), "value-too-large");
}

#[test]
fn quotients_are_rounded_once() {
    gives(&divide(number("10"), number("3"), decimal(5, 2), Rounding::HalfEven), "3.33");
    gives(&divide(number("-10"), number("3"), decimal(5, 2), Rounding::Floor), "-3.34");
    gives(&divide(number("2"), number("-3"), decimal(5, 2), Rounding::Up), "-0.67");
    gives(&divide(number("-1"), number("-8"), decimal(5, 2), Rounding::HalfEven), "0.12");
    gives(&divide(number("1"), number("8"), decimal(5, 2), Rounding::HalfUp), "0.13");
    // 12.345 / 2 = 6.1725; the divisor is widened, because the result has fewer digits than the dividend.
    gives(&divide(number("12.345"), number("2"), decimal(5, 0), Rounding::HalfEven), "6");
    gives(&divide(number("13.000"), number("2"), decimal(5, 0), Rounding::HalfUp), "7");
    gives(&divide(number("1.25"), number("0.005"), decimal(6, 0), Rounding::HalfEven), "250");
    // Rounded twice (first to 0.445 at three digits), this would be 0.45.
    gives(&divide(number("0.4449"), number("1"), decimal(5, 2), Rounding::HalfUp), "0.44");
    gives(&divide(constant("100.00 USD", usd(6, 2)), number("3"), usd(8, 2), Rounding::HalfEven), "33.33 USD");
    gives(
        &divide(constant("50.00 USD", usd(6, 2)), constant("200.00 USD", usd(6, 2)), decimal(8, 4), Rounding::HalfEven),
        "0.2500",
    );
    // 38 digits on both sides.
    let (nines, eights) = ("99999999999999999999999999999999999999", "88888888888888888888888888888888888888");
    gives(&divide(number(nines), number(eights), decimal(38, 0), Rounding::HalfEven), "1");
    gives(&divide(number(eights), number(nines), decimal(38, 0), Rounding::HalfUp), "1");
    gives(&divide(number(eights), number(nines), decimal(38, 0), Rounding::Down), "0");
}

#[test]
fn a_zero_divisor_takes_the_alternative() {
    let zero = || Box::new(number("0.00"));
    let with = |otherwise| {
        expr(
            decimal(5, 2),
            Op::Divide { left: Box::new(number("1")), right: zero(), mode: Rounding::HalfUp, otherwise },
        )
    };
    gives(&with(Some(Box::new(number("7.5")))), "7.50");
    fails(&with(None), "division-by-zero");
    // The alternative is evaluated only then.
    let otherwise = Some(Box::new(divide(number("1"), number("0"), decimal(5, 2), Rounding::HalfUp)));
    let fine = expr(
        decimal(5, 2),
        Op::Divide { left: Box::new(number("1")), right: Box::new(number("4")), mode: Rounding::HalfUp, otherwise },
    );
    gives(&fine, "0.25");
}

#[test]
fn currencies_have_their_own_minor_units() {
    let rows = [
        ("1498.6664 USD", "USD", "1498.6700 USD", "1498.6600 USD"),
        ("1498.6650 USD", "USD", "1498.6700 USD", "1498.6600 USD"),
        ("1498.5000 JPY", "JPY", "1499.0000 JPY", "1498.0000 JPY"),
        ("1.2345 KWD", "KWD", "1.2350 KWD", "1.2340 KWD"),
        ("1.2345 CLF", "CLF", "1.2345 CLF", "1.2345 CLF"),
    ];
    for (written, code, up, down) in rows {
        let ty = money_in("currency", 19, 4);
        gives(&round_currency(constant(written, ty.clone()), code, ty.clone(), Rounding::Up), up);
        gives(&round_currency(constant(written, ty.clone()), code, ty, Rounding::Down), down);
    }
    let ty = money_in("currency", 19, 4);
    gives(&round_currency(constant("2.6750 USD", ty.clone()), "USD", ty.clone(), Rounding::HalfEven), "2.6800 USD");
    gives(&round_currency(constant("2.6650 USD", ty.clone()), "USD", ty.clone(), Rounding::HalfEven), "2.6600 USD");
    gives(
        &round_currency(constant("-1498.5000 JPY", ty.clone()), "JPY", ty.clone(), Rounding::HalfEven),
        "-1498.0000 JPY",
    );
    fails(
        &round_currency(constant("1.0000 EUR", ty.clone()), "USD", ty.clone(), Rounding::HalfEven),
        "currency-mismatch",
    );
    // An amount with fewer digits than the currency needs no rounding; a result with fewer holds only what fits.
    gives(
        &round_currency(constant("1.5 KWD", money_in("c", 5, 1)), "KWD", ty.clone(), Rounding::HalfEven),
        "1.5000 KWD",
    );
    fails(
        &round_currency(constant("1.2340 KWD", ty), "KWD", money_in("c", 9, 2), Rounding::HalfEven),
        "value-too-large",
    );
}

#[test]
fn currencies_do_not_mix() {
    let (dollars, euros) = (|| constant("1.00 USD", money_in("a", 6, 2)), || constant("1.00 EUR", money_in("b", 6, 2)));
    let ty = || money_in("a", 7, 2);
    fails(&add(dollars(), euros(), ty()), "currency-mismatch");
    fails(&subtract(dollars(), euros(), ty()), "currency-mismatch");
    fails(&divide(dollars(), euros(), decimal(7, 2), Rounding::HalfUp), "currency-mismatch");
    gives(&add(dollars(), dollars(), ty()), "2.00 USD");
    // The constant 0 is an amount in every currency.
    gives(&add(number("0"), euros(), ty()), "1.00 EUR");
    let plain = |written: &str, ty| expr(ty, Op::Literal { value: syncline_ir::Literal::Decimal(written.into()) });
    gives(&add(plain("0.00", ty()), euros(), ty()), "1.00 EUR");
    gives(&plain("12.5", usd(6, 2)), "12.50 USD");
    assert_eq!(evaluate(&plain("0.01", ty())), Err("link: `0.01` has no currency".to_owned()));
    assert!(evaluate(&add(number("1"), euros(), ty())).unwrap_err().starts_with("link: money is added to money"));
    assert!(evaluate(&multiply(dollars(), dollars(), ty())).unwrap_err().starts_with("link: a product"));
}

#[test]
fn more_digits_than_the_type_has_are_a_fault() {
    fails(&add(number("9.99"), number("0.01"), decimal(3, 2)), "value-too-large");
    gives(&add(number("9.98"), number("0.01"), decimal(3, 2)), "9.99");
    fails(&multiply(number("999"), number("999"), decimal(5, 0)), "value-too-large");
    fails(&divide(number("999"), number("0.1"), decimal(3, 0), Rounding::HalfUp), "value-too-large");
    fails(&subtract(number("-9.99"), number("0.01"), decimal(3, 2)), "value-too-large");
    let widest = "99999999999999999999999999999999999999";
    fails(&add(number(widest), number(widest), decimal(38, 0)), "value-too-large");
    fails(&multiply(number(widest), number(widest), decimal(38, 0)), "value-too-large");
    fails(&add(number(widest), number("0.1"), decimal(38, 1)), "value-too-large");
    fails(&divide(number(widest), number("1"), decimal(38, 3), Rounding::HalfUp), "value-too-large");
    fails(&round(number(widest), decimal(38, 1), Rounding::HalfUp), "value-too-large");
}

#[test]
fn negation_and_absolute_value_keep_type_and_currency() {
    gives(&expr(decimal(3, 2), Op::Negate { value: Box::new(number("1.25")) }), "-1.25");
    gives(&expr(usd(6, 2), Op::Negate { value: Box::new(constant("-1.25 USD", usd(6, 2))) }), "1.25 USD");
    gives(&expr(decimal(3, 2), Op::Negate { value: Box::new(number("0.00")) }), "0.00");
}

#[test]
fn conversions_widen_or_fail() {
    gives(&convert(number("1.5"), decimal(6, 3)), "1.500");
    gives(&convert(number("1.500"), decimal(6, 1)), "1.5");
    fails(&convert(number("1.501"), decimal(6, 1)), "value-too-large");
    fails(&convert(number("123.4"), decimal(3, 1)), "value-too-large");
    gives(&convert(number("12.5"), usd(6, 2)), "12.50 USD");
    fails(&convert(constant("12.50 EUR", money_in("c", 6, 2)), usd(6, 2)), "currency-changed");
    gives(&convert(constant("12.50 USD", money_in("c", 6, 2)), usd(9, 4)), "12.5000 USD");
    let with = |value, code: &str| {
        expr(
            money_in("c", 9, 2),
            Op::Convert { value: Box::new(value), currency: Some(Box::new(constant(code, currency()))) },
        )
    };
    gives(&with(number("7"), "JPY"), "7.00 JPY");
    fails(&with(constant("7.00 EUR", money_in("c", 6, 2)), "JPY"), "currency-changed");
    fails(&convert(constant("null", optional(decimal(3, 1))), decimal(3, 1)), "required-missing");
    gives(&convert(constant("null", optional(decimal(3, 1))), optional(decimal(5, 2))), "null");
    gives(&convert(constant("abc", text()), text_of(3)), "abc");
    gives(&convert(constant("äöü", text()), text_of(3)), "äöü");
    fails(&convert(constant("abcd", text()), text_of(3)), "value-too-large");
    assert!(evaluate(&convert(number("1"), text())).unwrap_err().starts_with("link: there is no conversion"));
    assert!(
        evaluate(&convert(number("1"), money_in("c", 6, 2))).unwrap_err().starts_with("link: there is no conversion")
    );
}

#[test]
fn comparing_needs_no_room_for_alignment() {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let huge = 10i128.pow(37) + 1;
    assert_eq!(number::compare(huge, 5, 7, 0), Greater);
    assert_eq!(number::compare(-huge, 5, 7, 0), Less);
    assert_eq!(number::compare(7, 0, huge, 5), Less);
    assert_eq!(number::compare(7, 0, -huge, 5), Greater);
    assert_eq!(number::compare(12, 1, 120, 0), Equal);
    assert_eq!(number::compare(i128::MAX, 0, i128::MIN, 0), Greater);
}

#[test]
fn nothing_wraps_at_the_ends_of_the_integers() {
    assert_eq!(number::divide(i128::MIN, -1, Rounding::Down), None);
    assert_eq!(number::divide(1, 0, Rounding::Down), None);
    assert_eq!(number::divide(i128::MAX, i128::MIN, Rounding::Up), Some(-1));
    assert_eq!(number::divide(i128::MIN, i128::MAX, Rounding::HalfUp), Some(-1));
    assert_eq!(number::widen(i128::MAX, 1), None);
    assert_eq!(number::widen(1, 38), Some(10i128.pow(38)));
    assert_eq!(number::widen(1, 39), None);
    assert_eq!(number::narrow(i128::MIN, 38, Rounding::HalfEven), Some(-2));
    assert!(!number::fits(i128::MIN, 38));
    assert!(number::fits(10i128.pow(38) - 1, 38));
    assert!(!number::fits(1, 0) && number::fits(0, 0));
}
