//! Events: each edge once, in whatever portions the versions arrive; and syncs that move rows on them.

use crate::build::*;
use crate::world::*;
use syncline_ir::{Event, Plan, Schedule};
use syncline_runtime::kill::{Kill, POINTS};
use syncline_runtime::{RuntimeError, trace};

fn card(id: &str, version: u32, hours: &str, status: &str) -> String {
    format!("{id},{version},p1,CON,2026-07-15,{hours},{status},,2026-07-15T18:00:00Z")
}

fn rows(world: &World, rows: &[String]) {
    world.cards(&rows.iter().map(String::as_str).collect::<Vec<_>>());
}

/// `event approved vN when status == VALUE becomes true`, on time cards.
fn declare(plan: &mut Plan, version: u32, value: &str) {
    let psa = plan.systems.iter_mut().find(|system| system.name == "psa").unwrap();
    let card = psa.entities.iter_mut().find(|entity| entity.name == "timecard").unwrap();
    let status = || named("psa.timecard.status");
    card.events = vec![Event {
        name: "approved".to_owned(),
        version,
        condition: equal(read("status", status()), state("psa.timecard.status", value)),
        condition_text: format!("status == {value}"),
        at: at(),
    }];
}

/// Time cards are moved when they are approved.
fn on_event(plan: &mut Plan) {
    declare(plan, 1, "Approved");
    let sync = time_sync(plan);
    let every = sync.schedule.capture().unwrap().clone();
    sync.schedule = Schedule::Event(every);
    sync.capture_on = Some("approved".to_owned());
}

/// Key and version of the rows that raised an event.
fn raised(world: &World) -> Vec<(String, String)> {
    let hub = world.hub();
    let mut statement = hub
        .prepare(
            "SELECT t.key, s.version FROM raised r JOIN source_row s ON s.id = r.row JOIN track t ON t.id = s.track ORDER BY 1, 2",
        )
        .unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(key, version)| ((*key).to_owned(), (*version).to_owned())).collect()
}

/// Three versions, each approved or not, each in one of three extracts: all 8 * 27 ways, a record each. What is to be found is worked
/// out by walking along what arrived, newest version by newest version.
#[test]
fn edges_are_those_of_the_newest_versions_however_they_arrive() {
    let world = World::with(|plan| declare(plan, 1, "Approved"));
    let mut extracts: [Vec<String>; 3] = Default::default();
    let mut expected = Vec::new();
    for way in 0..27_u32 {
        let extract_of = |version: u32| way / 3_u32.pow(version - 1) % 3;
        for statuses in 0..8_u32 {
            let is_approved = |version: u32| statuses >> (version - 1) & 1 == 1;
            let key = format!("W{way:02}-{statuses}");
            let (mut newest, mut holds) = (0, false);
            for (number, extract) in extracts.iter_mut().enumerate() {
                let mut here: Vec<u32> = (1..=3).filter(|version| extract_of(*version) as usize == number).collect();
                for &version in here.iter().filter(|version| **version > newest) {
                    if is_approved(version) && !holds {
                        expected.push((key.clone(), version.to_string()));
                    }
                    holds = is_approved(version);
                }
                newest = here.last().copied().unwrap_or_default().max(newest);
                // The order inside an extract says nothing.
                here.reverse();
                let status = |version| if is_approved(version) { "Approved" } else { "Saved" };
                extract.extend(here.into_iter().map(|version| card(&key, version, "7.50", status(version))));
            }
        }
    }
    for extract in &extracts {
        rows(&world, extract);
        world.run();
        // Read again, nothing is raised again.
        let before = raised(&world);
        world.run();
        assert_eq!(raised(&world), before);
    }
    expected.sort();
    assert_eq!(raised(&world), expected);
    // Some, by hand. All in the first extract, as 101 (versions 1 and 3): two edges. 1 first, then 3, then 2, all approved: one.
    let of = |key: &str| -> Vec<String> {
        raised(&world).into_iter().filter(|(found, _)| found == key).map(|(_, version)| version).collect()
    };
    assert_eq!(of("W00-5"), ["1", "3"]);
    // Version 1 in extract 0, 2 in 2, 3 in 1: 0 + 2 * 3 + 1 * 9.
    assert_eq!(of("W15-7"), ["1"]);
    // Not approved, then 3 approved, then 2 approved too late.
    assert_eq!(of("W15-6"), ["3"]);
}

