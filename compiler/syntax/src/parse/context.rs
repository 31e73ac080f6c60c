//! What all readers of one item share: its text, its documentation lines, the errors found so far.

use std::cell::{Cell, RefCell};

use smol_str::SmolStr;

use super::grammar::{Pair, Pairs, Rule};
use crate::ast::{Duration, DurationUnit, Name, Number, Path, PlainText, Range};
use crate::names::normalised;
use crate::split::{DocLine, END, ItemSource};
use crate::words::is_reserved;
use crate::{SyntaxError, SyntaxErrorKind};

/// What the readers of one item share. Errors and documentation lines are behind cells because the Pratt parser holds
/// several closures that all need them.
pub(super) struct Context<'t> {
    pub(super) text: &'t str,
    docs: &'t [DocLine],
    next_doc: Cell<usize>,
    errors: RefCell<Vec<SyntaxError>>,
    /// What splitting has reported: its places are not reported again.
    reported: &'t [SyntaxError],
}

/// Where a node stands.
pub(super) fn range(pair: &Pair<'_>) -> Range {
    let span = pair.as_span();
    // INVARIANT: `split` cuts files to 4 GiB, so positions fit.
    Range::new(u32::try_from(span.start()).unwrap_or(u32::MAX), u32::try_from(span.end()).unwrap_or(u32::MAX))
}

/// The unit that a letter of time stands for.
pub(super) fn duration_unit(letter: &str) -> DurationUnit {
    match letter {
        "s" => DurationUnit::Second,
        "m" => DurationUnit::Minute,
        "h" => DurationUnit::Hour,
        _ => DurationUnit::Day,
    }
}

impl<'t> Context<'t> {
    pub(super) fn new(source: &'t ItemSource) -> Self {
        Self {
            text: &source.text,
            docs: &source.inner_docs,
            next_doc: Cell::new(0),
            errors: RefCell::default(),
            reported: &source.errors,
        }
    }

    pub(super) fn into_errors(self) -> Vec<SyntaxError> {
        self.docs_before(u32::MAX);
        self.errors.into_inner()
    }

