//! Constants. A number has the fewest digits that hold it, and as many decimals as are written.

use super::{Scope, typed, units};
use crate::context::Context;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{CurrencyOf, Expr, Kind, Literal, Op, Type};
use syncline_syntax::ast::{self, DurationUnit, ExprKind};

/// Digits a number inside an expression may have.
pub(super) const EXPRESSION_DIGITS: u32 = 38;

pub(super) fn literal(
    written: &ast::Expr,
    expected: Option<&Type>,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let range = written.range;
    match &written.kind {
        ExprKind::Number(text) => number(text, None, range, cx),
        ExprKind::Percent(text) => percent(text, range, cx),
        ExprKind::Duration(duration) => {
            let unit = match duration.unit {
                DurationUnit::Second => "second",
                DurationUnit::Minute => "minute",
                DurationUnit::Hour => "hour",
                DurationUnit::Day => "day",
            };
            number(&duration.number, Some(unit.to_owned()), range, cx)
        }
        ExprKind::Quantity { number: amount, unit } => quantity(amount, unit, range, scope, cx),
        ExprKind::Date(text) => match text.parse::<jiff::civil::Date>() {
            Ok(date) if date.year() >= 1 => {
                Some(typed(Kind::Date, Op::Literal { value: Literal::Date(date.to_string()) }, range, cx))
            }
            _ => invalid(range, format!("there is no day `{text}`"), "write an existing day, `2026-01-31`", cx),
        },
        ExprKind::Instant(text) => match text.parse::<jiff::Timestamp>() {
            Ok(instant) if instant.subsec_nanosecond() % 1_000 != 0 => invalid(
                range,
                format!("`{text}` is finer than a microsecond"),
                "write at most six digits of a second",
                cx,
            ),
            Ok(instant) if on_the_clock(text) && instant >= FIRST_INSTANT => {
                Some(typed(Kind::Instant, Op::Literal { value: Literal::Instant(instant.to_string()) }, range, cx))
            }
            _ => invalid(
                range,
                format!("there is no instant `{text}`"),
                "write an existing instant with its zone, `2026-01-31T10:00:00Z`",
                cx,
            ),
        },
        ExprKind::Bool(value) => Some(typed(Kind::Bool, Op::Literal { value: Literal::Bool(*value) }, range, cx)),
        ExprKind::Null => null(range, expected, cx),
        _ => None,
    }
}

/// The start of the year 1.
const FIRST_INSTANT: jiff::Timestamp = jiff::Timestamp::constant(-62_135_596_800, 0);

/// Whether the seconds and the offset of an instant, `2026-01-31T10:00:59+02:00`, are ones that a clock shows. The parser
/// takes a leap second for the one before it, and offsets beyond a day.
fn on_the_clock(text: &str) -> bool {
    let clock = text.split_once('T').map_or("", |(_, clock)| clock);
    let (clock, offset) = clock.split_once(['+', '-', 'Z']).unwrap_or((clock, ""));
    let parts_below = |text: &str, limits: &[u8]| {
        text.split([':', '.']).zip(limits).all(|(part, limit)| part.parse::<u8>().is_ok_and(|part| part < *limit))
    };
    parts_below(clock, &[24, 60, 60]) && (offset.is_empty() || parts_below(offset, &[24, 60]))
}

fn null(range: ast::Range, expected: Option<&Type>, cx: &Context<'_>) -> Option<Expr> {
    let Some(expected) = expected else {
        cx.report(
            Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(range), "nothing here says of which type this `null` is")
                .help("write `x is unknown` to ask whether a value is missing"),
        );
        return None;
    };
    Some(Expr {
        ty: Type::optional(expected.kind.clone()),
        op: Op::Literal { value: Literal::Null },
        at: Some(cx.at(range)),
    })
}

fn invalid(range: ast::Range, message: String, help: &str, cx: &Context<'_>) -> Option<Expr> {
    cx.report(Diagnostic::new(&codes::INVALID_LITERAL, cx.span(range), message).help(help));
    None
}

/// The canonical digits of a literal with its precision and scale.
fn digits(text: &str, range: ast::Range, cx: &Context<'_>) -> Option<(String, u8, u8)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = whole.trim_start_matches('0');
    let scale = fraction.len();
    let precision = (whole.len() + scale).max(1);
    match (u8::try_from(precision), u8::try_from(scale)) {
        (Ok(precision), Ok(scale)) if u32::from(precision) <= EXPRESSION_DIGITS => {
            let whole = if whole.is_empty() { "0" } else { whole };
            let canonical = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
            Some((canonical, precision, scale))
        }
        _ => {
            invalid(
                range,
                format!("a number has at most {EXPRESSION_DIGITS} digits, and this has {precision}"),
                "write fewer digits",
                cx,
            );
            None
        }
    }
}

fn number(text: &str, unit: Option<String>, range: ast::Range, cx: &Context<'_>) -> Option<Expr> {
    let (canonical, precision, scale) = digits(text, range, cx)?;
    Some(typed(Kind::Decimal { precision, scale, unit }, Op::Literal { value: Literal::Decimal(canonical) }, range, cx))
}

/// `20%` is the fraction 0.20.
fn percent(text: &str, range: ast::Range, cx: &Context<'_>) -> Option<Expr> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let padded = format!("{whole:0>3}");
    let cut = padded.len().saturating_sub(2);
    let (units, points) = padded.split_at_checked(cut)?;
    number(&format!("{units}.{points}{fraction}"), None, range, cx)
}

fn quantity(
    amount: &ast::Number,
    unit: &ast::Name,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    if syncline_ir::minor_units(&unit.text).is_some() {
        let (canonical, precision, scale) = digits(&amount.text, range, cx)?;
        let kind = Kind::Money { precision, scale, currency: CurrencyOf::Fixed(unit.text.to_string()), per: None };
        return Some(typed(
            kind,
            Op::Literal { value: Literal::Money { amount: canonical, currency: unit.text.to_string() } },
            range,
            cx,
        ));
    }
    let unit = units::known(scope.model, unit, cx)?;
    number(&amount.text, Some(unit), range, cx)
}
