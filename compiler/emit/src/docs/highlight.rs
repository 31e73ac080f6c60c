//! The words of the language, told apart for the eye: comments, texts, numbers and keywords. No meaning hangs on it.

use crate::names::RESERVED;
use serde::Serialize;

/// Words that open a declaration or a statement, when they are the first word of a line, a block or a statement.
const OPENERS: [&str; 65] = [
    "accepts",
    "acyclic",
    "additive",
    "after",
    "capture",
    "category",
    "codes",
    "contact",
    "controlled",
    "correct",
    "cursor",
    "delete",
    "entity",
    "enum",
    "event",
    "find",
    "full",
    "idempotency",
    "idempotent",
    "ignore",
    "invariant",
    "key",
    "leave",
    "lifecycle",
    "map",
    "model",
    "move",
    "object",
    "on",
    "order",
    "otherwise",
    "outside",
    "owner",
    "ownership",
    "post",
    "queue",
    "reconcile",
    "require",
    "resolve",
    "respond",
    "returns",
    "reverses",
    "same",
    "starts",
    "sync",
    "syncs",
    "system",
    "team",
    "title",
    "unit",
    "use",
    "volume",
    "wait",
    "wave",
    "creates",
    "updates",
    "quarantine",
    "known",
    "unknown",
    "owns",
    "moves",
    "fixed",
    "by",
    "every",
    "within",
];

/// Openers that are keywords wherever they stand between other words.
const ANYWHERE: [&str; 11] =
    ["creates", "updates", "quarantine", "known", "unknown", "owns", "moves", "fixed", "by", "every", "within"];

/// A run of text of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Span {
    /// CSS class: `k` keyword, `s` text, `n` number, `c` comment; empty for everything else.
    pub(super) class: &'static str,
    /// The text.
    pub(super) text: String,
}

/// One line of a source file, cut into spans; put together they are the line.
pub(super) fn line(text: &str) -> Vec<Span> {
    spans(text, true)
}

fn spans(text: &str, statements: bool) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut rest = text;
    let mut opens = statements;
    let mut after_dot = false;
    while let Some(first) = rest.chars().next() {
        let length = run_length(rest, first);
        let (run, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let class = if after_dot { "" } else { class_of(run, first, statements.then_some(opens), tail) };
        after_dot = first == '.';
        if !run.trim().is_empty() {
            opens = statements && matches!(first, '{' | ';' | '}');
        }
        match spans.last_mut() {
            Some(last) if last.class == class => last.text.push_str(run),
            _ => spans.push(Span { class, text: run.to_owned() }),
        }
        rest = tail;
    }
    spans
}

/// An expression on one or several lines, cut into spans; put together they are the text. Words that open statements are names
/// there.
pub(super) fn expression(text: &str) -> Vec<Span> {
    spans(text, false)
}

/// Bytes of the run that `rest` begins with.
fn run_length(rest: &str, first: char) -> usize {
    let until = |stop: &dyn Fn(char) -> bool| rest.find(|letter: char| stop(letter)).unwrap_or(rest.len());
    if rest.starts_with("//") {
        rest.len()
    } else if first == '"' || first == '`' {
        closing_quote(rest, first)
    } else if first.is_alphabetic() || first == '_' {
        until(&|letter| !letter.is_alphanumeric() && letter != '_')
    } else if first.is_ascii_digit() {
        until(&|letter| !letter.is_ascii_alphanumeric() && letter != '.' && letter != '%')
    } else if first.is_whitespace() {
        until(&|letter| !letter.is_whitespace())
    } else {
        first.len_utf8()
    }
}

/// Bytes up to and with the quote that closes the one `rest` begins with; all of it when none does.
fn closing_quote(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if letter == '\\' && quote == '"' {
            escaped = true;
        } else if letter == quote {
            return at + letter.len_utf8();
        }
    }
    rest.len()
}

/// `opens`: whether a statement may begin here; none in an expression.
fn class_of(run: &str, first: char, opens: Option<bool>, tail: &str) -> &'static str {
    let names_something = tail.trim_start().starts_with([':', '=']) && !tail.trim_start().starts_with("==");
    if run.starts_with("//") {
        "c"
    } else if first == '"' {
        "s"
    } else if first.is_ascii_digit() {
        "n"
    } else if RESERVED.contains(&run) || (!names_something && !tail.starts_with('.') && is_keyword(run, opens)) {
        "k"
    } else {
        ""
    }
}

fn is_keyword(word: &str, opens: Option<bool>) -> bool {
    match opens {
        None => matches!(word, "known" | "unknown"),
        Some(opens) => (opens && OPENERS.contains(&word)) || ANYWHERE.contains(&word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        line(text)
            .iter()
            .map(
                |span| if span.class.is_empty() { span.text.clone() } else { format!("{}<{}>", span.class, span.text) },
            )
            .collect()
    }

    #[test]
    fn comments_texts_numbers_and_keywords_are_told_apart() {
        assert_eq!(
            marked("  require hours > 0 and x else quarantine q r \"a \\\" {b}\" // why \"not\""),
            "  k<require> hours > n<0> k<and> x k<else> k<quarantine> q r s<\"a \\\" {b}\"> c<// why \"not\">"
        );
        assert_eq!(marked("key: text(18); key id: text"), "key: text(n<18>); k<key> id: text");
        assert_eq!(marked("`when x` = Rate.by"), "`when x` = Rate.by");
    }

    #[test]
    fn words_that_open_statements_are_names_in_expressions() {
        let keywords = |text: &str| -> Vec<String> {
            expression(text).into_iter().filter(|span| span.class == "k").map(|span| span.text).collect()
        };
        assert_eq!(keywords("title"), [""; 0]);
        assert_eq!(keywords("match sync {\n  A => key is known\n}"), ["match", "is", "known"]);
    }

    #[test]
    fn nothing_is_lost() {
        for text in ["", "a\nb", "\"open \\", "`open", "ä ö // ü", "a\tb", "12.50 USD"] {
            assert_eq!(line(text).into_iter().map(|span| span.text).collect::<String>(), text);
        }
    }
}
