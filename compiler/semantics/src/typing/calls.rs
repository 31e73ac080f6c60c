//! Functions.

use super::literals::EXPRESSION_DIGITS;
use super::{Scope, canonical, described, infer, matches, operators, typed};
use crate::context::Context;
use syncline_diagnostics::{Diagnostic, Fix, closest, codes};
use syncline_ir::{CurrencyOf, Expr, Function, Kind, Literal, Op, Rounding, Type};
use syncline_syntax::ast::{self, BinaryOperator, ExprKind};

/// Each function with how it is called.
const FUNCTIONS: [(&str, Function, &str); 25] = [
    ("truncate", Function::Truncate, "truncate(text, n)"),
    ("upper", Function::Upper, "upper(text)"),
    ("lower", Function::Lower, "lower(text)"),
    ("trim", Function::Trim, "trim(text)"),
    ("folded", Function::Folded, "folded(text)"),
    ("length", Function::Length, "length(text)"),
    ("starts_with", Function::StartsWith, "starts_with(text, prefix)"),
    ("ends_with", Function::EndsWith, "ends_with(text, suffix)"),
    ("contains", Function::Contains, "contains(text, part)"),
    ("replace", Function::Replace, "replace(text, part, replacement)"),
    ("left", Function::Left, "left(text, n)"),
    ("right", Function::Right, "right(text, n)"),
    ("concat", Function::Concat, "concat(text, text, …)"),
    ("text", Function::Text, "text(value)"),
    ("decimal", Function::Decimal, "decimal(text, p, s)"),
    ("int", Function::Int, "int(text)"),
    ("date", Function::Date, "date(text)"),
    ("min", Function::Min, "min(a, b, …)"),
    ("max", Function::Max, "max(a, b, …)"),
    ("abs", Function::Abs, "abs(number)"),
    ("date_of", Function::DateOf, "date_of(instant, \"America/New_York\")"),
    ("start_of", Function::StartOf, "start_of(date, \"America/New_York\")"),
    ("year", Function::Year, "year(date)"),
    ("month", Function::Month, "month(date)"),
    ("day", Function::Day, "day(date)"),
];

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

pub(super) fn call(
    function: &ast::Name,
    arguments: &[ast::Expr],
    otherwise: Option<&ast::Expr>,
    range: ast::Range,
    expected: Option<&Type>,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    if function.text == "round" {
        return round(arguments, otherwise, range, scope, cx);
    }
    let Some((_, found, usage)) = FUNCTIONS.iter().find(|(name, ..)| *name == function.text.as_str()) else {
        let span = cx.span(function.range);
        let diagnostic =
            Diagnostic::new(&codes::UNKNOWN_FUNCTION, span, format!("there is no function `{}`", function.text));
        let names = FUNCTIONS.iter().map(|(name, ..)| *name).chain(["round"]);
        cx.report(match closest(&function.text, names) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(Fix::replace(
                format!("write `{near}`"),
                span,
                near,
            )),
            None => diagnostic,
        });
        return None;
    };
    if let Some(otherwise) = otherwise {
        cx.report(
            Diagnostic::new(&codes::WRONG_ARGUMENTS, cx.span(otherwise.range), "only a rounded division has an `else`")
                .help("remove it"),
        );
        return None;
    }
    let call = Call { function: *found, usage, range, scope, cx };
    match found {
        Function::Min | Function::Max => call.extreme(arguments, expected),
        Function::Decimal => call.decimal(arguments),
        Function::Truncate | Function::Left | Function::Right => call.cut(arguments),
        Function::DateOf => call.zoned(arguments, Kind::Instant, Kind::Date),
        Function::StartOf => call.zoned(arguments, Kind::Date, Kind::Instant),
        Function::Text | Function::Abs => call.of_any(arguments),
        _ => call.plain(arguments),
    }
}

struct Call<'c, 'm> {
    function: Function,
    usage: &'static str,
    range: ast::Range,
    scope: &'c Scope<'m>,
    cx: &'c Context<'c>,
}

impl Call<'_, '_> {
    fn wrong<T>(&self) -> Option<T> {
        self.cx.report(
            Diagnostic::new(&codes::WRONG_ARGUMENTS, self.cx.span(self.range), "this call has the wrong arguments")
                .help(format!("write `{}`", self.usage)),
        );
        None
    }

