//! Waves in the order in which they begin.

use super::addresses::{Thing, anchor};
use super::places::Place;
use super::prose::{DocBlock, doc_blocks};
use super::site::{Link, Site};
use super::sync_view::sync_link;
use serde::Serialize;

/// A wave in the list.
#[derive(Debug, Serialize)]
pub(super) struct WaveRow {
    number: usize,
    id: String,
    name: String,
    doc: Vec<DocBlock>,
    place: Place,
    after: Vec<Link>,
    syncs: Vec<Link>,
}

/// One row for each wave.
pub(super) fn rows(site: &Site<'_>) -> Vec<WaveRow> {
    let waves = site.plan.waves.iter().enumerate();
    waves
        .map(|(at, wave)| WaveRow {
            number: at + 1,
            id: site.href(Thing::Wave(&wave.name)).map(|href| anchor(&href)).unwrap_or_default(),
            name: wave.name.clone(),
            doc: doc_blocks(wave.doc.as_ref()),
            place: site.place(&wave.at),
            after: wave.after.iter().map(|name| link(site, name)).collect(),
            syncs: wave.syncs.iter().map(|name| sync_link(site, name)).collect(),
        })
        .collect()
}

/// The wave of a sync.
pub(super) fn of_sync(site: &Site<'_>, sync: &str) -> Option<Link> {
    let wave = site.plan.waves.iter().find(|wave| wave.syncs.iter().any(|name| name == sync))?;
    Some(link(site, &wave.name))
}

fn link(site: &Site<'_>, name: &str) -> Link {
    site.link(Thing::Wave(name), name)
}
