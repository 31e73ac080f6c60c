//! Calendars: when passes may take place, and the holidays on which they may not.

use crate::At;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When something may happen, on the clock of a place. It is open at an instant whose time on that clock lies in hours of an open
/// day, and which no freeze covers. An open day has hours and is no holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Calendar {
    /// Its name.
    pub name: String,
    /// Name of the time zone.
    pub zone: String,
    /// Its hours, as written.
    pub open: Vec<OpenHours>,
    /// Names of sets of holidays.
    pub holidays: Vec<String>,
    /// Ends of months on which it stays shut.
    pub freezes: Vec<Freeze>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// `open mon .. fri 06:00 .. 20:00`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenHours {
    /// Days of the week, from 0 for Monday, sorted.
    pub days: Vec<u8>,
    /// Minutes from midnight on the clock at which it opens.
    pub begins: u16,
    /// Minutes from midnight at which it closes, at most 1440.
    pub ends: u16,
}

/// `freeze last N open days of month from TIME`: shut from that time of the Nth last of these days to the end of the month; all month
/// when it has fewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Freeze {
    /// How many days.
    pub days: u8,
    /// Whether only open days count.
    pub open_days: bool,
    /// Minutes from midnight of the first of them.
    pub from: u16,
}

/// A set of holidays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HolidaySet {
    /// Its name.
    pub name: String,
    /// Its holidays, as written.
    pub days: Vec<Holiday>,
    /// Documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// Where it is written.
    pub at: At,
}

/// A holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Holiday {
    /// What it is called.
    pub title: String,
    /// On which day of a year.
    pub on: HolidayDay,
    /// Where it is kept as well when that is a Saturday or Sunday.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Observed>,
    /// The first year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<u16>,
    /// The last year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<u16>,
    /// Years without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<u16>,
}

/// On which day of a year a holiday is. Months count from 1, days of the week from 0 for Monday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum HolidayDay {
    /// `25 december`; 29 February in leap years only.
    Fixed {
        /// The month.
        month: u8,
        /// The day.
        day: u8,
    },
    /// `3rd mon of january`; a month may have no fifth.
    Nth {
        /// From 1 to 5.
        nth: u8,
        /// The day of the week.
        weekday: u8,
        /// The month.
        month: u8,
    },
    /// `last mon of may`.
    Last {
        /// The day of the week.
        weekday: u8,
        /// The month.
        month: u8,
    },
    /// `easter + 1`: days from Easter Sunday of the Gregorian calendar.
    Easter {
        /// May be negative.
        days: i16,
    },
    /// `2026-12-24`: once.
    Once {
        /// The day.
        date: String,
    },
}

/// Where a holiday on a Saturday or Sunday is kept as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Observed {
    /// The Friday before a Saturday, the Monday after a Sunday.
    NearestWeekday,
    /// The next weekday that is no holiday of the set.
    NextWeekday,
}
