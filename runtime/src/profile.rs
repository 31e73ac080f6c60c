//! Where the systems of a plan and the hub live.
//!
//! A **profile** is per environment: the same plan goes from test to production with another profile. Relative paths are
//! relative to the folder given in [`Options::base_dir`](crate::Options::base_dir).

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One environment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The hub's file.
    pub hub: PathBuf,
    /// Where each system of the plan is.
    #[serde(default)]
    pub systems: BTreeMap<String, SystemBinding>,
    /// The waves that are enabled; none is all of them.
    #[serde(default)]
    pub waves: Option<Vec<String>>,
}

/// Where one system is and how it is spoken to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemBinding {
    /// How it is spoken to.
    pub connector: ConnectorKind,
    /// `csv`, `jsonl`: the folder with one `<entity>.csv` or `<entity>.jsonl` each. `sqlite`: the database, one table per entity.
    pub path: PathBuf,
    /// `sqlite`: SQL that is run once, when the database does not exist. `csv`, `jsonl`: a folder that is copied once, when `path`
    /// does not exist.
    #[serde(default)]
    pub init: Option<PathBuf>,
}

/// The connectors there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectorKind {
    /// A folder of CSV files; a source and a target.
    Csv,
    /// A folder of JSON Lines files; a source and a target.
    Jsonl,
    /// A SQLite database; a source and a target.
    Sqlite,
}

impl ConnectorKind {
    /// Its name in a profile.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Sqlite => "sqlite",
        }
    }
}
