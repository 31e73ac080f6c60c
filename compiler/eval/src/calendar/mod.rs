//! When calendars are open, and when schedules tick.
//!
//! - The **clock** of a zone shows a civil date and time at each instant; it skips times when it is put forward and shows times
//!   twice when it is put back.
//! - A calendar is **open** at an instant whose time on its clock lies in hours of an open day and in no freeze. So hours that the
//!   clock skips do not exist, and hours it shows twice are open twice.
//! - A **tick** of a schedule is an instant at which a clock shows a multiple of the interval, counted from 1970.

mod holidays;
mod ticks;

pub use holidays::HolidayDays;
pub use ticks::next_tick;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use syncline_ir as ir;

/// The furthest a calendar is searched for its next opening: a freeze and holidays cover a month or two, never this.
const FURTHEST_DAYS: i32 = 3_660;

/// The time zone of a name, from the database that is built in.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// A calendar with its zone and holidays at hand.
#[derive(Debug)]
pub struct Calendar {
    zone: TimeZone,
    open: Vec<ir::OpenHours>,
    freezes: Vec<ir::Freeze>,
    holidays: HolidayDays,
}

impl Calendar {
    /// Links a calendar. None when there is no such zone; sets that are not among `sets` are empty.
    #[must_use]
    pub fn new(calendar: &ir::Calendar, sets: &[ir::HolidaySet]) -> Option<Self> {
        let used = sets.iter().filter(|set| calendar.holidays.contains(&set.name));
        Some(Self {
            zone: zone(&calendar.zone)?,
            open: calendar.open.clone(),
            freezes: calendar.freezes.clone(),
            holidays: HolidayDays::new(used.cloned().collect()),
        })
    }

    /// Its zone.
    #[must_use]
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether something may happen at this instant.
    #[must_use]
    pub fn is_open(&self, at: Timestamp) -> bool {
        let civil = self.zone.to_datetime(at);
        self.is_open_day(civil.date()) && self.in_hours(civil) && !self.is_frozen(civil)
    }

    /// This instant when it is open, or the next one at which it opens. None when there is none within ten years.
    #[must_use]
    pub fn next_opening(&self, from: Timestamp) -> Option<Timestamp> {
        self.next(from, true)
    }

    /// The next instant from here on at which it is shut.
    #[must_use]
    pub fn next_closing(&self, from: Timestamp) -> Option<Timestamp> {
        self.next(from, false)
    }

    /// How long it is open between two instants.
    #[must_use]
    pub fn open_between(&self, from: Timestamp, to: Timestamp) -> SignedDuration {
        let mut open = SignedDuration::ZERO;
        let mut at = from;
        while let Some(opens) = self.next_opening(at).filter(|opens| *opens < to) {
            let shuts = self.next_closing(opens).unwrap_or(to).min(to);
            open = open.saturating_add(shuts.duration_since(opens));
            if shuts >= to {
                break;
            }
            at = shuts;
        }
        open
    }

