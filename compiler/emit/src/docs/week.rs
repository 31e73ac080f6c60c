//! When a pass takes place in a typical week: one without holidays, without the end of a month, in which no clock is moved.
//!
//! A week of this kind is the same everywhere, so it is worked out on a clock that never moves, with the calendar and the ticks that runs
//! obey. A tick outside of the hours is caught up when they begin, as a run would.

use super::prose::every;
use jiff::civil::date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use syncline_eval::calendar::{Calendar, next_tick};
use syncline_ir::Pass;

/// Minutes of a day.
pub(super) const DAY: u32 = 1_440;
/// Minutes of a week.
const WEEK: u32 = 7 * DAY;
/// Passes closer together than this, in seconds, are shown as stretches of time.
const DENSE: u64 = 3_600;

/// When a pass takes place. Minutes count from Monday at midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Times {
    /// Again and again within each stretch; its end is not a part of it.
    Within(Vec<(u32, u32)>),
    /// At these minutes.
    At(Vec<u32>),
    /// At times that are others each week, because the interval does not divide one.
    Moving,
}

/// The typical week of a pass, and the hours in which it may take place; none are all.
pub(super) fn times(pass: &Pass, calendar: Option<&syncline_ir::Calendar>) -> Times {
    let calendar = calendar.and_then(on_a_still_clock);
    if pass.every < DENSE {
        return Times::Within(calendar.as_ref().map_or_else(|| vec![(0, WEEK)], stretches));
    }
    if !u64::from(WEEK * 60).is_multiple_of(pass.every) {
        return Times::Moving;
    }
    Times::At(instants(pass.every, calendar.as_ref()))
}

/// The hours of a calendar as stretches of a typical week.
pub(super) fn hours(calendar: &syncline_ir::Calendar) -> Vec<(u32, u32)> {
    on_a_still_clock(calendar).as_ref().map(stretches).unwrap_or_default()
}

/// The hours of a calendar without holidays and freezes, on a clock that is never moved.
fn on_a_still_clock(calendar: &syncline_ir::Calendar) -> Option<Calendar> {
    let still =
        syncline_ir::Calendar { zone: "UTC".to_owned(), holidays: Vec::new(), freezes: Vec::new(), ..calendar.clone() };
    Calendar::new(&still, &[])
}

/// A Monday at midnight; any other would do.
fn monday() -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(date(2001, 1, 1).at(0, 0, 0, 0)).ok()
}

fn stretches(calendar: &Calendar) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    let Some(start) = monday() else { return found };
    let Ok(end) = start.checked_add(SignedDuration::from_hours(7 * 24)) else { return found };
    let mut from = start;
    while let Some(opens) = calendar.next_opening(from).filter(|opens| *opens < end) {
        let closes = calendar.next_closing(opens).unwrap_or(end).min(end);
        found.push((minute(start, opens), minute(start, closes)));
        from = closes;
    }
    found
}

/// The passes of a week, one after the other as a run would carry them out; the week before only gets them going.
fn instants(every: u64, calendar: Option<&Calendar>) -> Vec<u32> {
    let mut found = Vec::new();
    let week = SignedDuration::from_hours(7 * 24);
    let Some(start) = monday() else { return found };
    let (Ok(mut last), Ok(end)) = (start.checked_sub(week), start.checked_add(week)) else { return found };
    while let Some(tick) = next_tick(every, &TimeZone::UTC, last) {
        let Some(next) = calendar.map_or(Some(tick), |calendar| calendar.next_opening(tick)) else { break };
        if next >= end {
            break;
        }
        if next >= start {
            found.push(minute(start, next));
        }
        last = next;
    }
    found
}

fn minute(start: Timestamp, at: Timestamp) -> u32 {
    u32::try_from(at.duration_since(start).as_mins()).unwrap_or_default()
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The name of a day of the week, from 0 for Monday.
pub(super) fn day_name(day: u8) -> &'static str {
    DAYS.get(usize::from(day)).copied().unwrap_or_default()
}

/// Sorted days of the week in words: `Monday to Friday, Sunday`.
pub(super) fn day_names(days: &[u8]) -> String {
    let runs = days.chunk_by(|day, next| day + 1 == *next).map(|run| match run {
        [first, _, .., last] => format!("{} to {}", day_name(*first), day_name(*last)),
        run => run.iter().map(|day| day_name(*day)).collect::<Vec<_>>().join(", "),
    });
    runs.collect::<Vec<_>>().join(", ")
}

