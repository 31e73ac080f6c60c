//! Exact decimal arithmetic on coefficients.
//!
//! A decimal is an integer **coefficient** with a static scale: 12.50 at scale 2 is 1250. A typed plan keeps every coefficient
//! within 38 digits, which an `i128` holds, so nothing here can overflow for such a plan. Every operation is checked all the same:
//! none is `None` instead of a wrapped number.
//!
//! Division needs no wider integers either: for `round(a / b, s)` the plan guarantees that both operands, widened so that the
//! integer quotient has scale `s`, keep within 38 digits.

use syncline_ir::Rounding;

/// Powers of ten up to 10³⁸, the largest an `i128` holds.
const POWERS: [i128; 39] = {
    let mut powers = [1; 39];
    let mut exponent = 1;
    #[expect(clippy::indexing_slicing, reason = "evaluated at compile time, where going out of bounds is an error")]
    while exponent < powers.len() {
        powers[exponent] = powers[exponent - 1] * 10;
        exponent += 1;
    }
    powers
};

/// 10 to this power; none above 38.
#[must_use]
pub fn power_of_ten(exponent: u8) -> Option<i128> {
    POWERS.get(usize::from(exponent)).copied()
}

/// Whether a coefficient has at most this many digits.
#[must_use]
pub fn fits(coefficient: i128, precision: u8) -> bool {
    power_of_ten(precision).is_none_or(|limit| coefficient.unsigned_abs() < limit.unsigned_abs())
}

/// The same number with `digits` more digits after the point.
#[must_use]
pub fn widen(coefficient: i128, digits: u8) -> Option<i128> {
    if digits == 0 { Some(coefficient) } else { coefficient.checked_mul(power_of_ten(digits)?) }
}

/// The same number with `digits` fewer digits after the point, rounded.
#[must_use]
pub fn narrow(coefficient: i128, digits: u8, mode: Rounding) -> Option<i128> {
    if digits == 0 { Some(coefficient) } else { divide(coefficient, power_of_ten(digits)?, mode) }
}

/// The coefficient at another scale, rounded when digits are lost.
#[must_use]
pub fn rescale(coefficient: i128, from: u8, to: u8, mode: Rounding) -> Option<i128> {
    match to.checked_sub(from) {
        Some(more) => widen(coefficient, more),
        None => narrow(coefficient, from.saturating_sub(to), mode),
    }
}

/// The coefficient at another scale; none when digits other than zeros would be lost.
#[must_use]
pub fn rescale_exactly(coefficient: i128, from: u8, to: u8) -> Option<i128> {
    match to.checked_sub(from) {
        Some(more) => widen(coefficient, more),
        None => {
            let divisor = power_of_ten(from.saturating_sub(to))?;
            (coefficient % divisor == 0).then(|| coefficient / divisor)
        }
    }
}

/// The integer quotient, rounded; none when the divisor is zero or the quotient has no room.
#[must_use]
pub fn divide(dividend: i128, divisor: i128, mode: Rounding) -> Option<i128> {
    let quotient = dividend.checked_div(divisor)?;
    // Cheaper than a second division, and exact: the product lies between zero and the dividend.
    let remainder = dividend.wrapping_sub(quotient.wrapping_mul(divisor));
    if remainder == 0 {
        return Some(quotient);
    }
    let negative = (dividend < 0) != (divisor < 0);
    if crate::rounding::away(mode, negative, quotient % 2 != 0, remainder.unsigned_abs(), divisor.unsigned_abs()) {
        quotient.checked_add(if negative { -1 } else { 1 })
    } else {
        Some(quotient)
    }
}

/// Compares two numbers after moving each to the left by its shift; exact even where the shifted number has no room.
#[must_use]
pub fn compare(left: i128, left_shift: u8, right: i128, right_shift: u8) -> std::cmp::Ordering {
    match (widen(left, left_shift), widen(right, right_shift)) {
        (Some(left), Some(right)) => left.cmp(&right),
        // What has no room is farther from zero than anything that has. Both cannot be: one shift is zero.
        (None, _) => left.cmp(&0),
        (_, None) => 0.cmp(&right),
    }
}
