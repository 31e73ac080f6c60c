//! Expectations, and what to say when they are not met.

use super::TestFailure;
use super::matching::pairs;
use super::world::World;
use crate::connectors::Cell;
use crate::error::Outcome;
use crate::passes::cells::values;
use crate::passes::store::Store;
use crate::report::Accounts;
use syncline_eval::{LinkedField, Value};
use syncline_ir::{At, TestAction, TestPlace, TestRecord};

/// A record that is there: a value or what stands in its place, by position of the field.
type Found = Vec<Result<Value, String>>;

/// What of an expectation is not met.
pub(super) fn unmet(world: &World<'_>, expectation: &TestAction, at: &At) -> Outcome<Vec<TestFailure>> {
    match expectation {
        TestAction::Given(..) | TestAction::Run { .. } => Ok(Vec::new()),
        TestAction::Rows(place, expected) => rows(world, place, expected, at),
        TestAction::Exception { key, reason, queue } => exception(world, key, reason, queue, at),
        TestAction::NoExceptions => {
            let open = open_exceptions(world)?;
            if open.is_empty() {
                return Ok(Vec::new());
            }
            let number = open.len();
            let plural = if number == 1 { "" } else { "s" };
            let mut failure = TestFailure::new(at, format!("{number} exception{plural} found, and none expected"));
            failure.help = Some(format!("found {}", told(&open)));
            Ok(vec![failure])
        }
        TestAction::Counts { sync, counts } => Ok(accounts(world, sync, counts, at)),
        TestAction::Reconciled { sync } => Ok(reconciled(world, sync, at)),
    }
}

struct Open {
    key: String,
    reason: String,
    queue: String,
    message: String,
}

fn open_exceptions(world: &World<'_>) -> Outcome<Vec<Open>> {
    let listed = world.hub.listed(None)?;
    let open = listed.into_iter().map(|one| {
        let texts: Vec<crate::hub::ExceptionText> = serde_json::from_str(&one.reasons).unwrap_or_default();
        let message = texts.into_iter().next().map_or_else(String::new, |first| first.message);
        Open { key: one.key, reason: one.reason, queue: one.queue, message }
    });
    Ok(open.collect())
}

fn told(open: &[Open]) -> String {
    let lines =
        open.iter().take(5).map(|one| format!("`{}` {} in {}: {}", one.key, one.reason, one.queue, one.message));
    let mut text = lines.collect::<Vec<_>>().join("; ");
    if open.len() > 5 {
        text.push_str(&format!("; and {} more", open.len() - 5));
    }
    text
}

fn exception(world: &World<'_>, key: &str, reason: &str, queue: &str, at: &At) -> Outcome<Vec<TestFailure>> {
    let open = open_exceptions(world)?;
    let is_met = |one: &Open| one.key == key && one.reason.replace('-', "_") == reason && one.queue == queue;
    if open.iter().any(is_met) {
        return Ok(Vec::new());
    }
    let mut failure = TestFailure::new(at, format!("`{key}` is not in {queue} for {reason}"));
    failure.help =
        Some(if open.is_empty() { "there is no open exception".to_owned() } else { format!("found {}", told(&open)) });
    Ok(vec![failure])
}

fn account(accounts: &Accounts, name: &str) -> u64 {
    match name {
        "captured" => accounts.captured,
        "staged" => accounts.staged,
        "posted" => accounts.posted,
        "corrected" => accounts.corrected,
        "unchanged" => accounts.unchanged,
        "superseded" => accounts.superseded,
        "duplicate" => accounts.duplicate,
        "waiting" => accounts.waiting,
        "excluded" => accounts.excluded,
        "quarantined" => accounts.quarantined,
        _ => accounts.stale,
    }
}

fn accounts(world: &World<'_>, sync: &str, counts: &[(String, u64, At)], at: &At) -> Vec<TestFailure> {
    let Some(report) = world.reports.get(sync) else {
        return vec![TestFailure::new(at, format!("`{sync}` has not run"))];
    };
    let mut failure = TestFailure::new(at, format!("`{sync}` has other accounts than expected"));
    for (name, expected, place) in counts {
        let found = account(&report.accounts, name);
        if found != *expected {
            failure.notes.push((place.clone(), format!("found {found}")));
        }
    }
    if failure.notes.is_empty() { Vec::new() } else { vec![failure] }
}

fn reconciled(world: &World<'_>, sync: &str, at: &At) -> Vec<TestFailure> {
    let Some(report) = world.reports.get(sync) else {
        return vec![TestFailure::new(at, format!("`{sync}` has not run"))];
    };
    if report.reconciled == Some(true) {
        return Vec::new();
    }
    let mut failure = TestFailure::new(at, format!("`{sync}` does not reconcile"));
    failure.help =
        (!report.differing.is_empty()).then(|| format!("lines that differ: {}", report.differing.join(", ")));
    vec![failure]
}

