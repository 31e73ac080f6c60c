//! `syncline run --watch`: passes on schedule until somebody ends it.
//!
//! A **turn** is what `run --due` does, at the instant at which it begins; its report says when the next pass is due, and until then
//! nothing is held: other commands have the hub. A pass that was missed, because the machine slept or a turn took long, takes place
//! once.
//!
//! What somebody can mend while it watches (a file, a target, a hub in use) is told, and tried again after a pause that doubles. A plan
//! or a profile that cannot be run ends it.

use super::hub::{failed, moment};
use crate::arguments::Format;
use crate::output::{self, BAD, BOLD, DIM, styled};
use crate::progress::Bar;
use crate::trouble::{Exit, Outcome, Trouble};
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, TryRecvError};
use std::time::Duration;
use syncline::ir::Plan;
use syncline_runtime::{Options, Profile, RunReport, RuntimeError};

/// The clock may be set and the machine may sleep: it is read again after so long.
const LOOK: Duration = Duration::from_secs(10);

/// The first pause after a failure, in seconds.
const FIRST_PAUSE: i64 = 5;

/// The longest one.
const LONGEST_PAUSE: i64 = 600;

/// What is watched.
pub(super) struct Watch<'a> {
    pub plan: &'a Plan,
    pub profile: &'a Profile,
    pub options: Options,
    pub format: Format,
    /// Whether a report has something to look at.
    pub has_findings: &'a dyn Fn(&RunReport) -> bool,
}

impl Watch<'_> {
    /// Watches until a signal comes. The exit is that of the last turn.
    pub(super) fn until_ended(mut self) -> Outcome<Exit> {
        let stop = Stop::on_signal()?;
        let mut failures = 0;
        loop {
            let mut bar = Bar::new();
            self.options.at = Timestamp::now();
            let result = syncline_runtime::run(self.plan, self.profile, &self.options, &mut bar);
            bar.clear();
            let (exit, next) = match result {
                Ok(report) => {
                    failures = 0;
                    self.tell(&report)?;
                    let next = report.next.as_ref().and_then(|next| next.parse().ok());
                    let next = next.ok_or_else(|| Trouble::new("no pass of this plan is ever due again"))?;
                    (Exit::found((self.has_findings)(&report)), next)
                }
                Err(error @ (RuntimeError::Plan { .. } | RuntimeError::Profile { .. } | RuntimeError::Killed(_))) => {
                    return Err(failed(&error));
                }
                Err(error) => {
                    let next = after_failure(failures, Timestamp::now());
                    failures += 1;
                    tell_failure(&error, self.options.at, next);
                    (Exit::Findings, next)
                }
            };
            let waiting = Bar::new();
            waiting.wait(&format!("next pass at {}; Ctrl-C ends", moment(&next.to_string())));
            let ended = stop.came_before(next);
            waiting.clear();
            if ended {
                return Ok(exit);
            }
        }
    }

    fn tell(&self, report: &RunReport) -> Outcome {
        match self.format {
            Format::Json => output::serialized_line(report),
            Format::Human => output::say(line(report)),
        }
    }
}

/// One turn in one line.
fn line(report: &RunReport) -> String {
    let (done, accounts) = (report.totals.this_run, &report.totals.accounts);
    let mut text = format!(
        "{} {} {}: {} read, {} new, {} posted, {} reversed, {} overwritten, {} resolved; {} staged, {} waiting",
        moment(&report.at),
        styled(BOLD, "run"),
        report.run,
        done.read,
        done.new,
        done.posted,
        done.reversed,
        done.overwritten,
        done.resolved,
        accounts.staged,
        accounts.waiting,
    );
    let open: u64 = accounts.reasons.values().sum();
    if open > 0 {
        text.push_str(&format!(", {open} for a person"));
    }
    let differing = report.syncs.iter().filter(|sync| sync.reconciled == Some(false));
    for sync in differing {
        text.push_str(&format!("; {}: `{}`", styled(BAD, "not reconciled"), sync.name));
    }
    if let Some(next) = &report.next {
        text.push_str(&styled(DIM, format_args!("; next {}", moment(next))));
    }
    text
}

fn tell_failure(error: &RuntimeError, at: Timestamp, next: Timestamp) {
    let trouble = failed(error);
    let (at, next) = (moment(&at.to_string()), moment(&next.to_string()));
    output::note(format_args!("{at} {}: {}; again {next}", styled(BAD, "error"), trouble.message));
}

/// When a turn is tried again after so many failures before this one.
fn after_failure(failures: u32, now: Timestamp) -> Timestamp {
    let pause =
        FIRST_PAUSE.saturating_mul(1_i64.checked_shl(failures).filter(|factor| *factor > 0).unwrap_or(i64::MAX));
    let pause = SignedDuration::from_secs(pause.min(LONGEST_PAUSE));
    let whole = Timestamp::from_second(now.as_second()).unwrap_or(now);
    whole.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// Interrupts and requests to terminate.
struct Stop {
    came: Receiver<()>,
}

impl Stop {
    /// From now on a signal does not end the process, a second one does: nothing is lost by that, but a turn is cut short.
    fn on_signal() -> Outcome<Self> {
        let (sender, came) = mpsc::channel();
        let asked = AtomicBool::new(false);
        let handler = move || {
            if asked.swap(true, Ordering::SeqCst) || sender.send(()).is_err() {
                std::process::exit(130);
            }
        };
        ctrlc::set_handler(handler)
            .map_err(|error| Trouble::new(format!("cannot listen for signals: {error}")))
            .map(|()| Self { came })
    }

    /// Waits for an instant; whether a signal came first.
    fn came_before(&self, until: Timestamp) -> bool {
        loop {
            let left = until.duration_since(Timestamp::now());
            match Duration::try_from(left) {
                Ok(left) if !left.is_zero() => match self.came.recv_timeout(left.min(LOOK)) {
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return true,
                    Err(RecvTimeoutError::Timeout) => {}
                },
                _ => return !matches!(self.came.try_recv(), Err(TryRecvError::Empty)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn pauses_double_up_to_ten_minutes() {
        let now: Timestamp = "2026-07-31T10:00:00.5Z".parse().unwrap();
        for (failures, expected) in
            [(0, "10:00:05"), (1, "10:00:10"), (3, "10:00:40"), (7, "10:10:00"), (99, "10:10:00")]
        {
            assert_eq!(after_failure(failures, now).to_string(), format!("2026-07-31T{expected}Z"));
        }
    }
}
