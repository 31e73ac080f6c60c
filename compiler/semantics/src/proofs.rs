//! Questions to the solver: typed conditions become formulas, witnesses become records people can read.
//!
//! The translation is exact for what the solver decides: comparisons of fields with constants and with each other,
//! membership, `is known`, and, or, not. Everything else becomes an uninterpreted statement known by its canonical text,
//! so equal texts are one statement, and a witness that rests on one is only possible.

use crate::model::{Model, RecordType};
use crate::solver::{self, Answer, Constant, Domain, Formula, Integers, PathId, Vocabulary};
use crate::typing::canonical;
use std::cell::RefCell;
use std::collections::BTreeMap;
use syncline_diagnostics::Witness;
use syncline_ir::{Comparison, Expr, Kind, Literal, Op, Type};

/// Microseconds of a day.
const DAY: i128 = 86_400_000_000;

/// Witness days lie near 2026-01-01, so that they look like days of a project.
const FIRST_DAY: i128 = 20_454;

/// Units of a time kind in a day.
const fn scale_of_time(kind: &Kind) -> i128 {
    if matches!(kind, Kind::Instant) { DAY } else { 1 }
}

/// A question about the records of one type.
pub(crate) struct Question<'m> {
    model: &'m Model,
    record: &'m RecordType,
    lets: BTreeMap<String, &'m Expr>,
    vocabulary: RefCell<Vocabulary>,
    /// The types of declared paths: how their values are written.
    types: RefCell<BTreeMap<String, Type>>,
}

impl<'m> Question<'m> {
    pub fn about(model: &'m Model, record: &'m RecordType) -> Self {
        Self { model, record, lets: BTreeMap::new(), vocabulary: RefCell::default(), types: RefCell::default() }
    }

    /// Lets conditions use the `let`s of a map.
    pub fn with_lets(mut self, lets: impl IntoIterator<Item = (&'m str, &'m Expr)>) -> Self {
        self.lets.extend(lets.into_iter().map(|(name, value)| (name.to_owned(), value)));
        self
    }

    /// A condition as a formula; no condition is always true.
    pub fn formula(&self, condition: Option<&Expr>) -> Formula {
        condition.map_or(Formula::True, |condition| self.translate(condition))
    }

    /// Whether no record meets both conditions.
    pub fn apart(&self, a: &Formula, b: &Formula) -> Verdict {
        let answer = solver::disjoint(a, b, &self.vocabulary.borrow());
        self.verdict(answer)
    }

    /// Whether every record meets one of the conditions.
    pub fn covered(&self, cases: &[Formula]) -> Verdict {
        let answer = solver::covered(cases, &Formula::True, &self.vocabulary.borrow());
        self.verdict(answer)
    }

    /// Whether `conclusion` holds wherever `premise` does.
    pub fn implied(&self, premise: &Formula, conclusion: &Formula) -> Verdict {
        let answer = solver::implied(premise, conclusion, &self.vocabulary.borrow());
        self.verdict(answer)
    }

    fn verdict(&self, answer: Answer) -> Verdict {
        match answer {
            Answer::Proved => Verdict::Proved,
            Answer::Refuted(witness) if witness.is_possible_only() => Verdict::Unknown(Some(self.shown(&witness))),
            Answer::Refuted(witness) => Verdict::Refuted(self.shown(&witness)),
            Answer::Unknown(_) => Verdict::Unknown(None),
        }
    }

    /// A witness with what makes it a record to look at: its key, its lifecycle, and the field at stake.
    pub fn whole(&self, witness: Witness, field: &str) -> Witness {
        let mut whole = Witness::new(witness.object);
        let named = |name: &str| {
            name != crate::build::ORIGIN
                && (self.record.key.iter().any(|key| key == name) || name == field || self.is_lifecycle(name))
        };
        for declared in self.record.fields.iter().filter(|declared| named(&declared.name)) {
            if witness.fields.iter().all(|(path, _)| *path != declared.name) {
                whole.fields.extend(declared.ty.as_ref().map(|ty| (declared.name.clone(), self.sample(ty))));
            }
        }
        whole.fields.extend(witness.fields);
        whole
    }

