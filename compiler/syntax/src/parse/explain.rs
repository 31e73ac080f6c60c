//! What is wrong with text that the grammar could not read, in the words of the language.
//!
//! The statement is read again by itself with the rule of its block. Pest then says how far it came and what it wanted
//! there; both are told in terms of statements, names and types. When it came nowhere, the first word decides.

mod block;
mod expected;
mod token;

use pest::Parser as _;
use pest::error::{Error, ErrorVariant};

pub(super) use self::block::Block;
use self::block::header_shape;
use self::expected::{Whole, expected_words};
use self::token::{last_token, position, slice, to_u32, token_at};

use super::context::Context;
use super::grammar::{Grammar, Rule};
use super::planned::{is_planned_item, is_planned_statement};
use crate::ast::{ItemWord, Range};
use crate::words::{ITEMS, is_reserved, nearest};
use crate::{SyntaxError, SyntaxErrorKind};

/// Explains an item whose first word is none of the words of items.
pub(super) fn unknown_item(context: &Context<'_>) {
    let place = token_at(context.text, 0);
    if context.is_reported(place) {
        return;
    }
    let word = context.slice(place);
    if is_planned_item(word) {
        return context.report(not_in_this_release(place, &format!("`{word}`")));
    }
    let words = ITEMS.iter().map(|(text, _)| *text);
    let error = SyntaxError::new(SyntaxErrorKind::UnknownItem, place, format!("no item begins with `{word}`"));
    context.report(match nearest(word, words.clone()) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => {
            let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
            error.with_help(format!("items begin with {}", words.join(", ")))
        }
    });
}

/// Explains an item whose header could not be read.
pub(super) fn header(context: &Context<'_>, word: ItemWord, error: &Error<Rule>) {
    let header_end = context.text.find('{').map_or(context.text.len(), |brace| brace + 1);
    let place = Range::new(0, to_u32(header_end));
    let at = position(error);
    let found = token_at(context.text, at);
    if context.is_reported(place.cover(found)) {
        return;
    }
    let help = format!("write `{}`", header_shape(word));
    if at > 0
        && let Some(error) = expectation(context.text, 0, error, Whole::Item)
    {
        let is_final = error.help.is_some() || error.kind == SyntaxErrorKind::NotInThisRelease;
        return context.report(if is_final { error } else { error.with_help(help) });
    }
    let place = token_at(context.text, 0);
    let message = format!("this `{}` cannot be read", word.text());
    context.report(SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message).with_help(help));
}

impl Context<'_> {
    /// Explains a broken statement, and gives its range without the blanks at its end.
    pub(super) fn broken(&self, place: Range, block: Block) -> Range {
        let text = self.slice(place).trim_end_matches(' ');
        let place = Range::new(place.start, place.start + to_u32(text.len()));
        if self.is_reported(place) {
            return place;
        }
        let first = token_at(text, 0);
        let word = slice(text, first);
        let first = first.shifted(place.start);
        if is_planned_statement(block, word) {
            self.report(not_in_this_release(first, &format!("`{word}`")));
            return place;
        }
        let failure = Grammar::parse(block.rule(), text).err().filter(|error| position(error) > 0);
        let expected = failure.and_then(|error| expectation(text, place.start, &error, Whole::Statement));
        self.report(expected.unwrap_or_else(|| unknown_statement(text, place, block)));
        place
    }

    /// Explains a field `place` whose type, at `ty_place` if anything stands there, cannot be read.
    pub(super) fn explain_field(&self, place: Range, ty_place: Option<Range>, block: Block) {
        self.explain_rest(place, ty_place, Whole::Type, block.usual_statement());
    }

    /// Explains an assignment `place` whose value, at `value_place` if anything stands there, cannot be read.
    pub(super) fn explain_value(&self, place: Range, value_place: Option<Range>) {
        let usual = Block::Map.usual_statement();
        self.explain_rest(place, value_place, Whole::Value, usual);
    }

    fn explain_rest(&self, place: Range, rest: Option<Range>, whole: Whole, usual: &str) {
        if self.is_reported(place) {
            return;
        }
        let (rule, expected) = match whole {
            Whole::Type => (Rule::only_type, "a type"),
            _ => (Rule::only_value, "an expression"),
        };
        let Some(rest) = rest else {
            let sign = last_token(self.slice(place), place.start);
            let message = format!("expected {expected} after `{}`", self.slice(sign));
            return self.report(SyntaxError::new(SyntaxErrorKind::UnexpectedText, sign, message).with_help(usual));
        };
        let text = self.slice(rest).trim_end_matches(' ');
        let failure = Grammar::parse(rule, text).err().filter(|error| position(error) > 0);
        let expected_inside = failure.and_then(|error| expectation(text, rest.start, &error, whole));
        self.report(expected_inside.unwrap_or_else(|| unexpected_start(text, rest.start, whole, expected)));
    }
}

