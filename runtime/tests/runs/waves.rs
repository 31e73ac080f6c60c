//! Waves: what is not enabled rests, and begins as if it had never run.

use crate::world::*;
use syncline_ir::{Plan, Wave};
use syncline_runtime::{Passes, RuntimeError, status};

fn wave(name: &str, after: &[&str], syncs: &[&str]) -> Wave {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Wave { name: name.to_owned(), after: owned(after), syncs: owned(syncs), doc: None, at: String::new() }
}

/// Time is posted in a second wave; all other syncs are in the first.
fn two_waves(plan: &mut Plan) {
    let masters: Vec<&str> =
        plan.syncs.iter().map(|sync| sync.name.as_str()).filter(|name| *name != "ApprovedTime").collect();
    let waves = vec![wave("masters", &[], &masters), wave("posting", &["masters"], &["ApprovedTime"])];
    plan.waves = waves;
}

fn world(enabled: Option<&[&str]>) -> World {
    let mut world = World::with(two_waves);
    world.waves = enabled.map(|waves| waves.iter().map(|wave| (*wave).to_owned()).collect());
    world.cards(&["T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z"]);
    world
}

fn enable(world: &mut World, waves: &[&str]) {
    world.waves = Some(waves.iter().map(|wave| (*wave).to_owned()).collect());
}

/// Who rests, of the syncs that can.
fn resting(report: &syncline_runtime::RunReport) -> Vec<(&str, &str)> {
    let resting = report.syncs.iter().filter_map(|sync| Some((sync.name.as_str(), sync.resting.as_deref()?)));
    resting.collect()
}

#[test]
fn a_sync_whose_wave_is_not_enabled_reads_and_posts_nothing() {
    let mut world = world(Some(&["masters"]));
    // Its systems need not even be there.
    world.set_away("psa/timecard.csv");
    let report = world.run();
    assert_eq!(resting(&report), [("ApprovedTime", "posting")]);
    assert_eq!((time(&report).accounts.captured, time(&report).this_run.read), (0, 0));
    assert!(sync_of(&report, "Projects").accounts.captured > 0);
    assert!(!world.path("erp.db").exists());
    let stands = status(&world.path("hub/hub.db")).unwrap();
    let of = |name: &str| stands.syncs.iter().find(|sync| sync.name == name).unwrap().resting.clone();
    assert_eq!((of("ApprovedTime").as_deref(), of("Projects")), (Some("posting"), None));
    world.cards(&["T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z"]);
    // 7.50 hours at 100.00.
    enable(&mut world, &["masters", "posting"]);
    let report = world.run();
    assert_eq!(resting(&report), []);
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    let stands = status(&world.path("hub/hub.db")).unwrap();
    assert!(stands.syncs.iter().all(|sync| sync.resting.is_none()));
}

#[test]
fn all_waves_are_enabled_unless_the_profile_says_which() {
    let report = world(None).run();
    assert_eq!((resting(&report), time(&report).accounts.posted), (vec![], 1));
    let mut rests = world(Some(&[]));
    let report = rests.run();
    assert_eq!(report.syncs.iter().filter(|sync| sync.resting.is_none()).count(), 0);
    assert_eq!(report.totals.this_run.read, 0);
    // Nothing is due any more: whoever watches waits for nothing.
    assert_eq!(report.next, None);
    rests.options.passes = Passes::Due;
    assert_eq!(rests.run().next, None);
}

#[test]
fn what_was_posted_stays_while_the_wave_rests() {
    let mut world = world(None);
    world.run();
    enable(&mut world, &["masters"]);
    // Rejected now, which would be reversed.
    world.cards(&["T-1,2,p1,CON,2026-07-15,7.50,Rejected,,2026-07-16T18:00:00Z"]);
    for passes in [Passes::All, Passes::Due, Passes::Replay, Passes::Reconcile] {
        world.options.passes = passes;
        let report = world.run();
        assert_eq!((resting(&report), time(&report).accounts.posted), (vec![("ApprovedTime", "posting")], 1));
        assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
        // Nobody has compared it, so nobody says that it agrees.
        assert_eq!((time(&report).reconciled, time(&report).reconciliation.len()), (None, 0));
    }
    world.options.passes = Passes::All;
    enable(&mut world, &["masters", "posting"]);
    world.run();
    assert_eq!(
        world.costs(),
        [line("T-1", "7.50", "750.0000", None), line("T-1/1r", "-7.50", "-750.0000", Some("T-1"))]
    );
}

#[test]
fn a_call_without_an_answer_is_asked_about_when_the_wave_is_enabled_again() {
    let mut world = world(None);
    let kill = "posting.after-call".parse().unwrap();
    assert!(world.killed_at(&kill));
    enable(&mut world, &["masters"]);
    let open = |world: &World| -> u64 {
        world.hub().query_row("SELECT count(*) FROM posting WHERE state = 'intent'", [], |row| row.get(0)).unwrap()
    };
    world.try_run().unwrap();
    assert_eq!(open(&world), 1);
    enable(&mut world, &["masters", "posting"]);
    world.run();
    assert_eq!(open(&world), 0);
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
}

#[test]
fn a_profile_that_does_not_fit_the_plan_is_refused_before_anything_is_read() {
    for (waves, expected) in [
        (
            ["posting"],
            "the plan cannot be run: the profile enables wave `posting` and not `masters`, which begins before it",
        ),
        (["mastres"], "the plan cannot be run: the profile enables wave `mastres`, which the plan does not have"),
    ] {
        let world = world(Some(&waves));
        match world.try_run() {
            Err(error @ RuntimeError::Plan { .. }) => assert_eq!(error.to_string(), expected),
            other => panic!("{other:?}"),
        }
        assert!(!world.path("hub/hub.db").exists());
    }
}
