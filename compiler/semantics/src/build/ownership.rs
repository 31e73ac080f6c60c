//! Ownership blocks: a `*` is expanded to the fields its block names nowhere else.

use super::objects::ORIGIN;
use super::statements::text;
use crate::context::Context;
use crate::model::{Claim, Model, Mover, OwnershipBlock, Predicate, RecordType};
use crate::names::NameKind;
use crate::typing::{Scope, fields, predicate};
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::Kind;
use syncline_syntax::ast;

pub(super) fn block(model: &mut Model, body: &ast::Ownership, cx: &Context<'_>) {
    let object = cx.resolve(&body.object, &[NameKind::Object], "an object");
    let team = cx.resolve(&body.team, &[NameKind::Team], "a team").map(|_| text(&body.team));
    if object.is_none() {
        model.ownership_poisoned = true;
        return;
    }
    let name = text(&body.object);
    let Some(record) = model.objects.get(&name).map(|object| object.record.clone()) else { return };
    let named = named_fields(body);
    let mut block = OwnershipBlock {
        object: name,
        team,
        claims: Vec::new(),
        movers: Vec::new(),
        poisoned: false,
        span: cx.span(body.object.range),
    };
    for member in &body.members {
        match member {
            ast::OwnershipMember::Owns(owns) => claims(model, &record, owns, &named, &mut block, cx),
            ast::OwnershipMember::Moves(moves) => movers(model, &record, moves, &mut block, cx),
            ast::OwnershipMember::Broken(_) => block.poisoned = true,
        }
    }
    model.add_block(block);
}

/// The fields which a block names in a claim: `*` does not stand for them.
fn named_fields(body: &ast::Ownership) -> BTreeSet<&str> {
    let owns = body.members.iter().filter_map(|member| match member {
        ast::OwnershipMember::Owns(owns) => Some(owns),
        _ => None,
    });
    owns.flat_map(|owns| match &owns.fields {
        ast::OwnedFields::Named(names) => names.as_slice(),
        ast::OwnedFields::AllExcept { except, .. } => except.as_slice(),
    })
    .map(|name| name.text.as_str())
    .collect()
}

fn claims(
    model: &Model,
    record: &RecordType,
    owns: &ast::Owns,
    named: &BTreeSet<&str>,
    block: &mut OwnershipBlock,
    cx: &Context<'_>,
) {
    let system = cx.resolve(&owns.system, &[NameKind::System], "a system");
    let guard: Option<Predicate> =
        owns.guard.as_ref().map(|guard| predicate(guard, &Scope::of_object(model, &block.object), cx));
    let statement = cx.span(owns.range);
    let (exception, exception_prefix) = match &owns.fields {
        ast::OwnedFields::Named(_) => (statement, ""),
        ast::OwnedFields::AllExcept { star, except } => match except.last() {
            None => (cx.span(*star).after(), " except "),
            Some(last) => (cx.span(last.range).after(), ", "),
        },
    };
    block.poisoned |= system.is_none() || unknown_fields(record, &owns.fields);
    let mut claim = |field: &str, span, removal, by_star| {
        if system.is_some() {
            let (field, system, guard) = (field.to_owned(), text(&owns.system), guard.clone());
            block.claims.push(Claim {
                field,
                system,
                guard,
                span,
                statement,
                by_star,
                removal,
                exception,
                exception_prefix,
            });
        }
    };
    match &owns.fields {
        ast::OwnedFields::Named(names) => {
            for name in names {
                let Some(field) = fields::find(record, name, cx) else { continue };
                if field.name == ORIGIN {
                    cx.report(
                        Diagnostic::new(
                            &codes::WRONG_KIND_OF_NAME,
                            cx.span(name.range),
                            "`origin` is written by the hub, never by a system",
                        )
                        .help("remove it from the claim"),
                    );
                } else if transitions(model, record, &field.name).is_some() {
                    cx.report(
                        Diagnostic::new(
                            &codes::WRONG_KIND_OF_NAME,
                            cx.span(name.range),
                            format!("`{}` is a lifecycle and is owned transition by transition", name.text),
                        )
                        .related(field.ty_span, "declared here", None)
                        .help(format!("write `{} moves {} draft -> …`", owns.system.text, name.text)),
                    );
                } else {
                    claim(&field.name, cx.span(name.range), cx.span(removal(names, name, owns.range)), false);
                }
            }
        }
        ast::OwnedFields::AllExcept { star, except } => {
            for name in except {
                fields::find(record, name, cx);
            }
            for field in &record.fields {
                let apart = field.name == ORIGIN
                    || named.contains(field.name.as_str())
                    || transitions(model, record, &field.name).is_some();
                if !apart {
                    claim(&field.name, cx.span(*star), statement, true);
                }
            }
        }
    }
}

