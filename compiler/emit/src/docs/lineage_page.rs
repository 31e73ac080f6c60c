//! Lineage: for each field what it depends on and what depends on it, as a picture and as a table.
//!
//! A field of an object that nothing fills, and a field of a system that nothing reads, are listed on the first page.

use super::addresses::{Thing, anchor};
use super::field_view::edge_kind;
use super::frame::Page;
use super::hop_diagram::{self, End, Hops, Widths};
use super::places::Place;
use super::prose::counted_in;
use super::site::{Chip, Link, Site, entity_fields};
use crate::OutputFile;
use serde::Serialize;
use syncline_ir::{Edge, EdgeKind, Object, System};

#[derive(Serialize)]
struct Index {
    objects: Vec<IndexRow>,
    systems: Vec<IndexRow>,
    edges: String,
}

#[derive(Serialize)]
struct IndexRow {
    name: Link,
    chip: Option<Chip>,
    page: Link,
    fields: usize,
    incoming: usize,
    outgoing: usize,
    /// Of an object: filled by nothing. Of a system: neither read nor filled.
    loose: Vec<Link>,
}

#[derive(Serialize)]
struct Content {
    title: String,
    of: Link,
    chip: Option<Chip>,
    fields: Vec<FieldView>,
}

#[derive(Serialize)]
struct FieldView {
    id: String,
    field: Link,
    picture: Option<Hops>,
    rows: Vec<EdgeView>,
}

#[derive(Serialize)]
struct EdgeView {
    incoming: bool,
    /// Colour of the system at the other end; 0 for an object.
    hue: usize,
    end: Link,
    kind: &'static str,
    map: Link,
    place: Place,
}

/// A field with the thing it is, its lineage's place, and its name as shown.
struct Named<'a> {
    thing: Thing<'a>,
    lineage: Thing<'a>,
    text: String,
}

/// The list and one page for each object and system.
pub(super) fn pages(site: &Site<'_>) -> Vec<OutputFile> {
    let plan = site.plan;
    let index = Index {
        objects: plan.objects.iter().map(|object| object_row(site, object)).collect(),
        systems: plan.systems.iter().map(|system| system_row(site, system)).collect(),
        edges: counted_in(plan.lineage.len(), "dependency"),
    };
    let mut files = vec![site.page(
        &Page { path: "lineage.html", title: "Lineage", above: Vec::new(), template: "lineage_index", wide: false },
        &index,
    )];
    for object in &plan.objects {
        let of = site.link(Thing::Object(&object.name), &object.name);
        files.extend(page(site, Thing::ObjectLineage(&object.name), of, None, &object_fields(object)));
    }
    for system in &plan.systems {
        let of = site.link(Thing::System(&system.name), &system.name);
        files.extend(page(
            site,
            Thing::SystemLineage(&system.name),
            of,
            Some(site.chip(&system.name)),
            &system_fields(system),
        ));
    }
    files
}