#[test]
fn an_event_is_there_once_wherever_the_run_is_killed() {
    let mut reached = 0;
    for point in POINTS.iter().filter(|point| point.starts_with("capture") || point.starts_with("map")) {
        for passing in 1..=4 {
            let mut world = World::with(|plan| declare(plan, 1, "Approved"));
            rows(&world, &[card("T-1", 1, "7.50", "Saved"), card("T-2", 1, "7.50", "Approved")]);
            world.run();
            rows(&world, &[card("T-1", 2, "7.50", "Approved"), card("T-2", 2, "7.50", "Approved")]);
            reached += u32::from(world.killed_at(&Kill { point, passing }));
            let report = world.run();
            assert_eq!(raised(&world), pairs(&[("T-1", "2"), ("T-2", "1")]), "{point} {passing}");
            let events: Vec<_> =
                time(&report).events.iter().map(|one| (one.event.as_str(), one.version, one.count)).collect();
            assert_eq!(events, [("psa.timecard.approved", 1, 2)]);
        }
    }
    assert!(reached >= 4, "{reached}");
}

#[test]
fn what_was_raised_stays_and_is_told() {
    let world = World::with(|plan| declare(plan, 1, "Approved"));
    rows(&world, &[card("T-1", 1, "7.50", "Saved"), card("T-1", 2, "7.50", "Approved")]);
    let report = world.run();
    assert_eq!((time(&report).events[0].count, time(&report).events[0].new), (1, 1));
    assert_eq!(time(&world.run()).events[0].new, 0);
    let traced = trace(&world.path("hub/hub.db"), "T-1").unwrap();
    let events: Vec<_> = traced[0].rows.iter().map(|row| (row.version.as_deref(), row.events.clone())).collect();
    assert_eq!(events, [(Some("1"), vec![]), (Some("2"), vec!["approved v1".to_owned()])]);
    for sql in ["DELETE FROM raised", "DELETE FROM event", "UPDATE raised SET row = row + 1"] {
        let refused = world.hub().execute_batch(sql).unwrap_err().to_string();
        assert!(refused.contains("an event stays"), "{refused}");
    }
}

#[test]
fn a_record_from_before_the_start_raises_nothing_until_something_happens_to_it() {
    let world = World::with(|plan| declare(plan, 1, "Approved"));
    let early = |version: u32, status: &str| card("T-1", version, "7.50", status).replace("2026-07-15,", "2026-06-30,");
    rows(&world, &[early(1, "Approved")]);
    world.run();
    assert_eq!(raised(&world), []);
    rows(&world, &[early(2, "Saved"), early(3, "Approved")]);
    world.run();
    assert_eq!(raised(&world), pairs(&[("T-1", "3")]));
}

#[test]
fn one_version_of_an_event_means_one_thing() {
    let mut world = World::with(|plan| declare(plan, 1, "Approved"));
    // As long as it was never raised it may still change.
    rows(&world, &[card("T-1", 1, "7.50", "Saved")]);
    world.run();
    world.change_plan(|plan| declare(plan, 1, "Submitted"));
    rows(&world, &[card("T-1", 2, "7.50", "Submitted")]);
    world.run();
    assert_eq!(raised(&world), pairs(&[("T-1", "2")]));
    world.change_plan(|plan| declare(plan, 1, "Approved"));
    match world.try_run() {
        Err(error @ RuntimeError::Plan { .. }) => assert_eq!(
            error.to_string(),
            "the plan cannot be run: event `psa.timecard.approved` v1 was raised under another condition: write the new one as `event approved v2`"
        ),
        other => panic!("{other:?}"),
    }
    world.change_plan(|plan| declare(plan, 2, "Approved"));
    rows(&world, &[card("T-1", 3, "7.50", "Approved")]);
    world.run();
    assert_eq!(raised(&world), pairs(&[("T-1", "2"), ("T-1", "3")]));
}

