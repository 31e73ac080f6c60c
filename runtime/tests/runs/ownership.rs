//! Who may write what: claims under a guard, moves of a lifecycle, fields set once, keys.

use crate::build::*;
use crate::world::*;
use syncline_ir::*;

const T1: &str = "T-1,1,p1,CON,2026-07-15,7.50,Submitted,,2026-07-15T18:00:00Z";

fn card(version: u32, hours: &str, status: &str, note: &str) -> String {
    format!("T-1,{version},p1,CON,2026-07-15,{hours},{status},{note},2026-07-15T18:00:00Z")
}

/// The PSA owns `hours` only while the stored entry is not approved.
fn guarded(plan: &mut Plan, outside: OutsideClaim) {
    let guard = compare(Comparison::NotEqual, read("state", named("TimeState")), state("TimeState", "approved"));
    let map = map_of(plan, "psa.timecard -> TimeEntry");
    map.mask = vec![MaskEntry { field: "hours".to_owned(), guard }];
    map.outside_claim = Some(outside);
}

fn hours_in_the_hub(world: &World) -> String {
    let sql = "SELECT json_extract(v.\"values\", '$.hours') FROM record r JOIN record_version v ON v.record = r.id AND v.revision = r.revision WHERE r.object = 'TimeEntry'";
    world.hub().query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn a_value_outside_the_claim_is_left_when_the_map_says_so() {
    let world = World::with(|plan| guarded(plan, OutsideClaim::Ignore));
    world.cards(&[T1]);
    world.run();
    // The entry is approved by this write; its fields are tested against the stage before it.
    world.cards(&[&card(2, "8.00", "Approved", "")]);
    world.run();
    assert_eq!(
        (hours_in_the_hub(&world), world.costs()),
        ("8.00".to_owned(), vec![line("T-1", "8.00", "800.0000", None)])
    );
    // Now it is approved: the stored hours stay, the row is good and its other fields are written.
    world.cards(&[&card(3, "9.00", "Approved", "late")]);
    let report = world.run();
    assert_eq!(
        (hours_in_the_hub(&world), time(&report).accounts.posted, time(&report).accounts.quarantined),
        ("8.00".to_owned(), 1, 0)
    );
    assert_eq!(world.costs().last().unwrap(), &line("T-1/2", "8.00", "800.0000", None));
}

#[test]
fn a_value_outside_the_claim_is_quarantined_when_the_map_says_so() {
    let world = World::with(|plan| guarded(plan, OutsideClaim::Quarantine("delivery_desk".to_owned())));
    world.cards(&[T1]);
    world.run();
    world.cards(&[&card(2, "7.50", "Approved", "")]);
    world.run();
    // The same value is no write.
    world.cards(&[&card(3, "7.50", "Approved", "late")]);
    assert_eq!(time(&world.run()).accounts.quarantined, 0);
    world.cards(&[&card(4, "9.00", "Approved", "late")]);
    let report = world.run();
    assert_eq!((hours_in_the_hub(&world), time(&report).accounts.stale), ("7.50".to_owned(), 1));
    assert_eq!(
        (world.exceptions()[0].reason.as_str(), world.exceptions()[0].queue.as_str()),
        ("outside-claim", "delivery_desk")
    );
}

#[test]
fn on_creation_a_claim_is_tested_on_the_new_record() {
    let world = World::with(|plan| guarded(plan, OutsideClaim::Ignore));
    world.cards(&[&card(1, "7.50", "Approved", "")]);
    let report = world.run();
    // The hours are outside the claim and required: the record is there, but incomplete, and waits for who owns them.
    assert_eq!((time(&report).accounts.waiting + time(&report).accounts.quarantined, world.costs()), (1, vec![]));
}

#[test]
fn a_state_is_reached_by_the_moves_of_the_writing_system() {
    let world = World::new();
    world.cards(&[&card(1, "7.50", "Saved", "")]);
    world.run();
    // Polling has missed `submitted`.
    world.cards(&[&card(2, "7.50", "Approved", "")]);
    assert_eq!(time(&world.run()).accounts.posted, 1);
}

#[test]
fn a_state_that_cannot_be_reached_is_an_illegal_transition() {
    let world = World::with(|plan| {
        let movers = &mut plan.ownership.iter_mut().find(|ownership| ownership.object == "TimeEntry").unwrap().movers;
        // Approval is for the ERP to take back.
        movers.iter_mut().find(|mover| mover.from == "approved").unwrap().system = "erp".to_owned();
    });
    world.cards(&[&card(1, "7.50", "Approved", "")]);
    world.run();
    world.cards(&[&card(2, "7.50", "Submitted", "")]);
    let report = world.run();
    assert_eq!(world.exceptions()[0].reason, "illegal-transition");
    assert_eq!(world.exceptions()[0].reasons[0].message, "`psa` does not move `state` from `approved` to `submitted`");
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.stale), (1, 1));
}

