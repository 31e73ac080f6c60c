//! Somebody alters the books by hand: the next run says that they do not agree with the ledger, and with whom.

use crate::outcome::{Doing, Outcome};
use crate::tool::{Copy, RUNS};
use rusqlite::Connection;
use serde_json::Value;

/// What somebody does to the books, and what takes it back.
const DEEDS: [(&str, &str, &str); 3] = [
    (
        "an amount is changed",
        "CREATE TABLE taken AS SELECT * FROM project_cost WHERE external_id = (SELECT min(external_id) FROM project_cost WHERE billable);
         UPDATE project_cost SET amount = '1.0000' WHERE external_id IN (SELECT external_id FROM taken)",
        "UPDATE project_cost SET amount = (SELECT amount FROM taken) WHERE external_id IN (SELECT external_id FROM taken);
         DROP TABLE taken",
    ),
    (
        "a line is deleted",
        "CREATE TABLE taken AS SELECT * FROM project_cost WHERE external_id = (SELECT max(external_id) FROM project_cost);
         DELETE FROM project_cost WHERE external_id IN (SELECT external_id FROM taken)",
        "INSERT INTO project_cost SELECT * FROM taken; DROP TABLE taken",
    ),
    (
        "a line is added",
        "INSERT INTO project_cost SELECT 'BY-HAND', project, employee, cost_center, labor_code, work_date, hours, billable,
           currency, rate, amount, cost, memo, NULL, NULL, NULL FROM project_cost LIMIT 1",
        "DELETE FROM project_cost WHERE external_id = 'BY-HAND'",
    ),
];

/// Each deed is seen by the sync whose lines it touches and by no other, and is forgotten when it is taken back.
pub(super) fn seen(copy: &Copy) -> Outcome {
    let reconciled = reconciled(copy)?;
    if !reconciled.iter().all(|(_, agrees)| *agrees) {
        return Err(format!("the books do not agree before anybody has touched them: {reconciled:?}"));
    }
    for (deed, does, takes_back) in DEEDS {
        alter(copy, does)?;
        let found = self::reconciled(copy)?;
        if found.iter().any(|(sync, agrees)| *agrees == (sync == "ApprovedTime")) {
            return Err(format!("{deed}, and the syncs reconcile like this: {found:?}"));
        }
        alter(copy, takes_back)?;
        if self::reconciled(copy)? != reconciled {
            return Err(format!("{deed}, and it is still seen when it is taken back"));
        }
    }
    println!("books altered by hand in {} ways: each is seen by the next run", DEEDS.len());
    Ok(())
}

fn alter(copy: &Copy, statements: &str) -> Outcome {
    Connection::open(copy.books().join("erp_eu.db"))
        .doing("opening the books")?
        .execute_batch(statements)
        .doing("altering the books")
}

/// The syncs that compare something, and whether they found agreement. The exit code says the same.
fn reconciled(copy: &Copy) -> Outcome<Vec<(String, bool)>> {
    let last = RUNS.last().copied().unwrap_or_default();
    let output = copy.command(&Copy::run_arguments(last)).output().doing("running syncline")?;
    let report: Value = serde_json::from_slice(&output.stdout).doing("reading what `syncline run` printed")?;
    let syncs = report.get("syncs").and_then(Value::as_array).ok_or("the report names no syncs")?;
    let found: Vec<(String, bool)> = syncs
        .iter()
        .filter_map(|sync| Some((sync.get("name")?.as_str()?.to_owned(), sync.get("reconciled")?.as_bool()?)))
        .collect();
    let all = found.iter().all(|(_, agrees)| *agrees);
    match output.status.code() {
        Some(0) if all => Ok(found),
        Some(1) if !all => Ok(found),
        code => Err(format!("exit code {code:?} for {found:?}")),
    }
}
