//! `syncline new`, and everything its README promises.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use insta::assert_snapshot;
use serde_json::json;
use support::Folder;

const AT: &str = "2026-07-01T08:00Z";

fn lines_in_books(folder: &Folder) -> Vec<(String, String, String, String)> {
    let books = rusqlite::Connection::open(folder.join(".syncline/local/books.db")).unwrap();
    let mut statement = books.prepare("SELECT number, name, region, credit_limit FROM debtor ORDER BY number").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn line(number: &str, name: &str, region: &str, limit: &str) -> (String, String, String, String) {
    (number.to_owned(), name.to_owned(), region.to_owned(), limit.to_owned())
}

#[test]
fn a_new_workspace_says_what_it_made() {
    let folder = Folder::new();
    assert_snapshot!(folder.run(&["new", "hello"]).all());
    assert!(folder.read("hello/syncline.yaml").contains("\nname: hello\n"));
    assert!(folder.read("hello/README.md").starts_with("# hello\n"));
}

#[test]
fn a_new_workspace_is_clean_and_in_canonical_style() {
    let folder = Folder::fresh();
    assert_snapshot!(folder.run(&["check", "--deny", "warnings"]).all());
    assert_snapshot!(folder.run(&["fmt", "--check"]).all());
}

#[test]
fn a_new_workspace_runs() {
    let folder = Folder::fresh();
    assert_snapshot!(folder.run(&["run", "--at", AT]).all());
    let posted = [
        line("C-1", "Adele Brandt", "EUR", "2500.00"),
        line("C-2", "Noor Haddad", "AMER", "1000.00"),
        line("C-5", "Tom Baker", "AMER", "750.50"),
    ];
    assert_eq!(lines_in_books(&folder), posted);
    assert_snapshot!(folder.run(&["exceptions", "list", "--at", AT]).all());
    assert_snapshot!(folder.run(&["exceptions", "show", "C-4"]).all());
    assert_snapshot!(folder.run(&["status"]).all());
}

#[test]
fn a_second_run_changes_nothing() {
    let folder = Folder::fresh();
    let first = folder.run(&["run", "--at", AT, "--format", "json"]).json(0);
    let books = lines_in_books(&folder);
    let second = folder.run(&["run", "--at", AT, "--format", "json"]).json(0);
    for account in ["captured", "posted", "excluded", "quarantined", "reasons"] {
        assert_eq!(first["syncs"][0][account], second["syncs"][0][account], "{account}");
    }
    assert_eq!(
        second["totals"]["this_run"],
        json!({ "read": 5, "new": 0, "unchanged": 5, "posted": 0, "reversed": 0, "overwritten": 0, "resolved": 0 })
    );
    assert_eq!(lines_in_books(&folder), books);
}

/// The three things its README proposes to try.
#[test]
fn what_the_readme_proposes_works() {
    let folder = Folder::fresh();
    folder.run(&["run", "--at", AT]);

    folder.edit("specs/customers.syn", "  \"DE\" -> europe\n", "  \"DE\" -> europe\n  \"NO\" -> europe\n");
    let done = folder.run(&["run", "--at", AT, "--format", "json"]).json(0);
    assert_eq!(
        (
            &done["totals"]["this_run"]["resolved"],
            &done["totals"]["this_run"]["posted"],
            &done["totals"]["quarantined"]
        ),
        (&json!(1), &json!(1), &json!(0))
    );

    folder.edit("data/shop/customer.csv", "1000.00", "1200.00");
    let done = folder.run(&["run", "--at", AT, "--format", "json"]).json(0);
    assert_eq!(done["totals"]["this_run"]["overwritten"], json!(1));
    assert!(lines_in_books(&folder).contains(&line("C-2", "Noor Haddad", "AMER", "1200.00")));

    folder.edit("specs/customers.syn", "  shop owns *\n", "");
    let done = folder.run(&["check"]);
    assert_eq!(done.code, 1);
    assert!(done.stdout.contains("unowned-field]"), "{}", done.stdout);
}

#[test]
fn nothing_is_written_over() {
    let folder = Folder::with(&[("full/file.txt", "mine")]);
    assert_snapshot!(folder.run(&["new", "full"]).all());
    assert_eq!(std::fs::read_dir(folder.join("full")).unwrap().count(), 1);
    assert_snapshot!(folder.run(&["new", "two words"]).all());
    assert!(!folder.join("two words").exists());
}
