//! Reading pages, and comparing what they announce with what the compiler finds.

pub mod block;
pub mod error_page;
pub mod expected;
pub mod fixes;
pub mod formatted;
pub mod links;
pub mod page;
pub mod plans;
pub mod shown;
pub mod source;
pub mod values;

use std::collections::BTreeSet;
use syncline::{Config, SourceFile, Workspace, check};

/// What was found on the pages so far.
#[derive(Default)]
pub struct Tally {
    /// What is wrong, each with page and line.
    pub wrong: Vec<String>,
    /// Blocks that announce no error and have none.
    pub clean: usize,
    /// Names of findings that were announced and came.
    pub raised: BTreeSet<String>,
    /// Types and values that were asserted.
    pub asserted: usize,
    /// Fixes that were applied.
    pub fixed: usize,
}

/// The names of the findings in a workspace of these files.
pub fn names_raised(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Vec<&'static str> {
    let config = Config::parse("name: bytes\nedition: 2026\nsources: .\n");
    let files = files.into_iter().map(|(path, bytes)| SourceFile::from_bytes(path, bytes)).collect();
    check(&Workspace { config, files }).diagnostics.iter().map(|found| found.code.name).collect()
}
