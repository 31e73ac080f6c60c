//! The checks on specifications written for them: each finding stands where the file says so, and no other is made.
//!
//! A case is a file, `tests/checks/NAME.syn`. A line that a finding points at ends in `// error[code]` or
//! `// warning[code]`; of several findings each has its own bracket.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::path::Path;
use syncline_diagnostics::{Diagnostic, SourceMap};
use syncline_semantics::input::{Module, SourceItem};

/// Findings by line and code.
type Findings = BTreeMap<(u32, String), u32>;

#[test]
fn findings_stand_where_the_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(!cases.is_empty());
    let mut wrong = Vec::new();
    for case in cases {
        let text = std::fs::read_to_string(&case).unwrap();
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let (wanted, (found, messages)) = (markers(&text), found(&name, &text));
        if wanted != found {
            let only = |a: &Findings, b: &Findings| {
                a.iter()
                    .filter(|(key, count)| b.get(*key) != Some(count))
                    .map(|((line, code), count)| format!("{line}: {code} x{count}"))
                    .collect::<Vec<_>>()
            };
            wrong.push(format!(
                "{name}\n  not found: {:?}\n  not marked: {:?}\n{messages}",
                only(&wanted, &found),
                only(&found, &wanted)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn markers(text: &str) -> Findings {
    let mut findings = Findings::new();
    for (line, words) in (1..).zip(text.lines()) {
        let Some((_, comment)) = words.rsplit_once("// ") else { continue };
        for marker in
            comment.split_whitespace().filter(|word| word.starts_with("error[") || word.starts_with("warning["))
        {
            *findings.entry((line, marker.to_owned())).or_default() += 1;
        }
    }
    findings
}

fn found(name: &str, text: &str) -> (Findings, String) {
    let mut sources = SourceMap::new();
    let file = sources.add_file(name.to_owned(), text.to_owned());
    let parsed = syncline_syntax::parse_file(text);
    assert!(parsed.is_clean(), "{name}: {:?}", parsed.all_errors());
    let items = parsed
        .items
        .iter()
        .map(|item| SourceItem { at: sources.add_item(file, item.start), item: item.item.clone() })
        .collect();
    let module = Module { path: "case".to_owned(), file, top: None, items, library: false };
    let mut diagnostics: Vec<Diagnostic> = syncline_semantics::analyze(&[module], &sources).diagnostics;
    syncline_diagnostics::sort(&mut diagnostics, &sources);
    let mut findings = Findings::new();
    for diagnostic in &diagnostics {
        let line = sources.resolve(diagnostic.primary.span).start.line;
        *findings.entry((line, format!("{}[{}]", diagnostic.severity, diagnostic.code.name))).or_default() += 1;
    }
    (
        findings,
        syncline_diagnostics::render::terminal(&diagnostics, &sources, &syncline_diagnostics::render::Style::default()),
    )
}
