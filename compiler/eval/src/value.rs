//! Values at run time.
//!
//! A value does not repeat what its type says: a decimal is only its **coefficient** (12.50 at scale 2 is 1250), an enumeration's
//! value is its position, a reference is the hub's number of the record. The scale, the enumeration and the object come from the
//! [`Shape`](crate::Shape) of the field or expression.

use std::fmt;
use std::sync::{Arc, LazyLock};

/// A value, cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// Coefficient of a decimal; its scale is static.
    Decimal(i128),
    /// Coefficient of an amount, and its currency; the scale is static.
    Money(i128, CurrencyCode),
    /// Text, in NFC since capture.
    Text(Arc<str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00Z.
    Instant(i64),
    /// A currency.
    Currency(CurrencyCode),
    /// Position in its enumeration or lifecycle.
    Enum(u16),
    /// Identity of a canonical record.
    Record(RecordId),
}

/// The hub's identity of a canonical record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u64);

/// An ISO 4217 code. Only codes of the standard can be made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyCode([u8; 3]);

/// Minor units by code, with a slot for each of the 26³ words of three letters; 255 is no currency.
static MINOR_UNITS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut table = vec![u8::MAX; 26 * 26 * 26];
    for currency in syncline_ir::currencies() {
        if let Some(slot) = slot_of(currency.code.as_bytes()).and_then(|slot| table.get_mut(slot)) {
            *slot = currency.minor_units;
        }
    }
    table
});

fn slot_of(code: &[u8]) -> Option<usize> {
    if code.len() != 3 || !code.iter().all(u8::is_ascii_uppercase) {
        return None;
    }
    Some(code.iter().fold(0, |slot, letter| slot * 26 + usize::from(letter - b'A')))
}

impl CurrencyCode {
    /// The currency with this alphabetic code, in capitals.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let bytes: [u8; 3] = code.as_bytes().try_into().ok()?;
        let slot = slot_of(&bytes)?;
        (*MINOR_UNITS.get(slot)? != u8::MAX).then_some(Self(bytes))
    }

    /// The code, `USD`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Digits after the point of an amount, 0 to 4.
    #[must_use]
    pub fn minor_units(self) -> u8 {
        slot_of(&self.0).and_then(|slot| MINOR_UNITS.get(slot).copied()).unwrap_or_default()
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Value {
    /// A text value as it is; see [`text::normalised`](crate::text::normalised) for text from outside.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(Arc::from(text))
    }

    /// Whether it is null.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What the value is, in the words of the language; for messages.
    #[must_use]
    pub const fn noun(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a bool",
            Self::Decimal(_) => "a number",
            Self::Money(..) => "money",
            Self::Text(_) => "text",
            Self::Date(_) => "a date",
            Self::Instant(_) => "an instant",
            Self::Currency(_) => "a currency",
            Self::Enum(_) => "an enumeration's value",
            Self::Record(_) => "a reference",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_of_the_standard_are_currencies() {
        for (code, digits) in [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)] {
            let currency = CurrencyCode::new(code).unwrap();
            assert_eq!((currency.as_str(), currency.minor_units()), (code, digits));
        }
        for code in ["usd", "US", "USDX", "ÜSD", "DEM", "ZZZ", ""] {
            assert_eq!(CurrencyCode::new(code), None, "{code}");
        }
    }

    #[test]
    fn no_other_word_of_three_letters_is_a_currency() {
        let letters = || (b'A'..=b'Z').chain(b'a'..=b'z');
        let mut found = Vec::new();
        for word in letters().flat_map(|a| letters().flat_map(move |b| letters().map(move |c| [a, b, c]))) {
            let word = String::from_utf8(word.to_vec()).unwrap();
            found.extend(CurrencyCode::new(&word).map(|_| word));
        }
        let standard: Vec<&str> = syncline_ir::currencies().map(|currency| currency.code).collect();
        assert_eq!(found, standard);
    }

    #[test]
    fn a_value_takes_two_coefficients_of_room() {
        assert_eq!(size_of::<Value>(), 32);
        assert_eq!(size_of::<crate::Cell>(), 32);
        assert_eq!(size_of::<crate::Evaluated>(), 32);
    }
}
