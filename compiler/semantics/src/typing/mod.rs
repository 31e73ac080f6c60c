//! Typing: from expressions as written to typed expressions of the plan.
//!
//! Terms
//! - The **scope** says what a bare name means: a field of the record at hand, or a `let`.
//! - The **expected** type is that of the other side: a bare name that is no field is looked up among its values.
//! - `None` is poison: the problem has been reported.

mod arithmetic;
mod as_of;
mod calls;
pub(crate) mod canonical;
pub(crate) mod convert;
mod exchange;
pub(crate) mod fields;
mod literals;
mod lookups;
mod matches;
mod narrowing;
mod operators;
mod paths;
mod rounding;
pub(crate) mod units;

use crate::context::Context;
use crate::model::{Model, Predicate, RecordType};
use std::collections::{BTreeMap, BTreeSet};
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{Expr, Kind, Op, TextPart, Type};
use syncline_syntax::ast::{self, ExprKind};

/// What bare names mean.
#[derive(Clone)]
pub(crate) struct Scope<'m> {
    /// All declarations.
    pub model: &'m Model,
    /// The record at hand.
    pub record: &'m RecordType,
    /// Whether the record is a row of a source, which has no identity in the hub yet.
    pub is_source: bool,
    lets: BTreeMap<String, Option<Expr>>,
    /// Canonical texts of values that are known to be there.
    known: BTreeSet<String>,
}

/// Where a value is assigned.
pub(crate) struct Target<'m> {
    /// The record type written.
    pub record: &'m RecordType,
    /// The field.
    pub field: &'m crate::model::Field,
    /// Its type.
    pub ty: &'m Type,
    /// Whether the assignment says where its failure goes.
    pub has_route: bool,
}

static NO_RECORD: RecordType = RecordType {
    name: String::new(),
    fields: Vec::new(),
    key: Vec::new(),
    incomplete: false,
    doc: None,
    span: syncline_diagnostics::Span::new(syncline_diagnostics::ItemRef(0), 0, 0),
};

impl<'m> Scope<'m> {
    pub fn of_record(model: &'m Model, record: &'m RecordType, is_source: bool) -> Self {
        Self { model, record, is_source, lets: BTreeMap::new(), known: BTreeSet::new() }
    }

    pub fn of_object(model: &'m Model, object: &str) -> Self {
        let record = model.objects.get(object).map_or(&NO_RECORD, |object| &object.record);
        Self::of_record(model, record, false)
    }

    pub fn bind(&mut self, name: &str, value: Option<Expr>) {
        self.lets.insert(name.to_owned(), value);
    }

    /// The value of a `let`; none when there is no such `let`.
    pub fn bound(&self, name: &str) -> Option<Option<&Expr>> {
        self.lets.get(name).map(Option::as_ref)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.record.fields.iter().map(|field| field.name.as_str()).chain(self.lets.keys().map(String::as_str))
    }

    fn has(&self, name: &str) -> bool {
        self.record.field(name).is_some() || self.lets.contains_key(name)
    }
}

/// The typed expression, or nothing when a problem has been reported.
pub(crate) fn infer(written: &ast::Expr, expected: Option<&Type>, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Expr> {
    let range = written.range;
    match &written.kind {
        ExprKind::Broken => None,
        ExprKind::Number(_)
        | ExprKind::Quantity { .. }
        | ExprKind::Percent(_)
        | ExprKind::Duration(_)
        | ExprKind::Date(_)
        | ExprKind::Instant(_)
        | ExprKind::Bool(_)
        | ExprKind::Null => literals::literal(written, expected, scope, cx),
        ExprKind::Text(text) => interpolation(text, scope, cx),
        ExprKind::SelfRef => paths::own(range, scope, cx),
        ExprKind::Path(path) => paths::path(path, expected, scope, cx),
        ExprKind::Field { base, names } => {
            let base = infer(base, None, scope, cx)?;
            paths::follow(base, names, scope, cx)
        }
        ExprKind::Version { base, which } => as_of::version(base, which, range, scope, cx),
        ExprKind::Lookup { object, keys, as_of } => lookups::lookup(object, keys, as_of.as_deref(), range, scope, cx),
        ExprKind::Index { table, value } => lookups::index(table, value, range, scope, cx),
        ExprKind::Call { function, arguments, otherwise } => {
            calls::call(function, arguments, otherwise.as_deref(), range, expected, scope, cx)
        }
        ExprKind::Match { subject, arms } => matches::choice(subject, arms, range, expected, scope, cx),
        ExprKind::Unary { operator, operand } => operators::unary(*operator, operand, range, expected, scope, cx),
        ExprKind::Binary { operator, left, right } => {
            operators::binary(*operator, left, right, range, expected, scope, cx)
        }
        ExprKind::In { value, set } => operators::member(value, set, range, scope, cx),
        ExprKind::Is { value, known } => operators::is_known(value, *known, range, scope, cx),
    }
}

/// A typed condition.
pub(crate) fn predicate(written: &ast::Expr, scope: &Scope<'_>, cx: &Context<'_>) -> Predicate {
    let boolean = Type::required(Kind::Bool);
    let expr = infer(written, Some(&boolean), scope, cx).and_then(|expr| condition(expr, written.range, cx));
    Predicate { expr, text: cx.text(written.range), span: cx.span(written.range) }
}

/// `expr` if it is a condition.
pub(crate) fn condition(expr: Expr, range: ast::Range, cx: &Context<'_>) -> Option<Expr> {
    match (&expr.ty.kind, expr.ty.optional) {
        (Kind::Bool, false) => Some(expr),
        (Kind::Bool, true) => {
            cx.report(
                Diagnostic::new(
                    &codes::OPTIONAL_OPERAND,
                    cx.span(range),
                    "this condition may be neither true nor false",
                )
                .help("write `?? false`, or compare with `== true`"),
            );
            None
        }
        _ => {
            let message = format!("a condition is expected, and this is {}", described(&expr.ty));
            cx.report(
                Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(range), message).help("compare it with something"),
            );
            None
        }
    }
}

