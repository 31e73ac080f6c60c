//! Maps: every statement typed against the record it reads and the record it writes.

use super::statements::{Once, doc, missing, seconds, text};
use crate::context::Context;
use crate::model::{Assignment, Let, Map, Model, Predicate, RecordType, Require};
use crate::names::NameKind;
use crate::typing::{self, Scope, Target, convert, fields, predicate};
use std::collections::BTreeMap;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir as ir;
use syncline_syntax::ast::{self, MapStatement};

pub(super) fn map(model: &mut Model, written: &ast::Map, docs: &str, item: ast::Range, cx: &Context<'_>) {
    let Some(ends) = ends(model, written, cx) else { return };
    let outbound = ends.direction == ir::MapDirection::Outbound;
    let id = if outbound {
        format!("{} -> {}", ends.object, ends.entity)
    } else {
        format!("{} -> {}", ends.entity, ends.object)
    };
    if let Some(first) = model.map_named(&id) {
        let message = format!("the map `{id}` is declared twice");
        cx.report(
            Diagnostic::new(&codes::DUPLICATE_NAME, cx.span(written.source.range), message)
                .related(first.span, "first declared here", None)
                .help("join both maps"),
        );
        return;
    }
    let (source, target) = if outbound { (&ends.object, &ends.entity) } else { (&ends.entity, &ends.object) };
    let (Some(source), Some(target)) = (model.record(source), model.record(target)) else { return };
    let mut builder =
        Builder { cx, source, target, scope: Scope::of_record(model, source, !outbound), parts: Parts::default() };
    let condition = written.filter.as_ref().map(|filter| predicate(filter, &builder.scope, cx));
    if let Some(taken) = condition.as_ref().and_then(|condition| condition.expr.as_ref()) {
        builder.scope = builder.scope.narrowed(taken, true);
    }
    builder.lets(written);
    for (order, statement) in (0_u32..).zip(&written.statements) {
        builder.statement(order, statement);
    }
    let wait = builder.parts.wait.placed().map(|(seconds, range)| (seconds, cx.span(range)));
    let outside_claim = builder.parts.outside.placed().map(|(outside, range)| (outside, cx.span(range)));
    let otherwise = builder.parts.otherwise.get();
    let poisoned = builder.parts.poisoned || ends.vague;
    if otherwise.is_none() && !poisoned {
        cx.report(
            Diagnostic::new(
                &codes::MISSING_OTHERWISE,
                cx.span(written.source.range.cover(written.target.range)),
                format!("the map `{id}` has no route of last resort"),
            )
            .why("a record that fails in a way nobody foresaw would be lost")
            .help("end the map with `otherwise quarantine QUEUE`"),
        );
    }
    let map = Map {
        id,
        direction: ends.direction,
        publishes: ends.publishes,
        entity: ends.entity,
        object: ends.object,
        condition,
        lets: builder.parts.lets,
        assignments: builder.parts.assignments,
        requires: builder.parts.requires,
        wait,
        outside_claim,
        ignored: builder.parts.ignored,
        otherwise: otherwise.flatten(),
        poisoned,
        doc: doc(docs),
        span: cx.span(written.source.range.cover(written.target.range)),
        end: cx.span(ast::Range::new(item.end.saturating_sub(1), item.end.saturating_sub(1))),
    };
    model.add_map(map);
}

struct Ends {
    direction: ir::MapDirection,
    entity: String,
    object: String,
    /// Whether a map out of the hub says `updates`.
    publishes: bool,
    /// Whether the direction had to be assumed.
    vague: bool,
}

fn ends(model: &Model, written: &ast::Map, cx: &Context<'_>) -> Option<Ends> {
    let (source, target) = (written.source.names.as_slice(), written.target.names.as_slice());
    let found = match (source, target) {
        (place, [object]) => fields::system_and_entity(place).map(|place| (place, object, false)),
        ([object], place) => fields::system_and_entity(place).map(|place| (place, object, true)),
        _ => None,
    };
    let ((system, entity), object, outbound) = match &found {
        Some((place, object, outbound)) => (place, *object, *outbound),
        None => {
            let message = "a map goes from an entity of a system to an object, or from an object to an entity";
            cx.report(
                Diagnostic::new(
                    &codes::WRONG_KIND_OF_NAME,
                    cx.span(written.source.range.cover(written.target.range)),
                    message,
                )
                .help("write `map psa.timecard -> TimeEntry creates` or `map TimeEntry -> erp.project_cost`"),
            );
            return None;
        }
    };
    let full = fields::entity_or_product(model, system, entity, cx);
    if model.products.contains_key(system.text.as_str()) {
        cx.serve(&system.text);
    }
    cx.resolve(object, &[NameKind::Object], "an object")?;
    let direction = match (outbound, written.mode) {
        (true, None | Some((ast::MapMode::Updates, _))) => ir::MapDirection::Outbound,
        (false, Some((ast::MapMode::Creates, _))) => ir::MapDirection::Creates,
        (false, Some((ast::MapMode::Updates, _))) => ir::MapDirection::Updates,
        (true, Some((ast::MapMode::Creates, range))) => {
            cx.report(
                Diagnostic::new(&codes::WRONG_KIND_OF_NAME, cx.span(range), "`creates` is said of maps into objects")
                    .help("remove the word: how the target is corrected is said by the sync"),
            );
            ir::MapDirection::Outbound
        }
        (false, None) => {
            missing(
                cx.span(written.target.range),
                format!("this map does not say whether it creates `{}` or updates it", object.text),
                "add `creates` or `updates` after the object",
                cx,
            );
            // It is there all the same: a sync that names it finds a map, which is not looked at any closer.
            return Some(Ends {
                direction: ir::MapDirection::Creates,
                entity: full?,
                object: text(object),
                publishes: false,
                vague: true,
            });
        }
    };
    let publishes = outbound && matches!(written.mode, Some((ast::MapMode::Updates, _)));
    Some(Ends { direction, entity: full?, object: text(object), publishes, vague: false })
}

