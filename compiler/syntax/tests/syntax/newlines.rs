//! Which newlines end a statement: each rule, with what it could be confused with.

use syncline_syntax::{END, split};

/// The statements of a block with this body, blanks between tokens made one.
fn statements(body: &str) -> Vec<String> {
    let text = format!("map a -> b {{\n{body}\n}}");
    let file = split(&text);
    assert_eq!(file.items.len(), 1, "one item in {text:?}");
    let masked = &file.items[0].text;
    assert_eq!(masked.len(), text.len(), "offsets do not move");
    let inner = masked.split_once('{').unwrap().1.strip_suffix('}').unwrap();
    let statements = inner.split([END, ';']).map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
    statements.filter(|statement| !statement.is_empty()).collect()
}

#[test]
fn a_newline_or_a_semicolon_ends_a_statement() {
    assert_eq!(statements("a = 1\nb = 2"), ["a = 1", "b = 2"]);
    assert_eq!(statements("a = 1; b = 2"), ["a = 1", "b = 2"]);
    assert_eq!(statements("a = 1;\n\n;\nb = 2\n\n\n"), ["a = 1", "b = 2"]);
}

#[test]
fn a_guard_does_not_swallow_the_next_line() {
    assert_eq!(
        statements("crm owns price while qty > 5\nerp owns tax"),
        ["crm owns price while qty > 5", "erp owns tax"]
    );
}

#[test]
fn nothing_ends_inside_parentheses_and_brackets() {
    assert_eq!(statements("a = round(\nb\nc\n)\nd = 1"), ["a = round( b c )", "d = 1"]);
    assert_eq!(statements("a = Card[\nkey\n: b\n]\nd = 1"), ["a = Card[ key : b ]", "d = 1"]);
}

#[test]
fn a_brace_inside_parentheses_is_a_block_again() {
    assert_eq!(
        statements("a = f(match x {\nA => 1\nB => 2\n}\n)\nd = 1"),
        ["a = f(match x { A => 1", "B => 2", "} )", "d = 1"]
    );
}

#[test]
fn a_line_that_ends_in_one_of_these_goes_on() {
    let openers = ["{", ",", "=", "->", "..", "<->", "=>"];
    let operators = ["+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "??"];
    let words = ["and", "or", "in", "is"];
    for sign in openers.iter().chain(&operators).chain(&words) {
        let close = if *sign == "{" { "}" } else { "" };
        assert_eq!(
            statements(&format!("a {sign}\nb {close}\nc = 1")),
            [format!("a {sign} b {close}").trim(), "c = 1"],
            "after {sign}"
        );
    }
}

#[test]
fn a_line_that_starts_with_one_of_these_continues() {
    let operators = ["+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "??", "->", "<->"];
    let words = ["and", "or", "else", "as", "in", "is"];
    for sign in operators.iter().chain(&words).chain(&["..", ","]) {
        assert_eq!(
            statements(&format!("a\n{sign} b\nc = 1")),
            [format!("a {sign} b").as_str(), "c = 1"],
            "before {sign}"
        );
    }
    assert_eq!(statements("a = f(b\n)\nc = 1"), ["a = f(b )", "c = 1"]);
    assert_eq!(statements("a = f[b\n]\nc = 1"), ["a = f[b ]", "c = 1"]);
}

#[test]
fn other_lines_do_not_continue() {
    for start in ["=", "{ }", "(b)", "when b", "where b", "while b", "not b", ": b", "? b", "\"b\"", "5"] {
        let found = statements(&format!("a\n{start}"));
        assert_eq!(found, ["a", start], "before {start}");
    }
    for end in ["not", "else", "when", ":", "?", ")", "x", "5", "5m", "%", "\"b\"", "`b`"] {
        let open = if end == ")" { "(" } else { "" };
        let found = statements(&format!("a {open}{end}\nb = 1"));
        assert_eq!(found, [format!("a {open}{end}"), "b = 1".to_owned()], "after {end}");
    }
}

#[test]
fn words_that_only_look_like_operators_are_names() {
    for name in ["order", "android", "asset", "elsewhere", "inner", "island", "or_", "in2"] {
        assert_eq!(statements(&format!("a = b\n{name} = 1")), ["a = b".to_owned(), format!("{name} = 1")]);
    }
    for name in ["floor", "band", "this", "within", "x_in"] {
        assert_eq!(statements(&format!("a = {name}\nb = 1")), [format!("a = {name}"), "b = 1".to_owned()]);
    }
}

#[test]
fn the_star_of_a_claim_is_no_multiplication() {
    assert_eq!(statements("crm owns *\ncpq owns price"), ["crm owns *", "cpq owns price"]);
    assert_eq!(statements("`c r m` owns *\ncpq owns price"), ["`c r m` owns *", "cpq owns price"]);
    assert_eq!(statements("x = owns *\n2"), ["x = owns * 2"]);
}

#[test]
fn comments_and_blank_lines_change_nothing() {
    assert_eq!(statements("a = 1 // and,\nb = 2"), ["a = 1", "b = 2"]);
    assert_eq!(statements("a = 1 + // sum\n\n\n2\nb = 2"), ["a = 1 + 2", "b = 2"]);
    assert_eq!(statements("a = 1\n// why\n\n  + 2\nb = 2"), ["a = 1 + 2", "b = 2"]);
    assert_eq!(statements("// { ( [\na = 1\n// \" `\nb = 2"), ["a = 1", "b = 2"]);
}

#[test]
fn texts_and_backticks_are_opaque() {
    assert_eq!(statements("a = \"{b} // , ( {{ \\\" \"\nc = 1"), ["a = \"{b} // , ( {{ \\\" \"", "c = 1"]);
    assert_eq!(statements("`a // ( \" b` = 1\nc = 1"), ["`a // ( \" b` = 1", "c = 1"]);
    // Inside the braces of a text a name in backticks may hold a quote.
    assert_eq!(statements("a = \"{`size \"`}\"\nc = 1"), ["a = \"{`size \"`}\"", "c = 1"]);
}

#[test]
fn a_carriage_return_belongs_to_its_newline() {
    assert_eq!(statements("a = 1\r\nb = 2 +\r\n3\r\n"), ["a = 1", "b = 2 + 3"]);
}

#[test]
fn the_first_newline_is_the_one_that_is_marked() {
    let file = split("map a -> b {\n  c = 1  // one\n\n\n  d = 2\n}");
    assert_eq!(file.items[0].text, "map a -> b {   c = 1        \u{1E}    d = 2\u{1E}}");
}

#[test]
fn a_bracket_left_open_spoils_its_own_line_only() {
    // The next line assigns, which nothing in parentheses does; the last one is ended by the brace.
    assert_eq!(statements("a = round(b, 2\nc = 1\nd = f(2"), ["a = round(b, 2", "c = 1", "d = f(2"]);
    assert_eq!(statements("a = f(1\nwait at most 4h"), ["a = f(1", "wait at most 4h"]);
    assert_eq!(statements("a = \"open\nb = 1"), ["a = \"open", "b = 1"]);
    assert_eq!(statements("a = `open\nb = 1"), ["a = `open", "b = 1"]);
}
