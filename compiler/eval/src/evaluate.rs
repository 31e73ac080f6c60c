//! Evaluation: one value from one expression and the record at hand.
//!
//! A **frame** is what an expression sees: the program, the record at hand, and the `let`s of the map it belongs to. Evaluation
//! is strict and goes left to right, except that `and`, `or`, `??`, `match` and the `else` of a division evaluate only what decides.
//!
//! Null where an operation needs a value is a fault, not a value. Types exclude it in complete records; in records that lack
//! required fields it can happen.

use crate::expr::{LinkedPart, Node};
use crate::fault::Missing;
use crate::{Cause, Cell, Evaluated, Fault, Found, LinkedExpr, ObjectIx, Program, Reason, RecordId, Records, Value, arithmetic, functions, show, time};
use std::cell::OnceCell;
use std::sync::Arc;
use syncline_ir::Comparison;

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
        Node::Lookup { object, key, waits } => lookup(expr, *object, key, *waits, frame, records),
        Node::Crosswalk { object, entity, id, waits } => {
            let value = evaluate(id, frame, records)?;
            if value.is_null() {
                return null_key(expr);
            }
            let found = records.crosswalk(*object, *entity, &value);
            result_of(found, *object, *waits, frame, || {
                let entity = frame.program.entity(*entity);
                format!("`{}.{}` {}", entity.system, entity.name, show::show(&value, id.shape, frame.program))
            })
        }
        Node::ForeignId { entity, object, record } => match evaluate(record, frame, records)? {
            Value::Record(id) => records.foreign_id(*entity, id).ok_or_else(|| {
                let entity = frame.program.entity(*entity);
                let record = show::reference(*object, id, frame.program, records);
                Fault::new(Reason::LookupMissing, format!("{record} is not known in `{}.{}`", entity.system, entity.name))
            }),
            Value::Null => null_key(expr),
            other => Err(Fault::ill_typed("a reference", &other)),
        },
        Node::CodeIn { codes, value } => functions::code_in(*codes, &evaluate(value, frame, records)?, expr, frame),
        Node::CodeOut { codes, value } => functions::code_out(*codes, &evaluate(value, frame, records)?, expr, frame),
        Node::Compare { comparison, left, right, left_shift, right_shift } => {
            let (left, right) = (evaluate(left, frame, records)?, evaluate(right, frame, records)?);
            compare(*comparison, &left, *left_shift, &right, *right_shift).map(Value::Bool)
        }
        Node::In { value, set } => {
            let value = evaluate(value, frame, records)?;
            Ok(Value::Bool(!value.is_null() && set.contains(&value)))
        }
        Node::IsKnown(value) => Ok(Value::Bool(!evaluate(value, frame, records)?.is_null())),
        Node::And(all) => {
            for condition in all {
                if !holds(condition, frame, records)? {
                    return Ok(Value::Bool(false));
                }
            }
            Ok(Value::Bool(true))
        }
        Node::Or(any) => {
            for condition in any {
                if holds(condition, frame, records)? {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }
        Node::Not(value) => Ok(Value::Bool(!holds(value, frame, records)?)),
        Node::Coalesce { value, otherwise } => match evaluate(value, frame, records)? {
            Value::Null => evaluate(otherwise, frame, records),
            known => Ok(known),
        },
        Node::Match { subject, arms, otherwise } => {
            let value = evaluate(subject, frame, records)?;
            match (arms.iter().find(|arm| arm.values.contains(&value)), otherwise) {
                (Some(arm), _) => evaluate(&arm.result, frame, records),
                (None, Some(otherwise)) => evaluate(otherwise, frame, records),
                (None, None) => {
                    let shown = show::show(&value, subject.shape, frame.program);
                    Err(Fault::new(Reason::UnmappedValue, format!("no arm of the `match` takes {shown}")))
                }
            }
        }
        Node::Text(parts) => {
            let mut out = String::new();
            for part in parts {
                match part {
                    LinkedPart::Text(text) => out.push_str(text),
                    LinkedPart::Value(value) => show::append(&evaluate(value, frame, records)?, value.shape, frame.program, records, &mut out),
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

fn compare(comparison: Comparison, left: &Value, left_shift: u8, right: &Value, right_shift: u8) -> Evaluated<bool> {
    use std::cmp::Ordering;
    let equality = match comparison {
        Comparison::Equal => Some(true),
        Comparison::NotEqual => Some(false),
        _ => None,
    };
    let ordering = match (left, right) {
        // Amounts in different currencies are different, but none is the greater. A plain number beside money is the constant 0.
        (Value::Money(_, a), Value::Money(_, b)) if a != b => match equality {
            Some(equal) => return Ok(!equal),
            None => return Err(arithmetic::mismatch(*a, *b)),
        },
        (Value::Decimal(a) | Value::Money(a, _), Value::Decimal(b) | Value::Money(b, _)) => crate::number::compare(*a, left_shift, *b, right_shift),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        _ => match equality {
            Some(equal) => return Ok((left == right) == equal),
            None => {
                let wrong = if matches!(left, Value::Date(_) | Value::Instant(_) | Value::Decimal(_) | Value::Money(..)) { right } else { left };
                return Err(Fault::ill_typed("an operand of a comparison", wrong));
            }
        },
    };
    Ok(match comparison {
        Comparison::Equal => ordering == Ordering::Equal,
        Comparison::NotEqual => ordering != Ordering::Equal,
        Comparison::Less => ordering == Ordering::Less,
        Comparison::LessOrEqual => ordering != Ordering::Greater,
        Comparison::Greater => ordering == Ordering::Greater,
        Comparison::GreaterOrEqual => ordering != Ordering::Less,
    })
}

fn lookup(expr: &LinkedExpr, object: ObjectIx, key: &[LinkedExpr], waits: bool, frame: &Frame<'_>, records: &dyn Records) -> Evaluated {
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
            return null_key(expr);
        }
    }
    let found = records.lookup(object, values);
    result_of(found, object, waits, frame, || {
        let declared = frame.program.object(object);
        let mut wanted = String::new();
        for ((position, value), argument) in declared.key.iter().zip(values.iter()).zip(key) {
            wanted.push_str(if wanted.is_empty() { "`" } else { ", `" });
            wanted.push_str(declared.fields.get(*position).map_or("", |field| &field.name));
            wanted.push_str("` ");
            show::append(value, argument.shape, frame.program, records, &mut wanted);
        }
        wanted
    })
}

/// A null in a key: null where the result may be, otherwise there is nothing to look up.
fn null_key(expr: &LinkedExpr) -> Evaluated {
    if expr.shape.optional { Ok(Value::Null) } else { Err(Fault::required("a value of the key looked up")) }
}

fn result_of(found: Found, object: ObjectIx, waits: bool, frame: &Frame<'_>, wanted: impl FnOnce() -> String) -> Evaluated {
    let reason = match found {
        Found::One(record) => return Ok(Value::Record(record)),
        Found::None => Reason::LookupMissing,
        Found::Several => Reason::LookupAmbiguous,
    };
    let name = &frame.program.object(object).name;
    let wanted = format!("`{name}` with {}", wanted());
    let mut fault = match reason {
        Reason::LookupMissing => Fault::new(reason, format!("there is no {wanted}")),
        _ => Fault::new(reason, format!("there are several {wanted}")),
    };
    if waits && found == Found::None {
        fault.missing = Some(Missing { object, wanted });
    }
    Err(fault)
}

pub(crate) fn text_of(value: &Value) -> Evaluated<&str> {
    match value {
        Value::Text(text) => Ok(text),
        other => Err(Fault::ill_typed("text", other)),
    }
}
