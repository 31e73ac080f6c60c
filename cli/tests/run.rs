//! `syncline run` and the commands that look into the hub.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use insta::assert_snapshot;
use serde_json::json;
use support::{AT, Folder};

#[test]
fn accounts_are_given_to_programs() {
    let report = Folder::fresh().run(&["run", "--at", AT, "--format", "json"]).json(0);
    assert_eq!(
        (&report["format"], &report["run"], &report["at"]),
        (&json!(1), &json!("1"), &json!("2026-07-01T08:00:00Z"))
    );
    let sync = &report["syncs"][0];
    // C-1, C-2 and C-5 buy; C-3 only registered; C-4 lives where the shop does not deliver.
    for (account, count) in [
        ("captured", 5),
        ("posted", 3),
        ("excluded", 1),
        ("quarantined", 1),
        ("staged", 0),
        ("waiting", 0),
        ("superseded", 0),
        ("duplicate", 0),
        ("corrected", 0),
        ("stale", 0),
    ] {
        assert_eq!(sync[account], json!(count), "{account}");
        assert_eq!(report["totals"][account], json!(count), "{account}");
    }
    assert_eq!(sync["reasons"], json!({ "unknown_country": 1 }));
    assert_eq!(sync["reconciled"], json!(true));
    assert_eq!(
        sync["this_run"],
        json!({ "read": 5, "new": 5, "unchanged": 0, "posted": 3, "reversed": 0, "overwritten": 0, "resolved": 0 })
    );
}

#[test]
fn a_plan_built_before_is_run_as_it_was() {
    let folder = Folder::fresh();
    assert_eq!(folder.run(&["build"]).code, 0);
    folder.write("specs/customers.syn", "nonsense");
    let report = folder.run(&["run", "--plan", "out/plan.json", "--at", AT, "--format", "json"]).json(0);
    assert_eq!(report["totals"]["posted"], json!(3));
    assert_snapshot!(folder.run(&["run", "--plan", "nowhere.json", "--at", AT]).all());
    folder.write("other.json", "{}");
    let done = folder.run(&["run", "--plan", "other.json", "--at", AT]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("cannot run `other.json`: it is not a sync plan"), "{}", done.stderr);
}

#[test]
fn specs_with_errors_are_not_run() {
    let folder = Folder::fresh();
    folder.edit("specs/customers.syn", "shop owns *", "shop owns name");
    let done = folder.run(&["run", "--at", AT]);
    assert_eq!((done.code, done.stdout.as_str()), (1, ""));
    assert!(done.stderr.contains("unowned-field]"), "{}", done.stderr);
    assert!(!folder.join(".syncline").exists());
}

#[test]
fn exceptions_beyond_the_number_allowed_fail_the_run() {
    let folder = Folder::fresh();
    assert_eq!(folder.run(&["run", "--at", AT, "--max-exceptions", "1"]).code, 0);
    let done = folder.run(&["run", "--at", AT, "--max-exceptions", "0"]);
    assert_eq!((done.code, done.stderr.as_str()), (1, "error: 1 exception open, 0 allowed\n"));
}

#[test]
fn only_passes_that_are_due_run() {
    let folder = Folder::has_run();
    let read = |at: &str| {
        folder.run(&["run", "--due", "--at", at, "--format", "json"]).json(0)["totals"]["this_run"]["read"].clone()
    };
    // `every 1h`
    assert_eq!(read("2026-07-01T08:59Z"), json!(0));
    assert_eq!(read("2026-07-01T09:00Z"), json!(5));
    assert_eq!(read("2026-07-01T09:30Z"), json!(0));
}

#[test]
fn a_target_changed_by_hand_is_found() {
    let folder = Folder::has_run();
    let books = rusqlite::Connection::open(folder.join(".syncline/local/books.db")).unwrap();
    assert_eq!(books.execute("DELETE FROM debtor WHERE number = 'C-2'", []).unwrap(), 1);
    drop(books);
    assert_snapshot!(folder.run(&["run", "--at", AT]).all());
    assert_eq!(folder.run(&["status"]).code, 1);
}

