//! The plan made ready to run: linked, checked for what the runtime relies on, with everything a pass asks for at hand.
//!
//! Some questions concern a part of a map: what the version of a row is whose other fields cannot be read, what the assignments
//! give when the requires are not asked again. A **part** is a map of its own with some of the statements, linked beside the maps
//! of the plan.

mod parts;

pub(crate) use parts::suffix_field;

use crate::error::{Outcome, RuntimeError};
use crate::options::Options;
use crate::timetable::Timetable;
use parts::{add, entity_of, in_order, is_identity, json, keeps_apart, map_of, object_of, objects_in, part};
use std::collections::{BTreeMap, BTreeSet};
use syncline_eval::calendar::Calendar;
use syncline_eval::{
    EntityIx, LinkError, LinkedExpr, LinkedMap, LinkedObject, LinkedOrder, LinkedRouteTo, LinkedStarts, ObjectIx,
    Program, Side,
};
use syncline_ir::{
    CallLimit, Change, Correction, Deletion, Entity, Field, Finds, Leave, Map, MapDirection, OF_PARENT, Order, Plan,
    Sync,
};

/// A plan ready to run.
pub(crate) struct Prepared<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) program: Program,
    /// Calendars by name.
    calendars: BTreeMap<&'p str, Calendar>,
}

/// A sync ready to run.
pub(crate) struct ReadySync<'p> {
    pub(crate) sync: &'p Sync,
    /// The entity of exceptions: that of the source, or the object of a sync that only posts.
    pub(crate) entity: String,
    pub(crate) object: ObjectIx,
    pub(crate) object_name: &'p str,
    pub(crate) inbound: Option<Inbound<'p>>,
    pub(crate) routes: Vec<Route<'p>>,
    pub(crate) starts: Option<LinkedStarts>,
    pub(crate) idempotent_by: &'p [usize],
    pub(crate) correct: Correction,
    pub(crate) leave: &'p Leave,
    /// Objects whose change may change what is posted.
    pub(crate) depends_on: BTreeSet<String>,
    pub(crate) on_change: OnChange<'p>,
    /// The calendar outside of which nothing is posted.
    pub(crate) window: Option<&'p Calendar>,
    /// The calendar whose open time counts for `fresh`.
    pub(crate) fresh_in: Option<&'p Calendar>,
    /// Its wave, when that is not enabled: it does nothing.
    pub(crate) resting: Option<&'p str>,
}

/// What a change of something read does to what is posted.
pub(crate) struct OnChange<'p> {
    /// Objects read as they were when the record was posted.
    pub(crate) keep: BTreeSet<ObjectIx>,
    /// Objects whose change is asked about, with the queue, in the order written.
    pub(crate) ask: Vec<(ObjectIx, &'p str)>,
    pub(crate) plan: &'p Change,
}

/// The way into the hub.
pub(crate) struct Inbound<'p> {
    pub(crate) map: &'p Map,
    pub(crate) linked: &'p LinkedMap,
    pub(crate) entity: &'p Entity,
    pub(crate) entity_ix: EntityIx,
    /// `system.entity`.
    pub(crate) name: String,
    pub(crate) creates: bool,
    /// Whether rows are lines that were posted, and find their records through the ledger.
    pub(crate) posted: bool,
    /// Positions of the fields that the hub publishes into; they are no part of what the source says.
    pub(crate) published: Vec<usize>,
    /// The assignment of the version alone, with the position of the field; none for `order by arrival`.
    pub(crate) version: Option<(&'p LinkedMap, usize)>,
    /// The assignments of the key alone.
    pub(crate) key: &'p LinkedMap,
    /// `delete when`: the condition on a row that says its record is deleted.
    pub(crate) deleted: Option<LinkedExpr>,
    /// What is seen of its rows.
    pub(crate) events: Vec<ReadyEvent<'p>>,
    /// The position of the event on which rows are moved; none moves all.
    pub(crate) capture_on: Option<usize>,
    /// The assignment of the date of `starts` alone; none where no event asks for it.
    pub(crate) starts: Option<&'p LinkedMap>,
    /// Whether the map reads records of its own object, so that rows of one extract may wait for each other.
    pub(crate) reads_itself: bool,
    /// Whether each row key has a record of its own, so that it does not matter in which order records are mapped.
    pub(crate) any_order: bool,
}

