//! The calendar: passes of a typical week, windows, holidays, ends of months.

use super::*;

/// The plan with a window around the postings of its staged sync, and a night for a batch.
fn plan_with_calendars() -> (Plan, String, String) {
    let mut json = json();
    json["calendars"] = serde_json::json!([
        {
            "name": "posting_hours", "zone": "America/New_York", "holidays": ["us_federal"],
            "open": [{ "days": [0, 1, 2, 3, 4], "begins": 360, "ends": 1200 }, { "days": [5], "begins": 480, "ends": 720 }],
            "freezes": [{ "days": 2, "open_days": true, "from": 1080 }], "at": "specs/services/time.syn:3:1",
        },
        { "name": "night", "zone": "Europe/Berlin", "holidays": [], "freezes": [], "at": "specs/services/time.syn:9:1",
          "open": [{ "days": [0, 1, 2, 3, 4], "begins": 1320, "ends": 1440 }] },
    ]);
    json["holidays"] = serde_json::json!([{
        "name": "us_federal", "at": "std/calendars.syn:8:1",
        "days": [
            { "title": "Independence Day", "on": { "rule": "fixed", "month": 7, "day": 4 }, "observed": "nearest_weekday" },
            { "title": "Labor Day", "on": { "rule": "nth", "nth": 1, "weekday": 0, "month": 9 } },
            { "title": "Memorial Day", "on": { "rule": "last", "weekday": 0, "month": 5 } },
        ],
    }]);
    let syncs = json["syncs"].as_array_mut().unwrap();
    let staged = syncs.iter_mut().find(|sync| sync["schedule"].get("post").is_some()).unwrap();
    staged["schedule"]["post"]["within"] = "posting_hours".into();
    let staged = staged["name"].as_str().unwrap().to_owned();
    let batch = syncs.iter_mut().find(|sync| sync["schedule"]["model"] == "batch").unwrap();
    batch["schedule"]["every"] = 86_400.into();
    batch["schedule"]["within"] = "night".into();
    let batch = batch["name"].as_str().unwrap().to_owned();
    (serde_json::from_value(json).unwrap(), staged, batch)
}

fn rows<'a>(page: &'a Node, caption: &str) -> Vec<Vec<String>> {
    let tables: Vec<&'a Node> = page.named("table");
    let table = tables.iter().find(|table| table.named("caption")[0].words().starts_with(caption)).unwrap();
    let cells = |row: &&Node| row.children.iter().filter(|cell| !cell.name.is_empty()).map(Node::words).collect();
    table.named("tbody").iter().flat_map(|body| body.named("tr")).collect::<Vec<_>>().iter().map(cells).collect()
}

#[test]
fn each_pass_stands_in_the_table_with_its_window_and_clock() {
    let (plan, staged, batch) = plan_with_calendars();
    let pages = pages(&emit(&plan, None));
    let rows = rows(&pages["calendar.html"], "Passes of each sync");
    let find = |sync: &str, what: &str| {
        rows.iter()
            .find(|row| row[0] == sync && row[1] == what)
            .unwrap_or_else(|| panic!("no {sync} {what}: {rows:#?}"))
    };
    assert_eq!(find(&staged, "captures")[2..], ["every 15 minutes", "none", "UTC", "at all hours"]);
    assert_eq!(
        find(&staged, "posts")[2..],
        [
            "every 30 minutes",
            "posting_hours",
            "America/New_York",
            "Monday to Friday: from 06:00 to 20:00 Saturday: from 08:00 to 12:00"
        ]
    );
    assert_eq!(find(&staged, "reconciles")[4], "America/New_York");
    // It ticks at midnight, when the window is shut: caught up at 22:00.
    assert!(
        rows.iter().any(|row| row[0] == batch && row[3..] == ["night", "Europe/Berlin", "Monday to Friday: at 22:00"]),
        "{rows:#?}"
    );
    // One picture for each of the three clocks; each pass in one of them, each day in each of them.
    let pictures = pages["calendar.html"].classed("week");
    assert_eq!(pictures.len(), 3);
    let passes: usize = pictures.iter().map(|picture| picture.classed("pass").len()).sum();
    assert_eq!(passes, rows.iter().filter(|row| row[1] != "reconciles").count());
    let clocks: Vec<String> = pages["calendar.html"].classed("clock").iter().map(|clock| clock.words()).collect();
    assert_eq!(clocks.len(), 3);
    assert!(clocks.contains(&"On the clock of Europe/Berlin".to_owned()), "{clocks:?}");
}

#[test]
fn holidays_and_ends_of_months_are_worked_out() {
    let (plan, staged, _) = plan_with_calendars();
    let pages = pages(&emit(&plan, None));
    let page = &pages["calendar.html"];
    let years = [2026, 2027, 2028, 2029, 2030];
    assert_eq!(plan.workspace.edition, 2026);
    // From the lists of the Office of Personnel Management for these years.
    let holidays = rows(page, "Holidays of us_federal");
    assert_eq!(
        holidays[0],
        [
            "Independence Day",
            "4 July; at a weekend the nearest weekday as well",
            "Sat 4 Jul Fri 3 Jul",
            "Sun 4 Jul Mon 5 Jul",
            "Tue 4 Jul",
            "Wed 4 Jul",
            "Thu 4 Jul"
        ]
    );
    assert_eq!(holidays[1][2..], ["Mon 7 Sep", "Mon 6 Sep", "Mon 4 Sep", "Mon 3 Sep", "Mon 2 Sep"]);
    assert_eq!(holidays[2][1], "last Monday of May");
    assert_eq!(holidays[0].len(), years.len() + 2);
    // By hand from a calendar of 2026: open are Monday to Saturday. January ends on Saturday 31, so the last two open days are
    // Friday 30 and Saturday 31; February on Saturday 28: 27 and 28; May on Sunday 31, with Saturday 30 and Friday 29 before it;
    // August on Monday 31, with Saturday 29 before it.
    let frozen = rows(page, "Shut from this day to the end of the month");
    assert_eq!(frozen.len(), 12);
    let day = |month: usize| frozen[month - 1][1].as_str();
    assert_eq!([day(1), day(2), day(5), day(8)], ["Fri 30, 18:00", "Fri 27, 18:00", "Fri 29, 18:00", "Sat 29, 18:00"]);
    // May 2027 ends on Memorial Day, Monday 31, which is no open day: Saturday 29 and Friday 28 are the last ones.
    assert_eq!(frozen[4][2], "Fri 28, 18:00");
    let words = page.by_id("calendar-posting_hours").is_some();
    assert!(words && page.named("main")[0].words().contains(&staged));
}

#[test]
fn a_plan_without_calendars_says_so() {
    let page = &site()["calendar.html"];
    let words = page.named("main")[0].words();
    assert!(words.contains("The plan has no calendars: every pass may take place at any hour of any day."), "{words}");
    assert!(words.contains("The plan keeps no holidays."), "{words}");
    assert_eq!(page.classed("week").len(), 1);
}

#[test]
fn links_resolve_with_calendars() {
    let (plan, ..) = plan_with_calendars();
    links::check(&emit(&plan, Some(&sources())));
    let (mut plan, ..) = plan_with_calendars();
    plan.holidays.clear();
    plan.calendars.truncate(1);
    plan.calendars[0].zone = "No/Where".to_owned();
    links::check(&emit(&plan, None));
}
