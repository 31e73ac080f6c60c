//! The words of the language.
//!
//! **Reserved** words are names nowhere (backticks help); all others are **contextual**: words at the place where
//! the grammar wants them, names elsewhere. **Planned** words open items, statements and types of later versions.

use crate::ast::ItemWord;

/// Whether `word` is never a name.
#[must_use]
pub fn is_reserved(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "or"
            | "not"
            | "in"
            | "is"
            | "else"
            | "when"
            | "where"
            | "while"
            | "match"
            | "let"
            | "as"
            | "from"
            | "for"
            | "then"
            | "true"
            | "false"
            | "null"
            | "self"
    )
}

/// The items of this version by their first word.
pub(crate) const ITEMS: [(&str, ItemWord); 12] = [
    ("use", ItemWord::Use),
    ("unit", ItemWord::Unit),
    ("team", ItemWord::Team),
    ("queue", ItemWord::Queue),
    ("enum", ItemWord::Enum),
    ("lifecycle", ItemWord::Lifecycle),
    ("system", ItemWord::System),
    ("object", ItemWord::Object),
    ("ownership", ItemWord::Ownership),
    ("codes", ItemWord::Codes),
    ("map", ItemWord::Map),
    ("sync", ItemWord::Sync),
];

/// Which item begins with `word`.
pub(crate) fn item_word(word: &str) -> ItemWord {
    ITEMS.iter().find(|(text, _)| *text == word).map_or(ItemWord::Unknown, |(_, item)| *item)
}

impl ItemWord {
    /// The word as written.
    pub fn text(self) -> &'static str {
        ITEMS.iter().find(|(_, item)| *item == self).map_or("item", |(text, _)| *text)
    }
}

/// The candidate that `word` was probably meant to be.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = match word.chars().count() {
        0..=2 => return None,
        3..=4 => 1,
        _ => 2,
    };
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word.to_lowercase(), candidate), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, candidate)| candidate)
}