fn found<'w>(
    world: &'w World<'_>,
    place: &TestPlace,
    store: &Store<'_>,
) -> Outcome<(&'w [LinkedField], &'w [usize], Vec<Found>)> {
    let program = &world.prepared.program;
    match place {
        TestPlace::Object(object) => {
            let Some(ix) = program.object_ix(object) else { return Ok((&[], &[], Vec::new())) };
            let linked = program.object(ix);
            let mut found = Vec::new();
            for id in world.hub.records_of(object)? {
                if let Some(record) = store.record(ix, id)? {
                    found.push(record.values.iter().cloned().map(Ok).collect());
                }
            }
            Ok((&linked.fields, &linked.key, found))
        }
        TestPlace::Entity { system, entity } => {
            let Some(ix) = program.entity_ix(system, entity) else { return Ok((&[], &[], Vec::new())) };
            let linked = program.entity(ix);
            let lines = world.systems.get(system).map(|memory| memory.lines(entity)).unwrap_or_default();
            let found = lines.iter().map(|line| {
                let cells: Vec<Cell> =
                    linked.fields.iter().map(|field| line.get(&*field.name).cloned().unwrap_or_default()).collect();
                let read = values(&cells, linked, program);
                read.into_iter().map(|cell| cell.map_err(|error| error.message)).collect()
            });
            Ok((&linked.fields, &linked.key, found.collect()))
        }
    }
}

fn rows(world: &World<'_>, place: &TestPlace, expected: &[TestRecord], at: &At) -> Outcome<Vec<TestFailure>> {
    let store = world.store()?;
    let (fields, key, found) = found(world, place, &store)?;
    // What each expected record wants, by position of the field.
    let mut wanted: Vec<Vec<(usize, Result<Value, String>, &At)>> = Vec::with_capacity(expected.len());
    for record in expected {
        let mut one = Vec::with_capacity(record.fields.len());
        for written in &record.fields {
            let Some((ix, field)) = fields.iter().enumerate().find(|(_, field)| *field.name == *written.name) else {
                continue;
            };
            one.push((ix, world.value(&written.value, field, &store)?, &written.at));
        }
        wanted.push(one);
    }
    let is = |value: &Result<Value, String>, found: &Found, ix: usize| matches!((value, found.get(ix)), (Ok(a), Some(Ok(b))) if a == b);
    let fits: Vec<Vec<bool>> = wanted
        .iter()
        .map(|one| found.iter().map(|found| one.iter().all(|(ix, value, _)| is(value, found, *ix))).collect())
        .collect();
    let pairs = pairs(&fits, found.len());
    let mut left: Vec<usize> = (0..found.len()).filter(|ix| !pairs.contains(&Some(*ix))).collect();
    let mut failure = TestFailure::new(at, "");
    let told = |found: &Found, ix: usize| match (found.get(ix), fields.get(ix)) {
        (Some(Ok(value)), Some(field)) => world.told(value, field, &store),
        (Some(Err(message)), _) => message.clone(),
        _ => "nothing".to_owned(),
    };
    let key_of = |found: &Found| key.iter().map(|&ix| told(found, ix)).collect::<Vec<_>>().join(", ");
    let mut missing = 0;
    for ((record, one), pair) in expected.iter().zip(&wanted).zip(&pairs) {
        if pair.is_some() {
            continue;
        }
        let distance = |found: &Found| one.iter().filter(|(ix, value, _)| !is(value, found, *ix)).count();
        let same_key =
            |found: &Found| one.iter().filter(|(ix, ..)| key.contains(ix)).all(|(ix, value, _)| is(value, found, *ix));
        let nearest = left
            .iter()
            .filter_map(|&ix| found.get(ix).map(|found| (ix, found)))
            .filter(|(_, found)| same_key(found))
            .min_by_key(|(_, found)| distance(found));
        match nearest {
            Some((ix, found)) => {
                left.retain(|other| *other != ix);
                for (ix, value, place) in one.iter().filter(|(ix, value, _)| !is(value, found, *ix)) {
                    let note = match value {
                        Ok(_) => format!("found {}", told(found, *ix)),
                        Err(message) => message.clone(),
                    };
                    failure.notes.push(((*place).clone(), note));
                }
            }
            None => {
                missing += 1;
                failure.notes.push((record.at.clone(), "there is no such record".to_owned()));
            }
        }
    }
    if failure.notes.is_empty() && left.is_empty() {
        return Ok(Vec::new());
    }
    failure.message = if expected.len() == found.len() && missing == 0 {
        format!("`{place}` holds other values than expected")
    } else {
        let count = |number: usize| if number == 1 { "1 record".to_owned() } else { format!("{number} records") };
        format!(
            "`{place}` holds {}, and {} expected",
            count(found.len()),
            if expected.len() == 1 { "1 is".to_owned() } else { format!("{} are", expected.len()) }
        )
    };
    if !left.is_empty() {
        let keys: Vec<String> = left.iter().filter_map(|&ix| found.get(ix)).map(|found| key_of(found)).collect();
        failure.help = Some(format!("not expected, but there: {}", keys.join("; ")));
    }
    Ok(vec![failure])
}
