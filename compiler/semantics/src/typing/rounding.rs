//! `round`: to a count of digits, to a currency, and the only form of division.

use super::arithmetic::fits;
use super::literals::EXPRESSION_DIGITS;
use super::{Scope, canonical, described, infer, operators, typed};
use crate::context::Context;
use syncline_diagnostics::{Diagnostic, Fix, closest, codes};
use syncline_ir::{CurrencyOf, Expr, Kind, Literal, Op, Rounding, Type};
use syncline_syntax::ast::{self, BinaryOperator, ExprKind};

const ROUND: &str = "round(x, 2, half_even)";

const MODES: [(&str, Rounding); 7] = [
    ("half_even", Rounding::HalfEven),
    ("half_up", Rounding::HalfUp),
    ("half_down", Rounding::HalfDown),
    ("up", Rounding::Up),
    ("down", Rounding::Down),
    ("ceiling", Rounding::Ceiling),
    ("floor", Rounding::Floor),
];

pub(super) fn round(
    arguments: &[ast::Expr],
    otherwise: Option<&ast::Expr>,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let [value, to, mode] = arguments else {
        cx.report(
            Diagnostic::new(
                &codes::WRONG_ARGUMENTS,
                cx.span(range),
                "`round` takes a value, what to round to, and how",
            )
            .help(format!("write `{ROUND}`")),
        );
        return None;
    };
    let mode = rounding(mode, cx);
    if let ExprKind::Binary { operator: BinaryOperator::Divide, left, right } = &value.kind {
        return divide(left, right, to, mode?, otherwise, range, scope, cx);
    }
    if let Some(otherwise) = otherwise {
        cx.report(
            Diagnostic::new(&codes::WRONG_ARGUMENTS, cx.span(otherwise.range), "only a rounded division has an `else`")
                .help("remove it"),
        );
        return None;
    }
    let number = operators::required(infer(value, None, scope, cx)?, value.range, cx)?;
    if !matches!(number.ty.kind, Kind::Decimal { .. } | Kind::Money { .. }) {
        let message = format!("a number is needed here, and this is {}", described(&number.ty));
        cx.report(
            Diagnostic::new(&codes::WRONG_ARGUMENTS, cx.span(value.range), message).help(format!("write `{ROUND}`")),
        );
        return None;
    }
    let mode = mode?;
    let (p, s) = (u32::from(number.ty.precision()), u32::from(number.ty.scale()));
    if let Some(scale) = scale_of(to) {
        let scale = scale_in_range(scale, to, cx)?;
        let precision = if scale >= s { p - s + scale } else { p - s + scale + 1 };
        let (precision, scale) = fits(precision, scale, range, cx)?;
        let kind = resized(&number.ty.kind, precision, scale);
        return Some(typed(kind, Op::Round { value: Box::new(number), mode }, range, cx));
    }
    let currency = currency_of(to, scope, cx)?;
    let Kind::Money { currency: of, per, .. } = &number.ty.kind else {
        let message = format!("only an amount is rounded to a currency, and this is {}", described(&number.ty));
        cx.report(
            Diagnostic::new(&codes::WRONG_ARGUMENTS, cx.span(value.range), message)
                .help("round a number to a count of digits, `round(x, 2, half_even)`"),
        );
        return None;
    };
    is_its_own(&currency, of, to, scope, cx)?;
    // Where the currency is known only at run time, the minor unit may be 0 digits, and rounding to it carries.
    let (scale, carries) = match of {
        CurrencyOf::Fixed(code) => {
            let digits = syncline_ir::minor_units(code).map_or(4, u32::from);
            (digits, digits < s)
        }
        CurrencyOf::Path(_) => (4, s > 0),
    };
    let precision = p - s + scale + u32::from(carries);
    let (precision, scale) = fits(precision, scale, range, cx)?;
    let kind = Kind::Money { precision, scale, currency: of.clone(), per: per.clone() };
    Some(typed(kind, Op::RoundCurrency { value: Box::new(number), currency: Box::new(currency), mode }, range, cx))
}

