//! The first page: what the plan is, what is in it, how to read the rest.

use super::frame::Page;
use super::objects_page;
use super::prose::counted_in;
use super::site::{EntityRef, Link, Site};
use super::sync_view;
use super::system_page;
use crate::OutputFile;
use serde::Serialize;
use syncline_ir::{Entity, System};

#[derive(Serialize)]
struct Content {
    workspace: String,
    edition: u16,
    hash: String,
    tzdb: String,
    format: u32,
    files: String,
    figures: Vec<Figure>,
    syncs: Vec<sync_view::Row>,
    controlled: Vec<Controlled>,
    objects: Vec<objects_page::Row>,
    systems: Vec<system_page::Row>,
    with_text: bool,
}

/// A count with what is counted.
#[derive(Serialize)]
struct Figure {
    count: usize,
    noun: String,
    href: &'static str,
}

/// An entity that only posting writes.
#[derive(Serialize)]
struct Controlled {
    entity: EntityRef,
    team: Option<Link>,
    accepts: Vec<system_page::Accepted>,
    syncs: Vec<Poster>,
}

/// A sync that posts into a controlled entity.
#[derive(Serialize)]
struct Poster {
    sync: Link,
    correct: Option<&'static str>,
    starts: Option<String>,
    reconcile: Option<String>,
}

/// The page.
pub(super) fn page(site: &Site<'_>) -> OutputFile {
    let plan = site.plan;
    let content = Content {
        workspace: plan.workspace.name.clone(),
        edition: plan.workspace.edition,
        hash: plan.hash.clone(),
        tzdb: plan.tzdb.clone(),
        format: plan.format,
        files: counted_in(plan.provenance.len(), "source file"),
        figures: figures(site),
        syncs: sync_view::rows(site),
        controlled: plan.systems.iter().flat_map(|system| controlled(site, system)).collect(),
        objects: objects_page::rows(site),
        systems: system_page::rows(site),
        with_text: site.sources.is_some(),
    };
    site.page(
        &Page { path: "index.html", title: "Overview", above: Vec::new(), template: "index", wide: true },
        &content,
    )
}

fn figures(site: &Site<'_>) -> Vec<Figure> {
    let plan = site.plan;
    let entities: usize = plan.systems.iter().map(|system| system.entities.len()).sum();
    let fields: usize = plan.objects.iter().map(|object| object.fields.len()).sum();
    let claims: usize = plan.ownership.iter().map(|ownership| ownership.claims.len()).sum();
    let moves: usize = plan.ownership.iter().map(|ownership| ownership.movers.len()).sum();
    [
        (plan.objects.len(), "object", "objects.html"),
        (fields, "object field", "objects.html"),
        (claims, "ownership claim", "ownership.html"),
        (moves, "lifecycle move", "ownership.html"),
        (plan.systems.len(), "system", "systems.html"),
        (entities, "entity", "systems.html"),
        (plan.maps.len(), "map", "objects.html"),
        (plan.syncs.len(), "sync", "syncs.html"),
        (plan.queues.len(), "queue", "queues.html"),
        (plan.teams.len(), "team", "queues.html"),
        (plan.codes.len(), "code table", "codes.html"),
        (plan.lineage.len(), "lineage edge", "lineage.html"),
    ]
    .into_iter()
    .map(|(count, noun, href)| {
        let words = counted_in(count, noun);
        Figure { count, noun: words.split_once(' ').map(|(_, noun)| noun.to_owned()).unwrap_or_default(), href }
    })
    .collect()
}

fn controlled(site: &Site<'_>, system: &System) -> Vec<Controlled> {
    let view = |entity: &Entity| Controlled {
        entity: site.entity_ref(&system.name, &entity.name),
        team: entity.control.as_ref().map(|control| site.team_link(&control.team)),
        accepts: system_page::accepts(site, entity),
        syncs: posters(site, system, entity),
    };
    system.entities.iter().filter(|entity| entity.control.is_some()).map(view).collect()
}

fn posters(site: &Site<'_>, system: &System, entity: &Entity) -> Vec<Poster> {
    let into = |id: &String| site.map(id).is_some_and(|map| map.system == system.name && map.entity == entity.name);
    site.plan
        .syncs
        .iter()
        .filter(|sync| sync.routes.iter().any(|route| into(&route.map)))
        .map(|sync| Poster {
            sync: sync_view::sync_link(site, &sync.name),
            correct: sync.correct.map(sync_view::correction_word),
            starts: sync.starts.as_ref().map(|starts| format!("{} by {}", starts.date, starts.field)),
            reconcile: sync.reconcile.as_ref().map(|one| sync_view::interval(one.every)),
        })
        .collect()
}
