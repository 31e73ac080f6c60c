//! The seven ways to lose digits.

use std::cmp::Ordering;
use syncline_ir::Rounding;

/// Whether a quotient cut off towards zero moves one away from zero, given what was cut off: `remainder / divisor`, which is
/// neither zero nor one.
pub(crate) fn away(mode: Rounding, negative: bool, odd: bool, remainder: u128, divisor: u128) -> bool {
    // Twice the remainder may have no room, the difference always has.
    let half = remainder.cmp(&divisor.saturating_sub(remainder));
    match mode {
        Rounding::HalfEven => half == Ordering::Greater || (half == Ordering::Equal && odd),
        Rounding::HalfUp => half != Ordering::Less,
        Rounding::HalfDown => half == Ordering::Greater,
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::Ceiling => !negative,
        Rounding::Floor => negative,
    }
}
