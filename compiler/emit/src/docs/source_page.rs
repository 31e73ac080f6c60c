//! Source files: the list with their hashes, and, when the texts are given, one page for each with an anchor at every line.

use super::addresses::Thing;
use super::frame::Page;
use super::highlight::{self, Span};
use super::site::{Link, Site};
use crate::OutputFile;
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Serialize)]
struct List {
    files: Vec<Row>,
    with_text: bool,
}

#[derive(Serialize)]
struct Row {
    file: Link,
    hash: Option<String>,
    lines: Option<usize>,
}

#[derive(Serialize)]
struct Content {
    file: String,
    hash: Option<String>,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    number: usize,
    spans: Vec<Span>,
}

/// The list and one page for each file whose text is known.
pub(super) fn pages(site: &Site<'_>) -> Vec<OutputFile> {
    let texts = || site.sources.into_iter().flatten();
    let names: BTreeSet<&str> = site
        .plan
        .provenance
        .iter()
        .map(|source| source.file.as_str())
        .chain(texts().map(|(file, _)| file.as_str()))
        .collect();
    let files = names.into_iter().map(|file| Row {
        file: site.link(Thing::Source(file), file),
        hash: hash(site, file),
        lines: site.sources.and_then(|texts| texts.get(file)).map(|text| text.lines().count()),
    });
    let list = List { files: files.collect(), with_text: site.sources.is_some() };
    let list = site.page(
        &Page { path: "sources.html", title: "Sources", above: Vec::new(), template: "sources", wide: false },
        &list,
    );
    std::iter::once(list).chain(texts().filter_map(|(file, text)| page(site, file, text))).collect()
}

fn page(site: &Site<'_>, file: &str, text: &str) -> Option<OutputFile> {
    let path = site.href(Thing::Source(file))?;
    // An empty file has a first line, too: places in it lead there.
    let lines = if text.is_empty() { vec![""] } else { text.lines().collect() };
    let content = Content {
        file: file.to_owned(),
        hash: hash(site, file),
        lines: lines
            .into_iter()
            .enumerate()
            .map(|(at, line)| Line { number: at + 1, spans: highlight::line(line) })
            .collect(),
    };
    let above = vec![Link { text: "Sources".to_owned(), href: Some("sources.html".to_owned()) }];
    Some(site.page(&Page { path: &path, title: &site.label(file), above, template: "source", wide: false }, &content))
}

fn hash(site: &Site<'_>, file: &str) -> Option<String> {
    site.plan.provenance.iter().find(|source| source.file == file).map(|source| source.hash.clone())
}
