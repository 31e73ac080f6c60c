//! The holidays of the standard library against what the offices publish, and how a workspace uses them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use jiff::civil::{Date, Weekday};
use syncline::{Workspace, check, compile};
use syncline_eval::calendar::HolidayDays;

/// The days of a set on which somebody who works on weekdays is off.
fn weekdays_off(set: &str, year: i16) -> Vec<String> {
    let text = format!(
        "use std.calendars.{set}\ncalendar hours {{ zone \"UTC\"; open mon .. fri 08:00 .. 18:00; holidays {set} }}\n"
    );
    let plan = compile(&Workspace::of_texts([("a.syn", text)])).unwrap();
    assert_eq!(plan.holidays.len(), 1, "only the set in use is in the plan");
    let days = HolidayDays::new(plan.holidays).of_year(year).into_keys();
    let works = |day: &Date| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    days.filter(works).map(|day| day.strftime("%m-%d").to_string()).collect()
}

/// Office of Personnel Management, "Federal Holidays", lists of 2021, 2022, 2023 and 2026.
#[test]
fn federal_holidays_are_those_the_office_lists() {
    // 25 December 2021 and 1 January 2022 were Saturdays: both kept on the Friday before, the latter in 2021.
    assert_eq!(
        weekdays_off("us_federal", 2021),
        ["01-01", "01-18", "02-15", "05-31", "06-18", "07-05", "09-06", "10-11", "11-11", "11-25", "12-24", "12-31"]
    );
    assert_eq!(
        weekdays_off("us_federal", 2022),
        ["01-17", "02-21", "05-30", "06-20", "07-04", "09-05", "10-10", "11-11", "11-24", "12-26"]
    );
    assert_eq!(
        weekdays_off("us_federal", 2023),
        ["01-02", "01-16", "02-20", "05-29", "06-19", "07-04", "09-04", "10-09", "11-10", "11-23", "12-25"]
    );
    assert_eq!(
        weekdays_off("us_federal", 2026),
        ["01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"]
    );
}

/// GOV.UK, "UK bank holidays", England and Wales.
#[test]
fn bank_holidays_are_those_the_government_lists() {
    assert_eq!(
        weekdays_off("uk_england", 2020),
        ["01-01", "04-10", "04-13", "05-08", "05-25", "08-31", "12-25", "12-28"]
    );
    assert_eq!(
        weekdays_off("uk_england", 2022),
        ["01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-26", "12-27"]
    );
    assert_eq!(
        weekdays_off("uk_england", 2023),
        ["01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"]
    );
    assert_eq!(
        weekdays_off("uk_england", 2026),
        ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]
    );
}

/// European Central Bank, "TARGET closing days", 2025 and 2026.
#[test]
fn target_closing_days_are_those_the_bank_lists() {
    assert_eq!(weekdays_off("target2", 2025), ["01-01", "04-18", "04-21", "05-01", "12-25", "12-26"]);
    assert_eq!(weekdays_off("target2", 2026), ["01-01", "04-03", "04-06", "05-01", "12-25"]);
}

/// Bundesministerium des Innern, "Bundesweite Feiertage", 2025 and 2026.
#[test]
fn german_holidays_are_those_the_ministry_lists() {
    assert_eq!(
        weekdays_off("de_national", 2025),
        ["01-01", "04-18", "04-21", "05-01", "05-29", "06-09", "10-03", "12-25", "12-26"]
    );
    assert_eq!(weekdays_off("de_national", 2026), ["01-01", "04-03", "04-06", "05-01", "05-14", "05-25", "12-25"]);
}

#[test]
fn a_name_of_the_library_that_nobody_imports_is_free() {
    let text = "use std.calendars.us_federal\nholidays target2 { \"Our day\" on 1 july }\n\
                calendar hours { zone \"UTC\"; open mon 08:00 .. 18:00; holidays us_federal, target2 }\n";
    let checked = check(&Workspace::of_texts([("a.syn", text)]));
    assert!(checked.diagnostics.is_empty(), "{:?}", checked.diagnostics);
    let plan = checked.plan().unwrap();
    assert_eq!(plan.holidays.iter().map(|set| set.days.len()).collect::<Vec<_>>(), [1, 11]);
}

#[test]
fn what_the_library_does_not_have_is_said() {
    let text =
        "use std.calendars.us_fedral\ncalendar hours { zone \"UTC\"; open mon 08:00 .. 18:00; holidays us_fedral }\n";
    let checked = check(&Workspace::of_texts([("a.syn", text)]));
    let found: Vec<_> = checked.diagnostics.iter().map(|found| (found.code.name, found.help.clone())).collect();
    assert_eq!(found, [("unknown-name", Some("did you mean `us_federal`?".to_owned()))]);
}
