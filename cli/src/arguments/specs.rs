//! Commands on the specs: making, checking, building, testing, documenting, explaining.

use super::Format;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// For whom lineage is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum GraphFormat {
    /// For people
    #[default]
    Human,
    /// For programs: one JSON object
    Json,
    /// For Graphviz
    Dot,
}

/// For whom the result of tests is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum TestFormat {
    /// For people
    #[default]
    Human,
    /// For programs: one JSON object
    Json,
    /// For build servers: the XML of JUnit
    Junit,
}

/// What is refused beyond errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Deny {
    /// Exit with 1 when there are warnings
    Warnings,
}

/// Make a small workspace that checks clean and runs
#[derive(Debug, Args)]
#[command(after_help = "\
The workspace moves a list of customers from CSV files into a small SQLite database. Nothing needs to be installed.

Examples:
  syncline new hello
  cd hello && syncline run")]
pub(crate) struct New {
    /// Folder to make; it must not exist or be empty
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// Find mistakes in the specs
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  syncline check
  syncline check --deny warnings        for a pipeline: exit with 1 on warnings, too
  syncline check --format json          findings for a program

Each finding has a name in brackets: `syncline explain NAME` says what it means and how to mend it.")]
pub(crate) struct Check {
    /// Refuse more than errors
    #[arg(long, value_name = "WHAT")]
    pub deny: Option<Deny>,
    /// For whom findings are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Write the sync plan: what a pipeline ships and `run` carries out
#[derive(Debug, Args)]
#[command(after_help = "\
The same specs give the same bytes, on every machine. The hash covers what the plan does, not its comments and places.

Examples:
  syncline build
  syncline build --out release/plan.json")]
pub(crate) struct Build {
    /// File to write [default: out/plan.json in the workspace]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Refuse more than errors
    #[arg(long, value_name = "WHAT")]
    pub deny: Option<Deny>,
    /// For whom the result is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Run the tests in the specs
#[derive(Debug, Args)]
#[command(after_help = "\
Each `test` of the specs gets a hub and systems of its own, in memory. Nothing outside is read or written.

Examples:
  syncline test
  syncline test --filter reversal       only tests with this text in their names
  syncline test --coverage              list what no test reaches
  syncline test --format junit          for a build server

Exit code 1: a test failed, none was found, or coverage is below what `syncline.yaml` demands.")]
pub(crate) struct Test {
    /// Only tests whose names contain this text
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// List the conditions and arms that no test decides both ways
    #[arg(long, conflicts_with = "filter")]
    pub coverage: bool,
    /// For whom the result is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: TestFormat,
}

/// Show where the values of a field come from, and where they go
#[derive(Debug, Args)]
#[command(after_help = "\
Fields are written `system.entity.field` and `Object.field`. Each step says how one field depends on the other: by its value, as \
a condition on whether it is written, or to look up the record the value is read from.

Examples:
  syncline lineage erp.project_cost.amount
  syncline lineage TimeEntry.hours --format json
  syncline lineage TimeEntry.hours --format dot | dot -Tsvg > hours.svg")]
pub(crate) struct Lineage {
    /// The field
    #[arg(value_name = "FIELD")]
    pub field: String,
    /// Read this plan instead of building one from the specs
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// For whom the lineage is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: GraphFormat,
}

/// Write the documentation: who owns what, what flows where, what happens to records that fail
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  syncline docs
  syncline docs --out public")]
pub(crate) struct Docs {
    /// Folder to write [default: out/docs in the workspace]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Bring source files into the one canonical style
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  syncline fmt                          all source files of the workspace
  syncline fmt specs/maps               a folder, or single files
  syncline fmt --check                  change nothing; exit with 1 when something would change
  syncline fmt --stdin < a.syn          for editors")]
pub(crate) struct Fmt {
    /// Change nothing, list what would change
    #[arg(long)]
    pub check: bool,
    /// Read a file from standard input, write the result to standard output
    #[arg(long, conflicts_with = "paths")]
    pub stdin: bool,
    /// Files and folders [default: the sources of the workspace]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Explain a finding of `check`, or a reason for which a record waits
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  syncline explain                      list all findings and reasons
  syncline explain ownership-conflict
  syncline explain SYN0401
  syncline explain lookup-missing")]
pub(crate) struct Explain {
    /// Name or code of the finding, or name of the reason; without it all are listed
    #[arg(value_name = "NAME|CODE")]
    pub name: Option<String>,
}
