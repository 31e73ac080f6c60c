//! Lookups by key and through the crosswalk, code tables, identifiers in systems.

use super::{Scope, as_of, described, fields, infer, operators, typed};
use crate::build::ORIGIN;
use crate::context::Context;
use crate::names::NameKind;
use syncline_diagnostics::{Diagnostic, Fix, codes};
use syncline_ir::{Direction, Expr, KeyArgument, Kind, Op, Type};
use syncline_syntax::ast;

pub(super) fn lookup(
    object: &ast::Path,
    keys: &[ast::LookupKey],
    day: Option<&ast::AsOf>,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let name = single(object, "an object", cx)?;
    cx.resolve(name, &[NameKind::Object], "an object")?;
    if let [only] = keys
        && let Some((system, entity)) = fields::system_and_entity(&only.key.names)
    {
        as_of::identifiers_name_one_record(name, day, range, scope, cx)?;
        return crosswalk(name, &system, &entity, &only.value, range, scope, cx);
    }
    let found = by_key(name, keys, range, scope, cx);
    if scope.model.is_versioned(&name.text) {
        return match day {
            None => found,
            Some(written) => as_of::of_reference(found?, Some(written), written.range, range, scope, cx),
        };
    }
    let day = as_of::day(name, day, range, scope, cx)?;
    let mut found = found?;
    if let Op::Lookup { as_of, .. } = &mut found.op {
        *as_of = day;
    }
    Some(found)
}

fn single<'p>(path: &'p ast::Path, wanted: &str, cx: &Context<'_>) -> Option<&'p ast::Name> {
    match path.names.as_slice() {
        [one] => Some(one),
        _ => {
            cx.report(
                Diagnostic::new(&codes::WRONG_KIND_OF_NAME, cx.span(path.range), format!("{wanted} is expected here"))
                    .help("write its name alone"),
            );
            None
        }
    }
}

fn by_key(
    name: &ast::Name,
    keys: &[ast::LookupKey],
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let object = &scope.model.objects.get(name.text.as_str())?.record;
    let mut given: Vec<(&str, Expr)> = Vec::new();
    let mut failed = false;
    for key in keys {
        let Some(key_name) = single(&key.key, "a key field", cx) else {
            failed = true;
            continue;
        };
        let Some(field) = fields::find(object, key_name, cx) else {
            failed = true;
            continue;
        };
        let span = cx.span(key_name.range);
        if !object.key.contains(&field.name) {
            cx.report(not_by_key(
                object,
                &format!("`{}` is not part of the key of `{}`: several records may have it", field.name, object.name),
                span,
            ));
            failed = true;
            continue;
        }
        if given.iter().any(|(known, _)| *known == field.name) {
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_CLAUSE, span, format!("`{}` is given twice", field.name))
                    .help("keep one of them"),
            );
            failed = true;
            continue;
        }
        let value = field.ty.as_ref().and_then(|ty| key_value(&key.value, ty, scope, cx));
        match value {
            Some(value) => given.push((&field.name, value)),
            None => failed = true,
        }
    }
    let mut key = Vec::new();
    for wanted in &object.key {
        match given.iter().position(|(known, _)| known == wanted) {
            Some(position) => key.push(KeyArgument { field: wanted.clone(), value: given.swap_remove(position).1 }),
            None if wanted == ORIGIN && scope.is_source => {
                key.push(KeyArgument {
                    field: wanted.clone(),
                    value: typed(Kind::Text { max: None }, Op::Origin, range, cx),
                });
            }
            None if failed => {}
            None => {
                cx.report(not_by_key(
                    object,
                    &format!("this lookup leaves `{wanted}` open, a part of the key of `{}`", object.name),
                    cx.span(range),
                ));
                failed = true;
            }
        }
    }
    if failed {
        return None;
    }
    let optional = key.iter().any(|argument| argument.value.ty.optional);
    let ty = Type { kind: Kind::Reference { object: object.name.clone() }, optional };
    Some(Expr {
        ty,
        op: Op::Lookup { object: object.name.clone(), key, as_of: None, waits: false },
        at: Some(cx.at(range)),
    })
}

fn not_by_key(object: &crate::model::RecordType, message: &str, span: syncline_diagnostics::Span) -> Diagnostic {
    Diagnostic::new(&codes::LOOKUP_NOT_BY_KEY, span, message)
        .related(object.span, "declared here", None)
        .why("a lookup that may find several records would have to pick one of them")
        .help(format!(
            "look it up by its whole key: {}",
            fields::listed(&object.key.iter().map(String::as_str).collect::<Vec<_>>())
        ))
}