    fn is_lifecycle(&self, field: &str) -> bool {
        let ty = self.record.field(field).and_then(|field| field.ty.as_ref());
        matches!(ty.map(|ty| &ty.kind), Some(Kind::Enum { name }) if self.model.enums.get(name).is_some_and(|known| known.transitions.is_some()))
    }

    /// The plainest value of a type.
    fn sample(&self, ty: &Type) -> String {
        match &ty.kind {
            Kind::Text { .. } => "\"A\"".to_owned(),
            Kind::Bool => "false".to_owned(),
            Kind::Decimal { .. } => number(0, &ty.kind),
            Kind::Date | Kind::Instant => number(FIRST_DAY * scale_of_time(&ty.kind), &ty.kind),
            Kind::Money { .. } => number(0, &ty.kind),
            Kind::Currency => "USD".to_owned(),
            Kind::Enum { name } => self
                .model
                .enums
                .get(name)
                .and_then(|known| known.values.first())
                .map_or_else(String::new, |(value, _)| value.clone()),
            Kind::Reference { object } | Kind::Version { object } => format!("{object} 1"),
        }
    }

    /// A witness as people read it.
    fn shown(&self, witness: &solver::Witness) -> Witness {
        let vocabulary = self.vocabulary.borrow();
        let mut record = Witness::new(self.record.name.clone());
        for (path, value) in witness.values() {
            let name = vocabulary.name(path);
            record = record.field(name, self.written(name, value));
        }
        if witness.is_possible_only() { record.possible() } else { record }
    }

    fn written(&self, path: &str, value: &solver::Value) -> String {
        let ty = self.types.borrow().get(path).cloned();
        match (value, ty.map(|ty| ty.kind)) {
            (solver::Value::Null, _) => "null".to_owned(),
            (solver::Value::Outside(_), _) => "a value that is not listed".to_owned(),
            (solver::Value::Identity(number), Some(Kind::Reference { object })) => format!("{object} {number}"),
            (solver::Value::Identity(number), _) => format!("value {number}"),
            (solver::Value::Constant(Constant::Bool(value)), _) => value.to_string(),
            (solver::Value::Constant(Constant::Symbol(value)), _) => value.clone(),
            (solver::Value::Constant(Constant::Text(value)), _) => format!("\"{value}\""),
            (solver::Value::Constant(Constant::Integer(value)), Some(kind)) => number(*value, &kind),
            (solver::Value::Constant(Constant::Integer(value)), None) => value.to_string(),
        }
    }

    fn translate(&self, condition: &Expr) -> Formula {
        match &condition.op {
            Op::Literal { value: Literal::Bool(value) } => {
                if *value {
                    Formula::True
                } else {
                    Formula::False
                }
            }
            Op::And { all } => Formula::and(all.iter().map(|part| self.translate(part))),
            Op::Or { any } => Formula::or(any.iter().map(|part| self.translate(part))),
            Op::Not { value } => Formula::not(self.translate(value)),
            Op::IsKnown { value } => self.path(value).map_or_else(|| self.opaque(condition), Formula::Known),
            Op::In { value, set } => self.member(value, set).unwrap_or_else(|| self.opaque(condition)),
            Op::Compare { comparison, left, right } => {
                self.compare(*comparison, left, right).unwrap_or_else(|| self.opaque(condition))
            }
            Op::Let { name } => {
                self.lets.get(name).map_or_else(|| self.opaque(condition), |value| self.translate(value))
            }
            Op::Convert { value, .. } if value.ty.kind == Kind::Bool => self.translate(value),
            _ => self.path(condition).map_or_else(|| self.opaque(condition), Formula::is_true),
        }
    }

    fn opaque(&self, condition: &Expr) -> Formula {
        Formula::Uninterpreted(self.text(condition))
    }

    fn text(&self, expr: &Expr) -> String {
        canonical::text_with(expr, &|name| self.lets.get(name).copied())
    }

    fn member(&self, value: &Expr, set: &[Literal]) -> Option<Formula> {
        let path = self.path(value)?;
        let constants = set.iter().map(|literal| constant(literal, &value.ty.kind)).collect::<Option<Vec<_>>>()?;
        Some(Formula::OneOf(path, constants))
    }

