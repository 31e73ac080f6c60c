//! The scanner: one pass over the bytes of a file.

use super::identity::Ordinals;
use super::newline::{Last, operator, word_continues, word_wants_more};
use super::{Comment, DocLine, END, ItemSource, SplitFile};
use crate::ast::{ItemWord, Range};
use crate::words::item_word;
use crate::{SyntaxError, SyntaxErrorKind};

/// A bracket or brace that is open.
pub(super) struct Open {
    pub(super) bracket: u8,
    pub(super) at: usize,
    /// How many newlines were held back when it was opened.
    pub(super) held: usize,
    /// The column of the first token of its line.
    pub(super) indent: usize,
    /// Whether its closing brace ends the item.
    pub(super) ends_item: bool,
}

/// The item being read.
pub(super) struct Building {
    pub(super) start: usize,
    pub(super) word: ItemWord,
    /// Its own `///` lines are those from here to `inner_docs`, counted in `Scanner::docs`.
    pub(super) docs: usize,
    pub(super) inner_docs: usize,
    pub(super) first_error: usize,
    /// How many `match` of its header wait for their brace.
    pub(super) header_matches: usize,
    pub(super) too_deep: bool,
    /// An opening brace whose closing brace is indented like that of an outer one.
    pub(super) suspect: Option<usize>,
}

pub(super) struct Scanner<'t> {
    pub(super) text: &'t str,
    /// The text in which comments are blanked and newlines marked as the scanner goes.
    pub(super) masked: Vec<u8>,
    pub(super) pos: usize,
    pub(super) line_start: usize,
    /// Whether no token of this line has been seen.
    pub(super) fresh: bool,
    /// The column of the first token of this line.
    pub(super) indent: usize,
    pub(super) last: Last,
    pub(super) last_end: usize,
    /// A newline that ends a statement unless the next token continues the line before it.
    pub(super) pending: Option<usize>,
    /// Tokens since the start of the statement.
    pub(super) tokens: usize,
    /// Tokens of this line.
    pub(super) line_tokens: usize,
    pub(super) open: Vec<Open>,
    /// Newlines that only a parenthesis or bracket keeps from ending a statement.
    pub(super) held: Vec<usize>,
    pub(super) item: Option<Building>,
    pub(super) items: Vec<ItemSource>,
    pub(super) ordinals: Ordinals,
    pub(super) comments: Vec<Comment>,
    /// `///` lines, counted from the start of the file.
    pub(super) docs: Vec<DocLine>,
    /// How many of `docs` belong to items that are done.
    pub(super) docs_used: usize,
    pub(super) file_docs: Vec<&'t str>,
    pub(super) errors: Vec<SyntaxError>,
    /// Errors that lie in no item.
    pub(super) file_errors: Vec<SyntaxError>,
}

pub(super) fn scan(text: &str) -> SplitFile {
    let text = text.get(..u32::MAX as usize).unwrap_or(text);
    let mut scanner = Scanner::new(text);
    scanner.blank_stray_characters();
    while let Some(byte) = scanner.byte(scanner.pos) {
        scanner.step(byte);
    }
    scanner.finish()
}

pub(super) fn range(start: usize, end: usize) -> Range {
    // INVARIANT: `scan` cuts the text to 4 GiB, so positions fit.
    Range::new(u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX))
}

pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            masked: text.as_bytes().to_vec(),
            pos: 0,
            line_start: 0,
            fresh: true,
            indent: 0,
            last: Last::Nothing,
            last_end: 0,
            pending: None,
            tokens: 0,
            line_tokens: 0,
            open: Vec::new(),
            held: Vec::new(),
            item: None,
            items: Vec::new(),
            ordinals: Ordinals::default(),
            comments: Vec::new(),
            docs: Vec::new(),
            docs_used: 0,
            file_docs: Vec::new(),
            errors: Vec::new(),
            file_errors: Vec::new(),
        }
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.masked.get(at).copied()
    }

    pub(super) fn bytes(&self, start: usize, end: usize) -> &[u8] {
        self.masked.get(start..end).unwrap_or_default()
    }

    pub(super) fn put(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.masked.get_mut(at) {
            *place = byte;
        }
    }

    pub(super) fn blank(&mut self, start: usize, end: usize) {
        if let Some(places) = self.masked.get_mut(start..end) {
            places.fill(b' ');
        }
    }

    pub(super) fn error(&mut self, kind: SyntaxErrorKind, start: usize, end: usize, message: impl Into<String>) {
        self.errors.push(SyntaxError::new(kind, range(start, end), message));
    }

    /// Blanks the byte order mark, control characters and marks that turn the direction of text: what a reader cannot
    /// see must not mean anything.
    fn blank_stray_characters(&mut self) {
        let harmless = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | b' '..=b'~');
        if self.masked.iter().all(harmless) {
            return;
        }
        for (at, character) in self.text.char_indices() {
            let end = at + character.len_utf8();
            match character {
                '\t' | '\n' | '\r' => {}
                '\u{FEFF}' if at == 0 => {
                    self.blank(at, end);
                    self.pos = end;
                    self.line_start = end;
                }
                '\u{FEFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
                    self.blank(at, end);
                    let message = format!("invisible character U+{:04X}", u32::from(character));
                    self.error(SyntaxErrorKind::StrayCharacter, at, end, message);
                }
                _ if character.is_control() => {
                    self.blank(at, end);
                    let message = format!("control character U+{:04X}", u32::from(character));
                    self.error(SyntaxErrorKind::StrayCharacter, at, end, message);
                }
                _ => {}
            }
        }
    }

    fn step(&mut self, byte: u8) {
        let at = self.pos;
        match byte {
            b' ' => self.pos += 1,
            b'\t' | b'\r' => {
                self.put(at, b' ');
                self.pos += 1;
            }
            b'\n' => self.newline(at),
            b'/' if self.byte(at + 1) == Some(b'/') => self.comment(at),
            b'"' => self.quoted(at),
            b'`' => self.backticked(at),
            b'{' | b'(' | b'[' => self.open_bracket(at, byte),
            b'}' | b')' | b']' => self.close_bracket(at, byte),
            b';' => self.semicolon(at),
            _ if is_word_byte(byte) => self.word(at),
            _ => self.sign(at),
        }
    }

    fn newline(&mut self, at: usize) {
        self.put(at, b' ');
        self.pos = at + 1;
        self.line_start = at + 1;
        self.fresh = true;
        self.line_tokens = 0;
        if self.pending.is_some() {
            return;
        }
        let ends = match self.last {
            Last::Nothing | Last::WantsMore => false,
            Last::Word { start } => !word_wants_more(self.bytes(start, self.last_end)),
            Last::Whole => true,
        };
        if ends {
            self.pending = Some(at);
        }
    }

    /// Everything that happens before a token: the newline before it ends a statement or not, an item without braces
    /// ends, an item starts.
    pub(super) fn before_token(&mut self, at: usize, continues: bool) {
        if self.fresh {
            self.indent = at - self.line_start;
            if self.open.is_empty() && !continues && self.ends_with_its_line(at) {
                self.finish_item();
            }
            self.fresh = false;
        }
        if let Some(newline) = self.pending.take()
            && !continues
        {
            self.end_statement(newline);
        }
        self.tokens += 1;
        self.line_tokens += 1;
        if self.item.is_none() {
            self.start_item(at);
        }
    }

    fn end_statement(&mut self, newline: usize) {
        match self.open.last().map(|open| open.bracket) {
            Some(b'{') => {
                self.put(newline, END as u8);
                self.tokens = 0;
            }
            Some(_) => self.held.push(newline),
            None => {}
        }
    }

    pub(super) fn after_token(&mut self, end: usize, last: Last) {
        self.pos = end;
        self.last_end = end;
        self.last = last;
    }

    /// Whether the item being read has no block to wait for and its line is over.
    fn ends_with_its_line(&self, at: usize) -> bool {
        match self.item.as_ref().map(|item| item.word) {
            Some(ItemWord::Use | ItemWord::Unit) => self.pending.is_some(),
            Some(ItemWord::Unknown) => at == self.line_start,
            _ => false,
        }
    }

    fn word(&mut self, at: usize) {
        let mut end = at + 1;
        while self.byte(end).is_some_and(is_word_byte) {
            end += 1;
        }
        if at == self.line_start && self.fresh && self.item.is_some() && self.starts_item(at, end) {
            self.finish_item();
        }
        // Only the first word of a line can continue the line before, and only after a whole one is it asked.
        let continues = self.pending.is_some() && word_continues(self.bytes(at, end));
        self.before_token(at, continues);
        if self.open.is_empty()
            && self.bytes(at, end) == b"match"
            && let Some(item) = &mut self.item
        {
            item.header_matches += 1;
        }
        self.after_token(end, Last::Word { start: at });
    }

    /// Whether the word `at..end` is an item's, followed by a name: no statement looks like that.
    fn starts_item(&self, at: usize, end: usize) -> bool {
        let word = std::str::from_utf8(self.bytes(at, end)).unwrap_or_default();
        let is_block = match item_word(word) {
            ItemWord::Unknown => return false,
            // A calendar has a statement of this word: only the item has a brace on its line.
            ItemWord::Holidays => {
                let line = self.bytes(end, self.masked.len()).split(|byte| *byte == b'\n').next().unwrap_or_default();
                line.contains(&b'{')
            }
            _ => true,
        };
        if !is_block {
            return false;
        }
        let blanks = self.bytes(end, self.masked.len()).iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        blanks > 0 && self.byte(end + blanks).is_some_and(|byte| is_word_byte(byte) || matches!(byte, b'`' | b'"'))
    }

    fn sign(&mut self, at: usize) {
        let rest = self.bytes(at, at + 3);
        let (length, wants_more, continues) = operator(rest);
        let declares = match rest {
            [b'=', next, ..] => !matches!(next, b'=' | b'>'),
            [b':', ..] => self.open.last().is_some_and(|open| open.bracket == b'('),
            _ => false,
        };
        if declares && self.line_tokens == 1 {
            self.leave_brackets();
        }
        let rest = self.bytes(at, at + 3);
        let is_star = rest.starts_with(b"*");
        if length == 0 {
            self.before_token(at, false);
            return self.after_token(at + 1, Last::Whole);
        }
        // `crm owns *` and `use module.*`: this star multiplies nothing.
        let all = is_star
            && (at.checked_sub(1).and_then(|before| self.byte(before)) == Some(b'.')
                || (self.tokens == 2 && self.last_word() == b"owns"));
        self.before_token(at, continues);
        self.after_token(at + length, if wants_more && !all { Last::WantsMore } else { Last::Whole });
    }

    pub(super) fn last_word(&self) -> &[u8] {
        match self.last {
            Last::Word { start } => self.bytes(start, self.last_end),
            _ => b"",
        }
    }

    fn semicolon(&mut self, at: usize) {
        if !self.open.is_empty() {
            self.before_token(at, false);
            self.tokens = 0;
            return self.after_token(at + 1, Last::Nothing);
        }
        match self.item.as_ref().map(|item| item.word) {
            Some(ItemWord::Use | ItemWord::Unit | ItemWord::Unknown) => {
                self.finish_item();
                self.blank(at, at + 1);
                self.pos = at + 1;
            }
            Some(_) => {
                self.before_token(at, false);
                self.after_token(at + 1, Last::Nothing);
            }
            None => {
                self.blank(at, at + 1);
                self.pos = at + 1;
            }
        }
    }

    fn quoted(&mut self, at: usize) {
        self.before_token(at, false);
        let mut end = at + 1;
        let mut in_field = false;
        loop {
            match self.byte(end) {
                Some(b'"') => return self.after_token(end + 1, Last::Whole),
                None | Some(b'\n') => break,
                Some(b'\\') if !in_field && self.byte(end + 1).is_some_and(|next| next != b'\n') => end += 2,
                Some(b'{') if !in_field && self.byte(end + 1) == Some(b'{') => end += 2,
                Some(b'{') => {
                    in_field = true;
                    end += 1;
                }
                Some(b'}') => {
                    in_field = false;
                    end += 1;
                }
                Some(b'`') if in_field => end = self.backtick_end(end).unwrap_or(end) + 1,
                Some(_) => end += 1,
            }
        }
        let end = self.trimmed(at, end);
        self.error(SyntaxErrorKind::UnclosedText, at, end, "this text has no closing quote on its line");
        self.after_token(end, Last::Whole);
    }

    /// Where the backtick is that closes the one `at`.
    fn backtick_end(&self, at: usize) -> Option<usize> {
        let rest = self.bytes(at + 1, self.masked.len());
        let length = rest.iter().position(|byte| matches!(byte, b'`' | b'\n'))?;
        (rest.get(length) == Some(&b'`')).then_some(at + 1 + length)
    }

    fn backticked(&mut self, at: usize) {
        self.before_token(at, false);
        if let Some(end) = self.backtick_end(at) {
            return self.after_token(end + 1, Last::Whole);
        }
        let end = self.trimmed(at, self.line_end(at));
        self.error(SyntaxErrorKind::UnclosedName, at, end, "this name has no closing backtick on its line");
        self.after_token(end, Last::Whole);
    }

    pub(super) fn line_end(&self, at: usize) -> usize {
        let rest = self.bytes(at, self.masked.len());
        at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
    }

    /// `end` without the white space before it.
    pub(super) fn trimmed(&self, start: usize, end: usize) -> usize {
        let text = self.bytes(start, end);
        end - text.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count()
    }
}
