//! `features`: what docs/features.md names exists.
//!
//! In a row every code span that looks like a path must be a file or a folder of the repository; `file.md#word` names a word
//! that must stand in that file. A row is `done`, `part` or `later`; a `done` row names a test.

use crate::outcome::{Doing, Outcome};
use crate::tool::root;
use std::fs;

/// Checks each row of the table.
pub fn run() -> Outcome {
    let text = fs::read_to_string(root().join("docs/features.md")).doing("reading docs/features.md")?;
    let mut counts = [("done", 0_u32), ("part", 0), ("later", 0)];
    let mut problems = Vec::new();
    let mut paths = 0_u32;
    for line in
        text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| #") && !line.starts_with("| **"))
    {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let (Some(id), Some(state)) = (cells.first(), cells.last()) else { continue };
        match counts.iter_mut().find(|(known, _)| known == state) {
            Some((_, count)) => *count += 1,
            None => problems.push(format!("{id}: `{state}` is no state")),
        }
        let named: Vec<&str> = line.split('`').skip(1).step_by(2).filter(|span| span.contains('/')).collect();
        if *state == "done"
            && !named.iter().any(|path| {
                path.starts_with("specs/")
                    || path.starts_with("tests/")
                    || path.contains("/tests/")
                    || path.starts_with("docs/errors/")
            })
        {
            problems.push(format!("{id} is done and names no test"));
        }
        for path in named {
            paths += 1;
            if let Some(problem) = missing(path)? {
                problems.push(format!("{id}: {problem}"));
            }
        }
    }
    let rows: u32 = counts.iter().map(|(_, count)| count).sum();
    if rows == 0 {
        return Err("docs/features.md has no rows".to_owned());
    }
    if !problems.is_empty() {
        return Err(format!("docs/features.md is not true:\n  {}", problems.join("\n  ")));
    }
    let shown: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
    println!("{rows} rows ({}), {paths} paths named, all there", shown.join(", "));
    Ok(())
}

/// What is wrong with a named path, if anything.
fn missing(path: &str) -> Outcome<Option<String>> {
    let (file, word) = path.split_once('#').map_or((path, None), |(file, word)| (file, Some(word)));
    let full = root().join(file);
    if !full.exists() {
        return Ok(Some(format!("`{file}` does not exist")));
    }
    let Some(word) = word else { return Ok(None) };
    let text = fs::read_to_string(&full).doing(file)?;
    Ok((!text.contains(word)).then(|| format!("`{file}` does not say `{word}`")))
}
