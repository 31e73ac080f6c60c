//! Syncs: every clause resolved; whether they fit together is for the checks.

use super::statements::{Once, doc, missing, seconds, text};
use crate::context::Context;
use crate::model::{ChangePolicy, Model, RecordType, RouteTo, Sync};
use crate::names::NameKind;
use crate::typing::{Scope, fields, predicate};
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir as ir;
use syncline_syntax::ast::{self, SyncClause};

pub(super) fn sync(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::Sync, cx: &Context<'_>) {
    let span = cx.span(name.range);
    let team = body.team.as_ref().and_then(|team| cx.resolve(team, &[NameKind::Team], "a team").map(|_| text(team)));
    let mut builder = Builder { model, cx, name: text(name), span, clauses: Clauses::default(), poisoned: false };
    let path = builder.path(body);
    for clause in &body.clauses {
        builder.clause(clause, path.object.as_deref());
    }
    let poisoned = builder.poisoned || path.poisoned;
    let sync = builder.finish(path, team, docs, poisoned);
    model.syncs.entry(text(name)).or_insert(sync);
}

struct Clauses {
    title: Once<String>,
    model: Once<ast::ModelKind>,
    every: Once<u64>,
    capture: Once<u64>,
    post: Once<u64>,
    starts: Once<ir::Starts>,
    after: Once<Vec<(String, Span)>>,
    idempotent: Once<Vec<String>>,
    order: Once<ir::Order>,
    correct: Once<ir::Correction>,
    leave: Once<ir::Leave>,
    on_change: Vec<ChangePolicy>,
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
            starts: Once::new("starts"),
            after: Once::new("after"),
            idempotent: Once::new("idempotent by"),
            order: Once::new("order by"),
            correct: Once::new("correct by"),
            leave: Once::new("leave"),
            on_change: Vec::new(),
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

impl<'m> Builder<'m, '_> {
    fn path(&self, body: &ast::Sync) -> MovePath {
        let cx = self.cx;
        let mut found = Once::new("move");
        let mut broken = false;
        for clause in &body.clauses {
            match clause {
                SyncClause::Move(clause) => found.set(clause, clause.range, cx),
                SyncClause::Broken(_) => broken = true,
                _ => {}
            }
        }
        let Some(clause) = found.get() else {
            if !broken {
                missing(
                    self.span,
                    format!("sync `{}` does not say what it moves", self.name),
                    "add `move psa.timecard -> TimeEntry -> erp.project_cost`",
                    cx,
                );
            }
            return MovePath { poisoned: true, ..MovePath::default() };
        };
        self.stops(clause)
    }

    fn stops(&self, clause: &ast::Move) -> MovePath {
        let cx = self.cx;
        let mut path = MovePath { span: Some(cx.span(clause.range)), ..MovePath::default() };
        for stop in &clause.stops {
            match stop {
                ast::Stop::Place(place) => match place.names.as_slice() {
                    [object] if path.object.is_none() && path.routes.is_empty() => {
                        match cx.resolve(object, &[NameKind::Object], "an object") {
                            Some(_) => path.object = Some(text(object)),
                            None => path.poisoned = true,
                        }
                    }
                    [system, entity] => match fields::entity(self.model, system, entity, cx) {
                        None => path.poisoned = true,
                        Some(full) if path.object.is_none() && path.source.is_none() && !path.poisoned => {
                            path.source = Some(full)
                        }
                        Some(full) if path.object.is_some() && path.routes.is_empty() => {
                            path.routes.push(RouteTo { entity: full, condition: None, span: cx.span(place.range) })
                        }
                        Some(_) => self.bad_stop(place, &mut path),
                    },
                    _ => self.bad_stop(place, &mut path),
                },
                // Routes anywhere but at the end have been reported.
                ast::Stop::Routes { .. } if path.object.is_none() => path.poisoned = true,
                ast::Stop::Routes { arms, .. } => {
                    for arm in arms {
                        self.arm(arm, &mut path);
                    }
                }
            }
        }
        if path.object.is_none() && !path.poisoned {
            let message = format!("sync `{}` goes past the hub: it names no object", self.name);
            cx.report(
                Diagnostic::new(&codes::WRONG_KIND_OF_NAME, cx.span(clause.range), message)
                    .why("a flow straight from one system to another is checked by nobody: no owner, no ledger, no reconciliation")
                    .help("name the object between both, `psa.timecard -> TimeEntry -> erp.project_cost`"),
            );
            path.poisoned = true;
        }
        path
    }

    fn bad_stop(&self, place: &ast::Path, path: &mut MovePath) {
        if !path.poisoned {
            let message = "a sync goes from one entity through one object to one or more entities";
            self.cx.report(
                Diagnostic::new(&codes::WRONG_KIND_OF_NAME, self.cx.span(place.range), message)
                    .help("write `move psa.timecard -> TimeEntry -> erp.project_cost`"),
            );
        }
        path.poisoned = true;
    }

