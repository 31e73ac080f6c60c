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
pub(crate) const ITEMS: [(&str, ItemWord); 17] = [
    ("use", ItemWord::Use),
    ("unit", ItemWord::Unit),
    ("team", ItemWord::Team),
    ("queue", ItemWord::Queue),
    ("enum", ItemWord::Enum),
    ("lifecycle", ItemWord::Lifecycle),
    ("product", ItemWord::Product),
    ("system", ItemWord::System),
    ("object", ItemWord::Object),
    ("ownership", ItemWord::Ownership),
    ("codes", ItemWord::Codes),
    ("map", ItemWord::Map),
    ("sync", ItemWord::Sync),
    ("test", ItemWord::Test),
    ("calendar", ItemWord::Calendar),
    ("holidays", ItemWord::Holidays),
    ("wave", ItemWord::Wave),
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

/// How a type that other languages have is written in this one.
pub fn type_meant_by(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "string" | "str" | "char" | "varchar" | "nvarchar" | "varchar2" => {
            "`text`, or `text(40)` for at most 40 characters"
        }
        "float" | "double" | "real" | "number" | "numeric" => "`decimal(9, 2)` for 9 digits, 2 of them after the point",
        "integer" | "bigint" | "smallint" | "long" => "`int`",
        "boolean" | "bit" => "`bool`",
        "datetime" | "timestamp" | "timestamptz" | "time" => "`instant`",
        "amount" | "price" => "`money(USD)` or `money in currency`",
        _ => return None,
    })
}
