//! Killed anywhere, a run goes on as if it had not been killed.

use crate::world::*;
use std::process::Command;
use syncline_runtime::kill::{Kill, Manner, POINTS, Trap};
use syncline_runtime::{Accounts, Quiet, run};

/// What a world shows in the end.
#[derive(Debug, PartialEq, Eq)]
pub struct End {
    costs: Vec<CostLine>,
    costs_eu: usize,
    accounts: Vec<Accounts>,
    reconciled: Option<bool>,
    reasons: Vec<(String, Option<String>, Vec<String>)>,
}

/// Three days of a business: postings, a correction, one that leaves, one that is quarantined, one that waits.
pub fn day(world: &World, day: usize) {
    let card = |key: &str, version: u32, hours: &str, status: &str| {
        format!("{key},{version},p1,CON,2026-07-15,{hours},{status},,2026-07-15T18:00:00Z")
    };
    let rows = match day {
        0 => vec![
            card("T-1", 1, "1.00", "Approved"),
            card("T-2", 1, "2.00", "Approved"),
            card("T-2", 1, "2.00", "Approved"),
            card("T-3", 1, "3.00", "Saved"),
        ],
        1 => vec![
            card("T-1", 2, "1.50", "Approved"),
            card("T-3", 2, "3.00", "Approved"),
            card("T-4", 1, "-4.00", "Approved"),
        ],
        _ => vec![
            card("T-2", 2, "2.00", "Submitted"),
            card("T-1", 3, "1.75", "Approved"),
            card("T-5", 1, "5.00", "Approved").replace("CON", "MGR"),
        ],
    };
    world.cards(&rows.iter().map(String::as_str).collect::<Vec<_>>());
}

pub fn end(world: &World) -> End {
    let mut report = world.run();
    let reconciled = report.totals.reconciled;
    for sync in &mut report.syncs {
        sync.accounts.unchanged = 0;
    }
    End {
        costs: world.costs(),
        costs_eu: if world.target != syncline_runtime::ConnectorKind::Sqlite || world.path("erp_eu.db").exists() {
            world.costs_in("erp_eu").len()
        } else {
            0
        },
        accounts: report.syncs.into_iter().map(|sync| sync.accounts).collect(),
        reconciled,
        reasons: world.reasons(),
    }
}

pub fn undisturbed(world: &World) -> End {
    for number in 0..3 {
        day(world, number);
        world.run();
    }
    end(world)
}

fn small_batches() -> World {
    let mut world = World::new();
    world.options.batch = 2;
    world
}

/// What an undisturbed business comes to, whatever its ERP is.
pub fn expected() -> End {
    let end = undisturbed(&small_batches());
    // By hand: T-1 three generations, T-2 reversed, T-3 once, T-4 quarantined, T-5 waits for a rate.
    let keys: Vec<_> = end.costs.iter().map(|line| line.0.as_str()).collect();
    assert_eq!(keys, ["T-1", "T-1/1r", "T-1/2", "T-1/2r", "T-1/3", "T-2", "T-2/1r", "T-3"]);
    let time = end.accounts.last().unwrap();
    assert_eq!(
        (time.posted, time.superseded, time.excluded, time.quarantined, time.waiting, time.duplicate),
        (2, 4, 1, 1, 1, 1)
    );
    end
}

#[test]
fn a_run_killed_at_any_point_of_any_day_ends_like_one_that_was_not() {
    let expected = expected();
    let mut killed = 0;
    for point in POINTS {
        let mut passed = 0;
        for number in 0..3 {
            for passing in 1.. {
                let mut world = small_batches();
                for before in 0..number {
                    day(&world, before);
                    world.run();
                }
                day(&world, number);
                let kill = Kill { point, passing };
                if !world.killed_at(&kill) {
                    break;
                }
                passed += 1;
                world.run();
                for after in number + 1..3 {
                    day(&world, after);
                    world.run();
                }
                assert_eq!(end(&world), expected, "{kill} on day {number}");
            }
        }
        // Recovery has nothing to do in these runs; see below.
        assert!(passed > 0 || point.starts_with("recover"), "{point} is never passed");
        killed += passed;
    }
    assert!(killed > 60, "{killed}");
}

#[test]
fn a_run_killed_twice_in_its_recovery_ends_well_too() {
    let expected = expected();
    let mut killed = 0;
    for first in ["posting.after-intent", "posting.between-calls", "posting.after-call", "correct.after-reversal"] {
        for second in ["recover.after-call", "recover.after-outcome", "posting.between-calls"] {
            let mut world = small_batches();
            day(&world, 0);
            world.run();
            day(&world, 1);
            assert!(world.killed_at(&Kill { point: first, passing: 1 }), "{first}");
            let kill = Kill { point: second, passing: 1 };
            killed += u32::from(world.killed_at(&kill));
            world.run();
            day(&world, 2);
            world.run();
            assert_eq!(end(&world), expected, "{first}, then {kill}");
        }
    }
    assert!(killed >= 8, "{killed}");
}

