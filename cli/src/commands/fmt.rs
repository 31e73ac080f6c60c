//! `syncline fmt`

use crate::arguments::Fmt;
use crate::findings::counted;
use crate::output::{self, BAD, BOLD, styled};
use crate::trouble::{Exit, Outcome, Trouble};
use crate::{files, workspace};
use std::io::Read;
use std::path::{Path, PathBuf};
use syncline::diagnostics::render;
use syncline::{SourceFile, Unformatted};

pub(super) fn run(arguments: &Fmt, named: Option<&Path>) -> Outcome<Exit> {
    if arguments.stdin {
        return stdin(arguments.check);
    }
    let mut tally = Tally::default();
    let paths = paths(arguments, named)?;
    for path in &paths {
        one(path, arguments.check, &mut tally)?;
    }
    let done = if arguments.check { "would be formatted" } else { "formatted" };
    let rest = if tally.failed > 0 { format!(", {} with errors", tally.failed) } else { String::new() };
    output::say(format_args!("{} of {} {done}{rest}", tally.changed, counted(paths.len(), "file")))?;
    Ok(Exit::found(tally.failed > 0 || (arguments.check && tally.changed > 0)))
}

#[derive(Default)]
struct Tally {
    changed: usize,
    failed: usize,
}

fn paths(arguments: &Fmt, named: Option<&Path>) -> Outcome<Vec<PathBuf>> {
    if arguments.paths.is_empty() {
        let root = workspace::root(named)?;
        let config = workspace::config(&root)?;
        let sources = workspace::sources(&root, &config)?;
        return Ok(sources.into_iter().map(|path| root.join(path)).collect());
    }
    let mut found = Vec::new();
    for path in &arguments.paths {
        if path.is_dir() {
            found.extend(workspace::sources_below(path)?);
        } else {
            found.push(path.clone());
        }
    }
    if found.is_empty() {
        return Err(Trouble::new("there is no `*.syn` file in these folders").help("name a folder with source files"));
    }
    Ok(found)
}

fn one(path: &Path, check: bool, tally: &mut Tally) -> Outcome {
    let file = workspace::source_file(path, path.display().to_string())?;
    match syncline::format(&file) {
        Ok(text) if text == *file.text => {}
        Ok(text) => {
            tally.changed += 1;
            if check {
                output::say(styled(BOLD, path.display()))?;
            } else {
                files::write(path, text.as_bytes())?;
            }
        }
        Err(problem) => {
            tally.failed += 1;
            show(path, &problem);
        }
    }
    Ok(())
}

fn show(path: &Path, problem: &Unformatted) {
    match problem {
        Unformatted::Errors { diagnostics, sources } => {
            output::note(render::terminal(diagnostics, sources, &output::stderr_style()).trim_end())
        }
        Unformatted::Refused(reason) => {
            output::note(format_args!("{}: `{}` is left as it is: {reason}", styled(BAD, "error"), path.display()))
        }
    }
}

fn stdin(check: bool) -> Outcome<Exit> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .read_to_end(&mut bytes)
        .map_err(|error| Trouble::new(format!("cannot read standard input: {error}")))?;
    let file = SourceFile::from_bytes("<stdin>", bytes);
    match syncline::format(&file) {
        Ok(text) if check => Ok(Exit::found(text != *file.text)),
        Ok(text) => output::print(&text).map(|()| Exit::Fine),
        Err(problem) => {
            show(Path::new("<stdin>"), &problem);
            Ok(Exit::Findings)
        }
    }
}
