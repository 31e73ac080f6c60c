//! `syncline run --watch`: a real process with short intervals.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use rusqlite::Connection;
use serde_json::Value;
use std::fs::File;
use std::process::{Child, Command, ExitStatus};
use std::time::{Duration, Instant};
use support::Folder;

/// Longer than anything here takes, on a machine that does other things, too.
const PATIENCE: Duration = Duration::from_secs(60);

/// A workspace whose one sync ticks every second.
fn every_second() -> Folder {
    let folder = Folder::fresh();
    folder.edit("specs/customers.syn", "every 1h", "every 1s");
    folder
}

/// A process that watches, its output in the files `out` and `err`.
struct Watching<'a> {
    folder: &'a Folder,
    child: Child,
}

impl<'a> Watching<'a> {
    fn start(folder: &'a Folder, arguments: &[&str]) -> Self {
        let arguments = [["run", "--watch"].as_slice(), arguments].concat();
        let file = |name: &str| File::create(folder.join(name)).unwrap();
        let child = folder.command(&arguments).stdout(file("out")).stderr(file("err")).spawn().unwrap();
        Self { folder, child }
    }

    /// Waits until it is so.
    fn until(&mut self, what: &str, is_so: impl Fn(&Folder) -> bool) {
        let begun = Instant::now();
        while !is_so(self.folder) {
            let ended = self.child.try_wait().unwrap();
            assert!(ended.is_none() && begun.elapsed() < PATIENCE, "{what}: {ended:?} {}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn said(&self) -> String {
        format!("{}{}", self.folder.read("out"), self.folder.read("err"))
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end, which must come.
    fn end(mut self) -> (ExitStatus, String) {
        let begun = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, self.said());
            }
            assert!(begun.elapsed() < PATIENCE, "it does not end: {}", self.said());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Watching<'_> {
    /// No test leaves a process behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn add_customer(folder: &Folder, key: &str) {
    let path = "data/shop/customer.csv";
    let text = folder.read(path);
    let like = text.lines().find(|line| line.contains("Buying") && line.contains(",DE,")).unwrap();
    let row = like.replace(like.split(',').next().unwrap(), key);
    folder.write(path, &format!("{text}{row}\n"));
}

/// The keys in the books.
fn debtors(folder: &Folder) -> Vec<String> {
    let books = folder.join(BOOKS);
    if !books.exists() {
        return Vec::new();
    }
    let books = Connection::open(books).unwrap();
    let mut statement = books.prepare("SELECT number FROM debtor ORDER BY number").unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

const BOOKS: &str = ".syncline/local/books.db";

#[test]
fn passes_keep_their_times_until_somebody_ends_it() {
    let folder = every_second();
    let mut watching = Watching::start(&folder, &["--format", "json"]);
    watching.until("three are posted", |folder| debtors(folder).len() == 3);
    add_customer(&folder, "C-9");
    watching.until("the fourth is posted", |folder| debtors(folder).contains(&"C-9".to_owned()));
    watching.until("another pass", |folder| {
        let lines = folder.read("out");
        lines.lines().count() > 3 && lines.ends_with('\n')
    });
    watching.signal("-INT");
    let (status, said) = watching.end();
    assert_eq!(status.code(), Some(0), "{said}");
    let turns: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let posted: u64 = turns.iter().map(|turn| turn["totals"]["this_run"]["posted"].as_u64().unwrap()).sum();
    assert_eq!((posted, debtors(&folder).len()), (4, 4));
    let instant = |turn: &Value, of: &str| turn[of].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    for pair in turns.windows(2) {
        // Never before the time the turn before told, which is the next full second.
        assert!(instant(&pair[1], "at") >= instant(&pair[0], "next"), "{pair:?}");
        assert_eq!(instant(&pair[0], "next").as_second(), instant(&pair[0], "at").as_second() + 1, "{pair:?}");
    }
    // Nothing is open: the next run has nothing to do.
    let report = folder.run(&["run", "--format", "json"]).json(0);
    assert_eq!((&report["totals"]["posted"], &report["totals"]["this_run"]["new"]), (&4.into(), &0.into()));
}

#[test]
fn a_pass_under_way_is_finished_before_it_ends() {
    let folder = every_second();
    assert_eq!(folder.run(&["run"]).code, 0);
    add_customer(&folder, "C-9");
    // Nobody can write to the books: the pass waits for them.
    let books = Connection::open(folder.join(BOOKS)).unwrap();
    books.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut watching = Watching::start(&folder, &[]);
    watching.until("the row is captured", |folder| {
        let status = folder.run(&["status", "--format", "json"]);
        status.stdout.contains("\"captured\": 6")
    });
    watching.signal("-INT");
    std::thread::sleep(Duration::from_millis(500));
    assert!(watching.child.try_wait().unwrap().is_none(), "{}", watching.said());
    books.execute_batch("ROLLBACK").unwrap();
    let (status, said) = watching.end();
    // Its line is the last one: no pass began after the signal.
    let last = said.lines().last().unwrap();
    assert!(status.code() == Some(0) && last.contains(" 1 posted,") && last.contains("; next "), "{said}");
    assert!(debtors(&folder).contains(&"C-9".to_owned()));
}

#[test]
fn what_can_be_mended_meanwhile_is_told_and_tried_again() {
    let folder = every_second();
    let extract = folder.read("data/shop/customer.csv");
    std::fs::remove_file(folder.join("data/shop/customer.csv")).unwrap();
    let mut watching = Watching::start(&folder, &[]);
    watching.until("the failure is told", |folder| folder.read("err").ends_with('\n'));
    folder.write("data/shop/customer.csv", &extract);
    watching.until("three are posted", |folder| debtors(folder).len() == 3 && !folder.read("out").is_empty());
    watching.signal("-TERM");
    let (status, said) = watching.end();
    assert_eq!(status.code(), Some(0), "{said}");
    let failure = said.lines().find(|line| line.contains("error: ")).unwrap();
    assert!(failure.contains("`shop.customer` at ") && failure.contains("; again "), "{said}");
    assert!(said.lines().any(|line| line.contains(" 3 posted,")), "{said}");
}

#[test]
fn what_cannot_be_mended_ends_it() {
    let folder = every_second();
    let done = folder.run(&["run", "--watch", "--at", "2026-07-01T08:00Z"]);
    assert!(done.code == 2 && done.stderr.contains("'--watch' cannot be used with '--at <INSTANT>'"), "{done:?}");
    folder.edit("specs/customers.syn", "shop owns *", "shop owns name");
    assert_eq!(folder.run(&["run", "--watch"]).code, 1);
}
