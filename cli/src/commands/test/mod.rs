//! `syncline test`

mod coverage;
mod human;
mod json;
mod junit;

use crate::arguments::{Test, TestFormat};
use crate::findings::plan_or_findings;
use crate::output;
use crate::trouble::{Exit, Outcome, Trouble};
use crate::workspace;
use coverage::Coverage;
use rayon::prelude::*;
use std::path::Path;
use std::time::{Duration, Instant};
use syncline::Checked;
use syncline::diagnostics::Diagnostic;
use syncline::ir::TestCase;
use syncline_runtime::{TestBench, TestFailure, Verdict};

/// Tests that ran, and what became of them, in source order.
struct Tested<'t> {
    checked: &'t Checked,
    filter: Option<&'t str>,
    cases: Vec<(&'t TestCase, Verdict)>,
    took: Duration,
    /// None when only some of the tests ran.
    coverage: Option<Coverage>,
}

impl Tested<'_> {
    fn failed(&self) -> usize {
        self.cases.iter().filter(|(_, verdict)| !verdict.failures.is_empty()).count()
    }

    fn passed(&self) -> usize {
        self.cases.len() - self.failed()
    }

    /// What a test did not find, at its places in the specs.
    fn findings(&self, failures: &[TestFailure]) -> Vec<Diagnostic> {
        let finding = |it: &TestFailure| self.checked.unmet(&it.at, it.message.as_str(), &it.notes, it.help.as_deref());
        failures.iter().filter_map(finding).collect()
    }
}

pub(super) fn run(arguments: &Test, named: Option<&Path>) -> Outcome<Exit> {
    let started = Instant::now();
    let root = workspace::root(named)?;
    let workspace = workspace::read(&root)?;
    let checked = syncline::check(&workspace);
    let Some(plan) = plan_or_findings(&checked)? else { return Ok(Exit::Findings) };
    let filter = arguments.filter.as_deref();
    let wanted = |case: &&TestCase| filter.is_none_or(|text| case.name.contains(text));
    let cases: Vec<&TestCase> = checked.tests().unwrap_or_default().iter().filter(wanted).collect();
    let bench = TestBench::new(&plan).map_err(|error| Trouble::new(error.to_string()))?;
    // In parallel, and in source order all the same.
    let cases = cases.into_par_iter().map(|case| (case, bench.run(case))).collect();
    let coverage = filter.is_none().then(|| Coverage { points: bench.points(), demanded: workspace.config.coverage });
    let tested = Tested { checked: &checked, filter, cases, took: started.elapsed(), coverage };
    match arguments.format {
        TestFormat::Human => human::show(&tested, arguments.coverage)?,
        TestFormat::Json => output::json(&json::report(&tested))?,
        TestFormat::Junit => output::print(&junit::report(&workspace.config.name, &tested))?,
    }
    let too_little = tested.coverage.as_ref().filter(|coverage| !coverage.is_enough());
    if let (Some(coverage), TestFormat::Junit) = (too_little, arguments.format) {
        // JUnit has no place for it.
        output::note(coverage.line());
    }
    Ok(Exit::found(tested.failed() > 0 || tested.cases.is_empty() || too_little.is_some()))
}
