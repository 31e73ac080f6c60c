//! Canonical records as expressions see them.
//!
//! The **store** reads the hub and remembers what it has read. A **view** of it is what one evaluation sees: the records as they
//! are now, or for some objects the **copies** kept with a posting; it notes the revision of each record that is read.

use crate::error::{Outcome, RuntimeError};
use crate::hub::{Hub, RowId, StoredRecord};
use crate::values;
use rustc_hash::FxHashMap;
use serde_json::Value as Json;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use syncline_eval::{EntityIx, Found, LinkedEntity, ObjectIx, Program, RecordId, Records, Value, cast, show};

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

/// The hub's records and crosswalk.
pub(crate) struct Store<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) program: &'a Program,
    records: RefCell<FxHashMap<u64, Rc<Record>>>,
    revisions: RefCell<FxHashMap<(u64, u64), Revision>>,
    keys: RefCell<FxHashMap<(ObjectIx, String), u64>>,
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

    pub(crate) fn record(&self, object: ObjectIx, id: u64) -> Outcome<Option<Rc<Record>>> {
        if let Some(known) = self.records.borrow().get(&id) {
            return Ok(Some(Rc::clone(known)));
        }
        let Some(stored) = self.hub.record(id)? else { return Ok(None) };
        Ok(Some(self.remember(object, stored)))
    }

    fn remember(&self, object: ObjectIx, stored: StoredRecord) -> Rc<Record> {
        let values = self.read(object, &stored.values);
        let id = stored.id;
        let record = Rc::new(Record { stored, values });
        let mut records = self.records.borrow_mut();
        if records.len() >= REMEMBERED {
            records.clear();
        }
        records.insert(id, Rc::clone(&record));
        record
    }

    fn read(&self, object: ObjectIx, text: &str) -> Vec<Value> {
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

    /// The record with these key values, in key order.
    pub(crate) fn by_key(&self, object: ObjectIx, key: &[Value]) -> Outcome<Option<u64>> {
        let linked = self.program.object(object);
        let fields = linked.key.iter().filter_map(|&ix| linked.fields.get(ix));
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
            Some(before) => self.hub.change_record(&before.stored, &text, row, run, change, by_row)?,
            None => {
                let key = linked.key.iter().filter_map(|&ix| linked.fields.get(ix).zip(values.get(ix)));
                let id = self.hub.add_record(&linked.name, &key_text(key, self.program), &text, row, run, change)?;
                StoredRecord { id, revision: 1, row_change: change, values: text }
            }
        };
        self.change.set(change);
        let id = stored.id;
        self.remember(object, stored);
        Ok(id)
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

/// The records of the objects that are read as they were, by record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Copies {
    pub(crate) objects: BTreeSet<ObjectIx>,
    pub(crate) revisions: BTreeMap<u64, u64>,
}

/// What one evaluation sees.
pub(crate) struct View<'a> {
    store: &'a Store<'a>,
    copies: Option<&'a Copies>,
    /// Whether a record was read as a copy, or could have been and is not among the copies.
    read: RefCell<BTreeMap<u64, u64>>,
}

impl<'a> View<'a> {
    /// Everything as it is now.
    pub(crate) fn current(store: &'a Store<'a>) -> Self {
        Self { store, copies: None, read: RefCell::default() }
    }

    /// Some objects as they were.
    pub(crate) fn with_copies(store: &'a Store<'a>, copies: &'a Copies) -> Self {
        Self { store, copies: Some(copies), read: RefCell::default() }
    }

    /// Record and revision of all that was read.
    pub(crate) fn reads(&self) -> BTreeMap<u64, u64> {
        self.read.borrow().clone()
    }

    fn values(&self, object: ObjectIx, id: u64, field: usize) -> Outcome<Value> {
        let copied =
            self.copies.filter(|copies| copies.objects.contains(&object)).and_then(|copies| copies.revisions.get(&id));
        if let Some(&revision) = copied
            && let Some(values) = self.store.revision(object, id, revision)?
        {
            self.read.borrow_mut().insert(id, revision);
            return Ok(values.get(field).cloned().unwrap_or_default());
        }
        let Some(record) = self.store.record(object, id)? else { return Ok(Value::Null) };
        self.read.borrow_mut().insert(id, record.stored.revision);
        Ok(record.values.get(field).cloned().unwrap_or_default())
    }
}

impl Records for View<'_> {
    fn lookup(&self, object: ObjectIx, key: &[Value]) -> Found {
        found(self.store.or_note(self.store.by_key(object, key)))
    }

    fn crosswalk(&self, object: ObjectIx, entity: EntityIx, id: &Value) -> Found {
        found(self.store.or_note(self.store.bound(object, entity, id)))
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

fn found(record: Option<u64>) -> Found {
    record.map_or(Found::None, |id| Found::One(RecordId(id)))
}
