//! What a line announces at its end: findings, or the type and value of a `let`.

/// A finding that must come.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Announced {
    /// `error` or `warning`
    pub severity: String,
    pub name: String,
}

/// What is said of a `let`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assertion {
    pub ty: Option<String>,
    /// The value as text, or `fails REASON`.
    pub value: Option<String>,
}

/// The findings announced at the end of a line: `error[name] warning[name]` after `mark`.
pub fn announced(line: &str, mark: &str) -> Vec<Announced> {
    last_comment(line, mark, |comment| {
        comment.split_whitespace().map(one).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty())
    })
    .unwrap_or_default()
}

fn one(word: &str) -> Option<Announced> {
    let (severity, rest) = word.split_once('[')?;
    let name = rest.strip_suffix(']')?;
    matches!(severity, "error" | "warning").then(|| Announced { severity: severity.to_owned(), name: name.to_owned() })
}

/// The assertion at the end of a line with a `let`: `// : TYPE = VALUE`, `// : TYPE` or `// = VALUE`.
pub fn assertion(line: &str) -> Option<Assertion> {
    last_comment(line, "//", |comment| {
        if let Some(value) = comment.strip_prefix("= ") {
            return Some(Assertion { ty: None, value: Some(value.to_owned()) });
        }
        let stated = comment.strip_prefix(": ")?;
        Some(match stated.split_once(" = ") {
            Some((ty, value)) => Assertion { ty: Some(ty.to_owned()), value: Some(value.to_owned()) },
            None => Assertion { ty: Some(stated.to_owned()), value: None },
        })
    })
}

/// The name that a line binds by `let`.
pub fn bound(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("let ")?.split_once('=').map(|(name, _)| name.trim())
}

/// Reads the last comment of a line which `read` understands.
fn last_comment<T>(line: &str, mark: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut ends: Vec<usize> = line.match_indices(mark).map(|(at, _)| at + mark.len()).collect();
    ends.reverse();
    ends.into_iter().find_map(|end| read(line[end..].trim()))
}

#[test]
fn announcements_stand_at_the_end() {
    let error = |name: &str| Announced { severity: "error".to_owned(), name: name.to_owned() };
    assert_eq!(announced("a = \"//\" // error[one] error[two]", "//"), [error("one"), error("two")]);
    assert_eq!(announced("title \"open   // error[one]", "//"), [error("one")]);
    assert_eq!(announced("a = b // see error[one]", "//"), []);
    let said = assertion("let a = \"x // y\"   // : text(6) = x // y");
    assert_eq!(said, Some(Assertion { ty: Some("text(6)".to_owned()), value: Some("x // y".to_owned()) }));
    assert_eq!(bound("  let a = b == c"), Some("a"));
}
