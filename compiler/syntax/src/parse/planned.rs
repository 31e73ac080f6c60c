//! Words that the language keeps for later versions, by where they would stand.

use super::explain::Block;

/// Words that open items of later versions.
const ITEMS: [&str; 15] = [
    "amendment",
    "billing",
    "check",
    "event",
    "exchange",
    "invariant",
    "label",
    "labels",
    "metric",
    "overlay",
    "policy",
    "process",
    "revenue",
    "template",
    "delete",
];

/// Whether an item of a later version begins with `word`.
pub(super) fn is_planned_item(word: &str) -> bool {
    ITEMS.contains(&word)
}

/// What of a later version the token `found` begins in a header, as the message names it.
pub(super) fn planned_in_header(found: &str) -> Option<&'static str> {
    Some(match found {
        "as" => "`as`",
        _ => return None,
    })
}

/// Whether a statement of this block begins with `word` in a later version.
pub(super) fn is_planned_statement(block: Block, word: &str) -> bool {
    let words: &[&str] = match block {
        Block::System => &["clearance", "exchange", "format", "region"],
        Block::Entity => &["format", "keys", "length", "must", "stores"],
        Block::Map => &["asserts", "disclose"],
        Block::Team
        | Block::Queue
        | Block::Object
        | Block::Ownership
        | Block::Sync
        | Block::Codes
        | Block::Test
        | Block::Calendar
        | Block::Holidays
        | Block::Wave => &[],
    };
    words.contains(&word)
}

/// What of a later version the token `found` begins inside a statement, as the message names it.
pub(super) fn planned_inside(found: &str) -> Option<&'static str> {
    Some(match found {
        "becomes" => "`becomes`",
        _ => return None,
    })
}

/// What of a later version the token `found` begins in a type, as the message names it.
pub(super) fn planned_in_type(found: &str) -> Option<&'static str> {
    Some(match found {
        "[" => "a list type",
        "@" => "a label",
        _ => return None,
    })
}
