//! Arithmetic against rational numbers of any size, written without sharing a line with the evaluator.
//!
//! The oracle knows nothing of coefficients and shifts. It takes operands as fractions, computes exactly, and rounds by the
//! definition: the two neighbours at the wanted scale, and which of them the mode names.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};
use proptest::prelude::*;
use support::*;
use syncline_ir::{Comparison, Expr, Op, Rounding};

fn unit(scale: u8) -> BigRational {
    BigRational::new(BigInt::one(), BigInt::from(10).pow(u32::from(scale)))
}

/// The exact number a decimal text stands for.
fn exact(written: &str) -> BigRational {
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    let digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
    BigRational::from(digits) * unit(u8::try_from(fraction.len()).unwrap())
}

/// The neighbour of `number` at `scale` that the mode names, by definition.
fn rounded(number: &BigRational, scale: u8, mode: Rounding) -> BigRational {
    let step = unit(scale);
    let below = (number / &step).floor() * &step;
    if below == *number {
        return below;
    }
    let above = &below + &step;
    let (to_below, to_above) = (number - &below, &above - number);
    let positive = number.is_positive();
    let (inner, outer) = if positive { (&below, &above) } else { (&above, &below) };
    let nearest = |tie: &BigRational| {
        if to_below < to_above {
            below.clone()
        } else if to_above < to_below {
            above.clone()
        } else {
            tie.clone()
        }
    };
    match mode {
        Rounding::Ceiling => above.clone(),
        Rounding::Floor => below.clone(),
        Rounding::Up => outer.clone(),
        Rounding::Down => inner.clone(),
        Rounding::HalfUp => nearest(outer),
        Rounding::HalfDown => nearest(inner),
        Rounding::HalfEven => {
            let even = (&below / &step).to_integer() % 2 == BigInt::zero();
            nearest(if even { &below } else { &above })
        }
    }
}