    fn argument(&self, written: &ast::Expr, wanted: &str, fits: impl Fn(&Kind) -> bool) -> Option<Expr> {
        let value = infer(written, None, self.scope, self.cx)?;
        if fits(&value.ty.kind) {
            return Some(value);
        }
        let message = format!("{wanted} is needed here, and this is {}", described(&value.ty));
        self.cx.report(
            Diagnostic::new(&codes::WRONG_ARGUMENTS, self.cx.span(written.range), message)
                .help(format!("write `{}`", self.usage)),
        );
        None
    }

    fn text(&self, written: &ast::Expr) -> Option<Expr> {
        self.argument(written, "a text", |kind| matches!(kind, Kind::Text { .. }))
    }

    fn result(&self, kind: Kind, arguments: Vec<Expr>) -> Expr {
        let optional = arguments.iter().any(|argument| argument.ty.optional);
        let ty = Type { kind, optional };
        Expr { ty, op: Op::Call { function: self.function, arguments }, at: Some(self.cx.at(self.range)) }
    }

    /// Functions of texts and dates whose arguments have one type.
    fn plain(&self, written: &[ast::Expr]) -> Option<Expr> {
        let count = match self.function {
            Function::StartsWith | Function::EndsWith | Function::Contains => 2..=2,
            Function::Replace => 3..=3,
            Function::Concat => 2..=usize::MAX,
            _ => 1..=1,
        };
        if !count.contains(&written.len()) {
            return self.wrong();
        }
        let dates = matches!(self.function, Function::Year | Function::Month | Function::Day);
        let mut arguments = Vec::new();
        for one in written {
            arguments.push(if dates {
                self.argument(one, "a date", |kind| *kind == Kind::Date)
            } else {
                self.text(one)
            }?);
        }
        let width = |argument: &Expr| match argument.ty.kind {
            Kind::Text { max } => max,
            _ => None,
        };
        let first = arguments.first().and_then(width);
        let kind = match self.function {
            // Case mappings make at most three code points of one (U+0390).
            Function::Upper | Function::Lower => Kind::Text { max: first.and_then(|max| max.checked_mul(3)) },
            Function::Trim => Kind::Text { max: first },
            Function::Concat => {
                Kind::Text { max: arguments.iter().try_fold(0_u32, |sum, argument| sum.checked_add(width(argument)?)) }
            }
            Function::Length => Kind::Decimal { precision: 9, scale: 0, unit: None },
            Function::StartsWith | Function::EndsWith | Function::Contains => Kind::Bool,
            Function::Int => Kind::INT,
            Function::Date => Kind::Date,
            Function::Year => Kind::Decimal { precision: 5, scale: 0, unit: None },
            Function::Month | Function::Day => Kind::Decimal { precision: 2, scale: 0, unit: None },
            _ => Kind::Text { max: None },
        };
        Some(self.result(kind, arguments))
    }

    /// `text(x)` and `abs(x)`.
    fn of_any(&self, written: &[ast::Expr]) -> Option<Expr> {
        let [one] = written else { return self.wrong() };
        if self.function == Function::Abs {
            let value =
                self.argument(one, "a number", |kind| matches!(kind, Kind::Decimal { .. } | Kind::Money { .. }))?;
            let kind = value.ty.kind.clone();
            return Some(self.result(kind, vec![value]));
        }
        let value = self.argument(one, "a value", |kind| !matches!(kind, Kind::Reference { .. }))?;
        let max = match &value.ty.kind {
            Kind::Text { max } => *max,
            Kind::Bool => Some(5),
            // Sign, point and a leading zero.
            Kind::Decimal { precision, .. } => Some(u32::from(*precision) + 3),
            Kind::Money { precision, .. } => Some(u32::from(*precision) + 7),
            Kind::Date => Some(10),
            Kind::Currency => Some(3),
            Kind::Enum { name } => self.scope.model.enums.get(name).and_then(|known| {
                known.values.iter().map(|(value, _)| u32::try_from(value.chars().count()).ok()).max().flatten()
            }),
            Kind::Instant | Kind::Reference { .. } => None,
        };
        Some(self.result(Kind::Text { max }, vec![value]))
    }

