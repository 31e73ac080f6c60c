//! Writing values: for people, and for systems.
//!
//! For people, as `text(x)` and `{x}` write it: numbers with all digits of their scale, money with its code, dates and instants in
//! ISO 8601, values of enumerations by name, references by the key of the record (parts joined by `/`), null as `null`.
//!
//! For systems, [`write`](fn@write) is the exact inverse of [`cast`](crate::cast): amounts without their code, percentages in the form the
//! system keeps them.

use crate::{Form, LinkedField, ObjectIx, Program, RecordId, Records, Shape, Value, digits, time};
use syncline_ir::PercentForm;

/// How far a key is followed when key fields are references themselves.
const DEEPEST_KEY: u8 = 8;

/// The value as people read it. A reference is shown by the hub's number, since no record can be read here.
#[must_use]
pub fn show(value: &Value, shape: Shape, program: &Program) -> String {
    let mut out = String::new();
    plain(value, shape.form, program, &mut out);
    out
}

/// The value as a system keeps it; none for null. Reading it back gives the same value.
#[must_use]
pub fn write(value: &Value, field: &LinkedField, program: &Program) -> Option<String> {
    let scale = field.shape.form.scale();
    match value {
        Value::Null => None,
        Value::Decimal(coefficient) | Value::Money(coefficient, _) => {
            let points = field.percent == Some(PercentForm::Points);
            Some(digits::show(*coefficient, if points { scale.saturating_sub(2) } else { scale }))
        }
        other => Some(show(other, field.shape, program)),
    }
}

/// Appends the value as people read it, references by key.
pub(crate) fn append(value: &Value, shape: Shape, program: &Program, records: &dyn Records, out: &mut String) {
    append_to(value, shape.form, program, records, DEEPEST_KEY, out);
}

/// A record, as in `` `Project` P-1 ``.
pub(crate) fn reference(object: ObjectIx, record: RecordId, program: &Program, records: &dyn Records) -> String {
    let mut out = format!("`{}` ", program.object(object).name);
    append_to(&Value::Record(record), Form::Reference(object), program, records, DEEPEST_KEY, &mut out);
    out
}

fn append_to(value: &Value, form: Form, program: &Program, records: &dyn Records, depth: u8, out: &mut String) {
    let (Value::Record(record), Form::Reference(object)) = (value, form) else {
        return plain(value, form, program, out);
    };
    let Some(deeper) = depth.checked_sub(1) else { return plain(value, form, program, out) };
    let declared = program.object(object);
    for (position, &field) in declared.key.iter().enumerate() {
        if position > 0 {
            out.push('/');
        }
        let form = declared.fields.get(field).map_or(form, |field| field.shape.form);
        append_to(&records.field(object, *record, field), form, program, records, deeper, out);
    }
}

fn plain(value: &Value, form: Form, program: &Program, out: &mut String) {
    match (value, form) {
        (Value::Null, _) => out.push_str("null"),
        (Value::Bool(value), _) => out.push_str(if *value { "true" } else { "false" }),
        (Value::Decimal(coefficient), _) => digits::write(*coefficient, form.scale(), out),
        (Value::Money(coefficient, currency), _) => {
            digits::write(*coefficient, form.scale(), out);
            out.push(' ');
            out.push_str(currency.as_str());
        }
        (Value::Text(text), _) => out.push_str(text),
        (Value::Date(days), _) => out.push_str(&time::show_date(*days)),
        (Value::Instant(micros), _) => out.push_str(&time::show_instant(*micros)),
        (Value::Currency(code), _) => out.push_str(code.as_str()),
        (Value::Enum(value), Form::Enum(ix)) if program.enumeration(ix).name_of(*value).is_some() => {
            out.push_str(program.enumeration(ix).name_of(*value).map_or("", |name| name));
        }
        (Value::Enum(number), _) => out.push_str(&format!("#{number}")),
        (Value::Record(RecordId(number)), _) => out.push_str(&format!("#{number}")),
    }
}
