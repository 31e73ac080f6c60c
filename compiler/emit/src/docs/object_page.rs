//! The page of an object: everything about it in one place.

use super::addresses::{Thing, anchor, lifecycle_of};
use super::field_view::{FieldView, field_view, ownership_of};
use super::frame::Page;
use super::lifecycle_view::{LifecycleView, lifecycle_view};
use super::map_view::{MapView, map_view};
use super::places::Place;
use super::prose::{DocBlock, doc_blocks, object_kind};
use super::site::{EntityRef, Link, Site};
use crate::OutputFile;
use serde::Serialize;
use std::collections::BTreeSet;
use syncline_ir::{Effective, Ends, Kind, Object, Same};

#[derive(Serialize)]
struct Content {
    name: String,
    kind: &'static str,
    kind_words: &'static str,
    doc: Vec<DocBlock>,
    place: Place,
    key: Vec<Link>,
    /// From when to when a row is valid.
    dated: Option<String>,
    /// What holds for every record.
    rules: Vec<Rule>,
    duplicates: Vec<Rule>,
    teams: Vec<Link>,
    syncs: Vec<Link>,
    flow_in: Vec<Hop>,
    flow_out: Vec<Hop>,
    fields: Vec<FieldView>,
    lifecycles: Vec<FieldLifecycle>,
    maps_in: Vec<MapView>,
    maps_out: Vec<MapView>,
    referred_by: Vec<Link>,
    looked_up_by: Vec<Link>,
    ownership: Option<String>,
    lineage: Option<String>,
}

/// What holds for every record, and where those go for which it would not.
#[derive(Serialize)]
struct Rule {
    text: String,
    queue: Option<Link>,
}

/// A map as one line: the entity at its other end.
#[derive(Serialize)]
struct Hop {
    end: EntityRef,
    map: Option<String>,
}

#[derive(Serialize)]
struct FieldLifecycle {
    id: String,
    field: Link,
    #[serde(flatten)]
    view: LifecycleView,
}

/// One page for each object.
pub(super) fn pages(site: &Site<'_>) -> Vec<OutputFile> {
    site.plan.objects.iter().filter_map(|object| page(site, object)).collect()
}

fn page(site: &Site<'_>, object: &Object) -> Option<OutputFile> {
    let path = site.href(Thing::Object(&object.name))?;
    let (kind, kind_words) = object_kind(object.kind);
    let hops = |inbound: bool| -> Vec<Hop> {
        site.maps_of(&object.name, inbound)
            .map(|map| Hop { end: site.entity_ref(&map.system, &map.entity), map: site.href(Thing::Map(&map.id)) })
            .collect()
    };
    let field_link = |name: &String| site.link(Thing::ObjectField(&object.name, name), name);
    let content = Content {
        name: object.name.clone(),
        kind,
        kind_words,
        doc: doc_blocks(object.doc.as_ref()),
        place: site.place(&object.at),
        key: object.key.iter().map(field_link).collect(),
        dated: object.effective.as_ref().map(|effective| match &object.versioned {
            Some(revision) => versions(revision, effective),
            None => dated(effective),
        }),
        rules: rules(site, object),
        duplicates: duplicates(site, object),
        teams: teams(site, object),
        syncs: site
            .plan
            .syncs
            .iter()
            .filter(|sync| sync.object == object.name)
            .map(|sync| site.link(Thing::Sync(&sync.name), &sync.name))
            .collect(),
        flow_in: hops(true),
        flow_out: hops(false),
        fields: object.fields.iter().map(|field| field_view(site, object, field)).collect(),
        lifecycles: lifecycles(site, object),
        maps_in: site.maps_of(&object.name, true).map(|map| map_view(site, map)).collect(),
        maps_out: site.maps_of(&object.name, false).map(|map| map_view(site, map)).collect(),
        referred_by: referred_by(site, &object.name),
        looked_up_by: looked_up_by(site, object),
        ownership: site.href(Thing::Ownership(&object.name)),
        lineage: site.href(Thing::ObjectLineage(&object.name)),
    };
    let above = vec![Link { text: "Objects".to_owned(), href: Some("objects.html".to_owned()) }];
    Some(site.page(&Page { path: &path, title: &object.name, above, template: "object", wide: true }, &content))
}