/// A value to be looked for in a field of type `ty`.
fn key_value(written: &ast::Expr, ty: &Type, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Expr> {
    let value = infer(written, Some(ty), scope, cx)?;
    let stand_in = Expr { ty: ty.clone(), op: Op::Own, at: None };
    operators::comparable(&stand_in, &value, true, written.range, scope, cx)?;
    if value.ty.scale() > ty.scale() {
        let message = format!("{} is looked for among values of type `{}`", described(&value.ty), ty.kind);
        cx.report(Diagnostic::new(&codes::LOSSY_CONVERSION, cx.span(written.range), message).help("`round` it first"));
        return None;
    }
    Some(value)
}

fn crosswalk(
    name: &ast::Name,
    system: &ast::Name,
    entity: &ast::Name,
    id: &ast::Expr,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let full = fields::entity(scope.model, system, entity, cx)?;
    let ty = identifier(&full, range, scope, cx)?;
    let id = key_value(id, &ty, scope, cx)?;
    let result = Type { kind: Kind::Reference { object: name.text.to_string() }, optional: id.ty.optional };
    let op = Op::Crosswalk {
        object: name.text.to_string(),
        system: system.text.to_string(),
        entity: entity.text.to_string(),
        id: Box::new(id),
        waits: false,
    };
    Some(Expr { ty: result, op, at: Some(cx.at(range)) })
}

/// The type of an entity's identifier; one of several fields is reported.
fn identifier(entity: &str, range: ast::Range, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Type> {
    let record = scope.model.record(entity)?;
    let [key] = record.key.as_slice() else {
        if !record.key.is_empty() {
            let message = format!("`{entity}` is identified by several fields, and one identifier is needed here");
            cx.report(
                Diagnostic::new(&codes::NO_CROSSWALK, cx.span(range), message)
                    .related(record.span, "declared here", None)
                    .help("look the object up by its own key"),
            );
        }
        return None;
    };
    record.field(key)?.ty.clone()
}

pub(super) fn index(
    table: &ast::Path,
    value: &ast::Expr,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    match table.names.as_slice() {
        [name] if cx.find(&name.text, &[NameKind::Object]).is_some() => {
            let object = scope.model.objects.get(name.text.as_str())?;
            let key = object.record.key.first().map_or("key", String::as_str);
            let span = cx.span(value.range);
            let message = format!("this lookup does not say by which field of `{}`", name.text);
            cx.report(
                Diagnostic::new(&codes::LOOKUP_NOT_BY_KEY, span, message)
                    .help(format!("write `{}[{key}: {}]`", name.text, cx.text(value.range)))
                    .fix(Fix::replace("name the key", span, format!("{key}: {}", cx.text(value.range)))),
            );
            None
        }
        [name] => {
            cx.resolve(name, &[NameKind::Codes], "a code table")?;
            code(name, value, range, scope, cx)
        }
        names => {
            if let Some((system, entity)) = fields::system_and_entity(names) {
                return foreign_id(&system, &entity, value, range, scope, cx);
            }
            cx.report(
                Diagnostic::new(
                    &codes::WRONG_KIND_OF_NAME,
                    cx.span(table.range),
                    "a code table or an entity is expected here",
                )
                .help("write `Role[code]` or `psa.project[project]`"),
            );
            None
        }
    }
}

fn code(name: &ast::Name, value: &ast::Expr, range: ast::Range, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Expr> {
    let table = scope.model.codes.get(name.text.as_str())?;
    let code_type = scope.model.record(&table.entity)?.field(&table.field)?.ty.clone()?;
    let value_expr = infer(value, None, scope, cx)?;
    let outward = matches!(&value_expr.ty.kind, Kind::Enum { name } if *name == table.target);
    let (direction, kind) = if outward {
        (Direction::Out, code_type.kind.clone())
    } else {
        (Direction::In, Kind::Enum { name: table.target.clone() })
    };
    if outward {
        reversible(table, name, range, scope, cx)?;
    } else {
        let stand_in = Expr { ty: Type::required(code_type.kind), op: Op::Own, at: None };
        operators::comparable(&stand_in, &value_expr, true, value.range, scope, cx)?;
    }
    let ty = Type { kind, optional: value_expr.ty.optional };
    Some(Expr {
        ty,
        op: Op::Code { codes: name.text.to_string(), direction, value: Box::new(value_expr) },
        at: Some(cx.at(range)),
    })
}

fn reversible(
    table: &crate::model::Codes,
    name: &ast::Name,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<()> {
    let target = scope.model.enums.get(&table.target)?;
    let silent = target.values.iter().map(|(value, _)| value.as_str());
    let silent: Vec<&str> =
        silent.filter(|value| !table.rows.iter().any(|row| row.both_ways && row.value == **value)).collect();
    if silent.is_empty() || table.incomplete {
        return Some(());
    }
    let message = format!("`{}` is read backwards and has no code to write for {}", name.text, fields::listed(&silent));
    cx.report(
        Diagnostic::new(&codes::CODES_NOT_REVERSIBLE, cx.span(range), message)
            .related(table.span, "declared here", None)
            .help("give each value one row with `<->`"),
    );
    None
}

fn foreign_id(
    system: &ast::Name,
    entity: &ast::Name,
    value: &ast::Expr,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let full = fields::entity(scope.model, system, entity, cx)?;
    let id = identifier(&full, range, scope, cx)?;
    let record = operators::required(infer(value, None, scope, cx)?, value.range, cx)?;
    if !matches!(record.ty.kind, Kind::Reference { .. }) {
        let message =
            format!("only a canonical record has an identifier in `{full}`, and this is {}", described(&record.ty));
        cx.report(Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(value.range), message).help("give a reference"));
        return None;
    }
    let op =
        Op::ForeignId { system: system.text.to_string(), entity: entity.text.to_string(), record: Box::new(record) };
    Some(typed(id.kind, op, range, cx))
}
