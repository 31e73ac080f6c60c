//! `match`, and the type several values have in common.

use super::{Scope, described, fields, infer, operators};
use crate::context::Context;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{Arm, Expr, Kind, Literal, Op, Type};
use syncline_syntax::ast::{self, MatchPattern};

pub(super) fn choice(
    subject: &ast::Expr,
    arms: &[ast::MatchArm],
    range: ast::Range,
    expected: Option<&Type>,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let subject_range = subject.range;
    let subject = infer(subject, None, scope, cx);
    let mut typed_arms: Vec<(Vec<Literal>, &ast::MatchArm, Option<Expr>)> = Vec::new();
    let mut otherwise: Option<(&ast::MatchArm, Option<Expr>)> = None;
    let mut failed = subject.is_none();
    for arm in arms {
        let result = infer(&arm.value, expected, scope, cx);
        failed |= result.is_none();
        match &arm.pattern {
            MatchPattern::Else(place) if otherwise.is_some() => {
                cx.report(
                    Diagnostic::new(&codes::DUPLICATE_CLAUSE, cx.span(*place), "`else` stands twice in this `match`")
                        .help("keep one of them"),
                );
                failed = true;
            }
            MatchPattern::Else(_) => otherwise = Some((arm, result)),
            MatchPattern::Values(values) => {
                let mut constants = Vec::new();
                for value in values {
                    let Some(subject) = &subject else { continue };
                    match pattern(value, subject, scope, cx) {
                        Some(constant) => constants.push(constant),
                        None => failed = true,
                    }
                }
                failed |= twice(&constants, arm, &typed_arms, cx);
                typed_arms.push((constants, arm, result));
            }
        }
    }
    if failed {
        return None;
    }
    let subject = subject?;
    let named: Vec<&Literal> = typed_arms.iter().flat_map(|(values, ..)| values).collect();
    if otherwise.is_none() {
        exhaustive(&subject, &named, subject_range, scope, cx)?;
    }
    let results: Vec<(Expr, ast::Range)> =
        typed_arms.iter().filter_map(|(_, arm, result)| Some((result.clone()?, arm.value.range))).collect();
    let other: Vec<(Expr, ast::Range)> =
        otherwise.iter().filter_map(|(arm, result)| Some((result.clone()?, arm.value.range))).collect();
    let all: Vec<(&Expr, ast::Range)> = results.iter().chain(&other).map(|(expr, range)| (expr, *range)).collect();
    let ty = united(&all, range, scope, cx)?;
    let arms = typed_arms.into_iter().filter_map(|(values, _, result)| Some(Arm { values, result: result? })).collect();
    let otherwise = otherwise.and_then(|(_, result)| result).map(Box::new);
    Some(Expr { ty, op: Op::Match { subject: Box::new(subject), arms, otherwise }, at: Some(cx.at(range)) })
}

fn pattern(written: &ast::Expr, subject: &Expr, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Literal> {
    if matches!(written.kind, ast::ExprKind::Null) {
        if subject.ty.optional {
            return Some(Literal::Null);
        }
        cx.report(
            Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(written.range), "this value is never missing")
                .help("remove the arm"),
        );
        return None;
    }
    operators::constant(written, subject, scope, cx)
}

fn twice(
    constants: &[Literal],
    arm: &ast::MatchArm,
    before: &[(Vec<Literal>, &ast::MatchArm, Option<Expr>)],
    cx: &Context<'_>,
) -> bool {
    let mut seen = false;
    for (index, constant) in constants.iter().enumerate() {
        let earlier = before.iter().find(|(known, ..)| known.contains(constant)).map(|(_, arm, _)| arm.range);
        let within = constants.iter().take(index).any(|known| known == constant).then_some(arm.range);
        if let Some(first) = earlier.or(within) {
            let message = "a value of this arm has an arm already, so it never gets here";
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_CLAUSE, cx.span(arm.range), message)
                    .related(cx.span(first), "taken here", None)
                    .help("remove the value from one of them"),
            );
            seen = true;
        }
    }
    seen
}