/// Reports a currency that is not provably the one of the amount rounded to it.
fn is_its_own(
    currency: &Expr,
    of: &CurrencyOf,
    written: &ast::Expr,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<()> {
    let (same, named) = match (of, &currency.op) {
        (CurrencyOf::Fixed(code), Op::Literal { value: Literal::Currency(given) }) => (code == given, code.clone()),
        (CurrencyOf::Fixed(code), _) => (false, code.clone()),
        (CurrencyOf::Path(path), _) => (*path == canonical::text(currency, scope), format!("the currency at `{path}`")),
    };
    if same {
        return Some(());
    }
    cx.report(
        Diagnostic::new(
            &codes::CURRENCY_MISMATCH,
            cx.span(written.range),
            format!("an amount in {named} is rounded to another currency"),
        )
        .why("a yen has no cents: rounded like a dollar, an amount would be one that nobody can pay")
        .help("name the amount's own currency, or a count of digits"),
    );
    None
}

fn currency_of(written: &ast::Expr, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Expr> {
    let ty = Type::required(Kind::Currency);
    let currency = operators::required(infer(written, Some(&ty), scope, cx)?, written.range, cx)?;
    if currency.ty.kind == Kind::Currency {
        return Some(currency);
    }
    let message = format!("a count of digits or a currency is needed here, and this is {}", described(&currency.ty));
    cx.report(
        Diagnostic::new(&codes::WRONG_ARGUMENTS, cx.span(written.range), message)
            .help(format!("write `{ROUND}` or `round(amount, currency, half_even)`")),
    );
    None
}

fn scale_of(written: &ast::Expr) -> Option<&str> {
    match &written.kind {
        ExprKind::Number(text) => Some(text.as_str()),
        _ => None,
    }
}

fn scale_in_range(text: &str, written: &ast::Expr, cx: &Context<'_>) -> Option<u32> {
    let scale = text.parse::<u32>().ok().filter(|scale| *scale <= EXPRESSION_DIGITS);
    if scale.is_none() {
        cx.report(
            Diagnostic::new(
                &codes::WRONG_ARGUMENTS,
                cx.span(written.range),
                format!("`{text}` is no count of digits after the point"),
            )
            .help(format!("write a whole number up to {EXPRESSION_DIGITS}")),
        );
    }
    scale
}

fn resized(kind: &Kind, precision: u8, scale: u8) -> Kind {
    match kind {
        Kind::Money { currency, per, .. } => {
            Kind::Money { precision, scale, currency: currency.clone(), per: per.clone() }
        }
        Kind::Decimal { unit, .. } => Kind::Decimal { precision, scale, unit: unit.clone() },
        other => other.clone(),
    }
}

pub(super) fn rounding(written: &ast::Expr, cx: &Context<'_>) -> Option<Rounding> {
    let name = match &written.kind {
        ExprKind::Path(path) if path.names.len() == 1 => path.names.first().map(|name| name.text.as_str()),
        _ => None,
    };
    let found = name.and_then(|name| MODES.iter().find(|(known, _)| *known == name));
    if found.is_none() {
        let diagnostic = Diagnostic::new(
            &codes::WRONG_ARGUMENTS,
            cx.span(written.range),
            format!("`{}` is no way to round", cx.text(written.range)),
        );
        let near = name.and_then(|name| closest(name, MODES.iter().map(|(known, _)| *known)));
        cx.report(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(Fix::replace(
                format!("write `{near}`"),
                cx.span(written.range),
                near,
            )),
            None => diagnostic.help("the ways to round are half_even, half_up, half_down, up, down, ceiling and floor"),
        });
    }
    found.map(|(_, mode)| *mode)
}

/// `round(a / b, s, mode)`: one division and one rounding, on integers.
#[expect(clippy::too_many_arguments, reason = "the parts of one expression, each written by the user")]
fn divide(
    left: &ast::Expr,
    right: &ast::Expr,
    to: &ast::Expr,
    mode: Rounding,
    otherwise: Option<&ast::Expr>,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let a = infer(left, None, scope, cx).and_then(|value| operators::required(value, left.range, cx));
    let b = infer(right, None, scope, cx).and_then(|value| operators::required(value, right.range, cx));
    let (a, b) = (a?, b?);
    let Some(text) = scale_of(to) else {
        cx.report(
            Diagnostic::new(&codes::WRONG_ARGUMENTS, cx.span(to.range), "a division is rounded to a count of digits")
                .help("write `round(a / b, 2, half_even)`; `round` the result to the currency afterwards"),
        );
        return None;
    };
    let scale = scale_in_range(text, to, cx)?;
    let Some(kind) = quotient_kind(&a.ty.kind, &b.ty.kind) else {
        let message = format!("`{}` cannot be divided by `{}`", a.ty.kind, b.ty.kind);
        cx.report(
            Diagnostic::new(&codes::UNIT_MISMATCH, cx.span(left.range.cover(right.range)), message)
                .help("divide by a plain number, by the same unit, or an amount by a quantity"),
        );
        return None;
    };
    if let (Kind::Money { .. }, Kind::Money { .. }) = (&a.ty.kind, &b.ty.kind) {
        operators::same_currency(&a, &b, range, "divided", scope, cx)?;
    }
    let (p1, s1, p2, s2) =
        (i64::from(a.ty.precision()), i64::from(a.ty.scale()), i64::from(b.ty.precision()), i64::from(b.ty.scale()));
    let s = i64::from(scale);
    let k = s + s2 - s1;
    let precision = (p1 - s1 + s2 + s + i64::from(s < s1 - s2)).max(s).max(1);
    let widest = precision.max(p1 + k.max(0)).max(p2 + (-k).max(0));
    fits(u32::try_from(widest).unwrap_or(u32::MAX), scale, range, cx)?;
    let (precision, scale) = (u8::try_from(precision).ok()?, u8::try_from(scale).ok()?);
    let kind = resized(&kind, precision, scale);
    let otherwise = match otherwise {
        None => {
            not_zero(&b, right, cx)?;
            None
        }
        Some(written) => {
            let ty = Type::required(kind.clone());
            let value = operators::required(infer(written, Some(&ty), scope, cx)?, written.range, cx)?;
            let sample = Expr { ty, op: Op::Own, at: None };
            operators::comparable(&sample, &value, true, written.range, scope, cx)?;
            if value.ty.scale() > scale && !operators::is_zero(&value) {
                let message = format!("this has more digits after the point than the {scale} of the division");
                cx.report(
                    Diagnostic::new(&codes::LOSSY_CONVERSION, cx.span(written.range), message).help("round it alike"),
                );
                return None;
            }
            Some(Box::new(value))
        }
    };
    Some(typed(kind, Op::Divide { left: Box::new(a), right: Box::new(b), mode, otherwise }, range, cx))
}

fn not_zero(divisor: &Expr, written: &ast::Expr, cx: &Context<'_>) -> Option<()> {
    let nonzero = match &operators::signed(divisor.clone()).op {
        Op::Literal { value: Literal::Decimal(digits) | Literal::Money { amount: digits, .. } } => {
            digits.chars().any(|digit| digit.is_ascii_digit() && digit != '0')
        }
        _ => false,
    };
    if nonzero {
        return Some(());
    }
    cx.report(
        Diagnostic::new(
            &codes::POSSIBLE_ZERO_DIVISOR,
            cx.span(written.range),
            format!("`{}` may be zero", cx.text(written.range)),
        )
        .why("a division by zero would stop the record")
        .help("say what the result is then: `round(a / b, 2, half_even) else 0`"),
    );
    None
}

fn quotient_kind(a: &Kind, b: &Kind) -> Option<Kind> {
    match (a, b) {
        (Kind::Money { precision, scale, currency, per }, Kind::Decimal { unit, .. }) => {
            let per = match (per, unit) {
                (per, None) => per.clone(),
                (None, Some(unit)) => Some(unit.clone()),
                (Some(_), Some(_)) => return None,
            };
            Some(Kind::Money { precision: *precision, scale: *scale, currency: currency.clone(), per })
        }
        (Kind::Money { precision, scale, per: x, .. }, Kind::Money { per: y, .. }) if x == y => {
            Some(Kind::Decimal { precision: *precision, scale: *scale, unit: None })
        }
        (Kind::Decimal { precision, scale, unit: x }, Kind::Decimal { unit: y, .. }) => {
            let unit = match (x, y) {
                (unit, None) => unit.clone(),
                (Some(x), Some(y)) if x == y => None,
                (Some(x), Some(y)) if !x.contains('/') && !y.contains('/') => Some(format!("{x}/{y}")),
                _ => return None,
            };
            Some(Kind::Decimal { precision: *precision, scale: *scale, unit })
        }
        _ => None,
    }
}
