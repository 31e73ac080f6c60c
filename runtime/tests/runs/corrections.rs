//! Posted records that change: reversals, overwrites, leaving, and changes of what was read.

use crate::build::*;
use crate::world::*;
use syncline_ir::*;

const T1: &str = "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z";

fn card(version: u32, hours: &str, status: &str) -> String {
    format!("T-1,{version},p1,CON,2026-07-15,{hours},{status},,2026-07-15T18:00:00Z")
}

fn on_change(plan: &mut Plan, object: Option<&str>, action: Change) {
    let policies = &mut time_sync(plan).on_change;
    policies.retain(|policy| policy.object.as_deref() != object);
    policies.push(ChangePolicy { object: object.map(str::to_owned), action });
}

fn ask() -> Change {
    Change::Ask("finance_desk".to_owned())
}

#[test]
fn a_correction_negates_the_posted_image_and_posts_the_new_one() {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    // The rate is another one now; the reversal is that of what was posted all the same.
    world.rates(&["p1,CON,2,120.00,USD"]);
    world.cards(&[&card(2, "6.00", "Approved")]);
    let report = world.run();
    // RateCard is `keep`: the new image is priced with the rate that was posted with: 6.00 h x 100.00.
    assert_eq!(
        world.costs(),
        [
            line("T-1", "7.50", "750.0000", None),
            line("T-1/1r", "-7.50", "-750.0000", Some("T-1")),
            line("T-1/2", "6.00", "600.0000", None)
        ]
    );
    let time_report = time(&report);
    assert_eq!((time_report.this_run.posted, time_report.this_run.reversed, time_report.accounts.corrected), (1, 1, 1));
    assert_eq!(
        (time_report.accounts.posted, time_report.accounts.superseded, time_report.reconciled),
        (1, 1, Some(true))
    );
    // The third generation reverses the second.
    world.cards(&[&card(3, "5.00", "Approved")]);
    world.run();
    assert_eq!(
        world.costs()[3..],
        [line("T-1/2r", "-6.00", "-600.0000", Some("T-1/2")), line("T-1/3", "5.00", "500.0000", None)]
    );
}

#[test]
fn a_later_version_with_an_equal_image_posts_nothing() {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    world.cards(&["T-1,2,p1,CON,2026-07-16,7.5,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!((world.costs().len(), time(&report).accounts.posted, time(&report).accounts.superseded), (1, 1, 1));
    // The posting belongs to version 2: requires are not asked again for it, and a late version 1 is superseded.
    world.projects(&["p1,2,P-1,Closed,USD"]);
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.quarantined), (1, 0));
}

#[test]
fn overwriting_upserts_first_and_updates_then() {
    let world = World::with(|plan| time_sync(plan).correct = Some(Correction::Overwrite));
    world.run();
    // A line that is there already keeps the columns nobody maps.
    world.erp("INSERT INTO project_cost (external_id, project, hours, amount, currency, status) VALUES ('T-1', 'P-0', '1.00', '1.0000', 'EUR', 'held')");
    world.cards(&[T1]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    assert_eq!(
        (time(&report).accounts.corrected, time(&report).this_run.posted, time(&report).this_run.overwritten),
        (0, 1, 0)
    );
    world.cards(&[&card(2, "6.00", "Approved")]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "6.00", "600.0000", None)]);
    assert_eq!(
        (time(&report).accounts.corrected, time(&report).this_run.overwritten, time(&report).reconciled),
        (1, 1, Some(true))
    );
    world.cards(&[&card(3, "5.00", "Approved")]);
    world.run();
    assert_eq!(world.costs(), [line("T-1", "5.00", "500.0000", None)]);
    let status: String = rusqlite::Connection::open(world.path("erp.db"))
        .unwrap()
        .query_row("SELECT status FROM project_cost", [], |row| row.get(0))
        .unwrap();
    assert_eq!(status, "held");
}

