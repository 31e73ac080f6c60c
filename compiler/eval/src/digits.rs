//! Decimals as text: reading and printing coefficients.
//!
//! Written here and not taken from a decimal library: intermediate results have up to 38 digits where the usual library ends at
//! 28, and reading must refuse what such libraries let pass (exponents, separators, digits after the point which the type has no
//! room for).

use crate::number;
use std::fmt::Write;

/// Why a text is no decimal of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigitsError {
    /// It is not written as a decimal.
    NotADecimal,
    /// It has digits after the point, other than zeros, beyond the scale.
    TooPrecise,
    /// It has more digits than the type.
    TooLarge,
}

/// Reads `[+-]digits[.digits]` as a coefficient of this scale. Zeros at both ends count for nothing.
///
/// # Errors
/// See [`DigitsError`]; what is not a decimal at all is reported before what does not fit.
pub fn read(text: &str, precision: u8, scale: u8) -> Result<i128, DigitsError> {
    let (negative, unsigned) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        bytes => (false, bytes),
    };
    let (whole, fraction) = match unsigned.iter().position(|&byte| byte == b'.') {
        Some(point) => match (unsigned.get(..point), unsigned.get(point + 1..)) {
            (Some(whole), Some(fraction)) if !fraction.is_empty() => (whole, fraction),
            _ => return Err(DigitsError::NotADecimal),
        },
        None => (unsigned, &[][..]),
    };
    if whole.is_empty() || !whole.iter().chain(fraction).all(u8::is_ascii_digit) {
        return Err(DigitsError::NotADecimal);
    }
    let (kept, lost) = fraction.split_at(fraction.len().min(usize::from(scale)));
    if lost.iter().any(|&digit| digit != b'0') {
        return Err(DigitsError::TooPrecise);
    }
    let push = |coefficient: i128, digit: &u8| coefficient.checked_mul(10)?.checked_add(i128::from(digit - b'0'));
    let coefficient = whole.iter().chain(kept).try_fold(0i128, push);
    let missing = usize::from(scale) - kept.len();
    let coefficient = coefficient.and_then(|coefficient| number::widen(coefficient, u8::try_from(missing).ok()?));
    match coefficient {
        Some(coefficient) if number::fits(coefficient, precision) => {
            Ok(if negative { -coefficient } else { coefficient })
        }
        _ => Err(DigitsError::TooLarge),
    }
}

/// Appends the decimal with all digits of its scale: 1250 at scale 2 is `12.50`.
pub fn write(coefficient: i128, scale: u8, out: &mut String) {
    if coefficient < 0 {
        out.push('-');
    }
    let magnitude = coefficient.unsigned_abs();
    // Writing to a string cannot fail.
    let _ = match number::power_of_ten(scale).map(i128::unsigned_abs) {
        None | Some(1) => write!(out, "{magnitude}"),
        Some(unit) => write!(out, "{}.{:0width$}", magnitude / unit, magnitude % unit, width = usize::from(scale)),
    };
}

/// The decimal with all digits of its scale.
#[must_use]
pub fn show(coefficient: i128, scale: u8) -> String {
    let mut out = String::new();
    write(coefficient, scale, &mut out);
    out
}
