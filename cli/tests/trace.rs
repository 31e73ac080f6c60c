//! `syncline trace`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use serde_json::json;
use support::{AT, Folder};

#[test]
fn a_record_is_followed_from_its_row_to_its_line() {
    let folder = Folder::has_run();
    let rows = folder.read("data/shop/customer.csv").replace("Noor Haddad", "Noor Haddad-Lee");
    folder.write("data/shop/customer.csv", &rows);
    assert_eq!(folder.run(&["run", "--at", "2026-07-01T10:15Z"]).code, 0);
    let said = folder.run(&["trace", "C-2", "--format", "json"]).json(0);
    let record = &said["records"][0];
    assert_eq!(said["records"].as_array().unwrap().len(), 1);
    assert_eq!((&record["sync"], &record["entity"]), (&json!("Customers"), &json!("shop.customer")));
    // The second line of the file, below the header; a version for each content.
    assert_eq!(
        record["rows"],
        json!([
            { "version": "1", "place": "customer.csv:3", "captured_at": "2026-07-01T08:00:00Z", "state": "superseded" },
            { "version": "2", "place": "customer.csv:3", "captured_at": "2026-07-01T10:15:00Z", "state": "posted" }
        ])
    );
    assert_eq!(
        record["record"],
        json!({ "object": "Customer", "key": "C-2", "revision": 2, "written_at": "2026-07-01T10:15:00Z" })
    );
    let lines: Vec<_> = record["lines"].as_array().unwrap().iter().map(|line| (&line["kind"], &line["line"])).collect();
    assert_eq!(lines, [(&json!("post"), &json!("C-2")), (&json!("overwrite"), &json!("C-2"))]);
    assert_eq!(record["lines"][1]["seconds"], json!(0));
    assert_eq!((&record["exceptions"], &record["used_by"]), (&json!([]), &json!([])));
}

#[test]
fn people_read_what_waits_and_why() {
    let folder = Folder::has_run();
    let done = folder.run(&["trace", "C-4"]);
    assert_eq!(done.code, 0);
    assert_eq!(
        done.stdout,
        "C-4 of shop.customer in sync Customers\n  2026-07-01 08:00Z  version 1 came from customer.csv:5, now quarantined\n  \
         2026-07-01 08:00Z  in sales_desk: unknown_country, due 2026-07-03 08:00Z\n"
    );
    let done = folder.run(&["trace", "C-1"]);
    assert!(done.stdout.contains("  post books.debtor C-1 from version 1, 0 s after it came\n"), "{}", done.stdout);
}

#[test]
fn an_unknown_key_is_an_error() {
    let folder = Folder::fresh();
    assert_eq!(folder.run(&["trace", "C-1"]).code, 2);
    assert_eq!(folder.run(&["run", "--at", AT]).code, 0);
    let done = folder.run(&["trace", "C-9"]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.starts_with("error: the hub knows no record `C-9`\n"), "{}", done.stderr);
    let done = folder.run(&["trace", "C-1", "--sync", "Others"]);
    assert!(done.stderr.starts_with("error: the sync `Others` knows no record `C-1`\n"), "{}", done.stderr);
}
