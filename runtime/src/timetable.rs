//! Timetables: which passes of a sync are due, and when the next one will be.
//!
//! - A pass that has **never** taken place is due.
//! - A pass is due when a tick of its interval has gone by since it last **took place**, however many those were.
//! - What posts is due while its **window** is open only. A batch captures and posts in one pass, so it is due as a whole.
//! - A reconciliation takes place with a posting; it has no time of its own.

use crate::options::Passes;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use syncline_eval::calendar::{Calendar, next_tick};
use syncline_ir::Schedule;

/// When the passes of a sync take place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timetable<'a> {
    pub(crate) schedule: &'a Schedule,
    /// Whether it moves records from a source.
    pub(crate) captures: bool,
    /// Whether it moves records to a target.
    pub(crate) posts: bool,
    /// Seconds between reconciliations.
    pub(crate) reconcile: Option<u64>,
    /// The calendar outside of which nothing is posted.
    pub(crate) window: Option<&'a Calendar>,
}

/// When the passes of a sync last took place; none when they never did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Last {
    pub(crate) captured: Option<Timestamp>,
    pub(crate) posted: Option<Timestamp>,
    pub(crate) reconciled: Option<Timestamp>,
}

/// The passes of a sync that take place in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    pub(crate) capture: bool,
    pub(crate) post: bool,
    pub(crate) reconcile: bool,
}

impl Turn {
    pub(crate) const NONE: Self = Self { capture: false, post: false, reconcile: false };
}