/// Whether a claim names fields that the object does not have.
fn unknown_fields(record: &RecordType, fields: &ast::OwnedFields) -> bool {
    let (ast::OwnedFields::Named(names) | ast::OwnedFields::AllExcept { except: names, .. }) = fields;
    names.iter().any(|name| record.field(&name.text).is_none())
}

/// A name in a list with the comma that goes with it; the whole statement when it is the only one.
fn removal(names: &[ast::Name], name: &ast::Name, statement: ast::Range) -> ast::Range {
    let position = names.iter().position(|known| known.range == name.range).unwrap_or(0);
    let before = position.checked_sub(1).and_then(|before| names.get(before));
    match (before, names.get(position + 1)) {
        (Some(before), _) => ast::Range::new(before.range.end, name.range.end),
        (None, Some(next)) => ast::Range::new(name.range.start, next.range.start),
        (None, None) => statement,
    }
}

/// The transitions of a lifecycle field.
fn transitions<'m>(model: &'m Model, record: &RecordType, field: &str) -> Option<&'m [crate::model::Transition]> {
    let ty = record.field(field)?.ty.as_ref()?;
    let Kind::Enum { name } = &ty.kind else { return None };
    model.enums.get(name)?.transitions.as_deref()
}

fn movers(model: &Model, record: &RecordType, moves: &ast::Moves, block: &mut OwnershipBlock, cx: &Context<'_>) {
    let system = cx.resolve(&moves.system, &[NameKind::System], "a system");
    block.poisoned |= system.is_none() || record.field(&moves.field.text).is_none();
    let Some(field) = fields::find(record, &moves.field, cx) else { return };
    let Some(known) = transitions(model, record, &field.name) else {
        if field.ty.is_some() {
            cx.report(
                Diagnostic::new(
                    &codes::WRONG_KIND_OF_NAME,
                    cx.span(moves.field.range),
                    format!("`{}` has no transitions to move", field.name),
                )
                .related(field.ty_span, "this is no lifecycle", None)
                .help(format!("write `{} owns {}`", moves.system.text, field.name)),
            );
        }
        return;
    };
    for (from, to) in moves.states.iter().zip(moves.states.iter().skip(1)) {
        let span = cx.span(from.range.cover(to.range));
        let exists = known.iter().any(|step| step.from == from.text.as_str() && step.to == to.text.as_str());
        block.poisoned |= !exists;
        if !exists {
            let steps: Vec<String> = known.iter().map(|step| format!("{} -> {}", step.from, step.to)).collect();
            cx.report(
                Diagnostic::new(
                    &codes::UNKNOWN_NAME,
                    span,
                    format!("`{}` has no transition `{} -> {}`", field.name, from.text, to.text),
                )
                .related(field.ty_span, "the lifecycle of the field", None)
                .help(format!("its transitions are: {}", steps.join(", "))),
            );
        } else if system.is_some() {
            block.movers.push(Mover {
                field: field.name.clone(),
                from: text(from),
                to: text(to),
                system: text(&moves.system),
                span,
            });
        }
    }
}
