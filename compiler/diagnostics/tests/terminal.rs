//! Findings as a reader of a terminal sees them. Each snapshot holds the source beside the output.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use insta::{assert_snapshot, with_settings};
use syncline_diagnostics::render::{Style, summary, terminal};
use syncline_diagnostics::{Code, Diagnostic, Fix, ItemRef, SourceMap, Span, Witness, codes};
use unicode_width::UnicodeWidthChar;

/// Files, each one item, in which places are found by their text.
#[derive(Default)]
struct Workspace {
    sources: SourceMap,
    files: Vec<(ItemRef, String)>,
}

impl Workspace {
    fn new(files: &[(&str, &str)]) -> Workspace {
        let mut workspace = Workspace::default();
        for (path, text) in files {
            let file = workspace.sources.add_file(*path, *text);
            let item = workspace.sources.add_item(file, 0);
            workspace.files.push((item, (*text).to_owned()));
        }
        workspace
    }

    /// The one place where `part` stands.
    fn find(&self, part: &str) -> Span {
        let places: Vec<Span> = self
            .files
            .iter()
            .flat_map(|(item, text)| text.match_indices(part).map(|(at, _)| span(*item, at, at + part.len())))
            .collect();
        assert_eq!(places.len(), 1, "`{part}` stands in {} places", places.len());
        places[0]
    }

    fn show(&self, diagnostics: &[Diagnostic], width: usize) -> String {
        terminal(diagnostics, &self.sources, &Style { color: false, width })
    }

    /// The sources and the output, with tabs and escapes made visible.
    fn beside(&self, shown: &str) -> String {
        let files: Vec<&str> = self.files.iter().map(|(_, text)| text.trim_end()).collect();
        let both = format!("{}\n━━━━━━━━\n{shown}", files.join("\n────────\n"));
        both.replace('\t', "⇥").replace('\u{1b}', "␛")
    }
}

fn span(item: ItemRef, start: usize, end: usize) -> Span {
    Span::new(item, u32::try_from(start).unwrap(), u32::try_from(end).unwrap())
}

/// What stands above the carets `^` of the first excerpt: found from terminal columns, as the eye does.
fn underlined(shown: &str) -> String {
    let lines: Vec<&str> = shown.lines().collect();
    let carets = lines.iter().position(|line| line.contains("│ ") && line.contains('^')).expect("no carets");
    let columns = |line: &str| -> Vec<char> {
        line.chars()
            .flat_map(|c| std::iter::once(c).chain(std::iter::repeat_n('\0', c.width().unwrap_or(0).saturating_sub(1))))
            .collect()
    };
    let source = columns(lines[carets - 1]);
    let below = columns(lines[carets]);
    let hit = |(column, c): (usize, &char)| (*c == '^').then(|| source.get(column).copied().unwrap_or('␄'));
    below.iter().enumerate().filter_map(hit).filter(|c| *c != '\0').collect()
}

macro_rules! shows {
    ($name:expr, $workspace:expr, $shown:expr) => {
        with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
            assert_snapshot!($name, $workspace.beside(&$shown));
        })
    };
}

const SALES: &str = "\
/// What sales agrees with the client.
ownership of Contract by sales_ops {
  crm owns * except tax_profile, legal_entity
  cpq owns price while stage in { draft, quoted }
  crm moves stage draft -> quoted -> signed
}
";

const FINANCE: &str = "\
ownership of Contract by finance {
  erp owns tax_profile, legal_entity
  erp owns price while stage in { quoted, signed, active, closed }
}
";

fn conflict() -> (Workspace, Diagnostic) {
    let workspace = Workspace::new(&[("sales/contract.syn", SALES), ("finance/contract.syn", FINANCE)]);
    let finding = Diagnostic::new(
        &codes::OWNERSHIP_CONFLICT,
        workspace.find("cpq owns price while stage in { draft, quoted }"),
        "field `price` of `Contract` has two owners while `stage` is `quoted`",
    )
    .label("`cpq` may write it until the contract is signed")
    .team("sales_ops")
    .related(
        workspace.find("erp owns price while stage in { quoted, signed, active, closed }"),
        "`erp` may write it from the quote on",
        Some("finance"),
    )
    .witness(
        Witness::new("Contract")
            .field("number", "\"C-1042\"")
            .field("stage", "quoted")
            .field("client.legal_entity.region", "US"),
    )
    .why("whichever system writes last decides what the client is billed, and neither team learns that its price was replaced")
    .help("let one team hand the price to the other: end one claim where the other begins")
    .fix(Fix::replace("let `erp` take over `price` at `signed`", workspace.find("quoted, signed"), "signed"));
    (workspace, finding)
}

