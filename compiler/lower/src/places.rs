//! Places as the plan writes them.

use syncline_diagnostics::{SourceMap, Span};
use syncline_ir::At;

/// Finds the place of a span.
#[derive(Clone, Copy)]
pub(crate) struct Places<'s>(pub &'s SourceMap);

impl Places<'_> {
    /// `file:line:column` of a span's first character.
    pub fn at(self, span: Span) -> At {
        let found = self.0.resolve(span);
        format!("{}:{}:{}", found.path, found.start.line, found.start.column)
    }
}
