//! Canonical records as expressions see them.
//!
//! The **store** reads the hub and remembers what it has read. A [`View`] of it is what one evaluation sees.

mod view;

pub(crate) use view::{Copies, View};

use crate::error::{Outcome, RuntimeError};
use crate::hub::{Hub, RowId, StoredRecord};
use crate::values;
use rustc_hash::FxHashMap;
use serde_json::Value as Json;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use syncline_eval::timeline::{OnDay, Span, Timeline};
use syncline_eval::{EntityIx, LinkedEnds, LinkedEntity, ObjectIx, Program, Value, show, text};

/// What is remembered is forgotten when it grows beyond this many records.
const REMEMBERED: usize = 100_000;

/// A canonical record, read.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) stored: StoredRecord,
    pub(crate) values: Vec<Value>,
}

/// The values of a record at a revision.
type Revision = Rc<Vec<Value>>;

/// The rows of a dated object with one key.
type Series = Rc<Timeline<u64>>;

/// The hub's records and crosswalk.
pub(crate) struct Store<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) program: &'a Program,
    records: RefCell<FxHashMap<u64, Arc<Record>>>,
    revisions: RefCell<FxHashMap<(u64, u64), Revision>>,
    keys: RefCell<FxHashMap<(ObjectIx, String), u64>>,
    /// By object and series; none is a series without rows.
    timelines: RefCell<FxHashMap<(ObjectIx, String), Option<Series>>>,
    bound: RefCell<FxHashMap<(ObjectIx, EntityIx, String), u64>>,
    /// The number of the latest change.
    change: Cell<u64>,
    /// What stopped a read: expressions have no way to say so.
    failed: RefCell<Option<RuntimeError>>,
}

impl<'a> Store<'a> {
    pub(crate) fn new(hub: &'a Hub, program: &'a Program) -> Outcome<Self> {
        let change = Cell::new(hub.change()?);
        Ok(Self {
            hub,
            program,
            records: RefCell::default(),
            revisions: RefCell::default(),
            keys: RefCell::default(),
            timelines: RefCell::default(),
            bound: RefCell::default(),
            change,
            failed: RefCell::default(),
        })
    }

    pub(crate) fn change(&self) -> u64 {
        self.change.get()
    }

    /// Makes the number of the latest change last; in the transaction of the changes.
    pub(crate) fn keep_change(&self) -> Outcome {
        self.hub.set_change(self.change.get())
    }

    /// Fails when a read since the last call has failed.
    pub(crate) fn check(&self) -> Outcome {
        self.failed.borrow_mut().take().map_or(Ok(()), Err)
    }

    pub(crate) fn record(&self, object: ObjectIx, id: u64) -> Outcome<Option<Arc<Record>>> {
        if let Some(known) = self.records.borrow().get(&id) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(stored) = self.hub.record(id)? else { return Ok(None) };
        Ok(Some(self.remember(object, stored)))
    }

    /// A record that nobody is likely to ask for again soon.
    pub(crate) fn look_at(&self, object: ObjectIx, id: u64) -> Outcome<Option<Arc<Record>>> {
        if let Some(known) = self.records.borrow().get(&id) {
            return Ok(Some(Arc::clone(known)));
        }
        let stored = self.hub.record(id)?;
        Ok(stored.map(|stored| Arc::new(Record { values: self.read(object, &stored.values), stored })))
    }

    /// Puts a record that was written in place of what is remembered of it.
    fn renew(&self, stored: StoredRecord, values: Vec<Value>) {
        if let Some(known) = self.records.borrow_mut().get_mut(&stored.id) {
            *known = Arc::new(Record { stored, values });
        }
    }

    fn remember(&self, object: ObjectIx, stored: StoredRecord) -> Arc<Record> {
        let values = self.read(object, &stored.values);
        let id = stored.id;
        let record = Arc::new(Record { stored, values });
        let mut records = self.records.borrow_mut();
        if records.len() >= REMEMBERED {
            records.clear();
        }
        records.insert(id, Arc::clone(&record));
        record
    }

