//! The formatter: one canonical style.
//!
//! Style
//! - Two blanks of indentation; lines of up to 110 columns; one statement a line.
//! - A block written on one line stays there when it fits and holds no comment; a newline after its `{` keeps it spread out.
//! - The `=` of assignments that follow each other, the `=>` of arms and the arrows of codes rows stand in one column; so
//!   do comments at the ends of lines that follow each other. Types are not aligned: a longer name would move them all.
//! - At most one blank line is kept; a spread-out item stands between blank lines.
//! - A line too long breaks before `else`, then `or`, then `and`; else inside its last brackets; else after its commas
//!   and arrows.
//!
//! It works on tokens and comments, so nothing that was written can get lost on the way, and it checks itself: the result
//! is read again, must give the same trees and the same comments, and must be its own result.

mod block;
mod compare;
mod layout;
mod lexeme;
mod spacing;
mod tree;

use crate::{SyntaxError, SyntaxFile, parse_file};

/// The widest a line gets, if it can be broken at all.
const WIDTH: usize = 110;

/// Why a text was not formatted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatError {
    /// Its form is wrong: the errors, counted from the start of the file.
    Syntax(Vec<SyntaxError>),
    /// The result would not have meant the same, or not have been stable. A bug of the formatter: nothing is changed.
    Refused {
        /// What the result would have lost.
        reason: &'static str,
    },
}

impl std::fmt::Display for FormatError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Syntax(errors) => match errors.first() {
                Some(error) => write!(formatter, "the text has errors of form, first: {}", error.message),
                None => write!(formatter, "the text has errors of form"),
            },
            Self::Refused { reason } => write!(formatter, "not formatted, because {reason}"),
        }
    }
}

impl std::error::Error for FormatError {}

/// The text in the canonical style. Formatting the result again gives the same text.
///
/// # Errors
/// When the text has errors of form, or when the result would not be safe.
pub fn format(text: &str) -> Result<String, FormatError> {
    let before = parse_file(text);
    if !before.is_clean() {
        return Err(FormatError::Syntax(before.all_errors()));
    }
    let mut result = rewritten(text);
    // Once is enough as far as known; a text that needs more rounds is given back in its stable form.
    for _ in 0..3 {
        let again = rewritten(&result);
        if again == result {
            return checked(text, &before, result);
        }
        result = again;
    }
    Err(FormatError::Refused { reason: "the result would change when formatted again" })
}

fn rewritten(text: &str) -> String {
    let tree = tree::build(&lexeme::lexemes(text));
    block::file(&tree)
}

fn checked(text: &str, before: &SyntaxFile, result: String) -> Result<String, FormatError> {
    let after = parse_file(&result);
    if !after.is_clean() {
        return Err(FormatError::Refused { reason: "the result could not be read" });
    }
    if !compare::same_comments(text, before, &result, &after) {
        return Err(FormatError::Refused { reason: "a comment would get lost" });
    }
    if !compare::same_meaning(before, &after) {
        return Err(FormatError::Refused { reason: "the meaning would change" });
    }
    Ok(result)
}