/// An event of the source.
pub(crate) struct ReadyEvent<'p> {
    pub(crate) name: &'p str,
    pub(crate) version: u32,
    /// What its condition means, in short.
    pub(crate) digest: String,
    pub(crate) condition: LinkedExpr,
}

impl<'p> Inbound<'p> {
    /// The event on which rows are moved.
    pub(crate) fn on_event(&self) -> Option<&ReadyEvent<'p>> {
        self.capture_on.and_then(|position| self.events.get(position))
    }
}

/// A way out of the hub.
pub(crate) struct Route<'p> {
    pub(crate) map: &'p Map,
    /// The map as written; only its `where` is used.
    pub(crate) linked: &'p LinkedMap,
    /// Assignments and requires.
    pub(crate) all: &'p LinkedMap,
    pub(crate) assignments: &'p LinkedMap,
    pub(crate) requires: &'p LinkedMap,
    pub(crate) to: &'p LinkedRouteTo,
    pub(crate) entity: &'p Entity,
    pub(crate) entity_ix: EntityIx,
    /// `system.entity`.
    pub(crate) name: String,
    /// How often its system may be called.
    pub(crate) limit: Option<&'p CallLimit>,
    /// Whether it changes the rows that records came from, and adds none.
    pub(crate) publishes: bool,
    /// Positions of the fields the target fills by itself.
    pub(crate) returned: Vec<usize>,
}

const NO_LEAVE: &Leave = &Leave::Reverse;

fn part_id(map: &str, part: &str) -> String {
    // No map of a plan has such an id: it starts with an entity or an object.
    format!("({part}) {map}")
}

impl<'p> Prepared<'p> {
    pub(crate) fn new(plan: &'p Plan) -> Outcome<Self> {
        Self::made(plan, Program::link)
    }

    /// A plan of which it is recorded what is decided.
    pub(crate) fn observed(plan: &'p Plan) -> Outcome<Self> {
        Self::made(plan, Program::link_observed)
    }

