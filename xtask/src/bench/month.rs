//! `bench run`: the months of the example as processes, stage by stage, and the first one as others do it.

use super::measure::{Measure, measured};
use super::peers::{self, Lines};
use super::{median, memory, per_second};
use crate::data;
use crate::ledger::Ledger;
use crate::outcome::{Doing, Outcome};
use crate::tool::{self, Copy, RUNS};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Measures at each size.
pub fn run(runs: usize, entries: &[u64], install: bool) -> Outcome {
    if install {
        peers::install()?;
    }
    let syncline = tool::release()?;
    println!("median of {runs}; times in ms; rows are timecards, the masters that come with them are not counted");
    for &count in entries {
        size(&syncline, runs.max(1), count)?;
    }
    Ok(())
}

fn size(syncline: &Path, runs: usize, count: u64) -> Outcome {
    let copy = Copy::generated(syncline, count, 7, Ledger::Sqlite)?;
    let summary = data::generate(count, 7, &copy.path().join("data")).doing("generating data")?;
    println!("\n{count} entries");
    let mut ours = None;
    for (place, (run, &rows)) in RUNS.into_iter().zip(&summary.rows).enumerate() {
        let mut walls = Vec::new();
        let mut peak = 0;
        let mut parts: BTreeMap<usize, (String, Vec<Duration>)> = BTreeMap::new();
        for number in 0..runs {
            // The first time the months before have just been run.
            if place == 0 || number > 0 {
                copy.reset()?;
                for before in RUNS.into_iter().take(place) {
                    measured(&mut copy.command(&Copy::run_arguments(before)))?;
                }
            }
            let mut command = copy.command(&Copy::run_arguments(run));
            let measure = measured(command.arg("--timings"))?;
            walls.push(measure.wall);
            peak = peak.max(measure.peak_mib);
            for (place, (name, time)) in stages(&measure.errors).into_iter().enumerate() {
                parts.entry(place).or_insert_with(|| (name, Vec::new())).1.push(time);
            }
        }
        let wall = median(walls);
        line(&format!("syncline, {}", run.0), wall, peak, rows);
        let parts = parts.into_values().map(|(name, times)| format!("{name} {}", median(times).as_millis()));
        println!("    {}", parts.collect::<Vec<_>>().join(", "));
        if place == 0 {
            ours = Some((posted(&copy)?, wall));
        }
    }
    let (posted, wall) = ours.ok_or("nothing was run")?;
    compare(&copy, runs, summary.rows.first().copied().unwrap_or(0), &posted, wall)
}

/// The peers on the first month: each has to come to the same cent.
fn compare(copy: &Copy, runs: usize, rows: u64, posted: &Lines, wall: Duration) -> Outcome {
    let data = copy.path().join("data");
    let same = |name: &str, lines: &Lines| {
        if lines == posted { Ok(()) } else { Err(format!("{name} comes to {lines:?}, the books hold {posted:?}")) }
    };
    let mut times = Vec::new();
    for _ in 0..runs {
        let (lines, time) = memory::month(copy)?;
        same("the evaluator in memory", &lines)?;
        times.push(time);
    }
    let in_memory = median(times);
    println!(
        "{:<28}{:>9}{:>12}{:>10} rows/s",
        "evaluator, nothing kept",
        in_memory.as_millis(),
        "",
        per_second(count(rows), in_memory)
    );
    let plain = repeated(runs, || peers::plain_loop(&data).map(Some))?;
    let duckdb = repeated(runs, || peers::duckdb(&data))?;
    for (name, peer) in [("Python loop, nothing kept", plain), ("DuckDB, lines kept", duckdb)] {
        let Some((lines, time, peak)) = peer else {
            println!("{name}: DuckDB is not installed here, so it was not measured; `--install-peers` installs it");
            continue;
        };
        same(name, &lines)?;
        line(name, time, peak, rows);
        let ours = if name.ends_with("nothing kept") { in_memory } else { wall };
        println!("    ours takes {}% of its time", ours.as_micros() * 100 / time.as_micros().max(1));
    }
    println!(
        "    lines {}, hours {}, amounts {:?}: equal to the cent in all of them",
        posted.lines, posted.hours, posted.amounts
    );
    Ok(())
}

fn repeated(
    runs: usize,
    mut peer: impl FnMut() -> Outcome<Option<(Lines, Measure)>>,
) -> Outcome<Option<(Lines, Duration, u64)>> {
    let (mut walls, mut peak, mut last) = (Vec::new(), 0, None);
    for _ in 0..runs {
        let Some((lines, measure)) = peer()? else { return Ok(None) };
        walls.push(measure.wall);
        peak = peak.max(measure.peak_mib);
        last = Some(lines);
    }
    Ok(last.map(|lines| (lines, median(walls), peak)))
}

fn count(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(0)
}

fn line(name: &str, wall: Duration, peak: u64, rows: u64) {
    println!("{name:<28}{:>9}{peak:>8} MiB{:>10} rows/s", wall.as_millis(), per_second(count(rows), wall));
}

/// The parts of the sync of timecards, and all other syncs together, from what `--timings` says.
fn stages(errors: &str) -> Vec<(String, Duration)> {
    let mut own = Vec::new();
    let mut others = Duration::ZERO;
    for told in errors.lines() {
        let mut words = told.split_whitespace();
        let (Some(sync), Some(part), Some(Ok(time))) = (words.next(), words.next(), words.next().map(str::parse))
        else {
            continue;
        };
        let time = Duration::from_millis(time);
        if sync == "ApprovedTime" { own.push((part.to_owned(), time)) } else { others += time }
    }
    own.push(("masters".to_owned(), others));
    own
}

/// What the books of both companies hold.
fn posted(copy: &Copy) -> Outcome<Lines> {
    let (mut lines, mut hours) = (Lines::default(), 0_i128);
    let mut amounts: BTreeMap<String, i128> = BTreeMap::new();
    let read = |text: String, scale: u8| {
        syncline_eval::digits::read(&text, 38, scale).map_err(|_| format!("`{text}` is no number"))
    };
    for (books, own) in [("erp_us", "USD"), ("erp_eu", "EUR")] {
        let books = rusqlite::Connection::open(copy.books().join(format!("{books}.db"))).doing("opening the books")?;
        let query = "SELECT currency, hours, amount, cost FROM project_cost";
        let mut statement = books.prepare(query).doing("reading the books")?;
        let mut rows = statement.query([]).doing("reading the books")?;
        while let Some(row) = rows.next().doing("reading the books")? {
            lines.lines += 1;
            hours += read(row.get(1).doing("reading hours")?, 2)?;
            *amounts.entry(row.get(0).doing("reading a currency")?).or_default() +=
                read(row.get(2).doing("reading an amount")?, 4)?;
            *amounts.entry(format!("cost in {own}")).or_default() += read(row.get(3).doing("reading a cost")?, 4)?;
        }
    }
    lines.hours = syncline_eval::digits::show(hours, 2);
    lines.amounts =
        amounts.into_iter().map(|(currency, sum)| (currency, syncline_eval::digits::show(sum, 4))).collect();
    Ok(lines)
}
