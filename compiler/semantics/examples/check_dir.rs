//! `cargo run -q -p syncline-semantics --example check_dir -- FOLDER [--short | --json]`: checks a folder of `*.syn` files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use syncline_diagnostics::{Diagnostic, SourceMap, Span, codes, render};
use syncline_semantics::input::{Module, SourceItem};

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "syn") {
            found.push(path);
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = PathBuf::from(arguments.next().expect("a folder"));
    let mode = arguments.next().unwrap_or_default();
    let mut found = Vec::new();
    files(&root, &mut found);
    found.sort();
    let mut sources = SourceMap::new();
    let mut modules = Vec::new();
    let mut diagnostics = Vec::new();
    for path in found {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let file = sources.add_file(name.clone(), text.clone());
        let parsed = syncline_syntax::parse_file(&text);
        let whole = sources.add_item(file, 0);
        for error in parsed.all_errors() {
            let message = format!("({}) {}", error.kind.name(), error.message);
            let mut diagnostic = Diagnostic::new(&codes::SYNTAX_ERROR, Span::new(whole, error.range.start, error.range.end), message);
            diagnostic.help = error.help;
            diagnostics.push(diagnostic);
        }
        let items = parsed.items.iter().map(|item| SourceItem { at: sources.add_item(file, item.start), item: item.item.clone() }).collect();
        modules.push(Module { path: name.trim_end_matches(".syn").replace('/', "."), file, items });
    }
    let analysis = syncline_semantics::analyze(&modules, &sources);
    diagnostics.extend(analysis.diagnostics);
    if mode == "--json" {
        println!("{}", render::json(&diagnostics, &sources));
    } else if mode == "--short" {
        syncline_diagnostics::sort(&mut diagnostics, &sources);
        for diagnostic in &diagnostics {
            let at = sources.resolve(diagnostic.primary.span);
            println!("{}:{}: {}[{}] {}", at.path, at.start.line, diagnostic.severity, diagnostic.code.name, diagnostic.message);
        }
    } else {
        print!("{}", render::terminal(&diagnostics, &sources, &render::Style::default()));
    }
}