#[test]
fn targets_that_are_searched_recover_without_idempotency_keys() {
    let expected = expected();
    for point in [
        "posting.after-intent",
        "posting.between-calls",
        "posting.after-call",
        "posting.after-outcome",
        "correct.after-reversal",
    ] {
        for number in 0..3 {
            let mut world = World::with(|plan| erp_entity(plan).idempotency = None);
            world.options.batch = 2;
            for before in 0..number {
                day(&world, before);
                world.run();
            }
            day(&world, number);
            world.killed_at(&Kill { point, passing: 1 });
            world.run();
            for after in number + 1..3 {
                day(&world, after);
                world.run();
            }
            assert_eq!(end(&world), expected, "{point} on day {number}");
        }
    }
}

#[test]
fn past_the_life_of_a_key_the_target_is_searched() {
    let mut world = World::new();
    day(&world, 0);
    assert!(world.killed_at(&Kill { point: "posting.after-call", passing: 1 }));
    // Two days later the target has forgotten the keys, as its next call shows.
    let report = world.run_at("2026-08-02T10:00:01Z");
    assert_eq!((time(&report).accounts.posted, time(&report).this_run.posted, world.costs().len()), (2, 2, 2));
    assert_eq!(time(&report).reconciled, Some(true));
}

#[test]
fn a_target_that_can_say_nothing_leaves_the_outcome_unknown() {
    let mut world = World::with(|plan| {
        erp_entity(plan).idempotency = None;
        erp_entity(plan).find_by = None;
    });
    day(&world, 0);
    assert!(world.killed_at(&Kill { point: "posting.after-call", passing: 1 }));
    let report = world.run();
    assert_eq!(time(&report).accounts.reasons, [("outcome-unknown".to_owned(), 2)].into());
    // Nothing is posted twice; that the ledger does not know what the target has is said.
    assert_eq!((world.costs().len(), time(&report).accounts.posted, time(&report).reconciled), (2, 0, Some(false)));
    day(&world, 1);
    world.run();
    assert_eq!(world.costs().len(), 3);
}

#[test]
fn a_line_somebody_else_wrote_under_the_key_is_not_taken_for_ours() {
    let mut world = World::with(|plan| erp_entity(plan).idempotency = None);
    day(&world, 0);
    assert!(world.killed_at(&Kill { point: "posting.after-call", passing: 1 }));
    world.erp("UPDATE project_cost SET amount = '1.0000' WHERE external_id = 'T-1'");
    let report = world.run();
    assert_eq!(time(&report).accounts.reasons, [("stored-differently".to_owned(), 1)].into());
    world.erp("UPDATE project_cost SET amount = '100.0000' WHERE external_id = 'T-1'");
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, world.costs().len(), time(&report).reconciled), (2, 2, Some(true)));
}

#[test]
fn overwriting_targets_recover_by_writing_again() {
    let overwriting = || World::with(|plan| time_sync(plan).correct = Some(syncline_ir::Correction::Overwrite));
    let expected = undisturbed(&overwriting());
    for point in ["posting.after-intent", "posting.between-calls", "posting.after-call"] {
        for number in 0..3 {
            let mut world = overwriting();
            for before in 0..number {
                day(&world, before);
                world.run();
            }
            day(&world, number);
            world.killed_at(&Kill { point, passing: 1 });
            world.run();
            for after in number + 1..3 {
                day(&world, after);
                world.run();
            }
            assert_eq!(end(&world), expected, "{point} on day {number}");
        }
    }
}

const CHILD: &str = "SYNCLINE_TEST_CHILD";

/// Not a test of its own: what the test below starts as another process.
#[test]
fn child_that_is_killed() {
    let Ok(job) = std::env::var(CHILD) else { return };
    let (folder, kill) = job.split_once('|').unwrap();
    let mut world = World::new();
    world.options.base_dir = folder.into();
    world.options.batch = 2;
    world.options.kill = Some(Trap::new(kill.parse().unwrap(), Manner::Abort));
    run(&world.plan, &world.profile(), &world.options, &mut Quiet).unwrap();
}

#[test]
fn a_process_that_dies_leaves_a_hub_that_goes_on() {
    let expected = expected();
    for point in [
        "target.after-init",
        "capture.after-read",
        "map.before-commit",
        "posting.after-intent",
        "posting.between-calls",
        "posting.after-call",
    ] {
        let world = small_batches();
        day(&world, 0);
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "recovery::child_that_is_killed"])
            .env(CHILD, format!("{}|{point}#1", world.folder.path().display()))
            .output()
            .unwrap();
        assert!(!child.status.success(), "{point}: {child:?}");
        // The dead process holds no lock.
        world.run();
        for after in 1..3 {
            day(&world, after);
            world.run();
        }
        assert_eq!(end(&world), expected, "{point}");
    }
}
