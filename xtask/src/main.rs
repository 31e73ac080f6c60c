//! Commands that prove the project. Each exits 0 only when what it proves is true, prints its figures, and refuses to pass on
//! nothing.

mod bench;
mod codes;
mod cold;
mod crash;
mod data;
mod demo;
mod features;
mod ledger;
mod outcome;
mod planted;
mod repro;
mod rerun;
mod spec;
mod tests;
mod tool;
mod verify;

use clap::{Parser, Subcommand};
use outcome::Outcome;
use std::path::PathBuf;
use std::process::ExitCode;

/// The allocator of the `syncline` command, so that what is measured here is what users get.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Commands that prove the project")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run everything that guards the project; ends with `N passed, N failed`
    Test,
    /// Check, build and run the example, and write its documents
    Demo,
    /// Write the example's data for any number of timecards
    Data {
        /// How many timecards
        #[arg(long)]
        entries: u64,
        /// Seed of the generator
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Folder to write to
        #[arg(long)]
        out: PathBuf,
    },
    /// Write a clean workspace of any size
    Spec {
        /// How many objects
        #[arg(long)]
        objects: usize,
        /// What each object has
        #[arg(long, value_enum, default_value_t = spec::Shape::Plain)]
        shape: spec::Shape,
        /// Folder to write to
        #[arg(long)]
        out: PathBuf,
    },
    /// Compare runs of the example with the independent oracle
    Verify(verify::What),
    /// Run twice: the second run changes nothing
    Rerun,
    /// Kill runs at every named step and at random moments; the outcome stays that of an undisturbed run
    Crash {
        /// Kills at random moments
        #[arg(long, default_value_t = 50)]
        trials: u32,
        /// Seed of the moments
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where the cost lines are; the trials take turns with all of them without it
        #[arg(long, value_enum)]
        target: Option<ledger::Ledger>,
    },
    /// Plan and documents are equal to the byte in other folders, zones, languages and with other numbers of threads
    Repro,
    /// Each diagnostic has a row, a page, an example that raises it and a fix that is clean
    Codes,
    /// Count the example's planted troubles and compare them with its README
    Planted,
    /// Each path and case named in docs/features.md exists
    Features,
    /// Measure
    Bench {
        #[command(subcommand)]
        what: bench::What,
    },
    /// Both README commands from a clone with an empty cargo home
    Cold,
}

fn main() -> ExitCode {
    let outcome: Outcome = match Arguments::parse().command {
        Command::Test => tests::run(),
        Command::Demo => demo::run(),
        Command::Data { entries, seed, out } => {
            data::generate(entries, seed, &out).map_err(|error| error.to_string()).map(|summary| {
                println!(
                    "{} timecards in {:?} rows by month, {} kinds of trouble, written to {}",
                    summary.entries,
                    summary.rows,
                    summary.kinds.len(),
                    out.display()
                );
            })
        }
        Command::Spec { objects, shape, out } => {
            spec::write(objects, shape, &out).map(|lines| println!("{lines} lines written to {}", out.display()))
        }
        Command::Verify(what) => verify::run(&what),
        Command::Rerun => rerun::run(),
        Command::Crash { trials, seed, target } => crash::run(trials, seed, target),
        Command::Repro => repro::run(),
        Command::Codes => codes::run(),
        Command::Planted => planted::run(),
        Command::Features => features::run(),
        Command::Bench { what } => bench::run(&what),
        Command::Cold => cold::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