struct Parts {
    lets: Vec<Let>,
    assignments: Vec<Assignment>,
    requires: Vec<Require>,
    ignored: Vec<(String, syncline_diagnostics::Span)>,
    wait: Once<u64>,
    outside: Once<ir::OutsideClaim>,
    otherwise: Once<Option<String>>,
    poisoned: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            lets: Vec::new(),
            assignments: Vec::new(),
            requires: Vec::new(),
            ignored: Vec::new(),
            wait: Once::new("wait at most"),
            outside: Once::new("outside claim"),
            otherwise: Once::new("otherwise"),
            poisoned: false,
        }
    }
}

struct Builder<'m, 'c> {
    cx: &'c Context<'c>,
    source: &'m RecordType,
    target: &'m RecordType,
    scope: Scope<'m>,
    parts: Parts,
}

impl Builder<'_, '_> {
    /// `let`s may stand in any order: they are typed when all they read is typed.
    fn lets(&mut self, written: &ast::Map) {
        let cx = self.cx;
        let lets: Vec<(u32, &ast::Let)> = (0_u32..)
            .zip(&written.statements)
            .filter_map(|(order, statement)| match statement {
                MapStatement::Let(found) => Some((order, found)),
                _ => None,
            })
            .collect();
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, (_, found)) in lets.iter().enumerate() {
            if let Some(first) = by_name.get(found.name.text.as_str()).and_then(|first| lets.get(*first)) {
                let message = format!("`{}` is bound twice", found.name.text);
                cx.report(
                    Diagnostic::new(&codes::DUPLICATE_NAME, cx.span(found.name.range), message)
                        .related(cx.span(first.1.name.range), "first bound here", None)
                        .help("choose another name"),
                );
                self.parts.poisoned = true;
            } else {
                by_name.insert(found.name.text.as_str(), index);
            }
        }
        for index in order_of_lets(&lets, &by_name, cx) {
            let Some((order, found)) = lets.get(index) else { continue };
            if self.source.field(&found.name.text).is_some() {
                let message = format!("`{}` is also a field of `{}`", found.name.text, self.source.name);
                cx.report(
                    Diagnostic::new(&codes::AMBIGUOUS_NAME, cx.span(found.name.range), message)
                        .help("choose another name for the `let`"),
                );
            }
            let value = typing::infer(&found.value, None, &self.scope, cx);
            if let Some(route) = &found.route {
                let message = "a `let` has no route of its own: what uses it fails with it";
                cx.report(
                    Diagnostic::new(&codes::SYNTAX_ERROR, cx.span(route.range), message)
                        .help("write the `else` at the assignment"),
                );
            }
            self.scope.bind(&found.name.text, value.clone());
            self.parts.poisoned |= value.is_none();
            self.parts.lets.push(Let {
                name: text(&found.name),
                value,
                order: *order,
                span: cx.span(found.name.range),
            });
        }
        // What stands on a circle has no value.
        for (order, found) in &lets {
            if self.parts.lets.iter().all(|known| known.order != *order) {
                self.scope.bind(&found.name.text, None);
                self.parts.poisoned = true;
            }
        }
    }

    fn statement(&mut self, order: u32, statement: &MapStatement) {
        let cx = self.cx;
        match statement {
            MapStatement::Let(_) => {}
            MapStatement::Assign(assign) => self.assign(order, assign),
            MapStatement::Require(require) => self.require(order, require),
            MapStatement::Wait(clause) => self.parts.wait.set(seconds(&clause.at_most, cx), clause.range, cx),
            MapStatement::OutsideClaim(clause) if !self.scope.is_source => {
                cx.report(
                    Diagnostic::new(
                        &codes::WRONG_KIND_OF_NAME,
                        cx.span(clause.range),
                        "`outside claim` is said of maps into objects",
                    )
                    .help("remove it: an entity has no owners but its own system"),
                );
            }
            MapStatement::OutsideClaim(clause) => {
                let outside = match &clause.quarantine {
                    None => Some(ir::OutsideClaim::Ignore),
                    Some(queue) => cx
                        .resolve(queue, &[NameKind::Queue], "a queue")
                        .map(|_| ir::OutsideClaim::Quarantine(text(queue))),
                };
                match outside {
                    Some(outside) => self.parts.outside.set(outside, clause.range, cx),
                    None => self.parts.poisoned = true,
                }
            }
            MapStatement::Ignore(clause) => {
                for name in &clause.fields {
                    match fields::find(self.source, name, cx) {
                        Some(_) => self.parts.ignored.push((text(name), cx.span(name.range))),
                        None => self.parts.poisoned = true,
                    }
                }
            }
            MapStatement::Otherwise(clause) => {
                let queue = cx.resolve(&clause.queue, &[NameKind::Queue], "a queue").map(|_| text(&clause.queue));
                self.parts.otherwise.set(queue, clause.range, cx);
            }
            MapStatement::Broken(_) => self.parts.poisoned = true,
        }
    }

    fn assign(&mut self, order: u32, written: &ast::Assign) {
        let cx = self.cx;
        let route = written.route.as_ref().and_then(|route| self.route(route));
        let Some(field) = fields::find(self.target, &written.field, cx) else {
            self.parts.poisoned = true;
            return;
        };
        let span = cx.span(written.field.range);
        if let Some(first) = self.parts.assignments.iter().find(|known| known.field == field.name) {
            let message = format!("field `{}` is assigned twice", field.name);
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_ASSIGNMENT, span, message)
                    .related(first.span, "first assigned here", None)
                    .help("keep one of them"),
            );
            self.parts.poisoned = true;
            return;
        }
        let value = field.ty.as_ref().and_then(|ty| {
            let value = typing::infer(&written.value, Some(ty), &self.scope, cx)?;
            let target = Target { record: self.target, field, ty, has_route: written.route.is_some() };
            convert::into_field(value, written.value.range, &target, cx)
        });
        self.parts.poisoned |= value.is_none();
        self.parts.assignments.push(Assignment {
            field: field.name.clone(),
            value,
            route,
            order,
            span,
            value_span: cx.span(written.value.range),
        });
    }

    fn require(&mut self, order: u32, written: &ast::Require) {
        let predicate: Predicate = predicate(&written.predicate, &self.scope, self.cx);
        let route = written.route.as_ref().and_then(|route| self.route(route));
        self.parts.poisoned |= predicate.expr.is_none() || route.is_none();
        self.parts.requires.push(Require { predicate, route, order });
    }

    fn route(&self, written: &ast::Route) -> Option<ir::Route> {
        let cx = self.cx;
        let message = written.message.as_ref().map(|message| typing::interpolation(message, &self.scope, cx));
        cx.resolve(&written.queue, &[NameKind::Queue], "a queue")?;
        let message = match message {
            Some(found) => Some(found?),
            None => None,
        };
        Some(ir::Route { queue: text(&written.queue), reason: written.reason.as_ref().map(text), message })
    }
}