/// `390` as `06:30`; 1440 is `24:00`.
pub(super) fn clock(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// A typical week in words, a line for the days that are alike: `Monday to Friday: from 06:00 to 20:00`.
pub(super) fn words(times: &Times, interval: u64) -> Vec<String> {
    let daily = |of_day: &dyn Fn(u8) -> String| {
        let mut lines: Vec<(String, Vec<u8>)> = Vec::new();
        for day in 0..7 {
            let line = of_day(day);
            match lines.iter_mut().find(|(known, _)| *known == line) {
                _ if line.is_empty() => {}
                Some((_, days)) => days.push(day),
                None => lines.push((line, vec![day])),
            }
        }
        let said = |days: &[u8]| if days.len() == 7 { "every day".to_owned() } else { day_names(days) };
        lines.into_iter().map(|(line, days)| format!("{}: {line}", said(&days))).collect()
    };
    match times {
        Times::Moving => vec!["at times that are others each week".to_owned()],
        Times::Within(stretches) if stretches.as_slice() == [(0, WEEK)] => vec!["at all hours".to_owned()],
        Times::Within(stretches) => daily(&|day| {
            let here = stretches.iter().filter_map(|stretch| part_of_day(*stretch, day));
            here.map(|(from, to)| format!("from {} to {}", clock(from), clock(to))).collect::<Vec<_>>().join(", ")
        }),
        Times::At(minutes) => daily(&|day| {
            let begins = u32::from(day) * DAY;
            let here = minutes.iter().filter(|minute| (begins..begins + DAY).contains(minute));
            time_list(&here.map(|minute| minute - begins).collect::<Vec<_>>(), interval)
        }),
    }
}

/// The part of a stretch of the week that lies in a day, in minutes of that day.
pub(super) fn part_of_day((from, to): (u32, u32), day: u8) -> Option<(u32, u32)> {
    let begins = u32::from(day) * DAY;
    let part = (from.max(begins), to.min(begins + DAY));
    (part.0 < part.1).then(|| (part.0 - begins, part.1 - begins))
}

/// Times of a day: a run of more than three at the interval as one phrase.
fn time_list(times: &[u32], interval: u64) -> String {
    let step = u32::try_from(interval / 60).unwrap_or(u32::MAX);
    let runs = times.chunk_by(|time, next| time.saturating_add(step) == *next).map(|run| match run {
        [first, _, _, .., last] => format!("{} from {} to {}", every(interval), clock(*first), clock(*last)),
        run => run.iter().map(|time| format!("at {}", clock(*time))).collect::<Vec<_>>().join(", "),
    });
    runs.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use syncline_ir::{Freeze, OpenHours};

    fn calendar(open: &[(&[u8], u16, u16)]) -> syncline_ir::Calendar {
        syncline_ir::Calendar {
            name: "hours".to_owned(),
            zone: "America/New_York".to_owned(),
            open: open
                .iter()
                .map(|(days, begins, ends)| OpenHours { days: days.to_vec(), begins: *begins, ends: *ends })
                .collect(),
            holidays: vec!["absent".to_owned()],
            freezes: vec![Freeze { days: 31, open_days: false, from: 0 }],
            doc: None,
            at: "a.syn:1:1".to_owned(),
        }
    }

    fn said(every: u64, calendar: Option<&syncline_ir::Calendar>) -> Vec<String> {
        let pass = Pass { every, within: calendar.map(|calendar| calendar.name.clone()), takes_at_most: None };
        words(&times(&pass, calendar), every)
    }

    #[test]
    fn a_pass_without_a_window_ticks_at_multiples_from_midnight() {
        assert_eq!(said(3_600, None), ["every day: every hour from 00:00 to 23:00"]);
        assert_eq!(said(86_400, None), ["every day: at 00:00"]);
        assert_eq!(said(43_200, None), ["every day: at 00:00, at 12:00"]);
        assert_eq!(said(900, None), ["at all hours"]);
        // 1970-01-01 was a Thursday.
        assert_eq!(said(604_800, None), ["Thursday: at 00:00"]);
        // Two days and five hours divide no week.
        assert_eq!(said(172_800, None), ["at times that are others each week"]);
        assert_eq!(said(18_000, None), ["at times that are others each week"]);
    }

    #[test]
    fn a_window_lets_passes_through_while_it_is_open() {
        let hours = calendar(&[(&[0, 1, 2, 3, 4], 360, 1200), (&[5], 480, 720)]);
        assert_eq!(said(900, Some(&hours)), ["Monday to Friday: from 06:00 to 20:00", "Saturday: from 08:00 to 12:00"]);
        // It is shut at 20:00 already.
        assert_eq!(
            said(3_600, Some(&hours)),
            ["Monday to Friday: every hour from 06:00 to 19:00", "Saturday: every hour from 08:00 to 11:00"]
        );
    }

    #[test]
    fn a_tick_outside_of_the_hours_is_caught_up_when_they_begin() {
        let hours = calendar(&[(&[0, 1, 2, 3, 4], 390, 1200)]);
        // Midnight is shut. Saturday, Sunday and Monday are one pass.
        assert_eq!(said(86_400, Some(&hours)), ["Monday to Friday: at 06:30"]);
        // Opens at 06:30: what ticked since 19:00 at once, then on the hour.
        assert_eq!(said(14_400, Some(&hours)), ["Monday to Friday: at 06:30, at 08:00, at 12:00, at 16:00"]);
    }

    #[test]
    fn hours_over_midnight_are_one_stretch_and_two_lines() {
        let night = calendar(&[(&[0], 1320, 1440), (&[1], 0, 360)]);
        assert_eq!(hours(&night), [(1320, 1800)]);
        assert_eq!(said(900, Some(&night)), ["Monday: from 22:00 to 24:00", "Tuesday: from 00:00 to 06:00"]);
        let always = calendar(&[(&[0, 1, 2, 3, 4, 5, 6], 0, 1440)]);
        assert_eq!(said(60, Some(&always)), ["at all hours"]);
    }

    #[test]
    fn days_that_follow_one_another_are_one_span() {
        assert_eq!(day_names(&[0, 1, 2, 3, 4]), "Monday to Friday");
        assert_eq!(day_names(&[0, 1, 4, 6]), "Monday, Tuesday, Friday, Sunday");
    }
}
