//! `takes at most D` and `volume N per day peak Kx`: what a sync says of its size, and where a run went beyond.
//!
//! Nothing is held back for it. A pass that is stopped half-way helps nobody, and records that are left in a queue because they are
//! many would be late as well: the numbers are there for who plans, and a run that breaks them is a reason to look at the plan.

use super::Pass;
use crate::error::{Outcome, RuntimeError};
use crate::hub::AuditEvent;
use crate::report::Exceeded;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::time::Duration;
use syncline_ir::Schedule;

const VOLUME: &str = "volume";

/// How long the passes took that took place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Took {
    pub(super) capture: Option<Duration>,
    pub(super) post: Option<Duration>,
}

/// The day of an instant on the clock of a zone: when it begins, and when the next one does.
fn day_of(at: Timestamp, zone: TimeZone) -> Option<(Timestamp, Timestamp)> {
    let local = at.to_zoned(zone);
    let next = local.tomorrow().ok()?.start_of_day().ok()?;
    Some((local.start_of_day().ok()?.timestamp(), next.timestamp()))
}

/// Whole seconds, a part of one counted as one: what took longer than it may never looks as if it had not.
fn seconds(took: Duration) -> u64 {
    took.as_secs() + u64::from(took.subsec_nanos() > 0)
}

/// A clause with what it says and what was found.
type Judged = (&'static str, u64, u64);

fn taken(schedule: &Schedule, took: Took) -> Vec<Judged> {
    let limited = |clause, most: Option<u64>, took: Option<Duration>| Some((clause, most?, seconds(took?)));
    match schedule {
        Schedule::Batch(pass) | Schedule::Event(pass) => {
            let whole =
                took.capture.or(took.post).map(|_| took.capture.unwrap_or_default() + took.post.unwrap_or_default());
            limited("every", pass.takes_at_most, whole).into_iter().collect()
        }
        Schedule::Staged { capture, post } => {
            let most = |pass: &Option<syncline_ir::Pass>| pass.as_ref().and_then(|pass| pass.takes_at_most);
            let capture = limited("capture every", most(capture), took.capture);
            capture.into_iter().chain(limited("post every", most(post), took.post)).collect()
        }
    }
}

impl Pass<'_> {
    /// What the passes that took place went beyond; it is kept, and stands in the audit log.
    pub(super) fn exceeded(&self, took: Took) -> Outcome<Vec<Exceeded>> {
        let mut judged = taken(&self.sync.sync.schedule, took);
        if let (Some(volume), Some(_)) = (self.sync.sync.volume, took.capture) {
            judged.push((VOLUME, volume.most(), self.captured_today()?));
        }
        let mut exceeded = Vec::new();
        let (hub, run) = (self.hub(), self.run);
        let said = self.promises();
        let mut unsaid = hub.exceeded(self.mark.id)?;
        unsaid.retain(|known| !said.contains(&known.clause.as_str()));
        if judged.is_empty() && unsaid.is_empty() {
            return Ok(exceeded);
        }
        hub.transaction(|_| {
            unsaid.iter().try_for_each(|known| hub.clear_exceeded(self.mark.id, &known.clause))?;
            for (clause, said, found) in judged {
                hub.clear_exceeded(self.mark.id, clause)?;
                if found <= said {
                    continue;
                }
                let one = Exceeded { clause: clause.to_owned(), said, found };
                hub.add_exceeded(self.mark.id, run.id, &one)?;
                let sync = self.sync.sync.name.clone();
                hub.audit(
                    &run.at,
                    &AuditEvent::Exceeded { run: run.id, sync, clause: one.clause.clone(), said, found },
                )?;
                exceeded.push(one);
            }
            Ok(())
        })?;
        Ok(exceeded)
    }

    /// The clauses by which the sync says something of its size.
    fn promises(&self) -> Vec<&'static str> {
        let any = Took { capture: Some(Duration::ZERO), post: Some(Duration::ZERO) };
        let passes = taken(&self.sync.sync.schedule, any).into_iter().map(|(clause, ..)| clause);
        passes.chain(self.sync.sync.volume.map(|_| VOLUME)).collect()
    }

    /// Rows that the hub did not have, of all runs of this day on the clock of the window, or of UTC.
    fn captured_today(&self) -> Outcome<u64> {
        let at = self.run.options.at;
        let zone = self.sync.window.map_or(TimeZone::UTC, |window| window.zone().clone());
        let (from, to) = day_of(at, zone).ok_or_else(|| RuntimeError::plan(format!("there is no day at {at}")))?;
        let mut runs = self.hub().runs_about(from, to)?;
        runs.retain(|(_, text)| text.parse().is_ok_and(|instant: Timestamp| from <= instant && instant < to));
        let runs: BTreeSet<i64> = runs.into_iter().map(|(run, _)| run).collect();
        let (Some(first), Some(last)) = (runs.first(), runs.last()) else { return Ok(0) };
        let rows = self.hub().rows_by_run(self.mark.id, *first, *last)?;
        Ok(rows.into_iter().filter(|(run, _)| runs.contains(run)).map(|(_, rows)| rows).sum())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use syncline_ir::Pass as Planned;

    fn took(capture: Option<u64>, post: Option<u64>) -> Took {
        Took { capture: capture.map(Duration::from_millis), post: post.map(Duration::from_millis) }
    }

    #[test]
    fn a_batch_is_measured_whole_and_the_passes_of_a_staged_sync_one_by_one() {
        let pass = |most| Planned { takes_at_most: most, ..Planned::every(900) };
        let batch = Schedule::Batch(pass(Some(2)));
        // 1.2 s and 0.8 s are 2 s; a thousandth more is counted as 3.
        assert_eq!(taken(&batch, took(Some(1_200), Some(800))), [("every", 2, 2)]);
        assert_eq!(taken(&batch, took(Some(1_200), Some(801))), [("every", 2, 3)]);
        assert_eq!(taken(&batch, took(None, Some(1_000))), [("every", 2, 1)]);
        assert_eq!(taken(&batch, took(None, None)), []);
        assert_eq!(taken(&Schedule::Batch(pass(None)), took(Some(5_000), None)), []);
        let staged = Schedule::Staged { capture: Some(pass(Some(1))), post: Some(pass(Some(4))) };
        assert_eq!(taken(&staged, took(Some(1_500), Some(3_000))), [("capture every", 1, 2), ("post every", 4, 3)]);
        assert_eq!(taken(&staged, took(Some(1_500), None)), [("capture every", 1, 2)]);
        let only_posts = Schedule::Staged { capture: None, post: Some(pass(Some(4))) };
        assert_eq!(taken(&only_posts, took(Some(9_000), Some(5_000))), [("post every", 4, 5)]);
    }

    /// 2026-10-25 has 25 hours in Berlin, two hours ahead of UTC before and one after.
    #[test]
    fn a_day_is_that_of_the_clock() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let berlin = syncline_eval::calendar::zone("Europe/Berlin").unwrap();
        let day = day_of(at("2026-10-25T22:59:59.9Z"), berlin.clone()).unwrap();
        assert_eq!(day, (at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z")));
        assert_eq!(day_of(at("2026-10-25T23:00:00Z"), berlin).unwrap().0, at("2026-10-25T23:00:00Z"));
    }
}
