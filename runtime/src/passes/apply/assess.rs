//! What becomes of a row on its own: the map, the rules of ownership, and what holds for the record it writes.

use super::{Assessed, Mapper};
use crate::error::Outcome;
use crate::hub::{Doubt, Likeness, Problem, Resolution, Row, Track};
use crate::passes::dated::valid_on_no_day;
use crate::passes::events::{self, Captured};
use crate::passes::invariants::broken;
use crate::passes::ownership::objections;
use crate::passes::store::{Record, View};
use crate::passes::{Own, cells, duplicates, problem};
use crate::values;
use std::sync::Arc;
use syncline_eval::{Failure, Form, Input, Missing, Outcome as Mapped, Reason, Value, cast, map, show};

impl Mapper<'_> {
    /// What becomes of a row on its own.
    pub(in crate::passes) fn assess(&self, track: &Track, row: &Row) -> Outcome<Assessed> {
        let (pass, program) = (self.pass, self.pass.run.program());
        let (cells, read) = self.read(row.id)?;
        match self.says_deleted(&read)? {
            Ok(false) => {}
            Ok(true) => return Ok(Assessed::Deleted),
            Err(problem) => return Ok(Assessed::Failed(Own::Quarantined(problem))),
        }
        let captured = events::captured(self, track, row, &read)?;
        match &captured {
            Captured::Moves | Captured::Changed { .. } => {}
            Captured::Excluded => return Ok(Assessed::NotTaken),
            Captured::Failed(problem) => return Ok(Assessed::Failed(Own::Quarantined(problem.clone()))),
        }
        if self.inbound.posted {
            return self.assess_line(track, row, (&cells, &read));
        }
        let view = View::current(pass.store());
        let mapped = view.explained(map::run(program, self.inbound.linked, &Input::Row(&read), &view));
        let mapped = if self.inbound.creates { mapped } else { self.with_its_record(mapped, &read)? };
        pass.store().check()?;
        let values = match mapped {
            Mapped::NotTaken => return Ok(Assessed::NotTaken),
            Mapped::Mapped { values } => values,
            Mapped::Waiting { .. } if pass.may_wait(row, self.inbound.map.wait_seconds)? => {
                return Ok(Assessed::Failed(Own::Waiting));
            }
            Mapped::Waiting { failures, .. } | Mapped::Failed { failures } => {
                return Ok(Assessed::Failed(Own::Quarantined(problem(&failures, &self.inbound.map.otherwise))));
            }
        };
        if let Captured::Changed { moved } = &captured
            && !self.says_the_same(&values, moved.as_deref())
        {
            return Ok(Assessed::Failed(events::changed(self)));
        }
        if track.applied.is_some() && row.rank <= track.applied {
            return Ok(Assessed::Late { values });
        }
        let source_key = cells::key(&cells, &read, program.entity(self.inbound.entity_ix), program);
        let source_key = source_key.identity.or(source_key.shown).unwrap_or_default();
        let key = self.key(&values);
        let alone = self.finds_none && track.record.is_none();
        let mut found = if alone { None } else { pass.store().by_key(pass.sync.object, &key)? };
        if let (Some(bound), None) = (track.record, found)
            && self.only_its_first_day_moved(bound, &values)?
        {
            found = Some(bound);
        }
        match (track.record, found) {
            (Some(bound), found) if found != Some(bound) => {
                return Ok(self.wrong("key-changed", "an earlier version of this row belongs to another record"));
            }
            (None, Some(found)) if self.inbound.creates => {
                let owner = pass.hub().bound_id(&self.entity_name(), found)?;
                if owner.is_some_and(|owner| owner != source_key) {
                    return Ok(self.wrong("key-conflict", "another row of the same entity has the same key"));
                }
            }
            _ => {}
        }
        let record = match found {
            Some(id) => pass.store().record(pass.sync.object, id)?,
            None => None,
        };
        self.to_be_written(track, row, (record, values), source_key)
    }

    /// Whether a row may write these values into a record, or into a new one.
    pub(in crate::passes) fn to_be_written(
        &self,
        track: &Track,
        row: &Row,
        (record, mut values): (Option<Arc<Record>>, Vec<Option<Value>>),
        source_key: String,
    ) -> Outcome<Assessed> {
        let (pass, program) = (self.pass, self.pass.run.program());
        if let Some(problem) = objections(pass, self.inbound, record.as_deref(), &mut values)? {
            return Ok(Assessed::Failed(Own::Quarantined(problem)));
        }
        let after = self.after(record.as_deref(), &values);
        let otherwise = &self.inbound.map.otherwise;
        if let Some(problem) = broken(pass.store(), pass.sync.object, record.as_deref(), &after, otherwise)? {
            return Ok(Assessed::Failed(Own::Quarantined(problem)));
        }
        if record.is_none()
            && let Some((reason, message)) = self.differs_from_other_versions(&values)?
        {
            return Ok(self.wrong(reason, &message));
        }
        if let Some(dates) = pass.sync.linked_object(program).dates
            && let Some(why) = valid_on_no_day(dates, &after)
        {
            return Ok(self.wrong("empty-range", &why));
        }
        let two = match self.alike(track, row, record.as_deref(), &after, &source_key)? {
            Ok(two) => two,
            Err(problem) => return Ok(Assessed::Failed(Own::Quarantined(problem))),
        };
        Ok(Assessed::Good { values, record, source_key, two })
    }

    fn wrong(&self, reason: &str, message: &str) -> Assessed {
        Assessed::Failed(Own::Quarantined(Problem::one(reason, message, &self.inbound.map.otherwise)))
    }

    /// The records that one would be like, when somebody said of all that they are others.
    fn alike(
        &self,
        track: &Track,
        row: &Row,
        record: Option<&Record>,
        after: &[Value],
        source_key: &str,
    ) -> Outcome<Result<Vec<Likeness>, Problem>> {
        let pass = self.pass;
        let Some(alike) = duplicates::alike(pass.store(), pass.sync.object, record, after)? else {
            return Ok(Ok(Vec::new()));
        };
        if pass.run.decisions(track.id)?.on(row.id, false, &alike.problem) == Some(Resolution::Release) {
            return Ok(Ok(alike.others));
        }
        self.doubts.borrow_mut().push(Doubt {
            track: track.id,
            row: row.id,
            key: pass.store().identity_text(pass.sync.object, after),
            id: source_key.to_owned(),
            like: alike.first,
        });
        Ok(Err(alike.problem))
    }

    /// Whether a row writes what another one has written, its version apart.
    fn says_the_same(&self, values: &[Option<Value>], written: Option<&str>) -> bool {
        let Some(written) = written else { return false };
        let program = self.pass.run.program();
        let before = values::decode(written, &self.pass.sync.linked_object(program).fields, program);
        let version = self.inbound.version.map(|(_, field)| field);
        let mut pairs = values.iter().zip(&before).enumerate();
        // What was outside its claim then was not written.
        pairs.all(|(ix, (now, before))| Some(ix) == version || before.is_none() || now == before)
    }

    /// Whether a row of a dated object still has the key of its record, and another first day: it is the same row, moved.
    pub(in crate::passes) fn only_its_first_day_moved(&self, bound: u64, values: &[Option<Value>]) -> Outcome<bool> {
        let object = self.pass.sync.linked_object(self.pass.run.program());
        if object.dates.is_none() || object.revision.is_some() {
            return Ok(false);
        }
        let Some(record) = self.pass.store().record(self.pass.sync.object, bound)? else { return Ok(false) };
        Ok(object.key.iter().all(|&ix| values.get(ix).and_then(Option::as_ref) == record.values.get(ix)))
    }

    /// What is set once is the same in all versions; references go by it.
    fn differs_from_other_versions(&self, values: &[Option<Value>]) -> Outcome<Option<(&'static str, String)>> {
        let (store, program) = (self.pass.store(), self.pass.run.program());
        let object = self.pass.sync.linked_object(program);
        if object.revision.is_none() {
            return Ok(None);
        }
        let Some(other) = store.any_version(self.pass.sync.object, &self.after(None, values))? else { return Ok(None) };
        let differing = object.fields.iter().enumerate().find(|(ix, field)| {
            let (new, old) = (values.get(*ix).and_then(Option::as_ref), other.values.get(*ix));
            field.fixed && new.is_some() && old.is_some_and(|old| !old.is_null()) && new != old
        });
        Ok(differing.map(|(_, field)| {
            let reason = if field.shape.form == Form::Currency { "currency-changed" } else { "fixed-changed" };
            (reason, format!("`{}` is the same in all versions of `{}` and differs", field.name, object.name))
        }))
    }

    /// An `updates` map changes a record that is there: none is a lookup miss on the key it assigns.
    fn with_its_record(&self, mapped: Mapped, read: &[cast::Cell]) -> Outcome<Mapped> {
        let (pass, program) = (self.pass, self.pass.run.program());
        let view = View::current(pass.store());
        let key = match (&mapped, map::run(program, self.inbound.key, &Input::Row(read), &view)) {
            (Mapped::NotTaken, _) => return Ok(mapped),
            (Mapped::Mapped { values }, _) => self.key(values),
            (_, Mapped::Mapped { values }) => self.key(&values),
            _ => return Ok(mapped),
        };
        if pass.store().by_key(pass.sync.object, &key)?.is_some() {
            return Ok(mapped);
        }
        let object = pass.sync.linked_object(program);
        let assigned = self
            .inbound
            .map
            .assignments
            .iter()
            .filter(|assignment| object.identity.iter().any(|&ix| object.field_ix(&assignment.field) == Some(ix)));
        let last = assigned.max_by_key(|assignment| assignment.order);
        let parts = object.identity.iter().zip(&key).filter_map(|(&ix, value)| {
            let field = object.fields.get(ix)?;
            Some(format!("`{}` {}", field.name, show::show(value, field.shape, program)))
        });
        let wanted = format!("`{}` with {}", object.name, parts.collect::<Vec<_>>().join(", "));
        let why = match object.same.is_empty() {
            true => None,
            false => pass.store().why_not(pass.sync.object, &object.name, &key)?,
        };
        let route = last.and_then(|assignment| assignment.route.as_ref());
        let reason = route.and_then(|route| route.reason.as_deref()).map(|name| Reason::Declared(name.into()));
        let miss = Failure {
            reason: reason.unwrap_or(Reason::LookupMissing),
            field: last.map(|assignment| assignment.field.as_str().into()),
            message: format!("{wanted} is not there{}", why.map_or_else(String::new, |why| format!("; {why}"))),
            queue: route.map_or(self.inbound.map.otherwise.as_str(), |route| &route.queue).into(),
            order: last.map_or(0, |assignment| assignment.order),
            missing: Some(Missing { object: pass.sync.object, wanted: wanted.clone() }),
        };
        let missing = Missing { object: pass.sync.object, wanted };
        Ok(match mapped {
            Mapped::NotTaken => Mapped::NotTaken,
            Mapped::Mapped { .. } => Mapped::Waiting { missing: vec![missing], failures: vec![miss] },
            Mapped::Waiting { missing: mut others, mut failures } => {
                others.push(missing);
                insert(&mut failures, miss);
                Mapped::Waiting { missing: others, failures }
            }
            Mapped::Failed { mut failures } => {
                insert(&mut failures, miss);
                Mapped::Failed { failures }
            }
        })
    }
}

/// Failures stay in source order.
pub(in crate::passes) fn insert(failures: &mut Vec<Failure>, failure: Failure) {
    let place = failures.partition_point(|known| known.order <= failure.order);
    failures.insert(place, failure);
}
