//! Syncs: every clause resolved; whether they fit together is for the checks.

mod clauses;
mod path;
mod schedule;

use super::events;
use super::statements::{Once, doc, text};
use crate::context::Context;
use crate::model::{ChangePolicy, Model, RouteTo, Sync};
use crate::names::NameKind;

use syncline_diagnostics::Span;
use syncline_ir as ir;
use syncline_syntax::ast::{self, SyncClause};

pub(super) fn sync(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::Sync, cx: &Context<'_>) {
    let span = cx.span(name.range);
    let team = body.team.as_ref().and_then(|team| cx.resolve(team, &[NameKind::Team], "a team").map(|_| text(team)));
    let mut builder = Builder { model, cx, name: text(name), span, clauses: Clauses::default(), poisoned: false };
    let path = builder.path(body);
    for clause in &body.clauses {
        builder.clause(clause, &path);
    }
    let poisoned = builder.poisoned || path.poisoned;
    let sync = builder.finish(path, team, docs, poisoned);
    model.syncs.entry(text(name)).or_insert(sync);
}

struct Clauses {
    title: Once<String>,
    model: Once<ast::ModelKind>,
    every: Once<ir::Pass>,
    capture: Once<ir::Pass>,
    post: Once<ir::Pass>,
    capture_on: Once<String>,
    starts: Once<ir::Starts>,
    after: Once<Vec<(String, Span)>>,
    idempotent: Once<Vec<String>>,
    order: Once<ir::Order>,
    correct: Once<ir::Correction>,
    leave: Once<ir::Leave>,
    on_change: Vec<ChangePolicy>,
    retry: Once<ir::Retry>,
    fresh: Once<ir::Fresh>,
    volume: Once<ir::Volume>,
    reconcile: Once<ir::Reconcile>,
}

impl Default for Clauses {
    fn default() -> Self {
        Self {
            title: Once::new("title"),
            model: Once::new("model"),
            every: Once::new("every"),
            capture: Once::new("capture every"),
            post: Once::new("post every"),
            capture_on: Once::new("capture on"),
            starts: Once::new("starts"),
            after: Once::new("after"),
            idempotent: Once::new("idempotent by"),
            order: Once::new("order by"),
            correct: Once::new("correct by"),
            leave: Once::new("leave"),
            on_change: Vec::new(),
            retry: Once::new("retry"),
            fresh: Once::new("fresh within"),
            volume: Once::new("volume"),
            reconcile: Once::new("reconcile"),
        }
    }
}

/// The stops of `move`.
#[derive(Default)]
struct MovePath {
    source: Option<String>,
    object: Option<String>,
    routes: Vec<RouteTo>,
    span: Option<Span>,
    poisoned: bool,
}

struct Builder<'m, 'c> {
    model: &'m Model,
    cx: &'c Context<'c>,
    name: String,
    span: Span,
    clauses: Clauses,
    poisoned: bool,
}

impl Builder<'_, '_> {
    fn clause(&mut self, clause: &SyncClause, path: &MovePath) {
        let (cx, object) = (self.cx, path.object.as_deref());
        match clause {
            SyncClause::Move(_) => {}
            SyncClause::Broken(_) => self.poisoned = true,
            SyncClause::Title(clause) => self.clauses.title.set(clause.text.text.clone(), clause.range, cx),
            SyncClause::Model(clause) => self.clauses.model.set(clause.kind, clause.range, cx),
            SyncClause::Schedule(clause) => {
                let every = self.timing(clause);
                match clause.pass {
                    ast::SchedulePass::Whole => self.clauses.every.set(every, clause.range, cx),
                    ast::SchedulePass::Capture => self.clauses.capture.set(every, clause.range, cx),
                    ast::SchedulePass::Post => self.clauses.post.set(every, clause.range, cx),
                }
            }
            SyncClause::CaptureOn(clause) => {
                match events::captured_on(self.model, path.source.as_deref(), &clause.event, cx) {
                    Some(event) => self.clauses.capture_on.set(event, clause.range, cx),
                    None => self.poisoned = true,
                }
            }
            SyncClause::Starts(clause) => self.starts(clause, object),
            SyncClause::After(clause) => {
                let known = clause.syncs.iter().filter(|name| cx.resolve(name, &[NameKind::Sync], "a sync").is_some());
                let after: Vec<(String, Span)> = known.map(|name| (text(name), cx.span(name.range))).collect();
                self.poisoned |= after.len() < clause.syncs.len();
                self.clauses.after.set(after, clause.range, cx);
            }
            SyncClause::IdempotentBy(clause) => {
                let names = self.fields_of(object, &clause.fields);
                self.clauses.idempotent.set(names, clause.range, cx);
            }
            SyncClause::Order(clause) => self.order(clause, object),
            SyncClause::Correct(clause) => {
                let by = match clause.by {
                    ast::CorrectBy::Reversal => ir::Correction::Reversal,
                    ast::CorrectBy::Delta => ir::Correction::Delta,
                    ast::CorrectBy::Overwrite => ir::Correction::Overwrite,
                };
                self.clauses.correct.set(by, clause.range, cx);
            }
            SyncClause::Leave(clause) => match &clause.hold {
                None => self.clauses.leave.set(ir::Leave::Reverse, clause.range, cx),
                Some(queue) => match cx.resolve(queue, &[NameKind::Queue], "a queue") {
                    Some(_) => self.clauses.leave.set(ir::Leave::Hold(text(queue)), clause.range, cx),
                    None => self.poisoned = true,
                },
            },
            SyncClause::OnChange(clause) => self.on_change(clause),
            SyncClause::Retry(clause) => self.retry(clause),
            SyncClause::Fresh(clause) => self.fresh(clause),
            SyncClause::Volume(clause) => self.volume(clause),
            SyncClause::Reconcile(clause) => self.reconcile(clause),
        }
    }

    fn finish(mut self, path: MovePath, team: Option<String>, docs: &str, poisoned: bool) -> Sync {
        self.poisoned = poisoned;
        let schedule = self.schedule(path.source.is_some(), !path.routes.is_empty());
        let capture_on = std::mem::replace(&mut self.clauses.capture_on, Once::new("capture on")).placed();
        self.event_model(&schedule, capture_on.as_ref().map(|(_, range)| *range));
        let cx = self.cx;
        let clauses = self.clauses;
        Sync {
            name: self.name,
            team,
            title: clauses.title.get(),
            source: path.source,
            object: path.object,
            routes: path.routes,
            schedule,
            capture_on: capture_on.map(|(event, range)| (event, cx.span(range))),
            starts: clauses.starts.get(),
            after: clauses.after.get().unwrap_or_default(),
            idempotent_by: clauses.idempotent.get().unwrap_or_default(),
            order: clauses.order.get(),
            correct: clauses.correct.placed().map(|(correct, range)| (correct, cx.span(range))),
            leave: clauses.leave.placed().map(|(leave, range)| (leave, cx.span(range))),
            on_change: clauses.on_change,
            retry: clauses.retry.placed().map(|(retry, range)| (retry, cx.span(range))),
            fresh: clauses.fresh.placed().map(|(fresh, range)| (fresh, cx.span(range))),
            volume: clauses.volume.get(),
            reconcile: clauses.reconcile.placed().map(|(reconcile, range)| (reconcile, cx.span(range))),
            poisoned,
            doc: doc(docs),
            span: self.span,
            move_span: path.span.unwrap_or(self.span),
        }
    }
}
