//! Objects and the fields that records share.

use super::statements::{Once, doc, text};
use super::types;
use crate::context::Context;
use crate::model::{Field, Model, Object, RecordType};
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir::{Kind, ObjectKind, Type};
use syncline_syntax::ast;

/// The field that names the capturing system; every object may have it in its key.
pub(crate) const ORIGIN: &str = "origin";

pub(super) fn object(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::Object, cx: &Context<'_>) {
    let span = cx.span(name.range);
    let mut shape = Shape::new(text(name), span, false);
    for member in &body.members {
        match member {
            ast::ObjectMember::Key(key) => shape.key(model, key, cx),
            ast::ObjectMember::Field(field) => shape.field(model, field, cx),
            // These need the fields.
            ast::ObjectMember::Invariant(_)
            | ast::ObjectMember::Acyclic(_)
            | ast::ObjectMember::NoOverlap(_)
            | ast::ObjectMember::Same(_) => {}
            ast::ObjectMember::Broken(_) => shape.broken = true,
        }
    }
    let record = shape.finish(docs, cx);
    let kind = match body.kind {
        ast::ObjectKind::Reference => ObjectKind::Reference,
        ast::ObjectKind::Master => ObjectKind::Master,
        ast::ObjectKind::Transaction => ObjectKind::Transaction,
    };
    let of_versions = body.versioned.is_some();
    let dated = |written| super::dated::effective(&record, written, of_versions, cx);
    let effective = body.effective.as_ref().and_then(dated);
    let versioned = body.versioned.as_ref().and_then(|written| super::dated::versioned(&record, written, cx));
    model.objects.entry(text(name)).or_insert(Object {
        record,
        kind,
        versioned,
        effective,
        invariants: Vec::new(),
        acyclic: Vec::new(),
        apart: Vec::new(),
        same: Vec::new(),
    });
}

/// Collects the fields and the key of a record type.
pub(super) struct Shape<'a> {
    name: String,
    span: Span,
    in_entity: bool,
    fields: Vec<Field>,
    key: Once<&'a ast::Key>,
    /// Whether a member could not be read: missing fields are not reported.
    pub broken: bool,
}

impl<'a> Shape<'a> {
    pub const fn new(name: String, span: Span, in_entity: bool) -> Self {
        Self { name, span, in_entity, fields: Vec::new(), key: Once::new("key"), broken: false }
    }

    /// That of rows in a row: the fields of the row that holds them come first.
    pub fn holding(name: String, span: Span, fields: impl Iterator<Item = Field>) -> Self {
        Self { fields: fields.collect(), ..Self::new(name, span, true) }
    }

    pub fn key(&mut self, model: &mut Model, key: &'a ast::Key, cx: &Context<'_>) {
        if let ast::KeyKind::Field(field) = &key.kind {
            self.field(model, field, cx);
        }
        self.key.set(key, key.range, cx);
    }

    pub fn field(&mut self, model: &mut Model, written: &ast::Field, cx: &Context<'_>) {
        let span = cx.span(written.name.range);
        if let Some(first) = self.fields.iter().find(|field| field.name == written.name.text.as_str()) {
            let message = format!("field `{}` of `{}` is declared twice", written.name.text, self.name);
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_NAME, span, message)
                    .related(first.span, "first declared here", None)
                    .help("remove one of them"),
            );
            return;
        }
        if written.name.text == ORIGIN && !self.in_entity {
            let message = "`origin` is built in: the name of the system a record was captured from";
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_NAME, span, message)
                    .help("name it in the key, `key (origin, id)`, or choose another name for this field"),
            );
            return;
        }
        let place = format!("{}.{}", self.name, written.name.text);
        let (ty, percent) = types::of_field(model, &written.ty, &place, self.in_entity, cx);
        let field = Field {
            name: text(&written.name),
            ty,
            fixed: written.ty.fixed.is_some(),
            percent,
            doc: doc(&written.docs),
            span,
            ty_span: cx.span(written.ty.range),
        };
        self.fields.push(field);
    }

    pub fn finish(mut self, docs: &str, cx: &Context<'_>) -> RecordType {
        let key = match self.key.placed() {
            None => {
                if !self.broken {
                    let message = format!("`{}` has no key", self.name);
                    super::statements::missing(
                        self.span,
                        message,
                        "add `key id: text(18)`, or `key (a, b)` naming declared fields",
                        cx,
                    );
                }
                Vec::new()
            }
            Some((ast::Key { kind: ast::KeyKind::Field(field), .. }, _)) => vec![text(&field.name)],
            Some((ast::Key { kind: ast::KeyKind::Names(names), .. }, _)) => {
                if !self.in_entity && names.iter().any(|name| name.text == ORIGIN) {
                    self.fields
                        .insert(0, origin(cx.span(names.first().map_or_else(Default::default, |name| name.range))));
                }
                let record = RecordType {
                    name: self.name.clone(),
                    fields: self.fields.clone(),
                    key: Vec::new(),
                    incomplete: self.broken,
                    doc: None,
                    span: self.span,
                };
                let mut key: Vec<String> = Vec::new();
                for name in names {
                    if key.iter().any(|known| *known == name.text.as_str()) {
                        let message = format!("`{}` stands twice in the key of `{}`", name.text, self.name);
                        cx.report(
                            Diagnostic::new(&codes::DUPLICATE_NAME, cx.span(name.range), message)
                                .help("remove one of them"),
                        );
                    } else if self.broken || crate::typing::fields::find(&record, name, cx).is_some() {
                        key.push(text(name));
                    }
                }
                key
            }
        };
        for field in self.fields.iter().filter(|field| key.contains(&field.name)) {
            if field.ty.as_ref().is_some_and(|ty| ty.optional) {
                let message = format!("`{}` is part of the key of `{}` and may be missing", field.name, self.name);
                cx.report(
                    Diagnostic::new(&codes::INVALID_TYPE, field.ty_span, message)
                        .help("remove the `?`: a record without its key cannot be told from another"),
                );
            }
        }
        RecordType {
            name: self.name,
            fields: self.fields,
            key,
            incomplete: self.broken,
            doc: doc(docs),
            span: self.span,
        }
    }
}

fn origin(span: Span) -> Field {
    Field {
        name: ORIGIN.to_owned(),
        ty: Some(Type::required(Kind::Text { max: None })),
        fixed: true,
        percent: None,
        doc: Some("The system the record was captured from.".to_owned()),
        span,
        ty_span: span,
    }
}
