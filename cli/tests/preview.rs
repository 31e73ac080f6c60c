//! `syncline preview`: what a run would do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use serde_json::json;
use support::Folder;

const AT: &str = "2026-07-01T08:00Z";

#[test]
fn what_would_be_posted_is_given_to_programs() {
    let folder = Folder::fresh();
    let said = folder.run(&["preview", "--at", AT, "--format", "json"]).json(0);
    assert_eq!((&said["format"], &said["at"]), (&json!(1), &json!("2026-07-01T08:00:00Z")));
    assert!(!folder.join(".syncline").exists());
    // C-1, C-2 and C-5 buy; the names are short enough, Germany is in Europe.
    let keys: Vec<&str> = said["lines"].as_array().unwrap().iter().map(|line| line["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["C-1", "C-2", "C-5"]);
    assert_eq!(
        said["lines"][0],
        json!({
            "sync": "Customers", "key": "C-1", "action": "post", "target": "books.debtor", "line": "C-1",
            "values": { "number": "C-1", "name": "Adele Brandt", "region": "EUR", "credit_limit": "2500.00" },
            "refused": null
        })
    );
    assert_eq!(said["exceptions"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&said["exceptions"][0]["key"], &said["exceptions"][0]["reason"]),
        (&json!("C-4"), &json!("unknown_country"))
    );
    assert_eq!(said["totals"]["reconciled"], json!(true));
    // The run does what was said.
    let report = folder.run(&["run", "--at", AT, "--format", "json"]).json(0);
    assert_eq!((&said["totals"], &said["syncs"]), (&report["totals"], &report["syncs"]));
    let hub = std::fs::read(folder.join(".syncline/local/hub.db")).unwrap();
    let again = folder.run(&["preview", "--at", AT, "--format", "json"]).json(0);
    assert_eq!((&again["lines"], &again["exceptions"]), (&json!([]), &json!([])));
    assert_eq!(std::fs::read(folder.join(".syncline/local/hub.db")).unwrap(), hub);
}

#[test]
fn people_read_lines_with_their_values() {
    let folder = Folder::fresh();
    let done = folder.run(&["preview", "--at", AT]);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
    for part in [
        "preview of a run at 2026-07-01 08:00Z, profile local: nothing was changed\n",
        "the run would: read 5, find 5 new, post 3, reverse 0, overwrite 0, resolve 0\n",
        " Customers  C-2  post    books.debtor C-2  number C-2, name Noor Haddad, region AMER, credit_limit 1000.00\n",
        "exceptions: 1 exception would be raised\n",
        " Customers  C-4  sales_desk  unknown_country  we do not deliver to NO\n",
        "reconciled: hub, ledger and targets would agree\n",
    ] {
        assert!(done.stdout.contains(part), "{part:?} is not in\n{}", done.stdout);
    }
}

#[test]
fn one_sync_is_shown_and_a_misspelt_one_is_named() {
    let folder = Folder::fresh();
    let said = folder.run(&["preview", "--at", AT, "--sync", "Customers", "--format", "json"]).json(0);
    assert_eq!((said["syncs"].as_array().unwrap().len(), said["lines"].as_array().unwrap().len()), (1, 3));
    let done = folder.run(&["preview", "--at", AT, "--sync", "Custmers"]);
    assert_eq!(done.code, 2);
    assert_eq!(done.stderr, "error: there is no sync `Custmers`\nhelp: did you mean `Customers`?\n");
}

#[test]
fn a_difference_that_a_run_would_find_is_an_exit_code() {
    let folder = Folder::fresh();
    assert_eq!(folder.run(&["run", "--at", AT]).code, 0);
    let books = rusqlite::Connection::open(folder.join(".syncline/local/books.db")).unwrap();
    assert_eq!(books.execute("DELETE FROM debtor WHERE number = 'C-2'", []).unwrap(), 1);
    drop(books);
    let done = folder.run(&["preview", "--at", AT]);
    assert_eq!(done.code, 1);
    assert!(done.stdout.contains("not reconciled: `Customers` would not agree with the target\n"), "{}", done.stdout);
}
