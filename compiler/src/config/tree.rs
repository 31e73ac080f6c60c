//! YAML as a tree with places.
//!
//! Values are read without a schema and judged afterwards, so that every mistake of a manifest is found at once and at its
//! place, not only the first.

use super::ITEM;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{DuplicateKeyPolicy, Location, Spanned};
use std::fmt;
use syncline_diagnostics::Span;

/// A value and its place.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub value: Value,
    /// Of a scalar its text; of anything else the gap before it.
    pub span: Span,
}

/// What a value looks like.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    /// A text, a number or a truth value, as it is written.
    Scalar(String),
    List(Vec<Node>),
    /// In the order written.
    Map(Vec<(Key, Node)>),
}

/// A key and its place.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub text: String,
    pub span: Span,
}

/// Why a text is no YAML.
#[derive(Debug)]
pub(super) struct Malformed {
    pub message: String,
    pub span: Span,
}

/// Reads YAML.
pub(super) fn parse(text: &str) -> Result<Node, Malformed> {
    // Booleans stay words: `off` is a lint level. Keys said twice reach the caller, who knows what they mean.
    let options = serde_saphyr::options! { with_snippet: false, strict_booleans: true, duplicate_keys: DuplicateKeyPolicy::LastWins };
    let raw =
        serde_saphyr::from_str_with_options::<Spanned<Raw>>(text, options).map_err(|error| malformed(text, &error))?;
    Ok(node(raw, text))
}

fn malformed(text: &str, error: &serde_saphyr::Error) -> Malformed {
    let location = error.location();
    let span = location.and_then(|location| span(location).or_else(|| by_line(text, location)));
    let shown = error.without_snippet().to_string();
    let message = shown.split(" at line ").next().unwrap_or(&shown).to_owned();
    Malformed { message, span: span.unwrap_or(Span::new(ITEM, 0, 0)) }
}

/// Scanner errors know their line and column only.
fn by_line(text: &str, location: Location) -> Option<Span> {
    let line_index = usize::try_from(location.line()).ok()?.checked_sub(1)?;
    let column = usize::try_from(location.column()).ok()?.saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(line_index).map(str::len).sum();
    let line = text.get(start..)?.lines().next().unwrap_or_default();
    let within = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let at = u32::try_from(start + within).ok()?;
    Some(Span::new(ITEM, at, at))
}

fn span(location: Location) -> Option<Span> {
    let start = u32::try_from(location.span().byte_offset()?).ok()?;
    let length = u32::try_from(location.span().byte_len()?).ok()?;
    Some(Span::new(ITEM, start, start.saturating_add(length)))
}

/// A value as the reader gives it.
enum Raw {
    Null,
    Text(String),
    /// A number or truth value, whose text the reader has interpreted.
    Plain,
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn node(raw: Spanned<Raw>, text: &str) -> Node {
    let place = span(raw.referenced).unwrap_or(Span::new(ITEM, 0, 0));
    let defined = span(raw.defined).unwrap_or(place);
    match raw.value {
        Raw::Null => Node { value: Value::Null, span: after_colon(place, text) },
        Raw::Text(scalar) => Node { value: Value::Scalar(scalar), span: place },
        Raw::Plain => {
            let written = text.get(defined.start as usize..defined.end as usize).unwrap_or_default();
            Node { value: Value::Scalar(written.to_owned()), span: place }
        }
        Raw::List(items) => {
            let items = items.into_iter().map(|item| node(item, text)).collect();
            Node { value: Value::List(items), span: place.before() }
        }
        Raw::Map(members) => {
            let members = members.into_iter().map(|(key, value)| {
                let span = span(key.referenced).unwrap_or(place);
                (Key { text: key.value, span }, node(value, text))
            });
            Node { value: Value::Map(members.collect()), span: place.before() }
        }
    }
}

/// A value that is not there has the place of the colon before it; people look behind the colon.
fn after_colon(place: Span, text: &str) -> Span {
    let at_colon =
        place.start == place.end && text.get(place.start as usize..).is_some_and(|rest| rest.starts_with(':'));
    let shift = u32::from(at_colon);
    Span::new(ITEM, place.start + shift, place.end + shift)
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Plain)
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element()? {
            found.push(item);
        }
        Ok(Raw::List(found))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Raw, A::Error> {
        let mut found = Vec::new();
        while let Some(key) = members.next_key()? {
            found.push((key, members.next_value()?));
        }
        Ok(Raw::Map(found))
    }
}
