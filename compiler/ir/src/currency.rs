//! Currencies and their minor units, from ISO 4217.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One row of the standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Currency {
    /// Alphabetic code, `USD`.
    pub code: &'static str,
    /// Digits after the point of an amount, 0 to 4.
    pub minor_units: u8,
    /// Name of the currency.
    pub name: &'static str,
}

static TABLE: LazyLock<BTreeMap<&'static str, Currency>> = LazyLock::new(|| {
    include_str!("../../../stdlib/iso4217.csv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.splitn(3, ',');
            let (code, digits, name) = (cells.next()?, cells.next()?, cells.next()?);
            Some((code, Currency { code, minor_units: digits.parse().ok()?, name }))
        })
        .collect()
});

/// All currencies, by code.
pub fn currencies() -> impl Iterator<Item = &'static Currency> {
    TABLE.values()
}

/// Digits after the point of an amount in `code`; none when the code is not in ISO 4217.
#[must_use]
pub fn minor_units(code: &str) -> Option<u8> {
    TABLE.get(code).map(|currency| currency.minor_units)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ISO 4217:2015, list one, as published by its maintenance agency.
    #[test]
    fn minor_units_are_those_of_the_standard() {
        for (code, digits) in [
            ("USD", 2),
            ("EUR", 2),
            ("JPY", 0),
            ("KRW", 0),
            ("KWD", 3),
            ("BHD", 3),
            ("CLF", 4),
            ("UYW", 4),
            ("ISK", 0),
            ("CHF", 2),
        ] {
            assert_eq!(minor_units(code), Some(digits), "{code}");
        }
        assert_eq!(minor_units("usd"), None);
        assert_eq!(minor_units("DEM"), None);
    }

    #[test]
    fn every_row_of_the_file_is_read() {
        let rows = include_str!("../../../stdlib/iso4217.csv").lines().count() - 1;
        assert_eq!(currencies().count(), rows);
        assert!(rows > 150, "{rows}");
    }
}
