//! Progress bars: on a terminal only, on standard error, gone when the run is over.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;
use syncline_runtime::{Part, Progress, Stage};

/// Shows how far a run is, or nothing when nobody looks.
pub(crate) struct Bar {
    bar: ProgressBar,
    /// What the bar shows now.
    current: Option<(String, Stage, bool)>,
    /// How long each part of the work on each sync took.
    taken: Vec<(String, Part, Duration)>,
}

impl Bar {
    /// A bar, if standard error is a terminal.
    pub fn new() -> Self {
        let bar = if std::io::stderr().is_terminal() { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        Self { bar, current: None, taken: Vec::new() }
    }

    /// Removes the bar.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }

    /// How long each part of the work on each sync took, a line each.
    pub fn timings(&self) -> String {
        let line =
            |(sync, part, time): &(String, Part, Duration)| format!("{sync} {} {} ms\n", part.name(), time.as_millis());
        self.taken.iter().map(line).collect()
    }

    /// Shows that nothing happens until something does.
    pub fn wait(&self, until: &str) {
        if self.bar.is_hidden() {
            return;
        }
        if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {msg}") {
            self.bar.set_style(style);
        }
        self.bar.set_message(until.to_owned());
        self.bar.enable_steady_tick(Duration::from_millis(500));
    }

    fn turn_to(&mut self, sync: &str, stage: Stage, total: Option<u64>) {
        let shown = (sync.to_owned(), stage, total.is_some());
        if self.current.as_ref() == Some(&shown) {
            return;
        }
        let template = if total.is_some() {
            "{msg:32} {bar:30.cyan} {human_pos}/{human_len}"
        } else {
            "{msg:32} {spinner:.cyan} {human_pos}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_message(format!("{sync}: {}", stage.name()));
        self.bar.enable_steady_tick(Duration::from_millis(120));
        self.current = Some(shown);
    }
}

impl Progress for Bar {
    fn advance(&mut self, sync: &str, stage: Stage, done: u64, total: Option<u64>) {
        if self.bar.is_hidden() {
            return;
        }
        self.turn_to(sync, stage, total);
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        self.bar.set_position(done);
    }

    fn took(&mut self, sync: &str, part: Part, time: Duration) {
        self.taken.push((sync.to_owned(), part, time));
    }
}
