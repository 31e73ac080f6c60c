//! `format`: a file in the one canonical style.

use crate::parsing;
use crate::{Config, SourceFile};
use syncline_diagnostics::{Diagnostic, SourceMap};
use syncline_syntax::FormatError;

/// Why a file was not formatted.
#[derive(Debug)]
pub enum Unformatted {
    /// Its form is wrong.
    Errors {
        /// What is wrong.
        diagnostics: Vec<Diagnostic>,
        /// Where.
        sources: SourceMap,
    },
    /// The result would not have been safe: a fault of the formatter. The reason for people.
    Refused(String),
}

/// The text of a file in the canonical style; formatting it again gives the same text.
///
/// # Errors
/// When the form of the file is wrong, or when the result would not be safe.
pub fn format(file: &SourceFile) -> Result<String, Box<Unformatted>> {
    if file.flaw.is_some() {
        return Err(Box::new(errors(file)));
    }
    syncline_syntax::format(&file.text).map_err(|error| match error {
        FormatError::Syntax(_) => Box::new(errors(file)),
        FormatError::Refused { .. } => Box::new(Unformatted::Refused(error.to_string())),
    })
}

fn errors(file: &SourceFile) -> Unformatted {
    let mut sources = SourceMap::new();
    let parsed = parsing::parse(&[file], &Config::parse("name: x\nedition: 2026\nsources: .\n"), &mut sources);
    Unformatted::Errors { diagnostics: parsed.diagnostics, sources }
}
