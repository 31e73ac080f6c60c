//! `fresh within D in CALENDAR`: which records were posted later than promised.
//!
//! A row is **late** when more time than promised has gone by since the run that captured it. With a calendar only its open time
//! counts.

use super::Pass;
use crate::error::Outcome;
use crate::hub::TrackId;
use crate::report::Late;
use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use syncline_eval::calendar::Calendar;

/// How many late records are named.
const NAMED: usize = 20;

/// What was late so far in this run.
#[derive(Debug, Default)]
pub(crate) struct Lateness {
    posted: u64,
    keys: Vec<String>,
    /// Whether what a run captured is late now.
    by_run: FxHashMap<i64, bool>,
}

/// Whether more time than `within` lies between two instants.
fn is_late(within: u64, calendar: Option<&Calendar>, from: Timestamp, to: Timestamp) -> bool {
    let within = SignedDuration::from_secs(i64::try_from(within).unwrap_or(i64::MAX));
    let passed = match calendar {
        // Open time is never more than all time.
        Some(calendar) if to.duration_since(from) > within => calendar.open_between(from, to),
        _ => to.duration_since(from),
    };
    passed > within
}

impl Pass<'_> {
    fn is_late(&self, run: i64) -> Outcome<bool> {
        let Some(fresh) = &self.sync.sync.fresh else { return Ok(false) };
        if let Some(known) = self.lateness.borrow().by_run.get(&run) {
            return Ok(*known);
        }
        let captured = self.run.instant_of(run)?;
        let late = is_late(fresh.within, self.sync.fresh_in, captured, self.run.options.at);
        self.lateness.borrow_mut().by_run.insert(run, late);
        Ok(late)
    }

    /// Notes that a row which a run captured is posted.
    pub(super) fn posted_from(&self, run: i64, track: TrackId) -> Outcome {
        if self.is_late(run)? {
            let key = self.hub().key_of(track)?;
            let mut lateness = self.lateness.borrow_mut();
            lateness.posted += 1;
            if lateness.keys.len() < NAMED {
                lateness.keys.push(key);
            }
        }
        Ok(())
    }

    /// What was posted too late, and what waits to be posted and is late already.
    pub(super) fn late(&self) -> Outcome<Option<Late>> {
        if self.sync.sync.fresh.is_none() {
            return Ok(None);
        }
        let mut waiting = 0;
        for (run, rows) in self.hub().staged_by_run(self.mark.id)? {
            if self.is_late(run)? {
                waiting += rows;
            }
        }
        let lateness = self.lateness.borrow();
        let found = Late { posted: lateness.posted, waiting, keys: lateness.keys.clone() };
        Ok((found.posted + found.waiting > 0).then_some(found))
    }
}
