//! Dates and instants.
//!
//! A date is a number of days and an instant a number of microseconds since 1970-01-01 (00:00 UTC), in the proleptic Gregorian
//! calendar, years 1 to 9999. Only [`date_of`] and [`start_of`] go from one to the other. Time zones come from the database that is
//! built in, whatever the machine has.

use jiff::civil::{self, Date};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Unit};
use std::sync::LazyLock;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Days since 1970-01-01 of 0001-01-01 and 9999-12-31.
const DAYS: std::ops::RangeInclusive<i64> = -719_162..=2_932_896;

const EPOCH: Date = civil::date(1970, 1, 1);

const MICROS_PER_SECOND: i64 = 1_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// The zone of this IANA name.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

/// The date with this many days since 1970-01-01; none outside years 1 to 9999.
#[must_use]
pub fn in_range(days: i64) -> Option<i32> {
    if DAYS.contains(&days) { i32::try_from(days).ok() } else { None }
}

fn date_at(days: i32) -> Option<Date> {
    EPOCH.checked_add(jiff::Span::new().try_days(i64::from(days)).ok()?).ok()
}

fn days_of(date: Date) -> Option<i32> {
    in_range(i64::from(date.since((Unit::Day, EPOCH)).ok()?.get_days()))
}

/// Reads `2026-01-31`.
#[must_use]
pub fn read_date(text: &str) -> Option<i32> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = text.as_bytes() else { return None };
    let year = i16::try_from(digits(&[*y0, *y1, *y2, *y3])?).ok()?;
    let (month, day) = (i8::try_from(digits(&[*m0, *m1])?).ok()?, i8::try_from(digits(&[*d0, *d1])?).ok()?);
    days_of(Date::new(year, month, day).ok()?)
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number: i64, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

/// Writes `2026-01-31`.
#[must_use]
pub fn show_date(days: i32) -> String {
    let (year, month, day) = parts(days);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Year, month (1 to 12) and day (1 to 31) of a date.
#[must_use]
pub fn parts(days: i32) -> (i16, i8, i8) {
    date_at(days).map_or((0, 0, 0), |date| (date.year(), date.month(), date.day()))
}

/// Reads `2026-01-31T10:00Z`, `2026-01-31T10:00:00.123456+02:00`: seconds are optional, the zone is not. Digits beyond the
/// microsecond must be zeros.
#[must_use]
pub fn read_instant(text: &str) -> Option<i64> {
    let (date, rest) = text.split_at_checked(10)?;
    let days = i64::from(read_date(date)?);
    let (clock, offset) = match rest.strip_suffix('Z') {
        Some(clock) => (clock, 0),
        None => {
            let (clock, offset) = rest.split_at_checked(rest.len().checked_sub(6)?)?;
            (clock, read_offset(offset)?)
        }
    };
    let (micros, clock) = match clock.split_once('.') {
        Some((clock, fraction)) if clock.len() == 9 => (read_fraction(fraction)?, clock),
        Some(_) => return None,
        None => (0, clock),
    };
    let (hours, minutes, seconds) = match clock.as_bytes() {
        [b'T', h0, h1, b':', m0, m1] => (digits(&[*h0, *h1])?, digits(&[*m0, *m1])?, 0),
        [b'T', h0, h1, b':', m0, m1, b':', s0, s1] => {
            (digits(&[*h0, *h1])?, digits(&[*m0, *m1])?, digits(&[*s0, *s1])?)
        }
        _ => return None,
    };
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let local = days * SECONDS_PER_DAY + hours * 3600 + minutes * 60 + seconds;
    let utc = local - offset;
    in_range(utc.div_euclid(SECONDS_PER_DAY))?;
    Some(utc * MICROS_PER_SECOND + micros)
}

/// `+02:00` in seconds.
fn read_offset(text: &str) -> Option<i64> {
    let [sign, h0, h1, b':', m0, m1] = text.as_bytes() else { return None };
    let (hours, minutes) = (digits(&[*h0, *h1])?, digits(&[*m0, *m1])?);
    let seconds = (hours <= 23 && minutes <= 59).then_some(hours * 3600 + minutes * 60)?;
    match sign {
        b'+' => Some(seconds),
        b'-' => Some(-seconds),
        _ => None,
    }
}

/// Digits after the point of a second, in microseconds.
fn read_fraction(text: &str) -> Option<i64> {
    let (kept, lost) = text.as_bytes().split_at(text.len().min(6));
    if text.is_empty() || lost.iter().any(|&digit| digit != b'0') {
        return None;
    }
    let missing = u32::try_from(6 - kept.len()).ok()?;
    Some(digits(kept)? * 10i64.pow(missing))
}

/// Writes `2026-01-31T10:00:00Z`, with as many digits of the second as there are.
#[must_use]
pub fn show_instant(micros: i64) -> String {
    let seconds = micros.div_euclid(MICROS_PER_SECOND);
    let fraction = micros.rem_euclid(MICROS_PER_SECOND);
    let (days, second) = (seconds.div_euclid(SECONDS_PER_DAY), seconds.rem_euclid(SECONDS_PER_DAY));
    let date = show_date(i32::try_from(days).unwrap_or_default());
    let clock = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    if fraction == 0 {
        return format!("{date}T{clock}Z");
    }
    let fraction = format!("{fraction:06}");
    format!("{date}T{clock}.{}Z", fraction.trim_end_matches('0'))
}

/// The calendar date on which an instant falls in a zone; none outside years 1 to 9999.
#[must_use]
pub fn date_of(micros: i64, zone: &TimeZone) -> Option<i32> {
    let instant = Timestamp::from_microsecond(micros).ok()?;
    days_of(zone.to_datetime(instant).date())
}

/// The first instant of a date in a zone; none outside years 1 to 9999.
///
/// Where clocks are set forward over midnight, the day begins when they are; where midnight comes twice, with the first.
#[must_use]
pub fn start_of(days: i32, zone: &TimeZone) -> Option<i64> {
    let midnight = date_at(days)?.to_datetime(jiff::civil::Time::midnight());
    let ambiguous = zone.to_ambiguous_timestamp(midnight);
    let gap = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let start = ambiguous.compatible().ok()?;
    if !gap {
        return Some(start.as_microsecond());
    }
    let transition = zone.preceding(start.checked_add(jiff::SignedDuration::from_nanos(1)).ok()?).next()?;
    Some(transition.timestamp().as_microsecond())
}
