//! What goes to which queue, and why.
//!
//! A **routing** is one statement that can send a record to a queue: a failing assignment or `require` of a map, a value outside a
//! claim, the last resort of a map, and what a sync holds or asks about.

use super::addresses::Thing;
use super::highlight::Span;
use super::places::Place;
use super::site::{Link, Site, code};
use super::sync_view::sync_link;
use crate::expr_text::render_expr;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use syncline_ir::{Change, Deletion, Entity, Leave, Map, MapDirection, Object, OutsideClaim, Plan, Route, Same, Sync};

/// One statement that can send a record to a queue.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Routing {
    pub(super) queue: Link,
    /// The name that the exception carries; none keeps the built-in name of the failure.
    pub(super) reason: Option<String>,
    /// Whether the specs gave the name.
    named: bool,
    /// What happened: words, then a part of the specs.
    what: &'static str,
    code: Vec<Span>,
    message: Option<String>,
    /// The map, object or sync.
    pub(super) by: Link,
    place: Place,
}

const INVARIANT_BROKEN: &str = "invariant-broken";
const POSSIBLE_DUPLICATE: &str = "possible-duplicate";
const OUTSIDE_CLAIM: &str = "outside-claim";
const EXTRACT_INCOMPLETE: &str = "extract-incomplete";
const LEFT_SCOPE: &str = "left-scope";
const DEPENDENCY_CHANGED: &str = "dependency-changed";

/// Every reason that the specs name or that a statement of theirs carries, with the queues it leads to.
pub(super) fn reasons(plan: &Plan) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut add = |reason, queue| found.entry(reason).or_default().insert(queue);
    for map in &plan.maps {
        let assigned = map.assignments.iter().filter_map(|one| one.route.as_ref());
        for route in assigned.chain(map.requires.iter().map(|one| &one.route)) {
            if let Some(reason) = &route.reason {
                add(reason, &route.queue);
            }
        }
        if let Some(OutsideClaim::Quarantine(queue)) = &map.outside_claim {
            add(OUTSIDE_CLAIM, queue);
        }
    }
    for object in &plan.objects {
        for invariant in &object.invariants {
            add(INVARIANT_BROKEN, &invariant.hold);
        }
        for same in &object.same {
            add(POSSIBLE_DUPLICATE, &same.review);
        }
    }
    for sync in &plan.syncs {
        if let Some((queue, _)) = asked_about_extracts(plan, sync) {
            add(EXTRACT_INCOMPLETE, queue);
        }
        if let Some(Leave::Hold(queue)) = &sync.leave {
            add(LEFT_SCOPE, queue);
        }
        for policy in &sync.on_change {
            if let Change::Ask(queue) = &policy.action {
                add(DEPENDENCY_CHANGED, queue);
            }
        }
    }
    found
}

/// The routings of a map by queue, in the order written, the last resort last.
pub(super) fn of_map<'a>(site: &Site<'a>, map: &'a Map) -> Vec<(&'a str, Routing)> {
    let by = || site.map_link(&map.id);
    let mut steps: Vec<(u32, &str, Routing)> = Vec::new();
    for one in &map.assignments {
        if let Some(route) = &one.route {
            let field = vec![Span { class: "", text: crate::names::quoted(&one.field) }];
            steps.push((one.order, &route.queue, routed(site, route, "no value for", field, by(), &one.at)));
        }
    }
    for one in &map.requires {
        steps.push((
            one.order,
            &one.route.queue,
            routed(site, &one.route, "does not hold:", code(&one.condition), by(), &one.at),
        ));
    }
    steps.sort_by_key(|(order, ..)| *order);
    let mut routings: Vec<(&str, Routing)> = steps.into_iter().map(|(_, queue, routing)| (queue, routing)).collect();
    if let Some(OutsideClaim::Quarantine(queue)) = &map.outside_claim {
        routings.push((
            queue,
            built_in(
                site,
                queue,
                Some(OUTSIDE_CLAIM),
                "a value that the system may not write at that stage",
                by(),
                &map.at,
            ),
        ));
    }
    routings.push((
        &map.otherwise,
        built_in(site, &map.otherwise, None, "every failure without a route of its own", by(), &map.at),
    ));
    routings
}

