//! What the plan says stands on the pages, and nothing else does.

use super::*;
use serde_json::Value;
use syncline_ir::{MapDirection, Product};

fn team_title(plan: &Plan, name: &str) -> String {
    plan.teams.iter().find(|team| team.name == name).unwrap().title.clone()
}

#[test]
fn every_field_of_every_object_appears_with_its_owners() {
    let (plan, pages) = (plan(), site());
    let mut owners = 0;
    for object in &plan.objects {
        let page = &pages[&format!("object/{}.html", object.name)];
        let ownership = plan.ownership.iter().find(|one| one.object == object.name).unwrap();
        for field in &object.fields {
            let row = page
                .by_id(&format!("field-{}", field.name))
                .unwrap_or_else(|| panic!("no {} on the page of {}", field.name, object.name));
            assert!(row.named("th")[0].words().starts_with(&field.name));
            let cell = row.named("td")[1];
            let shown: Vec<String> = cell.classed("claim").iter().map(|claim| claim.words()).collect();
            let claims = ownership.claims.iter().filter(|claim| claim.field == field.name);
            let mut expected: Vec<String> = claims
                .map(|claim| {
                    let guard = claim.guard_text.as_ref().map(|guard| format!(" while {guard}")).unwrap_or_default();
                    let place: Vec<&str> = claim.at.rsplit(['/', ':']).collect();
                    format!("{}{guard} {} {}:{}", claim.system, team_title(&plan, &claim.team), place[2], place[1])
                })
                .collect();
            for system in plan.systems.iter().map(|system| &system.name) {
                let moves: Vec<_> = ownership
                    .movers
                    .iter()
                    .filter(|mover| mover.field == field.name && &mover.system == system)
                    .collect();
                let steps: Vec<String> = moves.iter().map(|mover| format!("{} → {}", mover.from, mover.to)).collect();
                if let Some(first) = moves.first() {
                    expected.push(format!("{system} moves{} {}", steps.join(""), team_title(&plan, &first.team)));
                }
            }
            let joined = |words: &[String]| -> Vec<String> { words.iter().map(|one| one.replace(' ', "")).collect() };
            let (mut shown, mut expected) = (joined(&shown), joined(&expected));
            shown.sort();
            expected.sort();
            assert_eq!(shown, expected, "{}.{}", object.name, field.name);
            owners += shown.len();
        }
    }
    // 40 claims; stage and the two states are moved, the state of projects by two systems.
    assert_eq!(owners, 44);
}

#[test]
fn the_matrix_has_a_mark_exactly_where_there_is_a_claim_or_a_move() {
    let (plan, pages) = (plan(), site());
    let table = pages["ownership.html"].classed("matrix")[0];
    let systems: Vec<String> = table.named("thead")[0].classed("chip").iter().map(|chip| chip.words()).collect();
    assert_eq!(systems, ["crm", "erp", "hris", "psa"]);
    let mut marks = 0;
    for (body, object) in table.named("tbody").into_iter().zip(&plan.objects) {
        let ownership = plan.ownership.iter().find(|one| one.object == object.name).unwrap();
        let rows = &body.named("tr")[1..];
        assert_eq!(rows.len(), object.fields.len());
        for (row, field) in rows.iter().zip(&object.fields) {
            for (cell, system) in row.named("td").into_iter().zip(&systems) {
                let claims: Vec<_> = ownership
                    .claims
                    .iter()
                    .filter(|claim| claim.field == field.name && &claim.system == system)
                    .collect();
                let moves: Vec<_> = ownership
                    .movers
                    .iter()
                    .filter(|mover| mover.field == field.name && &mover.system == system)
                    .collect();
                let words = cell.words();
                assert_eq!(words.matches("owns").count(), claims.len(), "{}.{} {system}", object.name, field.name);
                assert_eq!(words.matches(" → ").count(), moves.len(), "{}.{} {system}", object.name, field.name);
                assert_eq!(words == "may not write", claims.is_empty() && moves.is_empty());
                marks += claims.len() + moves.len();
            }
        }
    }
    assert_eq!(marks, 40 + 18);
}

