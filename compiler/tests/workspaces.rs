//! Checking and compiling whole workspaces.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;
use support::{consulting, lines};
use syncline::ir::{EdgeKind, MapDirection, Plan};
use syncline::{
    MAX_FILE_BYTES, MAX_FILES, SourceFile, Unformatted, Workspace, check, compile, emit_docs, format, plan_from_json,
    plan_json,
};

fn plan(workspace: &Workspace) -> Plan {
    match compile(workspace) {
        Ok(plan) => plan,
        Err(checked) => panic!("{:#?}", lines(&checked)),
    }
}

#[test]
fn the_example_is_clean() {
    assert_eq!(lines(&check(&consulting())), [""; 0]);
}

#[test]
fn the_order_of_files_does_not_matter() {
    let forwards = consulting();
    let mut backwards = forwards.clone();
    backwards.files.reverse();
    assert_eq!(plan_json(&plan(&forwards)).unwrap(), plan_json(&plan(&backwards)).unwrap());
}

#[test]
fn the_order_of_items_in_a_file_does_not_change_what_a_plan_does() {
    let first = "enum A { x, y }\n";
    let second = "enum B { z }\nunit story\n";
    let hash = |text: String| plan(&Workspace::of_texts([("a.syn", text)])).hash;
    assert_eq!(hash(format!("{first}{second}")), hash(format!("{second}// why\n{first}")));
    assert_ne!(hash(format!("{first}{second}")), hash(format!("{first}{}", second.replace('z', "w"))));
}

#[test]
fn a_plan_survives_its_json() {
    let built = plan(&consulting());
    let text = plan_json(&built).unwrap();
    assert_eq!(plan_from_json(&text).unwrap(), built);
    let newer = text.replacen("\"format\": 1", "\"format\": 2", 1);
    assert_eq!(plan_from_json(&newer).unwrap_err(), "it is a sync plan of format 2; this release reads format 1");
    assert!(plan_from_json("{}").unwrap_err().starts_with("it is not a sync plan: missing field `format`"));
    assert!(plan_from_json("").unwrap_err().starts_with("it is not a sync plan"));
}

/// The order by the rule, worked out by hand: after `Clients` the free ones are `Employees`, `FxRates`, `Projects`, `TaxProfiles`; after
/// `Employees` also `CostRates`; after `Projects`, `Employees` and `FxRates` also `ApprovedExpenses` and `Assignments`, after `Projects` also
/// `Discounts`, `MilestoneFees`, `RateCards` and `Tasks`; `Tasks` is the last that `ApprovedTime` waits for.
#[test]
fn syncs_run_after_what_they_need_and_by_name() {
    let order: Vec<String> = plan(&consulting()).syncs.into_iter().map(|sync| sync.name).collect();
    assert_eq!(
        order,
        [
            "Clients",
            "Employees",
            "CostRates",
            "FxRates",
            "Projects",
            "ApprovedExpenses",
            "Assignments",
            "Discounts",
            "MilestoneFees",
            "RateCards",
            "Tasks",
            "ApprovedTime",
            "TaxProfiles"
        ]
    );
}

#[test]
fn lists_of_a_plan_are_sorted() {
    let plan = plan(&consulting());
    let sorted = |names: Vec<&str>| {
        assert!(!names.is_empty());
        assert!(names.is_sorted(), "{names:?}");
    };
    sorted(plan.teams.iter().map(|one| one.name.as_str()).collect());
    sorted(plan.queues.iter().map(|one| one.name.as_str()).collect());
    sorted(plan.enums.iter().map(|one| one.name.as_str()).collect());
    sorted(plan.lifecycles.iter().map(|one| one.name.as_str()).collect());
    sorted(plan.systems.iter().map(|one| one.name.as_str()).collect());
    sorted(
        plan.systems
            .iter()
            .find(|one| one.name == "psa")
            .unwrap()
            .entities
            .iter()
            .map(|one| one.name.as_str())
            .collect(),
    );
    sorted(plan.objects.iter().map(|one| one.name.as_str()).collect());
    sorted(plan.ownership.iter().map(|one| one.object.as_str()).collect());
    sorted(plan.codes.iter().map(|one| one.name.as_str()).collect());
    sorted(plan.maps.iter().map(|one| one.id.as_str()).collect());
    sorted(plan.provenance.iter().map(|one| one.file.as_str()).collect());
    assert!(plan.lineage.is_sorted());
}

#[test]
fn a_map_reads_what_its_parts_read() {
    let plan = plan(&consulting());
    let reads = |id: &str| plan.maps.iter().find(|map| map.id == id).unwrap().reads.clone();
    // In the order of the entity; `currency` is read by the text of a quarantine only.
    assert_eq!(reads("psa.bill_rate -> RateCard"), ["project", "grade", "rate", "currency", "valid_from", "valid_to"]);
    assert_eq!(reads("crm.deal -> Project"), ["project_code", "discount"]);
    assert_eq!(reads("erp.customer -> Client"), ["external_id", "tax_profile"]);
    assert_eq!(reads("Client -> erp.customer"), ["code", "name", "region", "stage"]);
}

