//! Code tables: what a system's codes stand for, and back.

use super::addresses::{Thing, anchor};
use super::frame::Page;
use super::places::Place;
use super::prose::{DocBlock, doc_blocks};
use super::site::{EntityRef, Link, Site};
use crate::OutputFile;
use serde::Serialize;
use syncline_ir::Codes;

#[derive(Serialize)]
struct Content {
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct Table {
    id: String,
    name: String,
    doc: Vec<DocBlock>,
    place: Place,
    /// The field in each system that uses the codes.
    fields: Vec<FieldOf>,
    target: Link,
    rows: Vec<Row>,
    /// Values of the target that no code stands for.
    without_code: Vec<String>,
    /// Values that are never written back, because no row of theirs goes both ways.
    one_way: Vec<String>,
}

#[derive(Serialize)]
struct FieldOf {
    entity: EntityRef,
    field: Link,
}

#[derive(Serialize)]
struct Row {
    code: String,
    value: String,
    both_ways: bool,
}

/// The page.
pub(super) fn page(site: &Site<'_>) -> OutputFile {
    let content = Content { tables: site.plan.codes.iter().map(|codes| table(site, codes)).collect() };
    site.page(
        &Page { path: "codes.html", title: "Code tables", above: Vec::new(), template: "codes", wide: false },
        &content,
    )
}

fn table(site: &Site<'_>, codes: &Codes) -> Table {
    let values = site.plan.enums.iter().find(|one| one.name == codes.target).map(|one| &one.values);
    let values =
        values.or_else(|| site.plan.lifecycles.iter().find(|one| one.name == codes.target).map(|one| &one.states));
    let values: &[String] = values.map_or(&[], Vec::as_slice);
    let has =
        |value: &String, back: bool| codes.pairs.iter().any(|pair| &pair.value == value && (pair.both_ways || !back));
    Table {
        id: site.href(Thing::Codes(&codes.name)).map(|href| anchor(&href)).unwrap_or_default(),
        name: codes.name.clone(),
        doc: doc_blocks(codes.doc.as_ref()),
        place: site.place(&codes.at),
        fields: codes
            .systems
            .iter()
            .map(|system| FieldOf {
                entity: site.entity_ref(system, &codes.entity),
                field: site.link(Thing::EntityField(system, &codes.entity, &codes.field), &codes.field),
            })
            .collect(),
        target: site.link(Thing::Values(&codes.target), &codes.target),
        rows: codes
            .pairs
            .iter()
            .map(|pair| Row { code: pair.code.clone(), value: pair.value.clone(), both_ways: pair.both_ways })
            .collect(),
        without_code: values.iter().filter(|value| !has(value, false)).cloned().collect(),
        one_way: values.iter().filter(|value| has(value, false) && !has(value, true)).cloned().collect(),
    }
}