#[test]
fn what_a_profile_lacks_is_named() {
    let folder = Folder::fresh();
    let profile = "    hub: ${HUBS}/hub.db\n    systems:\n";
    folder.edit("syncline.yaml", "    systems:\n", profile);
    assert_snapshot!(folder.run(&["run", "--at", AT]).all());
    let mut command = folder.command(&["run", "--at", AT]);
    command.env("HUBS", "elsewhere");
    assert_eq!(folder.done(&command.output().unwrap()).code, 0);
    assert!(folder.join("elsewhere/hub.db").exists());

    let folder = Folder::fresh();
    assert_snapshot!(folder.run(&["run", "--profile", "lokal"]).all());
    folder.edit("syncline.yaml", "profiles:\n", "profiles:\n  test:\n    systems:\n      shop: { connector: csv, path: t }\n      books: { connector: sqlite, path: t }\n");
    assert_snapshot!(folder.run(&["run", "--at", AT]).all());
}

#[test]
fn a_profile_nobody_runs_stops_nobody() {
    let folder = Folder::fresh();
    folder.edit("syncline.yaml", "profiles:\n", "profiles:\n  broken:\n    systems: {}\n");
    assert_eq!(folder.run(&["check"]).code, 1);
    assert_eq!(folder.run(&["run", "--profile", "local", "--at", AT]).code, 0);
    assert_eq!(folder.run(&["run", "--profile", "broken", "--at", AT]).code, 1);
}

#[test]
fn sources_that_are_not_there_are_named() {
    let folder = Folder::fresh();
    std::fs::remove_file(folder.join("data/shop/customer.csv")).unwrap();
    let done = folder.run(&["run", "--at", AT]);
    assert_eq!((done.code, done.stdout.as_str()), (2, ""));
    assert!(
        done.stderr.starts_with("error: ") && done.stderr.contains("customer.csv") && done.stderr.contains("\nhelp: "),
        "{}",
        done.stderr
    );
}

#[test]
fn looking_needs_a_hub() {
    let folder = Folder::fresh();
    for arguments in [&["status"][..], &["exceptions", "list"], &["exceptions", "show", "C-4"]] {
        let done = folder.run(arguments);
        assert_eq!(done.code, 2, "{arguments:?}");
        assert_eq!(
            done.stderr,
            "error: there is no hub `.syncline/local/hub.db` yet\nhelp: `syncline run --profile local` makes it\n"
        );
    }
    folder.write(
        ".syncline/local/hub.db",
        "this is no database, and long enough to be looked at as one by whoever opens it first",
    );
    let done = folder.run(&["status"]);
    assert_eq!(done.code, 2);
    assert!(done.stderr.contains("hub.db"), "{}", done.stderr);
}

#[test]
fn exceptions_are_listed_for_programs() {
    let folder = Folder::has_run();
    let list = folder.run(&["exceptions", "list", "--format", "json"]).json(0);
    let message = "we do not deliver to NO";
    assert_eq!(
        list,
        json!({ "format": 1, "exceptions": [{
            "key": "C-4", "entity": "shop.customer", "sync": "Customers", "reason": "unknown_country",
            "reasons": [{ "reason": "unknown_country", "message": message, "field": "region" }],
            "queue": "sales_desk", "version": "1", "since": "2026-07-01T08:00:00Z", "due": "2026-07-03T08:00:00Z"
        }] })
    );
    assert_eq!(
        folder.run(&["exceptions", "list", "--format", "json", "--queue", "other"]).json(0)["exceptions"],
        json!([])
    );
    let shown = folder.run(&["exceptions", "show", "C-4", "--format", "json"]).json(0);
    assert_eq!(shown["exceptions"][0]["source"][1], json!(["full_name", "Ingrid Solberg"]));
}

/// Production gets the plan, not the specs.
#[test]
fn a_shipped_plan_needs_no_specs() {
    let folder = Folder::fresh();
    assert_eq!(folder.run(&["build"]).code, 0);
    std::fs::remove_dir_all(folder.join("specs")).unwrap();
    assert_eq!(folder.run(&["run", "--plan", "out/plan.json", "--at", AT]).code, 0);
    let list = folder.run(&["exceptions", "list", "--queue", "sales_desk"]);
    assert_eq!(list.code, 0, "{list:?}");
    assert!(list.stdout.starts_with("sales_desk: 1 open"), "{}", list.stdout);
    assert_eq!(folder.run(&["exceptions", "show", "C-4"]).code, 0);
    assert_eq!(folder.run(&["status"]).code, 0);
    assert_eq!(folder.run(&["run", "--at", AT]).code, 2);
}

#[test]
fn exceptions_are_overdue_in_time() {
    let folder = Folder::has_run();
    assert!(!folder.run(&["exceptions", "list", "--at", "2026-07-03T08:00Z"]).stdout.contains("overdue"));
    assert!(
        folder.run(&["exceptions", "list", "--at", "2026-07-03T08:01Z"]).stdout.contains(": 1 open, 1 overdue (!)\n")
    );
}

