//! Where a span lies: file, line and column.
//!
//! A **line** ends with `\n`; a `\r` just before it belongs to the line end, not to the line. A **column** counts Unicode
//! scalar values from 1, so a tab, an `é` and an emoji of one scalar are each one column. The position after the last
//! character of a file is valid: it is where something that is missing at the end is reported.
//!
//! The map never refuses a span. Offsets past the end of a file mean its end, offsets inside a character mean its start,
//! and a span of an item the map does not know means the start of the first file.

use std::sync::{Arc, OnceLock};

use crate::{FileId, ItemRef, Span};

/// The texts of a workspace and the places of its items.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<File>,
    items: Vec<Item>,
}

#[derive(Clone, Debug)]
struct File {
    path: Arc<str>,
    text: Arc<str>,
    /// Byte offsets at which lines begin. Built when the first position is asked for: most files never have one.
    line_starts: OnceLock<Vec<u32>>,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    file: FileId,
    offset: u32,
}

/// A line and a column, both counted from 1; columns are Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
}

/// A span found in its file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    /// The file.
    pub file: FileId,
    /// Its path from the root of the workspace, with `/`.
    pub path: Arc<str>,
    /// Where the span starts.
    pub start: LineColumn,
    /// Where the span ends: the position after its last character.
    pub end: LineColumn,
    /// The bytes of the file that the span covers; both ends lie between characters.
    pub bytes: std::ops::Range<usize>,
}

impl SourceMap {
    /// An empty map.
    pub fn new() -> SourceMap {
        SourceMap::default()
    }

    /// Adds a file; `path` is relative to the root of the workspace and uses `/`.
    pub fn add_file(&mut self, path: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(index(self.files.len()));
        self.files.push(File { path: path.into(), text: text.into(), line_starts: OnceLock::new() });
        id
    }

    /// Adds an item that starts `offset` bytes into `file`.
    pub fn add_item(&mut self, file: FileId, offset: u32) -> ItemRef {
        let item = ItemRef(index(self.items.len()));
        self.items.push(Item { file, offset });
        item
    }

    /// How many files the map holds.
    pub fn file_count(&self) -> usize {
        self.files.len()
    }

    /// The text of a file; empty for a file the map does not hold.
    pub fn text(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| &file.text)
    }

    /// The path of a file from the root of the workspace; empty for a file the map does not hold.
    pub fn path(&self, file: FileId) -> &str {
        self.file(file).map_or("", |file| &file.path)
    }

    /// The file with this path.
    pub fn file_at(&self, path: &str) -> Option<FileId> {
        self.files.iter().position(|file| &*file.path == path).map(|at| FileId(index(at)))
    }

    /// The file in which an item lies, and the byte at which the item starts.
    pub fn item(&self, item: ItemRef) -> (FileId, u32) {
        let found = self.items.get(item.0 as usize);
        found.map_or((FileId(0), 0), |item| (item.file, item.offset))
    }

    /// The text that a span covers.
    pub fn snippet(&self, span: Span) -> &str {
        let (file, bytes) = self.bytes(span);
        self.text(file).get(bytes).unwrap_or("")
    }

    /// Where a span lies. Finds the line in O(log lines) and counts the characters of that line.
    pub fn resolve(&self, span: Span) -> Location {
        let (file, bytes) = self.bytes(span);
        Location {
            file,
            path: self.file(file).map_or_else(|| Arc::from(""), |file| Arc::clone(&file.path)),
            start: self.line_column(file, bytes.start),
            end: self.line_column(file, bytes.end),
            bytes,
        }
    }

    /// The line and column of a byte of a file.
    pub fn line_column(&self, file: FileId, byte: usize) -> LineColumn {
        let line = self.line_index(file, byte);
        let text = self.text(file);
        let line_text = text.get(self.line_bytes(file, line)).unwrap_or("");
        let within = floor_char_boundary(text, byte).saturating_sub(self.line_start(file, line));
        // A `\r\n` is one line end: no column lies between its two bytes.
        let visible = line_text.strip_suffix('\n').map_or(line_text, |line| line.strip_suffix('\r').unwrap_or(line));
        let before = visible.get(..within).unwrap_or(visible);
        LineColumn { line: index(line + 1), column: index(before.chars().count() + 1) }
    }

    /// The index, from 0, of the line in which a byte lies.
    pub(crate) fn line_index(&self, file: FileId, byte: usize) -> usize {
        let starts = self.line_starts(file);
        starts.partition_point(|start| *start as usize <= byte).saturating_sub(1)
    }

    /// How many lines a file has. An empty file has one.
    pub(crate) fn line_count(&self, file: FileId) -> usize {
        self.line_starts(file).len()
    }

    /// The bytes of a line, its line end included.
    pub(crate) fn line_bytes(&self, file: FileId, line: usize) -> std::ops::Range<usize> {
        self.line_start(file, line)..self.line_start(file, line + 1)
    }

    fn line_start(&self, file: FileId, line: usize) -> usize {
        let start = self.line_starts(file).get(line).map(|start| *start as usize);
        start.unwrap_or_else(|| self.text(file).len())
    }

    fn line_starts(&self, file: FileId) -> &[u32] {
        self.file(file).map_or(&[0], |file| file.line_starts.get_or_init(|| line_starts(&file.text)))
    }

    fn file(&self, file: FileId) -> Option<&File> {
        self.files.get(file.0 as usize)
    }

    fn bytes(&self, span: Span) -> (FileId, std::ops::Range<usize>) {
        let (file, offset) = self.item(span.item);
        let text = self.text(file);
        let start = floor_char_boundary(text, offset as usize + span.start as usize);
        let end = floor_char_boundary(text, offset as usize + span.end as usize);
        (file, start..end.max(start))
    }
}

