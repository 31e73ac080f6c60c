//! From the extracts to priced lines in memory: parse, map, look up, price, and keep nothing. What the evaluator costs without the hub.
//!
//! The maps are those of the plan. Of the rules about rows only those are here which decide about the first month's lines: the first
//! row of a version holds it, and what cannot be read or priced leaves the version before it where it is.

use super::peers::Lines;
use crate::outcome::{Doing, Outcome};
use crate::tool::{self, Copy};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use syncline_eval::map::{self, Input, Outcome as Mapped};
use syncline_eval::timeline::{Days, OnDay, Span, Timeline};
use syncline_eval::{
    EntityIx, Found, FoundAsOf, Frame, LinkedEnds, LinkedMap, LinkedRouteTo, ObjectIx, Program, RecordId, Records,
    Value, cast, digits, expr,
};

/// The masters of the example in the order in which they need each other.
const MASTERS: [(&str, &str); 8] = [
    ("crm", "account"),
    ("hris", "worker"),
    ("psa", "project"),
    ("psa", "task"),
    ("psa", "assignment"),
    ("psa", "bill_rate"),
    ("hris", "cost_rate"),
    ("treasury", "fx_rate"),
];

/// What is found by a key, for each object.
type ByKey<T> = BTreeMap<ObjectIx, FxHashMap<Vec<Value>, T>>;

/// Canonical records and how they are found.
#[derive(Default)]
struct Memory {
    records: Vec<Vec<Value>>,
    keys: ByKey<RecordId>,
    crosswalk: FxHashMap<(ObjectIx, EntityIx), FxHashMap<Value, RecordId>>,
    /// Rows of dated objects by key, and lined up by day once all are there.
    dated: ByKey<Vec<Span<RecordId>>>,
    timelines: ByKey<Timeline<RecordId>>,
}

impl Memory {
    fn add(&mut self, program: &Program, map: &LinkedMap, id: Value, values: Vec<Value>) {
        let object = program.object(map.object);
        let key = object.key.iter().filter_map(|&ix| values.get(ix).cloned()).collect();
        let record = RecordId(self.records.len() as u64);
        if let Some(dates) = object.dates {
            let rows = self.dated.entry(map.object).or_default().entry(key).or_default();
            // The first row of a first day holds it; one that is valid on no day is none.
            let days = dates.days(&values).filter(|days| rows.iter().all(|row| row.from != days.from));
            if let Some(Days { from, through }) = days {
                rows.push(Span { from, through, row: record });
                self.records.push(values);
            }
            return;
        }
        if let std::collections::hash_map::Entry::Vacant(free) = self.keys.entry(map.object).or_default().entry(key) {
            free.insert(record);
            self.crosswalk.entry((map.object, map.entity)).or_default().insert(id, record);
            self.records.push(values);
        }
    }

    fn line_up(&mut self, program: &Program) {
        for (object, dated) in std::mem::take(&mut self.dated) {
            let steps = program.object(object).dates.is_some_and(|dates| dates.ends == LinkedEnds::Next);
            let lines = dated.into_iter().map(|(key, rows)| (key, Timeline::new(rows, steps)));
            self.timelines.insert(object, lines.collect());
        }
    }
}

impl Records for Memory {
    fn lookup(&self, object: ObjectIx, key: &[Value]) -> Found {
        self.keys.get(&object).and_then(|keys| keys.get(key)).map_or(Found::None, |record| Found::One(*record))
    }

    fn lookup_as_of(&self, object: ObjectIx, key: &[Value], day: i32) -> FoundAsOf {
        match self.timelines.get(&object).and_then(|lines| lines.get(key)).map(|rows| rows.on(day)) {
            None => FoundAsOf::NoKey,
            Some(OnDay::One(span)) => FoundAsOf::One { row: span.row, since: span.from },
            Some(OnDay::None) => FoundAsOf::NoRow,
            Some(OnDay::Several) => FoundAsOf::Several,
        }
    }

    fn version(&self, _: ObjectIx, _: RecordId, _: Option<i32>) -> FoundAsOf {
        FoundAsOf::NoKey
    }

    fn crosswalk(&self, object: ObjectIx, entity: EntityIx, id: &Value) -> Found {
        self.crosswalk
            .get(&(object, entity))
            .and_then(|ids| ids.get(id))
            .map_or(Found::None, |record| Found::One(*record))
    }

    fn foreign_id(&self, _: EntityIx, _: RecordId) -> Option<Value> {
        None
    }

    fn field(&self, _: ObjectIx, record: RecordId, field: usize) -> Value {
        let record = usize::try_from(record.0).ok().and_then(|record| self.records.get(record));
        record.and_then(|values| values.get(field)).cloned().unwrap_or_default()
    }
}

/// An extract and the map by which it is read.
struct Extract<'a> {
    program: &'a Program,
    map: &'a LinkedMap,
    /// Position in the file of each field.
    columns: Vec<usize>,
    rows: Vec<csv::StringRecord>,
}

impl<'a> Extract<'a> {
    fn open(program: &'a Program, plan: &syncline::ir::Plan, data: &Path, name: (&str, &str)) -> Outcome<Self> {
        let inbound = plan.maps.iter().find(|map| {
            map.direction == syncline::ir::MapDirection::Creates && (map.system.as_str(), map.entity.as_str()) == name
        });
        let map = inbound.and_then(|map| program.map(&map.id)).ok_or_else(|| format!("{name:?} is not mapped"))?;
        let path = data.join(format!("july/{}/{}.csv", name.0, name.1));
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(&path).doing(path.display())?;
        let header = reader.headers().doing(path.display())?.clone();
        let place = |field: &str| header.iter().position(|column| column == field);
        let fields = &program.entity(map.entity).fields;
        let columns: Option<Vec<usize>> = fields.iter().map(|field| place(&field.name)).collect();
        // A line that is no row is nobody's.
        let rows = reader.records().filter_map(Result::ok).filter(|row| row.len() == header.len()).collect();
        Ok(Self { program, map, columns: columns.ok_or("a column is missing")?, rows })
    }

