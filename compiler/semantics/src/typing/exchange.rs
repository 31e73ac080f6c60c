//! `convert`: an amount in another currency, by a rate of a day.
//!
//! A **table of rates** is a dated object whose key is two currencies, from which and to which, and which has one plain number beside
//! it: what one of the first is worth in the second. The compiler proves that the row looked up leads from the currency of the
//! amount to the one wanted, so that no rate is taken upside down or for other currencies.

use super::arithmetic::fits;
use super::rounding::rounding;
use super::{Scope, canonical, described, infer, operators, typed};
use crate::context::Context;
use crate::model::{Field, Object};
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{CurrencyOf, Expr, KeyArgument, Kind, Literal, Op, Type};
use syncline_syntax::ast;

const CONVERT: &str = "convert(amount, USD, FxRate[base: currency, quote: USD] as of day, half_even)";

pub(super) fn convert(
    arguments: &[ast::Expr],
    otherwise: Option<&ast::Expr>,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let wrong = |range: ast::Range, message: String| -> Option<Expr> {
        let diagnostic = Diagnostic::new(&codes::WRONG_ARGUMENTS, cx.span(range), message);
        cx.report(diagnostic.help(format!("write `{CONVERT}`")));
        None
    };
    let [value, to, rate, mode] = arguments else {
        return wrong(range, "`convert` takes an amount, a currency, a rate of a day, and how to round".to_owned());
    };
    if let Some(otherwise) = otherwise {
        return wrong(otherwise.range, "only a rounded division has an `else`".to_owned());
    }
    let mode = rounding(mode, cx);
    let amount = infer(value, None, scope, cx).and_then(|amount| operators::required(amount, value.range, cx));
    let ty = Type::required(Kind::Currency);
    let currency = infer(to, Some(&ty), scope, cx).and_then(|currency| operators::required(currency, to.range, cx));
    let row = infer(rate, None, scope, cx).and_then(|row| operators::required(row, rate.range, cx));
    let (mode, amount, currency, row) = (mode?, amount?, currency?, row?);
    let Kind::Money { currency: of, per, .. } = &amount.ty.kind else {
        return wrong(value.range, format!("only an amount is converted, and this is {}", described(&amount.ty)));
    };
    if currency.ty.kind != Kind::Currency {
        return wrong(to.range, format!("a currency is needed here, and this is {}", described(&currency.ty)));
    }
    let Some((object, key)) = looked_up(&row, scope) else {
        return wrong(rate.range, "a rate is looked up as of a day, and this is no such lookup".to_owned());
    };
    let number = table_of_rates(object, rate.range, cx)?;
    leads_there(key, of, &currency, rate.range, scope, cx)?;
    let (p, s) = (u32::from(amount.ty.precision()), u32::from(amount.ty.scale()));
    let ty = number.ty.clone()?;
    let (rate_p, rate_s) = (u32::from(ty.precision()), u32::from(ty.scale()));
    // The exact product, before it is rounded.
    fits(p + rate_p, s + rate_s, range, cx)?;
    let (result, scale) = match &currency.op {
        Op::Literal { value: Literal::Currency(code) } => {
            (CurrencyOf::Fixed(code.clone()), syncline_ir::minor_units(code).map_or(4, u32::from))
        }
        _ => (CurrencyOf::Path(canonical::text(&currency, scope)), 4),
    };
    let whole = (p - s) + (rate_p - rate_s) + 1;
    let (precision, scale) = fits(whole + scale, scale, range, cx)?;
    let kind = Kind::Money { precision, scale, currency: result, per: per.clone() };
    let rate =
        Op::Follow { base: Box::new(row.clone()), object: object.record.name.clone(), field: number.name.clone() };
    let rate = typed(ty.kind, rate, rate_range(arguments, range), cx);
    let op = Op::Exchange { value: Box::new(amount), currency: Box::new(currency), rate: Box::new(rate), mode };
    Some(typed(kind, op, range, cx))
}

