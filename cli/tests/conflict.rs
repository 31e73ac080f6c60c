//! A second owner for a field of the example, written into another team's file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use insta::assert_snapshot;
use serde_json::json;
use std::path::Path;
use support::Folder;

const FINANCE: &str = "specs/ownership/finance.syn";

/// The example's specs, where finance takes `name` although `*` of sales covers it.
fn contested() -> Folder {
    let folder = Folder::new();
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/consulting");
    copy(&example.join("specs"), &folder.join("specs"));
    std::fs::copy(example.join("syncline.yaml"), folder.join("syncline.yaml")).unwrap();
    assert_eq!(folder.run(&["check"]).code, 0, "the example itself is clean");
    folder.edit(FINANCE, "erp owns tax_profile\n", "erp owns tax_profile, name\n");
    folder
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The place of a text in a file, as programs get it: lines and columns from 1.
fn place(folder: &Folder, file: &str, line: &str, word: &str) -> serde_json::Value {
    let text = folder.read(file);
    let (number, line) = text.lines().enumerate().find(|(_, found)| found.contains(line)).unwrap();
    let column = line.find(word).unwrap() + 1;
    json!({
        "start": { "line": number + 1, "column": column },
        "end": { "line": number + 1, "column": column + word.len() },
    })
}

#[test]
fn people_see_both_places_both_teams_and_a_record() {
    assert_snapshot!(contested().run(&["check"]).all());
}

#[test]
fn programs_get_both_places_both_teams_and_a_record() {
    let folder = contested();
    let found = folder.run(&["check", "--format", "json"]).json(1);
    assert_eq!(found["summary"], json!({ "errors": 1, "warnings": 0 }));
    let conflict = &found["diagnostics"][0];
    assert_eq!(conflict["name"], json!("ownership-conflict"));
    assert_eq!((&conflict["file"], &conflict["team"]), (&json!(FINANCE), &json!("finance")));
    assert_eq!(conflict["range"], place(&folder, FINANCE, "erp owns tax_profile, name", "name"));
    let sales = "specs/ownership/sales_ops.syn";
    let other = &conflict["related"][0];
    assert_eq!((&other["file"], &other["team"]), (&json!(sales), &json!("sales_ops")));
    assert_eq!(other["range"], place(&folder, sales, "crm owns * except tax_profile", "*"));
    let record = &conflict["witness"];
    assert_eq!((&record["object"], &record["possible"]), (&json!("Client"), &json!(false)));
    for field in ["code", "name", "stage"] {
        assert!(record["fields"][field].is_string(), "{record}");
    }
    assert!(conflict["why"].as_str().unwrap().contains("overwrite each other"), "{conflict}");
}

#[test]
fn the_proposed_fix_ends_it() {
    let folder = contested();
    let found = folder.run(&["check", "--format", "json"]).json(1);
    let edits = found["diagnostics"][0]["fix"]["edits"].as_array().unwrap();
    let edit = &edits[0];
    assert_eq!((edits.len(), &edit["file"]), (1, &json!(FINANCE)));
    let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
    assert_eq!(start["line"], end["line"]);
    let at = |place: &serde_json::Value| usize::try_from(place["column"].as_u64().unwrap()).unwrap() - 1;
    let number = usize::try_from(start["line"].as_u64().unwrap()).unwrap() - 1;
    let text = folder.read(FINANCE);
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[number].replace_range(at(start)..at(end), edit["text"].as_str().unwrap());
    folder.write(FINANCE, &format!("{}\n", lines.join("\n")));
    assert_eq!(folder.run(&["check"]).code, 0);
}