    fn cells(&self, row: &csv::StringRecord) -> Vec<cast::Cell> {
        let texts: Vec<Option<&str>> =
            self.columns.iter().map(|&column| row.get(column).filter(|text| !text.is_empty())).collect();
        cast::row(self.program, self.program.entity(self.map.entity), &texts)
    }

    fn mapped(&self, cells: &[cast::Cell], memory: &Memory) -> Option<Vec<Value>> {
        match map::run(self.program, self.map, &Input::Row(cells), memory) {
            Mapped::Mapped { values } => Some(values.into_iter().map(Option::unwrap_or_default).collect()),
            _ => None,
        }
    }

    /// Reads a field of a row's cells that has to be there.
    fn cell(&self, cells: &[cast::Cell], field: &str) -> Option<Value> {
        cells.get(self.program.entity(self.map.entity).field_ix(field)?)?.clone().ok().filter(|value| !value.is_null())
    }
}

/// What is to be posted for a row, if it decides about its record.
enum Priced {
    Excluded,
    Line { hours: i128, amount: (i128, String), cost: (i128, String) },
}

/// Works the first month out; the lines, and how long it took.
pub fn month(copy: &Copy) -> Outcome<(Lines, Duration)> {
    tool::output(&mut copy.command(&["build"]))?;
    let plan = fs::read_to_string(copy.path().join("out/plan.json")).doing("reading the plan")?;
    let plan = syncline::plan_from_json(&plan).doing("reading the plan")?;
    let program = Program::link(&plan).doing("linking the plan")?;
    let data = copy.path().join("data");
    let start = Instant::now();
    let mut memory = Memory::default();
    for name in MASTERS {
        let extract = Extract::open(&program, &plan, &data, name)?;
        for row in &extract.rows {
            let cells = extract.cells(row);
            let id = program.entity(extract.map.entity).key.first().and_then(|&ix| cells.get(ix)?.clone().ok());
            if let Some((id, values)) = id.zip(extract.mapped(&cells, &memory)) {
                memory.add(&program, extract.map, id, values);
            }
        }
    }
    let cards = Extract::open(&program, &plan, &data, ("psa", "timecard"))?;
    let sync = program.sync("ApprovedTime").ok_or("there is no sync `ApprovedTime`")?;
    memory.line_up(&program);
    let price = |row: &csv::StringRecord| {
        let cells = cards.cells(row);
        let key = (cards.cell(&cells, "id")?, cards.cell(&cells, "version")?);
        if cards.cell(&cells, "deleted") == Some(Value::Bool(true)) {
            return Some((key, Some(Priced::Excluded)));
        }
        let priced = cards.mapped(&cells, &memory).and_then(|values| {
            let early = sync
                .starts
                .is_some_and(|starts| matches!(values.get(starts.field), Some(Value::Date(day)) if *day < starts.date));
            if early {
                return Some(Priced::Excluded);
            }
            let frame = Frame::record(&program, None, &values);
            let takes = |route: &&LinkedRouteTo| {
                route.condition.as_ref().is_none_or(|when| expr::holds(when, &frame, &memory).unwrap_or(false))
            };
            let outbound = program.map_at(sync.routes.iter().find(takes)?.map);
            match map::run(&program, outbound, &Input::Record(RecordId(u64::MAX), &values), &memory) {
                Mapped::NotTaken => Some(Priced::Excluded),
                Mapped::Mapped { values } => {
                    let entity = program.entity(outbound.entity);
                    let value = |name: &str| values.get(entity.field_ix(name)?).cloned().flatten();
                    let (
                        Some(Value::Decimal(hours)),
                        Some(Value::Money(amount, currency)),
                        Some(Value::Money(cost, own)),
                    ) = (value("hours"), value("amount"), value("cost"))
                    else {
                        return None;
                    };
                    let named = |currency: syncline_eval::CurrencyCode| currency.as_str().to_owned();
                    Some(Priced::Line { hours, amount: (amount, named(currency)), cost: (cost, named(own)) })
                }
                _ => None,
            }
        });
        Some((key, priced))
    };
    let all: Vec<_> = cards.rows.par_iter().with_min_len(1024).filter_map(price).collect();
    let mut held: FxHashMap<(Value, Value), Option<Priced>> = FxHashMap::default();
    for (key, priced) in all {
        held.entry(key).or_insert(priced);
    }
    let mut newest: BTreeMap<Value, (Value, Priced)> = BTreeMap::new();
    let mut deciding: Vec<_> = held.into_iter().filter_map(|(key, priced)| Some((key, priced?))).collect();
    deciding.sort_by(|(a, _), (b, _)| a.cmp(b));
    for ((id, version), priced) in deciding {
        newest.insert(id, (version, priced));
    }
    let mut lines = Lines::default();
    let mut hours_of_all = 0;
    let mut amounts: BTreeMap<String, i128> = BTreeMap::new();
    for (_, priced) in newest.into_values() {
        if let Priced::Line { hours, amount: (amount, currency), cost: (cost, own) } = priced {
            lines.lines += 1;
            hours_of_all += hours;
            *amounts.entry(currency).or_default() += amount;
            *amounts.entry(format!("cost in {own}")).or_default() += cost;
        }
    }
    lines.hours = digits::show(hours_of_all, 2);
    lines.amounts = amounts.into_iter().map(|(currency, amount)| (currency, digits::show(amount, 4))).collect();
    Ok((lines, start.elapsed()))
}
