//! Whatever the text: splitting tiles it, reading survives it, formatting changes nothing it says.

use proptest::prelude::*;
use syncline_syntax::ast::Range;
use syncline_syntax::{FormatError, format, parse_file, split};

/// Everything outside items and comments is white space, a stray bracket or sign, or a character that was reported.
fn check_tiles(text: &str) {
    let file = split(text);
    let mut covered: Vec<(usize, usize)> = Vec::new();
    for item in &file.items {
        let (start, end) = (item.start as usize, item.end() as usize);
        assert!(covered.last().is_none_or(|(_, before)| *before <= start), "items in order");
        assert_eq!(item.text.len(), text[start..end].len(), "masking keeps lengths");
        covered.push((start, end));
    }
    covered.extend(file.comments.iter().map(|comment| (comment.range.start as usize, comment.range.end as usize)));
    covered.extend(file.errors.iter().map(|error| (error.range.start as usize, error.range.end as usize)));
    covered.sort_unstable();
    let mut at = 0;
    for (start, end) in covered.into_iter().chain([(text.len(), text.len())]) {
        let between = text.get(at..start).unwrap_or_default();
        assert!(
            between.chars().all(|character| matches!(character, ' ' | '\t' | '\r' | '\n' | ';' | '\u{FEFF}')),
            "{between:?}"
        );
        at = at.max(end);
    }
}

/// Errors lie inside the text, at whole characters, and formatting never leaves a text that it would change again.
fn check_reading(text: &str) {
    let file = parse_file(text);
    for error in file.all_errors() {
        let Range { start, end } = error.range;
        assert!(text.get(start as usize..end as usize).is_some(), "{error:?}");
    }
    match format(text) {
        Ok(formatted) => assert_eq!(format(&formatted).as_deref(), Ok(formatted.as_str())),
        Err(FormatError::Syntax(errors)) => assert!(!errors.is_empty() && !file.is_clean()),
        Err(refused) => panic!("{refused} for {text:?}"),
    }
}

const TOKENS: [&str; 88] = [
    "use",
    "unit",
    "team",
    "queue",
    "enum",
    "lifecycle",
    "system",
    "object",
    "ownership",
    "codes",
    "map",
    "sync",
    "entity",
    "key",
    "title",
    "cursor",
    "accepts",
    "owns",
    "moves",
    "let",
    "require",
    "else",
    "quarantine",
    "otherwise",
    "wait",
    "at",
    "most",
    "of",
    "by",
    "where",
    "when",
    "while",
    "match",
    "in",
    "is",
    "known",
    "and",
    "or",
    "not",
    "self",
    "true",
    "null",
    "as",
    "creates",
    "round",
    "x",
    "Y",
    "a.b",
    "`q r`",
    "`open",
    "\"t {x}\"",
    "\"{{\"",
    "\"open",
    "5",
    "5.0",
    "15m",
    "20%",
    "24 hour",
    "2026-01-31",
    "2026-01-31T10:00Z",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    ",",
    ";",
    ":",
    ".",
    "=",
    "==",
    "=>",
    "->",
    "<->",
    "<",
    "+",
    "-",
    "*",
    "/",
    "??",
    "?",
    "// c",
    "/// d",
    "//! e",
    "é",
    "\u{1E}",
    "%",
];

const SEPARATORS: [&str; 7] = [" ", " ", " ", "\n", "\n", "\r\n", ""];

fn soup() -> impl Strategy<Value = String> {
    let token = (0..TOKENS.len(), 0..SEPARATORS.len());
    prop::collection::vec(token, 0..80)
        .prop_map(|parts| parts.into_iter().map(|(token, gap)| [TOKENS[token], SEPARATORS[gap]].concat()).collect())
}