#[test]
fn claims_that_depend_on_a_stage_mask_the_writes_of_their_system() {
    let plan = plan(&consulting());
    let mask = |id: &str| -> Vec<String> {
        plan.maps.iter().find(|map| map.id == id).unwrap().mask.iter().map(|entry| entry.field.clone()).collect()
    };
    assert_eq!(mask("psa.project -> Project"), ["discount"]);
    assert_eq!(mask("crm.deal -> Project"), ["discount"]);
    for map in plan.maps.iter().filter(|map| map.direction == MapDirection::Outbound || map.object != "Project") {
        assert!(map.mask.is_empty(), "{}", map.id);
    }
}

#[test]
fn lineage_has_values_conditions_and_lookups() {
    let plan = plan(&consulting());
    let of = |to: &str, kind: EdgeKind| -> BTreeSet<&str> {
        plan.lineage.iter().filter(|edge| edge.to == to && edge.kind == kind).map(|edge| edge.from.as_str()).collect()
    };
    let amount = "erp_us.project_cost.amount";
    let values = of(amount, EdgeKind::Value);
    for field in ["TimeEntry.hours", "RateCard.bill_rate", "Project.discount"] {
        assert!(values.contains(field), "{field}: {values:?}");
    }
    let lookups = of(amount, EdgeKind::Lookup);
    for field in ["TimeEntry.project", "TimeEntry.category"] {
        assert!(lookups.contains(field), "{field}: {lookups:?}");
    }
    let conditions = of(amount, EdgeKind::Condition);
    for field in ["TimeEntry.state", "Project.stage"] {
        assert!(conditions.contains(field), "{field}: {conditions:?}");
    }
    assert_eq!(of("TimeEntry.hours", EdgeKind::Value), BTreeSet::from(["psa.timecard.hours"]));
}

#[test]
fn places_are_those_of_the_sources() {
    let workspace = consulting();
    let plan = plan(&workspace);
    let (file, line) = plan
        .objects
        .iter()
        .find(|object| object.name == "TimeEntry")
        .map(|object| object.at.split_once(':').unwrap())
        .unwrap();
    let text = &workspace.files.iter().find(|known| known.path == file).unwrap().text;
    let number: usize = line.split(':').next().unwrap().parse().unwrap();
    assert!(text.lines().nth(number - 1).unwrap().starts_with("object TimeEntry"));
}

#[test]
fn documents_are_made_of_the_plan() {
    let workspace = consulting();
    let checked = check(&workspace);
    let pages = emit_docs(&checked.plan().unwrap(), &checked.files);
    assert!(pages.iter().any(|page| page.path == "index.html"));
    assert!(pages.len() > workspace.files.len());
}

#[test]
fn modules_are_called_after_their_place_below_the_sources() {
    let files = [
        ("specs/services/a.syn", "enum Region { US }\n"),
        ("specs/b.syn", "use services.a.Region\nsystem s { entity e { key k: Region } }\n"),
    ];
    let config = syncline::Config::parse("name: x\nedition: 2026\nsources: specs\n");
    let files = files.map(|(path, text)| SourceFile::new(path, text)).to_vec();
    assert_eq!(lines(&check(&Workspace { config, files })), [""; 0]);
}

