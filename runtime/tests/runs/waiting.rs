//! Rows that wait for records other syncs bring.

use crate::build::and;
use crate::world::*;

const T1: &str = "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z";

#[test]
fn a_card_waits_for_its_rate_and_is_posted_when_it_arrives() {
    let mut world = World::new();
    world.rates(&[]);
    world.cards(&[T1]);
    let report = world.run();
    assert_eq!(
        (time(&report).accounts.waiting, time(&report).accounts.quarantined, world.exceptions().len()),
        (1, 0, 0)
    );
    world.rates(&["p1,CON,1,100.00,USD"]);
    let report = world.run_at("2026-07-31T12:00:00Z");
    assert_eq!((time(&report).accounts.posted, time(&report).this_run.resolved), (1, 1));
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
}

#[test]
fn a_card_that_waited_long_enough_is_quarantined_and_still_tried() {
    let mut world = World::new();
    world.rates(&[]);
    world.projects(&[]);
    world.cards(&[T1]);
    world.run();
    // Four hours to the second: it may still wait.
    let report = world.run_at("2026-07-31T14:00:00Z");
    assert_eq!(time(&report).accounts.waiting, 1);
    let report = world.run_at("2026-07-31T14:00:01Z");
    assert_eq!((time(&report).accounts.waiting, time(&report).accounts.quarantined), (0, 1));
    assert_eq!(time(&report).this_run.resolved, 0);
    let exceptions = world.exceptions();
    assert_eq!(
        (exceptions[0].reason.as_str(), exceptions[0].since.as_str()),
        ("lookup-missing", "2026-07-31T14:00:01Z")
    );
    world.projects(&["p1,1,P-1,Open,USD"]);
    // The project is there; the rate is missing on the way out now, in the queue of that map, since it was first quarantined.
    world.run_at("2026-07-31T15:00:00Z");
    let exceptions = world.exceptions();
    assert_eq!((exceptions[0].queue.as_str(), exceptions[0].since.as_str()), ("finance_desk", "2026-07-31T14:00:01Z"));
    world.rates(&["p1,CON,1,100.00,USD"]);
    let report = world.run_at("2026-07-31T16:00:00Z");
    assert_eq!((time(&report).accounts.posted, time(&report).this_run.resolved, world.exceptions().len()), (1, 1, 0));
}

#[test]
fn one_other_reason_beside_a_miss_is_no_waiting() {
    let world = World::new();
    world.cards(&["T-1,1,p9,CON,2026-07-15,-1.00,Approved,,2026-07-15T18:00:00Z"]);
    world.run();
    let reasons: Vec<Vec<String>> = world.reasons().into_iter().map(|(_, _, reasons)| reasons).collect();
    assert_eq!(reasons, [["lookup-missing", "implausible_hours"]]);
}

#[test]
fn without_wait_a_miss_is_quarantined_at_once() {
    let world = World::with(|plan| map_of(plan, "psa.timecard -> TimeEntry").wait_seconds = None);
    world.cards(&["T-1,1,p9,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!((time(&report).accounts.waiting, time(&report).accounts.quarantined), (0, 1));
}

#[test]
fn a_waiting_version_is_superseded_by_a_good_one() {
    let world = World::new();
    world.cards(&["T-1,1,p9,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    world.run();
    world.cards(&["T-1,2,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(
        (time(&report).accounts.posted, time(&report).accounts.superseded, time(&report).this_run.resolved),
        (1, 1, 1)
    );
}

#[test]
fn a_waiting_version_leaves_the_posted_one_stale() {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    world.cards(&["T-1,2,p9,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(
        (time(&report).accounts.posted, time(&report).accounts.waiting, time(&report).accounts.stale),
        (1, 1, 1)
    );
}

#[test]
fn a_superseded_version_is_looked_at_again_when_its_successor_fails() {
    let world = World::with(|plan| {
        let costs = map_of(plan, "TimeEntry -> erp.project_cost");
        let is_open = costs.requires.pop().unwrap().condition;
        costs.condition = Some(and(vec![costs.condition.take().unwrap(), is_open]));
    });
    world.projects(&["p1,1,P-1,Closed,USD"]);
    // Version 1 waits for project p2; version 2 is excluded while its project is closed.
    world.cards(&["T-1,1,p2,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(time(&report).accounts.waiting, 1);
    world.cards(&["T-1,2,p1,MGR,2026-07-15,2.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!((time(&report).accounts.excluded, time(&report).accounts.superseded), (1, 1));
    // Now it waits for a rate, and no version decides for the record: each is what it is.
    world.projects(&["p1,2,P-1,Open,USD"]);
    let report = world.run();
    assert_eq!((time(&report).accounts.waiting, time(&report).accounts.superseded), (2, 0));
    // With project p2 version 1 is good after all, and the highest good version is posted.
    world.projects(&["p1,2,P-1,Open,USD", "p2,1,P-2,Open,USD"]);
    world.rates(&["p1,CON,1,100.00,USD", "p2,CON,1,50.00,USD"]);
    let report = world.run();
    assert_eq!((time(&report).accounts.waiting, time(&report).accounts.posted), (1, 1));
    assert_eq!(world.costs(), [line("T-1", "1.00", "50.0000", None)]);
    world.rates(&["p1,MGR,1,10.00,USD"]);
    let report = world.run();
    assert_eq!(
        (time(&report).accounts.posted, time(&report).accounts.superseded, time(&report).accounts.corrected),
        (1, 1, 1)
    );
    assert_eq!(world.costs()[2], line("T-1/2", "2.00", "20.0000", None));
}

/// Version 1 has hours below zero, version 2 is excluded while its project is closed. When the project opens, version 2 waits for
/// a rate and decides no more: version 1 goes back to its queue in the same run.
#[test]
fn a_superseded_version_that_was_bad_is_back_in_its_queue_when_its_successor_waits() {
    let world = World::with(|plan| {
        let costs = map_of(plan, "TimeEntry -> erp.project_cost");
        let is_open = costs.requires.pop().unwrap().condition;
        costs.condition = Some(and(vec![costs.condition.take().unwrap(), is_open]));
    });
    world.projects(&["p1,1,P-1,Closed,USD"]);
    world.cards(&["T-1,1,p1,CON,2026-07-15,-1.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(time(&report).accounts.quarantined, 1);
    world.cards(&["T-1,2,p1,MGR,2026-07-15,2.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!((time(&report).accounts.excluded, time(&report).accounts.superseded), (1, 1));
    world.projects(&["p1,2,P-1,Open,USD"]);
    let report = world.run();
    assert_eq!(
        (time(&report).accounts.waiting, time(&report).accounts.quarantined, time(&report).accounts.superseded),
        (1, 1, 0)
    );
}
