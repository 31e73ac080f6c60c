//! The table of codes and the pages in `docs/errors` say the same.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use syncline_diagnostics::{CodeRow, Severity, codes, explain};

/// Codes whose example is a sketch: what raises them is too large for a page, or cannot be seen on one.
const WITHOUT_SOURCE: [&str; 5] =
    ["file-too-large", "too-many-files", "stray-character", "not-unicode", "expectation-not-met"];
/// The block of numbers of the workspace file, whose examples are YAML.
const WORKSPACE_NUMBERS: std::ops::Range<u16> = 100..200;

#[test]
fn numbers_and_names_are_unique_and_ascending() {
    let rows = codes::all();
    assert!(rows.len() > 70, "the table holds {} rows", rows.len());
    for pair in rows.windows(2) {
        assert!(pair[0].number < pair[1].number, "{:?} stands before {:?}", pair[0], pair[1]);
    }
    let names: BTreeSet<&str> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len());
}

#[test]
fn names_are_kebab_case_and_titles_plain() {
    for row in codes::all() {
        let kebab = row.name.split('-').all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase()));
        assert!(kebab, "{row:?}");
        assert!(!row.title.ends_with('.'), "{row:?}: {}", row.title);
        assert!(!row.title.starts_with(|c: char| c.is_uppercase()), "{row:?}: {}", row.title);
    }
}

#[test]
fn rows_are_found_by_name_and_number() {
    assert_eq!(codes::by_name("ownership-conflict"), Ok(&codes::OWNERSHIP_CONFLICT));
    assert_eq!(codes::by_name("SYN0401"), Ok(&codes::OWNERSHIP_CONFLICT));
    assert_eq!(codes::by_name(" syn0401 "), Ok(&codes::OWNERSHIP_CONFLICT));
    assert_eq!(codes::OWNERSHIP_CONFLICT.id(), "SYN0401");
    let near = codes::by_name("ownership-conflct").unwrap_err();
    assert_eq!(near.closest, Some(&codes::OWNERSHIP_CONFLICT));
    assert_eq!(near.to_string(), "there is no diagnostic `ownership-conflct`; did you mean `ownership-conflict`?");
    assert_eq!(codes::by_name("weather").unwrap_err().to_string(), "there is no diagnostic `weather`");
}

#[test]
fn explain_gives_the_page() {
    assert_eq!(explain("SYN0401").unwrap(), codes::OWNERSHIP_CONFLICT.page);
    assert!(explain("nothing-like-it").is_err());
}

#[test]
fn pages_begin_with_their_row() {
    for row in codes::all() {
        let severity = match row.severity {
            Severity::Error => "Error",
            Severity::Warning => "Warning",
        };
        let head = format!("# {} {}\n\n*{severity}: {}.*\n\n", row.id(), row.name, row.title);
        assert!(row.page.starts_with(&head), "docs/errors/{}.md does not begin with\n{head}", row.name);
    }
}

#[test]
fn pages_say_why_then_show_then_mend() {
    for row in codes::all() {
        let page = Page::of(row);
        assert!(page.meaning.split_whitespace().count() >= 12, "{row:?}: too short to explain anything");
        assert_ne!(page.example, page.fix, "{row:?}: the fix changes nothing");
    }
}

#[test]
fn examples_mark_their_own_code_and_fixes_mark_none() {
    for row in codes::all() {
        let page = Page::of(row);
        assert_eq!(page.language, language(row), "{row:?}");
        assert!(markers(&page.fix).is_empty(), "{row:?}: the fix is marked");
        if page.language == "text" {
            continue;
        }
        let found = markers(&page.example);
        let own = (row.severity.as_str().to_owned(), row.name.to_owned());
        assert!(!found.is_empty(), "{row:?}: no guilty line is marked");
        assert!(found.iter().all(|marker| *marker == own), "{row:?}: {found:?}");
    }
}

#[test]
fn examples_are_small() {
    for row in codes::all() {
        let page = Page::of(row);
        for block in [&page.example, &page.fix] {
            assert!(block.lines().count() < 40, "{row:?}: {} lines", block.lines().count());
        }
    }
}

#[test]
fn each_page_has_a_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let pages: BTreeMap<String, ()> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| (entry.unwrap().file_name().into_string().unwrap(), ()))
        .collect();
    let rows: BTreeMap<String, ()> = codes::all().iter().map(|row| (format!("{}.md", row.name), ())).collect();
    let stray: Vec<&String> = pages.keys().filter(|page| !rows.contains_key(*page)).collect();
    assert!(stray.is_empty(), "pages without a row: {stray:?}");
    assert_eq!(pages.len(), rows.len());
}

fn language(row: &CodeRow) -> &'static str {
    if WITHOUT_SOURCE.contains(&row.name) {
        "text"
    } else if WORKSPACE_NUMBERS.contains(&row.number) {
        "yaml"
    } else {
        "syncline"
    }
}

/// `// error[name]` and `// warning[name]` at the ends of lines; in YAML with `#`.
fn markers(block: &str) -> Vec<(String, String)> {
    let marker = |line: &str| {
        let (_, comment) = line.rsplit_once("// ").or_else(|| line.rsplit_once("# "))?;
        let (severity, rest) = comment.split_once('[')?;
        Some((severity.to_owned(), rest.strip_suffix(']')?.to_owned()))
    };
    block.lines().filter_map(marker).collect()
}

/// A page taken apart.
struct Page {
    meaning: String,
    language: String,
    example: String,
    fix: String,
}

impl Page {
    fn of(row: &CodeRow) -> Page {
        let page = row.page;
        let (meaning, rest) = page.split_once("\n## Example\n").unwrap_or_else(|| panic!("{row:?}: no `## Example`"));
        let (example, fix) = rest.split_once("\n## Fix\n").unwrap_or_else(|| panic!("{row:?}: no `## Fix`"));
        let (language, example) = block(example, row);
        let (same, fix) = block(fix, row);
        assert_eq!(language, same, "{row:?}");
        Page { meaning: meaning.lines().skip(4).collect(), language, example, fix }
    }
}

/// The language and the lines of the one fenced block of a section.
fn block(section: &str, row: &CodeRow) -> (String, String) {
    let parts: Vec<&str> = section.split("```").collect();
    assert_eq!(parts.len(), 3, "{row:?}: a section holds one block");
    let (language, lines) = parts[1].split_once('\n').unwrap();
    (language.to_owned(), lines.to_owned())
}
