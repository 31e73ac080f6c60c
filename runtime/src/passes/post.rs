//! Post: carrying out what was decided, and noting what became of each row (sections 8 to 10).
//!
//! A batch of records is judged, then in this order: the intents are committed to the ledger; the calls are made, those to one
//! target in one go with their idempotency keys; the answers are committed together with the outcomes of the rows. Killed between
//! any two of these, the next run knows from the ledger what to ask the target.

mod settle;

use super::apply::{Mapper, OwnOutcomes};
use super::decide::{Accepts, Decision, Step, decide};
use super::limit::{Allotment, Budget};
use super::prepare::Route;
use super::retry::Pending;
use super::{Pass, ahead};
use crate::connectors::{Answer, Call, Cell, Connectors, NOT_REVERSED, Target};
use crate::error::{Outcome, RuntimeError};
use crate::hub::{Done, Kind, Problem, TrackId};
use crate::options::{Part, Stage};
use settle::settle;
use std::collections::{BTreeMap, BTreeSet};

/// Judged records with nothing to post, at most, in one transaction.
const QUIET: usize = 10_000;

/// The targets of a run, opened when first used.
pub(super) struct Targets<'a> {
    connectors: &'a Connectors<'a>,
    open: BTreeMap<String, Box<dyn Target>>,
    /// Entities that could not be looked at when the run began, by `system.entity`.
    unchecked: BTreeSet<String>,
    /// What is left of the calls of systems with limits.
    budgets: BTreeMap<String, Budget>,
}

impl<'a> Targets<'a> {
    pub(super) const fn new(connectors: &'a Connectors<'a>, unchecked: BTreeSet<String>) -> Self {
        Self { connectors, open: BTreeMap::new(), unchecked, budgets: BTreeMap::new() }
    }

    /// What is left of the calls of a route's system; none without a limit.
    pub(super) fn budget(&mut self, pass: &Pass<'_>, route: &Route<'_>) -> Outcome<Option<&mut Budget>> {
        let Some(limit) = route.limit else { return Ok(None) };
        let system = route.map.system.as_str();
        if !self.budgets.contains_key(system) {
            let budget = Budget::of(system, limit, pass.hub(), pass.run.options.at)?;
            self.budgets.insert(system.to_owned(), budget);
        }
        Ok(self.budgets.get_mut(system))
    }

    /// The target of a route, which can hold what is written into it.
    pub(super) fn to(&mut self, route: &Route<'_>) -> Outcome<&mut (dyn Target + 'static)> {
        if self.unchecked.contains(&route.name) {
            check_target(self.of(&route.map.system)?, route)?;
            self.unchecked.remove(&route.name);
        }
        self.of(&route.map.system)
    }

    pub(super) fn of(&mut self, system: &str) -> Outcome<&mut (dyn Target + 'static)> {
        if !self.open.contains_key(system) {
            self.open.insert(system.to_owned(), self.connectors.target(system)?);
        }
        let target = self.open.get_mut(system).map(|target| &mut **target);
        target.ok_or_else(|| RuntimeError::plan(format!("system `{system}` is not open")))
    }
}

/// Whether a target has what a route writes and reads.
pub(super) fn check_target(target: &mut dyn Target, route: &Route<'_>) -> Outcome {
    let assigned = route.map.assignments.iter().map(|assignment| assignment.field.as_str());
    let written: Vec<&str> = assigned.chain(route.entity.reverses.as_deref()).collect();
    let read: Vec<&str> = match route.publishes {
        true => route.entity.key.iter().map(String::as_str).collect(),
        false => route.entity.returns.iter().map(String::as_str).chain(route.entity.find_by.as_deref()).collect(),
    };
    target.check(route.entity, &written, &read)
}

