//! Sums and products, with exact result types.
//!
//! Widths: a sum of k terms needs the widest integer part, the largest scale and ⌈log10 k⌉ digits more; a product the
//! sum of both.

use super::literals::EXPRESSION_DIGITS;
use super::operators::{is_zero, required, same_currency, unit_mismatch};
use super::{Scope, described, infer, typed};
use crate::context::Context;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{Expr, Kind, Op, Type};
use syncline_syntax::ast::{self, BinaryOperator, ExprKind};

pub(super) fn number_or_money(value: &Expr, range: ast::Range, cx: &Context<'_>) -> Option<()> {
    if matches!(value.ty.kind, Kind::Decimal { .. } | Kind::Money { .. }) {
        return Some(());
    }
    let message = format!("a number is needed, and this is {}", described(&value.ty));
    cx.report(Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(range), message));
    None
}

/// Reports a result that needs more digits than an expression may have.
pub(super) fn fits(precision: u32, scale: u32, range: ast::Range, cx: &Context<'_>) -> Option<(u8, u8)> {
    match (u8::try_from(precision), u8::try_from(scale)) {
        (Ok(precision), Ok(scale)) if u32::from(precision) <= EXPRESSION_DIGITS => Some((precision, scale)),
        _ => {
            cx.report(
                Diagnostic::new(&codes::PRECISION_OVERFLOW, cx.span(range), format!("the result needs {precision} digits, {scale} of them after the point; there are {EXPRESSION_DIGITS}"))
                    .why("a number that does not fit would be cut off without a word")
                    .help("`round` an operand first, or declare narrower fields"),
            );
            None
        }
    }
}

/// The terms of a flat chain of sums, with whether each is added.
fn terms<'e>(add: bool, left: &'e ast::Expr, right: &'e ast::Expr) -> Vec<(bool, &'e ast::Expr)> {
    let mut found = vec![(add, right)];
    let mut rest = left;
    while let ExprKind::Binary { operator: operator @ (BinaryOperator::Add | BinaryOperator::Subtract), left, right } =
        &rest.kind
    {
        found.push((*operator == BinaryOperator::Add, right));
        rest = left;
    }
    found.push((true, rest));
    found.reverse();
    found
}

pub(super) fn sum(
    add: bool,
    left: &ast::Expr,
    right: &ast::Expr,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let terms = terms(add, left, right);
    let mut values = Vec::new();
    let mut failed = false;
    for (add, written) in &terms {
        match infer(written, None, scope, cx).and_then(|value| required(value, written.range, cx)) {
            Some(value) => values.push((*add, value, written.range)),
            None => failed = true,
        }
    }
    if failed {
        return None;
    }
    if values.iter().any(|(_, value, _)| value.ty.kind == Kind::Date) {
        return dates(values, range, scope, cx);
    }
    let (integer, scale) = values.iter().fold((0_u32, 0_u32), |(integer, scale), (_, value, _)| {
        let (p, s) = (u32::from(value.ty.precision()), u32::from(value.ty.scale()));
        (integer.max(p.saturating_sub(s)), scale.max(s))
    });
    let carry = carry_digits(values.len());
    let (precision, scale) = fits(integer + scale + carry, scale, range, cx)?;
    let mut terms = values.into_iter();
    let (_, first, first_range) = terms.next()?;
    number_or_money(&first, first_range, cx)?;
    let mut result = first;
    for (add, value, at) in terms {
        number_or_money(&value, at, cx)?;
        let whole = first_range.cover(at);
        let kind = sum_kind(&result, &value, precision, scale, whole, scope, cx)?;
        let (left, right) = (Box::new(result), Box::new(value));
        let op = if add { Op::Add { left, right } } else { Op::Subtract { left, right } };
        result = typed(kind, op, whole, cx);
    }
    Some(result)
}

/// ⌈log10 k⌉
fn carry_digits(terms: usize) -> u32 {
    let mut digits = 0;
    let mut reach = 1_usize;
    while reach < terms {
        reach = reach.saturating_mul(10);
        digits += 1;
    }
    digits
}

fn sum_kind(
    a: &Expr,
    b: &Expr,
    precision: u8,
    scale: u8,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Kind> {
    match (&a.ty.kind, &b.ty.kind) {
        (Kind::Decimal { unit, .. }, Kind::Decimal { .. }) if is_zero(b) => {
            Some(Kind::Decimal { precision, scale, unit: unit.clone() })
        }
        (Kind::Decimal { .. }, Kind::Decimal { unit, .. }) if is_zero(a) => {
            Some(Kind::Decimal { precision, scale, unit: unit.clone() })
        }
        (Kind::Money { currency, per, .. }, Kind::Decimal { .. }) if is_zero(b) => {
            Some(Kind::Money { precision, scale, currency: currency.clone(), per: per.clone() })
        }
        (Kind::Decimal { .. }, Kind::Money { currency, per, .. }) if is_zero(a) => {
            Some(Kind::Money { precision, scale, currency: currency.clone(), per: per.clone() })
        }
        (Kind::Decimal { unit: x, .. }, Kind::Decimal { unit: y, .. }) if x == y => {
            Some(Kind::Decimal { precision, scale, unit: x.clone() })
        }
        (Kind::Money { currency, per: x, .. }, Kind::Money { per: y, .. }) if x == y => {
            same_currency(a, b, range, "added to", scope, cx)?;
            Some(Kind::Money { precision, scale, currency: currency.clone(), per: x.clone() })
        }
        (Kind::Decimal { .. }, Kind::Decimal { .. }) | (Kind::Money { .. }, Kind::Money { .. }) => {
            cx.report(unit_mismatch(&a.ty, &b.ty, cx.span(range), "added"));
            None
        }
        _ => {
            let message = format!("{} is added to {}", described(&b.ty), described(&a.ty));
            cx.report(
                Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(range), message)
                    .help("money is added to money, numbers to numbers"),
            );
            None
        }
    }
}

