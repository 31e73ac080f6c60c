//! Values for what a fixture leaves to `…`: the same ones in every run, and plain ones.
//!
//! | type | placeholder |
//! |---|---|
//! | optional | null |
//! | text | the first code of the field's table, else the field's name, cut to its width |
//! | number, amount | 1; a percentage 0 |
//! | bool | false |
//! | date, instant | when the test begins |
//! | currency | USD |
//! | enum, lifecycle | the first value |
//! | reference | the record of that object given last |

use crate::connectors::Cell;
use crate::passes::cells::written;
use jiff::Timestamp;
use syncline_eval::{CurrencyCode, Form, LinkedField, Program, Value};
use syncline_ir::{Codes, Entity, MapDirection, Plan};

/// The instant a test begins at.
pub(super) fn beginning(plan: &Plan) -> Timestamp {
    format!("{}-07-01T12:00:00Z", plan.workspace.edition).parse().unwrap_or_default()
}

/// The system that creates records of an object; the first by map id when there are several.
pub(super) fn origin(plan: &Plan, object: &str) -> String {
    let creating = plan.maps.iter().find(|map| map.direction == MapDirection::Creates && map.object == object);
    creating.map_or_else(|| "test".to_owned(), |map| map.system.clone())
}

/// The placeholder of a field; none for references. `code` is the first one of the field's table.
pub(super) fn of(
    plan: &Plan,
    field: &LinkedField,
    code: Option<&str>,
    currency: Option<CurrencyCode>,
) -> Option<Value> {
    if field.shape.optional {
        return Some(Value::Null);
    }
    let one = |precision: u8, scale: u8| {
        let coefficient = 10_i128.checked_pow(u32::from(scale)).unwrap_or_default();
        if field.percent.is_some() || precision <= scale { 0 } else { coefficient }
    };
    let began = beginning(plan);
    Some(match field.shape.form {
        Form::Text { max } => {
            let text = code.unwrap_or(&field.name);
            let most = max.map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
            Value::text(&text.chars().take(most).collect::<String>())
        }
        Form::Bool => Value::Bool(false),
        Form::Decimal { precision, scale } => Value::Decimal(one(precision, scale)),
        Form::Money { precision, scale, fixed } => {
            Value::Money(one(precision, scale), fixed.or(currency).or_else(|| CurrencyCode::new("USD"))?)
        }
        Form::Date => Value::Date(i32::try_from(began.as_second().div_euclid(86_400)).unwrap_or_default()),
        Form::Instant => Value::Instant(began.as_microsecond()),
        Form::Currency => Value::Currency(CurrencyCode::new("USD")?),
        Form::Enum(_) => Value::Enum(0),
        Form::Reference(_) => return None,
    })
}

/// The first code of the table that belongs to a field of a system.
pub(super) fn code<'p>(plan: &'p Plan, system: &str, entity: &str, field: &str) -> Option<&'p str> {
    let is_of = |table: &&Codes| {
        table.systems.iter().any(|name| name == system) && table.entity == entity && table.field == field
    };
    let table = plan.codes.iter().find(is_of)?;
    table.pairs.first().map(|pair| pair.code.as_str())
}

/// What a system in memory returns for a field that it fills by itself.
pub(super) fn returned(plan: &Plan, program: &Program, system: &str, entity: &Entity, field: &str) -> Option<Cell> {
    let linked = program.entity(program.entity_ix(system, &entity.name)?);
    let mut declared = linked.fields.get(linked.field_ix(field)?)?.clone();
    // What comes back is there, even where the field may be empty before.
    declared.shape.optional = false;
    let value = of(plan, &declared, code(plan, system, &entity.name, field), None)?;
    Some(written(&value, &declared, program))
}
