//! A map with every step in the order written, its conditions, and where its failures go.

use super::addresses::{Thing, anchor};
use super::highlight::Span;
use super::places::Place;
use super::prose::{self, DocBlock, doc_blocks};
use super::site::{EntityRef, Link, Site, code};
use crate::expr_text::render_expr;
use serde::Serialize;
use syncline_ir::{Field, Finds, Map, MapDirection, OutsideClaim, Route};

/// A map.
#[derive(Debug, Serialize)]
pub(super) struct MapView {
    id: String,
    title: String,
    inbound: bool,
    what: &'static str,
    doc: Vec<DocBlock>,
    place: Place,
    entity: EntityRef,
    object: Link,
    condition: Option<Vec<Span>>,
    wait: Option<String>,
    outside: Option<Outside>,
    masks: Vec<Mask>,
    otherwise: Link,
    unread: Vec<Link>,
    syncs: Vec<Link>,
    steps: Vec<StepView>,
}

#[derive(Debug, Serialize)]
struct Outside {
    /// The queue; none when the refused value is only kept beside the stored one.
    queue: Option<Link>,
}

#[derive(Debug, Serialize)]
struct Mask {
    field: Link,
    guard: String,
}

#[derive(Debug, Serialize)]
struct StepView {
    /// `let` or `require`; an assignment has no word.
    word: Option<&'static str>,
    target: Option<Link>,
    value: Vec<Span>,
    route: Option<RouteView>,
    place: Place,
    order: u32,
}

/// Where a failure goes.
#[derive(Debug, Serialize)]
pub(super) struct RouteView {
    queue: Link,
    reason: Option<String>,
    message: Option<String>,
}

/// `map` as its object's page shows it.
pub(super) fn map_view(site: &Site<'_>, map: &Map) -> MapView {
    let inbound = map.direction != MapDirection::Outbound;
    let href = site.href(Thing::Map(&map.id)).unwrap_or_default();
    MapView {
        id: anchor(&href),
        title: map.id.replace(" -> ", " → "),
        inbound,
        what: match map.direction {
            _ if map.finds == Some(Finds::PostedRecord) => "changes records by the lines that were posted for them",
            _ if map.finds == Some(Finds::SourceRow) => "changes the rows that records came from, and adds none",
            MapDirection::Creates => "creates records, and changes them",
            MapDirection::Updates => "changes records that another map created",
            MapDirection::Outbound => "posts records",
        },
        doc: doc_blocks(map.doc.as_ref()),
        place: site.place(&map.at),
        entity: site.entity_ref(&map.system, &map.entity),
        object: site.link(Thing::Object(&map.object), &map.object),
        condition: map.condition.as_ref().map(code),
        wait: map.wait_seconds.map(prose::duration),
        outside: map.outside_claim.as_ref().map(|outside| Outside {
            queue: match outside {
                OutsideClaim::Ignore => None,
                OutsideClaim::Quarantine(queue) => Some(site.queue_link(queue)),
            },
        }),
        masks: map
            .mask
            .iter()
            .map(|mask| Mask {
                field: site.link(Thing::ObjectField(&map.object, &mask.field), &mask.field),
                guard: render_expr(&mask.guard),
            })
            .collect(),
        otherwise: site.queue_link(&map.otherwise),
        unread: unread(site, map, inbound),
        syncs: syncs_with(site, map),
        steps: steps(site, map, inbound),
    }
}

/// A route with its message as the specs write it.
pub(super) fn route_view(site: &Site<'_>, route: &Route) -> RouteView {
    RouteView {
        queue: site.queue_link(&route.queue),
        reason: route.reason.clone(),
        message: route.message.as_ref().map(render_expr),
    }
}

fn steps(site: &Site<'_>, map: &Map, inbound: bool) -> Vec<StepView> {
    let field_link = |field: &str| {
        let thing = if inbound {
            Thing::ObjectField(&map.object, field)
        } else {
            Thing::EntityField(&map.system, &map.entity, field)
        };
        site.link(thing, field)
    };
    let lets = map.lets.iter().map(|one| StepView {
        word: Some("let"),
        target: Some(Link { text: one.name.clone(), href: None }),
        value: code(&one.value),
        route: None,
        place: site.place(&one.at),
        order: one.order,
    });
    let sets = map.assignments.iter().map(|one| StepView {
        word: None,
        target: Some(field_link(&one.field)),
        value: code(&one.value),
        route: one.route.as_ref().map(|route| route_view(site, route)),
        place: site.place(&one.at),
        order: one.order,
    });
    let requires = map.requires.iter().map(|one| StepView {
        word: Some("require"),
        target: None,
        value: code(&one.condition),
        route: Some(route_view(site, &one.route)),
        place: site.place(&one.at),
        order: one.order,
    });
    let mut steps: Vec<StepView> = lets.chain(sets).chain(requires).collect();
    steps.sort_by_key(|step| step.order);
    steps
}

/// Fields of the side the map reads from which it does not read.
fn unread(site: &Site<'_>, map: &Map, inbound: bool) -> Vec<Link> {
    let link = |field: &Field| {
        let thing = if inbound {
            Thing::EntityField(&map.system, &map.entity, &field.name)
        } else {
            Thing::ObjectField(&map.object, &field.name)
        };
        site.link(thing, &field.name)
    };
    let fields = if inbound {
        site.entity(&map.system, &map.entity).map(|entity| entity.own_fields().collect())
    } else {
        site.object(&map.object).map(|object| object.fields.iter().collect())
    };
    // What is published there is not the source's to say.
    let publishes = |other: &&Map| {
        inbound && other.finds == Some(Finds::SourceRow) && other.system == map.system && other.entity == map.entity
    };
    let published = |field: &Field| {
        let written = site.plan.maps.iter().filter(publishes).flat_map(|other| &other.assignments);
        written.into_iter().any(|assignment| assignment.field == field.name)
    };
    let fields: Vec<&Field> = fields.unwrap_or_default();
    let left = fields.into_iter().filter(|field| !map.reads.contains(&field.name));
    left.filter(|field| !published(field)).map(link).collect()
}

fn syncs_with(site: &Site<'_>, map: &Map) -> Vec<Link> {
    let uses = |sync: &&syncline_ir::Sync| {
        sync.capture.as_ref() == Some(&map.id) || sync.routes.iter().any(|route| route.map == map.id)
    };
    site.plan.syncs.iter().filter(uses).map(|sync| site.link(Thing::Sync(&sync.name), &sync.name)).collect()
}
