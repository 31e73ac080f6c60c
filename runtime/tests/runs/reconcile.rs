//! Reconciliation: what is in the target is what the ledger says, and nothing else.

use crate::world::*;
use syncline_runtime::ReconciliationLine;

const CARDS: [&str; 3] = [
    "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z",
    "T-2,1,p1,CON,2026-07-16,1.00,Approved,,2026-07-15T18:00:00Z",
    "T-3,1,p1,CON,2026-07-16,2.00,Saved,,2026-07-15T18:00:00Z",
];

fn posted() -> World {
    let world = World::new();
    world.cards(&CARDS);
    world.run();
    world
}

fn tampered(sql: &str) -> (Option<bool>, Vec<String>) {
    let world = posted();
    world.erp(sql);
    let report = world.run();
    assert_eq!(report.totals.reconciled, time(&report).reconciled);
    (time(&report).reconciled, time(&report).differing.clone())
}

#[test]
fn the_lines_say_where_everything_is() {
    let world = posted();
    let report = world.run();
    let lines = &time(&report).reconciliation;
    let some = |text: &str| Some(text.to_owned());
    let count = ReconciliationLine {
        measure: "count".to_owned(),
        captured: some("3"),
        excluded: some("1"),
        waiting: some("0"),
        staged: some("0"),
        posted: some("2"),
        superseded: some("0"),
        dismissed: some("0"),
        duplicate: some("0"),
        quarantined: some("0"),
        ledger: some("2"),
        target: some("2"),
        difference: some("0"),
        ..ReconciliationLine::default()
    };
    let hours = ReconciliationLine {
        measure: "sum(hours)".to_owned(),
        posted: some("8.50"),
        ledger: some("8.50"),
        target: some("8.50"),
        difference: some("0.00"),
        ..ReconciliationLine::default()
    };
    let amount = ReconciliationLine {
        measure: "sum(amount)".to_owned(),
        group: "USD".to_owned(),
        ledger: some("850.0000"),
        target: some("850.0000"),
        difference: some("0.0000"),
        ..ReconciliationLine::default()
    };
    assert_eq!(lines, &[count, hours, amount]);
}

#[test]
fn one_altered_line_is_seen() {
    let differing = |keys: &[&str]| (Some(false), keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>());
    assert_eq!(tampered("UPDATE project_cost SET amount = '750.0001' WHERE external_id = 'T-1'"), differing(&["T-1"]));
    assert_eq!(tampered("UPDATE project_cost SET currency = 'EUR' WHERE external_id = 'T-1'"), differing(&["T-1"]));
    assert_eq!(tampered("UPDATE project_cost SET hours = 'many' WHERE external_id = 'T-2'"), differing(&["T-2"]));
    assert_eq!(tampered("DELETE FROM project_cost WHERE external_id = 'T-2'"), differing(&["T-2"]));
    assert_eq!(
        tampered("UPDATE project_cost SET external_id = 'X' WHERE external_id = 'T-2'"),
        differing(&["T-2", "X"])
    );
    assert_eq!(tampered("UPDATE project_cost SET reversal_of = 'T-1' WHERE external_id = 'T-2'"), differing(&["T-2"]));
    // Nobody but postings writes a controlled entity.
    assert_eq!(
        tampered(
            "INSERT INTO project_cost (external_id, project, hours, amount, currency) VALUES ('X', 'P-1', '0.00', '0.0000', 'USD')"
        ),
        differing(&["X"])
    );
    // What is not measured is not compared.
    assert_eq!(tampered("UPDATE project_cost SET note = 'paid' WHERE external_id = 'T-2'"), (Some(true), Vec::new()));
}

#[test]
fn two_changes_that_cancel_each_other_are_seen() {
    let (reconciled, differing) = tampered(
        "UPDATE project_cost SET amount = '751.0000' WHERE external_id = 'T-1'; UPDATE project_cost SET amount = '99.0000' WHERE external_id = 'T-2'",
    );
    assert_eq!((reconciled, differing), (Some(false), vec!["T-1".to_owned(), "T-2".to_owned()]));
}

#[test]
fn a_tolerance_covers_so_much_and_no_more() {
    for (amount, expected) in [("750.0500", true), ("749.9500", true), ("750.0501", false)] {
        let world = World::with(|plan| time_sync(plan).reconcile.as_mut().unwrap().tolerance = "0.05".to_owned());
        world.cards(&CARDS);
        world.run();
        world.erp(&format!("UPDATE project_cost SET amount = '{amount}' WHERE external_id = 'T-1'"));
        assert_eq!(time(&world.run()).reconciled, Some(expected), "{amount}");
    }
}

#[test]
fn lines_of_others_do_not_concern_an_entity_that_is_not_controlled() {
    let world = World::with(|plan| erp_entity(plan).control = None);
    world.cards(&CARDS);
    world.run();
    world.erp("INSERT INTO project_cost (external_id, project, hours, amount, currency) VALUES ('X', 'P-1', '1.00', '1.0000', 'USD')");
    assert_eq!(time(&world.run()).reconciled, Some(true));
}

#[test]
fn currencies_are_compared_apart() {
    let world = World::new();
    world.projects(&["p1,1,P-1,Open,USD", "p2,1,P-2,Open,JPY"]);
    world.rates(&["p1,CON,1,100.00,USD", "p2,CON,1,1000.5,JPY"]);
    world.cards(&[CARDS[0], "T-2,1,p2,CON,2026-07-16,1.50,Approved,,2026-07-15T18:00:00Z"]);
    let report = world.run();
    let groups: Vec<_> =
        time(&report).reconciliation.iter().map(|line| (line.group.as_str(), line.target.clone().unwrap())).collect();
    // 1.50 h x 1000.5 = 1500.75, and yen have no minor unit.
    assert_eq!(
        groups,
        [
            ("", "2".to_owned()),
            ("", "9.00".to_owned()),
            ("JPY", "1501.0000".to_owned()),
            ("USD", "750.0000".to_owned())
        ]
    );
}
