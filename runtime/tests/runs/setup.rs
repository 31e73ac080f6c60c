//! What stops a command before anything is done, and what passes are due.

use crate::build::*;
use crate::world::*;
use rusqlite::Connection;
use syncline_ir::*;
use syncline_runtime::{ConnectorKind, Passes, Quiet, RuntimeError, exception, run, status};

const T1: &str = "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z";

fn said(world: &World) -> String {
    world.try_run().unwrap_err().to_string().replace(&world.folder.path().display().to_string(), "HERE")
}

#[test]
fn systems_are_looked_at_before_anything_is_captured() {
    let world = World::new();
    std::fs::write(world.path("psa/timecard.csv"), "id,version\n").unwrap();
    assert_eq!(said(&world), "`psa.timecard` at HERE/psa/timecard.csv: there is no column `project`");
    assert!(
        !world.path("hub/hub.db").exists()
            || world.hub().query_row("SELECT count(*) FROM run", [], |row| row.get::<_, i64>(0)).unwrap() == 0
    );
    std::fs::remove_file(world.path("psa/timecard.csv")).unwrap();
    assert!(said(&world).starts_with("`psa.timecard` at HERE/psa/timecard.csv: "), "{}", said(&world));
}

#[test]
fn a_target_that_would_lose_digits_is_refused() {
    for (declared, why) in [("REAL", "binary floats"), ("DECIMAL(19,4)", "binary floats"), ("INTEGER", "binary floats")]
    {
        let world = World::new();
        std::fs::write(world.path("erp.sql"), ERP.replace("amount TEXT", &format!("amount {declared}"))).unwrap();
        let message = said(&world);
        assert!(
            message
                .starts_with(&format!("`erp.project_cost` at HERE/erp.db: column `amount` is declared `{declared}`: "))
                && message.contains(why),
            "{message}"
        );
    }
    let world = World::new();
    std::fs::write(world.path("erp.sql"), ERP.replace("hours TEXT", "hour TEXT")).unwrap();
    assert_eq!(said(&world), "`erp.project_cost` at HERE/erp.db: there is no column `hours`");
    let world = World::new();
    std::fs::write(world.path("erp.sql"), "CREATE TABLE other (id TEXT)").unwrap();
    assert_eq!(said(&world), "`erp.project_cost` at HERE/erp.db: there is no table `project_cost`");
}

#[test]
fn a_profile_has_every_system_and_targets_can_be_written() {
    let world = World::new();
    let mut profile = world.profile();
    profile.systems.remove("erp");
    let error = run(&world.plan, &profile, &world.options, &mut Quiet).unwrap_err();
    assert_eq!(error.to_string(), "system `erp`: the profile does not say where it is");
    let mut profile = world.profile();
    let erp = profile.systems.get_mut("erp").unwrap();
    (erp.connector, erp.path, erp.init) = (ConnectorKind::Csv, "books".into(), None);
    let error = run(&world.plan, &profile, &world.options, &mut Quiet).unwrap_err().to_string();
    assert!(error.starts_with("`erp` at ") && error.contains("/books: there is no such folder; "), "{error}");
    std::fs::create_dir(world.path("books")).unwrap();
    let error = run(&world.plan, &profile, &world.options, &mut Quiet).unwrap_err().to_string();
    assert!(
        error.starts_with("`erp.project_cost` at ") && error.contains("`returns number`: a file fills in nothing"),
        "{error}"
    );
}

#[test]
fn a_plan_that_does_not_fit_together_is_refused() {
    type Breaks = fn(&mut Plan);
    let broken: [(Breaks, &str); 3] = [
        (|plan| time_sync(plan).after.push("ApprovedTime".to_owned()), "syncs wait for each other in a circle"),
        (|plan| time_sync(plan).capture = Some("x -> y".to_owned()), "there is no map `x -> y`"),
        (|plan| erp_entity(plan).key = vec!["number".to_owned()], "does not assign `number`"),
    ];
    for (change, said) in broken {
        let mut world = World::new();
        change(&mut world.plan);
        let error = world.try_run().unwrap_err().to_string();
        assert!(error.starts_with("the plan cannot be run: ") && error.contains(said), "{error}");
    }
}

#[test]
fn two_runners_do_not_share_a_hub() {
    let world = World::new();
    world.run();
    let lock = std::fs::File::options().write(true).open(world.path("hub/hub.db.lock")).unwrap();
    lock.lock().unwrap();
    assert!(matches!(world.try_run(), Err(RuntimeError::HubInUse { .. })));
    // Looking is not running.
    assert_eq!(status(&world.path("hub/hub.db")).unwrap().syncs.len(), 3);
    lock.unlock().unwrap();
    world.run();
}

