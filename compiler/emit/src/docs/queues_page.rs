//! Queues and teams: who answers for what, how fast, and what arrives there.

use super::addresses::{Thing, anchor};
use super::frame::Page;
use super::objects_page::owners;
use super::places::Place;
use super::prose::{DocBlock, doc_blocks, duration};
use super::routing::{Routing, of_map, of_sync};
use super::site::{EntityRef, Link, Site};
use super::sync_view::sync_link;
use crate::OutputFile;
use serde::Serialize;
use std::collections::BTreeMap;
use syncline_ir::{Queue, Team};

#[derive(Serialize)]
struct Content {
    queues: Vec<QueueView>,
    teams: Vec<TeamView>,
}

#[derive(Serialize)]
struct QueueView {
    id: String,
    name: String,
    title: Option<String>,
    doc: Vec<DocBlock>,
    place: Place,
    owner: Link,
    respond: String,
    resolve: String,
    routings: Vec<Routing>,
}

#[derive(Serialize)]
struct TeamView {
    id: String,
    name: String,
    title: String,
    contact: Option<String>,
    doc: Vec<DocBlock>,
    place: Place,
    queues: Vec<Link>,
    syncs: Vec<Link>,
    objects: Vec<Link>,
    controls: Vec<EntityRef>,
}

/// The page.
pub(super) fn page(site: &Site<'_>) -> OutputFile {
    let mut routings: BTreeMap<&str, Vec<Routing>> = BTreeMap::new();
    let maps = site.plan.maps.iter().flat_map(|map| of_map(site, map));
    for (queue, routing) in maps.chain(site.plan.syncs.iter().flat_map(|sync| of_sync(site, sync))) {
        routings.entry(queue).or_default().push(routing);
    }
    let content = Content {
        queues: site
            .plan
            .queues
            .iter()
            .map(|queue| queue_view(site, queue, routings.remove(queue.name.as_str()).unwrap_or_default()))
            .collect(),
        teams: site.plan.teams.iter().map(|team| team_view(site, team)).collect(),
    };
    site.page(
        &Page { path: "queues.html", title: "Queues and teams", above: Vec::new(), template: "queues", wide: false },
        &content,
    )
}

fn queue_view(site: &Site<'_>, queue: &Queue, routings: Vec<Routing>) -> QueueView {
    QueueView {
        id: site.href(Thing::Queue(&queue.name)).map(|href| anchor(&href)).unwrap_or_default(),
        name: queue.name.clone(),
        title: queue.title.clone(),
        doc: doc_blocks(queue.doc.as_ref()),
        place: site.place(&queue.at),
        owner: site.team_link(&queue.owner),
        respond: duration(queue.respond_within),
        resolve: duration(queue.resolve_within),
        routings,
    }
}

fn team_view(site: &Site<'_>, team: &Team) -> TeamView {
    let plan = site.plan;
    let answers = |one: &&syncline_ir::Ownership| {
        one.claims.iter().any(|claim| claim.team == team.name) || one.movers.iter().any(|mover| mover.team == team.name)
    };
    let controls = plan.systems.iter().flat_map(|system| system.entities.iter().map(move |entity| (system, entity)));
    TeamView {
        id: site.href(Thing::Team(&team.name)).map(|href| anchor(&href)).unwrap_or_default(),
        name: team.name.clone(),
        title: team.title.clone(),
        contact: team.contact.clone(),
        doc: doc_blocks(team.doc.as_ref()),
        place: site.place(&team.at),
        queues: plan
            .queues
            .iter()
            .filter(|queue| queue.owner == team.name)
            .map(|queue| site.queue_link(&queue.name))
            .collect(),
        syncs: plan
            .syncs
            .iter()
            .filter(|sync| sync.team == team.name)
            .map(|sync| sync_link(site, &sync.name))
            .collect(),
        objects: plan
            .ownership
            .iter()
            .filter(answers)
            .filter(|one| !owners(site, &one.object).is_empty())
            .map(|one| site.link(Thing::Ownership(&one.object), &one.object))
            .collect(),
        controls: controls
            .filter(|(_, entity)| entity.control.as_ref().is_some_and(|control| control.team == team.name))
            .map(|(system, entity)| site.entity_ref(&system.name, &entity.name))
            .collect(),
    }
}
