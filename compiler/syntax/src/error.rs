//! What can be wrong with the form of a text.
//!
//! A [`SyntaxErrorKind`] is stable: the façade gives each its number and page. The message says what is wrong at
//! this place, the help what to write instead.

use crate::ast::Range;

/// One thing wrong with the form of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// What kind of thing.
    pub kind: SyntaxErrorKind,
    /// Where: counted from the start of the item, or from the start of the file for errors between items.
    pub range: Range,
    /// One line, lower case, names in backticks, no full stop.
    pub message: String,
    /// What to write instead, when that is known.
    pub help: Option<String>,
}

/// The kinds of errors of form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SyntaxErrorKind {
    /// The text does not go on as the grammar wants.
    UnexpectedText,
    /// A statement begins with a word that no statement of this block begins with.
    UnknownStatement,
    /// An item begins with a word that no item begins with.
    UnknownItem,
    /// A word that the language reserves for a later version.
    NotInThisRelease,
    /// A reserved word stands where a name is wanted.
    ReservedName,
    /// A name beyond ASCII that stands without backticks.
    NonAsciiName,
    /// A text in quotes has no closing quote on its line.
    UnclosedText,
    /// A name in backticks has no closing backtick on its line.
    UnclosedName,
    /// A bracket or brace is never closed.
    UnclosedBracket,
    /// A closing bracket or brace closes nothing.
    UnopenedBracket,
    /// Brackets or operators are nested too deeply.
    TooDeep,
    /// A control character, or an invisible mark that changes the direction of text.
    StrayCharacter,
    /// The bytes of a file are no UTF-8.
    NotUnicode,
    /// A documentation comment that documents nothing.
    StrayDocs,
    /// A text holds an escape or a `{field}` that cannot be read.
    InvalidText,
    /// A type is built from the wrong parts: `decimal` without its digits.
    InvalidType,
    /// `a < b < c`
    ChainedComparison,
}

impl SyntaxErrorKind {
    /// All kinds, in the order declared.
    pub const ALL: [Self; 17] = [
        Self::UnexpectedText,
        Self::UnknownStatement,
        Self::UnknownItem,
        Self::NotInThisRelease,
        Self::ReservedName,
        Self::NonAsciiName,
        Self::UnclosedText,
        Self::UnclosedName,
        Self::UnclosedBracket,
        Self::UnopenedBracket,
        Self::TooDeep,
        Self::StrayCharacter,
        Self::NotUnicode,
        Self::StrayDocs,
        Self::InvalidText,
        Self::InvalidType,
        Self::ChainedComparison,
    ];

    /// The stable kebab-case name.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnexpectedText => "unexpected-text",
            Self::UnknownStatement => "unknown-statement",
            Self::UnknownItem => "unknown-item",
            Self::NotInThisRelease => "not-in-this-release",
            Self::ReservedName => "reserved-name",
            Self::NonAsciiName => "non-ascii-name",
            Self::UnclosedText => "unclosed-text",
            Self::UnclosedName => "unclosed-name",
            Self::UnclosedBracket => "unclosed-bracket",
            Self::UnopenedBracket => "unopened-bracket",
            Self::TooDeep => "too-deep",
            Self::StrayCharacter => "stray-character",
            Self::NotUnicode => "not-unicode",
            Self::StrayDocs => "stray-docs",
            Self::InvalidText => "invalid-text",
            Self::InvalidType => "invalid-type",
            Self::ChainedComparison => "chained-comparison",
        }
    }
}

impl SyntaxError {
    /// An error without help.
    pub(crate) fn new(kind: SyntaxErrorKind, range: Range, message: impl Into<String>) -> Self {
        Self { kind, range, message: message.into(), help: None }
    }

    /// The same error with help.
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What was read, and what was wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// What was read; what could not be read is broken in it.
    pub value: T,
    /// In the order of their places.
    pub errors: Vec<SyntaxError>,
}