#[test]
fn rows_are_moved_on_their_event() {
    let world = World::with(on_event);
    rows(&world, &[card("T-1", 1, "8.00", "Submitted"), card("T-2", 1, "4.00", "Approved")]);
    let report = world.run();
    assert_eq!((time(&report).accounts.excluded, time(&report).accounts.posted), (1, 1));
    assert_eq!(world.costs(), [line("T-2", "4.00", "400.0000", None)]);
    rows(&world, &[card("T-1", 2, "7.50", "Approved"), card("T-2", 2, "4.00", "Submitted")]);
    world.run();
    assert_eq!(
        world.costs(),
        [
            line("T-1", "7.50", "750.0000", None),
            line("T-2", "4.00", "400.0000", None),
            line("T-2/1r", "-4.00", "-400.0000", Some("T-2")),
        ]
    );
}

#[test]
fn a_row_that_changed_after_its_event_needs_another_one() {
    let world = World::with(on_event);
    rows(&world, &[card("T-1", 1, "8.00", "Approved"), card("T-2", 1, "0.00", "Approved")]);
    world.run();
    // T-2 was approved and could not be taken. Both change, and nobody has approved that, as far as can be seen.
    rows(&world, &[card("T-1", 2, "6.00", "Approved"), card("T-2", 2, "5.00", "Approved")]);
    let report = world.run();
    assert_eq!((time(&report).accounts.quarantined, time(&report).accounts.stale), (3, 1));
    let reason =
        |key: &str, version: &str, reason: &str| (key.to_owned(), Some(version.to_owned()), vec![reason.to_owned()]);
    let open = [
        reason("T-1", "2", "changed-after-event"),
        reason("T-2", "1", "implausible_hours"),
        reason("T-2", "2", "changed-after-event"),
    ];
    assert_eq!(world.reasons(), open);
    assert_eq!(world.costs(), [line("T-1", "8.00", "800.0000", None)]);
    // The same values in a newer version are no change.
    rows(&world, &[card("T-1", 3, "8.00", "Approved")]);
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.stale), (1, 0));
    assert_eq!(world.reasons(), open[1..]);
    // Approved again, and both are posted.
    rows(
        &world,
        &[
            card("T-1", 4, "6.00", "Submitted"),
            card("T-1", 5, "6.00", "Approved"),
            card("T-2", 3, "5.00", "Submitted"),
            card("T-2", 4, "5.00", "Approved"),
        ],
    );
    world.run();
    assert_eq!(world.reasons(), []);
    assert_eq!(
        world.costs(),
        [
            line("T-1", "8.00", "800.0000", None),
            line("T-1/1r", "-8.00", "-800.0000", Some("T-1")),
            line("T-1/2", "6.00", "600.0000", None),
            line("T-2", "5.00", "500.0000", None),
        ]
    );
}

#[test]
fn a_sync_that_comes_to_capture_on_an_event_keeps_what_it_has_posted() {
    let mut world = World::new();
    rows(&world, &[card("T-1", 1, "8.00", "Approved")]);
    world.run();
    world.change_plan(on_event);
    rows(&world, &[card("T-1", 2, "6.00", "Approved")]);
    world.run();
    assert_eq!(world.costs(), [line("T-1", "8.00", "800.0000", None)]);
    assert_eq!(world.reasons()[0].2, ["changed-after-event"]);
}

/// Without a `where`, saved cards are posted, too: the plan that captures on the approval takes them back.
#[test]
fn what_never_met_the_condition_leaves_when_a_plan_comes_to_capture_on_it() {
    let mut world = World::with(|plan| map_of(plan, "TimeEntry -> erp.project_cost").condition = None);
    rows(&world, &[card("T-1", 1, "8.00", "Approved"), card("T-2", 1, "2.00", "Saved")]);
    world.run();
    assert_eq!(world.costs(), [line("T-1", "8.00", "800.0000", None), line("T-2", "2.00", "200.0000", None)]);
    world.change_plan(on_event);
    let report = world.run();
    assert_eq!((time(&report).accounts.posted, time(&report).accounts.excluded), (1, 1));
    assert_eq!(world.costs()[2], line("T-2/1r", "-2.00", "-200.0000", Some("T-2")));
}
