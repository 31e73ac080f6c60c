//! How a file is cut into items: where they start and end, whose documentation is whose, which item is which.

use syncline_syntax::ast::{ItemKind, ItemWord};
use syncline_syntax::{CommentKind, MAX_DEPTH, SyntaxErrorKind, decode, parse_file, split};

/// The masked texts of all items.
fn texts(text: &str) -> Vec<String> {
    split(text).items.into_iter().map(|item| item.text).collect()
}

/// The identities of all items, as `word name#ordinal`.
fn ids(text: &str) -> Vec<String> {
    let items = split(text).items.into_iter();
    items.map(|item| format!("{} {}#{}", item.id.word.text(), item.id.name, item.id.ordinal)).collect()
}

/// The kinds and the marked texts of all errors.
fn errors(text: &str) -> Vec<(SyntaxErrorKind, &str)> {
    let errors = parse_file(text).all_errors().into_iter();
    errors.map(|error| (error.kind, &text[error.range.start as usize..error.range.end as usize])).collect()
}

#[test]
fn items_end_with_their_brace_or_their_line() {
    assert_eq!(
        texts("use a.b\nunit x\nenum E { A } enum F { B }\nuse c.{D,\n E}; unit y"),
        ["use a.b", "unit x", "enum E { A }", "enum F { B }", "use c.{D,  E}", "unit y"]
    );
}

#[test]
fn a_header_may_take_several_lines() {
    assert_eq!(
        texts("map a -> b\n  where x in { p, q }\n  and y == match z { A => 1 }\n{\n  c = 1\n}\nunit u"),
        ["map a -> b   where x in { p, q }   and y == match z { A => 1 } {   c = 1\u{1E}}", "unit u"]
    );
}

#[test]
fn an_item_stops_before_the_next_one_when_a_brace_is_missing() {
    let text = "team a {\n  title \"A\"\n\n/// Second.\nteam b { title \"B\" }\n";
    let file = parse_file(text);
    assert_eq!(ids(text), ["team a#0", "team b#0"]);
    assert_eq!(errors(text), [(SyntaxErrorKind::UnclosedBracket, "{")]);
    assert_eq!(file.items[1].item.docs, "Second.");
    // What could be read of the first is there.
    assert!(matches!(&file.items[0].item.kind, ItemKind::Team(team) if team.members.len() == 1));
}

#[test]
fn fields_named_like_items_start_none() {
    let text = "object A: master {\nkey id: text\nteam: text\nunit: text\nmap: text\n}\nunit x";
    assert_eq!(ids(text), ["object A#0", "unit x#0"]);
    assert!(errors(text).is_empty());
}

#[test]
fn the_brace_that_is_really_missing_is_found_by_indentation() {
    let text = "system a {\n  entity b {\n    x: int\n}\nsystem c {\n}\n";
    let file = parse_file(text);
    let error = &file.items[0].errors[0];
    assert_eq!((error.kind, error.range.start), (SyntaxErrorKind::UnclosedBracket, 22), "the brace of `b`");
    assert_eq!(errors(text).len(), 1);
}

#[test]
fn stray_closing_brackets_are_reported_and_left_out() {
    assert_eq!(
        errors("unit x\n}\nmap a -> b { c = d) }\n]"),
        [
            (SyntaxErrorKind::UnopenedBracket, "}"),
            (SyntaxErrorKind::UnopenedBracket, ")"),
            (SyntaxErrorKind::UnopenedBracket, "]"),
        ]
    );
}

#[test]
fn documentation_belongs_to_what_follows() {
    let text = "\
//! The file,
//!
//!   in three lines.
/// Of the system.
/// Second line.
system s {
  /// Of the entity.
  entity e {
    /// Of the key.
    key id: text
    /// Of a field.
    // A plain comment between does not part them.
    a: int
    b: enum {
      /// Of a value.
      X,
      Y,
    }
  }
}
";
    let file = parse_file(text);
    assert!(file.is_clean(), "{:?}", file.all_errors());
    assert_eq!(file.docs, "The file,\n\n  in three lines.");
    assert_eq!(file.items[0].item.docs, "Of the system.\nSecond line.");
    let found = format!("{:?}", file.items[0].item.kind);
    for docs in ["Of the entity.", "Of the key.", "Of a field.", "Of a value."] {
        assert_eq!(found.matches(&format!("docs: {docs:?}")).count(), 1, "{docs}");
    }
    assert_eq!(file.comments.iter().filter(|comment| comment.kind == CommentKind::Docs).count(), 6);
}

#[test]
fn four_slashes_are_a_plain_comment() {
    let file = parse_file("//// not docs\nunit x");
    assert_eq!(file.items[0].item.docs, "");
    assert_eq!(file.comments[0].kind, CommentKind::Plain);
}

#[test]
fn documentation_of_nothing_is_reported() {
    assert_eq!(errors("unit x\n/// Nothing follows."), [(SyntaxErrorKind::StrayDocs, "/// Nothing follows.")]);
    assert_eq!(errors("unit x /// Late."), [(SyntaxErrorKind::StrayDocs, "/// Late.")]);
    assert_eq!(errors("unit x\n//! Late."), [(SyntaxErrorKind::StrayDocs, "//! Late.")]);
    let before_a_clause = "object o: master {\n  /// Of a key.\n  key (a, b)\n  a: int\n  b: int\n}";
    assert_eq!(errors(before_a_clause), [(SyntaxErrorKind::StrayDocs, "key (a, b)")]);
    let not_of_the_next = "system s {\n  entity e {\n    /// Of a clause.\n    cursor a\n    a: int\n  }\n}";
    assert_eq!(errors(not_of_the_next), [(SyntaxErrorKind::StrayDocs, "/// Of a clause.")]);
    assert!(!format!("{:?}", parse_file(not_of_the_next).items).contains("docs: \"Of a clause.\""));
    assert_eq!(
        errors("system s {\n  entity e {\n    a: int\n    /// Of a clause.\n    cursor a\n    /// Of the end.\n  }\n}"),
        [(SyntaxErrorKind::StrayDocs, "/// Of a clause."), (SyntaxErrorKind::StrayDocs, "/// Of the end.")]
    );
}

