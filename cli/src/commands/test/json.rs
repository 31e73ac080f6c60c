//! What tests did, for programs.

use super::Tested;
use super::coverage::Coverage;
use serde_json::{Value, json};
use syncline_runtime::TestFailure;

pub(super) fn report(tested: &Tested<'_>) -> Value {
    let tests: Vec<Value> = tested
        .cases
        .iter()
        .map(|(case, verdict)| {
            let failures: Vec<Value> = verdict.failures.iter().map(failure).collect();
            json!({ "name": case.name, "at": case.at, "passed": failures.is_empty(), "failures": failures })
        })
        .collect();
    json!({
        "format": 1,
        "tests": tests,
        "summary": { "passed": tested.passed(), "failed": tested.failed() },
        "coverage": tested.coverage.as_ref().map(Coverage::json),
    })
}

fn failure(failure: &TestFailure) -> Value {
    let notes: Vec<Value> = failure.notes.iter().map(|(at, note)| json!({ "at": at, "message": note })).collect();
    json!({ "at": failure.at, "message": failure.message, "notes": notes, "help": failure.help })
}
