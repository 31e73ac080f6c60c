//! `syncline replay` and `syncline reconcile`: parts of a run.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use serde_json::json;
use support::Folder;

const LATER: &str = "2026-07-02T08:00Z";

fn books(folder: &Folder) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join(".syncline/local/books.db")).unwrap()
}

fn names(folder: &Folder) -> Vec<String> {
    let books = books(folder);
    let mut rows = books.prepare("SELECT number || ' ' || name FROM debtor ORDER BY number").unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_replay_posts_what_waits_in_a_queue_without_its_source() {
    let folder = Folder::has_run();
    let specs =
        folder.read("specs/customers.syn").replace("  \"FR\" -> europe\n", "  \"FR\" -> europe\n  \"NO\" -> europe\n");
    folder.write("specs/customers.syn", &specs);
    std::fs::remove_dir_all(folder.join("data/shop")).unwrap();
    // A run would want the shop's files.
    assert_eq!(folder.run(&["run", "--at", LATER]).code, 2);
    let said = folder.run(&["replay", "--at", LATER, "--format", "json"]).json(0);
    let done = &said["totals"]["this_run"];
    assert_eq!((&done["read"], &done["posted"], &done["resolved"]), (&json!(0), &json!(1), &json!(1)));
    assert_eq!(names(&folder), ["C-1 Adele Brandt", "C-2 Noor Haddad", "C-4 Ingrid Solberg", "C-5 Tom Baker"]);
    // Once is enough.
    let again = folder.run(&["replay", "--at", LATER, "--format", "json"]).json(0);
    assert_eq!(again["totals"]["this_run"]["posted"], json!(0));
}

#[test]
fn a_replay_reads_nothing_new() {
    let folder = Folder::has_run();
    let more = format!("{}C-6,Ana Silva,US,Buying,1.00\n", folder.read("data/shop/customer.csv"));
    folder.write("data/shop/customer.csv", &more);
    let said = folder.run(&["replay", "--at", LATER, "--format", "json"]).json(0);
    assert_eq!((&said["totals"]["captured"], &said["totals"]["this_run"]["read"]), (&json!(5), &json!(0)));
    assert_eq!(names(&folder).len(), 3);
}

#[test]
fn a_reconciliation_finds_a_changed_line_and_touches_nothing() {
    let folder = Folder::has_run();
    let even = folder.run(&["reconcile", "--at", LATER, "--format", "json"]).json(0);
    assert_eq!((&even["reconciled"], &even["syncs"][0]["differing"]), (&json!(true), &json!([])));
    books(&folder).execute("DELETE FROM debtor WHERE number = 'C-2'", []).unwrap();
    // A row that a run would capture and post.
    let more = format!("{}C-6,Ana Silva,US,Buying,1.00\n", folder.read("data/shop/customer.csv"));
    folder.write("data/shop/customer.csv", &more);
    let found = folder.run(&["reconcile", "--at", LATER, "--format", "json"]).json(1);
    assert_eq!((&found["reconciled"], &found["syncs"][0]["name"]), (&json!(false), &json!("Customers")));
    let line = &found["syncs"][0]["lines"][0];
    assert_eq!((&line["ledger"], &line["target"], &line["difference"]), (&json!("3"), &json!("2"), &json!("-1")));
    assert_eq!(found["syncs"][0]["differing"], json!(["C-2"]));
    assert_eq!(names(&folder), ["C-1 Adele Brandt", "C-5 Tom Baker"]);
    // It is the latest word on the sync.
    let status = folder.run(&["status", "--format", "json"]).json(1);
    assert_eq!((&status["syncs"][0]["reconciled"], &status["syncs"][0]["captured"]), (&json!(false), &json!(5)));
}

#[test]
fn people_read_what_differs() {
    let folder = Folder::has_run();
    books(&folder).execute("UPDATE debtor SET number = 'C-9' WHERE number = 'C-2'", []).unwrap();
    let done = folder.run(&["reconcile", "--at", LATER]);
    assert_eq!(done.code, 1);
    for part in [
        "reconciliation at 2026-07-02 08:00Z, profile local\n",
        " Customers  count    -           3       2          -1\n",
        "not reconciled: `Customers` does not agree with its target\n  count: ledger 3, target 2, difference -1\n  \
         lines that are not as posted: C-2\n",
    ] {
        assert!(done.stdout.contains(part), "{part:?} is not in\n{}", done.stdout);
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let folder = Folder::fresh();
    for command in ["replay", "reconcile"] {
        let done = folder.run(&[command]);
        assert_eq!(done.code, 2);
        assert!(done.stderr.contains("there is no hub"), "{}", done.stderr);
    }
    let folder = Folder::has_run();
    let done = folder.run(&["reconcile", "--sync", "Custmers"]);
    assert_eq!(
        (done.code, done.stderr.as_str()),
        (2, "error: there is no sync `Custmers`\nhelp: did you mean `Customers`?\n")
    );
    let specs = folder.read("specs/customers.syn").replace("  reconcile count every 1d tolerance 0\n", "");
    folder.write("specs/customers.syn", &specs);
    let done = folder.run(&["reconcile", "--sync", "Customers"]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.starts_with("error: sync `Customers` does not reconcile\n"), "{}", done.stderr);
}

#[test]
fn timings_are_told_beside_the_report() {
    let folder = Folder::has_run();
    let said = folder.run(&["run", "--at", LATER, "--timings", "--format", "json"]);
    for part in ["capture", "map", "judge", "reconcile"] {
        assert!(said.stderr.lines().any(|line| line.starts_with(&format!("Customers {part} "))), "{}", said.stderr);
    }
    assert_eq!(said.json(0)["totals"]["this_run"]["posted"], json!(0));
}