/// Keys and values come from somebody's data.
#[test]
fn data_cannot_speak_to_the_terminal() {
    let folder = Folder::fresh();
    folder.edit("data/shop/customer.csv", "C-4,Ingrid Solberg,NO", "C\u{1b}[2J'4,Ingrid,N\u{7}");
    assert_eq!(folder.run(&["run", "--at", AT]).code, 0);
    let list = folder.run(&["exceptions", "list"]);
    assert!(!list.stdout.contains(['\u{1b}', '\u{7}']), "{list:?}");
    assert!(list.stdout.contains("C\\u{1b}[2J'4") && list.stdout.contains("we do not deliver to N\\u{7}"), "{list:?}");
    let shown = folder.run(&["exceptions", "show", "C\u{1b}[2J'4"]);
    assert_eq!(shown.code, 0);
    assert!(!shown.stdout.contains(['\u{1b}', '\u{7}']), "{shown:?}");
}

#[test]
fn a_record_has_a_history() {
    let folder = Folder::has_run();
    folder.edit("data/shop/customer.csv", "1000.00", "1200.00");
    folder.edit("data/shop/customer.csv", "Ingrid Solberg,NO", "Ingrid Solberg,DE");
    assert_eq!(folder.run(&["run", "--at", "2026-07-02T08:00Z"]).code, 0);
    assert_snapshot!(folder.run(&["exceptions", "show", "C-2"]).all());
    assert_snapshot!(folder.run(&["exceptions", "show", "C-4"]).all());
    let shown = folder.run(&["exceptions", "show", "C-2", "--format", "json"]).json(0);
    let events: Vec<&str> =
        shown["history"].as_array().unwrap().iter().map(|one| one["event"].as_str().unwrap()).collect();
    assert_eq!(events, ["captured", "posted", "captured", "posted"]);
    assert_eq!(shown["history"][3]["kind"], json!("overwrite"));
}

#[test]
fn names_that_are_not_there_are_refused() {
    let folder = Folder::has_run();
    assert_snapshot!(folder.run(&["exceptions", "list", "--queue", "sales_dsk"]).all());
    assert_snapshot!(folder.run(&["exceptions", "list", "--sync", "Nothing"]).all());
    assert_snapshot!(folder.run(&["exceptions", "show", "C-9"]).all());
}

#[cfg(unix)]
#[test]
fn a_run_killed_on_purpose_is_taken_up_again() {
    let folder = Folder::fresh();
    let mut command = folder.command(&["run", "--at", AT]);
    command.env("SYNCLINE_KILL_AT", "posting.after-call#1");
    let killed = command.output().unwrap();
    assert!(!killed.status.success() && killed.status.code().is_none(), "{killed:?}");
    let report = folder.run(&["run", "--at", AT, "--format", "json"]).json(0);
    assert_eq!((&report["totals"]["posted"], &report["totals"]["reconciled"]), (&json!(3), &json!(true)));
    let mut command = folder.command(&["run", "--at", AT]);
    command.env("SYNCLINE_KILL_AT", "nowhere");
    assert_eq!(folder.done(&command.output().unwrap()).code, 2);
}

#[test]
fn outside_its_window_a_sync_says_when_it_opens() {
    let folder = Folder::fresh();
    let specs = folder.read("specs/customers.syn");
    let every = specs.lines().find(|line| line.trim_start().starts_with("every ")).unwrap().to_owned();
    folder.edit("specs/customers.syn", &every, &format!("{every} within shop_hours"));
    folder.write(
        "specs/hours.syn",
        "calendar shop_hours {\n  zone \"Europe/Berlin\"\n  open mon .. fri 08:00 .. 18:00\n}\n",
    );
    let module = folder.read("specs/customers.syn");
    folder.write("specs/customers.syn", &format!("use hours.shop_hours\n{module}"));
    // 18:00 of a Friday in Berlin.
    for command in ["preview", "run"] {
        let done = folder.run(&[command, "--at", "2026-07-03T16:00Z"]);
        let line = "posts nothing before 2026-07-06 06:00Z, 0 records staged\n";
        assert!(done.code == 0 && done.stdout.contains(line), "{done:?}");
    }
    let report = folder.run(&["run", "--at", "2026-07-06T06:00Z", "--format", "json"]).json(0);
    assert_eq!((&report["totals"]["posted"], report["syncs"][0].get("opens")), (&json!(3), None));
}
