//! Commands on the records that wait for a person.

use super::{Format, Place};
use clap::{Args, Subcommand};

/// Show the records that wait for a person, and decide about them
#[derive(Debug, Subcommand)]
pub(crate) enum Exceptions {
    List(List),
    Show(Show),
    Release(Release),
    Dismiss(Dismiss),
    Reopen(Reopen),
    Settle(Settle),
}

/// Which exception is decided, by whom and why
#[derive(Debug, Args)]
pub(crate) struct DecisionArguments {
    /// Key of the record, as listed
    #[arg(value_name = "KEY")]
    pub key: String,
    /// Why; kept for good, in the audit log
    #[arg(long, value_name = "TEXT")]
    pub why: String,
    /// Who decides; otherwise SYNCLINE_USER, or the user of the system
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    #[command(flatten)]
    pub place: Place,
    /// In which sync, where the key has several exceptions
    #[arg(long, value_name = "NAME")]
    pub sync: Option<String>,
    /// Of which version, where the key has several exceptions
    #[arg(long, value_name = "VERSION")]
    pub version: Option<String>,
    /// For whom the result is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Let through what is held back: correct a posted line (`dependency-changed`), reverse one (`left-scope`), write a record that may be another
/// one (`possible-duplicate`)
#[derive(Debug, Args)]
#[command(after_help = "\
The next run carries it out, if the question is still the same one then. What fails is not held back: mend the data or the specs, \
and the next run takes it by itself.

Example:
  syncline exceptions release TC-0231 --why \"new rate agreed, ticket 4711\" --profile july")]
pub(crate) struct Release {
    #[command(flatten)]
    pub decision: DecisionArguments,
}

/// Set a row aside for good, or leave a posted line as it is
#[derive(Debug, Args)]
#[command(after_help = "\
A row that is set aside is counted as `dismissed` and never judged again; a newer version of the record is. A posted line that is asked \
about (`dependency-changed`, `left-scope`) stays as it is, until something else changes.

Example:
  syncline exceptions dismiss TC-0017 --why \"entered twice, see TC-0018\" --profile july")]
pub(crate) struct Dismiss {
    #[command(flatten)]
    pub decision: DecisionArguments,
}

/// Take back a dismissal, or a decision that awaits the next run
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  syncline exceptions reopen TC-0017 --why \"TC-0018 was the wrong one\" --profile july")]
pub(crate) struct Reopen {
    #[command(flatten)]
    pub decision: DecisionArguments,
}

/// Say whether a call whose answer was lost (`outcome-unknown`) was carried out
#[derive(Debug, Args)]
#[command(
    group = clap::ArgGroup::new("outcome").required(true).args(["posted", "not_posted"]),
    after_help = "\
Look the line up in the target first. With `--not-posted` the next run posts it; with `--posted` it never will.

Example:
  syncline exceptions settle TC-0099 --posted --why \"it is in batch 88 of the ERP\" --profile july"
)]
pub(crate) struct Settle {
    #[command(flatten)]
    pub decision: DecisionArguments,
    /// The line is in the target
    #[arg(long)]
    pub posted: bool,
    /// The line is not in the target
    #[arg(long)]
    pub not_posted: bool,
}

/// List open exceptions by queue, with owner and due time
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  syncline exceptions list --profile july
  syncline exceptions list --queue finance_desk
  syncline exceptions list --format json")]
pub(crate) struct List {
    #[command(flatten)]
    pub place: Place,
    /// Only this queue
    #[arg(long, value_name = "NAME")]
    pub queue: Option<String>,
    /// Only this sync
    #[arg(long, value_name = "NAME")]
    pub sync: Option<String>,
    /// For whom the list is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}

/// Show one record: what it holds, why it waits, what happened to it
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  syncline exceptions show TC-0017 --profile july")]
pub(crate) struct Show {
    /// Key of the record, as listed
    #[arg(value_name = "KEY")]
    pub key: String,
    #[command(flatten)]
    pub place: Place,
    /// Only in this sync
    #[arg(long, value_name = "NAME")]
    pub sync: Option<String>,
    /// For whom the record is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub format: Format,
}