#[test]
fn a_record_that_leaves_is_reversed_and_posted_anew_when_it_is_back() {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    world.cards(&[&card(2, "7.50", "Submitted")]);
    let report = world.run();
    assert_eq!(
        world.costs(),
        [line("T-1", "7.50", "750.0000", None), line("T-1/1r", "-7.50", "-750.0000", Some("T-1"))]
    );
    let left = time(&report);
    assert_eq!(
        (left.accounts.posted, left.accounts.excluded, left.accounts.superseded, left.this_run.reversed),
        (0, 1, 1, 1)
    );
    assert_eq!((left.accounts.corrected, left.reconciled), (0, Some(true)));
    // Back with the image of generation 1: the next generation all the same.
    world.cards(&[&card(3, "7.50", "Approved")]);
    let report = world.run();
    assert_eq!(world.costs()[2], line("T-1/2", "7.50", "750.0000", None));
    assert_eq!(
        (time(&report).accounts.posted, time(&report).accounts.corrected, time(&report).reconciled),
        (1, 1, Some(true))
    );
}

#[test]
fn a_record_that_leaves_may_be_held_for_a_person() {
    let world = World::with(|plan| time_sync(plan).leave = Some(Leave::Hold("finance_desk".to_owned())));
    world.cards(&[T1]);
    world.run();
    world.cards(&[&card(2, "7.50", "Submitted")]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    let exceptions = world.exceptions();
    assert_eq!(
        (exceptions[0].reason.as_str(), exceptions[0].queue.as_str(), exceptions[0].version.as_deref()),
        ("left-scope", "finance_desk", Some("2"))
    );
    assert_eq!(
        (time(&report).accounts.posted, time(&report).accounts.stale, time(&report).reconciled),
        (1, 1, Some(true))
    );
}

#[test]
fn keep_reads_what_was_posted_with() {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    world.rates(&["p1,CON,2,120.00,USD"]);
    let report = world.run();
    assert_eq!((world.costs().len(), time(&report).accounts.posted, time(&report).reconciled), (1, 1, Some(true)));
    // A card nobody posted before takes the rate of today.
    world.cards(&["T-2,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    world.run();
    assert_eq!(world.costs()[1], line("T-2", "1.00", "120.0000", None));
}

#[test]
fn correct_posts_what_has_changed_anew() {
    let world = World::with(|plan| on_change(plan, Some("RateCard"), Change::Correct));
    world.cards(&[T1]);
    world.run();
    world.rates(&["p1,CON,2,120.00,USD"]);
    let report = world.run();
    // 7.50 h x 120.00 = 900.00
    assert_eq!(
        world.costs(),
        [
            line("T-1", "7.50", "750.0000", None),
            line("T-1/1r", "-7.50", "-750.0000", Some("T-1")),
            line("T-1/2", "7.50", "900.0000", None)
        ]
    );
    assert_eq!(
        (time(&report).accounts.corrected, time(&report).accounts.posted, time(&report).reconciled),
        (1, 1, Some(true))
    );
}

#[test]
fn ask_leaves_the_posting_and_asks_until_it_would_be_the_same() {
    let world = World::with(|plan| on_change(plan, Some("RateCard"), ask()));
    world.cards(&[T1]);
    world.run();
    world.rates(&["p1,CON,2,120.00,USD"]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    let accounts = &time(&report).accounts;
    assert_eq!((accounts.posted, accounts.quarantined, accounts.stale), (1, 0, 1));
    assert_eq!(accounts.reasons, [("dependency-changed".to_owned(), 1)].into());
    let exceptions = world.exceptions();
    assert_eq!((exceptions[0].queue.as_str(), exceptions[0].version.as_deref()), ("finance_desk", Some("1")));
    assert_eq!(
        exceptions[0].reasons[0].message,
        "`RateCard` changed: `amount` would be 900.0000 USD, posted is 750.0000 USD"
    );
    assert_eq!(time(&report).reconciled, Some(true));
    // Asked once, however often it is looked at.
    world.run();
    assert_eq!(world.exceptions().len(), 1);
    world.rates(&["p1,CON,3,100.00,USD"]);
    let report = world.run();
    assert_eq!((world.exceptions().len(), time(&report).this_run.resolved, time(&report).accounts.stale), (0, 1, 0));
}

#[test]
fn a_new_version_settles_what_was_asked_with_what_is_current() {
    let world = World::with(|plan| on_change(plan, Some("RateCard"), ask()));
    world.cards(&[T1]);
    world.run();
    world.rates(&["p1,CON,2,120.00,USD"]);
    world.run();
    world.cards(&[&card(2, "1.00", "Approved")]);
    let report = world.run();
    // `ask` objects are current for a new row: 1.00 h x 120.00.
    assert_eq!(world.costs()[2], line("T-1/2", "1.00", "120.0000", None));
    assert_eq!((time(&report).accounts.stale, time(&report).this_run.resolved, world.exceptions().len()), (0, 1, 0));
}

#[test]
fn another_plan_keeps_corrects_or_asks() {
    let half = |plan: &mut Plan| {
        // From now on no notes are posted, but the project's code instead.
        let notes = map_of(plan, "TimeEntry -> erp.project_cost")
            .assignments
            .iter_mut()
            .find(|assignment| assignment.field == "note")
            .unwrap();
        notes.value = follow(project_of_entry(), "Project", "code", text(16));
    };
    let notes = |world: &World| -> Vec<(String, Option<String>)> {
        let erp = rusqlite::Connection::open(world.path("erp.db")).unwrap();
        let mut statement = erp.prepare("SELECT external_id, note FROM project_cost ORDER BY external_id").unwrap();
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().collect::<Result<_, _>>().unwrap()
    };
    let note = |key: &str, note: Option<&str>| (key.to_owned(), note.map(str::to_owned));
    for (action, lines, asks) in [(Change::Keep, 1, 0), (ask(), 1, 1), (Change::Correct, 3, 0)] {
        let mut world = World::with(|plan| on_change(plan, None, action.clone()));
        world.cards(&[T1]);
        world.run();
        world.change_plan(half);
        for _ in 0..2 {
            let report = world.run();
            assert_eq!(
                (notes(&world).len(), world.exceptions().len(), time(&report).accounts.posted),
                (lines, asks, 1),
                "{action:?}"
            );
            assert_eq!(
                (time(&report).accounts.stale, time(&report).reconciled),
                (asks as u64, Some(true)),
                "{action:?}"
            );
        }
        // What is posted from now on is posted by the plan as it is.
        world.cards(&["T-2,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
        world.run();
        assert_eq!(notes(&world).last().unwrap(), &note("T-2", Some("P-1")), "{action:?}");
    }
}

#[test]
fn a_plan_that_reads_rows_otherwise_keeps_what_is_posted() {
    let mut world = World::new();
    world.cards(&[T1]);
    world.run();
    // From now on every card counts a quarter of an hour more.
    world.change_plan(|plan| {
        let hours = Op::Add {
            left: Box::new(read("hours", decimal(6, 2))),
            right: Box::new(constant(decimal(2, 2), Literal::Decimal("0.25".to_owned()))),
        };
        let assignment = map_of(plan, "psa.timecard -> TimeEntry")
            .assignments
            .iter_mut()
            .find(|assignment| assignment.field == "hours")
            .unwrap();
        assignment.value =
            expr(decimal(6, 2), Op::Convert { value: Box::new(expr(decimal(7, 2), hours)), currency: None });
    });
    world.cards(&["T-2,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None), line("T-2", "1.25", "125.0000", None)]);
    assert_eq!(time(&report).reconciled, Some(true));
}

#[test]
fn a_plan_that_adds_a_field_fills_it_from_the_rows_it_has() {
    let mut world = World::new();
    world.projects(&["p1,1,P-1,Open,USD"]);
    world.cards(&[T1]);
    world.run();
    // `Project` learns the system's own id, which is required from now on and posted as the note.
    world.change_plan(|plan| {
        plan.objects.iter_mut().find(|object| object.name == "Project").unwrap().fields.push(field("psa_id", text(16)));
        let id =
            Assignment { field: "psa_id".to_owned(), value: read("id", text(16)), route: None, order: 90, at: at() };
        map_of(plan, "psa.project -> Project").assignments.push(id);
        let notes = map_of(plan, "TimeEntry -> erp.project_cost")
            .assignments
            .iter_mut()
            .find(|assignment| assignment.field == "note")
            .unwrap();
        notes.value = follow(project_of_entry(), "Project", "psa_id", text(16));
    });
    world.cards(&["T-2,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, world.reasons()), (2, vec![]));
    let note: String = rusqlite::Connection::open(world.path("erp.db"))
        .unwrap()
        .query_row("SELECT note FROM project_cost WHERE external_id = 'T-2'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(note, "p1");
}

#[test]
fn a_plan_that_declares_another_column_knows_the_rows_it_has() {
    let mut world = World::new();
    world.cards(&[T1]);
    world.run();
    world.change_plan(|plan| {
        let psa = plan.systems.iter_mut().find(|system| system.name == "psa").unwrap();
        psa.entities
            .iter_mut()
            .find(|entity| entity.name == "timecard")
            .unwrap()
            .fields
            .push(optional("task", text(8)));
    });
    std::fs::write(world.path("psa/timecard.csv"), format!("{CARDS},task\n{T1},X\n")).unwrap();
    let report = world.run();
    assert_eq!((time(&report).this_run.unchanged, time(&report).accounts.quarantined), (1, 0));
    // From now on the new column is content.
    std::fs::write(world.path("psa/timecard.csv"), format!("{CARDS},task\n{T1},Y\n")).unwrap();
    let report = world.run();
    assert_eq!(time(&report).accounts.reasons, [("key-conflict".to_owned(), 1)].into());
}

#[test]
fn a_plan_that_can_read_a_key_settles_rows_that_had_none() {
    let mut world = World::with(|plan| {
        let psa = plan.systems.iter_mut().find(|system| system.name == "psa").unwrap();
        psa.entities.iter_mut().find(|entity| entity.name == "timecard").unwrap().fields[0] = field("id", text(2));
    });
    world.cards(&[T1]);
    let report = world.run();
    assert_eq!(time(&report).accounts.reasons, [("value-too-large".to_owned(), 1)].into());
    world.change_plan(|plan| {
        let psa = plan.systems.iter_mut().find(|system| system.name == "psa").unwrap();
        psa.entities.iter_mut().find(|entity| entity.name == "timecard").unwrap().fields[0] = field("id", text(18));
    });
    world.cards(&[]);
    let report = world.run();
    assert_eq!(
        (time(&report).accounts.posted, time(&report).accounts.captured, time(&report).this_run.resolved),
        (1, 1, 1)
    );
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
}

/// Projects in USD go to `erp`, the others to `erp_eu`.
fn routed(plan: &mut Plan) {
    plan.maps.push(outbound_map("erp_eu"));
    let currency = || follow(project_of_entry(), "Project", "code", text(16));
    let code = |code: &str| constant(text(16), Literal::Text(code.to_owned()));
    let sync = time_sync(plan);
    let to = |map: &str, condition: Expr| RouteTo { map: map.to_owned(), condition: Some(condition), at: at() };
    sync.routes = vec![
        to("TimeEntry -> erp.project_cost", equal(currency(), code("P-1"))),
        to("TimeEntry -> erp_eu.project_cost", compare(Comparison::NotEqual, currency(), code("P-1"))),
    ];
}

#[test]
fn routes_are_taken_by_record_and_a_change_of_route_leaves_the_old_target() {
    let world = World::with(routed);
    world.projects(&["p1,1,P-1,Open,USD", "p2,1,P-2,Open,USD"]);
    world.rates(&["p1,CON,1,100.00,USD", "p2,CON,1,200.00,USD"]);
    world.cards(&[T1, "T-2,1,p2,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    world.run();
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    assert_eq!(world.costs_in("erp_eu"), [line("T-2", "1.00", "200.0000", None)]);
    world.cards(&["T-1,2,p2,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(
        world.costs(),
        [line("T-1", "7.50", "750.0000", None), line("T-1/1r", "-7.50", "-750.0000", Some("T-1"))]
    );
    assert_eq!(
        world.costs_in("erp_eu"),
        [line("T-1/2", "7.50", "1500.0000", None), line("T-2", "1.00", "200.0000", None)]
    );
    assert_eq!(
        (time(&report).accounts.posted, time(&report).accounts.corrected, time(&report).reconciled),
        (2, 1, Some(true))
    );
    // Two lines in `erp` less one reversed, two in `erp_eu`.
    let count = &time(&report).reconciliation[0];
    assert_eq!((count.ledger.as_deref(), count.target.as_deref()), (Some("2"), Some("2")));
}
