//! Systems in memory: what tests of specs capture from and post into. A source and a target, exact like the others.
//!
//! A table keeps its lines in the order in which they came. Calls are carried out whole batch by whole batch, repeated calls are
//! recognised by their keys, and a line whose key is taken is refused, as a database would.

use super::{
    Answer, Call, CallKind, Cell, HolderContent, HolderRow, NOT_REVERSED, Place, RowContent, Source, SourceRow, Steps,
    Target,
};
use crate::error::{Outcome, RuntimeError};
use jiff::Timestamp;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use syncline_ir::{Entity, Nested};

/// Cells by field.
pub(crate) type Line = BTreeMap<String, Cell>;

/// One system.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemorySystem {
    state: Rc<RefCell<State>>,
}

#[derive(Debug, Clone, Default)]
struct State {
    /// Lines by entity.
    tables: BTreeMap<String, Vec<Line>>,
    /// What the system fills in by itself, by entity and field.
    fills: BTreeMap<(String, String), Cell>,
    /// What was answered, by entity and idempotency key.
    answered: BTreeMap<(String, String), Answered>,
}

#[derive(Debug, Clone)]
struct Answered {
    returned: Vec<(String, Cell)>,
    made: Timestamp,
}

impl MemorySystem {
    /// What the system writes into a field that a new line leaves open.
    pub(crate) fn fill(&self, entity: &str, field: &str, cell: Cell) {
        self.state.borrow_mut().fills.insert((entity.to_owned(), field.to_owned()), cell);
    }

    /// The lines of an entity.
    pub(crate) fn lines(&self, entity: &str) -> Vec<Line> {
        self.state.borrow().tables.get(entity).cloned().unwrap_or_default()
    }

    /// Changes the lines of an entity from outside.
    pub(crate) fn change(&self, entity: &str, change: impl FnOnce(&mut Vec<Line>)) {
        change(self.state.borrow_mut().tables.entry(entity.to_owned()).or_default());
    }
}

fn declared(entity: &Entity, name: &str) -> bool {
    entity.fields.iter().any(|field| field.name == name)
}

fn unknown(entity: &Entity, name: &str) -> RuntimeError {
    RuntimeError::Target {
        entity: entity.name.clone(),
        place: "memory".to_owned(),
        message: format!("there is no field `{name}`"),
    }
}

