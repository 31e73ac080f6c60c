//! What one evaluation sees of the store: records as they are now, or for some objects the **copies** kept with a posting. It notes the
//! revision of each record that is read.

use super::{Store, entity_name, identifier, key_text, number_of, text_of};
use crate::error::Outcome;
use crate::hub::{Read, Reads};
use std::cell::RefCell;
use std::collections::BTreeSet;
use syncline_eval::timeline::{OnDay, Timeline};
use syncline_eval::{EntityIx, Found, FoundAsOf, ObjectIx, Outcome as Mapped, RecordId, Records, Value, cast};

/// The records of the objects that are read as they were, by record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Copies {
    pub(crate) objects: BTreeSet<ObjectIx>,
    pub(crate) reads: Reads,
}

/// What one evaluation sees.
pub(crate) struct View<'a> {
    store: &'a Store<'a>,
    copies: Option<&'a Copies>,
    /// Whether a record was read as a copy, or could have been and is not among the copies.
    read: RefCell<Reads>,
    /// Why records that were looked for are not there, where somebody has to say whether they are others.
    doubts: RefCell<BTreeSet<(ObjectIx, String)>>,
}

impl<'a> View<'a> {
    /// Everything as it is now.
    pub(crate) fn current(store: &'a Store<'a>) -> Self {
        Self { store, copies: None, read: RefCell::default(), doubts: RefCell::default() }
    }

    /// Some objects as they were.
    pub(crate) fn with_copies(store: &'a Store<'a>, copies: &'a Copies) -> Self {
        Self { store, copies: Some(copies), read: RefCell::default(), doubts: RefCell::default() }
    }

    /// What a map came to in this view, with why records are not there.
    pub(crate) fn explained(&self, mut mapped: Mapped) -> Mapped {
        let doubts = self.doubts.borrow();
        if let (Mapped::Waiting { failures, .. } | Mapped::Failed { failures }, false) =
            (&mut mapped, doubts.is_empty())
        {
            for failure in failures {
                let Some(missing) = &failure.missing else { continue };
                for (_, why) in doubts.iter().filter(|(object, _)| *object == missing.object) {
                    failure.message.push_str("; ");
                    failure.message.push_str(why);
                }
            }
        }
        mapped
    }

    fn doubt(&self, object: ObjectIx, found: &Found, why: impl FnOnce(&str) -> Outcome<Option<String>>) -> Outcome {
        let linked = self.store.program.object(object);
        if *found == Found::None && !linked.same.is_empty() {
            self.doubts.borrow_mut().extend(why(&linked.name)?.map(|why| (object, why)));
        }
        Ok(())
    }

    /// All that was read.
    pub(crate) fn reads(&self) -> Reads {
        self.read.borrow().clone()
    }

    fn note(&self, record: u64, as_read: Read) {
        let mut read = self.read.borrow_mut();
        let known = read.entry(record).or_insert(as_read);
        known.asked = known.asked.max(as_read.asked);
        known.baseline |= as_read.baseline;
    }

    /// The row valid on a day. Of an object that is read as it was, the rows of that time come first: a row that has been added or
    /// changed since does not count while one of them is valid. A row of a step series does not say how long it is valid; it is
    /// read as it was up to the day it was asked for then, and later days have the rows as they are now.
    fn as_of(&self, object: ObjectIx, key: &[Value], day: i32) -> Outcome<FoundAsOf> {
        let store = self.store;
        let linked = store.program.object(object);
        let fields = linked.key.iter().filter_map(|&ix| linked.fields.get(ix));
        let series = key_text(fields.zip(key), store.program);
        self.on_day(object, &series, day)
    }

    fn on_day(&self, object: ObjectIx, series: &str, day: i32) -> Outcome<FoundAsOf> {
        let store = self.store;
        let linked = store.program.object(object);
        let by_others = store.is_ended_by_others(object);
        if let Some(copies) = self.copies.filter(|copies| copies.objects.contains(&object)) {
            let mut spans = Vec::new();
            for id in store.hub.series(&linked.name, series)? {
                let Some(read) = copies.reads.get(&id) else { continue };
                let Some(values) = store.revision(object, id, read.revision)? else { continue };
                spans.extend(store.span(object, id, &values));
            }
            let found = found_on(&store.line_up(object, spans), day);
            if let FoundAsOf::One { row, .. } = found
                && let Some(read) = copies.reads.get(&row.0)
                && (!by_others || read.asked.is_some_and(|asked| day <= asked))
            {
                self.note(row.0, *read);
                return Ok(found);
            }
        }
        let Some(timeline) = store.timeline(object, series)? else { return Ok(FoundAsOf::NoKey) };
        let found = found_on(&timeline, day);
        // The row is kept with the posting even when none of its fields is read.
        if let FoundAsOf::One { row, .. } = found
            && let Some(record) = store.record(object, row.0)?
        {
            let (revision, asked) = (record.stored.revision, by_others.then_some(day));
            self.note(row.0, Read { revision, asked, baseline: false });
        }
        Ok(found)
    }

    /// The version of what a record stands for that holds on a day, or the first.
    fn version_of(&self, object: ObjectIx, record: u64, day: Option<i32>) -> Outcome<FoundAsOf> {
        let store = self.store;
        let linked = store.program.object(object);
        let Some(record) = store.record(object, record)? else { return Ok(FoundAsOf::NoKey) };
        let series = text_of(&linked.key, linked, &record.values, store.program);
        match day {
            Some(day) => self.on_day(object, &series, day),
            None => self.baseline(object, &series),
        }
    }

