//! Folders of JSON Lines: one file `<entity>.jsonl` for each entity, one object a line. A source; for the target see
//! [`files`](super::files).
//!
//! UTF-8, with or without a byte order mark; lines end at LF or CRLF; blank lines are skipped and counted. A member that is
//! missing and a member that is `null` are both null, `""` is empty text. Members which the entity does not declare are not
//! read. Numbers are taken from the text of the line, never through a float: `1.5e3` is the decimal 1500, whatever its size.
//!
//! A line that is no JSON object, holds a member twice, is not UTF-8 or is longer than 16 MiB is malformed and concerns
//! nobody else. An object or a list in a declared field, a number in a text field, a boolean where none belongs are values
//! that cannot be read: the row goes to its queue when its map reads that field.

use super::json_text::{elements, members, plain_number};
use super::{Cell, HolderContent, HolderRow, Place, RowContent, Source, SourceRow, nfc};
use crate::error::{Outcome, RuntimeError};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use syncline_ir::{Entity, Kind, Nested};

/// Bytes a line may have.
const LONGEST: u64 = 16 << 20;
const TOO_LONG: &str = "the line is longer than 16 MiB";
/// Characters of a value that cannot be read, in its message.
const SHOWN: usize = 80;

/// A folder of JSON Lines files.
pub(super) struct JsonlFolder {
    system: String,
    folder: PathBuf,
}

impl JsonlFolder {
    pub(super) fn new(system: &str, folder: PathBuf) -> Self {
        Self { system: system.to_owned(), folder }
    }

    fn error(&self, entity: &Entity, message: impl std::fmt::Display) -> RuntimeError {
        let place = self.folder.join(format!("{}.jsonl", entity.name)).display().to_string();
        RuntimeError::Source { entity: format!("{}.{}", self.system, entity.name), place, message: message.to_string() }
    }

    fn open(&self, entity: &Entity) -> Outcome<BufReader<File>> {
        let file = self.folder.join(format!("{}.jsonl", entity.name));
        let input = File::open(file).map_err(|error| self.error(entity, error))?;
        let mut input = BufReader::with_capacity(1 << 18, input);
        let start = input.fill_buf().map_err(|error| self.error(entity, error))?;
        if start.starts_with(b"\xEF\xBB\xBF") {
            input.consume(3);
        }
        Ok(input)
    }
}

impl Source for JsonlFolder {
    fn check(&mut self, entity: &Entity) -> Outcome {
        self.open(entity).map(drop)
    }

    fn read(&mut self, entity: &Entity, take: &mut dyn FnMut(SourceRow) -> Outcome) -> Outcome {
        self.lines(entity, &mut |place, line| {
            let content = match line {
                Ok(bytes) => content(bytes, entity),
                Err(raw) => RowContent::Malformed { raw, message: TOO_LONG.to_owned() },
            };
            take(SourceRow { place, content })
        })
    }

    fn check_holders(&mut self, entity: &Entity, nested: &Nested) -> Outcome {
        self.check(&super::nested::holder(entity, nested))
    }

    fn read_holders(
        &mut self,
        entity: &Entity,
        nested: &Nested,
        take: &mut dyn FnMut(HolderRow) -> Outcome,
    ) -> Outcome {
        let (holder, own) = (super::nested::holder(entity, nested), super::nested::own(entity));
        self.lines(&holder, &mut |place, line| {
            let content = match line {
                Ok(bytes) => holding(bytes, &place, &holder, &nested.field, &own),
                Err(raw) => HolderContent::Malformed { raw, message: TOO_LONG.to_owned() },
            };
            take(HolderRow { place, content })
        })
    }
}

/// Takes a line; of one that is too long, what tells it from others.
type TakeLine<'a> = dyn FnMut(Place, Result<&[u8], String>) -> Outcome + 'a;

