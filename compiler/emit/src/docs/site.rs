//! What every page of the site needs: the plan, the addresses of its elements, and the small pieces that cells are made of.
//!
//! Pieces are plain data; templates turn them into HTML and escape every text in them. Addresses in pieces are relative to the root
//! of the site.

use super::addresses::{Addresses, Thing};
use super::highlight::{self, Span};
use super::places::{self, Place};
use super::prose;
use crate::expr_text::render_expr_lines;
use crate::names;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use syncline_ir::{Edge, Entity, Expr, Field, Kind, Map, MapDirection, Object, Plan, System};

/// Number of colours that systems are told apart by; with more systems colours repeat, names do not.
const HUES: usize = 12;

/// The plan with everything that is worked out once for all pages.
pub(super) struct Site<'a> {
    /// What the site is about.
    pub(super) plan: &'a Plan,
    /// The texts of the source files, when given.
    pub(super) sources: Option<&'a BTreeMap<String, String>>,
    /// Where everything stands.
    pub(super) addresses: Addresses<'a>,
    labels: BTreeMap<&'a str, String>,
    lines: BTreeMap<&'a str, usize>,
    endpoints: BTreeMap<String, Thing<'a>>,
    incoming: BTreeMap<Thing<'a>, Vec<&'a Edge>>,
    outgoing: BTreeMap<Thing<'a>, Vec<&'a Edge>>,
}

/// A text that leads somewhere, if there is somewhere to go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Link {
    /// What is shown.
    pub(super) text: String,
    /// Where it leads.
    pub(super) href: Option<String>,
}

/// A system, shown with its colour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(super) struct Chip {
    /// Its name.
    pub(super) name: String,
    /// Its title, or its name.
    pub(super) title: String,
    /// Its page.
    pub(super) href: Option<String>,
    /// Its colour, 1 to 12; 0 when the plan does not have the system.
    pub(super) hue: usize,
}

/// An entity of a system.
#[derive(Debug, Clone, Serialize)]
pub(super) struct EntityRef {
    /// The system.
    pub(super) chip: Chip,
    /// The entity.
    pub(super) entity: Link,
}

/// A type in words.
#[derive(Debug, Clone, Serialize)]
pub(super) struct TypeView {
    /// `text, at most 18 characters`, or `one of` before a link.
    pub(super) words: String,
    /// The enumeration, lifecycle or object.
    pub(super) link: Option<Link>,
    /// The values of a short enumeration.
    pub(super) values: Option<String>,
    /// As the specs write it; none where that is the name in the link.
    pub(super) notation: Option<String>,
}

/// Enumerations up to this many values are written out where they are used.
const FEW: usize = 6;

impl<'a> Site<'a> {
    /// Works out the addresses and labels.
    pub(super) fn new(plan: &'a Plan, sources: Option<&'a BTreeMap<String, String>>) -> Self {
        let files: BTreeSet<&str> = plan
            .provenance
            .iter()
            .map(|source| source.file.as_str())
            .chain(sources.into_iter().flat_map(|texts| texts.keys().map(String::as_str)))
            .collect();
        let texts = || sources.into_iter().flatten();
        let endpoints = endpoints(plan);
        Self {
            plan,
            sources,
            addresses: Addresses::of(plan, texts().map(|(file, _)| file.as_str())),
            labels: places::labels(files.into_iter()),
            lines: texts().map(|(file, text)| (file.as_str(), text.lines().count().max(1))).collect(),
            incoming: by_end(plan, &endpoints, |edge| &edge.to),
            outgoing: by_end(plan, &endpoints, |edge| &edge.from),
            endpoints,
        }
    }

    /// A link to `thing` with `text`.
    pub(super) fn link(&self, thing: Thing<'_>, text: impl Into<String>) -> Link {
        Link { text: text.into(), href: self.href(thing) }
    }

    /// The address of `thing`.
    pub(super) fn href(&self, thing: Thing<'_>) -> Option<String> {
        self.addresses.get(thing).map(str::to_owned)
    }

    /// A system by name.
    pub(super) fn chip(&self, name: &str) -> Chip {
        let position = self.plan.systems.iter().position(|system| system.name == name);
        let title = position.and_then(|at| self.plan.systems.get(at)).and_then(|system| system.title.clone());
        Chip {
            name: name.to_owned(),
            title: title.unwrap_or_else(|| name.to_owned()),
            href: self.href(Thing::System(name)),
            hue: position.map_or(0, |at| at % HUES + 1),
        }
    }

    /// An entity by system and name.
    pub(super) fn entity_ref(&self, system: &str, entity: &str) -> EntityRef {
        EntityRef { chip: self.chip(system), entity: self.link(Thing::Entity(system, entity), entity) }
    }

    /// A map by id, shown with an arrow.
    pub(super) fn map_link(&self, id: &str) -> Link {
        self.link(Thing::Map(id), id.replace(" -> ", " → "))
    }

    /// A team by name, shown with its title.
    pub(super) fn team_link(&self, name: &str) -> Link {
        let title = self.plan.teams.iter().find(|team| team.name == name).map_or(name, |team| team.title.as_str());
        self.link(Thing::Team(name), title)
    }

    /// A queue by name.
    pub(super) fn queue_link(&self, name: &str) -> Link {
        self.link(Thing::Queue(name), name)
    }

    /// A place in the specs.
    pub(super) fn place(&self, at: &str) -> Place {
        let Some(position) = places::position(at) else {
            return Place { text: at.to_owned(), href: None, title: at.to_owned() };
        };
        let label = self.labels.get(position.file).map_or(position.file, String::as_str);
        let page = self.href(Thing::Source(position.file));
        let in_text = self.lines.get(position.file).is_some_and(|lines| (1..=*lines).contains(&position.line));
        Place {
            text: format!("{label}:{}", position.line),
            href: page.map(|page| if in_text { format!("{page}#L{}", position.line) } else { page }),
            title: format!("{}, line {}", position.file, position.line),
        }
    }

