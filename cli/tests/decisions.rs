//! Deciding about exceptions, and the audit log of it. C-4 lives where the shop does not deliver, and is in a queue.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use serde_json::json;
use support::{AT, Folder};

#[test]
fn a_record_is_dismissed_by_somebody_for_a_reason() {
    let folder = Folder::has_run();
    let done = folder.run(&["exceptions", "dismiss", "C-4", "--why", "moved abroad", "--by", "ana", "--at", AT]);
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (0, "dismissed C-4 version 1 in sync Customers (unknown_country), by ana\n")
    );
    let report = folder.run(&["run", "--at", AT, "--format", "json"]).json(0);
    assert_eq!((&report["totals"]["quarantined"], &report["totals"]["dismissed"]), (&json!(0), &json!(1)));
    let status = folder.run(&["status"]);
    assert!(status.stdout.contains("dismissed"), "{}", status.stdout);
    let shown = folder.run(&["exceptions", "show", "C-4"]).stdout;
    assert!(shown.contains("version 1 dismiss by ana: moved abroad"), "{shown}");
    let log = folder.run(&["audit", "list", "--decisions", "--format", "json"]).json(0);
    let entries = log["entries"].as_array().unwrap();
    let mut entry = entries[0].clone();
    let hash = entry["hash"].take();
    assert_eq!(hash.as_str().unwrap().len(), 64);
    assert_eq!(
        (entries.len(), entry),
        (
            1,
            json!({
                "seq": entries[0]["seq"], "at": "2026-07-01T08:00:00Z", "event": "decided", "decision": 1, "sync": "Customers",
                "key": "C-4", "version": "1", "reason": "unknown_country", "resolution": "dismiss", "by": "ana", "why": "moved abroad",
                "hash": null
            })
        )
    );
    let done = folder.run(&["exceptions", "reopen", "C-4", "--why", "came back", "--by", "bo", "--at", AT]);
    assert_eq!((done.code, done.stdout.ends_with("the next run carries it out: syncline run\n")), (0, true));
    assert_eq!(folder.run(&["run", "--at", AT, "--max-exceptions", "0"]).code, 1);
}

#[test]
fn nobody_decides_without_a_name_and_a_reason() {
    let folder = Folder::has_run();
    let mut command = folder.command(&["exceptions", "dismiss", "C-4", "--why", "x"]);
    for variable in ["SYNCLINE_USER", "USER", "USERNAME"] {
        command.env_remove(variable);
    }
    let done = folder.done(&command.output().unwrap());
    assert_eq!(
        (done.code, done.stderr.as_str()),
        (2, "error: who decides?\nhelp: say `--by NAME`, or set SYNCLINE_USER\n")
    );
    let done = folder.done(&command.env("SYNCLINE_USER", "ana").output().unwrap());
    assert_eq!((done.code, done.stdout.contains(", by ana\n")), (0, true));
    let folder = Folder::has_run();
    assert_eq!(folder.run(&["exceptions", "dismiss", "C-4", "--why", " ", "--by", "ana"]).code, 2);
    assert_eq!(folder.run(&["exceptions", "dismiss", "C-4", "--by", "ana"]).code, 2);
    assert_eq!(folder.run(&["exceptions", "settle", "C-4", "--why", "x", "--by", "ana"]).code, 2);
}

#[test]
fn what_cannot_be_released_says_what_to_do() {
    let folder = Folder::has_run();
    let done = folder.run(&["exceptions", "release", "C-4", "--why", "x", "--by", "ana"]);
    assert_eq!(
        (done.code, done.stderr.as_str()),
        (
            2,
            "error: `C-4` is not held back: it fails for `unknown_country`, and every run tries it again\n\
             help: mend the data or the specs; `syncline exceptions dismiss` sets it aside for good\n"
        )
    );
}

#[test]
fn the_log_is_checked_and_an_old_hash_found_again() {
    let folder = Folder::has_run();
    let first = folder.run(&["audit", "verify", "--format", "json"]).json(0);
    // A run began, three customers were posted, the run ended.
    assert_eq!((&first["entries"], &first["findings"]), (&json!(5), &json!([])));
    let head = first["head"].as_str().unwrap();
    assert_eq!(folder.run(&["audit", "verify"]).stdout, format!("as written: 5 entries, the last with hash\n{head}\n"));
    assert_eq!(folder.run(&["run", "--at", AT]).code, 0);
    assert_eq!(folder.run(&["audit", "verify", "--noted", head]).code, 0);
    let hub = rusqlite::Connection::open(folder.join(".syncline/local/hub.db")).unwrap();
    hub.execute_batch("UPDATE posting SET target_key = 'C-9' WHERE target_key = 'C-1'").unwrap();
    drop(hub);
    let done = folder.run(&["audit", "verify"]);
    assert_eq!(done.code, 1);
    assert!(done.stdout.starts_with("not as written: 7 entries, 1 finding\n  posting `"), "{}", done.stdout);
    assert_eq!(folder.run(&["audit", "verify", "--noted", "00"]).code, 1);
}
