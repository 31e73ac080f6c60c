//! Corrections by delta: a line with the difference, and a pair of lines where no line can be one.
//!
//! The rate is 100.00 an hour, so each amount is a hundred times its hours. The lines of a card add up to its newest image.

use crate::world::*;
use syncline_ir::*;
use syncline_runtime::kill::{Kill, POINTS};
use syncline_runtime::{Accounts, Quiet, preview};

fn card(version: u32, hours: &str) -> String {
    with_note(version, hours, "Approved", "")
}

fn with_note(version: u32, hours: &str, status: &str, note: &str) -> String {
    format!("T-1,{version},p1,CON,2026-07-15,{hours},{status},{note},2026-07-15T18:00:00Z")
}

/// The business, corrected by delta; any hours are good.
fn deltas() -> World {
    World::with(|plan| {
        time_sync(plan).correct = Some(Correction::Delta);
        map_of(plan, "psa.timecard -> TimeEntry").requires.clear();
    })
}

fn after(world: &World, row: &str) -> syncline_runtime::RunReport {
    world.cards(&[row]);
    let report = world.run();
    assert_eq!(time(&report).reconciled, Some(true), "{row}");
    report
}

#[test]
fn each_correction_is_the_difference_to_what_is_posted() {
    let world = deltas();
    after(&world, &card(1, "7.50"));
    // 6.00 - 7.50, 9.25 - 6.00, 9.00 - 9.25: together 9.00. The new rate is for cards nobody posted before.
    world.rates(&["p1,CON,2,120.00,USD"]);
    let report = after(&world, &card(2, "6.00"));
    assert_eq!((time(&report).this_run.posted, time(&report).this_run.reversed), (1, 0));
    after(&world, &card(3, "9.25"));
    let report = after(&world, &card(4, "9.00"));
    let lines = [
        line("T-1", "7.50", "750.0000", None),
        line("T-1/2", "-1.50", "-150.0000", None),
        line("T-1/3", "3.25", "325.0000", None),
        line("T-1/4", "-0.25", "-25.0000", None),
    ];
    assert_eq!(world.costs(), lines);
    let Accounts { posted, superseded, corrected, .. } = time(&report).accounts;
    assert_eq!((posted, superseded, corrected), (1, 3, 1));
    let reconciled = &time(&report).reconciliation;
    let sides: Vec<_> = reconciled.iter().map(|line| (line.ledger.as_deref(), line.target.as_deref())).collect();
    assert_eq!(sides, [(Some("1"), Some("1")), (Some("9.00"), Some("9.00")), (Some("900.0000"), Some("900.0000"))]);
    // The same hours again, and the same run again: nothing.
    after(&world, &card(5, "9.00"));
    world.run();
    assert_eq!(world.costs(), lines);
}

#[test]
fn a_correction_to_zero_leaves_a_line_that_counts() {
    let world = deltas();
    after(&world, &card(1, "7.50"));
    let report = after(&world, &card(2, "0.00"));
    assert_eq!(world.costs()[1], line("T-1/2", "-7.50", "-750.0000", None));
    assert_eq!(time(&report).accounts.posted, 1);
    after(&world, &card(3, "2.00"));
    assert_eq!(world.costs()[2], line("T-1/3", "2.00", "200.0000", None));
}

#[test]
fn what_is_not_added_up_is_taken_back_and_posted_anew() {
    let world = deltas();
    after(&world, &card(1, "7.50"));
    after(&world, &card(2, "6.00"));
    // The note is another one: the 6.00 that stand are taken back in one line, and 5.00 posted.
    let report = after(&world, &with_note(3, "5.00", "Approved", "moved"));
    assert_eq!((time(&report).this_run.posted, time(&report).this_run.reversed), (1, 1));
    let lines = [
        line("T-1", "7.50", "750.0000", None),
        line("T-1/2", "-1.50", "-150.0000", None),
        line("T-1/2r", "-6.00", "-600.0000", Some("T-1/2")),
        line("T-1/3", "5.00", "500.0000", None),
    ];
    assert_eq!(world.costs(), lines);
    // From here differences again.
    after(&world, &with_note(4, "5.25", "Approved", "moved"));
    assert_eq!(world.costs()[4], line("T-1/4", "0.25", "25.0000", None));
}

