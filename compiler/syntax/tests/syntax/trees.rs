//! What the tree of each construct holds, ranges shown as the text they cover.

use syncline_syntax::ast::{Assign, ExprKind, ItemKind, MapStatement, Name, SystemMember};
use syncline_syntax::parse_file;

/// The debug form with each range replaced by its text.
fn with_texts(debug: &str, text: &str) -> String {
    let mut out = String::new();
    let mut rest = debug;
    while let Some((before, after)) = rest.split_once("Range { start: ") {
        let (numbers, after) = after.split_once(" }").unwrap();
        let (start, end) = numbers.split_once(", end: ").unwrap();
        out.push_str(before);
        out.push_str(&format!("`{}`", &text[start.parse().unwrap()..end.parse().unwrap()]));
        rest = after;
    }
    out + rest
}

/// A tree as indented text. Names are shown as their texts (that their ranges agree has a test of its own), empty
/// documentation not at all.
fn tree(debug: &str) -> String {
    let mut short = String::new();
    let mut rest = debug;
    while let Some((before, after)) = rest.split_once("Name { text: \"") {
        let (text, after) = after.split_once("\", range: `").unwrap();
        short.push_str(before);
        short.push_str(text);
        let (_, after) = after.split_once("` }").unwrap();
        rest = after;
    }
    short.push_str(rest);
    let debug =
        short.replace("docs: \"\", ", "").replace(", docs: \"\"", "").replace("optional: None, fixed: None, ", "");
    let debug = debug.as_str();
    let mut out = String::new();
    let mut depth = 0;
    let mut quoted = false;
    let mut characters = debug.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '`' => quoted = !quoted,
            '{' | '[' if !quoted => {
                depth += 1;
                out.push(character);
                if characters.peek().is_some_and(|next| matches!(next, '}' | ']')) {
                    continue;
                }
                out.push('\n');
                out.push_str(&"  ".repeat(depth));
                while characters.next_if_eq(&' ').is_some() {}
                continue;
            }
            '}' | ']' if !quoted => {
                depth -= 1;
                if !out.ends_with(['{', '[']) {
                    let end = out.trim_end().len();
                    out.truncate(end);
                    out.push('\n');
                    out.push_str(&"  ".repeat(depth));
                }
            }
            ',' if !quoted && depth > 0 => {
                out.push('\n');
                out.push_str(&"  ".repeat(depth));
                while characters.next_if_eq(&' ').is_some() {}
                continue;
            }
            _ => {}
        }
        out.push(character);
    }
    out
}

#[test]
fn every_construct_has_its_tree() {
    insta::glob!("../cases/trees", "*.syn", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let file = parse_file(&text);
        assert_eq!(file.all_errors(), []);
        let mut out = String::new();
        for item in &file.items {
            let own = &text[item.start as usize..(item.start + item.item.range.end) as usize];
            out.push_str(&format!("======== {own}\n\n"));
            if let Some(name) = &item.item.name {
                out.push_str(&format!("name: {}\n", name.text));
            }
            out.push_str(&tree(&with_texts(&format!("{:?}", item.item.kind), own)));
            out.push_str("\n\n");
        }
        insta::assert_snapshot!(out);
    });
}

#[test]
fn a_name_and_its_range_agree() {
    let text =
        "system `a b` {\n  entity c { d: `E\u{301}` }\n}\nmap `a b`.c -> X creates {\n  `q r` = `a b`.d.`e.f`\n}";
    let file = parse_file(text);
    assert_eq!(file.all_errors(), []);
    let at = |start: u32, name: &Name| {
        let range = name.range.shifted(start);
        (name.text.to_string(), text[range.start as usize..range.end as usize].to_owned())
    };
    let system = &file.items[0];
    assert_eq!(at(system.start, system.item.name.as_ref().unwrap()), ("a b".to_owned(), "`a b`".to_owned()));
    let ItemKind::System(members) = &system.item.kind else { panic!("a system") };
    let SystemMember::Entity(entity) = &members.members[0] else { panic!("an entity") };
    assert_eq!(at(system.start, &entity.name), ("c".to_owned(), "c".to_owned()));
    let map = &file.items[1];
    let ItemKind::Map(statements) = &map.item.kind else { panic!("a map") };
    let MapStatement::Assign(Assign { field, value, .. }) = &statements.statements[0] else { panic!("an assignment") };
    assert_eq!(at(map.start, field), ("q r".to_owned(), "`q r`".to_owned()));
    let ExprKind::Path(path) = &value.kind else { panic!("a path") };
    let names: Vec<_> = path.names.iter().map(|name| at(map.start, name)).collect();
    assert_eq!(
        names,
        [("a b", "`a b`"), ("d", "d"), ("e.f", "`e.f`")].map(|(text, written)| (text.to_owned(), written.to_owned()))
    );
    let debug = std::format!("{:?}", file.items[0].item);
    assert!(debug.contains("\u{C9}") && !debug.contains("E\u{301}"), "names are in normal form C");
}

#[test]
fn broken_statements_leave_the_others_alone() {
    let text = "object A: master {\n  key id: text(3)\n  price: money(\n  what ever\n  b: int\n}";
    let file = parse_file(text);
    let ItemKind::Object(object) = &file.items[0].item.kind else { panic!("an object") };
    let debug = std::format!("{:?}", object.members);
    assert_eq!(object.members.len(), 4);
    // The field with the unreadable type keeps its name, the statement that is none is broken.
    assert!(debug.contains("Broken(Range"));
    assert!(debug.contains("\"price\"") && debug.contains("kind: Broken"));
    assert!(debug.contains("\"b\""));
}

#[test]
fn a_broken_item_keeps_its_name() {
    let file = parse_file("object A { key id: text }\nsystem `b c` d {}\nmap a ->");
    let names: Vec<_> = file.items.iter().map(|item| item.item.name.as_ref().map(|name| name.text.as_str())).collect();
    assert_eq!(names, [Some("A"), Some("b c"), None]);
    assert!(file.items.iter().all(|item| matches!(item.item.kind, ItemKind::Broken(_))));
    assert_eq!(file.all_errors().len(), 3);
}
