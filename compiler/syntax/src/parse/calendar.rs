//! Calendars and holidays.

use smol_str::SmolStr;

use super::context::{Children, Context, range};
use super::explain::Block;
use super::grammar::{Pair, Rule};
use crate::ast::{
    Calendar, CalendarMember, ClockTime, DaySpan, Freeze, Holiday, HolidayDay, Holidays, HolidaysClause,
    HolidaysMember, Observed, OpenHours, ZoneClause,
};

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The position of a word among those the grammar takes at its place.
fn position(words: &[&str], word: &str) -> u8 {
    words.iter().zip(0..).find(|(known, _)| **known == word).map_or(0, |(_, position)| position)
}

fn weekday(pair: &Pair<'_>) -> u8 {
    position(&WEEKDAYS, pair.as_str())
}

fn month(pair: &Pair<'_>) -> u8 {
    position(&MONTHS, pair.as_str()) + 1
}

fn clock_time(pair: &Pair<'_>) -> ClockTime {
    ClockTime { text: SmolStr::new(pair.as_str()), range: range(pair) }
}

impl Context<'_> {
    pub(super) fn calendar(&self, children: Children<'_>) -> Calendar {
        let mut members = Vec::with_capacity(children.count_left());
        for child in children {
            let place = range(&child);
            match child.as_rule() {
                Rule::zone => {
                    let text = Children::of(child).seek(Rule::text).map(|text| self.plain_text(text));
                    members.extend(text.map(|zone| CalendarMember::Zone(ZoneClause { zone, range: place })));
                }
                Rule::open_hours => members.extend(open_hours(child).map(CalendarMember::Open)),
                Rule::closed_on => {
                    let sets = self.names(child.into_inner());
                    members.push(CalendarMember::Holidays(HolidaysClause { sets, range: place }));
                }
                Rule::freeze => members.extend(self.freeze(child).map(CalendarMember::Freeze)),
                Rule::broken => members.push(CalendarMember::Broken(self.broken(place, Block::Calendar))),
                _ => {}
            }
        }
        Calendar { members }
    }

    fn freeze(&self, pair: Pair<'_>) -> Option<Freeze> {
        let place = range(&pair);
        let mut children = Children::of(pair);
        let days = self.number(&children.seek(Rule::number)?);
        let open_days = children.seek(Rule::freeze_days)?.as_str().starts_with("open");
        let from = children.seek(Rule::time).as_ref().map(clock_time);
        Some(Freeze { days, open_days, from, range: place })
    }

    pub(super) fn holidays(&self, children: Children<'_>) -> Holidays {
        let mut members = Vec::with_capacity(children.count_left());
        for child in children {
            let place = range(&child);
            match child.as_rule() {
                Rule::holiday => members.extend(self.holiday(child).map(HolidaysMember::Holiday)),
                Rule::broken => members.push(HolidaysMember::Broken(self.broken(place, Block::Holidays))),
                _ => {}
            }
        }
        Holidays { members }
    }

    fn holiday(&self, pair: Pair<'_>) -> Option<Holiday> {
        let place = range(&pair);
        let mut children = Children::of(pair);
        let title = self.plain_text(children.seek(Rule::text)?);
        children.next_is(Rule::w_on);
        let day = children.next()?;
        let on_range = range(&day);
        let mut holiday = Holiday {
            title,
            on: holiday_day(day)?,
            on_range,
            observed: None,
            from: None,
            through: None,
            except: Vec::new(),
            range: place,
        };
        for child in children {
            match child.as_rule() {
                Rule::observed => {
                    let nearest = Children::of(child).seek(Rule::nearest).is_some();
                    holiday.observed = Some(if nearest { Observed::Nearest } else { Observed::Next });
                }
                Rule::from_year => holiday.from = Children::of(child).seek(Rule::year).map(|year| self.number(&year)),
                Rule::through_year => {
                    holiday.through = Children::of(child).seek(Rule::year).map(|year| self.number(&year));
                }
                Rule::except_years => {
                    let years = child.into_inner().filter(|child| child.as_rule() == Rule::year);
                    holiday.except = years.map(|year| self.number(&year)).collect();
                }
                _ => {}
            }
        }
        Some(holiday)
    }
}

fn open_hours(pair: Pair<'_>) -> Option<OpenHours> {
    let place = range(&pair);
    let mut days = Vec::new();
    let mut times = Vec::new();
    for child in Children::of(pair) {
        match child.as_rule() {
            Rule::days => {
                let at = range(&child);
                let mut ends = child.into_inner().filter(|child| child.as_rule() == Rule::weekday);
                let first = weekday(&ends.next()?);
                let last = ends.next().as_ref().map_or(first, weekday);
                days.push(DaySpan { first, last, range: at });
            }
            Rule::time => times.push(clock_time(&child)),
            _ => {}
        }
    }
    let mut times = times.into_iter();
    Some(OpenHours { days, begins: times.next()?, ends: times.next()?, range: place })
}

fn holiday_day(pair: Pair<'_>) -> Option<HolidayDay> {
    let rule = pair.as_rule();
    let written = SmolStr::new(pair.as_str());
    let mut children = Children::of(pair);
    Some(match rule {
        Rule::date => HolidayDay::Once(written),
        Rule::fixed_day => {
            let day = SmolStr::new(children.seek(Rule::day_number)?.as_str());
            HolidayDay::Fixed { day, month: month(&children.seek(Rule::month)?) }
        }
        Rule::nth_day => {
            let nth = children.seek(Rule::ordinal)?;
            let nth = nth.as_str().bytes().next()?.wrapping_sub(b'0');
            HolidayDay::Nth {
                nth,
                weekday: weekday(&children.seek(Rule::weekday)?),
                month: month(&children.seek(Rule::month)?),
            }
        }
        Rule::last_day => HolidayDay::Last {
            weekday: weekday(&children.seek(Rule::weekday)?),
            month: month(&children.seek(Rule::month)?),
        },
        _ => match children.next_is(Rule::easter_sign) {
            Some(sign) => {
                let days = SmolStr::new(children.seek(Rule::number)?.as_str());
                HolidayDay::Easter { days, before: sign.as_str() == "-" }
            }
            None => HolidayDay::Easter { days: SmolStr::new("0"), before: false },
        },
    })
}