#[test]
fn every_step_of_every_map_stands_on_the_page_of_its_object() {
    let (plan, pages) = (plan(), site());
    for map in &plan.maps {
        let page = &pages[&format!("object/{}.html", map.object)];
        let id = match map.direction {
            MapDirection::Outbound => format!("map-{}-{}.{}", map.object, map.system, map.entity),
            _ => format!("map-{}.{}-{}", map.system, map.entity, map.object),
        };
        let section = page
            .classed("map")
            .into_iter()
            .find(|section| section.attribute("aria-labelledby") == id)
            .unwrap_or_else(|| panic!("no {id}"));
        let rows = section.classed("map-steps")[0].named("tbody")[0].named("tr");
        assert_eq!(rows.len(), map.lets.len() + map.assignments.len() + map.requires.len());
        for assignment in &map.assignments {
            let row = rows.iter().find(|row| row.named("th")[0].words() == assignment.field).unwrap();
            let shown: String = row.named("td")[0].raw().split_whitespace().collect();
            // Long expressions stand on several lines; a line end takes the place of a semicolon there.
            let text: String = syncline_emit::render_expr(&assignment.value).split_whitespace().collect();
            assert_eq!(shown.replace(';', ""), text.replace(';', ""));
        }
    }
}

/// Every route of the plan's JSON: maps, then syncs.
fn routes(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), member) {
                    // `otherwise` is also the member of an expression.
                    ("queue" | "otherwise" | "quarantine" | "hold" | "ask", Value::String(queue)) => {
                        out.push(queue.clone())
                    }
                    _ => routes(member, out),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| routes(item, out)),
        _ => {}
    }
}

#[test]
fn every_route_stands_at_its_queue() {
    let (json, pages) = (json(), site());
    let mut expected = Vec::new();
    routes(&json["maps"], &mut expected);
    routes(&json["syncs"], &mut expected);
    assert_eq!(expected.len(), 24);
    for queue in json["queues"].as_array().unwrap() {
        let name = queue["name"].as_str().unwrap();
        let section = pages["queues.html"]
            .named("section")
            .into_iter()
            .find(|one| one.attribute("aria-labelledby") == format!("queue-{name}"))
            .unwrap();
        let rows = section.named("tbody")[0].named("tr");
        assert_eq!(rows.len(), expected.iter().filter(|route| *route == name).count(), "{name}");
    }
    let finance = pages["queues.html"]
        .named("section")
        .into_iter()
        .find(|one| one.attribute("aria-labelledby") == "queue-finance_desk")
        .unwrap();
    let words = finance.words();
    assert!(words.contains("Finance operations looks within 4 hours and settles within 1 day 12 hours."), "{words}");
    assert!(words.contains("project_closed does not hold: project.state in { active, closing }\"{project.code} is {project.state}\" TimeEntry → erp.project_cost time.syn:144"), "{words}");
    assert!(
        words.contains(
            "dependency-changed changed after records were posted with it: RateCard ApprovedTime time.syn:158"
        ),
        "{words}"
    );
}

#[test]
fn a_sync_says_what_it_promises() {
    let pages = site();
    let words = pages["sync/ApprovedTime.html"].named("main")[0].words();
    for promise in [
        "psa.timecard → to TimeEntry → to erp.project_cost",
        "Schedule captures every 15 minutes posts every 30 minutes",
        "with records whose work_date is 2026-07-01 or later; earlier ones are excluded and counted",
        "Runs after Projects, Employees, RateCards",
        "for each source_id, the row with the greatest version is the newest",
        "by reversal: a line that negates the posted one, then a new line",
        "RateCard changes posted records go to finance_desk as dependency-changed",
        "every day, tolerance 0: number of records, net of reversals sum of hours sum of amount",
    ] {
        let flat = |text: &str| text.replace(' ', "");
        assert!(flat(&words).contains(&flat(promise)), "no {promise:?} in {words}");
    }
    assert!(
        pages["index.html"].named("main")[0]
            .words()
            .contains("starts 2026-07-01 by work_date; corrected by reversal; reconciled every day")
    );
}

#[test]
fn every_page_has_its_landmarks_and_table_headers() {
    for (path, page) in site() {
        let root = page.named("html")[0];
        assert_eq!(root.attribute("lang"), "en");
        assert_eq!(
            (page.named("main").len(), page.named("h1").len(), page.named("header").len(), page.named("footer").len()),
            (1, 1, 1, 1),
            "{path}"
        );
        assert_eq!(page.named("body")[0].all()[0].attribute("class"), "skip", "{path}");
        assert!(page.named("nav").iter().all(|nav| !nav.attribute("aria-label").is_empty()), "{path}");
        assert!(page.named("footer")[0].words().contains(&plan().hash), "{path}");
        for table in page.named("table") {
            assert_eq!(table.named("caption").len(), 1, "{path}");
            assert!(table.named("th").iter().all(|header| !header.attribute("scope").is_empty()), "{path}");
            for row in table.named("tr") {
                let first_is_header = !row.named("th").is_empty();
                assert!(first_is_header || !row.named("td").is_empty(), "{path}: an empty row");
            }
        }
        for picture in page.named("svg") {
            // A picture is told in words, or stands beside a table or a list that says the same.
            if picture.attribute("aria-hidden") == "true" {
                assert!(picture.named("a").iter().all(|link| link.attribute("tabindex") == "-1"), "{path}");
            } else {
                assert_eq!(picture.attribute("role"), "img");
                assert!(picture.named("title").len() == 1 && picture.named("desc").len() == 1, "{path}");
            }
        }
    }
}

