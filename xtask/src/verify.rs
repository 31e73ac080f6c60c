//! `verify`: what the runs do equals what the independent oracle works out.
//!
//! **Monthly**, the example's three extracts are taken up one after the other. **Daily**, the same story is cut into 92 days: each
//! night's export overwrites the one before, and each morning the syncs run.

mod altered;

use crate::data::World;
use crate::ledger::Ledger;
use crate::outcome::{Doing, Outcome};
use crate::tool::{self, Copy, RUNS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// What to run on, and how.
#[derive(clap::Args)]
pub struct What {
    /// Timecards to generate; the committed set without it
    #[arg(long)]
    pub entries: Option<u64>,
    /// Seed of the generator
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// A run on each of the 92 days instead of one on each month
    #[arg(long, requires = "entries", conflicts_with = "target")]
    pub daily: bool,
    /// Where the cost lines are; of the committed set, all of them without it
    #[arg(long, value_enum)]
    pub target: Option<Ledger>,
    /// Let the oracle judge every row in every run, whatever has changed
    #[arg(long)]
    pub slow: bool,
}

impl What {
    /// The committed months.
    pub fn committed() -> Self {
        Self { entries: None, seed: 7, daily: false, target: None, slow: false }
    }

    /// Generated months.
    pub fn generated(entries: u64) -> Self {
        Self { entries: Some(entries), ..Self::committed() }
    }

    /// Generated days.
    pub fn daily(entries: u64) -> Self {
        Self { daily: true, ..Self::generated(entries) }
    }
}

/// Runs and compares.
pub fn run(what: &What) -> Outcome {
    let syncline = tool::syncline()?;
    match what.entries {
        Some(entries) if what.daily => by_days(&syncline, entries, what),
        Some(entries) => {
            let copy = Copy::generated(&syncline, entries, what.seed, what.target.unwrap_or(Ledger::Sqlite))?;
            by_months(&copy, &format!("{entries} entries, seed {}", what.seed), what)
        }
        None => {
            by_months(&Copy::handmade(&syncline)?, "cases worked out by hand", what)?;
            for ledger in Ledger::ALL.into_iter().filter(|ledger| what.target.is_none_or(|target| target == *ledger)) {
                let copy = Copy::of_ledger(&syncline, ledger)?;
                by_months(&copy, "committed set", what)?;
                if ledger == Ledger::Sqlite {
                    altered::seen(&copy)?;
                }
            }
            Ok(())
        }
    }
}

fn by_months(copy: &Copy, name: &str, what: &What) -> Outcome {
    let mut found = Found::new(copy);
    for run in RUNS {
        found.run(run)?;
        found.exceptions(run)?;
    }
    let runs = RUNS.map(|(profile, at)| format!("{profile}@{at}")).join(",");
    found.compare(name, &["--runs", &runs], what)
}

fn by_days(syncline: &Path, entries: u64, what: &What) -> Outcome {
    let copy = Copy::nightly(syncline)?;
    let world = World::new(entries, what.seed).doing("making the data")?;
    world.books(&copy.path().join("data")).doing("writing the books")?;
    let days = copy.path().join("days");
    let mut found = Found::new(&copy);
    for (day, since, until, morning) in World::days() {
        let kept = days.join(&day);
        world.extract(&kept, since, until).doing("writing an extract")?;
        tool::copy_folder(&kept, &copy.path().join("data/nightly"))?;
        let at = format!("{morning}T06:00Z");
        found.run(("nightly", &at))?;
        if morning.ends_with("-01") {
            found.exceptions(("nightly", &at))?;
        }
    }
    let days = days.to_string_lossy().into_owned();
    found.compare(&format!("{entries} entries, seed {}, daily", what.seed), &["--days", &days], what)
}

/// What runs have printed, in files.
struct Found<'a> {
    copy: &'a Copy,
    runs: Vec<PathBuf>,
    exceptions: Vec<PathBuf>,
    time: Duration,
}

impl<'a> Found<'a> {
    fn new(copy: &'a Copy) -> Self {
        Self { copy, runs: Vec::new(), exceptions: Vec::new(), time: Duration::ZERO }
    }

    fn run(&mut self, run: (&str, &str)) -> Outcome {
        let start = Instant::now();
        let report = self.copy.run(run)?;
        self.time += start.elapsed();
        let path = self.copy.path().join(format!("run-{}.json", self.runs.len()));
        fs::write(&path, report.to_string()).doing(path.display())?;
        self.runs.push(path);
        Ok(())
    }

    fn exceptions(&mut self, run: (&str, &str)) -> Outcome {
        let path = self.copy.path().join(format!("exceptions-{}.json", self.exceptions.len()));
        fs::write(&path, self.copy.exceptions(run)?.to_string()).doing(path.display())?;
        self.exceptions.push(path);
        Ok(())
    }

    /// Asks the oracle what must have come of the extracts, and compares.
    fn compare(&self, name: &str, extracts: &[&str], what: &What) -> Outcome {
        let expected = self.copy.path().join("expected.json");
        let oracle = tool::root().join("tests/oracle/oracle.py");
        let mut expect = Command::new("python3");
        expect.arg(&oracle).arg("expect").args(extracts).arg("--workspace").arg(self.copy.path());
        expect.arg("--out").arg(&expected).args(what.slow.then_some("--slow"));
        let start = Instant::now();
        tool::output(&mut expect)?;
        let oracle_time = start.elapsed();
        let mut compare = Command::new("python3");
        compare.arg(&oracle).arg("compare").arg("--expected").arg(&expected).arg("--runs-json").args(&self.runs);
        compare.arg("--exceptions").args(&self.exceptions).arg("--target").arg(self.copy.books());
        for (table, file) in self.copy.ledger().files(self.copy.path()) {
            compare.arg("--lines").arg(format!("{table}={}", file.display()));
        }
        let compared = compare.output().doing("running the oracle")?;
        let said = String::from_utf8_lossy(&compared.stdout);
        if !compared.status.success() {
            return Err(format!("{name}: {}\n{said}", String::from_utf8_lossy(&compared.stderr).trim()));
        }
        println!(
            "{name}, cost lines in {}: {} ({} runs in {:.1} s, the oracle {:.1} s)",
            self.copy.ledger().name(),
            said.trim(),
            self.runs.len(),
            self.time.as_secs_f64(),
            oracle_time.as_secs_f64()
        );
        Ok(())
    }
}
