//! Operators: arithmetic with exact result types, comparisons, logic.
//!
//! Widths: a sum of k terms needs the widest integer part, the largest scale and ⌈log10 k⌉ digits more; a product the
//! sum of both. What is known to be there (`x is known and …`) is required from then on.

use super::literals::EXPRESSION_DIGITS;
use super::{Scope, condition, described, infer, typed};
use crate::context::Context;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{Comparison, CurrencyOf, Expr, Kind, Literal, Op, Type};
use syncline_syntax::ast::{self, BinaryOperator, ExprKind, UnaryOperator};

pub(super) fn unary(
    operator: UnaryOperator,
    operand: &ast::Expr,
    range: ast::Range,
    expected: Option<&Type>,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    match operator {
        UnaryOperator::Not => {
            let value = infer(operand, Some(&Type::required(Kind::Bool)), scope, cx)?;
            let value = condition(value, operand.range, cx)?;
            Some(typed(Kind::Bool, Op::Not { value: Box::new(value) }, range, cx))
        }
        UnaryOperator::Negate => {
            let value = required(infer(operand, expected, scope, cx)?, operand.range, cx)?;
            number_or_money(&value, operand.range, cx)?;
            Some(typed(value.ty.kind.clone(), Op::Negate { value: Box::new(value) }, range, cx))
        }
    }
}

pub(super) fn binary(
    operator: BinaryOperator,
    left: &ast::Expr,
    right: &ast::Expr,
    range: ast::Range,
    expected: Option<&Type>,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    match operator {
        BinaryOperator::And | BinaryOperator::Or => {
            logic(operator == BinaryOperator::And, left, right, range, scope, cx)
        }
        BinaryOperator::Equal => compare(Comparison::Equal, left, right, range, scope, cx),
        BinaryOperator::NotEqual => compare(Comparison::NotEqual, left, right, range, scope, cx),
        BinaryOperator::Less => compare(Comparison::Less, left, right, range, scope, cx),
        BinaryOperator::LessOrEqual => compare(Comparison::LessOrEqual, left, right, range, scope, cx),
        BinaryOperator::Greater => compare(Comparison::Greater, left, right, range, scope, cx),
        BinaryOperator::GreaterOrEqual => compare(Comparison::GreaterOrEqual, left, right, range, scope, cx),
        BinaryOperator::Coalesce => coalesce(left, right, range, expected, scope, cx),
        BinaryOperator::Add | BinaryOperator::Subtract => {
            sum(operator == BinaryOperator::Add, left, right, range, scope, cx)
        }
        BinaryOperator::Multiply => multiply(left, right, range, scope, cx),
        BinaryOperator::Divide => {
            cx.report(
                Diagnostic::new(
                    &codes::DIVISION_OUTSIDE_ROUND,
                    cx.span(range),
                    "a division does not say how it rounds",
                )
                .why("a third of a cent has to go somewhere; two systems that choose differently never reconcile")
                .help("write `round(a / b, 2, half_even)`"),
            );
            None
        }
    }
}

fn logic(
    and: bool,
    left: &ast::Expr,
    right: &ast::Expr,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let boolean = Type::required(Kind::Bool);
    let first = infer(left, Some(&boolean), scope, cx).and_then(|expr| condition(expr, left.range, cx));
    let narrowed = first.as_ref().map(|first| scope.narrowed(first, and));
    let second = infer(right, Some(&boolean), narrowed.as_ref().unwrap_or(scope), cx)
        .and_then(|expr| condition(expr, right.range, cx));
    let (first, second) = (first?, second?);
    let mut parts = Vec::new();
    for part in [first, second] {
        match part.op {
            Op::And { all } if and => parts.extend(all),
            Op::Or { any } if !and => parts.extend(any),
            _ => parts.push(part),
        }
    }
    let op = if and { Op::And { all: parts } } else { Op::Or { any: parts } };
    Some(typed(Kind::Bool, op, range, cx))
}

/// Whether a side is a bare name that only the other side can give a meaning.
fn leans_on_other_side(written: &ast::Expr, scope: &Scope<'_>) -> bool {
    match &written.kind {
        ExprKind::Path(path) => path.names.len() == 1 && path.names.first().is_some_and(|name| !scope.has(&name.text)),
        ExprKind::Null => true,
        _ => false,
    }
}

