//! Records that are deleted where they come from.

use crate::build::*;
use crate::world::*;
use syncline_ir::*;
use syncline_runtime::kill::Kill;
use syncline_runtime::{Decision, Happening, Resolution, decide, history};

fn entity_named<'a>(plan: &'a mut Plan, name: &str) -> &'a mut Entity {
    let psa = plan.systems.iter_mut().find(|system| system.name == "psa").unwrap();
    psa.entities.iter_mut().find(|entity| entity.name == name).unwrap()
}

/// A card whose note says so is deleted.
fn said() -> World {
    World::with(|plan| {
        let says = equal(may_be_null(read("note", text(20))), constant(text(20), Literal::Text("deleted".to_owned())));
        let condition_text = "note == \"deleted\"".to_owned();
        entity_named(plan, "timecard").deletion = Some(Deletion::When { condition: says, condition_text });
    })
}

/// A card that a complete extract, read once a day, does not have is deleted.
fn by_absence(at_most: &str) -> World {
    World::with(|plan| {
        let card = entity_named(plan, "timecard");
        card.full_every = Some(86_400);
        card.deletion = Some(Deletion::Absence { at_most: at_most.to_owned(), hold: "finance_desk".to_owned() });
    })
}

fn card(key: &str, version: u32, note: &str) -> String {
    format!("{key},{version},p1,CON,2026-07-15,1.00,Approved,{note},2026-07-15T18:00:00Z")
}

fn three(world: &World) {
    world.cards(&[&card("T-1", 1, ""), &card("T-2", 1, ""), &card("T-3", 1, "")]);
}

fn lines(world: &World) -> Vec<String> {
    world.costs().into_iter().map(|line| line.0).collect()
}

fn accounts(report: &syncline_runtime::RunReport) -> (u64, u64, u64) {
    let accounts = &time(report).accounts;
    (accounts.posted, accounts.excluded, accounts.quarantined)
}

#[test]
fn a_row_that_says_deleted_takes_its_line_back_until_a_newer_one() {
    let world = said();
    world.cards(&[&card("T-1", 1, "")]);
    world.run();
    world.cards(&[&card("T-1", 2, "deleted")]);
    let report = world.run();
    assert_eq!((lines(&world), accounts(&report)), (vec!["T-1".to_owned(), "T-1/1r".to_owned()], (0, 1, 0)));
    assert_eq!((time(&report).accounts.superseded, time(&report).reconciled), (1, Some(true)));
    world.cards(&[&card("T-1", 3, "")]);
    let report = world.run();
    assert_eq!((lines(&world).len(), accounts(&report), time(&report).reconciled), (3, (1, 0, 0), Some(true)));
}

#[test]
fn a_record_nobody_knew_is_not_deleted_and_an_old_version_of_a_deleted_one_stays_out() {
    let world = said();
    world.cards(&[&card("T-1", 2, "deleted")]);
    let report = world.run();
    assert_eq!((lines(&world).len(), accounts(&report)), (0, (0, 1, 0)));
    world.cards(&[&card("T-1", 1, "")]);
    let report = world.run();
    assert_eq!((lines(&world).len(), time(&report).accounts.superseded), (0, 1));
}

#[test]
fn a_deleted_row_needs_no_other_values() {
    let world = said();
    world.cards(&[&card("T-1", 1, "")]);
    world.run();
    // Neither hours nor status: of a deleted row only key and version are read.
    world.cards(&["T-1,2,,,,,,deleted,2026-07-15T18:00:00Z"]);
    assert_eq!(accounts(&world.run()), (0, 1, 0));
}

#[test]
fn another_plan_may_see_a_deletion() {
    let mut world = World::new();
    world.cards(&[&card("T-1", 1, "deleted")]);
    world.run();
    assert_eq!(lines(&world).len(), 1);
    world.plan = said().plan;
    let report = world.run();
    assert_eq!((lines(&world).len(), accounts(&report), time(&report).reconciled), (2, (0, 1, 0), Some(true)));
}

#[test]
fn only_a_complete_extract_shows_that_a_row_is_missing() {
    let mut world = by_absence("50");
    three(&world);
    world.run();
    // T-3 is not there; an hour later only what has changed is read, which proves nothing.
    world.cards(&[&card("T-1", 1, ""), &card("T-2", 1, "")]);
    assert_eq!(accounts(&world.run_at("2026-07-31T11:00:00Z")), (3, 0, 0));
    let report = world.run_at("2026-08-01T10:00:00Z");
    assert_eq!(
        (accounts(&report), time(&report).this_run.reversed, time(&report).reconciled),
        ((2, 1, 0), 1, Some(true))
    );
    assert_eq!(lines(&world), ["T-1", "T-2", "T-3", "T-3/1r"]);
    let events = history(&world.path("hub/hub.db"), "T-3").unwrap();
    assert!(events.iter().any(|event| event.what == Happening::Missing { state: "deleted" }), "{events:?}");
    // It is there again, as it was: posted anew.
    three(&world);
    let report = world.run_at("2026-08-01T11:00:00Z");
    assert_eq!((accounts(&report), lines(&world).len(), time(&report).reconciled), ((3, 0, 0), 5, Some(true)));
}

fn decided(world: &World, key: &str, resolution: Resolution) {
    let (by, why, at) = ("ana", "looked it up", world.options.at);
    decide(&world.path("hub/hub.db"), &Decision { key, sync: None, version: None, resolution, by, why, at }).unwrap();
}

