//! Where each element of the plan stands in the site.
//!
//! An **address** is a path from the root of the site, with an anchor where the element is a part of a page.

use super::routing::reasons;
use super::slug::Slugs;
use std::collections::BTreeMap;
use syncline_ir::{Field, Kind, Lifecycle, Plan};

/// An element of the plan that has a place in the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Thing<'a> {
    /// An object by name.
    Object(&'a str),
    /// A field of an object.
    ObjectField(&'a str, &'a str),
    /// The states and movers of a lifecycle field of an object.
    Lifecycle(&'a str, &'a str),
    /// The lineage of all fields of an object.
    ObjectLineage(&'a str),
    /// The lineage of a field of an object.
    ObjectFieldLineage(&'a str, &'a str),
    /// The rows of an object in the ownership matrix.
    Ownership(&'a str),
    /// A map by id.
    Map(&'a str),
    /// A system by name.
    System(&'a str),
    /// An entity of a system.
    Entity(&'a str, &'a str),
    /// A field of an entity.
    EntityField(&'a str, &'a str, &'a str),
    /// The lineage of all fields of a system.
    SystemLineage(&'a str),
    /// The lineage of a field of an entity.
    EntityFieldLineage(&'a str, &'a str, &'a str),
    /// A sync by name.
    Sync(&'a str),
    /// A queue by name.
    Queue(&'a str),
    /// A team by name.
    Team(&'a str),
    /// A reason by name.
    Reason(&'a str),
    /// A wave by name.
    Wave(&'a str),
    /// A calendar by name.
    Calendar(&'a str),
    /// A set of holidays by name.
    Holidays(&'a str),
    /// A code table by name.
    Codes(&'a str),
    /// An enumeration or a lifecycle by name.
    Values(&'a str),
    /// A source file.
    Source(&'a str),
}

/// All addresses of a site.
#[derive(Debug)]
pub(super) struct Addresses<'a>(BTreeMap<Thing<'a>, String>);

impl<'a> Addresses<'a> {
    /// The addresses for `plan` and its source files; the same plan gives the same addresses.
    pub(super) fn of(plan: &'a Plan, sources: impl Iterator<Item = &'a str>) -> Self {
        let mut addresses = Self(BTreeMap::new());
        addresses.add_objects(plan);
        addresses.add_systems(plan);
        addresses.add_list("sync", plan.syncs.iter().map(|sync| Thing::Sync(&sync.name)));
        addresses.add_parts("syncs.html", "wave", plan.waves.iter().map(|wave| Thing::Wave(&wave.name)));
        addresses.add_list("source", sources.map(Thing::Source));
        addresses.add_parts("queues.html", "queue", plan.queues.iter().map(|queue| Thing::Queue(&queue.name)));
        addresses.add_parts("queues.html", "team", plan.teams.iter().map(|team| Thing::Team(&team.name)));
        addresses.add_parts("queues.html", "reason", reasons(plan).into_keys().map(Thing::Reason));
        addresses.add_parts("calendar.html", "calendar", plan.calendars.iter().map(|one| Thing::Calendar(&one.name)));
        addresses.add_parts("calendar.html", "holidays", plan.holidays.iter().map(|one| Thing::Holidays(&one.name)));
        addresses.add_parts("codes.html", "codes", plan.codes.iter().map(|codes| Thing::Codes(&codes.name)));
        let values =
            plan.enums.iter().map(|one| one.name.as_str()).chain(plan.lifecycles.iter().map(|one| one.name.as_str()));
        addresses.add_parts("values.html", "values", values.map(Thing::Values));
        addresses.add_parts(
            "ownership.html",
            "object",
            plan.objects.iter().map(|object| Thing::Ownership(&object.name)),
        );
        addresses
    }

    /// The address of `thing`; none when the plan does not have it.
    pub(super) fn get<'s>(&'s self, thing: Thing<'s>) -> Option<&'s str> {
        self.0.get(&thing).map(String::as_str)
    }

    fn add_objects(&mut self, plan: &'a Plan) {
        let mut slugs = Slugs::default();
        for object in &plan.objects {
            let slug = slugs.claim(&object.name);
            let page = format!("object/{slug}.html");
            let lineage = format!("lineage/object-{slug}.html");
            self.add_parts(
                &page,
                "field",
                object.fields.iter().map(|field| Thing::ObjectField(&object.name, &field.name)),
            );
            let moving = object.fields.iter().filter(|field| lifecycle_of(plan, field).is_some());
            self.add_parts(&page, "lifecycle", moving.map(|field| Thing::Lifecycle(&object.name, &field.name)));
            let maps = plan.maps.iter().filter(|map| map.object == object.name);
            self.add_parts(&page, "map", maps.map(|map| Thing::Map(&map.id)));
            self.add_parts(
                &lineage,
                "field",
                object.fields.iter().map(|field| Thing::ObjectFieldLineage(&object.name, &field.name)),
            );
            self.0.insert(Thing::Object(&object.name), page);
            self.0.insert(Thing::ObjectLineage(&object.name), lineage);
        }
    }

    fn add_systems(&mut self, plan: &'a Plan) {
        let mut slugs = Slugs::default();
        for system in &plan.systems {
            let slug = slugs.claim(&system.name);
            let page = format!("system/{slug}.html");
            let lineage = format!("lineage/system-{slug}.html");
            self.add_parts(
                &page,
                "entity",
                system.entities.iter().map(|entity| Thing::Entity(&system.name, &entity.name)),
            );
            let fields = || {
                let of = |entity: &'a syncline_ir::Entity| {
                    entity.own_fields().map(move |field: &Field| (entity.name.as_str(), field.name.as_str()))
                };
                system.entities.iter().flat_map(of)
            };
            self.add_parts(
                &page,
                "field",
                fields().map(|(entity, field)| Thing::EntityField(&system.name, entity, field)),
            );
            self.add_parts(
                &lineage,
                "field",
                fields().map(|(entity, field)| Thing::EntityFieldLineage(&system.name, entity, field)),
            );
            self.0.insert(Thing::System(&system.name), page);
            self.0.insert(Thing::SystemLineage(&system.name), lineage);
        }
    }

    /// A page of its own in `folder` for each thing.
    fn add_list(&mut self, folder: &str, things: impl Iterator<Item = Thing<'a>>) {
        let mut slugs = Slugs::default();
        for thing in things {
            self.0.insert(thing, format!("{folder}/{}.html", slugs.claim(&thing.name())));
        }
    }

    /// An anchor on `page` for each thing.
    fn add_parts(&mut self, page: &str, prefix: &str, things: impl Iterator<Item = Thing<'a>>) {
        let mut slugs = Slugs::default();
        for thing in things {
            self.0.insert(thing, format!("{page}#{prefix}-{}", slugs.claim(&thing.name())));
        }
    }
}

impl Thing<'_> {
    /// The name that the slug is made from.
    fn name(&self) -> String {
        match self {
            Self::EntityField(_, entity, field) | Self::EntityFieldLineage(_, entity, field) => {
                format!("{entity}.{field}")
            }
            Self::ObjectField(_, name)
            | Self::Lifecycle(_, name)
            | Self::ObjectFieldLineage(_, name)
            | Self::Entity(_, name) => (*name).to_owned(),
            Self::Object(name)
            | Self::ObjectLineage(name)
            | Self::Ownership(name)
            | Self::Map(name)
            | Self::System(name)
            | Self::SystemLineage(name)
            | Self::Sync(name)
            | Self::Queue(name)
            | Self::Team(name)
            | Self::Reason(name)
            | Self::Wave(name)
            | Self::Calendar(name)
            | Self::Holidays(name)
            | Self::Codes(name)
            | Self::Values(name)
            | Self::Source(name) => (*name).to_owned(),
        }
    }
}

/// The lifecycle which is the type of `field`.
pub(super) fn lifecycle_of<'a>(plan: &'a Plan, field: &Field) -> Option<&'a Lifecycle> {
    let Kind::Enum { name } = &field.ty.kind else { return None };
    plan.lifecycles.iter().find(|lifecycle| &lifecycle.name == name)
}

/// The part of an address after `#`.
pub(super) fn anchor(address: &str) -> String {
    address.split_once('#').map(|(_, anchor)| anchor.to_owned()).unwrap_or_default()
}
