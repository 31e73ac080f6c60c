//! Commands that run a plan, or look at how one has run.

use super::{Format, Place};
use clap::Args;
use std::path::PathBuf;

/// Capture, map, post and reconcile: every pass once, in the order of the syncs
#[derive(Debug, Args)]
#[command(after_help = "\
A record that fails goes to its queue and the rest go on; `syncline exceptions list` shows the queues. Running again \
with nothing new changes nothing.

Examples:
  syncline run --profile july
  syncline run --profile july --at 2026-08-01T06:00Z
  syncline run --due                    only passes that are due: for a scheduler
  syncline run --watch                  keep running, each pass when it is due
  syncline run --plan out/plan.json     run a plan that was built before
  syncline run --max-exceptions 0       exit with 1 when any record needs a person

Exit code 1: a reconciliation found a difference, or there are more exceptions than allowed.")]
pub(crate) struct Run {
    #[command(flatten)]
    pub place: Place,
    /// Run this plan instead of building one from the specs
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Run only the passes that are due by their intervals and windows
    #[arg(long)]
    pub due: bool,
    /// Keep running: each pass when it is due, until Ctrl-C
    #[arg(long, conflicts_with = "at")]
    pub watch: bool,
    /// Run although a later run has been: what the sources say now is taken for news
    #[arg(long, conflicts_with = "watch")]
    pub earlier: bool,
    /// Exit with 1 when more records than this wait for a person
    #[arg(long, value_name = "N")]
    pub max_exceptions: Option<u64>,
    /// Tell on standard error how many milliseconds each part took
    #[arg(long, conflicts_with = "watch")]
    pub timings: bool,
    /// For whom the accounts are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Judge again what is in the hub, and post; no source is read
#[derive(Debug, Args)]
#[command(after_help = "\
A run without its capture: rows that wait or stand in a queue are tried again, what is staged is posted as far as windows are \
open, posted lines are corrected where what they rest on has changed. Nothing has to be sent again, and no source has to be there.

Examples:
  syncline replay --profile july
  syncline replay --sync ApprovedTime

Exit code 1: a reconciliation found a difference.")]
pub(crate) struct Replay {
    #[command(flatten)]
    pub place: Place,
    /// Replay with this plan instead of one built from the specs
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Only this sync; the others stay as they are
    #[arg(long, value_name = "NAME")]
    pub sync: Option<String>,
    /// Replay although a later run has been
    #[arg(long)]
    pub earlier: bool,
    /// For whom the accounts are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Compare the ledger with what the targets hold now; nothing is captured or posted
#[derive(Debug, Args)]
#[command(after_help = "\
The targets are read back and compared with the ledger, line by line and in sum, whatever `every` says and whether windows are \
open or shut. What was found is kept in the hub like the reconciliation of a run.

Examples:
  syncline reconcile --profile july
  syncline reconcile --sync ApprovedTime --format json

Exit code 1: a target is not what the ledger says.")]
pub(crate) struct Reconcile {
    #[command(flatten)]
    pub place: Place,
    /// Compare by this plan instead of one built from the specs
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Only this sync
    #[arg(long, value_name = "NAME")]
    pub sync: Option<String>,
    /// For whom the findings are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Show what a run would do, and do nothing
#[derive(Debug, Args)]
#[command(after_help = "\
Everything is read as a run would read it; the hub and the targets are copied, and the copies are run. Each line that would be \
posted, reversed or overwritten is shown with its values, and what the target would refuse.

Examples:
  syncline preview --profile july
  syncline preview --sync ApprovedTime
  syncline preview --plan out/plan.json --format json

Exit code 1: after the run a reconciliation would find a difference.")]
pub(crate) struct Preview {
    #[command(flatten)]
    pub place: Place,
    /// Preview this plan instead of building one from the specs
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// Show only this sync; the others are previewed, too, because it may need what they bring
    #[arg(long, value_name = "NAME")]
    pub sync: Option<String>,
    /// For whom the preview is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Show what the hub holds: the last run, the account of each sync, open exceptions
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  syncline status --profile july
  syncline status --format json")]
pub(crate) struct Status {
    #[command(flatten)]
    pub place: Place,
    /// For whom the accounts are written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Follow one record: where it came from, what was posted, what it was computed with, and when
#[derive(Debug, Args)]
#[command(after_help = "\
The record is named by its key in its source, by the key of one of its lines in a target, or by the key of a canonical record.

Examples:
  syncline trace TC-0231 --profile july
  syncline trace TC-0231/2              a line in a target
  syncline trace P-0012 --format json   a project, and the lines that were computed with it")]
pub(crate) struct Trace {
    /// Key of the record
    #[arg(value_name = "KEY")]
    pub key: String,
    #[command(flatten)]
    pub place: Place,
    /// Only in this sync
    #[arg(long, value_name = "NAME")]
    pub sync: Option<String>,
    /// For whom the trace is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}