    /// The masked text at `place`.
    pub(super) fn slice(&self, place: Range) -> &'t str {
        self.text.get(place.start as usize..place.end as usize).unwrap_or_default()
    }

    pub(super) fn report(&self, error: SyntaxError) {
        self.errors.borrow_mut().push(error);
    }

    pub(super) fn error(&self, kind: SyntaxErrorKind, place: Range, message: impl Into<String>) {
        self.report(SyntaxError::new(kind, place, message));
    }

    /// Whether splitting has found something wrong in `place`. Stray documentation is no reason why a text cannot be read:
    /// it is a warning, behind which no error may hide.
    pub(super) fn is_reported(&self, place: Range) -> bool {
        // INVARIANT: `split` sorts the errors of an item by their places.
        let first = self.reported.partition_point(|error| error.range.start < place.start);
        let mut within = self.reported.iter().skip(first).take_while(|error| error.range.start < place.end.max(1));
        within.any(|error| error.kind != SyntaxErrorKind::StrayDocs)
    }

    /// The documentation before the declaration that starts at `start`; lines that stand before something else
    /// are reported.
    pub(super) fn docs_before(&self, start: u32) -> String {
        let mut docs: Vec<&str> = Vec::new();
        while let Some(line) = self.docs.get(self.next_doc.get()).filter(|line| line.range.start < start) {
            self.next_doc.set(self.next_doc.get() + 1);
            let between = Range::new(line.range.end, start.min(u32::try_from(self.text.len()).unwrap_or(u32::MAX)));
            let adjoins = start != u32::MAX && self.slice(between).bytes().all(|byte| matches!(byte, b' ' | END_BYTE));
            if adjoins {
                docs.push(&line.text);
            } else {
                let message = "documentation stands before an item, an entity, a field or a value only";
                let error = SyntaxError::new(SyntaxErrorKind::StrayDocs, line.range, message);
                self.report(error.with_help("write a plain comment with `//`"));
            }
        }
        docs.join("\n")
    }

    pub(super) fn name(&self, pair: &Pair<'_>) -> Name {
        self.name_at(pair.as_str(), range(pair))
    }

    fn name_at(&self, written: &str, place: Range) -> Name {
        if is_reserved(written) {
            let message = format!("`{written}` is a reserved word, not a name");
            let error = SyntaxError::new(SyntaxErrorKind::ReservedName, place, message);
            self.report(error.with_help(format!("a name like this stands in backticks: `` `{written}` ``")));
        } else if !written.is_ascii() && !written.starts_with('`') {
            let message = format!("the name `{written}` has characters beyond ASCII");
            let error = SyntaxError::new(SyntaxErrorKind::NonAsciiName, place, message);
            self.report(error.with_help(format!("put it in backticks: `` `{written}` ``")));
        }
        Name { text: normalised(written), range: place }
    }

    pub(super) fn path(&self, pair: &Pair<'_>) -> Path {
        let place = range(pair);
        Path { names: self.path_names(pair.as_str(), place.start), range: place }
    }

    /// The names of a dotted path that starts at `start`.
    pub(super) fn path_names(&self, written: &str, start: u32) -> Vec<Name> {
        let mut names = Vec::with_capacity(1 + written.bytes().filter(|byte| *byte == b'.').count());
        let mut at = start;
        let mut quoted = false;
        let pieces = written.split(|character: char| {
            quoted ^= character == '`';
            character == '.' && !quoted
        });
        for piece in pieces {
            let end = at.saturating_add(u32::try_from(piece.len()).unwrap_or(u32::MAX));
            names.push(self.name_at(piece, Range::new(at, end)));
            at = end.saturating_add(1);
        }
        names
    }

    pub(super) fn number(&self, pair: &Pair<'_>) -> Number {
        Number { text: SmolStr::new(pair.as_str()), range: range(pair) }
    }

    pub(super) fn duration(&self, pair: &Pair<'_>) -> Duration {
        let written = pair.as_str();
        let digits = written.trim_end_matches(|last: char| !last.is_ascii_digit());
        let unit = duration_unit(written.strip_prefix(digits).unwrap_or_default());
        Duration { number: SmolStr::new(digits), unit, range: range(pair) }
    }

    /// All names among `pairs`.
    pub(super) fn names(&self, pairs: Pairs<'_>) -> Vec<Name> {
        pairs.filter(|pair| pair.as_rule() == Rule::name).map(|pair| self.name(&pair)).collect()
    }

    /// A text without `{field}`.
    pub(super) fn plain_text(&self, pair: Pair<'_>) -> PlainText {
        let text = self.text_literal(pair);
        let mut plain = String::new();
        for part in text.parts {
            match part {
                crate::ast::TextPart::Plain(part) => plain.push_str(&part),
                crate::ast::TextPart::Field(path) => self.error(
                    SyntaxErrorKind::InvalidText,
                    path.range,
                    "this text is the same for all records: it takes no `{field}`",
                ),
            }
        }
        PlainText { text: plain, range: text.range }
    }
}

const END_BYTE: u8 = END as u8;

/// The children of a node by their rules, in the order they stand.
pub(super) struct Children<'t> {
    pairs: std::iter::Peekable<Pairs<'t>>,
}

impl<'t> Children<'t> {
    pub(super) fn of(pair: Pair<'t>) -> Self {
        Self { pairs: pair.into_inner().peekable() }
    }

    /// The next child, if it is of this rule.
    pub(super) fn next_is(&mut self, rule: Rule) -> Option<Pair<'t>> {
        self.pairs.next_if(|pair| pair.as_rule() == rule)
    }

    /// The next child of this rule; others before it are words and signs, and skipped.
    pub(super) fn seek(&mut self, rule: Rule) -> Option<Pair<'t>> {
        self.pairs.find(|pair| pair.as_rule() == rule)
    }

    /// How many children are left: as much as any list made from them needs to hold.
    pub(super) fn count_left(&self) -> usize {
        self.pairs.len()
    }

    pub(super) fn peek_rule(&mut self) -> Option<Rule> {
        self.pairs.peek().map(Pair::as_rule)
    }
}

impl<'t> Iterator for Children<'t> {
    type Item = Pair<'t>;

    fn next(&mut self) -> Option<Pair<'t>> {
        self.pairs.next()
    }
}
