//! The day of a lookup: said for dated objects, and for them only. Which version of a versioned object is read.

use super::{Scope, described, infer, operators};
use crate::context::Context;
use crate::model::Effective;
use syncline_diagnostics::{Diagnostic, Fix, codes};
use syncline_ir::{AsOf, Ends, Expr, Kind, Op, Type};
use syncline_syntax::ast;

/// A step series has an age limit of at most this many days.
const MOST_DAYS: u32 = 36_525;

fn dates<'m>(name: &ast::Name, scope: &Scope<'m>) -> Option<&'m Effective> {
    scope.model.objects.get(name.text.as_str())?.effective.as_ref()
}

/// The day of a lookup by key; the outer none when a problem has been reported.
pub(super) fn day(
    name: &ast::Name,
    written: Option<&ast::AsOf>,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Option<AsOf>> {
    match (dates(name, scope), written) {
        (None, None) => Some(None),
        (None, Some(written)) => {
            undated(name, written, scope, cx);
            None
        }
        (Some(effective), None) => {
            without_day(name, effective, range, scope, cx);
            None
        }
        (Some(effective), Some(written)) => {
            let limit = limit(&name.text, effective, written, cx);
            let day = a_day(written, scope, cx)?;
            Some(Some(AsOf { day: Box::new(day), at_most_days: limit? }))
        }
    }
}

fn a_day(written: &ast::AsOf, scope: &Scope<'_>, cx: &Context<'_>) -> Option<Expr> {
    let day = operators::required(infer(&written.day, None, scope, cx)?, written.day.range, cx)?;
    if day.ty.kind == Kind::Date {
        return Some(day);
    }
    let message = format!("a lookup is made as of a date, and this is {}", described(&day.ty));
    let diagnostic = Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(written.day.range), message);
    cx.report(match day.ty.kind {
        Kind::Instant => diagnostic.help(format!(
            "say in which zone the day is meant: `date_of({}, \"America/New_York\")`",
            cx.text(written.day.range)
        )),
        _ => diagnostic.help("give a date"),
    });
    None
}

/// `(contract as of d)`, `(contract at baseline)`.
pub(super) fn version(
    base: &ast::Expr,
    which: &ast::WhichVersion,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let base = infer(base, None, scope, cx)?;
    let (day, place) = match which {
        ast::WhichVersion::AsOf(as_of) => (Some(as_of.as_ref()), as_of.range),
        ast::WhichVersion::Baseline(place) => (None, *place),
    };
    of_reference(base, day, place, range, scope, cx)
}

/// The version of what a reference stands for: as of a day, or without one the first.
pub(super) fn of_reference(
    base: Expr,
    day: Option<&ast::AsOf>,
    place: ast::Range,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<Expr> {
    let Kind::Reference { object } = base.ty.kind.clone() else {
        let message = format!("only a reference leads to something with versions, and this is {}", described(&base.ty));
        cx.report(
            Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(range), message).help("leave out which version is meant"),
        );
        return None;
    };
    let declared = scope.model.objects.get(&object)?;
    let (Some(_), Some(effective)) = (&declared.versioned, &declared.effective) else {
        // A clause that could not be read has been reported.
        if declared.versioned.is_none() {
            let message = format!("`{object}` has one record for each key and no versions");
            cx.report(
                Diagnostic::new(&codes::AS_OF_UNDATED, cx.span(place), message)
                    .related(declared.record.span, "declared here", None)
                    .why("the answer would be that of today for any day")
                    .help(format!(
                        "leave it out, or declare `{object}` as `versioned by REVISION effective DATE_FIELD`"
                    )),
            );
        }
        return None;
    };
    let as_of = match day {
        Some(written) => {
            limit(&object, effective, written, cx).filter(|_| written.at_most.is_none())?;
            Some(Box::new(a_day(written, scope, cx)?))
        }
        None => None,
    };
    let ty = Type { kind: Kind::Version { object: object.clone() }, optional: base.ty.optional };
    let op = Op::Version { base: Box::new(base), object, as_of, waits: false };
    Some(Expr { ty, op, at: Some(cx.at(range)) })
}