    fn extreme(&self, written: &[ast::Expr], expected: Option<&Type>) -> Option<Expr> {
        if written.len() < 2 {
            return self.wrong();
        }
        let mut arguments = Vec::new();
        for one in written {
            let value = infer(one, expected, self.scope, self.cx)?;
            let value = operators::required(value, one.range, self.cx)?;
            if !matches!(value.ty.kind, Kind::Decimal { .. } | Kind::Money { .. } | Kind::Date | Kind::Instant) {
                let message = format!("{} has no order", described(&value.ty));
                self.cx.report(
                    Diagnostic::new(&codes::WRONG_ARGUMENTS, self.cx.span(one.range), message)
                        .help("give numbers, amounts, dates or instants"),
                );
                return None;
            }
            arguments.push(value);
        }
        let pairs: Vec<(&Expr, ast::Range)> =
            arguments.iter().zip(written).map(|(value, one)| (value, one.range)).collect();
        let kind = matches::united(&pairs, self.range, self.scope, self.cx)?.kind;
        Some(self.result(kind, arguments))
    }

    fn whole(&self, written: &ast::Expr, most: u32) -> Option<u32> {
        let value = match &written.kind {
            ExprKind::Number(text) => text.parse::<u32>().ok().filter(|value| *value <= most),
            _ => None,
        };
        if value.is_none() {
            let message = format!("a whole number up to {most} is needed here, written out");
            self.cx.report(
                Diagnostic::new(&codes::WRONG_ARGUMENTS, self.cx.span(written.range), message)
                    .help(format!("write `{}`", self.usage)),
            );
        }
        value
    }

    fn constant(&self, value: u32, written: &ast::Expr) -> Expr {
        let precision = u8::try_from(value.to_string().len()).unwrap_or(10);
        typed(
            Kind::Decimal { precision, scale: 0, unit: None },
            Op::Literal { value: Literal::Decimal(value.to_string()) },
            written.range,
            self.cx,
        )
    }

    fn cut(&self, written: &[ast::Expr]) -> Option<Expr> {
        let [text, length] = written else { return self.wrong() };
        let (value, max) = (self.text(text), self.whole(length, 1_000_000));
        let (value, max) = (value?, max?);
        Some(self.result(Kind::Text { max: Some(max) }, vec![value, self.constant(max, length)]))
    }

    fn decimal(&self, written: &[ast::Expr]) -> Option<Expr> {
        let [text, precision, scale] = written else { return self.wrong() };
        let value = self.text(text)?;
        let (p, s) = (self.whole(precision, 28)?, self.whole(scale, 28)?);
        let (Ok(digits), Ok(decimals)) = (u8::try_from(p), u8::try_from(s)) else { return self.wrong() };
        if digits == 0 || decimals > digits {
            return self.wrong();
        }
        let arguments = vec![value, self.constant(p, precision), self.constant(s, scale)];
        Some(self.result(Kind::Decimal { precision: digits, scale: decimals, unit: None }, arguments))
    }

    fn zoned(&self, written: &[ast::Expr], from: Kind, to: Kind) -> Option<Expr> {
        let [value, zone] = written else { return self.wrong() };
        let wanted = if from == Kind::Date { "a date" } else { "an instant" };
        let found = self.argument(value, wanted, |kind| *kind == from)?;
        let name = infer(zone, None, self.scope, self.cx)?;
        let known = match &name.op {
            // The database that is built in, whatever the machine has, and names as it writes them.
            Op::Literal { value: Literal::Text(name) } => {
                jiff::tz::TimeZoneDatabase::bundled().get(name).is_ok_and(|zone| zone.iana_name() == Some(name))
            }
            _ => false,
        };
        if !known {
            let message = format!("{} is no time zone of the tz database", self.cx.text(zone.range));
            self.cx.report(
                Diagnostic::new(&codes::WRONG_ARGUMENTS, self.cx.span(zone.range), message)
                    .help("write a zone by its name, `\"America/New_York\"`"),
            );
            return None;
        }
        Some(self.result(to, vec![found, name]))
    }
}

fn round(
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
        let (precision, scale) = operators::fits(precision, scale, range, cx)?;
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
    let (precision, scale) = operators::fits(precision, scale, range, cx)?;
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

fn rounding(written: &ast::Expr, cx: &Context<'_>) -> Option<Rounding> {
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
    operators::fits(u32::try_from(widest).unwrap_or(u32::MAX), scale, range, cx)?;
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