/// The `let`s so that each comes after those it reads; those on a circle are reported and left out.
fn order_of_lets(lets: &[(u32, &ast::Let)], by_name: &BTreeMap<&str, usize>, cx: &Context<'_>) -> Vec<usize> {
    let mut graph = petgraph::graphmap::DiGraphMap::<usize, ()>::new();
    for (index, (_, found)) in lets.iter().enumerate() {
        graph.add_node(index);
        typing::first_names(&found.value, &mut |name| {
            if let Some(read) = by_name.get(name) {
                graph.add_edge(*read, index, ());
            }
        });
    }
    let mut order = Vec::new();
    // Kosaraju's algorithm needs no deep stack, however long a chain is.
    let mut groups = petgraph::algo::kosaraju_scc(&graph);
    groups.reverse();
    for mut group in groups {
        group.sort_unstable();
        match group.as_slice() {
            [one] if !graph.contains_edge(*one, *one) => order.push(*one),
            circle => report_circle(circle, lets, cx),
        }
    }
    // Keep the order written wherever dependencies allow it.
    if graph.edge_count() == 0 {
        order.sort_unstable();
    }
    order
}

fn report_circle(circle: &[usize], lets: &[(u32, &ast::Let)], cx: &Context<'_>) {
    let found: Vec<&ast::Let> = circle.iter().filter_map(|index| lets.get(*index)).map(|(_, found)| *found).collect();
    let Some((first, rest)) = found.split_first() else { return };
    let names: Vec<&str> = found.iter().map(|found| found.name.text.as_str()).collect();
    let message = match rest {
        [] => format!("`{}` is computed from itself", first.name.text),
        _ => format!("{} need each other", fields::listed(&names)),
    };
    let mut diagnostic = Diagnostic::new(&codes::LET_CYCLE, cx.span(first.name.range), message)
        .help("compute one of them from fields only");
    for other in rest {
        diagnostic = diagnostic.related(cx.span(other.name.range), "part of the circle", None);
    }
    cx.report(diagnostic);
}
