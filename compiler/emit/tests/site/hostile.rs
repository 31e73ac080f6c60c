//! Whatever people write into names, titles and documentation, it stays text.

use super::*;
use serde_json::Value;

/// Ways out of text, attributes, comments, templates and scripts.
const ATTACK: &str = "</title></script><script>alert(1)</script> \"onload=x\" 'q' `b` & {{name}} {{{body}}} <!-- <img src=x onerror=y> &lt; ]]> =";

/// `ATTACK` without its sharp letters, of the same length. Backticks stay: they mark code in documentation.
fn harmless() -> String {
    ATTACK
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || " `".contains(letter) { letter } else { '-' })
        .collect()
}

/// Appends `suffix` to names, titles and texts everywhere in the plan.
fn altered(mut plan: Value, suffix: &str) -> Plan {
    alter(&mut plan, suffix);
    serde_json::from_value(plan).unwrap()
}

const NAMES: [&str; 12] = [
    "hours",
    "TimeEntry",
    "psa",
    "timecard",
    "finance",
    "finance_desk",
    "Role",
    "LaborCategory",
    "consultant",
    "ApprovedTime",
    "TimeState",
    "submitted",
];

fn alter(value: &mut Value, suffix: &str) {
    match value {
        Value::String(text) => {
            let mut parts: Vec<String> = text.split('.').map(str::to_owned).collect();
            let last = parts.last_mut().unwrap();
            if NAMES.contains(&last.as_str())
                || text.contains(' ') && !text.contains("->")
                || text == "northlight"
                || text == "CON1"
            {
                last.push_str(suffix);
                *text = parts.join(".");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| alter(item, suffix)),
        // Texts of the specs are coloured as such: their quotes and digits make spans.
        Value::Object(members) => members
            .iter_mut()
            .filter(|(name, _)| !name.ends_with("_text"))
            .for_each(|(_, member)| alter(member, suffix)),
        _ => {}
    }
}

/// The names of all elements in document order, with their attributes' names.
fn shape(page: &Node) -> Vec<String> {
    page.all().iter().map(|node| format!("{} {:?}", node.name, node.attributes.keys().collect::<Vec<_>>())).collect()
}

#[test]
fn text_from_the_plan_never_becomes_markup() {
    let hostile = pages(&emit(&altered(json(), ATTACK), Some(&sources())));
    let harmless = pages(&emit(&altered(json(), &harmless()), Some(&sources())));
    assert_eq!(hostile.len(), harmless.len());
    let mut seen = 0;
    for (path, page) in &hostile {
        let scripts = page.named("script");
        // What they are, `look.rs` holds.
        assert_eq!(scripts.len(), 3, "{path}");
        assert!(scripts.iter().all(|script| script.text.is_empty()), "{path}");
        seen += page.raw().matches(ATTACK).count();
    }
    assert!(seen > 500, "{seen}");
    // The same words without sharp letters give the same files with the same elements.
    for (path, page) in &hostile {
        let (left, right) = (shape(page), shape(&harmless[path]));
        let same = left.iter().zip(&right).take_while(|(left, right)| left == right).count();
        assert!(
            left == right,
            "{path}: {:?} instead of {:?} before {:?}",
            left.get(same),
            right.get(same),
            page.all().get(same).map(|node| node.raw())
        );
    }
}

#[test]
fn conditions_as_written_stay_text() {
    let mut plan = plan();
    for claim in plan.ownership.iter_mut().flat_map(|ownership| &mut ownership.claims) {
        claim.guard_text = Some(ATTACK.to_owned());
    }
    for acceptance in
        plan.systems.iter_mut().flat_map(|system| &mut system.entities).flat_map(|entity| &mut entity.accepts)
    {
        acceptance.condition_text = Some(ATTACK.to_owned());
    }
    let pages = pages(&emit(&plan, None));
    assert!(pages.values().all(|page| page.named("script").len() == 3));
    let seen = |path: &str| pages[path].raw().matches(ATTACK).count();
    assert_eq!(
        (seen("ownership.html"), seen("object/Client.html"), seen("system/erp.html"), seen("index.html")),
        (40, 10, 1, 1)
    );
}

#[test]
fn file_names_and_links_survive_any_name() {
    let files = emit(&altered(json(), ATTACK), Some(&sources()));
    for file in &files {
        assert!(
            file.path.chars().all(|letter| letter.is_ascii_alphanumeric() || "._-/".contains(letter)),
            "{}",
            file.path
        );
        assert!(!file.path.contains("..") && !file.path.starts_with('/'), "{}", file.path);
    }
    links::check(&files);
}

#[test]
fn source_texts_are_shown_as_they_are() {
    let text = format!("// {ATTACK}\n\n  x = \"{ATTACK}\"\n\tÄ `{ATTACK}`");
    let texts = BTreeMap::from([("specs/<b>.syn".to_owned(), text.clone()), ("empty.syn".to_owned(), String::new())]);
    let files = emit(&plan(), Some(&texts));
    links::check(&files);
    let pages = pages(&files);
    let page = &pages["source/specs-b-.syn.html"];
    let lines: Vec<String> = page.classed("source")[0].named("td").iter().map(|cell| cell.raw()).collect();
    assert_eq!(lines.join("\n"), text);
    assert!(pages["source/empty.syn.html"].by_id("L1").is_some());
}
