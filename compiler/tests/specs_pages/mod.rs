//! Reading pages, and comparing what they announce with what the compiler finds.

pub mod block;
pub mod error_page;
pub mod expected;
pub mod formatted;
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
    /// Types and values that were asserted and hold.
    pub asserted: usize,
}

/// Sources that cannot stand on a page, by the one code that each raises.
pub fn unprintable() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("stray-character", "enum Region { US, \u{202E}EU }\n".as_bytes().to_vec()),
        ("not-unicode", b"enum Region { US, E\xDC }\n".to_vec()),
    ]
}

/// The names of the findings in a workspace of one file.
pub fn names_raised(bytes: &[u8]) -> Vec<&'static str> {
    let config = Config::parse("name: bytes\nedition: 2026\nsources: .\n");
    let files = vec![SourceFile::from_bytes("main.syn", bytes.to_vec())];
    check(&Workspace { config, files }).diagnostics.iter().map(|found| found.code.name).collect()
}
