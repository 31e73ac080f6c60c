//! Queues and teams: who answers for what, how fast, what arrives there, and where each reason leads.

use super::addresses::{Thing, anchor};
use super::frame::Page;
use super::objects_page::owners;
use super::places::Place;
use super::prose::{DocBlock, doc_blocks, duration};
use super::routing::{Routing, of_map, of_object, of_sync};
use super::site::{EntityRef, Link, Site};
use super::sync_view::sync_link;
use crate::OutputFile;
use serde::Serialize;
use std::collections::BTreeMap;
use syncline_ir::{Queue, Team};

#[derive(Serialize)]
struct Content {
    queues: Vec<QueueView>,
    reasons: Vec<ReasonView>,
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
    contact: Option<Contact>,
    respond: String,
    resolve: String,
    /// The maps and syncs that send records here.
    sources: Vec<Link>,
    routings: Vec<Routing>,
}

/// A reason with the queues it leads to.
#[derive(Serialize)]
struct ReasonView {
    id: String,
    name: String,
    ways: Vec<ReasonWay>,
}

#[derive(Serialize)]
struct ReasonWay {
    queue: Link,
    owner: Option<Link>,
    respond: String,
    resolve: String,
    sources: Vec<Link>,
}

#[derive(Serialize)]
struct TeamView {
    id: String,
    name: String,
    title: String,
    contact: Option<Contact>,
    doc: Vec<DocBlock>,
    place: Place,
    queues: Vec<OwnQueue>,
    syncs: Vec<Link>,
    objects: Vec<Link>,
    controls: Vec<EntityRef>,
}

/// A queue of a team, with how fast the team answers.
#[derive(Serialize)]
struct OwnQueue {
    queue: Link,
    respond: String,
    resolve: String,
}

/// How to reach somebody.
#[derive(Serialize)]
struct Contact {
    text: String,
    /// A link when the text is a mail address.
    mail: Option<String>,
}

/// The page.
pub(super) fn page(site: &Site<'_>) -> OutputFile {
    let mut routings: BTreeMap<&str, Vec<Routing>> = BTreeMap::new();
    let maps = site.plan.maps.iter().flat_map(|map| of_map(site, map));
    let objects = site.plan.objects.iter().flat_map(|object| of_object(site, object));
    for (queue, routing) in maps.chain(objects).chain(site.plan.syncs.iter().flat_map(|sync| of_sync(site, sync))) {
        routings.entry(queue).or_default().push(routing);
    }
    let content = Content {
        reasons: reasons(site, &routings),
        queues: site
            .plan
            .queues
            .iter()
            .map(|queue| queue_view(site, queue, routings.remove(queue.name.as_str()).unwrap_or_default()))
            .collect(),
        teams: site.plan.teams.iter().map(|team| team_view(site, team)).collect(),
    };
    site.page(
        &Page { path: "queues.html", title: "Queues and teams", above: Vec::new(), template: "queues", wide: true },
        &content,
    )
}

fn queue_view(site: &Site<'_>, queue: &Queue, routings: Vec<Routing>) -> QueueView {
    let team = site.plan.teams.iter().find(|team| team.name == queue.owner);
    QueueView {
        id: site.href(Thing::Queue(&queue.name)).map(|href| anchor(&href)).unwrap_or_default(),
        name: queue.name.clone(),
        title: queue.title.clone(),
        doc: doc_blocks(queue.doc.as_ref()),
        place: site.place(&queue.at),
        owner: site.team_link(&queue.owner),
        contact: team.and_then(contact),
        respond: duration(queue.respond_within),
        resolve: duration(queue.resolve_within),
        sources: sources(routings.iter()),
        routings,
    }
}

/// Where routings come from, each map and sync once.
fn sources<'r>(routings: impl Iterator<Item = &'r Routing>) -> Vec<Link> {
    let mut sources: Vec<Link> = Vec::new();
    for routing in routings {
        if !sources.contains(&routing.by) {
            sources.push(routing.by.clone());
        }
    }
    sources
}

/// Every reason that the specs name, from A to Z.
fn reasons(site: &Site<'_>, routings: &BTreeMap<&str, Vec<Routing>>) -> Vec<ReasonView> {
    let way = |reason: &str, name: &str| {
        let queue = site.plan.queues.iter().find(|queue| queue.name == name);
        let here = routings.get(name).into_iter().flatten();
        ReasonWay {
            queue: site.queue_link(name),
            owner: queue.map(|queue| site.team_link(&queue.owner)),
            respond: queue.map(|queue| duration(queue.respond_within)).unwrap_or_default(),
            resolve: queue.map(|queue| duration(queue.resolve_within)).unwrap_or_default(),
            sources: sources(here.filter(|routing| routing.reason.as_deref() == Some(reason))),
        }
    };
    super::routing::reasons(site.plan)
        .into_iter()
        .map(|(reason, queues)| ReasonView {
            id: site.href(Thing::Reason(reason)).map(|href| anchor(&href)).unwrap_or_default(),
            name: reason.to_owned(),
            ways: queues.into_iter().map(|queue| way(reason, queue)).collect(),
        })
        .collect()
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
        contact: contact(team),
        doc: doc_blocks(team.doc.as_ref()),
        place: site.place(&team.at),
        queues: plan
            .queues
            .iter()
            .filter(|queue| queue.owner == team.name)
            .map(|queue| OwnQueue {
                queue: site.queue_link(&queue.name),
                respond: duration(queue.respond_within),
                resolve: duration(queue.resolve_within),
            })
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

fn contact(team: &Team) -> Option<Contact> {
    let text = team.contact.clone()?;
    let mail = is_mail(&text).then(|| format!("mailto:{text}"));
    Some(Contact { text, mail })
}

/// Whether a text is nothing but a plain mail address.
fn is_mail(text: &str) -> bool {
    let plain = |part: &str, more: &str| {
        !part.is_empty() && part.chars().all(|letter| letter.is_ascii_alphanumeric() || more.contains(letter))
    };
    text.split_once('@').is_some_and(|(who, host)| plain(who, "._+-") && plain(host, ".-") && host.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_address_is_a_link() {
        assert!(is_mail("finance+books@example.com"));
        for text in
            ["", "finance", "a@b", "@example.com", "a b@example.com", "a@example.com?cc=b", "a@b@c.d", "<a@b.c>"]
        {
            assert!(!is_mail(text), "{text}");
        }
    }
}
