//! The tokens and comments of a clean file, in one sequence.

use crate::split::{END, split};

/// A token or comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lexeme<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// Whether it is the first of its line.
    pub(super) newline_before: bool,
    /// Whether a blank line stands before it.
    pub(super) blank_before: bool,
}

/// What a lexeme is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word, or a name in backticks.
    Word,
    /// A number, date or duration with everything that belongs to it.
    Number,
    /// A text in quotes.
    Text,
    /// An operator or other sign.
    Sign,
    /// `(`, `[`, `{`
    Open,
    /// `)`, `]`, `}`
    Close,
    /// The end of a statement or item; has no text of its own.
    End,
    /// A comment.
    Comment,
}

/// All lexemes of a file, an [`Kind::End`] after each item.
pub(super) fn lexemes(text: &str) -> Vec<Lexeme<'_>> {
    let file = split(text);
    let mut found = Vec::new();
    let mut comments = file.comments.iter().peekable();
    let mut comments_before = |at: u32, found: &mut Vec<(usize, usize, Kind)>| {
        while let Some(comment) = comments.next_if(|comment| comment.range.start < at) {
            found.push((comment.range.start as usize, comment.range.end as usize, Kind::Comment));
        }
    };
    for item in &file.items {
        let start = item.start as usize;
        let mut at = 0;
        while let Some((from, to, kind)) = next(&item.text, at) {
            comments_before(u32::try_from(start + from).unwrap_or(u32::MAX), &mut found);
            found.push((start + from, start + to, kind));
            at = to;
        }
        comments_before(item.end(), &mut found);
        found.push((item.end() as usize, item.end() as usize, Kind::End));
    }
    comments_before(u32::MAX, &mut found);

    let mut end = 0;
    let mut lexemes = Vec::with_capacity(found.len());
    for (from, to, kind) in found {
        let newlines = text.get(end..from).unwrap_or_default().bytes().filter(|byte| *byte == b'\n').count();
        let text = if kind == Kind::End { "" } else { text.get(from..to).unwrap_or_default() };
        lexemes.push(Lexeme { kind, text, newline_before: newlines > 0, blank_before: newlines > 1 });
        // The newline that ends a statement is counted for what comes after it.
        if kind != Kind::End {
            end = to;
        }
    }
    lexemes
}

/// The next token of masked text: its start, end and kind.
fn next(text: &str, at: usize) -> Option<(usize, usize, Kind)> {
    let rest = text.get(at..)?;
    let start = at + (rest.len() - rest.trim_start_matches(' ').len());
    let rest = text.get(start..)?;
    let first = rest.chars().next()?;
    let is_word = |next: char| next.is_alphanumeric() || next == '_';
    let (length, kind) = match first {
        END | ';' => (1, Kind::End),
        '(' | '[' | '{' => (1, Kind::Open),
        ')' | ']' | '}' => (1, Kind::Close),
        '"' => (text_length(rest), Kind::Text),
        '`' => (1 + rest.get(1..)?.find('`').map_or(rest.len() - 1, |end| end + 1), Kind::Word),
        _ if first.is_ascii_digit() => (number_length(rest), Kind::Number),
        _ if is_word(first) => (rest.find(|next| !is_word(next)).unwrap_or(rest.len()), Kind::Word),
        _ => {
            let signs = ["<->", "->", "=>", "==", "!=", "<=", ">=", "??", ".."];
            let sign = signs.iter().find(|sign| rest.starts_with(**sign));
            (sign.map_or(first.len_utf8(), |sign| sign.len()), Kind::Sign)
        }
    };
    Some((start, start + length, kind))
}

/// The length of the text in quotes that `rest` starts with; its fields may hold quotes in backticks.
fn text_length(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1).peekable();
    let mut in_field = false;
    let mut in_name = false;
    while let Some((at, character)) = characters.next() {
        match character {
            '`' if in_field => in_name = !in_name,
            _ if in_name => {}
            '"' => return at + 1,
            '\\' if !in_field => {
                characters.next();
            }
            '{' if !in_field && characters.next_if(|(_, next)| *next == '{').is_some() => {}
            '{' => in_field = true,
            '}' => in_field = false,
            _ => {}
        }
    }
    rest.len()
}

/// The length of the number, date, duration or percentage that `rest` starts with.
fn number_length(rest: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let word = |text: &str| text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
    let bytes = rest.as_bytes();
    let at = |index: usize| bytes.get(index).copied();
    let is_date = digits(rest) == 4
        && at(4) == Some(b'-')
        && rest.get(5..).is_some_and(|month| digits(month) == 2)
        && at(7) == Some(b'-')
        && rest.get(8..).is_some_and(|day| digits(day) >= 2);
    if is_date {
        if at(10) != Some(b'T') {
            return 10;
        }
        let time =
            bytes.iter().skip(11).take_while(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.')).count();
        let zone = 11 + time;
        return match at(zone) {
            Some(b'Z') => zone + 1,
            _ => (zone + 6).min(rest.len()),
        };
    }
    let whole = digits(rest);
    // `06:00`
    if whole == 2 && at(2) == Some(b':') && rest.get(3..).is_some_and(|minutes| digits(minutes) == 2) {
        return 5;
    }
    let fraction = match (at(whole), rest.get(whole + 1..)) {
        (Some(b'.'), Some(after)) if digits(after) > 0 => 1 + digits(after),
        _ => 0,
    };
    let length = whole + fraction;
    match at(length) {
        Some(b'%') => length + 1,
        _ => length + rest.get(length..).map_or(0, word),
    }
}
