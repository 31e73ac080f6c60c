//! Sources in JSON Lines: the same rows give the same lines as from CSV, and a broken line is one row in quarantine.

use crate::world::*;
use syncline_runtime::*;

const PROJECT: &str = r#"{"id":"p1","version":1,"code":"P-1","state":"Open","currency":"USD"}"#;
const RATE: &str = r#"{"project":"p1","category":"CON","version":1,"bill_rate":1e2,"currency":"USD"}"#;

/// The business with its PSA in JSON Lines.
fn psa(world: &World, cards: &str) -> Profile {
    for (name, text) in [("project", PROJECT), ("rate", RATE), ("timecard", cards)] {
        std::fs::write(world.path(&format!("psa/{name}.jsonl")), text).unwrap();
    }
    let mut profile = world.profile();
    profile.systems.get_mut("psa").unwrap().connector = ConnectorKind::Jsonl;
    profile
}

fn card(id: &str, hours: &str) -> String {
    format!(
        r#"{{"id":{id},"version":1,"project":"p1","category":"CON","work_date":"2026-07-15","hours":{hours},"status":"Approved","note":null,"modified_at":"2026-07-15T18:00:00Z"}}"#
    )
}

#[test]
fn numbers_are_posted_as_they_are_written() {
    let world = World::new();
    let cards = [card("\"T-1\"", "7.50"), card("\"T-2\"", "75e-1"), card("\"T-3\"", "\"0.10\"")].join("\r\n");
    let report = run(&world.plan, &psa(&world, &cards), &world.options, &mut Quiet).unwrap();
    // 7.50 h x 100.00 = 750.00; 0.10 h x 100.00 = 10.00
    assert_eq!(
        world.costs(),
        [
            line("T-1", "7.50", "750.0000", None),
            line("T-2", "7.50", "750.0000", None),
            line("T-3", "0.10", "10.0000", None)
        ]
    );
    assert_eq!((time(&report).accounts.posted, time(&report).reconciled), (3, Some(true)));
}

#[test]
fn the_same_rows_from_another_connector_are_the_rows_the_hub_has() {
    let world = World::new();
    world.cards(&["T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z"]);
    world.run();
    let before = world.costs();
    let report = run(&world.plan, &psa(&world, &card("\"T-1\"", "7.50")), &world.options, &mut Quiet).unwrap();
    assert_eq!((time(&report).this_run.unchanged, time(&report).accounts.captured), (1, 1));
    assert_eq!(world.costs(), before);
}

#[test]
fn what_cannot_be_read_is_quarantined_and_the_rest_goes_on() {
    let world = World::new();
    let cards = [
        card("\"T-1\"", "7.50"),
        card("\"T-2\"", "{\"value\":7.5}"),
        card("\"T-3\"", "7.505"),
        "{\"id\":\"T-4\"".to_owned(),
        card("\"T-5\"", "1,\"id\":\"T-6\""),
    ];
    let report = run(&world.plan, &psa(&world, &cards.join("\n")), &world.options, &mut Quiet).unwrap();
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
    let found: Vec<(String, String)> =
        world.reasons().into_iter().map(|(key, _, reasons)| (key, reasons.concat())).collect();
    let expected = [
        ("T-2", "cast-failed"),
        ("T-3", "cast-failed"),
        ("row:timecard.jsonl:4", "malformed-row"),
        ("row:timecard.jsonl:5", "malformed-row"),
    ];
    assert_eq!(found, expected.map(|(key, reason)| (key.to_owned(), reason.to_owned())));
    assert_eq!((time(&report).accounts.captured, time(&report).accounts.quarantined), (5, 4));
    let message = &world.exceptions()[0].reasons[0].message;
    assert!(message.starts_with("`hours` is the nested object `{\"value\":7.5}`"), "{message}");
}
