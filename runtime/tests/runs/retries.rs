//! Targets out of reach: tried again over runs, never twice in the target, and the rest goes on.

use crate::recovery::{day, end, expected};
use crate::world::*;
use syncline_ir::{Correction, Retry};
use syncline_runtime::kill::{FILE_POINTS, Kill};
use syncline_runtime::{ConnectorKind, Passes, RunReport};

fn card(id: &str) -> String {
    format!("{id},1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z")
}

fn rule(times: u32, first: u64, longest: u64) -> Option<Retry> {
    Some(Retry { times, first, longest, queue: "delivery_desk".to_owned() })
}

/// A business whose target is there, and taken away before anything is posted. Only what is due takes place.
fn out_of_reach(times: u32, first: u64, longest: u64) -> World {
    let mut world = World::with(|plan| {
        time_sync(plan).retry = rule(times, first, longest);
        time_sync(plan).reconcile.as_mut().unwrap().every = 900;
    });
    world.run_at("2026-07-31T09:45:00Z");
    world.options.passes = Passes::Due;
    world.set_reachable(false);
    world.cards(&[&card("T-1")]);
    world
}

/// Staged, posted, quarantined, and when the first call is made again.
fn stands(report: &RunReport) -> (u64, u64, u64, Option<&str>) {
    let (accounts, unreachable) = (&time(report).accounts, &time(report).unreachable);
    let next = unreachable.as_ref().and_then(|found| found.next.as_deref());
    (accounts.staged, accounts.posted, accounts.quarantined, next)
}

