//! Value sets: enumerations, lifecycles and units, and the fields that use them.

use super::addresses::{Thing, anchor};
use super::frame::Page;
use super::lifecycle_view::{LifecycleView, lifecycle_view};
use super::places::Place;
use super::prose::{DocBlock, doc_blocks};
use super::site::{Link, Site, entity_fields};
use crate::OutputFile;
use crate::names;
use serde::Serialize;
use std::collections::BTreeMap;
use syncline_ir::{Kind, Plan};

#[derive(Serialize)]
struct Content {
    enums: Vec<EnumView>,
    lifecycles: Vec<NamedLifecycle>,
    units: Vec<UnitView>,
}

#[derive(Serialize)]
struct EnumView {
    id: String,
    name: String,
    doc: Vec<DocBlock>,
    place: Place,
    values: Vec<String>,
    used_by: Vec<Link>,
}

#[derive(Serialize)]
struct NamedLifecycle {
    id: String,
    name: String,
    used_by: Vec<Link>,
    #[serde(flatten)]
    view: LifecycleView,
}

#[derive(Serialize)]
struct UnitView {
    name: String,
    doc: Vec<DocBlock>,
    place: Place,
}

/// The page.
pub(super) fn page(site: &Site<'_>) -> OutputFile {
    let mut users = users(site, site.plan);
    let id = |name: &str| site.href(Thing::Values(name)).map(|href| anchor(&href)).unwrap_or_default();
    let enums = site.plan.enums.iter().map(|one| EnumView {
        id: id(&one.name),
        name: one.name.clone(),
        doc: doc_blocks(one.doc.as_ref()),
        place: site.place(&one.at),
        values: one.values.clone(),
        used_by: users.remove(one.name.as_str()).unwrap_or_default(),
    });
    let enums = enums.collect();
    let lifecycles = site.plan.lifecycles.iter().map(|one| NamedLifecycle {
        id: id(&one.name),
        name: one.name.clone(),
        used_by: users.remove(one.name.as_str()).unwrap_or_default(),
        view: lifecycle_view(site, one, None),
    });
    let lifecycles = lifecycles.collect();
    let units = site
        .plan
        .units
        .iter()
        .map(|unit| UnitView {
            name: unit.name.clone(),
            doc: doc_blocks(unit.doc.as_ref()),
            place: site.place(&unit.at),
        })
        .collect();
    site.page(
        &Page { path: "values.html", title: "Value sets", above: Vec::new(), template: "values", wide: false },
        &Content { enums, lifecycles, units },
    )
}

/// The fields of each enumeration or lifecycle.
fn users<'a>(site: &Site<'_>, plan: &'a Plan) -> BTreeMap<&'a str, Vec<Link>> {
    let mut users: BTreeMap<&str, Vec<Link>> = BTreeMap::new();
    for object in &plan.objects {
        for field in &object.fields {
            if let Kind::Enum { name } = &field.ty.kind {
                let link =
                    site.link(Thing::ObjectField(&object.name, &field.name), names::path(&[&object.name, &field.name]));
                users.entry(name).or_default().push(link);
            }
        }
    }
    for system in &plan.systems {
        for (entity, field) in entity_fields(system) {
            if let Kind::Enum { name } = &field.ty.kind {
                let thing = Thing::EntityField(&system.name, &entity.name, &field.name);
                users
                    .entry(name)
                    .or_default()
                    .push(site.link(thing, names::path(&[&system.name, &entity.name, &field.name])));
            }
        }
    }
    users
}
