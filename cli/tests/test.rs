//! `syncline test`
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod support;

use std::path::Path;
use support::Folder;

/// A copy of the example's specs.
fn example() -> Folder {
    fn copy(from: &Path, folder: &Folder, prefix: &str) {
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let name = format!("{prefix}/{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                copy(&path, folder, &name);
            } else {
                folder.write(&name, &std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("examples/consulting");
    let folder = Folder::new();
    folder.write("syncline.yaml", &std::fs::read_to_string(root.join("syncline.yaml")).unwrap());
    copy(&root.join("specs"), &folder, "specs");
    folder
}

#[test]
fn the_tests_of_the_example_pass() {
    let report = example().run(&["test", "--format", "json"]).json(0);
    assert_eq!(report["summary"]["failed"], 0);
    assert!(report["summary"]["passed"].as_u64().unwrap() >= 40, "{}", report["summary"]);
}

/// Whoever breaks a map, a rate, a code or a condition hears of it.
#[test]
fn a_broken_spec_fails_a_test() {
    const TIME: &str = "specs/maps/time.syn";
    let breaks = [
        (TIME, "round(hours * card.bill_rate * share", "round(hours * card.bill_rate * share * 2"),
        (TIME, "100% - (project.discount ?? 0%)", "100% + (project.discount ?? 0%)"),
        (TIME, "hours <= 24 hour", "hours <= 25 hour"),
        (TIME, "hours > 0 and", "hours >= 0 and"),
        (
            TIME,
            "true => 100% - (project.discount ?? 0%); false => 0%",
            "true => 100% - (project.discount ?? 0%); false => 100%",
        ),
        (TIME, "card.project.currency, half_even)", "card.project.currency, up)"),
        (TIME, "work_date <= booked.closes_on", "work_date < booked.closes_on"),
        (TIME, "plan.share", "null"),
        ("specs/services/planning.syn", "first_day through last_day", "first_day until last_day"),
        (TIME, "Submitted => submitted", "Submitted => approved"),
        ("specs/maps/codes.syn", "\"CON2\" -> consultant", "\"CON2\" -> manager"),
        (
            "specs/maps/codes.syn",
            "\"20\" <-> europe\n  \"30\" <-> asia_pacific",
            "\"30\" <-> europe\n  \"20\" <-> asia_pacific",
        ),
        ("specs/maps/clients.syn", "where stage == customer", "where stage != former"),
        ("specs/maps/people.syn", "Contractor => contractor", "Contractor => employed"),
        ("specs/syncs.syn", "starts 2026-07-01", "starts 2026-07-02"),
        ("specs/syncs.syn", "on change of RateCard ask finance_desk", "on change of RateCard keep"),
        ("specs/syncs.syn", "on change of Project keep", "on change of Project correct"),
        ("specs/syncs.syn", "on change of Employee keep", "on change of Employee correct"),
        ("specs/syncs.syn", "leave hold sales_desk", "leave hold finance_desk"),
        (TIME, "truncate(note ?? \"\", 80)", "truncate(note ?? \"\", 79)"),
        (TIME, "category: category] as of work_date", "category: category] as of (work_date + 1 day)"),
        (
            TIME,
            "CostRate[employee: employee] as of work_date",
            "CostRate[employee: employee] as of (work_date - 1 day)",
        ),
        (TIME, "at most 4d old", "at most 5d old"),
        (TIME, "at most 4d old", "at most 3d old"),
        (TIME, "hours * spent.hourly, EUR", "spent.hourly * (hours + hours), EUR"),
        ("specs/services/rates.syn", "effective valid_from through valid_to", "effective valid_from until valid_to"),
        ("specs/systems/psa.syn", "delete when deleted", "delete never"),
        ("specs/syncs.syn", "leave reverse", "leave hold finance_desk"),
        ("specs/syncs.syn", "on change of CostRate correct", "on change of CostRate keep"),
        ("specs/syncs.syn", "on change of FxRate keep", "on change of FxRate correct"),
        ("specs/maps/projects.syn", "EU => eu", "EU => us"),
        (
            "specs/maps/codes.syn",
            "\"4020\" <-> consultant\n  \"4030\" <-> manager",
            "\"4030\" <-> consultant\n  \"4020\" <-> manager",
        ),
    ];
    for (file, from, to) in breaks {
        let folder = example();
        folder.edit(file, from, to);
        let done = folder.run(&["test"]);
        assert_eq!(done.code, 1, "{file}: {from} -> {to}: {done:?}");
        assert!(done.stdout.contains("failed") && done.stdout.contains("expectation-not-met"), "{done:?}");
    }
}

#[test]
fn what_was_found_is_shown_where_it_was_expected() {
    let folder = example();
    folder.edit(
        "specs/tests/time.syn",
        "project: \"P-1\", amount: 1600.00 USD",
        "project: \"P-2\", amount: 1700.00 USD",
    );
    let done = folder.run(&["test"]);
    assert_eq!(done.code, 1);
    assert!(done.stdout.contains("found \"P-1\"") && done.stdout.contains("found 1600.0000 USD"), "{}", done.stdout);
    assert!(done.stdout.contains("specs/tests/time.syn:23:"), "{}", done.stdout);
    let report = folder.run(&["test", "--filter", "post once", "--format", "json"]).json(1);
    assert_eq!(report["tests"].as_array().unwrap().len(), 1);
    assert_eq!(report["tests"][0]["passed"], false);
    assert_eq!(report["tests"][0]["failures"][0]["notes"][0]["message"], "found \"P-1\"");
}

#[test]
fn records_too_many_and_too_few_are_named() {
    let folder = example();
    folder.edit("specs/tests/clients.syn", "expect erp.customer []", "expect erp.customer [{ external_id: \"C-1\" }]");
    let done = folder.run(&["test"]);
    assert_eq!(done.code, 1);
    assert!(done.stdout.contains("`erp.customer` holds 0 records, and 1 is expected"), "{}", done.stdout);
    let folder = example();
    folder.edit(
        "specs/tests/projects.syn",
        "expect Project []",
        "expect Project []\n  given Client { code: \"C-1\", … }\n  given Project { code: \"P-7\", … }\n  expect Project []",
    );
    let done = folder.run(&["test"]);
    assert!(done.stdout.contains("not expected, but there: \"P-7\""), "{}", done.stdout);
}

/// A build server reads the same verdicts; what is shown of a failure cannot break the XML.
#[test]
fn junit_has_a_case_for_each_test() {
    let folder = Folder::fresh();
    let done = folder.run(&["test", "--format", "junit"]);
    assert_eq!(done.code, 0, "{done:?}");
    let line = |title: &str| {
        let text = folder.read("specs/customers.syn");
        text.lines().position(|line| line.starts_with(&format!("test \"{title}\""))).unwrap() + 1
    };
    let case = |title: &str| {
        let line = line(title);
        let place = format!("classname=\"specs/customers\" file=\"specs/customers.syn\" line=\"{line}\"");
        format!("    <testcase name=\"{title}\" {place}")
    };
    let (buys, refused) = (case("who buys is in the books, once"), case("nobody delivers to Antarctica"));
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites tests=\"2\" failures=\"0\">\n";
    let suite = "  <testsuite name=\"hello\" tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"0\">\n";
    let tail = "  </testsuite>\n</testsuites>\n";
    assert_eq!(done.stdout, format!("{head}{suite}{buys}/>\n{refused}/>\n{tail}"));

    folder.edit("specs/customers.syn", "region: \"AMER\", credit", "region: \"<&>\", credit");
    let done = folder.run(&["test", "--format", "junit"]);
    assert_eq!(done.code, 1);
    let failure = format!("{buys}>\n      <failure message=\"`books.debtor` holds other values than expected\">error[");
    assert!(done.stdout.contains(&failure), "{}", done.stdout);
    assert!(done.stdout.contains("&quot;&lt;&amp;&gt;&quot;") && done.stdout.contains("found &quot;AMER&quot;"));
}

/// What runs does not depend on whether it is tested.
#[test]
fn tests_do_not_change_the_hash_of_the_plan() {
    let hash = |folder: &Folder| folder.run(&["build", "--format", "json"]).json(0)["hash"].clone();
    let folder = example();
    let with_tests = hash(&folder);
    std::fs::remove_dir_all(folder.join("specs/tests")).unwrap();
    assert_eq!(folder.run(&["test", "--format", "json"]).json(1)["summary"]["passed"], 0);
    assert_eq!(hash(&folder), with_tests);
}

#[test]
fn no_test_found_is_no_success() {
    let done = example().run(&["test", "--filter", "no such words"]);
    assert_eq!(done.code, 1);
    assert!(done.stdout.contains("no test") && done.stdout.contains("`no such words`"), "{}", done.stdout);
}
