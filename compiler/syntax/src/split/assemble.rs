//! Items from the pieces that the scanner finds: their documentation, their errors, their identity.

use super::identity::identity;
use super::newline::Last;
use super::scan::{Building, Scanner, is_word_byte, range};
use super::{Comment, CommentKind, DocLine, ItemSource, SplitFile, content_hash};
use crate::ast::Range;
use crate::words::item_word;
use crate::{SyntaxError, SyntaxErrorKind};

impl Scanner<'_> {
    pub(super) fn comment(&mut self, at: usize) {
        let line_end = self.line_end(at);
        let end = self.trimmed(at, line_end);
        let text = self.text.get(at..end).unwrap_or_default();
        let own_line = self.fresh;
        let (kind, content) = if let Some(content) = text.strip_prefix("//!") {
            (CommentKind::FileDocs, content)
        } else {
            match text.strip_prefix("///") {
                Some(content) if !content.starts_with('/') => (CommentKind::Docs, content),
                _ => (CommentKind::Plain, text),
            }
        };
        let content = content.strip_prefix(' ').unwrap_or(content);
        let place = range(at, end);
        match kind {
            CommentKind::Plain => {}
            CommentKind::Docs if own_line => self.docs.push(DocLine { range: place, text: content.to_owned() }),
            CommentKind::Docs => self.error(
                SyntaxErrorKind::StrayDocs,
                at,
                end,
                "documentation stands on lines of its own, before what it documents",
            ),
            CommentKind::FileDocs if own_line && self.item.is_none() && self.items.is_empty() => {
                self.file_docs.push(content);
            }
            CommentKind::FileDocs => self.error(
                SyntaxErrorKind::StrayDocs,
                at,
                end,
                "`//!` documents the file and stands before its first item",
            ),
        }
        self.comments.push(Comment { range: place, kind, own_line });
        self.blank(at, line_end);
        self.pos = line_end;
    }

    pub(super) fn start_item(&mut self, at: usize) {
        let mut end = at;
        while self.byte(end).is_some_and(is_word_byte) {
            end += 1;
        }
        let word = std::str::from_utf8(self.bytes(at, end)).unwrap_or_default();
        self.item = Some(Building {
            start: at,
            word: item_word(word),
            docs: self.docs_used,
            inner_docs: self.docs.len(),
            first_error: self.errors.len(),
            header_matches: 0,
            too_deep: false,
            suspect: None,
        });
        self.tokens = 1;
    }

    /// Ends the item after the last token, whatever is still open.
    pub(super) fn finish_item(&mut self) {
        while !self.open.is_empty() {
            self.report_unclosed();
        }
        self.held.clear();
        self.pending = None;
        self.last = Last::Nothing;
        let Some(item) = self.item.take() else { return };
        let place = range(item.start, self.last_end);
        let text = String::from_utf8(self.bytes(item.start, self.last_end).to_vec()).unwrap_or_default();

        let docs_end = self.docs.partition_point(|line| line.range.start < place.end);
        let docs = self.docs.get(item.docs..item.inner_docs).unwrap_or_default();
        let docs = docs.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
        let inner_docs = self.docs.get(item.inner_docs..docs_end).unwrap_or_default();
        let inner_docs: Vec<DocLine> = inner_docs
            .iter()
            .map(|line| DocLine { range: relative(line.range, place.start), text: line.text.clone() })
            .collect();
        self.docs_used = docs_end.max(item.inner_docs);

        let mut errors = Vec::new();
        for mut error in self.errors.split_off(item.first_error.min(self.errors.len())) {
            if error.range.start < place.end {
                error.range = relative(error.range, place.start);
                errors.push(error);
            } else {
                self.file_errors.push(error);
            }
        }
        let id = self.ordinals.number(identity(item.word, &text));
        let hash = content_hash(&text, &docs, &inner_docs, item.too_deep);
        self.items.push(ItemSource {
            start: place.start,
            text,
            id,
            hash,
            docs,
            inner_docs,
            errors,
            too_deep: item.too_deep,
        });
    }

    pub(super) fn finish(mut self) -> SplitFile {
        self.finish_item();
        for line in self.docs.split_off(self.docs_used.min(self.docs.len())) {
            let message = "this documentation stands before nothing";
            self.file_errors.push(SyntaxError::new(SyntaxErrorKind::StrayDocs, line.range, message));
        }
        let mut items = self.items;
        let mut errors = self.file_errors;
        // What was found before its item began (stray characters) goes to the item it lies in.
        for mut error in self.errors {
            let after = items.partition_point(|item| item.start <= error.range.start);
            let item = after.checked_sub(1).and_then(|index| items.get_mut(index));
            match item {
                Some(item) if error.range.start < item.end() => {
                    error.range = relative(error.range, item.start);
                    item.errors.push(error);
                }
                _ => errors.push(error),
            }
        }
        for item in &mut items {
            item.errors.sort_by_key(|error| error.range);
        }
        errors.sort_by_key(|error| error.range);
        SplitFile { items, comments: self.comments, docs: self.file_docs.join("\n"), errors }
    }
}

fn relative(place: Range, start: u32) -> Range {
    Range::new(place.start.saturating_sub(start), place.end.saturating_sub(start))
}

impl ItemSource {
    /// Where it ends in the file, in bytes.
    pub fn end(&self) -> u32 {
        self.start.saturating_add(u32::try_from(self.text.len()).unwrap_or(u32::MAX))
    }
}
