//! Names and paths: fields, `let`s, values of enumerations.

use super::{Scope, canonical, described, fields, typed};
use crate::context::Context;
use crate::model::RecordType;
use crate::names::NameKind;
use syncline_diagnostics::{Diagnostic, Fix, closest, codes};
use syncline_ir::{CurrencyOf, Expr, Kind, Literal, Op, Type};
use syncline_syntax::ast;

/// `self`
pub(super) fn own(range: ast::Range, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Expr> {
    if scope.is_source || scope.record.name.is_empty() {
        cx.report(
            Diagnostic::new(&codes::WRONG_KIND_OF_NAME, cx.span(range), "a source row has no identity in the hub yet")
                .help("name one of its fields"),
        );
        return None;
    }
    Some(typed(Kind::Reference { object: scope.record.name.clone() }, Op::Own, range, cx))
}

/// A path, or a bare name that is a value of the expected type.
pub(super) fn path(path: &ast::Path, expected: Option<&Type>, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Expr> {
    let names = fields::in_record(scope.record, &path.names);
    let (first, rest) = names.split_first()?;
    let known = scope.has(&first.text);
    if rest.is_empty() {
        let value = expected.and_then(|ty| constant(first, ty, scope, cx));
        match (known, value) {
            (true, Some(value)) if !matches!(value.ty.kind, Kind::Currency) => {
                let Kind::Enum { name } = &value.ty.kind else { return None };
                cx.report(
                    Diagnostic::new(
                        &codes::AMBIGUOUS_NAME,
                        cx.span(first.range),
                        format!("`{}` is a field of `{}` and a value of `{name}`", first.text, scope.record.name),
                    )
                    .help(format!("write `{name}.{}` for the value, or rename the field", first.text)),
                );
                return None;
            }
            (false, Some(value)) => return Some(value),
            _ => {}
        }
    }
    if !known {
        return qualified(path, scope, cx).unwrap_or_else(|| {
            unknown(first, expected, scope, cx);
            None
        });
    }
    let base = match scope.bound(&first.text) {
        Some(None) => return None,
        Some(Some(value)) => {
            Expr { ty: value.ty.clone(), op: Op::Let { name: first.text.to_string() }, at: Some(cx.at(first.range)) }
        }
        None => field(scope.record, first, cx)?,
    };
    let base = known_there(base, scope);
    follow(base, rest, scope, cx)
}

/// A value that a condition has shown to be there is required.
fn known_there(mut expr: Expr, scope: &Scope<'_>) -> Expr {
    if expr.ty.optional && scope.is_known(&expr) {
        expr.ty.optional = false;
    }
    expr
}

fn field(record: &RecordType, name: &ast::Name, cx: &Context<'_>) -> Option<Expr> {
    let found = record.field(&name.text)?;
    let ty = found.ty.clone()?;
    Some(Expr { ty, op: Op::Field { field: found.name.clone() }, at: Some(cx.at(name.range)) })
}

/// `TimeState.approved`
fn qualified(path: &ast::Path, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Option<Expr>> {
    let [enumeration, value] = path.names.as_slice() else { return None };
    let kinds = [NameKind::Enum, NameKind::Lifecycle];
    if cx.find(&enumeration.text, &kinds).is_none() {
        if !scope.model.enums.contains_key(enumeration.text.as_str()) {
            return None;
        }
        // It is there, and another module's.
        cx.resolve(enumeration, &kinds, "an enumeration");
        return Some(None);
    }
    let ty = Type::required(Kind::Enum { name: enumeration.text.to_string() });
    let found = constant(value, &ty, scope, cx);
    if found.is_none() {
        let values: Vec<String> = scope
            .model
            .enums
            .get(enumeration.text.as_str())
            .map(|known| known.values.iter().map(|(value, _)| value.clone()).collect())
            .unwrap_or_default();
        cx.report(fields::unknown_value(value, &enumeration.text, &values, cx));
    }
    Some(found)
}

/// A bare name as a constant of a type.
fn constant(name: &ast::Name, ty: &Type, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Expr> {
    match &ty.kind {
        Kind::Enum { name: enumeration } => {
            let known = scope.model.enums.get(enumeration)?;
            known.values.iter().find(|(value, _)| value.as_str() == name.text.as_str())?;
            Some(typed(
                Kind::Enum { name: enumeration.clone() },
                Op::Literal { value: Literal::Enum(name.text.to_string()) },
                name.range,
                cx,
            ))
        }
        Kind::Currency => {
            syncline_ir::minor_units(&name.text)?;
            Some(typed(Kind::Currency, Op::Literal { value: Literal::Currency(name.text.to_string()) }, name.range, cx))
        }
        _ => None,
    }
}

fn unknown(name: &ast::Name, expected: Option<&Type>, scope: &Scope<'_>, cx: &Context<'_>) {
    // A reserved word that stands for a name has been reported as that.
    if cx.is_poison(&name.text) || scope.record.incomplete || syncline_syntax::is_reserved(&cx.text(name.range)) {
        return;
    }
    let span = cx.span(name.range);
    let values: Vec<&str> = match expected.map(|ty| &ty.kind) {
        Some(Kind::Enum { name }) => scope
            .model
            .enums
            .get(name)
            .map(|known| known.values.iter().map(|(value, _)| value.as_str()).collect())
            .unwrap_or_default(),
        _ => Vec::new(),
    };
    let what = match expected.map(|ty| &ty.kind) {
        Some(Kind::Enum { name: enumeration }) if !values.is_empty() => {
            format!("`{}` is neither a field of `{}` nor a value of `{enumeration}`", name.text, scope.record.name)
        }
        _ => format!("`{}` is no field of `{}`", name.text, scope.record.name),
    };
    let diagnostic = Diagnostic::new(&codes::UNKNOWN_NAME, span, what);
    let near = closest(&name.text, scope.names().chain(values.iter().copied()));
    cx.report(match near {
        Some(near) => {
            diagnostic.help(format!("did you mean `{near}`?")).fix(Fix::replace(format!("write `{near}`"), span, near))
        }
        None if !values.is_empty() => diagnostic.help(format!("the values are {}", fields::listed(&values))),
        None => diagnostic,
    });
}

/// The fields after a reference.
pub(super) fn follow(base: Expr, names: &[ast::Name], scope: &Scope<'_>, cx: &Context<'_>) -> Option<Expr> {
    let mut current = base;
    for name in names {
        let (Kind::Reference { object } | Kind::Version { object }) = current.ty.kind.clone() else {
            let message = format!("only a reference has fields, and this is {}", described(&current.ty));
            cx.report(Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(name.range), message).help("remove the field"));
            return None;
        };
        let record = scope.model.record(&object)?;
        let found = fields::find(record, name, cx)?;
        let mut ty = found.ty.clone()?;
        ty.optional |= current.ty.optional;
        if let Kind::Money { currency: CurrencyOf::Path(path), .. } = &mut ty.kind {
            *path = canonical::path_from(&current, path, scope);
        }
        let op = Op::Follow { base: Box::new(current), object, field: found.name.clone() };
        current = known_there(Expr { ty, op, at: Some(cx.at(name.range)) }, scope);
    }
    Some(current)
}
