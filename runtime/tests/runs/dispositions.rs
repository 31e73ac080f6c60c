//! One row, one place: what becomes of a row when it is read.

use crate::build::*;
use crate::world::*;
use syncline_ir::*;

const T1: &str = "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z";

fn reason(key: &str, version: Option<&str>, reasons: &[&str]) -> (String, Option<String>, Vec<String>) {
    (key.to_owned(), version.map(str::to_owned), reasons.iter().map(|reason| (*reason).to_owned()).collect())
}

#[test]
fn an_approved_card_is_posted_at_the_rate_of_its_project() {
    let world = World::new();
    world.cards(&[T1]);
    let report = world.run();
    // 7.50 h x 100.00 = 750.00
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    let time = time(&report);
    assert_eq!((time.accounts.captured, time.accounts.posted, time.this_run.posted), (1, 1, 1));
    assert_eq!(time.reconciled, Some(true));
}

#[test]
fn what_the_target_fills_in_comes_back() {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    let answer: String = world.hub().query_row("SELECT answer FROM posting", [], |row| row.get(0)).unwrap();
    assert_eq!(answer, r#"[["number",1001],["status","open"]]"#);
}

#[test]
fn drafts_and_cards_before_the_start_are_excluded() {
    let world = World::new();
    world.cards(&[
        "T-1,1,p1,CON,2026-07-15,8.00,Saved,,2026-07-15T18:00:00Z",
        "T-2,1,p1,CON,2026-06-30,8.00,Approved,,2026-07-15T18:00:00Z",
    ]);
    let report = world.run();
    assert_eq!((time(&report).accounts.captured, time(&report).accounts.excluded), (2, 2));
    assert_eq!(world.costs(), []);
    assert_eq!(time(&report).reconciled, Some(true));
}

#[test]
fn a_sync_that_only_captures_stages() {
    let world = World::new();
    let report = world.run();
    let projects = sync_of(&report, "Projects");
    assert_eq!((projects.accounts.captured, projects.accounts.staged, projects.reconciled), (1, 1, None));
    assert_eq!(
        report.syncs.iter().map(|sync| sync.name.as_str()).collect::<Vec<_>>(),
        ["Projects", "Rates", "ApprovedTime"]
    );
}

#[test]
fn copies_in_an_extract_are_duplicates_and_reading_it_again_changes_nothing() {
    let world = World::new();
    world.cards(&[T1, T1, T1]);
    let first = world.run();
    let time_first = time(&first);
    assert_eq!((time_first.accounts.captured, time_first.accounts.posted, time_first.accounts.duplicate), (3, 1, 2));
    assert_eq!((time_first.this_run.read, time_first.this_run.new, time_first.this_run.unchanged), (3, 3, 0));
    let target = std::fs::read(world.path("erp.db")).unwrap();
    let second = world.run();
    let time_second = time(&second);
    assert_eq!((time_second.accounts.captured, time_second.accounts.posted, time_second.accounts.duplicate), (3, 1, 2));
    assert_eq!((time_second.this_run.read, time_second.this_run.new, time_second.this_run.unchanged), (3, 0, 3));
    assert_eq!((time_second.accounts.unchanged, time_second.this_run.posted), (3, 0));
    assert_eq!(std::fs::read(world.path("erp.db")).unwrap(), target);
}

#[test]
fn the_highest_version_of_an_extract_is_posted_in_whichever_order_it_comes() {
    let v2 = "T-1,2,p1,CON,2026-07-15,6.00,Approved,,2026-07-15T19:00:00Z";
    for cards in [[T1, v2], [v2, T1]] {
        let world = World::new();
        world.cards(&cards);
        let report = world.run();
        assert_eq!(world.costs(), [line("T-1", "6.00", "600.0000", None)]);
        let time = time(&report);
        assert_eq!((time.accounts.posted, time.accounts.superseded, time.accounts.corrected), (1, 1, 0));
    }
}

#[test]
fn a_version_that_comes_late_is_superseded() {
    let world = World::new();
    world.cards(&["T-1,2,p1,CON,2026-07-15,6.00,Approved,,2026-07-15T19:00:00Z"]);
    world.run();
    world.cards(&["T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T19:00:00Z"]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "6.00", "600.0000", None)]);
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.superseded), (1, 1));
}

