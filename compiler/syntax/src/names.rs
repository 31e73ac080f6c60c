//! Names as written and as compared.

use smol_str::SmolStr;
use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};

/// `written` in Unicode normal form C, without backticks.
pub(crate) fn normalised(written: &str) -> SmolStr {
    if written.is_ascii() && !written.starts_with('`') {
        return SmolStr::new(written);
    }
    let bare: String = written.chars().filter(|character| *character != '`').collect();
    SmolStr::new(normal_form(&bare))
}

/// `text` in Unicode normal form C.
pub(crate) fn normal_form(text: &str) -> String {
    match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => text.to_owned(),
        _ => text.nfc().collect(),
    }
}