    pub(crate) fn read(&self, object: ObjectIx, text: &str) -> Vec<Value> {
        let fields = &self.program.object(object).fields;
        values::decode(text, fields, self.program).into_iter().map(Option::unwrap_or_default).collect()
    }

    fn revision(&self, object: ObjectIx, id: u64, revision: u64) -> Outcome<Option<Revision>> {
        if let Some(known) = self.revisions.borrow().get(&(id, revision)) {
            return Ok(Some(Rc::clone(known)));
        }
        let Some(text) = self.hub.revision(id, revision)? else { return Ok(None) };
        let values = Rc::new(self.read(object, &text));
        let mut revisions = self.revisions.borrow_mut();
        if revisions.len() >= REMEMBERED {
            revisions.clear();
        }
        revisions.insert((id, revision), Rc::clone(&values));
        Ok(Some(values))
    }

    /// The record with these values of what tells records apart: the key, and the first day where rows are dated.
    pub(crate) fn by_key(&self, object: ObjectIx, key: &[Value]) -> Outcome<Option<u64>> {
        let linked = self.program.object(object);
        let fields = linked.identity.iter().filter_map(|&ix| linked.fields.get(ix));
        let text = key_text(fields.zip(key), self.program);
        let name = (object, text);
        if let Some(known) = self.keys.borrow().get(&name) {
            return Ok(Some(*known));
        }
        let found = self.hub.record_by_key(&linked.name, &name.1)?;
        if let Some(id) = found {
            let mut keys = self.keys.borrow_mut();
            if keys.len() >= REMEMBERED {
                keys.clear();
            }
            keys.insert(name, id);
        }
        Ok(found)
    }

    /// Creates a record, or writes a revision of it.
    pub(crate) fn write(
        &self,
        object: ObjectIx,
        before: Option<&Record>,
        values: &[Value],
        row: RowId,
        run: i64,
        by_row: bool,
    ) -> Outcome<u64> {
        let linked = self.program.object(object);
        let change = self.change.get() + 1;
        let known = linked
            .fields
            .iter()
            .zip(values)
            .map(|(field, value)| (field, Some(value).filter(|value| !value.is_null())));
        let text = values::encode(known, self.program);
        let stored = match before {
            Some(before) => {
                if linked.dates.is_some() {
                    self.move_key(object, before, values)?;
                }
                let retired = before.stored.retired && !by_row;
                self.hub.change_record(&before.stored, &text, retired, row, run, change, by_row)?
            }
            None => {
                let key = text_of(&linked.identity, linked, values, self.program);
                let id = self.hub.add_record(&linked.name, &key, &text, row, run, change)?;
                StoredRecord { id, revision: 1, row_change: change, values: text, retired: false }
            }
        };
        if linked.dates.is_some() {
            let series = text_of(&linked.key, linked, values, self.program);
            self.hub.set_series(stored.id, &linked.name, &series)?;
            if linked.revision.is_some() {
                self.hub.look_at_versions(&linked.name, &series)?;
            }
            self.timelines.borrow_mut().remove(&(object, series));
        }
        self.note_compared(object, stored.id, Some(values).filter(|_| !stored.retired))?;
        self.change.set(change);
        let id = stored.id;
        self.renew(stored, values.to_vec());
        Ok(id)
    }

    /// Notes what a record is compared by; without values it is compared no more.
    fn note_compared(&self, object: ObjectIx, id: u64, values: Option<&[Value]>) -> Outcome {
        let linked = self.program.object(object);
        if linked.apart.is_empty() && linked.same.is_empty() {
            return Ok(());
        }
        let apart = linked.apart.iter().map(|apart| self.compared_by(object, &apart.per, values?));
        let same = linked.same.iter().map(|same| self.alike_by(object, &same.terms, values?));
        let compared = apart.chain(same).enumerate().filter_map(|(rule, values)| Some((rule, values?)));
        self.hub.set_compared(&linked.name, id, &compared.collect::<Vec<_>>())
    }