/// A type or value that is wrong from its first token on.
fn unexpected_start(text: &str, offset: u32, whole: Whole, expected: &str) -> SyntaxError {
    let found = token_at(text, 0);
    let token = slice(text, found);
    let place = found.shifted(offset);
    if let Some(what) = whole.planned(token) {
        return not_in_this_release(place, what);
    }
    if token.starts_with(|first: char| first.is_ascii_digit()) {
        let message = format!("`{token}` is no number, duration or date");
        let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message);
        return error.with_help("a unit stands apart from its number: `8 hour`");
    }
    SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, format!("expected {expected}, found `{token}`"))
}

fn not_in_this_release(place: Range, what: &str) -> SyntaxError {
    let message = format!("{what} is reserved for a later version of the language");
    SyntaxError::new(SyntaxErrorKind::NotInThisRelease, place, message)
}

/// A statement whose very first words are wrong.
fn unknown_statement(text: &str, place: Range, block: Block) -> SyntaxError {
    let offset = place.start;
    let first = token_at(text, 0);
    let second = token_at(text, first.end as usize);
    let word = slice(text, first);
    let words = block.statements();
    if let Some((word, shape)) = words.iter().find(|(known, _)| *known == word) {
        let message = format!("this `{word}` cannot be read");
        return SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message).with_help(format!("write `{shape}`"));
    }
    if block == Block::Object && matches!(word, "effective" | "versioned") {
        let message = format!("`{word}` stands in the header of the object");
        return SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message).with_help(format!(
            "write `object NAME: reference {} {{`",
            slice(text, Range::new(0, to_u32(text.len())))
        ));
    }
    if block == Block::Sync && word == "takes" {
        let message = "`takes at most` stands after `every`";
        return SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message)
            .with_help("write `every 15m takes at most 5m`");
    }
    let sign = slice(text, second);
    let is_name = slice(text, first).starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '`'));
    match (block, sign) {
        (Block::Map, "==") if is_name => {
            let message = "`==` compares two values; an assignment has one `=`";
            return SyntaxError::new(SyntaxErrorKind::UnexpectedText, second.shifted(place.start), message)
                .with_help(format!("write `{} = …`", slice(text, first)));
        }
        (Block::Map, ":") | (Block::Entity | Block::Object, "=") if is_name => {
            return SyntaxError::new(
                SyntaxErrorKind::UnexpectedText,
                second.shifted(offset),
                format!("`{sign}` cannot stand here"),
            )
            .with_help(block.usual_statement());
        }
        _ => {}
    }
    if !is_name {
        let message = format!("expected a statement of {}, found `{word}`", block.noun());
        return SyntaxError::new(SyntaxErrorKind::UnexpectedText, first.shifted(offset), message)
            .with_help(block.usual_statement());
    }
    let near = nearest(word, words.iter().map(|(word, _)| *word));
    let declares = match block {
        Block::Map => Some("="),
        Block::Entity | Block::Object => Some(":"),
        _ => None,
    };
    if let (None, Some(declares)) = (near, declares) {
        let (place, found) = match sign {
            "" => (first, String::new()),
            _ => (second, format!(", found `{sign}`")),
        };
        let message = format!("expected `{declares}` after `{word}`{found}");
        return SyntaxError::new(SyntaxErrorKind::UnexpectedText, place.shifted(offset), message)
            .with_help(block.usual_statement());
    }
    let message = format!("no statement of {} begins with `{word}`", block.noun());
    let error = SyntaxError::new(SyntaxErrorKind::UnknownStatement, first.shifted(offset), message);
    match near {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error.with_help(block.usual_statement()),
    }
}

/// What was expected where pest came no further in `text`, which starts at `offset`.
fn expectation(text: &str, offset: u32, error: &Error<Rule>, whole: Whole) -> Option<SyntaxError> {
    let at = position(error);
    let found = token_at(text, at);
    let token = slice(text, found);
    if let Some(what) = whole.planned(token) {
        return Some(not_in_this_release(found.shifted(offset), what));
    }
    let before = last_token(text.get(..at)?, 0);
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return None };
    // A reserved word was taken for an operand: it is what should not be there, not what follows it.
    if positives.contains(&Rule::EOI) && is_operator_word(slice(text, before)) {
        let message = format!("expected an expression, found `{}`", slice(text, before));
        return Some(SyntaxError::new(SyntaxErrorKind::UnexpectedText, before.shifted(offset), message));
    }
    let expected = expected_words(positives, whole)?;
    let mut message = format!("expected {expected}");
    if !before.is_empty() {
        message.push_str(&format!(" after `{}`", slice(text, before)));
    }
    let place = if token.is_empty() {
        before
    } else {
        message.push_str(&format!(", found `{token}`"));
        found
    };
    let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, place.shifted(offset), message);
    let is_comparison = token == "=" && whole == Whole::Value && expected.ends_with("statement");
    Some(if is_comparison { error.with_help("`==` compares two values") } else { error })
}

/// Whether this is a reserved word that is no value.
fn is_operator_word(word: &str) -> bool {
    is_reserved(word) && !matches!(word, "true" | "false" | "null" | "self")
}
