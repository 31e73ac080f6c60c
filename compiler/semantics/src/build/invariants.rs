//! `invariant …`, `acyclic …` and `no overlap …`: what holds for every record of an object.
//!
//! A record is tested when it is written, on its own fields and on what it refers to. A condition that looked something up would
//! be about records that come and go without this one being written.

use super::statements::text;
use crate::context::Context;
use crate::model::{Invariant, Model};
use crate::names::NameKind;
use crate::typing::{self, Scope, fields};
use crate::walk;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{Apart, Kind, Op};
use syncline_syntax::ast;

pub(super) fn of_object(model: &mut Model, name: &ast::Name, body: &ast::Object, cx: &Context<'_>) {
    let (mut invariants, mut acyclic, mut apart, mut same) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for member in &body.members {
        match member {
            ast::ObjectMember::Invariant(written) => invariants.push(invariant(model, name, written, cx)),
            ast::ObjectMember::Acyclic(written) => {
                let place = cx.span(written.range);
                acyclic.extend(parent(model, name, &written.field, cx).map(|()| (text(&written.field), place)));
            }
            ast::ObjectMember::NoOverlap(written) => apart.extend(no_overlap(model, name, written, cx)),
            ast::ObjectMember::Same(written) => same.extend(super::duplicates::same(model, name, written, cx)),
            _ => {}
        }
    }
    if let Some(object) = model.objects.get_mut(name.text.as_str()) {
        object.invariants.extend(invariants);
        object.acyclic.extend(acyclic);
        object.apart.extend(apart);
        object.same.extend(same);
    }
}

fn invariant(model: &Model, name: &ast::Name, written: &ast::Invariant, cx: &Context<'_>) -> Invariant {
    let mut predicate = typing::predicate(&written.condition, &Scope::of_object(model, &name.text), cx);
    let looks_up =
        |op: &Op| matches!(op, Op::Lookup { .. } | Op::Crosswalk { .. } | Op::ForeignId { .. } | Op::Version { .. });
    if predicate.expr.as_ref().is_some_and(|expr| walk::every(expr).any(|one| looks_up(&one.op))) {
        cx.report(
            Diagnostic::new(
                &codes::INVARIANT_LOOKS_UP,
                predicate.span,
                format!("this invariant of `{}` looks something up", name.text),
            )
            .why("it is tested when a record is written: what is looked up comes and goes without that, and it would hold only by chance")
            .help("use the fields of the record and of what it refers to, or write a `require` in the map"),
        );
        predicate.expr = None;
    }
    let hold = cx.resolve(&written.hold, &[NameKind::Queue], "a queue").map(|_| text(&written.hold));
    Invariant { predicate, hold, span: cx.span(written.range) }
}

/// The spans of days that records with the same values in some fields do not share.
fn no_overlap(model: &Model, name: &ast::Name, written: &ast::NoOverlap, cx: &Context<'_>) -> Option<Apart> {
    let object = model.objects.get(name.text.as_str())?;
    let refuse = |range: ast::Range, message: String, help: &str| {
        cx.report(Diagnostic::new(&codes::INVALID_OVERLAP, cx.span(range), message).help(help));
    };
    if let Some(effective) = &object.effective {
        cx.report(
            Diagnostic::new(
                &codes::INVALID_OVERLAP,
                cx.span(written.range),
                format!("rows of `{}` are dated as it is", name.text),
            )
            .related(effective.span, "dated here", None)
            .why(
                "rows of one key that overlap are noticed, and never is one of them taken; versions replace each other",
            )
            .help("remove the statement"),
        );
        return None;
    }
    let date = |field: &ast::Name, may_be_missing: bool| -> Option<bool> {
        let ty = fields::find(&object.record, field, cx)?.ty.as_ref()?;
        let fits = ty.kind == Kind::Date && (may_be_missing || !ty.optional);
        if !fits {
            let message = format!(
                "`{}` is {}, and days are from a `date` to a `date` or `date?`",
                field.text,
                typing::described(ty)
            );
            refuse(field.range, message, "name the fields with the first and the last day");
        }
        Some(fits)
    };
    let (from, through) = (date(&written.from, false), date(&written.through, true));
    let mut known = true;
    for field in &written.per {
        known &= fields::find(&object.record, field, cx).is_some();
    }
    if !(known && from? && through?) {
        return None;
    }
    Some(Apart {
        from: text(&written.from),
        through: text(&written.through),
        per: written.per.iter().map(text).collect(),
    })
}

/// The field by which records of an object refer to others of it.
fn parent(model: &Model, name: &ast::Name, field: &ast::Name, cx: &Context<'_>) -> Option<()> {
    let object = model.objects.get(name.text.as_str())?;
    let found = fields::find(&object.record, field, cx)?;
    let ty = found.ty.as_ref()?;
    let (message, help) = match &ty.kind {
        Kind::Reference { object: to } if *to == object.record.name => match (ty.optional, &object.versioned) {
            (true, None) => return Some(()),
            (false, _) => (
                format!("every `{}` has a `{}`, so every chain of them comes back", name.text, field.text),
                "end its type in `?`: the topmost record has none",
            ),
            (true, Some(_)) => (
                format!(
                    "versions of one `{}` may refer to different ones, and chains of them change with the day",
                    name.text
                ),
                "leave `acyclic` out",
            ),
        },
        _ => (
            format!(
                "`{}` is {}, and only references to `{}` make a chain",
                field.text,
                typing::described(ty),
                name.text
            ),
            "name a field whose type is the object itself, or leave `acyclic` out",
        ),
    };
    cx.report(
        Diagnostic::new(&codes::NOT_A_PARENT, cx.span(field.range), message)
            .related(found.span, "declared here", None)
            .help(help),
    );
    None
}
