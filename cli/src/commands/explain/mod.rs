//! `syncline explain`

mod reasons;

use crate::arguments::Explain;
use crate::output::{self, BOLD, DIM, styled};
use crate::trouble::{Exit, Outcome, Trouble};
use reasons::REASONS;
use syncline::diagnostics::{closest, codes};

pub(super) fn run(arguments: &Explain) -> Outcome<Exit> {
    output::print(&match &arguments.name {
        None => list(),
        Some(name) => explained(name.trim())?,
    })?;
    Ok(Exit::Fine)
}

/// The page of the finding, the words on the reason, or both: `currency-mismatch` is found in specs and in data.
fn explained(name: &str) -> Outcome<String> {
    let page = syncline::explain(name).map(|page| page.lines().scan(false, shown).collect::<String>());
    let reason = reasons::find(name).map(|reason| {
        let title = styled(BOLD, format_args!("# {}", reason.name));
        let (when, remedy) = (reason.when, reason.remedy);
        format!("{title}\n\nA reason why a record waits in a queue: {when}.\n\nRemedy: {remedy}.\n")
    });
    match (page, reason) {
        (Ok(page), Some(reason)) => Ok(format!("{page}\n{reason}")),
        (Ok(text), None) | (Err(_), Some(text)) => Ok(text),
        (Err(unknown), None) => {
            let trouble = Trouble::new(format!("there is nothing called `{}` to explain", unknown.name));
            Err(match closest(name, names()) {
                Some(meant) => trouble.help(format!("did you mean `{meant}`?")),
                None => {
                    trouble.help("`syncline explain` without a name lists all; reasons of your own stand in the specs")
                }
            })
        }
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    codes::all().iter().map(|code| code.name).chain(REASONS.iter().map(|reason| reason.name))
}

/// Findings by number, then reasons.
fn list() -> String {
    let width = names().map(str::len).max().unwrap_or_default();
    let row = |kind: &str, name: &str, what: &str| {
        format!("{}  {name:width$}  {what}\n", styled(DIM, format_args!("{kind:7}")))
    };
    let findings = codes::all().iter().map(|code| row(&code.id(), code.name, code.title));
    let reasons = REASONS.iter().map(|reason| row("reason", reason.name, reason.when));
    findings.chain(reasons).collect()
}

/// A line of a page: headings stand out, code steps back.
#[expect(clippy::unnecessary_wraps, reason = "`scan` wants an option")]
fn shown(in_code: &mut bool, line: &str) -> Option<String> {
    let fence = line.starts_with("```");
    *in_code ^= fence;
    Some(match line {
        _ if fence => format!("{}\n", styled(DIM, line)),
        _ if !*in_code && line.starts_with('#') => format!("{}\n", styled(BOLD, line)),
        _ => format!("{line}\n"),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn no_reason_is_listed_twice() {
        let mut names: Vec<&str> = REASONS.iter().map(|reason| reason.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), REASONS.len());
    }

    #[test]
    fn what_is_both_is_explained_as_both() {
        let text = explained("currency-mismatch").unwrap();
        assert!(text.contains("SYN0304") && text.contains("A reason why"), "{text}");
    }
}
