//! Built-in functions and code tables.
//!
//! A null argument makes the result null. A length that is negative counts as 0.

use crate::arithmetic::{self, Amount};
use crate::evaluate::{self, Frame, text_of};
use crate::expr::LinkedExpr;
use crate::{CodesIx, CurrencyCode, Evaluated, Fault, Reason, Records, Value, cast, digits, show, text, time};
use std::cmp::Ordering;
use std::sync::Arc;
use syncline_ir::Function;

pub(crate) fn call(
    function: Function,
    arguments: &[LinkedExpr],
    expr: &LinkedExpr,
    frame: &Frame<'_>,
    records: &dyn Records,
) -> Evaluated {
    match (function, arguments) {
        (Function::Min, _) => extreme(Ordering::Less, arguments, expr, frame, records),
        (Function::Max, _) => extreme(Ordering::Greater, arguments, expr, frame, records),
        (Function::Concat, _) => concat(arguments, frame, records),
        (_, [argument]) => {
            let value = evaluate::evaluate(argument, frame, records)?;
            if value.is_null() { Ok(Value::Null) } else { unary(function, &value, argument, expr, frame, records) }
        }
        (_, [first, others @ ..]) => {
            let first = evaluate::evaluate(first, frame, records)?;
            let mut rest = [Value::Null, Value::Null];
            let mut unknown = first.is_null();
            for (slot, argument) in rest.iter_mut().zip(others) {
                *slot = evaluate::evaluate(argument, frame, records)?;
                unknown |= slot.is_null();
            }
            let [second, third] = &rest;
            if unknown { Ok(Value::Null) } else { on_text(function, text_of(&first)?, second, third) }
        }
        (_, []) => Err(malformed()),
    }
}

fn malformed() -> Box<Fault> {
    Fault::new(Reason::IllTyped, "a function is called with other arguments than it takes")
}

fn unary(
    function: Function,
    value: &Value,
    argument: &LinkedExpr,
    expr: &LinkedExpr,
    frame: &Frame<'_>,
    records: &dyn Records,
) -> Evaluated {
    match (function, value) {
        (Function::Text, Value::Text(_)) => Ok(value.clone()),
        (Function::Text, _) => {
            let mut out = String::new();
            show::append(value, argument.shape, frame.program, records, &mut out);
            Ok(Value::Text(Arc::from(out)))
        }
        (Function::Upper, Value::Text(text)) => Ok(Value::text(&text.to_uppercase())),
        (Function::Lower, Value::Text(text)) => Ok(Value::text(&text.to_lowercase())),
        (Function::Trim, Value::Text(text)) => Ok(Value::text(text.trim())),
        (Function::Folded, Value::Text(text)) => Ok(Value::text(&text::folded(text))),
        (Function::Length, Value::Text(text)) => {
            Ok(Value::Decimal(i128::try_from(text::length(text)).unwrap_or(i128::MAX)))
        }
        (Function::Decimal | Function::Int, Value::Text(text)) => {
            let form = expr.shape.form;
            digits::read(text, form.precision(), form.scale())
                .map(Value::Decimal)
                .map_err(|error| cast::digits_fault(text, error, form))
        }
        (Function::Date, Value::Text(text)) => match time::read_date(text) {
            Some(days) => Ok(Value::Date(days)),
            None => Err(Fault::new(Reason::CastFailed, format!("`{text}` is no date"))),
        },
        (Function::Abs, _) => {
            let Amount { coefficient, currency } = Amount::of(value)?;
            let coefficient = coefficient.checked_abs().ok_or_else(|| arithmetic::too_large(expr.shape.form))?;
            Ok(currency.map_or(Value::Decimal(coefficient), |currency| Value::Money(coefficient, currency)))
        }
        (Function::Year, Value::Date(days)) => Ok(Value::Decimal(i128::from(time::parts(*days).0))),
        (Function::Month, Value::Date(days)) => Ok(Value::Decimal(i128::from(time::parts(*days).1))),
        (Function::Day, Value::Date(days)) => Ok(Value::Decimal(i128::from(time::parts(*days).2))),
        (_, other) => Err(Fault::ill_typed("another argument", other)),
    }
}