/// Judges the records of a sync that may have changed, and posts.
pub(super) fn post(
    pass: &Pass<'_>,
    mapper: Option<&Mapper<'_>>,
    outcomes: &OwnOutcomes,
    targets: &mut Targets<'_>,
) -> Outcome {
    let (hub, id) = (pass.hub(), pass.mark.id);
    let change = pass.store().change();
    let mut all = pass.mark.plan.as_deref() != Some(pass.run.plan());
    for object in &pass.sync.depends_on {
        all = all || hub.changed_since(object, pass.mark.judged)?;
    }
    if !all {
        hub.transaction(|_| hub.open_changed(id, pass.sync.object_name, pass.mark.judged))?;
    }
    let tracks = hub.tracks(id, !all)?;
    let total = tracks.len();
    let mut batch = Vec::new();
    let (mut done, mut steps) = (0, 0);
    let mut take = |decision: Decision| -> Outcome {
        steps += decision.steps.len();
        done += 1;
        batch.push(decision);
        if steps >= pass.run.options.batch || batch.len() >= QUIET {
            carry_out(pass, std::mem::take(&mut batch), targets)?;
            steps = 0;
            pass.run.advance(pass.sync, Stage::Post, done, Some(total));
        }
        Ok(())
    };
    let here = |track: TrackId| {
        hub.begin_reading()?;
        let accepts = mapper.map_or(Accepts::Nothing, Accepts::By);
        pass.run.time(Part::Judge, || decide(pass, track, accepts, outcomes))
    };
    // The records of a sync do not depend on each other while it posts, unless its maps read its own object.
    if pass.sync.posts() && !pass.sync.depends_on.contains(pass.sync.object_name) {
        let judged = |pass: &Pass<'_>, tracks: &[TrackId]| {
            let judge = |&track: &TrackId| Ok((track, decide(pass, track, Accepts::Later, outcomes)?));
            tracks.iter().map(judge).collect()
        };
        ahead::work(pass, Part::Judge, &tracks, judged, |decisions| {
            for decision in decisions {
                let (track, decision) = decision?;
                let decision = decision.map_or_else(|| here(track), |decision| Ok(Some(decision)))?;
                decision.map_or(Ok(()), &mut take)?;
            }
            Ok(())
        })?;
    } else {
        tracks.iter().try_for_each(|&track| here(track)?.map_or(Ok(()), &mut take))?;
    }
    carry_out(pass, batch, targets)?;
    pass.run.advance(pass.sync, Stage::Post, total, Some(total));
    hub.transaction(|_| {
        if pass.posting.get() {
            hub.passed(id, crate::hub::PassKind::Post, &pass.run.at)?;
        }
        hub.set_judged(id, change, pass.run.plan())
    })
}

/// A step with its entry in the ledger.
struct Made {
    /// Position of the decision.
    decision: usize,
    step: Step,
    entry: i64,
    /// Whether it waits for the step before, a reversal of the same record.
    follows: bool,
    answer: Option<Answer>,
    /// Why it has no answer: its target could not be reached.
    in_vain: Option<String>,
}

fn carry_out(pass: &Pass<'_>, mut decisions: Vec<Decision>, targets: &mut Targets<'_>) -> Outcome {
    pass.hub().end_reading()?;
    if decisions.is_empty() {
        return Ok(());
    }
    let mut allotment = Allotment::default();
    for decision in &mut decisions {
        let mut routes = decision.steps.iter().filter_map(|step| pass.sync.routes.get(step.route));
        if routes.any(|route| pass.out_of_reach.borrow().contains_key(&route.map.system)) {
            decision.hold();
            continue;
        }
        let mut lines = Vec::new();
        for step in &decision.steps {
            let Some(route) = pass.sync.routes.get(step.route) else { continue };
            if let Some(budget) = targets.budget(pass, route)? {
                lines.push((step.route, route.map.system.as_str(), *budget));
            }
        }
        if let Err(next) = allotment.take(&lines) {
            pass.limited.borrow_mut().extend(lines.iter().map(|(_, system, _)| ((*system).to_owned(), next)));
            decision.hold();
        }
    }
    let mut refused: BTreeMap<usize, Problem> = BTreeMap::new();
    let mut made = Vec::new();
    if decisions.iter().any(|decision| !decision.steps.is_empty()) {
        pass.run.options.pass("posting.before-intent")?;
        made = pass.run.time(Part::Intend, || intend(pass, &mut decisions, &mut refused))?;
        pass.run.options.pass("posting.after-intent")?;
        pass.run.time(Part::Call, || call(pass, &mut made, targets))?;
        pass.run.options.pass("posting.after-call")?;
    }
    let posted = !made.is_empty();
    let mut settled = || {
        for step in made.iter().filter(|step| step.in_vain.is_none()) {
            answer(pass, step, &decisions, &mut refused)?;
        }
        failed(pass, &made, &mut decisions, &mut refused)?;
        for (number, decision) in decisions.iter().enumerate() {
            settle(pass, decision, refused.get(&number))?;
        }
        Ok(())
    };
    pass.run.time(Part::Settle, || pass.hub().transaction(|_| settled()))?;
    if posted { pass.run.options.pass("posting.after-outcome") } else { Ok(()) }
}

