//! `syncline docs`

use crate::arguments::Docs;
use crate::findings::{counted, plan_or_findings};
use crate::output::{self, BOLD, GOOD, styled};
use crate::trouble::{Exit, Outcome, Trouble};
use crate::{files, workspace};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path};

/// Where the documentation goes when nobody says so.
const DOCS: &str = "out/docs";

/// Lists what the last command wrote, so that pages of what is gone can be removed and nothing else ever is.
const LIST: &str = ".syncline-docs";

pub(super) fn run(arguments: &Docs, named: Option<&Path>) -> Outcome<Exit> {
    let root = workspace::root(named)?;
    let checked = syncline::check(&workspace::read(&root)?);
    let Some(plan) = plan_or_findings(&checked)? else { return Ok(Exit::Findings) };
    let folder = arguments.out.clone().unwrap_or_else(|| root.join(DOCS));
    let pages = syncline::emit_docs(&plan, &checked.files);
    let names: BTreeSet<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    is_ours(&folder)?;
    remove_stale(&folder, &names)?;
    for page in &pages {
        files::write(&folder.join(&page.path), &page.bytes)?;
    }
    let mut list: String = names.iter().flat_map(|name| [name, "\n"]).collect();
    list.insert_str(0, "# Written by `syncline docs`, which removes them when they are no longer needed.\n");
    files::write(&folder.join(LIST), list.as_bytes())?;
    let index = folder.join("index.html");
    output::say(format_args!(
        "{} {}: open {}",
        styled(GOOD, "wrote"),
        counted(pages.len(), "file"),
        styled(BOLD, index.display())
    ))?;
    Ok(Exit::Fine)
}

/// Nothing is mixed with files of somebody else: the folder is absent, empty, or holds what this command wrote before.
fn is_ours(folder: &Path) -> Outcome {
    let occupied = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if occupied && !folder.join(LIST).is_file() {
        return Err(Trouble::new(format!("`{}` holds files that `syncline docs` did not write", folder.display()))
            .help("name a folder of its own with `--out`, such as `--out out/docs`"));
    }
    Ok(())
}

fn remove_stale(folder: &Path, kept: &BTreeSet<&str>) -> Outcome {
    let Ok(list) = fs::read_to_string(folder.join(LIST)) else { return Ok(()) };
    for name in list.lines().filter(|line| !line.starts_with('#') && !kept.contains(line)) {
        let inside = Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
        let path = folder.join(name);
        if inside && path.is_file() {
            fs::remove_file(&path).map_err(|error| Trouble::file("remove", &path, &error))?;
        }
    }
    Ok(())
}
