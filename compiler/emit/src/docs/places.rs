//! Places in the specs, `file:line:column`, and how they are shown.
//!
//! The **label** of a file is the shortest end of its path, in whole folders, that no other file of the workspace has.

use serde::Serialize;
use std::collections::BTreeMap;

/// A place in the specs as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Place {
    /// `time.syn:12`
    pub(super) text: String,
    /// The line on the page of its file; none without the file's text.
    pub(super) href: Option<String>,
    /// The whole path and the line.
    pub(super) title: String,
}

/// A place taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position<'a> {
    /// Relative to the workspace.
    pub(super) file: &'a str,
    /// From 1.
    pub(super) line: usize,
}

/// `file:line:column` taken apart; none when it is not of that form. The file may contain colons.
pub(super) fn position(at: &str) -> Option<Position<'_>> {
    let mut parts = at.rsplitn(3, ':');
    let column = parts.next()?;
    let line = parts.next()?;
    let file = parts.next()?;
    column.parse::<usize>().ok()?;
    Some(Position { file, line: line.parse().ok()? })
}

/// The label of each file.
pub(super) fn labels<'a>(files: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    let files: Vec<&str> = files.collect();
    // How many files end with each run of folders: one pass, so that large workspaces stay cheap.
    let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &files {
        for end in ends(file) {
            *uses.entry(end).or_default() += 1;
        }
    }
    files
        .iter()
        .map(|file| (*file, ends(file).find(|end| uses.get(end) == Some(&1)).unwrap_or(file).to_owned()))
        .collect()
}

/// `c`, `b/c`, `a/b/c` of `a/b/c`.
fn ends(file: &str) -> impl Iterator<Item = &str> {
    file.rmatch_indices('/').filter_map(|(at, slash)| file.get(at + slash.len()..)).chain(std::iter::once(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_from_its_end() {
        assert_eq!(position("specs/a:b.syn:12:3"), Some(Position { file: "specs/a:b.syn", line: 12 }));
        assert_eq!(position("specs/a.syn:12"), None);
        assert_eq!(position("a:b:c"), None);
    }

    #[test]
    fn a_label_is_as_short_as_it_can_be() {
        let labels = labels(["specs/eu/time.syn", "specs/us/time.syn", "specs/us/erp.syn", "erp.syn"].into_iter());
        let shown: Vec<&str> = labels.values().map(String::as_str).collect();
        assert_eq!(shown, ["erp.syn", "eu/time.syn", "us/erp.syn", "us/time.syn"]);
    }
}