/// The routings of an object by queue: what its rules send there, whichever map writes.
pub(super) fn of_object<'a>(site: &Site<'a>, object: &'a Object) -> Vec<(&'a str, Routing)> {
    let by = || site.link(Thing::Object(&object.name), &object.name);
    let mut routings = Vec::new();
    for invariant in &object.invariants {
        let queue = invariant.hold.as_str();
        let mut routing =
            built_in(site, queue, Some(INVARIANT_BROKEN), "a record for which this would not hold:", by(), &object.at);
        routing.code = code(&invariant.condition);
        routings.push((queue, routing));
    }
    for same in &object.same {
        let queue = same.review.as_str();
        let what = "a record that may be another one, since both have the same";
        let mut routing = built_in(site, queue, Some(POSSIBLE_DUPLICATE), what, by(), &object.at);
        let when: Vec<String> = same.when.iter().map(|terms| Same::written(terms)).collect();
        routing.code.push(Span { class: "", text: when.join(" or ") });
        routings.push((queue, routing));
    }
    routings
}

/// The routings of a sync by queue.
pub(super) fn of_sync<'a>(site: &Site<'a>, sync: &'a Sync) -> Vec<(&'a str, Routing)> {
    let by = || sync_link(site, &sync.name);
    let mut routings = Vec::new();
    if let Some((queue, entity)) = asked_about_extracts(site.plan, sync) {
        let what = "more records are missing from a complete extract than may be";
        routings.push((queue, built_in(site, queue, Some(EXTRACT_INCOMPLETE), what, by(), &entity.at)));
    }
    if let Some(Leave::Hold(queue)) = &sync.leave {
        routings.push((
            queue.as_str(),
            built_in(
                site,
                queue,
                Some(LEFT_SCOPE),
                "a posted record no longer belongs into the target",
                by(),
                &sync.at,
            ),
        ));
    }
    if let Some(retry) = &sync.retry {
        let what = "the target could not be reached, however often it was tried";
        let routing = built_in(site, &retry.queue, Some("target-unreachable"), what, by(), &sync.at);
        routings.push((retry.queue.as_str(), routing));
    }
    for policy in &sync.on_change {
        if let Change::Ask(queue) = &policy.action {
            let mut routing = built_in(
                site,
                queue,
                Some(DEPENDENCY_CHANGED),
                "changed after records were posted with it:",
                by(),
                &sync.at,
            );
            routing.code.push(Span { class: "", text: policy.object.clone().unwrap_or_else(|| "plan".to_owned()) });
            routings.push((queue, routing));
        }
    }
    routings
}

/// Who is asked when an extract of a sync lacks too much, and the entity that says so.
fn asked_about_extracts<'a>(plan: &'a Plan, sync: &Sync) -> Option<(&'a str, &'a Entity)> {
    let id = sync.capture.as_ref()?;
    let map = plan.maps.iter().find(|map| map.id == *id && map.direction == MapDirection::Creates)?;
    let system = plan.systems.iter().find(|system| system.name == map.system)?;
    let entity = system.entities.iter().find(|entity| entity.name == map.entity)?;
    match &entity.deletion {
        Some(Deletion::Absence { hold, .. }) => Some((hold, entity)),
        _ => None,
    }
}

fn routed(site: &Site<'_>, route: &Route, what: &'static str, code: Vec<Span>, by: Link, at: &str) -> Routing {
    Routing {
        queue: site.queue_link(&route.queue),
        reason: route.reason.clone(),
        named: route.reason.is_some(),
        what,
        code,
        message: route.message.as_ref().map(render_expr),
        by,
        place: site.place(at),
    }
}

fn built_in(site: &Site<'_>, queue: &str, reason: Option<&str>, what: &'static str, by: Link, at: &str) -> Routing {
    Routing {
        queue: site.queue_link(queue),
        reason: reason.map(str::to_owned),
        named: false,
        what,
        code: Vec::new(),
        message: None,
        by,
        place: site.place(at),
    }
}
