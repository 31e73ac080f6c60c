//! The tokens around the place where the grammar came no further.

use pest::error::{Error, InputLocation};

use super::Rule;
use crate::ast::Range;

pub(super) fn position(error: &Error<Rule>) -> usize {
    match error.location {
        InputLocation::Pos(at) => at,
        InputLocation::Span((start, _)) => start,
    }
}

pub(super) fn to_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

pub(super) fn slice(text: &str, place: Range) -> &str {
    text.get(place.start as usize..place.end as usize).unwrap_or_default()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The token that starts at `at` or after the blanks there; empty at the end of the statement.
pub(super) fn token_at(text: &str, at: usize) -> Range {
    let rest = text.get(at..).unwrap_or_default();
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    let rest = rest.trim_start_matches(' ');
    let length = match rest.chars().next() {
        None | Some(crate::split::END) => 0,
        // Dates and the like are one token, as wrong as they may be.
        Some('0'..='9') => {
            let end = rest.find(|next| !is_word(next) && !matches!(next, '-' | '.' | ':' | '%'));
            end.unwrap_or(rest.len())
        }
        Some(first) if is_word(first) => rest.find(|next| !is_word(next)).unwrap_or(rest.len()),
        Some(quote @ ('"' | '`')) => {
            rest.char_indices().skip(1).find(|(_, next)| *next == quote).map_or(rest.len(), |(end, _)| end + 1)
        }
        Some(first) => {
            let signs = ["<->", "->", "=>", "==", "!=", "<=", ">=", "??", ".."];
            signs.iter().find(|sign| rest.starts_with(**sign)).map_or(first.len_utf8(), |sign| sign.len())
        }
    };
    let start = at + blanks;
    Range::new(to_u32(start), to_u32(start + length))
}

/// The last token of `text`, which starts at `offset`.
pub(super) fn last_token(text: &str, offset: u32) -> Range {
    let mut last = Range::default();
    let mut at = 0;
    loop {
        let next = token_at(text, at);
        if next.is_empty() {
            return last.shifted(offset);
        }
        last = next;
        at = next.end as usize;
    }
}
