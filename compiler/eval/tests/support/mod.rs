//! Plans and hubs for the tests of the evaluator, built by hand: no other crate of the compiler has a part in them.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

pub mod consulting;

use std::collections::BTreeMap;
use syncline_eval::timeline::{OnDay, Timeline};
use syncline_eval::{
    EntityIx, Fault, Form, Found, FoundAsOf, Frame, NoRecords, ObjectIx, Program, RecordId, Records, Side, Value, expr,
    literal, show,
};
use syncline_ir::{CurrencyOf, Expr, Field, Kind, Literal, Object, ObjectKind, Op, Plan, Rounding, Type, Workspace};

pub const MODES: [Rounding; 7] = [
    Rounding::HalfEven,
    Rounding::HalfUp,
    Rounding::HalfDown,
    Rounding::Up,
    Rounding::Down,
    Rounding::Ceiling,
    Rounding::Floor,
];

pub fn decimal(precision: u8, scale: u8) -> Type {
    Type::required(Kind::Decimal { precision, scale, unit: None })
}

pub fn usd(precision: u8, scale: u8) -> Type {
    Type::required(Kind::Money { precision, scale, currency: CurrencyOf::Fixed("USD".into()), per: None })
}

pub fn money_in(path: &str, precision: u8, scale: u8) -> Type {
    Type::required(Kind::Money { precision, scale, currency: CurrencyOf::Path(path.into()), per: None })
}

pub fn text() -> Type {
    Type::required(Kind::Text { max: None })
}

pub fn text_of(max: u32) -> Type {
    Type::required(Kind::Text { max: Some(max) })
}

pub fn bool() -> Type {
    Type::required(Kind::Bool)
}

pub fn date() -> Type {
    Type::required(Kind::Date)
}

pub fn instant() -> Type {
    Type::required(Kind::Instant)
}

pub fn currency() -> Type {
    Type::required(Kind::Currency)
}

pub fn one_of(name: &str) -> Type {
    Type::required(Kind::Enum { name: name.into() })
}

pub fn reference(object: &str) -> Type {
    Type::required(Kind::Reference { object: object.into() })
}

pub fn optional(ty: Type) -> Type {
    Type { optional: true, ..ty }
}

pub fn expr(ty: Type, op: Op) -> Expr {
    Expr { ty, op, at: None }
}

pub fn boxed(ty: Type, op: Op) -> Box<Expr> {
    Box::new(expr(ty, op))
}

/// A constant, written as in a plan; money as `12.50 USD`.
pub fn constant(written: &str, ty: Type) -> Expr {
    let value = match &ty.kind {
        _ if written == "null" => Literal::Null,
        Kind::Decimal { .. } => Literal::Decimal(written.into()),
        Kind::Money { .. } => {
            let (amount, currency) = written.split_once(' ').unwrap();
            Literal::Money { amount: amount.into(), currency: currency.into() }
        }
        Kind::Bool => Literal::Bool(written == "true"),
        Kind::Text { .. } => Literal::Text(written.into()),
        Kind::Date => Literal::Date(written.into()),
        Kind::Instant => Literal::Instant(written.into()),
        Kind::Currency => Literal::Currency(written.into()),
        Kind::Enum { .. } => Literal::Enum(written.into()),
        Kind::Reference { .. } | Kind::Version { .. } => panic!("no constant is a reference"),
    };
    expr(ty, Op::Literal { value })
}

pub fn number(written: &str) -> Expr {
    let digits = u8::try_from(written.bytes().filter(u8::is_ascii_digit).count()).unwrap();
    let scale = u8::try_from(written.split_once('.').map_or(0, |(_, fraction)| fraction.len())).unwrap();
    constant(written, decimal(digits, scale))
}

pub fn field(name: &str, ty: Type) -> Expr {
    expr(ty, Op::Field { field: name.into() })
}

pub fn follow(base: Expr, object: &str, field: &str, ty: Type) -> Expr {
    expr(ty, Op::Follow { base: Box::new(base), object: object.into(), field: field.into() })
}

pub fn declared(name: &str, ty: Type) -> Field {
    Field { name: name.into(), ty, fixed: false, percent: None, doc: None, at: format!("test.syn:1:1 {name}") }
}

pub fn object(name: &str, key: &[&str], fields: Vec<Field>) -> Object {
    let key = key.iter().map(|&name| name.into()).collect();
    Object {
        name: name.into(),
        kind: ObjectKind::Master,
        fields,
        key,
        versioned: None,
        effective: None,
        invariants: Vec::new(),
        acyclic: Vec::new(),
        apart: Vec::new(),
        same: Vec::new(),
        doc: None,
        at: format!("test.syn:1:1 {name}"),
    }
}

pub fn empty_plan() -> Plan {
    Plan {
        format: 1,
        hash: String::new(),
        workspace: Workspace { name: "test".into(), edition: 2026 },
        tzdb: String::new(),
        units: vec![],
        teams: vec![],
        queues: vec![],
        enums: vec![],
        lifecycles: vec![],
        calendars: vec![],
        holidays: vec![],
        products: Vec::new(),
        systems: vec![],
        objects: vec![],
        ownership: vec![],
        codes: vec![],
        maps: vec![],
        syncs: vec![],
        waves: vec![],
        lineage: vec![],
        provenance: vec![],
    }
}

