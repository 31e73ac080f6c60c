//! Duplicates from run to run: what is asked, what somebody says, and what is remembered of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use support::Folder;

const YAML: &str = "name: clients\nedition: 2026\nsources: specs\nprofiles:\n  local:\n    systems:\n      crm: { connector: csv, path: crm }\n      books: { connector: sqlite, path: books.db, init: books.sql }\n";

const SPEC: &str = r#"team sales { title "Sales" }
queue desk { owner sales; respond within 4h; resolve within 2d }
queue twins { owner sales; respond within 4h; resolve within 2d }
system crm {
  entity account { key id: text(12); name: text(80); tax_id: text(20)?; phone: text(20)? }
  entity deal { key id: text(12); account: text(12) }
}
system books { entity project { key id: text(12); client: text(80); find by id } }
object Client: master {
  key code: text(12)
  name: text(80)
  tax_id: text(20)?
  phone: text(20)?
  same when tax_id or folded(name) review in twins
}
object Deal: master { key id: text(12); client: Client }
ownership of Client by sales { crm owns * }
ownership of Deal by sales { crm owns * }
map crm.account -> Client creates {
  code = id; name = name; tax_id = tax_id; phone = phone
  otherwise quarantine desk
}
map crm.deal -> Deal creates { id = id; client = Client[crm.account: account]; otherwise quarantine desk }
map Deal -> books.project { id = id; client = client.name; otherwise quarantine desk }
sync Clients by sales { move crm.account -> Client; model batch; every 1d; order by arrival }
sync Deals by sales {
  move crm.deal -> Deal -> books.project
  model batch; every 1d
  after Clients
  idempotent by id
  order by arrival
  correct by overwrite
  leave hold desk
  on change of Client correct
  on change of plan keep
  reconcile count every 1d tolerance 0
}
"#;

fn folder() -> Folder {
    let folder = Folder::with(&[
        ("syncline.yaml", YAML),
        ("specs/main.syn", SPEC),
        ("books.sql", "CREATE TABLE project (id TEXT PRIMARY KEY, client TEXT NOT NULL);"),
    ]);
    folder.write("crm/deal.csv", "id,account\nD-1,C-1\nD-2,C-2\n");
    folder
}

/// Keys, reasons and first messages of the open exceptions after a run with these accounts, and what is in the books.
fn run(folder: &Folder, accounts: &str) -> (Vec<[String; 3]>, Vec<String>) {
    folder.write("crm/account.csv", &format!("id,name,tax_id,phone\n{accounts}"));
    let report = folder.run(&["run", "--at", "2026-07-01T08:00Z", "--format", "json"]).json(0);
    for sync in report["syncs"].as_array().unwrap() {
        let count = |name: &str| sync[name].as_u64().unwrap();
        let parts = ["excluded", "waiting", "staged", "posted", "superseded", "duplicate", "quarantined", "dismissed"];
        assert_eq!(count("captured"), parts.into_iter().map(count).sum::<u64>());
    }
    assert_eq!(folder.run(&["hub", "check"]).code, 0);
    assert_eq!(folder.run(&["audit", "verify"]).code, 0);
    let listed = folder.run(&["exceptions", "list", "--format", "json"]).json(0);
    let open = listed["exceptions"].as_array().unwrap().iter().map(|one| {
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        [text(&one["key"]), text(&one["reason"]), text(&one["reasons"][0]["message"])]
    });
    let books = rusqlite::Connection::open(folder.join("books.db")).unwrap();
    let mut statement = books.prepare("SELECT id || ' ' || client FROM project ORDER BY id").unwrap();
    let lines = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    (open.collect(), lines)
}

fn decide(folder: &Folder, what: &str, key: &str) {
    let done = folder.run(&["exceptions", what, key, "--by", "ida", "--why", "looked at both"]);
    assert_eq!(done.code, 0, "{done:?}");
}

const TWO: &str = "C-1,Acme,DE 1,\nC-2,Acme Ltd,DE 1,\n";

fn asked() -> [String; 3] {
    ["C-2", "possible-duplicate", "it may be `C-1`: `tax_id` is the same"].map(str::to_owned)
}

fn held() -> [String; 2] {
    ["D-2", "lookup-missing"].map(str::to_owned)
}

