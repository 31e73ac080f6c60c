//! Walking typed expressions.

use syncline_ir::{Expr, Op, TextPart};

/// The operands of an operation, in the order written.
#[must_use]
pub fn operands(op: &Op) -> Vec<&Expr> {
    match op {
        Op::Literal { .. } | Op::Field { .. } | Op::Let { .. } | Op::Own | Op::Origin => Vec::new(),
        Op::Follow { base: one, .. }
        | Op::Crosswalk { id: one, .. }
        | Op::ForeignId { record: one, .. }
        | Op::Code { value: one, .. }
        | Op::Negate { value: one }
        | Op::Round { value: one, .. }
        | Op::In { value: one, .. }
        | Op::IsKnown { value: one }
        | Op::Not { value: one } => vec![one],
        Op::Version { base, as_of, .. } => std::iter::once(base.as_ref()).chain(as_of.as_deref()).collect(),
        Op::Lookup { key, as_of, .. } => {
            key.iter().map(|argument| &argument.value).chain(as_of.as_ref().map(|as_of| as_of.day.as_ref())).collect()
        }
        Op::Add { left, right }
        | Op::Subtract { left, right }
        | Op::Multiply { left, right }
        | Op::Compare { left, right, .. } => vec![left, right],
        Op::Divide { left, right, otherwise, .. } => {
            [left.as_ref(), right.as_ref()].into_iter().chain(otherwise.as_deref()).collect()
        }
        Op::RoundCurrency { value, currency, .. } => vec![value, currency],
        Op::Exchange { value, currency, rate, .. } => vec![value, currency, rate],
        Op::Convert { value, currency } => std::iter::once(value.as_ref()).chain(currency.as_deref()).collect(),
        Op::And { all } => all.iter().collect(),
        Op::Or { any } => any.iter().collect(),
        Op::Coalesce { value, otherwise } => vec![value, otherwise],
        Op::Match { subject, arms, otherwise } => std::iter::once(subject.as_ref())
            .chain(arms.iter().map(|arm| &arm.result))
            .chain(otherwise.as_deref())
            .collect(),
        Op::Call { arguments, .. } => arguments.iter().collect(),
        Op::Text { parts } => parts
            .iter()
            .filter_map(|part| match part {
                TextPart::Value(value) => Some(value),
                TextPart::Text(_) => None,
            })
            .collect(),
    }
}

/// Calls `visit` on an expression and every one below it.
pub(crate) fn each_mut(expr: &mut Expr, visit: &mut dyn FnMut(&mut Expr)) {
    visit(expr);
    each_operand_mut(&mut expr.op, visit);
}

/// Calls `visit` on every expression below an operation.
pub(crate) fn each_operand_mut(op: &mut Op, visit: &mut dyn FnMut(&mut Expr)) {
    let mut one = |expr: &mut Expr| {
        visit(expr);
        each_operand_mut(&mut expr.op, visit);
    };
    match op {
        Op::Literal { .. } | Op::Field { .. } | Op::Let { .. } | Op::Own | Op::Origin => {}
        Op::Follow { base: value, .. }
        | Op::Crosswalk { id: value, .. }
        | Op::ForeignId { record: value, .. }
        | Op::Code { value, .. }
        | Op::Negate { value }
        | Op::Round { value, .. }
        | Op::In { value, .. }
        | Op::IsKnown { value }
        | Op::Not { value } => one(value),
        Op::Version { base, as_of, .. } => {
            one(base);
            as_of.as_deref_mut().into_iter().for_each(one);
        }
        Op::Lookup { key, as_of, .. } => {
            key.iter_mut().for_each(|argument| one(&mut argument.value));
            as_of.iter_mut().for_each(|as_of| one(&mut as_of.day));
        }
        Op::Add { left, right }
        | Op::Subtract { left, right }
        | Op::Multiply { left, right }
        | Op::Compare { left, right, .. } => {
            one(left);
            one(right);
        }
        Op::Divide { left, right, otherwise, .. } => {
            one(left);
            one(right);
            otherwise.as_deref_mut().into_iter().for_each(one);
        }
        Op::Exchange { value, currency, rate, .. } => {
            [value, currency, rate].into_iter().for_each(|operand| one(operand))
        }
        Op::RoundCurrency { value, currency, .. } => {
            one(value);
            one(currency);
        }
        Op::Convert { value, currency } => {
            one(value);
            currency.as_deref_mut().into_iter().for_each(one);
        }
        Op::And { all: many } | Op::Or { any: many } | Op::Call { arguments: many, .. } => {
            many.iter_mut().for_each(one)
        }
        Op::Coalesce { value, otherwise } => {
            one(value);
            one(otherwise);
        }
        Op::Match { subject, arms, otherwise } => {
            one(subject);
            arms.iter_mut().for_each(|arm| one(&mut arm.result));
            otherwise.as_deref_mut().into_iter().for_each(one);
        }
        Op::Text { parts } => {
            for part in parts {
                if let TextPart::Value(value) = part {
                    one(value);
                }
            }
        }
    }
}

/// Every expression from `expr` down, `expr` first.
pub fn every(expr: &Expr) -> impl Iterator<Item = &Expr> {
    let mut pending = vec![expr];
    std::iter::from_fn(move || {
        let next = pending.pop()?;
        pending.extend(operands(&next.op).into_iter().rev());
        Some(next)
    })
}
