//! `syncline explain`

use crate::arguments::Explain;
use crate::output::{self, BOLD, DIM, styled};
use crate::trouble::{Exit, Outcome, Trouble};
use syncline::diagnostics::codes;

pub(super) fn run(arguments: &Explain) -> Outcome<Exit> {
    let Some(name) = &arguments.name else { return list() };
    let page = syncline::explain(name)
        .map_err(|unknown| Trouble::new(unknown.to_string()).help("`syncline explain` without a name lists all"))?;
    output::print(&page.lines().scan(false, shown).collect::<String>())?;
    Ok(Exit::Fine)
}

fn list() -> Outcome<Exit> {
    let width = codes::all().iter().map(|code| code.name.len()).max().unwrap_or_default();
    let row = |code: &syncline::diagnostics::Code| {
        format!("{}  {:width$}  {}\n", styled(DIM, code.id()), code.name, code.title)
    };
    output::print(&codes::all().iter().map(row).collect::<String>())?;
    Ok(Exit::Fine)
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
