//! `syncline lineage`: where a field comes from, and where it goes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use support::Folder;

/// Field and kind of each step, and what follows it.
fn steps(tree: &Value) -> Vec<(String, String, usize)> {
    let text = |step: &Value, name: &str| step[name].as_str().unwrap().to_owned();
    let tree = tree.as_array().unwrap().iter();
    tree.map(|step| (text(step, "field"), text(step, "kind"), step["next"].as_array().unwrap().len())).collect()
}

fn step(field: &str, kind: &str, next: usize) -> (String, String, usize) {
    (field.to_owned(), kind.to_owned(), next)
}

/// `file:line` of the line that holds a text; the last of them.
fn line_of(folder: &Folder, text: &str) -> String {
    let specs = folder.read("specs/customers.syn");
    let number = specs.lines().enumerate().filter(|(_, line)| line.contains(text)).last().unwrap().0 + 1;
    format!("specs/customers.syn:{number}:")
}

#[test]
fn a_field_is_followed_both_ways() {
    let folder = Folder::fresh();
    let said = folder.run(&["lineage", "books.debtor.credit_limit", "--format", "json"]).json(0);
    assert_eq!(
        (&said["format"], &said["field"], &said["downstream"]),
        (&json!(1), &json!("books.debtor.credit_limit"), &json!([]))
    );
    // The value is copied; only customers who buy are written at all.
    assert_eq!(
        steps(&said["upstream"]),
        [step("Customer.credit_limit", "value", 2), step("Customer.stage", "condition", 2)]
    );
    let [value, condition] = said["upstream"].as_array().unwrap().as_slice() else { panic!("{said}") };
    assert!(value["at"].as_str().unwrap().starts_with(&line_of(&folder, "  credit_limit = credit_limit")), "{value}");
    assert!(condition["at"].as_str().unwrap().starts_with(&line_of(&folder, "where stage == buying")), "{condition}");
    assert_eq!(value["map"], json!("Customer -> books.debtor"));
    // In dollars, if it is not negative.
    assert_eq!(
        steps(&value["next"]),
        [step("shop.customer.credit_limit", "value", 0), step("shop.customer.credit_limit", "condition", 0)]
    );
    let said = folder.run(&["lineage", "shop.customer.country", "--format", "json"]).json(0);
    assert_eq!(
        (&said["upstream"], steps(&said["downstream"])),
        (&json!([]), vec![step("Customer.region", "value", 1)])
    );
    assert_eq!(steps(&said["downstream"][0]["next"]), [step("books.debtor.region", "value", 0)]);
}

#[test]
fn people_read_trees() {
    let folder = Folder::fresh();
    let done = folder.run(&["lineage", "Customer.region"]);
    assert_eq!(done.code, 0);
    let places: Vec<&str> = done.stdout.lines().map(|line| line.split("  specs/").next().unwrap()).collect();
    assert_eq!(
        places,
        [
            "Customer.region",
            "",
            "comes from",
            "├─ shop.customer.country (value)",
            "└─ shop.customer.credit_limit (condition)",
            "",
            "goes to",
            "└─ books.debtor.region (value)",
        ]
    );
    let done = folder.run(&["lineage", "books.debtor.number"]);
    assert!(done.stdout.ends_with("\ngoes to nowhere\n"), "{}", done.stdout);
}

#[test]
fn a_field_met_twice_is_followed_once() {
    let folder = Folder::fresh();
    // The region decides, too, who is written: it is met as a value and as a condition.
    folder.edit("specs/customers.syn", "where stage == buying", "where stage == buying and region == europe");
    let done = folder.run(&["lineage", "books.debtor.region"]);
    assert_eq!(done.stdout.matches("Customer.region (value)").count(), 1, "{}", done.stdout);
    assert_eq!(done.stdout.matches("Customer.region (condition, see above)").count(), 1, "{}", done.stdout);
    assert_eq!(done.stdout.matches("shop.customer.country").count(), 1, "{}", done.stdout);
}

#[test]
fn graphviz_gets_the_edges_that_were_reached() {
    let folder = Folder::fresh();
    let done = folder.run(&["lineage", "Customer.region", "--format", "dot"]);
    assert_eq!(
        done.stdout,
        "digraph lineage {\n  rankdir = LR;\n  node [shape = box];\n  \"Customer.region\" [style = bold];\n\
         \x20 \"Customer.region\" -> \"books.debtor.region\" [label = value, style = solid];\n\
         \x20 \"shop.customer.country\" -> \"Customer.region\" [label = value, style = solid];\n\
         \x20 \"shop.customer.credit_limit\" -> \"Customer.region\" [label = condition, style = dashed];\n}\n"
    );
}

#[test]
fn a_plan_is_enough_and_a_misspelt_field_is_named() {
    let folder = Folder::fresh();
    let from_specs = folder.run(&["lineage", "Customer.name"]);
    assert_eq!(folder.run(&["build"]).code, 0);
    folder.write("specs/customers.syn", "nonsense");
    let from_plan = folder.run(&["lineage", "Customer.name", "--plan", "out/plan.json"]);
    assert_eq!((from_plan.code, from_plan.stdout), (0, from_specs.stdout));
    let asked = |field: &str| folder.run(&["lineage", field, "--plan", "out/plan.json"]);
    let done = asked("books.debtor.naem");
    assert_eq!((done.code, done.stdout.as_str()), (2, ""));
    assert_eq!(done.stderr, "error: there is no field `books.debtor.naem`\nhelp: did you mean `books.debtor.name`?\n");
    assert_eq!(
        asked("stage").stderr,
        "error: there is no field `stage`\nhelp: fields are written with what they belong to, such as `Customer.stage`\n"
    );
    assert_eq!(
        asked("x").stderr,
        "error: there is no field `x`\nhelp: fields are written `system.entity.field` and `Object.field`\n"
    );
    assert_eq!(folder.run(&["lineage", "Customer.name"]).code, 1);
}
