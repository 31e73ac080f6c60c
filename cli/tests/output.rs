//! Colours, pipes and files: how output reaches its reader.
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use std::io::Read;
use std::process::Stdio;
use support::Folder;

const ESCAPE: &str = "\u{1b}[";

fn flawed() -> Folder {
    Folder::with(&[("syncline.yaml", "name: x\nedition: 2026\nsources: .\n"), ("a.syn", "enum Region { US, US }\n")])
}

#[test]
fn pipes_get_no_colours_unless_they_want_them() {
    let folder = flawed();
    let with = |variables: &[(&str, &str)]| {
        let mut command = folder.command(&["check"]);
        command.envs(variables.iter().copied());
        folder.done(&command.output().unwrap()).stdout
    };
    assert!(with(&[]).contains("error"), "{}", with(&[]));
    assert!(!with(&[]).contains(ESCAPE));
    assert!(with(&[("CLICOLOR_FORCE", "1")]).contains(ESCAPE));
    assert!(!with(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).contains(ESCAPE));
    assert!(!with(&[("CLICOLOR", "0")]).contains(ESCAPE));
}

/// A reader that goes away is no mishap: no word about it, and the exit code is that of the work.
#[test]
fn readers_may_go_away() {
    let folder = Folder::fresh();
    for (arguments, code) in [
        (&["explain"][..], 0),
        (&["explain", "ownership-conflict"], 0),
        (&["run", "--at", "2026-07-01T08:00Z", "--max-exceptions", "0"], 1),
        (&["check"], 0),
        (&["fmt", "--check"], 0),
    ] {
        let mut child = folder.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let mut complaint = String::new();
        child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{arguments:?}: {complaint}");
        assert!(!complaint.contains("panicked") && !complaint.contains("pipe"), "{arguments:?}: {complaint}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = flawed();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let done = folder.done(&folder.command(&["explain"]).stdout(full).output().unwrap());
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("error: cannot write to standard output: "), "{}", done.stderr);
}
