//! `bench`: measured in release mode at three sizes, the median of several runs.

use crate::data;
use crate::outcome::{Doing, Outcome};
use crate::spec::{self, Shape};
use crate::tool::{self, Copy, RUNS};
use clap::Subcommand;
use std::process::{Command, Stdio};
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
    /// `syncline run` on both months of the example
    Run {
        /// Runs of each size
        #[arg(long, default_value_t = 3)]
        runs: usize,
        /// Numbers of timecards
        #[arg(long, value_delimiter = ',', default_values_t = [5_000, 20_000, 80_000])]
        entries: Vec<u64>,
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
        What::Run { runs, entries } => runs_of_the_example(*runs, entries),
    }
}

/// What a process took.
struct Measure {
    wall: Duration,
    peak_mib: u64,
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

fn runs_of_the_example(runs: usize, entries: &[u64]) -> Outcome {
    let syncline = tool::release()?;
    println!("entries  run     time, process  rows/s  peak memory");
    for &count in entries {
        let copy = Copy::generated(&syncline, count, 7, crate::ledger::Ledger::Sqlite)?;
        let summary = data::generate(count, 7, &copy.path().join("data")).doing("generating data")?;
        let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
        let mut peaks = [0_u64; 2];
        for _ in 0..runs.max(1) {
            copy.reset()?;
            for ((run, times), peak) in RUNS.into_iter().zip(&mut times).zip(&mut peaks) {
                let measure = measured(&mut copy.command(&Copy::run_arguments(run)))?;
                times.push(measure.wall);
                *peak = measure.peak_mib.max(*peak);
            }
        }
        for (((run, times), peak), rows) in
            RUNS.into_iter().zip(times).zip(peaks).zip([summary.july_rows, summary.august_rows])
        {
            let time = median(times);
            let rows = usize::try_from(rows).unwrap_or(0);
            println!(
                "{count:>7}  {:<6} {:>13} ms {:>7} {peak:>8} MiB",
                run.0,
                time.as_millis(),
                per_second(rows, time)
            );
        }
    }
    Ok(())
}

/// Runs a command to its end, asking the system for the most memory it has held.
fn measured(command: &mut Command) -> Outcome<Measure> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().doing("starting syncline")?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_mib = 0;
    let status = loop {
        if let Ok(status) = std::fs::read_to_string(&status_file) {
            let peak = status
                .lines()
                .find_map(|line| line.strip_prefix("VmHWM:")?.trim().split(' ').next()?.parse::<u64>().ok());
            peak_mib = peak_mib.max(peak.unwrap_or(0) / 1024);
        }
        if let Some(status) = child.try_wait().doing("waiting for syncline")? {
            break status;
        }
        std::thread::sleep(Duration::from_micros(500));
    };
    let wall = start.elapsed();
    if status.success() { Ok(Measure { wall, peak_mib }) } else { Err(format!("{command:?} ended with {status}")) }
}
