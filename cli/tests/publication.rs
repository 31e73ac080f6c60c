//! The way back of numbers and states, end to end: a source of timecards and books that number their lines, each run a process of its own.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use rusqlite::Connection;
use std::path::Path;
use support::Folder;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/publication");

const HEADER: &str = "id,version,person,work_date,hours,approved,booked_as,booking\n";

/// Where timecards are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Csv,
    Jsonl,
    Sqlite,
}

struct World {
    folder: Folder,
    kept: Kept,
}

impl World {
    fn new(kept: Kept) -> Self {
        let folder = Folder::new();
        let text = |path: &str| std::fs::read_to_string(Path::new(EXAMPLE).join(path)).unwrap();
        folder.write("specs/main.syn", &text("specs/main.syn"));
        folder.write("data/erp.sql", &text("data/erp.sql"));
        let connector = match kept {
            Kept::Csv => "csv, path: psa",
            Kept::Jsonl => "jsonl, path: psa",
            Kept::Sqlite => "sqlite, path: psa.db",
        };
        let psa = "connector: csv, path: .syncline/psa, init: data/psa";
        let yaml = text("syncline.yaml");
        assert!(yaml.contains(psa));
        folder.write("syncline.yaml", &yaml.replace(psa, &format!("connector: {connector}")));
        let world = Self { folder, kept };
        if kept == Kept::Sqlite {
            world
                .psa()
                .execute_batch(
                    "CREATE TABLE timecard (id TEXT PRIMARY KEY, version INTEGER, person TEXT, work_date TEXT, hours TEXT, approved INTEGER,
                        booked_as TEXT, booking TEXT, room TEXT);",
                )
                .unwrap();
        }
        world
    }

    fn psa(&self) -> Connection {
        Connection::open(self.folder.join("psa.db")).unwrap()
    }

    fn erp(&self) -> Connection {
        Connection::open(self.folder.join(".syncline/erp.db")).unwrap()
    }

    /// Somebody books hours, or changes them.
    fn book(&self, id: &str, version: u32, hours: &str, approved: bool) {
        match self.kept {
            Kept::Sqlite => {
                self.psa()
                    .execute(
                        "INSERT INTO timecard VALUES (?1, ?2, 'Ada', '2026-07-01', ?3, ?4, NULL, NULL, 'B 12')
                         ON CONFLICT (id) DO UPDATE SET version = ?2, hours = ?3, approved = ?4",
                        (id, version, hours, approved),
                    )
                    .unwrap();
            }
            Kept::Csv => self.line("psa/timecard.csv", HEADER, &format!("{id},"), |told| {
                format!("{id},{version},Ada,2026-07-01,{hours},{approved},{}\n", told.unwrap_or(","))
            }),
            Kept::Jsonl => self.line("psa/timecard.jsonl", "", &format!("{{\"id\":\"{id}\","), |told| {
                let told = told.map_or_else(String::new, |told| format!(",\"booked_as\":{told}"));
                let told = told.trim_end_matches('}');
                format!("{{\"id\":\"{id}\",\"version\":{version},\"person\":\"Ada\",\"work_date\":\"2026-07-01\",\"hours\":\"{hours}\",\"approved\":{approved},\"room\":\"B 12\"{told}}}\n")
            }),
        }
    }

    /// Replaces the line with this beginning, or adds one; it gets what stands behind the sixth field, or behind `"booked_as":`.
    fn line(&self, path: &str, header: &str, beginning: &str, made: impl Fn(Option<&str>) -> String) {
        let text = std::fs::read_to_string(self.folder.join(path)).unwrap_or_else(|_| header.to_owned());
        let mut lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
        match lines.iter_mut().find(|line| line.starts_with(beginning)) {
            Some(line) => {
                let told = match line.split_once("\"booked_as\":") {
                    Some((_, told)) => Some(told.trim_end().to_owned()),
                    None if line.starts_with('{') => None,
                    None => Some(line.trim_end().splitn(7, ',').nth(6).unwrap().to_owned()),
                };
                *line = made(told.as_deref());
            }
            None => lines.push(made(None)),
        }
        self.folder.write(path, &lines.concat());
    }

    /// Timecards with what they were told, by id.
    fn cards(&self) -> Vec<(String, String, Option<String>, Option<String>)> {
        let mut cards: Vec<_> = match self.kept {
            Kept::Sqlite => {
                let psa = self.psa();
                let mut statement = psa.prepare("SELECT id, hours, booked_as, booking, room FROM timecard").unwrap();
                let cards = statement.query_map([], |row| {
                    assert_eq!(row.get::<_, String>(4)?, "B 12", "a column that the specs do not know");
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                });
                cards.unwrap().map(Result::unwrap).collect()
            }
            Kept::Csv => {
                let text = self.folder.read("psa/timecard.csv");
                let cell = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
                let card = |line: &str| {
                    let cells: Vec<&str> = line.split(',').collect();
                    let at = |ix: usize| cells.get(ix).copied().unwrap();
                    (at(0).to_owned(), at(4).to_owned(), cell(at(6)), cell(at(7)))
                };
                text.lines().skip(1).map(card).collect()
            }
            Kept::Jsonl => {
                let text = self.folder.read("psa/timecard.jsonl");
                let card = |line: &str| {
                    let card: serde_json::Value = serde_json::from_str(line).unwrap();
                    assert_eq!(card.get("room").and_then(|room| room.as_str()), Some("B 12"), "{line}");
                    let text = |name: &str| card.get(name).and_then(|cell| cell.as_str()).map(str::to_owned);
                    (text("id").unwrap(), text("hours").unwrap(), text("booked_as"), text("booking"))
                };
                text.lines().map(card).collect()
            }
        };
        cards.sort();
        cards
    }

    fn says(&self, expected: &[(&str, &str, Option<&str>, Option<&str>)]) {
        let cards = self.cards();
        let cards: Vec<_> = cards
            .iter()
            .map(|(id, hours, number, state)| (id.as_str(), hours.as_str(), number.as_deref(), state.as_deref()))
            .collect();
        assert_eq!(cards, expected, "{:?}", self.kept);
    }

    /// The keys of the lines in the books.
    fn books(&self) -> Vec<String> {
        let erp = self.erp();
        let mut statement = erp.prepare("SELECT external_id FROM project_cost ORDER BY rowid").unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// A clerk posts all drafts.
    fn post_drafts(&self) {
        self.erp().execute("UPDATE project_cost SET status = 'Posted'", ()).unwrap();
    }

    /// A run, and the same once more, which writes nothing.
    fn run(&self, at: &str) {
        let report = self.folder.run(&["run", "--at", at, "--format", "json"]).json(0);
        let (cards, books) = (self.cards(), self.books());
        let again = self.folder.run(&["run", "--at", at, "--format", "json"]).json(0);
        let written = |report: &serde_json::Value| {
            let sums = ["posted", "reversed", "overwritten"].map(|count| {
                let syncs = report["syncs"].as_array().unwrap().iter();
                syncs.map(|sync| sync["this_run"][count].as_u64().unwrap()).sum::<u64>()
            });
            sums.iter().sum::<u64>()
        };
        assert_eq!((written(&again), self.cards(), self.books()), (0, cards, books), "{:?} at {at}", self.kept);
        for sync in report["syncs"].as_array().unwrap() {
            assert_ne!(sync["reconciled"], false, "{sync}");
        }
        assert_eq!(self.folder.run(&["hub", "check"]).code, 0);
        let exceptions = self.folder.run(&["exceptions", "list", "--format", "json"]).json(0);
        assert!(!exceptions.to_string().contains("reason"), "{exceptions}");
    }
}

