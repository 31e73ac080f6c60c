//! Holidays and the ends of months on which calendars stay shut: the rules in words, and the days of some years.
//!
//! A plan does not say from when to when it is used, and documents do not ask what day it is. So the **years shown** begin with the
//! edition that the workspace says; days of other years follow from the rules.

use super::addresses::{Thing, anchor};
use super::places::Place;
use super::prose::{DocBlock, counted, doc_blocks};
use super::site::Site;
use super::week::{clock, day_name};
use jiff::civil::Date;
use serde::Serialize;
use syncline_eval::calendar::{Calendar, HolidayDays};
use syncline_ir::{Freeze, Holiday, HolidayDay, HolidaySet, Observed};

/// How many years are shown.
const YEARS: i16 = 5;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A set of holidays.
#[derive(Debug, Serialize)]
pub(super) struct SetView {
    id: String,
    name: String,
    doc: Vec<DocBlock>,
    place: Place,
    days: Vec<DayView>,
}

#[derive(Debug, Serialize)]
struct DayView {
    title: String,
    rule: String,
    /// Its days in each of the years shown.
    years: Vec<Vec<Kept>>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Kept {
    day: String,
    /// It is another day that is kept for the holiday.
    instead: bool,
}

/// A freeze of a calendar with the days on which it begins.
#[derive(Debug, Serialize)]
pub(super) struct FreezeView {
    words: String,
    months: Vec<MonthView>,
}

#[derive(Debug, Serialize)]
struct MonthView {
    month: &'static str,
    years: Vec<String>,
}

/// The years shown.
pub(super) fn years(site: &Site<'_>) -> Vec<i16> {
    let first = i16::try_from(site.plan.workspace.edition).unwrap_or(2026);
    (first..first.saturating_add(YEARS)).collect()
}

/// A set of holidays in these years.
pub(super) fn set_view(site: &Site<'_>, set: &HolidaySet, years: &[i16]) -> SetView {
    SetView {
        id: site.href(Thing::Holidays(&set.name)).map(|href| anchor(&href)).unwrap_or_default(),
        name: set.name.clone(),
        doc: doc_blocks(set.doc.as_ref()),
        place: site.place(&set.at),
        days: (0..set.days.len()).filter_map(|at| day_view(set, at, years)).collect(),
    }
}

fn day_view(set: &HolidaySet, at: usize, years: &[i16]) -> Option<DayView> {
    let holiday = set.days.get(at)?;
    // Alone it falls on its own days; in its set, under a name nobody else has, it is kept where the others leave room.
    let alone = HolidaySet { days: vec![Holiday { observed: None, ..holiday.clone() }], ..set.clone() };
    let mut marked = set.clone();
    let mark = "\u{1}".to_owned();
    marked.days.get_mut(at)?.title.clone_from(&mark);
    let (alone, marked) = (HolidayDays::new(vec![alone]), HolidayDays::new(vec![marked]));
    let in_year = |year: &i16| {
        let own = alone.of_year(*year).into_keys().map(|date| Kept { day: short_day(date), instead: false });
        let kept = marked.of_year(*year).into_iter().filter(|(_, title)| title.starts_with(&mark) && *title != mark);
        own.chain(kept.map(|(date, _)| Kept { day: short_day(date), instead: true })).collect()
    };
    Some(DayView { title: holiday.title.clone(), rule: rule(holiday), years: years.iter().map(in_year).collect() })
}

/// The freezes of a calendar in these years.
pub(super) fn freeze_views(site: &Site<'_>, calendar: &syncline_ir::Calendar, years: &[i16]) -> Vec<FreezeView> {
    let Some(linked) = Calendar::new(calendar, &site.plan.holidays) else { return Vec::new() };
    let view = |freeze: &Freeze| FreezeView {
        words: freeze_words(freeze),
        months: (1_i8..)
            .zip(MONTHS)
            .map(|(number, month)| MonthView {
                month,
                years: years.iter().map(|year| first_day(&linked, freeze, *year, number)).collect(),
            })
            .collect(),
    };
    calendar.freezes.iter().map(view).collect()
}

fn first_day(calendar: &Calendar, freeze: &Freeze, year: i16, month: i8) -> String {
    let Ok(date) = Date::new(year, month, 1) else { return String::new() };
    match calendar.first_frozen_day(freeze, date) {
        Some(day) if freeze.from == 0 => format!("{} {}", weekday(day), day.day()),
        Some(day) => format!("{} {}, {}", weekday(day), day.day(), clock(freeze.from.into())),
        None => "all month".to_owned(),
    }
}

/// A freeze in words.
pub(super) fn freeze_words(freeze: &Freeze) -> String {
    let kind = if freeze.open_days { "open day" } else { "calendar day" };
    let from =
        if freeze.from == 0 { String::new() } else { format!(", from {} of the first", clock(freeze.from.into())) };
    let days = if freeze.days == 1 { kind.to_owned() } else { counted(u64::from(freeze.days), kind) };
    format!("not on the last {days} of a month{from}")
}

/// `Fri 3 Jul`
fn short_day(date: Date) -> String {
    let month: String = month(date.month().unsigned_abs()).chars().take(3).collect();
    format!("{} {} {month}", weekday(date), date.day())
}

fn weekday(date: Date) -> String {
    let day = u8::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
    day_name(day).chars().take(3).collect()
}

fn month(number: u8) -> &'static str {
    MONTHS.get(usize::from(number).wrapping_sub(1)).copied().unwrap_or_default()
}

