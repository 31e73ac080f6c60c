//! `cold`: both README commands work from a fresh clone with an empty cargo home.

use crate::outcome::{Doing, Outcome};
use crate::tool;
use std::process::Command;
use std::time::Instant;

/// Clones the repository as committed, and runs the README's two commands in it.
pub fn run() -> Outcome {
    let folder = tempfile::tempdir().doing("making a folder")?;
    let clone = folder.path().join("syncline");
    tool::output(Command::new("git").args(["clone", "--quiet"]).arg(tool::root()).arg(&clone))?;
    for command in ["demo", "test"] {
        let start = Instant::now();
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(&clone)
            .args(["xtask", command])
            .env("CARGO_HOME", folder.path().join("cargo-home"))
            .env_remove("CARGO_TARGET_DIR");
        let status = cargo.status().doing("running cargo")?;
        if !status.success() {
            return Err(format!("`cargo xtask {command}` ended with {status} in a fresh clone"));
        }
        println!("cargo xtask {command}: {} s in a fresh clone", start.elapsed().as_secs());
    }
    Ok(())
}
