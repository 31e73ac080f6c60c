//! `same when …`: what two records have in common that may be one and the same.
//!
//! A rule that can find nothing, or nearly everything, is worse than none: somebody relies on it.

use super::statements::text;
use crate::context::Context;
use crate::model::{Model, Object, Same};
use crate::names::NameKind;
use crate::typing::{self, fields};
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir::{self as ir, Kind, SameTerm};
use syncline_syntax::ast;

pub(super) fn same(model: &Model, name: &ast::Name, written: &ast::Same, cx: &Context<'_>) -> Option<Same> {
    let object = model.objects.get(name.text.as_str())?;
    let review = cx.resolve(&written.review, &[NameKind::Queue], "a queue").map(|_| text(&written.review));
    if let Some(effective) = &object.effective {
        let what = if effective.of_versions { "versions" } else { "rows" };
        cx.report(
            Diagnostic::new(
                &codes::INVALID_SAME,
                cx.span(written.range),
                format!("`{}` has several {what} of one key, and each says again what the others say", name.text),
            )
            .related(effective.span, "dated here", None)
            .why("the duplicate would be sought among records that are meant to be alike, and people would be asked about each of them")
            .help("compare an object that is not dated: what the contract or the rate refers to"),
        );
        return None;
    }
    let mut when: Vec<(Vec<SameTerm>, Span)> = Vec::new();
    for by in &written.when {
        let place = cx.span(by.range);
        let terms: Option<Vec<SameTerm>> = by.terms.iter().map(|term| self::term(object, term, cx)).collect();
        let Some(terms) = terms else { continue };
        if finds_something(object, name, &terms, place, cx) && is_not_said_before(&terms, place, &when, cx) {
            when.push((terms, place));
        }
    }
    Some(Same { when, review })
}

fn term(object: &Object, written: &ast::SameTerm, cx: &Context<'_>) -> Option<SameTerm> {
    let found = fields::find(&object.record, &written.field, cx)?;
    let ty = found.ty.as_ref()?;
    if written.folded && !matches!(ty.kind, Kind::Text { .. }) {
        let message = format!("`{}` is {}, and only a text is folded", written.field.text, typing::described(ty));
        cx.report(
            Diagnostic::new(&codes::INVALID_SAME, cx.span(written.range), message)
                .related(found.span, "declared here", None)
                .help(format!("write `{}`", written.field.text)),
        );
        return None;
    }
    Some(SameTerm { field: text(&written.field), folded: written.folded })
}

/// Whether two records can be alike by these terms, and not nearly all of them are.
fn finds_something(object: &Object, name: &ast::Name, terms: &[SameTerm], place: Span, cx: &Context<'_>) -> bool {
    let as_it_is = |key: &String| terms.iter().any(|term| !term.folded && term.field == *key);
    if object.record.key.iter().all(as_it_is) {
        let all: Vec<&str> = object.record.key.iter().map(String::as_str).collect();
        cx.report(
            Diagnostic::new(
                &codes::INVALID_SAME,
                place,
                format!("no two records of `{}` are alike in {}", name.text, fields::listed(&all)),
            )
            .why("it is their key: rows with the same key are one record, so this would never find a duplicate")
            .help("compare what two entries of one party have in common: a tax number, a name and a postal code"),
        );
        return false;
    }
    let has_few_values = |term: &SameTerm| {
        let ty = object.record.field(&term.field).and_then(|field| field.ty.as_ref());
        ty.is_some_and(|ty| matches!(ty.kind, Kind::Bool | Kind::Enum { .. } | Kind::Currency))
    };
    if terms.iter().all(has_few_values) {
        let all: Vec<&str> = terms.iter().map(|term| term.field.as_str()).collect();
        cx.report(
            Diagnostic::new(
                &codes::INVALID_SAME,
                place,
                format!("{} has few values, so most records of `{}` are alike in it", fields::listed(&all), name.text),
            )
            .why("every new record would wait for a person, and nothing that refers to it would be posted")
            .help("compare it together with a name or a number: `(folded(name), country)`"),
        );
        return false;
    }
    true
}

/// Whether none of the terms before finds the same records already.
fn is_not_said_before(terms: &[SameTerm], place: Span, before: &[(Vec<SameTerm>, Span)], cx: &Context<'_>) -> bool {
    let finds = |known: &SameTerm| {
        let is_weaker = |term: &SameTerm| term.field == known.field && (known.folded || !term.folded);
        terms.iter().any(is_weaker)
    };
    let Some((known, where_known)) = before.iter().find(|(known, _)| known.iter().all(finds)) else { return true };
    cx.report(
        Diagnostic::new(
            &codes::INVALID_SAME,
            place,
            format!("`{}` finds nothing that `{}` does not find", ir::Same::written(terms), ir::Same::written(known)),
        )
        .related(*where_known, "said here", None)
        .why("who reads this believes that records must be alike in more than they must")
        .help("remove the one that is not meant"),
    );
    false
}