impl JsonlFolder {
    /// Hands over each line that is not blank.
    fn lines(&self, entity: &Entity, take: &mut TakeLine<'_>) -> Outcome {
        let mut input = self.open(entity)?;
        let file = format!("{}.jsonl", entity.name);
        let mut number = 0;
        while let Some(line) = next_line(&mut input).map_err(|error| self.error(entity, error))? {
            number += 1;
            let place = Place { file: file.clone(), line: number };
            match line {
                Line::TooLong { raw } => take(place, Err(raw))?,
                Line::Whole(bytes) => {
                    let bytes = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
                    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
                    if !bytes.trim_ascii().is_empty() {
                        take(place, Ok(bytes))?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// A line with the rows that one of its members holds. Without that member, or when it is null, it holds none.
fn holding(bytes: &[u8], place: &Place, holder: &Entity, member: &str, own: &Entity) -> HolderContent {
    let cells = match content(bytes, holder) {
        RowContent::Cells(cells) => cells,
        RowContent::Malformed { raw, message } => return HolderContent::Malformed { raw, message },
    };
    let raw = nfc(&String::from_utf8_lossy(bytes));
    // It was read just now.
    let members = std::str::from_utf8(bytes).ok().and_then(|text| members(text).ok()).unwrap_or_default();
    let held = members.into_iter().find(|(name, _)| nfc(name) == member).map(|(_, value)| value);
    let rows = match held.filter(|value| !value.starts_with('n')) {
        None => Vec::new(),
        Some(value) => match elements(value) {
            Some(rows) => rows,
            None => {
                let message = format!("`{member}` is no list, so it does not say which rows there are");
                return HolderContent::Malformed { raw, message };
            }
        },
    };
    let row = |(number, text): (usize, &str)| {
        let content = match content(text.as_bytes(), own) {
            RowContent::Malformed { raw, message } => {
                RowContent::Malformed { raw, message: format!("row {number} of `{member}`: {message}") }
            }
            cells => cells,
        };
        SourceRow { place: place.clone(), content }
    };
    HolderContent::Rows { cells, raw, rows: (1..).zip(rows).map(row).collect(), whole: true }
}

/// A line with its end.
enum Line {
    Whole(Vec<u8>),
    /// Its beginning, with what tells it from others that begin in the same way.
    TooLong {
        raw: String,
    },
}

fn next_line(input: &mut impl BufRead) -> std::io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    if input.by_ref().take(LONGEST + 1).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.len() as u64 <= LONGEST || bytes.ends_with(b"\n") {
        return Ok(Some(Line::Whole(bytes)));
    }
    let head: String = String::from_utf8_lossy(&bytes).chars().take(SHOWN).collect();
    let mut digest = Sha256::new();
    let mut ended = false;
    while !ended && !bytes.is_empty() {
        digest.update(&bytes);
        bytes.clear();
        input.by_ref().take(1 << 20).read_until(b'\n', &mut bytes)?;
        ended = bytes.ends_with(b"\n");
    }
    digest.update(&bytes);
    let hash: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(Line::TooLong { raw: format!("{} … sha256:{hash}", nfc(&head)) }))
}

pub(super) fn content(bytes: &[u8], entity: &Entity) -> RowContent {
    let malformed = |message: String| RowContent::Malformed { raw: nfc(&String::from_utf8_lossy(bytes)), message };
    let Ok(text) = std::str::from_utf8(bytes) else { return malformed("the line is not UTF-8".to_owned()) };
    let members = match members(text) {
        Ok(members) => members,
        Err(message) => return malformed(message),
    };
    let mut cells = vec![Cell::Null; entity.fields.len()];
    let mut seen = std::collections::BTreeSet::new();
    for (name, raw) in members {
        let name = nfc(&name);
        if let Some((field, cell)) = entity.fields.iter().zip(&mut cells).find(|(field, _)| field.name == name) {
            match cell_of(raw, &field.ty.kind) {
                Ok(value) => *cell = value,
                Err(message) => return malformed(message),
            }
        }
        if let Some(twice) = seen.replace(name) {
            return malformed(format!("the member `{twice}` is there twice"));
        }
    }
    RowContent::Cells(cells)
}

/// The value of a field from the text of a member's value.
fn cell_of(raw: &str, kind: &Kind) -> Result<Cell, String> {
    let foreign = |class: &str| {
        let shown: String = raw.chars().take(SHOWN).collect();
        let cut = if shown.len() < raw.len() { "…" } else { "" };
        Ok(Cell::Foreign { class: class.to_owned(), shown: format!("{shown}{cut}") })
    };
    match raw.as_bytes().first() {
        Some(b'n') => Ok(Cell::Null),
        Some(b'"') => match serde_json::from_str::<String>(raw) {
            Ok(text) => Ok(Cell::Text(nfc(&text))),
            Err(error) => Err(format!("a text cannot be read: {}", super::json_text::said(&error))),
        },
        Some(b'{') => foreign("nested object"),
        Some(b'[') => foreign("list"),
        Some(b't' | b'f') if *kind == Kind::Bool => Ok(Cell::Text(raw.to_owned())),
        Some(b't' | b'f') => foreign("boolean"),
        _ if matches!(kind, Kind::Decimal { .. } | Kind::Money { .. }) => {
            plain_number(raw).map_or_else(|| foreign("number"), |number| Ok(Cell::Text(number)))
        }
        _ => foreign("number"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;
    use syncline_ir::{Field, Type};

    fn entity() -> Entity {
        let field = |name: &str, kind: Kind| Field {
            name: name.to_owned(),
            ty: Type::optional(kind),
            fixed: false,
            percent: None,
            doc: None,
            at: String::new(),
        };
        Entity {
            name: "card".to_owned(),
            fields: vec![
                field("id", Kind::Text { max: None }),
                field("hours", Kind::Decimal { precision: 28, scale: 4, unit: None }),
                field("done", Kind::Bool),
            ],
            key: vec!["id".to_owned()],
            cursor: None,
            cursor_overlap: 0,
            full_every: None,
            nested: None,
            deletion: None,
            events: Vec::new(),
            control: None,
            accepts: Vec::new(),
            returns: Vec::new(),
            idempotency: None,
            find_by: None,
            additive: Vec::new(),
            reverses: None,
            doc: None,
            at: String::new(),
        }
    }

    fn read(bytes: &[u8]) -> Vec<SourceRow> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("card.jsonl"), bytes).unwrap();
        let mut rows = Vec::new();
        let mut take = |row| {
            rows.push(row);
            Ok(())
        };
        JsonlFolder::new("psa", folder.path().to_path_buf()).read(&entity(), &mut take).unwrap();
        rows
    }

    fn cells(line: &str) -> Vec<Cell> {
        match read(line.as_bytes()).pop().unwrap().content {
            RowContent::Cells(cells) => cells,
            RowContent::Malformed { message, .. } => panic!("{message}"),
        }
    }

    fn fault(line: &[u8]) -> String {
        match read(line).pop().unwrap().content {
            RowContent::Malformed { message, .. } => message,
            RowContent::Cells(cells) => panic!("{cells:?}"),
        }
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn members_come_in_the_order_of_the_entity_and_others_are_left() {
        assert_eq!(
            cells(r#"{"extra": {"a": [1, "}"]}, "done": true, "hours": 7.50, "id": "T-1"}"#),
            [text("T-1"), text("7.50"), text("true")]
        );
    }

    #[test]
    fn missing_and_null_are_null_and_empty_text_is_not() {
        assert_eq!(cells(r#"{"id": "", "hours": null}"#), [text(""), Cell::Null, Cell::Null]);
    }

    #[test]
    fn numbers_keep_every_digit() {
        assert_eq!(
            cells(r#"{"id": "1", "hours": 123456789012345678901234.5678}"#)[1],
            text("123456789012345678901234.5678")
        );
        assert_eq!(cells(r#"{"id": "1", "hours": 0.1e1}"#)[1], text("01"));
        assert_eq!(cells(r#"{"id": "1", "hours": "7.5"}"#)[1], text("7.5"));
    }

    #[test]
    fn what_a_field_cannot_hold_is_foreign_to_it() {
        let foreign = |class: &str, shown: &str| Cell::Foreign { class: class.to_owned(), shown: shown.to_owned() };
        assert_eq!(
            cells(r#"{"id": 7, "hours": {"h": 1}, "done": [true]}"#),
            [foreign("number", "7"), foreign("nested object", r#"{"h": 1}"#), foreign("list", "[true]")]
        );
        assert_eq!(
            cells(r#"{"id": true, "hours": false}"#),
            [foreign("boolean", "true"), foreign("boolean", "false"), Cell::Null]
        );
    }

    #[test]
    fn text_is_unescaped_and_brought_to_nfc() {
        assert_eq!(cells("{\"id\": \"Cafe\\u0301 \\\"x\\\"\"}")[0], text("Caf\u{e9} \"x\""));
    }

    #[test]
    fn a_broken_line_costs_that_line() {
        let rows = read("\u{feff}{\"id\": \"1\"}\r\n\r\n{\"id\": \n{\"id\": \"2\"}".as_bytes());
        let places: Vec<u64> = rows.iter().map(|row| row.place.line).collect();
        assert_eq!(places, [1, 3, 4]);
        let good = rows.iter().filter(|row| matches!(row.content, RowContent::Cells(_))).count();
        assert_eq!(good, 2);
    }

    #[test]
    fn malformed_lines_say_why() {
        assert_eq!(fault(br#"{"id": "1", "id": "2"}"#), "the member `id` is there twice");
        assert_eq!(fault(br#"{"x": 1, "\u0078": 2}"#), "the member `x` is there twice");
        assert_eq!(fault(br#"["id"]"#), "it is no object");
        assert_eq!(fault(b"{\"id\": \"\xFF\"}"), "the line is not UTF-8");
        assert!(fault(br#"{"id": "1"} {"id": "2"}"#).starts_with("it is no JSON: trailing characters"));
        assert!(fault(br#"{"id": 01}"#).starts_with("it is no JSON: "));
        assert!(fault(br#"{"id": NaN}"#).starts_with("it is no JSON: "));
        assert!(fault(br#"{"id": "\ud800"}"#).starts_with("a text cannot be read: "));
    }

    #[test]
    fn a_line_without_end_is_malformed_alone() {
        let mut bytes = b"{\"id\": \"".to_vec();
        bytes.resize(bytes.len() + 17 * (1 << 20), b'x');
        bytes.extend_from_slice(b"\"}\n{\"id\": \"2\"}\n");
        let rows = read(&bytes);
        let [long, good] = rows.as_slice() else { panic!("{} rows", rows.len()) };
        assert!(
            matches!(&long.content, RowContent::Malformed { message, raw } if message == "the line is longer than 16 MiB" && raw.len() < 200)
        );
        assert_eq!((good.place.line, &good.content), (2, &RowContent::Cells(vec![text("2"), Cell::Null, Cell::Null])));
    }
}
