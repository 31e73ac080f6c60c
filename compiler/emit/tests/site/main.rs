//! The documentation site of a realistic plan, read as a browser reads it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    clippy::disallowed_methods,
    missing_docs
)]

mod calendar;
mod contents;
mod hostile;
mod html;
mod lineage;
mod links;
mod look;
mod search;
mod snapshot;

use html::Node;
use std::collections::BTreeMap;
use std::path::Path;
use syncline_emit::OutputFile;
use syncline_emit::docs::emit;
use syncline_ir::Plan;

const FIXTURE: &str = "tests/fixtures/consulting";

/// The plan as JSON.
fn json() -> serde_json::Value {
    let text = std::fs::read_to_string(Path::new(FIXTURE).join("plan.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The plan of a consulting firm.
fn plan() -> Plan {
    serde_json::from_value(json()).unwrap()
}

/// The texts of its source files.
fn sources() -> BTreeMap<String, String> {
    let read = |file: &String| std::fs::read_to_string(Path::new(FIXTURE).join(file)).unwrap();
    plan().provenance.iter().map(|source| (source.file.clone(), read(&source.file))).collect()
}

/// The pages of a site by path; every one is well formed.
fn pages(files: &[OutputFile]) -> BTreeMap<String, Node> {
    let html = files.iter().filter(|file| file.path.ends_with(".html"));
    html.map(|file| (file.path.clone(), html::parse(std::str::from_utf8(&file.bytes).unwrap()))).collect()
}

/// The site with sources.
fn site() -> BTreeMap<String, Node> {
    pages(&emit(&plan(), Some(&sources())))
}

#[test]
fn the_fixture_is_a_plan_with_its_hash() {
    let plan = plan();
    assert_eq!(syncline_ir::meaning_hash(&plan).unwrap(), plan.hash);
    assert_eq!(
        serde_json::to_value(&plan).unwrap(),
        json(),
        "the plan's JSON form has members that the fixture lacks, or the reverse"
    );
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let first = emit(&plan(), Some(&sources()));
    assert_eq!(first, emit(&plan(), Some(&sources())));
    assert!(first.is_sorted_by(|a, b| a.path < b.path));
    assert!(first.len() > 30);
}

#[test]
fn nothing_is_loaded_from_elsewhere() {
    for (path, page) in site() {
        for node in page.all() {
            for (name, value) in &node.attributes {
                assert!(!value.contains("//") || name == "xmlns", "{path}: {name}={value}");
                assert!(!name.starts_with("on") && name != "style", "{path}: {name}={value}");
                let scheme = value.split_once(':').map_or("", |(scheme, _)| scheme);
                let leaves = ["href", "src"].contains(&name.as_str()) && !["", "data", "mailto"].contains(&scheme);
                assert!(!leaves, "{path}: {name}={value}");
            }
            // Scripts are files of the site; none stands in a page.
            let here = node.name == "script" && (node.attribute("src").is_empty() || !node.text.is_empty());
            assert!(!here && (node.name == "script" || node.attribute("src").is_empty()), "{path}: {}", node.name);
        }
    }
}
