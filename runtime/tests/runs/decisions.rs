//! What people decide about exceptions, and what runs make of it.

use crate::build::*;
use crate::world::*;
use syncline_ir::*;
use syncline_runtime::kill::Kill;
use syncline_runtime::{Decision, Happening, Kept, Resolution, RuntimeError, decide, history, verify_audit};

const T1: &str = "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z";
const NEGATIVE: &str = "T-1,2,p1,CON,2026-07-15,-2.00,Approved,,2026-07-15T19:00:00Z";

fn try_decide(world: &World, key: &str, resolution: Resolution) -> Result<Kept, RuntimeError> {
    let decision =
        Decision { key, sync: None, version: None, resolution, by: "ana", why: "as agreed", at: world.options.at };
    let kept = decide(&world.path("hub/hub.db"), &decision);
    assert_eq!(verify_audit(&world.path("hub/hub.db"), None).unwrap().findings, Vec::<String>::new());
    kept
}

fn decided(world: &World, key: &str, resolution: Resolution) -> Kept {
    try_decide(world, key, resolution).unwrap()
}

fn refusal(world: &World, key: &str, resolution: Resolution) -> String {
    try_decide(world, key, resolution).unwrap_err().to_string()
}

fn asking() -> World {
    let world = World::with(|plan| {
        let policies = &mut time_sync(plan).on_change;
        policies.retain(|policy| policy.object.is_none());
        let action = Change::Ask("finance_desk".to_owned());
        policies.push(ChangePolicy { object: Some("RateCard".to_owned()), action });
    });
    world.cards(&[T1]);
    world.run();
    world.rates(&["p1,CON,2,120.00,USD"]);
    world.run();
    assert_eq!(world.reasons(), [("T-1".to_owned(), Some("1".to_owned()), vec!["dependency-changed".to_owned()])]);
    world
}

#[test]
fn a_released_question_is_a_correction() {
    let world = asking();
    let kept = decided(&world, "T-1", Resolution::Release);
    assert_eq!(
        (kept.sync.as_str(), kept.reason.as_str(), kept.awaits_run),
        ("ApprovedTime", "dependency-changed", true)
    );
    let waiting = world.exceptions()[0].decided.clone().unwrap();
    assert_eq!(
        (waiting.resolution.as_str(), waiting.by.as_str(), waiting.why.as_str()),
        ("release", "ana", "as agreed")
    );
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
    assert_eq!((world.reasons(), time(&report).reconciled), (vec![], Some(true)));
    assert_eq!(time(&world.run()).this_run.posted, 0);
}

#[test]
fn a_decision_holds_for_the_question_it_answers() {
    let world = asking();
    decided(&world, "T-1", Resolution::Release);
    // The rate changes again before the run: 7.50 h x 130.00 = 975.00 is another question.
    world.rates(&["p1,CON,3,130.00,USD"]);
    world.run();
    assert_eq!(world.costs().len(), 1);
    let open = &world.exceptions()[0];
    assert_eq!(open.reasons[0].message, "`RateCard` changed: `amount` would be 975.0000 USD, posted is 750.0000 USD");
    assert_eq!(open.decided, None);
}

#[test]
fn a_dismissed_question_keeps_the_line_until_something_else_changes() {
    let world = asking();
    decided(&world, "T-1", Resolution::Dismiss);
    let report = world.run();
    assert_eq!((world.costs().len(), world.reasons(), time(&report).accounts.stale), (1, vec![], 0));
    // Not asked again, however often it is looked at and whatever else changes.
    world.rates(&["p1,CON,2,120.00,USD", "p1,MGR,1,1.00,USD"]);
    world.run();
    assert_eq!(world.reasons(), []);
    world.rates(&["p1,CON,3,130.00,USD"]);
    world.run();
    assert_eq!(world.reasons().len(), 1);
}

