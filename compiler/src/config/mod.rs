//! The manifest: `syncline.yaml`.
//!
//! Reading never fails. What is wrong is kept with its place and reported by [`check`](crate::check) together with what is
//! wrong in the sources, so that one run shows everything.
//!
//! INVARIANT: the manifest is the first file of every source map and its first item, so its places are known before the
//! sources are.

mod read;
mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;
use syncline_diagnostics::{Diagnostic, ItemRef, Levels, Span};

/// The language editions of this release.
pub const EDITIONS: [u16; 1] = [2026];

/// What the manifest says.
#[derive(Debug, Clone)]
pub struct Config {
    /// The workspace's name.
    pub name: String,
    /// The language edition, a year.
    pub edition: u16,
    /// The folder of the source files, relative to the workspace, with `/`, `.` for the workspace itself.
    pub sources: String,
    /// How loud each kind of finding is.
    pub levels: Levels,
    /// The percentage of outcomes that tests must meet, 0 to 100; none when nothing is demanded.
    pub coverage: Option<u8>,
    /// Environments by name.
    pub profiles: BTreeMap<String, Profile>,
    /// The manifest's text.
    pub text: Arc<str>,
    pub(crate) sources_span: Span,
    pub(crate) problems: Vec<Diagnostic>,
}

/// Where the systems and the hub live in one environment.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The hub's file as written; none is the default.
    pub hub: Option<String>,
    /// Where each system is.
    pub systems: BTreeMap<String, Binding>,
    /// The waves that are enabled, with their places; none is all of them.
    pub waves: Option<Vec<(String, Span)>>,
    /// Whether part of it could not be read, which has been reported.
    pub(crate) poisoned: bool,
    pub(crate) span: Span,
    pub(crate) system_spans: BTreeMap<String, Span>,
}

/// Where a system is and how it is spoken to. Texts are as written: `${NAME}` stands in them for a variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// How it is spoken to.
    pub connector: Connector,
    /// The folder or file.
    pub path: String,
    /// `sqlite`: SQL that is run once, when the database does not exist. Otherwise a folder that is copied once, when the folder does
    /// not exist.
    pub init: Option<String>,
}

/// The connectors of this release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connector {
    /// A folder with one `<entity>.csv` each.
    Csv,
    /// A folder with one `<entity>.jsonl` each.
    Jsonl,
    /// A SQLite database, one table per entity.
    Sqlite,
}

impl Connector {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Jsonl, Self::Sqlite];

    /// Its name in the manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Sqlite => "sqlite",
        }
    }

    /// Whether a system reached in this way fills in fields by itself, as `returns` says.
    #[must_use]
    pub const fn answers(self) -> bool {
        matches!(self, Self::Sqlite)
    }

    /// What may be said about a system besides `connector`.
    #[must_use]
    pub const fn settings(self) -> &'static [&'static str] {
        match self {
            Self::Csv | Self::Jsonl | Self::Sqlite => &["path", "init"],
        }
    }
}

impl Config {
    /// Reads a manifest.
    pub fn parse(text: impl Into<Arc<str>>) -> Self {
        read::config(text.into())
    }

    /// Whether the manifest could be read without a finding.
    #[must_use]
    pub const fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }
}

/// The manifest's item in every source map.
const ITEM: ItemRef = ItemRef(0);
