//! Giving records: rows of systems, and canonical records as if captured and complete.

use super::world::World;
use super::{TestFailure, placeholders};
use crate::connectors::{Cell, Line, held, holding};
use crate::error::Outcome;
use crate::hub::RowId;
use crate::passes::cells::{values, written};
use crate::passes::dated::{today, valid_on_no_day};
use crate::passes::invariants::broken;
use crate::passes::store::Store;
use syncline_eval::{Form, LinkedEntity, LinkedField, RecordId, Value, show};
use syncline_ir::{Literal, MapDirection, OF_PARENT, TestPlace, TestRecord, TestValue};

impl World<'_> {
    /// Gives a record; a failure when it has no value or contradicts itself.
    pub(super) fn give(&mut self, place: &TestPlace, record: &TestRecord) -> Outcome<Option<TestFailure>> {
        match place {
            TestPlace::Object(object) => self.give_object(object, record),
            TestPlace::Entity { system, entity } => self.give_row(system, entity, record),
        }
    }

    fn give_row(&mut self, system: &str, entity: &str, record: &TestRecord) -> Outcome<Option<TestFailure>> {
        let prepared = self.prepared;
        let program = &prepared.program;
        let (Some(ix), Some(memory)) = (program.entity_ix(system, entity), self.systems.get(system)) else {
            return Ok(Some(TestFailure::new(&record.at, format!("there is no entity `{system}.{entity}`"))));
        };
        let linked = program.entity(ix);
        let store = self.store()?;
        let place = RowPlace { system, entity, linked, holder: None };
        let mut line = match self.line(&place, record, &memory.lines(entity), &store)? {
            Ok(line) => line,
            Err(failure) => return Ok(Some(failure)),
        };
        let key = row_key(&line, linked);
        let before = memory.lines(entity).into_iter().rev().find(|known| row_key(known, linked) == key);
        for (member, inner) in self.rows_in(system, entity) {
            let Some(ix) = program.entity_ix(system, &inner) else { continue };
            let known = before.as_ref().map(|before| held(before, &member)).unwrap_or_default();
            let rows = record.fields.iter().find_map(|field| match &field.value {
                TestValue::Rows(rows) if field.name == member => Some(rows),
                _ => None,
            });
            let Some(rows) = rows else {
                line.insert(member, holding(&known));
                continue;
            };
            let place = RowPlace { system, entity: &inner, linked: program.entity(ix), holder: Some(&line) };
            let mut given = Vec::with_capacity(rows.len());
            for row in rows {
                match self.line(&place, row, &known, &store)? {
                    Ok(row) => given.push(row),
                    Err(failure) => return Ok(Some(failure)),
                }
            }
            line.insert(member, holding(&given));
        }
        let name = (format!("{system}.{entity}"), key.clone());
        let beside = !self.given_since_run.insert(name);
        let Some(memory) = self.systems.get(system) else { return Ok(None) };
        memory.change(entity, |lines| {
            if !beside {
                lines.retain(|known| row_key(known, linked) != key);
            }
            lines.push(line);
        });
        Ok(None)
    }

    /// Takes the rows with these values out of a system; a failure when there are none.
    pub(super) fn take_away(&mut self, place: &TestPlace, record: &TestRecord) -> Outcome<Option<TestFailure>> {
        let TestPlace::Entity { system, entity } = place else { return Ok(None) };
        let program = self.program();
        let (Some(ix), Some(memory)) = (program.entity_ix(system, entity), self.systems.get(system)) else {
            return Ok(Some(TestFailure::new(&record.at, format!("there is no entity `{place}`"))));
        };
        let linked = program.entity(ix);
        let store = self.store()?;
        let mut wanted = Line::new();
        for field in &record.fields {
            let Some(declared) = linked.field_ix(&field.name).and_then(|at| linked.fields.get(at)) else { continue };
            let cell = match &field.value {
                TestValue::Raw(text) => text.clone().map_or(Cell::Null, Cell::Text),
                other => match self.value(other, declared, &store)? {
                    Ok(value) => written(&value, declared, program),
                    Err(message) => return Ok(Some(TestFailure::new(&field.at, message))),
                },
            };
            wanted.insert(field.name.clone(), cell);
        }
        let is_meant = |line: &Line| wanted.iter().all(|(field, cell)| line.get(field).unwrap_or(&Cell::Null) == cell);
        let mut gone = Vec::new();
        memory.change(entity, |lines| {
            gone.extend(lines.iter().filter(|line| is_meant(line)).map(|line| row_key(line, linked)));
            lines.retain(|line| !is_meant(line));
        });
        if gone.is_empty() {
            return Ok(Some(TestFailure::new(
                &record.at,
                format!("`{place}` has no row like this that could be gone"),
            )));
        }
        drop(store);
        for key in gone {
            self.given_since_run.remove(&(place.to_string(), key));
        }
        Ok(None)
    }

    /// The rows that rows of an entity hold: the member, and the entity they are.
    fn rows_in(&self, system: &str, entity: &str) -> Vec<(String, String)> {
        let systems = self.plan.systems.iter().filter(|found| found.name == system);
        let nested = systems.flat_map(|system| &system.entities).filter_map(|inner| {
            let nested = inner.nested.as_ref().filter(|nested| nested.parent == entity)?;
            Some((nested.field.clone(), inner.name.clone()))
        });
        nested.collect()
    }

    /// The cells of a row; of one that another holds, its own.
    fn line(
        &self,
        place: &RowPlace<'_>,
        record: &TestRecord,
        known: &[Line],
        store: &Store<'_>,
    ) -> Outcome<Result<Line, TestFailure>> {
        let (program, linked) = (self.program(), place.linked);
        let mut line = Line::new();
        let mut typed: Vec<(usize, Value)> = Vec::new();
        for field in &record.fields {
            let Some(at) = linked.field_ix(&field.name) else { continue };
            let Some(declared) = linked.fields.get(at) else { continue };
            let cell = match &field.value {
                TestValue::Raw(text) => text.clone().map_or(Cell::Null, Cell::Text),
                other => match self.value(other, declared, store)? {
                    Ok(value) => {
                        let cell = written(&value, declared, program);
                        typed.push((at, value));
                        cell
                    }
                    Err(message) => return Ok(Err(TestFailure::new(&field.at, message))),
                },
            };
            line.insert(field.name.clone(), cell);
        }
        let key = row_key(&line, linked);
        if record.rest {
            let before = known.iter().rev().find(|known| row_key(known, linked) == key);
            for declared in &linked.fields {
                let of_holder = place.holder.is_some() && declared.name.starts_with(OF_PARENT);
                if of_holder || line.contains_key(&*declared.name) {
                    continue;
                }
                let cell = match before.and_then(|before| before.get(&*declared.name)) {
                    Some(cell) => cell.clone(),
                    None => {
                        let code = placeholders::code(self.plan, place.system, place.entity, &declared.name);
                        let value = placeholders::of(self.plan, declared, code, None).unwrap_or_default();
                        written(&value, declared, program)
                    }
                };
                line.insert(declared.name.to_string(), cell);
            }
        }
        // An amount is written without its currency: the row must say the same one elsewhere.
        let cell = |field: &LinkedField| match (place.holder, field.name.strip_prefix(OF_PARENT)) {
            (Some(holder), Some(name)) => holder.get(name).cloned().unwrap_or_default(),
            _ => line.get(&*field.name).cloned().unwrap_or_default(),
        };
        let cells: Vec<Cell> = linked.fields.iter().map(cell).collect();
        let read = values(&cells, linked, program);
        for (at, value) in typed {
            if let (Some(Ok(found)), Some(declared)) = (read.get(at), linked.fields.get(at))
                && matches!((found, &value), (Value::Money(_, a), Value::Money(_, b)) if a != b)
            {
                let message =
                    format!("the row says {} for `{}`", show::show(found, declared.shape, program), declared.name);
                return Ok(Err(TestFailure::new(&record.at, message)));
            }
        }
        Ok(Ok(line))
    }

    fn give_object(&mut self, object: &str, record: &TestRecord) -> Outcome<Option<TestFailure>> {
        let program = self.program();
        let Some(ix) = program.object_ix(object) else {
            return Ok(Some(TestFailure::new(&record.at, format!("there is no object `{object}`"))));
        };
        let linked = program.object(ix);
        let store = self.store()?;
        let mut given: Vec<Option<Value>> = vec![None; linked.fields.len()];
        for field in &record.fields {
            let Some(at) = linked.field_ix(&field.name) else { continue };
            let (Some(declared), Some(slot)) = (linked.fields.get(at), given.get_mut(at)) else { continue };
            match self.value(&field.value, declared, &store)? {
                Ok(value) => *slot = Some(value),
                Err(message) => return Ok(Some(TestFailure::new(&field.at, message))),
            }
        }
        let origin = placeholders::origin(self.plan, object);
        for &at in &linked.key {
            if let (Some(slot @ None), Some(field)) = (given.get_mut(at), linked.fields.get(at))
                && &*field.name == "origin"
            {
                *slot = Some(Value::text(&origin));
            }
        }
        let key: Vec<Value> =
            linked.identity.iter().map(|&at| given.get(at).cloned().flatten().unwrap_or_default()).collect();
        let before = match store.by_key(ix, &key)? {
            Some(id) => store.record(ix, id)?,
            None => None,
        };
        for (at, (slot, field)) in given.iter_mut().zip(&linked.fields).enumerate() {
            if slot.is_some() {
                continue;
            }
            let kept = before.as_ref().filter(|_| record.rest).and_then(|before| before.values.get(at).cloned());
            *slot = Some(match kept {
                Some(value) => value,
                None => match self.placeholder(field, &store)? {
                    Some(value) => value,
                    None => {
                        let message = format!("there is no record for `{}` of `{object}`", field.name);
                        return Ok(Some(TestFailure::new(&record.at, message)));
                    }
                },
            });
        }
        let mut values: Vec<Value> = given.into_iter().map(Option::unwrap_or_default).collect();
        self.in_currency(&linked.fields, &mut values, record, &store);
        if let Some(why) = linked.dates.and_then(|dates| valid_on_no_day(dates, &values)) {
            return Ok(Some(TestFailure::new(&record.at, why)));
        }
        if let Some(problem) = broken(&store, ix, before.as_deref(), &values, "")? {
            let why = problem.reasons.first().map_or_else(String::new, |reason| reason.message.clone());
            return Ok(Some(TestFailure::new(&record.at, format!("no `{object}` is like this: {why}"))));
        }
        self.hub.transaction(|_| {
            let id = store.write(ix, before.as_deref(), &values, RowId(0), 0, true)?;
            self.bind(object, id, &values, record)?;
            if linked.revision.is_some() {
                store.bring_all_into_force(ix, today(self.now), 0)?;
            }
            store.keep_change()
        })?;
        store.check()?;
        Ok(None)
    }

    fn placeholder(&self, field: &LinkedField, store: &Store<'_>) -> Outcome<Option<Value>> {
        if let (Form::Reference(object), false) = (field.shape.form, field.shape.optional) {
            let to = store.program.object(object);
            let all = if to.revision.is_some() { self.hub.held(&to.name)? } else { self.hub.records_of(&to.name)? };
            let last = all.into_iter().max();
            return Ok(last.map(|id| Value::Record(RecordId(id))));
        }
        Ok(placeholders::of(self.plan, field, None, None))
    }

    /// Placeholder amounts take the currency that their field is bound to.
    fn in_currency(&self, fields: &[LinkedField], values: &mut [Value], record: &TestRecord, store: &Store<'_>) {
        for (at, field) in fields.iter().enumerate() {
            let Some(path) = &field.currency else { continue };
            if record.fields.iter().any(|written| *written.name == *field.name) {
                continue;
            }
            let view = crate::passes::store::View::current(store);
            let bound = store.program.currency_at(path, values, &view);
            if let (Value::Currency(code), Some(slot)) = (bound, values.get_mut(at)) {
                match slot {
                    Value::Money(_, currency) => *currency = code,
                    Value::Decimal(0) => *slot = Value::Money(0, code),
                    _ => {}
                }
            }
        }
    }

    /// Binds the identifiers that a record has in systems: those written, else its own key where a system creates it by one
    /// field and its rows are not dated.
    fn bind(&self, object: &str, id: u64, values: &[Value], record: &TestRecord) -> Outcome {
        let program = self.program();
        let Some(linked) = program.object_ix(object).map(|ix| program.object(ix)) else { return Ok(()) };
        for (system, entity, literal) in &record.identifiers {
            let Some(text) = self.identifier(system, entity, literal) else { continue };
            self.hub.bind(&format!("{system}.{entity}"), &text, object, id)?;
        }
        if linked.dates.is_some() {
            // Its key names all rows of one key, an identifier one of them.
            return Ok(());
        }
        let own: Vec<(&LinkedField, &Value)> = linked
            .key
            .iter()
            .filter_map(|&at| linked.fields.get(at).zip(values.get(at)))
            .filter(|(field, _)| &*field.name != "origin")
            .collect();
        let [(field, value)] = own.as_slice() else { return Ok(()) };
        let Some(text) = show::write(value, field, program) else { return Ok(()) };
        let creating =
            self.plan.maps.iter().filter(|map| map.direction == MapDirection::Creates && map.object == object);
        for map in creating {
            let one_field =
                program.entity_ix(&map.system, &map.entity).is_some_and(|ix| program.entity(ix).key.len() == 1);
            let is_written =
                record.identifiers.iter().any(|(system, entity, _)| *system == map.system && *entity == map.entity);
            if one_field && !is_written {
                self.hub.bind(&format!("{}.{}", map.system, map.entity), &text, object, id)?;
            }
        }
        Ok(())
    }

    /// An identifier as capture writes it.
    fn identifier(&self, system: &str, entity: &str, literal: &Literal) -> Option<String> {
        let program = self.program();
        let linked = program.entity(program.entity_ix(system, entity)?);
        let key = linked.key.first().and_then(|&at| linked.fields.get(at))?;
        let value = syncline_eval::literal::parse(literal, key.shape.form, program).ok()?;
        show::write(&value, key, program)
    }
}

/// Where a row is given.
struct RowPlace<'a> {
    system: &'a str,
    entity: &'a str,
    linked: &'a LinkedEntity,
    /// The row that holds it.
    holder: Option<&'a Line>,
}

fn row_key(line: &Line, entity: &LinkedEntity) -> String {
    let parts = entity.key.iter().filter_map(|&at| entity.fields.get(at));
    parts.map(|field| format!("{:?}", line.get(&*field.name))).collect()
}