/// Two of three are missing, where half may be.
fn truncated() -> World {
    let mut world = by_absence("50");
    three(&world);
    world.run();
    world.cards(&[&card("T-1", 1, "")]);
    let report = world.run_at("2026-08-01T10:00:00Z");
    assert_eq!((accounts(&report), lines(&world).len(), time(&report).reconciled), ((3, 0, 0), 3, Some(true)));
    let exceptions = world.exceptions();
    assert_eq!(
        (
            exceptions.len(),
            exceptions[0].key.as_str(),
            exceptions[0].queue.as_str(),
            exceptions[0].reasons[0].message.as_str()
        ),
        (1, "T-2", "finance_desk", "2 of 3 records are missing from the extract, more than 50%: `T-2`, `T-3`")
    );
    assert_eq!(exceptions[0].reason, "extract-incomplete");
    world
}

#[test]
fn an_extract_that_lacks_too_much_deletes_nothing_and_asks() {
    let mut world = truncated();
    // The extract is whole again: the question is gone, and nothing was deleted.
    three(&world);
    let report = world.run_at("2026-08-02T10:00:00Z");
    assert_eq!((accounts(&report), world.reasons(), lines(&world).len()), ((3, 0, 0), vec![], 3));
}

#[test]
fn what_was_asked_about_is_deleted_when_released() {
    let mut world = truncated();
    decided(&world, "T-2", Resolution::Release);
    // Between two complete extracts nothing is missing.
    assert_eq!(accounts(&world.run_at("2026-08-01T11:00:00Z")), (3, 0, 0));
    let report = world.run_at("2026-08-02T10:00:00Z");
    assert_eq!((accounts(&report), world.reasons(), time(&report).reconciled), ((1, 2, 0), vec![], Some(true)));
    assert_eq!(lines(&world).len(), 5);
}

#[test]
fn a_release_covers_only_what_was_asked_about() {
    let mut world = truncated();
    decided(&world, "T-2", Resolution::Release);
    world.cards(&[]);
    // T-2 and T-3 go; T-1 is all that is left, and is missing: another question.
    let report = world.run_at("2026-08-02T10:00:00Z");
    assert_eq!((accounts(&report), world.exceptions().len()), ((1, 2, 0), 1));
    assert_eq!(
        world.exceptions()[0].reasons[0].message,
        "1 of 1 record is missing from the extract, more than 50%: `T-1`"
    );
}

#[test]
fn what_was_asked_about_stays_when_dismissed() {
    let mut world = truncated();
    decided(&world, "T-2", Resolution::Dismiss);
    for day in ["2026-08-02T10:00:00Z", "2026-08-03T10:00:00Z"] {
        let report = world.run_at(day);
        assert_eq!((accounts(&report), world.reasons(), lines(&world).len()), ((3, 0, 0), vec![], 3), "{day}");
    }
}

#[test]
fn what_is_deleted_is_not_missing_again() {
    let mut world = by_absence("50");
    three(&world);
    world.run();
    world.cards(&[&card("T-1", 1, ""), &card("T-2", 1, "")]);
    world.run_at("2026-08-01T10:00:00Z");
    // One of the two that are left: half, where half may be. With T-3 it would be two of three.
    world.cards(&[&card("T-1", 1, "")]);
    let report = world.run_at("2026-08-02T10:00:00Z");
    assert_eq!((accounts(&report), world.reasons()), ((1, 2, 0), vec![]));
}

#[test]
fn a_row_that_cannot_be_read_may_be_the_missing_one() {
    let mut world = by_absence("50");
    three(&world);
    world.run();
    world.cards(&[&card("T-1", 1, ""), &card("T-2", 1, ""), "T-3,1,p1"]);
    let report = world.run_at("2026-08-01T10:00:00Z");
    assert_eq!((accounts(&report), lines(&world).len()), ((3, 0, 1), 3));
}

/// T-1 is posted on a project that is deleted since.
fn without_projects() -> World {
    let world = World::with(|plan| {
        entity_named(plan, "project").deletion =
            Some(Deletion::Absence { at_most: "100".to_owned(), hold: "finance_desk".to_owned() });
    });
    world.cards(&[&card("T-1", 1, "")]);
    world.run();
    world.projects(&[]);
    world
}

#[test]
fn another_plan_does_not_bring_a_deleted_master_back() {
    let mut world = without_projects();
    world.run();
    world.change_plan(|plan| {
        let map = map_of(plan, "psa.project -> Project");
        let found = map.assignments.iter_mut().find(|assignment| assignment.field == "state").unwrap();
        found.value = state("ProjectState", "closed");
    });
    world.cards(&[&card("T-2", 1, "")]);
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.waiting), (1, 1));
}

#[test]
fn a_deleted_master_is_found_by_nothing_new_and_kept_by_what_is_posted() {
    let world = without_projects();
    world.cards(&[&card("T-2", 1, "")]);
    let report = world.run();
    // T-1 stays; T-2 finds no project.
    assert_eq!((lines(&world), time(&report).reconciled), (vec!["T-1".to_owned()], Some(true)));
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.waiting), (1, 1));
    world.projects(&["p1,1,P-1,Open,USD"]);
    let report = world.run();
    assert_eq!((lines(&world), accounts(&report)), (vec!["T-1".to_owned(), "T-2".to_owned()], (2, 0, 0)));
}

#[test]
fn a_killed_capture_deletes_once() {
    for point in ["capture.after-read", "capture.after-commit", "posting.after-call"] {
        let mut world = by_absence("50");
        three(&world);
        world.run();
        world.cards(&[&card("T-1", 1, ""), &card("T-2", 1, "")]);
        world.options.at = "2026-08-01T10:00:00Z".parse().unwrap();
        for passing in 1..4 {
            world.killed_at(&Kill { point, passing });
        }
        let report = world.run();
        assert_eq!((accounts(&report), time(&report).reconciled), ((2, 1, 0), Some(true)), "{point}");
        assert_eq!(lines(&world), ["T-1", "T-2", "T-3", "T-3/1r"], "{point}");
    }
}
