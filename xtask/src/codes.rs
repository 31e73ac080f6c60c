//! `codes`: each diagnostic is raised somewhere, explained, and its page's example and fix are what they claim.

use crate::outcome::{Doing, Outcome};
use crate::tool::{self, files_below, root};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use syncline_diagnostics::codes;

/// Codes that no page of the reference can raise in a block, and the test that raises them.
const RAISED_BY_TESTS: [&str; 5] =
    ["file-too-large", "too-many-files", "stray-character", "not-unicode", "expectation-not-met"];

/// Compares rows, pages and markers, then runs the pages.
pub fn run() -> Outcome {
    let mut raised: BTreeMap<String, u32> = BTreeMap::new();
    for folder in ["specs", "docs/errors"] {
        for file in files_below(&root().join(folder))? {
            let path = root().join(folder).join(&file);
            let text = fs::read_to_string(&path).doing(path.display())?;
            for kind in ["error[", "warning["] {
                for rest in text.split(kind).skip(1) {
                    if let Some((name, _)) = rest.split_once(']') {
                        *raised.entry(name.to_owned()).or_default() += 1;
                    }
                }
            }
        }
    }
    let known: BTreeSet<&str> = codes::all().iter().map(|code| code.name).collect();
    let unknown: Vec<&String> =
        raised.keys().filter(|name| !known.contains(name.as_str()) && *name != "name").collect();
    if !unknown.is_empty() {
        return Err(format!("markers name diagnostics that do not exist: {unknown:?}"));
    }
    let pages: BTreeSet<String> = files_below(&root().join("docs/errors"))?
        .iter()
        .filter_map(|file| Some(file.file_stem()?.to_string_lossy().into_owned()))
        .collect();
    let silent: Vec<&&str> =
        known.iter().filter(|name| !raised.contains_key(**name) && !RAISED_BY_TESTS.contains(name)).collect();
    if !silent.is_empty() {
        return Err(format!("no page raises {silent:?}"));
    }
    let stray: Vec<&String> = pages.iter().filter(|page| !known.contains(page.as_str())).collect();
    if !stray.is_empty() || pages.len() != known.len() {
        return Err(format!("{} codes and {} pages; pages without a code: {stray:?}", known.len(), pages.len()));
    }
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).args(["test", "--quiet", "--workspace", "--test", "specs"]);
    tool::output(&mut cargo)?;
    println!(
        "{} diagnostics, {} markers on the pages, each page's example and fix checked",
        known.len(),
        raised.values().sum::<u32>()
    );
    Ok(())
}