#[test]
fn a_decision_can_be_taken_back_until_it_is_carried_out() {
    let world = asking();
    decided(&world, "T-1", Resolution::Release);
    decided(&world, "T-1", Resolution::Reopen);
    world.run();
    assert_eq!((world.costs().len(), world.reasons().len()), (1, 1));
    assert_eq!(refusal(&world, "T-1", Resolution::Reopen), "`T-1` has no decision to take back");
}

#[test]
fn another_plan_is_asked_about_and_decided_alike() {
    for (resolution, lines) in [(Resolution::Release, 3), (Resolution::Dismiss, 1)] {
        let mut world = World::with(|plan| {
            let policies = &mut time_sync(plan).on_change;
            policies.retain(|policy| policy.object.is_some());
            policies.push(ChangePolicy { object: None, action: Change::Ask("finance_desk".to_owned()) });
        });
        world.cards(&[T1]);
        world.run();
        world.change_plan(|plan| {
            // The code of the project instead of a note.
            let assignments = &mut map_of(plan, "TimeEntry -> erp.project_cost").assignments;
            let note = assignments.iter_mut().find(|assignment| assignment.field == "note").unwrap();
            note.value = follow(project_of_entry(), "Project", "code", text(16));
        });
        world.run();
        assert_eq!((world.costs().len(), world.reasons().len()), (1, 1));
        decided(&world, "T-1", resolution);
        let report = world.run();
        assert_eq!((world.costs().len(), world.reasons(), time(&report).reconciled), (lines, vec![], Some(true)));
    }
}

#[test]
fn a_dismissed_row_is_set_aside_and_counted() {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    world.cards(&[NEGATIVE]);
    world.run();
    let kept = decided(&world, "T-1", Resolution::Dismiss);
    assert_eq!((kept.version.as_deref(), kept.awaits_run), (Some("2"), false));
    assert_eq!(world.reasons(), []);
    let report = world.run();
    let accounts = &time(&report).accounts;
    assert_eq!((accounts.captured, accounts.posted, accounts.dismissed, accounts.stale), (2, 1, 1, 0));
    assert_eq!((time(&report).this_run.unchanged, time(&report).reconciled), (1, Some(true)));
    // What comes later is judged; what was set aside stays where it is.
    world.cards(&["T-1,3,p1,CON,2026-07-15,2.00,Approved,,2026-07-15T20:00:00Z"]);
    let report = world.run();
    let accounts = &time(&report).accounts;
    assert_eq!((accounts.posted, accounts.superseded, accounts.dismissed), (1, 1, 1));
    assert_eq!(world.costs()[2], line("T-1/2", "2.00", "200.0000", None));
}

#[test]
fn a_dismissed_row_comes_back_when_it_is_reopened() {
    let world = World::new();
    world.cards(&["T-1,1,p1,CON,2026-07-15,-2.00,Approved,,2026-07-15T19:00:00Z"]);
    world.run();
    decided(&world, "T-1", Resolution::Dismiss);
    world.run();
    assert_eq!(decided(&world, "T-1", Resolution::Reopen).reason, "implausible_hours");
    let report = world.run();
    let accounts = &time(&report).accounts;
    assert_eq!((accounts.quarantined, accounts.dismissed, world.reasons().len()), (1, 0, 1));
}

