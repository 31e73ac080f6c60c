//! What syncs do, in words.

use super::addresses::Thing;
use super::prose::{counted, duration, every};
use super::site::{EntityRef, Link, Site};
use serde::Serialize;
use syncline_ir::{Change, Correction, Fresh, Leave, Measure, Order, Pass, Retry, Schedule, Sync, Volume};

/// Where records of a sync come from and go to.
#[derive(Debug, Serialize)]
pub(super) struct Flow {
    from: Option<EntityRef>,
    object: Link,
    to: Vec<EntityRef>,
}

/// A sync in a list.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    /// Position in an order in which each sync comes after those it needs.
    number: usize,
    sync: Link,
    title: Option<String>,
    team: Link,
    flow: Flow,
    when: Vec<String>,
    after: Vec<Link>,
    correct: Option<&'static str>,
}

/// One row for each sync, in the order of the plan.
pub(super) fn rows(site: &Site<'_>) -> Vec<Row> {
    site.plan
        .syncs
        .iter()
        .enumerate()
        .map(|(at, sync)| Row {
            number: at + 1,
            sync: sync_link(site, &sync.name),
            title: sync.title.clone(),
            team: site.team_link(&sync.team),
            flow: flow(site, sync),
            when: when(sync),
            after: sync.after.iter().map(|name| sync_link(site, name)).collect(),
            correct: sync.correct.map(correction_word),
        })
        .collect()
}

/// A sync by name.
pub(super) fn sync_link(site: &Site<'_>, name: &str) -> Link {
    site.link(Thing::Sync(name), name)
}

/// Where records of `sync` come from and go to.
pub(super) fn flow(site: &Site<'_>, sync: &Sync) -> Flow {
    let end = |id: &String| site.map(id).map(|map| site.entity_ref(&map.system, &map.entity));
    Flow {
        from: sync.capture.as_ref().and_then(end),
        object: site.link(Thing::Object(&sync.object), &sync.object),
        to: sync.routes.iter().filter_map(|route| end(&route.map)).collect(),
    }
}

/// When passes run, a phrase for each kind of pass.
pub(super) fn when(sync: &Sync) -> Vec<String> {
    match &sync.schedule {
        Schedule::Batch(pass) | Schedule::Event(pass) => vec![format!("{} {}", batch(sync), timed(pass))],
        Schedule::Staged { capture, post } => {
            let capture = capture.as_ref().map(|pass| format!("captures {}", timed(pass)));
            let post = post.as_ref().map(|pass| format!("posts {}", timed(pass)));
            capture.into_iter().chain(post).collect()
        }
    }
}

/// What a batch does in one pass.
pub(super) const fn batch(sync: &Sync) -> &'static str {
    match (sync.capture.is_some(), sync.routes.is_empty()) {
        (true, false) => "captures and posts",
        (false, _) => "posts",
        (true, true) => "captures",
    }
}

/// How often, and within which calendar.
fn timed(pass: &Pass) -> String {
    let often = every(pass.every);
    pass.within.as_ref().map_or_else(|| often.clone(), |calendar| format!("{often} within {calendar}"))
}

/// The model of a schedule and what it means.
pub(super) const fn model(schedule: &Schedule) -> (&'static str, &'static str) {
    match schedule {
        Schedule::Batch(_) => ("batch", "a pass posts what it captured"),
        Schedule::Event(_) => ("event", "a pass moves the rows that raised an event"),
        Schedule::Staged { .. } => ("staged", "the hub holds records between capture and posting"),
    }
}

/// Which of two rows of a record is the newer.
pub(super) fn order(order: &Order) -> String {
    match order {
        Order::Arrival => "the row read last is the newest".to_owned(),
        Order::By { field, within } => format!("for each {within}, the row with the greatest {field} is the newest"),
    }
}

/// How a posted record is put right, in a word.
pub(super) const fn correction_word(correction: Correction) -> &'static str {
    match correction {
        Correction::Reversal => "reversal",
        Correction::Delta => "delta",
        Correction::Overwrite => "overwrite",
    }
}

/// How a posted record is put right.
pub(super) const fn correction(correction: Correction) -> &'static str {
    match correction {
        Correction::Reversal => {
            "a line that negates the posted one, then a new line; the posted line itself is never changed"
        }
        Correction::Delta => {
            "a line with the difference of the amounts; when something else differs, a line that takes back what is posted, then a new line"
        }
        Correction::Overwrite => "the record in the target is changed",
    }
}

/// What happens to something, and the queue it goes to.
#[derive(Debug, Serialize)]
pub(super) struct Effect {
    words: &'static str,
    queue: Option<Link>,
}

/// What happens to a posted record that no longer belongs into the target.
pub(super) fn leave(site: &Site<'_>, leave: &Leave, publishes: bool) -> Effect {
    match leave {
        Leave::Reverse if publishes => Effect { words: "the fields published into its row are emptied", queue: None },
        Leave::Reverse => Effect { words: "its posted line is reversed", queue: None },
        Leave::Hold(queue) => Effect { words: "it goes to", queue: Some(site.queue_link(queue)) },
    }
}

/// What a change does to posted records.
pub(super) fn change(site: &Site<'_>, change: &Change) -> Effect {
    match change {
        Change::Keep => Effect {
            words: "posted records stay as they are; later corrections reuse the version they were posted with",
            queue: None,
        },
        Change::Correct => Effect { words: "posted records are corrected", queue: None },
        Change::Ask(queue) => Effect { words: "posted records go to", queue: Some(site.queue_link(queue)) },
    }
}

/// How calls are made again when a target cannot be reached.
pub(super) fn retry(retry: &Retry) -> String {
    let times = if retry.times == 1 { "once".to_owned() } else { format!("up to {} times", retry.times) };
    let waits = if retry.first == retry.longest || retry.times == 1 {
        format!("after {}", duration(retry.first))
    } else {
        format!("after {}, then twice as long each time, at most {}", duration(retry.first), duration(retry.longest))
    };
    format!("tried again {times}, {waits}; then the record goes to")
}

/// How late a record may be posted.
pub(super) fn fresh(fresh: &Fresh) -> String {
    let within = duration(fresh.within);
    match &fresh.calendar {
        Some(calendar) => format!("within {within} of open time in {calendar} after its capture"),
        None => format!("within {within} after its capture"),
    }
}

/// How many records a day has.
pub(super) fn volume(volume: Volume) -> String {
    let usual = format!("{} a day", counted(u64::from(volume.per_day), "record"));
    if volume.peak == 1 { usual } else { format!("{usual}, up to {} on a peak day", volume.most()) }
}

/// A reconciled measure.
pub(super) fn measure(measure: &Measure) -> String {
    match measure {
        Measure::Count => "number of records, net of reversals".to_owned(),
        Measure::Sum(field) => format!("sum of {field}"),
    }
}

/// How long and how often, for a table of facts.
pub(super) fn interval(seconds: u64) -> String {
    if seconds == 0 { duration(seconds) } else { every(seconds) }
}
