//! Calendars against a walk over every minute of several years, and holidays against what the offices publish.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use jiff::civil::{Date, date};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeSet;
use syncline_eval::calendar::{Calendar, HolidayDays, next_tick, zone};
use syncline_ir::{Freeze, Holiday, HolidayDay, HolidaySet, Observed, OpenHours};

fn hours(days: &[u8], begins: u16, ends: u16) -> OpenHours {
    OpenHours { days: days.to_vec(), begins, ends }
}

fn planned(zone: &str, open: Vec<OpenHours>, freezes: Vec<Freeze>) -> syncline_ir::Calendar {
    syncline_ir::Calendar {
        name: "hours".to_owned(),
        zone: zone.to_owned(),
        open,
        holidays: vec!["days".to_owned()],
        freezes,
        doc: None,
        at: "a.syn:1:1".to_owned(),
    }
}

fn set(days: Vec<Holiday>) -> HolidaySet {
    HolidaySet { name: "days".to_owned(), days, doc: None, at: "a.syn:1:1".to_owned() }
}

fn once(day: &str) -> Holiday {
    let on = HolidayDay::Once { date: day.to_owned() };
    Holiday { title: day.to_owned(), on, observed: None, from: None, through: None, except: Vec::new() }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A day, whether it is open, and when the freezes of its month begin.
type OfDay = (Date, bool, Vec<(Date, u16)>);

/// The rule as the reference words it, minute by minute, knowing nothing of edges.
fn walked(plan: &syncline_ir::Calendar, off: &BTreeSet<Date>, from: Timestamp, minutes: usize) -> Vec<bool> {
    let clock = zone(&plan.zone).unwrap();
    let is_open_day = |day: Date| {
        let weekday = u8::try_from(day.weekday().to_monday_zero_offset()).unwrap();
        plan.open.iter().any(|hours| hours.days.contains(&weekday)) && !off.contains(&day)
    };
    let mut open = Vec::with_capacity(minutes);
    let mut known: Option<OfDay> = None;
    for step in 0..minutes {
        let instant = from + SignedDuration::from_mins(step as i64);
        let shown = instant.to_zoned(clock.clone()).datetime();
        let (day, minute) =
            (shown.date(), u16::try_from(i32::from(shown.hour()) * 60 + i32::from(shown.minute())).unwrap());
        if known.as_ref().is_none_or(|(of, _, _)| *of != day) {
            let frozen = plan.freezes.iter().map(|freeze| {
                let all: Vec<Date> = (1..=day.days_in_month())
                    .map(|number| date(day.year(), day.month(), number))
                    .filter(|day| !freeze.open_days || is_open_day(*day))
                    .collect();
                let wanted = usize::from(freeze.days);
                if all.len() < wanted { (day.first_of_month(), 0) } else { (all[all.len() - wanted], freeze.from) }
            });
            known = Some((day, is_open_day(day), frozen.collect()));
        }
        let (_, opens, frozen) = known.as_ref().unwrap();
        let weekday = u8::try_from(day.weekday().to_monday_zero_offset()).unwrap();
        let in_hours =
            plan.open.iter().any(|hours| hours.days.contains(&weekday) && (hours.begins..hours.ends).contains(&minute));
        let is_frozen = frozen.iter().any(|(first, from)| (day, minute) >= (*first, *from));
        open.push(*opens && in_hours && !is_frozen);
    }
    open
}

fn agrees(plan: &syncline_ir::Calendar, holidays: Vec<Holiday>, from: &str, days: usize) {
    let off: BTreeSet<Date> = holidays
        .iter()
        .filter_map(|holiday| match &holiday.on {
            HolidayDay::Once { date } => date.parse().ok(),
            _ => None,
        })
        .collect();
    let calendar = Calendar::new(plan, &[set(holidays)]).unwrap();
    let start = at(from);
    let open = walked(plan, &off, start, days * 1440);
    // Open time between two instants, counted minute by minute.
    let instant = |step: usize| start + SignedDuration::from_mins(step as i64);
    for first in (0..open.len()).step_by(9_973) {
        let last = (first + 9_973).min(open.len() - 1);
        let counted = open[first..last].iter().filter(|open| **open).count();
        let found = calendar.open_between(instant(first), instant(last));
        assert_eq!(found, SignedDuration::from_mins(counted as i64), "{} from {}", plan.zone, instant(first));
    }
    // The next opening and closing, walked backwards.
    let (mut opening, mut closing) = (None, None);
    for step in (0..open.len()).rev() {
        let instant = start + SignedDuration::from_mins(step as i64);
        if open[step] {
            opening = Some(instant)
        } else {
            closing = Some(instant)
        }
        let is_edge = step == 0 || open[step - 1] != open[step] || step % 97 == 0;
        if !is_edge {
            continue;
        }
        assert_eq!(calendar.is_open(instant), open[step], "{} at {instant}", plan.zone);
        if let Some(opening) = opening {
            assert_eq!(calendar.next_opening(instant), Some(opening), "{} opens after {instant}", plan.zone);
        }
        if let Some(closing) = closing {
            assert_eq!(calendar.next_closing(instant), Some(closing), "{} shuts after {instant}", plan.zone);
        }
    }
}

const ZONES: [&str; 5] =
    ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Havana"];

#[test]
fn four_years_in_zones_with_and_without_summer_time() {
    for zone in ZONES {
        let week: Vec<u8> = (0..5).collect();
        let plan = planned(
            zone,
            vec![hours(&week, 360, 1200), hours(&[6], 90, 150)],
            vec![Freeze { days: 2, open_days: true, from: 720 }],
        );
        let off = vec![once("2025-12-25"), once("2026-04-30"), once("2026-07-03"), once("2027-03-14")];
        agrees(&plan, off, "2025-01-01T00:00Z", 4 * 366);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_calendar_is_open_when_a_walk_says_so(
        zone in prop::sample::select(ZONES.to_vec()),
        lines in prop::collection::vec((prop::collection::btree_set(0u8..7, 1..5), 0u16..1430, 1u16..600), 1..4),
        freezes in prop::collection::vec((1u8..9, any::<bool>(), 0u16..1440), 0..3),
        off in prop::collection::vec((2025i16..2027, 1i8..13, 1i8..29), 0..6),
        month in 1i8..13,
    ) {
        let open = lines.into_iter().map(|(days, begins, long)| {
            OpenHours { days: days.into_iter().collect(), begins, ends: (begins + long).min(1440) }
        });
        let freezes = freezes.into_iter().map(|(days, open_days, from)| Freeze { days, open_days, from });
        let off = off.into_iter().map(|(year, month, day)| once(&date(year, month, day).to_string()));
        let plan = planned(zone, open.collect(), freezes.collect());
        agrees(&plan, off.collect(), &format!("2025-{month:02}-01T00:00Z"), 130);
    }

    #[test]
    fn a_tick_is_the_next_instant_at_which_the_clock_shows_a_multiple(
        zone_name in prop::sample::select(ZONES.to_vec()),
        minutes in prop::sample::select(vec![1u64, 5, 7, 15, 30, 45, 60]),
        hour in 0i64..17_520,
        second in 0i64..3_600,
    ) {
        let clock = zone(zone_name).unwrap();
        let after = at("2025-01-01T00:00Z") + SignedDuration::from_secs(hour * 3_600 + second);
        let mut instant = Timestamp::from_second(after.as_second().div_euclid(60) * 60 + 60).unwrap();
        let shown = |instant: Timestamp| clock.to_datetime(instant);
        let seconds = |instant: Timestamp| jiff::tz::Offset::UTC.to_timestamp(shown(instant)).unwrap().as_second();
        let every = i64::try_from(minutes * 60).unwrap();
        let expected = loop {
            let (now, before) = (seconds(instant), seconds(instant - SignedDuration::from_mins(1)));
            let skipped = now - before > 60 && now.div_euclid(every) > before.div_euclid(every);
            if now.rem_euclid(every) == 0 || skipped {
                break instant;
            }
            instant += SignedDuration::from_mins(1);
        };
        prop_assert_eq!(next_tick(minutes * 60, &clock, after), Some(expected));
    }
}

#[test]
fn a_day_ticks_at_midnight_of_its_clock_whatever_its_length() {
    let clock = zone("America/New_York").unwrap();
    let mut now = at("2026-03-07T05:00Z");
    // The clock is put forward on 8 March 2026: that day has 23 hours.
    for expected in ["2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", "2026-03-10T04:00:00Z"] {
        now = next_tick(86_400, &clock, now).unwrap();
        assert_eq!(now.to_string(), expected);
    }
    // In Havana the clock is put back from 01:00 to midnight on 1 November 2026: it ticks once.
    let clock = zone("America/Havana").unwrap();
    let first = next_tick(86_400, &clock, at("2026-10-31T12:00Z")).unwrap();
    assert_eq!(first.to_string(), "2026-11-01T04:00:00Z");
    assert_eq!(next_tick(86_400, &clock, first).unwrap().to_string(), "2026-11-02T05:00:00Z");
}

/// United States Naval Observatory, "The Date of Easter".
#[test]
fn easter_is_where_the_tables_have_it() {
    let easter = Holiday {
        title: "Easter".to_owned(),
        on: HolidayDay::Easter { days: 0 },
        observed: None,
        from: None,
        through: None,
        except: Vec::new(),
    };
    let days = HolidayDays::new(vec![set(vec![easter])]);
    for expected in [
        date(1961, 4, 2),
        date(2000, 4, 23),
        date(2008, 3, 23),
        date(2011, 4, 24),
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2038, 4, 25),
    ] {
        assert_eq!(days.of_year(expected.year()).into_keys().collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn a_day_on_a_weekend_is_kept_as_said() {
    let holiday = |title: &str, month, day, observed| Holiday {
        title: title.to_owned(),
        on: HolidayDay::Fixed { month, day },
        observed: Some(observed),
        from: None,
        through: None,
        except: Vec::new(),
    };
    let new_year = HolidayDays::new(vec![set(vec![holiday("New Year", 1, 1, Observed::NearestWeekday)])]);
    // 1 January 2022 was a Saturday: kept in the year before.
    assert!(new_year.has(date(2021, 12, 31)) && !new_year.has(date(2022, 1, 3)));
    // 1 January 2023 was a Sunday.
    assert!(new_year.has(date(2023, 1, 2)) && !new_year.has(date(2022, 12, 30)));
    let christmas = HolidayDays::new(vec![set(vec![
        holiday("Christmas", 12, 25, Observed::NextWeekday),
        holiday("Boxing Day", 12, 26, Observed::NextWeekday),
    ])]);
    // 25 December was a Saturday in 2021, a Sunday in 2022, a Friday in 2020.
    for (year, moved) in [(2021, [27, 28].as_slice()), (2022, &[27]), (2020, &[28])] {
        let kept = christmas.of_year(year).into_keys().map(Date::day).filter(|day| *day > 26).collect::<Vec<_>>();
        assert_eq!(kept, moved, "{year}");
    }
}
