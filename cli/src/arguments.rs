//! The command line: the commands, and what many of them take. Each group of commands has a file.

mod exceptions;
mod hub;
mod running;
mod specs;

pub(crate) use exceptions::{DecisionArguments, Exceptions, List, Show};
pub(crate) use hub::{Audit, AuditList, AuditVerify, Backup, Hub, HubCheck};
pub(crate) use running::{Preview, Reconcile, Replay, Run, Status, Trace};
pub(crate) use specs::{Build, Check, Deny, Docs, Explain, Fmt, GraphFormat, Lineage, New, Test, TestFormat};

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
    Replay(Replay),
    Reconcile(Reconcile),
    Status(Status),
    #[command(subcommand)]
    Exceptions(Exceptions),
    #[command(subcommand)]
    Audit(Audit),
    #[command(subcommand)]
    Hub(Hub),
    Trace(Trace),
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