#[test]
fn a_window_is_told_on_the_page_of_its_sync() {
    let mut json = json();
    json["calendars"] = serde_json::json!([{
        "name": "posting_hours", "zone": "America/New_York", "holidays": ["us_federal"], "doc": "When the books are open.",
        "open": [{ "days": [0, 1, 2, 3, 4], "begins": 360, "ends": 1200 }, { "days": [5], "begins": 480, "ends": 720 }],
        "freezes": [{ "days": 2, "open_days": true, "from": 0 }], "at": "specs/services/time.syn:3:1",
    }]);
    json["holidays"] = serde_json::json!([{
        "name": "us_federal", "at": "std/calendars.syn:8:1",
        "days": [{ "title": "Independence Day", "on": { "rule": "fixed", "month": 7, "day": 4 } }],
    }]);
    let syncs = json["syncs"].as_array_mut().unwrap();
    let staged = syncs.iter_mut().find(|sync| sync["schedule"].get("post").is_some()).unwrap();
    staged["schedule"]["post"]["within"] = "posting_hours".into();
    let name = staged["name"].as_str().unwrap().to_owned();
    let plan: Plan = serde_json::from_value(json).unwrap();
    let pages = pages(&emit(&plan, None));
    let page = &pages[&format!("sync/{name}.html")];
    let words = page.by_id("window").unwrap().words();
    for expected in [
        "posting_hours",
        "When the books are open.",
        "on the clock of America/New_York",
        "Monday to Friday from 06:00 to 20:00",
        "Saturday from 08:00 to 12:00",
        "not on the holidays of us_federal, 1 rule",
        "not on the last 2 open days of a month",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    let others = pages.iter().filter(|(path, page)| path.starts_with("sync/") && page.by_id("window").is_some());
    assert_eq!(others.count(), 1);
}

#[test]
fn duplicates_and_sizes_are_told() {
    let mut json = json();
    let queue = json["queues"][0]["name"].as_str().unwrap().to_owned();
    let object = &mut json["objects"].as_array_mut().unwrap()[0];
    let (name, field) = (object["name"].as_str().unwrap().to_owned(), object["fields"][0]["name"].clone());
    object["same"] = serde_json::json!([{
        "when": [[{ "field": field }], [{ "field": field, "folded": true }, { "field": "postal_code" }]], "review": queue,
    }]);
    let syncs = json["syncs"].as_array_mut().unwrap();
    let staged = syncs.iter_mut().find(|sync| sync["schedule"].get("post").is_some()).unwrap();
    staged["schedule"]["post"]["takes_at_most"] = 300.into();
    staged["volume"] = serde_json::json!({ "per_day": 20000, "peak": 5 });
    let sync = staged["name"].as_str().unwrap().to_owned();
    let plan: Plan = serde_json::from_value(json).unwrap();
    let pages = pages(&emit(&plan, None));
    let field = field.as_str().unwrap();
    let rule = format!("{field} or (folded({field}), postal_code)");
    let page = pages[&format!("object/{name}.html")].words();
    assert!(page.contains(&format!("May be another one alike in {rule}: held, and {queue} is asked")), "{page}");
    let queues = pages["queues.html"].words();
    let told =
        format!("a record that may be another one, since both have the same {field} or (folded({field}), postal_code)");
    assert!(queues.contains("possible-duplicate") && queues.contains(&told), "{queues}");
    let page = pages[&format!("sync/{sync}.html")].words();
    for expected in
        ["takes at most 5 minutes", "20000 records a day, up to 100000 on a peak day; more on a day is reported"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    // Nothing is said of sizes where none are.
    let others =
        pages.iter().filter(|(path, page)| path.starts_with("sync/") && page.words().contains("takes at most"));
    assert_eq!(others.count(), 1);
}

#[test]
fn tries_limits_and_promises_are_told() {
    let mut json = json();
    let queue = json["queues"][0]["name"].as_str().unwrap().to_owned();
    let syncs = json["syncs"].as_array_mut().unwrap();
    let posts = syncs.iter_mut().find(|sync| !sync["routes"].as_array().unwrap().is_empty()).unwrap();
    posts["retry"] = serde_json::json!({ "times": 5, "first": 30, "longest": 600, "queue": queue });
    posts["fresh"] = serde_json::json!({ "within": 2700, "calendar": "posting_hours" });
    let name = posts["name"].as_str().unwrap().to_owned();
    let systems = json["systems"].as_array_mut().unwrap();
    systems[0]["limit"] = serde_json::json!({ "calls": 5000, "per": "day", "zone": "Europe/Berlin", "batch": 200 });
    let system = systems[0]["name"].as_str().unwrap().to_owned();
    let plan: Plan = serde_json::from_value(json).unwrap();
    let pages = pages(&emit(&plan, None));
    let words = pages[&format!("sync/{name}.html")].words();
    for expected in [
        "tried again up to 5 times, after 30 seconds, then twice as long each time, at most 10 minutes; then the record goes to",
        "within 45 minutes of open time in posting_hours after its capture; later ones are reported",
        "the target could not be reached, however often it was tried",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    assert!(pages["queues.html"].words().contains("target-unreachable"));
    let limit = "at most 5000 calls a day on the clock of Europe/Berlin, up to 200 lines each; what is beyond waits for the next day";
    let told = |page: &str| pages[&format!("system/{page}.html")].words().contains(limit);
    assert!(plan.systems.iter().all(|other| told(&other.name) == (other.name == system)));
    // Nothing is said of tries where none are.
    let others = pages.iter().filter(|(path, page)| path.starts_with("sync/") && page.words().contains("tried again"));
    assert_eq!(others.count(), 1);
}

#[test]
fn events_are_told_with_who_moves_records_on_them() {
    let mut json = json();
    let condition = json["maps"].as_array().unwrap().iter().find_map(|map| map.get("condition")).unwrap().clone();
    let systems = json["systems"].as_array_mut().unwrap();
    let psa = systems.iter_mut().find(|system| system["name"] == "psa").unwrap();
    let entities = psa["entities"].as_array_mut().unwrap();
    let card = entities.iter_mut().find(|entity| entity["name"] == "timecard").unwrap();
    card["events"] = serde_json::json!([
        { "name": "approved", "version": 2, "condition": condition, "condition_text": "status == Approved", "at": "main.syn:1:6" },
    ]);
    let plan: Plan = serde_json::from_value(json.clone()).unwrap();
    let noted = pages(&emit(&plan, None))["system/psa.html"].words();
    assert!(noted.contains("Events approved v2 when status == Approved becomes true"), "{noted}");
    assert!(noted.contains("; noted by ApprovedTime") && !noted.contains("records are moved on it"), "{noted}");
    let syncs = json["syncs"].as_array_mut().unwrap();
    let sync = syncs.iter_mut().find(|sync| sync["name"] == "ApprovedTime").unwrap();
    sync["capture_on"] = serde_json::json!("approved");
    sync["schedule"] = serde_json::json!({ "model": "event", "every": 900 });
    let plan: Plan = serde_json::from_value(json).unwrap();
    let pages = pages(&emit(&plan, None));
    let moved = pages["system/psa.html"].words();
    assert!(moved.contains("; records are moved on it by ApprovedTime") && !moved.contains("noted by"), "{moved}");
    let page = pages["sync/ApprovedTime.html"].words();
    assert!(
        page.contains("Captured on psa.timecard.approved v2: only rows from which on status == Approved is true"),
        "{page}"
    );
    assert!(page.contains("event: a pass moves the rows that raised an event"), "{page}");
    assert!(!site()["sync/ApprovedTime.html"].words().contains("Captured on"));
}

#[test]
fn waves_are_told_in_order() {
    let mut json = json();
    let names: Vec<String> =
        json["syncs"].as_array().unwrap().iter().map(|sync| sync["name"].as_str().unwrap().to_owned()).collect();
    let (last, first) = names.split_last().unwrap();
    json["waves"] = serde_json::json!([
        { "name": "masters", "after": [], "syncs": first, "doc": "What all others need.", "at": "main.syn:1:6" },
        { "name": "posting", "after": ["masters"], "syncs": [last], "at": "main.syn:2:6" },
    ]);
    let plan: Plan = serde_json::from_value(json).unwrap();
    let pages = pages(&emit(&plan, None));
    let rows: Vec<String> =
        ["wave-masters", "wave-posting"].map(|id| pages["syncs.html"].by_id(id).unwrap().words()).into();
    assert!(rows[0].starts_with("1 masters What all others need. — "), "{rows:?}");
    assert!(first.iter().all(|sync| rows[0].contains(sync.as_str())), "{rows:?}");
    assert!(rows[1].starts_with(&format!("2 posting masters {last} ")), "{rows:?}");
    let page = &pages[&format!("sync/{last}.html")];
    assert!(page.words().contains("Wave posting: it runs where the profile enables that wave"));
    // Without waves nothing is said of them.
    let without = site();
    assert!(without["syncs.html"].by_id("waves").is_none());
    assert!(!without[&format!("sync/{last}.html")].words().contains("enables that wave"));
}

#[test]
fn queues_and_reasons_say_who_answers_and_how_fast() {
    let (plan, pages) = (plan(), site());
    let page = &pages["queues.html"];
    let tables = page.named("table");
    let table = |caption: &str| tables.iter().find(|table| table.named("caption")[0].words() == caption).unwrap();
    let rows = |caption: &str| -> Vec<String> {
        table(caption).named("tbody").iter().flat_map(|body| body.named("tr")).map(|row| row.words()).collect()
    };
    // Read from the specs: `respond within 4h; resolve within 36h`, `contact "finance@example.com"`.
    let queues = rows("Queues");
    assert_eq!(queues.len(), plan.queues.len());
    let finance = queues.iter().find(|row| row.starts_with("finance_desk")).unwrap();
    assert!(finance.contains("Finance operations") && finance.contains("4 hours 1 day 12 hours"), "{finance}");
    assert!(finance.contains("TimeEntry → erp.project_cost") && finance.contains("ApprovedTime"), "{finance}");
    let teams = rows("Teams");
    assert_eq!(teams.len(), plan.teams.len());
    let finance = teams.iter().find(|row| row.starts_with("Finance operations")).unwrap();
    assert!(finance.contains("finance_desk 4 hours, 1 day 12 hours"), "{finance}");
    for team in plan.teams.iter().filter_map(|team| team.contact.as_ref()) {
        let mails = page.all().iter().filter(|node| node.attribute("href") == format!("mailto:{team}")).count();
        assert!(mails > 0, "{team}");
    }
    // Each reason that a route names, once for each queue it leads to.
    let mut named: Vec<(String, String)> = Vec::new();
    for map in &plan.maps {
        let routes = map.assignments.iter().filter_map(|one| one.route.as_ref());
        for route in routes.chain(map.requires.iter().map(|one| &one.route)) {
            named.extend(route.reason.iter().map(|reason| (reason.clone(), route.queue.clone())));
        }
    }
    named.push(("dependency-changed".to_owned(), "finance_desk".to_owned()));
    named.sort();
    named.dedup();
    let shown = rows("Reasons");
    let said: Vec<&str> = shown.iter().map(String::as_str).collect();
    for (reason, queue) in &named {
        assert!(said.iter().any(|row| row.starts_with(&format!("{reason} {queue} "))), "{reason} {queue}: {said:#?}");
    }
    assert!(
        said.iter().any(|row| row.starts_with(
            "project_closed finance_desk Finance operations 4 hours 1 day 12 hours TimeEntry → erp.project_cost"
        )),
        "{said:#?}"
    );
}

#[test]
fn an_instance_names_its_product_and_the_other_instances() {
    let mut plan = plan();
    plan.products = vec![Product {
        name: "ledger".to_owned(),
        title: None,
        doc: Some("The general ledger of the group.".to_owned()),
        at: "systems/ledger.syn:4:9".to_owned(),
    }];
    let mut twin = plan.systems.iter().find(|system| system.name == "erp").unwrap().clone();
    twin.name = "erp_eu".to_owned();
    plan.systems.push(twin);
    for system in plan.systems.iter_mut().filter(|system| system.name.starts_with("erp")) {
        system.product = Some("ledger".to_owned());
    }
    let codes = plan.codes.iter_mut().find(|codes| codes.systems == ["crm"]).unwrap();
    codes.systems = vec!["crm".to_owned(), "erp".to_owned()];
    let pages = pages(&emit(&plan, None));
    let facts = pages["system/erp.html"].classed("facts")[0].words();
    assert!(facts.contains("ledger systems/ledger.syn:4The general ledger of the group."), "{facts}");
    assert!(facts.ends_with("Its other systems erp_eu"), "{facts}");
    assert!(!pages["system/crm.html"].words().contains("Its other systems"));
    // A code table of a product stands at each system that uses it.
    let shown: Vec<String> =
        pages["codes.html"].classed("facts")[0].named("div").iter().map(|line| line.words()).collect();
    assert!(shown.iter().any(|line| line.starts_with("crm.account.")), "{shown:?}");
    assert!(shown.iter().any(|line| line.starts_with("erp.account.")), "{shown:?}");
}