/// A text with fields in it.
pub(crate) fn interpolation(text: &ast::Text, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Expr> {
    if let [] | [ast::TextPart::Plain(_)] = text.parts.as_slice() {
        let plain = text
            .parts
            .iter()
            .map(|part| if let ast::TextPart::Plain(plain) = part { plain.as_str() } else { "" })
            .collect::<String>();
        let max = u32::try_from(plain.chars().count()).ok();
        return Some(typed(
            Kind::Text { max },
            Op::Literal { value: syncline_ir::Literal::Text(plain) },
            text.range,
            cx,
        ));
    }
    let mut parts = Vec::new();
    for part in &text.parts {
        parts.push(match part {
            ast::TextPart::Plain(plain) => TextPart::Text(plain.clone()),
            ast::TextPart::Field(path) => TextPart::Value(paths::path(path, None, scope, cx)?),
        });
    }
    let max = parts.iter().try_fold(0_u32, |sum, part| sum.checked_add(part_width(part)?));
    Some(typed(Kind::Text { max }, Op::Text { parts }, text.range, cx))
}

fn part_width(part: &TextPart) -> Option<u32> {
    match part {
        TextPart::Text(text) => u32::try_from(text.chars().count()).ok(),
        TextPart::Value(value) => match &value.ty.kind {
            Kind::Text { max } if !value.ty.optional => *max,
            _ => None,
        },
    }
}

/// An expression with a required result.
fn typed(kind: Kind, op: Op, range: ast::Range, cx: &Context<'_>) -> Expr {
    Expr { ty: Type::required(kind), op, at: Some(cx.at(range)) }
}

/// A type in words: `a date`, `` `TimeState` ``, `hours (decimal(6, 2) hour)`.
pub(crate) fn described(ty: &Type) -> String {
    let optional = if ty.optional { " that may be missing" } else { "" };
    match &ty.kind {
        Kind::Text { .. } | Kind::Date | Kind::Decimal { unit: None, .. } => format!("a `{}`{optional}", ty.kind),
        Kind::Bool => format!("a `bool`{optional}"),
        Kind::Instant => format!("an `instant`{optional}"),
        Kind::Currency => format!("a `currency`{optional}"),
        Kind::Decimal { .. } => format!("a quantity, `{}`{optional}", ty.kind),
        Kind::Money { .. } => format!("an amount, `{}`{optional}", ty.kind),
        Kind::Enum { name } => format!("a value of `{name}`{optional}"),
        Kind::Reference { object } => format!("a reference to `{object}`{optional}"),
        Kind::Version { object } => format!("a version of `{object}`{optional}"),
    }
}

/// Calls `visit` with the first name of every path in an expression.
pub(crate) fn first_names<'e>(written: &'e ast::Expr, visit: &mut impl FnMut(&'e str)) {
    let mut pending = vec![written];
    while let Some(expr) = pending.pop() {
        match &expr.kind {
            ExprKind::Path(path) => path.names.first().into_iter().for_each(|name| visit(name.text.as_str())),
            ExprKind::Text(text) => {
                for part in &text.parts {
                    if let ast::TextPart::Field(path) = part {
                        path.names.first().into_iter().for_each(|name| visit(name.text.as_str()));
                    }
                }
            }
            ExprKind::Field { base, .. } => pending.push(base),
            ExprKind::Version { base, which } => {
                pending.push(base);
                if let ast::WhichVersion::AsOf(as_of) = which {
                    pending.push(&as_of.day);
                }
            }
            ExprKind::Lookup { keys, as_of, .. } => {
                pending.extend(keys.iter().map(|key| &key.value));
                pending.extend(as_of.as_ref().map(|as_of| &as_of.day));
            }
            ExprKind::Index { value, .. } | ExprKind::Is { value, .. } => pending.push(value),
            ExprKind::Call { arguments, otherwise, .. } => {
                pending.extend(arguments);
                pending.extend(otherwise.as_deref());
            }
            ExprKind::Match { subject, arms } => {
                pending.push(subject);
                pending.extend(arms.iter().map(|arm| &arm.value));
            }
            ExprKind::Unary { operand, .. } => pending.push(operand),
            ExprKind::Binary { left, right, .. } => pending.extend([left.as_ref(), right.as_ref()]),
            ExprKind::In { value, set } => {
                pending.push(value);
                pending.extend(set);
            }
            _ => {}
        }
    }
}
