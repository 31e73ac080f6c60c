//! A run: every sync in its order, capture, map, post, reconcile (section 1).

use super::apply::{Mapper, OwnOutcomes, apply, track_records};
use super::capture::capture;
use super::clock::Clock;
use super::dated::{bring_into_force, compare_rows};
use super::events::keep_their_contracts;
use super::plan_change::reread;
use super::post::{Targets, check_target, post};
use super::prepare::{Prepared, ReadySync};
use super::promises::Took;
use super::reconcile::reconcile;
use super::recover::recover;
use super::store::Store;
use super::waves::rest;
use super::way_back::follow;
use super::{Pass, Run};
use crate::connectors::Connectors;
use crate::error::{Outcome, RuntimeError};
use crate::hub::{Hub, PassKind, SyncMark};
use crate::options::{Options, Part, Passes, Progress, Stage};
use crate::profile::Profile;
use crate::report::{FORMAT, Raised, RunReport, SyncReport, ThisRun, Totals};
use crate::timetable::{Last, Turn};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;
use syncline_ir::Plan;

/// Runs the syncs of a plan once.
///
/// Records that fail are in the report and in their queues. What was committed before an error stays; the next run goes on from
/// there.
///
/// # Errors
/// When the hub is in use or broken, a system cannot be read or written or is not shaped as the plan says, or the plan itself
/// cannot be run. Sources and targets are looked at before anything is captured.
pub fn run(plan: &Plan, profile: &Profile, options: &Options, progress: &mut dyn Progress) -> Outcome<RunReport> {
    let connectors = Connectors::new(profile, &options.base_dir);
    let open = || Hub::open(&options.base_dir.join(&profile.hub));
    let waves = profile.waves.as_deref();
    run_with(plan, waves, &connectors, options, progress, open).map(|(report, _)| report)
}

/// Runs with these waves and connectors, on the hub that `open` gives once the plan is known to be sound.
pub(crate) fn run_with(
    plan: &Plan,
    waves: Option<&[String]>,
    connectors: &Connectors<'_>,
    options: &Options,
    progress: &mut dyn Progress,
    open: impl FnOnce() -> Outcome<Hub>,
) -> Outcome<(RunReport, Hub)> {
    let prepared = Prepared::new(plan)?;
    let mut syncs = prepared.syncs()?;
    rest(plan, waves, &mut syncs)?;
    let hub = open()?;
    in_order(&hub, options).map_err(|error| hub.named(error))?;
    keep_their_contracts(&hub, &syncs).map_err(|error| hub.named(error))?;
    let unchecked = check(&syncs, connectors, options)?;
    let report = carry_out(&hub, &prepared, &syncs, connectors, unchecked, options, progress)
        .map_err(|error| hub.named(error))?;
    Ok((report, hub))
}

/// A run looks at the sources as they are now: in one that takes place before the last one, what is older would count as news.
fn in_order(hub: &Hub, options: &Options) -> Outcome {
    let last = hub.last_run()?.and_then(|at| at.parse::<jiff::Timestamp>().ok());
    match last.filter(|last| !options.earlier && *last > options.at) {
        Some(last) => Err(RuntimeError::Hub {
            hub: PathBuf::new(),
            message: format!(
                "its last run took place at {last}, later than {}: what was captured since would be taken for older; \
                 `--earlier` runs all the same",
                options.at
            ),
        }),
        None => Ok(()),
    }
}

