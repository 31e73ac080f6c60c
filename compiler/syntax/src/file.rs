//! A whole file.

use std::sync::Arc;

use crate::ast::{Item, Range};
use crate::split::{Comment, ItemId, ItemSource, split};
use crate::{Parsed, SyntaxError, SyntaxErrorKind, parse_item};

/// A file as trees of its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxFile {
    /// In the order of the file.
    pub items: Vec<SyntaxItem>,
    /// All comments, in the order of the file.
    pub comments: Vec<Comment>,
    /// The `//!` lines joined by newlines.
    pub docs: String,
    /// What is wrong between the items, counted from the start of the file.
    pub errors: Vec<SyntaxError>,
}

/// An item with its place in its file. Tree and errors are shared, so that a cache may hold them as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxItem {
    /// Where its first word starts in the file, in bytes; what the ranges of its tree count from.
    pub start: u32,
    /// Which item of the file it is.
    pub id: ItemId,
    /// A hash of its text, see [`ItemSource::hash`].
    pub hash: u64,
    /// Its tree.
    pub item: Arc<Item>,
    /// What is wrong in it, counted from its start.
    pub errors: Arc<[SyntaxError]>,
}

impl SyntaxItem {
    /// The item of `source` with what was read from it, now or from a cache by [`ItemSource::hash`].
    pub fn new(source: ItemSource, item: Arc<Item>, errors: Arc<[SyntaxError]>) -> Self {
        Self { start: source.start, id: source.id, hash: source.hash, item, errors }
    }

    /// Reads an item.
    pub fn parse(source: ItemSource) -> Self {
        let Parsed { value, errors } = parse_item(&source);
        Self::new(source, Arc::new(value), errors.into())
    }

    /// `range` of this item counted from the start of the file.
    pub fn in_file(&self, range: Range) -> Range {
        range.shifted(self.start)
    }
}

impl SyntaxFile {
    /// All errors of the file and of its items, counted from the start of the file and in the order of their places.
    pub fn all_errors(&self) -> Vec<SyntaxError> {
        let of_items = self.items.iter().flat_map(|item| {
            item.errors.iter().map(|error| SyntaxError { range: item.in_file(error.range), ..error.clone() })
        });
        let mut errors: Vec<SyntaxError> = self.errors.iter().cloned().chain(of_items).collect();
        errors.sort_by_key(|error| error.range);
        errors
    }

    /// Whether nothing is wrong with the form of the file.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty() && self.items.iter().all(|item| item.errors.is_empty())
    }
}

/// Reads a file. Never fails; the caller refuses files of more than 16 MiB before.
pub fn parse_file(text: &str) -> SyntaxFile {
    let file = split(text);
    let items = file.items.into_iter().map(SyntaxItem::parse).collect();
    SyntaxFile { items, comments: file.comments, docs: file.docs, errors: file.errors }
}

/// The text of a file from its bytes, or the error that says where they are no UTF-8.
pub fn decode(bytes: &[u8]) -> Result<&str, SyntaxError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let start = u32::try_from(error.valid_up_to()).unwrap_or(u32::MAX);
        let place = Range::new(start, start.saturating_add(1));
        SyntaxError::new(SyntaxErrorKind::NotUnicode, place, "the file is not UTF-8 from here on")
            .with_help("save the file as UTF-8")
    })
}