fn exhaustive(
    subject: &Expr,
    named: &[&Literal],
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<()> {
    let has = |wanted: &Literal| named.contains(&wanted);
    let mut left: Vec<String> = match &subject.ty.kind {
        Kind::Enum { name } => {
            let values = &scope.model.enums.get(name)?.values;
            values.iter().map(|(value, _)| value.clone()).filter(|value| !has(&Literal::Enum(value.clone()))).collect()
        }
        Kind::Bool => [true, false]
            .into_iter()
            .filter(|value| !has(&Literal::Bool(*value)))
            .map(|value| value.to_string())
            .collect(),
        _ => {
            let message = format!("no list of values covers {}", described(&subject.ty));
            cx.report(
                Diagnostic::new(&codes::NON_EXHAUSTIVE_MATCH, cx.span(range), message)
                    .why("a value that no arm takes would stop the record")
                    .help("add `else => …`"),
            );
            return None;
        }
    };
    if subject.ty.optional && !has(&Literal::Null) {
        left.push("null".to_owned());
    }
    if left.is_empty() {
        return Some(());
    }
    let names: Vec<&str> = left.iter().map(String::as_str).collect();
    cx.report(
        Diagnostic::new(
            &codes::NON_EXHAUSTIVE_MATCH,
            cx.span(range),
            format!("no arm takes {}", fields::listed(&names)),
        )
        .why("a record with such a value could never be taken")
        .help("add an arm for each of them, or `else => …`"),
    );
    None
}

/// The type all values have in common: widest integer part, largest scale, longest text.
pub(super) fn united(
    values: &[(&Expr, ast::Range)],
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Type> {
    let (first, rest) = values.split_first()?;
    let mut sample = first.0.clone();
    for (value, at) in rest {
        let kind = joint(&sample, value, *at, scope, cx)?;
        let optional = sample.ty.optional || value.ty.optional;
        if is_null(&sample) || operators::is_zero(&sample) {
            sample = (*value).clone();
        }
        sample.ty = Type { kind, optional };
    }
    if sample.ty.precision() > 38 {
        super::arithmetic::fits(u32::from(sample.ty.precision()), u32::from(sample.ty.scale()), range, cx)?;
    }
    Some(sample.ty)
}

fn is_null(expr: &Expr) -> bool {
    matches!(&expr.op, Op::Literal { value: Literal::Null })
}

fn joint(a: &Expr, b: &Expr, range: ast::Range, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Kind> {
    let widths = || {
        let integer = (a.ty.precision() - a.ty.scale()).max(b.ty.precision() - b.ty.scale());
        let scale = a.ty.scale().max(b.ty.scale());
        (integer + scale, scale)
    };
    match (&a.ty.kind, &b.ty.kind) {
        (_, kind) if is_null(a) => Some(kind.clone()),
        (kind, _) if is_null(b) => Some(kind.clone()),
        (Kind::Text { max: x }, Kind::Text { max: y }) => Some(Kind::Text { max: x.zip(*y).map(|(x, y)| x.max(y)) }),
        (Kind::Decimal { unit: x, .. }, Kind::Decimal { unit: y, .. })
            if x == y || operators::is_zero(a) || operators::is_zero(b) =>
        {
            let (precision, scale) = widths();
            Some(Kind::Decimal { precision, scale, unit: x.clone().or_else(|| y.clone()) })
        }
        (Kind::Money { currency, per, .. }, Kind::Decimal { .. }) if operators::is_zero(b) => {
            let (precision, scale) = widths();
            Some(Kind::Money { precision, scale, currency: currency.clone(), per: per.clone() })
        }
        (Kind::Decimal { .. }, Kind::Money { currency, per, .. }) if operators::is_zero(a) => {
            let (precision, scale) = widths();
            Some(Kind::Money { precision, scale, currency: currency.clone(), per: per.clone() })
        }
        (Kind::Money { currency, per: x, .. }, Kind::Money { per: y, .. }) if x == y => {
            operators::same_currency(a, b, range, "mixed", scope, cx)?;
            let (precision, scale) = widths();
            Some(Kind::Money { precision, scale, currency: currency.clone(), per: x.clone() })
        }
        (x, y) if x == y => Some(x.clone()),
        _ => {
            let message = format!("{} stands beside {}", described(&b.ty), described(&a.ty));
            cx.report(
                Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(range), message)
                    .help("all values of one expression have one type"),
            );
            None
        }
    }
}
