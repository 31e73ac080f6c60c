//! `bench`: measured in release mode at three sizes, the median of several runs.

mod measure;
mod memory;
mod month;
mod peers;

use crate::outcome::{Doing, Outcome};
use crate::spec::{self, Shape};
use crate::tool;
use clap::Subcommand;
use measure::measured;
use std::process::Command;
use std::time::{Duration, Instant};

/// What to measure.
#[derive(Subcommand)]
pub enum What {
    /// Parsing on one core, and `syncline check` as a process
    Check {
        /// Runs of each size
        #[arg(long, default_value_t = 10)]
        runs: usize,
        /// Numbers of objects
        #[arg(long, value_delimiter = ',', default_values_t = [200, 800, 3200])]
        objects: Vec<usize>,
    },
    /// `syncline run` on the months of the example, beside a plain Python loop and DuckDB on the same files
    Run {
        /// Runs of each size
        #[arg(long, default_value_t = 3)]
        runs: usize,
        /// Numbers of timecards
        #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000])]
        entries: Vec<u64>,
        /// Install DuckDB for Python below `target` first
        #[arg(long)]
        install_peers: bool,
    },
}

/// Measures. Started from a debug build it builds and starts itself in release mode.
pub fn run(what: &What) -> Outcome {
    if cfg!(debug_assertions) {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .current_dir(tool::root())
            .args(["run", "--quiet", "--release", "--package", "xtask", "--"])
            .args(std::env::args().skip(1));
        let status = cargo.status().doing("starting in release mode")?;
        return if status.success() { Ok(()) } else { Err("the measurement failed".to_owned()) };
    }
    match what {
        What::Check { runs, objects } => check(*runs, objects),
        What::Run { runs, entries, install_peers } => month::run(*runs, entries, *install_peers),
    }
}

fn median(mut durations: Vec<Duration>) -> Duration {
    durations.sort();
    durations.get(durations.len() / 2).copied().unwrap_or_default()
}

fn per_second(count: usize, duration: Duration) -> u128 {
    (count as u128 * 1_000_000).checked_div(duration.as_micros()).unwrap_or(0)
}

/// How long each stage took, in every run.
#[derive(Default)]
struct Stages {
    /// From texts to syntax trees, on one core.
    parse: Vec<Duration>,
    /// From texts to findings: parsing in parallel, names, types, flow graph, checks.
    check: Vec<Duration>,
    /// From the model to the plan and its JSON.
    build: Vec<Duration>,
    /// `syncline check` from start to end.
    process: Vec<Duration>,
}

fn check(runs: usize, objects: &[usize]) -> Outcome {
    let syncline = tool::release()?;
    println!(
        "median of {runs}; parsing on one core, the rest on all; memory and process are those of `syncline check`"
    );
    println!("shape  objects    lines   lines/s     parse     check     build   process   memory");
    for shape in [Shape::Plain, Shape::Full] {
        for &count in objects {
            let files = spec::files(count, shape);
            let lines: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
            let mut stages = Stages::default();
            for _ in 0..runs.max(1) {
                stages.run(&files)?;
            }
            let folder = tempfile::tempdir().doing("making a folder")?;
            spec::write(count, shape, folder.path())?;
            let mut peak = 0;
            for _ in 0..runs.max(1) {
                let mut command = Command::new(&syncline);
                command.args(["check", "--workspace"]).arg(folder.path());
                let measure = measured(&mut command)?;
                peak = peak.max(measure.peak_mib);
                stages.process.push(measure.wall);
            }
            let parse = median(stages.parse);
            let [check, build, process] = [stages.check, stages.build, stages.process].map(median);
            println!(
                "{:<6} {count:>7} {lines:>8} {:>9} {:>6} ms {:>6} ms {:>6} ms {:>6} ms {peak:>4} MiB",
                format!("{shape:?}").to_lowercase(),
                per_second(lines, parse),
                parse.as_millis(),
                check.as_millis(),
                build.as_millis(),
                process.as_millis()
            );
        }
    }
    Ok(())
}

impl Stages {
    fn run(&mut self, files: &[(String, String)]) -> Outcome {
        let start = Instant::now();
        for (name, text) in files {
            let parsed = syncline_syntax::parse_file(text);
            if !parsed.all_errors().is_empty() {
                return Err(format!("{name} does not parse"));
            }
        }
        self.parse.push(start.elapsed());
        let workspace = syncline::Workspace::of_texts(files.iter().map(|(name, text)| (name.as_str(), text.as_str())));
        let start = Instant::now();
        let checked = syncline::check(&workspace);
        self.check.push(start.elapsed());
        let start = Instant::now();
        let plan = checked.plan().ok_or("the generated workspace has errors")?;
        syncline::plan_json(&plan).doing("writing the plan")?;
        self.build.push(start.elapsed());
        Ok(())
    }
}