    fn next(&self, from: Timestamp, open: bool) -> Option<Timestamp> {
        if self.is_open(from) == open {
            return Some(from);
        }
        // The day before, too: a clock that is put back at midnight shows the end of that day again.
        let mut day = self.zone.to_datetime(from).date().yesterday().ok()?;
        for _ in 0..FURTHEST_DAYS {
            let edges = self.edges(day).into_iter().filter(|edge| *edge > from && self.is_open(*edge) == open);
            if let Some(first) = edges.min() {
                // An edge of the next day may come first when the clock moves at midnight.
                let next = self.edges(day.tomorrow().ok()?).into_iter();
                return next.filter(|edge| *edge > from && self.is_open(*edge) == open).chain([first]).min();
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// All instants of a civil day at which the calendar may open or shut; between two of them it does neither.
    fn edges(&self, day: Date) -> Vec<Timestamp> {
        let begins = self.open.iter().flat_map(|hours| [hours.begins, hours.ends]);
        let minutes = begins.chain(self.freezes.iter().map(|freeze| freeze.from)).chain([0]);
        let mut edges: Vec<Timestamp> =
            minutes.filter_map(|minute| civil(day, minute)).flat_map(|time| instants(&self.zone, time)).collect();
        // Where the clock jumps, it may jump over an edge.
        if let Some(first) = edges.iter().min().copied() {
            let from = first.checked_sub(SignedDuration::from_hours(26)).unwrap_or(Timestamp::MIN);
            let until = first.checked_add(SignedDuration::from_hours(52)).unwrap_or(Timestamp::MAX);
            let jumps = self.zone.following(from).map(|jump| jump.timestamp());
            let just_before = SignedDuration::from_secs(-1);
            let is_here = |jump: &Timestamp| {
                let before = jump.checked_add(just_before).unwrap_or(*jump);
                [*jump, before].into_iter().any(|instant| self.zone.to_datetime(instant).date() == day)
            };
            edges.extend(jumps.take_while(|jump| *jump < until).filter(is_here));
        }
        edges
    }

    /// Whether a day has hours and is no holiday.
    #[must_use]
    pub fn is_open_day(&self, date: Date) -> bool {
        let weekday = weekday(date);
        self.open.iter().any(|hours| hours.days.contains(&weekday)) && !self.holidays.has(date)
    }

    fn in_hours(&self, civil: DateTime) -> bool {
        let (weekday, minute) = (weekday(civil.date()), minute_of(civil));
        self.open.iter().any(|hours| hours.days.contains(&weekday) && hours.begins <= minute && minute < hours.ends)
    }

    fn is_frozen(&self, civil: DateTime) -> bool {
        self.freezes.iter().any(|freeze| match self.first_frozen_day(freeze, civil.date()) {
            Some(first) => civil.date() > first || (civil.date() == first && minute_of(civil) >= freeze.from),
            None => true,
        })
    }

    /// The first day of a freeze in the month of `date`; none when it covers the month.
    #[must_use]
    pub fn first_frozen_day(&self, freeze: &ir::Freeze, date: Date) -> Option<Date> {
        let mut day = date.last_of_month();
        let mut left = freeze.days;
        while day.month() == date.month() {
            if !freeze.open_days || self.is_open_day(day) {
                left = left.saturating_sub(1);
                if left == 0 {
                    return Some(day);
                }
            }
            day = day.yesterday().ok()?;
        }
        None
    }

    /// The freezes as planned.
    #[must_use]
    pub fn freezes(&self) -> &[ir::Freeze] {
        &self.freezes
    }
}

/// From 0 for Monday.
fn weekday(date: Date) -> u8 {
    u8::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default()
}

fn minute_of(civil: DateTime) -> u16 {
    u16::try_from(i32::from(civil.hour()) * 60 + i32::from(civil.minute())).unwrap_or_default()
}

/// A minute of a day, 1440 being midnight of the next.
fn civil(day: Date, minute: u16) -> Option<DateTime> {
    day.at(0, 0, 0, 0).checked_add(SignedDuration::from_mins(i64::from(minute))).ok()
}

/// The instants at which a clock shows a civil time: one, two when it is put back, and the moment of the jump when it is skipped.
fn instants(zone: &TimeZone, civil: DateTime) -> Vec<Timestamp> {
    let at = |offset: jiff::tz::Offset| offset.to_timestamp(civil).ok();
    let found = match zone.to_ambiguous_timestamp(civil).offset() {
        AmbiguousOffset::Unambiguous { offset } => [at(offset), None],
        AmbiguousOffset::Fold { before, after } => [at(before), at(after)],
        AmbiguousOffset::Gap { after, .. } => {
            // Read with the offset after the jump, the time lies before it.
            let from = at(after);
            [from.and_then(|from| zone.following(from).next()).map(|jump| jump.timestamp()), None]
        }
    };
    found.into_iter().flatten().collect()
}
