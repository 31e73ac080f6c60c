//! A preview says what a run would do, and touches nothing.

use crate::world::*;
use std::collections::BTreeMap;
use std::path::Path;
use syncline_runtime::kill::{Kill, Manner, Trap};
use syncline_runtime::{Preview, PreviewLine, Quiet, RuntimeError, preview};

const T1: &str = "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z";

/// Every file below a folder, with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.insert(path.display().to_string(), Vec::new());
            found.extend(files(&path));
        } else {
            found.insert(path.display().to_string(), std::fs::read(&path).unwrap());
        }
    }
    found
}

/// A preview, after which every file is what it was, and no other one is there.
fn untouched(world: &World) -> Preview {
    let before = files(world.folder.path());
    let said = preview(&world.plan, &world.profile(), &world.options, &mut Quiet).unwrap();
    let after = files(world.folder.path());
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (path, bytes) in before {
        assert!(after[&path] == bytes, "{path} was changed");
    }
    said
}

fn shown(line: &PreviewLine) -> (&str, &str, &str, &str) {
    (&line.sync, &line.key, &line.action, &line.line)
}

fn value<'p>(line: &'p PreviewLine, field: &str) -> Option<&'p str> {
    line.values.iter().find(|(name, _)| name == field).unwrap().1.as_deref()
}

#[test]
fn before_the_first_run_neither_hub_nor_target_is_made() {
    let world = World::new();
    world.cards(&[T1, "T-2,1,p1,CON,2026-07-15,0.00,Approved,,2026-07-15T18:00:00Z"]);
    let said = untouched(&world);
    assert!(!world.path("hub").exists() && !world.path("erp.db").exists());
    // 7.50 h x 100.00 = 750.00; 0.00 hours are implausible.
    let [line] = said.lines.as_slice() else { panic!("{:?}", said.lines) };
    assert_eq!(shown(line), ("ApprovedTime", "T-1", "post", "T-1"));
    assert_eq!((line.target.as_str(), &line.refused), ("erp.project_cost", &None));
    assert_eq!((value(line, "hours"), value(line, "amount")), (Some("7.50"), Some("750.0000")));
    let [raised] = said.exceptions.as_slice() else { panic!("{:?}", said.exceptions) };
    assert_eq!((raised.key.as_str(), raised.reason.as_str()), ("T-2", "implausible_hours"));
    // What is said is what happens.
    let report = world.run();
    assert_eq!((said.syncs, said.totals), (report.syncs, report.totals));
    assert_eq!(world.costs().len(), 1);
}

#[test]
fn a_correction_is_shown_with_the_line_it_reverses() {
    let mut world = World::new();
    world.cards(&[T1, "T-2,1,p1,CON,2026-07-15,0.00,Approved,,2026-07-15T18:00:00Z"]);
    world.run();
    world.cards(&["T-1,2,p1,CON,2026-07-15,6.00,Approved,,2026-07-16T18:00:00Z"]);
    world.options.at = "2026-08-01T10:00:00Z".parse().unwrap();
    let said = untouched(&world);
    let lines: Vec<_> = said.lines.iter().map(shown).collect();
    assert_eq!(lines, [("ApprovedTime", "T-1", "reverse", "T-1/1r"), ("ApprovedTime", "T-1", "post", "T-1/2")]);
    assert_eq!(
        (value(&said.lines[0], "amount"), value(&said.lines[0], "reversal_of")),
        (Some("-750.0000"), Some("T-1"))
    );
    assert_eq!(value(&said.lines[1], "amount"), Some("600.0000"));
    // T-2 has been in its queue since yesterday: nothing new is raised.
    assert_eq!(said.exceptions, []);
    assert_eq!(world.costs().len(), 1);
    let report = world.run();
    assert_eq!((said.syncs, said.totals), (report.syncs, report.totals));
    assert_eq!(world.costs().len(), 3);
    // Nothing is left to be done.
    assert_eq!(untouched(&world).lines, []);
}