    fn compare(&self, comparison: Comparison, left: &Expr, right: &Expr) -> Option<Formula> {
        let (left, right, comparison) = match (&left.op, &right.op) {
            (Op::Literal { .. }, Op::Literal { .. }) => return None,
            (Op::Literal { .. }, _) => (right, left, flipped(comparison)),
            _ => (left, right, comparison),
        };
        if let Op::Literal { value } = &right.op {
            return self.against(comparison, left, value);
        }
        let (a, b) = (self.shifted(left)?, self.shifted(right)?);
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if a.scale != b.scale {
            return None;
        }
        if equality && a.offset == b.offset {
            let same = Formula::Same(a.path, b.path);
            return Some(if comparison == Comparison::NotEqual { Formula::not(same) } else { same });
        }
        // `a + x op b + y` is `a op b + (y - x)`.
        Some(Formula::between(a.path, solver_comparison(comparison), b.path, b.offset.checked_sub(a.offset)?))
    }

    fn against(&self, comparison: Comparison, left: &Expr, value: &Literal) -> Option<Formula> {
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let left = self.resolved(left);
        if let Op::Subtract { left: minuend, right: subtrahend } = &left.op
            && !matches!(subtrahend.op, Op::Literal { .. })
        {
            return self.difference(comparison, minuend, subtrahend, value);
        }
        let Shifted { path, offset, scale } = self.shifted(left)?;
        let formula = match (value, equality) {
            (Literal::Null, true) => Formula::not(Formula::Known(path)),
            _ if offset == 0 && equality => match (constant(value, &left.ty.kind), finer(value, scale)) {
                (Some(constant), _) => Formula::Equals(path, constant),
                // No value of the path has so many digits after the point.
                (None, Some(_)) => Formula::False,
                (None, None) => return None,
            },
            _ => {
                let (comparison, bound) = bound(comparison, value, scale)?;
                let Some(bound) = bound else {
                    return Some(if comparison == Comparison::NotEqual { Formula::True } else { Formula::False });
                };
                return Some(Formula::Against(path, solver_comparison(comparison), bound.checked_sub(offset)?));
            }
        };
        Some(if comparison == Comparison::NotEqual { Formula::not(formula) } else { formula })
    }

    /// `a - b op constant` is `a op b + constant`.
    fn difference(
        &self,
        comparison: Comparison,
        minuend: &Expr,
        subtrahend: &Expr,
        value: &Literal,
    ) -> Option<Formula> {
        let (a, b) = (self.shifted(minuend)?, self.shifted(subtrahend)?);
        if a.scale != b.scale {
            return None;
        }
        let (comparison, bound) = bound(comparison, value, a.scale)?;
        let Some(bound) = bound else {
            return Some(if comparison == Comparison::NotEqual { Formula::True } else { Formula::False });
        };
        let offset = bound.checked_add(b.offset)?.checked_sub(a.offset)?;
        Some(Formula::between(a.path, solver_comparison(comparison), b.path, offset))
    }

    /// A path and the constant added to it; none when an expression is more than that.
    fn shifted(&self, expr: &Expr) -> Option<Shifted> {
        let expr = self.resolved(expr);
        let (base, value, sign) = match &expr.op {
            Op::Add { left, right } => match (&left.op, &right.op) {
                (_, Op::Literal { value }) => (left, value, 1),
                (Op::Literal { value }, _) => (right, value, 1),
                _ => return None,
            },
            Op::Subtract { left, right } => match &right.op {
                Op::Literal { value } => (left, value, -1),
                _ => return None,
            },
            _ => return Some(Shifted { path: self.path(expr)?, offset: 0, scale: scale_of(&expr.ty.kind) }),
        };
        let Shifted { path, offset, scale } = self.shifted(base)?;
        let (Literal::Decimal(digits) | Literal::Money { amount: digits, .. }) = value else { return None };
        Some(Shifted { path, offset: offset.checked_add(sign * scaled(digits, scale)?)?, scale })
    }