#[test]
fn a_value_of_an_enumeration_that_is_not_imported_says_so() {
    let specs = "use a.Site
        team t { title \"T\" }
        queue desk { owner t; respond within 4h; resolve within 2d }
        system s { entity e { key k: text(2); West: text(2)? } }
        ownership of Site by t { s owns * }
        map s.e -> Site creates { code = k; region = Region.West; ignore West; otherwise quarantine desk }
        sync Sites by t { move s.e -> Site; model batch; every 1d; order by arrival }
";
    let files = [
        ("a.syn", "enum Region { West }\nobject Site: master { key code: text(2); region: Region }\n"),
        ("b.syn", specs),
    ];
    let found = lines(&check(&Workspace::of_texts(files)));
    let [found] = found.as_slice() else { panic!("{found:?}") };
    assert!(found.starts_with("not-imported b.syn:6:54 `Region` belongs to module `a`"), "{found}");
}

#[test]
fn files_that_are_no_text_are_reported_where_they_stop_being_text() {
    let mut bytes = b"enum A { x }\n// \xe9\n".to_vec();
    let workspace = Workspace {
        files: vec![SourceFile::from_bytes("a.syn", bytes.clone())],
        ..Workspace::of_texts([("b.syn", "")])
    };
    assert_eq!(lines(&check(&workspace)), ["not-unicode a.syn:2:4 the file is not UTF-8 from here on"]);
    bytes.retain(|byte| *byte != 0xe9);
    let workspace = Workspace { files: vec![SourceFile::from_bytes("a.syn", bytes)], ..workspace };
    assert_eq!(lines(&check(&workspace)), [""; 0]);
}

#[test]
fn limits_are_said_and_kept() {
    let fits = " ".repeat(usize::try_from(MAX_FILE_BYTES).unwrap());
    assert_eq!(lines(&check(&Workspace::of_texts([("a.syn", fits.clone())]))), [""; 0]);
    let workspace = Workspace::of_texts([("a.syn", fits + " ")]);
    assert_eq!(lines(&check(&workspace)), ["file-too-large a.syn:1:1 `a.syn` has 17 MiB; a source file may have 16"]);
    let many = (0..=MAX_FILES).map(|number| (format!("{number}.syn"), ""));
    assert_eq!(
        lines(&check(&Workspace::of_texts(many))),
        ["too-many-files syncline.yaml:3:10 `.` holds 10001 source files; a workspace may have 10000"]
    );
    let most = (0..MAX_FILES).map(|number| (format!("{number}.syn"), ""));
    assert_eq!(lines(&check(&Workspace::of_texts(most))), [""; 0]);
}

#[test]
fn findings_come_by_file_and_place() {
    let workspace =
        Workspace::of_texts([("b.syn", "enum A { x }\nenum A { y }\n"), ("a.syn", "sistem s {}\n\nuse nowhere.x\n")]);
    let checked = check(&workspace);
    let places: Vec<String> = lines(&checked).iter().map(|line| line.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(places, ["a.syn:1:1", "a.syn:3:5", "b.syn:2:6"], "{:#?}", lines(&checked));
    assert!(checked.plan().is_none());
    assert_eq!((checked.errors(), checked.warnings()), (3, 0));
}

#[test]
fn a_warning_hides_no_error() {
    let found = lines(&check(&Workspace::of_texts([(
        "a.syn",
        "system s {\n  entity e {\n    key k: text(2)\n    note: /// text(200)\n  }\n}\n",
    )])));
    let names: Vec<&str> = found.iter().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, ["syntax-error", "stray-docs"], "{found:#?}");
}

#[test]
fn files_are_formatted_or_say_why_not() {
    assert_eq!(format(&SourceFile::new("a.syn", "enum  A { x,y }")).unwrap(), "enum A { x, y }\n");
    let problem = format(&SourceFile::new("a.syn", "enum A { x\n")).unwrap_err();
    let Unformatted::Errors { diagnostics, sources } = *problem else { panic!("another problem") };
    assert_eq!(diagnostics[0].code.name, "unclosed-delimiter");
    assert_eq!(support::line(&diagnostics[0], &sources).split(' ').nth(1), Some("a.syn:1:8"));
    let problem = format(&SourceFile::from_bytes("a.syn", vec![0xff])).unwrap_err();
    assert!(matches!(*problem, Unformatted::Errors { .. }));
}

/// What is said about tries, calls and lateness, in seconds and by name; an instance has the limit of its product.
#[test]
fn tries_limits_and_promises_are_in_the_plan() {
    let text = r#"
team finance { title "Finance" }
queue desk { owner finance; respond within 4h; resolve within 2d }
calendar hours { zone "Europe/Berlin"; open mon .. fri 08:00 .. 18:00 }
product books { limit 60 calls per minute; entity cost { key id: text(18); find by id } }
system psa { entity card { key id: text(18) } }
system erp is books { limit 5000 calls per day in "Europe/Berlin", batch 200 }
system erp_eu is books { title "Europe" }
object Card: transaction { key id: text(18); eu: bool }
ownership of Card by finance { psa owns * }
map psa.card -> Card creates { id = id; eu = id == "eu"; otherwise quarantine desk }
map Card -> books.cost { id = id; otherwise quarantine desk }
sync Cards by finance {
  move psa.card -> Card -> { erp.cost when not eu, erp_eu.cost when eu }
  model batch; every 1h
  idempotent by id; order by arrival
  correct by overwrite; leave hold desk
  on change of plan keep
  retry 5 times backoff 30s .. 10m then desk
  fresh within 45m in hours
}
"#;
    let plan = syncline::compile(&Workspace::of_texts([("a.syn", text)])).unwrap();
    let plan = serde_json::to_value(&plan).unwrap();
    let sync = &plan["syncs"][0];
    let retry = serde_json::json!({ "times": 5, "first": 30, "longest": 600, "queue": "desk" });
    assert_eq!((&sync["retry"], &sync["fresh"]), (&retry, &serde_json::json!({ "within": 2700, "calendar": "hours" })));
    let limit = |name: &str| {
        let systems = plan["systems"].as_array().unwrap();
        systems.iter().find(|system| system["name"] == name).unwrap()["limit"].clone()
    };
    let berlin = serde_json::json!({ "calls": 5000, "per": "day", "zone": "Europe/Berlin", "batch": 200 });
    let product = serde_json::json!({ "calls": 60, "per": "minute", "zone": "UTC", "batch": 1 });
    assert_eq!((limit("erp"), limit("erp_eu"), limit("psa")), (berlin, product, serde_json::Value::Null));
}