/// The numbers follow from the books: each line gets the number of its row, from the first on.
fn the_way_of_two_timecards(kept: Kept) {
    let world = World::new(kept);
    world.book("T-1", 1, "8.00", true);
    world.book("T-2", 1, "4.00", false);
    world.run("2026-07-02T08:00Z");
    world.says(&[("T-1", "8.00", Some("K00001"), Some("Draft")), ("T-2", "4.00", None, None)]);

    world.post_drafts();
    world.run("2026-07-03T08:00Z");
    world.says(&[("T-1", "8.00", Some("K00001"), Some("Posted")), ("T-2", "4.00", None, None)]);

    // A correction takes line 1 back by line 2 and posts line 3; the other one is approved and becomes line 4.
    world.book("T-1", 2, "6.00", true);
    world.book("T-2", 2, "4.00", true);
    world.run("2026-07-04T08:00Z");
    assert_eq!(world.books(), ["T-1", "T-1/1r", "T-1/2", "T-2"]);
    world.says(&[("T-1", "6.00", Some("K00003"), Some("Draft")), ("T-2", "4.00", Some("K00004"), Some("Draft"))]);

    // What is said of a line that was taken back concerns nobody.
    world.erp().execute("UPDATE project_cost SET status = 'Draft' WHERE external_id = 'T-1'", ()).unwrap();
    world.run("2026-07-04T20:00Z");
    world.says(&[("T-1", "6.00", Some("K00003"), Some("Draft")), ("T-2", "4.00", Some("K00004"), Some("Draft"))]);

    // No longer approved: line 3 is taken back, and its number is nobody's.
    world.book("T-1", 3, "6.00", false);
    world.run("2026-07-05T08:00Z");
    world.says(&[("T-1", "6.00", None, None), ("T-2", "4.00", Some("K00004"), Some("Draft"))]);

    // The posted line 5 is a reversal; the next generation is line 6.
    world.book("T-1", 4, "6.00", true);
    world.run("2026-07-06T08:00Z");
    world.says(&[("T-1", "6.00", Some("K00006"), Some("Draft")), ("T-2", "4.00", Some("K00004"), Some("Draft"))]);
    let traced = world.folder.run(&["trace", "T-2"]).stdout;
    assert!(traced.contains("psa.timecard") && traced.contains("K00004"), "{traced}");
}