/// Whether an expression is a comparison without parentheses around it: compared again, that is a chain, which has been
/// reported.
fn is_bare_comparison(written: &ast::Expr, cx: &Context<'_>) -> bool {
    let compares = match &written.kind {
        ExprKind::Binary { operator, .. } => matches!(
            operator,
            BinaryOperator::Equal
                | BinaryOperator::NotEqual
                | BinaryOperator::Less
                | BinaryOperator::LessOrEqual
                | BinaryOperator::Greater
                | BinaryOperator::GreaterOrEqual
        ),
        ExprKind::In { .. } | ExprKind::Is { .. } => true,
        _ => false,
    };
    compares && !cx.text(written.range).starts_with('(')
}

fn compare(
    comparison: Comparison,
    left: &ast::Expr,
    right: &ast::Expr,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    if is_bare_comparison(left, cx) {
        return None;
    }
    let (a, b) = if leans_on_other_side(left, scope) && !leans_on_other_side(right, scope) {
        let b = infer(right, None, scope, cx);
        let a = infer(left, b.as_ref().map(|b| &b.ty), scope, cx);
        (a?, b?)
    } else {
        let a = infer(left, None, scope, cx);
        let b = match &a {
            Some(a) => infer(right, Some(&a.ty), scope, cx),
            None => None,
        };
        (a?, b?)
    };
    let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
    let (a, b) = if equality { (a, b) } else { (required(a, left.range, cx)?, required(b, right.range, cx)?) };
    comparable(&a, &b, equality, range, scope, cx)?;
    Some(typed(Kind::Bool, Op::Compare { comparison, left: Box::new(a), right: Box::new(b) }, range, cx))
}