fn rate_range(arguments: &[ast::Expr], range: ast::Range) -> ast::Range {
    arguments.get(2).map_or(range, |rate| rate.range)
}

/// The object and key of a lookup as of a day, directly or by the name of a `let`.
fn looked_up<'s>(row: &'s Expr, scope: &'s Scope<'_>) -> Option<(&'s Object, &'s [KeyArgument])> {
    let mut row = row;
    while let Op::Let { name } = &row.op {
        row = scope.bound(name).flatten()?;
    }
    match &row.op {
        Op::Lookup { object, key, as_of: Some(_), .. } => Some((scope.model.objects.get(object)?, key)),
        _ => None,
    }
}

/// The number of a table of rates.
fn table_of_rates<'m>(object: &'m Object, range: ast::Range, cx: &Context<'_>) -> Option<&'m Field> {
    let record = &object.record;
    let is_currency = |name: &String| {
        let ty = record.field(name).and_then(|field| field.ty.as_ref());
        ty.is_some_and(|ty| ty.kind == Kind::Currency)
    };
    let numbers: Vec<&Field> = record
        .fields
        .iter()
        .filter(|field| {
            field.ty.as_ref().is_some_and(|ty| !ty.optional && matches!(ty.kind, Kind::Decimal { unit: None, .. }))
        })
        .collect();
    let message = match (record.key.as_slice(), numbers.as_slice()) {
        ([from, to], [number]) if is_currency(from) && is_currency(to) => return Some(number),
        ([from, to], numbers) if is_currency(from) && is_currency(to) => {
            let count = if numbers.is_empty() { "none" } else { "several" };
            format!("a table of rates has one plain number, and `{}` has {count}", record.name)
        }
        _ => format!("`{}` is no table of rates: its key is not two currencies", record.name),
    };
    cx.report(
        Diagnostic::new(&codes::CONVERSION_RATE, cx.span(range), message)
            .related(record.span, "declared here", None)
            .why("the key says from which currency to which the number leads")
            .help(
                "declare it like `object FxRate: reference effective from day { key (base, quote); base: currency; quote: currency; rate: decimal(12, 6); day: date }`",
            ),
    );
    None
}

/// Reports a rate that does not provably lead from the currency of the amount to the one wanted.
fn leads_there(
    key: &[KeyArgument],
    of: &CurrencyOf,
    to: &Expr,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<()> {
    let [from_key, to_key] = key else { return None };
    let named = |expr: &Expr| match &expr.op {
        Op::Literal { value: Literal::Currency(code) } => code.clone(),
        _ => format!("the currency at `{}`", canonical::text(expr, scope)),
    };
    let starts = match (of, &from_key.value.op) {
        (CurrencyOf::Fixed(code), Op::Literal { value: Literal::Currency(given) }) => code == given,
        (CurrencyOf::Fixed(_), _) => false,
        (CurrencyOf::Path(path), _) => *path == canonical::text(&from_key.value, scope),
    };
    let ends = canonical::text(to, scope) == canonical::text(&to_key.value, scope);
    if starts && ends {
        return Some(());
    }
    let from = match of {
        CurrencyOf::Fixed(code) => code.clone(),
        CurrencyOf::Path(path) => format!("the currency at `{path}`"),
    };
    let (given_from, given_to, wanted) = (named(&from_key.value), named(&to_key.value), named(to));
    let upside_down = given_to == from && given_from == wanted;
    let message =
        format!("this rate leads from {given_from} to {given_to}, and the amount goes from {from} to {wanted}");
    let diagnostic = Diagnostic::new(&codes::CONVERSION_RATE, cx.span(range), message);
    cx.report(if upside_down {
        diagnostic
            .why("the rate of the way back is not this rate turned round: it is another number, rounded on its own")
            .help(format!("give the currency of the amount as `{}`, the other as `{}`", from_key.field, to_key.field))
    } else {
        diagnostic.help(format!(
            "look up the row with the currency of the amount as `{}` and the one it is converted to as `{}`",
            from_key.field, to_key.field
        ))
    });
    None
}
