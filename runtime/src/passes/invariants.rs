//! What holds for every record of an object, tested when one is written (section 6).
//!
//! A record that is not complete yet is not tested: what it lacks may be what the condition is about. It is when it becomes complete.

use super::store::{Record, Store, View};
use crate::error::Outcome;
use crate::hub::{ExceptionText, Problem};
use std::collections::BTreeSet;
use syncline_eval::timeline::Days;
use syncline_eval::{Frame, ObjectIx, RecordId, Value, expr, show, time};

/// What a record with these values would break; `otherwise` is the queue of chains that lead back.
pub(crate) fn broken(
    store: &Store<'_>,
    object: ObjectIx,
    record: Option<&Record>,
    values: &[Value],
    otherwise: &str,
) -> Outcome<Option<Problem>> {
    let program = store.program;
    let linked = program.object(object);
    let mut reasons: Vec<ExceptionText> = Vec::new();
    let mut queue: Option<String> = None;
    let mut add = |reason: &str, message: String, field: Option<String>, to: &str| {
        queue.get_or_insert_with(|| to.to_owned());
        reasons.push(ExceptionText { reason: reason.to_owned(), message, field });
    };
    let complete = linked.fields.iter().zip(values).all(|(field, value)| field.shape.optional || !value.is_null());
    if complete && !linked.invariants.is_empty() {
        let view = View::current(store);
        let frame = Frame::record(program, record.map(|record| RecordId(record.stored.id)), values);
        for invariant in &linked.invariants {
            match expr::holds(&invariant.condition, &frame, &view) {
                Ok(true) => {}
                Ok(false) => {
                    add("invariant-broken", format!("`{}` does not hold", invariant.text), None, &invariant.hold)
                }
                Err(fault) => add(fault.reason.as_str(), fault.message, None, &invariant.hold),
            }
        }
        store.check()?;
    }
    for &ix in &linked.acyclic {
        if let Some(chain) = chain_back(store, object, ix, record, values)? {
            let name = linked.fields.get(ix).map_or_else(String::new, |field| field.name.to_string());
            let message = format!("`{name}` leads back to the record itself: {}", chain.join(", then "));
            add("circular", message, Some(name), otherwise);
        }
    }
    for (rule, apart) in linked.apart.iter().enumerate() {
        let (Some(days), Some(alike)) = (apart.days.days(values), store.compared_by(object, &apart.per, values)) else {
            continue;
        };
        for id in store.hub.alike(&linked.name, rule, &alike)? {
            let Some(other) = store.record(object, id)?.filter(|_| record.is_none_or(|own| own.stored.id != id)) else {
                continue;
            };
            let Some(theirs) = apart.days.days(&other.values).filter(|theirs| overlap(days, *theirs)) else { continue };
            let last = theirs
                .through
                .map_or_else(|| "on".to_owned(), |through| format!("through {}", time::show_date(through)));
            let message = format!(
                "it overlaps `{}`, from {} {last}",
                key_of(store, object, &other),
                time::show_date(theirs.from)
            );
            add("overlapping", message, None, otherwise);
            break;
        }
    }
    Ok(queue.map(|queue| Problem { reasons, queue }))
}

/// Whether two spans of days share one.
fn overlap(a: Days, b: Days) -> bool {
    let reaches = |first: Days, second: Days| first.through.is_none_or(|through| second.from <= through);
    reaches(a, b) && reaches(b, a)
}

pub(super) fn key_of(store: &Store<'_>, object: ObjectIx, record: &Record) -> String {
    let linked = store.program.object(object);
    let key = linked.key.iter().filter_map(|&ix| linked.fields.get(ix).zip(record.values.get(ix)));
    let key: Vec<String> = key.map(|(field, value)| show::show(value, field.shape, store.program)).collect();
    key.join("|")
}

/// The records on the way from a record back to itself.
fn chain_back(
    store: &Store<'_>,
    object: ObjectIx,
    field: usize,
    record: Option<&Record>,
    values: &[Value],
) -> Outcome<Option<Vec<String>>> {
    // A record that is not there yet, no other one refers to.
    let Some(record) = record else { return Ok(None) };
    let mut seen = BTreeSet::new();
    let mut chain = Vec::new();
    let mut next = values.get(field).cloned();
    while let Some(Value::Record(id)) = next {
        let Some(other) = store.record(object, id.0)? else { return Ok(None) };
        chain.push(key_of(store, object, &other));
        if id.0 == record.stored.id {
            return Ok(Some(chain));
        }
        // A circle that was there before this was forbidden is not made by this record.
        if !seen.insert(id.0) {
            return Ok(None);
        }
        next = other.values.get(field).cloned();
    }
    Ok(None)
}