    /// The path an expression stands for; none when it is more than a path.
    fn path(&self, expr: &Expr) -> Option<PathId> {
        match &expr.op {
            Op::Field { field } => self.declare(field, &expr.ty),
            Op::Own => self.declare("self", &expr.ty),
            Op::Let { name } => self.path(self.lets.get(name)?),
            Op::Convert { value, .. } if scale_of(&value.ty.kind) == scale_of(&expr.ty.kind) => self.path(value),
            Op::Lookup { .. } | Op::Crosswalk { .. } | Op::Version { .. } => self.declare(&self.text(expr), &expr.ty),
            Op::Follow { base, field, object } => {
                let declared = self.model.record(object)?.field(field)?.ty.clone()?;
                match &self.resolved(base).op {
                    Op::Own => return self.declare(field, &declared),
                    // The key field of a looked-up record is the value it was looked up by.
                    Op::Lookup { key, .. } => {
                        if let Some(argument) = key.iter().find(|argument| argument.field == *field) {
                            return self.path(&argument.value);
                        }
                    }
                    _ => {}
                }
                let parent = self.path(base)?;
                let domain = self.domain(&declared)?;
                let path = self.vocabulary.borrow_mut().field(parent, field, domain, declared.optional);
                let name = self.vocabulary.borrow().name(path).to_owned();
                self.types.borrow_mut().insert(name, declared);
                Some(path)
            }
            _ => None,
        }
    }

    /// An expression with `let`s replaced by their values.
    fn resolved<'e>(&self, expr: &'e Expr) -> &'e Expr
    where
        'm: 'e,
    {
        let mut resolved = expr;
        while let Op::Let { name } = &resolved.op {
            match self.lets.get(name) {
                Some(value) => resolved = value,
                None => break,
            }
        }
        resolved
    }

    fn declare(&self, name: &str, ty: &Type) -> Option<PathId> {
        let declared = self.record.field(name).and_then(|field| field.ty.clone()).unwrap_or_else(|| ty.clone());
        let domain = self.domain(&declared)?;
        let path = self.vocabulary.borrow_mut().root(name, domain, declared.optional);
        self.types.borrow_mut().insert(name.to_owned(), declared);
        Some(path)
    }

    fn domain(&self, ty: &Type) -> Option<Domain> {
        Some(match &ty.kind {
            Kind::Bool => Domain::Bool,
            Kind::Enum { name } => Domain::Enum {
                values: self.model.enums.get(name)?.values.iter().map(|(value, _)| value.clone()).collect(),
                open: false,
            },
            Kind::Decimal { precision, .. } | Kind::Money { precision, .. } => {
                let limit = 10_i128.checked_pow(u32::from(*precision))?.checked_sub(1)?;
                Domain::Integer(Integers::between(-limit, limit))
            }
            Kind::Date | Kind::Instant => Domain::Integer(Integers::ALL.near(FIRST_DAY * scale_of_time(&ty.kind))),
            Kind::Text { .. } | Kind::Currency => Domain::Text,
            Kind::Reference { object } => Domain::Opaque { sort: object.clone() },
            Kind::Version { object } => Domain::Opaque { sort: format!("version of {object}") },
        })
    }
}

const fn flipped(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same => same,
    }
}

const fn solver_comparison(comparison: Comparison) -> solver::Comparison {
    match comparison {
        Comparison::Equal => solver::Comparison::Equal,
        Comparison::NotEqual => solver::Comparison::NotEqual,
        Comparison::Less => solver::Comparison::Less,
        Comparison::LessOrEqual => solver::Comparison::AtMost,
        Comparison::Greater => solver::Comparison::Greater,
        Comparison::GreaterOrEqual => solver::Comparison::AtLeast,
    }
}

const fn scale_of(kind: &Kind) -> u8 {
    match kind {
        Kind::Decimal { scale, .. } | Kind::Money { scale, .. } => *scale,
        _ => 0,
    }
}

