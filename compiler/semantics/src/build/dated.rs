//! `effective …` and `versioned by`: the fields that date the rows of an object or number its versions, and what may refer to rows.

use super::statements::text;
use crate::context::Context;
use crate::model::{Effective, Model, RecordType};
use crate::typing::fields;
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir::{Ends, Kind};
use syncline_syntax::ast;

/// The dates of an object; none when a problem has been reported.
pub(super) fn effective(
    record: &RecordType,
    written: &ast::Effective,
    of_versions: bool,
    cx: &Context<'_>,
) -> Option<Effective> {
    let from = date(record, &written.from, false, cx);
    let to = match &written.ending {
        ast::Ending::Through(name) | ast::Ending::Until(name) => Some((name, date(record, name, true, cx))),
        ast::Ending::Next => None,
    };
    from?;
    if let Some((name, found)) = to {
        found?;
        if name.text == written.from.text {
            let message = format!("`{}` is both the first and the last day of `{}`", name.text, record.name);
            cx.report(
                Diagnostic::new(&codes::INVALID_EFFECTIVE, cx.span(name.range), message)
                    .help(format!("name another field, or write `effective from {}`", name.text)),
            );
            return None;
        }
    }
    if record.key.contains(&text(&written.from)) {
        let message =
            format!("`{}` dates the rows of `{}` and is part of its key as well", written.from.text, record.name);
        cx.report(
            Diagnostic::new(&codes::INVALID_EFFECTIVE, cx.span(written.from.range), message)
                .why("a lookup gives the whole key: it would have to know the day on which a row begins")
                .help("take it out of the key: the rows of one key are told apart by their first day anyway"),
        );
        return None;
    }
    let ends = match &written.ending {
        ast::Ending::Through(name) => Ends::Through(text(name)),
        ast::Ending::Until(name) => Ends::Until(text(name)),
        ast::Ending::Next => Ends::Next,
    };
    let dates = syncline_ir::Effective { from: text(&written.from), ends };
    Some(Effective { dates, of_versions, span: cx.span(written.range) })
}

/// The field that numbers the versions of an object; none when a problem has been reported.
pub(super) fn versioned(record: &RecordType, written: &ast::Versioned, cx: &Context<'_>) -> Option<(String, Span)> {
    let name = &written.revision;
    let field = fields::find(record, name, cx)?;
    let ty = field.ty.as_ref()?;
    let (message, help) = match (&ty.kind, ty.optional) {
        _ if record.key.contains(&field.name) => (
            format!("`{}` numbers the versions of `{}` and is part of its key as well", name.text, record.name),
            "take it out of the key: what is looked up is the object, whatever its version",
        ),
        (Kind::Decimal { scale: 0, unit: None, .. }, false) => return Some((text(name), cx.span(written.range))),
        (Kind::Decimal { scale: 0, unit: None, .. }, true) => {
            (format!("the number of a version, `{}`, may be missing", name.text), "remove the `?` of its type")
        }
        _ => (
            format!("`{}` is {}, and versions are numbered", name.text, crate::typing::described(ty)),
            "give it the type `int`",
        ),
    };
    cx.report(
        Diagnostic::new(&codes::INVALID_REVISION, cx.span(name.range), message)
            .related(field.span, "declared here", None)
            .why("of two versions for one day the one with the higher number holds")
            .help(help),
    );
    None
}

/// Reports a field that is no date, or a first day that may be missing.
fn date(record: &RecordType, name: &ast::Name, may_be_missing: bool, cx: &Context<'_>) -> Option<()> {
    let field = fields::find(record, name, cx)?;
    let ty = field.ty.as_ref()?;
    let message = match (&ty.kind, ty.optional) {
        (Kind::Date, false) => return Some(()),
        (Kind::Date, true) if may_be_missing => return Some(()),
        (Kind::Date, true) => format!("the first day of a row, `{}`, may be missing", name.text),
        _ => format!("`{}` is {}, and a row is dated by dates", name.text, crate::typing::described(ty)),
    };
    cx.report(
        Diagnostic::new(&codes::INVALID_EFFECTIVE, cx.span(name.range), message)
            .related(field.span, "declared here", None)
            .help(if may_be_missing { "give it the type `date` or `date?`" } else { "give it the type `date`" }),
    );
    None
}

/// A field that refers to a dated object would be a reference to one of its rows, whatever the day.
pub(super) fn references_mean_one_record(model: &Model, name: &ast::Name, cx: &Context<'_>) {
    let Some(object) = model.objects.get(name.text.as_str()) else { return };
    for field in &object.record.fields {
        let Some(Kind::Reference { object: to }) = field.ty.as_ref().map(|ty| &ty.kind) else { continue };
        let Some((dated, effective)) = model
            .objects
            .get(to)
            .filter(|dated| dated.versioned.is_none())
            .and_then(|dated| Some((dated, dated.effective.as_ref()?)))
        else {
            continue;
        };
        let key = dated.record.key.join(", ");
        cx.report(
            Diagnostic::new(
                &codes::REFERENCE_TO_DATED,
                field.ty_span,
                format!(
                    "`{}` of `{}` refers to `{to}`, whose rows change with the day",
                    field.name, object.record.name
                ),
            )
            .related(effective.span, "dated here", None)
            .why("the reference would stay with one row when the next one takes its place")
            .help(format!(
                "keep what it is looked up by ({key}), and look it up where it is used, `as of` the day that counts"
            ))
            .element(format!("{}.{}", object.record.name, field.name)),
        );
    }
}