#[test]
fn ownership_conflict_shows_places_teams_record_cost_and_fix() {
    let (workspace, finding) = conflict();
    shows!("ownership_conflict", workspace, workspace.show(&[finding], 100));
}

#[test]
fn narrow_terminals_wrap_texts_and_not_sources() {
    let (workspace, finding) = conflict();
    shows!("ownership_conflict_narrow", workspace, workspace.show(&[finding], 60));
}

#[test]
fn wide_terminals_have_labels_beside_their_places() {
    let (workspace, finding) = conflict();
    shows!("ownership_conflict_wide", workspace, workspace.show(&[finding], 160));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let (workspace, finding) = conflict();
    let plain = workspace.show(std::slice::from_ref(&finding), 100);
    let colored = terminal(&[finding], &workspace.sources, &Style { color: true, width: 100 });
    assert!(colored.contains('\u{1b}'));
    assert_eq!(without_escapes(&colored), plain);
    assert!(!plain.contains('\u{1b}'));
    shows!("ownership_conflict_colour", workspace, colored);
}

fn without_escapes(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or("").to_owned();
    parts.fold(first, |out, part| out + part.split_once('m').expect("an escape ends in m").1)
}

/// A finding without any of the extras.
fn bare(code: Code, span: Span) -> Diagnostic {
    Diagnostic::new(code, span, "the message").label("here")
}

#[test]
fn carets_stand_below_what_they_mean() {
    let workspace = Workspace::new(&[("x.syn", "\tnote =\t\"größe 工数 😀\"\t+ missing\n")]);
    for part in ["note", "größe", "ö", "工数", "数", "😀", "missing", "+"] {
        let shown = workspace.show(&[bare(&codes::UNKNOWN_FIELD, workspace.find(part))], 100);
        assert_eq!(underlined(&shown), part, "in\n{shown}");
    }
    let shown = workspace.show(&[bare(&codes::UNKNOWN_FIELD, workspace.find("missing"))], 100);
    shows!("tabs_and_wide_characters", workspace, shown);
}

#[test]
fn empty_spans_are_one_caret() {
    let workspace = Workspace::new(&[("x.syn", "ab cd\r\nef")]);
    let item = workspace.files[0].0;
    let at = |byte| {
        let shown = workspace.show(&[bare(&codes::SYNTAX_ERROR, span(item, byte, byte))], 100);
        (shown.lines().nth(1).unwrap().trim().to_owned(), underlined(&shown))
    };
    assert_eq!(at(0), ("┌─ x.syn:1:1".into(), "a".into()));
    assert_eq!(at(3), ("┌─ x.syn:1:4".into(), "c".into()));
    // ␄ is the place behind the line, where nothing stands.
    assert_eq!(at(5), ("┌─ x.syn:1:6".into(), "␄".into()), "at the end of a line");
    assert_eq!(at(6), ("┌─ x.syn:1:6".into(), "␄".into()), "inside a line end");
    assert_eq!(at(7), ("┌─ x.syn:2:1".into(), "e".into()));
    assert_eq!(at(9), ("┌─ x.syn:2:3".into(), "␄".into()), "at the end of the file");
}

#[test]
fn files_may_be_empty_or_end_with_a_line_end() {
    let workspace = Workspace::new(&[("empty.syn", ""), ("last.syn", "team t {\n")]);
    let (empty, last) = (workspace.files[0].0, workspace.files[1].0);
    let findings = [bare(&codes::SYNTAX_ERROR, span(empty, 0, 0)), bare(&codes::UNCLOSED_DELIMITER, span(last, 9, 9))];
    shows!("ends_of_files", workspace, workspace.show(&findings, 100));
}

