//! Evaluating lookups: by key, as of a day, through the crosswalk, and back.
//!
//! Finding none is `lookup-missing`, finding several `lookup-ambiguous`. A null in what is looked for gives null where the type
//! allows it. As of a day, a key that no row has is `lookup-missing` like any other; a key whose rows leave the day open, or whose
//! row is too old, is `missing`, and several rows on that day are `conflicting`.

use crate::evaluate::evaluate;
use crate::expr::{LinkedAsOf, LinkedVersion};
use crate::fault::Missing;
use crate::{
    EntityIx, Evaluated, Fault, Found, FoundAsOf, Frame, LinkedExpr, ObjectIx, Reason, Records, Value, show, time,
};

pub(crate) fn by_key(
    expr: &LinkedExpr,
    object: ObjectIx,
    key: &[LinkedExpr],
    waits: bool,
    frame: &Frame<'_>,
    records: &dyn Records,
) -> Evaluated {
    with_key(key, frame, records, |values| {
        let Some(values) = values else { return null_key(expr) };
        let found = records.lookup(object, values);
        result_of(found, object, waits, frame, || shown_key(object, values, key, frame, records))
    })
}

/// Calls `then` with the values looked for, or with nothing when one of them is null.
fn with_key(
    key: &[LinkedExpr],
    frame: &Frame<'_>,
    records: &dyn Records,
    then: impl FnOnce(Option<&[Value]>) -> Evaluated,
) -> Evaluated {
    // Most keys have one or two fields; those need no allocation.
    let mut few = [const { Value::Null }; 4];
    let mut many = Vec::new();
    let values = match few.get_mut(..key.len()) {
        Some(values) => values,
        None => {
            many.resize(key.len(), Value::Null);
            many.as_mut_slice()
        }
    };
    for (slot, argument) in values.iter_mut().zip(key) {
        *slot = evaluate(argument, frame, records)?;
        if slot.is_null() {
            return then(None);
        }
    }
    then(Some(values))
}

/// `` `project` P-1, `category` consultant ``
fn shown_key(
    object: ObjectIx,
    values: &[Value],
    key: &[LinkedExpr],
    frame: &Frame<'_>,
    records: &dyn Records,
) -> String {
    let declared = frame.program.object(object);
    let mut wanted = String::new();
    for ((position, value), argument) in declared.key.iter().zip(values).zip(key) {
        wanted.push_str(if wanted.is_empty() { "`" } else { ", `" });
        wanted.push_str(declared.fields.get(*position).map_or("", |field| &field.name));
        wanted.push_str("` ");
        show::append(value, argument.shape, frame.program, records, &mut wanted);
    }
    wanted
}

pub(crate) fn as_of(expr: &LinkedExpr, lookup: &LinkedAsOf, frame: &Frame<'_>, records: &dyn Records) -> Evaluated {
    let LinkedAsOf { object, key, day, at_most_days, waits } = lookup;
    with_key(key, frame, records, |values| {
        let Some(values) = values else { return null_key(expr) };
        let day = match evaluate(day, frame, records)? {
            Value::Date(day) => day,
            Value::Null => return Err(Fault::required("the day of the lookup")),
            other => return Err(Fault::ill_typed("a date", &other)),
        };
        let found = records.lookup_as_of(*object, values, day);
        if let FoundAsOf::One { row, since } = found
            && at_most_days.is_none_or(|most| i64::from(day) - i64::from(since) <= i64::from(most))
        {
            return Ok(Value::Record(row));
        }
        let name = &frame.program.object(*object).name;
        let wanted = format!("`{name}` with {}", shown_key(*object, values, key, frame, records));
        let shown = time::show_date(day);
        let (reason, message) = match found {
            FoundAsOf::One { since, .. } => {
                let most = at_most_days.unwrap_or_default();
                let days = if most == 1 { "day" } else { "days" };
                let since = time::show_date(since);
                (Reason::Missing, format!("{wanted} is of {since}, more than {most} {days} old on {shown}"))
            }
            FoundAsOf::NoKey => (Reason::LookupMissing, format!("there is no {wanted}")),
            FoundAsOf::NoRow => (Reason::Missing, format!("{wanted} has no row that is valid on {shown}")),
            FoundAsOf::Several => (Reason::Conflicting, format!("{wanted} has several rows that are valid on {shown}")),
        };
        let mut fault = Fault::new(reason, message);
        // Rows that contradict each other are there: waiting brings no other.
        if *waits && found != FoundAsOf::Several {
            fault.missing = Some(Missing { object: *object, wanted: format!("{wanted} on {shown}") });
        }
        Err(fault)
    })
}

