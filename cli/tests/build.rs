//! `syncline build` and `syncline docs`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use insta::assert_snapshot;
use serde_json::{Value, json};
use support::Folder;

#[test]
fn a_plan_is_written_and_named() {
    let folder = Folder::fresh();
    let done = folder.run(&["build"]);
    let plan: Value = serde_json::from_str(&folder.read("out/plan.json")).unwrap();
    let hash = plan["hash"].as_str().unwrap();
    assert_eq!(hash.len(), "sha256:".len() + 64);
    assert_snapshot!(done.all().replace(hash, "[HASH]"));
    assert_eq!(plan["format"], json!(1));
    assert_eq!(plan["workspace"], json!({ "name": "hello", "edition": 2026 }));

    let named = folder.run(&["build", "--out", "release/1.json", "--format", "json"]).json(0);
    assert_eq!(named, json!({ "format": 1, "plan": "release/1.json", "hash": hash }));
    assert_eq!(folder.read("release/1.json"), folder.read("out/plan.json"));
}

#[test]
fn nothing_half_is_left_behind() {
    let folder = Folder::fresh();
    folder.run(&["build"]);
    let before = folder.read("out/plan.json");
    folder.edit("specs/customers.syn", "shop owns *", "shop owns name");
    let done = folder.run(&["build"]);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""));
    assert!(done.stderr.contains("unowned-field]"), "{}", done.stderr);
    assert_eq!(folder.read("out/plan.json"), before);
    assert_eq!(std::fs::read_dir(folder.join("out")).unwrap().count(), 1);
}

#[test]
fn warnings_are_shown_and_can_be_denied() {
    let folder = Folder::fresh();
    folder.edit("specs/systems.syn", "    status: enum", "    fax: text(20)\n    status: enum");
    let done = folder.run(&["build", "--deny", "warnings"]);
    assert_eq!(done.code, 1);
    assert!(!folder.join("out/plan.json").exists());
    let done = folder.run(&["build"]);
    assert_eq!(done.code, 0);
    assert!(done.stderr.contains("unread-field]"), "{}", done.stderr);
}

#[cfg(unix)]
#[test]
fn a_place_that_cannot_be_written_is_named() {
    let folder = Folder::fresh();
    folder.write("out", "a file where a folder should be");
    assert_snapshot!(folder.run(&["build"]).all());
}

#[cfg(unix)]
#[test]
fn what_is_written_can_be_read_by_others() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::fresh();
    let mode = |path: &str| std::fs::metadata(folder.join(path)).unwrap().permissions().mode() & 0o777;
    folder.run(&["build"]);
    assert_eq!(mode("out/plan.json"), 0o644);
    std::fs::set_permissions(folder.join("out/plan.json"), std::fs::Permissions::from_mode(0o600)).unwrap();
    folder.run(&["build"]);
    assert_eq!(mode("out/plan.json"), 0o600);
}

#[test]
fn documents_are_not_mixed_with_other_files() {
    let folder = Folder::fresh();
    let before = std::fs::read_dir(folder.join("data")).unwrap().count();
    let done = folder.run(&["docs", "--out", "data"]);
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stderr.contains("`data` holds files that `syncline docs` did not write"), "{}", done.stderr);
    assert_eq!(std::fs::read_dir(folder.join("data")).unwrap().count(), before);
}

#[test]
fn documents_are_written_and_stale_ones_removed() {
    let folder = Folder::fresh();
    let done = folder.run(&["docs", "--out", "site"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        done.stdout.starts_with("wrote ") && done.stdout.ends_with("files: open site/index.html\n"),
        "{}",
        done.stdout
    );
    let page = "site/object/Customer.html";
    assert!(folder.join(page).exists());
    folder.write("site/mine.html", "kept");
    for file in ["specs/customers.syn", "README.md"] {
        let text = folder
            .read(file)
            .replace("Customer:", "Buyer:")
            .replace("of Customer ", "of Buyer ")
            .replace("-> Customer", "-> Buyer")
            .replace("map Customer ", "map Buyer ");
        folder.write(file, &text);
    }
    let done = folder.run(&["docs", "--out", "site"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert!(!folder.join(page).exists());
    assert!(folder.join("site/object/Buyer.html").exists());
    assert_eq!(folder.read("site/mine.html"), "kept");
    // A list that was tampered with leads nowhere outside the folder.
    folder.write("outside.txt", "kept");
    folder.write("site/.syncline-docs", "../outside.txt\n");
    folder.run(&["docs", "--out", "site"]);
    assert_eq!(folder.read("outside.txt"), "kept");
}
