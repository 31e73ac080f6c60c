//! A page of Markdown: its blocks, and the hidden texts in its comments.
//!
//! A **prelude** is source text in a comment, `<!-- prelude NAME`, that blocks marked `fragment NAME` are wrapped in. A
//! **row** is one source row in a comment, `<!-- row NAME`, on which the values asserted in these blocks are computed.

use super::source::Line;
use std::collections::BTreeMap;
use std::path::Path;

pub struct Page {
    /// From the root of the repository, with `/`.
    pub path: String,
    pub preludes: BTreeMap<String, Vec<Line>>,
    pub rows: BTreeMap<String, BTreeMap<String, String>>,
    pub blocks: Vec<Block>,
    /// What cannot be read as a page.
    pub wrong: Vec<String>,
}

pub struct Block {
    /// What follows the opening fence.
    pub info: String,
    /// The line of the opening fence.
    pub at: usize,
    /// The heading above.
    pub heading: String,
    pub lines: Vec<Line>,
}

/// All pages of a folder, by name.
pub fn pages(folder: &Path, root: &Path) -> Vec<Page> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        page(name, &std::fs::read_to_string(path).unwrap())
    };
    paths.iter().map(read).collect()
}

fn page(path: String, text: &str) -> Page {
    let mut page =
        Page { path, preludes: BTreeMap::new(), rows: BTreeMap::new(), blocks: Vec::new(), wrong: Vec::new() };
    let mut heading = String::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((at, line)) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let (found, closed) = until(&mut lines, "```");
            if !closed {
                page.wrong.push(format!("{}:{at}: this block is never closed", page.path));
            }
            page.blocks.push(Block { info: info.trim().to_owned(), at, heading: heading.clone(), lines: found });
        } else if let Some(hidden) = line.strip_prefix("<!--") {
            let (found, closed) = until(&mut lines, "-->");
            page.hidden(hidden.trim(), at, found, closed);
        } else if line.starts_with('#') {
            heading = line.trim_start_matches('#').trim().to_owned();
        }
    }
    page
}

fn until<'t>(lines: &mut impl Iterator<Item = (usize, &'t str)>, end: &str) -> (Vec<Line>, bool) {
    let mut found = Vec::new();
    for (at, line) in lines {
        if line == end {
            return (found, true);
        }
        found.push(Line { text: line.to_owned(), at });
    }
    (found, false)
}

impl Page {
    fn hidden(&mut self, kind: &str, at: usize, lines: Vec<Line>, closed: bool) {
        let twice = match (kind.split_once(' '), closed) {
            (Some(("prelude", name)), true) => self.preludes.insert(name.to_owned(), lines).is_some(),
            (Some(("row", name)), true) => {
                let cells = lines
                    .iter()
                    .filter_map(|line| line.text.split_once('='))
                    .map(|(field, cell)| (field.trim().to_owned(), cell.trim().to_owned()));
                self.rows.insert(name.to_owned(), cells.collect()).is_some()
            }
            _ => {
                self.wrong.push(format!(
                    "{}:{at}: a comment is `<!-- prelude NAME` or `<!-- row NAME`, closed by a line `-->`",
                    self.path
                ));
                false
            }
        };
        if twice {
            self.wrong.push(format!("{}:{at}: the name of this comment is taken", self.path));
        }
    }
}
