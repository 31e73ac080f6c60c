//! Rows of one key over time: which of them is valid on a day.
//!
//! A **span** is a row with its first and last valid day; without a last day it is open. A **timeline** cuts the days into
//! **stretches** on which the same rows are valid, so that a day is found by one binary search, however many rows there are and
//! however they overlap. A **hole** is a stretch without a row between two rows; an **overlap** is a stretch with several.
//!
//! In a **step series** each row is valid until the day before the next one begins. Of **versions** the one with the highest number
//! holds, so they do not overlap.

use crate::{LinkedDates, LinkedEnds, Value};

/// A row and the days on which it is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span<T> {
    /// First valid day.
    pub from: i32,
    /// Last valid day; none is open.
    pub through: Option<i32>,
    /// The row.
    pub row: T,
}

/// What is valid on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDay<T> {
    /// One row.
    One(Span<T>),
    /// None.
    None,
    /// Several.
    Several,
}

/// A run of days; without a last day it is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    /// First day.
    pub from: i32,
    /// Last day; none is open.
    pub through: Option<i32>,
}

/// The rows of one key over time.
#[derive(Debug, Clone)]
pub struct Timeline<T> {
    spans: Vec<Span<T>>,
    /// First day of each stretch and what is valid on it, by day. Neighbours may look alike: one row may follow another.
    stretches: Vec<(i32, Valid)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Valid {
    One(usize),
    None,
    Several,
}

impl LinkedDates {
    /// The days on which a record is valid, from its values; none when it has no first day, or ends before it starts.
    ///
    /// The rows of a step series are open here: a [`Timeline`] ends them.
    #[must_use]
    pub fn days(&self, values: &[Value]) -> Option<Days> {
        let Some(&Value::Date(from)) = values.get(self.from) else { return None };
        let end = |field: usize| match values.get(field) {
            Some(&Value::Date(end)) => Some(end),
            _ => None,
        };
        let through = match self.ends {
            LinkedEnds::Through(field) => end(field),
            // The day before the first of all days is no day: such a row ends before it starts, like others.
            LinkedEnds::Until(field) => end(field).map(|until| until.saturating_sub(1)),
            LinkedEnds::Next => None,
        };
        (through.is_none_or(|through| from <= through)).then_some(Days { from, through })
    }
}

impl<T: Copy> Timeline<T> {
    /// The timeline of rows that end by themselves, or of a step series. Spans that end before they start do not count.
    #[must_use]
    pub fn new(mut spans: Vec<Span<T>>, steps: bool) -> Self {
        spans.sort_by_key(|span| span.from);
        if steps {
            let next: Vec<i32> = spans.iter().skip(1).map(|span| span.from).collect();
            for (span, next) in spans.iter_mut().zip(next) {
                span.through = Some(next.saturating_sub(1));
            }
        }
        spans.retain(|span| span.through.is_none_or(|through| span.from <= through));
        let stretches = stretches(&spans);
        Self { spans, stretches }
    }

    /// The timeline of versions: on each day the one with the highest number, of those valid on it.
    #[must_use]
    pub fn of_versions(mut numbered: Vec<(i128, Span<T>)>) -> Self {
        numbered.retain(|(_, span)| span.through.is_none_or(|through| span.from <= through));
        numbered.sort_by_key(|(number, span)| (*number, span.from));
        let spans: Vec<Span<T>> = numbered.into_iter().map(|(_, span)| span).collect();
        let mut valid = std::collections::BTreeSet::new();
        let stretches = sweep(&spans, |begins, position| {
            if begins {
                valid.insert(position);
            } else {
                valid.remove(&position);
            }
            // Sorted by number: the last position is the highest.
            valid.last().map_or(Valid::None, |highest| Valid::One(*highest))
        });
        Self { spans, stretches }
    }

    /// The first day after a day on which something else may be valid.
    #[must_use]
    pub fn next_after(&self, day: i32) -> Option<i32> {
        let after = self.stretches.partition_point(|(from, _)| *from <= day);
        self.stretches.get(after).map(|(from, _)| *from)
    }

    /// What is valid on a day.
    #[must_use]
    pub fn on(&self, day: i32) -> OnDay<T> {
        let after = self.stretches.partition_point(|(from, _)| *from <= day);
        let found = after.checked_sub(1).and_then(|at| self.stretches.get(at));
        match found {
            Some((_, Valid::One(position))) => self.spans.get(*position).map_or(OnDay::None, |span| OnDay::One(*span)),
            Some((_, Valid::Several)) => OnDay::Several,
            Some((_, Valid::None)) | None => OnDay::None,
        }
    }

    /// The holes between rows, by day.
    #[must_use]
    pub fn holes(&self) -> Vec<Days> {
        let mut holes = self.runs(Valid::None);
        // After the last row nothing is missing: it has ended.
        holes.retain(|days| days.through.is_some());
        holes
    }

    /// The days on which several rows are valid, by day.
    #[must_use]
    pub fn overlaps(&self) -> Vec<Days> {
        self.runs(Valid::Several)
    }

    /// The longest runs of days of one kind.
    fn runs(&self, wanted: Valid) -> Vec<Days> {
        let mut runs: Vec<Days> = Vec::new();
        let mut before = None;
        for (position, (from, valid)) in self.stretches.iter().enumerate() {
            if *valid == wanted {
                let through = self.stretches.get(position + 1).map(|(next, _)| next.saturating_sub(1));
                match runs.last_mut() {
                    Some(last) if before == Some(wanted) => last.through = through,
                    _ => runs.push(Days { from: *from, through }),
                }
            }
            before = Some(*valid);
        }
        runs
    }
}

/// While exactly one row is valid, the sum of the positions of all valid rows is its position.
fn stretches<T>(spans: &[Span<T>]) -> Vec<(i32, Valid)> {
    let (mut count, mut sum) = (0_usize, 0_usize);
    sweep(spans, |begins, position| {
        if begins {
            (count, sum) = (count + 1, sum + position);
        } else {
            (count, sum) = (count - 1, sum - position);
        }
        match count {
            0 => Valid::None,
            1 => Valid::One(sum),
            _ => Valid::Several,
        }
    })
}

/// Sweeps over the days on which a row begins, or the day after it ends; `step` takes each row in or out and says what is valid then.
fn sweep<T>(spans: &[Span<T>], mut step: impl FnMut(bool, usize) -> Valid) -> Vec<(i32, Valid)> {
    let mut events: Vec<(i32, bool, usize)> = Vec::with_capacity(spans.len() * 2);
    for (position, span) in spans.iter().enumerate() {
        events.push((span.from, true, position));
        events.extend(span.through.and_then(|through| through.checked_add(1)).map(|after| (after, false, position)));
    }
    events.sort_unstable();
    let mut stretches: Vec<(i32, Valid)> = Vec::with_capacity(events.len());
    for (day, begins, position) in events {
        let valid = step(begins, position);
        match stretches.last_mut() {
            Some(last) if last.0 == day => last.1 = valid,
            _ => stretches.push((day, valid)),
        }
    }
    stretches
}
