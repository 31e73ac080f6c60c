//! Brackets and braces: what is open, what closes it, what was forgotten.

use super::newline::Last;
use super::scan::{Open, Scanner};
use super::{END, MAX_DEPTH};
use crate::SyntaxErrorKind;

impl Scanner<'_> {
    pub(super) fn open_bracket(&mut self, at: usize, bracket: u8) {
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
            self.error(SyntaxErrorKind::TooDeep, at, at + 1, format!("brackets are nested more than {MAX_DEPTH} deep"));
        }
        if bracket == b'{' {
            self.tokens = 0;
            return self.after_token(at + 1, Last::Nothing);
        }
        // Its newline is held back like any other inside, so that it counts if the bracket turns out never to be closed.
        self.after_token(at + 1, Last::Whole);
    }

    pub(super) fn close_bracket(&mut self, at: usize, bracket: u8) {
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
        if fresh
            && self.indent < open.indent
            && let Some(item) = &mut self.item
        {
            item.suspect.get_or_insert(open.at);
        }
        if open.ends_item {
            self.finish_item();
        }
    }

    /// Takes the innermost open bracket off and reports it.
    pub(super) fn report_unclosed(&mut self) {
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

    /// A line that starts with `name =`, or with `name :` inside parentheses, is a new statement: a bracket that
    /// is still open before it has been forgotten.
    pub(super) fn leave_brackets(&mut self) {
        while self.open.last().is_some_and(|open| open.bracket != b'{') {
            self.report_unclosed();
        }
    }
}