#[test]
fn a_run_before_the_last_one_is_refused_unless_it_is_meant() {
    let mut world = World::new();
    world.cards(&["T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z"]);
    world.run_at("2026-08-01T06:00:00Z");
    world.cards(&["T-1,2,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z"]);
    world.options.at = "2026-08-01T05:59:59Z".parse().unwrap();
    let error = world.try_run().unwrap_err().to_string();
    assert!(
        error.contains("its last run took place at 2026-08-01T06:00:00Z, later than 2026-08-01T05:59:59Z"),
        "{error}"
    );
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    world.options.earlier = true;
    world.run();
    assert_eq!(world.costs().len(), 3);
    // The last run is what counts, not the latest.
    world.options.earlier = false;
    world.run_at("2026-08-01T05:59:59Z");
}

#[test]
fn the_passes_that_are_due_take_place() {
    let mut world = World::with(|plan| {
        time_sync(plan).schedule = Schedule::Staged { capture: Some(Pass::every(900)), post: Some(Pass::every(3600)) };
    });
    world.options.passes = Passes::Due;
    world.cards(&[T1]);
    assert_eq!(time(&world.run()).accounts.posted, 1);
    let row = |key: &str| format!("{key},1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z");
    world.cards(&[&row("T-2")]);
    let report = world.run_at("2026-07-31T10:14:59Z");
    assert_eq!((time(&report).this_run.read, time(&report).accounts.captured), (0, 1));
    // Captured, and held in the hub until posts are due.
    let report = world.run_at("2026-07-31T10:15:00Z");
    assert_eq!((time(&report).this_run.read, time(&report).accounts.staged, time(&report).accounts.posted), (1, 1, 1));
    world.cards(&[
        "T-1,2,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z",
        "T-2,2,p1,CON,2026-07-15,1.00,Saved,,2026-07-15T18:00:00Z",
    ]);
    let report = world.run_at("2026-07-31T10:30:00Z");
    assert_eq!(
        (time(&report).accounts.staged, time(&report).accounts.excluded, time(&report).accounts.superseded),
        (1, 1, 2)
    );
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    let report = world.run_at("2026-07-31T11:00:00Z");
    assert_eq!(
        (time(&report).accounts.staged, time(&report).accounts.posted, time(&report).accounts.corrected),
        (0, 1, 1)
    );
    assert_eq!(world.costs()[2], line("T-1/2", "8.00", "800.0000", None));
    // A plain run takes every pass.
    world.options.passes = Passes::All;
    world.cards(&[&row("T-3")]);
    assert_eq!(time(&world.run()).accounts.posted, 2);
}

#[test]
fn a_database_is_a_source_too() {
    let world = World::new();
    let profile = |world: &World| {
        let mut profile = world.profile();
        let psa = profile.systems.get_mut("psa").unwrap();
        (psa.connector, psa.path) = (ConnectorKind::Sqlite, "psa.db".into());
        profile
    };
    let psa = Connection::open(world.path("psa.db")).unwrap();
    psa.execute_batch(
        "CREATE TABLE project (id TEXT, version INTEGER, code TEXT, state TEXT, currency TEXT); INSERT INTO project VALUES ('p1', 1, 'P-1', 'Open', 'USD');
         CREATE TABLE rate (project TEXT, category TEXT, version INTEGER, bill_rate, currency TEXT); INSERT INTO rate VALUES ('p1', 'CON', 1, 100, 'USD');
         CREATE TABLE timecard (id TEXT, version INTEGER, project TEXT, category TEXT, work_date TEXT, hours, status TEXT, note, modified_at TEXT);
         INSERT INTO timecard VALUES ('T-2', 1, 'p1', 'CON', '2026-07-15', 7.5, 'Approved', NULL, '2026-07-15T18:00:00Z'),
                                     ('T-1', 1, 'p1', 'CON', '2026-07-15', 8, 'Approved', NULL, '2026-07-15T18:00:00Z'),
                                     ('T-3', 1, 'p1', 'CON', '2026-07-15', '7.5', 'Approved', 7, '2026-07-15T18:00:00Z');",
    )
    .unwrap();
    let report = run(&world.plan, &profile(&world), &world.options, &mut Quiet).unwrap();
    // Whole numbers and text are exact; a REAL is not, and a number is no text.
    assert_eq!(world.costs(), [line("T-1", "8.00", "800.0000", None)]);
    assert_eq!(time(&report).accounts.reasons, [("cast-failed".to_owned(), 2)].into());
    let messages: Vec<_> =
        world.exceptions().into_iter().map(|exception| exception.reasons[0].message.clone()).collect();
    assert_eq!(
        messages,
        ["`hours` is the REAL `7.5`, not of type `decimal(6, 2)`", "`note` is the INTEGER `7`, not of type `text(20)`"]
    );
    psa.execute_batch("DROP TABLE rate").unwrap();
    let error = run(&world.plan, &profile(&world), &world.options, &mut Quiet).unwrap_err().to_string();
    assert!(error.starts_with("`psa.rate` at ") && error.ends_with("there is no table `rate`"), "{error}");
}