    /// The values in which records may be alike; none when one is missing, or is a text with nothing in it.
    pub(crate) fn alike_by(&self, object: ObjectIx, terms: &[(usize, bool)], values: &[Value]) -> Option<String> {
        let linked = self.program.object(object);
        let part = |&(ix, folded): &(usize, bool)| {
            let field = linked.fields.get(ix)?;
            match values.get(ix)? {
                Value::Null => None,
                Value::Text(text) => {
                    let text = if folded { text::folded(text) } else { text.to_string() };
                    (!text.trim().is_empty()).then_some(Json::String(text))
                }
                Value::Record(record) => Some(Json::from(record.0)),
                // With its currency.
                amount @ Value::Money(..) => Some(Json::String(show::show(amount, field.shape, self.program))),
                value => show::write(value, field, self.program).map(Json::String),
            }
        };
        terms.iter().map(part).collect::<Option<Vec<_>>>().map(|parts| Json::Array(parts).to_string())
    }

    /// The values by which records are compared; none when one is missing.
    pub(crate) fn compared_by(&self, object: ObjectIx, per: &[usize], values: &[Value]) -> Option<String> {
        let known = per.iter().all(|&ix| values.get(ix).is_some_and(|value| !value.is_null()));
        known.then(|| text_of(per, self.program.object(object), values, self.program))
    }

    /// Notes what all records are compared by, when rules may have come with another plan.
    pub(crate) fn compare_under(&self, plan: &str) -> Outcome {
        if self.hub.compared_under()?.is_some_and(|known| known == plan) {
            return Ok(());
        }
        for name in self.program.objects().iter().map(|object| &object.name) {
            if let Some(object) = self.program.object_ix(name) {
                self.give_compared(object)?;
            }
        }
        self.hub.set_compared_under(plan)
    }

    fn give_compared(&self, object: ObjectIx) -> Outcome {
        let linked = self.program.object(object);
        if linked.apart.is_empty() && linked.same.is_empty() {
            return Ok(());
        }
        for id in self.hub.records_of(&linked.name)? {
            let Some(record) = self.record(object, id)? else { continue };
            self.note_compared(object, id, Some(record.values.as_slice()).filter(|_| !record.stored.retired))?;
        }
        Ok(())
    }

    /// What tells the record of these values apart, as the hub keeps it.
    pub(crate) fn identity_text(&self, object: ObjectIx, values: &[Value]) -> String {
        let linked = self.program.object(object);
        text_of(&linked.identity, linked, values, self.program)
    }

    /// A dated row whose first day moves is found under its new one.
    fn move_key(&self, object: ObjectIx, before: &Record, values: &[Value]) -> Outcome {
        let linked = self.program.object(object);
        let old = text_of(&linked.identity, linked, &before.values, self.program);
        let new = text_of(&linked.identity, linked, values, self.program);
        if old == new {
            return Ok(());
        }
        self.keys.borrow_mut().remove(&(object, old));
        self.hub.set_key(before.stored.id, &new)
    }

    /// Gives the records of a dated object which were written when it was not dated their series.
    pub(crate) fn give_series(&self, object: ObjectIx) -> Outcome {
        let linked = self.program.object(object);
        if linked.dates.is_none() || linked.revision.is_some() {
            return Ok(());
        }
        for id in self.hub.without_series(&linked.name)? {
            let Some(record) = self.record(object, id)? else { continue };
            self.hub.set_key(id, &text_of(&linked.identity, linked, &record.values, self.program))?;
            self.hub.set_series(id, &linked.name, &text_of(&linked.key, linked, &record.values, self.program))?;
        }
        self.timelines.borrow_mut().clear();
        self.keys.borrow_mut().clear();
        Ok(())
    }

    /// The rows of a series over time; none when it has no rows.
    pub(crate) fn timeline(&self, object: ObjectIx, series: &str) -> Outcome<Option<Series>> {
        let name = (object, series.to_owned());
        if let Some(known) = self.timelines.borrow().get(&name) {
            return Ok(known.clone());
        }
        let rows = self.hub.series(&self.program.object(object).name, series)?;
        let mut spans = Vec::with_capacity(rows.len());
        for id in rows {
            let Some(record) = self.record(object, id)?.filter(|record| !record.stored.retired) else { continue };
            spans.extend(self.span(object, id, &record.values));
        }
        let timeline = (!spans.is_empty()).then(|| Rc::new(self.line_up(object, spans)));
        let mut timelines = self.timelines.borrow_mut();
        if timelines.len() >= REMEMBERED {
            timelines.clear();
        }
        timelines.insert(name, timeline.clone());
        Ok(timeline)
    }