fn reconciliations(world: &World) -> u64 {
    world.hub().query_row("SELECT count(*) FROM reconciliation", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_record_is_tried_at_growing_waits_and_then_goes_to_its_queue() {
    let mut world = out_of_reach(3, 30, 60);
    // Three tries after the first: after 30 seconds, 60, and 60 instead of 120.
    let steps = [
        ("2026-07-31T10:00:00Z", (1, 0, 0, Some("2026-07-31T10:00:30Z"))),
        ("2026-07-31T10:00:29Z", (1, 0, 0, Some("2026-07-31T10:00:30Z"))),
        ("2026-07-31T10:00:30Z", (1, 0, 0, Some("2026-07-31T10:01:30Z"))),
        ("2026-07-31T10:01:30Z", (1, 0, 0, Some("2026-07-31T10:02:30Z"))),
        ("2026-07-31T10:02:29Z", (1, 0, 0, Some("2026-07-31T10:02:30Z"))),
    ];
    for (at, expected) in steps {
        let report = world.run_at(at);
        assert_eq!(stands(&report), expected, "{at}");
        // The next pass is due at the next try, long before the next quarter of an hour.
        assert_eq!(report.next.as_deref(), expected.3, "{at}");
        // What has no answer is not compared.
        assert_eq!((reconciliations(&world), world.exceptions().len()), (1, 0), "{at}");
        let message = &time(&report).unreachable.as_ref().unwrap().message;
        assert!(message.contains("erp.db: unable to open database file"), "{message}");
    }
    let status = syncline_runtime::status(&world.path("hub/hub.db")).unwrap();
    let waits = status.syncs.iter().find_map(|sync| sync.unreachable.as_ref()).unwrap();
    assert_eq!((waits.records, waits.next.as_deref()), (1, Some("2026-07-31T10:02:30Z")));
    let report = world.run_at("2026-07-31T10:02:30Z");
    assert_eq!((time(&report).accounts.staged, time(&report).accounts.quarantined), (0, 1));
    let exceptions = world.exceptions();
    let [one] = exceptions.as_slice() else { panic!("{exceptions:?}") };
    assert_eq!((one.reason.as_str(), one.queue.as_str()), ("target-unreachable", "delivery_desk"));
    assert!(one.reasons[0].message.ends_with("; tried 4 times"), "{}", one.reasons[0].message);
    // In its queue it is tried by post passes, like everything there.
    world.set_reachable(true);
    assert_eq!(stands(&world.run_at("2026-07-31T10:03:00Z")), (0, 0, 1, None));
    let report = world.run_at("2026-07-31T10:15:00Z");
    assert_eq!((stands(&report), time(&report).reconciled), ((0, 1, 0, None), Some(true)));
    assert_eq!((world.costs().len(), world.exceptions().len(), reconciliations(&world)), (1, 0, 2));
}

#[test]
fn a_plain_run_tries_at_once_and_counts() {
    let mut world = out_of_reach(2, 3_600, 3_600);
    world.options.passes = Passes::All;
    assert_eq!(stands(&world.run_at("2026-07-31T10:00:00Z")), (1, 0, 0, Some("2026-07-31T11:00:00Z")));
    assert_eq!(stands(&world.run_at("2026-07-31T10:01:00Z")), (1, 0, 0, Some("2026-07-31T11:01:00Z")));
    let report = world.run_at("2026-07-31T10:02:00Z");
    assert_eq!(time(&report).accounts.reasons, [("target-unreachable".to_owned(), 1)].into());
    world.set_reachable(true);
    assert_eq!(stands(&world.run_at("2026-07-31T10:03:00Z")), (0, 1, 0, None));
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
}

#[test]
fn what_was_held_back_is_posted_as_soon_as_the_target_is_back() {
    let mut world = out_of_reach(5, 30, 600);
    world.options.batch = 1;
    world.cards(&[&card("T-1"), &card("T-2"), &card("T-3")]);
    // The first call fails; the others are not made, and not counted as tried.
    let report = world.run_at("2026-07-31T10:00:00Z");
    assert_eq!(stands(&report), (3, 0, 0, Some("2026-07-31T10:00:30Z")));
    assert_eq!(time(&report).unreachable.as_ref().unwrap().records, 1);
    world.set_reachable(true);
    // Nothing else is due before 10:15.
    let report = world.run_at("2026-07-31T10:00:30Z");
    assert_eq!((stands(&report), time(&report).this_run.posted), ((0, 3, 0, None), 3));
    assert_eq!(world.costs().len(), 3);
}

#[test]
fn a_record_that_waits_holds_up_no_other() {
    let mut world = out_of_reach(5, 3_600, 3_600);
    assert_eq!(stands(&world.run_at("2026-07-31T10:00:00Z")).0, 1);
    world.set_reachable(true);
    world.cards(&[&card("T-1"), &card("T-2")]);
    let report = world.run_at("2026-07-31T10:15:00Z");
    assert_eq!(stands(&report), (1, 1, 0, Some("2026-07-31T11:00:00Z")));
    assert_eq!(world.costs(), [line("T-2", "7.50", "750.0000", None)]);
    // A new version does not overtake the call that has no answer.
    world.cards(&[&card("T-1").replace("T-1,1", "T-1,2").replace("7.50", "8.00"), &card("T-2")]);
    assert_eq!(stands(&world.run_at("2026-07-31T10:30:00Z")).0, 1);
    let report = world.run_at("2026-07-31T11:00:00Z");
    assert_eq!((stands(&report), time(&report).reconciled), ((0, 2, 0, None), Some(true)));
    let keys: Vec<String> = world.costs().into_iter().map(|line| line.0).collect();
    assert_eq!(keys, ["T-1", "T-1/1r", "T-1/2", "T-2"]);
}

#[test]
fn a_lost_answer_posts_nothing_twice() {
    for target in [ConnectorKind::Sqlite, ConnectorKind::Csv, ConnectorKind::Jsonl] {
        for (keys, correct) in
            [(true, Correction::Reversal), (false, Correction::Reversal), (true, Correction::Overwrite)]
        {
            let mut world = if target == ConnectorKind::Sqlite { World::new() } else { World::in_files(target) };
            world.change_plan(|plan| {
                time_sync(plan).retry = rule(5, 30, 600);
                time_sync(plan).correct = Some(correct);
                let erp = erp_entity(plan);
                if !keys {
                    erp.idempotency = None;
                }
            });
            world.cards(&[&card("T-1"), &card("T-2")]);
            let report = world.lost_at(&Kill { point: "posting.answered", passing: 1 }).unwrap();
            // Both lines are there, and nobody has said so.
            assert_eq!((world.costs().len(), stands(&report).0, time(&report).reconciled), (2, 2, None));
            world.options.passes = Passes::Due;
            let report = world.run_at("2026-07-31T10:00:29Z");
            assert_eq!((world.costs().len(), stands(&report).0), (2, 2));
            let report = world.run_at("2026-07-31T10:00:30Z");
            assert_eq!((world.costs().len(), stands(&report)), (2, (0, 2, 0, None)), "{}", target.name());
            let report = world.run_at("2026-07-31T10:15:00Z");
            assert_eq!(time(&report).reconciled, Some(true));
        }
    }
}

/// The line is in the target and not in the ledger: compared, it would be a line that nobody posted.
#[test]
fn what_may_be_there_is_not_compared_before_it_is_known() {
    let mut world = World::with(|plan| {
        time_sync(plan).retry = rule(5, 3_600, 3_600);
        time_sync(plan).reconcile.as_mut().unwrap().every = 900;
    });
    world.cards(&[&card("T-1")]);
    world.lost_at(&Kill { point: "posting.answered", passing: 1 }).unwrap();
    world.options.passes = Passes::Due;
    world.cards(&[&card("T-1"), &card("T-2")]);
    let report = world.run_at("2026-07-31T10:15:00Z");
    assert_eq!((stands(&report).0, stands(&report).1, time(&report).reconciled), (1, 1, None));
    let report = world.run_at("2026-07-31T11:00:00Z");
    assert_eq!((stands(&report), time(&report).reconciled), ((0, 2, 0, None), Some(true)));
}

#[test]
fn a_target_that_fails_at_any_step_of_any_day_ends_like_one_that_did_not() {
    let expected = expected();
    for target in [ConnectorKind::Sqlite, ConnectorKind::Csv] {
        let mut failed = 0;
        let points = ["posting.between-calls", "posting.answered"].into_iter();
        let own = if target == ConnectorKind::Sqlite { 0 } else { FILE_POINTS.len() };
        for point in points.chain(FILE_POINTS.into_iter().take(own)) {
            for number in 0..3 {
                for passing in 1.. {
                    let mut world =
                        if target == ConnectorKind::Sqlite { World::new() } else { World::in_files(target) };
                    world.options.batch = 2;
                    world.change_plan(|plan| time_sync(plan).retry = rule(5, 30, 600));
                    for before in 0..number {
                        day(&world, before);
                        world.run();
                    }
                    day(&world, number);
                    if world.lost_at(&Kill { point, passing }).is_none() {
                        break;
                    }
                    failed += 1;
                    world.run();
                    for after in number + 1..3 {
                        day(&world, after);
                        world.run();
                    }
                    assert_eq!(end(&world), expected, "{} {point}#{passing} on day {number}", target.name());
                }
            }
        }
        assert!(failed >= 7, "{failed}");
    }
}

#[test]
fn what_the_target_refuses_is_not_tried_again() {
    let mut world = World::with(|plan| time_sync(plan).retry = rule(5, 30, 600));
    std::fs::write(
        world.path("erp.sql"),
        ERP.replace("hours TEXT NOT NULL", "hours TEXT NOT NULL CHECK (hours <> '7.50')"),
    )
    .unwrap();
    world.cards(&[&card("T-1")]);
    let report = world.run();
    assert_eq!(
        (time(&report).accounts.reasons.clone(), stands(&report).3),
        ([("target-refused".to_owned(), 1)].into(), None)
    );
    assert!(time(&report).unreachable.is_none());
    world.options.passes = Passes::Due;
    assert_eq!(world.run_at("2026-07-31T10:00:30Z").next.as_deref(), Some("2026-07-31T10:15:00Z"));
}

#[test]
fn without_the_clause_a_run_ends_and_the_next_one_goes_on() {
    let world = out_of_reach(5, 30, 600);
    let mut world = world;
    world.change_plan(|plan| time_sync(plan).retry = None);
    let error = world.try_run().unwrap_err().to_string();
    assert!(error.starts_with("`erp` at ") && error.ends_with("unable to open database file"), "{error}");
    world.set_reachable(true);
    world.options.passes = Passes::All;
    assert_eq!(stands(&world.run()), (0, 1, 0, None));
}

#[test]
fn what_is_tried_again_cannot_be_dismissed_but_settled() {
    let mut world = out_of_reach(1, 30, 30);
    world.options.passes = Passes::All;
    world.run_at("2026-07-31T10:00:00Z");
    world.run_at("2026-07-31T10:01:00Z");
    let decide = |resolution| {
        let at = "2026-07-31T10:02:00Z".parse().unwrap();
        let decision = syncline_runtime::Decision {
            key: "T-1",
            sync: None,
            version: None,
            resolution,
            by: "ann",
            why: "looked it up",
            at,
        };
        syncline_runtime::decide(&world.path("hub/hub.db"), &decision).map_err(|error| error.to_string())
    };
    let said = decide(syncline_runtime::Resolution::Dismiss).unwrap_err();
    assert!(said.contains("waits for the outcome of a call"), "{said}");
    decide(syncline_runtime::Resolution::NotPosted).unwrap();
    world.set_reachable(true);
    assert_eq!(stands(&world.run_at("2026-07-31T10:03:00Z")), (0, 1, 0, None));
    assert_eq!(world.costs().len(), 1);
}
