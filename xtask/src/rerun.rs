//! `rerun`: a second run changes nothing.

use crate::ledger::Ledger;
use crate::outcome::Outcome;
use crate::tool::{self, Copy, RUNS};
use serde_json::Value;

/// Timecards: enough to hold every trouble more than once.
const ENTRIES: u64 = 2000;

/// Runs each month twice: the same accounts, no posting, the same books to the byte.
pub fn run() -> Outcome {
    let copy = Copy::generated(&tool::syncline()?, ENTRIES, 1, Ledger::Sqlite)?;
    for run in RUNS {
        let first = copy.run(run)?;
        let books = copy.dump_books(true)?;
        let second = copy.run(run)?;
        if copy.dump_books(true)? != books {
            return Err(format!("the second run of {} changed the books", run.0));
        }
        let (before, after) = (accounts(&first)?, accounts(&second)?);
        if before != after {
            return Err(format!("the second run of {} changed the accounts:\n{before}\n{after}", run.0));
        }
        for sync in syncs(&second)? {
            for count in ["new", "posted", "reversed", "overwritten", "resolved"] {
                if sync.pointer(&format!("/this_run/{count}")).and_then(Value::as_u64) != Some(0) {
                    return Err(format!("the second run of {} still has something {count}: {sync}", run.0));
                }
            }
        }
        println!(
            "{}: {} syncs, {} lines in the books, unchanged by a second run",
            run.0,
            syncs(&second)?.len(),
            books.lines().count()
        );
    }
    Ok(())
}

fn syncs(report: &Value) -> Outcome<&Vec<Value>> {
    let found = report.get("syncs").and_then(Value::as_array).filter(|syncs| !syncs.is_empty());
    found.ok_or_else(|| format!("the report names no syncs: {report}"))
}

/// The standing accounts: everything but what this run did.
pub fn accounts(report: &Value) -> Outcome<Value> {
    let mut accounts = syncs(report)?.clone();
    for sync in &mut accounts {
        if let Some(members) = sync.as_object_mut() {
            members.remove("this_run");
            members.remove("unchanged");
            members.remove("late");
        }
    }
    Ok(Value::Array(accounts))
}