/// What the evaluator must answer: the number with all digits of its scale, or the fault when it has more than `precision`.
fn expected(number: &BigRational, precision: u8, scale: u8) -> Result<String, String> {
    let coefficient = number / unit(scale);
    assert!(coefficient.is_integer(), "the oracle's result has too many digits");
    let coefficient = coefficient.to_integer();
    if coefficient.abs() >= BigInt::from(10).pow(u32::from(precision)) {
        return Err("value-too-large".to_owned());
    }
    let digits = format!("{:0>width$}", coefficient.abs().to_string(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
    let sign = if coefficient.is_negative() { "-" } else { "" };
    Ok(if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// A decimal text of some scale with at most `digits` digits; small numbers and ties are as likely as large ones.
fn decimal_text(digits: u32) -> impl Strategy<Value = String> {
    (any::<bool>(), 0..10u128.pow(digits), 0..=digits, 0u8..=9, any::<bool>()).prop_map(
        move |(negative, number, length, scale, tie)| {
            let mut number = number % 10u128.pow(length);
            if tie && number > 0 {
                number = (number / 10 * 10 + 5) % 10u128.pow(digits);
            }
            let digits = format!("{number:0>width$}", width = usize::from(scale) + 1);
            let (whole, fraction) = digits.split_at(digits.len() - usize::from(scale));
            format!("{}{whole}{}{fraction}", if negative { "-" } else { "" }, if scale == 0 { "" } else { "." })
        },
    )
}

fn scale_of(written: &str) -> u8 {
    u8::try_from(written.split_once('.').map_or(0, |(_, fraction)| fraction.len())).unwrap()
}

fn operand(written: &str) -> Expr {
    constant(written, decimal(38, scale_of(written)))
}

fn mode() -> impl Strategy<Value = Rounding> {
    prop::sample::select(MODES.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn sums_and_differences(a in decimal_text(28), b in decimal_text(28), precision in 1u8..=38, more in 0u8..=2) {
        let scale = scale_of(&a).max(scale_of(&b)) + more;
        let both = || (Box::new(operand(&a)), Box::new(operand(&b)));
        let (left, right) = both();
        prop_assert_eq!(evaluate(&expr(decimal(precision, scale), Op::Add { left, right })), expected(&(exact(&a) + exact(&b)), precision, scale));
        let (left, right) = both();
        prop_assert_eq!(evaluate(&expr(decimal(precision, scale), Op::Subtract { left, right })), expected(&(exact(&a) - exact(&b)), precision, scale));
    }

    #[test]
    fn products(a in decimal_text(19), b in decimal_text(19), precision in 1u8..=38) {
        let scale = scale_of(&a) + scale_of(&b);
        let product = Op::Multiply { left: Box::new(operand(&a)), right: Box::new(operand(&b)) };
        prop_assert_eq!(evaluate(&expr(decimal(precision, scale), product)), expected(&(exact(&a) * exact(&b)), precision, scale));
    }

    #[test]
    fn quotients(a in decimal_text(19), b in decimal_text(19), scale in 0u8..=9, mode in mode()) {
        prop_assume!(!exact(&b).is_zero());
        let quotient = Op::Divide { left: Box::new(operand(&a)), right: Box::new(operand(&b)), mode, otherwise: None };
        let oracle = rounded(&(exact(&a) / exact(&b)), scale, mode);
        prop_assert_eq!(evaluate(&expr(decimal(38, scale), quotient)), expected(&oracle, 38, scale));
    }

    #[test]
    fn roundings(a in decimal_text(28), scale in 0u8..=9, precision in 1u8..=38, mode in mode()) {
        let round = |value: Expr| expr(decimal(precision, scale), Op::Round { value: Box::new(value), mode });
        let once = evaluate(&round(operand(&a)));
        prop_assert_eq!(&once, &expected(&rounded(&exact(&a), scale, mode), precision, scale));
        if let Ok(once) = once {
            prop_assert_eq!(evaluate(&round(operand(&once))), Ok(once.clone()), "rounding is idempotent");
        }
    }

    #[test]
    fn comparisons(a in decimal_text(28), b in decimal_text(28), same in any::<bool>()) {
        let b = if same { format!("{a}{}", if a.contains('.') { "0" } else { ".0" }) } else { b };
        let compare = |comparison| evaluate(&expr(bool(), Op::Compare { comparison, left: Box::new(operand(&a)), right: Box::new(operand(&b)) }));
        let (x, y) = (exact(&a), exact(&b));
        for (comparison, holds) in [
            (Comparison::Equal, x == y), (Comparison::NotEqual, x != y), (Comparison::Less, x < y),
            (Comparison::LessOrEqual, x <= y), (Comparison::Greater, x > y), (Comparison::GreaterOrEqual, x >= y),
        ] {
            prop_assert_eq!(compare(comparison), Ok(holds.to_string()));
        }
    }

    /// Nearest means within half a unit; the other modes keep their direction.
    #[test]
    fn each_mode_keeps_its_promise(a in decimal_text(28), scale in 0u8..=9) {
        let round = |mode| exact(&evaluate(&expr(decimal(38, scale), Op::Round { value: Box::new(operand(&a)), mode })).unwrap());
        let number = exact(&a);
        prop_assert!(round(Rounding::Floor) <= number && number <= round(Rounding::Ceiling));
        prop_assert!(round(Rounding::Down).abs() <= number.abs() && number.abs() <= round(Rounding::Up).abs());
        let half = unit(scale) / BigInt::from(2);
        for mode in [Rounding::HalfEven, Rounding::HalfUp, Rounding::HalfDown] {
            prop_assert!((round(mode) - &number).abs() <= half);
        }
    }
}

/// Over all ties of a symmetric range, half even adds nothing to the total; half up and half down do on one side.
#[test]
fn half_even_is_unbiased_on_ties() {
    let bias = |mode: Rounding, from: i32| -> BigRational {
        let ties = (from..1000)
            .map(|whole| 2 * whole + 1)
            .map(|halves| format!("{}{}.5", if halves < 0 { "-" } else { "" }, halves.abs() / 2));
        ties.map(|tie| {
            exact(&evaluate(&expr(decimal(5, 0), Op::Round { value: Box::new(operand(&tie)), mode })).unwrap())
                - exact(&tie)
        })
        .sum()
    };
    assert_eq!(bias(Rounding::HalfEven, 0), BigRational::zero());
    assert_eq!(bias(Rounding::HalfEven, -1000), BigRational::zero());
    assert_eq!(bias(Rounding::HalfUp, 0), BigRational::from(BigInt::from(500)));
    assert_eq!(bias(Rounding::HalfDown, 0), BigRational::from(BigInt::from(-500)));
}

/// The oracle itself, on cases anybody can check.
#[test]
fn the_oracle_rounds_as_defined() {
    let round = |written: &str, mode| expected(&rounded(&exact(written), 0, mode), 38, 0).unwrap();
    assert_eq!(round("2.5", Rounding::HalfEven), "2");
    assert_eq!(round("3.5", Rounding::HalfEven), "4");
    assert_eq!(round("-2.5", Rounding::HalfUp), "-3");
    assert_eq!(round("-2.5", Rounding::HalfDown), "-2");
    assert_eq!(round("-2.1", Rounding::Up), "-3");
    assert_eq!(round("-2.9", Rounding::Ceiling), "-2");
    assert_eq!(exact("-0.5"), -exact("0.5"));
    assert_eq!(expected(&exact("-0.05"), 38, 3).unwrap(), "-0.050");
}