pub(crate) fn version(wanted: &LinkedVersion, frame: &Frame<'_>, records: &dyn Records) -> Evaluated {
    let LinkedVersion { base, object, day, waits } = wanted;
    let record = match evaluate(base, frame, records)? {
        Value::Record(record) => record,
        Value::Null => return Ok(Value::Null),
        other => return Err(Fault::ill_typed("a reference", &other)),
    };
    let day = match day.as_ref().map(|day| evaluate(day, frame, records)).transpose()? {
        None => None,
        Some(Value::Date(day)) => Some(day),
        Some(Value::Null) => return Err(Fault::required("the day of the lookup")),
        Some(other) => return Err(Fault::ill_typed("a date", &other)),
    };
    if let FoundAsOf::One { row, .. } = records.version(*object, record, day) {
        return Ok(Value::Record(row));
    }
    let shown = show::reference(*object, record, frame.program, records);
    let wanted = match day {
        Some(day) => format!("{shown} has no version that holds on {}", time::show_date(day)),
        None => format!("{shown} has no version"),
    };
    let mut fault = Fault::new(Reason::Missing, wanted.clone());
    if *waits {
        fault.missing = Some(Missing { object: *object, wanted });
    }
    Err(fault)
}

/// A null in a key: null where the result may be, otherwise there is nothing to look up.
fn null_key(expr: &LinkedExpr) -> Evaluated {
    if expr.shape.optional { Ok(Value::Null) } else { Err(Fault::required("a value of the key looked up")) }
}

fn result_of(
    found: Found,
    object: ObjectIx,
    waits: bool,
    frame: &Frame<'_>,
    wanted: impl FnOnce() -> String,
) -> Evaluated {
    let reason = match found {
        Found::One(record) => return Ok(Value::Record(record)),
        Found::None => Reason::LookupMissing,
        Found::NotInForce => Reason::Missing,
        Found::Several => Reason::LookupAmbiguous,
    };
    let name = &frame.program.object(object).name;
    let wanted = format!("`{name}` with {}", wanted());
    let mut fault = match reason {
        Reason::LookupMissing => Fault::new(reason, format!("there is no {wanted}")),
        Reason::Missing => Fault::new(reason, format!("no version of {wanted} holds on the day of this run")),
        _ => Fault::new(reason, format!("there are several {wanted}")),
    };
    if waits && found != Found::Several {
        fault.missing = Some(Missing { object, wanted });
    }
    Err(fault)
}

pub(crate) fn crosswalk(
    expr: &LinkedExpr,
    object: ObjectIx,
    entity: EntityIx,
    id: &LinkedExpr,
    waits: bool,
    frame: &Frame<'_>,
    records: &dyn Records,
) -> Evaluated {
    let value = evaluate(id, frame, records)?;
    if value.is_null() {
        return null_key(expr);
    }
    result_of(records.crosswalk(object, entity, &value), object, waits, frame, || {
        let entity = frame.program.entity(entity);
        format!("`{}.{}` {}", entity.system, entity.name, show::show(&value, id.shape, frame.program))
    })
}

pub(crate) fn foreign_id(
    expr: &LinkedExpr,
    entity: EntityIx,
    object: ObjectIx,
    record: &LinkedExpr,
    frame: &Frame<'_>,
    records: &dyn Records,
) -> Evaluated {
    match evaluate(record, frame, records)? {
        Value::Record(id) => records.foreign_id(entity, id).ok_or_else(|| {
            let entity = frame.program.entity(entity);
            let record = show::reference(object, id, frame.program, records);
            Fault::new(Reason::LookupMissing, format!("{record} is not known in `{}.{}`", entity.system, entity.name))
        }),
        Value::Null => null_key(expr),
        other => Err(Fault::ill_typed("a reference", &other)),
    }
}