fn page(site: &Site<'_>, thing: Thing<'_>, of: Link, chip: Option<Chip>, fields: &[Named<'_>]) -> Option<OutputFile> {
    let path = site.href(thing)?;
    let title = format!("Lineage of {}", of.text);
    let sides: Vec<(Vec<End>, Vec<End>)> = fields.iter().map(|field| sides(site, field)).collect();
    let mut widths = Widths::default();
    for (field, (incoming, outgoing)) in fields.iter().zip(&sides) {
        widths.fit(&field.text, incoming, outgoing);
    }
    let content = Content {
        title: title.clone(),
        of,
        chip,
        fields: fields
            .iter()
            .zip(&sides)
            .map(|(field, (incoming, outgoing))| {
                field_view(site, field, hop_diagram::draw(&field.text, incoming, outgoing, widths))
            })
            .collect(),
    };
    let above = vec![Link { text: "Lineage".to_owned(), href: Some("lineage.html".to_owned()) }];
    Some(site.page(&Page { path: &path, title: &title, above, template: "lineage", wide: false }, &content))
}

/// The fields at the other ends of the edges of a field, each once for each way of depending.
fn sides(site: &Site<'_>, field: &Named<'_>) -> (Vec<End>, Vec<End>) {
    let ends = |edges: &[&Edge], incoming: bool| {
        let mut ends: Vec<End> = Vec::new();
        for edge in by_kind(edges) {
            let text = if incoming { &edge.from } else { &edge.to };
            let kind = edge_kind(edge.kind);
            if !ends.iter().any(|end| end.text == *text && end.kind == kind) {
                let (hue, href) = (site.endpoint_parts(text).1, site.endpoint(text).href);
                ends.push(End { text: text.clone(), href, hue, kind });
            }
        }
        ends
    };
    (ends(site.incoming(field.thing), true), ends(site.outgoing(field.thing), false))
}

fn field_view(site: &Site<'_>, field: &Named<'_>, picture: Option<Hops>) -> FieldView {
    let row = |edge: &Edge, incoming: bool| {
        let end = if incoming { &edge.from } else { &edge.to };
        EdgeView {
            incoming,
            hue: site.endpoint_parts(end).1,
            end: site.endpoint(end),
            kind: edge_kind(edge.kind),
            map: site.map_link(&edge.map),
            place: site.place(&edge.at),
        }
    };
    let incoming = by_kind(site.incoming(field.thing)).into_iter().map(|edge| row(edge, true));
    let outgoing = by_kind(site.outgoing(field.thing)).into_iter().map(|edge| row(edge, false));
    FieldView {
        id: site.href(field.lineage).map(|href| anchor(&href)).unwrap_or_default(),
        field: site.link(field.thing, field.text.clone()),
        picture,
        rows: incoming.chain(outgoing).collect(),
    }
}

/// Values first, then lookups, then conditions.
fn by_kind<'a>(edges: &[&'a Edge]) -> Vec<&'a Edge> {
    let mut edges = edges.to_vec();
    edges.sort_by_key(|edge| match edge.kind {
        EdgeKind::Value => 0,
        EdgeKind::Lookup => 1,
        EdgeKind::Condition => 2,
    });
    edges
}

fn object_fields(object: &Object) -> Vec<Named<'_>> {
    object
        .fields
        .iter()
        .map(|field| Named {
            thing: Thing::ObjectField(&object.name, &field.name),
            lineage: Thing::ObjectFieldLineage(&object.name, &field.name),
            text: field.name.clone(),
        })
        .collect()
}

fn system_fields(system: &System) -> Vec<Named<'_>> {
    entity_fields(system)
        .map(|(entity, field)| Named {
            thing: Thing::EntityField(&system.name, &entity.name, &field.name),
            lineage: Thing::EntityFieldLineage(&system.name, &entity.name, &field.name),
            text: crate::names::path(&[&entity.name, &field.name]),
        })
        .collect()
}

fn object_row(site: &Site<'_>, object: &Object) -> IndexRow {
    let name = site.link(Thing::Object(&object.name), &object.name);
    let page = site.link(Thing::ObjectLineage(&object.name), "fields");
    index_row(site, name, None, page, &object_fields(object), |field| site.incoming(field.thing).is_empty())
}

fn system_row(site: &Site<'_>, system: &System) -> IndexRow {
    let name = site.link(Thing::System(&system.name), &system.name);
    let page = site.link(Thing::SystemLineage(&system.name), "fields");
    let unused = |field: &Named<'_>| site.incoming(field.thing).is_empty() && site.outgoing(field.thing).is_empty();
    index_row(site, name, Some(site.chip(&system.name)), page, &system_fields(system), unused)
}

fn index_row(
    site: &Site<'_>,
    name: Link,
    chip: Option<Chip>,
    page: Link,
    fields: &[Named<'_>],
    loose: impl Fn(&Named<'_>) -> bool,
) -> IndexRow {
    IndexRow {
        name,
        chip,
        page,
        fields: fields.len(),
        incoming: fields.iter().map(|field| site.incoming(field.thing).len()).sum(),
        outgoing: fields.iter().map(|field| site.outgoing(field.thing).len()).sum(),
        loose: fields
            .iter()
            .filter(|field| loose(field))
            .map(|field| site.link(field.thing, field.text.clone()))
            .collect(),
    }
}
