//! Ticks of schedules.

use super::instants;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// An interval above this ticks once when the clock shows a time twice.
const TWICE: u64 = 3_600;

/// No clock is put back or forward by more.
const JUMP: i64 = 26 * 3_600;

/// The first tick after an instant: the clock of `zone` shows a time whose seconds from 1970-01-01T00:00 are a multiple of `every`.
/// A time that the clock skips ticks at the jump; one that it shows twice ticks twice, unless the interval is longer than an hour.
/// None past the end of time.
#[must_use]
pub fn next_tick(every: u64, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let step = i64::try_from(every.max(1)).ok()?;
    let now = seconds(zone.to_datetime(after))?;
    let near = SignedDuration::from_secs(JUMP + step);
    let soon = after.checked_add(near).unwrap_or(Timestamp::MAX);
    let jump = after.checked_sub(SignedDuration::from_secs(JUMP)).ok()?;
    let jump = zone.following(jump).next().map(|jump| jump.timestamp()).filter(|jump| *jump <= soon);
    let at = |multiple: i64| -> Vec<Timestamp> {
        let Some(civil) = multiple.checked_mul(step).and_then(civil) else { return Vec::new() };
        let mut found = instants(zone, civil);
        if every > TWICE {
            found.truncate(1);
        }
        found
    };
    let first = now.div_euclid(step) + 1;
    if jump.is_none() {
        return at(first).into_iter().next();
    }
    // Around a jump the clock may go back: all times it can show from now on until the first tick for sure are looked at.
    let mut found: Option<Timestamp> = None;
    let last = (now + JUMP + step).div_euclid(step) + 1;
    for multiple in (now - JUMP).div_euclid(step)..=last {
        for instant in at(multiple).into_iter().filter(|instant| *instant > after) {
            found = Some(found.map_or(instant, |known| known.min(instant)));
        }
    }
    found
}

fn seconds(civil: DateTime) -> Option<i64> {
    jiff::tz::Offset::UTC.to_timestamp(civil).ok().map(Timestamp::as_second)
}

fn civil(seconds: i64) -> Option<DateTime> {
    Timestamp::from_second(seconds).ok().map(|instant| jiff::tz::Offset::UTC.to_datetime(instant))
}
