//! `takes at most` and `volume`: what a run went beyond is said, kept and written down, and nothing is held back for it.

use crate::world::*;
use syncline_ir::{Plan, Schedule, Volume};
use syncline_runtime::{AuditEvent, Exceeded, Passes, RunReport, audit_log, status, verify_audit};

fn cards(world: &World, count: u32) {
    let row = |number| format!("T-{number},1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z");
    let rows: Vec<String> = (1..=count).map(row).collect();
    world.cards(&rows.iter().map(String::as_str).collect::<Vec<_>>());
}

fn exceeded(report: &RunReport) -> Vec<(&str, u64, u64)> {
    time(report).exceeded.iter().map(|one| (one.clause.as_str(), one.said, one.found)).collect()
}

fn standing(world: &World) -> Vec<Exceeded> {
    let status = status(&world.path("hub/hub.db")).unwrap();
    status.syncs.into_iter().find(|sync| sync.name == "ApprovedTime").unwrap().exceeded
}

/// No pass takes no time, and none of these takes an hour.
fn passes_take(plan: &mut Plan, capturing: u64, posting: u64) {
    let Schedule::Staged { capture: Some(capture), post: Some(post) } = &mut time_sync(plan).schedule else {
        panic!("it captures and posts")
    };
    (capture.takes_at_most, post.takes_at_most) = (Some(capturing), Some(posting));
}

#[test]
fn a_pass_that_takes_longer_is_said_and_not_cut_short() {
    let mut world = World::with(|plan| passes_take(plan, 0, 3_600));
    cards(&world, 3);
    let report = world.run();
    assert_eq!(exceeded(&report).iter().map(|one| (one.0, one.1)).collect::<Vec<_>>(), [("capture every", 0)]);
    assert!(time(&report).exceeded[0].found >= 1);
    assert_eq!((time(&report).this_run.posted, time(&report).reconciled), (3, Some(true)));
    assert_eq!(standing(&world), time(&report).exceeded);
    // A pass that does not take place says nothing, and what was said stands.
    world.options.passes = Passes::Replay;
    assert_eq!(exceeded(&world.run()), []);
    assert_eq!(standing(&world), time(&report).exceeded);
    // The next one that keeps to it takes it back.
    world.options.passes = Passes::All;
    world.change_plan(|plan| passes_take(plan, 3_600, 0));
    assert_eq!(exceeded(&world.run()).iter().map(|one| one.0).collect::<Vec<_>>(), ["post every"]);
    assert_eq!(standing(&world).iter().map(|one| one.clause.as_str()).collect::<Vec<_>>(), ["post every"]);
    assert_eq!(verify_audit(&world.path("hub/hub.db"), None).unwrap().findings, Vec::<String>::new());
}

#[test]
fn the_records_of_a_day_are_counted_over_its_runs() {
    let volume = |plan: &mut Plan| time_sync(plan).volume = Some(Volume { per_day: 2, peak: 2 });
    let mut world = World::with(volume);
    cards(&world, 3);
    assert_eq!(exceeded(&world.run_at("2026-07-31T00:00:00Z")), []);
    // A row that the hub has is no further record.
    cards(&world, 4);
    assert_eq!(exceeded(&world.run_at("2026-07-31T10:00:00.5Z")), []);
    cards(&world, 5);
    let report = world.run_at("2026-07-31T23:59:59Z");
    assert_eq!((exceeded(&report), time(&report).this_run.posted), (vec![("volume", 4, 5)], 1));
    assert_eq!(world.costs().len(), 5);
    assert_eq!(standing(&world), [Exceeded { clause: "volume".to_owned(), said: 4, found: 5 }]);
    // A new day begins with none.
    cards(&world, 9);
    assert_eq!(exceeded(&world.run_at("2026-08-01T00:00:00Z")), []);
    assert_eq!(standing(&world), []);
    cards(&world, 10);
    assert_eq!(exceeded(&world.run_at("2026-08-01T00:00:00.25Z")), [("volume", 4, 5)]);
}

#[test]
fn what_a_clause_said_goes_with_the_clause() {
    let mut world = World::with(|plan| time_sync(plan).volume = Some(Volume { per_day: 1, peak: 1 }));
    cards(&world, 3);
    assert_eq!(exceeded(&world.run()), [("volume", 1, 3)]);
    world.change_plan(|plan| time_sync(plan).volume = None);
    assert_eq!(exceeded(&world.run()), []);
    assert_eq!(standing(&world), []);
}

#[test]
fn the_audit_log_says_what_was_exceeded_and_which_passes_a_run_was_for() {
    let mut world = World::with(|plan| time_sync(plan).volume = Some(Volume { per_day: 1, peak: 1 }));
    cards(&world, 2);
    for passes in [Passes::All, Passes::Due, Passes::Replay, Passes::Reconcile] {
        world.options.passes = passes;
        world.run();
    }
    world.options.only = Some("ApprovedTime".to_owned());
    world.run();
    let told = audit_log(&world.path("hub/hub.db")).unwrap().into_iter().filter_map(|entry| match entry.event {
        AuditEvent::RunBegan { run, passes, only, .. } => Some(format!("{run} {} {only:?}", passes.unwrap())),
        AuditEvent::Exceeded { run, sync, clause, said, found } => {
            Some(format!("{run} {sync} {clause} {said} {found}"))
        }
        _ => None,
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "1 all None",
            "1 ApprovedTime volume 1 2",
            "2 due None",
            "3 replay None",
            "4 reconcile None",
            "5 reconcile Some(\"ApprovedTime\")",
        ]
    );
}
