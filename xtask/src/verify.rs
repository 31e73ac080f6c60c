//! `verify`: what the runs do equals what the independent oracle works out.

use crate::outcome::{Doing, Outcome};
use crate::tool::{self, Copy, RUNS};
use std::fs;
use std::process::Command;

/// Runs the example on the committed data, or on generated data, and compares.
pub fn run(entries: Option<u64>, seed: u64) -> Outcome {
    let syncline = tool::syncline()?;
    let copy = match entries {
        None => Copy::committed(&syncline)?,
        Some(entries) => Copy::generated(&syncline, entries, seed)?,
    };
    let mut outputs = Vec::new();
    for run in RUNS {
        let path = copy.path().join(format!("{}.json", run.0));
        fs::write(&path, copy.run(run)?.to_string()).doing(path.display())?;
        outputs.push(path);
    }
    let last = RUNS.last().copied().unwrap_or_default();
    let exceptions = copy.path().join("exceptions.json");
    fs::write(&exceptions, copy.exceptions(last)?.to_string()).doing(exceptions.display())?;
    let expected = copy.path().join("expected.json");
    let oracle = tool::root().join("tests/oracle/oracle.py");
    let runs = RUNS.map(|(profile, at)| format!("{profile}@{at}")).join(",");
    let mut expect = Command::new("python3");
    expect.arg(&oracle).args(["expect", "--runs", &runs, "--workspace"]).arg(copy.path()).arg("--out").arg(&expected);
    tool::output(&mut expect)?;
    let mut compare = Command::new("python3");
    compare.arg(&oracle).arg("compare").arg("--expected").arg(&expected).arg("--runs-json").args(&outputs);
    compare.arg("--exceptions").arg(&exceptions).arg("--target").arg(copy.books());
    let compared = tool::output(&mut compare)?;
    let what = entries.map_or_else(|| "committed set".to_owned(), |entries| format!("{entries} entries, seed {seed}"));
    println!("{what}: {}", String::from_utf8_lossy(&compared.stdout).trim());
    Ok(())
}