impl Timetable<'_> {
    /// The passes that take place when these are asked for.
    pub(crate) fn turn(&self, passes: Passes, last: &Last, at: Timestamp) -> Turn {
        match passes {
            Passes::All => self.all(at),
            Passes::Due => self.due(last, at),
            Passes::Replay => Turn { capture: false, ..self.all(at) },
            Passes::Reconcile => Turn { reconcile: true, ..Turn::NONE },
        }
    }

    /// Whether something may be posted at an instant.
    pub(crate) fn is_open(&self, at: Timestamp) -> bool {
        self.window.is_none_or(|window| window.is_open(at))
    }

    /// All passes, as far as the window lets them.
    pub(crate) fn all(&self, at: Timestamp) -> Turn {
        let open = self.is_open(at);
        let is_batch = matches!(self.schedule, Schedule::Batch(_) | Schedule::Event(_));
        Turn { capture: open || !is_batch, post: open, reconcile: true }
    }

    /// The passes that are due at an instant.
    pub(crate) fn due(&self, last: &Last, at: Timestamp) -> Turn {
        let utc = TimeZone::UTC;
        let clock = self.window.map_or(&utc, Calendar::zone);
        let ticked = |last: Option<Timestamp>, every: u64, clock: &TimeZone| {
            last.is_none_or(|last| next_tick(every, clock, last).is_some_and(|tick| tick <= at))
        };
        let (capture, post) = match self.schedule {
            Schedule::Batch(pass) | Schedule::Event(pass) => {
                let due = self.lasts(last).any(|last| ticked(last, pass.every, clock)) && self.is_open(at);
                (due, due)
            }
            Schedule::Staged { capture, post } => (
                capture.as_ref().is_some_and(|pass| ticked(last.captured, pass.every, &utc)),
                post.as_ref().is_some_and(|pass| ticked(last.posted, pass.every, clock)) && self.is_open(at),
            ),
        };
        let reconcile = self.reconcile.is_some_and(|every| ticked(last.reconciled, every, clock));
        Turn { capture, post, reconcile }
    }

    /// The first instant, this one or a later one, at which something is captured or posted. None when there is none any more.
    pub(crate) fn next(&self, last: &Last, from: Timestamp) -> Option<Timestamp> {
        let utc = TimeZone::UTC;
        let clock = self.window.map_or(&utc, Calendar::zone);
        let tick = |last: Option<Timestamp>, every: u64, clock: &TimeZone| match last {
            None => Some(from),
            Some(last) => next_tick(every, clock, last).map(|tick| tick.max(from)),
        };
        let opening = |from: Timestamp| self.window.map_or(Some(from), |window| window.next_opening(from));
        match self.schedule {
            Schedule::Batch(pass) | Schedule::Event(pass) => {
                let first = self.lasts(last).filter_map(|last| tick(last, pass.every, clock)).min();
                first.and_then(opening)
            }
            Schedule::Staged { capture, post } => {
                let capture = capture.as_ref().and_then(|pass| tick(last.captured, pass.every, &utc));
                let post = post.as_ref().and_then(|pass| tick(last.posted, pass.every, clock)).and_then(opening);
                capture.into_iter().chain(post).min()
            }
        }
    }

    /// When the halves of a batch last took place: one that was cut short between them is due as long as it ticked for the second.
    fn lasts(&self, last: &Last) -> impl Iterator<Item = Option<Timestamp>> {
        let captured = self.captures.then_some(last.captured);
        captured.into_iter().chain(self.posts.then_some(last.posted))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use jiff::SignedDuration;
    use jiff::tz::Offset;
    use proptest::prelude::*;
    use syncline_eval::calendar::zone;
    use syncline_ir::{Freeze, OpenHours, Pass};

    fn instant(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn window(zone: &str, begins: u16, ends: u16, freezes: Vec<Freeze>) -> Calendar {
        let calendar = syncline_ir::Calendar {
            name: "hours".to_owned(),
            zone: zone.to_owned(),
            open: vec![OpenHours { days: (0..5).collect(), begins, ends }],
            holidays: Vec::new(),
            freezes,
            doc: None,
            at: "a.syn:1:1".to_owned(),
        };
        Calendar::new(&calendar, &[]).unwrap()
    }

    fn table<'a>(schedule: &'a Schedule, window: Option<&'a Calendar>) -> Timetable<'a> {
        Timetable { schedule, captures: true, posts: true, reconcile: None, window }
    }

    const NEVER: Last = Last { captured: None, posted: None, reconciled: None };

    fn both(at: &str) -> Last {
        Last { captured: Some(instant(at)), posted: Some(instant(at)), reconciled: None }
    }

    #[test]
    fn what_never_took_place_is_due_when_the_window_is_open() {
        let hours = window("Europe/Berlin", 480, 1080, Vec::new());
        let batch = Schedule::Batch(Pass { every: 3_600, within: Some("hours".to_owned()), takes_at_most: None });
        let (table, staged) =
            (table(&batch, Some(&hours)), Schedule::Staged { capture: Some(Pass::every(60)), post: None });
        // A Saturday in summer: open again on Monday at 08:00, which is 06:00 of UTC.
        assert_eq!(table.next(&NEVER, instant("2026-08-01T10:30Z")), Some(instant("2026-08-03T06:00Z")));
        assert_eq!(table.next(&NEVER, instant("2026-08-03T10:30Z")), Some(instant("2026-08-03T10:30Z")));
        assert!(!table.due(&NEVER, instant("2026-08-01T10:30Z")).capture);
        let table = Timetable { schedule: &staged, window: None, posts: false, ..table };
        assert_eq!(table.next(&NEVER, instant("2026-08-01T10:30Z")), Some(instant("2026-08-01T10:30Z")));
    }

    #[test]
    fn a_night_pass_stays_at_its_time_when_the_clock_moves() {
        let hours = window("America/New_York", 0, 1440, Vec::new());
        let batch = Schedule::Batch(Pass { every: 86_400, within: Some("hours".to_owned()), takes_at_most: None });
        let table = table(&batch, Some(&hours));
        // Midnight of Friday 6 March 2026 in New York is 05:00 of UTC, that of Monday 9 March 04:00: the weekend is shut.
        assert_eq!(
            table.next(&both("2026-03-06T05:00:01Z"), instant("2026-03-06T05:00:01Z")),
            Some(instant("2026-03-09T04:00Z"))
        );
        // And back on 1 November, a Sunday.
        assert_eq!(
            table.next(&both("2026-10-30T04:00:01Z"), instant("2026-10-30T04:00:01Z")),
            Some(instant("2026-11-02T05:00Z"))
        );
    }

    #[test]
    fn passes_that_were_missed_are_caught_up_once() {
        let batch = Schedule::Batch(Pass::every(900));
        let table = table(&batch, None);
        let (last, now) = (both("2026-08-03T06:00Z"), instant("2026-08-03T09:07Z"));
        assert_eq!(table.next(&last, now), Some(now));
        assert_eq!(table.next(&both("2026-08-03T09:07Z"), now), Some(instant("2026-08-03T09:15Z")));
    }

    #[test]
    fn a_batch_that_was_cut_short_is_due() {
        let batch = Schedule::Batch(Pass::every(900));
        let table = table(&batch, None);
        let last = Last {
            captured: Some(instant("2026-08-03T06:15Z")),
            posted: Some(instant("2026-08-03T06:00Z")),
            reconciled: None,
        };
        assert!(table.due(&last, instant("2026-08-03T06:16Z")).post);
        // One that has nothing to capture goes by its postings.
        let posts = Timetable { captures: false, ..table };
        let last = Last { captured: None, posted: Some(instant("2026-08-03T06:00Z")), reconciled: None };
        assert!(!posts.due(&last, instant("2026-08-03T06:14Z")).post);
        assert_eq!(posts.next(&last, instant("2026-08-03T06:14Z")), Some(instant("2026-08-03T06:15Z")));
    }

    /// The rule minute by minute: a clock is read, multiples are counted, nothing is computed ahead.
    fn walked(
        every: i64,
        clock: &str,
        last: Timestamp,
        from: Timestamp,
        open: impl Fn(Timestamp) -> bool,
    ) -> Timestamp {
        let clock = zone(clock).unwrap();
        let shown = |at: Timestamp| Offset::UTC.to_timestamp(clock.to_datetime(at)).unwrap().as_second();
        let minute = SignedDuration::from_mins(1);
        let mut at =
            Timestamp::from_second(last.as_second().div_euclid(60) * 60).unwrap() - SignedDuration::from_hours(3);
        let (mut furthest, mut ticked) = (shown(at).div_euclid(every), false);
        loop {
            if ticked && at >= from && open(at) {
                return at;
            }
            let before = shown(at);
            at += minute;
            let now = shown(at);
            let anew = now.div_euclid(every) > before.div_euclid(every);
            // An hour that is shown twice ticks twice; what ticks less often than every hour does not.
            let tick =
                if every > 3_600 { now.div_euclid(every) > furthest } else { anew || now.rem_euclid(every) == 0 };
            furthest = furthest.max(now.div_euclid(every));
            ticked |= tick && at > last;
        }
    }

    fn around_a_change() -> impl Strategy<Value = (&'static str, Timestamp)> {
        // Within two days before and after a clock is moved.
        let moved = prop::sample::select(vec![
            ("America/New_York", "2026-03-08T07:00Z"),
            ("America/New_York", "2026-11-01T06:00Z"),
            ("Europe/Berlin", "2026-03-29T01:00Z"),
            ("Europe/Berlin", "2026-10-25T01:00Z"),
            ("Australia/Lord_Howe", "2026-04-04T15:00Z"),
            ("America/Havana", "2026-11-01T05:00Z"),
        ]);
        (moved, -2_880_i64..2_880)
            .prop_map(|((zone, at), minutes)| (zone, instant(at) + SignedDuration::from_mins(minutes)))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn the_next_pass_over_a_change_of_the_clock_is_the_one_a_walk_finds(
            (clock, last) in around_a_change(),
            every in prop::sample::select(vec![1_i64, 7, 15, 30, 60, 240, 720, 1_440]),
            passed in 0_i64..3_000,
            begins in 0_u16..1_380,
            long in 15_u16..900,
            frozen in prop::option::of((1_u8..4, any::<bool>(), 0_u16..1_440)),
        ) {
            let freezes = frozen.map(|(days, open_days, from)| Freeze { days, open_days, from });
            let hours = window(clock, begins, (begins + long).min(1_440), freezes.into_iter().collect());
            let every_seconds = u64::try_from(every * 60).unwrap();
            let schedule = Schedule::Batch(Pass { every: every_seconds, within: Some("hours".to_owned()), takes_at_most: None });
            let table = table(&schedule, Some(&hours));
            let lasts = Last { captured: Some(last), posted: Some(last), reconciled: None };
            let from = last + SignedDuration::from_mins(passed);
            let expected = walked(every * 60, clock, last, from, |at| hours.is_open(at));
            prop_assert_eq!(table.next(&lasts, from), Some(expected));
            // The run that obeys it agrees.
            prop_assert!(table.due(&lasts, expected).post);
            let early = expected - SignedDuration::from_secs(1);
            prop_assert!(early < from || !table.due(&lasts, early).post);
        }
    }
}
