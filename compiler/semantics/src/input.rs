//! What the analysis reads: parsed modules.

use std::sync::Arc;
use syncline_diagnostics::{FileId, ItemRef};
use syncline_syntax::ast;

/// A file of the workspace.
#[derive(Debug, Clone)]
pub struct Module {
    /// Its path: the file's path under the sources folder, `/` written `.`, without the extension.
    pub path: String,
    /// The file.
    pub file: FileId,
    /// Whether it belongs to the standard library.
    pub library: bool,
    /// Just before its first item and that one's documentation: where a `use` can be added.
    pub top: Option<ItemRef>,
    /// Its items in the order written.
    pub items: Vec<SourceItem>,
}

/// An item and the place from which its ranges count.
#[derive(Debug, Clone)]
pub struct SourceItem {
    /// The origin of its spans.
    pub at: ItemRef,
    /// Its syntax.
    pub item: Arc<ast::Item>,
}
