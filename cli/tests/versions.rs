//! Versions of an object from run to run, each in a process of its own on one hub.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use support::Folder;

const YAML: &str = "name: contracts\nedition: 2026\nsources: specs\nprofiles:\n  local:\n    systems:\n      crm: { connector: csv, path: crm }\n      books: { connector: sqlite, path: books.db, init: books.sql }\n";

const SPEC: &str = r#"team sales { title "Sales" }
queue desk { owner sales; respond within 4h; resolve within 2d }
system crm { entity contract { key (number, revision); number: text(12); revision: int; price: decimal(9, 2); since: date } }
system books { entity contract { key number: text(12); price: decimal(9, 2); first: decimal(9, 2); find by number } }
object Contract: master versioned by revision effective since {
  key number: text(12)
  revision: int
  price: decimal(9, 2)
  since: date
}
ownership of Contract by sales { crm owns * }
map crm.contract -> Contract creates {
  number = number; revision = revision; price = price; since = since
  otherwise quarantine desk
}
map Contract -> books.contract {
  number = number
  price = price
  first = (self at baseline).price
  otherwise quarantine desk
}
sync Contracts by sales { move crm.contract -> Contract; model batch; every 1d; order by arrival }
sync Books by sales {
  move Contract -> books.contract
  model batch; every 1h
  after Contracts
  idempotent by number
  correct by overwrite
  leave hold desk
  on change of Contract correct
  on change of plan keep
  reconcile count, sum(price) every 1d tolerance 0
}
"#;

fn folder() -> Folder {
    Folder::with(&[
        ("syncline.yaml", YAML),
        ("specs/main.syn", SPEC),
        ("books.sql", "CREATE TABLE contract (number TEXT PRIMARY KEY, price TEXT NOT NULL, first TEXT NOT NULL);"),
        ("crm/contract.csv", "number,revision,price,since\nK-1,2,110.00,2026-07-05\nK-1,1,100.00,2026-01-01\n"),
    ])
}

fn books(folder: &Folder) -> Vec<(String, String, String)> {
    let books = rusqlite::Connection::open(folder.join("books.db")).unwrap();
    let mut statement = books.prepare("SELECT number, price, first FROM contract ORDER BY number").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn contract(price: &str, first: &str) -> Vec<(String, String, String)> {
    vec![("K-1".to_owned(), price.to_owned(), first.to_owned())]
}

/// A run, and then the same with the files as they are: it changes nothing.
fn run(folder: &Folder, at: &str) -> serde_json::Value {
    let report = folder.run(&["run", "--at", at, "--format", "json"]).json(0);
    let after = books(folder);
    let again = folder.run(&["run", "--at", at, "--format", "json"]).json(0);
    assert_eq!((&again["totals"]["posted"], books(folder)), (&report["totals"]["posted"], after));
    assert_eq!(folder.run(&["hub", "check"]).code, 0);
    report
}

#[test]
fn a_version_comes_into_force_on_its_day_without_a_row() {
    let folder = folder();
    run(&folder, "2026-07-04T23:00Z");
    assert_eq!(books(&folder), contract("100.00", "100.00"));
    let report = run(&folder, "2026-07-05T00:00Z");
    assert_eq!(books(&folder), contract("110.00", "100.00"));
    let sync = report["syncs"].as_array().unwrap().iter().find(|sync| sync["name"] == "Books").unwrap();
    assert_eq!((&sync["this_run"]["overwritten"], &sync["reconciled"]), (&1.into(), &true.into()));
    // A version from before all others, for days long gone, is the baseline from now on.
    folder.write(
        "crm/contract.csv",
        "number,revision,price,since\nK-1,2,110.00,2026-07-05\nK-1,1,100.00,2026-01-01\nK-1,0,90.00,2025-01-01\n",
    );
    run(&folder, "2026-07-06T00:00Z");
    assert_eq!(books(&folder), contract("110.00", "90.00"));
}

#[test]
fn killed_on_the_day_a_version_comes_into_force() {
    for point in ["capture.after-commit#1", "map.before-commit#1", "posting.after-intent#1", "posting.after-call#1"] {
        let folder = folder();
        run(&folder, "2026-07-04T23:00Z");
        folder.write(
            "crm/contract.csv",
            "number,revision,price,since\nK-1,2,110.00,2026-07-05\nK-1,1,100.00,2026-01-01\nK-1,3,120.00,2026-07-05\n",
        );
        let mut command = folder.command(&["run", "--at", "2026-07-05T00:00Z"]);
        let killed = command.env("SYNCLINE_KILL_AT", point).output().unwrap();
        assert!(!killed.status.success(), "{point}");
        run(&folder, "2026-07-05T00:00Z");
        assert_eq!(books(&folder), contract("120.00", "100.00"), "{point}");
    }
}

#[test]
fn an_object_with_records_does_not_become_versioned() {
    let folder = folder();
    folder.write(
        "specs/main.syn",
        &SPEC
            .replace(" versioned by revision effective since", "")
            .replace("(self at baseline).price", "price")
            .replace("  on change of Contract correct\n", "")
            .replace("key (number, revision); number: text(12)", "key number: text(12)"),
    );
    folder.write("crm/contract.csv", "number,revision,price,since\nK-1,1,100.00,2026-01-01\n");
    run(&folder, "2026-07-04T23:00Z");
    folder.write("specs/main.syn", SPEC);
    let refused = folder.run(&["run", "--at", "2026-07-05T23:00Z"]);
    assert_eq!(refused.code, 2);
    assert!(
        refused.stderr.contains("`Contract` has versions now, and the hub has records of it from when it had none"),
        "{refused:?}"
    );
}
