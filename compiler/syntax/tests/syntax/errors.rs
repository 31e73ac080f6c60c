//! Messages: each case file marks its guilty lines, and its snapshot shows what is said about them.
//!
//! `// error[kind]` at the end of a line expects an error of that kind on the line, `// ^ error[kind]` one on the line
//! above (for lines on which a comment would be text). There must be no others.

use std::fmt::Write as _;

use syncline_syntax::{SyntaxErrorKind, parse_file};

/// The line of a position, counted from 1, and the column in characters.
fn line_and_column(text: &str, at: u32) -> (usize, usize) {
    let before = &text[..at as usize];
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[start..].chars().count() + 1)
}

fn marks(text: &str) -> Vec<(usize, &str)> {
    let mut marks = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((_, mark)) = line.split_once("// ") else { continue };
        let (above, mark) = mark.strip_prefix("^ ").map_or((0, mark), |mark| (1, mark));
        for kind in mark.split(' ') {
            if let Some(kind) = kind.strip_prefix("error[").and_then(|kind| kind.strip_suffix(']')) {
                marks.push((index + 1 - above, kind));
            }
        }
    }
    marks
}

/// The errors below the lines they speak of.
fn rendered(text: &str) -> String {
    let mut out = String::new();
    let errors = parse_file(text).all_errors();
    for (index, line) in text.lines().enumerate() {
        let _ = writeln!(out, "{line}");
        for error in errors.iter().filter(|error| line_and_column(text, error.range.start).0 == index + 1) {
            let (_, column) = line_and_column(text, error.range.start);
            let marked = &text[error.range.start as usize..error.range.end as usize];
            let width = marked.lines().next().unwrap_or_default().chars().count().max(1);
            let _ = writeln!(
                out,
                "{}{} {}: {}",
                " ".repeat(column - 1),
                "^".repeat(width),
                error.kind.name(),
                error.message
            );
            if let Some(help) = &error.help {
                let _ = writeln!(out, "{}help: {help}", " ".repeat(column + width));
            }
        }
    }
    out
}

#[test]
fn cases_report_what_they_mark() {
    insta::glob!("../cases/errors", "*.syn", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let errors = parse_file(&text).all_errors();
        let mut found: Vec<(usize, &str)> =
            errors.iter().map(|error| (line_and_column(&text, error.range.start).0, error.kind.name())).collect();
        let mut marked = marks(&text);
        found.sort_unstable();
        marked.sort_unstable();
        assert_eq!(found, marked, "{}", path.display());
        insta::assert_snapshot!(rendered(&text));
    });
}

#[test]
fn every_kind_has_a_case_and_a_name_of_its_own() {
    let mut seen = Vec::new();
    insta::glob!("../cases/errors", "*.syn", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        seen.extend(marks(&text).into_iter().map(|(_, kind)| kind.to_owned()));
    });
    for kind in SyntaxErrorKind::ALL {
        // Bytes that are no UTF-8 cannot stand in a case file, control characters had better not.
        let elsewhere =
            matches!(kind, SyntaxErrorKind::NotUnicode | SyntaxErrorKind::StrayCharacter | SyntaxErrorKind::TooDeep);
        assert!(elsewhere || seen.iter().any(|name| name == kind.name()), "{}", kind.name());
        assert_eq!(SyntaxErrorKind::ALL.iter().filter(|other| other.name() == kind.name()).count(), 1);
    }
}

#[test]
fn messages_keep_the_house_style() {
    insta::glob!("../cases/errors", "*.syn", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        for error in parse_file(&text).all_errors() {
            for line in [Some(&error.message), error.help.as_ref()].into_iter().flatten() {
                assert!(!line.ends_with(['.', '!']), "{line}");
                assert!(!line.starts_with(char::is_uppercase), "{line}");
                assert!(!line.contains("_op`") && !line.contains("w_") && !line.contains("EOI"), "{line}");
                assert!(!line.contains(syncline_syntax::END), "{line}");
                assert_eq!(line.matches('`').count() % 2, 0, "{line}");
            }
        }
    });
}
