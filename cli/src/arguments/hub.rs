//! Commands on the hub itself: its audit log, backups, soundness.

use super::{Format, Place};
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Read the audit log, and check that nobody changed it
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    List(AuditList),
    Verify(AuditVerify),
}

/// List the entries of the audit log: runs, answers of targets, decisions of people
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  syncline audit list --profile july
  syncline audit list --decisions --format json")]
pub(crate) struct AuditList {
    #[command(flatten)]
    pub place: Place,
    /// Only what people decided
    #[arg(long)]
    pub decisions: bool,
    /// For whom the list is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Check that the log is the one that was written, and that ledger, runs and decisions are what it says
#[derive(Debug, Args)]
#[command(after_help = "\
Each entry has a hash over itself and the hash before. The hash of the last entry, noted where nobody can change it, proves \
later that nothing up to there was changed or cut.

Examples:
  syncline audit verify --profile july
  syncline audit verify --noted 5f2b…

Exit code 1: something is not what was written.")]
pub(crate) struct AuditVerify {
    #[command(flatten)]
    pub place: Place,
    /// A hash that was noted earlier and must still be in the log
    #[arg(long, value_name = "HASH")]
    pub noted: Option<String>,
    /// For whom the findings are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Keep the hub: back it up, check that it is sound
#[derive(Debug, Subcommand)]
pub(crate) enum Hub {
    Backup(Backup),
    Check(HubCheck),
}

/// Copy the hub into a file that can take its place
#[derive(Debug, Args)]
#[command(after_help = "\
Runs may go on meanwhile: the copy is the hub as of one commit. The file appears when it is whole, opened once and found sound, \
and on the disk. To go back, put the file where the hub is while nothing runs.

Examples:
  syncline hub backup backups/july.db --profile july
  syncline hub backup latest.db --force")]
pub(crate) struct Backup {
    /// File to write
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub place: Place,
    /// Replace the file if it is there
    #[arg(long)]
    pub force: bool,
    /// For whom the result is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Check that the hub is sound: its file, its references, the identities of its accounts
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  syncline hub check --profile july
  syncline hub check --format json

Exit code 1: something is wrong. What the targets hold is compared by `run`, not here.")]
pub(crate) struct HubCheck {
    #[command(flatten)]
    pub place: Place,
    /// For whom the findings are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}
