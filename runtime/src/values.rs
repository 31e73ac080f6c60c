//! Values at rest: how canonical values, images and versions stand in the hub.
//!
//! A record is a JSON object by field name. Decimals are strings with their scale, money is `["1600.0000", "USD"]`, enumeration
//! values are names, references are numbers of canonical records. A stored value says nothing that depends on positions in a
//! plan, so a hub outlives its plans. What a later plan's type cannot hold any more reads as null.
//!
//! The **rank** of a version is its value as bytes that compare as the values do.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use syncline_eval::{CurrencyCode, Form, LinkedField, Program, RecordId, Value, digits, time};

/// Values by field; none is not written at all.
pub(crate) fn encode<'a>(
    values: impl IntoIterator<Item = (&'a LinkedField, Option<&'a Value>)>,
    program: &Program,
) -> String {
    let mut out = String::with_capacity(256);
    for (field, value) in values {
        if let Some(value) = value {
            out.push(if out.is_empty() { '{' } else { ',' });
            quote(&field.name, &mut out);
            out.push(':');
            write(value, field.shape.form, program, &mut out);
        }
    }
    out.push_str(if out.is_empty() { "{}" } else { "}" });
    out
}

fn quote(text: &str, out: &mut String) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        out.push('"');
        out.push_str(text);
        out.push('"');
        return;
    }
    // A string can always be written as JSON.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}

fn write(value: &Value, form: Form, program: &Program, out: &mut String) {
    let mut plain = |text: &str| {
        out.push('"');
        out.push_str(text);
        out.push('"');
    };
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Decimal(coefficient) => plain(&digits::show(*coefficient, form.scale())),
        Value::Money(coefficient, currency) => {
            out.push('[');
            write(&Value::Decimal(*coefficient), form, program, out);
            out.push(',');
            write(&Value::Currency(*currency), form, program, out);
            out.push(']');
        }
        Value::Record(record) => out.push_str(&record.0.to_string()),
        Value::Text(text) => quote(text, out),
        Value::Date(days) => plain(&time::show_date(*days)),
        Value::Instant(micros) => plain(&time::show_instant(*micros)),
        Value::Currency(code) => plain(code.as_str()),
        Value::Enum(position) => {
            let name = if let Form::Enum(ix) = form { program.enumeration(ix).name_of(*position) } else { None };
            match name {
                Some(name) => quote(name, out),
                None => out.push_str("null"),
            }
        }
    }
}

/// The inverse of [`encode`], in the order of `fields`; none for fields that are not written.
pub(crate) fn decode(text: &str, fields: &[LinkedField], program: &Program) -> Vec<Option<Value>> {
    decode_some(text, fields, program, |_| true)
}

/// As [`decode`], but only of the fields that are wanted; none for the others.
pub(crate) fn decode_some(
    text: &str,
    fields: &[LinkedField],
    program: &Program,
    wanted: impl Fn(usize) -> bool,
) -> Vec<Option<Value>> {
    let mut json = serde_json::Deserializer::from_str(text);
    // What is no object was not written by this program: it says nothing.
    Members { fields, program, wanted: &wanted }.deserialize(&mut json).unwrap_or_else(|_| vec![None; fields.len()])
}

/// Reads an object, by field.
struct Members<'a> {
    fields: &'a [LinkedField],
    program: &'a Program,
    wanted: &'a dyn Fn(usize) -> bool,
}

#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = Vec<Option<Value>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = Vec<Option<Value>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = vec![None; self.fields.len()];
        let mut next = 0;
        while let Some(Name(name)) = map.next_key::<Name<'de>>()? {
            // Mostly the fields come in the order in which they are declared.
            let ahead = self.fields.iter().enumerate().skip(next).find(|(_, field)| *field.name == *name);
            let found = ahead.or_else(|| self.fields.iter().enumerate().find(|(_, field)| *field.name == *name));
            next = found.map_or(next, |(ix, _)| ix + 1);
            let Some((ix, field)) = found.filter(|(ix, _)| (self.wanted)(*ix)) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            let value = map.next_value_seed(Slot { form: field.shape.form, program: self.program })?;
            if let Some(slot) = values.get_mut(ix) {
                *slot = Some(value);
            }
        }
        Ok(values)
    }
}

