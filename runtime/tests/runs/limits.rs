//! `limit`: no more calls than a system allows, over runs. `fresh`: what was posted later than promised is said.

use crate::build::at;
use crate::world::*;
use syncline_ir::{Calendar, CallLimit, Fresh, OpenHours, Period, Plan};
use syncline_runtime::kill::Kill;
use syncline_runtime::{Passes, RunReport};

fn card(id: &str, version: u32, hours: &str) -> String {
    format!("{id},{version},p1,CON,2026-07-15,{hours},Approved,,2026-07-15T18:00:00Z")
}

fn limited(calls: u32, per: Period, batch: u32) -> World {
    World::with(|plan| {
        let erp = plan.systems.iter_mut().find(|system| system.name == "erp").unwrap();
        erp.limit = Some(CallLimit { calls, per, zone: "UTC".to_owned(), batch });
    })
}

fn cards(world: &World, count: u32) {
    let rows: Vec<String> = (1..=count).map(|number| card(&format!("T-{number}"), 1, "1.00")).collect();
    world.cards(&rows.iter().map(String::as_str).collect::<Vec<_>>());
}

/// Posted in this run, staged, and when the next period begins.
fn stands(report: &RunReport) -> (u64, u64, Option<&str>) {
    let sync = time(report);
    assert!(sync.limited.iter().all(|limited| limited.system == "erp"));
    (sync.this_run.posted, sync.accounts.staged, sync.limited.first().map(|limited| limited.next.as_str()))
}

#[test]
fn what_is_beyond_the_limit_waits_for_the_next_day() {
    let mut world = limited(2, Period::Day, 1);
    cards(&world, 5);
    let next = Some("2026-08-01T00:00:00Z");
    assert_eq!(stands(&world.run()), (2, 3, next));
    // Calls of earlier runs count.
    assert_eq!(stands(&world.run_at("2026-07-31T23:59:59Z")), (0, 3, next));
    assert_eq!(stands(&world.run_at("2026-08-01T00:00:00Z")), (2, 1, Some("2026-08-02T00:00:00Z")));
    let report = world.run_at("2026-08-02T09:00:00Z");
    assert_eq!((stands(&report), time(&report).reconciled), ((1, 0, None), Some(true)));
    let keys: Vec<String> = world.costs().into_iter().map(|line| line.0).collect();
    assert_eq!(keys, ["T-1", "T-2", "T-3", "T-4", "T-5"]);
}