/// A good text with a piece taken out and other tokens put in.
fn damaged() -> impl Strategy<Value = String> {
    let text = include_str!("../cases/trees/everything.syn");
    (0..text.len(), 0..40usize, soup()).prop_map(move |(at, length, soup)| {
        let start = text.floor_char_boundary(at);
        let end = text.ceil_char_boundary((at + length).min(text.len()));
        [&text[..start], &soup[..soup.floor_char_boundary(30)], &text[end..]].concat()
    })
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a",
        "b7",
        "order",
        "event",
        "key",
        "version",
        "cursor",
        "delete",
        "full",
        "`x y`",
        "_u",
        "Island",
        "quarantine",
        "a_rather_long_name_for_a_field",
        "another_name_that_takes_its_space",
    ])
    .prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    prop::collection::vec(name(), 1..4).prop_map(|names| names.join("."))
}

fn literal() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "0",
        "8.00",
        "24 hour",
        "1600.00 USD",
        "20%",
        "15m",
        "2026-01-31",
        "2026-01-31T10:00Z",
        "\"text\"",
        "\"{a} of {b.c} {{x}} // no comment\"",
        "true",
        "null",
    ])
    .prop_map(str::to_owned)
}

fn expr() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![path(), literal(), Just("self.a".to_owned())];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "??", "and", "or"]);
        let list = prop::collection::vec(inner.clone(), 1..4).prop_map(|list| list.join(" , "));
        let set = prop::collection::vec(prop_oneof![name(), literal()], 1..5).prop_map(|list| list.join(" , "));
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("( {a} ) == ( {b} )")),
            inner.clone().prop_map(|a| format!("( {a} )")),
            inner.clone().prop_map(|a| format!("not ( {a} )")),
            inner.clone().prop_map(|a| format!("- ( {a} )")),
            (path(), set).prop_map(|(a, set)| format!("( {a} in {{ {set} }} )")),
            path().prop_map(|a| format!("( {a} is known )")),
            (name(), list).prop_map(|(f, list)| format!("{f}( {list} )")),
            (name(), inner.clone(), name()).prop_map(|(o, a, field)| format!("{o}[ a : {a} , b.c : 1 ].{field}")),
            (path(), inner.clone()).prop_map(|(o, a)| format!("{o}[ {a} ]")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!(
                "match {a} {{ A => {b} ; - 1 => {b} ; B , \"c\" => {c} ; else => null }}"
            )),
        ]
    })
}

fn statement() -> impl Strategy<Value = String> {
    let route = prop_oneof![
        Just(String::new()),
        name().prop_map(|queue| format!(" else quarantine {queue} why \"because {{a}}\""))
    ];
    prop_oneof![
        (name(), expr(), route).prop_map(|(field, value, route)| format!("{field} = {value}{route}")),
        (name(), expr()).prop_map(|(field, value)| format!("let {field} = {value}")),
        expr().prop_map(|value| format!("require {value} else quarantine desk reason")),
        prop::collection::vec(name(), 1..8).prop_map(|names| format!("ignore {}", names.join(" , "))),
        Just("otherwise quarantine desk".to_owned()),
        Just("wait at most 4h".to_owned()),
    ]
}

/// Statements with what may stand between them.
fn block(statement: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let end = prop::sample::select(vec!["\n", "\n\n\n", " ; ", " // why\n", "\n  // alone\n", "\n\n// apart\n\n"]);
    prop::collection::vec((statement, end), 0..6)
        .prop_map(|parts| parts.into_iter().map(|(statement, end)| [statement.as_str(), end].concat()).collect())
}

fn field() -> impl Strategy<Value = String> {
    let ty = prop::sample::select(vec![
        "text",
        "text( 18 ) ?",
        "decimal( 6 , 2 ) hour",
        "money( 14 , 4 ) in a.b / hour ?",
        "money( USD )",
        "currency fixed",
        "enum { A , B }",
        "enum {\nA , // first\nB\n}",
        "lifecycle { a -> b ; b -> c }",
        "lifecycle {\n a -> b\n b -> c }",
        "percent from points",
        "Other ? fixed",
    ]);
    (name(), ty).prop_map(|(name, ty)| format!("{name} : {ty}"))
}

