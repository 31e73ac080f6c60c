//! The world of one test: a hub, systems, a clock.

use super::placeholders;
use crate::connectors::{Connectors, MemorySystem};
use crate::error::Outcome;
use crate::hub::Hub;
use crate::passes::prepare::Prepared;
use crate::passes::store::Store;
use crate::report::SyncReport;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use syncline_eval::{LinkedField, Program, RecordId, Value, show};
use syncline_ir::{Plan, TestValue};

pub(super) struct World<'a> {
    pub(super) plan: &'a Plan,
    pub(super) prepared: &'a Prepared<'a>,
    pub(super) hub: Hub,
    pub(super) systems: BTreeMap<String, MemorySystem>,
    /// The instant of the last run.
    pub(super) now: Timestamp,
    /// The last report of each sync that has run.
    pub(super) reports: BTreeMap<String, SyncReport>,
    /// Entity and key of the rows given since the last run: further ones of a key stand beside them.
    pub(super) given_since_run: BTreeSet<(String, String)>,
}

impl<'a> World<'a> {
    /// An empty world.
    pub(super) fn new(prepared: &'a Prepared<'a>) -> Outcome<Self> {
        let plan = prepared.plan;
        let now = placeholders::beginning(plan);
        let mut systems = BTreeMap::new();
        for system in &plan.systems {
            let memory = MemorySystem::default();
            for entity in &system.entities {
                for field in &entity.returns {
                    if let Some(cell) = placeholders::returned(plan, &prepared.program, &system.name, entity, field) {
                        memory.fill(&entity.name, field, cell);
                    }
                }
            }
            systems.insert(system.name.clone(), memory);
        }
        Ok(Self {
            plan,
            prepared,
            hub: Hub::in_memory()?,
            systems,
            now,
            reports: BTreeMap::new(),
            given_since_run: BTreeSet::new(),
        })
    }

    pub(super) fn program(&self) -> &'a Program {
        &self.prepared.program
    }

    pub(super) fn connectors(&self) -> Connectors<'_> {
        Connectors::in_memory(&self.systems)
    }

    pub(super) fn store(&self) -> Outcome<Store<'_>> {
        Store::new(&self.hub, self.program())
    }

    /// The value of a constant or reference in a field; a message when there is no such value or record.
    pub(super) fn value(
        &self,
        written: &TestValue,
        field: &LinkedField,
        store: &Store<'_>,
    ) -> Outcome<Result<Value, String>> {
        match written {
            TestValue::Constant(literal) => {
                Ok(syncline_eval::literal::parse(literal, field.shape.form, self.program()))
            }
            TestValue::Raw(text) => Ok(Err(format!("`{}` is no value", text.as_deref().unwrap_or("null")))),
            TestValue::Rows(_) => Ok(Err("rows are no value".to_owned())),
            TestValue::Reference { object, key } => {
                let Some(ix) = self.program().object_ix(object) else {
                    return Ok(Err(format!("there is no object `{object}`")));
                };
                let linked = self.program().object(ix);
                let mut values = Vec::with_capacity(linked.key.len());
                for part in linked.key.iter().filter_map(|&at| linked.fields.get(at)) {
                    match key.iter().find(|(name, _)| **name == *part.name) {
                        Some((_, value)) => match self.value(value, part, store)? {
                            Ok(value) => values.push(value),
                            Err(message) => return Ok(Err(message)),
                        },
                        None => values.push(Value::text(&placeholders::origin(self.plan, object))),
                    }
                }
                Ok(match store.by_key(ix, &values)? {
                    Some(id) => Ok(Value::Record(RecordId(id))),
                    None => {
                        let parts: Vec<String> = linked
                            .key
                            .iter()
                            .filter_map(|&at| linked.fields.get(at))
                            .zip(&values)
                            .map(|(field, value)| show::show(value, field.shape, self.program()))
                            .collect();
                        Err(format!("there is no `{object}` with key `{}`", parts.join("|")))
                    }
                })
            }
        }
    }

    /// A value for people, a reference by the key of its record.
    pub(super) fn told(&self, value: &Value, field: &LinkedField, store: &Store<'_>) -> String {
        if let (Value::Record(id), syncline_eval::Form::Reference(object)) = (value, field.shape.form)
            && let Ok(Some(record)) = store.record(object, id.0)
        {
            let linked = self.program().object(object);
            let parts = linked.key.iter().filter_map(|&at| linked.fields.get(at).zip(record.values.get(at)));
            let parts: Vec<String> = parts.map(|(field, value)| self.told(value, field, store)).collect();
            return parts.join("|");
        }
        match value {
            Value::Text(text) => format!("\"{text}\""),
            other => show::show(other, field.shape, self.program()),
        }
    }
}
