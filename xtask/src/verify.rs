//! `verify`: what the runs do equals what the independent oracle works out.

use crate::ledger::Ledger;
use crate::outcome::{Doing, Outcome};
use crate::tool::{self, Copy, RUNS};
use std::fs;
use std::process::Command;

/// Runs the example on the committed data with its cost lines in each kind of target, or on generated data, and compares.
pub fn run(entries: Option<u64>, seed: u64, target: Option<Ledger>) -> Outcome {
    let syncline = tool::syncline()?;
    if let Some(entries) = entries {
        let copy = Copy::generated(&syncline, entries, seed, target.unwrap_or(Ledger::Sqlite))?;
        return one(&copy, &format!("{entries} entries, seed {seed}"));
    }
    for ledger in Ledger::ALL.into_iter().filter(|ledger| target.is_none_or(|target| target == *ledger)) {
        one(&Copy::of_ledger(&syncline, ledger)?, "committed set")?;
    }
    Ok(())
}

fn one(copy: &Copy, what: &str) -> Outcome {
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
    if let Some(file) = copy.ledger().file(copy.path()) {
        compare.arg("--lines").arg(format!("project_cost={}", file.display()));
    }
    let compared = tool::output(&mut compare)?;
    println!("{what}, cost lines in {}: {}", copy.ledger().name(), String::from_utf8_lossy(&compared.stdout).trim());
    Ok(())
}
