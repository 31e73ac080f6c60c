//! Rates with dates: which one an hour gets, what becomes of hours without one, and what a changed rate does to posted hours.

use crate::build::*;
use crate::world::*;
use syncline_ir::*;
use syncline_runtime::{Notice, NoticeKind, status};

const HEADER: &str = "id,project,category,bill_rate,currency,valid_from,valid_to";
const FIRST_HALF: &str = "r1,p1,CON,100.00,USD,2026-01-01,2026-06-30";
const JULY: &str = "r2,p1,CON,110.00,USD,2026-07-01,2026-07-15";
const AUGUST: &str = "r3,p1,CON,120.00,USD,2026-08-01,";

fn dated(ends: Ends, action: Change, at_most_days: Option<u32>) -> World {
    let world = World::with(|plan| {
        let psa = plan.systems.iter_mut().find(|system| system.name == "psa").unwrap();
        let rate = psa.entities.iter_mut().find(|entity| entity.name == "rate").unwrap();
        rate.key = vec!["id".to_owned()];
        rate.fields = vec![
            field("id", text(8)),
            field("project", text(16)),
            field("category", text(8)),
            field("bill_rate", money(14, 4, "currency")),
            field("currency", Kind::Currency),
            field("valid_from", Kind::Date),
            optional("valid_to", Kind::Date),
        ];
        let card = plan.objects.iter_mut().find(|object| object.name == "RateCard").unwrap();
        card.fields.retain(|field| field.name != "version");
        card.fields.extend([field("valid_from", Kind::Date), optional("valid_to", Kind::Date)]);
        card.effective = Some(Effective { from: "valid_from".to_owned(), ends });
        let map = map_of(plan, "psa.rate -> RateCard");
        map.assignments.retain(|assignment| assignment.field != "version");
        for (field, value, order) in [
            ("valid_from", read("valid_from", Kind::Date), 50),
            ("valid_to", may_be_null(read("valid_to", Kind::Date)), 60),
        ] {
            map.assignments.push(Assignment { field: field.to_owned(), value, route: None, order, at: at() });
        }
        plan.syncs.iter_mut().find(|sync| sync.name == "Rates").unwrap().order = Order::Arrival;
        let costs = map_of(plan, "TimeEntry -> erp.project_cost");
        if let Op::Lookup { as_of, .. } = &mut costs.lets[0].value.op {
            *as_of = Some(AsOf { day: Box::new(read("work_date", Kind::Date)), at_most_days });
        }
        time_sync(plan).starts = None;
        for policy in &mut time_sync(plan).on_change {
            if policy.object.as_deref() == Some("RateCard") {
                policy.action = action.clone();
            }
        }
    });
    rates(&world, &[FIRST_HALF, JULY, AUGUST]);
    world
}

fn through(action: Change) -> World {
    dated(Ends::Through("valid_to".to_owned()), action, None)
}

fn rates(world: &World, rows: &[&str]) {
    let text: String = std::iter::once(&HEADER).chain(rows).map(|row| format!("{row}\n")).collect();
    std::fs::write(world.path("psa/rate.csv"), text).unwrap();
}

fn card(id: &str, version: u8, day: &str, hours: &str) -> String {
    format!("{id},{version},p1,CON,{day},{hours},Approved,,2026-08-20T18:00:00Z")
}

fn one_reason(world: &World) -> String {
    let exceptions = world.exceptions();
    assert_eq!(exceptions.len(), 1, "{exceptions:?}");
    exceptions[0].reason.clone()
}

#[test]
fn each_hour_has_the_rate_of_its_day() {
    let world = through(Change::Keep);
    let cards: Vec<String> =
        [("T-1", "2026-01-01"), ("T-2", "2026-06-30"), ("T-3", "2026-07-01"), ("T-4", "2029-02-28")]
            .iter()
            .map(|(id, day)| card(id, 1, day, "2.00"))
            .collect();
    world.cards(&cards.iter().map(String::as_str).collect::<Vec<_>>());
    world.run();
    assert_eq!(
        world.costs(),
        [
            line("T-1", "2.00", "200.0000", None),
            line("T-2", "2.00", "200.0000", None),
            line("T-3", "2.00", "220.0000", None),
            line("T-4", "2.00", "240.0000", None)
        ]
    );
}

