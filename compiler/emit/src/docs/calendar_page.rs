//! The calendar: when each sync runs in a typical week, and what makes other weeks differ: holidays, and ends of months.

use super::addresses::{Thing, anchor};
use super::frame::Page;
use super::holiday_view::{FreezeView, SetView, freeze_views, set_view, years};
use super::places::Place;
use super::prose::{DocBlock, doc_blocks, every};
use super::site::{Link, Site};
use super::sync_view::{batch, interval, sync_link};
use super::week::{self, Times};
use super::week_diagram::{PassRow, WeekDiagram, draw, room};
use super::window_view;
use crate::OutputFile;
use serde::Serialize;
use syncline_ir::{Calendar, Pass, Schedule, Sync};

/// The clock of passes without a window.
const UTC: &str = "UTC";

#[derive(Serialize)]
struct Content {
    clocks: Vec<ClockView>,
    passes: Vec<PassView>,
    windows: bool,
    calendars: Vec<CalendarView>,
    holidays: Vec<SetView>,
    years: Vec<i16>,
    first_year: Option<i16>,
    last_year: Option<i16>,
}

/// Passes that go by one clock.
#[derive(Serialize)]
struct ClockView {
    zone: String,
    diagram: WeekDiagram,
}

/// A row of the table.
#[derive(Serialize)]
struct PassView {
    sync: Link,
    what: &'static str,
    every: String,
    calendar: Option<Link>,
    clock: String,
    week: Vec<String>,
}

#[derive(Serialize)]
struct CalendarView {
    id: String,
    name: String,
    doc: Vec<DocBlock>,
    place: Place,
    zone: String,
    hours: Vec<String>,
    holidays: Vec<Link>,
    freezes: Vec<FreezeView>,
    syncs: Vec<Link>,
}

/// A pass with everything that tells when it takes place.
struct Timed<'a> {
    sync: &'a Sync,
    what: &'static str,
    posts: bool,
    pass: &'a Pass,
    calendar: Option<&'a Calendar>,
    times: Times,
}

impl Timed<'_> {
    fn clock(&self) -> &str {
        self.calendar.map_or(UTC, |calendar| &calendar.zone)
    }
}

/// The page.
pub(super) fn page(site: &Site<'_>) -> OutputFile {
    let plan = site.plan;
    let passes: Vec<Timed<'_>> = plan.syncs.iter().flat_map(|sync| timed(site, sync)).collect();
    let years = years(site);
    let content = Content {
        clocks: clocks(site, &passes),
        passes: plan.syncs.iter().flat_map(|sync| pass_views(site, sync, &passes)).collect(),
        windows: passes.iter().any(|pass| pass.calendar.is_some()),
        calendars: plan.calendars.iter().map(|calendar| calendar_view(site, calendar, &years)).collect(),
        holidays: plan.holidays.iter().map(|set| set_view(site, set, &years)).collect(),
        first_year: years.first().copied(),
        last_year: years.last().copied(),
        years,
    };
    site.page(
        &Page { path: "calendar.html", title: "Calendar", above: Vec::new(), template: "calendar", wide: true },
        &content,
    )
}

/// The passes of a sync.
fn timed<'a>(site: &Site<'a>, sync: &'a Sync) -> Vec<Timed<'a>> {
    let one = |what, posts, pass: &'a Pass| {
        let named = |name: &String| site.plan.calendars.iter().find(|calendar| calendar.name == *name);
        let calendar = pass.within.as_ref().and_then(named);
        Timed { sync, what, posts, pass, calendar, times: week::times(pass, calendar) }
    };
    match &sync.schedule {
        Schedule::Batch(pass) | Schedule::Event(pass) => vec![one(batch(sync), !sync.routes.is_empty(), pass)],
        Schedule::Staged { capture, post } => {
            let capture = capture.iter().map(|pass| one("captures", false, pass));
            capture.chain(post.iter().map(|pass| one("posts", true, pass))).collect()
        }
    }
}

/// One picture for each clock, in the order in which the clocks are first met.
fn clocks(site: &Site<'_>, passes: &[Timed<'_>]) -> Vec<ClockView> {
    let mut zones: Vec<&str> = Vec::new();
    for pass in passes {
        if !zones.contains(&pass.clock()) {
            zones.push(pass.clock());
        }
    }
    let rows = |zone: Option<&str>| -> Vec<PassRow<'_>> {
        let here = passes.iter().filter(|pass| zone.is_none_or(|zone| pass.clock() == zone));
        here.map(|pass| PassRow {
            name: &pass.sync.name,
            what: format!("{} {}", pass.what, every(pass.pass.every)),
            href: site.href(Thing::Sync(&pass.sync.name)),
            posts: pass.posts,
            hours: pass.calendar.map_or_else(|| vec![(0, 7 * week::DAY)], week::hours),
            times: &pass.times,
        })
        .collect()
    };
    let left = room(&rows(None));
    let view = |zone: &str| ClockView { zone: zone.to_owned(), diagram: draw(&rows(Some(zone)), left) };
    zones.into_iter().map(view).collect()
}

/// The rows of a sync: its passes, and what is reconciled with its postings.
fn pass_views(site: &Site<'_>, sync: &Sync, passes: &[Timed<'_>]) -> Vec<PassView> {
    let link = || sync_link(site, &sync.name);
    let mut views: Vec<PassView> = passes
        .iter()
        .filter(|pass| pass.sync.name == sync.name)
        .map(|pass| PassView {
            sync: link(),
            what: pass.what,
            every: every(pass.pass.every),
            calendar: pass.calendar.map(|calendar| site.link(Thing::Calendar(&calendar.name), &calendar.name)),
            clock: pass.clock().to_owned(),
            week: week::words(&pass.times, pass.pass.every),
        })
        .collect();
    if let Some(reconcile) = &sync.reconcile {
        let posting = passes.iter().rfind(|pass| pass.sync.name == sync.name && pass.posts);
        views.push(PassView {
            sync: link(),
            what: "reconciles",
            every: interval(reconcile.every),
            calendar: None,
            clock: posting.map_or(UTC, Timed::clock).to_owned(),
            week: vec!["with the first posting after each tick".to_owned()],
        });
    }
    views
}

fn calendar_view(site: &Site<'_>, calendar: &Calendar, years: &[i16]) -> CalendarView {
    let keeps = |sync: &&Sync| {
        let passes = [sync.schedule.capture(), sync.schedule.post()];
        passes.into_iter().flatten().any(|pass| pass.within.as_ref() == Some(&calendar.name))
    };
    CalendarView {
        id: site.href(Thing::Calendar(&calendar.name)).map(|href| anchor(&href)).unwrap_or_default(),
        name: calendar.name.clone(),
        doc: doc_blocks(calendar.doc.as_ref()),
        place: site.place(&calendar.at),
        zone: calendar.zone.clone(),
        hours: calendar.open.iter().map(window_view::hours).collect(),
        holidays: calendar.holidays.iter().map(|name| site.link(Thing::Holidays(name), name)).collect(),
        freezes: freeze_views(site, calendar, years),
        syncs: site.plan.syncs.iter().filter(keeps).map(|sync| sync_link(site, &sync.name)).collect(),
    }
}