/// The rows that a line holds; a line keeps them as text in a cell of its own.
pub(crate) fn held(line: &Line, member: &str) -> Vec<Line> {
    match line.get(member) {
        Some(Cell::Text(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// The cell in which a line keeps the rows that it holds.
pub(crate) fn holding(rows: &[Line]) -> Cell {
    Cell::Text(serde_json::to_string(rows).unwrap_or_default())
}

fn cell(line: &Line, field: &str) -> Cell {
    line.get(field).cloned().unwrap_or_default()
}

impl Source for MemorySystem {
    fn check(&mut self, _: &Entity) -> Outcome {
        Ok(())
    }

    fn read(&mut self, entity: &Entity, take: &mut dyn FnMut(SourceRow) -> Outcome) -> Outcome {
        for (number, line) in (1..).zip(self.lines(&entity.name)) {
            let cells = entity.fields.iter().map(|field| cell(&line, &field.name)).collect();
            let place = Place { file: entity.name.clone(), line: number };
            take(SourceRow { place, content: RowContent::Cells(cells) })?;
        }
        Ok(())
    }

    fn read_holders(
        &mut self,
        entity: &Entity,
        nested: &Nested,
        take: &mut dyn FnMut(HolderRow) -> Outcome,
    ) -> Outcome {
        let (holder, own) = (super::nested::holder(entity, nested), super::nested::own(entity));
        let cells = |entity: &Entity, line: &Line| -> Vec<Cell> {
            entity.fields.iter().map(|field| cell(line, &field.name)).collect()
        };
        for (number, line) in (1..).zip(self.lines(&holder.name)) {
            let place = Place { file: holder.name.clone(), line: number };
            let row = |held: &Line| SourceRow { place: place.clone(), content: RowContent::Cells(cells(&own, held)) };
            let content = HolderContent::Rows {
                cells: cells(&holder, &line),
                raw: serde_json::to_string(&line).unwrap_or_default(),
                rows: held(&line, &nested.field).iter().map(row).collect(),
                whole: true,
            };
            take(HolderRow { place: place.clone(), content })?;
        }
        Ok(())
    }
}

impl State {
    fn one(&mut self, entity: &Entity, call: &Call, at: Timestamp) -> Answer {
        let name = (entity.name.clone(), call.idempotency_key.clone());
        if entity.idempotency.is_some()
            && let Some(answered) = self.answered.get(&name)
        {
            return Answer::Done { returned: answered.returned.clone() };
        }
        let table = self.tables.entry(entity.name.clone()).or_default();
        let named = |line: &Line, key: &[(String, Cell)]| key.iter().all(|(field, value)| cell(line, field) == *value);
        let known = table.iter().position(|line| call.kind != CallKind::Create && named(line, &call.key));
        let ix = match (known, call.kind) {
            (Some(ix), _) => ix,
            (None, CallKind::Overwrite) => {
                return Answer::Refused { message: "the line is not there any more".to_owned() };
            }
            (None, CallKind::Withdraw) => return Answer::Done { returned: Vec::new() },
            (None, CallKind::Create | CallKind::Upsert) => {
                let key: Vec<(String, Cell)> =
                    call.fields.iter().filter(|(field, _)| entity.key.contains(field)).cloned().collect();
                if table.iter().any(|line| named(line, &key)) {
                    return Answer::Refused { message: "another line has this key".to_owned() };
                }
                let fills = self.fills.iter().filter(|((of, _), _)| *of == entity.name);
                table.push(fills.map(|((_, field), cell)| (field.clone(), cell.clone())).collect());
                table.len().saturating_sub(1)
            }
        };
        let mut returned = Vec::new();
        if let Some(line) = table.get_mut(ix) {
            line.extend(call.fields.iter().cloned());
            returned.extend(entity.returns.iter().map(|field| (field.clone(), cell(line, field))));
        }
        self.answered.insert(name, Answered { returned: returned.clone(), made: at });
        Answer::Done { returned }
    }
}

impl Target for MemorySystem {
    fn check(&mut self, entity: &Entity, written: &[&str], read: &[&str]) -> Outcome {
        match written.iter().chain(read).find(|name| !declared(entity, name)) {
            Some(name) => Err(unknown(entity, name)),
            None => Ok(()),
        }
    }

    fn call(&mut self, entity: &Entity, calls: &[Call], at: Timestamp, pass: &Steps<'_>) -> Outcome<Vec<Answer>> {
        // Changes are made on a copy: all of them are there afterwards, or none.
        let mut draft = self.state.borrow().clone();
        if let Some(life) = &entity.idempotency {
            let oldest = at.as_second().saturating_sub(i64::try_from(life.seconds).unwrap_or(i64::MAX));
            draft.answered.retain(|(of, _), answered| *of != entity.name || answered.made.as_second() >= oldest);
        }
        let mut answers: Vec<Answer> = Vec::with_capacity(calls.len());
        for (position, call) in calls.iter().enumerate() {
            if let Some((name, _)) = call.fields.iter().find(|(name, _)| !declared(entity, name)) {
                return Err(unknown(entity, name));
            }
            if position > 0 {
                pass("posting.between-calls")?;
            }
            let refused = matches!(answers.last(), Some(Answer::Refused { .. }));
            answers.push(if call.only_after_previous && refused {
                Answer::Refused { message: NOT_REVERSED.to_owned() }
            } else {
                draft.one(entity, call, at)
            });
        }
        self.state.replace(draft);
        Ok(answers)
    }

    fn find(&mut self, entity: &Entity, field: &str, value: &Cell, fields: &[&str]) -> Outcome<Option<Vec<Cell>>> {
        let mut lines = self.lines(&entity.name);
        lines.sort_by_cached_key(|line| {
            entity.key.iter().map(|field| format!("{:?}", cell(line, field))).collect::<Vec<_>>()
        });
        let found = lines.iter().find(|line| cell(line, field) == *value);
        Ok(found.map(|line| fields.iter().map(|field| cell(line, field)).collect()))
    }

    fn read_back(&mut self, entity: &Entity, fields: &[&str], take: &mut dyn FnMut(Vec<Cell>) -> Outcome) -> Outcome {
        self.lines(&entity.name)
            .iter()
            .try_for_each(|line| take(fields.iter().map(|field| cell(line, field)).collect()))
    }
}