    /// Some version with the key of these values, if there is one.
    pub(crate) fn any_version(&self, object: ObjectIx, values: &[Value]) -> Outcome<Option<Arc<Record>>> {
        let linked = self.program.object(object);
        let series = text_of(&linked.key, linked, values, self.program);
        match self.hub.series(&linked.name, &series)?.first() {
            Some(&id) => self.record(object, id),
            None => Ok(None),
        }
    }

    /// A row with its days, and its number where there are versions.
    fn span(&self, object: ObjectIx, id: u64, values: &[Value]) -> Option<(i128, Span<u64>)> {
        let linked = self.program.object(object);
        let days = linked.dates?.days(values)?;
        Some((number_of(linked.revision, values), Span { from: days.from, through: days.through, row: id }))
    }

    fn line_up(&self, object: ObjectIx, rows: Vec<(i128, Span<u64>)>) -> Timeline<u64> {
        if self.program.object(object).revision.is_some() {
            return Timeline::of_versions(rows);
        }
        Timeline::new(rows.into_iter().map(|(_, span)| span).collect(), self.is_steps(object))
    }

    /// Whether a row does not say itself how long it is valid.
    fn is_ended_by_others(&self, object: ObjectIx) -> bool {
        self.program.object(object).revision.is_some() || self.is_steps(object)
    }

    fn is_steps(&self, object: ObjectIx) -> bool {
        self.program.object(object).dates.is_some_and(|dates| dates.ends == LinkedEnds::Next)
    }

    /// Retires a record that is deleted where it comes from, or takes it back: a revision with the same values.
    pub(crate) fn retire(&self, object: ObjectIx, id: u64, retired: bool, row: RowId, run: i64) -> Outcome {
        let Some(record) = self.record(object, id)? else { return Ok(()) };
        if record.stored.retired == retired {
            return Ok(());
        }
        let change = self.change.get() + 1;
        let stored = self.hub.change_record(&record.stored, &record.stored.values, retired, row, run, change, true)?;
        let linked = self.program.object(object);
        if linked.dates.is_some() {
            let series = text_of(&linked.key, linked, &record.values, self.program);
            self.hub.set_series(id, &linked.name, &series)?;
            if linked.revision.is_some() {
                self.hub.look_at_versions(&linked.name, &series)?;
            }
            self.timelines.borrow_mut().remove(&(object, series));
        }
        self.note_compared(object, id, Some(record.values.as_slice()).filter(|_| !retired))?;
        self.change.set(change);
        self.renew(stored, record.values.clone());
        Ok(())
    }

    /// Brings what holds of a versioned object to a day, where it may be another version.
    pub(crate) fn bring_all_into_force(&self, object: ObjectIx, day: i32, run: i64) -> Outcome {
        let due = self.hub.due_version_lines(&self.program.object(object).name, day)?;
        due.iter().try_for_each(|series| self.bring_into_force(object, series, day, run))
    }

