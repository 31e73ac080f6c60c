//! From a block to the files of a workspace, each line with its place on the page.

use super::page::{Block, Page};

#[derive(Clone, Debug)]
pub struct Line {
    pub text: String,
    /// Its line on the page, from 1.
    pub at: usize,
}

/// The sources of one block.
pub struct Source {
    pub files: Vec<File>,
    /// The name of its prelude.
    pub prelude: Option<String>,
}

pub struct File {
    /// From the root of the workspace.
    pub path: String,
    pub lines: Vec<SourceLine>,
}

#[derive(Clone)]
pub struct SourceLine {
    pub line: Line,
    /// Whether readers of the page see it.
    pub shown: bool,
}

/// Where a fragment goes in its prelude.
const HOLE: &str = "// …";

/// The sources of a block marked `syncline` or `syncline fragment NAME`.
pub fn source(page: &Page, block: &Block) -> Result<Source, String> {
    let shown = |line: &Line| SourceLine { line: line.clone(), shown: true };
    let words: Vec<&str> = block.info.split_whitespace().collect();
    match words.as_slice() {
        ["syncline"] => Ok(Source { files: split(block.lines.iter().map(shown).collect()), prelude: None }),
        ["syncline", "fragment", name] => {
            let prelude =
                page.preludes.get(*name).ok_or_else(|| format!("there is no prelude `{name}` on this page"))?;
            let hole = prelude.iter().position(|line| line.text.trim() == HOLE);
            let (before, after) = match hole {
                Some(hole) => (&prelude[..hole], &prelude[hole + 1..]),
                None => (prelude.as_slice(), &prelude[..0]),
            };
            let hidden = |line: &Line| SourceLine { line: line.clone(), shown: false };
            let lines = before.iter().map(hidden).chain(block.lines.iter().map(shown)).chain(after.iter().map(hidden));
            Ok(Source { files: split(lines.collect()), prelude: Some((*name).to_owned()) })
        }
        _ => Err(format!("`{}` marks no kind of block", block.info)),
    }
}

/// Cuts lines at `// file: NAME`.
fn split(lines: Vec<SourceLine>) -> Vec<File> {
    let mut files = vec![File { path: "main.syn".to_owned(), lines: Vec::new() }];
    for line in lines {
        if let Some(path) = line.line.text.strip_prefix("// file: ") {
            files.push(File { path: path.trim().to_owned(), lines: Vec::new() });
        } else {
            files.last_mut().unwrap().lines.push(line);
        }
    }
    files.retain(|file| file.lines.iter().any(|line| !line.line.text.trim().is_empty()));
    files
}

impl File {
    pub fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{}\n", line.line.text)).collect()
    }

    /// The text without the shown lines for which `leave_out` holds; lines keep their numbers.
    pub fn text_without(&self, leave_out: impl Fn(&SourceLine) -> bool) -> String {
        self.lines
            .iter()
            .map(|line| if leave_out(line) { "\n".to_owned() } else { format!("{}\n", line.line.text) })
            .collect()
    }
}
