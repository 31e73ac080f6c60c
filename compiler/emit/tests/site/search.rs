//! What can be found by searching, and where it leads. The form of the index is held by tests beside it; that the script finds with it,
//! `tests/search/check.mjs` holds.

use super::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The index of a site.
pub fn index(files: &[OutputFile]) -> Value {
    let script = files.iter().find(|file| file.path == "script/search-index.js").unwrap();
    let text = std::str::from_utf8(&script.bytes).unwrap();
    let json = text.strip_prefix("globalThis.synclineIndex = ").unwrap().strip_suffix(";\n").unwrap();
    serde_json::from_str(json).unwrap()
}

/// `kind within.name` of every entry, with where it leads.
fn entries(index: &Value) -> BTreeMap<String, String> {
    let text = |entry: &Value, member: &str| entry[member].as_str().unwrap().to_owned();
    let stored = index["storedFields"].as_object().unwrap();
    stored
        .values()
        .map(|entry| {
            let within = text(entry, "w");
            let dot = if within.is_empty() { "" } else { "." };
            (format!("{} {within}{dot}{}", text(entry, "k"), text(entry, "n")), text(entry, "h"))
        })
        .collect()
}

#[test]
fn every_named_thing_can_be_found() {
    let plan = plan();
    let found = entries(&index(&emit(&plan, Some(&sources()))));
    let mut expected: BTreeSet<String> = BTreeSet::new();
    let mut add = |kind: &str, name: String| assert!(expected.insert(format!("{kind} {name}")), "{kind} {name} twice");
    for object in &plan.objects {
        add("object", object.name.clone());
        object.fields.iter().for_each(|field| add("field", format!("{}.{}", object.name, field.name)));
    }
    for system in &plan.systems {
        add("system", system.name.clone());
        for entity in &system.entities {
            add("entity", format!("{}.{}", system.name, entity.name));
            entity
                .fields
                .iter()
                .for_each(|field| add("field", format!("{}.{}.{}", system.name, entity.name, field.name)));
        }
    }
    plan.maps.iter().for_each(|map| add("map", map.id.replace("->", "→")));
    plan.syncs.iter().for_each(|sync| add("sync", sync.name.clone()));
    plan.queues.iter().for_each(|queue| add("queue", queue.name.clone()));
    plan.teams.iter().for_each(|team| add("team", team.name.clone()));
    for codes in &plan.codes {
        let field = |system: &String| format!("{system}.{}.{}.{}", codes.entity, codes.field, codes.name);
        codes.systems.iter().for_each(|system| add("code table", field(system)));
    }
    plan.enums.iter().for_each(|one| add("value set", one.name.clone()));
    plan.lifecycles.iter().for_each(|one| add("lifecycle", one.name.clone()));
    let shown: BTreeSet<String> =
        found.keys().filter(|name| !name.starts_with("page ") && !name.starts_with("reason ")).cloned().collect();
    assert_eq!(shown, expected);
    assert_eq!(found.keys().filter(|name| name.starts_with("page ")).count(), 8);
    assert_eq!(found["field TimeEntry.hours"], "object/TimeEntry.html#field-hours");
    assert!(found.contains_key("reason project_closed") && found.contains_key("reason dependency-changed"));
}

#[test]
fn what_is_found_is_there() {
    let files = emit(&plan(), Some(&sources()));
    let pages = pages(&files);
    let found = entries(&index(&files));
    for (name, href) in &found {
        let (path, anchor) = href.split_once('#').unwrap_or((href, ""));
        let page = pages.get(path).unwrap_or_else(|| panic!("{name}: no page {path}"));
        assert!(anchor.is_empty() || page.by_id(anchor).is_some(), "{name}: no {anchor} on {path}");
    }
    assert!(found.len() > 100);
}

#[test]
fn terms_lead_to_what_has_them() {
    let index = index(&emit(&plan(), None));
    let terms: BTreeMap<&str, &Value> =
        index["index"].as_array().unwrap().iter().map(|pair| (pair[0].as_str().unwrap(), &pair[1])).collect();
    let names = |term: &str, field: &str| -> BTreeSet<String> {
        let documents = terms[term][field].as_object().unwrap();
        documents.keys().map(|number| index["storedFields"][number]["n"].as_str().unwrap().to_owned()).collect()
    };
    // `0` is the name: a name is found as a whole and by its parts.
    assert!(names("timeentry", "0").contains("TimeEntry"));
    assert!(names("entry", "0").contains("TimeEntry"));
    assert_eq!(names("work", "0"), BTreeSet::from(["future_work".to_owned(), "work_date".to_owned()]));
    assert!(names("closed", "0").contains("project_closed"));
}

#[test]
fn what_people_write_stays_text() {
    let mut plan = plan();
    plan.teams[0].title = "</script><img src=x onerror=y>\u{2028}`${x}`".to_owned();
    let index = index(&emit(&plan, None));
    let stored = index["storedFields"].as_object().unwrap();
    assert!(
        stored
            .values()
            .any(|entry| entry["t"].as_str().unwrap().starts_with("</script><img src=x onerror=y>\u{2028}`${x}`"))
    );
    // What is found is shown by `textContent`: the script has no way from text to markup.
    let script = include_str!("../../templates/script/search.js");
    for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("] {
        assert!(!script.contains(way), "{way}");
    }
}

#[test]
fn what_a_product_has_is_found_by_each_of_its_systems() {
    let mut plan = plan();
    plan.systems.iter_mut().find(|system| system.name == "erp").unwrap().product = Some("ledger".to_owned());
    let codes = plan.codes.iter_mut().find(|codes| codes.systems == ["crm"]).unwrap();
    codes.systems = vec!["crm".to_owned(), "erp".to_owned()];
    let (name, field) = (codes.name.clone(), format!("{}.{}", codes.entity, codes.field));
    let index = index(&emit(&plan, None));
    let found = entries(&index);
    assert!(found[&format!("code table crm.{field}.{name}")] == found[&format!("code table erp.{field}.{name}")]);
    let stored = index["storedFields"].as_object().unwrap();
    assert!(
        stored
            .values()
            .any(|entry| entry["n"] == "erp" && entry["t"].as_str().unwrap().starts_with("instance of ledger"))
    );
}
