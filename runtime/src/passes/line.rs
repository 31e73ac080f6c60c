//! Lines of a target, made from images (section 9).
//!
//! An **image** is what an outbound map assigns, by position of the entity's field. A **line** is an image with the suffix of its
//! generation in the key, or its **reversal**: the same line with another suffix, the additive fields negated, and the key of the
//! line it reverses. A **delta** is the line of a generation whose additive fields hold the difference to the generation before.

use super::cells::written;
use super::prepare::{Route, suffix_field};
use crate::connectors::Cell;
use syncline_eval::{LinkedField, Program, Value, number, show};

/// What is written into a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) fields: Vec<(String, Cell)>,
    /// The values of its key fields, joined by U+001F.
    pub(super) key: String,
}

/// Suffix of the line of a generation.
pub(super) fn suffix(generation: u32) -> String {
    if generation > 1 { format!("/{generation}") } else { String::new() }
}

/// The line of an image.
pub(super) fn line(image: &[Option<Value>], generation: u32, route: &Route<'_>, program: &Program) -> Line {
    build(image, &suffix(generation), route, program)
}

/// The line that reverses the line of an image.
pub(super) fn reversal(
    image: &[Option<Value>],
    generation: u32,
    reversed: &str,
    route: &Route<'_>,
    program: &Program,
) -> Line {
    let linked = program.entity(route.entity_ix);
    if route.publishes {
        let emptied = linked.fields.iter().zip(image).map(|(field, value)| match value {
            Some(_) if !is_key(field, route) => Some(Value::Null),
            other => other.clone(),
        });
        return build(&emptied.collect::<Vec<_>>(), "", route, program);
    }
    let mut negated = image.to_vec();
    for (field, slot) in linked.fields.iter().zip(&mut negated) {
        if !is_additive(field, route) {
            continue;
        }
        if let Some(Value::Decimal(number) | Value::Money(number, _)) = slot {
            *number = number.saturating_neg();
        }
    }
    let mut line = build(&negated, &reversal_suffix(generation), route, program);
    if let Some(name) = &route.entity.reverses {
        let reversed = Cell::Text(reversed.replace('\u{1f}', "|"));
        match line.fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, cell)) => *cell = reversed,
            None => line.fields.push((name.clone(), reversed)),
        }
    }
    line
}

fn is_key(field: &LinkedField, route: &Route<'_>) -> bool {
    route.entity.key.iter().any(|name| **name == *field.name)
}

/// The field that carries suffixes; a row that is there has its key already.
fn suffixed<'r>(route: &'r Route<'_>) -> Option<&'r str> {
    suffix_field(route.entity).filter(|_| !route.publishes)
}

fn is_additive(field: &LinkedField, route: &Route<'_>) -> bool {
    route.entity.additive.iter().any(|name| **name == *field.name)
}

/// The image of the line that makes what is posted into another image: additive fields hold the difference, others are as in both.
/// None when no line can do that: another field differs, an amount is missing on one side or in another currency, or the difference
/// has more digits than its field.
pub(super) fn difference(
    posted: &[Option<Value>],
    image: &[Option<Value>],
    route: &Route<'_>,
    program: &Program,
) -> Option<Vec<Option<Value>>> {
    let mut difference = image.to_vec();
    for (ix, field) in program.entity(route.entity_ix).fields.iter().enumerate() {
        if route.returned.contains(&ix) {
            continue;
        }
        let (before, after) = (value_at(posted, ix), value_at(image, ix));
        if !is_additive(field, route) {
            if before != after {
                return None;
            }
            continue;
        }
        let number = match (before, after) {
            (None, None) => continue,
            (Some(Value::Decimal(before)), Some(Value::Decimal(after))) => Value::Decimal(after.checked_sub(*before)?),
            (Some(Value::Money(before, currency)), Some(Value::Money(after, same))) if currency == same => {
                Value::Money(after.checked_sub(*before)?, *same)
            }
            _ => return None,
        };
        if let Value::Decimal(number) | Value::Money(number, _) = &number
            && !number::fits(*number, field.shape.form.precision())
        {
            return None;
        }
        *difference.get_mut(ix)? = Some(number);
    }
    Some(difference)
}