fn line_starts(text: &str) -> Vec<u32> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| index(at + 1))).collect()
}

fn floor_char_boundary(text: &str, byte: usize) -> usize {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

/// Counts are kept in 32 bits: source files are limited to 16 MiB, files to 10,000.
fn index(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line and column of a byte of a file with this text, as `2:1`.
    fn at(text: &str, byte: usize) -> String {
        let mut sources = SourceMap::new();
        let file = sources.add_file("x.syn", text);
        let LineColumn { line, column } = sources.line_column(file, byte);
        format!("{line}:{column}")
    }

    #[test]
    fn tab_is_one_column() {
        assert_eq!(at("a\tb", 1), "1:2");
        assert_eq!(at("a\tb", 2), "1:3");
    }

    #[test]
    fn scalars_of_several_bytes_are_one_column() {
        // `é` has two bytes, the emoji four.
        assert_eq!(at("é=😀!", 2), "1:2");
        assert_eq!(at("é=😀!", 3), "1:3");
        assert_eq!(at("é=😀!", 7), "1:4");
        assert_eq!(at("é=😀!", 8), "1:5");
    }

    #[test]
    fn byte_inside_a_character_means_its_start() {
        assert_eq!(at("a😀", 3), "1:2");
        assert_eq!(at("a\né", 3), "2:1");
    }

    #[test]
    fn carriage_return_belongs_to_the_line_end() {
        let text = "ab\r\ncd\r\n";
        assert_eq!(at(text, 2), "1:3", "at the \\r");
        assert_eq!(at(text, 3), "1:3", "at the \\n");
        assert_eq!(at(text, 4), "2:1");
        assert_eq!(at(text, 6), "2:3");
        assert_eq!(at(text, 8), "3:1", "after the last line end");
        assert_eq!(at("a\rb", 2), "1:3", "without a \\n it ends no line");
        assert_eq!(at("a\r\r\n", 2), "1:3", "of two, one belongs to the line");
    }

    #[test]
    fn ends_of_files_are_positions() {
        assert_eq!(at("", 0), "1:1");
        assert_eq!(at("", 7), "1:1", "past the end is the end");
        assert_eq!(at("ab", 2), "1:3");
        assert_eq!(at("ab", 9), "1:3");
        assert_eq!(at("ab\n", 2), "1:3");
        assert_eq!(at("ab\n", 3), "2:1");
        assert_eq!(at("\n\n", 1), "2:1");
    }

    #[test]
    fn spans_count_from_their_item() {
        let mut sources = SourceMap::new();
        let file = sources.add_file("services/time.syn", "// é\nenum A { B }\n");
        let item = sources.add_item(file, 6);
        let found = sources.resolve(Span::new(item, 5, 6));
        assert_eq!(&*found.path, "services/time.syn");
        assert_eq!(found.file, file);
        assert_eq!(found.start, LineColumn { line: 2, column: 6 });
        assert_eq!(found.end, LineColumn { line: 2, column: 7 });
        assert_eq!(found.bytes, 11..12);
        assert_eq!(sources.snippet(Span::new(item, 0, 6)), "enum A");
    }

    #[test]
    fn edit_above_an_item_moves_no_span() {
        let span = |above: &str| {
            let mut sources = SourceMap::new();
            let text = format!("{above}enum A {{ B }}");
            let file = sources.add_file("x.syn", text);
            let item = sources.add_item(file, u32::try_from(above.len()).unwrap());
            let span = Span::new(item, 5, 6);
            (span, sources.snippet(span).to_owned(), sources.resolve(span).start.line)
        };
        let (short, long) = (span(""), span("team t {}\n\n"));
        assert_eq!(short.0, long.0);
        assert_eq!(short.1, "A");
        assert_eq!(long.1, "A");
        assert_eq!((short.2, long.2), (1, 3));
    }

    #[test]
    fn every_span_has_a_place() {
        let mut sources = SourceMap::new();
        let stray = Span::new(ItemRef(3), 1, 2);
        assert_eq!(sources.resolve(stray).start, LineColumn { line: 1, column: 1 });
        assert_eq!(sources.snippet(stray), "");
        let file = sources.add_file("x.syn", "abc");
        let item = sources.add_item(file, 1);
        let backwards = sources.resolve(Span::new(item, 2, 1));
        assert_eq!(backwards.bytes, 3..3);
        assert_eq!(sources.snippet(Span::new(item, 0, u32::MAX)), "bc");
    }
}