/// `at most 4d old`; the outer none when a problem has been reported.
fn limit(object: &str, effective: &Effective, written: &ast::AsOf, cx: &Context<'_>) -> Option<Option<u32>> {
    let Some(limit) = &written.at_most else { return Some(None) };
    let is_series = effective.dates.ends == Ends::Next && !effective.of_versions;
    if !is_series {
        let span = cx.span(written.range);
        cx.report(
            Diagnostic::new(
                &codes::AGE_WITHOUT_SERIES,
                span,
                if effective.of_versions {
                    format!("a version of `{object}` holds until a higher one does, however old it is")
                } else {
                    format!("a row of `{object}` says itself how long it is valid")
                },
            )
            .related(effective.span, "dated here", None)
            .why("only in a step series, `effective from …`, does a row stay valid until the next one comes")
            .help("leave `at most … old` out")
            .fix(Fix::replace("leave it out", span, format!("as of {}", cx.text(written.day.range)))),
        );
        return None;
    }
    let days = limit.number.parse::<u32>().ok().filter(|days| *days <= MOST_DAYS);
    match (limit.unit, days) {
        (ast::DurationUnit::Day, Some(days)) => Some(Some(days)),
        _ => {
            cx.report(
                Diagnostic::new(
                    &codes::INVALID_LITERAL,
                    cx.span(limit.range),
                    "the age of a row is counted in whole days",
                )
                .help(format!("write `4d`; at most {MOST_DAYS}d")),
            );
            None
        }
    }
}

fn undated(name: &ast::Name, written: &ast::AsOf, scope: &Scope<'_>, cx: &Context<'_>) {
    let span = cx.span(written.range);
    let mut diagnostic = Diagnostic::new(
        &codes::AS_OF_UNDATED,
        span,
        format!("`{}` has one record for each key, whatever the day", name.text),
    )
    .why("the answer would be that of today for any day")
    .help(format!(
        "leave the day out, or declare `{}` as `effective from FIELD` or `effective FIRST through LAST`",
        name.text
    ))
    .fix(Fix::replace("leave the day out", span, ""));
    if let Some(object) = scope.model.objects.get(name.text.as_str()) {
        diagnostic = diagnostic.related(object.record.span, "declared here", None);
    }
    cx.report(diagnostic);
}

fn without_day(name: &ast::Name, effective: &Effective, range: ast::Range, scope: &Scope<'_>, cx: &Context<'_>) {
    let diagnostic = Diagnostic::new(
        &codes::AS_OF_MISSING,
        cx.span(range),
        format!("`{}` has a row for each time, and this lookup does not say for which day", name.text),
    )
    .related(effective.span, "dated here", None)
    .why("which row is meant would depend on the day on which the sync happens to run");
    // With one date in the record there is hardly another that could be meant.
    let days: Vec<&str> = scope
        .record
        .fields
        .iter()
        .filter(|field| field.ty.as_ref().is_some_and(|ty| ty.kind == Kind::Date && !ty.optional))
        .map(|field| field.name.as_str())
        .collect();
    cx.report(match days.as_slice() {
        [day] => {
            let written = format!("{} as of {day}", cx.text(range));
            diagnostic.help(format!("write `{written}`")).fix(Fix::replace(
                format!("look it up as of `{day}`"),
                cx.span(range),
                written,
            ))
        }
        _ => diagnostic.help("say the day, `as of DATE`"),
    });
}

/// An identifier of a system stands for one row, valid on some days: it is no answer for any other day.
pub(super) fn identifiers_name_one_record(
    name: &ast::Name,
    written: Option<&ast::AsOf>,
    range: ast::Range,
    scope: &Scope<'_>,
    cx: &Context<'_>,
) -> Option<()> {
    match (dates(name, scope), written) {
        (None, None) => Some(()),
        (None, Some(written)) => {
            undated(name, written, scope, cx);
            None
        }
        (Some(effective), _) => {
            cx.report(
                Diagnostic::new(
                    &codes::AS_OF_MISSING,
                    cx.span(range),
                    format!(
                        "an identifier names one {} of `{}`, whatever the day",
                        if effective.of_versions { "version" } else { "row" },
                        name.text
                    ),
                )
                .related(effective.span, "dated here", None)
                .why("when the next one takes its place, the identifier still leads to the old one")
                .help(if effective.of_versions {
                    "look it up by its key"
                } else {
                    "look it up by its key, `as of` the day that counts"
                }),
            );
            None
        }
    }
}