#[test]
fn a_call_carries_as_many_lines_as_it_may() {
    let mut world = limited(2, Period::Hour, 2);
    cards(&world, 5);
    assert_eq!(stands(&world.run()), (4, 1, Some("2026-07-31T11:00:00Z")));
    assert_eq!(stands(&world.run_at("2026-07-31T11:00:00Z")), (1, 0, None));
    // One call has been made in this hour; a correction has two lines, which go into one call.
    let rows: Vec<String> = (1..=2).map(|number| card(&format!("T-{number}"), 2, "2.00")).collect();
    world.cards(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let report = world.run_at("2026-07-31T11:30:00Z");
    assert_eq!((stands(&report), time(&report).this_run.reversed), ((1, 1, Some("2026-07-31T12:00:00Z")), 1));
}

#[test]
fn a_correction_that_needs_more_calls_than_are_left_is_not_begun() {
    let mut world = limited(3, Period::Day, 1);
    cards(&world, 2);
    world.run();
    // A reversal and a new line are two calls, and one is left.
    world.cards(&[&card("T-1", 2, "2.00")]);
    assert_eq!(stands(&world.run()), (0, 1, Some("2026-08-01T00:00:00Z")));
    assert_eq!(world.costs().len(), 2);
    let report = world.run_at("2026-08-01T08:00:00Z");
    assert_eq!((stands(&report), time(&report).this_run.reversed, world.costs().len()), ((1, 0, None), 1, 4));
}

#[test]
fn due_runs_go_on_when_the_next_period_begins() {
    let mut world = limited(1, Period::Minute, 2);
    world.options.passes = Passes::Due;
    cards(&world, 5);
    let report = world.run_at("2026-07-31T10:00:10Z");
    assert_eq!(
        (stands(&report), report.next.as_deref()),
        ((2, 3, Some("2026-07-31T10:01:00Z")), Some("2026-07-31T10:01:00Z"))
    );
    assert_eq!(stands(&world.run_at("2026-07-31T10:00:59Z")).0, 0);
    let report = world.run_at("2026-07-31T10:01:00Z");
    assert_eq!(
        (stands(&report), report.next.as_deref()),
        ((2, 1, Some("2026-07-31T10:02:00Z")), Some("2026-07-31T10:02:00Z"))
    );
    let report = world.run_at("2026-07-31T10:02:00Z");
    // Nothing is held back any more: the next pass is a tick.
    assert_eq!((stands(&report), report.next.as_deref()), ((1, 0, None), Some("2026-07-31T10:15:00Z")));
}

#[test]
fn a_call_of_a_run_that_died_is_counted_and_made_again_within_the_limit() {
    let mut world = limited(1, Period::Day, 10);
    cards(&world, 1);
    assert!(world.killed_at(&Kill { point: "posting.after-call", passing: 1 }));
    assert_eq!(world.costs().len(), 1);
    // Whether the line is there is asked by a second call, for which none is left today.
    assert_eq!(stands(&world.run()), (0, 1, Some("2026-08-01T00:00:00Z")));
    let report = world.run_at("2026-08-01T00:00:00Z");
    assert_eq!((stands(&report), world.costs().len(), time(&report).reconciled), ((1, 0, None), 1, Some(true)));
    // Before its call nothing is counted.
    let mut world = limited(1, Period::Day, 10);
    cards(&world, 1);
    assert!(world.killed_at(&Kill { point: "posting.after-intent", passing: 1 }));
    assert_eq!(stands(&world.run()), (1, 0, None));
}

fn fresh(plan: &mut Plan, within: u64, calendar: Option<&str>) {
    plan.calendars.push(Calendar {
        name: "posting_hours".to_owned(),
        zone: "UTC".to_owned(),
        open: vec![OpenHours { days: (0..5).collect(), begins: 360, ends: 1200 }],
        holidays: Vec::new(),
        freezes: Vec::new(),
        doc: None,
        at: at(),
    });
    time_sync(plan).fresh = Some(Fresh { within, calendar: calendar.map(str::to_owned) });
}

/// Posted late, waiting and late, and the keys.
fn late(report: &RunReport) -> Option<(u64, u64, Vec<&str>)> {
    let late = time(report).late.as_ref()?;
    Some((late.posted, late.waiting, late.keys.iter().map(String::as_str).collect()))
}

#[test]
fn what_is_posted_later_than_promised_is_said() {
    let mut world = limited(1, Period::Day, 1);
    world.change_plan(|plan| fresh(plan, 3_600, None));
    cards(&world, 2);
    // Captured at 10:00; the second line waits for the next day.
    assert_eq!(late(&world.run()), None);
    assert_eq!(late(&world.run_at("2026-07-31T11:00:00Z")), None);
    assert_eq!(late(&world.run_at("2026-07-31T11:00:01Z")), Some((0, 1, vec![])));
    assert_eq!(late(&world.run_at("2026-08-01T00:00:00Z")), Some((1, 0, vec!["T-2"])));
    assert_eq!(late(&world.run_at("2026-08-01T01:00:00Z")), None);
}

/// 2026-07-31 is a Friday. From 19:50 until Monday 06:35 are 10 and 35 minutes of open time.
#[test]
fn open_time_counts_where_a_calendar_is_named() {
    for (posted, expected) in [("2026-08-03T06:35:00Z", None), ("2026-08-03T06:35:01Z", Some((1, 0, vec!["T-2"])))] {
        let mut world = limited(1, Period::Day, 1);
        world.change_plan(|plan| fresh(plan, 45 * 60, Some("posting_hours")));
        cards(&world, 2);
        assert_eq!(late(&world.run_at("2026-07-31T19:50:00Z")), None);
        assert_eq!(late(&world.run_at(posted)), expected, "{posted}");
    }
}
