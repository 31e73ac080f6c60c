//! In which order rows and postings are taken, whatever the hub does to be fast.

use crate::world::*;

fn card(key: &str, version: u32, hours: &str) -> String {
    format!("{key},{version},p1,CON,2026-07-15,{hours},Approved,,2026-07-15T18:00:00Z")
}

#[test]
fn the_first_row_of_a_file_has_a_key_whatever_rows_are_called() {
    let world = World::new();
    // The record is told apart by the third column, the row by the first.
    world.projects(&["p2,1,P-1,Open,USD", "p1,1,P-1,Open,USD"]);
    world.run();
    let reasons: Vec<_> = world.reasons().into_iter().map(|(key, _, reasons)| (key, reasons)).collect();
    // The rate of `p1` now finds no project.
    let expected = [("p1", "key-conflict"), ("p1|CON", "lookup-missing")];
    assert_eq!(reasons, expected.map(|(key, reason)| (key.to_owned(), vec![reason.to_owned()])));
}

#[test]
fn postings_go_by_key_and_versions_by_their_number() {
    let world = World::new();
    let rows = [card("T-3", 1, "3.00"), card("T-1", 2, "1.50"), card("T-2", 1, "2.00"), card("T-1", 1, "1.00")];
    world.cards(&rows.each_ref().map(String::as_str));
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.superseded), (3, 1));
    // The ledger numbers its entries as they are made; at 100.00 an hour.
    let hub = world.hub();
    let mut ledger = hub.prepare("SELECT target_key FROM posting ORDER BY id").unwrap();
    let keys: Vec<String> = ledger.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert_eq!(keys, ["T-1", "T-2", "T-3"]);
    assert_eq!(
        world.costs(),
        [
            line("T-1", "1.50", "150.0000", None),
            line("T-2", "2.00", "200.0000", None),
            line("T-3", "3.00", "300.0000", None)
        ]
    );
}

#[test]
fn more_records_than_fit_into_one_batch_are_each_posted_once() {
    let mut world = World::new();
    world.options.batch = 7;
    // 600 cards are more than a block of those that are judged ahead; every tenth comes twice.
    let rows: Vec<String> = (0..600)
        .flat_map(|number| {
            let row = card(&format!("T-{:04}", number * 7 % 600), 1, "1.00");
            std::iter::repeat_n(row, if number % 10 == 0 { 2 } else { 1 })
        })
        .collect();
    world.cards(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.duplicate), (600, 60));
    assert_eq!((world.costs().len(), time(&report).reconciled), (600, Some(true)));
    let again = world.run();
    assert_eq!((time(&again).this_run.posted, time(&again).this_run.unchanged), (0, 660));
}

#[test]
fn a_refused_call_takes_nothing_else_of_its_batch_with_it() {
    let world = World::new();
    world.run();
    world.erp(
        "CREATE TABLE tried (key TEXT);
         CREATE TRIGGER no_two BEFORE INSERT ON project_cost WHEN new.hours = '2.00' BEGIN
             INSERT INTO tried VALUES (new.external_id); SELECT raise(FAIL, 'not two');
         END;",
    );
    let rows = [card("T-1", 1, "1.00"), card("T-2", 1, "2.00"), card("T-3", 1, "3.00")];
    world.cards(&rows.each_ref().map(String::as_str));
    world.run();
    assert_eq!(world.costs(), [line("T-1", "1.00", "100.0000", None), line("T-3", "3.00", "300.0000", None)]);
    assert_eq!(world.reasons().len(), 1);
    // `raise(FAIL)` leaves what the trigger has done; the step around the call takes it back.
    let erp = rusqlite::Connection::open(world.path("erp.db")).unwrap();
    let tried: i64 = erp.query_row("SELECT count(*) FROM tried", [], |row| row.get(0)).unwrap();
    assert_eq!(tried, 0);
}