fn specification() -> impl Strategy<Value = String> {
    let item = prop_oneof![
        (path(), name(), block(statement())).prop_map(|(s, t, body)| format!("map {s} -> {t} creates {{ {body} }}")),
        (path(), expr(), block(statement())).prop_map(|(s, e, body)| format!("map {s} -> a.b where {e} {{\n{body}}}")),
        (name(), block(field())).prop_map(|(name, body)| format!("object {name} : master {{\nkey ( a , b )\n{body}}}")),
        (name(), block(field())).prop_map(|(name, body)| format!("system {name} {{ entity e {{\n{body}}} }}")),
        expr().prop_map(|e| format!("sync s by t {{ move a.b -> C -> {{ x.y when {e} , z.w }} ; after a , b }}")),
        prop::collection::vec(name(), 1..6).prop_map(|names| format!("use a.{{{}}}", names.join(","))),
    ];
    let end = prop::sample::select(vec!["\n", "\n\n\n", " // end\n", "\n// next\n", "\n\n// apart\n\n"]);
    prop::collection::vec((item, end), 1..4)
        .prop_map(|parts| parts.into_iter().map(|(item, end)| [item.as_str(), end].concat()).collect())
}

/// The same tokens with other white space: wherever a line may break without ending the statement, it sometimes does.
fn with_other_blanks(text: &str, choices: &[u8]) -> String {
    let mut out = String::new();
    let mut brackets = Vec::new();
    let mut quoted = None;
    let mut choices = choices.iter().copied().cycle();
    for character in text.chars() {
        match (quoted, character) {
            (Some(quote), _) if quote == character => quoted = None,
            (None, '"' | '`') => quoted = Some(character),
            (None, '(' | '[' | '{') => brackets.push(character),
            (None, ')' | ']' | '}') => {
                brackets.pop();
            }
            (None, '/') if out.ends_with('/') => quoted = Some('\n'),
            _ => {}
        }
        if character != ' ' || quoted.is_some() {
            out.push(character);
            continue;
        }
        let goes_on = matches!(brackets.last(), Some('(' | '['))
            || out.ends_with(" =")
            || out.ends_with([',', '+'])
            || out.ends_with(" and");
        out.push_str(match (choices.next(), goes_on) {
            (Some(0), true) => "\n   ",
            (Some(1), true) => " // here\n",
            (Some(2), true) => "\n\n// there\n\n",
            (Some(3), _) => "   ",
            (Some(4), _) => "\t",
            _ => " ",
        });
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_tiled_and_read(text in "\\PC{0,200}|[\\x00-\\x7F\\n]{0,300}") {
        check_tiles(&text);
        check_reading(&text);
    }

    #[test]
    fn any_tokens_are_tiled_and_read(text in soup()) {
        check_tiles(&text);
        check_reading(&text);
    }

    #[test]
    fn damaged_texts_are_tiled_and_read(text in damaged()) {
        check_tiles(&text);
        check_reading(&text);
    }

    #[test]
    fn formatting_is_stable_and_loses_nothing(text in specification(), choices in prop::collection::vec(0u8..12, 40)) {
        let text = with_other_blanks(&text, &choices);
        let file = parse_file(&text);
        prop_assert_eq!(file.all_errors(), vec![], "{}", text);
        // `format` compares trees and comments itself and refuses when they differ: it must not need to.
        let formatted = format(&text);
        prop_assert!(formatted.is_ok(), "{:?}\n{}", formatted, text);
        let formatted = formatted.unwrap();
        prop_assert_eq!(format(&formatted), Ok(formatted.clone()));
        let comments = |text: &str| text.matches("//").count();
        prop_assert_eq!(comments(&formatted), comments(&text));
    }
}
