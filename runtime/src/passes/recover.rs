//! Recovery: postings an earlier run left without an outcome.
//!
//! While the target remembers the idempotency key, and for writes that repeat themselves harmlessly, the call is made again. Past
//! that, the hub looks for the line by the field the target can be searched by. With neither nobody can tell, and nothing is
//! retried: the record is quarantined as `outcome-unknown`.
//!
//! Outside the window of a sync its target is searched but not called: what would be called again keeps its intent, and its record
//! stays staged, until the window opens. A key whose life ends before that is past it, as above.

use super::line::{difference, key_cells, line, reversal, written_cells};
use super::post::{Targets, make};
use super::prepare::Route;
use super::retry::Pending;
use super::{Pass, Unknown};
use crate::connectors::{Answer, Call, CallKind, Cell, NOT_REVERSED};
use crate::error::Outcome;
use crate::hub::{Entry, Kind, TrackId};
use crate::values;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use syncline_ir::Correction;

/// An entry that is settled by calling again.
struct Again<'a> {
    entry: &'a Entry,
    route: &'a Route<'a>,
    call: Call,
}

/// What searching the target says about an entry.
enum Searched {
    Done(Vec<(String, Cell)>),
    NotThere,
    Unknown(Unknown),
}

pub(super) fn recover(pass: &mut Pass<'_>, entries: &[Entry], post_is_due: bool, targets: &mut Targets<'_>) -> Outcome {
    let mut again: Vec<Again<'_>> = Vec::new();
    let mut unknown = Vec::new();
    let retries = pass.hub().retries(pass.mark.id)?;
    // Systems that could not be reached here, and why: their other calls are not made in vain too.
    let mut lost: BTreeMap<String, String> = BTreeMap::new();
    for entry in entries {
        if let Some(retry) = retries.get(&entry.track).filter(|retry| !pass.is_tried_now(retry, post_is_due)) {
            pass.pending(entry.track, retry);
            continue;
        }
        let Some(route) = pass.sync.route_to(&entry.target) else {
            unknown.push((entry, Unknown::outcome(format!("`{}` is not a target any more", entry.target))));
            continue;
        };
        let Some(mut call) = call_of(pass, entry, route)? else {
            let message = format!("`{}` was called, and with the plan as it is nobody can tell what with", route.name);
            unknown.push((entry, Unknown::outcome(message)));
            continue;
        };
        call.only_after_previous =
            again.last().is_some_and(|before| before.entry.track == entry.track && before.entry.kind == Kind::Reverse);
        if is_harmless(pass, entry, route) || is_remembered(pass, entry, route) {
            if pass.is_open() {
                again.push(Again { entry, route, call });
            } else if let Some(retry) = retries.get(&entry.track) {
                pass.pending(entry.track, retry);
            }
            continue;
        }
        if let Some(message) = lost.get(&route.map.system) {
            in_vain(pass, &[entry.track], message)?;
            continue;
        }
        match search(&call, route, targets) {
            Ok(Searched::Done(returned)) => {
                pass.hub().transaction(|_| done(pass, entry, &returned))?;
                pass.reached_again.set(pass.reached_again.get() || retries.contains_key(&entry.track));
            }
            Ok(Searched::NotThere) => {
                not_done(pass, entry, "it never reached the target")?;
                pass.reached_again.set(pass.reached_again.get() || retries.contains_key(&entry.track));
            }
            Ok(Searched::Unknown(why)) => unknown.push((entry, why)),
            Err(error) if pass.tries_again_after(&error) => {
                let message = error.to_string();
                in_vain(pass, &[entry.track], &message)?;
                lost.insert(route.map.system.clone(), message);
            }
            Err(error) => return Err(error),
        }
    }
    for run in again.chunk_by(|a, b| a.route.name == b.route.name) {
        // What follows a call that was made in vain just now waits with it.
        let follows = |again: &&Again<'_>| pass.pending.borrow().contains_key(&again.entry.track);
        let run = run.get(run.iter().take_while(follows).count()..).unwrap_or_default();
        let Some(first) = run.first() else { continue };
        let tracks: Vec<TrackId> = run.iter().map(|again| again.entry.track).collect();
        if let Some(message) = lost.get(&first.route.map.system) {
            in_vain(pass, &tracks, message)?;
            continue;
        }
        let (run, held) = run.split_at(affordable(pass, run, targets)?);
        for again in held {
            pass.pending.borrow_mut().insert(again.entry.track, Pending::Waits);
        }
        if run.is_empty() {
            continue;
        }
        match call_again(pass, run, targets)? {
            (answered, None) => {
                let had_failed = tracks.iter().take(answered).any(|track| retries.contains_key(track));
                pass.reached_again.set(pass.reached_again.get() || had_failed);
            }
            (answered, Some(message)) => {
                in_vain(pass, tracks.get(answered..run.len()).unwrap_or_default(), &message)?;
                lost.insert(first.route.map.system.clone(), message);
            }
        }
    }
    for (entry, why) in unknown {
        pass.hub().transaction(|_| {
            pass.hub().settle_unknown(entry.id, &pass.run.at, &why.message)?;
            pass.hub().set_open(entry.track, true)
        })?;
        pass.unknown.insert(entry.track, why);
    }
    Ok(())
}

