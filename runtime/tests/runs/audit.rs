//! The audit log: what is in it, and that whoever changes the hub by hand is found.

use crate::world::*;
use syncline_runtime::kill::{Kill, POINTS};
use syncline_runtime::{AuditEvent, audit_log, verify_audit};

const T1: &str = "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z";
const T1_LATER: &str = "T-1,2,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z";

fn corrected() -> World {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    world.cards(&[T1_LATER]);
    world.run();
    world
}

fn findings(world: &World) -> Vec<String> {
    verify_audit(&world.path("hub/hub.db"), None).unwrap().findings
}

#[test]
fn runs_and_answers_are_written_down_in_order() {
    let world = corrected();
    let told: Vec<String> = audit_log(&world.path("hub/hub.db"))
        .unwrap()
        .into_iter()
        .map(|entry| match entry.event {
            AuditEvent::RunBegan { run, .. } => format!("{} run {run}", entry.seq),
            AuditEvent::RunEnded { run, .. } => format!("{} end {run}", entry.seq),
            AuditEvent::Answered { posting_key, state, .. } => format!("{} {state} {posting_key}", entry.seq),
            AuditEvent::Decided { .. } => "decided".to_owned(),
            AuditEvent::Exceeded { .. } => "exceeded".to_owned(),
        })
        .collect();
    assert_eq!(
        told,
        [
            "1 run 1",
            "2 done ApprovedTime/erp.project_cost/T-1/1/post",
            "3 end 1",
            "4 run 2",
            "5 done ApprovedTime/erp.project_cost/T-1/1/reverse",
            "6 done ApprovedTime/erp.project_cost/T-1/2/post",
            "7 end 2",
        ]
    );
    let checked = verify_audit(&world.path("hub/hub.db"), None).unwrap();
    assert_eq!((checked.entries, checked.findings), (7, vec![]));
}

#[test]
fn a_killed_run_leaves_a_log_that_is_right() {
    for point in POINTS {
        let mut world = World::new();
        world.cards(&[T1]);
        world.run();
        world.cards(&[T1_LATER]);
        world.killed_at(&Kill { point, passing: 1 });
        assert_eq!(findings(&world), Vec::<String>::new(), "{point}");
        world.run();
        assert_eq!(findings(&world), Vec::<String>::new(), "{point}");
    }
}

#[test]
fn an_entry_cannot_be_changed_or_taken_out() {
    let world = corrected();
    for sql in ["UPDATE audit SET at = '2020-01-01T00:00:00Z'", "DELETE FROM audit WHERE seq = 7"] {
        let error = world.hub().execute_batch(sql).unwrap_err();
        assert_eq!(error.to_string(), "the audit log is only added to");
    }
}

#[test]
fn whoever_gets_round_the_triggers_is_found() {
    const NO_TRIGGERS: &str = "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened;";
    let cases = [
        ("UPDATE audit SET at = '2020-01-01T00:00:00Z' WHERE seq = 4", "entry 4 is not what was written"),
        ("DELETE FROM audit WHERE seq = 2", "entry 2 is missing"),
        (
            "DELETE FROM audit WHERE seq > 5",
            "posting `ApprovedTime/erp.project_cost/T-1/2/post` has an answer nobody gave",
        ),
        (
            "UPDATE posting SET image = replace(image, '8.00', '80.00')",
            "posting `ApprovedTime/erp.project_cost/T-1/2/post` is not what",
        ),
        ("DELETE FROM posting WHERE generation = 2", "posting 3 is gone from the ledger"),
        (
            "UPDATE run SET report = replace(report, '\"posted\":1', '\"posted\":2') WHERE id = 1",
            "the report of run 1 is not the one it gave",
        ),
    ];
    for (sql, expected) in cases {
        let world = corrected();
        world.hub().execute_batch(&format!("PRAGMA foreign_keys = OFF; {NO_TRIGGERS} {sql}")).unwrap();
        let found = findings(&world);
        assert!(found.iter().any(|finding| finding.starts_with(expected)), "{sql}: {found:?}");
    }
}

#[test]
fn a_hash_noted_elsewhere_shows_that_the_log_was_written_anew() {
    let world = corrected();
    let head = verify_audit(&world.path("hub/hub.db"), None).unwrap().head;
    world.run();
    let again = verify_audit(&world.path("hub/hub.db"), Some(&head)).unwrap();
    assert_eq!((again.findings, again.head == head), (vec![], false));
    // Another hub with a sound chain of its own.
    let other = corrected();
    other.hub().execute_batch("DROP TRIGGER audit_is_not_shortened; DELETE FROM audit WHERE seq = 7;").unwrap();
    let found = verify_audit(&other.path("hub/hub.db"), Some(&head)).unwrap().findings;
    assert!(found.contains(&format!("no entry has the hash {head}: the log was cut or written anew")), "{found:?}");
}