fn rules(site: &Site<'_>, object: &Object) -> Vec<Rule> {
    let invariants = object.invariants.iter().map(|invariant| Rule {
        text: crate::render_expr(&invariant.condition),
        queue: Some(site.queue_link(&invariant.hold)),
    });
    let acyclic = object
        .acyclic
        .iter()
        .map(|field| Rule { text: format!("no record leads back to itself by {field}"), queue: None });
    let apart = object.apart.iter().map(|apart| Rule {
        text: format!("no overlap of ({}, {}) per {}", apart.from, apart.through, apart.per.join(", ")),
        queue: None,
    });
    invariants.chain(acyclic).chain(apart).collect()
}

/// In what records are alike that may be one.
fn duplicates(site: &Site<'_>, object: &Object) -> Vec<Rule> {
    let same = object.same.iter().map(|same| {
        let when: Vec<String> = same.when.iter().map(|terms| Same::written(terms)).collect();
        Rule { text: when.join(" or "), queue: Some(site.queue_link(&same.review)) }
    });
    same.collect()
}

/// How the versions of an object are numbered and dated, in words.
fn versions(revision: &str, effective: &Effective) -> String {
    let from = &effective.from;
    let valid = match &effective.ends {
        Ends::Through(to) => format!("from {from} through {to}, the last day; without {to} it is open"),
        Ends::Until(to) => format!("from {from} until {to}, the first day it does not; without {to} it is open"),
        Ends::Next => format!("from {from} on"),
    };
    format!("every version is kept, numbered by {revision}. A version holds {valid}; of several on one day the highest")
}

/// How the rows of an object are dated, in words.
fn dated(effective: &Effective) -> String {
    let from = &effective.from;
    match &effective.ends {
        Ends::Through(to) => {
            format!("a row is valid from {from} through {to}, the last valid day; without {to} it is open")
        }
        Ends::Until(to) => {
            format!("a row is valid from {from} until {to}, the first day it is not; without {to} it is open")
        }
        Ends::Next => format!("a row is valid from {from} until the next row of its key"),
    }
}

/// The teams whose ownership blocks name the object, by name.
fn teams(site: &Site<'_>, object: &Object) -> Vec<Link> {
    let ownership = ownership_of(site, &object.name);
    let claims = ownership.into_iter().flat_map(|ownership| ownership.claims.iter().map(|claim| claim.team.as_str()));
    let movers = ownership.into_iter().flat_map(|ownership| ownership.movers.iter().map(|mover| mover.team.as_str()));
    let names: BTreeSet<&str> = claims.chain(movers).collect();
    names.into_iter().map(|name| site.team_link(name)).collect()
}

fn lifecycles(site: &Site<'_>, object: &Object) -> Vec<FieldLifecycle> {
    let of_field = |field: &syncline_ir::Field| {
        let lifecycle = lifecycle_of(site.plan, field)?;
        Some(FieldLifecycle {
            id: site.href(Thing::Lifecycle(&object.name, &field.name)).map(|href| anchor(&href)).unwrap_or_default(),
            field: site.link(Thing::ObjectField(&object.name, &field.name), &field.name),
            view: lifecycle_view(site, lifecycle, Some((object, &field.name))),
        })
    };
    object.fields.iter().filter_map(of_field).collect()
}

/// Fields of objects which refer to `object`.
fn referred_by(site: &Site<'_>, object: &str) -> Vec<Link> {
    let refers = |field: &&syncline_ir::Field| matches!(&field.ty.kind, Kind::Reference { object: to } if to == object);
    let of = |from: &Object| -> Vec<Link> {
        let link = |field: &syncline_ir::Field| {
            site.link(Thing::ObjectField(&from.name, &field.name), crate::names::path(&[&from.name, &field.name]))
        };
        from.fields.iter().filter(refers).map(link).collect()
    };
    site.plan.objects.iter().flat_map(of).collect()
}

/// Maps of other objects that read `object`, by lookup or through a reference.
fn looked_up_by(site: &Site<'_>, object: &Object) -> Vec<Link> {
    let edges = object.fields.iter().flat_map(|field| site.outgoing(Thing::ObjectField(&object.name, &field.name)));
    let maps: BTreeSet<&str> = edges.map(|edge| edge.map.as_str()).collect();
    let others = maps.into_iter().filter(|id| site.map(id).is_some_and(|map| map.object != object.name));
    others.map(|id| site.map_link(id)).collect()
}
