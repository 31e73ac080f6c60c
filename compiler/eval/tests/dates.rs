//! Dates and instants against known facts of the calendar and of time zones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use support::*;
use syncline_eval::time;
use syncline_ir::{Expr, Function, Op};

fn call(ty: syncline_ir::Type, function: Function, arguments: Vec<Expr>) -> Expr {
    expr(ty, Op::Call { function, arguments })
}

fn on(written: &str) -> Expr {
    constant(written, date())
}

#[test]
fn days_are_counted_from_1970() {
    for (written, days) in [
        ("1970-01-01", 0),
        ("1969-12-31", -1),
        ("2000-03-01", 11_017),
        ("2024-02-29", 19_782),
        ("2026-07-01", 20_635),
        ("1582-10-15", -141_427),
        ("0001-01-01", -719_162),
        ("9999-12-31", 2_932_896),
    ] {
        assert_eq!(time::read_date(written), Some(days), "{written}");
        assert_eq!(time::show_date(days), written);
    }
}

#[test]
fn only_iso_dates_are_dates() {
    for written in [
        "2026-1-31",
        "2026-01-32",
        "2026-02-29",
        "1900-02-29",
        "2026-13-01",
        "2026-00-10",
        "2026-01-00",
        "0000-01-01",
        "20260131",
        "31.01.2026",
        "2026-01-31 ",
        "+2026-01-31",
        "2026/01/31",
        "２０26-01-1",
        "",
    ] {
        assert_eq!(time::read_date(written), None, "{written}");
    }
    assert!(time::read_date("2000-02-29").is_some());
}

#[test]
fn instants_are_read_with_their_offset() {
    for (written, micros) in [
        ("1970-01-01T00:00Z", 0),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2001-09-09T01:46:40Z", 1_000_000_000_000_000),
        ("2001-09-09T03:46:40+02:00", 1_000_000_000_000_000),
        ("2001-09-08T20:16:40.5-05:30", 1_000_000_000_500_000),
        ("2001-09-09T01:46:40.1234560000Z", 1_000_000_000_123_456),
    ] {
        assert_eq!(time::read_instant(written), Some(micros), "{written}");
    }
    for written in [
        "2001-09-09T01:46:40",
        "2001-09-09 01:46:40Z",
        "2001-09-09T01:46:40z",
        "2001-09-09T24:00Z",
        "2001-09-09T01:60Z",
        "2001-09-09T01:46:60Z",
        "2001-09-09T01:46:40.1234567Z",
        "2001-09-09T01:46:40.Z",
        "2001-09-09T01:46.5Z",
        "2001-09-09T01:46:40+2:00",
        "2001-09-09T01:46:40+0200",
        "2001-09-09T01:46:40+24:00",
        "2001-09-09",
        "2001-09-09T",
        "2001-09-09TZ",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "é001-09-09T01:46Z",
        "2001-09-0éT01:46Z",
        "",
    ] {
        assert_eq!(time::read_instant(written), None, "{written}");
    }
}

#[test]
fn instants_are_written_in_utc() {
    for (micros, written) in [
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (1_000_000_000_500_000, "2001-09-09T01:46:40.5Z"),
        (1_000_000_000_000_010, "2001-09-09T01:46:40.00001Z"),
    ] {
        assert_eq!(time::show_instant(micros), written);
        assert_eq!(time::read_instant(written), Some(micros));
    }
}

