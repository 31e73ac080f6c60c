//! The way of a record: found by any of its names, and from what it was computed with back to it.

use crate::world::*;
use syncline_runtime::{Trace, trace};

fn of(world: &World, key: &str) -> Vec<Trace> {
    trace(&world.path("hub/hub.db"), key).unwrap()
}

#[test]
fn a_record_is_found_by_each_line_and_names_what_it_was_computed_with() {
    let mut world = World::new();
    world.cards(&[
        "T-1,1,p1,CON,2026-07-15,7.50,Approved,,2026-07-15T18:00:00Z",
        "T-2,1,p1,CON,2026-07-15,1.00,Approved,,2026-07-15T18:00:00Z",
    ]);
    world.run();
    world.cards(&["T-1,2,p1,CON,2026-07-15,8.00,Approved,,2026-07-15T18:00:00Z"]);
    world.run_at("2026-08-01T09:00:00Z");
    let found = of(&world, "T-1");
    assert_eq!(found, of(&world, "T-1/2"));
    assert_eq!(found, of(&world, "T-1/1r"));
    let [only] = found.as_slice() else { panic!("one record") };
    let lines: Vec<(&str, &str, Option<&str>)> =
        only.lines.iter().map(|line| (line.kind.as_str(), line.line.as_str(), line.version.as_deref())).collect();
    assert_eq!(lines, [("post", "T-1", Some("1")), ("reverse", "T-1/1r", Some("1")), ("post", "T-1/2", Some("2"))]);
    let read: Vec<&str> = only.lines[2].read.iter().map(|read| read.object.as_str()).collect();
    assert!(read.contains(&"Project") && read.contains(&"RateCard"), "{read:?}");
    // From the project to the lines: two of T-1 that were computed, one of T-2; reversals aside.
    let project = of(&world, "p1");
    let uses: Vec<_> = project.iter().flat_map(|one| &one.used_by).collect();
    assert_eq!(uses.len(), 1, "{uses:?}");
    assert_eq!(uses[0].sync, "ApprovedTime");
    let mut keys = uses[0].first.clone();
    keys.sort();
    keys.retain(|key| !key.ends_with('r'));
    assert_eq!(keys, ["T-1", "T-1/2", "T-2"]);
    assert!(of(&world, "nobody").is_empty());
}
