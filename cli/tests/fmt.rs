//! `syncline fmt` and `syncline explain`
#![allow(clippy::unwrap_used, reason = "tests")]

mod support;

use insta::assert_snapshot;
use std::io::Write;
use std::process::Stdio;
use support::{Done, Folder};

const YAML: &str = "name: x\nedition: 2026\nsources: specs\n";

fn loose() -> Folder {
    Folder::with(&[
        ("syncline.yaml", YAML),
        ("specs/a.syn", "enum   A { x,y }\n"),
        ("specs/deep/b.syn", "enum B { z }\n"),
    ])
}

fn piped(folder: &Folder, arguments: &[&str], text: &[u8]) -> Done {
    let mut child =
        folder.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text).unwrap();
    folder.done(&child.wait_with_output().unwrap())
}

#[test]
fn check_lists_and_changes_nothing() {
    let folder = loose();
    assert_snapshot!(folder.run(&["fmt", "--check"]).all());
    assert_eq!(folder.read("specs/a.syn"), "enum   A { x,y }\n");
}

#[test]
fn files_are_changed_once() {
    let folder = loose();
    assert_snapshot!(folder.run(&["fmt"]).all());
    assert_eq!(folder.read("specs/a.syn"), "enum A { x, y }\n");
    assert_snapshot!(folder.run(&["fmt"]).all());
    assert_eq!(folder.run(&["fmt", "--check"]).code, 0);
}

#[test]
fn paths_need_no_workspace() {
    let folder = Folder::with(&[("a.syn", "enum  A { x }\n"), ("b/c.syn", "enum  C { x }\n"), ("b/d.txt", "")]);
    assert_snapshot!(folder.run(&["fmt", "--check", "a.syn", "b"]).all());
    assert_snapshot!(folder.run(&["fmt", "missing.syn"]).all());
    std::fs::create_dir(folder.join("empty")).unwrap();
    assert_eq!(folder.run(&["fmt", "empty"]).code, 2);
}

#[test]
fn a_file_that_cannot_be_read_does_not_stop_the_others() {
    let folder = loose();
    folder.write("specs/a.syn", "enum A { x\n");
    folder.write("specs/deep/b.syn", "enum  B { z }\n");
    assert_snapshot!(folder.run(&["fmt"]).all());
    assert_eq!(folder.read("specs/a.syn"), "enum A { x\n");
    assert_eq!(folder.read("specs/deep/b.syn"), "enum B { z }\n");
}

#[test]
fn editors_use_standard_input() {
    let folder = Folder::new();
    let done = piped(&folder, &["fmt", "--stdin"], b"enum  A { x }");
    assert_eq!((done.code, done.stdout.as_str()), (0, "enum A { x }\n"));
    assert_eq!(piped(&folder, &["fmt", "--stdin", "--check"], b"enum  A { x }").code, 1);
    assert_eq!(piped(&folder, &["fmt", "--stdin", "--check"], b"enum A { x }\n").code, 0);
    let done = piped(&folder, &["fmt", "--stdin"], b"enum A {");
    assert_eq!((done.code, done.stdout.as_str()), (1, ""));
    assert!(done.stderr.contains("<stdin>:1:8"), "{}", done.stderr);
    let done = piped(&folder, &["fmt", "--stdin"], b"\xff");
    assert_eq!((done.code, done.stdout.as_str()), (1, ""));
    assert!(done.stderr.contains("not-unicode"), "{}", done.stderr);
    assert_eq!(folder.run(&["fmt", "--stdin", "a.syn"]).code, 2);
}

#[test]
fn findings_are_explained() {
    let folder = Folder::new();
    let page = folder.run(&["explain", "ownership-conflict"]);
    assert_eq!(page.code, 0);
    assert!(page.stdout.starts_with("# SYN0401 ownership-conflict\n"), "{}", page.stdout);
    assert_eq!(folder.run(&["explain", "syn0401"]).stdout, page.stdout);
    assert_snapshot!(folder.run(&["explain", "ownership-conflit"]).all());
    let list = folder.run(&["explain"]);
    assert_eq!(list.code, 0);
    assert!(list.stdout.lines().any(|line| line.starts_with("SYN0401  ownership-conflict ")), "{}", list.stdout);
    assert!(list.stdout.lines().any(|line| line.starts_with("reason   lookup-missing ")), "{}", list.stdout);
    assert!(list.stdout.lines().count() > syncline::diagnostics::codes::all().len());
    assert_snapshot!(folder.run(&["explain", "lookup-missing"]).all());
}
