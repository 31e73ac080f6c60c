//! The `syncline` command.
//!
//! Everything the compiler and the runtime know of files, the terminal, the clock and the environment they are told from here.
//!
//! Exit codes: 0 fine; 1 findings (errors in the specs, a run that did not reconcile, files to be formatted); 2 the command
//! could not be carried out (wrong arguments, a file that cannot be read or written).

mod arguments;
mod commands;
mod environment;
mod files;
mod findings;
mod output;
mod progress;
mod tables;
mod trouble;
mod workspace;

use arguments::Arguments;
use clap::Parser;
use std::process::ExitCode;
use trouble::Exit;

/// Parsing and checking make and drop many small values; this allocator takes them back faster than the system's own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match commands::dispatch(&Arguments::parse()) {
        Ok(Exit::Fine) => ExitCode::SUCCESS,
        Ok(Exit::Findings) => ExitCode::from(1),
        Err(trouble) => {
            output::complain(&trouble);
            ExitCode::from(2)
        }
    }
}
