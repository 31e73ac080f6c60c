//! A backup can take the hub's place; a hub that was tampered with is found.

use crate::world::*;
use rusqlite::Connection;
use syncline_runtime::kill::{Kill, POINTS};
use syncline_runtime::{Quiet, RuntimeError, backup, check_hub, run, status};

/// Posted and corrected, posted and left, quarantined, waiting, excluded.
fn busy() -> World {
    let mut world = World::new();
    let card = |key: &str, version: u32, hours: &str, category: &str, status: &str| {
        format!("{key},{version},p1,{category},2026-07-15,{hours},{status},,2026-07-15T18:00:00Z")
    };
    world.cards(&[&card("T-1", 1, "1.00", "CON", "Approved"), &card("T-2", 1, "2.00", "CON", "Approved")]);
    world.run();
    world.cards(&[
        &card("T-1", 2, "1.50", "CON", "Approved"),
        &card("T-2", 2, "2.00", "CON", "Saved"),
        &card("T-3", 1, "0.00", "CON", "Approved"),
        &card("T-4", 1, "4.00", "MGR", "Approved"),
        &card("T-5", 1, "5.00", "CON", "Saved"),
    ]);
    world.run_at("2026-08-01T10:00:00Z");
    world
}

fn findings(world: &World) -> Vec<(&'static str, Option<String>, String)> {
    let found = check_hub(&world.path("hub/hub.db")).unwrap();
    found.findings.into_iter().map(|one| (one.check, one.sync, one.message)).collect()
}

#[test]
fn a_hub_is_sound_after_whatever_a_run_does() {
    assert_eq!(findings(&busy()), []);
    for point in POINTS {
        let mut world = World::new();
        world.cards(&["T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z"]);
        world.run();
        world.cards(&["T-1,2,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z"]);
        world.killed_at(&Kill { point, passing: 1 });
        assert_eq!(findings(&world), [], "{point}");
    }
}

#[test]
fn what_was_tampered_with_is_named() {
    let time = Some("ApprovedTime".to_owned());
    let posted = "(SELECT id FROM track WHERE key = 'T-1' AND live IS NOT NULL)";
    let cases = [
        (
            "UPDATE source_row SET state = 9 WHERE state = 3".to_owned(),
            ("accounts", time.clone(), "2 rows stand nowhere"),
        ),
        (
            "UPDATE source_row SET sync = (SELECT id FROM sync WHERE name = 'Rates') WHERE state = 1".to_owned(),
            ("accounts", Some("Rates".to_owned()), "1 rows belong to a record of another sync"),
        ),
        (
            "UPDATE exception SET closed_at = since WHERE reason = 'implausible_hours'".to_owned(),
            ("exceptions", time.clone(), "1 quarantined rows have no open exception"),
        ),
        (
            "UPDATE source_row SET state = 1 WHERE state = 2".to_owned(),
            ("exceptions", time.clone(), "1 open exceptions are about rows that are not quarantined"),
        ),
        (
            format!("UPDATE track SET live = NULL WHERE id = {posted}"),
            ("ledger", time.clone(), "1 rows count as posted whose record has no line in the ledger"),
        ),
        (
            format!("UPDATE track SET live = (SELECT id FROM posting WHERE target_key = 'T-1') WHERE id = {posted}"),
            (
                "ledger",
                time.clone(),
                "1 records name a line as theirs that is not done, reversed since, or another record's",
            ),
        ),
        (
            format!("UPDATE track SET generation = 1 WHERE id = {posted}"),
            ("ledger", time, "1 records count other generations than the ledger has"),
        ),
        (
            "DELETE FROM record_version WHERE revision = 2 AND \"values\" LIKE '%\"1.50\"%'".to_owned(),
            ("records", None, "1 canonical records have no version, or another newest version than they say"),
        ),
    ];
    for (sql, (check, sync, message)) in cases {
        let world = busy();
        assert!(world.hub().execute(&sql, []).unwrap() > 0, "{sql}");
        assert_eq!(findings(&world), [(check, sync, message.to_owned())], "{sql}");
    }
    let world = busy();
    world.hub().execute("DELETE FROM source_image WHERE row = 1", []).unwrap();
    world.hub().pragma_update(None, "foreign_keys", false).unwrap();
    let hub = world.hub();
    hub.pragma_update(None, "foreign_keys", false).unwrap();
    hub.execute("UPDATE reading SET row = 999 WHERE row = 1", []).unwrap();
    let found = findings(&world);
    assert_eq!(found, [("references", None, "`reading` 999 refers to a `source_row` that is not there".to_owned())]);
}