/// The rule of a holiday in words.
fn rule(holiday: &Holiday) -> String {
    let mut words = match &holiday.on {
        HolidayDay::Fixed { month: of, day } => format!("{day} {}", month(*of)),
        HolidayDay::Nth { nth, weekday, month: of } => {
            format!("{} {} of {}", nth_word(*nth), day_name(*weekday), month(*of))
        }
        HolidayDay::Last { weekday, month: of } => format!("last {} of {}", day_name(*weekday), month(*of)),
        HolidayDay::Easter { days: 0 } => "Easter Sunday".to_owned(),
        HolidayDay::Easter { days } => {
            let side = if *days < 0 { "before" } else { "after" };
            format!("{} {side} Easter Sunday", counted(u64::from(days.unsigned_abs()), "day"))
        }
        HolidayDay::Once { date } => format!("once, on {date}"),
    };
    match holiday.observed {
        Some(Observed::NearestWeekday) => words.push_str("; at a weekend the nearest weekday as well"),
        Some(Observed::NextWeekday) => words.push_str("; at a weekend the next free weekday as well"),
        None => {}
    }
    if let Some(year) = holiday.from {
        words.push_str(&format!("; from {year}"));
    }
    if let Some(year) = holiday.through {
        words.push_str(&format!("; through {year}"));
    }
    if !holiday.except.is_empty() {
        let years: Vec<String> = holiday.except.iter().map(u16::to_string).collect();
        words.push_str(&format!("; not in {}", years.join(", ")));
    }
    words
}

fn nth_word(nth: u8) -> String {
    let end = match nth {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
    format!("{nth}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holiday(title: &str, on: HolidayDay, observed: Option<Observed>) -> Holiday {
        Holiday { title: title.to_owned(), on, observed, from: None, through: None, except: Vec::new() }
    }

    fn set(days: Vec<Holiday>) -> HolidaySet {
        HolidaySet { name: "days".to_owned(), days, doc: None, at: "a.syn:1:1".to_owned() }
    }

    fn shown(set: &HolidaySet, at: usize, years: &[i16]) -> Vec<String> {
        let view = day_view(set, at, years).unwrap();
        let one = |kept: &Kept| format!("{}{}", kept.day, if kept.instead { "*" } else { "" });
        view.years.iter().map(|days| days.iter().map(one).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn a_freeze_says_which_days_it_counts() {
        let said = |days, open_days, from| freeze_words(&Freeze { days, open_days, from });
        assert_eq!(said(2, true, 0), "not on the last 2 open days of a month");
        assert_eq!(said(1, false, 1085), "not on the last calendar day of a month, from 18:05 of the first");
    }

    #[test]
    fn rules_read_as_people_say_them() {
        let nth = HolidayDay::Nth { nth: 3, weekday: 0, month: 1 };
        let mut king = holiday("King", nth, None);
        (king.from, king.except) = (Some(1986), vec![2020, 2022]);
        assert_eq!(rule(&king), "3rd Monday of January; from 1986; not in 2020, 2022");
        let once = HolidayDay::Once { date: "2026-09-18".to_owned() };
        assert_eq!(rule(&holiday("Move", once, None)), "once, on 2026-09-18");
        assert_eq!(rule(&holiday("Good Friday", HolidayDay::Easter { days: -2 }, None)), "2 days before Easter Sunday");
        let fixed = HolidayDay::Fixed { month: 12, day: 25 };
        assert_eq!(
            rule(&holiday("Christmas", fixed, Some(Observed::NextWeekday))),
            "25 December; at a weekend the next free weekday as well"
        );
    }

    #[test]
    fn days_are_those_of_published_lists() {
        // Office of Personnel Management, federal holidays 2026 and 2027: Independence Day is Friday 3 July and Monday 5 July.
        let july = holiday("July", HolidayDay::Fixed { month: 7, day: 4 }, Some(Observed::NearestWeekday));
        assert_eq!(shown(&set(vec![july]), 0, &[2026, 2027]), ["Sat 4 Jul Fri 3 Jul*", "Sun 4 Jul Mon 5 Jul*"]);
        // GOV.UK, bank holidays 2027: Monday 27 December for Christmas, Tuesday 28 December for Boxing Day.
        let fixed = |title, day| holiday(title, HolidayDay::Fixed { month: 12, day }, Some(Observed::NextWeekday));
        let uk = set(vec![fixed("Day", 25), fixed("Day", 26)]);
        assert_eq!(shown(&uk, 0, &[2027]), ["Sat 25 Dec Mon 27 Dec*"]);
        assert_eq!(shown(&uk, 1, &[2027]), ["Sun 26 Dec Tue 28 Dec*"]);
        // New Year's Day 2028 is a Saturday: kept on Friday, the last day of 2027.
        let new_year = holiday("New", HolidayDay::Fixed { month: 1, day: 1 }, Some(Observed::NearestWeekday));
        assert_eq!(shown(&set(vec![new_year]), 0, &[2027, 2028]), ["Fri 1 Jan Fri 31 Dec*", "Sat 1 Jan"]);
        let leap = holiday("Leap", HolidayDay::Fixed { month: 2, day: 29 }, None);
        assert_eq!(shown(&set(vec![leap]), 0, &[2027, 2028]), ["", "Tue 29 Feb"]);
    }
}
