//! The command line.

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Checks, builds and runs the integrations that a workspace specifies.
#[derive(Debug, Parser)]
#[command(
    name = "syncline",
    version,
    styles = STYLES,
    max_term_width = 100,
    propagate_version = false,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = "\
Examples:
  syncline new hello                    make a small workspace that runs
  syncline check                        find mistakes in the specs
  syncline test                         run the tests in the specs
  syncline run --profile local          move what there is to move
  syncline exceptions list              see which records need a person
  syncline explain ownership-conflict   read what a finding means

Exit codes: 0 fine, 1 something to look at, 2 the command could not be carried out."
)]
pub(crate) struct Arguments {
    /// Folder with `syncline.yaml`; without it the nearest one, from the current folder upwards
    #[arg(long, global = true, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(New),
    Check(Check),
    Build(Build),
    Preview(Preview),
    Test(Test),
    Run(Run),
    Status(Status),
    #[command(subcommand)]
    Exceptions(Exceptions),
    #[command(subcommand)]
    Audit(Audit),
    #[command(subcommand)]
    Hub(Hub),
    Lineage(Lineage),
    Docs(Docs),
    Fmt(Fmt),
    Explain(Explain),
}

/// For whom output is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Human,
    /// For programs: one JSON object
    Json,
}

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
    /// Exit with 1 when more records than this wait for a person
    #[arg(long, value_name = "N")]
    pub max_exceptions: Option<u64>,
    /// For whom the accounts are written
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

/// Where records live, and when the command takes place.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// Profile of `syncline.yaml`: where the systems and the hub live; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Instant at which the command takes place, such as 2026-08-01T06:00Z [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    pub at: Option<Timestamp>,
}

fn instant(text: &str) -> Result<Timestamp, &'static str> {
    text.parse().map_err(|_| "write an instant with its offset, such as 2026-08-01T06:00Z or 2026-08-01T08:00+02:00")
}

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

/// Let through what is held back: correct a posted line (`dependency-changed`), reverse one (`left-scope`)
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

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn instants_may_leave_out_seconds() {
        let read = Arguments::try_parse_from(["syncline", "run", "--at", "2026-08-01T06:00Z"]).unwrap();
        let Command::Run(run) = read.command else { panic!("another command") };
        assert_eq!(run.place.at.unwrap().to_string(), "2026-08-01T06:00:00Z");
    }
}
