//! The list of all objects.

use super::addresses::Thing;
use super::field_view::ownership_of;
use super::frame::Page;
use super::prose::{DocSpan, doc_blocks, object_kind};
use super::site::{Chip, Link, Site};
use crate::OutputFile;
use serde::Serialize;
use syncline_ir::Object;

#[derive(Serialize)]
struct Content {
    objects: Vec<Row>,
}

/// An object in a list.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    object: Link,
    kind: &'static str,
    key: String,
    fields: usize,
    owners: Vec<Chip>,
    syncs: Vec<Link>,
    /// First paragraph of its documentation.
    summary: Vec<DocSpan>,
}

/// The page.
pub(super) fn page(site: &Site<'_>) -> OutputFile {
    let content = Content { objects: rows(site) };
    site.page(
        &Page { path: "objects.html", title: "Objects", above: Vec::new(), template: "objects", wide: true },
        &content,
    )
}

/// One row for each object.
pub(super) fn rows(site: &Site<'_>) -> Vec<Row> {
    site.plan.objects.iter().map(|object| row(site, object)).collect()
}

fn row(site: &Site<'_>, object: &Object) -> Row {
    Row {
        object: site.link(Thing::Object(&object.name), &object.name),
        kind: object_kind(object.kind).0,
        key: object.key.join(", "),
        fields: object.fields.len(),
        owners: owners(site, &object.name),
        syncs: site
            .plan
            .syncs
            .iter()
            .filter(|sync| sync.object == object.name)
            .map(|sync| site.link(Thing::Sync(&sync.name), &sync.name))
            .collect(),
        summary: doc_blocks(object.doc.as_ref())
            .into_iter()
            .next()
            .and_then(|block| block.items.into_iter().next())
            .unwrap_or_default(),
    }
}

/// The systems that own a field or a transition of an object, in the order of the plan.
pub(super) fn owners(site: &Site<'_>, object: &str) -> Vec<Chip> {
    let Some(ownership) = ownership_of(site, object) else { return Vec::new() };
    let owns = |system: &str| {
        ownership.claims.iter().any(|claim| claim.system == system)
            || ownership.movers.iter().any(|mover| mover.system == system)
    };
    site.plan.systems.iter().filter(|system| owns(&system.name)).map(|system| site.chip(&system.name)).collect()
}
