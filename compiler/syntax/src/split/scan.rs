//! The scanner: one pass over the bytes of a file.

use super::identity::{Ordinals, identity};
use super::newline::{Last, operator, word_continues, word_wants_more};
use super::{Comment, CommentKind, DocLine, END, ItemSource, MAX_DEPTH, SplitFile, content_hash};
use crate::ast::{ItemWord, Range};
use crate::words::item_word;
use crate::{SyntaxError, SyntaxErrorKind};

/// A bracket or brace that is open.
struct Open {
    bracket: u8,
    at: usize,
    /// How many newlines were held back when it was opened.
    held: usize,
    /// The column of the first token of its line.
    indent: usize,
    /// Whether its closing brace ends the item.
    ends_item: bool,
}

/// The item being read.
struct Building {
    start: usize,
    word: ItemWord,
    /// Its own `///` lines are those from here to `inner_docs`, counted in `Scanner::docs`.
    docs: usize,
    inner_docs: usize,
    first_error: usize,
    /// How many `match` of its header wait for their brace.
    header_matches: usize,
    too_deep: bool,
    /// An opening brace whose closing brace is indented like that of an outer one.
    suspect: Option<usize>,
}

struct Scanner<'t> {
    text: &'t str,
    /// The text in which comments are blanked and newlines marked as the scanner goes.
    masked: Vec<u8>,
    pos: usize,
    line_start: usize,
    /// Whether no token of this line has been seen.
    fresh: bool,
    /// The column of the first token of this line.
    indent: usize,
    last: Last,
    last_end: usize,
    /// A newline that ends a statement unless the next token continues the line before it.
    pending: Option<usize>,
    /// Tokens since the start of the statement.
    tokens: usize,
    /// Tokens of this line.
    line_tokens: usize,
    open: Vec<Open>,
    /// Newlines that only a parenthesis or bracket keeps from ending a statement.
    held: Vec<usize>,
    item: Option<Building>,
    items: Vec<ItemSource>,
    ordinals: Ordinals,
    comments: Vec<Comment>,
    /// `///` lines, counted from the start of the file.
    docs: Vec<DocLine>,
    /// How many of `docs` belong to items that are done.
    docs_used: usize,
    file_docs: Vec<&'t str>,
    errors: Vec<SyntaxError>,
    /// Errors that lie in no item.
    file_errors: Vec<SyntaxError>,
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

fn range(start: usize, end: usize) -> Range {
    // INVARIANT: `scan` cuts the text to 4 GiB, so positions fit.
    Range::new(u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX))
}

