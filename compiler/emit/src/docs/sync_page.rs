//! The pages of syncs: the list in the order in which they run, and one page for each.

use super::addresses::Thing;
use super::frame::Page;
use super::highlight::{self, Span};
use super::places::Place;
use super::prose::{DocBlock, counted_in, doc_blocks, duration, every, object_kind};
use super::routing::{Routing, of_map, of_object, of_sync};
use super::site::{EntityRef, Link, Site, code};
use super::sync_diagram::{self, Station, SyncDiagram, Way};
use super::sync_view::{self, Effect, Flow, Row, sync_link};
use super::wave_view::{self, WaveRow};
use super::window_view::{Window, window};
use crate::OutputFile;
use serde::Serialize;
use syncline_ir::{Finds, Pass, Sync};

#[derive(Serialize)]
struct List {
    syncs: Vec<Row>,
    waves: Vec<WaveRow>,
}

#[derive(Serialize)]
struct Content {
    name: String,
    title: Option<String>,
    doc: Vec<DocBlock>,
    place: Place,
    team: Link,
    flow: Flow,
    picture: SyncDiagram,
    object: Link,
    capture: Option<Link>,
    routes: Vec<RouteRow>,
    model: &'static str,
    model_words: &'static str,
    when: Vec<String>,
    window: Option<Window>,
    captured_on: Option<CapturedOn>,
    starts: Option<Starts>,
    after: Vec<Link>,
    before: Vec<Link>,
    wave: Option<Link>,
    posting_key: Vec<Link>,
    order: String,
    correct: Option<Correct>,
    leave: Option<Effect>,
    changes: Vec<ChangeRow>,
    retry: Option<Retry>,
    fresh: Option<String>,
    volume: Option<String>,
    reconcile: Option<Reconcile>,
    routings: Vec<Routing>,
}

#[derive(Serialize)]
struct RouteRow {
    map: Link,
    target: Option<EntityRef>,
    when: Option<Vec<Span>>,
    condition: Option<Vec<Span>>,
    controlled: Option<Link>,
    place: Place,
}

#[derive(Serialize)]
struct Starts {
    date: String,
    field: Link,
}

/// The event on which records are moved.
#[derive(Serialize)]
struct CapturedOn {
    event: Link,
    version: u32,
    when: Vec<Span>,
}

#[derive(Serialize)]
struct Correct {
    word: &'static str,
    words: &'static str,
}

#[derive(Serialize)]
struct ChangeRow {
    /// None is the plan itself.
    object: Option<Link>,
    effect: Effect,
}

#[derive(Serialize)]
struct Retry {
    words: String,
    queue: Link,
}

#[derive(Serialize)]
struct Reconcile {
    measures: Vec<String>,
    every: String,
    tolerance: String,
}

/// The list and one page for each sync.
pub(super) fn pages(site: &Site<'_>) -> Vec<OutputFile> {
    let list = List { syncs: sync_view::rows(site), waves: wave_view::rows(site) };
    let list = site
        .page(&Page { path: "syncs.html", title: "Syncs", above: Vec::new(), template: "syncs", wide: true }, &list);
    std::iter::once(list).chain(site.plan.syncs.iter().filter_map(|sync| page(site, sync))).collect()
}

fn page(site: &Site<'_>, sync: &Sync) -> Option<OutputFile> {
    let path = site.href(Thing::Sync(&sync.name))?;
    let field = |name: &String| site.link(Thing::ObjectField(&sync.object, name), name);
    let (model, model_words) = sync_view::model(&sync.schedule);
    let content = Content {
        name: sync.name.clone(),
        title: sync.title.clone(),
        doc: doc_blocks(sync.doc.as_ref()),
        place: site.place(&sync.at),
        team: site.team_link(&sync.team),
        flow: sync_view::flow(site, sync),
        picture: picture(site, sync),
        object: site.link(Thing::Object(&sync.object), &sync.object),
        capture: sync.capture.as_ref().map(|id| site.map_link(id)),
        routes: routes(site, sync),
        model,
        model_words,
        when: sync_view::when(sync),
        window: window(site, sync),
        captured_on: captured_on(site, sync),
        starts: sync.starts.as_ref().map(|starts| Starts { date: starts.date.clone(), field: field(&starts.field) }),
        after: sync.after.iter().map(|name| sync_link(site, name)).collect(),
        before: site
            .plan
            .syncs
            .iter()
            .filter(|other| other.after.contains(&sync.name))
            .map(|other| sync_link(site, &other.name))
            .collect(),
        wave: wave_view::of_sync(site, &sync.name),
        posting_key: sync.idempotent_by.iter().map(field).collect(),
        order: sync_view::order(&sync.order),
        correct: sync
            .correct
            .map(|one| Correct { word: sync_view::correction_word(one), words: sync_view::correction(one) }),
        leave: sync.leave.as_ref().map(|leave| sync_view::leave(site, leave, publishes(site, sync))),
        changes: sync
            .on_change
            .iter()
            .map(|policy| ChangeRow {
                object: policy.object.as_ref().map(|name| site.link(Thing::Object(name), name)),
                effect: sync_view::change(site, &policy.action),
            })
            .collect(),
        retry: sync
            .retry
            .as_ref()
            .map(|retry| Retry { words: sync_view::retry(retry), queue: site.queue_link(&retry.queue) }),
        fresh: sync.fresh.as_ref().map(sync_view::fresh),
        volume: sync.volume.map(sync_view::volume),
        reconcile: sync.reconcile.as_ref().map(|reconcile| Reconcile {
            measures: reconcile.measures.iter().map(sync_view::measure).collect(),
            every: sync_view::interval(reconcile.every),
            tolerance: reconcile.tolerance.clone(),
        }),
        routings: routings(site, sync),
    };
    let above = vec![Link { text: "Syncs".to_owned(), href: Some("syncs.html".to_owned()) }];
    Some(site.page(&Page { path: &path, title: &sync.name, above, template: "sync", wide: false }, &content))
}