#[test]
fn a_sync_that_only_posts_follows_the_records_of_its_object() {
    let world = World::with(|plan| {
        let mut capture = time_sync(plan).clone();
        capture.name = "Capture".to_owned();
        (capture.routes, capture.reconcile, capture.starts) = (Vec::new(), None, None);
        let post = time_sync(plan);
        (post.capture, post.order) = (None, Order::Arrival);
        post.after.push("Capture".to_owned());
        plan.syncs.push(capture);
    });
    world.cards(&[
        T1,
        "T-2,1,p1,CON,2026-07-15,1.00,Saved,,2026-07-15T18:00:00Z",
        "T-3,1,p1,MGR,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z",
    ]);
    let report = world.run();
    let accounts = &time(&report).accounts;
    assert_eq!((accounts.captured, accounts.posted, accounts.excluded, accounts.waiting), (3, 1, 1, 1));
    world.cards(&["T-1,2,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    let accounts = &time(&report).accounts;
    // Versions do not exist here: the record is the row.
    assert_eq!((accounts.captured, accounts.posted, accounts.corrected, accounts.superseded), (3, 1, 1, 0));
    assert_eq!(world.costs()[2], line("T-1/2", "8.00", "800.0000", None));
    assert_eq!((time(&report).this_run.read, time(&report).this_run.new, time(&report).reconciled), (3, 0, Some(true)));
}

#[test]
fn an_exception_is_shown_with_its_row() {
    let world = World::new();
    world.cards(&["T-1,1,p1,CON,2026-07-15,0.00,Approved,,2026-07-15T18:00:00Z", "T-2,1"]);
    world.run();
    let hub = world.path("hub/hub.db");
    let shown = exception(&hub, "T-1").unwrap();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0].place.as_deref(), Some("timecard.csv:2"));
    assert_eq!(shown[0].source[5], ("hours".to_owned(), Some("0.00".to_owned())));
    assert_eq!(
        exception(&hub, "row:timecard.csv:3").unwrap()[0].source,
        [("row".to_owned(), Some("T-2,1".to_owned()))]
    );
    let status = status(&hub).unwrap();
    let time = status.syncs.iter().find(|sync| sync.name == "ApprovedTime").unwrap();
    assert_eq!(
        (time.accounts.quarantined, time.reconciled, time.captured_at.as_deref()),
        (2, Some(true), Some("2026-07-31T10:00:00Z"))
    );
}

#[test]
fn the_report_is_the_json_that_is_documented() {
    let world = World::new();
    world.cards(&[T1]);
    let json = serde_json::to_value(world.run()).unwrap();
    let names = |json: &serde_json::Value| json.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&json), ["at", "format", "next", "run", "syncs", "totals"]);
    let sync = &json["syncs"][0];
    let accounts =
        ["captured", "corrected", "dismissed", "duplicate", "excluded", "posted", "quarantined", "reconciled"];
    assert_eq!(names(sync)[..7], ["captured", "corrected", "dismissed", "duplicate", "excluded", "name", "notices"]);
    for name in accounts {
        assert!(json["totals"].get(name).is_some() && sync.get(name).is_some(), "{name}");
    }
    assert_eq!(names(&sync["this_run"]), ["new", "overwritten", "posted", "read", "resolved", "reversed", "unchanged"]);
    assert!(sync["reconciled"].is_null() && sync.get("differing").is_none());
    assert_eq!(json["totals"]["captured"], 3);
    assert_eq!(
        (json["format"].as_u64(), json["at"].as_str(), json["run"].as_str()),
        (Some(1), Some("2026-07-31T10:00:00Z"), Some("1"))
    );
}

#[test]
fn a_profile_is_read_strictly() {
    let read = |json: &str| serde_json::from_str::<syncline_runtime::Profile>(json);
    assert_eq!(
        read(r#"{"hub": "h.db", "systems": {"psa": {"connector": "csv", "path": "data"}}}"#).unwrap().systems["psa"]
            .connector
            .name(),
        "csv"
    );
    assert!(
        read(r#"{"hub": "h.db", "systems": {"psa": {"connector": "csv", "path": "data", "delimiter": ";"}}}"#).is_err()
    );
    assert!(read(r#"{"hub": "h.db", "systems": {"psa": {"connector": "excel", "path": "data"}}}"#).is_err());
}

#[test]
fn what_a_target_does_not_accept_is_not_posted() {
    let world = World::with(|plan| {
        let hours = compare(
            Comparison::Less,
            read("hours", decimal(6, 2)),
            constant(decimal(3, 2), Literal::Decimal("7.00".to_owned())),
        );
        erp_entity(plan).accepts =
            vec![Acceptance { object: "TimeEntry".to_owned(), condition: Some(hours), condition_text: None }];
    });
    world.cards(&[T1, "T-2,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(time(&report).accounts.reasons, [("not-accepted".to_owned(), 1)].into());
    assert_eq!(world.costs(), [line("T-2", "1.00", "100.0000", None)]);
}