/// Reads a value of one form; null when it is none.
struct Slot<'a> {
    form: Form,
    program: &'a Program,
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Slot<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(if self.form == Form::Bool { Value::Bool(value) } else { Value::Null })
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(if matches!(self.form, Form::Reference(_)) { Value::Record(RecordId(number)) } else { Value::Null })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        let value = match self.form {
            Form::Text { .. } => Some(Value::Text(text.into())),
            Form::Decimal { precision, scale } => digits::read(text, precision, scale).ok().map(Value::Decimal),
            Form::Date => time::read_date(text).map(Value::Date),
            Form::Instant => time::read_instant(text).map(Value::Instant),
            Form::Currency => CurrencyCode::new(text).map(Value::Currency),
            Form::Enum(ix) => self.program.enumeration(ix).value(text).map(Value::Enum),
            Form::Bool | Form::Money { .. } | Form::Reference(_) => None,
        };
        Ok(value.unwrap_or_default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let Form::Money { precision, scale, .. } = self.form else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(Value::Null);
        };
        let (amount, code) = (seq.next_element::<Name<'de>>()?, seq.next_element::<Name<'de>>()?);
        let coefficient = amount.and_then(|Name(amount)| digits::read(&amount, precision, scale).ok());
        let code = code.and_then(|Name(code)| CurrencyCode::new(&code));
        Ok(coefficient.zip(code).map(|(coefficient, code)| Value::Money(coefficient, code)).unwrap_or_default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Null)
    }
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

    fn field(name: &str, form: Form) -> LinkedField {
        LinkedField {
            name: name.into(),
            shape: syncline_eval::Shape { form, optional: true },
            described: name.into(),
            fixed: false,
            percent: None,
            currency: None,
        }
    }

    #[test]
    fn values_are_kept_by_name_whatever_the_plan_says_later() {
        let usd = CurrencyCode::new("USD").unwrap();
        let money = |scale| Form::Money { precision: 19, scale, fixed: None };
        let fields = [
            field("note", Form::Text { max: None }),
            field("hours", Form::Decimal { precision: 6, scale: 2 }),
            field("amount", money(2)),
            field("day", Form::Date),
            field("billable", Form::Bool),
            field("gone", Form::Bool),
        ];
        let values = [
            Value::text("say \"hi\"\u{1f}"),
            Value::Decimal(-5),
            Value::Money(1250, usd),
            Value::Date(0),
            Value::Bool(true),
            Value::Null,
        ];
        let program = Program::default();
        let text = encode(fields.iter().zip(values.iter().map(Some)), &program);
        assert_eq!(
            text,
            r#"{"note":"say \"hi\"\u001f","hours":"-0.05","amount":["12.50","USD"],"day":"1970-01-01","billable":true,"gone":null}"#
        );
        assert_eq!(decode(&text, &fields, &program), values.clone().map(Some));
        // Other fields, in another order, wider or of another type.
        let later = [
            field("amount", money(4)),
            field("task", Form::Bool),
            field("note", Form::Date),
            field("hours", Form::Decimal { precision: 6, scale: 1 }),
        ];
        assert_eq!(
            decode(&text, &later, &program),
            [Some(Value::Money(125_000, usd)), None, Some(Value::Null), Some(Value::Null)]
        );
        let second = decode_some(&text, &fields, &program, |ix| ix == 2);
        assert_eq!(second, [None, None, Some(values[2].clone()), None, None, None]);
        for nothing in ["", "null", "[1]", "{\"hours\":"] {
            assert_eq!(decode(nothing, &later, &program), [None, None, None, None], "{nothing}");
        }
    }

    #[test]
    fn the_ninth_arrival_is_before_the_tenth() {
        assert!(arrival_rank(9) < arrival_rank(10));
    }
}
