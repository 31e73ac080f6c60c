//! Every block of the reference (`specs/`) and of the pages of the diagnostics (`docs/errors/`) is a test.
//!
//! The rules for blocks are in `specs/README.md`. A page is data: adding one needs nothing here. Each mistake is reported
//! with the page and the line at which it stands, and one run reports all of them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice)]

mod specs_pages;

use specs_pages::page::{Page, pages};
use specs_pages::{Tally, block, error_page, links};
use std::collections::BTreeSet;
use std::path::Path;
use syncline::diagnostics::codes;

/// Codes whose page shows a sketch instead of a source: a page can hold neither 16 MiB nor 10,000 files nor bytes that are
/// not UTF-8, and an invisible character would be invisible. The test below raises each of them. The last one, what a test of
/// specs does not find, is raised by `syncline test` alone; the tests of the command do so.
const SKETCHES: [&str; 5] =
    ["file-too-large", "too-many-files", "stray-character", "not-unicode", "expectation-not-met"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Fails with everything that was found wrong.
fn settle(what: &str, tally: &Tally) {
    let Tally { wrong, clean, raised, asserted, fixed } = tally;
    println!(
        "{what}: {clean} clean blocks, {} kinds of findings raised, {fixed} fixes applied, {asserted} types and values",
        raised.len()
    );
    assert!(*clean > 0, "{what}: no clean block was found");
    assert!(wrong.is_empty(), "{} mistakes in {what}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn reference() {
    let pages = pages(&root().join("specs"), root());
    assert!(pages.len() >= 15, "the reference has {} pages", pages.len());
    let mut tally = Tally::default();
    for page in &pages {
        block::all(page, &mut tally);
        links::lead_somewhere(page, root(), &mut tally);
    }
    settle("the reference", &tally);
}

#[test]
fn pages_of_diagnostics() {
    let pages = pages(&root().join("docs/errors"), root());
    let mut tally = Tally::default();
    for code in codes::all() {
        let name = format!("docs/errors/{}.md", code.name);
        let page: &Page = pages.iter().find(|page| page.path == name).unwrap_or_else(|| panic!("{name} is missing"));
        error_page::check(page, code, SKETCHES.contains(&code.name), &mut tally);
    }
    settle("docs/errors", &tally);
    let left: Vec<&str> =
        codes::all().iter().map(|code| code.name).filter(|name| !tally.raised.contains(*name)).collect();
    let sketches = BTreeSet::from(SKETCHES);
    assert!(left.iter().all(|name| sketches.contains(name)), "no page raises {left:?}");
    assert!(
        sketches.iter().all(|name| left.contains(name)),
        "listed as sketches, and raised by their pages: {sketches:?}"
    );
}

/// The published schema is the one that plans are tested with. `SYNCLINE_BLESS=1` writes it anew.
#[test]
fn schema_is_published() {
    let path = root().join("specs/plan.schema.json");
    let schema = format!("{:#}\n", syncline::ir::json_schema());
    if std::env::var_os("SYNCLINE_BLESS").is_some() {
        std::fs::write(&path, &schema).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap();
    assert!(
        published == schema,
        "specs/plan.schema.json is not the schema of the plan: run this test with SYNCLINE_BLESS=1"
    );
}

/// The codes that no page can show.
#[test]
fn raised_by_bytes() {
    let one = |bytes: &[u8]| vec![("main.syn".to_owned(), bytes.to_vec())];
    let cases = [
        ("file-too-large", one(&vec![b' '; 16 * 1024 * 1024 + 1])),
        ("too-many-files", (0..=10_000).map(|number| (format!("m{number}.syn"), Vec::new())).collect()),
        ("stray-character", one("enum Region { US, \u{202E}EU }\n".as_bytes())),
        ("not-unicode", one(b"enum Region { US, E\xDC }\n")),
    ];
    assert_eq!(cases.each_ref().map(|(name, _)| *name), SKETCHES[..4]);
    for (name, files) in cases {
        assert_eq!(specs_pages::names_raised(files), [name]);
    }
    // One byte and one file less are allowed.
    assert!(specs_pages::names_raised(one(&vec![b' '; 16 * 1024 * 1024])).is_empty());
    assert!(specs_pages::names_raised((0..10_000).map(|number| (format!("m{number}.syn"), Vec::new()))).is_empty());
}

/// Every reason of the tables that the reference has of them can be expected by a test.
#[test]
fn every_built_in_reason_can_be_expected() {
    let reasons = |page: &str| -> Vec<String> {
        let text = std::fs::read_to_string(root().join("specs").join(page)).unwrap();
        let table = text.lines().skip_while(|line| !line.starts_with("| reason |")).skip(2);
        let cells = table.take_while(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(1));
        cells.flat_map(|cell| cell.split(',')).map(|name| name.trim().replace('`', "")).collect()
    };
    let reasons = [reasons("07-maps.md"), reasons("13-running.md")].concat();
    assert!(
        reasons.iter().any(|reason| reason == "cast-failed") && reasons.iter().any(|reason| reason == "left-scope")
    );
    let expected: String = reasons
        .iter()
        .map(|reason| format!("  expect exception \"1\" {} in desk\n", reason.replace('-', "_")))
        .collect();
    let desk = "team desks { title \"Desks\"; contact \"desks@example.com\" }\n\
        queue desk { owner desks; respond within 4h; resolve within 2d }\n";
    let text = format!("{desk}test \"reasons\" {{\n{expected}}}\n");
    assert_eq!(specs_pages::names_raised(vec![("main.syn".to_owned(), text.into_bytes())]), [""; 0]);
}
