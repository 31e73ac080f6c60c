//! Text: normal form and functions. Lengths and positions count code points.
//!
//! Text from outside (source fields, literals) is brought to NFC once; functions then work on code points as they are, and two
//! texts are equal when their code points are.

use std::sync::Arc;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The text in NFC.
#[must_use]
pub fn normalised(text: &str) -> Arc<str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Arc::from(text);
    }
    Arc::from(text.nfc().collect::<String>())
}

/// Number of code points.
#[must_use]
pub fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// Whether the text has at most `max` code points.
#[must_use]
pub fn fits(text: &str, max: u32) -> bool {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    // A code point takes at least one byte, so short texts need not be counted.
    text.len() <= max || length(text) <= max
}

/// The first `count` code points.
#[must_use]
pub fn left(text: &str, count: usize) -> &str {
    match text.char_indices().nth(count) {
        Some((end, _)) => text.get(..end).unwrap_or(text),
        None => text,
    }
}

/// The last `count` code points.
#[must_use]
pub fn right(text: &str, count: usize) -> &str {
    match count.checked_sub(1).map(|back| text.char_indices().rev().nth(back)) {
        None => "",
        Some(Some((start, _))) => text.get(start..).unwrap_or(text),
        Some(None) => text,
    }
}

/// For matching: NFKC, lower case, runs of white space as one blank, none at the ends. Folding again changes nothing.
#[must_use]
pub fn folded(text: &str) -> String {
    let lower = text.nfkc().collect::<String>().to_lowercase();
    let mut out = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        // Lower case may take a letter apart and leave its marks out of order (İ with a dot below).
        out.extend(word.nfkc());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_any_character_again_changes_nothing() {
        // Both planes with letters that have case.
        for character in '\0'..'\u{20000}' {
            let text = format!("{character}A{character}\u{323} {character}Σ");
            let once = folded(&text);
            assert_eq!(folded(&once), once, "{text:?}");
        }
    }
}