#[test]
fn spans_over_lines_are_drawn_at_the_side() {
    let text = "map a.b -> C creates {\n  x = y\n  z = match q {\n    A => 1\n    B => 2\n    C => 3\n    D => 4\n    E => 5\n  }\n}\n";
    let workspace = Workspace::new(&[("m.syn", text)]);
    let item = workspace.files[0].0;
    let start = text.find("match").unwrap();
    let end = text.find("  }\n").unwrap() + 3;
    let inner = bare(&codes::NON_EXHAUSTIVE_MATCH, span(item, start, end));
    let whole = bare(&codes::MISSING_OTHERWISE, span(item, 0, text.len()));
    shows!("several_lines", workspace, workspace.show(&[inner, whole], 100));
}

#[test]
fn a_line_end_at_the_end_of_a_span_is_not_another_line() {
    let workspace = Workspace::new(&[("x.syn", "ab\r\ncd\r\n")]);
    let shown = workspace.show(&[bare(&codes::SYNTAX_ERROR, span(workspace.files[0].0, 0, 4))], 100);
    assert_eq!(underlined(&shown), "ab", "in\n{shown}");
}

#[test]
fn places_on_one_line_hang_below_it() {
    let workspace = Workspace::new(&[("x.syn", "lifecycle Stage { draft -> signed -> draft }\n")]);
    let finding = Diagnostic::new(&codes::TWO_MOVERS, workspace.find("draft -> signed"), "the message")
        .label("one")
        .related(workspace.find("signed -> draft"), "two", None);
    shows!("two_places_on_a_line", workspace, workspace.show(&[finding], 100));
}

#[test]
fn nothing_in_a_file_or_message_reaches_the_terminal_as_a_command() {
    let workspace = Workspace::new(&[("x\u{1b}[1m.syn", "a = \"\u{1b}[2J\u{202e}b\" + c\n")]);
    let finding = Diagnostic::new(&codes::UNKNOWN_FIELD, workspace.find("c"), "no field `\u{1b}[2J`")
        .label("\u{7}")
        .why("\u{1b}]0;title\u{7}")
        .witness(Witness::new("\u{1b}c").field("\u{8}", "\u{9b}1m"))
        .fix(Fix::replace("write `\u{1b}`", workspace.find("c"), "\u{1b}d"));
    let shown = workspace.show(&[finding], 100);
    let acts = |c: &char| (c.is_control() && *c != '\n') || *c == '\u{202e}';
    assert_eq!(shown.chars().find(acts), None, "in {shown:?}");
    assert_eq!(underlined(&shown), "c");
}

#[test]
fn of_very_long_lines_only_the_surroundings_are_shown() {
    let text = format!("{}guilty{}\n", "é".repeat(50_000), "x".repeat(50_000));
    let workspace = Workspace::new(&[("x.syn", &text)]);
    let shown = workspace.show(&[bare(&codes::SYNTAX_ERROR, workspace.find("guilty"))], 100);
    assert!(shown.contains("x.syn:1:50001"), "{shown}");
    assert!(shown.len() < 2_000, "{} bytes", shown.len());
    assert_eq!(underlined(&shown), "guilty");
    let end = workspace.show(&[bare(&codes::SYNTAX_ERROR, span(workspace.files[0].0, 150_006, 150_006))], 100);
    assert!(end.contains("x.syn:1:100007"), "{end}");
    assert_eq!(underlined(&end), "␄");
}

#[test]
fn a_possible_record_says_so() {
    let workspace = Workspace::new(&[("x.syn", "erp owns price while length(number) > 9\n")]);
    let finding = Diagnostic::new(
        &codes::CANNOT_PROVE_OWNERSHIP,
        workspace.find("length(number) > 9"),
        "claims on `price` may overlap",
    )
    .witness(Witness::new("Contract").field("number", "\"US-1\"").field("名", "x").possible());
    shows!("possible_witness", workspace, workspace.show(&[finding], 100));
}

#[test]
fn fixes_are_small_diffs() {
    let text = "map psa.timecard -> TimeEntry creates {\n\thours = hours\n\tnote = note\n}\n";
    let workspace = Workspace::new(&[("m.syn", text), ("q.syn", "queue desk { owner delivery }\n")]);
    let closing = text.find("}\n").unwrap();
    let item = workspace.files[0].0;
    let finding = Diagnostic::new(
        &codes::MISSING_OTHERWISE,
        workspace.find("map psa.timecard -> TimeEntry"),
        "the map has no last-resort route",
    )
    .fix(
        Fix::new("add the route and its times")
            .edit(span(item, closing, closing), "\totherwise quarantine desk\n")
            .edit(workspace.find("hours = hours"), "hours = round(hours, 2, half_even)")
            .edit(workspace.find("delivery"), "delivery; respond within 4h"),
    );
    shows!("fix_in_two_files", workspace, workspace.show(&[finding], 100));
}