#[test]
fn another_currency_is_no_difference() {
    let world = deltas();
    world.projects(&["p1,1,P-1,Open,USD", "p2,1,P-1E,Open,EUR"]);
    world.rates(&["p1,CON,1,100.00,USD", "p2,CON,1,80.00,EUR"]);
    after(&world, &card(1, "7.50"));
    after(&world, &card(2, "6.00").replace("p1", "p2"));
    let euros = |key: &str, hours: &str, amount: &str| {
        (key.to_owned(), hours.to_owned(), amount.to_owned(), "EUR".to_owned(), None)
    };
    assert_eq!(
        world.costs(),
        [
            line("T-1", "7.50", "750.0000", None),
            line("T-1/1r", "-7.50", "-750.0000", Some("T-1")),
            euros("T-1/2", "6.00", "480.0000"),
        ]
    );
    // 80.00 EUR an hour: a quarter of an hour is 20.00.
    after(&world, &card(3, "6.25").replace("p1", "p2"));
    assert_eq!(world.costs()[3], euros("T-1/3", "0.25", "20.0000"));
}

#[test]
fn a_difference_that_has_no_room_in_its_field_is_a_pair() {
    let world = deltas();
    after(&world, &card(1, "9999.00"));
    // -9,999 less 9,999 are five digits before the point, and `hours` has four.
    after(&world, &card(2, "-9999.00"));
    assert_eq!(
        world.costs(),
        [
            line("T-1", "9999.00", "999900.0000", None),
            line("T-1/1r", "-9999.00", "-999900.0000", Some("T-1")),
            line("T-1/2", "-9999.00", "-999900.0000", None),
        ]
    );
}

#[test]
fn a_record_that_leaves_is_reversed_as_it_stands_and_comes_back_whole() {
    let world = deltas();
    after(&world, &card(1, "7.50"));
    after(&world, &card(2, "6.00"));
    let report = after(&world, &with_note(3, "6.00", "Submitted", ""));
    assert_eq!((time(&report).accounts.posted, time(&report).this_run.reversed), (0, 1));
    after(&world, &card(4, "6.00"));
    after(&world, &card(5, "6.50"));
    assert_eq!(
        world.costs(),
        [
            line("T-1", "7.50", "750.0000", None),
            line("T-1/2", "-1.50", "-150.0000", None),
            line("T-1/2r", "-6.00", "-600.0000", Some("T-1/2")),
            line("T-1/3", "6.00", "600.0000", None),
            line("T-1/4", "0.50", "50.0000", None),
        ]
    );
}

#[test]
fn a_change_of_a_rate_corrects_by_delta_too() {
    let world = deltas();
    let mut world = world;
    world.change_plan(|plan| {
        time_sync(plan).on_change.retain(|policy| policy.object.as_deref() != Some("RateCard"));
        time_sync(plan).on_change.push(ChangePolicy { object: Some("RateCard".to_owned()), action: Change::Correct });
    });
    after(&world, &card(1, "7.50"));
    world.rates(&["p1,CON,2,120.00,USD"]);
    world.run();
    // 7.50 h at 120.00 are 900.00.
    assert_eq!(world.costs()[1], line("T-1/2", "0.00", "150.0000", None));
}

#[test]
fn another_way_of_correcting_takes_over_what_stands() {
    let mut world = deltas();
    after(&world, &card(1, "7.50"));
    after(&world, &card(2, "6.00"));
    // A line among several cannot be overwritten: they are taken back, and the next line can.
    world.change_plan(|plan| time_sync(plan).correct = Some(Correction::Overwrite));
    after(&world, &card(3, "5.00"));
    after(&world, &card(4, "4.00"));
    assert_eq!(
        world.costs()[2..],
        [line("T-1/2r", "-6.00", "-600.0000", Some("T-1/2")), line("T-1/3", "4.00", "400.0000", None)]
    );
    world.change_plan(|plan| time_sync(plan).correct = Some(Correction::Delta));
    after(&world, &card(5, "4.50"));
    assert_eq!(world.costs()[4], line("T-1/4", "0.50", "50.0000", None));
    world.change_plan(|plan| time_sync(plan).correct = Some(Correction::Reversal));
    after(&world, &card(6, "1.00"));
    assert_eq!(
        world.costs()[5..],
        [line("T-1/4r", "-4.50", "-450.0000", Some("T-1/4")), line("T-1/5", "1.00", "100.0000", None)]
    );
}