/// A literal as a constant of a path of this kind; none when the path's scale cannot hold it.
fn constant(literal: &Literal, kind: &Kind) -> Option<Constant> {
    Some(match literal {
        Literal::Null => return None,
        Literal::Bool(value) => Constant::Bool(*value),
        Literal::Enum(value) => Constant::Symbol(value.clone()),
        Literal::Text(value) | Literal::Currency(value) => Constant::Text(value.clone()),
        Literal::Decimal(digits) | Literal::Money { amount: digits, .. } => {
            Constant::Integer(scaled(digits, scale_of(kind))?)
        }
        Literal::Date(date) => {
            let date: jiff::civil::Date = date.parse().ok()?;
            Constant::Integer(i128::from(date.since(jiff::civil::Date::constant(1970, 1, 1)).ok()?.get_days()))
        }
        Literal::Instant(instant) => {
            Constant::Integer(i128::from(instant.parse::<jiff::Timestamp>().ok()?.as_microsecond()))
        }
    })
}

/// A path and the constant added to it, as a coefficient of the path's scale.
struct Shifted {
    path: PathId,
    offset: i128,
    scale: u8,
}

/// A comparison with a number, as one with a coefficient of a scale. A number that lies between two coefficients is
/// ordered like its neighbours, and equal to none: then there is no coefficient.
fn bound(comparison: Comparison, value: &Literal, scale: u8) -> Option<(Comparison, Option<i128>)> {
    let kind = Kind::Decimal { precision: 38, scale, unit: None };
    if let Some(Constant::Integer(exact)) = constant(value, &kind) {
        return Some((comparison, Some(exact)));
    }
    let floor = finer(value, scale)?;
    Some(match comparison {
        Comparison::Less | Comparison::LessOrEqual => (Comparison::LessOrEqual, Some(floor)),
        Comparison::Greater | Comparison::GreaterOrEqual => (Comparison::Greater, Some(floor)),
        equality => (equality, None),
    })
}

/// The greatest coefficient below a number with more digits after the point than the scale has.
fn finer(value: &Literal, scale: u8) -> Option<i128> {
    let (Literal::Decimal(digits) | Literal::Money { amount: digits, .. }) = value else { return None };
    let (_, fraction) = digits.split_once('.')?;
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() <= usize::from(scale) {
        return None;
    }
    let exact = scaled(digits, u8::try_from(fraction.len()).ok()?)?;
    let surplus = u32::try_from(fraction.len() - usize::from(scale)).ok()?;
    Some(exact.div_euclid(10_i128.checked_pow(surplus)?))
}

/// Decimal digits as a coefficient of this scale.
fn scaled(digits: &str, scale: u8) -> Option<i128> {
    let (sign, digits) = digits.strip_prefix('-').map_or((1, digits), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let missing = usize::from(scale).checked_sub(fraction.len())?;
    let coefficient: i128 = format!("{whole}{fraction}{}", "0".repeat(missing)).parse().ok()?;
    Some(sign * coefficient)
}

/// A coefficient as the language writes it.
fn number(value: i128, kind: &Kind) -> String {
    match kind {
        Kind::Date => {
            let days = i32::try_from(value).ok().map(|days| jiff::Span::new().try_days(days));
            let date = days
                .and_then(Result::ok)
                .and_then(|days| jiff::civil::Date::constant(1970, 1, 1).checked_add(days).ok());
            date.map_or_else(|| value.to_string(), |date| date.to_string())
        }
        Kind::Instant => i64::try_from(value)
            .ok()
            .and_then(|value| jiff::Timestamp::from_microsecond(value).ok())
            .map_or_else(|| value.to_string(), |instant| instant.to_string()),
        Kind::Decimal { scale, unit, .. } => {
            let digits = decimal(value, *scale);
            unit.as_ref().map_or(digits.clone(), |unit| format!("{digits} {unit}"))
        }
        Kind::Money { scale, currency: syncline_ir::CurrencyOf::Fixed(code), .. } => {
            format!("{} {code}", decimal(value, *scale))
        }
        Kind::Money { scale, .. } => decimal(value, *scale),
        _ => value.to_string(),
    }
}

fn decimal(value: i128, scale: u8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = usize::from(scale) + 1);
    let (whole, fraction) = digits.split_at_checked(digits.len() - usize::from(scale)).unwrap_or((&digits, ""));
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// What the solver says of a rule.
pub(crate) enum Verdict {
    /// It holds.
    Proved,
    /// It does not, for this record.
    Refuted(Witness),
    /// Nobody knows; a record that may break it, where one was found.
    Unknown(Option<Witness>),
}
