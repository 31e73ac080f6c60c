//! What tests did, for people: what failed, each with the lines of its test, and one line about all.

use super::Tested;
use crate::findings::counted;
use crate::output::{self, BAD, BOLD, GOOD, styled};
use crate::trouble::Outcome;
use syncline::diagnostics::render;

/// `all`: whether to list what was not met though nothing more is demanded.
pub(super) fn show(tested: &Tested<'_>, all: bool) -> Outcome {
    let style = output::stdout_style();
    let mut text = String::new();
    for (case, verdict) in &tested.cases {
        if verdict.failures.is_empty() {
            continue;
        }
        text.push_str(&format!("{} {}\n", styled(BAD, "failed"), styled(BOLD, output::tame(&case.name))));
        text.push_str(&excerpts(tested, &verdict.failures, &style));
        text.push('\n');
    }
    output::print(&text)?;
    if tested.cases.is_empty() {
        return output::say(format_args!("{}: {}", styled(BAD, "no test"), nothing_found(tested)));
    }
    let failed = tested.failed();
    let word = if failed == 0 { styled(GOOD, "passed") } else { styled(BAD, "failed") };
    let tests = counted(tested.cases.len(), "test");
    let (passed, took) = (tested.passed(), tested.took.as_millis());
    output::say(format_args!("{word}: {tests}, {passed} passed, {failed} failed in {took} ms"))?;
    let Some(coverage) = &tested.coverage else { return Ok(()) };
    output::say(coverage.line())?;
    if all || !coverage.is_enough() { coverage.show_unmet(tested.checked) } else { Ok(()) }
}

/// What was not met, with the lines of the specs.
pub(super) fn excerpts(
    tested: &Tested<'_>,
    failures: &[syncline_runtime::TestFailure],
    style: &render::Style,
) -> String {
    let shown = render::terminal(&tested.findings(failures), &tested.checked.sources, style);
    // The line that sums up findings is about one test only.
    shown.trim_end().rsplit_once('\n').map_or_else(String::new, |(lines, _)| lines.to_owned())
}

fn nothing_found(tested: &Tested<'_>) -> String {
    let all = tested.checked.tests().unwrap_or_default().len();
    match tested.filter {
        Some(text) if all > 0 => format!("none of {} has `{}` in its name", counted(all, "test"), output::tame(text)),
        _ => "the specs have none; write `test \"…\" { given … run … expect … }`".to_owned(),
    }
}