#[test]
fn date_arithmetic_is_in_days() {
    let plus = |written: &str, days: &str| {
        expr(date(), Op::Add { left: Box::new(on(written)), right: Box::new(number(days)) })
    };
    let minus = |written: &str, days: &str| {
        expr(date(), Op::Subtract { left: Box::new(on(written)), right: Box::new(number(days)) })
    };
    let between = |left: &str, right: &str| {
        expr(decimal(18, 0), Op::Subtract { left: Box::new(on(left)), right: Box::new(on(right)) })
    };
    gives(&plus("2024-02-28", "2"), "2024-03-01");
    gives(&plus("2023-02-28", "2"), "2023-03-02");
    gives(&minus("2026-01-01", "1"), "2025-12-31");
    gives(&plus("2026-01-01", "-365"), "2025-01-01");
    gives(&plus("2026-01-01", "0.00"), "2026-01-01");
    gives(&between("2025-01-01", "2024-01-01"), "366");
    gives(&between("2024-01-01", "2025-01-01"), "-366");
    gives(&between("9999-12-31", "0001-01-01"), "3652058");
    fails(&plus("9999-12-31", "1"), "value-too-large");
    fails(&minus("0001-01-01", "1"), "value-too-large");
    fails(&plus("2026-01-01", "99999999999999999999999"), "value-too-large");
    for (function, part) in [(Function::Year, "2024"), (Function::Month, "2"), (Function::Day, "29")] {
        gives(&call(decimal(18, 0), function, vec![on("2024-02-29")]), part);
    }
}

#[test]
fn an_instant_has_a_date_in_a_zone_only() {
    let date_of = |written: &str, zone: &str| {
        call(date(), Function::DateOf, vec![constant(written, instant()), constant(zone, text())])
    };
    gives(&date_of("2026-07-01T03:59:59Z", "America/New_York"), "2026-06-30");
    gives(&date_of("2026-07-01T04:00:00Z", "America/New_York"), "2026-07-01");
    gives(&date_of("2026-01-01T04:59:59Z", "America/New_York"), "2025-12-31");
    gives(&date_of("2026-06-30T22:00:00Z", "Europe/Berlin"), "2026-07-01");
    gives(&date_of("2026-06-30T18:15:00Z", "Asia/Kathmandu"), "2026-07-01");
    gives(&date_of("2026-06-30T18:14:59Z", "Asia/Kathmandu"), "2026-06-30");
    gives(&date_of("2026-06-30T12:00:00Z", "UTC"), "2026-06-30");
    // Samoa went from 29 December 2011 straight to the 31st.
    gives(&date_of("2011-12-30T09:59:59Z", "Pacific/Apia"), "2011-12-29");
    gives(&date_of("2011-12-30T10:00:00Z", "Pacific/Apia"), "2011-12-31");
}

#[test]
fn a_day_starts_with_its_first_instant() {
    let start_of =
        |written: &str, zone: &str| call(instant(), Function::StartOf, vec![on(written), constant(zone, text())]);
    gives(&start_of("2026-07-01", "Europe/Berlin"), "2026-06-30T22:00:00Z");
    gives(&start_of("2026-01-01", "Europe/Berlin"), "2025-12-31T23:00:00Z");
    gives(&start_of("2026-07-01", "UTC"), "2026-07-01T00:00:00Z");
    // Clocks in São Paulo went from 00:00 to 01:00 (-03:00 to -02:00) on 4 November 2018: the day began at 01:00.
    gives(&start_of("2018-11-04", "America/Sao_Paulo"), "2018-11-04T03:00:00Z");
    // In Toronto they went from 23:30 to 00:30 (-05:00 to -04:00) on 30 March 1919: the 31st began at 00:30.
    gives(&start_of("1919-03-31", "America/Toronto"), "1919-03-31T04:30:00Z");
    // In Havana they go from 01:00 back to 00:00 on 1 November 2026: midnight comes twice, the day begins with the first.
    gives(&start_of("2026-11-01", "America/Havana"), "2026-11-01T04:00:00Z");
}

#[test]
fn zones_are_names_of_the_database() {
    assert!(time::zone("Europe/Berlin").is_some());
    assert!(time::zone("UTC").is_some());
    for name in ["Berlin", "CEST", "+02:00", "Mars/Olympus", ""] {
        assert!(time::zone(name).is_none(), "{name}");
    }
    let unknown = call(instant(), Function::StartOf, vec![on("2026-07-01"), constant("Berlin", text())]);
    assert_eq!(evaluate(&unknown).unwrap_err(), "link: there is no time zone `Berlin`");
}