fn intend(pass: &Pass<'_>, decisions: &mut [Decision], refused: &mut BTreeMap<usize, Problem>) -> Outcome<Vec<Made>> {
    let hub = pass.hub();
    hub.transaction(|_| {
        let mut made: Vec<Made> = Vec::new();
        for (number, decision) in decisions.iter_mut().enumerate() {
            if let [step] = decision.steps.as_slice()
                && let Some(entry) = hub.intend_first(pass.mark.id, &step.intent, pass.run.plan(), &pass.run.at)?
            {
                reopen(pass, decision)?;
                let steps = decision.steps.drain(..);
                made.extend(steps.map(|step| Made {
                    decision: number,
                    step,
                    entry,
                    follows: false,
                    answer: None,
                    in_vain: None,
                }));
                continue;
            }
            let mut taken = false;
            for step in &decision.steps {
                taken = taken || hub.is_taken(&step.intent.posting_key, decision.track.id)?;
            }
            if taken {
                let queue = decision.current.as_ref().map_or("", |current| &current.queue);
                refused.insert(
                    number,
                    Problem::one("key-conflict", "another record has posted under the same key", queue),
                );
                continue;
            }
            if !decision.steps.is_empty() {
                reopen(pass, decision)?;
            }
            for (place, step) in decision.steps.drain(..).enumerate() {
                let entry = hub.intend(pass.mark.id, &step.intent, pass.run.plan(), &pass.run.at)?;
                made.push(Made { decision: number, step, entry, follows: place > 0, answer: None, in_vain: None });
            }
        }
        Ok(made)
    })
}

/// Whatever happens to its postings, the record is looked at again.
fn reopen(pass: &Pass<'_>, decision: &Decision) -> Outcome {
    if decision.track.open { Ok(()) } else { pass.hub().set_open(decision.track.id, true) }
}

/// Makes the calls of a batch: those of one entity together and in order; a new line in another target than the line it replaces,
/// only after that was reversed.
fn call(pass: &Pass<'_>, made: &mut [Made], targets: &mut Targets<'_>) -> Outcome {
    let apart = pass.run.options.kill.as_ref().is_some_and(|trap| trap.watches("correct.after-reversal"));
    let mut second = Vec::with_capacity(made.len());
    let mut before: Option<&Made> = None;
    for step in made.iter() {
        let elsewhere = before.is_some_and(|before| before.step.route != step.step.route);
        second.push(step.follows && (elsewhere || apart));
        before = Some(step);
    }
    for late in [false, true] {
        let mut reversed = false;
        for route in 0..pass.sync.routes.len() {
            let Some(to) = pass.sync.routes.get(route) else { continue };
            let mine: Vec<usize> = (0..made.len())
                .filter(|&ix| {
                    second.get(ix) == Some(&late)
                        && made.get(ix).is_some_and(|step| step.step.route == route && step.answer.is_none())
                })
                .collect();
            let mut calls = Vec::with_capacity(mine.len());
            let mut called = Vec::with_capacity(mine.len());
            for &ix in &mine {
                let before = ix.checked_sub(1).and_then(|before| made.get(before));
                let undone = before.is_some_and(|before| matches!(before.answer, Some(Answer::Refused { .. })));
                let in_vain = before.and_then(|before| before.in_vain.clone());
                let Some(step) = made.get_mut(ix) else { continue };
                reversed |= step.step.intent.kind == Kind::Reverse;
                let comes_after = step.follows && late;
                if comes_after && in_vain.is_some() {
                    step.in_vain = in_vain;
                    continue;
                }
                if comes_after && undone {
                    step.answer = Some(Answer::Refused { message: NOT_REVERSED.to_owned() });
                    continue;
                }
                let call = std::mem::take(&mut step.step.call);
                calls.push(Call { only_after_previous: !late && step.follows, ..call });
                called.push(ix);
            }
            if calls.is_empty() {
                continue;
            }
            let (answers, failed) = make(pass, to, &calls, targets)?;
            if let Some(message) = &failed {
                pass.out_of_reach.borrow_mut().insert(to.map.system.clone(), message.clone());
            }
            let mut answers = answers.into_iter();
            for ix in called {
                if let Some(step) = made.get_mut(ix) {
                    step.answer = answers.next();
                    if step.answer.is_none() {
                        step.in_vain.clone_from(&failed);
                    }
                }
            }
        }
        if !late && reversed && apart {
            pass.run.options.pass("correct.after-reversal")?;
        }
    }
    Ok(())
}

