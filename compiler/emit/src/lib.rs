//! Documents from a sync plan: what an auditor, a team lead or a newcomer reads instead of the specs.
//!
//! Everything shown comes from [`syncline_ir::Plan`] alone, so documents can be made wherever a plan was shipped to. The texts of
//! the specs may be added; then each cell of the documents links to the line it comes from.
//!
//! Terms used here:
//! - **site**: the set of HTML pages made from one plan. It opens from a folder, without a server, network or scripts.
//! - **output file**: a path inside the site, with `/` between folders, and its bytes. Nothing here writes to a disk.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

pub mod docs;
mod expr_text;
mod names;

pub use expr_text::{render_expr, render_expr_lines};

/// A file to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Relative to the output folder, `/` between folders; ASCII, safe on every common file system.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}
