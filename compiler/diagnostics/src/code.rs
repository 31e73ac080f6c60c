//! What a code is; the table itself is in [`codes`](crate::codes).

use std::fmt;

/// A row of the table of codes. Compare codes with `==`; a row exists once.
pub type Code = &'static CodeRow;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The workspace can be built; somebody should look.
    Warning,
    /// The workspace cannot be built.
    Error,
}

impl Severity {
    /// The word that readers see: `error` or `warning`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Everything that is declared about a kind of problem.
pub struct CodeRow {
    /// The number behind `SYN`; never reused.
    pub number: u16,
    /// The kebab-case name; named after the problem, not the cure.
    pub name: &'static str,
    /// What a finding of this kind is unless a lint level says otherwise.
    pub severity: Severity,
    /// The problem in a few plain words, lower case, without a full stop.
    pub title: &'static str,
    /// What the record of a witness shows, as a heading for it.
    pub witness: &'static str,
    /// The page of the error index, in Markdown.
    pub page: &'static str,
}

impl CodeRow {
    /// The code as readers see it: `SYN0401`.
    pub fn id(&self) -> String {
        format!("SYN{:04}", self.number)
    }
}

impl PartialEq for CodeRow {
    fn eq(&self, other: &CodeRow) -> bool {
        self.number == other.number
    }
}

impl Eq for CodeRow {}

impl fmt::Debug for CodeRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SYN{:04} {}", self.number, self.name)
    }
}
