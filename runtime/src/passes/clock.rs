//! How long the parts of a run take. What a run does never depends on it; what it reports of it is which passes took
//! longer than they may.

use crate::options::Part;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Time by part of one sync.
#[derive(Default)]
pub(crate) struct Clock {
    taken: RefCell<BTreeMap<Part, Duration>>,
}

impl Clock {
    /// Does something and notes how long it took.
    pub(crate) fn time<T>(&self, part: Part, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = work();
        self.add(part, start.elapsed());
        result
    }

    /// Notes how long something took.
    pub(crate) fn add(&self, part: Part, time: Duration) {
        *self.taken.borrow_mut().entry(part).or_default() += time;
    }

    /// What was noted since the last call.
    pub(crate) fn take(&self) -> BTreeMap<Part, Duration> {
        self.taken.take()
    }
}