    /// The label of a source file.
    pub(super) fn label(&self, file: &str) -> String {
        self.labels.get(file).cloned().unwrap_or_else(|| file.to_owned())
    }

    /// An end of a lineage edge, as a link to the field.
    pub(super) fn endpoint(&self, end: &str) -> Link {
        Link { text: end.to_owned(), href: self.endpoints.get(end).and_then(|thing| self.href(*thing)) }
    }

    /// An end of a lineage edge taken apart: the object or entity, its colour, and the field.
    pub(super) fn endpoint_parts(&self, end: &str) -> (String, usize, Link) {
        match self.endpoints.get(end) {
            Some(thing @ Thing::ObjectField(object, field)) => {
                (names::quoted(object), 0, self.link(*thing, names::quoted(field)))
            }
            Some(thing @ Thing::EntityField(system, entity, field)) => {
                (names::path(&[system, entity]), self.chip(system).hue, self.link(*thing, names::quoted(field)))
            }
            _ => (String::new(), 0, Link { text: end.to_owned(), href: None }),
        }
    }

    /// What a field depends on.
    pub(super) fn incoming<'s>(&'s self, field: Thing<'s>) -> &'s [&'a Edge] {
        self.incoming.get(&field).map_or(&[], Vec::as_slice)
    }

    /// What depends on a field.
    pub(super) fn outgoing<'s>(&'s self, field: Thing<'s>) -> &'s [&'a Edge] {
        self.outgoing.get(&field).map_or(&[], Vec::as_slice)
    }

    /// The type of a field in words.
    pub(super) fn type_view(&self, field: &Field) -> TypeView {
        let notation = match field.ty.kind {
            Kind::Enum { .. } | Kind::Reference { .. } => None,
            _ => Some(field.ty.to_string()),
        };
        let (words, link, values) = match &field.ty.kind {
            Kind::Enum { name } => self.value_set(name),
            Kind::Reference { object } => {
                ("reference to".to_owned(), Some(self.link(Thing::Object(object), object)), None)
            }
            kind => (prose::plain_type(kind, field.percent).unwrap_or_default(), None, None),
        };
        TypeView { words, link, values, notation }
    }

    fn value_set(&self, name: &str) -> (String, Option<Link>, Option<String>) {
        let lifecycle = self.plan.lifecycles.iter().find(|lifecycle| lifecycle.name == name);
        let values = lifecycle
            .map(|lifecycle| &lifecycle.states)
            .or_else(|| self.plan.enums.iter().find(|one| one.name == name).map(|one| &one.values));
        let short = values.filter(|values| values.len() <= FEW).map(|values| values.join(", "));
        let words = if lifecycle.is_some() { "state of" } else { "one of" };
        (words.to_owned(), Some(self.link(Thing::Values(name), name)), short)
    }

    /// An object by name.
    pub(super) fn object(&self, name: &str) -> Option<&'a Object> {
        self.plan.objects.iter().find(|object| object.name == name)
    }

    /// An entity by system and name.
    pub(super) fn entity(&self, system: &str, entity: &str) -> Option<&'a Entity> {
        self.plan.systems.iter().find(|one| one.name == system)?.entities.iter().find(|one| one.name == entity)
    }

    /// A map by id.
    pub(super) fn map(&self, id: &str) -> Option<&'a Map> {
        self.plan.maps.iter().find(|map| map.id == id)
    }

    /// Maps into (`inbound`) or out of an object.
    pub(super) fn maps_of<'s>(&'s self, object: &'s str, inbound: bool) -> impl Iterator<Item = &'a Map> + 's {
        self.plan
            .maps
            .iter()
            .filter(move |map| map.object == object && (map.direction != MapDirection::Outbound) == inbound)
    }
}

/// An expression as coloured text.
pub(super) fn code(expr: &Expr) -> Vec<Span> {
    highlight::expression(&render_expr_lines(expr))
}

/// Every field of the plan by the ways in which a lineage edge may name it.
fn endpoints(plan: &Plan) -> BTreeMap<String, Thing<'_>> {
    let mut ends = BTreeMap::new();
    let mut add = |names: &[&str], thing| {
        ends.entry(names::path(names)).or_insert(thing);
        ends.entry(names.join(".")).or_insert(thing);
    };
    for object in &plan.objects {
        for field in &object.fields {
            add(&[&object.name, &field.name], Thing::ObjectField(&object.name, &field.name));
        }
    }
    for system in &plan.systems {
        for entity in &system.entities {
            for field in entity.own_fields() {
                add(
                    &[&system.name, &entity.name, &field.name],
                    Thing::EntityField(&system.name, &entity.name, &field.name),
                );
            }
        }
    }
    ends
}

/// Edges by the field at one of their ends, in the order of the plan.
fn by_end<'a>(
    plan: &'a Plan,
    endpoints: &BTreeMap<String, Thing<'a>>,
    end: fn(&Edge) -> &String,
) -> BTreeMap<Thing<'a>, Vec<&'a Edge>> {
    let mut index: BTreeMap<Thing<'a>, Vec<&'a Edge>> = BTreeMap::new();
    for edge in &plan.lineage {
        if let Some(thing) = endpoints.get(end(edge)) {
            index.entry(*thing).or_default().push(edge);
        }
    }
    index
}

/// All fields of a system with their entities; those of a row that holds others stand with its own entity.
pub(super) fn entity_fields(system: &System) -> impl Iterator<Item = (&Entity, &Field)> {
    system.entities.iter().flat_map(|entity| entity.own_fields().map(move |field| (entity, field)))
}
