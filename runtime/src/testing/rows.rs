//! Comparing the records that are there with those that a test expects.
//!
//! An expected record names some fields. It **fits** a record that holds these values in them. Each expected record has a partner that
//! it fits, and none is left over; otherwise the failure says, field by field, what the nearest record left over holds.

use super::TestFailure;
use super::matching::pairs;
use super::world::World;
use crate::connectors::Cell;
use crate::error::Outcome;
use crate::passes::cells::values;
use crate::passes::store::Store;
use syncline_eval::{LinkedField, Value};
use syncline_ir::{At, TestPlace, TestRecord};

/// A record that is there: a value or what stands in its place, by position of the field.
type Found = Vec<Result<Value, String>>;

/// The records of a place.
struct There<'w> {
    world: &'w World<'w>,
    store: &'w Store<'w>,
    fields: &'w [LinkedField],
    key: &'w [usize],
    records: Vec<Found>,
}

/// An expected record.
struct Wanted<'c> {
    fields: Vec<WantedField<'c>>,
    at: &'c At,
}

struct WantedField<'c> {
    ix: usize,
    /// A message when there is no such value.
    value: Result<Value, String>,
    at: &'c At,
}

impl WantedField<'_> {
    fn is_in(&self, found: &Found) -> bool {
        matches!((&self.value, found.get(self.ix)), (Ok(wanted), Some(Ok(there))) if wanted == there)
    }
}

impl Wanted<'_> {
    fn differing<'a>(&'a self, found: &'a Found) -> impl Iterator<Item = &'a WantedField<'a>> {
        self.fields.iter().filter(|field| !field.is_in(found))
    }

    fn fits(&self, found: &Found) -> bool {
        self.differing(found).next().is_none()
    }

    fn has_key_of(&self, found: &Found, key: &[usize]) -> bool {
        self.differing(found).all(|field| !key.contains(&field.ix))
    }
}

/// What of the expected records of a place is not there, and what is there beside them.
pub(super) fn unmet(
    world: &World<'_>,
    place: &TestPlace,
    expected: &[TestRecord],
    at: &At,
) -> Outcome<Option<TestFailure>> {
    let store = world.store()?;
    let there = There::of(world, place, &store)?;
    let wanted: Vec<Wanted<'_>> = expected.iter().map(|record| there.wanted(record)).collect::<Outcome<_>>()?;
    let fits: Vec<Vec<bool>> =
        wanted.iter().map(|one| there.records.iter().map(|found| one.fits(found)).collect()).collect();
    let pairs = pairs(&fits, there.records.len());
    let without_partner = wanted.iter().zip(&pairs).filter(|(_, pair)| pair.is_none());
    let mut left: Vec<usize> = (0..there.records.len()).filter(|ix| !pairs.contains(&Some(*ix))).collect();
    let mut failure = TestFailure::new(at, "");
    let mut missing = false;
    for (one, _) in without_partner {
        match there.nearest(one, &left) {
            Some((ix, found)) => {
                left.retain(|other| *other != ix);
                failure.notes.extend(one.differing(found).map(|field| (field.at.clone(), there.note(field, found))));
            }
            None => {
                missing = true;
                failure.notes.push((one.at.clone(), "there is no such record".to_owned()));
            }
        }
    }
    if failure.notes.is_empty() && left.is_empty() {
        return Ok(None);
    }
    failure.message = if expected.len() == there.records.len() && !missing {
        format!("`{place}` holds other values than expected")
    } else {
        let records = match there.records.len() {
            1 => "1 record".to_owned(),
            number => format!("{number} records"),
        };
        let are = if expected.len() == 1 { "is" } else { "are" };
        format!("`{place}` holds {records}, and {} {are} expected", expected.len())
    };
    if !left.is_empty() {
        let keys: Vec<String> =
            left.iter().filter_map(|&ix| there.records.get(ix)).map(|it| there.key_of(it)).collect();
        failure.help = Some(format!("not expected, but there: {}", keys.join("; ")));
    }
    Ok(Some(failure))
}

impl<'w> There<'w> {
    fn of(world: &'w World<'w>, place: &TestPlace, store: &'w Store<'w>) -> Outcome<Self> {
        let program = world.program();
        let mut there = Self { world, store, fields: &[], key: &[], records: Vec::new() };
        match place {
            TestPlace::Object(object) => {
                let Some(ix) = program.object_ix(object) else { return Ok(there) };
                let linked = program.object(ix);
                (there.fields, there.key) = (&linked.fields, &linked.identity);
                let versioned = linked.revision.is_some();
                let records = if versioned { world.hub.versions(object)? } else { world.hub.records_of(object)? };
                for id in records {
                    if let Some(record) = store.record(ix, id)?.filter(|record| !record.stored.retired) {
                        there.records.push(record.values.iter().cloned().map(Ok).collect());
                    }
                }
            }
            TestPlace::Entity { system, entity } => {
                let Some(ix) = program.entity_ix(system, entity) else { return Ok(there) };
                let linked = program.entity(ix);
                (there.fields, there.key) = (&linked.fields, &linked.key);
                for line in world.systems.get(system).map(|memory| memory.lines(entity)).unwrap_or_default() {
                    let cells: Vec<Cell> =
                        linked.fields.iter().map(|field| line.get(&*field.name).cloned().unwrap_or_default()).collect();
                    let read = values(&cells, linked, program);
                    there.records.push(read.into_iter().map(|cell| cell.map_err(|error| error.message)).collect());
                }
            }
        }
        Ok(there)
    }

    /// What an expected record wants, by position of the field.
    fn wanted<'c>(&self, record: &'c TestRecord) -> Outcome<Wanted<'c>> {
        let mut fields = Vec::with_capacity(record.fields.len());
        for written in &record.fields {
            let named = self.fields.iter().enumerate().find(|(_, field)| *field.name == *written.name);
            if let Some((ix, field)) = named {
                let value = self.world.value(&written.value, field, self.store)?;
                fields.push(WantedField { ix, value, at: &written.at });
            }
        }
        Ok(Wanted { fields, at: &record.at })
    }

    /// Of the records left over that do not have another key, the one that differs least.
    fn nearest(&self, wanted: &Wanted<'_>, left: &[usize]) -> Option<(usize, &Found)> {
        left.iter()
            .filter_map(|&ix| self.records.get(ix).map(|found| (ix, found)))
            .filter(|(_, found)| wanted.has_key_of(found, self.key))
            .min_by_key(|(_, found)| wanted.differing(found).count())
    }

    fn note(&self, field: &WantedField<'_>, found: &Found) -> String {
        match &field.value {
            Ok(_) => format!("found {}", self.told(found, field.ix)),
            Err(message) => message.clone(),
        }
    }

    fn key_of(&self, found: &Found) -> String {
        self.key.iter().map(|&ix| self.told(found, ix)).collect::<Vec<_>>().join(", ")
    }

    fn told(&self, found: &Found, ix: usize) -> String {
        match (found.get(ix), self.fields.get(ix)) {
            (Some(Ok(value)), Some(field)) => self.world.told(value, field, self.store),
            (Some(Err(message)), _) => message.clone(),
            _ => "nothing".to_owned(),
        }
    }
}
