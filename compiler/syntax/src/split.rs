//! Cuts a file into items and prepares their text for the grammar.
//!
//! Terms
//! - The **masked** text of an item is its text byte for byte, in which comments and white space are blanks and each
//!   newline that ends a statement is one [`END`]: offsets do not move, and the grammar needs to know blanks only.
//! - A newline inside a block **ends a statement** unless it stands within `( )` or `[ ]`, or the line before it ends in
//!   `{ , = -> ..` or a binary operator, or the next line starts with a binary operator or with
//!   `and or else as .. , ) ]`. The arrows `=>` and `<->` count as binary operators, so do the words
//!   `and or in is`; the `*` of `crm owns *` does not.
//! - An item ends with the brace that closes its block; `use` and `unit`, which have none, end with their line. When
//!   a brace is missing, the item ends before the next line that begins with an item's word at column 0, followed by a
//!   name.
//! - A bracket that is never closed reaches to the end of its line only: the newlines it held back end statements again.
//!
//! Splitting never fails and never looks at what statements mean. What it finds wrong itself (brackets, quotes,
//! characters) it reports once; the grammar's errors at the same statement are then kept silent.

mod assemble;
mod brackets;
mod identity;
mod newline;
mod scan;

use std::hash::Hasher as _;

use rustc_hash::FxHasher;
use smol_str::SmolStr;

use crate::SyntaxError;
use crate::ast::{ItemWord, Range};

/// The byte that ends a statement in masked text.
pub const END: char = '\u{1E}';

/// The most brackets and braces that may be open at once: pest overflows the stack past some thousand.
pub const MAX_DEPTH: usize = 128;

/// A file cut into items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitFile {
    /// In the order of the file. Between them lie white space, comments and stray closing brackets only.
    pub items: Vec<ItemSource>,
    /// All comments, in the order of the file.
    pub comments: Vec<Comment>,
    /// The `//!` lines, without the slashes and one blank after them, joined by newlines.
    pub docs: String,
    /// What is wrong between the items, counted from the start of the file.
    pub errors: Vec<SyntaxError>,
}

/// The text of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemSource {
    /// Where its first word starts in the file, in bytes.
    pub start: u32,
    /// Its masked text.
    pub text: String,
    /// Which item it is.
    pub id: ItemId,
    /// A hash of everything the reader sees of it: equal hashes, equal trees. It differs between versions of
    /// this library and is for caches only.
    pub hash: u64,
    /// Its `///` lines joined by newlines.
    pub docs: String,
    /// The `///` lines inside it.
    pub inner_docs: Vec<DocLine>,
    /// What splitting found wrong inside it, counted from its start.
    pub errors: Vec<SyntaxError>,
    /// Whether it is nested so deeply that it must not be parsed; that has been reported.
    pub too_deep: bool,
}

/// A `///` line inside an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocLine {
    /// From the slashes to the end of the line, counted from the start of the item.
    pub range: Range,
    /// Without the slashes and one blank after them.
    pub text: String,
}

/// Which item of a file an item is: stays the same when other text changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId {
    /// Its first word.
    pub word: ItemWord,
    /// Its name; of an item without one its endpoints: `psa.timecard -> TimeEntry`.
    pub name: SmolStr,
    /// How many items of the same word and name stand before it in the file.
    pub ordinal: u32,
}

/// A comment with its place in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// From the slashes to the end of the line, without trailing white space.
    pub range: Range,
    /// What it is for.
    pub kind: CommentKind,
    /// Whether nothing stands before it on its line.
    pub own_line: bool,
}

/// What a comment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommentKind {
    /// `//`
    Plain,
    /// `///`, of the next declaration
    Docs,
    /// `//!`, of the file
    FileDocs,
}

/// Cuts a file into items.
///
/// Positions are 32 bits wide: text past 4 GiB is ignored. The caller refuses files of more than 16 MiB.
pub fn split(text: &str) -> SplitFile {
    scan::scan(text)
}

/// A fast hash of what the reader sees of an item.
fn content_hash(text: &str, docs: &str, inner_docs: &[DocLine], too_deep: bool) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.write_u8(u8::from(too_deep));
    hasher.write(docs.as_bytes());
    for line in inner_docs {
        hasher.write_u32(line.range.start);
        hasher.write(line.text.as_bytes());
    }
    hasher.finish()
}
