//! The days of a set of holidays.

use super::weekday;
use jiff::Span;
use jiff::civil::{Date, Weekday};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use syncline_ir::{Holiday, HolidayDay, HolidaySet, Observed};

/// Holidays of some sets together, year by year as they are asked for.
#[derive(Debug)]
pub struct HolidayDays {
    sets: Vec<HolidaySet>,
    years: Mutex<BTreeMap<i16, BTreeMap<Date, String>>>,
}

impl HolidayDays {
    /// The holidays of these sets.
    #[must_use]
    pub fn new(sets: Vec<HolidaySet>) -> Self {
        Self { sets, years: Mutex::default() }
    }

    /// Whether a day is a holiday.
    #[must_use]
    pub fn has(&self, date: Date) -> bool {
        if self.sets.is_empty() {
            return false;
        }
        self.with_year(date.year(), |days| days.contains_key(&date))
    }

    /// The holidays of a calendar year with what they are called.
    #[must_use]
    pub fn of_year(&self, year: i16) -> BTreeMap<Date, String> {
        self.with_year(year, Clone::clone)
    }

    fn with_year<T>(&self, year: i16, look: impl FnOnce(&BTreeMap<Date, String>) -> T) -> T {
        let mut years = self.years.lock().unwrap_or_else(PoisonError::into_inner);
        look(years.entry(year).or_insert_with(|| {
            let mut days = BTreeMap::new();
            for set in &self.sets {
                // A day at the edge of a year may be kept in the year beside it.
                for of in [year.saturating_sub(1), year, year.saturating_add(1)] {
                    days.extend(kept(set, of).into_iter().filter(|(date, _)| date.year() == year));
                }
            }
            days
        }))
    }
}

/// The holidays that belong to a year, on the days themselves and where they are kept for them.
fn kept(set: &HolidaySet, year: i16) -> Vec<(Date, String)> {
    let mut nominal: Vec<(Date, &Holiday)> =
        set.days.iter().filter_map(|holiday| Some((day(holiday, year)?, holiday))).collect();
    nominal.sort_by_key(|(date, _)| *date);
    let mut days: Vec<(Date, String)> = nominal.iter().map(|(date, holiday)| (*date, holiday.title.clone())).collect();
    for (date, holiday) in nominal {
        let moved = match (holiday.observed, date.weekday()) {
            (Some(Observed::NearestWeekday), Weekday::Saturday) => date.yesterday().ok(),
            (Some(Observed::NearestWeekday), Weekday::Sunday) => date.tomorrow().ok(),
            (Some(Observed::NextWeekday), Weekday::Saturday | Weekday::Sunday) => next_free(&days, date),
            _ => None,
        };
        days.extend(moved.map(|moved| (moved, format!("{} (observed)", holiday.title))));
    }
    days
}

fn next_free(taken: &[(Date, String)], date: Date) -> Option<Date> {
    let mut day = date.tomorrow().ok()?;
    while weekday(day) > 4 || taken.iter().any(|(taken, _)| *taken == day) {
        day = day.tomorrow().ok()?;
    }
    Some(day)
}

/// The day of a holiday in a year; none when it has none then.
fn day(holiday: &Holiday, year: i16) -> Option<Date> {
    let number = u16::try_from(year).ok()?;
    let before = holiday.from.is_some_and(|from| number < from);
    let after = holiday.through.is_some_and(|through| number > through);
    if before || after || holiday.except.contains(&number) {
        return None;
    }
    let date = |month: u8, day: i8| Date::new(year, i8::try_from(month).ok()?, day).ok();
    let on = |weekday: u8| Weekday::from_monday_zero_offset(i8::try_from(weekday).ok()?).ok();
    match &holiday.on {
        HolidayDay::Fixed { month, day } => date(*month, i8::try_from(*day).ok()?),
        HolidayDay::Nth { nth, weekday, month } => {
            let found = date(*month, 1)?.nth_weekday_of_month(i8::try_from(*nth).ok()?, on(*weekday)?);
            found.ok()
        }
        HolidayDay::Last { weekday, month } => date(*month, 1)?.nth_weekday_of_month(-1, on(*weekday)?).ok(),
        HolidayDay::Easter { days } => easter(year)?.checked_add(Span::new().try_days(i64::from(*days)).ok()?).ok(),
        HolidayDay::Once { date } => date.parse::<Date>().ok().filter(|date| date.year() == year),
    }
}

/// Easter Sunday of the Gregorian calendar, by the rule of Meeus, Jones and Butcher ("Astronomical Algorithms", chapter 8).
fn easter(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let (a, b, c) = (year_number % 19, year_number / 100, year_number % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let number = h + l - 7 * m + 114;
    Date::new(year, i8::try_from(number / 31).ok()?, i8::try_from(number % 31 + 1).ok()?).ok()
}
