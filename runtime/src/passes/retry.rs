//! Trying again when a target cannot be reached: `retry N times backoff A .. B then QUEUE`.
//!
//! A call that failed may have been carried out, so its entry in the ledger stays without an answer, and trying again is what recovery
//! does after a crash. What is kept beside it is how often it failed and when it is tried next. In the meantime the record is
//! **staged**; after the last try it is in its queue with the reason `target-unreachable`, and tried again like everything there.
//!
//! The waits double from A to B and have no chance in them: one process works on a hub, and a report can say when it will try.

use super::Pass;
use crate::error::{Outcome, RuntimeError};
use crate::hub::{Problem, Retry, TrackId};
use crate::options::Passes;
use crate::report::{Limited, Unreachable};
use jiff::{SignedDuration, Timestamp};
use syncline_ir as ir;

/// The reason of a record whose target could not be reached.
pub(crate) const UNREACHABLE: &str = "target-unreachable";

/// What a record with failed calls does in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pending {
    /// It is tried at a later instant.
    Waits,
    /// It was tried too often.
    Queued(String),
}

/// How long to wait after so many failures; none after the last try.
pub(super) fn wait(rule: &ir::Retry, failures: u32) -> Option<u64> {
    if failures > rule.times {
        return None;
    }
    let doubled = 1_u64.checked_shl(failures.saturating_sub(1)).and_then(|times| rule.first.checked_mul(times));
    Some(doubled.unwrap_or(rule.longest).min(rule.longest))
}

impl Pass<'_> {
    /// Whether calls that fail like this are made again, instead of ending the run.
    pub(super) fn tries_again_after(&self, error: &RuntimeError) -> bool {
        self.sync.sync.retry.is_some() && matches!(error, RuntimeError::Unreachable { .. })
    }

    /// Whether the calls of a record are made again in this run.
    pub(super) fn is_tried_now(&self, retry: &Retry, post_is_due: bool) -> bool {
        if self.run.options.passes != Passes::Due || self.sync.sync.retry.is_none() {
            return true;
        }
        retry.next.map_or(post_is_due, |next| next <= self.run.options.at)
    }

    /// What a record that is not tried in this run does.
    pub(super) fn pending(&self, track: TrackId, retry: &Retry) {
        let pending = match retry.next {
            Some(_) => Pending::Waits,
            None => Pending::Queued(retry.message.clone()),
        };
        self.pending.borrow_mut().insert(track, pending);
    }

    /// Notes that the calls of a record failed, and says what it does now.
    pub(super) fn call_failed(&self, track: TrackId, message: &str) -> Outcome<Pending> {
        let failures = self.hub().retry(track)?.map_or(0, |before| before.failures).saturating_add(1);
        let wait = self.sync.sync.retry.as_ref().and_then(|rule| wait(rule, failures));
        let next = wait.and_then(|wait| {
            let wait = SignedDuration::from_secs(i64::try_from(wait).ok()?);
            self.run.options.at.checked_add(wait).ok()
        });
        let message = match next {
            Some(_) => message.to_owned(),
            None => format!("{message}; tried {failures} times"),
        };
        self.hub().set_retry(track, &Retry { failures, message: message.clone(), next })?;
        let pending = if next.is_some() { Pending::Waits } else { Pending::Queued(message) };
        self.pending.borrow_mut().insert(track, pending.clone());
        Ok(pending)
    }

    /// The exception of a record that was tried too often.
    pub(super) fn unreachable(&self, message: &str) -> Problem {
        let queue = self.sync.sync.retry.as_ref().map_or("", |rule| &rule.queue);
        Problem::one(UNREACHABLE, message, queue)
    }

    /// The next instant at which calls of this sync are made again, from `at` on.
    pub(super) fn next_retry(&self, at: Timestamp) -> Outcome<Option<Timestamp>> {
        if self.sync.sync.retry.is_none() {
            return Ok(None);
        }
        let retries = self.hub().retries(self.mark.id)?;
        let next = retries.values().filter_map(|retry| retry.next).min().map(|next| next.max(at));
        Ok(next.and_then(|next| self.when_open(next)))
    }

    /// This instant, or the next one at which the window is open.
    pub(super) fn when_open(&self, at: Timestamp) -> Option<Timestamp> {
        self.sync.window.map_or(Some(at), |window| window.next_opening(at))
    }

    /// Whether calls have no answer yet and are made again.
    pub(super) fn awaits_answers(&self) -> bool {
        self.pending.borrow().iter().any(|(_, pending)| *pending == Pending::Waits)
    }

    /// Which targets could not be reached, and what is tried again when.
    pub(super) fn out_of_reach_now(&self) -> Outcome<Option<Unreachable>> {
        let retries = self.hub().retries(self.mark.id)?;
        let mut waiting: Vec<&Retry> = retries.values().filter(|retry| retry.next.is_some()).collect();
        waiting.sort_by_key(|retry| retry.next);
        let known = self.out_of_reach.borrow();
        let message = known.values().next().cloned().or_else(|| waiting.first().map(|retry| retry.message.clone()));
        Ok(message.map(|message| Unreachable {
            message,
            records: waiting.len() as u64,
            next: waiting.first().and_then(|retry| retry.next).map(|next| next.to_string()),
        }))
    }

    /// The systems whose calls are used up.
    pub(super) fn held_back(&self) -> Vec<Limited> {
        let held = self.limited.borrow();
        held.iter().map(|(system, next)| Limited { system: system.clone(), next: next.to_string() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 30, 60, 120, 240, 480 seconds, and no sixth try; the longest wait is the most.
    #[test]
    fn waits_double_up_to_the_longest() {
        let rule = |times, first, longest| ir::Retry { times, first, longest, queue: "desk".to_owned() };
        let waits = |rule: &ir::Retry| (1..=7).map(|failures| wait(rule, failures)).collect::<Vec<_>>();
        let five = rule(5, 30, 600);
        assert_eq!(waits(&five), [Some(30), Some(60), Some(120), Some(240), Some(480), None, None]);
        assert_eq!(waits(&rule(3, 30, 60)), [Some(30), Some(60), Some(60), None, None, None, None]);
        assert_eq!(wait(&rule(u32::MAX, u64::MAX / 2, u64::MAX), 4_000), Some(u64::MAX));
    }
}
