//! A test instrument: stops a run at a named step, to prove that nothing is lost and nothing happens twice.
//!
//! A **kill point** is a step after which the hub, the targets and the memory of the process disagree in a new way. Crash tests
//! name one and the number of its passing, as in `posting.after-call#3`; without one the checks cost a comparison.

use crate::error::{Outcome, RuntimeError};
use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

/// All kill points, in the order in which a run first passes them.
pub const POINTS: [&str; 16] = [
    "target.after-init",
    "recover.after-call",
    "recover.after-outcome",
    "capture.after-read",
    "capture.after-commit",
    "map.before-commit",
    "map.after-commit",
    "posting.before-intent",
    "posting.after-intent",
    "posting.between-calls",
    "posting.answered",
    "posting.after-call",
    "posting.after-outcome",
    "correct.after-reversal",
    "reconcile.before-commit",
    "reconcile.after-commit",
];

/// Further kill points of runs that post into files.
pub const FILE_POINTS: [&str; 4] = ["file.before-write", "file.half-written", "file.before-sync", "file.before-rename"];

/// Where to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kill {
    /// One of [`POINTS`] or [`FILE_POINTS`].
    pub point: &'static str,
    /// At which passing, from 1.
    pub passing: u32,
}

/// What stopping means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// The process aborts, as if it had been killed.
    #[default]
    Abort,
    /// The run returns [`RuntimeError::Killed`] at once; open transactions are dropped.
    Return,
    /// The target cannot be reached at this step, or its answer is lost: [`RuntimeError::Unreachable`].
    Lose,
}

/// A kill point armed, with the passings counted so far.
#[derive(Debug)]
pub struct Trap {
    kill: Kill,
    manner: Manner,
    passed: AtomicU32,
}

impl Clone for Trap {
    fn clone(&self) -> Self {
        let passed = AtomicU32::new(self.passed.load(Ordering::Relaxed));
        Self { kill: self.kill.clone(), manner: self.manner, passed }
    }
}

impl Trap {
    /// A trap that has not been passed yet.
    #[must_use]
    pub const fn new(kill: Kill, manner: Manner) -> Self {
        Self { kill, manner, passed: AtomicU32::new(0) }
    }

    /// Whether it waits at this point.
    pub(crate) fn watches(&self, point: &str) -> bool {
        self.kill.point == point
    }

    pub(crate) fn pass(&self, point: &str) -> Outcome {
        if self.kill.point != point {
            return Ok(());
        }
        let passing = self.passed.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        if passing != self.kill.passing {
            return Ok(());
        }
        match self.manner {
            Manner::Abort => std::process::abort(),
            Manner::Return => Err(RuntimeError::Killed(self.kill.clone())),
            Manner::Lose => Err(RuntimeError::Unreachable {
                entity: "target".to_owned(),
                place: self.kill.to_string(),
                message: "it does not answer".to_owned(),
            }),
        }
    }
}

impl fmt::Display for Kill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.point, self.passing)
    }
}

impl FromStr for Kill {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, passing) = text.split_once('#').unwrap_or((text, "1"));
        let point = POINTS
            .into_iter()
            .chain(FILE_POINTS)
            .find(|point| *point == name)
            .ok_or_else(|| format!("there is no kill point `{name}`"))?;
        let passing = passing
            .parse()
            .ok()
            .filter(|&n| n > 0)
            .ok_or_else(|| format!("`{passing}` is not a number of passings"))?;
        Ok(Self { point, passing })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kill_point_is_named_with_its_passing() {
        assert_eq!("posting.after-call#3".parse(), Ok(Kill { point: "posting.after-call", passing: 3 }));
        assert_eq!("capture.after-read".parse(), Ok(Kill { point: "capture.after-read", passing: 1 }));
        for wrong in ["posting", "posting.after-call#0", "posting.after-call#x", ""] {
            assert!(wrong.parse::<Kill>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_trap_closes_at_the_passing_named_and_at_no_other() {
        let trap = Trap::new("map.after-commit#2".parse().unwrap(), Manner::Return);
        assert!(trap.pass("map.after-commit").is_ok());
        assert!(trap.pass("capture.after-read").is_ok());
        assert!(trap.pass("map.after-commit").is_err());
        assert!(trap.pass("map.after-commit").is_ok());
    }
}