#[test]
fn numbers_come_back_into_a_database() {
    the_way_of_two_timecards(Kept::Sqlite);
}

#[test]
fn numbers_come_back_into_a_csv_file() {
    the_way_of_two_timecards(Kept::Csv);
}

#[test]
fn numbers_come_back_into_json_lines() {
    the_way_of_two_timecards(Kept::Jsonl);
}

#[test]
fn the_example_is_clean_and_its_tests_pass() {
    let world = World::new(Kept::Csv);
    for arguments in [&["check"][..], &["fmt", "--check"], &["test"]] {
        let done = world.folder.run(arguments);
        assert_eq!(done.code, 0, "{done:?}");
    }
}

#[test]
fn a_timecard_that_is_gone_needs_not_be_told() {
    let world = World::new(Kept::Sqlite);
    world.folder.edit(
        "specs/main.syn",
        "    key id: text(18)\n",
        "    key id: text(18)\n    delete by absence at most 100% else hold data_desk\n",
    );
    world.book("T-1", 1, "8.00", true);
    world.book("T-2", 1, "4.00", true);
    world.run("2026-07-02T08:00Z");
    world.psa().execute("DELETE FROM timecard WHERE id = 'T-1'", ()).unwrap();
    world.run("2026-07-03T08:00Z");
    assert_eq!(world.books(), ["T-1", "T-2", "T-1/1r"]);
    world.says(&[("T-2", "4.00", Some("K00002"), Some("Draft"))]);
}