/// The call an entry stands for, made again from the ledger; none of a delta that cannot be computed with the fields as they are now.
fn call_of(pass: &Pass<'_>, entry: &Entry, route: &Route<'_>) -> Outcome<Option<Call>> {
    let program = pass.run.program();
    let read = |image: &str| values::decode(image, &program.entity(route.entity_ix).fields, program);
    let previous = entry.previous.map(|id| pass.hub().entry(id)).transpose()?.flatten();
    let image = read(&entry.image);
    let made = match (entry.kind, &previous) {
        (Kind::Delta, Some(previous)) => match difference(&read(&previous.image), &image, route, program) {
            Some(difference) => line(&difference, entry.generation, route, program),
            None => return Ok(None),
        },
        (Kind::Reverse, Some(previous)) => reversal(&image, entry.generation, &previous.target_key, route, program),
        _ => line(&image, entry.generation, route, program),
    };
    let (kind, key) = match (entry.kind, &previous) {
        (Kind::Reverse, _) if route.publishes => (CallKind::Withdraw, key_cells(&made, route)),
        _ if route.publishes => (CallKind::Overwrite, key_cells(&made, route)),
        (Kind::Overwrite, Some(previous)) => {
            (CallKind::Overwrite, key_cells(&line(&read(&previous.image), entry.generation, route, program), route))
        }
        (Kind::Post, _) if pass.sync.correct == Correction::Overwrite => (CallKind::Upsert, key_cells(&made, route)),
        _ => (CallKind::Create, Vec::new()),
    };
    let idempotency_key = entry.posting_key.clone();
    Ok(Some(Call { idempotency_key, kind, key, fields: written_cells(made, route), only_after_previous: false }))
}

/// Bringing a line to a state twice is bringing it there once.
fn is_harmless(pass: &Pass<'_>, entry: &Entry, route: &Route<'_>) -> bool {
    route.publishes
        || entry.kind == Kind::Overwrite
        || (entry.kind == Kind::Post && pass.sync.correct == Correction::Overwrite)
}

fn is_remembered(pass: &Pass<'_>, entry: &Entry, route: &Route<'_>) -> bool {
    let (Some(life), Ok(intended)) = (&route.entity.idempotency, entry.intended_at.parse::<Timestamp>()) else {
        return false;
    };
    pass.run.options.at.duration_since(intended)
        <= SignedDuration::from_secs(i64::try_from(life.seconds).unwrap_or(i64::MAX))
}

