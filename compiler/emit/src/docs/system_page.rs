//! The pages of systems: the list, and one page for each with its entities.

use super::addresses::{Thing, anchor};
use super::field_view::{EndGroup, end_groups};
use super::frame::Page;
use super::highlight::{self, Span};
use super::places::Place;
use super::prose::{DocBlock, doc_blocks, duration};
use super::site::{Chip, EntityRef, Link, Site, TypeView, code};
use super::sync_view::sync_link;
use crate::OutputFile;
use serde::Serialize;
use syncline_ir::{Acceptance, CallLimit, Deletion, Entity, Event, Field, MapDirection, Period, Sync, System};

#[derive(Serialize)]
struct List {
    systems: Vec<Row>,
}

/// A system in a list.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    chip: Chip,
    title: Option<String>,
    category: Option<String>,
    entities: Vec<Link>,
    controlled: Vec<Link>,
}

#[derive(Serialize)]
struct Content {
    chip: Chip,
    title: Option<String>,
    category: Option<String>,
    doc: Vec<DocBlock>,
    place: Place,
    product: Option<ProductView>,
    limit: Option<String>,
    entities: Vec<EntityView>,
    lineage: Option<String>,
}

/// The product that a system is an instance of.
#[derive(Serialize)]
struct ProductView {
    name: String,
    doc: Vec<DocBlock>,
    place: Place,
    /// The other instances.
    others: Vec<Chip>,
}

#[derive(Serialize)]
struct EntityView {
    id: String,
    name: String,
    of: EntityRef,
    doc: Vec<DocBlock>,
    place: Place,
    key: Vec<String>,
    /// The entity whose rows hold these, and the member that does.
    held: Option<HeldView>,
    controlled: Option<Link>,
    accepts: Vec<Accepted>,
    cursor: Option<Cursor>,
    full_every: Option<String>,
    deletion: Option<DeletionView>,
    events: Vec<EventView>,
    idempotency: Option<String>,
    find_by: Option<String>,
    additive: Vec<String>,
    reverses: Option<String>,
    returns: Vec<String>,
    maps_out: Vec<Link>,
    maps_in: Vec<Link>,
    fields: Vec<FieldView>,
}

#[derive(Serialize)]
struct HeldView {
    holder: Link,
    member: String,
}

/// An object that an entity takes.
#[derive(Debug, Serialize)]
pub(super) struct Accepted {
    object: Link,
    condition: Option<Vec<Span>>,
}

#[derive(Serialize)]
struct Cursor {
    field: String,
    overlap: Option<String>,
}

/// What happens to records, with the syncs that see it.
#[derive(Serialize)]
struct EventView {
    name: String,
    version: u32,
    when: Vec<Span>,
    place: Place,
    /// Those that move records on it.
    moves: Vec<Link>,
    /// Those that only note it.
    sees: Vec<Link>,
}

/// How the system says that a record is deleted.
#[derive(Serialize)]
struct DeletionView {
    when: Option<Vec<Span>>,
    at_most: Option<String>,
    hold: Option<Link>,
}

#[derive(Serialize)]
struct FieldView {
    id: String,
    name: String,
    key: bool,
    optional: bool,
    fixed: bool,
    /// `cursor`, `returned`, `additive`, …
    roles: Vec<&'static str>,
    doc: Vec<DocBlock>,
    place: Place,
    ty: TypeView,
    from: Vec<EndGroup>,
    to: Vec<EndGroup>,
    lineage: Option<String>,
}

/// The list and one page for each system.
pub(super) fn pages(site: &Site<'_>) -> Vec<OutputFile> {
    let list = List { systems: rows(site) };
    let list = site.page(
        &Page { path: "systems.html", title: "Systems", above: Vec::new(), template: "systems", wide: false },
        &list,
    );
    std::iter::once(list).chain(site.plan.systems.iter().filter_map(|system| page(site, system))).collect()
}

/// One row for each system.
pub(super) fn rows(site: &Site<'_>) -> Vec<Row> {
    let link = |system: &System, entity: &Entity| site.link(Thing::Entity(&system.name, &entity.name), &entity.name);
    let row = |system: &System| Row {
        chip: site.chip(&system.name),
        title: system.title.clone(),
        category: system.category.clone(),
        entities: system.entities.iter().map(|entity| link(system, entity)).collect(),
        controlled: system
            .entities
            .iter()
            .filter(|entity| entity.control.is_some())
            .map(|entity| link(system, entity))
            .collect(),
    };
    site.plan.systems.iter().map(row).collect()
}

fn page(site: &Site<'_>, system: &System) -> Option<OutputFile> {
    let path = site.href(Thing::System(&system.name))?;
    let content = Content {
        chip: site.chip(&system.name),
        title: system.title.clone(),
        category: system.category.clone(),
        doc: doc_blocks(system.doc.as_ref()),
        place: site.place(&system.at),
        product: product_view(site, system),
        limit: system.limit.as_ref().map(limit),
        entities: system.entities.iter().map(|entity| entity_view(site, system, entity)).collect(),
        lineage: site.href(Thing::SystemLineage(&system.name)),
    };
    let above = vec![Link { text: "Systems".to_owned(), href: Some("systems.html".to_owned()) }];
    Some(site.page(&Page { path: &path, title: &system.name, above, template: "system", wide: true }, &content))
}

fn product_view(site: &Site<'_>, system: &System) -> Option<ProductView> {
    let product = site.plan.products.iter().find(|product| Some(&product.name) == system.product.as_ref())?;
    let is_other = |other: &&System| other.product == system.product && other.name != system.name;
    Some(ProductView {
        name: product.name.clone(),
        doc: doc_blocks(product.doc.as_ref()),
        place: site.place(&product.at),
        others: site.plan.systems.iter().filter(is_other).map(|other| site.chip(&other.name)).collect(),
    })
}

