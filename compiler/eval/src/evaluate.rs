//! Evaluation: one value from one expression and the record at hand.
//!
//! A **frame** is what an expression sees: the program, the record at hand, and the `let`s of the map it belongs to. Evaluation
//! is strict and goes left to right, except that `and`, `or`, `??`, `match` and the `else` of a division evaluate only what decides.
//!
//! Null where an operation needs a value is a fault, not a value. Types exclude it in complete records; in records that lack
//! required fields it can happen.

use crate::expr::{LinkedPart, Node};
use crate::{
    Cause, Cell, Evaluated, Fault, LinkedExpr, Program, Reason, RecordId, Records, Value, arithmetic, conditions,
    functions, lookup, show, time,
};
use std::cell::OnceCell;
use std::sync::Arc;

/// What an expression sees.
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    pub(crate) program: &'a Program,
    subject: Subject<'a>,
    lets: Option<&'a Lets<'a>>,
}

#[derive(Debug, Clone, Copy)]
enum Subject<'a> {
    Row(&'a [Cell]),
    Record(Option<RecordId>, &'a [Value]),
}

/// The `let`s of a map, each evaluated when first used.
#[derive(Debug)]
pub(crate) struct Lets<'a> {
    slots: Vec<(&'a LinkedExpr, OnceCell<Evaluated>)>,
}

impl<'a> Lets<'a> {
    pub(crate) fn new(lets: &'a [LinkedExpr]) -> Self {
        Self { slots: lets.iter().map(|value| (value, OnceCell::new())).collect() }
    }
}

impl<'a> Frame<'a> {
    /// A source row, its cells in the entity's field order.
    #[must_use]
    pub const fn row(program: &'a Program, cells: &'a [Cell]) -> Self {
        Self { program, subject: Subject::Row(cells), lets: None }
    }

    /// A canonical record, its values in the object's field order; a record about to be created may have no identity yet.
    #[must_use]
    pub const fn record(program: &'a Program, id: Option<RecordId>, values: &'a [Value]) -> Self {
        Self { program, subject: Subject::Record(id, values), lets: None }
    }

    pub(crate) const fn with_lets(self, lets: &'a Lets<'a>) -> Self {
        Self { lets: Some(lets), ..self }
    }

    /// A field of the record at hand.
    pub(crate) fn field(&self, ix: usize) -> Evaluated<&'a Value> {
        let found = match self.subject {
            Subject::Record(_, values) => values.get(ix),
            Subject::Row(cells) => match cells.get(ix) {
                Some(Ok(value)) => Some(value),
                Some(Err(error)) => {
                    let mut fault = Fault::new(error.reason.clone(), error.message.clone());
                    fault.cause = Cause::Cell(ix);
                    return Err(fault);
                }
                None => None,
            },
        };
        found.ok_or_else(|| Fault::new(Reason::IllTyped, format!("the record has no field {ix}")))
    }

    fn bound(&self, slot: usize, records: &dyn Records) -> Evaluated {
        let Some((value, result)) = self.lets.and_then(|lets| lets.slots.get(slot)) else {
            return Err(Fault::new(Reason::IllTyped, "a `let` is used outside of its map"));
        };
        if let Some(result) = result.get() {
            return result.clone();
        }
        let mut fresh = evaluate(value, self, records);
        if let Err(fault) = &mut fresh
            && fault.cause == Cause::Own
        {
            fault.cause = Cause::Let(slot);
        }
        // A `let` only uses those before it, so nobody has filled the slot meanwhile.
        result.get_or_init(|| fresh).clone()
    }
}