    fn made(plan: &'p Plan, link: fn(&Plan) -> Result<Program, LinkError>) -> Outcome<Self> {
        let mut whole = plan.clone();
        for sync in &plan.syncs {
            if let (Some(id), Order::By { field, .. }) = (&sync.capture, &sync.order) {
                let map = map_of(plan, id)?;
                add(
                    &mut whole,
                    part(plan, map, &part_id(id, &format!("version {field}")), |name| name == field, false)?,
                );
            }
        }
        for sync in &plan.syncs {
            let (Some(id), Some(starts)) = (&sync.capture, &sync.starts) else { continue };
            let map = map_of(plan, id)?;
            if !entity_of(plan, &map.system, &map.entity)?.events.is_empty() {
                let name = part_id(id, &format!("starts {}", starts.field));
                add(&mut whole, part(plan, map, &name, |field| field == starts.field, false)?);
            }
        }
        for map in &plan.maps {
            if map.direction == MapDirection::Outbound {
                for (name, assignments, requires) in
                    [("all", true, true), ("assignments", true, false), ("requires", false, true)]
                {
                    add(&mut whole, part(plan, map, &part_id(&map.id, name), |_| assignments, requires)?);
                }
                continue;
            }
            let object = object_of(plan, &map.object)?;
            add(&mut whole, part(plan, map, &part_id(&map.id, "key"), |name| is_identity(object, name), false)?);
            let entity = entity_of(plan, &map.system, &map.entity)?;
            if let Some(map) = whole.maps.iter_mut().find(|other| other.id == map.id) {
                // The key of a row is read whether or not the map uses it.
                map.reads = in_order(entity, map.reads.iter().chain(&entity.key));
            }
        }
        let program = link(&whole).map_err(|error| RuntimeError::plan(error.to_string()))?;
        let ready = |calendar: &'p syncline_ir::Calendar| {
            let linked = Calendar::new(calendar, &plan.holidays);
            let unknown = || RuntimeError::plan(format!("there is no time zone `{}`", calendar.zone));
            Ok((calendar.name.as_str(), linked.ok_or_else(unknown)?))
        };
        let calendars = plan.calendars.iter().map(ready).collect::<Outcome<_>>()?;
        Ok(Self { plan, program, calendars })
    }

    /// The syncs in the order in which they run: each after those it names, by name among those that are free.
    pub(crate) fn syncs(&'p self) -> Outcome<Vec<ReadySync<'p>>> {
        let mut left: BTreeMap<&str, &'p Sync> =
            self.plan.syncs.iter().map(|sync| (sync.name.as_str(), sync)).collect();
        let mut ready = Vec::with_capacity(left.len());
        while !left.is_empty() {
            let free = left.values().find(|sync| !sync.after.iter().any(|name| left.contains_key(name.as_str())));
            let Some(&sync) = free else { return Err(RuntimeError::plan("syncs wait for each other in a circle")) };
            left.remove(sync.name.as_str());
            ready.push(self.sync(sync)?);
        }
        Ok(ready)
    }

    fn sync(&'p self, sync: &'p Sync) -> Outcome<ReadySync<'p>> {
        let linked = self
            .program
            .sync(&sync.name)
            .ok_or_else(|| RuntimeError::plan(format!("sync `{}` is not linked", sync.name)))?;
        let inbound = match &sync.capture {
            Some(id) => Some(self.inbound(sync, map_of(self.plan, id)?, linked.order)?),
            None => None,
        };
        let pairs = sync.routes.iter().zip(&linked.routes);
        let routes = pairs
            .map(|(route, to)| self.route(sync, map_of(self.plan, &route.map)?, to))
            .collect::<Outcome<Vec<_>>>()?;
        if inbound.is_none() && routes.is_empty() {
            return Err(RuntimeError::plan(format!("sync `{}` moves nothing", sync.name)));
        }
        let mut depends_on = BTreeSet::new();
        for (route, to) in routes.iter().zip(&sync.routes) {
            let accepts: Vec<_> = route.entity.accepts.iter().filter(|accepts| accepts.object == sync.object).collect();
            objects_in(&json(route.map)?, &mut depends_on);
            objects_in(&json(&to.condition)?, &mut depends_on);
            objects_in(&json(&accepts)?, &mut depends_on);
        }
        Ok(ReadySync {
            sync,
            entity: inbound.as_ref().map_or_else(|| sync.object.clone(), |inbound| inbound.name.clone()),
            object: linked.object,
            object_name: &sync.object,
            inbound,
            routes,
            starts: linked.starts,
            idempotent_by: &linked.idempotent_by,
            correct: sync.correct.unwrap_or(Correction::Overwrite),
            leave: sync.leave.as_ref().unwrap_or(NO_LEAVE),
            depends_on,
            on_change: self.on_change(sync)?,
            window: self.calendar(sync.schedule.post().and_then(|pass| pass.within.as_deref()))?,
            fresh_in: self.calendar(sync.fresh.as_ref().and_then(|fresh| fresh.calendar.as_deref()))?,
            resting: None,
        })
    }

    fn calendar(&'p self, name: Option<&str>) -> Outcome<Option<&'p Calendar>> {
        let Some(name) = name else { return Ok(None) };
        let found = self.calendars.get(name);
        found.map(Some).ok_or_else(|| RuntimeError::plan(format!("calendar `{name}` is not declared")))
    }

    fn on_change(&'p self, sync: &'p Sync) -> Outcome<OnChange<'p>> {
        let mut on_change = OnChange { keep: BTreeSet::new(), ask: Vec::new(), plan: &Change::Correct };
        for policy in &sync.on_change {
            let Some(name) = &policy.object else {
                on_change.plan = &policy.action;
                continue;
            };
            let object = self
                .program
                .object_ix(name)
                .ok_or_else(|| RuntimeError::plan(format!("object `{name}` is not declared")))?;
            match &policy.action {
                Change::Keep => drop(on_change.keep.insert(object)),
                Change::Ask(queue) => on_change.ask.push((object, queue)),
                Change::Correct => {}
            }
        }
        Ok(on_change)
    }

    fn inbound(&'p self, sync: &'p Sync, map: &'p Map, order: Option<LinkedOrder>) -> Outcome<Inbound<'p>> {
        if map.direction == MapDirection::Outbound {
            return Err(RuntimeError::plan(format!("sync `{}` captures by the outbound map `{}`", sync.name, map.id)));
        }
        let entity = entity_of(self.plan, &map.system, &map.entity)?;
        let version = match (&sync.order, order) {
            (Order::By { field, .. }, Some(order)) => {
                Some((self.linked(&part_id(&map.id, &format!("version {field}")))?, order.field))
            }
            _ => None,
        };
        let mut read = BTreeSet::new();
        objects_in(&json(&(&map.condition, &map.lets, &map.assignments, &map.requires))?, &mut read);
        // The type of an assigned reference names the object without reading it. Records that are compared with each other wait for each
        // other, too: one may make room for the next.
        let object = object_of(self.plan, &map.object)?;
        let compares = !object.apart.is_empty() || !object.acyclic.is_empty() || !object.same.is_empty();
        let reads_itself = read.contains(&map.object) || compares;
        let entity_ix = self.entity_ix(map)?;
        let deleted = match &entity.deletion {
            Some(Deletion::When { condition, .. }) => {
                let linked = self.program.link_expr(condition, Side::Entity(entity_ix));
                Some(linked.map_err(|error| RuntimeError::plan(error.to_string()))?)
            }
            _ => None,
        };
        let events = entity.events.iter().map(|event| self.event(event, entity_ix)).collect::<Outcome<Vec<_>>>()?;
        let position = |name: &String| {
            let found = events.iter().position(|event| event.name == name);
            found.ok_or_else(|| RuntimeError::plan(format!("entity `{}` has no event `{name}`", map.entity)))
        };
        let capture_on = sync.capture_on.as_ref().map(position).transpose()?;
        let starts = match &sync.starts {
            Some(starts) if !events.is_empty() => {
                Some(self.linked(&part_id(&map.id, &format!("starts {}", starts.field)))?)
            }
            _ => None,
        };
        Ok(Inbound {
            map,
            events,
            capture_on,
            starts,
            linked: self.linked(&map.id)?,
            entity,
            entity_ix,
            deleted,
            name: format!("{}.{}", map.system, map.entity),
            creates: map.direction == MapDirection::Creates,
            posted: map.finds == Some(Finds::PostedRecord),
            published: self.published(map, entity),
            version,
            key: self.linked(&part_id(&map.id, "key"))?,
            reads_itself,
            any_order: map.direction == MapDirection::Creates
                && !reads_itself
                && keeps_apart(map, entity, object_of(self.plan, &map.object)?),
        })
    }

    fn event(&'p self, event: &'p syncline_ir::Event, entity: EntityIx) -> Outcome<ReadyEvent<'p>> {
        let failed = |error: &dyn std::fmt::Display| RuntimeError::plan(error.to_string());
        let condition =
            self.program.link_expr(&event.condition, Side::Entity(entity)).map_err(|error| failed(&error))?;
        let digest = syncline_ir::expression_digest(&event.condition).map_err(|error| failed(&error))?;
        Ok(ReadyEvent { name: &event.name, version: event.version, digest, condition })
    }

    /// Positions of the fields of an entity that maps out of the hub write into rows that are there, or into the rows that hold them.
    fn published(&self, map: &Map, entity: &Entity) -> Vec<usize> {
        let is_written = |of: &str, name: &str| {
            let there = self.plan.maps.iter().filter(|other| {
                other.finds == Some(Finds::SourceRow) && other.system == map.system && other.entity == of
            });
            there.flat_map(|other| &other.assignments).any(|assignment| assignment.field == name)
        };
        let is_published = |field: &Field| match (&entity.nested, field.name.strip_prefix(OF_PARENT)) {
            (Some(nested), Some(name)) => is_written(&nested.parent, name),
            _ => is_written(&map.entity, &field.name),
        };
        entity.fields.iter().enumerate().filter(|(_, field)| is_published(field)).map(|(ix, _)| ix).collect()
    }

    fn route(&'p self, sync: &'p Sync, map: &'p Map, to: &'p LinkedRouteTo) -> Outcome<Route<'p>> {
        let entity = entity_of(self.plan, &map.system, &map.entity)?;
        let name = format!("{}.{}", map.system, map.entity);
        let publishes = map.finds == Some(Finds::SourceRow);
        if !publishes
            && let Some(key) =
                entity.key.iter().find(|key| !map.assignments.iter().any(|assignment| assignment.field == **key))
        {
            return Err(RuntimeError::plan(format!(
                "map `{}` does not assign `{key}`, which is part of the key of `{name}`",
                map.id
            )));
        }
        let reverses = sync.correct.is_some_and(Correction::reverses) || sync.leave == Some(Leave::Reverse);
        if reverses && !publishes && suffix_field(entity).is_none() {
            return Err(RuntimeError::plan(format!(
                "the key of `{name}` has no text field, so that lines could not be reversed"
            )));
        }
        let entity_ix = self.entity_ix(map)?;
        let linked = self.program.entity(entity_ix);
        Ok(Route {
            limit: self
                .plan
                .systems
                .iter()
                .find(|system| system.name == map.system)
                .and_then(|system| system.limit.as_ref()),
            returned: entity.returns.iter().filter_map(|name| linked.field_ix(name)).collect(),
            publishes,
            map,
            linked: self.linked(&map.id)?,
            all: self.linked(&part_id(&map.id, "all"))?,
            assignments: self.linked(&part_id(&map.id, "assignments"))?,
            requires: self.linked(&part_id(&map.id, "requires"))?,
            to,
            entity,
            entity_ix,
            name,
        })
    }

    fn linked(&'p self, id: &str) -> Outcome<&'p LinkedMap> {
        self.program.map(id).ok_or_else(|| RuntimeError::plan(format!("map `{id}` is not linked")))
    }

    fn entity_ix(&self, map: &Map) -> Outcome<EntityIx> {
        let found = self.program.entity_ix(&map.system, &map.entity);
        found.ok_or_else(|| RuntimeError::plan(format!("entity `{}.{}` is not declared", map.system, map.entity)))
    }
}

impl ReadySync<'_> {
    /// Whether its passes may take place in a run with these options.
    pub(crate) fn runs(&self, options: &Options) -> bool {
        self.resting.is_none() && options.includes(&self.sync.name)
    }

    pub(crate) fn linked_object<'a>(&self, program: &'a Program) -> &'a LinkedObject {
        program.object(self.object)
    }

    /// When its passes take place.
    pub(crate) fn timetable(&self) -> Timetable<'_> {
        Timetable {
            schedule: &self.sync.schedule,
            captures: self.inbound.is_some(),
            posts: self.posts(),
            reconcile: self.sync.reconcile.as_ref().map(|rule| rule.every),
            window: self.window,
        }
    }

    pub(crate) fn posts(&self) -> bool {
        !self.routes.is_empty()
    }

    /// The route to an entity, `system.entity`.
    pub(crate) fn route_to(&self, target: &str) -> Option<&Route<'_>> {
        self.routes.iter().find(|route| route.name == target)
    }
}

impl Route<'_> {
    pub(crate) fn condition(&self) -> Option<&LinkedExpr> {
        self.to.condition.as_ref()
    }
}
