//! Operators: logic, comparisons, choices between values. Sums and products are in [`super::arithmetic`].
//!
//! What is known to be there (`x is known and …`) is required from then on.

use super::arithmetic::{multiply, number_or_money, sum};
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

pub(super) fn unit_mismatch(a: &Type, b: &Type, span: syncline_diagnostics::Span, what: &str) -> Diagnostic {
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
    if !a.ty.optional {
        let text = cx.text(left.range);
        cx.report(
            Diagnostic::new(
                &codes::KNOWN_RESULT,
                cx.span(right.range),
                format!("this is never used: `{text}` is always there"),
            )
            .why("the value that seems to be missing sometimes may be another one than the author had in mind")
            .help(format!("write `{text}` alone")),
        );
    }
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
    if set.is_empty() {
        cx.report(
            Diagnostic::new(
                &codes::KNOWN_RESULT,
                cx.span(range),
                "no value is in a set without values: this is always false",
            )
            .why("no record would ever pass, or every one, without a word")
            .help("name the values, or write `false`"),
        );
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
