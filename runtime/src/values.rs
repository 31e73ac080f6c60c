//! Values at rest: how canonical values, images and versions stand in the hub.
//!
//! A record is a JSON object by field name. Decimals are strings with their scale, money is `["1600.0000", "USD"]`, enumeration
//! values are names, references are numbers of canonical records. A stored value says nothing that depends on positions in a
//! plan, so a hub outlives its plans. What a later plan's type cannot hold any more reads as null.
//!
//! The **rank** of a version is its value as bytes that compare as the values do.

use serde_json::{Map, Value as Json};
use syncline_eval::{CurrencyCode, Form, LinkedField, Program, RecordId, Value, digits, time};

/// Values by field; none is not written at all.
pub(crate) fn encode<'a>(values: impl IntoIterator<Item = (&'a LinkedField, Option<&'a Value>)>, program: &Program) -> String {
    let mut members = Map::new();
    for (field, value) in values {
        if let Some(value) = value {
            members.insert(field.name.to_string(), to_json(value, field.shape.form, program));
        }
    }
    Json::Object(members).to_string()
}

/// The inverse of [`encode`], in the order of `fields`; none for fields that are not written.
pub(crate) fn decode(text: &str, fields: &[LinkedField], program: &Program) -> Vec<Option<Value>> {
    let mut members: Map<String, Json> = serde_json::from_str(text).unwrap_or_default();
    fields.iter().map(|field| members.remove(&*field.name).map(|json| from_json(json, field.shape.form, program))).collect()
}

fn to_json(value: &Value, form: Form, program: &Program) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Decimal(coefficient) => Json::String(digits::show(*coefficient, form.scale())),
        Value::Money(coefficient, currency) => {
            Json::Array(vec![Json::String(digits::show(*coefficient, form.scale())), Json::String(currency.as_str().to_owned())])
        }
        Value::Record(record) => Json::from(record.0),
        Value::Text(text) => Json::String(text.to_string()),
        Value::Date(days) => Json::String(time::show_date(*days)),
        Value::Instant(micros) => Json::String(time::show_instant(*micros)),
        Value::Currency(code) => Json::String(code.as_str().to_owned()),
        Value::Enum(position) => match form {
            Form::Enum(ix) => program.enumeration(ix).name_of(*position).map_or(Json::Null, |name| Json::String(name.to_string())),
            _ => Json::Null,
        },
    }
}

fn from_json(json: Json, form: Form, program: &Program) -> Value {
    let value = match (form, json) {
        (Form::Text { .. }, Json::String(text)) => Some(Value::Text(text.into())),
        (Form::Bool, Json::Bool(value)) => Some(Value::Bool(value)),
        (Form::Decimal { precision, scale }, Json::String(text)) => digits::read(&text, precision, scale).ok().map(Value::Decimal),
        (Form::Money { precision, scale, .. }, Json::Array(pair)) => match pair.as_slice() {
            [Json::String(amount), Json::String(code)] => {
                digits::read(amount, precision, scale).ok().zip(CurrencyCode::new(code)).map(|(coefficient, code)| Value::Money(coefficient, code))
            }
            _ => None,
        },
        (Form::Date, Json::String(text)) => time::read_date(&text).map(Value::Date),
        (Form::Instant, Json::String(text)) => time::read_instant(&text).map(Value::Instant),
        (Form::Currency, Json::String(text)) => CurrencyCode::new(&text).map(Value::Currency),
        (Form::Enum(ix), Json::String(name)) => program.enumeration(ix).value(&name).map(Value::Enum),
        (Form::Reference(_), Json::Number(number)) => number.as_u64().map(|id| Value::Record(RecordId(id))),
        _ => None,
    };
    value.unwrap_or_default()
}

/// Bytes that compare as values of one form do; none for null.
pub(crate) fn rank(value: &Value) -> Option<Vec<u8>> {
    /// Two's complement in big-endian order compares rightly once the sign bit is turned.
    fn signed(number: i128) -> Vec<u8> {
        (number ^ i128::MIN).to_be_bytes().to_vec()
    }
    Some(match value {
        Value::Null => return None,
        Value::Bool(value) => signed(i128::from(*value)),
        Value::Decimal(coefficient) => signed(*coefficient),
        Value::Money(coefficient, code) => [signed(*coefficient), code.as_str().as_bytes().to_vec()].concat(),
        Value::Date(days) => signed(i128::from(*days)),
        Value::Instant(micros) => signed(i128::from(*micros)),
        Value::Enum(position) => signed(i128::from(*position)),
        Value::Record(record) => signed(i128::from(record.0)),
        Value::Text(text) => text.as_bytes().to_vec(),
        Value::Currency(code) => code.as_str().as_bytes().to_vec(),
    })
}

/// The rank of the n-th version of a record that is ordered by arrival.
pub(crate) fn arrival_rank(version: u64) -> Option<Vec<u8>> {
    rank(&Value::Decimal(i128::from(version)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ranks_compare_as_numbers_do(a in any::<i128>(), b in any::<i128>()) {
            prop_assert_eq!(rank(&Value::Decimal(a)).unwrap().cmp(&rank(&Value::Decimal(b)).unwrap()), a.cmp(&b));
        }

        #[test]
        fn ranks_compare_as_texts_do(a in "[a-zé0-9]{0,4}", b in "[a-zé0-9]{0,4}") {
            prop_assert_eq!(rank(&Value::text(&a)).unwrap().cmp(&rank(&Value::text(&b)).unwrap()), a.cmp(&b));
        }
    }

    #[test]
    fn the_ninth_arrival_is_before_the_tenth() {
        assert!(arrival_rank(9) < arrival_rank(10));
    }
}