/// A date and days, or the days between two dates.
fn dates(
    values: Vec<(bool, Expr, ast::Range)>,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let mut terms = values.into_iter();
    let (_, mut result, _) = terms.next()?;
    for (add, value, at) in terms {
        let days = matches!(&value.ty.kind, Kind::Decimal { scale: 0, unit: Some(unit), .. } if unit == "day")
            || is_zero(&value);
        let (left, right) = (Box::new(result), Box::new(value));
        let (kind, op) = match (&left.ty.kind, &right.ty.kind, add) {
            (Kind::Date, _, true) if days => (Kind::Date, Op::Add { left, right }),
            (Kind::Date, _, false) if days => (Kind::Date, Op::Subtract { left, right }),
            (Kind::Date, Kind::Date, false) => {
                (Kind::Decimal { precision: 7, scale: 0, unit: Some("day".to_owned()) }, Op::Subtract { left, right })
            }
            // Once two dates have become days, the rest is a sum of numbers.
            (Kind::Decimal { .. }, Kind::Decimal { .. }, _) => {
                let integer = |ty: &Type| u32::from(ty.precision().saturating_sub(ty.scale()));
                let scale = u32::from(left.ty.scale().max(right.ty.scale()));
                let (precision, scale) = fits(integer(&left.ty).max(integer(&right.ty)) + scale + 1, scale, range, cx)?;
                let kind = sum_kind(&left, &right, precision, scale, range, scope, cx)?;
                (kind, if add { Op::Add { left, right } } else { Op::Subtract { left, right } })
            }
            _ => {
                let message = format!("{} and {} do not add up", described(&left.ty), described(&right.ty));
                cx.report(
                    Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(at), message)
                        .help("write `date + 3 day`, `date - 3 day` or `date - date`"),
                );
                return None;
            }
        };
        result = typed(kind, op, range, cx);
    }
    Some(result)
}

pub(super) fn multiply(
    left: &ast::Expr,
    right: &ast::Expr,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let a = infer(left, None, scope, cx).and_then(|value| required(value, left.range, cx));
    let b = infer(right, None, scope, cx).and_then(|value| required(value, right.range, cx));
    let (a, b) = (a?, b?);
    number_or_money(&a, left.range, cx)?;
    number_or_money(&b, right.range, cx)?;
    let precision = u32::from(a.ty.precision()) + u32::from(b.ty.precision());
    let scale = u32::from(a.ty.scale()) + u32::from(b.ty.scale());
    let (precision, scale) = fits(precision, scale, range, cx)?;
    let Some(kind) = product_kind(&a.ty.kind, &b.ty.kind, precision, scale) else {
        cx.report(
            Diagnostic::new(
                &codes::UNIT_MISMATCH,
                cx.span(range),
                format!("`{}` and `{}` cannot be multiplied", a.ty.kind, b.ty.kind),
            )
            .help("a rate is multiplied by its own unit: `hour` by `money / hour`; everything else by a plain number"),
        );
        return None;
    };
    Some(typed(kind, Op::Multiply { left: Box::new(a), right: Box::new(b) }, range, cx))
}

/// The kind of a product; none when the units do not go together.
fn product_kind(a: &Kind, b: &Kind, precision: u8, scale: u8) -> Option<Kind> {
    match (a, b) {
        (Kind::Money { currency, per, .. }, Kind::Decimal { unit, .. })
        | (Kind::Decimal { unit, .. }, Kind::Money { currency, per, .. }) => {
            let per = match (per, unit) {
                (per, None) => per.clone(),
                (Some(per), Some(unit)) if per == unit => None,
                _ => return None,
            };
            Some(Kind::Money { precision, scale, currency: currency.clone(), per })
        }
        (Kind::Decimal { unit: x, .. }, Kind::Decimal { unit: y, .. }) => {
            let unit = match (x, y) {
                (None, unit) | (unit, None) => unit.clone(),
                (Some(x), Some(y)) => Some(cancelled(x, y).or_else(|| cancelled(y, x))?),
            };
            Some(Kind::Decimal { precision, scale, unit })
        }
        _ => None,
    }
}

/// `hour/day` times `day` is `hour`.
fn cancelled(rate: &str, unit: &str) -> Option<String> {
    let (top, bottom) = rate.split_once('/')?;
    (bottom == unit).then(|| top.to_owned())
}
