//! A test instrument, not part of the command's interface: with `SYNCLINE_TIMINGS` set, commands tell on standard error how long
//! each stage took, as `timing: parse 12.345 ms`. `cargo xtask bench` reads it.

use crate::output;
use std::time::{Duration, Instant};

/// A clock that is read at the end of each stage.
pub(crate) struct Timings {
    wanted: bool,
    last: Instant,
    stages: Vec<(String, Duration)>,
}

impl Timings {
    /// Starts the clock.
    pub fn start() -> Self {
        Self { wanted: std::env::var_os("SYNCLINE_TIMINGS").is_some(), last: Instant::now(), stages: Vec::new() }
    }

    /// The time since the last stage belongs to this one. Stages of one name add up.
    pub fn over(&mut self, stage: &str) {
        if !self.wanted {
            return;
        }
        let now = Instant::now();
        let taken = now.duration_since(self.last);
        self.last = now;
        match self.stages.iter_mut().find(|(known, _)| known == stage) {
            Some((_, sum)) => *sum += taken,
            None => self.stages.push((stage.to_owned(), taken)),
        }
    }

    /// Tells what was measured.
    pub fn tell(&self) {
        for (stage, taken) in &self.stages {
            output::note(format_args!("timing: {stage} {}.{:03} ms", taken.as_millis(), taken.as_micros() % 1000));
        }
    }
}