    fn baseline(&self, object: ObjectIx, series: &str) -> Outcome<FoundAsOf> {
        let store = self.store;
        let linked = store.program.object(object);
        let copies = self.copies.filter(|copies| copies.objects.contains(&object));
        let mut first: Option<(i128, u64, Read)> = None;
        for id in store.hub.series(&linked.name, series)? {
            if let Some(read) = copies.and_then(|copies| copies.reads.get(&id)).filter(|read| read.baseline) {
                first = Some((0, id, *read));
                break;
            }
            let Some(record) = store.record(object, id)?.filter(|record| !record.stored.retired) else { continue };
            let number = number_of(linked.revision, &record.values);
            if first.as_ref().is_none_or(|(lowest, ..)| number < *lowest) {
                first = Some((number, id, Read { revision: record.stored.revision, asked: None, baseline: true }));
            }
        }
        let Some((_, id, read)) = first else { return Ok(FoundAsOf::NoKey) };
        self.note(id, read);
        Ok(FoundAsOf::One { row: RecordId(id), since: 0 })
    }

    /// The record found by a key. One with versions of which none holds now is not found as if it were not there.
    fn by_key(&self, object: ObjectIx, key: &[Value]) -> Outcome<Found> {
        let id = self.store.by_key(object, key)?;
        if let Some(id) = self.unless_retired(object, id)? {
            return Ok(Found::One(RecordId(id)));
        }
        let linked = self.store.program.object(object);
        if linked.revision.is_none() {
            return Ok(Found::None);
        }
        let series = key_text(linked.key.iter().filter_map(|&ix| linked.fields.get(ix)).zip(key), self.store.program);
        let has_versions = id.is_some() || self.store.timeline(object, &series)?.is_some();
        Ok(if has_versions { Found::NotInForce } else { Found::None })
    }

    /// A retired record is found only for a line that was posted with it.
    fn unless_retired(&self, object: ObjectIx, id: Option<u64>) -> Outcome<Option<u64>> {
        let Some(id) = id else { return Ok(None) };
        if self.copies.is_some_and(|copies| copies.reads.contains_key(&id)) {
            return Ok(Some(id));
        }
        Ok(self.store.record(object, id)?.filter(|record| !record.stored.retired).map(|_| id))
    }

    fn values(&self, object: ObjectIx, id: u64, field: usize) -> Outcome<Value> {
        let copied =
            self.copies.filter(|copies| copies.objects.contains(&object)).and_then(|copies| copies.reads.get(&id));
        if let Some(read) = copied
            && let Some(values) = self.store.revision(object, id, read.revision)?
        {
            self.note(id, *read);
            return Ok(values.get(field).cloned().unwrap_or_default());
        }
        let Some(record) = self.store.record(object, id)? else { return Ok(Value::Null) };
        self.note(id, Read { revision: record.stored.revision, asked: None, baseline: false });
        Ok(record.values.get(field).cloned().unwrap_or_default())
    }
}

impl Records for View<'_> {
    fn lookup(&self, object: ObjectIx, key: &[Value]) -> Found {
        let found = self.store.or_note(self.by_key(object, key).map(Some)).unwrap_or(Found::None);
        self.store.or_note(self.doubt(object, &found, |name| self.store.why_not(object, name, key)));
        found
    }

    fn version(&self, object: ObjectIx, record: RecordId, day: Option<i32>) -> FoundAsOf {
        self.store.or_note(self.version_of(object, record.0, day).map(Some)).unwrap_or(FoundAsOf::NoKey)
    }

    fn lookup_as_of(&self, object: ObjectIx, key: &[Value], day: i32) -> FoundAsOf {
        self.store.or_note(self.as_of(object, key, day).map(Some)).unwrap_or(FoundAsOf::NoKey)
    }

    fn crosswalk(&self, object: ObjectIx, entity: EntityIx, id: &Value) -> Found {
        let bound = self.store.bound(object, entity, id).and_then(|id| self.unless_retired(object, id));
        let found = found(self.store.or_note(bound));
        let linked = self.store.program.entity(entity);
        self.store.or_note(self.doubt(object, &found, |name| {
            match identifier(linked, std::slice::from_ref(id), self.store.program) {
                Some(id) => self.store.hub.doubt_by_id(name, &entity_name(linked), &id),
                None => Ok(None),
            }
        }));
        found
    }

    fn foreign_id(&self, entity: EntityIx, record: RecordId) -> Option<Value> {
        let linked = self.store.program.entity(entity);
        let [key] = linked.key.as_slice() else { return None };
        let id = self.store.or_note(self.store.hub.bound_id(&entity_name(linked), record.0))?;
        cast::read(Some(&id), linked.fields.get(*key)?, None, self.store.program).ok()
    }

    fn field(&self, object: ObjectIx, record: RecordId, field: usize) -> Value {
        self.store.or_note(self.values(object, record.0, field))
    }
}

fn found_on(timeline: &Timeline<u64>, day: i32) -> FoundAsOf {
    match timeline.on(day) {
        OnDay::One(span) => FoundAsOf::One { row: RecordId(span.row), since: span.from },
        OnDay::None => FoundAsOf::NoRow,
        OnDay::Several => FoundAsOf::Several,
    }
}

fn found(record: Option<u64>) -> Found {
    record.map_or(Found::None, |id| Found::One(RecordId(id)))
}
