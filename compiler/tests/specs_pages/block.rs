//! One block: checked, compared with what it announces, evaluated and formatted.

use super::expected::{Announced, announced, assertion, bound};
use super::page::{Block, Page};
use super::source::{File, Source, source};
use super::{Tally, fixes, formatted, plans, shown, values};
use std::collections::{BTreeMap, BTreeSet};
use syncline::{Checked, Config, SourceFile, Workspace, check};

/// The workspace whose `syncline.yaml` blocks marked `yaml workspace` are.
const YAML_WORKSPACE: &str = include_str!("workspace.syn");

/// A kind of block that is not tested.
const PROSE: [&str; 4] = ["text", "console", "json", "yaml"];

/// Findings by place: page line and what is found there.
pub type Findings = Vec<(usize, Announced)>;

/// Checks every block of a page of the reference.
pub fn all(page: &Page, tally: &mut Tally) {
    tally.wrong.extend(page.wrong.iter().cloned());
    let mut used: BTreeSet<String> = BTreeSet::new();
    let mut last: Option<Checked> = None;
    for block in &page.blocks {
        if block.info.starts_with("syncline") {
            match source(page, block) {
                Ok(source) => {
                    used.extend(source.prelude.clone());
                    last = Some(syncline(page, block, &source, tally));
                }
                Err(wrong) => tally.wrong.push(format!("{}:{}: {wrong}", page.path, block.at)),
            }
        } else if block.info == "yaml workspace" {
            yaml(page, block, tally);
        } else if let Some(what) = block.info.strip_prefix("json ") {
            shown::compare(page, block, what, last.as_ref(), tally);
        } else if !PROSE.contains(&block.info.as_str()) {
            tally.wrong.push(format!("{}:{}: `{}` marks no kind of block", page.path, block.at, block.info));
        }
    }
    for name in page.preludes.keys().filter(|name| !used.contains(*name)) {
        tally.wrong.push(format!("{}: no block uses the prelude `{name}`", page.path));
    }
}

/// Checks a block of source text; the findings are compared with those announced.
pub fn syncline(page: &Page, block: &Block, source: &Source, tally: &mut Tally) -> Checked {
    let workspace = Workspace::of_texts(source.files.iter().map(|file| (file.path.clone(), file.text())));
    let checked = check(&workspace);
    let lines = || source.files.iter().flat_map(|file| &file.lines).filter(|line| line.shown);
    let expected: Findings =
        lines().flat_map(|line| announced(&line.line.text, "//").into_iter().map(|one| (line.line.at, one))).collect();
    let clean = compare(page, &checked, expected, |path, line| place(&source.files, path, line), tally);
    values::hold(page, source, &checked, tally);
    fixes::hold(page, &checked, tally);
    if clean {
        plans::hold(page, block, &checked, tally);
        formatted::keeps_its_meaning(page, block, source, &checked, tally);
    }
    checked
}

/// Where a line of a file stands on the page, whether readers see it, and its text.
struct Place<'s> {
    at: usize,
    shown: bool,
    text: &'s str,
}

fn place<'s>(files: &'s [File], path: &str, line: usize) -> Option<Place<'s>> {
    let file = files.iter().find(|file| file.path == path)?;
    // What is missing at the end is found behind the last line.
    let found = file.lines.get(line - 1).or_else(|| file.lines.last())?;
    Some(Place { at: found.line.at, shown: found.shown, text: &found.line.text })
}

/// Whether a line binds a `let` only to say something about its value: then it need not be used.
fn is_about(line: &str) -> bool {
    let announced = announced(line, "//");
    bound(line).is_some() && (assertion(line).is_some() || announced.iter().any(|one| one.name != "unused-let"))
}

/// Compares findings with announcements; true when there are none of either.
fn compare<'s>(
    page: &Page,
    checked: &Checked,
    expected: Findings,
    place: impl Fn(&str, usize) -> Option<Place<'s>>,
    tally: &mut Tally,
) -> bool {
    let mut expected = expected;
    let clean = expected.is_empty();
    let mut complaints = 0;
    for found in &checked.diagnostics {
        let location = checked.sources.resolve(found.primary.span);
        let line = location.start.line as usize;
        let severity = found.severity.as_str();
        let Some(place) = place(&location.path, line) else {
            complaints += 1;
            tally.wrong.push(format!(
                "{}: {severity}[{}] in {}:{line}: {}",
                page.path, found.code.name, location.path, found.message
            ));
            continue;
        };
        // Hidden text is a part of something that the page does not show.
        if severity == "warning" && !place.shown {
            continue;
        }
        if found.code.name == "unused-let" && is_about(place.text) {
            continue;
        }
        let one = Announced { severity: severity.to_owned(), name: found.code.name.to_owned() };
        match expected.iter().position(|(at, wanted)| *at == place.at && *wanted == one) {
            Some(index) => {
                expected.swap_remove(index);
                tally.raised.insert(one.name);
            }
            None => {
                complaints += 1;
                tally.wrong.push(format!(
                    "{}:{}: {severity}[{}] is not announced: {}",
                    page.path, place.at, found.code.name, found.message
                ));
            }
        }
    }
    for (at, missing) in &expected {
        tally
            .wrong
            .push(format!("{}:{at}: {}[{}] is announced and not found", page.path, missing.severity, missing.name));
    }
    let clean = clean && complaints == 0;
    tally.clean += usize::from(clean);
    clean
}

/// Checks a `syncline.yaml` against a small workspace.
pub fn yaml(page: &Page, block: &Block, tally: &mut Tally) {
    let text: String = block.lines.iter().map(|line| format!("{}\n", line.text)).collect();
    let config = Config::parse(text);
    let file = format!("{}/main.syn", config.sources);
    let checked = check(&Workspace { config, files: vec![SourceFile::new(file, YAML_WORKSPACE)] });
    let expected =
        block.lines.iter().flat_map(|line| announced(&line.text, "#").into_iter().map(|one| (line.at, one))).collect();
    let lines: BTreeMap<usize, usize> = (1..).zip(block.lines.iter().map(|line| line.at)).collect();
    let place = |path: &str, line: usize| {
        (path == "syncline.yaml").then(|| Place {
            at: lines.get(&line).copied().unwrap_or(block.at),
            shown: true,
            text: "",
        })
    };
    compare(page, &checked, expected, place, tally);
}
