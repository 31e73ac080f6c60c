//! Formatting a clean block: not refused, the same meaning, and nothing left to format.

use super::Tally;
use super::page::{Block, Page};
use super::source::Source;
use syncline::{Checked, SourceFile, Workspace, check, format};

pub fn keeps_its_meaning(page: &Page, block: &Block, source: &Source, checked: &Checked, tally: &mut Tally) {
    let mut wrong = |message: String| tally.wrong.push(format!("{}:{}: {message}", page.path, block.at));
    let mut files = Vec::new();
    for file in &source.files {
        let once = match format(&SourceFile::new(file.path.clone(), file.text())) {
            Ok(once) => once,
            Err(refused) => return wrong(format!("the formatter refuses this block: {refused:?}")),
        };
        match format(&SourceFile::new(file.path.clone(), once.clone())) {
            Ok(twice) if twice == once => {}
            Ok(twice) => return wrong(format!("formatting twice differs from formatting once:\n{once}\n---\n{twice}")),
            Err(refused) => return wrong(format!("the formatter refuses its own result: {refused:?}\n{once}")),
        }
        files.push((file.path.clone(), once));
    }
    let again = check(&Workspace::of_texts(files));
    let names = |checked: &Checked| checked.diagnostics.iter().map(|found| found.code.name).collect::<Vec<_>>();
    if names(&again) != names(checked) {
        return wrong(format!(
            "formatting changes what is found: {:?}, and {:?} before",
            names(&again),
            names(checked)
        ));
    }
    // Without errors there is a plan, and its hash is its meaning.
    let meaning = |checked: &Checked| checked.plan().map(|plan| plan.hash);
    let (before, after) = (meaning(checked), meaning(&again));
    if before.is_none() || before != after {
        wrong(format!("formatting changes the meaning: {after:?}, and {before:?} before"));
    }
}
