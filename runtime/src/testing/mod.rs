//! Tests of specs, carried out by the engine that runs plans: the same passes, a hub in memory, systems in memory.
//!
//! - **fixture**: a record that a test gives, as a row of a system or as a canonical record that is there already.
//! - **placeholder**: the value of a field that a fixture leaves to `…`.
//! - **world**: the hub and the systems of one test. A test has a world of its own, so tests run side by side.
//!
//! A test begins on the first of July of the edition's year at noon UTC. Each run takes place an hour after the one before it,
//! unless it says when.

mod expect;
mod fixtures;
mod matching;
mod placeholders;
mod rows;
mod world;

use crate::error::{Outcome, RuntimeError};
use crate::kill::{Kill, Manner, Trap};
use crate::options::{Options, Quiet};
use crate::passes::carry_out;
use crate::passes::prepare::Prepared;
use crate::report::RunReport;
use jiff::{SignedDuration, Timestamp};
use syncline_eval::Point;
use syncline_ir::{At, Plan, TestAction, TestCase};
use world::World;

/// The step after which a run is stopped by `after crash`: the call was made, its outcome is not recorded.
const CRASH: &str = "posting.after-call";

/// What became of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What is not as expected, in source order; empty when the test passes.
    pub failures: Vec<TestFailure>,
}

/// Something that is not as a test expects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestFailure {
    /// The statement.
    pub at: At,
    /// What is wrong, in one line.
    pub message: String,
    /// What was found, by place.
    pub notes: Vec<(At, String)>,
    /// More about it.
    pub help: Option<String>,
}

impl TestFailure {
    fn new(at: &At, message: impl Into<String>) -> Self {
        Self { at: at.clone(), message: message.into(), notes: Vec::new(), help: None }
    }
}

/// A plan made ready for its tests. Several may run at once.
pub struct TestBench<'p> {
    prepared: Prepared<'p>,
}

impl<'p> TestBench<'p> {
    /// Makes a plan ready.
    ///
    /// # Errors
    /// When the plan does not fit together; plans written by the compiler do.
    pub fn new(plan: &'p Plan) -> Outcome<Self> {
        Ok(Self { prepared: Prepared::observed(plan)? })
    }

    /// What the tests so far have met of the places at which the plan decides, by place.
    #[must_use]
    pub fn points(&self) -> Vec<Point> {
        self.prepared.program.points()
    }

    /// Carries out a test. Whatever keeps it from being carried out is a failure of the step.
    #[must_use]
    pub fn run(&self, case: &TestCase) -> Verdict {
        let failures = match World::new(&self.prepared) {
            Ok(mut world) => carried_out(&mut world, case),
            Err(error) => vec![TestFailure::new(&case.at, error.to_string())],
        };
        Verdict { failures }
    }
}

fn carried_out(world: &mut World<'_>, case: &TestCase) -> Vec<TestFailure> {
    let mut failures = Vec::new();
    for step in &case.steps {
        let result = match &step.action {
            TestAction::Given(place, record) => {
                world.give(place, record).map(|problem| problem.into_iter().collect::<Vec<_>>())
            }
            TestAction::GivenNo(place, record) => {
                world.take_away(place, record).map(|problem| problem.into_iter().collect::<Vec<_>>())
            }
            TestAction::Run { syncs, twice, crash, instant } => {
                run(world, syncs, *twice, *crash, instant.as_deref(), &step.at)
            }
            expectation => expect::unmet(world, expectation, &step.at),
        };
        let stops = !matches!(&result, Ok(found) if found.is_empty())
            && matches!(step.action, TestAction::Given(..) | TestAction::GivenNo(..) | TestAction::Run { .. });
        match result {
            Ok(found) => failures.extend(found),
            Err(error) => failures.push(TestFailure::new(&step.at, error.to_string())),
        }
        if stops {
            break;
        }
    }
    failures
}

fn run(
    world: &mut World<'_>,
    syncs: &[String],
    twice: bool,
    crash: bool,
    instant: Option<&str>,
    at: &At,
) -> Outcome<Vec<TestFailure>> {
    let now = match instant {
        Some(text) => text.parse().map_err(|error| RuntimeError::plan(format!("{error}")))?,
        None => world.now.checked_add(SignedDuration::from_hours(1)).unwrap_or(world.now),
    };
    if now < world.now {
        return Ok(vec![TestFailure::new(at, "this run takes place before the one above it")]);
    }
    world.now = now;
    world.given_since_run.clear();
    if crash {
        let kill = Kill { point: CRASH, passing: 1 };
        match once(world, syncs, now, Some(Trap::new(kill, Manner::Return))) {
            Err(RuntimeError::Killed(_)) => {}
            Ok(_) => {
                return Ok(vec![TestFailure::new(at, "nothing was posted, so there was no call to crash after")]);
            }
            Err(error) => return Err(error),
        }
    }
    for _ in 0..=u8::from(twice) {
        let report = once(world, syncs, now, None)?;
        for sync in report.syncs {
            world.reports.insert(sync.name.clone(), sync);
        }
    }
    Ok(Vec::new())
}

fn once(world: &World<'_>, syncs: &[String], at: Timestamp, kill: Option<Trap>) -> Outcome<RunReport> {
    let mut chosen = world.prepared.syncs()?;
    chosen.retain(|sync| syncs.contains(&sync.sync.name));
    let mut options = Options::at(at, "");
    options.kill = kill;
    carry_out(
        &world.hub,
        world.prepared,
        &chosen,
        &world.connectors(),
        std::collections::BTreeSet::new(),
        &options,
        &mut Quiet,
    )
}