/// A program with one object `Thing`, whose fields are these.
pub fn thing(fields: Vec<Field>) -> Program {
    let mut plan = empty_plan();
    let key = fields[0].name.clone();
    plan.objects.push(object("Thing", &[&key], fields));
    Program::link(&plan).unwrap()
}

/// Evaluates an expression over the fields of `Thing`.
pub fn evaluate_with(program: &Program, expression: &Expr, values: &[Value]) -> Result<String, String> {
    let side = Side::Object(program.object_ix("Thing").unwrap());
    let linked = program.link_expr(expression, side).map_err(|error| format!("link: {}", error.message))?;
    let value = expr::evaluate(&linked, &Frame::record(program, Some(RecordId(1)), values), &NoRecords)
        .map_err(|fault: Box<Fault>| fault.reason.to_string())?;
    Ok(show::show(&value, linked.shape, program))
}

/// The text of an expression's value, or the name of the reason it fails with.
pub fn evaluate(expression: &Expr) -> Result<String, String> {
    evaluate_with(&thing(vec![declared("key", text())]), expression, &[Value::Null])
}

#[track_caller]
pub fn gives(expression: &Expr, expected: &str) {
    assert_eq!(evaluate(expression).as_deref(), Ok(expected), "{expression:?}");
}

#[track_caller]
pub fn fails(expression: &Expr, reason: &str) {
    assert_eq!(evaluate(expression), Err(reason.to_owned()), "{expression:?}");
}

/// A hub in memory. Records are found by comparing their key fields.
#[derive(Default)]
pub struct Hub {
    pub records: BTreeMap<(ObjectIx, RecordId), Vec<Value>>,
    pub bindings: BTreeMap<(EntityIx, Value), Vec<RecordId>>,
    pub keys: BTreeMap<ObjectIx, Vec<usize>>,
    /// Rows of dated objects by key.
    pub dated: BTreeMap<Vec<Value>, Timeline<u64>>,
}

impl Hub {
    pub fn add(&mut self, program: &Program, object: &str, id: u64, values: &[(&str, Value)]) -> RecordId {
        let ix = program.object_ix(object).unwrap();
        let declared = program.object(ix);
        let mut row = vec![Value::Null; declared.fields.len()];
        for (name, value) in values {
            row[declared.field_ix(name).unwrap()] = value.clone();
        }
        self.keys.insert(ix, declared.key.clone());
        self.records.insert((ix, RecordId(id)), row);
        RecordId(id)
    }

    pub fn bind(&mut self, program: &Program, system: &str, entity: &str, id: &str, record: RecordId) {
        let entity = program.entity_ix(system, entity).unwrap();
        self.bindings.entry((entity, Value::text(id))).or_default().push(record);
    }

    fn found(mut candidates: impl Iterator<Item = RecordId>) -> Found {
        match (candidates.next(), candidates.next()) {
            (None, _) => Found::None,
            (Some(one), None) => Found::One(one),
            _ => Found::Several,
        }
    }
}

impl Records for Hub {
    fn lookup(&self, object: ObjectIx, key: &[Value]) -> Found {
        let Some(fields) = self.keys.get(&object) else { return Found::None };
        let matches = |row: &Vec<Value>| fields.iter().zip(key).all(|(&field, value)| row[field] == *value);
        Self::found(self.records.iter().filter(|((of, _), row)| *of == object && matches(row)).map(|((_, id), _)| *id))
    }

    fn lookup_as_of(&self, _: ObjectIx, key: &[Value], day: i32) -> FoundAsOf {
        let Some(timeline) = self.dated.get(key) else { return FoundAsOf::NoKey };
        match timeline.on(day) {
            OnDay::One(span) => FoundAsOf::One { row: RecordId(span.row), since: span.from },
            OnDay::None => FoundAsOf::NoRow,
            OnDay::Several => FoundAsOf::Several,
        }
    }

    fn version(&self, _: ObjectIx, _: RecordId, _: Option<i32>) -> FoundAsOf {
        FoundAsOf::NoKey
    }

    fn crosswalk(&self, _: ObjectIx, entity: EntityIx, id: &Value) -> Found {
        Self::found(self.bindings.get(&(entity, id.clone())).into_iter().flatten().copied())
    }

    fn foreign_id(&self, entity: EntityIx, record: RecordId) -> Option<Value> {
        self.bindings
            .iter()
            .find(|((of, _), records)| *of == entity && records.contains(&record))
            .map(|((_, id), _)| id.clone())
    }

    fn field(&self, object: ObjectIx, record: RecordId, field: usize) -> Value {
        self.records[&(object, record)][field].clone()
    }
}

/// A value written as in a plan.
pub fn value(program: &Program, written: &str, ty: &Type) -> Value {
    let Op::Literal { value } = constant(written, ty.clone()).op else { unreachable!() };
    let form: Form = program.shape(ty).unwrap().form;
    literal::parse(&value, form, program).unwrap()
}
