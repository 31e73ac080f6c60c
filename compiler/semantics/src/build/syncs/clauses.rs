//! The clauses of a sync that name fields, objects or queues.

use super::Builder;
use crate::build::statements::{at_most, missing, seconds, text};
use crate::model::{ChangePolicy, RecordType};
use crate::names::NameKind;
use crate::typing::fields;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir as ir;
use syncline_syntax::ast;

/// Waits that double reach the longest long before.
const MOST_RETRIES: u32 = 1_000;
/// More records in a day are no volume of a firm.
const MOST_RECORDS: u32 = 1_000_000_000;
/// A day with more times as many is no peak.
const MOST_TIMES: u32 = 1_000;

impl<'m> Builder<'m, '_> {
    fn object(&self, object: Option<&str>) -> Option<&'m RecordType> {
        self.model.record(object?)
    }

    pub(super) fn fields_of(&mut self, object: Option<&str>, names: &[ast::Name]) -> Vec<String> {
        let found = self.object(object).map(|record| {
            names.iter().filter(|name| fields::find(record, name, self.cx).is_some()).map(text).collect::<Vec<_>>()
        });
        let found = found.unwrap_or_default();
        self.poisoned |= found.len() < names.len();
        found
    }

    pub(super) fn starts(&mut self, clause: &ast::Starts, object: Option<&str>) {
        let cx = self.cx;
        let date = clause.date.parse::<jiff::civil::Date>();
        if date.is_err() {
            cx.report(
                Diagnostic::new(
                    &codes::INVALID_LITERAL,
                    cx.span(clause.date_range),
                    format!("there is no day `{}`", clause.date),
                )
                .help("write an existing day, `2026-07-01`"),
            );
        }
        let field = self.object(object).and_then(|record| fields::find(record, &clause.field, cx));
        if let Some(ty) = field.and_then(|field| field.ty.as_ref())
            && (ty.kind != ir::Kind::Date || ty.optional)
        {
            let message = format!(
                "`{}` is {}, and a date that is always known is needed",
                clause.field.text,
                crate::typing::described(ty)
            );
            cx.report(
                Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(clause.field.range), message)
                    .help("name a field of type `date`"),
            );
        }
        match (date, field) {
            (Ok(_), Some(_)) => self.clauses.starts.set(
                ir::Starts { date: clause.date.to_string(), field: text(&clause.field) },
                clause.range,
                cx,
            ),
            _ => self.poisoned = true,
        }
    }

    pub(super) fn order(&mut self, clause: &ast::Order, object: Option<&str>) {
        let cx = self.cx;
        let order = match &clause.by {
            ast::OrderBy::Arrival => Some(ir::Order::Arrival),
            ast::OrderBy::Field { field, within } => {
                let record = self.object(object);
                let found = record.and_then(|record| fields::find(record, field, cx));
                if let Some(ty) = found.and_then(|found| found.ty.as_ref()) {
                    let ordered = matches!(ty.kind, ir::Kind::Decimal { .. } | ir::Kind::Date | ir::Kind::Instant);
                    if !ordered || ty.optional {
                        let message = format!(
                            "`{}` is {}, which does not order records",
                            field.text,
                            crate::typing::described(ty)
                        );
                        cx.report(
                            Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(field.range), message)
                                .help("name a number, a date or an instant that is always known"),
                        );
                    }
                }
                let within = self.fields_of(object, within);
                match (found, within.as_slice()) {
                    (Some(_), [one]) => Some(ir::Order::By { field: text(field), within: one.clone() }),
                    (_, [_, second, ..]) => {
                        let message = format!("records are told apart by one field; `{second}` is a second one");
                        cx.report(
                            Diagnostic::new(&codes::WRONG_ARGUMENTS, cx.span(clause.range), message)
                                .help("name the field with the source's own identifier"),
                        );
                        None
                    }
                    _ => None,
                }
            }
        };
        match order {
            Some(order) => self.clauses.order.set(order, clause.range, cx),
            None => self.poisoned = true,
        }
    }

    pub(super) fn on_change(&mut self, clause: &ast::OnChange) {
        let cx = self.cx;
        let object = match &clause.of {
            ast::ChangeOf::Plan(_) => Some(None),
            ast::ChangeOf::Object(name) => cx.resolve(name, &[NameKind::Object], "an object").map(|_| Some(text(name))),
        };
        let action = match &clause.action {
            ast::ChangeAction::Keep => Some(ir::Change::Keep),
            ast::ChangeAction::Correct => Some(ir::Change::Correct),
            ast::ChangeAction::Ask(queue) => {
                cx.resolve(queue, &[NameKind::Queue], "a queue").map(|_| ir::Change::Ask(text(queue)))
            }
        };
        let (Some(object), Some(action)) = (object, action) else {
            self.poisoned = true;
            return;
        };
        let span = cx.span(clause.range);
        if let Some(first) = self.clauses.on_change.iter().find(|known| known.object == object) {
            let what = object.as_deref().unwrap_or("plan");
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_CLAUSE, span, format!("`on change of {what}` is said twice"))
                    .related(first.span, "first said here", None)
                    .help("keep one of them"),
            );
            return;
        }
        self.clauses.on_change.push(ChangePolicy { object, action, span });
    }

    pub(super) fn retry(&mut self, clause: &ast::Retry) {
        let cx = self.cx;
        let times = at_most(&clause.times, "a number of tries", MOST_RETRIES, cx);
        let (first, longest) = (seconds(&clause.first, cx), seconds(&clause.longest, cx));
        if longest < first {
            let message = "the waits between tries grow, and the longest is shorter than the first".to_owned();
            cx.report(
                Diagnostic::new(&codes::INVALID_LITERAL, cx.span(clause.longest.range), message)
                    .help("write the shorter wait first, as in `backoff 30s .. 10m`"),
            );
        }
        let queue = cx.resolve(&clause.queue, &[NameKind::Queue], "a queue").is_some();
        match (times, queue) {
            (Some(times), true) => self.clauses.retry.set(
                ir::Retry { times, first, longest, queue: text(&clause.queue) },
                clause.range,
                cx,
            ),
            _ => self.poisoned = true,
        }
    }

    pub(super) fn fresh(&mut self, clause: &ast::Fresh) {
        let cx = self.cx;
        let within = seconds(&clause.within, cx);
        let calendar = match &clause.calendar {
            None => None,
            Some(calendar) if cx.resolve(calendar, &[NameKind::Calendar], "a calendar").is_some() => {
                Some(text(calendar))
            }
            Some(_) => {
                self.poisoned = true;
                return;
            }
        };
        self.clauses.fresh.set(ir::Fresh { within, calendar }, clause.range, cx);
    }

    pub(super) fn volume(&mut self, clause: &ast::Volume) {
        let cx = self.cx;
        let per_day = at_most(&clause.records, "a number of records", MOST_RECORDS, cx);
        let peak = match &clause.peak {
            None => Some(1),
            Some(peak) => at_most(peak, "how many times as many a day may have", MOST_TIMES, cx),
        };
        match (per_day, peak) {
            (Some(per_day), Some(peak)) => self.clauses.volume.set(ir::Volume { per_day, peak }, clause.range, cx),
            _ => self.poisoned = true,
        }
    }

    pub(super) fn reconcile(&mut self, clause: &ast::Reconcile) {
        let cx = self.cx;
        let mut measures: Vec<ir::Measure> = Vec::new();
        let mut add = |measure: ir::Measure, range: ast::Range| {
            if measures.contains(&measure) {
                cx.report(
                    Diagnostic::new(&codes::DUPLICATE_CLAUSE, cx.span(range), "this measure stands here twice")
                        .help("keep one of them"),
                );
            } else {
                measures.push(measure);
            }
        };
        for measure in &clause.measures {
            match measure {
                ast::Measure::Count(range) => add(ir::Measure::Count, *range),
                ast::Measure::Sum { field, range } => match field.names.as_slice() {
                    [name] => add(ir::Measure::Sum(text(name)), *range),
                    _ => {
                        let message = "a measure sums one field of the target";
                        cx.report(
                            Diagnostic::new(&codes::UNKNOWN_MEASURE, cx.span(field.range), message)
                                .help("write `sum(amount)`"),
                        );
                        self.poisoned = true;
                    }
                },
            }
        }
        let every = clause.every.as_ref().map(|every| seconds(every, cx));
        let Some(tolerance) = &clause.tolerance else {
            missing(
                cx.span(clause.range),
                "this reconciliation does not say which difference passes".to_owned(),
                "add `tolerance 0`",
                cx,
            );
            self.poisoned = true;
            return;
        };
        let Some(every) = every else {
            self.poisoned = true;
            return;
        };
        self.clauses.reconcile.set(
            ir::Reconcile { measures, every, tolerance: tolerance.text.to_string() },
            clause.range,
            cx,
        );
    }
}