/// Looks at every source and target that the run will use. Gives the targets that cannot be reached and are tried again.
fn check(syncs: &[ReadySync<'_>], connectors: &Connectors<'_>, options: &Options) -> Outcome<BTreeSet<String>> {
    let mut unchecked = BTreeSet::new();
    let reads = matches!(options.passes, Passes::All | Passes::Due);
    let syncs = || syncs.iter().filter(|sync| sync.runs(options));
    let mut systems = BTreeSet::new();
    for sync in syncs() {
        if reads {
            systems.extend(sync.inbound.iter().map(|inbound| inbound.map.system.as_str()));
        }
        systems.extend(sync.routes.iter().map(|route| route.map.system.as_str()));
    }
    for system in systems {
        connectors.prepare(system, &|step| options.pass(step))?;
    }
    for sync in syncs() {
        if let (true, Some(inbound)) = (reads, &sync.inbound) {
            let mut source = connectors.source(&inbound.map.system)?;
            match &inbound.entity.nested {
                None => source.check(inbound.entity)?,
                Some(nested) => source.check_holders(inbound.entity, nested)?,
            }
        }
        for route in &sync.routes {
            let found =
                connectors.target(&route.map.system).and_then(|mut target| check_target(target.as_mut(), route));
            match found {
                Err(RuntimeError::Unreachable { .. }) if sync.sync.retry.is_some() => {
                    unchecked.insert(route.name.clone());
                }
                other => other?,
            }
        }
    }
    Ok(unchecked)
}

pub(crate) fn carry_out(
    hub: &Hub,
    prepared: &Prepared<'_>,
    syncs: &[ReadySync<'_>],
    connectors: &Connectors<'_>,
    unchecked: BTreeSet<String>,
    options: &Options,
    progress: &mut dyn Progress,
) -> Outcome<RunReport> {
    let at = options.at.to_string();
    let (id, marks) = hub.transaction(|_| {
        let marks = syncs.iter().map(|sync| hub.sync(&sync.sync.name, &sync.entity)).collect::<Outcome<Vec<_>>>()?;
        Ok((hub.begin_run(&at, &prepared.plan.hash, options.passes, options.only.as_deref())?, marks))
    })?;
    let store = Store::new(hub, &prepared.program)?;
    hub.transaction(|_| store.compare_under(&prepared.plan.hash))?;
    bring_into_force(&store, options.at, id)?;
    let decided = hub.has_decisions()?;
    let progress = RefCell::new(progress);
    let tell = |sync: &str, stage: Stage, done: u64, total: Option<u64>| {
        progress.borrow_mut().advance(sync, stage, done, total)
    };
    let run = Run {
        hub,
        prepared,
        store,
        options,
        id,
        at,
        tell: &tell,
        decided,
        clock: Clock::default(),
        instants: RefCell::default(),
    };
    let mut passes: Vec<Pass<'_>> = syncs
        .iter()
        .zip(marks)
        .map(|(sync, mark)| Pass {
            run: &run,
            sync,
            mark,
            this_run: RefCell::new(ThisRun::default()),
            unknown: FxHashMap::default(),
            pending: RefCell::default(),
            out_of_reach: RefCell::default(),
            reached_again: Cell::new(false),
            given_up: Cell::new(false),
            limited: RefCell::default(),
            lateness: RefCell::default(),
            posting: Cell::new(false),
        })
        .collect();
    let mut targets = Targets::new(connectors, unchecked);
    let unsettled = hub.unsettled()?;
    let may_call = |pass: &&mut Pass<'_>| options.passes != Passes::Reconcile && pass.sync.runs(options);
    for pass in passes.iter_mut().filter(may_call) {
        let entries: Vec<_> = unsettled.iter().filter(|entry| entry.sync == pass.mark.id).cloned().collect();
        let post_is_due = turn(pass).post;
        run.time(Part::Recover, || recover(pass, &entries, post_is_due, &mut targets))?;
        run.advance(pass.sync, Stage::Recover, entries.len(), Some(entries.len()));
    }
    let mut reports = Vec::with_capacity(passes.len());
    for pass in &passes {
        reports.push(sync(pass, connectors, &mut targets)?);
        for (part, time) in run.clock.take() {
            progress.borrow_mut().took(&pass.sync.sync.name, part, time);
        }
    }
    let mut next = None;
    for pass in passes.iter().filter(|pass| pass.sync.resting.is_none()) {
        let after = pass.sync.timetable().next(&last(&hub.mark(pass.mark.id)?), options.at);
        let held = hub.mark(pass.mark.id)?.held_until.and_then(|until| until.parse().ok());
        let held = held.and_then(|until: jiff::Timestamp| pass.when_open(until.max(options.at)));
        next = next.into_iter().chain(after).chain(pass.next_retry(options.at)?).chain(held).min();
    }
    let report = RunReport {
        format: FORMAT,
        run: id.to_string(),
        at: run.at.clone(),
        next: next.map(|next| next.to_string()),
        totals: Totals::of(&reports),
        syncs: reports,
    };
    let text = serde_json::to_string(&report).map_err(|error| RuntimeError::plan(error.to_string()))?;
    hub.end_run(id, &run.at, &text)?;
    Ok(report)
}

/// The events that the sync has seen.
fn raised(pass: &Pass<'_>) -> Outcome<Vec<Raised>> {
    if pass.sync.inbound.as_ref().is_none_or(|inbound| inbound.events.is_empty()) {
        return Ok(Vec::new());
    }
    let found = pass.hub().events_of(pass.mark.id, pass.run.id)?;
    let raised = |(event, version, count, new)| Raised { event, version, count, new };
    Ok(found.into_iter().map(raised).collect())
}

/// When the passes of a sync last took place.
fn last(mark: &SyncMark) -> Last {
    let instant = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
    Last {
        captured: instant(&mark.captured_at),
        posted: instant(&mark.posted_at),
        reconciled: instant(&mark.reconciled_at),
    }
}

/// The passes of a sync in this run.
fn turn(pass: &Pass<'_>) -> Turn {
    let options = pass.run.options;
    if !pass.sync.runs(options) {
        return Turn::NONE;
    }
    pass.sync.timetable().turn(options.passes, &last(&pass.mark), options.at)
}

fn sync(pass: &Pass<'_>, connectors: &Connectors<'_>, targets: &mut Targets<'_>) -> Outcome<SyncReport> {
    let (hub, id) = (pass.hub(), pass.mark.id);
    let open = pass.is_open();
    let mut turn = turn(pass);
    let held = pass.mark.held_until.as_ref().and_then(|until| until.parse::<jiff::Timestamp>().ok());
    let released = pass.run.options.passes == Passes::Due && held.is_some_and(|until| until <= pass.run.options.at);
    if pass.reached_again.get() || released {
        // What was held back because of the target has waited long enough.
        turn.post = open;
    }
    let mut last =
        hub.last_reconciliation(id)?.map(|(even, lines)| (even, serde_json::from_str(&lines).unwrap_or_default()));
    let mut differing = Vec::new();
    let mut accounts = None;
    let mut took = Took::default();
    // What recovery found out about records is said at once, whatever is due.
    if turn.capture || turn.post || pass.reached_again.get() || pass.given_up.get() {
        pass.posting.set(turn.post && pass.sync.posts());
        let start = Instant::now();
        let mapper =
            pass.sync.inbound.as_ref().map(|inbound| Mapper::new(pass, inbound).on_a_new_object()).transpose()?;
        let outcomes = match &mapper {
            Some(mapper) => {
                if turn.capture {
                    let mut source = connectors.source(&mapper.inbound.map.system)?;
                    pass.run.time(Part::Capture, || capture(pass, mapper.inbound, source.as_mut()))?;
                }
                pass.run.time(Part::Map, || {
                    if mapper.inbound.posted {
                        follow(pass, mapper.inbound)?;
                    }
                    reread(mapper)?;
                    let outcomes = apply(mapper)?;
                    compare_rows(pass)?;
                    Ok::<_, RuntimeError>(outcomes)
                })?
            }
            None => {
                pass.run.time(Part::Capture, || track_records(pass))?;
                OwnOutcomes::default()
            }
        };
        took.capture = turn.capture.then(|| start.elapsed());
        let start = Instant::now();
        post(pass, mapper.as_ref(), &outcomes, targets)?;
        took.post = pass.posting.get().then(|| start.elapsed());
    }
    let exceeded = pass.exceeded(took)?;
    // Between two post passes the target says nothing new, unless somebody asks.
    let compares = pass.posting.get() || pass.run.options.passes == Passes::Reconcile;
    if pass.posting.get() {
        hub.set_held_until(id, pass.limited.borrow().values().min().copied())?;
    }
    let asked = pass.run.options.passes == Passes::Reconcile;
    // What was called and has not answered may be in the target or not: until that is known there is nothing to compare.
    let known = asked || (pass.out_of_reach.borrow().is_empty() && !pass.awaits_answers());
    let rule = pass.sync.sync.reconcile.as_ref().filter(|_| turn.reconcile && compares && known);
    let result = match rule.map(|rule| pass.run.time(Part::Reconcile, || reconcile(pass, rule, targets))) {
        Some(Err(error)) if pass.tries_again_after(&error) && !asked => {
            pass.out_of_reach.borrow_mut().insert(pass.sync.sync.name.clone(), error.to_string());
            None
        }
        other => other.transpose()?,
    };
    if let Some(result) = result {
        let text = serde_json::to_string(&result.lines).map_err(|error| RuntimeError::plan(error.to_string()))?;
        hub.transaction(|_| {
            hub.add_reconciliation(pass.run.id, id, &pass.run.at, result.even, &text)?;
            hub.passed(id, PassKind::Reconcile, &pass.run.at)?;
            pass.run.options.pass("reconcile.before-commit")
        })?;
        pass.run.options.pass("reconcile.after-commit")?;
        pass.run.advance(pass.sync, Stage::Reconcile, 1, Some(1));
        last = Some((result.even, result.lines));
        differing = result.differing;
        accounts = Some(result.accounts);
    }
    if pass.sync.sync.reconcile.is_none() || pass.sync.resting.is_some() {
        last = None;
    }
    let this_run = *pass.this_run.borrow();
    let mut accounts = accounts.map_or_else(|| hub.accounts(id), Ok)?;
    accounts.unchanged = this_run.unchanged;
    let (reconciled, reconciliation) = last.map_or((None, Vec::new()), |(even, lines)| (Some(even), lines));
    let shut = pass.sync.window.filter(|_| !open && pass.sync.resting.is_none());
    let opening = shut.and_then(|window| window.next_opening(pass.run.options.at));
    Ok(SyncReport {
        name: pass.sync.sync.name.clone(),
        accounts,
        resting: pass.sync.resting.map(str::to_owned),
        events: raised(pass)?,
        opens: opening.map(|opening| opening.to_string()),
        reconciled,
        reconciliation,
        differing,
        unreachable: pass.out_of_reach_now()?,
        limited: pass.held_back(),
        late: pass.late()?,
        exceeded,
        notices: hub.notices(id)?,
        this_run,
    })
}