/// The flow of the sync, with the queues that its maps and itself send records to.
fn picture(site: &Site<'_>, sync: &Sync) -> SyncDiagram {
    let way = |id: &String, above: Vec<String>| {
        let map = site.map(id)?;
        let chip = site.chip(&map.system);
        let station = Station {
            name: crate::names::path(&[&map.system, &map.entity]),
            sub: chip.title,
            href: site.href(Thing::Entity(&map.system, &map.entity)),
            hue: chip.hue,
        };
        Some(Way { station, above, below: counted_in(map.assignments.len(), "field") })
    };
    let capture = sync.schedule.capture().map(|pass| phrases("captures", pass)).unwrap_or_default();
    let post = sync.schedule.post().map(|pass| phrases("posts", pass)).unwrap_or_default();
    let from = sync.capture.as_ref().and_then(|id| way(id, capture));
    let to: Vec<Way> = sync.routes.iter().filter_map(|route| way(&route.map, post.clone())).collect();
    let kind = site.object(&sync.object).map_or("", |object| object_kind(object.kind).0);
    let object = Station {
        name: sync.object.clone(),
        sub: format!("{kind} in the hub").trim_start().to_owned(),
        href: site.href(Thing::Object(&sync.object)),
        hue: 0,
    };
    let mut queues: Vec<Station> = Vec::new();
    for routing in routings(site, sync) {
        let Link { text: name, href } = routing.queue;
        if !queues.iter().any(|queue| queue.name == name) {
            queues.push(Station { name, sub: String::new(), href, hue: 0 });
        }
    }
    sync_diagram::draw(from.as_ref(), &object, &to, &queues)
}

fn captured_on(site: &Site<'_>, sync: &Sync) -> Option<CapturedOn> {
    let map = site.map(sync.capture.as_ref()?)?;
    let name = sync.capture_on.as_ref()?;
    let event = site.entity(&map.system, &map.entity)?.events.iter().find(|event| event.name == *name)?;
    let text = crate::names::path(&[&map.system, &map.entity, name]);
    let event_link = site.link(Thing::Entity(&map.system, &map.entity), text);
    Some(CapturedOn { event: event_link, version: event.version, when: highlight::expression(&event.condition_text) })
}

fn phrases(what: &str, pass: &Pass) -> Vec<String> {
    let often = format!("{what} {}", every(pass.every));
    let within = pass.within.iter().map(|calendar| format!("within {calendar}"));
    let takes = pass.takes_at_most.map(|seconds| format!("takes at most {}", duration(seconds)));
    std::iter::once(often).chain(within).chain(takes).collect()
}

fn routes(site: &Site<'_>, sync: &Sync) -> Vec<RouteRow> {
    sync.routes
        .iter()
        .map(|route| {
            let map = site.map(&route.map);
            let entity = map.and_then(|map| site.entity(&map.system, &map.entity));
            RouteRow {
                map: site.map_link(&route.map),
                target: map.map(|map| site.entity_ref(&map.system, &map.entity)),
                when: route.condition.as_ref().map(code),
                condition: map.and_then(|map| map.condition.as_ref()).map(code),
                controlled: entity
                    .and_then(|entity| entity.control.as_ref())
                    .map(|control| site.team_link(&control.team)),
                place: site.place(&route.at),
            }
        })
        .collect()
}

/// Whether what it posts goes into the rows that its records came from.
fn publishes(site: &Site<'_>, sync: &Sync) -> bool {
    let mut maps = sync.routes.iter().filter_map(|route| site.map(&route.map));
    maps.any(|map| map.finds == Some(Finds::SourceRow))
}

/// What the maps of the sync and the sync itself send to queues.
fn routings(site: &Site<'_>, sync: &Sync) -> Vec<Routing> {
    let ids = sync.capture.iter().chain(sync.routes.iter().map(|route| &route.map));
    let maps = ids.filter_map(|id| site.map(id)).flat_map(|map| of_map(site, map));
    let object = site.object(&sync.object).filter(|_| sync.capture.is_some());
    let of_object = object.into_iter().flat_map(|object| of_object(site, object));
    maps.chain(of_object).chain(of_sync(site, sync)).map(|(_, routing)| routing).collect()
}
