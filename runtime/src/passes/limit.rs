//! `limit N calls per PERIOD in ZONE, batch B`: how often a system is called to post.
//!
//! A **call** carries up to B lines of one entity. Calls are counted in the hub, over runs, before they are made. What would need more
//! calls than are left in the period stays **staged**, and is posted when the next period has begun. Searching a target and reading it
//! back are not counted.

use crate::error::{Outcome, RuntimeError};
use crate::hub::Hub;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Zoned};
use std::collections::BTreeMap;
use syncline_eval::calendar::zone;
use syncline_ir::{CallLimit, Period};

/// What is left of the calls of a system.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// When the period began, and when the next one does.
    pub(crate) began: Timestamp,
    pub(crate) next: Timestamp,
    pub(crate) left: u64,
    /// Lines of one call.
    pub(crate) batch: usize,
}

impl Budget {
    pub(crate) fn of(system: &str, limit: &CallLimit, hub: &Hub, at: Timestamp) -> Outcome<Self> {
        let zone =
            zone(&limit.zone).ok_or_else(|| RuntimeError::plan(format!("there is no time zone `{}`", limit.zone)))?;
        let (began, next) = period(limit.per, zone, at)
            .ok_or_else(|| RuntimeError::plan(format!("there is no period of calls of `{system}` at {at}")))?;
        let made = hub.calls(system, began)?;
        let batch = usize::try_from(limit.batch).unwrap_or(usize::MAX).max(1);
        Ok(Self { began, next, left: u64::from(limit.calls).saturating_sub(made), batch })
    }

    /// Lines that may still be posted by calls that are full.
    pub(crate) fn lines(&self) -> usize {
        usize::try_from(self.left).unwrap_or(usize::MAX).saturating_mul(self.batch)
    }
}

/// The period that an instant lies in: when it begins, and when the next one does.
fn period(per: Period, zone: TimeZone, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let local: Zoned = at.to_zoned(zone);
    if per == Period::Day {
        let next = local.tomorrow().ok()?.start_of_day().ok()?;
        return Some((local.start_of_day().ok()?.timestamp(), next.timestamp()));
    }
    let seconds = i64::from(local.second()) + if per == Period::Hour { 60 * i64::from(local.minute()) } else { 0 };
    let began = at.checked_sub(SignedDuration::new(seconds, local.subsec_nanosecond())).ok()?;
    let length = if per == Period::Hour { 3_600 } else { 60 };
    Some((began, began.checked_add(SignedDuration::from_secs(length)).ok()?))
}

/// Lines that are about to be posted to systems with limits, as far as their calls go.
#[derive(Debug, Default)]
pub(crate) struct Allotment {
    /// By system, then by route: lines that share calls.
    shared: BTreeMap<String, BTreeMap<usize, usize>>,
    /// By system: lines that may need a call of their own.
    alone: BTreeMap<String, u64>,
}

impl Allotment {
    /// Takes lines to these routes and systems, if there are calls left for all of them. Lines of one record in several entities are
    /// called one after the other, so each may need a call of its own.
    pub(crate) fn take(&mut self, lines: &[(usize, &str, Budget)]) -> Result<(), Timestamp> {
        let apart = lines.windows(2).any(|pair| matches!(pair, [a, b] if a.0 != b.0));
        let mut shared = self.shared.clone();
        let mut alone = self.alone.clone();
        for (route, system, _) in lines {
            if apart {
                *alone.entry((*system).to_owned()).or_default() += 1;
            } else {
                *shared.entry((*system).to_owned()).or_default().entry(*route).or_default() += 1;
            }
        }
        for (_, system, budget) in lines {
            let calls = |lines: &usize| lines.div_ceil(budget.batch) as u64;
            let together: u64 = shared.get(*system).map_or(0, |routes| routes.values().map(calls).sum());
            if together + alone.get(*system).copied().unwrap_or_default() > budget.left {
                return Err(budget.next);
            }
        }
        (self.shared, self.alone) = (shared, alone);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn bounds(per: Period, zone_name: &str, instant: &str) -> (String, String) {
        let (began, next) = period(per, zone(zone_name).unwrap(), at(instant)).unwrap();
        (began.to_string(), next.to_string())
    }

    /// Berlin is two hours ahead of UTC in July, one in winter; on 2026-10-25 it has 25 hours. Kolkata is 5:30 ahead.
    #[test]
    fn periods_begin_on_the_clock_of_their_zone() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let day = |instant| bounds(Period::Day, "Europe/Berlin", instant);
        assert_eq!(day("2026-07-31T21:59:59Z"), pair("2026-07-30T22:00:00Z", "2026-07-31T22:00:00Z"));
        assert_eq!(day("2026-07-31T22:00:00Z"), pair("2026-07-31T22:00:00Z", "2026-08-01T22:00:00Z"));
        assert_eq!(day("2026-10-25T12:00:00Z"), pair("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"));
        let hour = |instant| bounds(Period::Hour, "Asia/Kolkata", instant);
        assert_eq!(hour("2026-07-31T10:29:59.5Z"), pair("2026-07-31T09:30:00Z", "2026-07-31T10:30:00Z"));
        let minute = bounds(Period::Minute, "UTC", "2026-07-31T10:29:59.5Z");
        assert_eq!(minute, pair("2026-07-31T10:29:00Z", "2026-07-31T10:30:00Z"));
    }

    /// Two calls of three lines: six lines of one entity, or fewer of two.
    #[test]
    fn lines_share_calls_within_an_entity() {
        let next = at("2026-08-01T00:00:00Z");
        let budget = Budget { began: at("2026-07-31T00:00:00Z"), next, left: 2, batch: 3 };
        assert_eq!(budget.lines(), 6);
        let mut one = Allotment::default();
        for _ in 0..6 {
            assert_eq!(one.take(&[(0, "erp", budget)]), Ok(()));
        }
        assert_eq!(one.take(&[(0, "erp", budget)]), Err(next));
        let mut two = Allotment::default();
        assert_eq!(two.take(&[(0, "erp", budget), (0, "erp", budget)]), Ok(()));
        assert_eq!(two.take(&[(1, "erp", budget)]), Ok(()));
        // The first entity has room for a line in its call; both would need a third call.
        assert_eq!(two.take(&[(0, "erp", budget), (1, "erp", budget)]), Err(next));
        assert_eq!(two.take(&[(0, "erp", budget)]), Ok(()));
        assert_eq!(two.take(&[(0, "erp", budget)]), Err(next));
    }
}
