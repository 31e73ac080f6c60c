//! `syncline test`

use crate::arguments::{Format, Test};
use crate::findings::{counted, plan_or_findings};
use crate::output::{self, BAD, BOLD, GOOD, styled};
use crate::trouble::{Exit, Outcome};
use crate::workspace;
use rayon::prelude::*;
use std::path::Path;
use std::time::Instant;
use syncline::Checked;
use syncline::diagnostics::{Diagnostic, render};
use syncline::ir::TestCase;
use syncline_runtime::{TestFailure, Verdict, run_test};

pub(super) fn run(arguments: &Test, named: Option<&Path>) -> Outcome<Exit> {
    let started = Instant::now();
    let root = workspace::root(named)?;
    let checked = syncline::check(&workspace::read(&root)?);
    let Some(plan) = plan_or_findings(&checked)? else { return Ok(Exit::Findings) };
    let wanted = |case: &&TestCase| arguments.filter.as_ref().is_none_or(|text| case.name.contains(text.as_str()));
    let cases: Vec<&TestCase> = checked.tests().unwrap_or_default().iter().filter(wanted).collect();
    // In parallel, and in source order all the same.
    let verdicts: Vec<Verdict> = cases.par_iter().map(|case| run_test(&plan, case)).collect();
    let failed = verdicts.iter().filter(|verdict| !verdict.failures.is_empty()).count();
    match arguments.format {
        Format::Json => output::json(&json(&cases, &verdicts, failed))?,
        Format::Human => {
            output::print(&told(&checked, &cases, &verdicts))?;
            let passed = cases.len() - failed;
            let took = started.elapsed().as_millis();
            if cases.is_empty() {
                let none = styled(BAD, "no test");
                output::say(format_args!("{none}: {}", nothing_found(arguments, &checked)))?;
            } else {
                let word = if failed == 0 { styled(GOOD, "passed") } else { styled(BAD, "failed") };
                let tests = counted(cases.len(), "test");
                output::say(format_args!("{word}: {tests}, {passed} passed, {failed} failed in {took} ms"))?;
            }
        }
    }
    Ok(Exit::found(failed > 0 || cases.is_empty()))
}

fn nothing_found(arguments: &Test, checked: &Checked) -> String {
    let all = checked.tests().unwrap_or_default().len();
    match &arguments.filter {
        Some(text) if all > 0 => format!("none of {} has `{text}` in its name", counted(all, "test")),
        _ => "the specs have none; write `test \"…\" { given … run … expect … }`".to_owned(),
    }
}

/// What failed, each with the lines of its test.
fn told(checked: &Checked, cases: &[&TestCase], verdicts: &[Verdict]) -> String {
    let style = output::stdout_style();
    let mut text = String::new();
    for (case, verdict) in cases.iter().zip(verdicts) {
        if verdict.failures.is_empty() {
            continue;
        }
        text.push_str(&format!("{} {}\n", styled(BAD, "failed"), styled(BOLD, output::tame(&case.name))));
        let findings: Vec<Diagnostic> =
            verdict.failures.iter().filter_map(|failure| finding(checked, failure)).collect();
        let shown = render::terminal(&findings, &checked.sources, &style);
        // The line that sums up findings is about one test only.
        let lines = shown.trim_end().rsplit_once('\n').map_or("", |(lines, _)| lines);
        text.push_str(lines);
        text.push('\n');
    }
    text
}

fn finding(checked: &Checked, failure: &TestFailure) -> Option<Diagnostic> {
    checked.unmet(&failure.at, failure.message.as_str(), &failure.notes, failure.help.as_deref())
}

fn json(cases: &[&TestCase], verdicts: &[Verdict], failed: usize) -> serde_json::Value {
    let tests: Vec<serde_json::Value> = cases
        .iter()
        .zip(verdicts)
        .map(|(case, verdict)| {
            let failures: Vec<serde_json::Value> = verdict.failures.iter().map(failure_json).collect();
            serde_json::json!({
                "name": case.name,
                "at": case.at,
                "passed": verdict.failures.is_empty(),
                "failures": failures,
            })
        })
        .collect();
    serde_json::json!({
        "format": 1,
        "tests": tests,
        "summary": { "passed": cases.len() - failed, "failed": failed },
    })
}

fn failure_json(failure: &TestFailure) -> serde_json::Value {
    let notes: Vec<serde_json::Value> =
        failure.notes.iter().map(|(at, note)| serde_json::json!({ "at": at, "message": note })).collect();
    serde_json::json!({ "at": failure.at, "message": failure.message, "notes": notes, "help": failure.help })
}