fn on_text(function: Function, value: &str, second: &Value, third: &Value) -> Evaluated {
    let count = || match second {
        Value::Decimal(count) => Ok(usize::try_from((*count).max(0)).unwrap_or(usize::MAX)),
        other => Err(Fault::ill_typed("a whole number", other)),
    };
    Ok(match function {
        Function::Truncate | Function::Left => Value::text(text::left(value, count()?)),
        Function::Right => Value::text(text::right(value, count()?)),
        Function::StartsWith => Value::Bool(value.starts_with(text_of(second)?)),
        Function::EndsWith => Value::Bool(value.ends_with(text_of(second)?)),
        Function::Contains => Value::Bool(value.contains(text_of(second)?)),
        // Nothing occurs nowhere: an empty part leaves the text as it is.
        Function::Replace if text_of(second)?.is_empty() => Value::text(value),
        Function::Replace => Value::text(&value.replace(text_of(second)?, text_of(third)?)),
        _ => return Err(malformed()),
    })
}

fn concat(arguments: &[LinkedExpr], frame: &Frame<'_>, records: &dyn Records) -> Evaluated {
    let mut out = String::new();
    let mut unknown = false;
    for argument in arguments {
        match evaluate::evaluate(argument, frame, records)? {
            Value::Null => unknown = true,
            part => out.push_str(text_of(&part)?),
        }
    }
    Ok(if unknown { Value::Null } else { Value::Text(Arc::from(out)) })
}

/// The least or greatest argument; of equal ones the first. All have the scale of the result.
fn extreme(
    wanted: Ordering,
    arguments: &[LinkedExpr],
    expr: &LinkedExpr,
    frame: &Frame<'_>,
    records: &dyn Records,
) -> Evaluated {
    let mut best: Option<Value> = None;
    let mut currency: Option<CurrencyCode> = None;
    let mut unknown = false;
    for argument in arguments {
        let value = evaluate::evaluate(argument, frame, records)?;
        let ordering = match (&value, &best) {
            (Value::Null, _) => {
                unknown = true;
                continue;
            }
            (Value::Decimal(_) | Value::Money(..), _) if expr.shape.form.is_number() => {
                let given = Amount::of(&value)?;
                currency = arithmetic::common(currency, given.currency)?;
                best.as_ref().map(Amount::of).transpose()?.map(|best| given.coefficient.cmp(&best.coefficient))
            }
            (Value::Date(given), Some(Value::Date(best))) => Some(given.cmp(best)),
            (Value::Instant(given), Some(Value::Instant(best))) => Some(given.cmp(best)),
            (Value::Date(_) | Value::Instant(_), None) => None,
            (other, _) => return Err(Fault::ill_typed("a number or a date", other)),
        };
        if ordering.is_none_or(|ordering| ordering == wanted) {
            best = Some(value);
        }
    }
    Ok(match (best, currency) {
        _ if unknown => Value::Null,
        // The constant 0 beside money is an amount in its currency.
        (Some(Value::Decimal(coefficient)), Some(currency)) => Value::Money(coefficient, currency),
        (best, _) => best.unwrap_or_default(),
    })
}

/// From a system's code to its meaning.
pub(crate) fn code_in(ix: CodesIx, code: &Value, expr: &LinkedExpr, frame: &Frame<'_>) -> Evaluated {
    let codes = frame.program.codes_at(ix);
    let found = match code {
        Value::Null => return null_code(expr),
        Value::Text(code) => codes.text_in.get(code).copied(),
        Value::Enum(code) => codes.enum_in.get(usize::from(*code)).copied().flatten(),
        other => return Err(Fault::ill_typed("a code", other)),
    };
    found.map(Value::Enum).ok_or_else(|| {
        let shown = show::show(code, crate::Shape::required(codes.code), frame.program);
        Fault::new(Reason::UnmappedValue, format!("`{}` has no code {shown}", codes.name))
    })
}

/// From a meaning to the system's code.
pub(crate) fn code_out(ix: CodesIx, value: &Value, expr: &LinkedExpr, frame: &Frame<'_>) -> Evaluated {
    let codes = frame.program.codes_at(ix);
    let found = match value {
        Value::Null => return null_code(expr),
        Value::Enum(value) => codes.out.get(usize::from(*value)).cloned().flatten(),
        other => return Err(Fault::ill_typed("an enumeration's value", other)),
    };
    found.ok_or_else(|| {
        let shown = show::show(value, crate::Shape::required(codes.target), frame.program);
        Fault::new(Reason::UnmappedValue, format!("`{}` has no code for {shown}", codes.name))
    })
}

fn null_code(expr: &LinkedExpr) -> Evaluated {
    if expr.shape.optional { Ok(Value::Null) } else { Err(Fault::required("the code")) }
}