#[test]
fn until_is_the_first_day_without() {
    let world = dated(Ends::Until("valid_to".to_owned()), Change::Keep, None);
    rates(&world, &["r1,p1,CON,100.00,USD,2026-01-01,2026-07-01", "r2,p1,CON,110.00,USD,2026-07-01,"]);
    let (last, first) = (card("T-1", 1, "2026-06-30", "1.00"), card("T-2", 1, "2026-07-01", "1.00"));
    world.cards(&[&last, &first]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "1.00", "100.0000", None), line("T-2", "1.00", "110.0000", None)]);
    assert_eq!(sync_of(&report, "Rates").notices, []);
}

#[test]
fn an_hour_in_a_hole_waits_is_missing_and_posted_when_the_rate_comes_late() {
    let mut world = through(Change::Keep);
    world.cards(&[&card("T-1", 1, "2026-07-20", "2.00")]);
    let report = world.run();
    assert_eq!((time(&report).accounts.waiting, world.exceptions().len()), (1, 0));
    // Four hours are over.
    let report = world.run_at("2026-07-31T14:00:01Z");
    assert_eq!(time(&report).accounts.reasons, [("missing".to_owned(), 1)].into());
    let message = &world.exceptions()[0].reasons[0].message;
    assert_eq!(message, "`RateCard` with `project` P-1, `category` CON has no row that is valid on 2026-07-20");
    rates(&world, &[FIRST_HALF, JULY, AUGUST, "r4,p1,CON,115.00,USD,2026-07-16,2026-07-31"]);
    let report = world.run_at("2026-07-31T15:00:00Z");
    assert_eq!((time(&report).accounts.posted, time(&report).this_run.resolved, world.exceptions().len()), (1, 1, 0));
    assert_eq!(world.costs(), [line("T-1", "2.00", "230.0000", None)]);
    assert_eq!(sync_of(&report, "Rates").notices, []);
}

#[test]
fn a_key_without_any_row_is_lookup_missing() {
    let world = dated(Ends::Through("valid_to".to_owned()), Change::Keep, None);
    let mut world = world;
    world.change_plan(|plan| map_of(plan, "TimeEntry -> erp.project_cost").wait_seconds = None);
    world.cards(&["T-1,1,p1,MGR,2026-07-01,2.00,Approved,,2026-08-20T18:00:00Z"]);
    world.run();
    assert_eq!(one_reason(&world), "lookup-missing");
}

#[test]
fn two_rates_of_one_day_are_conflicting_until_one_of_them_ends() {
    let world = through(Change::Keep);
    let open = "r2,p1,CON,110.00,USD,2026-07-01,2026-08-09";
    rates(&world, &[FIRST_HALF, open, AUGUST]);
    let (clear, disputed) = (card("T-1", 1, "2026-07-31", "1.00"), card("T-2", 1, "2026-08-09", "1.00"));
    world.cards(&[&clear, &disputed]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "1.00", "110.0000", None)]);
    assert_eq!(one_reason(&world), "conflicting");
    let overlap = Notice {
        object: "RateCard".to_owned(),
        key: "P-1|CON".to_owned(),
        kind: NoticeKind::Overlap,
        from: "2026-08-01".to_owned(),
        through: Some("2026-08-09".to_owned()),
    };
    assert_eq!(sync_of(&report, "Rates").notices, std::slice::from_ref(&overlap));
    // It stands as long as the rows stand, whether or not anything is read.
    assert_eq!(sync_of(&world.run(), "Rates").notices, std::slice::from_ref(&overlap));
    let looked = status(&world.path("hub/hub.db")).unwrap();
    assert_eq!(looked.syncs.iter().flat_map(|sync| sync.notices.clone()).collect::<Vec<_>>(), [overlap]);
    rates(&world, &[FIRST_HALF, "r2,p1,CON,110.00,USD,2026-07-01,2026-07-31", AUGUST]);
    let report = world.run();
    assert_eq!((world.exceptions().len(), sync_of(&report, "Rates").notices.len()), (0, 0));
    assert_eq!(world.costs()[1], line("T-2", "1.00", "120.0000", None));
}

