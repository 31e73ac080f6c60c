//! Running text: widths as a terminal counts them, wrapping, and nothing that could command the terminal.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

/// Columns between tab stops, here and in the excerpts.
pub(super) const TAB_WIDTH: usize = 4;

/// How many terminal columns a text without tabs takes.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Whether a character acts on the terminal, or reorders the text around it, instead of being shown.
pub(super) fn is_hidden(c: char) -> bool {
    (c.is_control() && c != '\t') || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// `text` on one line, with whatever would act on the terminal shown as an escape.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| c == '\t' || is_hidden(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => out.push(' '),
            c if is_hidden(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// `text` with tabs as blanks up to the next stop.
pub(super) fn expand_tabs(text: &str) -> Cow<'_, str> {
    if !text.contains('\t') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + TAB_WIDTH);
    let mut column = 0;
    for (index, part) in text.split('\t').enumerate() {
        if index > 0 {
            let stop = TAB_WIDTH - column % TAB_WIDTH;
            out.extend(std::iter::repeat_n(' ', stop));
            column += stop;
        }
        out.push_str(part);
        column += width(part);
    }
    Cow::Owned(out)
}

/// Breaks `text` into lines of at most `columns`, at blanks that do not stand between backticks. What has no such blank
/// is not broken. A line break in `text` stays one.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    text.lines().flat_map(|line| wrap_line(line, columns)).collect()
}

fn wrap_line(line: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    for word in words(line) {
        let word = visible(&word).into_owned();
        if !current.is_empty() && width(&current) + 1 + width(&word) > columns {
            lines.push(std::mem::take(&mut current));
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(&word);
    }
    lines.push(current);
    lines
}

/// The words of a line; blanks between backticks do not end a word.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in line.chars() {
        quoted ^= c == '`';
        if c == ' ' && !quoted {
            words.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_blanks_outside_backticks() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("write `except a, b` here", 14), ["write", "`except a, b`", "here"]);
        assert_eq!(wrap("incomprehensible", 4), ["incomprehensible"]);
        assert_eq!(wrap("one\ntwo", 20), ["one", "two"]);
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(width("工数"), 4);
        assert_eq!(wrap("工数 工数", 8), ["工数", "工数"]);
        assert_eq!(wrap("工数 工数", 9), ["工数 工数"]);
    }

    #[test]
    fn tabs_reach_the_next_stop() {
        assert_eq!(expand_tabs("\ta"), "    a");
        assert_eq!(expand_tabs("ab\tc"), "ab  c");
        assert_eq!(expand_tabs("abcd\te"), "abcd    e");
        assert_eq!(expand_tabs("工\tx"), "工  x");
    }

    #[test]
    fn nothing_commands_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(visible("a\nb\tc"), "a b c");
        assert_eq!(visible("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(visible("größe 😀"), "größe 😀");
    }
}
