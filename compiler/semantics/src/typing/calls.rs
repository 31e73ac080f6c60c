//! Functions.

use super::{Scope, described, infer, matches, operators, typed};
use crate::context::Context;
use syncline_diagnostics::{Diagnostic, Fix, closest, codes};
use syncline_ir::{Expr, Function, Kind, Literal, Op, Type};
use syncline_syntax::ast::{self, ExprKind};

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
        return super::rounding::round(arguments, otherwise, range, scope, cx);
    }
    if function.text == "convert" {
        return super::exchange::convert(arguments, otherwise, range, scope, cx);
    }
    let Some((_, found, usage)) = FUNCTIONS.iter().find(|(name, ..)| *name == function.text.as_str()) else {
        let span = cx.span(function.range);
        let diagnostic =
            Diagnostic::new(&codes::UNKNOWN_FUNCTION, span, format!("there is no function `{}`", function.text));
        let names = FUNCTIONS.iter().map(|(name, ..)| *name).chain(["round", "convert"]);
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
        let value =
            self.argument(one, "a value", |kind| !matches!(kind, Kind::Reference { .. } | Kind::Version { .. }))?;
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
            Kind::Instant | Kind::Reference { .. } | Kind::Version { .. } => None,
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