#[test]
fn versions_are_numbers_and_not_text() {
    let world = World::new();
    world.cards(&[
        "T-1,10,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T19:00:00Z",
        "T-1,9,p1,CON,2026-07-15,2.00,Approved,,2026-07-15T19:00:00Z",
    ]);
    world.run();
    assert_eq!(world.costs(), [line("T-1", "1.00", "100.0000", None)]);
}

#[test]
fn a_require_sends_the_row_to_its_queue_with_its_message_and_due_time() {
    let world = World::new();
    world.cards(&["T-1,1,p1,CON,2026-07-15,0.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(time(&report).accounts.reasons, [("implausible_hours".to_owned(), 1)].into());
    let exceptions = world.exceptions();
    let [exception] = exceptions.as_slice() else { panic!("{exceptions:?}") };
    assert_eq!(exception.reasons.first().unwrap().message, "0.00 hours on one day");
    assert_eq!(
        (exception.entity.as_str(), exception.sync.as_str(), exception.queue.as_str()),
        ("psa.timecard", "ApprovedTime", "delivery_desk")
    );
    // The queue resolves within two days.
    assert_eq!(
        (exception.since.as_str(), exception.due.as_deref()),
        ("2026-07-31T10:00:00Z", Some("2026-08-02T10:00:00Z"))
    );
}

#[test]
fn all_reasons_are_listed_in_source_order_and_the_first_counts() {
    let world = World::new();
    // hours is not a number and the status is unknown: casts, by field order; the require reads hours and adds nothing.
    world.cards(&[
        "T-1,1,p1,CON,2026-07-15,eight,Done,,2026-07-15T18:00:00Z",
        "T-2,1,p1,CONSULTANT,2026-07-15,-1.00,Approved,,2026-07-15T18:00:00Z",
    ]);
    let report = world.run();
    assert_eq!(
        world.reasons(),
        [
            reason("T-1", Some("1"), &["cast-failed", "cast-failed"]),
            reason("T-2", Some("1"), &["value-too-large", "implausible_hours"])
        ]
    );
    assert_eq!(
        time(&report).accounts.reasons,
        [("cast-failed".to_owned(), 1), ("value-too-large".to_owned(), 1)].into()
    );
    assert_eq!(world.exceptions()[1].queue, "data_desk");
}

#[test]
fn rows_without_readable_version_key_or_shape_are_quarantined_for_good() {
    let world = World::new();
    world.cards(&[
        "T-1,one,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z",
        ",1,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z",
        "T-3,1,p1",
        "T-1,one,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z",
    ]);
    let report = world.run();
    assert_eq!((time(&report).accounts.quarantined, time(&report).accounts.duplicate), (3, 1));
    let expected = [
        reason("T-1", None, &["cast-failed"]),
        reason("row:timecard.csv:3", None, &["required-missing"]),
        reason("row:timecard.csv:4", None, &["malformed-row"]),
    ];
    assert_eq!(world.reasons(), expected);
    // A good version of the same key does not settle what could not be read.
    world.cards(&[T1]);
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.quarantined), (1, 3));
    assert_eq!(world.reasons(), expected);
    // Read again from other lines they are the rows the hub has.
    world.cards(&["", "T-3,1,p1", "T-1,one,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!((time(&report).this_run.unchanged, time(&report).accounts.captured), (2, 5));
}

#[test]
fn other_content_under_a_version_is_a_conflict_and_the_first_holds_it() {
    let world = World::new();
    world.cards(&[T1, "T-1,1,p1,CON,2026-07-15,6.00,Approved,,2026-07-15T19:00:00Z"]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    assert_eq!(world.reasons(), [reason("T-1", Some("1"), &["key-conflict"])]);
    // A conflict is not newer than the holder, so nothing is stale.
    assert_eq!((time(&report).accounts.stale, time(&report).reconciled), (0, Some(true)));
    // Later versions supersede both.
    world.cards(&["T-1,2,p1,CON,2026-07-15,5.00,Approved,,2026-07-15T19:00:00Z"]);
    let report = world.run();
    assert_eq!(
        (time(&report).accounts.posted, time(&report).accounts.superseded, time(&report).this_run.resolved),
        (1, 2, 1)
    );
    assert_eq!(world.reasons(), []);
}

#[test]
fn the_cursor_is_not_content() {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    world.cards(&["T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-20T18:00:00Z"]);
    let report = world.run();
    assert_eq!((time(&report).this_run.unchanged, time(&report).accounts.quarantined), (1, 0));
}

#[test]
fn rows_before_the_watermark_less_its_overlap_are_not_delivered() {
    let world = World::new();
    let row = |key: &str, cursor: &str| format!("{key},1,p1,CON,2026-07-15,1.00,Approved,,{cursor}");
    world.cards(&[&row("T-1", "2026-07-15T12:00:00Z")]);
    world.run();
    // The overlap is ten minutes; a cursor that cannot be read is no reason to leave a row.
    world.cards(&[
        &row("T-2", "2026-07-15T11:49:59Z"),
        &row("T-3", "2026-07-15T11:50:00Z"),
        &row("T-4", ""),
        &row("T-5", "yesterday"),
        &row("T-6", "2026-07-15T13:00:00+00:30"),
    ]);
    let report = world.run();
    assert_eq!((time(&report).this_run.read, time(&report).accounts.posted), (4, 5));
    assert!(!world.costs().iter().any(|line| line.0 == "T-2"));
    // 13:00+00:30 is 12:30Z, so the watermark has moved: T-3 is out of its overlap now.
    let report = world.run();
    assert_eq!(time(&report).this_run.read, 3);
}

#[test]
fn a_closed_project_is_for_finance_to_settle_and_reopening_it_posts() {
    let world = World::new();
    world.projects(&["p1,1,P-1,Closed,USD"]);
    world.cards(&[T1]);
    let report = world.run();
    assert_eq!(world.reasons(), [reason("T-1", Some("1"), &["project_closed"])]);
    assert_eq!((world.exceptions()[0].queue.as_str(), time(&report).reconciled), ("finance_desk", Some(true)));
    world.projects(&["p1,2,P-1,Open,USD"]);
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).this_run.resolved), (1, 1));
    assert_eq!(world.reasons(), []);
}