#[test]
fn holes_and_open_overlaps_are_noticed_when_rows_are_loaded() {
    let world = through(Change::Keep);
    rates(&world, &[FIRST_HALF, JULY, AUGUST, "r5,p1,CON,130.00,USD,2026-10-01,"]);
    let notices = sync_of(&world.run(), "Rates").notices.clone();
    let said: Vec<_> =
        notices.iter().map(|notice| (notice.kind, notice.from.as_str(), notice.through.as_deref())).collect();
    assert_eq!(
        said,
        [(NoticeKind::Hole, "2026-07-16", Some("2026-07-31")), (NoticeKind::Overlap, "2026-10-01", None),]
    );
    let json = serde_json::to_value(&notices[1]).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"object": "RateCard", "key": "P-1|CON", "kind": "overlap", "from": "2026-10-01", "through": null})
    );
}

#[test]
fn a_row_that_ends_before_it_starts_is_quarantined() {
    for (ends, to, message) in [
        (Ends::Through("valid_to".to_owned()), "2026-06-30", "it ends on 2026-06-30, before its first day 2026-07-01"),
        (Ends::Until("valid_to".to_owned()), "2026-07-01", "it ends on 2026-07-01, not after its first day 2026-07-01"),
    ] {
        let world = dated(ends, Change::Keep, None);
        rates(&world, &[&format!("r2,p1,CON,110.00,USD,2026-07-01,{to}")]);
        let report = world.run();
        assert_eq!(sync_of(&report, "Rates").accounts.reasons, [("empty-range".to_owned(), 1)].into());
        assert_eq!(world.exceptions()[0].reasons[0].message, message);
        rates(&world, &["r2,p1,CON,110.00,USD,2026-07-01,2026-07-02"]);
        let report = world.run();
        assert_eq!((sync_of(&report, "Rates").accounts.quarantined, sync_of(&report, "Rates").accounts.staged), (0, 1));
    }
}

#[test]
fn a_first_day_may_move_but_not_onto_another_row() {
    let world = through(Change::Keep);
    world.run();
    world.cards(&[&card("T-1", 1, "2026-07-16", "1.00"), &card("T-2", 1, "2026-07-01", "1.00")]);
    rates(&world, &[FIRST_HALF, "r2,p1,CON,110.00,USD,2026-07-02,2026-07-31", AUGUST]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "1.00", "110.0000", None)]);
    assert_eq!((time(&report).accounts.waiting, world.exceptions().len()), (1, 0));
    rates(&world, &[FIRST_HALF, "r2,p1,CON,110.00,USD,2026-08-01,2026-07-31", AUGUST]);
    world.run();
    assert_eq!(world.reasons()[0].2, ["key-changed"]);
}

#[test]
fn a_step_may_be_too_old() {
    let world = dated(Ends::Next, Change::Keep, Some(4));
    rates(&world, &["r1,p1,CON,100.00,USD,2026-07-03,", "r2,p1,CON,110.00,USD,2026-07-09,"]);
    let cards = [
        card("T-1", 1, "2026-07-07", "1.00"),
        card("T-2", 1, "2026-07-08", "1.00"),
        card("T-3", 1, "2026-07-09", "1.00"),
    ];
    world.cards(&cards.iter().map(String::as_str).collect::<Vec<_>>());
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "1.00", "100.0000", None), line("T-3", "1.00", "110.0000", None)]);
    assert_eq!((time(&report).accounts.waiting, sync_of(&report, "Rates").notices.len()), (1, 0));
}

/// An hour of 10 July posted at 110; then the rates change.
fn posted_then(action: Change, changed: &[&str]) -> (World, syncline_runtime::RunReport) {
    let world = through(action);
    world.cards(&[&card("T-1", 1, "2026-07-10", "1.00")]);
    world.run();
    assert_eq!(world.costs(), [line("T-1", "1.00", "110.0000", None)]);
    rates(&world, changed);
    let report = world.run();
    (world, report)
}

/// Rows that have nothing to do with 10 July: a new one, and one that changes elsewhere.
const ELSEWHERE: [&str; 4] =
    [FIRST_HALF, JULY, "r3,p1,CON,125.00,USD,2026-08-01,", "r4,p1,CON,115.00,USD,2026-07-16,2026-07-31"];
/// The row of that day costs more.
const DEARER: [&str; 3] = [FIRST_HALF, "r2,p1,CON,111.00,USD,2026-07-01,2026-07-15", AUGUST];
/// The row of that day ends before it, and another one takes its place.
const REPLACED: [&str; 4] =
    [FIRST_HALF, "r2,p1,CON,110.00,USD,2026-07-01,2026-07-09", "r4,p1,CON,112.00,USD,2026-07-10,2026-07-31", AUGUST];