#[test]
fn that_they_are_two_is_remembered_for_what_they_are_alike_in() {
    let folder = folder();
    let (open, books) = run(&folder, TWO);
    assert_eq!(open[0], asked());
    assert_eq!(open[1][..2], held());
    assert!(open[1][2].ends_with("; it may be `C-1`, and somebody has to say whether it is"), "{open:?}");
    assert_eq!((open.len(), books), (2, vec!["D-1 Acme".to_owned()]));
    // The same the other way round in the file: who is asked about goes by key.
    assert_eq!(run(&folder, "C-2,Acme Ltd,DE 1,\nC-1,Acme,DE 1,\n").0[0], asked());

    decide(&folder, "release", "C-2");
    let both = vec!["D-1 Acme".to_owned(), "D-2 Acme Ltd".to_owned()];
    assert_eq!(run(&folder, TWO), (vec![], both.clone()));
    // Another version of either, alike in the same: no question.
    assert_eq!(run(&folder, "C-1,Acme,DE 1,1\nC-2,Acme Ltd,DE 1,2\n"), (vec![], both.clone()));
    // Alike in something else: a question about that, and what is there stays.
    let (open, books) = run(&folder, "C-1,Acme,DE 1,1\nC-2,ACME,DE 1,2\n");
    let name = ["C-2", "possible-duplicate", "it may be `C-1`: `folded(name)` is the same"].map(str::to_owned);
    assert_eq!((open, books), (vec![name], both.clone()));
    // Alike no more, and alike again in the same values.
    assert_eq!(run(&folder, "C-1,Acme,DE 1,1\nC-2,Acme Ltd,DE 2,2\n"), (vec![], both.clone()));
    assert_eq!(run(&folder, "C-1,Acme,DE 1,1\nC-2,Acme Ltd,DE 1,3\n"), (vec![], both.clone()));
    // Alike in other values of the same field.
    let (open, _) = run(&folder, "C-1,Acme,DE 9,1\nC-2,Acme Ltd,DE 9,3\n");
    assert_eq!(open, [asked()]);
}

#[test]
fn what_is_the_same_stays_out_and_what_refers_to_it_says_so() {
    let folder = folder();
    run(&folder, TWO);
    decide(&folder, "dismiss", "C-2");
    let (open, books) = run(&folder, TWO);
    assert_eq!((open.len(), books), (1, vec!["D-1 Acme".to_owned()]));
    assert_eq!(open[0][..2], held());
    assert!(open[0][2].ends_with("; somebody said that it is `C-1`"), "{open:?}");
    // The source is mended: the deal refers to the one client.
    folder.write("crm/deal.csv", "id,account\nD-1,C-1\nD-2,C-1\n");
    let (open, books) = run(&folder, TWO);
    assert_eq!((open, books), (vec![], vec!["D-1 Acme".to_owned(), "D-2 Acme".to_owned()]));
    // A later version is another question.
    assert_eq!(run(&folder, "C-1,Acme,DE 1,\nC-2,Acme Ltd,DE 1,7\n").0, [asked()]);
}

#[test]
fn what_was_decided_comes_before_what_was_captured_later() {
    let folder = folder();
    run(&folder, TWO);
    decide(&folder, "release", "C-2");
    // C-2 came first and is a record by now; it is C-1 that becomes alike, and stays as it was.
    let later = "C-1,ACME LTD,DE 1,\nC-2,Acme Ltd,DE 1,\n";
    let (open, books) = run(&folder, later);
    let name = ["C-1", "possible-duplicate", "it may be `C-2`: `folded(name)` is the same"].map(str::to_owned);
    assert_eq!((open, books), (vec![name], vec!["D-1 Acme".to_owned(), "D-2 Acme Ltd".to_owned()]));
    decide(&folder, "release", "C-1");
    assert_eq!(run(&folder, later), (vec![], vec!["D-1 ACME LTD".to_owned(), "D-2 Acme Ltd".to_owned()]));
}

#[test]
fn a_statement_compares_what_comes_with_records_that_were_there_before_it() {
    let folder = folder();
    let rule = "  same when tax_id or folded(name) review in twins\n";
    folder.edit("specs/main.syn", rule, "");
    let both = vec!["D-1 Acme".to_owned(), "D-2 Acme Ltd".to_owned()];
    assert_eq!(run(&folder, TWO), (vec![], both.clone()));
    // Another sync captures now: what records are compared by does not hang on who brought them.
    let with_rule = SPEC.replace("sync Clients by", "sync Accounts by").replace("after Clients", "after Accounts");
    folder.write("specs/main.syn", &with_rule);
    let three = format!("{TWO}C-3,acme,DE 3,\n");
    let open = ["C-3", "possible-duplicate", "it may be `C-1`: `folded(name)` is the same"].map(str::to_owned);
    let (found, books) = run(&folder, &three);
    assert!(found.contains(&open), "{found:?}");
    assert_eq!(books, both);
}

#[test]
fn killed_between_a_decision_and_what_follows_from_it() {
    for point in ["map.before-commit#1", "map.after-commit#1"] {
        let folder = folder();
        run(&folder, TWO);
        decide(&folder, "release", "C-2");
        let mut command = folder.command(&["run", "--at", "2026-07-01T08:00Z"]);
        let killed = command.env("SYNCLINE_KILL_AT", point).output().unwrap();
        assert!(!killed.status.success(), "{point}");
        assert_eq!(run(&folder, TWO).0, Vec::<[String; 3]>::new(), "{point}");
        assert_eq!(run(&folder, "C-1,Acme,DE 1,\nC-2,Acme Ltd,DE 1,7\n").0, Vec::<[String; 3]>::new(), "{point}");
    }
}
