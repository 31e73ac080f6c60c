//! Assignments: a value in the type of the field it goes to.
//!
//! A **lossy** step (digits cut off) must be written. A step that **may not fit** (too many integer digits, too long a
//! text) is taken at run time and sends the record to the queue of its route when it does not.

use super::{Target, described, operators};
use crate::context::Context;
use syncline_diagnostics::{Diagnostic, Fix, codes};
use syncline_ir::{CurrencyOf, Expr, Kind, Op};
use syncline_syntax::ast;

/// `value` in the type of the target field, or nothing when it cannot be assigned and that has been reported.
pub(crate) fn into_field(value: Expr, range: ast::Range, target: &Target<'_>, cx: &Context<'_>) -> Option<Expr> {
    if value.ty.optional && !target.ty.optional && !target.has_route {
        let text = cx.text(range);
        cx.report(
            Diagnostic::new(&codes::OPTIONAL_OPERAND, cx.span(range), format!("`{text}` may be missing, and field `{}` of `{}` is required", target.field.name, target.record.name))
                .related(target.field.ty_span, "required here", None)
                .help("give a value for the missing case with `??`, or say where such a record goes: `else quarantine QUEUE reason`"),
        );
        return None;
    }
    assignable(&value, range, target, cx)?;
    if value.ty == *target.ty {
        return Some(value);
    }
    let at = value.at.clone();
    Some(Expr { ty: target.ty.clone(), op: Op::Convert { value: Box::new(value), currency: None }, at })
}

fn assignable(value: &Expr, range: ast::Range, target: &Target<'_>, cx: &Context<'_>) -> Option<()> {
    match (&value.ty.kind, &target.ty.kind) {
        (Kind::Text { .. }, Kind::Text { .. })
        | (Kind::Bool, Kind::Bool)
        | (Kind::Date, Kind::Date)
        | (Kind::Instant, Kind::Instant)
        | (Kind::Currency, Kind::Currency) => Some(()),
        (Kind::Enum { name: from }, Kind::Enum { name: to }) if from == to => Some(()),
        (Kind::Reference { object: from }, Kind::Reference { object: to }) if from == to => Some(()),
        (Kind::Decimal { .. }, Kind::Decimal { .. } | Kind::Money { .. }) if operators::is_zero(value) => Some(()),
        (Kind::Decimal { unit: from, .. }, Kind::Decimal { unit: to, .. }) => {
            same_unit(value, from.as_deref(), to.as_deref(), range, target, cx)?;
            no_digits_lost(value, range, target, cx)
        }
        (Kind::Money { currency: a, per: from, .. }, Kind::Money { currency: b, per: to, .. }) => {
            same_unit(value, from.as_deref(), to.as_deref(), range, target, cx)?;
            if let (CurrencyOf::Fixed(a), CurrencyOf::Fixed(b)) = (a, b)
                && a != b
            {
                let message = format!("an amount in {a} is assigned to `{}`, which is in {b}", target.field.name);
                cx.report(
                    Diagnostic::new(&codes::CURRENCY_MISMATCH, cx.span(range), message)
                        .related(target.field.ty_span, "declared here", None)
                        .help("assign an amount in that currency"),
                );
                return None;
            }
            no_digits_lost(value, range, target, cx)
        }
        (from, to) => {
            let mut diagnostic = Diagnostic::new(
                &codes::TYPE_MISMATCH,
                cx.span(range),
                format!(
                    "field `{}` of `{}` is {}, and this is {}",
                    target.field.name,
                    target.record.name,
                    described(target.ty),
                    described(&value.ty)
                ),
            )
            .related(target.field.ty_span, "declared here", None);
            if let Some(help) = way_across(from, to) {
                diagnostic = diagnostic.help(help);
            }
            cx.report(diagnostic);
            None
        }
    }
}

/// How to get from one type to another, in words.
fn way_across(from: &Kind, to: &Kind) -> Option<&'static str> {
    Some(match (from, to) {
        (Kind::Text { .. }, Kind::Decimal { unit: None, scale: 0, .. }) => "write `int(…)`",
        (Kind::Text { .. }, Kind::Decimal { .. }) => "write `decimal(…, p, s)`",
        (Kind::Text { .. }, Kind::Date) => "write `date(…)`",
        (Kind::Text { .. } | Kind::Enum { .. }, Kind::Enum { .. }) => "translate it with `match` or a code table",
        (Kind::Text { .. } | Kind::Decimal { .. }, Kind::Reference { .. }) => {
            "look the record up: `Project[code: …]`, or by a system's own identifier: `Project[psa.project: …]`"
        }
        (Kind::Reference { .. }, Kind::Text { .. }) => {
            "name a field of the record, or its identifier in a system: `psa.project[…]`"
        }
        (Kind::Instant, Kind::Date) => "write `date_of(…, \"America/New_York\")`: a day needs a time zone",
        (Kind::Decimal { .. }, Kind::Money { .. }) => {
            "an amount needs a currency: declare the source field as `money in …`"
        }
        (
            Kind::Decimal { .. } | Kind::Money { .. } | Kind::Date | Kind::Instant | Kind::Enum { .. } | Kind::Currency,
            Kind::Text { .. },
        ) => "write `text(…)`",
        _ => return None,
    })
}

fn same_unit(
    value: &Expr,
    from: Option<&str>,
    to: Option<&str>,
    range: ast::Range,
    target: &Target<'_>,
    cx: &Context<'_>,
) -> Option<()> {
    if from == to {
        return Some(());
    }
    cx.report(
        Diagnostic::new(
            &codes::UNIT_MISMATCH,
            cx.span(range),
            format!(
                "field `{}` of `{}` is {}, and this is {}",
                target.field.name,
                target.record.name,
                described(target.ty),
                described(&value.ty)
            ),
        )
        .related(target.field.ty_span, "declared here", None)
        .why("eight hours and eight days are not one number; a mixed-up unit is a wrong invoice")
        .help("declare both with one unit, or convert with a rate"),
    );
    None
}

fn no_digits_lost(value: &Expr, range: ast::Range, target: &Target<'_>, cx: &Context<'_>) -> Option<()> {
    let (from, to) = (value.ty.scale(), target.ty.scale());
    if from <= to {
        return Some(());
    }
    let text = cx.text(range);
    let rounded = format!("round({text}, {to}, half_even)");
    cx.report(
        Diagnostic::new(
            &codes::LOSSY_CONVERSION,
            cx.span(range),
            format!(
                "this has {from} digits after the point, and field `{}` of `{}` keeps {to}",
                target.field.name, target.record.name
            ),
        )
        .related(target.field.ty_span, "declared here", None)
        .why("fractions of a cent that vanish one by one are a difference nobody can explain at the end of the month")
        .help(format!("say how it rounds: `{rounded}`"))
        .fix(Fix::replace(format!("write `{rounded}`"), cx.span(range), rounded)),
    );
    None
}