#[test]
fn a_row_that_does_not_touch_the_day_is_no_change() {
    for action in [Change::Keep, Change::Correct, Change::Ask("finance_desk".to_owned())] {
        let (world, report) = posted_then(action, &ELSEWHERE);
        assert_eq!(world.costs().len(), 1);
        assert_eq!((time(&report).accounts.stale, world.exceptions().len()), (0, 0));
    }
}

#[test]
fn under_correct_the_hour_is_posted_anew() {
    for (changed, amount) in [(DEARER.as_slice(), "111.0000"), (REPLACED.as_slice(), "112.0000")] {
        let (world, report) = posted_then(Change::Correct, changed);
        assert_eq!(time(&report).accounts.corrected, 1);
        assert_eq!(
            world.costs(),
            [
                line("T-1", "1.00", "110.0000", None),
                line("T-1/1r", "-1.00", "-110.0000", Some("T-1")),
                line("T-1/2", "1.00", amount, None)
            ]
        );
    }
}

#[test]
fn under_keep_later_versions_keep_the_row_that_was_posted_with() {
    for changed in [DEARER.as_slice(), REPLACED.as_slice()] {
        let (world, report) = posted_then(Change::Keep, changed);
        assert_eq!((world.costs().len(), time(&report).accounts.stale), (1, 0));
        world.cards(&[&card("T-1", 2, "2026-07-10", "2.00")]);
        world.run();
        assert_eq!(world.costs()[2], line("T-1/2", "2.00", "220.0000", None));
        // A day that none of the kept rows covers has the rate that is there now.
        world.cards(&[&card("T-1", 3, "2026-08-10", "2.00")]);
        world.run();
        assert_eq!(world.costs()[4], line("T-1/3", "2.00", "240.0000", None));
    }
}

#[test]
fn under_keep_a_step_is_kept_up_to_the_day_it_was_asked_for() {
    let world = dated(Ends::Next, Change::Keep, None);
    let (third, ninth) = ("r1,p1,CON,100.00,USD,2026-07-03,", "r2,p1,CON,110.00,USD,2026-07-09,");
    rates(&world, &[third, ninth]);
    world.cards(&[&card("T-1", 1, "2026-07-07", "1.00")]);
    world.run();
    // A rate of the fifth comes late: a change for the seventh, which keeps what it was posted with.
    rates(&world, &[third, ninth, "r3,p1,CON,105.00,USD,2026-07-05,"]);
    world.cards(&[&card("T-1", 2, "2026-07-07", "2.00")]);
    world.run();
    assert_eq!(world.costs()[2], line("T-1/2", "2.00", "200.0000", None));
    world.cards(&[&card("T-1", 3, "2026-07-06", "2.00")]);
    world.run();
    assert_eq!(world.costs().len(), 3, "the same amount on an earlier day");
    for (version, day, amount) in [(4, "2026-07-08", "210.0000"), (5, "2026-07-12", "220.0000")] {
        world.cards(&[&card("T-1", version, day, "2.00")]);
        world.run();
        assert_eq!(world.costs().last().unwrap().2, amount, "{day}");
    }
}

#[test]
fn a_late_step_corrects_though_the_plan_has_changed_and_is_kept() {
    let mut world = dated(Ends::Next, Change::Correct, None);
    rates(&world, &["r1,p1,CON,100.00,USD,2026-07-03,"]);
    world.cards(&[&card("T-1", 1, "2026-07-07", "1.00")]);
    world.run();
    world.change_plan(|plan| {
        let keep = ChangePolicy { object: None, action: Change::Keep };
        time_sync(plan).on_change.retain(|policy| policy.object.is_some());
        time_sync(plan).on_change.push(keep);
    });
    world.run();
    assert_eq!(world.costs().len(), 1);
    rates(&world, &["r1,p1,CON,100.00,USD,2026-07-03,", "r2,p1,CON,105.00,USD,2026-07-05,"]);
    world.run();
    assert_eq!(
        world.costs(),
        [
            line("T-1", "1.00", "100.0000", None),
            line("T-1/1r", "-1.00", "-100.0000", Some("T-1")),
            line("T-1/2", "1.00", "105.0000", None)
        ]
    );
}