#[test]
fn of_a_long_fix_the_rest_is_counted() {
    let workspace = Workspace::new(&[("x.syn", "a\n")]);
    let fix = Fix::replace("write more", workspace.find("a"), "b\n".repeat(30).trim_end());
    let shown = workspace.show(&[bare(&codes::SYNTAX_ERROR, workspace.find("a")).fix(fix)], 100);
    assert_eq!(shown.matches("+ b").count(), 19, "with the line taken out, twenty lines");
    assert!(shown.contains("… and 11 more lines"), "{shown}");
}

#[test]
fn findings_are_sorted_and_counted() {
    let workspace = Workspace::new(&[("b.syn", "one two\n"), ("a.syn", "three\nfour\n"), ("c.syn", "")]);
    let findings = [
        bare(&codes::UNUSED_LET, workspace.find("two")),
        bare(&codes::TYPE_MISMATCH, workspace.find("one")),
        bare(&codes::UNKNOWN_NAME, workspace.find("one")),
        bare(&codes::UNUSED_LET, workspace.find("four")),
    ];
    let shown = workspace.show(&findings, 100);
    let heads: Vec<&str> =
        shown.lines().filter(|line| line.contains("[SYN")).map(|line| line.split(']').next().unwrap()).collect();
    assert_eq!(
        heads,
        [
            "warning[SYN0512 unused-let",
            "error[SYN0201 unknown-name",
            "error[SYN0301 type-mismatch",
            "warning[SYN0512 unused-let"
        ]
    );
    assert!(shown.ends_with("\n\n2 errors, 2 warnings in 2 files\n"), "{shown}");
    assert_eq!(summary(&findings[..1], &workspace.sources), "1 warning in 1 file");
    assert_eq!(summary(&[], &workspace.sources), "no errors, no warnings");
    assert_eq!(workspace.show(&[], 100), "");
}

#[test]
fn line_numbers_of_different_lengths_share_a_gutter() {
    let long = format!("{}last\n", "line\n".repeat(119));
    let workspace = Workspace::new(&[("a.syn", "first\n"), ("b.syn", &long)]);
    let finding = Diagnostic::new(&codes::DUPLICATE_NAME, workspace.find("first"), "two things are called `x`")
        .related(workspace.find("last"), "the other one", None)
        .help("rename one of them")
        .fix(Fix::replace("write `second`", workspace.find("first"), "second"));
    let shown = workspace.show(&[finding], 100);
    let bars: Vec<usize> = shown.lines().filter_map(|line| line.chars().position(|c| "│┌=".contains(c))).collect();
    assert!(bars.len() > 10, "{shown}");
    assert!(bars.iter().all(|column| *column == 4), "{bars:?} in\n{shown}");
}

#[test]
fn every_span_can_be_shown() {
    let long = format!("{}\n{}é\r\n", "é".repeat(300), "y".repeat(700));
    let texts = ["", "\n", "\r\n", "a\té\r\n\n😀b\r\n\r", "a\n\u{301}\0\n\n", &long];
    let mut shown = 0;
    for text in texts {
        let workspace = Workspace::new(&[("x.syn", text), ("y.syn", "other\n")]);
        let item = workspace.files[0].0;
        let step = text.len() / 16 + 1;
        let offsets = || (0..text.len() + 3).step_by(step);
        for (start, end) in offsets().flat_map(|start| offsets().map(move |end| (start, end))) {
            let finding = bare(&codes::SYNTAX_ERROR, span(item, start, end))
                .related(span(item, end, start), "the other way round", Some("team"))
                .related(workspace.find("other"), "elsewhere", None)
                .fix(Fix::replace("write it", span(item, start, end), "new\nline"));
            let output = workspace.show(&[finding], 80);
            assert!(output.contains("┌─ y.syn:1:1"), "{start}..{end} in {text:?}:\n{output}");
            assert!(!output.lines().any(|line| line.ends_with(' ')), "{start}..{end} in {text:?}:\n{output}");
            shown += 1;
        }
    }
    assert!(shown > 500, "{shown} spans");
}
