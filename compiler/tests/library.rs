//! The standard library: all of it is sound, and a workspace has what it uses.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use support::lines;
use syncline::{Workspace, check};

const MODULES: [&str; 12] = [
    "std.calendars",
    "std.countries",
    "std.services.clients",
    "std.services.contracts",
    "std.services.expenses",
    "std.services.invoices",
    "std.services.milestones",
    "std.services.money",
    "std.services.people",
    "std.services.projects",
    "std.services.rates",
    "std.services.time",
];

/// Everything at once, in a workspace that needs none of it: what is found is that, and nothing about the library.
#[test]
fn the_whole_library_is_sound() {
    let text: String = MODULES.iter().map(|module| format!("use {module}.*\n")).collect();
    let checked = check(&Workspace::of_texts([("a.syn", text)]));
    let found = lines(&checked);
    assert_eq!(found.len(), MODULES.len(), "{found:#?}");
    for line in found {
        assert!(line.starts_with("unused-import a.syn"), "{line}");
    }
    let plan = checked.plan().unwrap();
    let objects: Vec<&str> = plan.objects.iter().map(|object| object.name.as_str()).collect();
    assert_eq!(
        objects,
        [
            "Assignment",
            "Client",
            "Contract",
            "ContractLine",
            "CostRate",
            "Employee",
            "Expense",
            "FxRate",
            "Invoice",
            "LegalEntity",
            "Milestone",
            "Payment",
            "Project",
            "RateCard",
            "Task",
            "TimeEntry",
        ]
    );
    for object in &plan.objects {
        assert!(object.doc.is_some(), "{} says nothing of itself", object.name);
    }
}

/// ISO 3166-1 has 249 codes; the United Kingdom's is GB, and UK is only reserved for it.
#[test]
fn countries_are_those_of_the_standard() {
    let text = "use std.countries.Country\nobject Office: master { key code: text(8); country: Country }\n";
    let plan = check(&Workspace::of_texts([("a.syn", text)])).plan().unwrap();
    let [country] = plan.enums.as_slice() else { panic!("{:?}", plan.enums) };
    assert_eq!(country.values.len(), 249);
    let has = |code: &str| country.values.iter().any(|value| value == code);
    assert!(["DE", "GB", "US", "JP", "CH", "SS", "BQ"].into_iter().all(has));
    assert!(!["UK", "EU", "AN", "XK", "ZZ"].into_iter().any(has));
    assert!(country.values.iter().all(|value| value.len() == 2));
}

/// An employee has terms of employment, and needs no client, no project and no rate.
#[test]
fn only_what_is_reached_is_there() {
    let text = "use std.services.people.Employee\nobject Badge: master { key code: text(8); holder: Employee }\n";
    let checked = check(&Workspace::of_texts([("a.syn", text)]));
    assert_eq!(lines(&checked), [""; 0]);
    let plan = checked.plan().unwrap();
    let names = |list: Vec<&String>| list.into_iter().cloned().collect::<Vec<_>>();
    assert_eq!(names(plan.objects.iter().map(|one| &one.name).collect()), ["Badge", "Employee"]);
    assert_eq!(names(plan.enums.iter().map(|one| &one.name).collect()), ["Employment"]);
    assert!(plan.lifecycles.is_empty());
    assert_eq!(names(plan.provenance.iter().map(|one| &one.file).collect()), ["a.syn", "std/services/people.syn"]);
}

#[test]
fn a_name_that_is_not_reached_is_free_and_one_that_is_reached_is_taken() {
    let own = "object Client: master { key code: text(8) }\n";
    let badge = "object Badge: master { key code: text(8); holder: Employee }\n";
    let free = format!("use std.services.people.Employee\n{own}{badge}");
    assert_eq!(lines(&check(&Workspace::of_texts([("a.syn", free)]))), [""; 0]);
    // A project of the library is one for a client of the library.
    let site = "object Site: master { key code: text(8); project: Project }\n";
    let taken = format!("use std.services.projects.Project\n{own}{site}");
    let found = lines(&check(&Workspace::of_texts([("a.syn", taken)])));
    assert_eq!(found, ["duplicate-name a.syn:2:8 `Client` is a name of the library, too"]);
    // Imported and declared: once, too.
    let both = format!("use std.services.clients.Client\n{own}");
    let found = lines(&check(&Workspace::of_texts([("a.syn", both)])));
    assert_eq!(found, ["duplicate-name a.syn:2:8 `Client` is a name of the library, too"]);
}

#[test]
fn what_is_misspelt_is_offered() {
    let helps = |text: &str| {
        let checked = check(&Workspace::of_texts([("a.syn", text.to_owned())]));
        checked.diagnostics.into_iter().map(|found| (found.code.name, found.help)).collect::<Vec<_>>()
    };
    let site =
        "object Site: master { key code: text(8); project: Projekt }\nobject Client: master { key code: text(8) }\n";
    let name = format!("use std.services.projects.Projekt\n{site}");
    assert_eq!(helps(&name), [("unknown-name", Some("did you mean `Project`?".to_owned()))]);
    let module = "use std.services.project.Project\n";
    assert_eq!(helps(module), [("unknown-module", Some("did you mean `std.services.projects`?".to_owned()))]);
}
