//! `each NAME { … }`: rows that the rows of an entity hold.
//!
//! They are an entity of their own, `opportunity.lines`. Its fields begin with those of the row that holds them, as `parent.FIELD`, and
//! so does its key; when rows change and which are deleted is said of the holder.

use super::objects::Shape;
use super::statements::text;
use crate::context::Context;
use crate::model::{Deletion, Entity, Field, Model};
use crate::walk;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{CurrencyOf, Kind, Nested, OF_PARENT, Op, Type};
use syncline_syntax::ast;

/// What the row is called that holds another.
pub(crate) const PARENT: &str = "parent";

pub(super) fn entity(model: &mut Model, holder: &Entity, written: &ast::Entity, cx: &Context<'_>) -> Entity {
    let name = format!("{}.{}", holder.name, written.name.text);
    let full = format!("{}.{name}", holder.system);
    let mut shape = Shape::holding(full, cx.span(written.name.range), holder.record.fields.iter().map(of_parent));
    if let Some(same) = holder.record.field(&written.name.text) {
        let message = format!("`{}` is also a field of `{}`", written.name.text, holder.record.name);
        let found = Diagnostic::new(&codes::DUPLICATE_NAME, cx.span(written.name.range), message);
        cx.report(found.related(same.span, "first declared here", None).help("give the rows another name"));
        shape.broken = true;
    }
    for member in &written.members {
        match member {
            ast::EntityMember::Key(key) => {
                if let ast::KeyKind::Field(field) = &key.kind {
                    parent_is_taken(field, cx);
                }
                shape.key(model, key, cx);
            }
            ast::EntityMember::Field(field) => {
                parent_is_taken(field, cx);
                shape.field(model, field, cx);
            }
            ast::EntityMember::Broken(_) => shape.broken = true,
            other => {
                not_here(other, holder, cx);
                shape.broken = true;
            }
        }
    }
    let broken = shape.broken;
    let mut record = shape.finish(&written.docs, cx);
    record.key.splice(0..0, holder.record.key.iter().map(|key| of(key)));
    Entity {
        record,
        system: holder.system.clone(),
        name,
        nested: Some(Nested { parent: holder.name.clone(), field: text(&written.name) }),
        cursor: holder.cursor.as_ref().map(|(field, overlap)| (of(field), *overlap)),
        full_every: holder.full_every,
        deletion: None,
        control: None,
        accepts: Vec::new(),
        returns: Vec::new(),
        idempotency: None,
        find_by: None,
        additive: Vec::new(),
        reverses: None,
        events: Vec::new(),
        poisoned: broken || holder.poisoned,
    }
}

/// What a holder says of deletion holds for the rows it holds.
pub(super) fn deletion(holder: &Entity) -> Option<(Deletion, syncline_diagnostics::Span)> {
    let (mut deletion, span) = holder.deletion.clone()?;
    if let Deletion::When(predicate) = &mut deletion
        && let Some(condition) = &mut predicate.expr
    {
        walk::each_mut(condition, &mut |expr| {
            expr.ty = in_row(&expr.ty);
            if let Op::Field { field } = &mut expr.op {
                *field = of(field);
            }
        });
    }
    Some((deletion, span))
}

/// A field of the holding row, as the rows it holds call it.
fn of(field: &str) -> String {
    format!("{OF_PARENT}{field}")
}

fn of_parent(field: &Field) -> Field {
    Field { name: of(&field.name), ty: field.ty.as_ref().map(in_row), ..field.clone() }
}

/// A type as rows in the row see it: an amount's currency stands in the holding row.
fn in_row(ty: &Type) -> Type {
    let mut ty = ty.clone();
    if let Kind::Money { currency: CurrencyOf::Path(path), .. } = &mut ty.kind {
        *path = of(path);
    }
    ty
}

fn parent_is_taken(field: &ast::Field, cx: &Context<'_>) {
    if field.name.text == PARENT {
        let message = "`parent` is built in: the row that holds this one";
        cx.report(
            Diagnostic::new(&codes::DUPLICATE_NAME, cx.span(field.name.range), message)
                .help("choose another name for this field"),
        );
    }
}

fn not_here(member: &ast::EntityMember, holder: &Entity, cx: &Context<'_>) {
    use ast::EntityMember as Member;
    let (clause, range) = match member {
        Member::Each(rows) => {
            let message = format!("`{}` would hold rows in rows in rows", rows.name.text);
            cx.report(
                Diagnostic::new(&codes::NESTED_CLAUSE, cx.span(rows.name.range), message)
                    .why("rows are read one level deep: what lies deeper would go no further")
                    .help("let the source give these rows as an entity of their own, with the key of the row they belong to"),
            );
            return;
        }
        Member::Cursor(clause) => ("cursor", clause.range),
        Member::Full(clause) => ("full every", clause.range),
        Member::Delete(clause) => ("delete", clause.range),
        Member::Controlled(clause) => ("controlled by", clause.range),
        Member::Accepts(clause) => ("accepts", clause.range),
        Member::Returns(clause) => ("returns", clause.range),
        Member::IdempotencyKey(clause) => ("idempotency key", clause.range),
        Member::FindBy(clause) => ("find by", clause.range),
        Member::Additive(clause) => ("additive", clause.range),
        Member::ReversesIn(clause) => ("reverses in", clause.range),
        Member::Event(clause) => ("event", clause.range),
        Member::Key(_) | Member::Field(_) | Member::Broken(_) => return,
    };
    cx.report(
        Diagnostic::new(
            &codes::NESTED_CLAUSE,
            cx.span(range),
            format!("rows in a row have no `{clause}` of their own"),
        )
        .related(holder.record.span, "the row that holds them", None)
        .why("they come, change and go with the row that holds them, and nothing is written into them")
        .help(format!("say it of `{}`, or remove it", holder.record.name)),
    );
}