#[test]
fn a_bad_version_leaves_the_posted_one_and_makes_it_stale() {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    world.cards(&["T-1,2,p1,CON,2026-07-15,-2.00,Approved,,2026-07-15T19:00:00Z"]);
    let report = world.run();
    let accounts = &time(&report).accounts;
    assert_eq!((accounts.posted, accounts.quarantined, accounts.superseded, accounts.stale), (1, 1, 0, 1));
    assert_eq!((world.costs(), time(&report).reconciled), (vec![line("T-1", "7.50", "750.0000", None)], Some(true)));
    world.cards(&["T-1,3,p1,CON,2026-07-15,2.00,Approved,,2026-07-15T20:00:00Z"]);
    let report = world.run();
    let accounts = &time(&report).accounts;
    assert_eq!((accounts.posted, accounts.quarantined, accounts.superseded, accounts.stale), (1, 0, 2, 0));
    assert_eq!(time(&report).this_run.resolved, 1);
    assert_eq!(
        world.costs(),
        [
            line("T-1", "7.50", "750.0000", None),
            line("T-1/1r", "-7.50", "-750.0000", Some("T-1")),
            line("T-1/2", "2.00", "200.0000", None)
        ]
    );
}

#[test]
fn a_bad_version_in_the_same_extract_leaves_the_good_one_to_be_posted() {
    let world = World::new();
    world.cards(&[T1, "T-1,2,p1,CON,2026-07-15,-2.00,Approved,,2026-07-15T19:00:00Z"]);
    let report = world.run();
    assert_eq!(
        (time(&report).accounts.posted, time(&report).accounts.quarantined, time(&report).accounts.stale),
        (1, 1, 1)
    );
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
}

#[test]
fn text_is_one_whatever_its_composition() {
    let world = World::new();
    world.cards(&[
        "Te\u{301}-1,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z",
        "T\u{e9}-1,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z",
    ]);
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.duplicate), (1, 1));
    assert_eq!(world.costs()[0].0, "T\u{e9}-1");
}

