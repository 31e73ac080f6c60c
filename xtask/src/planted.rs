//! `planted`: the troubles counted in the files are those the README names.

use crate::outcome::Outcome;
use crate::tool;
use std::process::Command;

/// Prints each kind with its count.
pub fn run() -> Outcome {
    let mut python = Command::new("python3");
    python.arg(tool::root().join("tests/oracle/planted.py")).arg("--workspace").arg(tool::example());
    let output = tool::output(&mut python)?;
    print!("{}", String::from_utf8_lossy(&output.stdout));
    Ok(())
}
