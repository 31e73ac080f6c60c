//! `syncline check`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use insta::assert_snapshot;
use serde_json::json;
use support::Folder;

const YAML: &str = "name: small\nedition: 2026\nsources: specs\n";

/// One error and one warning.
const FLAWED: &str = "use services.Region\n\nsystem crm {\n  entity account {\n    key id: text(12)\n    region: Regoin\n    second: Region\n  }\n}\n";

fn flawed() -> Folder {
    Folder::with(&[
        ("syncline.yaml", YAML),
        ("specs/services.syn", "enum Region { US, EU }\n"),
        ("specs/crm.syn", FLAWED),
    ])
}

fn with_warning() -> Folder {
    let folder = flawed();
    folder.edit("specs/crm.syn", "    region: Regoin\n    second: Region\n", "");
    folder
}

#[test]
fn findings_are_shown_with_their_places() {
    assert_snapshot!(flawed().run(&["check"]).all());
}

#[test]
fn findings_are_given_to_programs() {
    let found = flawed().run(&["check", "--format", "json"]).json(1);
    assert_eq!(found["format"], json!(1));
    assert_eq!(found["summary"], json!({ "errors": 1, "warnings": 0 }));
    let one = &found["diagnostics"][0];
    assert_eq!(
        (&one["name"], &one["code"], &one["severity"], &one["file"]),
        (&json!("unknown-name"), &json!("SYN0201"), &json!("error"), &json!("specs/crm.syn"))
    );
    assert_eq!(one["range"], json!({ "start": { "line": 6, "column": 13 }, "end": { "line": 6, "column": 19 } }));
    let clean = Folder::with(&[("syncline.yaml", YAML), ("specs/a.syn", "enum Region { US, EU }\n")]);
    assert_eq!(
        clean.run(&["check", "--format", "json"]).json(0),
        json!({ "format": 1, "diagnostics": [], "summary": { "errors": 0, "warnings": 0 } })
    );
}

#[test]
fn warnings_fail_only_when_denied() {
    let folder = with_warning();
    assert_snapshot!(folder.run(&["check"]).all());
    assert_eq!(folder.run(&["check", "--deny", "warnings"]).code, 1);
    assert_eq!(folder.run(&["check", "--deny", "errors"]).code, 2);
}

#[test]
fn the_workspace_is_found_from_below_and_by_name() {
    let folder = Folder::fresh();
    let below = folder.command(&["check"]).current_dir(folder.join("specs")).output().unwrap();
    assert_eq!(folder.done(&below).code, 0);
    let elsewhere = Folder::new();
    assert_eq!(elsewhere.run(&["check", "--workspace", folder.path().to_str().unwrap()]).code, 0);
    assert_snapshot!(elsewhere.run(&["check", "--workspace", "nowhere"]).all());
    assert_snapshot!(elsewhere.run(&["check", "--workspace", "."]).all());
    let nowhere = elsewhere.run(&["check"]);
    assert_eq!(nowhere.code, 2);
    assert!(
        nowhere.stderr.contains("there is no `syncline.yaml` in `[DIR]` or any folder above it"),
        "{}",
        nowhere.stderr
    );
    assert!(nowhere.stderr.contains("syncline new DIR"), "{}", nowhere.stderr);
}

#[test]
fn what_is_missing_is_named() {
    assert_snapshot!(Folder::with(&[("syncline.yaml", YAML)]).run(&["check"]).all());
    assert_snapshot!(Folder::with(&[("syncline.yaml", YAML), ("specs/readme.txt", "")]).run(&["check"]).all());
    // Where the manifest says nonsense, that is what is told.
    assert_snapshot!(
        Folder::with(&[("syncline.yaml", "name: x\nedition: 2026\nsource: specs\n")]).run(&["check"]).all()
    );
}

#[test]
fn files_that_are_no_text_are_findings() {
    let folder = Folder::with(&[("syncline.yaml", YAML)]);
    std::fs::create_dir(folder.join("specs")).unwrap();
    std::fs::write(folder.join("specs/a.syn"), b"enum Region { US, \xff }\n").unwrap();
    assert_snapshot!(folder.run(&["check"]).all());
    std::fs::write(folder.join("syncline.yaml"), b"\xff").unwrap();
    assert_snapshot!(folder.run(&["check"]).all());
}

#[test]
fn types_of_other_languages_are_translated() {
    let folder = Folder::with(&[
        ("syncline.yaml", YAML),
        (
            "specs/crm.syn",
            "system crm {\n  entity account {\n    key id: text(12)\n    name: string\n    country: varchar(2)\n  }\n}\n",
        ),
    ]);
    let found = folder.run(&["check", "--format", "json"]).json(1);
    let diagnostics = found["diagnostics"].as_array().unwrap();
    let errors: Vec<_> = diagnostics.iter().filter(|found| found["severity"] == "error").collect();
    assert_eq!(errors.len(), 2, "{found}");
    for error in errors {
        assert_eq!(error["help"], json!("write `text`, or `text(40)` for at most 40 characters"));
    }
}

#[test]
fn hidden_folders_are_left_alone() {
    let folder = Folder::with(&[
        ("syncline.yaml", "name: x\nedition: 2026\nsources: .\n"),
        ("a.syn", "enum Region { US }\n"),
        (".cache/b.syn", "nonsense\n"),
    ]);
    assert_eq!(folder.run(&["check"]).code, 0);
}

#[cfg(unix)]
#[test]
fn links_in_a_circle_are_walked_once() {
    let folder = Folder::with(&[("syncline.yaml", YAML), ("specs/a.syn", "enum Region { US }\n")]);
    std::os::unix::fs::symlink("..", folder.join("specs/up")).unwrap();
    let done = folder.run(&["check", "--format", "json"]);
    assert_eq!(done.code, 0, "{done:?}");
}

#[test]
fn wrong_arguments_are_refused() {
    let folder = Folder::new();
    for arguments in
        [&["chekc"][..], &[], &["check", "--format", "xml"], &["run", "--at", "yesterday"], &["explain", "a", "b"]]
    {
        assert_eq!(folder.run(arguments).code, 2, "{arguments:?}");
    }
    for arguments in [&["--help"][..], &["run", "--help"], &["--version"], &["exceptions", "list", "--help"]] {
        assert_eq!(folder.run(arguments).code, 0, "{arguments:?}");
    }
}