/// Reports two sides that cannot be compared.
pub(super) fn comparable(
    a: &Expr,
    b: &Expr,
    equality: bool,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<()> {
    let span = cx.span(range);
    let fits = match (&a.ty.kind, &b.ty.kind) {
        (Kind::Decimal { .. } | Kind::Money { .. }, Kind::Decimal { .. } | Kind::Money { .. })
            if is_zero(a) || is_zero(b) =>
        {
            true
        }
        (Kind::Decimal { unit: x, .. }, Kind::Decimal { unit: y, .. }) => {
            if x != y {
                cx.report(unit_mismatch(&a.ty, &b.ty, span, "compared"));
                return None;
            }
            true
        }
        (Kind::Money { per: x, .. }, Kind::Money { per: y, .. }) => {
            if x != y {
                cx.report(unit_mismatch(&a.ty, &b.ty, span, "compared"));
                return None;
            }
            return same_currency(a, b, range, "compared", scope, cx);
        }
        (Kind::Text { .. }, Kind::Text { .. }) | (Kind::Bool, Kind::Bool) | (Kind::Currency, Kind::Currency) => {
            if !equality {
                let message = format!("{} has no order", described(&a.ty));
                cx.report(Diagnostic::new(&codes::TYPE_MISMATCH, span, message).help("compare with `==` or `!=`"));
                return None;
            }
            true
        }
        (Kind::Date, Kind::Date) | (Kind::Instant, Kind::Instant) => true,
        (Kind::Enum { name: x }, Kind::Enum { name: y }) if x == y => {
            if !equality {
                let message = format!("values of `{x}` have no order");
                cx.report(
                    Diagnostic::new(&codes::TYPE_MISMATCH, span, message).help("compare with `==`, `!=` or `in`"),
                );
                return None;
            }
            true
        }
        (Kind::Reference { object: x }, Kind::Reference { object: y }) => x == y && equality,
        _ => false,
    };
    if !fits {
        let message = format!("{} is compared with {}", described(&a.ty), described(&b.ty));
        cx.report(
            Diagnostic::new(&codes::TYPE_MISMATCH, span, message).help("both sides of a comparison have one type"),
        );
        return None;
    }
    Some(())
}

fn unit_mismatch(a: &Type, b: &Type, span: syncline_diagnostics::Span, what: &str) -> Diagnostic {
    Diagnostic::new(&codes::UNIT_MISMATCH, span, format!("`{}` and `{}` are {what}", a.kind, b.kind))
        .why("eight hours and eight days are not one number; a mixed-up unit is a wrong invoice")
        .help("convert one side, or declare both with one unit; only the literal 0 has no unit")
}

/// Whether both amounts provably have one currency.
pub(super) fn same_currency(
    a: &Expr,
    b: &Expr,
    range: ast::Range,
    what: &str,
    _scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<()> {
    let (Kind::Money { currency: x, .. }, Kind::Money { currency: y, .. }) = (&a.ty.kind, &b.ty.kind) else {
        return Some(());
    };
    if x == y {
        return Some(());
    }
    let named = |currency: &CurrencyOf| match currency {
        CurrencyOf::Fixed(code) => code.clone(),
        CurrencyOf::Path(path) => format!("the currency at `{path}`"),
    };
    cx.report(
        Diagnostic::new(
            &codes::CURRENCY_MISMATCH,
            cx.span(range),
            format!("an amount in {} is {what} with one in {}", named(x), named(y)),
        )
        .why("100 USD and 100 JPY are not 200 of anything")
        .help("use amounts whose currency comes from one and the same path"),
    );
    None
}

/// Whether an expression is the literal 0, the only number without a unit.
pub(super) fn is_zero(expr: &Expr) -> bool {
    matches!(&expr.op, Op::Literal { value: Literal::Decimal(digits) } if digits.chars().all(|c| c == '0' || c == '.'))
        && matches!(expr.ty.kind, Kind::Decimal { unit: None, .. })
}

/// `expr` if it cannot be null.
pub(super) fn required(expr: Expr, range: ast::Range, cx: &Context<'_>) -> Option<Expr> {
    if !expr.ty.optional {
        return Some(expr);
    }
    let text = cx.text(range);
    cx.report(
        Diagnostic::new(
            &codes::OPTIONAL_OPERAND,
            cx.span(range),
            format!("`{text}` may be missing, and is computed with here"),
        )
        .help(format!("write `{text} is known and …`, or give a value for the missing case: `({text} ?? 0)`")),
    );
    None
}

fn number_or_money(value: &Expr, range: ast::Range, cx: &Context<'_>) -> Option<()> {
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

fn sum(
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

fn multiply(
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

fn coalesce(
    left: &ast::Expr,
    right: &ast::Expr,
    range: ast::Range,
    expected: Option<&Type>,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let a = infer(left, expected, scope, cx);
    let hint = a.as_ref().map(|a| &a.ty).or(expected);
    let b = infer(right, hint, scope, cx);
    let (a, b) = (a?, b?);
    let mut ty = super::matches::united(&[(&a, left.range), (&b, right.range)], range, scope, cx)?;
    ty.optional = b.ty.optional;
    Some(Expr { ty, op: Op::Coalesce { value: Box::new(a), otherwise: Box::new(b) }, at: Some(cx.at(range)) })
}

pub(super) fn member(
    value: &ast::Expr,
    set: &[ast::Expr],
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let subject = required(infer(value, None, scope, cx)?, value.range, cx)?;
    let mut constants = Vec::new();
    let mut failed = false;
    for element in set {
        match constant(element, &subject, scope, cx) {
            Some(constant) => constants.push(constant),
            None => failed = true,
        }
    }
    if failed {
        return None;
    }
    Some(typed(Kind::Bool, Op::In { value: Box::new(subject), set: constants }, range, cx))
}

/// A literal with a sign before it as one literal.
pub(super) fn signed(expr: Expr) -> Expr {
    let Op::Negate { value } = &expr.op else { return expr };
    let negative = |digits: &str| {
        if digits.chars().all(|c| c == '0' || c == '.') { digits.to_owned() } else { format!("-{digits}") }
    };
    let literal = match &value.op {
        Op::Literal { value: Literal::Decimal(digits) } => Literal::Decimal(negative(digits)),
        Op::Literal { value: Literal::Money { amount, currency } } => {
            Literal::Money { amount: negative(amount), currency: currency.clone() }
        }
        _ => return expr,
    };
    Expr { op: Op::Literal { value: literal }, ..expr }
}

/// A constant of the subject's type.
pub(super) fn constant(written: &ast::Expr, subject: &Expr, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Literal> {
    let found = signed(infer(written, Some(&subject.ty), scope, cx)?);
    let Op::Literal { value } = &found.op else {
        cx.report(
            Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(written.range), "a constant is needed here")
                .help("write a literal or the name of a value"),
        );
        return None;
    };
    comparable(subject, &found, true, written.range, scope, cx)?;
    if found.ty.scale() > subject.ty.scale() && !is_zero(&found) {
        let message = format!(
            "`{}` has {} digits after the point, so it can never be this",
            cx.text(written.range),
            subject.ty.scale()
        );
        cx.report(
            Diagnostic::new(&codes::LOSSY_CONVERSION, cx.span(written.range), message).help("write fewer digits"),
        );
        return None;
    }
    Some(value.clone())
}

pub(super) fn is_known(
    value: &ast::Expr,
    known: bool,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let value = infer(value, None, scope, cx)?;
    let known_value = typed(Kind::Bool, Op::IsKnown { value: Box::new(value) }, range, cx);
    if known {
        return Some(known_value);
    }
    Some(typed(Kind::Bool, Op::Not { value: Box::new(known_value) }, range, cx))
}