    /// Brings what holds of a versioned object to a day: the record of the key becomes what the version in force says. Without one it is
    /// retired, and stays what it was for those who refer to it.
    pub(crate) fn bring_into_force(&self, object: ObjectIx, series: &str, day: i32, run: i64) -> Outcome {
        let name = &self.program.object(object).name;
        let timeline = self.timeline(object, series)?;
        let next = timeline.as_ref().and_then(|timeline| timeline.next_after(day));
        let holds = match timeline.map(|timeline| timeline.on(day)) {
            Some(OnDay::One(span)) => self.record(object, span.row)?,
            _ => None,
        };
        let before = match self.hub.record_by_key(name, series)? {
            Some(id) => self.record(object, id)?,
            None => None,
        };
        let change = self.change.get() + 1;
        let stored = match (&holds, &before) {
            (Some(version), None) => {
                let values = version.stored.values.clone();
                let id =
                    self.hub.add_record(name, series, &values, self.hub.row_of(version.stored.id)?, run, change)?;
                Some(StoredRecord { id, revision: 1, row_change: change, values, retired: false })
            }
            (Some(version), Some(before)) if version.values != before.values || before.stored.retired => {
                let numbers = |record: &Record| number_of(self.program.object(object).revision, &record.values);
                let by_row = before.stored.retired
                    || numbers(version) != numbers(before)
                    || version.stored.row_change > before.stored.row_change;
                let row = self.hub.row_of(version.stored.id)?;
                let values = &version.stored.values;
                Some(self.hub.change_record(&before.stored, values, false, row, run, change, by_row)?)
            }
            (None, Some(before)) if !before.stored.retired => {
                let row = self.hub.row_of(before.stored.id)?;
                let values = &before.stored.values;
                Some(self.hub.change_record(&before.stored, values, true, row, run, change, true)?)
            }
            _ => None,
        };
        if let Some(stored) = stored {
            self.change.set(change);
            self.remember(object, stored);
        }
        self.hub.set_next_day(name, series, next)
    }

    fn bound(&self, object: ObjectIx, entity: EntityIx, id: &Value) -> Outcome<Option<u64>> {
        let linked = self.program.entity(entity);
        let Some(id) = identifier(linked, std::slice::from_ref(id), self.program) else { return Ok(None) };
        let name = (object, entity, id);
        if let Some(known) = self.bound.borrow().get(&name) {
            return Ok(Some(*known));
        }
        let found = self.hub.bound_record(&entity_name(linked), &name.2, &self.program.object(object).name)?;
        if let Some(record) = found {
            let mut bound = self.bound.borrow_mut();
            if bound.len() >= REMEMBERED {
                bound.clear();
            }
            bound.insert(name, record);
        }
        Ok(found)
    }

    /// Why there is no record with a key, if it is because it may be another one.
    pub(crate) fn why_not(&self, object: ObjectIx, name: &str, key: &[Value]) -> Outcome<Option<String>> {
        let linked = self.program.object(object);
        let fields = linked.identity.iter().filter_map(|&ix| linked.fields.get(ix));
        self.hub.doubt_by_key(name, &key_text(fields.zip(key), self.program))
    }

    fn or_note<T: Default>(&self, result: Outcome<T>) -> T {
        result.unwrap_or_else(|error| {
            self.failed.borrow_mut().get_or_insert(error);
            T::default()
        })
    }
}

/// `system.entity`.
pub(crate) fn entity_name(entity: &LinkedEntity) -> String {
    format!("{}.{}", entity.system, entity.name)
}

/// An entity's key as text: the value, the parts of a key of several fields joined by U+001F. None when a part is null.
pub(crate) fn identifier(entity: &LinkedEntity, key: &[Value], program: &Program) -> Option<String> {
    let parts = entity.key.iter().zip(key).map(|(&ix, value)| show::write(value, entity.fields.get(ix)?, program));
    parts.collect::<Option<Vec<_>>>().map(|parts| parts.join("\u{1f}"))
}

fn key_text<'v>(key: impl Iterator<Item = (&'v syncline_eval::LinkedField, &'v Value)>, program: &Program) -> String {
    let parts = key.map(|(field, value)| match value {
        Value::Record(record) => Json::from(record.0),
        _ => show::write(value, field, program).map_or(Json::Null, Json::String),
    });
    Json::Array(parts.collect()).to_string()
}

/// These fields of a record as text.
fn text_of(positions: &[usize], linked: &syncline_eval::LinkedObject, values: &[Value], program: &Program) -> String {
    key_text(positions.iter().filter_map(|&ix| linked.fields.get(ix).zip(values.get(ix))), program)
}

/// The number of a version.
fn number_of(revision: Option<usize>, values: &[Value]) -> i128 {
    match revision.and_then(|ix| values.get(ix)) {
        Some(Value::Decimal(number)) => *number,
        _ => 0,
    }
}