#[test]
fn rows_without_key_and_conflicts_can_be_dismissed() {
    let world = World::new();
    world.cards(&["only,three,cells", T1, "T-1,1,p1,CON,2026-07-15,9.00,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    assert_eq!(time(&report).accounts.quarantined, 2);
    for (key, ..) in world.reasons() {
        decided(&world, &key, Resolution::Dismiss);
    }
    let report = world.run();
    let accounts = &time(&report).accounts;
    assert_eq!((accounts.posted, accounts.quarantined, accounts.dismissed, world.reasons()), (1, 0, 2, vec![]));
    assert_eq!(decided(&world, "T-1", Resolution::Reopen).reason, "key-conflict");
    let report = world.run();
    assert_eq!((time(&report).accounts.quarantined, time(&report).accounts.dismissed), (1, 1));
}

#[test]
fn a_held_record_is_reversed_or_kept() {
    for (resolution, lines, excluded, dismissed) in [(Resolution::Release, 2, 1, 0), (Resolution::Dismiss, 1, 0, 1)] {
        let world = World::with(|plan| time_sync(plan).leave = Some(Leave::Hold("finance_desk".to_owned())));
        world.cards(&[T1]);
        world.run();
        world.cards(&["T-1,2,p1,CON,2026-07-15,7.50,Submitted,,2026-07-15T19:00:00Z"]);
        world.run();
        decided(&world, "T-1", resolution);
        let report = world.run();
        let accounts = &time(&report).accounts;
        assert_eq!(
            (world.costs().len(), accounts.excluded, accounts.dismissed, world.reasons(), time(&report).reconciled),
            (lines, excluded, dismissed, vec![], Some(true)),
            "{resolution:?}"
        );
        assert_eq!(time(&world.run()).this_run.reversed, 0);
    }
}

#[test]
fn a_call_without_an_answer_gets_the_one_somebody_looked_up() {
    for (resolution, lines) in [(Resolution::Posted, 1), (Resolution::NotPosted, 1)] {
        let mut world = World::with(|plan| {
            erp_entity(plan).idempotency = None;
            erp_entity(plan).find_by = None;
        });
        world.cards(&[T1]);
        // Killed before or after the call: nobody can tell which.
        let point = if resolution == Resolution::Posted { "posting.after-call" } else { "posting.after-intent" };
        assert!(world.killed_at(&Kill { point, passing: 1 }));
        world.run();
        assert_eq!(world.reasons()[0].2, ["outcome-unknown"]);
        assert!(refusal(&world, "T-1", Resolution::Dismiss).contains("waits for the outcome of a call"));
        decided(&world, "T-1", resolution);
        let report = world.run();
        assert_eq!(
            (world.costs().len(), time(&report).accounts.posted, world.reasons(), time(&report).reconciled),
            (lines, 1, vec![], Some(true)),
            "{resolution:?}"
        );
    }
}

#[test]
fn what_cannot_be_decided_says_why() {
    let world = World::new();
    world.cards(&["T-1,1,p1,CON,2026-07-15,-2.00,Approved,,2026-07-15T19:00:00Z"]);
    world.run();
    assert_eq!(
        refusal(&world, "T-1", Resolution::Release),
        "`T-1` is not held back: it fails for `implausible_hours`, and every run tries it again"
    );
    assert_eq!(refusal(&world, "T-9", Resolution::Dismiss), "`T-9` has no such open exception");
    assert!(refusal(&world, "T-1", Resolution::Posted).contains("no call without an answer"));
    world.cards(&[
        "T-1,1,p1,CON,2026-07-15,-2.00,Approved,,2026-07-15T19:00:00Z",
        "T-1,2,p1,CON,2026-07-15,-3.00,Approved,,2026-07-15T19:30:00Z",
    ]);
    world.run();
    assert_eq!(
        refusal(&world, "T-1", Resolution::Dismiss),
        "`T-1` has 2 exceptions: `ApprovedTime` version 1 (implausible_hours), `ApprovedTime` version 2 (implausible_hours)"
    );
    // Nothing of all this was kept.
    assert!(
        history(&world.path("hub/hub.db"), "T-1")
            .unwrap()
            .iter()
            .all(|event| !matches!(event.what, Happening::Decided { .. }))
    );
}

#[test]
fn the_history_says_who_decided() {
    let world = asking();
    decided(&world, "T-1", Resolution::Release);
    world.run();
    let events = history(&world.path("hub/hub.db"), "T-1").unwrap();
    let said = events.iter().find_map(|event| match &event.what {
        Happening::Decided { resolution, by, why, .. } => Some((resolution.as_str(), by.as_str(), why.as_str())),
        _ => None,
    });
    assert_eq!(said, Some(("release", "ana", "as agreed")));
}