/// How often a system may be called.
fn limit(limit: &CallLimit) -> String {
    let per = match limit.per {
        Period::Minute => "minute",
        Period::Hour => "hour",
        Period::Day => "day",
    };
    let calls = if limit.calls == 1 { "call" } else { "calls" };
    let lines = if limit.batch == 1 { "line" } else { "lines" };
    format!(
        "at most {} {calls} a {per} on the clock of {}, up to {} {lines} each; what is beyond waits for the next {per}",
        limit.calls, limit.zone, limit.batch
    )
}

fn entity_view(site: &Site<'_>, system: &System, entity: &Entity) -> EntityView {
    let maps = |outbound: bool| {
        let here = move |map: &&syncline_ir::Map| {
            map.system == system.name
                && map.entity == entity.name
                && (map.direction == MapDirection::Outbound) == outbound
        };
        site.plan.maps.iter().filter(here).map(|map| site.map_link(&map.id)).collect()
    };
    EntityView {
        id: site.href(Thing::Entity(&system.name, &entity.name)).map(|href| anchor(&href)).unwrap_or_default(),
        name: entity.name.clone(),
        of: site.entity_ref(&system.name, &entity.name),
        doc: doc_blocks(entity.doc.as_ref()),
        place: site.place(&entity.at),
        key: entity.key.clone(),
        held: entity.nested.as_ref().map(|nested| HeldView {
            holder: site.link(Thing::Entity(&system.name, &nested.parent), &nested.parent),
            member: nested.field.clone(),
        }),
        controlled: entity.control.as_ref().map(|control| site.team_link(&control.team)),
        accepts: accepts(site, entity),
        cursor: entity.cursor.as_ref().map(|field| Cursor {
            field: field.clone(),
            overlap: (entity.cursor_overlap > 0).then(|| duration(entity.cursor_overlap)),
        }),
        full_every: entity.full_every.map(duration),
        deletion: entity.deletion.as_ref().map(|found| deletion(site, found)),
        events: events(site, system, entity),
        idempotency: entity.idempotency.as_ref().map(|one| duration(one.seconds)),
        find_by: entity.find_by.clone(),
        additive: entity.additive.clone(),
        reverses: entity.reverses.clone(),
        returns: entity.returns.clone(),
        maps_out: maps(true),
        maps_in: maps(false),
        fields: entity.own_fields().map(|field| field_view(site, system, entity, field)).collect(),
    }
}

fn deletion(site: &Site<'_>, deletion: &Deletion) -> DeletionView {
    match deletion {
        Deletion::When { condition_text, .. } => {
            DeletionView { when: Some(highlight::expression(condition_text)), at_most: None, hold: None }
        }
        Deletion::Absence { at_most, hold } => {
            DeletionView { when: None, at_most: Some(at_most.clone()), hold: Some(site.queue_link(hold)) }
        }
    }
}

fn events(site: &Site<'_>, system: &System, entity: &Entity) -> Vec<EventView> {
    let reads = |sync: &&Sync| {
        let map = sync.capture.as_ref().and_then(|id| site.map(id));
        map.is_some_and(|map| map.system == system.name && map.entity == entity.name)
    };
    let view = |event: &Event| {
        let moves = |sync: &Sync| sync.capture_on.as_ref() == Some(&event.name);
        let readers = |moving: bool| {
            let found = site.plan.syncs.iter().filter(reads).filter(move |sync| moves(sync) == moving);
            found.map(|sync| sync_link(site, &sync.name)).collect()
        };
        EventView {
            name: event.name.clone(),
            version: event.version,
            when: highlight::expression(&event.condition_text),
            place: site.place(&event.at),
            moves: readers(true),
            sees: readers(false),
        }
    };
    entity.events.iter().map(view).collect()
}

/// What an entity takes, and when.
pub(super) fn accepts(site: &Site<'_>, entity: &Entity) -> Vec<Accepted> {
    let condition = |one: &Acceptance| {
        one.condition_text.as_ref().map(|text| highlight::expression(text)).or_else(|| one.condition.as_ref().map(code))
    };
    entity
        .accepts
        .iter()
        .map(|one| Accepted { object: site.link(Thing::Object(&one.object), &one.object), condition: condition(one) })
        .collect()
}

fn field_view(site: &Site<'_>, system: &System, entity: &Entity, field: &Field) -> FieldView {
    let thing = Thing::EntityField(&system.name, &entity.name, &field.name);
    let is = |names: &[String]| names.contains(&field.name);
    let one = |name: &Option<String>| name.as_ref() == Some(&field.name);
    let roles = [
        (one(&entity.cursor), "cursor"),
        (is(&entity.returns), "returned"),
        (is(&entity.additive), "additive"),
        (one(&entity.find_by), "search"),
        (one(&entity.reverses), "reversal of"),
    ];
    FieldView {
        id: site.href(thing).map(|href| anchor(&href)).unwrap_or_default(),
        name: field.name.clone(),
        key: is(&entity.key),
        optional: field.ty.optional,
        fixed: field.fixed,
        roles: roles.into_iter().filter_map(|(has, role)| has.then_some(role)).collect(),
        doc: doc_blocks(field.doc.as_ref()),
        place: site.place(&field.at),
        ty: site.type_view(field),
        from: end_groups(site, site.incoming(thing), |edge| &edge.from),
        to: end_groups(site, site.outgoing(thing), |edge| &edge.to),
        lineage: site.href(Thing::EntityFieldLineage(&system.name, &entity.name, &field.name)),
    }
}