#[test]
fn a_file_that_is_damaged_or_of_another_layout_is_not_sound() {
    let world = busy();
    world.hub().pragma_update(None, "user_version", 99).unwrap();
    let found = check_hub(&world.path("hub/hub.db")).unwrap();
    assert_eq!((found.layout, found.findings.len(), found.findings[0].check), (99, 1, "layout"));
    assert!(found.findings[0].message.starts_with("its layout has version 99, "));
    let world = busy();
    let index = "UPDATE sqlite_schema SET sql = replace(sql, '(sync, key)', '(key, sync)') WHERE name = 'track_key'";
    world.hub().execute_batch(&format!("PRAGMA writable_schema = ON; {index}")).unwrap();
    let found = findings(&world);
    assert!(!found.is_empty() && found.iter().all(|(check, ..)| *check == "file"), "{found:?}");
    let error = backup(&world.path("hub/hub.db"), &world.path("copy.db"), false).unwrap_err();
    assert!(error.to_string().contains("it is not sound, and a backup of it would not be"), "{error}");
    assert!(!world.path("copy.db").exists());
}

#[test]
fn a_backup_takes_the_place_of_the_hub() {
    let mut world = busy();
    let (hub, file) = (world.path("hub/hub.db"), world.path("copy.db"));
    let made = backup(&hub, &file, false).unwrap();
    assert_eq!((made.runs, made.bytes), (2, std::fs::metadata(&file).unwrap().len()));
    assert_eq!(status(&file).unwrap(), status(&hub).unwrap());
    // What is there is not replaced unless somebody says so.
    let error = backup(&hub, &file, false).unwrap_err();
    assert!(matches!(error, RuntimeError::Hub { .. }), "{error}");
    backup(&hub, &file, true).unwrap();
    let error = backup(&hub, &world.path("hub/../hub/hub.db"), true).unwrap_err();
    assert!(error.to_string().ends_with("this is the hub itself"), "{error}");
    assert!(backup(&world.path("none.db"), &world.path("other.db"), false).is_err());
    // The hub is lost after a run that changed nothing; the backup goes on.
    let before = world.run();
    std::fs::rename(&file, &hub).unwrap();
    let after = world.run_at("2026-08-01T10:00:00Z");
    assert_eq!((before.totals, before.syncs), (after.totals, after.syncs));
    assert_eq!(findings(&world), []);
}

#[test]
fn a_backup_is_made_while_somebody_writes() {
    let world = busy();
    let (hub, file) = (world.path("hub/hub.db"), world.path("copy.db"));
    let lock = std::fs::File::options().write(true).open(world.path("hub/hub.db.lock")).unwrap();
    lock.lock().unwrap();
    let writer = Connection::open(&hub).unwrap();
    writer.execute_batch("BEGIN IMMEDIATE; INSERT INTO run (at, plan) VALUES ('x', 'x')").unwrap();
    // What is not committed is not in it.
    assert_eq!(backup(&hub, &file, false).unwrap().runs, 2);
    writer.execute_batch("COMMIT").unwrap();
    assert_eq!(backup(&hub, &file, true).unwrap().runs, 3);
    drop(writer);
    lock.unlock().unwrap();
    run(&world.plan, &world.profile(), &world.options, &mut Quiet).unwrap();
    let left: Vec<_> =
        std::fs::read_dir(world.folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().starts_with(".syncline-")), "{left:?}");
}
