//! `syncline hub`: backing up and checking.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use serde_json::json;
use support::{AT, Folder};

#[test]
fn a_backup_is_never_written_over_unasked() {
    let folder = Folder::has_run();
    let made = folder.run(&["hub", "backup", "copy.db", "--format", "json"]).json(0);
    let bytes = std::fs::metadata(folder.join("copy.db")).unwrap().len();
    assert_eq!(made, json!({ "format": 1, "file": "copy.db", "bytes": bytes, "runs": 1 }));
    let done = folder.run(&["hub", "backup", "copy.db"]);
    assert_eq!((done.code, done.stdout.as_str()), (2, ""));
    assert_eq!(done.stderr, "error: `copy.db` is there already\nhelp: `--force` replaces it\n");
    assert_eq!(folder.run(&["run", "--at", AT]).code, 0);
    let done = folder.run(&["hub", "backup", "copy.db", "--force"]);
    assert_eq!(done.code, 0);
    assert!(
        done.stdout.starts_with("backed up copy.db: ") && done.stdout.ends_with(" bytes, 2 runs, checked\n"),
        "{done:?}"
    );
    assert_eq!(folder.run(&["hub", "backup", "no/such/folder/copy.db"]).code, 2);
}

#[test]
fn a_hub_is_sound_or_the_check_fails() {
    let folder = Folder::has_run();
    assert_eq!(folder.run(&["hub", "check"]).stdout, "sound .syncline/local/hub.db\n");
    let hub = rusqlite::Connection::open(folder.join(".syncline/local/hub.db")).unwrap();
    // C-4 is the one in a queue.
    assert_eq!(hub.execute("UPDATE exception SET closed_at = since", []).unwrap(), 1);
    drop(hub);
    let done = folder.run(&["hub", "check"]);
    assert_eq!(done.code, 1);
    assert_eq!(
        done.stdout,
        "not sound .syncline/local/hub.db: 1 finding\n  exceptions in `Customers`: 1 quarantined rows have no open exception\n"
    );
    let found = folder.run(&["hub", "check", "--format", "json"]).json(1);
    assert_eq!(
        found,
        json!({ "format": 1, "layout": 13, "findings": [
            { "check": "exceptions", "sync": "Customers", "message": "1 quarantined rows have no open exception" }
        ] })
    );
}

#[test]
fn without_a_hub_nothing_is_made() {
    let folder = Folder::fresh();
    for arguments in [&["hub", "check"][..], &["hub", "backup", "copy.db"]] {
        let done = folder.run(arguments);
        assert_eq!((done.code, done.stdout.as_str()), (2, ""));
        assert!(done.stderr.contains("there is no hub `.syncline/local/hub.db` yet\nhelp: `syncline run"), "{done:?}");
    }
    assert!(!folder.join(".syncline").exists() && !folder.join("copy.db").exists());
}