fn is_word_byte(byte: u8) -> bool {
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

    fn byte(&self, at: usize) -> Option<u8> {
        self.masked.get(at).copied()
    }

    fn bytes(&self, start: usize, end: usize) -> &[u8] {
        self.masked.get(start..end).unwrap_or_default()
    }

    fn put(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.masked.get_mut(at) {
            *place = byte;
        }
    }

    fn blank(&mut self, start: usize, end: usize) {
        if let Some(places) = self.masked.get_mut(start..end) {
            places.fill(b' ');
        }
    }

    fn error(&mut self, kind: SyntaxErrorKind, start: usize, end: usize, message: impl Into<String>) {
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
    fn before_token(&mut self, at: usize, continues: bool) {
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

    fn after_token(&mut self, end: usize, last: Last) {
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
        if item_word(word) == ItemWord::Unknown {
            return false;
        }
        let blanks = self.bytes(end, self.masked.len()).iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        blanks > 0 && self.byte(end + blanks).is_some_and(|byte| is_word_byte(byte) || byte == b'`')
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

    /// A line that starts with `name =`, or with `name :` inside parentheses, is a new statement: a bracket that
    /// is still open before it has been forgotten.
    fn leave_brackets(&mut self) {
        while self.open.last().is_some_and(|open| open.bracket != b'{') {
            self.report_unclosed();
        }
    }

    fn last_word(&self) -> &[u8] {
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

    fn open_bracket(&mut self, at: usize, bracket: u8) {
        self.before_token(at, false);
        let mut ends_item = false;
        if self.open.is_empty() && bracket == b'{' {
            let is_set = self.last_word() == b"in";
            if let Some(item) = &mut self.item
                && !is_set
            {
                ends_item = item.header_matches == 0;
                item.header_matches = item.header_matches.saturating_sub(1);
            }
        }
        self.open.push(Open { bracket, at, held: self.held.len(), indent: self.indent, ends_item });
        if self.open.len() > MAX_DEPTH
            && let Some(item) = &mut self.item
            && !item.too_deep
        {
            item.too_deep = true;
            self.error(
                SyntaxErrorKind::TooDeep,
                at,
                at + 1,
                format!("brackets are nested more than {MAX_DEPTH} deep"),
            );
        }
        if bracket == b'{' {
            self.tokens = 0;
            return self.after_token(at + 1, Last::Nothing);
        }
        // Its newline is held back like any other inside, so that it counts if the bracket turns out never to be closed.
        self.after_token(at + 1, Last::Whole);
    }

    fn close_bracket(&mut self, at: usize, bracket: u8) {
        let wanted = match bracket {
            b'}' => b'{',
            b')' => b'(',
            _ => b'[',
        };
        // A brace closes what is left open inside it; a parenthesis never reaches through a brace.
        // Looking no deeper than what may be open keeps this linear in hostile text.
        let near = self.open.iter().enumerate().rev().take(2 * MAX_DEPTH);
        let mut near = near.filter(|(_, open)| open.bracket == wanted || open.bracket == b'{');
        let Some((index, _)) = near.next().filter(|(_, open)| open.bracket == wanted) else {
            let message = format!("this `{}` closes nothing", char::from(bracket));
            self.blank(at, at + 1);
            self.error(SyntaxErrorKind::UnopenedBracket, at, at + 1, message);
            self.pos = at + 1;
            return;
        };
        while self.open.len() > index + 1 {
            self.report_unclosed();
        }
        let fresh = self.fresh;
        self.before_token(at, bracket != b'}');
        self.after_token(at + 1, Last::Whole);
        let Some(open) = self.open.pop() else { return };
        self.held.truncate(open.held);
        if bracket != b'}' {
            return;
        }
        self.tokens += 1;
        if fresh && self.indent < open.indent
            && let Some(item) = &mut self.item
        {
            item.suspect.get_or_insert(open.at);
        }
        if open.ends_item {
            self.finish_item();
        }
    }

    /// Takes the innermost open bracket off and reports it.
    fn report_unclosed(&mut self) {
        let Some(open) = self.open.pop() else { return };
        if open.bracket != b'{' {
            // The newlines it held back end statements after all, so that it spoils its own line only.
            for newline in self.held.split_off(open.held.min(self.held.len())) {
                self.put(newline, END as u8);
            }
            self.tokens = self.line_tokens;
        }
        let suspect = self.item.as_mut().and_then(|item| item.suspect.take());
        let at = match suspect {
            Some(suspect) if open.bracket == b'{' => suspect,
            _ => open.at,
        };
        let bracket = char::from(open.bracket);
        self.error(SyntaxErrorKind::UnclosedBracket, at, at + 1, format!("this `{bracket}` is never closed"));
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

    fn line_end(&self, at: usize) -> usize {
        let rest = self.bytes(at, self.masked.len());
        at + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
    }

    /// `end` without the white space before it.
    fn trimmed(&self, start: usize, end: usize) -> usize {
        let text = self.bytes(start, end);
        end - text.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count()
    }

    fn comment(&mut self, at: usize) {
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

    fn start_item(&mut self, at: usize) {
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
    fn finish_item(&mut self) {
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

    fn finish(mut self) -> SplitFile {
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