#[test]
fn a_lifecycle_without_movers_keeps_to_its_transitions() {
    let world = World::with(|plan| {
        plan.ownership.clear();
        plan.lifecycles[0].transitions.retain(|step| step.from != "approved");
    });
    world.cards(&[&card(1, "7.50", "Saved", "")]);
    world.run();
    world.cards(&[&card(2, "7.50", "Approved", "")]);
    assert_eq!(time(&world.run()).accounts.posted, 1);
    world.cards(&[&card(3, "7.50", "Submitted", "")]);
    assert_eq!(time(&world.run()).accounts.reasons, [("illegal-transition".to_owned(), 1)].into());
}

#[test]
fn a_field_set_once_does_not_change() {
    let mut world = World::with(|plan| {
        let project = plan.objects.iter_mut().find(|object| object.name == "Project").unwrap();
        project.fields.iter_mut().find(|field| field.name == "state").unwrap().fixed = true;
    });
    world.run();
    world.projects(&["p1,2,P-1,Closed,EUR"]);
    world.run();
    let reasons: Vec<_> = world.reasons().into_iter().map(|(_, _, reasons)| reasons).collect();
    assert_eq!(reasons, [["fixed-changed", "currency-changed"]]);
    // Nothing of the row was written.
    world.cards(&["T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z"]);
    world.run_at("2026-07-31T11:00:00Z");
    assert_eq!(world.costs(), [line("T-1", "7.50", "750.0000", None)]);
}

#[test]
fn a_key_belongs_to_one_row_of_an_entity_and_stays_with_it() {
    let world = World::new();
    world.projects(&["p1,1,P-1,Open,USD", "p2,1,P-1,Open,USD"]);
    let report = world.run();
    assert_eq!(world.reasons()[0].2, ["key-conflict"]);
    assert_eq!(sync_of(&report, "Projects").accounts.staged, 1);
    world.projects(&["p1,2,P-9,Open,USD"]);
    world.run();
    let reasons: Vec<_> = world.reasons().into_iter().map(|(key, _, reasons)| (key, reasons[0].clone())).collect();
    assert_eq!(reasons, [("p1".to_owned(), "key-changed".to_owned()), ("p2".to_owned(), "key-conflict".to_owned())]);
}

/// Hours come from a second source, which changes entries that are there.
fn with_hours_from_payroll(plan: &mut Plan) {
    let psa = plan.systems.iter_mut().find(|system| system.name == "psa").unwrap();
    psa.entities.push(entity(
        "approval",
        &["card"],
        vec![field("card", text(18)), field("version", Kind::INT), field("hours", decimal(6, 2))],
    ));
    plan.objects
        .iter_mut()
        .find(|object| object.name == "TimeEntry")
        .unwrap()
        .fields
        .push(optional("approval", Kind::INT));
    let mut map = map(
        MapDirection::Updates,
        "psa.approval",
        "TimeEntry",
        vec![
            ("source_id", read("card", text(18))),
            ("hours", read("hours", decimal(6, 2))),
            ("approval", may_be_null(read("version", Kind::INT))),
        ],
        "data_desk",
    );
    map.wait_seconds = Some(3600);
    plan.maps.push(map);
    let mut sync = sync("Approvals", Some("psa.approval -> TimeEntry"), "TimeEntry", &[]);
    sync.order = order("approval", "source_id");
    plan.syncs.push(sync);
    map_of(plan, "psa.timecard -> TimeEntry").assignments.retain(|assignment| assignment.field != "hours");
    map_of(plan, "psa.timecard -> TimeEntry").requires.clear();
    time_sync(plan).after.push("Approvals".to_owned());
}

