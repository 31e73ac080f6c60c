//! Calendars and the holidays that close them.

use super::{Name, Number, PlainText, Range, SmolStr};

/// `calendar posting_hours { … }`: when something may happen, on the clock of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// In the order written.
    pub members: Vec<CalendarMember>,
}

/// A statement of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarMember {
    /// `zone "America/New_York"`
    Zone(ZoneClause),
    /// `open mon .. fri 06:00 .. 20:00`
    Open(OpenHours),
    /// `holidays us_federal`
    Holidays(HolidaysClause),
    /// `freeze last 2 open days of month`
    Freeze(Freeze),
    /// Could not be read.
    Broken(Range),
}

/// `zone "America/New_York"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneClause {
    /// The name of a time zone.
    pub zone: PlainText,
    /// The whole statement.
    pub range: Range,
}

/// `open mon .. fri, sun 06:00 .. 20:00`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenHours {
    /// Spans of days; at least one.
    pub days: Vec<DaySpan>,
    /// When it opens.
    pub begins: ClockTime,
    /// When it closes; may be `24:00`.
    pub ends: ClockTime,
    /// The whole statement.
    pub range: Range,
}

/// `mon .. fri`, `sat`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySpan {
    /// The first day, from 0 for Monday.
    pub first: u8,
    /// The last day; the same for a single one. May be before the first: `sat .. tue`.
    pub last: u8,
    /// The whole span.
    pub range: Range,
}

/// `06:00`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockTime {
    /// As written.
    pub text: SmolStr,
    /// Where it stands.
    pub range: Range,
}

/// `holidays us_federal, company_days`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidaysClause {
    /// At least one.
    pub sets: Vec<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `freeze last 2 open days of month from 18:00`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freeze {
    /// How many days.
    pub days: Number,
    /// Whether only days count on which the calendar opens.
    pub open_days: bool,
    /// The time of the first of them at which it begins.
    pub from: Option<ClockTime>,
    /// The whole statement.
    pub range: Range,
}

/// `holidays us_federal { … }`: days on which calendars stay shut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holidays {
    /// In the order written.
    pub members: Vec<HolidaysMember>,
}

/// A statement of a set of holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HolidaysMember {
    /// `"Christmas Day" on 25 december`
    Holiday(Holiday),
    /// Could not be read.
    Broken(Range),
}

/// `"Christmas Day" on 25 december observed nearest weekday from 2000`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// What it is called.
    pub title: PlainText,
    /// On which day of a year.
    pub on: HolidayDay,
    /// Where the day itself stands.
    pub on_range: Range,
    /// Where it moves to from a Saturday or Sunday.
    pub observed: Option<Observed>,
    /// The first year.
    pub from: Option<Number>,
    /// The last year.
    pub through: Option<Number>,
    /// Years without it.
    pub except: Vec<Number>,
    /// The whole statement.
    pub range: Range,
}

/// On which day of a year a holiday is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HolidayDay {
    /// `25 december`
    Fixed {
        /// The day of the month, as written.
        day: SmolStr,
        /// From 1 for January.
        month: u8,
    },
    /// `3rd mon of january`
    Nth {
        /// From 1 to 5.
        nth: u8,
        /// From 0 for Monday.
        weekday: u8,
        /// From 1 for January.
        month: u8,
    },
    /// `last mon of may`
    Last {
        /// From 0 for Monday.
        weekday: u8,
        /// From 1 for January.
        month: u8,
    },
    /// `easter - 2`: days from Easter Sunday.
    Easter {
        /// As written, without sign.
        days: SmolStr,
        /// Whether before Easter.
        before: bool,
    },
    /// `2026-12-24`: once.
    Once(SmolStr),
}

/// Where a holiday moves to from a Saturday or Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// `observed nearest weekday`
    Nearest,
    /// `observed next weekday`
    Next,
}