#[test]
fn two_cards_under_one_posting_key_are_not_both_posted() {
    // Posting by category: two cards of one category are one posting, which the compiler would have refused.
    let world = World::with(|plan| time_sync(plan).idempotent_by = vec!["category".to_owned()]);
    world.cards(&[T1, "T-2,1,p1,CON,2026-07-16,1.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    assert_eq!(world.reasons(), [reason("T-2", Some("1"), &["key-conflict"])]);
    assert_eq!(time(&report).reconciled, Some(true));
}

#[test]
fn what_a_target_refuses_concerns_one_record() {
    let world = World::new();
    world.run();
    world.erp("CREATE TRIGGER no BEFORE INSERT ON project_cost WHEN new.hours = '9.99' BEGIN SELECT RAISE(ABORT, 'nine hours and more'); END;");
    let odd = "T-2,1,p1,CON,2026-07-15,9.99,Approved,,2026-07-15T18:00:00Z";
    world.cards(&[T1, odd, "T-3,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None), line("T-3", "1.00", "100.0000", None)]);
    assert_eq!(world.reasons(), [reason("T-2", Some("1"), &["target-refused"])]);
    assert_eq!(world.exceptions()[0].reasons[0].message, "nine hours and more");
    assert_eq!(time(&report).reconciled, Some(true));
    // It is tried again in every run; a target that takes back the whole batch for one record changes nothing about the others.
    world.erp("DROP TRIGGER no; CREATE TRIGGER no BEFORE INSERT ON project_cost WHEN new.hours = '9.99' BEGIN SELECT RAISE(ROLLBACK, 'all of it'); END;");
    world.cards(&["T-0,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    world.run();
    assert_eq!(world.costs().len(), 3);
    assert_eq!(world.exceptions()[0].reasons[0].message, "all of it");
    world.erp("DROP TRIGGER no");
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).this_run.resolved), (4, 1));
}

#[test]
fn rows_of_several_key_fields_are_told_apart_by_each() {
    let world = World::new();
    world.rates(&["p1,CON,1,100.00,USD", "p1,MGR,1,150.00,USD"]);
    world.cards(&["T-1,1,p1,MGR,2026-07-15,2.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(sync_of(&report, "Rates").accounts.staged, 2);
    assert_eq!(world.costs(), [line("T-1", "2.00", "300.0000", None)]);
    world.rates(&["p1,CON,1,,USD"]);
    world.run();
    assert_eq!(world.reasons(), [reason("p1|CON", Some("1"), &["key-conflict"])]);
}

#[test]
fn rows_in_order_of_arrival_are_versioned_by_the_hub() {
    let world = World::with(|plan| {
        let rates = plan.syncs.iter_mut().find(|sync| sync.name == "Rates").unwrap();
        rates.order = Order::Arrival;
    });
    world.cards(&[T1]);
    world.run();
    // Read again: unchanged. Other content: the next version.
    let report = world.run();
    assert_eq!((sync_of(&report, "Rates").this_run.unchanged, sync_of(&report, "Rates").accounts.captured), (1, 1));
    world.rates(&["p1,CON,1,120.00,USD"]);
    let report = world.run();
    assert_eq!((sync_of(&report, "Rates").accounts.staged, sync_of(&report, "Rates").accounts.superseded), (1, 1));
    // And back again: a third version, although the content was there before.
    world.rates(&["p1,CON,1,100.00,USD", "p1,CON,1,100.00,USD", "p1,CON,1,130.00,USD"]);
    let report = world.run();
    let accounts = &sync_of(&report, "Rates").accounts;
    assert_eq!((accounts.staged, accounts.superseded, accounts.duplicate, accounts.quarantined), (1, 2, 1, 1));
    assert_eq!(world.reasons(), [reason("p1|CON", Some("3"), &["key-conflict"])]);
    world.cards(&["T-2,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    world.run();
    assert_eq!(world.costs()[1], line("T-2", "1.00", "100.0000", None));
}

#[test]
fn the_money_of_a_rate_is_in_the_currency_of_its_project() {
    let world = World::new();
    world.rates(&["p1,CON,1,100.00,EUR"]);
    world.cards(&[T1]);
    let report = world.run();
    assert_eq!(world.reasons(), [reason("p1|CON", Some("1"), &["currency-changed"])]);
    assert_eq!(time(&report).accounts.waiting, 1);
}

#[test]
fn an_inbound_where_takes_only_some_rows() {
    let world = World::with(|plan| {
        let status = read("status", named("psa.timecard.status"));
        map_of(plan, "psa.timecard -> TimeEntry").condition =
            Some(equal(status, state("psa.timecard.status", "Approved")));
    });
    world.cards(&[T1, "T-2,1,p1,CON,2026-07-15,1.00,Saved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.excluded), (1, 1));
    // A version that is not taken any more leaves.
    world.cards(&["T-1,2,p1,CON,2026-07-15,7.50,Saved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(
        (time(&report).this_run.reversed, time(&report).accounts.excluded, time(&report).accounts.superseded),
        (1, 2, 1)
    );
}
