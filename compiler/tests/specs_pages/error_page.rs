//! A page of `docs/errors`: its example raises its own code and nothing else, its fix is clean.

use super::expected::announced;
use super::page::{Block, Page};
use super::source::source;
use super::{Tally, block};
use syncline::diagnostics::Code;

/// Checks one page. `sketch`: no source on a page can raise its code.
pub fn check(page: &Page, code: Code, sketch: bool, tally: &mut Tally) {
    tally.wrong.extend(page.wrong.iter().cloned());
    for heading in ["Example", "Fix"] {
        let blocks: Vec<&Block> =
            page.blocks.iter().filter(|block| block.heading == heading && (sketch || block.info != "text")).collect();
        let [one] = blocks.as_slice() else {
            tally.wrong.push(format!("{}: under `{heading}` stand {} blocks, not one", page.path, blocks.len()));
            continue;
        };
        let mark = if one.info == "yaml" { "#" } else { "//" };
        let marked: Vec<_> = one.lines.iter().flat_map(|line| announced(&line.text, mark)).collect();
        let own = marked.iter().all(|one| one.name == code.name && one.severity == code.severity.as_str());
        let right = if heading == "Example" { own && (sketch || !marked.is_empty()) } else { marked.is_empty() };
        if !right {
            tally.wrong.push(format!("{}:{}: an example announces its own code, a fix none", page.path, one.at));
        }
        match one.info.as_str() {
            "yaml" => block::yaml(page, one, tally),
            "text" if sketch => {}
            _ => match source(page, one) {
                Ok(source) => {
                    block::syncline(page, one, &source, tally);
                }
                Err(wrong) => tally.wrong.push(format!("{}:{}: {wrong}", page.path, one.at)),
            },
        }
    }
}
