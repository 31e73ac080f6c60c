//! Posting windows: outside of them nothing is posted, and nothing is lost.

use crate::build::*;
use crate::world::*;
use syncline_ir::*;
use syncline_runtime::Passes;
use syncline_runtime::kill::Kill;

const T1: &str = "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z";

/// Weekdays from 06:00 to 20:00 in New York: 10:00Z to midnight in summer.
fn posting_hours() -> Calendar {
    Calendar {
        name: "posting_hours".to_owned(),
        zone: "America/New_York".to_owned(),
        open: vec![OpenHours { days: (0..5).collect(), begins: 360, ends: 1200 }],
        holidays: Vec::new(),
        freezes: Vec::new(),
        doc: None,
        at: at(),
    }
}

fn within(every: u64) -> Pass {
    Pass { every, within: Some("posting_hours".to_owned()), takes_at_most: None }
}

fn staged() -> World {
    let mut world = World::with(|plan| {
        plan.calendars.push(posting_hours());
        time_sync(plan).schedule = Schedule::Staged { capture: Some(Pass::every(900)), post: Some(within(900)) };
    });
    world.options.at = "2026-07-31T09:59:59Z".parse().unwrap();
    world
}

#[test]
fn outside_its_window_a_record_stays_staged_until_it_opens() {
    let mut world = staged();
    world.cards(&[T1]);
    // A second before 06:00 of a Friday.
    let report = world.run();
    assert_eq!((time(&report).accounts.staged, time(&report).accounts.posted), (1, 0));
    assert_eq!(time(&report).opens.as_deref(), Some("2026-07-31T10:00:00Z"));
    assert_eq!(report.next.as_deref(), Some("2026-07-31T10:00:00Z"));
    assert!(world.costs().is_empty());
    let report = world.run_at("2026-07-31T10:00:00Z");
    assert_eq!((time(&report).accounts.staged, time(&report).accounts.posted), (0, 1));
    assert_eq!((time(&report).opens.as_deref(), world.costs()), (None, vec![line("T-1", "7.50", "750.0000", None)]));
    // 20:00 is shut already, and opens again on Monday.
    world.cards(&["T-1,2,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run_at("2026-08-01T00:00:00Z");
    assert_eq!((time(&report).accounts.staged, time(&report).this_run.reversed), (1, 0));
    assert_eq!(time(&report).opens.as_deref(), Some("2026-08-03T10:00:00Z"));
}

#[test]
fn due_passes_keep_to_the_window_and_catch_up_once() {
    let mut world = staged();
    world.options.passes = Passes::Due;
    world.cards(&[T1]);
    assert_eq!(time(&world.run()).accounts.staged, 1);
    assert_eq!(time(&world.run_at("2026-07-31T10:03:00Z")).accounts.posted, 1);
    world.cards(&["T-2,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    // Posted at 10:03: the next tick is 10:15, not 10:18.
    assert_eq!(time(&world.run_at("2026-07-31T10:14:59Z")).accounts.posted, 1);
    assert_eq!(time(&world.run_at("2026-07-31T10:15:00Z")).accounts.posted, 2);
}

#[test]
fn a_batch_does_nothing_outside_its_window() {
    let mut world = World::with(|plan| {
        plan.calendars.push(posting_hours());
        time_sync(plan).schedule = Schedule::Batch(within(86_400));
    });
    world.cards(&[T1]);
    let report = world.run_at("2026-08-01T12:00:00Z");
    assert_eq!((time(&report).this_run.read, time(&report).accounts.captured), (0, 0));
    assert_eq!(time(&report).opens.as_deref(), Some("2026-08-03T10:00:00Z"));
    let report = world.run_at("2026-08-03T10:00:00Z");
    assert_eq!((time(&report).accounts.captured, time(&report).accounts.posted), (1, 1));
}

#[test]
fn a_window_that_is_not_in_the_plan_is_refused() {
    let world = World::with(|plan| {
        time_sync(plan).schedule = Schedule::Batch(within(900));
    });
    let message = world.try_run().unwrap_err().to_string();
    assert_eq!(message, "the plan cannot be run: calendar `posting_hours` is not declared");
}

#[test]
fn a_posting_without_an_answer_is_not_repeated_outside_the_window() {
    for (point, there) in [("posting.after-intent", 0), ("posting.after-call", 1)] {
        let mut world = staged();
        world.cards(&[T1]);
        world.options.at = "2026-07-31T23:59:00Z".parse().unwrap();
        assert!(world.killed_at(&Kill { point, passing: 1 }));
        assert_eq!(world.costs().len(), there, "{point}");
        // 20:01 on the clock: shut until Monday, and past the life of the key by then the target is searched.
        let report = world.run_at("2026-08-01T00:01:00Z");
        assert_eq!((time(&report).accounts.staged, world.costs().len()), (1, there), "{point}");
        let report = world.run_at("2026-08-03T10:00:00Z");
        assert_eq!(time(&report).accounts.posted, 1, "{point}");
        assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)], "{point}");
    }
}
