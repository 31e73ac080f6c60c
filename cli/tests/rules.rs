//! Rules of an object that come with another plan, on the records a hub has.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use support::Folder;

const YAML: &str = "name: staffing\nedition: 2026\nsources: specs\nprofiles:\n  local:\n    systems:\n      psa: { connector: csv, path: psa }\n";

const SPEC: &str = r#"team staffing { title "Staffing" }
queue desk { owner staffing; respond within 4h; resolve within 2d }
system psa {
  entity assignment { key id: text(12); person: text(12); begins: date; ends: date?; gone: bool; delete when gone }
}
object Assignment: transaction {
  key id: text(12)
  person: text(12)
  begins: date
  ends: date?
}
ownership of Assignment by staffing { psa owns * }
map psa.assignment -> Assignment creates {
  id = id; person = person; begins = begins; ends = ends
  otherwise quarantine desk
}
sync Assignments by staffing { move psa.assignment -> Assignment; model batch; every 1d; order by arrival }
"#;

/// Keys and reasons of the open exceptions after a run with these rows.
fn open(folder: &Folder, rows: &str) -> Vec<(String, String)> {
    folder.write("psa/assignment.csv", &format!("id,person,begins,ends,gone\n{rows}"));
    assert_eq!(folder.run(&["run", "--at", "2026-07-01T08:00Z"]).code, 0);
    assert_eq!(folder.run(&["hub", "check"]).code, 0);
    let listed = folder.run(&["exceptions", "list", "--format", "json"]).json(0);
    let listed = listed["exceptions"].as_array().unwrap();
    let text = |one: &serde_json::Value, name: &str| one[name].as_str().unwrap().to_owned();
    listed.iter().map(|one| (text(one, "key"), text(one, "reason"))).collect()
}

#[test]
fn a_rule_compares_records_that_were_there_before_it() {
    let folder = Folder::with(&[("syncline.yaml", YAML), ("specs/main.syn", SPEC)]);
    assert_eq!(open(&folder, "A-1,E-1,2026-07-01,2026-07-10,false\nA-2,E-1,2026-07-05,2026-07-06,false\n"), []);
    folder.edit("specs/main.syn", "  ends: date?\n}", "  ends: date?\n  no overlap of (begins, ends) per person\n}");
    // What is there stays; what comes is compared with it.
    let overlapping = |key: &str| (key.to_owned(), "overlapping".to_owned());
    assert_eq!(open(&folder, "A-3,E-1,2026-07-10,,false\nA-4,E-2,2026-07-10,,false\n"), [overlapping("A-3")]);
    // A record that is deleted is in nobody's way.
    assert_eq!(open(&folder, "A-1,E-1,2026-07-01,2026-07-10,true\n"), []);
    assert_eq!(open(&folder, "A-5,E-1,2026-08-01,,false\n"), [overlapping("A-5")]);
}
