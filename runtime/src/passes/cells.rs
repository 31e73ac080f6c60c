//! From what a source holds to values, and what of it makes two rows equal (sections 2 and 3).

use crate::connectors::{Cell, nfc};
use sha2::{Digest, Sha256};
use syncline_eval::{CastError, Form, LinkedEntity, Program, Reason, Value, cast, show};

/// The cells of a row as values, in the entity's order.
pub(crate) fn values(cells: &[Cell], entity: &LinkedEntity, program: &Program) -> Vec<cast::Cell> {
    let texts: Vec<Option<String>> = cells
        .iter()
        .zip(&entity.fields)
        .map(|(cell, field)| match cell {
            Cell::Null => None,
            Cell::Text(text) => Some(text.clone()),
            Cell::Integer(number) if field.shape.form == Form::Bool && matches!(number, 0 | 1) => {
                Some((*number == 1).to_string())
            }
            Cell::Integer(number) => Some(number.to_string()),
            Cell::Foreign { shown, .. } => Some(shown.clone()),
        })
        .collect();
    let borrowed: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
    let mut read = cast::row(program, entity, &borrowed);
    for ((cell, field), read) in cells.iter().zip(&entity.fields).zip(&mut read) {
        let wrong = match cell {
            Cell::Foreign { class, shown } => {
                Some(format!("`{}` is the {class} `{shown}`, not of type `{}`", field.name, field.described))
            }
            Cell::Integer(number) if !field.shape.form.is_number() && field.shape.form != Form::Bool => {
                Some(format!("`{}` is the INTEGER `{number}`, not of type `{}`", field.name, field.described))
            }
            _ => None,
        };
        if let Some(message) = wrong {
            *read = Err(Box::new(CastError { reason: Reason::CastFailed, message, because: None }));
        }
    }
    read
}

/// A value as a cell of a target.
pub(crate) fn written(value: &Value, field: &syncline_eval::LinkedField, program: &Program) -> Cell {
    match (value, field.shape.form) {
        (Value::Null, _) => Cell::Null,
        (Value::Bool(value), _) => Cell::Integer(i64::from(*value)),
        (Value::Decimal(number), Form::Decimal { precision: 18, scale: 0 }) => match i64::try_from(*number) {
            Ok(number) if &*field.described == "int" => Cell::Integer(number),
            _ => Cell::Text(number.to_string()),
        },
        _ => show::write(value, field, program).map_or(Cell::Null, Cell::Text),
    }
}

/// What a row says in the fields that count.
pub(super) fn content(cells: &[Cell], counts: impl Fn(usize) -> bool) -> Vec<u8> {
    let mut digest = Sha256::new();
    for (position, cell) in cells.iter().enumerate() {
        if !counts(position) {
            continue;
        }
        let (kind, text): (u8, String) = match cell {
            Cell::Null => (0, String::new()),
            Cell::Text(text) => (1, text.clone()),
            Cell::Integer(number) => (2, number.to_string()),
            Cell::Foreign { class, shown } => (3, format!("{class} {shown}")),
        };
        digest.update([kind]);
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text.as_bytes());
    }
    digest.finalize().to_vec()
}

/// What a malformed row says.
pub(super) fn raw_content(raw: &str) -> Vec<u8> {
    Sha256::digest(raw.as_bytes()).to_vec()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowKey {
    /// For people and for the order of postings; none when there is not even a raw key.
    pub(super) shown: Option<String>,
    /// What tells it apart when `shown` does not: the parts of a key of several fields.
    pub(super) identity: Option<String>,
    /// Whether every part is a value of its type.
    pub(super) readable: bool,
}

/// The key of a row: its values as text, or what stands there when they cannot be read.
pub(super) fn key(cells: &[Cell], read: &[cast::Cell], entity: &LinkedEntity, program: &Program) -> RowKey {
    key_of(&entity.key, cells, read, entity, program)
}

/// As [`key`], of these fields.
pub(super) fn key_of(
    key: &[usize],
    cells: &[Cell],
    read: &[cast::Cell],
    entity: &LinkedEntity,
    program: &Program,
) -> RowKey {
    let typed = key.iter().map(|&ix| match read.get(ix) {
        Some(Ok(value)) => show::write(value, entity.fields.get(ix)?, program),
        _ => None,
    });
    let typed: Option<Vec<String>> = typed.collect();
    let readable = typed.is_some();
    let raw = || {
        let parts = key.iter().map(|&ix| match cells.get(ix) {
            Some(Cell::Text(text)) => Some(nfc(text)),
            Some(Cell::Integer(number)) => Some(number.to_string()),
            Some(Cell::Foreign { shown, .. }) => Some(shown.clone()),
            Some(Cell::Null) | None => None,
        });
        parts.collect::<Option<Vec<String>>>()
    };
    let parts = typed.or_else(raw);
    let identity = parts.as_ref().filter(|parts| parts.len() > 1).map(|parts| parts.join("\u{1f}"));
    RowKey { shown: parts.map(|parts| parts.join("|")), identity, readable }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    fn content(cells: &[Cell], cursor: Option<usize>) -> Vec<u8> {
        super::content(cells, |position| Some(position) != cursor)
    }

    #[test]
    fn equal_content_is_equal_cells_but_for_the_cursor() {
        let row = [text("T-1"), text("8.00"), text("2026-07-01T00:00Z")];
        let later = [text("T-1"), text("8.00"), text("2026-07-02T00:00Z")];
        assert_eq!(content(&row, Some(2)), content(&later, Some(2)));
        assert_ne!(content(&row, None), content(&later, None));
        for other in [
            [text("T-1"), text("8.0"), Cell::Null],
            [text("T-1"), Cell::Null, Cell::Null],
            [text("T-1"), text(""), Cell::Null],
        ] {
            assert_ne!(content(&row, Some(2)), content(&other, Some(2)));
        }
        assert_ne!(content(&[Cell::Null], None), content(&[text("")], None));
        assert_ne!(content(&[text("a"), text("bc")], None), content(&[text("ab"), text("c")], None));
        assert_ne!(content(&[Cell::Integer(1)], None), content(&[text("1")], None));
    }
}