#[test]
fn items_are_known_by_name_or_endpoints() {
    assert_eq!(
        ids("use a.b.{C,  D}\nuse a.b.*\nteam `Größe X` {}\nobject O: master {}\nmap p.q  ->  R creates {}\n\
             map R -> p.q where x == y {}\nmap p.q -> R updates {}\nownership of O by t {}\ncodes K: a.b.c <-> E {}\nsync S by t {}\nfoo bar {}"),
        [
            "use a.b.#0",
            "use a.b.*#0",
            "team Größe X#0",
            "object O#0",
            "map p.q -> R#0",
            "map R -> p.q#0",
            "map p.q -> R#1",
            "ownership O by t#0",
            "codes K#0",
            "sync S#0",
            "item foo#0",
        ]
    );
}

#[test]
fn the_hash_sees_what_the_reader_sees() {
    let hash = |text: &str| split(text).items[0].hash;
    let plain = hash("team a {\n  title \"A\" // one\n}");
    assert_eq!(plain, hash("\n\n// moved\nteam a {\n  title \"A\" // two\n}"), "comments and place");
    assert_ne!(plain, hash("team a {\n  title \"B\" // one\n}"), "text");
    assert_ne!(plain, hash("/// Docs.\nteam a {\n  title \"A\" // one\n}"), "its documentation");
    assert_ne!(hash("object a: master {\n/// A.\nb: int }"), hash("object a: master {\n/// B.\nb: int }"), "inner");
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| format!("map a -> b {{ c = {}1{} }}\nunit x", "(".repeat(depth), ")".repeat(depth));
    // The braces of the map are one level.
    assert!(errors(&nested(MAX_DEPTH - 1)).is_empty());
    let text = nested(MAX_DEPTH);
    assert_eq!(errors(&text), [(SyntaxErrorKind::TooDeep, "(")]);
    let file = parse_file(&text);
    assert!(matches!(file.items[0].item.kind, ItemKind::Broken(ItemWord::Map)));
    assert!(matches!(file.items[1].item.kind, ItemKind::Unit), "the next item is read");
}

#[test]
fn long_chains_of_operators_have_a_limit() {
    let chain = |terms: usize| format!("map a -> b {{ c = {} }}", vec!["x"; terms].join(" + "));
    assert!(errors(&chain(256)).is_empty());
    assert_eq!(errors(&chain(300))[0].0, SyntaxErrorKind::TooDeep);
    let signs = format!("map a -> b {{ c = {}x }}", "- ".repeat(100_000));
    assert_eq!(errors(&signs)[0].0, SyntaxErrorKind::TooDeep);
    // Three hundred in brackets of three hundred.
    let deep = (0..100).fold("x".to_owned(), |inner, _| format!("({inner}{})", " + x".repeat(200)));
    assert_eq!(errors(&format!("map a -> b {{ c = {deep} }}"))[0].0, SyntaxErrorKind::TooDeep);
}

#[test]
fn invisible_characters_are_reported_where_they_stand() {
    assert_eq!(
        errors("unit x\u{7}\n// \u{202E}\nteam t { title \"a\u{0}b\u{2066}\" }"),
        [
            (SyntaxErrorKind::StrayCharacter, "\u{7}"),
            (SyntaxErrorKind::StrayCharacter, "\u{202E}"),
            (SyntaxErrorKind::StrayCharacter, "\u{0}"),
            (SyntaxErrorKind::StrayCharacter, "\u{2066}"),
        ]
    );
    // The mark that ends statements means nothing when it is written.
    assert_eq!(texts("team t { title\u{1E}\"a\" }"), ["team t { title \"a\" }"]);
}

#[test]
fn a_byte_order_mark_is_no_text() {
    let file = parse_file("\u{FEFF}unit x\n");
    assert!(file.is_clean());
    assert_eq!(file.items[0].start, 3);
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    assert_eq!(decode(b"unit x"), Ok("unit x"));
    let error = decode(b"unit \xFFx").unwrap_err();
    assert_eq!((error.kind, error.range.start), (SyntaxErrorKind::NotUnicode, 5));
}

#[test]
fn ranges_count_from_the_item() {
    let text = "// before\nobject A: master {\n  key id: text\n}\n";
    let file = parse_file(text);
    let item = &file.items[0];
    assert_eq!(item.start, 10);
    let ItemKind::Object(object) = &item.item.kind else { panic!("an object") };
    let range = item.in_file(object.kind_range);
    assert_eq!(&text[range.start as usize..range.end as usize], "master");
}

#[test]
fn hostile_texts_take_no_longer_than_others() {
    // Each of these would take hours if any step looked back over the text for every character.
    for piece in [
        "(",
        "]",
        "(]",
        "{",
        "}",
        "\"",
        "`",
        "/// d\n",
        "unit x\n/// d\n",
        "a\n",
        "x = (\n",
        "\u{7}",
        "{(",
        "- ",
        "a.",
        ", a",
        " + a",
    ] {
        for head in ["", "map a -> b {\n", "map a -> b { x = ", "map a -> b { ignore x", "map a -> b { y = x in { z"] {
            let text = head.to_owned() + &piece.repeat(100_000 / piece.len());
            let file = parse_file(&text);
            assert!(!file.is_clean() || (head.is_empty() && piece == "unit x\n/// d\n"), "{head}{piece}");
        }
    }
}