#[test]
fn reconciliation_misses_a_lost_delta_and_sees_a_changed_one() {
    let world = deltas();
    after(&world, &card(1, "7.50"));
    after(&world, &card(2, "6.00"));
    world.erp("UPDATE project_cost SET hours = '-1.25' WHERE external_id = 'T-1/2'");
    assert_eq!(
        (time(&world.run()).reconciled, time(&world.run()).differing.clone()),
        (Some(false), vec!["T-1/2".to_owned()])
    );
    world.erp("UPDATE project_cost SET hours = '-1.50' WHERE external_id = 'T-1/2'");
    assert_eq!(time(&world.run()).reconciled, Some(true));
    world.erp("DELETE FROM project_cost WHERE external_id = 'T-1/2'");
    assert_eq!(
        (time(&world.run()).reconciled, time(&world.run()).differing.clone()),
        (Some(false), vec!["T-1/2".to_owned()])
    );
}

#[test]
fn a_preview_shows_the_difference() {
    let world = deltas();
    after(&world, &card(1, "7.50"));
    world.cards(&[&card(2, "6.00")]);
    let shown = preview(&world.plan, &world.profile(), &world.options, &mut Quiet).unwrap();
    let lines: Vec<_> = shown.lines.iter().map(|line| (line.action.as_str(), line.line.as_str())).collect();
    assert_eq!(lines, [("delta", "T-1/2")]);
    assert!(shown.lines[0].values.contains(&("hours".to_owned(), Some("-1.50".to_owned()))));
}

/// Four days: posted, adjusted, replaced after an adjustment, left after an adjustment.
fn day(world: &World, day: usize) {
    let row = |key: &str, version: usize, hours: &str, note: &str, status: &str| {
        format!("{key},{version},p1,CON,2026-07-15,{hours},{status},{note},2026-07-15T18:00:00Z")
    };
    let rows = match day {
        0 => vec![row("T-1", 1, "1.00", "", "Approved"), row("T-2", 1, "2.00", "", "Approved")],
        1 => vec![row("T-1", 2, "1.50", "", "Approved"), row("T-2", 2, "2.50", "", "Approved")],
        2 => vec![row("T-1", 3, "1.25", "", "Approved"), row("T-2", 3, "3.00", "moved", "Approved")],
        _ => vec![row("T-1", 4, "1.25", "", "Submitted"), row("T-2", 4, "2.75", "moved", "Approved")],
    };
    world.cards(&rows.iter().map(String::as_str).collect::<Vec<_>>());
}

fn killed_anywhere(make: impl Fn() -> World) {
    let whole = make();
    for number in 0..4 {
        day(&whole, number);
        assert_eq!(time(&whole.run()).reconciled, Some(true));
    }
    let expected = whole.costs();
    assert_eq!(
        expected,
        [
            line("T-1", "1.00", "100.0000", None),
            line("T-1/2", "0.50", "50.0000", None),
            line("T-1/3", "-0.25", "-25.0000", None),
            line("T-1/3r", "-1.25", "-125.0000", Some("T-1/3")),
            line("T-2", "2.00", "200.0000", None),
            line("T-2/2", "0.50", "50.0000", None),
            line("T-2/2r", "-2.50", "-250.0000", Some("T-2/2")),
            line("T-2/3", "3.00", "300.0000", None),
            line("T-2/4", "-0.25", "-25.0000", None),
        ]
    );
    let mut killed = 0;
    for point in POINTS.iter().copied().filter(|point| point.starts_with("posting") || point.starts_with("correct")) {
        for number in 0..4 {
            for passing in 1.. {
                let mut world = make();
                for before in 0..number {
                    day(&world, before);
                    world.run();
                }
                day(&world, number);
                if !world.killed_at(&Kill { point, passing }) {
                    break;
                }
                killed += 1;
                world.run();
                for next in number + 1..4 {
                    day(&world, next);
                    world.run();
                }
                let report = world.run();
                assert_eq!(
                    (world.costs(), time(&report).reconciled),
                    (expected.clone(), Some(true)),
                    "{point}#{passing}, day {number}"
                );
            }
        }
    }
    assert!(killed > 12, "{killed}");
}

#[test]
fn a_delta_that_was_cut_off_is_posted_once_by_its_key() {
    killed_anywhere(deltas);
}

#[test]
fn a_delta_that_was_cut_off_is_found_by_what_it_says() {
    killed_anywhere(|| {
        let mut world = deltas();
        world.change_plan(|plan| erp_entity(plan).idempotency = None);
        world
    });
}
