//! Code tables.

use super::statements::{doc, text};
use crate::context::Context;
use crate::model::{CodeRow, Codes, Model};
use crate::names::NameKind;
use crate::typing::fields;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::Kind;
use syncline_syntax::ast;

pub(super) fn table(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::Codes, cx: &Context<'_>) {
    let target = cx.resolve(&body.target, &[NameKind::Enum, NameKind::Lifecycle], "an enum or a lifecycle");
    let Some((entity, field)) = source(model, &body.source, cx) else { return };
    if target.is_none() {
        return;
    }
    let target = text(&body.target);
    let values: Vec<String> = model
        .enums
        .get(&target)
        .map(|found| found.values.iter().map(|(value, _)| value.clone()).collect())
        .unwrap_or_default();
    let code_values = code_enum(model, &entity, &field);
    let room = model.record(&entity).and_then(|record| record.field(&field)).and_then(|field| field.ty.as_ref());
    let room = room.and_then(|ty| if let Kind::Text { max } = ty.kind { max } else { None });
    let mut rows: Vec<CodeRow> = Vec::new();
    let mut broken = false;
    for member in &body.members {
        let ast::CodesMember::Row(row) = member else {
            broken = true;
            continue;
        };
        let Some(code) = code_of(&row.code, code_values.as_deref(), cx) else {
            broken = true;
            continue;
        };
        let value = text(&row.value);
        if !values.contains(&value) {
            cx.report(fields::unknown_value(&row.value, &target, &values, cx));
            broken = true;
            continue;
        }
        let span = cx.span(row.range);
        if let Some(first) = rows.iter().find(|known| known.code == code) {
            let message = format!("code `{code}` stands twice in `{}`", name.text);
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_NAME, span, message)
                    .related(first.span, "first here", None)
                    .help("a code has one meaning: remove one of the rows"),
            );
            continue;
        }
        if let Some(room) = room.filter(|room| code.chars().count() > *room as usize) {
            let message = format!("`{field}` of `{entity}` holds {room} characters, so `{code}` never stands there");
            cx.report(
                Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(row.code.range), message)
                    .help("write the code as the system does"),
            );
            broken = true;
            continue;
        }
        let both_ways = row.direction == ast::CodesDirection::Both;
        if both_ways && body.direction == ast::CodesDirection::In {
            cx.report(
                Diagnostic::new(
                    &codes::CODES_NOT_REVERSIBLE,
                    span,
                    format!("`{}` is only read, and this row is written back", name.text),
                )
                .help("write `->` here, or `<->` in the header"),
            );
            broken = true;
        }
        if let Some(first) = rows.iter().find(|known| both_ways && known.both_ways && known.value == value) {
            cx.report(
                Diagnostic::new(
                    &codes::CODES_NOT_REVERSIBLE,
                    span,
                    format!("`{value}` is written back as two codes in `{}`", name.text),
                )
                .related(first.span, format!("`{value}` is written back as `{}` here", first.code), None)
                .help("write `->` in the rows that are read only"),
            );
        }
        rows.push(CodeRow { code, value, both_ways, span });
    }
    if let (Some(known), false) = (&code_values, broken) {
        let left: Vec<&str> =
            known.iter().filter(|code| rows.iter().all(|row| row.code != **code)).map(String::as_str).collect();
        if !left.is_empty() {
            let message = format!("`{}` does not translate {}", name.text, fields::listed(&left));
            cx.report(
                Diagnostic::new(&codes::NON_EXHAUSTIVE_CODES, cx.span(name.range), message)
                    .why("records with these codes could never be taken")
                    .help("add a row for each of them"),
            );
        }
    }
    let table = Codes { entity, field, target, rows, incomplete: broken, doc: doc(docs), span: cx.span(name.range) };
    model.codes.entry(text(name)).or_insert(table);
}

fn source(model: &Model, path: &ast::Path, cx: &Context<'_>) -> Option<(String, String)> {
    let place = path.names.split_last().filter(|(_, place)| place.len() > 1);
    let Some((field, (system, entity))) =
        place.and_then(|(field, place)| Some((field, fields::system_and_entity(place)?)))
    else {
        cx.report(
            Diagnostic::new(&codes::WRONG_KIND_OF_NAME, cx.span(path.range), "codes belong to a field of a system")
                .help("write `system.entity.field`"),
        );
        return None;
    };
    let full = fields::entity_or_product(model, &system, &entity, cx)?;
    let record = model.record(&full)?;
    let found = fields::find(record, field, cx)?;
    let ty = found.ty.as_ref()?;
    if !matches!(ty.kind, Kind::Text { .. } | Kind::Enum { .. }) {
        let message =
            format!("a code is a text or a value of an enum, and `{}` is {}", found.name, crate::typing::described(ty));
        cx.report(Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(field.range), message).related(
            found.ty_span,
            "declared here",
            None,
        ));
        return None;
    }
    Some((full, text(field)))
}

fn code_enum(model: &Model, entity: &str, field: &str) -> Option<Vec<String>> {
    let ty = model.record(entity)?.field(field)?.ty.as_ref()?;
    let Kind::Enum { name } = &ty.kind else { return None };
    Some(model.enums.get(name)?.values.iter().map(|(value, _)| value.clone()).collect())
}

fn code_of(written: &ast::Expr, values: Option<&[String]>, cx: &Context<'_>) -> Option<String> {
    match (&written.kind, values) {
        (ast::ExprKind::Broken, _) => None,
        (ast::ExprKind::Text(found), None) => match found.parts.as_slice() {
            [] => Some(String::new()),
            [ast::TextPart::Plain(plain)] => Some(plain.clone()),
            _ => {
                cx.report(
                    Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(written.range), "a code is a constant text")
                        .help("write `{{` for a brace"),
                );
                None
            }
        },
        (ast::ExprKind::Path(path), Some(values)) if path.names.len() == 1 => {
            let name = path.names.first()?;
            if values.iter().any(|value| value.as_str() == name.text.as_str()) {
                return Some(name.text.to_string());
            }
            cx.report(fields::unknown_value(name, "the field", values, cx));
            None
        }
        (_, None) => {
            cx.report(
                Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(written.range), "a code of a text field is a text")
                    .help("put it in quotes"),
            );
            None
        }
        (_, Some(_)) => {
            cx.report(
                Diagnostic::new(
                    &codes::TYPE_MISMATCH,
                    cx.span(written.range),
                    "a code of an enum field is one of its values",
                )
                .help("write the value's name without quotes"),
            );
            None
        }
    }
}