fn build(image: &[Option<Value>], suffix: &str, route: &Route<'_>, program: &Program) -> Line {
    let linked = program.entity(route.entity_ix);
    let suffixed = suffixed(route);
    let mut fields = Vec::with_capacity(image.len());
    for (field, value) in linked.fields.iter().zip(image) {
        let Some(value) = value else { continue };
        let mut cell = written(value, field, program);
        if let Cell::Text(text) = &mut cell
            && suffixed == Some(&*field.name)
        {
            text.push_str(suffix);
        }
        fields.push((field.name.to_string(), cell));
    }
    let key = line_key(route, |name| fields.iter().find(|(field, _)| field == name).map(|(_, cell)| cell));
    Line { fields, key }
}

/// The key of the line of an image under a suffix.
pub(super) fn key_under(image: &[Option<Value>], suffix: &str, route: &Route<'_>, program: &Program) -> String {
    let linked = program.entity(route.entity_ix);
    let suffixed = suffixed(route);
    let part = |name: &String| {
        let (field, value) = linked.fields.iter().zip(image).find(|(field, _)| *field.name == **name)?;
        let cell = written(value.as_ref()?, field, program);
        let is_suffixed = suffixed == Some(name.as_str()) && matches!(cell, Cell::Text(_));
        Some(text_of(&cell) + if is_suffixed { suffix } else { "" })
    };
    route.entity.key.iter().map(|name| part(name).unwrap_or_default()).collect::<Vec<_>>().join("\u{1f}")
}

/// Suffix of the line that reverses that of a generation.
pub(super) fn reversal_suffix(generation: u32) -> String {
    format!("/{generation}r")
}

fn text_of(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Integer(number) => number.to_string(),
        Cell::Foreign { shown, .. } => shown.clone(),
        Cell::Null => String::new(),
    }
}

/// The key of a line as text, from its cells.
pub(super) fn line_key<'c>(route: &Route<'_>, cell: impl Fn(&str) -> Option<&'c Cell>) -> String {
    let parts = route.entity.key.iter().map(|name| cell(name).map_or_else(String::new, text_of));
    parts.collect::<Vec<_>>().join("\u{1f}")
}

/// What is written of a line: of a row that is there all but its key.
pub(super) fn written_cells(line: Line, route: &Route<'_>) -> Vec<(String, Cell)> {
    let mut fields = line.fields;
    fields.retain(|(name, _)| !route.publishes || !route.entity.key.contains(name));
    fields
}

/// The key cells of a line.
pub(super) fn key_cells(line: &Line, route: &Route<'_>) -> Vec<(String, Cell)> {
    line.fields.iter().filter(|(name, _)| route.entity.key.contains(name)).cloned().collect()
}

/// Whether two images are equal, but for what the target fills; null and not assigned are the same.
pub(super) fn same_image(a: &[Option<Value>], b: &[Option<Value>], route: &Route<'_>) -> bool {
    (0..a.len().max(b.len())).all(|ix| route.returned.contains(&ix) || value_at(a, ix) == value_at(b, ix))
}

fn value_at(image: &[Option<Value>], ix: usize) -> Option<&Value> {
    image.get(ix).and_then(Option::as_ref).filter(|value| !value.is_null())
}

/// What is different between a posted image and another, for people.
pub(super) fn differences(
    posted: &[Option<Value>],
    now: &[Option<Value>],
    route: &Route<'_>,
    program: &Program,
) -> String {
    let linked = program.entity(route.entity_ix);
    let shown = |value: Option<&Value>, field: &LinkedField| {
        value.map_or_else(|| "null".to_owned(), |value| show::show(value, field.shape, program))
    };
    let parts =
        linked.fields.iter().enumerate().filter(|(ix, _)| !route.returned.contains(ix)).filter_map(|(ix, field)| {
            let (before, after) = (value_at(posted, ix), value_at(now, ix));
            (before != after).then(|| {
                format!("`{}` would be {}, posted is {}", field.name, shown(after, field), shown(before, field))
            })
        });
    parts.collect::<Vec<_>>().join(", ")
}