fn search(call: &Call, route: &Route<'_>, targets: &mut Targets<'_>) -> Outcome<Searched> {
    let by = route.entity.find_by.as_ref().and_then(|name| call.fields.iter().find(|(field, _)| field == name));
    let Some((by, value)) = by else {
        let message = format!("`{}` was called and did not answer, and cannot be asked whether it did it", route.name);
        return Ok(Searched::Unknown(Unknown::outcome(message)));
    };
    let fields: Vec<&str> = call
        .fields
        .iter()
        .map(|(name, _)| name.as_str())
        .chain(route.entity.returns.iter().map(String::as_str))
        .collect();
    let Some(mut cells) = targets.to(route)?.find(route.entity, by, value, &fields)? else {
        return Ok(Searched::NotThere);
    };
    let returned = cells.split_off(call.fields.len().min(cells.len()));
    if cells.iter().zip(&call.fields).any(|(stored, (_, written))| !stored.says_the_same_as(written)) {
        let message = format!("`{}` has a line with this `{by}` which is not the one posted", route.name);
        return Ok(Searched::Unknown(Unknown { reason: "stored-differently", message }));
    }
    Ok(Searched::Done(route.entity.returns.iter().cloned().zip(returned).collect()))
}

/// How many calls of a run the limit of their system lets through; those of one record stay together.
fn affordable(pass: &Pass<'_>, run: &[Again<'_>], targets: &mut Targets<'_>) -> Outcome<usize> {
    let Some(first) = run.first() else { return Ok(0) };
    let Some(budget) = targets.budget(pass, first.route)?.copied() else { return Ok(run.len()) };
    let mut lines = budget.lines().min(run.len());
    if lines < run.len() {
        pass.limited.borrow_mut().insert(first.route.map.system.clone(), budget.next);
        let track = |at: usize| run.get(at).map(|again| again.entry.track);
        while lines > 0 && track(lines) == track(lines - 1) {
            lines -= 1;
        }
    }
    Ok(lines)
}

/// Notes that the calls of records failed once more. Each record counts once.
fn in_vain(pass: &Pass<'_>, tracks: &[TrackId], message: &str) -> Outcome {
    pass.hub().transaction(|_| {
        for track in tracks.iter().collect::<BTreeSet<_>>() {
            let noted = pass.pending.borrow().contains_key(track);
            if !noted && matches!(pass.call_failed(*track, message)?, Pending::Queued(_)) {
                pass.given_up.set(true);
            }
            pass.hub().set_open(*track, true)?;
        }
        Ok(())
    })
}

/// How many of the calls were answered, and why not all of them were.
fn call_again(pass: &Pass<'_>, run: &[Again<'_>], targets: &mut Targets<'_>) -> Outcome<(usize, Option<String>)> {
    let Some(first) = run.first() else { return Ok((0, None)) };
    // The reversal which the first call follows may have been in another target, or in the calls before.
    let mut refused = false;
    if first.call.only_after_previous {
        refused = !pass.hub().is_reversed(first.entry.track)?;
    }
    let calls: Vec<Call> = run.iter().map(|again| again.call.clone()).collect();
    let skipped = usize::from(refused);
    let (answers, failed) = make(pass, first.route, calls.get(skipped..).unwrap_or_default(), targets)?;
    let answered = skipped + answers.len();
    pass.run.options.pass("recover.after-call")?;
    pass.hub().transaction(|_| {
        if refused {
            not_done_here(pass, first.entry, NOT_REVERSED)?;
        }
        for (again, answer) in run.iter().skip(skipped).zip(answers) {
            match answer {
                Answer::Done { returned } => done(pass, again.entry, &returned)?,
                Answer::Refused { message } => not_done_here(pass, again.entry, &message)?,
            }
        }
        Ok(())
    })?;
    pass.run.options.pass("recover.after-outcome")?;
    Ok((answered, failed))
}

fn done(pass: &Pass<'_>, entry: &Entry, returned: &[(String, Cell)]) -> Outcome {
    pass.hub().set_open(entry.track, true)?;
    let record = pass.hub().track(entry.track)?.record;
    if entry.kind != Kind::Reverse {
        pass.posted_from(pass.hub().run_of(entry.row)?, entry.track)?;
    }
    pass.done(entry.id, &entry.done(), record, returned)
}

fn not_done(pass: &Pass<'_>, entry: &Entry, why: &str) -> Outcome {
    pass.hub().transaction(|_| not_done_here(pass, entry, why))
}

fn not_done_here(pass: &Pass<'_>, entry: &Entry, why: &str) -> Outcome {
    pass.hub().settle_refused(entry.id, &pass.run.at, why)?;
    pass.hub().set_open(entry.track, true)
}
