//! `crash`: whenever a run is killed, the next one finishes its work as if nothing had happened.

use crate::ledger::Ledger;
use crate::outcome::{Doing, Outcome};
use crate::rerun::accounts;
use crate::tool::{self, Copy, Numbers};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::{Duration, Instant};
use syncline_runtime::kill::{FILE_POINTS, POINTS};

/// The first two months: corrections, deletions and changes of route are among them, and each of some hundred kills is a run of its own.
const RUNS: [(&str, &str); 2] = [tool::RUNS[0], tool::RUNS[1]];

/// Timecards: few, for the same reason.
const ENTRIES: u64 = 400;

/// What undisturbed runs come to.
struct Undisturbed {
    accounts: Vec<Value>,
    books: String,
    longest: Duration,
}

/// Kills a run once at each named step, then `trials` times at random moments; with the cost lines in one kind of target, or
/// taking turns with all of them.
pub fn run(trials: u32, seed: u64, target: Option<Ledger>) -> Outcome {
    let syncline = tool::syncline()?;
    let ledgers = Ledger::ALL.into_iter().filter(|ledger| target.is_none_or(|target| target == *ledger));
    let mut worlds = Vec::new();
    for ledger in ledgers {
        let copy = Copy::generated(&syncline, ENTRIES, 1, ledger)?;
        let undisturbed = undisturbed(&copy)?;
        at_steps(&copy, &undisturbed)?;
        worlds.push((copy, undisturbed));
    }
    let mut numbers = Numbers(seed);
    let mut killed = vec![0; worlds.len()];
    for trial in 0..trials {
        let turn = trial as usize % worlds.len().max(1);
        if let (Some((copy, undisturbed)), Some(killed)) = (worlds.get(turn), killed.get_mut(turn)) {
            *killed += at_random(copy, undisturbed, &mut numbers, &format!("random kill {trial} of seed {seed}"))?;
        }
    }
    for ((copy, _), &killed) in worlds.iter().zip(&killed) {
        let name = copy.ledger().name();
        if trials > 0 && killed == 0 {
            return Err(format!("no random kill hit a running process that posts into {name}"));
        }
        println!("{name}: {killed} kill -9 at random moments hit a running process: same accounts, same books");
    }
    println!("{trials} trials passed");
    Ok(())
}

/// Kills a run once at each named step.
fn at_steps(copy: &Copy, undisturbed: &Undisturbed) -> Outcome {
    let mut hits: BTreeMap<&str, u32> = BTreeMap::new();
    // Lines of these targets are never overwritten in the example; that step is passed by the tests of the runtime.
    let files = FILE_POINTS.into_iter().filter(|point| *point != "file.before-rename");
    let own = files.take(if copy.ledger() == Ledger::Sqlite { 0 } else { FILE_POINTS.len() });
    let points: Vec<&str> = POINTS.into_iter().chain(own).collect();
    for &point in &points {
        for passing in [1, 2, 5] {
            if at_step(copy, undisturbed, point, passing)? {
                *hits.entry(point).or_default() += 1;
            }
        }
    }
    let missed: Vec<&str> = points.into_iter().filter(|point| !hits.contains_key(point)).collect();
    if !missed.is_empty() {
        return Err(format!("no run passed {}", missed.join(", ")));
    }
    println!(
        "{}: {} kills at {} named steps: same accounts, same books",
        copy.ledger().name(),
        hits.values().sum::<u32>(),
        hits.len()
    );
    Ok(())
}

fn undisturbed(copy: &Copy) -> Outcome<Undisturbed> {
    let mut found = Vec::new();
    let mut longest = Duration::ZERO;
    for run in RUNS {
        let start = Instant::now();
        found.push(accounts(&copy.run(run)?)?);
        longest = longest.max(start.elapsed());
    }
    Ok(Undisturbed { accounts: found, books: copy.dump_books(false)?, longest })
}

/// Whether the step was passed so often that the process was killed there. Steps of recovery are reached by killing twice.
fn at_step(copy: &Copy, undisturbed: &Undisturbed, point: &str, passing: u32) -> Outcome<bool> {
    copy.reset()?;
    let mut killed = false;
    for run in RUNS {
        if point.starts_with("recover.") {
            killed_at(copy, run, "posting.after-call", 1)?;
        }
        killed |= killed_at(copy, run, point, passing)?;
        copy.run(run)?;
    }
    same(copy, undisturbed, &format!("a kill at {point}#{passing}"))?;
    Ok(killed)
}

fn killed_at(copy: &Copy, run: (&str, &str), point: &str, passing: u32) -> Outcome<bool> {
    let mut command = copy.command(&Copy::run_arguments(run));
    command.env("SYNCLINE_KILL_AT", format!("{point}#{passing}")).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status().doing("running syncline")?;
    match status.code() {
        Some(0 | 1) => Ok(false),
        None => Ok(true),
        Some(code) => Err(format!("a run to be killed at {point}#{passing} ended with exit code {code}")),
    }
}

/// One trial: how many kills hit a running process.
fn at_random(copy: &Copy, undisturbed: &Undisturbed, numbers: &mut Numbers, what: &str) -> Outcome<u32> {
    let mut hit = 0;
    let longest = u64::try_from(undisturbed.longest.as_micros()).unwrap_or(1_000_000);
    copy.reset()?;
    for run in RUNS {
        for _ in 0..=numbers.below(2) {
            let mut child = copy
                .command(&Copy::run_arguments(run))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .doing("running syncline")?;
            std::thread::sleep(Duration::from_micros(numbers.below(longest)));
            if child.try_wait().doing("asking for the process")?.is_none() {
                hit += 1;
                child.kill().doing("killing the process")?;
            }
            child.wait().doing("waiting for the process")?;
        }
        copy.run(run)?;
    }
    same(copy, undisturbed, &format!("{what} ({})", copy.ledger().name()))?;
    Ok(hit)
}

/// The last run's accounts and the books equal those of undisturbed runs.
fn same(copy: &Copy, undisturbed: &Undisturbed, after: &str) -> Outcome {
    let last = RUNS.last().copied().unwrap_or_default();
    let found = accounts(&copy.run(last)?)?;
    let expected = undisturbed.accounts.last().cloned().unwrap_or_default();
    if found != expected {
        return Err(format!("after {after} the accounts differ:\n{expected}\n{found}"));
    }
    let books = copy.dump_books(false)?;
    if let Some((number, (expected, found))) =
        undisturbed.books.lines().zip(books.lines()).enumerate().find(|(_, (a, b))| a != b)
    {
        return Err(format!("after {after} line {number} of the books differs:\n{expected}\n{found}"));
    }
    if undisturbed.books.lines().count() != books.lines().count() {
        return Err(format!(
            "after {after} the books have {} lines instead of {}",
            books.lines().count(),
            undisturbed.books.lines().count()
        ));
    }
    Ok(())
}