/// Makes the calls of a batch to one target: the answers, and why there are no more of them when it could not be reached.
pub(super) fn make(
    pass: &Pass<'_>,
    to: &Route<'_>,
    calls: &[Call],
    targets: &mut Targets<'_>,
) -> Outcome<(Vec<Answer>, Option<String>)> {
    let mut answers: Vec<Answer> = Vec::with_capacity(calls.len());
    let lines = targets.budget(pass, to)?.map_or(calls.len(), |budget| budget.batch).max(1);
    for part in calls.chunks(lines) {
        let not_reversed = part.first().is_some_and(|call| call.only_after_previous)
            && matches!(answers.last(), Some(Answer::Refused { .. }));
        let mut part = part;
        if not_reversed {
            // It follows the call before, which was refused.
            answers.push(Answer::Refused { message: NOT_REVERSED.to_owned() });
            part = part.get(1..).unwrap_or_default();
        }
        if part.is_empty() {
            continue;
        }
        match one_call(pass, to, part, targets) {
            Ok(found) => answers.extend(found),
            Err(error) if pass.tries_again_after(&error) => return Ok((answers, Some(error.to_string()))),
            Err(error) => return Err(error),
        }
    }
    Ok((answers, None))
}

fn one_call(pass: &Pass<'_>, to: &Route<'_>, calls: &[Call], targets: &mut Targets<'_>) -> Outcome<Vec<Answer>> {
    if let Some(budget) = targets.budget(pass, to)? {
        budget.left = budget.left.saturating_sub(1);
        let began = budget.began;
        pass.hub().count_call(&to.map.system, began)?;
    }
    let passed = |step: &str| pass.run.options.pass(step);
    let answers = targets.to(to)?.call(to.entity, calls, pass.run.options.at, &passed)?;
    pass.run.options.pass("posting.answered")?;
    Ok(answers)
}

/// Notes the records whose target could not be reached.
fn failed(
    pass: &Pass<'_>,
    made: &[Made],
    decisions: &mut [Decision],
    refused: &mut BTreeMap<usize, Problem>,
) -> Outcome {
    let mut noted = BTreeSet::new();
    for step in made {
        let (Some(message), Some(decision)) = (&step.in_vain, decisions.get_mut(step.decision)) else { continue };
        if !noted.insert(step.decision) {
            continue;
        }
        match pass.call_failed(decision.track.id, message)? {
            Pending::Waits => decision.called_in_vain(),
            Pending::Queued(message) => {
                refused.entry(step.decision).or_insert_with(|| pass.unreachable(&message));
            }
        }
    }
    Ok(())
}

fn answer(pass: &Pass<'_>, made: &Made, decisions: &[Decision], refused: &mut BTreeMap<usize, Problem>) -> Outcome {
    let hub = pass.hub();
    match &made.answer {
        Some(Answer::Done { returned }) => {
            let decision = decisions.get(made.decision);
            let record = decision.and_then(|decision| decision.track.record);
            if made.step.intent.kind != Kind::Reverse
                && let Some(decision) = decision
                && let Some(row) = decision.rows.iter().find(|row| row.id == made.step.intent.row)
            {
                pass.posted_from(row.run, decision.track.id)?;
            }
            pass.done(made.entry, &made.step.intent.done(), record, returned)
        }
        Some(Answer::Refused { message }) => {
            hub.settle_refused(made.entry, &pass.run.at, message)?;
            let queue = decisions
                .get(made.decision)
                .and_then(|decision| decision.current.as_ref())
                .map_or("", |current| &current.queue);
            refused.entry(made.decision).or_insert_with(|| Problem::one("target-refused", message, queue));
            Ok(())
        }
        None => hub.settle_refused(made.entry, &pass.run.at, "it was not called"),
    }
}

impl Pass<'_> {
    /// Settles an entry that is done, and counts it. The first line of a record gives it its identifier in the target.
    pub(super) fn done(
        &self,
        entry: i64,
        done: &Done<'_>,
        record: Option<u64>,
        returned: &[(String, Cell)],
    ) -> Outcome {
        let returned = serde_json::to_string(returned).unwrap_or_default();
        self.hub().settle_done(entry, done, &self.run.at, &returned)?;
        let mut this_run = self.this_run.borrow_mut();
        match done.kind {
            Kind::Post | Kind::Delta => this_run.posted += 1,
            Kind::Reverse => this_run.reversed += 1,
            Kind::Overwrite => this_run.overwritten += 1,
        }
        match record {
            Some(record) if done.kind == Kind::Post && done.generation == 1 => {
                self.hub().bind(done.target, done.target_key, self.sync.object_name, record)
            }
            _ => Ok(()),
        }
    }
}