#[test]
fn another_plan_is_previewed_before_it_runs() {
    let mut world = World::new();
    world.cards(&["T-1,1,p1,CON,2026-07-15,7.50,Approved,late,2026-07-15T18:00:00Z"]);
    world.run();
    world.change_plan(|plan| {
        let policies = &mut time_sync(plan).on_change;
        policies.retain(|policy| policy.object.is_some());
        policies.push(syncline_ir::ChangePolicy { object: None, action: syncline_ir::Change::Correct });
        map_of(plan, "TimeEntry -> erp.project_cost").assignments.retain(|assignment| assignment.field != "note");
    });
    let said = untouched(&world);
    let lines: Vec<_> = said.lines.iter().map(shown).collect();
    assert_eq!(lines, [("ApprovedTime", "T-1", "reverse", "T-1/1r"), ("ApprovedTime", "T-1", "post", "T-1/2")]);
    assert_eq!(value(&said.lines[0], "note"), Some("late"));
    assert!(!said.lines[1].values.iter().any(|(field, _)| field == "note"));
    let report = world.run();
    assert_eq!((said.syncs, said.totals), (report.syncs, report.totals));
}

#[test]
fn what_the_target_would_refuse_is_said() {
    let world = World::new();
    std::fs::write(
        world.path("erp.sql"),
        ERP.replace("amount TEXT NOT NULL", "amount TEXT NOT NULL CHECK (amount <> '750.0000')"),
    )
    .unwrap();
    world.cards(&[T1]);
    let said = untouched(&world);
    let [line] = said.lines.as_slice() else { panic!("{:?}", said.lines) };
    assert_eq!(shown(line), ("ApprovedTime", "T-1", "post", "T-1"));
    assert!(line.refused.as_deref().unwrap().contains("CHECK constraint failed"), "{line:?}");
    assert_eq!(said.exceptions[0].reason, "target-refused");
}

#[test]
fn a_run_that_was_killed_is_finished_in_the_preview_only() {
    let mut world = World::new();
    world.cards(&[T1]);
    assert!(world.killed_at(&Kill { point: "posting.after-intent", passing: 1 }));
    let said = untouched(&world);
    assert_eq!(said.lines.iter().map(shown).collect::<Vec<_>>(), [("ApprovedTime", "T-1", "post", "T-1")]);
    assert_eq!((world.costs().len(), said.totals.accounts.posted), (0, 1));
    // A kill point is for runs.
    world.options.kill = Some(Trap::new(Kill { point: "capture.after-read", passing: 1 }, Manner::Return));
    assert_eq!(untouched(&world).lines.len(), 1);
}

#[test]
fn what_is_wrong_is_said_of_the_real_databases() {
    let world = World::new();
    std::fs::write(world.path("erp.sql"), ERP.replace("hours TEXT", "hour TEXT")).unwrap();
    let error = preview(&world.plan, &world.profile(), &world.options, &mut Quiet).unwrap_err();
    let erp = world.path("erp.db").display().to_string();
    assert_eq!(error.to_string(), format!("`erp.project_cost` at {erp}: there is no column `hours`"));
    assert!(!world.path("erp.db").exists());
    std::fs::create_dir_all(world.path("hub")).unwrap();
    std::fs::write(world.path("hub/hub.db"), "this is not a database, however long it may be").unwrap();
    let error = preview(&world.plan, &world.profile(), &world.options, &mut Quiet).unwrap_err();
    assert!(matches!(error, RuntimeError::Hub { .. }), "{error}");
}

#[test]
fn a_preview_does_not_wait_for_a_run() {
    let world = World::new();
    world.cards(&[T1]);
    world.run();
    let lock = std::fs::File::options().write(true).open(world.path("hub/hub.db.lock")).unwrap();
    lock.lock().unwrap();
    assert_eq!(preview(&world.plan, &world.profile(), &world.options, &mut Quiet).unwrap().lines, []);
    // Nor does a run find the hub in use after it.
    lock.unlock().unwrap();
    world.run();
}
