//! Recovery: postings an earlier run left without an outcome.
//!
//! While the target remembers the idempotency key, and for writes that repeat themselves harmlessly, the call is made again. Past
//! that, the hub looks for the line by the field the target can be searched by. With neither nobody can tell, and nothing is
//! retried: the record is quarantined as `outcome-unknown`.
//!
//! Outside the window of a sync its target is searched but not called: what would be called again keeps its intent, and its record
//! stays staged, until the window opens. A key whose life ends before that is past it, as above.

use super::line::{difference, key_cells, line, reversal};
use super::post::Targets;
use super::prepare::Route;
use super::{Pass, Unknown};
use crate::connectors::{Answer, Call, CallKind, Cell, NOT_REVERSED};
use crate::error::Outcome;
use crate::hub::{Entry, Kind};
use crate::values;
use jiff::{SignedDuration, Timestamp};
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

pub(super) fn recover(pass: &mut Pass<'_>, entries: &[Entry], targets: &mut Targets<'_>) -> Outcome {
    let mut again: Vec<Again<'_>> = Vec::new();
    let mut unknown = Vec::new();
    for entry in entries {
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
        if is_harmless(pass, entry) || is_remembered(pass, entry, route) {
            if pass.is_open() {
                again.push(Again { entry, route, call });
            }
            continue;
        }
        match search(&call, route, targets)? {
            Searched::Done(returned) => pass.hub().transaction(|_| done(pass, entry, &returned))?,
            Searched::NotThere => not_done(pass, entry, "it never reached the target")?,
            Searched::Unknown(why) => unknown.push((entry, why)),
        }
    }
    for run in again.chunk_by(|a, b| a.route.name == b.route.name) {
        call_again(pass, run, targets)?;
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
        (Kind::Overwrite, Some(previous)) => {
            (CallKind::Overwrite, key_cells(&line(&read(&previous.image), entry.generation, route, program), route))
        }
        (Kind::Post, _) if pass.sync.correct == Correction::Overwrite => (CallKind::Upsert, key_cells(&made, route)),
        _ => (CallKind::Create, Vec::new()),
    };
    let idempotency_key = entry.posting_key.clone();
    Ok(Some(Call { idempotency_key, kind, key, fields: made.fields, only_after_previous: false }))
}

/// Bringing a line to a state twice is bringing it there once.
fn is_harmless(pass: &Pass<'_>, entry: &Entry) -> bool {
    entry.kind == Kind::Overwrite || (entry.kind == Kind::Post && pass.sync.correct == Correction::Overwrite)
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
    let Some(mut cells) = targets.of(&route.map.system)?.find(route.entity, by, value, &fields)? else {
        return Ok(Searched::NotThere);
    };
    let returned = cells.split_off(call.fields.len().min(cells.len()));
    if cells.iter().zip(&call.fields).any(|(stored, (_, written))| !stored.says_the_same_as(written)) {
        let message = format!("`{}` has a line with this `{by}` which is not the one posted", route.name);
        return Ok(Searched::Unknown(Unknown { reason: "stored-differently", message }));
    }
    Ok(Searched::Done(route.entity.returns.iter().cloned().zip(returned).collect()))
}

fn call_again(pass: &Pass<'_>, run: &[Again<'_>], targets: &mut Targets<'_>) -> Outcome {
    let Some(first) = run.first() else { return Ok(()) };
    let passed = |step: &str| pass.run.options.pass(step);
    // The reversal which the first call follows may have been in another target, or in the calls before.
    let mut refused = false;
    if first.call.only_after_previous {
        refused = !pass.hub().is_reversed(first.entry.track)?;
    }
    let calls: Vec<Call> = run.iter().map(|again| again.call.clone()).collect();
    let skipped = usize::from(refused);
    let answers = targets.of(&first.route.map.system)?.call(
        first.route.entity,
        calls.get(skipped..).unwrap_or_default(),
        pass.run.options.at,
        &passed,
    )?;
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
    pass.run.options.pass("recover.after-outcome")
}

fn done(pass: &Pass<'_>, entry: &Entry, returned: &[(String, Cell)]) -> Outcome {
    pass.hub().set_open(entry.track, true)?;
    let record = pass.hub().track(entry.track)?.record;
    pass.done(entry.id, &entry.done(), record, returned)
}

fn not_done(pass: &Pass<'_>, entry: &Entry, why: &str) -> Outcome {
    pass.hub().transaction(|_| not_done_here(pass, entry, why))
}

fn not_done_here(pass: &Pass<'_>, entry: &Entry, why: &str) -> Outcome {
    pass.hub().settle_refused(entry.id, &pass.run.at, why)?;
    pass.hub().set_open(entry.track, true)
}
