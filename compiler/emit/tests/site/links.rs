//! Every link leads somewhere, every file has its own place.

use super::*;
use std::collections::BTreeSet;

/// Fails unless every link of every page leads to a file and an anchor that are there.
pub fn check(files: &[OutputFile]) -> usize {
    let pages = pages(files);
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    let mut checked = 0;
    for (path, page) in &pages {
        let ids = ids(page);
        assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{path} has an id twice");
        for node in page.all() {
            for labelled in node.attribute("aria-labelledby").split_whitespace() {
                assert!(ids.contains(&labelled), "{path}: no label {labelled}");
            }
            let href = if node.name == "script" { node.attribute("src") } else { node.attribute("href") };
            if href.is_empty() || href == "data:," || href.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = href.split_once('#').unwrap_or((href, ""));
            let target = if file.is_empty() { path.clone() } else { resolved(path, file) };
            assert!(paths.contains(target.as_str()), "{path}: no file {target} for {href}");
            assert!(
                anchor.is_empty() || ids_of(&pages, &target).contains(&anchor),
                "{path}: no anchor {anchor} in {target}"
            );
            checked += 1;
        }
    }
    checked
}

fn ids(page: &Node) -> Vec<&str> {
    page.all().into_iter().map(|node| node.attribute("id")).filter(|id| !id.is_empty()).collect()
}

fn ids_of<'a>(pages: &'a BTreeMap<String, Node>, path: &str) -> Vec<&'a str> {
    ids(&pages[path])
}

/// The path from the root of the site of `href` on `page`.
pub fn resolved(page: &str, href: &str) -> String {
    let mut folders: Vec<&str> = page.split('/').collect();
    folders.pop();
    for part in href.split('/') {
        if part == ".." {
            folders.pop().expect("a folder above");
        } else {
            folders.push(part);
        }
    }
    folders.join("/")
}

#[test]
fn every_link_and_anchor_resolves() {
    assert!(check(&emit(&plan(), Some(&sources()))) > 1000);
    assert!(check(&emit(&plan(), None)) > 1000);
}

#[test]
fn links_resolve_when_the_plan_lacks_what_it_names() {
    let mut plan = plan();
    plan.queues.clear();
    plan.teams.clear();
    plan.systems.retain(|system| system.name != "erp");
    plan.enums.clear();
    plan.lifecycles.clear();
    plan.objects.retain(|object| object.name != "Project");
    check(&emit(&plan, Some(&sources())));
}

#[test]
fn an_empty_plan_has_a_site() {
    let full = plan();
    let plan = Plan {
        units: Vec::new(),
        teams: Vec::new(),
        queues: Vec::new(),
        enums: Vec::new(),
        lifecycles: Vec::new(),
        calendars: Vec::new(),
        holidays: Vec::new(),
        products: Vec::new(),
        systems: Vec::new(),
        objects: Vec::new(),
        ownership: Vec::new(),
        codes: Vec::new(),
        maps: Vec::new(),
        syncs: Vec::new(),
        waves: Vec::new(),
        lineage: Vec::new(),
        provenance: Vec::new(),
        ..full
    };
    check(&emit(&plan, None));
    assert!(emit(&plan, None).iter().any(|file| file.path == "index.html"));
}

#[test]
fn names_that_differ_in_case_only_have_files_of_their_own() {
    let mut plan = plan();
    for name in ["timeentry", "TIMEENTRY"] {
        let mut twin = plan.objects.iter().find(|object| object.name == "TimeEntry").unwrap().clone();
        twin.name = name.to_owned();
        let mut field = twin.fields[1].clone();
        field.name = field.name.to_uppercase();
        twin.fields.push(field);
        plan.objects.push(twin);
    }
    let mut system = plan.systems[0].clone();
    system.name = system.name.to_uppercase();
    plan.systems.push(system);
    let mut texts = sources();
    texts.insert("specs/DELIVERY/time.syn".to_owned(), "// other\n".to_owned());
    texts.insert("specs-delivery/time.syn".to_owned(), "// another\n".to_owned());
    let files = emit(&plan, Some(&texts));
    let lower: BTreeSet<String> = files.iter().map(|file| file.path.to_lowercase()).collect();
    assert_eq!(lower.len(), files.len());
    assert_eq!(files.iter().filter(|file| file.path.to_lowercase().starts_with("object/timeentry")).count(), 3);
    assert_eq!(
        files.iter().filter(|file| file.path.to_lowercase().starts_with("source/specs-delivery-time.syn")).count(),
        3
    );
    check(&files);
}

#[test]
fn a_place_leads_to_its_line() {
    let (pages, texts) = (site(), sources());
    let mut followed = 0;
    for object in &plan().objects {
        let path = format!("object/{}.html", object.name);
        for field in object.fields.iter().filter(|field| field.name != "origin") {
            let row = pages[&path].by_id(&format!("field-{}", field.name)).unwrap();
            let place = row.classed("at")[0];
            let (file, line) = place.attribute("href").split_once("#L").unwrap();
            let line: usize = line.parse().unwrap();
            let shown = pages[&resolved(&path, file)].by_id(&format!("L{line}")).unwrap().named("td")[0].raw();
            let source = place.attribute("title").split(',').next().unwrap();
            assert_eq!(texts[source].lines().nth(line - 1).unwrap(), shown);
            assert!(shown.contains(&format!("{}: ", field.name)), "{} is not declared in {shown:?}", field.name);
            followed += 1;
        }
    }
    assert_eq!(followed, 41);
}

#[test]
fn without_sources_places_are_text() {
    let pages = pages(&emit(&plan(), None));
    assert!(!pages.keys().any(|path| path.starts_with("source/")));
    let places: Vec<&Node> =
        pages.values().flat_map(|page| page.classed("at")).filter(|place| place.words() != "lineage").collect();
    assert!(places.len() > 300);
    assert!(places.iter().all(|place| place.name == "span"));
    assert!(
        places
            .iter()
            .any(|place| place.words() == "time.syn:83"
                && place.attribute("title") == "specs/delivery/time.syn, line 83")
    );
}