#[test]
fn an_updates_map_waits_for_its_record_and_incomplete_records_are_not_posted() {
    let mut world = World::with(with_hours_from_payroll);
    let approvals = |world: &World, rows: &str| {
        std::fs::write(world.path("psa/approval.csv"), format!("card,version,hours\n{rows}")).unwrap()
    };
    approvals(&world, "T-1,1,5.00\n");
    let report = world.run();
    assert_eq!(sync_of(&report, "Approvals").accounts.waiting, 1);
    world.cards(&["T-1,1,p1,CON,2026-07-15,9.99,Approved,,2026-07-15T18:00:00Z"]);
    // Approvals run before the card is there: the entry has no hours yet.
    let report = world.run_at("2026-07-31T10:30:00Z");
    assert_eq!(
        (sync_of(&report, "Approvals").accounts.waiting, time(&report).accounts.posted, world.costs()),
        (1, 0, vec![])
    );
    let report = world.run_at("2026-07-31T12:30:00Z");
    assert_eq!((sync_of(&report, "Approvals").accounts.staged, time(&report).accounts.posted), (1, 1));
    assert_eq!(world.costs(), [line("T-1", "5.00", "500.0000", None)]);
    // A change by the other source is corrected like one of its own: the row that is posted is another image now.
    approvals(&world, "T-1,2,4.00\n");
    let report = world.run_at("2026-07-31T13:30:00Z");
    assert_eq!(world.costs().last().unwrap(), &line("T-1/2", "4.00", "400.0000", None));
    assert_eq!((time(&report).accounts.posted, time(&report).reconciled), (1, Some(true)));
}

#[test]
fn an_approval_nobody_has_a_card_for_is_quarantined_after_its_wait() {
    let mut world = World::with(with_hours_from_payroll);
    std::fs::write(world.path("psa/approval.csv"), "card,version,hours\nT-9,1,many\nT-8,1,1.00\n").unwrap();
    world.run();
    assert_eq!(
        world.reasons(),
        [("T-9".to_owned(), Some("1".to_owned()), vec!["cast-failed".to_owned(), "lookup-missing".to_owned()])]
    );
    world.run_at("2026-07-31T12:00:00Z");
    assert_eq!(world.reasons()[0], ("T-8".to_owned(), Some("1".to_owned()), vec!["lookup-missing".to_owned()]));
    assert_eq!(world.exceptions()[0].reasons[0].message, "`TimeEntry` with `origin` psa, `source_id` T-8 is not there");
}

#[test]
fn rows_of_one_extract_may_refer_to_each_other_in_any_order() {
    let nested = |plan: &mut Plan| {
        let psa = plan.systems.iter_mut().find(|system| system.name == "psa").unwrap();
        psa.entities
            .iter_mut()
            .find(|entity| entity.name == "project")
            .unwrap()
            .fields
            .push(optional("parent", text(16)));
        plan.objects
            .iter_mut()
            .find(|object| object.name == "Project")
            .unwrap()
            .fields
            .push(optional("parent", reference("Project")));
        let mut parent = by_id("Project", "psa.project", may_be_null(read("parent", text(16))));
        parent.ty.optional = true;
        let parent = Assignment { field: "parent".to_owned(), value: parent, route: None, order: 90, at: at() };
        map_of(plan, "psa.project -> Project").assignments.push(parent);
    };
    for rows in [
        "p3,1,P-3,Open,USD,p2\np2,1,P-2,Open,USD,p1\np1,1,P-1,Open,USD,\n",
        "p1,1,P-1,Open,USD,\np2,1,P-2,Open,USD,p1\np3,1,P-3,Open,USD,p2\n",
    ] {
        let world = World::with(nested);
        std::fs::write(world.path("psa/project.csv"), format!("{PROJECTS},parent\n{rows}")).unwrap();
        let report = world.run();
        assert_eq!((sync_of(&report, "Projects").accounts.staged, world.reasons()), (3, vec![]));
    }
}