#[test]
fn rows_from_before_an_object_was_dated_are_found() {
    let mut world = through(Change::Keep);
    let dates = |plan: &mut Plan, dates: Option<Effective>, day: Option<AsOf>| {
        plan.objects.iter_mut().find(|object| object.name == "RateCard").unwrap().effective = dates;
        if let Op::Lookup { as_of, .. } = &mut map_of(plan, "TimeEntry -> erp.project_cost").lets[0].value.op {
            *as_of = day;
        }
    };
    world.change_plan(|plan| dates(plan, None, None));
    rates(&world, &[JULY]);
    world.run();
    let effective = Effective { from: "valid_from".to_owned(), ends: Ends::Through("valid_to".to_owned()) };
    let day = AsOf { day: Box::new(read("work_date", Kind::Date)), at_most_days: None };
    world.change_plan(|plan| dates(plan, Some(effective), Some(day)));
    rates(&world, &[FIRST_HALF, JULY]);
    world.cards(&[&card("T-1", 1, "2026-06-30", "1.00"), &card("T-2", 1, "2026-07-01", "1.00")]);
    world.run();
    assert_eq!(world.costs(), [line("T-1", "1.00", "100.0000", None), line("T-2", "1.00", "110.0000", None)]);
    let keys: i64 = world
        .hub()
        .query_row("SELECT count(*) FROM record WHERE object = 'RateCard' AND key LIKE '%2026-0%'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(keys, 2, "both are told apart by their first day");
}

#[test]
fn under_ask_somebody_is_asked_and_the_line_stays() {
    for (changed, amount) in [(DEARER.as_slice(), "111.00"), (REPLACED.as_slice(), "112.00")] {
        let (world, report) = posted_then(Change::Ask("finance_desk".to_owned()), changed);
        assert_eq!((world.costs().len(), time(&report).accounts.posted, time(&report).accounts.stale), (1, 1, 1));
        assert_eq!(one_reason(&world), "dependency-changed");
        let message = world.exceptions()[0].reasons[0].message.clone();
        assert!(message.starts_with("`RateCard` changed: ") && message.contains(amount), "{message}");
        // The change is taken back: nothing is left to ask.
        rates(&world, &[FIRST_HALF, JULY, AUGUST, "r4,p1,CON,112.00,USD,2026-07-16,2026-07-31"]);
        let report = world.run();
        assert_eq!((world.exceptions().len(), time(&report).accounts.stale), (0, 0));
    }
}

#[test]
fn the_ledger_knows_the_row_that_was_used() {
    let (world, _) = posted_then(Change::Keep, &ELSEWHERE);
    let reads: String = world.hub().query_row("SELECT reads FROM posting", [], |row| row.get(0)).unwrap();
    let reads: Vec<(i64, i64)> = serde_json::from_str(&reads).unwrap();
    let july: i64 = world
        .hub()
        .query_row("SELECT id FROM record WHERE object = 'RateCard' AND key LIKE '%2026-07-01%'", [], |row| row.get(0))
        .unwrap();
    let rates: i64 =
        world.hub().query_row("SELECT count(*) FROM record WHERE object = 'RateCard'", [], |row| row.get(0)).unwrap();
    assert_eq!(rates, 4);
    assert!(reads.contains(&(july, 1)), "{reads:?}");
    assert_eq!(reads.len(), 2, "the project and one rate: {reads:?}");
}

#[test]
fn a_deleted_row_leaves_a_hole() {
    let mut world = through(Change::Keep);
    world.change_plan(|plan| {
        let psa = plan.systems.iter_mut().find(|system| system.name == "psa").unwrap();
        let rate = psa.entities.iter_mut().find(|entity| entity.name == "rate").unwrap();
        rate.deletion = Some(Deletion::Absence { at_most: "50".to_owned(), hold: "finance_desk".to_owned() });
    });
    world.cards(&[&card("T-1", 1, "2026-07-10", "1.00")]);
    world.run();
    // JULY is deleted: what was posted with it stays, what comes now finds no rate.
    rates(&world, &[FIRST_HALF, AUGUST]);
    world.cards(&[&card("T-1", 1, "2026-07-10", "1.00"), &card("T-2", 1, "2026-07-10", "1.00")]);
    let report = world.run();
    assert_eq!(world.costs(), [line("T-1", "1.00", "110.0000", None)]);
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.waiting), (1, 1));
    let holes: Vec<_> = sync_of(&report, "Rates").notices.iter().map(|notice| notice.kind).collect();
    assert_eq!(holes, [NoticeKind::Hole]);
    rates(&world, &[FIRST_HALF, JULY, AUGUST]);
    world.run();
    assert_eq!(world.costs().len(), 2);
}