/// The value of an expression.
///
/// # Errors
/// The first fault met.
pub fn evaluate(expr: &LinkedExpr, frame: &Frame<'_>, records: &dyn Records) -> Evaluated {
    match &expr.node {
        Node::Constant(value) => Ok(value.clone()),
        Node::Field(ix) => frame.field(*ix).cloned(),
        Node::Let(slot) => frame.bound(*slot, records),
        Node::Own => match frame.subject {
            Subject::Record(Some(id), _) => Ok(Value::Record(id)),
            _ => Err(Fault::required("the record's identity")),
        },
        Node::Follow { base, object, field } => match evaluate(base, frame, records)? {
            Value::Record(record) => Ok(records.field(*object, record, *field)),
            Value::Null => Ok(Value::Null),
            other => Err(Fault::ill_typed("a reference", &other)),
        },
        Node::Lookup { object, key, waits } => lookup::by_key(expr, *object, key, *waits, frame, records),
        Node::LookupAsOf(wanted) => lookup::as_of(expr, wanted, frame, records),
        Node::Version(wanted) => lookup::version(wanted, frame, records),
        Node::Crosswalk { object, entity, id, waits } => {
            lookup::crosswalk(expr, *object, *entity, id, *waits, frame, records)
        }
        Node::ForeignId { entity, object, record } => {
            lookup::foreign_id(expr, *entity, *object, record, frame, records)
        }
        Node::CodeIn { codes, value } => functions::code_in(*codes, &evaluate(value, frame, records)?, expr, frame),
        Node::CodeOut { codes, value } => functions::code_out(*codes, &evaluate(value, frame, records)?, expr, frame),
        Node::Compare { .. } | Node::In { .. } | Node::IsKnown(_) | Node::And(_) | Node::Or(_) | Node::Not(_) => {
            conditions::evaluate(expr, frame, records).map(Value::Bool)
        }
        Node::Coalesce { value, otherwise } => match evaluate(value, frame, records)? {
            Value::Null => evaluate(otherwise, frame, records),
            known => Ok(known),
        },
        Node::Match { subject, arms, otherwise } => {
            let value = evaluate(subject, frame, records)?;
            match (arms.iter().find(|arm| conditions::among(&value, &arm.values)), otherwise) {
                (Some(arm), _) => evaluate(&arm.result, frame, records),
                (None, Some(otherwise)) => evaluate(otherwise, frame, records),
                (None, None) => {
                    let shown = show::show(&value, subject.shape, frame.program);
                    Err(Fault::new(Reason::UnmappedValue, format!("no arm of the `match` takes {shown}")))
                }
            }
        }
        Node::Observed { seen, kind, value } => {
            let result = evaluate(value, frame, records);
            seen.record(*kind, &result);
            result
        }
        Node::Text(parts) => {
            let mut out = String::new();
            for part in parts {
                match part {
                    LinkedPart::Text(text) => out.push_str(text),
                    LinkedPart::Value(value) => {
                        show::append(&evaluate(value, frame, records)?, value.shape, frame.program, records, &mut out)
                    }
                }
            }
            Ok(Value::Text(Arc::from(out)))
        }
        Node::Call { function, arguments } => functions::call(*function, arguments, expr, frame, records),
        Node::DateOf { instant, zone } => match evaluate(instant, frame, records)? {
            Value::Instant(micros) => time::date_of(micros, zone).map(Value::Date).ok_or_else(outside_calendar),
            Value::Null => Ok(Value::Null),
            other => Err(Fault::ill_typed("an instant", &other)),
        },
        Node::StartOf { date, zone } => match evaluate(date, frame, records)? {
            Value::Date(days) => time::start_of(days, zone).map(Value::Instant).ok_or_else(outside_calendar),
            Value::Null => Ok(Value::Null),
            other => Err(Fault::ill_typed("a date", &other)),
        },
        Node::Negate(_)
        | Node::Add { .. }
        | Node::Subtract { .. }
        | Node::AddDays { .. }
        | Node::DaysBetween { .. }
        | Node::Multiply { .. }
        | Node::Divide { .. }
        | Node::Round { .. }
        | Node::RoundCurrency { .. }
        | Node::Exchange { .. }
        | Node::Convert { .. } => arithmetic::evaluate(expr, frame, records),
    }
}

/// Whether a condition holds.
///
/// # Errors
/// The first fault met.
pub fn holds(condition: &LinkedExpr, frame: &Frame<'_>, records: &dyn Records) -> Evaluated<bool> {
    match evaluate(condition, frame, records)? {
        Value::Bool(holds) => Ok(holds),
        other => Err(Fault::ill_typed("a condition", &other)),
    }
}

pub(crate) fn outside_calendar() -> Box<Fault> {
    Fault::new(Reason::ValueTooLarge, "the date is outside of years 1 to 9999")
}

pub(crate) fn text_of(value: &Value) -> Evaluated<&str> {
    match value {
        Value::Text(text) => Ok(text),
        other => Err(Fault::ill_typed("text", other)),
    }
}