#[test]
fn a_field_that_was_ignored_and_is_published_now_makes_no_row_another_one() {
    let world = World::new(Kept::Csv);
    let specs = world.folder.read("specs/main.syn");
    let (before, rest) = specs.split_once("/// No key is assigned: each record").unwrap();
    let (_, rest) = rest.split_once("sync Costs").unwrap();
    let (costs, _) = rest.split_once("sync Published").unwrap();
    let ignoring = before.replace("  source_id = id\n", "  source_id = id\n  ignore booked_as, booking\n");
    world.folder.write("specs/main.syn", &format!("{ignoring}sync Costs{costs}"));
    // What stands in the fields is somebody's own.
    world.folder.write("psa/timecard.csv", &format!("{HEADER}T-1,1,Ada,2026-07-01,8.00,true,old,Draft\n"));
    world.run("2026-07-02T08:00Z");
    world.says(&[("T-1", "8.00", Some("old"), Some("Draft"))]);
    world.folder.write("specs/main.syn", &specs);
    world.folder.write("psa/timecard.csv", &format!("{HEADER}T-1,1,Ada,2026-07-01,8.00,true,other,\n"));
    world.run("2026-07-03T08:00Z");
    world.says(&[("T-1", "8.00", Some("K00001"), Some("Draft"))]);
    assert_eq!(world.books(), ["T-1"]);
}

#[test]
fn somebody_who_changes_what_was_published_is_seen() {
    let world = World::new(Kept::Sqlite);
    world.book("T-1", 1, "8.00", true);
    world.run("2026-07-02T08:00Z");
    world.psa().execute("UPDATE timecard SET booked_as = 'mine'", ()).unwrap();
    let report = world.folder.run(&["run", "--at", "2026-07-03T09:00Z", "--format", "json"]).json(1);
    let published = report["syncs"].as_array().unwrap().iter().find(|sync| sync["name"] == "Published").unwrap();
    assert_eq!((&published["reconciled"], &published["differing"]), (&false.into(), &serde_json::json!(["T-1"])));
}

#[test]
fn a_run_that_is_killed_anywhere_on_the_way_back_is_finished_by_the_next() {
    const STEPS: [&str; 10] = [
        "capture.after-read",
        "capture.after-commit",
        "map.before-commit",
        "map.after-commit",
        "posting.before-intent",
        "posting.after-intent",
        "posting.answered",
        "posting.after-call",
        "posting.after-outcome",
        "reconcile.before-commit",
    ];
    let mut killed = 0;
    for step in STEPS {
        for count in 1..=3 {
            let world = World::new(Kept::Sqlite);
            world.book("T-1", 1, "8.00", true);
            world.run("2026-07-02T08:00Z");
            world.book("T-1", 2, "6.00", true);
            let at = "2026-07-03T08:00Z";
            let mut command = world.folder.command(&["run", "--at", at]);
            let done = command.env("SYNCLINE_KILL_AT", format!("{step}#{count}")).output().unwrap();
            killed += usize::from(done.status.code().is_none());
            world.run(at);
            assert_eq!(world.books(), ["T-1", "T-1/1r", "T-1/2"], "{step}#{count}");
            world.says(&[("T-1", "6.00", Some("K00003"), Some("Draft"))]);
        }
    }
    // The second posting of such a run empties the fields of the timecard.
    for step in ["posting.after-intent", "posting.answered", "posting.after-call"] {
        let world = World::new(Kept::Sqlite);
        world.book("T-1", 1, "8.00", true);
        world.run("2026-07-02T08:00Z");
        world.book("T-1", 2, "8.00", false);
        let at = "2026-07-03T08:00Z";
        let mut command = world.folder.command(&["run", "--at", at]);
        let done = command.env("SYNCLINE_KILL_AT", format!("{step}#2")).output().unwrap();
        assert_eq!(done.status.code(), None, "{step}");
        world.run(at);
        assert_eq!(world.books(), ["T-1", "T-1/1r"], "{step}");
        world.says(&[("T-1", "8.00", None, None)]);
    }
    // Three syncs pass most steps: what is posted is posted by two of them.
    assert!(killed >= 20, "{killed} kills hit");
}