    fn arm(&self, arm: &ast::MoveArm, path: &mut MovePath) {
        let cx = self.cx;
        let [system, entity] = arm.target.names.as_slice() else {
            self.bad_stop(&arm.target, path);
            return;
        };
        let Some(full) = fields::entity(self.model, system, entity, cx) else {
            path.poisoned = true;
            return;
        };
        let condition = match (&arm.when, &path.object) {
            (Some(when), Some(object)) => Some(predicate(when, &Scope::of_object(self.model, object), cx)),
            _ => None,
        };
        let span = cx.span(arm.range);
        if let Some(first) = path.routes.iter().find(|route| route.entity == full) {
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_CLAUSE, span, format!("two routes lead to `{full}`"))
                    .related(first.span, "the first one", None)
                    .help("join their conditions with `or`"),
            );
            path.poisoned = true;
            return;
        }
        path.routes.push(RouteTo { entity: full, condition, span });
    }

    fn object(&self, object: Option<&str>) -> Option<&'m RecordType> {
        self.model.record(object?)
    }

    fn clause(&mut self, clause: &SyncClause, object: Option<&str>) {
        let cx = self.cx;
        match clause {
            SyncClause::Move(_) => {}
            SyncClause::Broken(_) => self.poisoned = true,
            SyncClause::Title(clause) => self.clauses.title.set(clause.text.text.clone(), clause.range, cx),
            SyncClause::Model(clause) => self.clauses.model.set(clause.kind, clause.range, cx),
            SyncClause::Schedule(clause) => {
                let every = seconds(&clause.every, cx);
                match clause.pass {
                    ast::SchedulePass::Whole => self.clauses.every.set(every, clause.range, cx),
                    ast::SchedulePass::Capture => self.clauses.capture.set(every, clause.range, cx),
                    ast::SchedulePass::Post => self.clauses.post.set(every, clause.range, cx),
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
            SyncClause::Reconcile(clause) => self.reconcile(clause),
        }
    }

    fn fields_of(&mut self, object: Option<&str>, names: &[ast::Name]) -> Vec<String> {
        let found = self.object(object).map(|record| {
            names.iter().filter(|name| fields::find(record, name, self.cx).is_some()).map(text).collect::<Vec<_>>()
        });
        let found = found.unwrap_or_default();
        self.poisoned |= found.len() < names.len();
        found
    }

    fn starts(&mut self, clause: &ast::Starts, object: Option<&str>) {
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

    fn order(&mut self, clause: &ast::Order, object: Option<&str>) {
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

    fn on_change(&mut self, clause: &ast::OnChange) {
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

    fn reconcile(&mut self, clause: &ast::Reconcile) {
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

    fn schedule(&mut self, captures: bool, posts: bool) -> Option<ir::Schedule> {
        let every = std::mem::replace(&mut self.clauses.every, Once::new("every")).placed();
        let capture = std::mem::replace(&mut self.clauses.capture, Once::new("capture every")).placed();
        let post = std::mem::replace(&mut self.clauses.post, Once::new("post every")).placed();
        let model = std::mem::replace(&mut self.clauses.model, Once::new("model")).placed();
        let Some((model, _)) = model else {
            if !self.poisoned {
                missing(
                    self.span,
                    format!("sync `{}` does not say its model", self.name),
                    "add `model batch` (one pass captures and posts) or `model staged` (the hub holds records in between)",
                    self.cx,
                );
            }
            return None;
        };
        let wrong = |range: ast::Range, message: &str, help: &str| {
            self.cx
                .report(Diagnostic::new(&codes::SCHEDULE_MISMATCH, self.cx.span(range), message.to_owned()).help(help));
        };
        match model {
            ast::ModelKind::Batch => {
                for (_, range) in capture.iter().chain(&post) {
                    wrong(*range, "a batch captures and posts in one pass", "write `every 1h`, or `model staged`");
                }
                match every {
                    Some((every, _)) => return Some(ir::Schedule::Batch { every }),
                    None if capture.is_none() && post.is_none() && !self.poisoned => {
                        missing(
                            self.span,
                            format!("batch `{}` does not say how often it runs", self.name),
                            "add `every 1h`",
                            self.cx,
                        );
                    }
                    None => {}
                }
                None
            }
            ast::ModelKind::Staged => {
                if let Some((_, range)) = every {
                    wrong(
                        range,
                        "a staged sync has a schedule for each of its passes",
                        "write `capture every 15m` and `post every 15m`",
                    );
                    return None;
                }
                let pairs =
                    [(captures, &capture, "capture every 15m", "captures"), (posts, &post, "post every 15m", "posts")];
                for (does, said, line, what) in pairs {
                    match said {
                        None if does && !self.poisoned => missing(
                            self.span,
                            format!("staged sync `{}` does not say how often it {what}", self.name),
                            &format!("add `{line}`"),
                            self.cx,
                        ),
                        Some((_, range)) if !does => {
                            wrong(*range, &format!("this sync never {what}"), "remove this line")
                        }
                        _ => {}
                    }
                }
                Some(ir::Schedule::Staged {
                    capture_every: capture.map(|(every, _)| every),
                    post_every: post.map(|(every, _)| every),
                })
            }
        }
    }

    fn finish(mut self, path: MovePath, team: Option<String>, docs: &str, poisoned: bool) -> Sync {
        self.poisoned = poisoned;
        let schedule = self.schedule(path.source.is_some(), !path.routes.is_empty());
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
            starts: clauses.starts.get(),
            after: clauses.after.get().unwrap_or_default(),
            idempotent_by: clauses.idempotent.get().unwrap_or_default(),
            order: clauses.order.get(),
            correct: clauses.correct.placed().map(|(correct, range)| (correct, cx.span(range))),
            leave: clauses.leave.placed().map(|(leave, range)| (leave, cx.span(range))),
            on_change: clauses.on_change,
            reconcile: clauses.reconcile.placed().map(|(reconcile, range)| (reconcile, cx.span(range))),
            poisoned,
            doc: doc(docs),
            span: self.span,
            move_span: path.span.unwrap_or(self.span),
        }
    }
}
