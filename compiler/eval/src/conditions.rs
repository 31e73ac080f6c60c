//! Evaluating conditions.
//!
//! `and` and `or` go left to right and stop at what decides. `==` and `!=` answer for every pair of values, null included;
//! orderings need two values. Amounts in different currencies are different, but none is the greater.

use crate::evaluate::{evaluate as value_of, holds};
use crate::expr::Node;
use crate::{Evaluated, Fault, Frame, LinkedExpr, Reason, Records, Value, arithmetic, number};
use std::cmp::Ordering;
use syncline_ir::Comparison;

pub(crate) fn evaluate(expr: &LinkedExpr, frame: &Frame<'_>, records: &dyn Records) -> Evaluated<bool> {
    match &expr.node {
        Node::Compare { comparison, left, right, left_shift, right_shift } => {
            let (left, right) = (value_of(left, frame, records)?, value_of(right, frame, records)?);
            compare(*comparison, &left, *left_shift, &right, *right_shift)
        }
        Node::In { value, set } => {
            let value = value_of(value, frame, records)?;
            Ok(!value.is_null() && among(&value, set))
        }
        Node::IsKnown(value) => Ok(!value_of(value, frame, records)?.is_null()),
        Node::And(all) => {
            for condition in all {
                if !holds(condition, frame, records)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Node::Or(any) => {
            for condition in any {
                if holds(condition, frame, records)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Node::Not(value) => Ok(!holds(value, frame, records)?),
        _ => Err(Fault::new(Reason::IllTyped, "this is no condition")),
    }
}

/// Whether a value equals one of these constants. The constant 0 is an amount in every currency.
pub(crate) fn among(value: &Value, constants: &[Value]) -> bool {
    constants
        .iter()
        .any(|constant| value == constant || matches!((value, constant), (Value::Money(0, _), Value::Decimal(0))))
}

fn compare(comparison: Comparison, left: &Value, left_shift: u8, right: &Value, right_shift: u8) -> Evaluated<bool> {
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
        (Value::Decimal(a) | Value::Money(a, _), Value::Decimal(b) | Value::Money(b, _)) => {
            number::compare(*a, left_shift, *b, right_shift)
        }
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Instant(a), Value::Instant(b)) => a.cmp(b),
        _ => match equality {
            Some(equal) => return Ok((left == right) == equal),
            None => {
                let wrong = if matches!(left, Value::Date(_) | Value::Instant(_) | Value::Decimal(_) | Value::Money(..))
                {
                    right
                } else {
                    left
                };
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
