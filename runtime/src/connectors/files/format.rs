//! Lines of a target file as text: JSON objects, or records of CSV.
//!
//! A line that changes keeps what the entity does not declare: members and columns of others stay, JSON to the byte.

use crate::connectors::csv;
use crate::connectors::json_text::members;
use crate::connectors::jsonl;
use crate::connectors::rfc4180::{Record, Records};
use crate::connectors::{Cell, RowContent, nfc};
use std::io::BufRead;
use syncline_ir::{Entity, Kind};

/// What the lines of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::connectors) enum Format {
    /// Records with a header.
    Csv,
    /// One object a line.
    Jsonl,
}

/// What a file says before its first line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Head {
    /// CSV: the columns in order.
    pub(super) columns: Vec<String>,
    /// Lines end with CR and LF.
    pub(super) crlf: bool,
}

/// A line of a file and where it stands.
pub(super) struct Found {
    pub(super) start: u64,
    pub(super) end: u64,
    /// Number of the physical line it starts on.
    pub(super) number: u64,
    /// The cells of the entity's fields, or why there are none.
    pub(super) cells: Result<Vec<Cell>, String>,
}

impl Format {
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
        }
    }

    /// The header a new file begins with: every declared field.
    pub(super) fn new_head(self, entity: &Entity) -> Head {
        match self {
            Self::Csv => Head { columns: entity.fields.iter().map(|field| field.name.clone()).collect(), crlf: false },
            Self::Jsonl => Head::default(),
        }
    }

    /// The text of a head that is not in the file yet.
    pub(super) fn head_text(self, head: &Head) -> Vec<u8> {
        match self {
            Self::Csv => record(head.columns.iter().map(|name| (Some(name.as_str()), false)), head.crlf),
            Self::Jsonl => Vec::new(),
        }
    }

    /// Reads a file from its beginning: its head, then every line. Nothing and `None` for a file without content.
    pub(super) fn read(
        self,
        mut input: impl BufRead,
        entity: &Entity,
        mut take: impl FnMut(&Head, Found) -> Result<(), String>,
    ) -> std::io::Result<Result<Option<Head>, String>> {
        let mut start = 0;
        if input.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
            input.consume(3);
            start = 3;
        }
        match self {
            Self::Jsonl => {
                let head = Head::default();
                let mut number = 0;
                let mut any = false;
                loop {
                    let mut bytes = Vec::new();
                    if input.read_until(b'\n', &mut bytes)? == 0 {
                        break;
                    }
                    (any, number) = (true, number + 1);
                    let end = start + bytes.len() as u64;
                    if !bytes.trim_ascii().is_empty() {
                        let found = Found { start, end, number, cells: self.cells(&head, entity, &bytes) };
                        if let Err(message) = take(&head, found) {
                            return Ok(Err(message));
                        }
                    }
                    start = end;
                }
                Ok(Ok(any.then_some(head)))
            }
            Self::Csv => {
                let mut records = Records::at(input, start);
                let head = match records.next()? {
                    None => return Ok(Ok(None)),
                    Some((line, Record::Malformed(fault), _)) => {
                        return Ok(Err(format!("header on line {line}: {fault}")));
                    }
                    Some((_, Record::Cells(cells), _)) => match csv::names(cells) {
                        Ok(columns) => Head { columns, crlf: records.ended_with_crlf() },
                        Err(message) => return Ok(Err(message)),
                    },
                };
                let positions = match csv::positions(&head.columns, entity) {
                    Ok(positions) => positions,
                    Err(message) => return Ok(Err(message)),
                };
                while let Some((number, record, raw)) = records.next()? {
                    let (start, end) = records.span();
                    let cells = csv_cells(&head, &positions, entity, record, &raw);
                    if let Err(message) = take(&head, Found { start, end, number, cells }) {
                        return Ok(Err(message));
                    }
                }
                Ok(Ok(Some(head)))
            }
        }
    }

    /// The cells of one line.
    pub(super) fn cells(self, head: &Head, entity: &Entity, line: &[u8]) -> Result<Vec<Cell>, String> {
        match self {
            Self::Jsonl => match jsonl::content(line.trim_ascii(), entity) {
                RowContent::Cells(cells) => Ok(typed(cells, entity)),
                RowContent::Malformed { message, .. } => Err(message),
            },
            Self::Csv => match Records::at(line, 0).next() {
                Ok(Some((_, record, raw))) => {
                    csv_cells(head, &csv::positions(&head.columns, entity)?, entity, record, &raw)
                }
                _ => Err("the line is empty".to_owned()),
            },
        }
    }

    /// A new line of these fields, in the order of the head or of the entity; others are null.
    pub(super) fn line(self, head: &Head, entity: &Entity, fields: &[(String, Cell)]) -> Result<Vec<u8>, String> {
        self.refuse_unknown(head, entity, fields)?;
        let cell = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, cell)| cell);
        Ok(match self {
            Self::Csv => {
                let cells: Vec<(Option<String>, bool)> =
                    head.columns.iter().map(|name| written(cell(name), entity, name)).collect();
                record(cells.iter().map(|(text, quoted)| (text.as_deref(), *quoted)), head.crlf)
            }
            Self::Jsonl => {
                let members = entity
                    .fields
                    .iter()
                    .map(|field| (field.name.as_str(), json(cell(&field.name), entity, &field.name)));
                object(members)
            }
        })
    }

    /// A line with these fields changed.
    pub(super) fn changed(
        self,
        head: &Head,
        entity: &Entity,
        line: &[u8],
        fields: &[(String, Cell)],
    ) -> Result<Vec<u8>, String> {
        self.refuse_unknown(head, entity, fields)?;
        let cell = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, cell)| cell);
        match self {
            Self::Csv => {
                let Ok(Some((_, Record::Cells(old), _))) = Records::at(line, 0).next() else {
                    return Err("the line cannot be read".to_owned());
                };
                let cells: Vec<(Option<String>, bool)> = head
                    .columns
                    .iter()
                    .zip(old)
                    .map(|(name, (bytes, quoted))| match cell(name) {
                        Some(cell) => written(Some(cell), entity, name),
                        None => {
                            let text = String::from_utf8_lossy(&bytes).into_owned();
                            ((quoted || !text.is_empty()).then_some(text), quoted)
                        }
                    })
                    .collect();
                Ok(record(cells.iter().map(|(text, quoted)| (text.as_deref(), *quoted)), head.crlf))
            }
            Self::Jsonl => {
                let text = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8".to_owned())?;
                let old = members(text)?;
                let kept: Vec<(String, String)> = old
                    .into_iter()
                    .map(|(name, raw)| {
                        let value = match cell(&nfc(&name)) {
                            Some(new) => json(Some(new), entity, &nfc(&name)),
                            None => raw.to_owned(),
                        };
                        (name, value)
                    })
                    .collect();
                let known = |name: &str| kept.iter().any(|(known, _)| nfc(known) == name);
                let added = fields.iter().filter(|(name, _)| !known(name));
                let added = added.map(|(name, cell)| (name.as_str(), json(Some(cell), entity, name)));
                Ok(object(kept.iter().map(|(name, raw)| (name.as_str(), raw.clone())).chain(added)))
            }
        }
    }

    fn refuse_unknown(self, head: &Head, entity: &Entity, fields: &[(String, Cell)]) -> Result<(), String> {
        let known = |name: &str| match self {
            Self::Csv => head.columns.iter().any(|column| column == name),
            Self::Jsonl => entity.fields.iter().any(|field| field.name == name),
        };
        match fields.iter().find(|(name, _)| !known(name)) {
            Some((name, _)) if self == Self::Csv => Err(format!("there is no column `{name}`")),
            Some((name, _)) => Err(format!("there is no field `{name}`")),
            None => Ok(()),
        }
    }
}

fn csv_cells(
    head: &Head,
    positions: &[usize],
    entity: &Entity,
    record: Record,
    raw: &[u8],
) -> Result<Vec<Cell>, String> {
    match record {
        Record::Malformed(fault) => Err(fault.to_owned()),
        Record::Cells(cells) => match csv::content(cells, head.columns.len(), positions, raw) {
            RowContent::Cells(cells) => Ok(typed(cells, entity)),
            RowContent::Malformed { message, .. } => Err(message),
        },
    }
}

/// Cells as they are written: truth values as whole numbers, as other targets keep them.
fn typed(mut cells: Vec<Cell>, entity: &Entity) -> Vec<Cell> {
    for (cell, field) in cells.iter_mut().zip(&entity.fields) {
        if field.ty.kind == Kind::Bool {
            match cell {
                Cell::Text(text) if text == "true" => *cell = Cell::Integer(1),
                Cell::Text(text) if text == "false" => *cell = Cell::Integer(0),
                _ => {}
            }
        }
    }
    cells
}

fn is_bool(entity: &Entity, name: &str) -> bool {
    entity.fields.iter().any(|field| field.name == name && field.ty.kind == Kind::Bool)
}

/// A cell of CSV: its text, none for null; empty text is quoted.
fn written(cell: Option<&Cell>, entity: &Entity, name: &str) -> (Option<String>, bool) {
    match cell {
        None | Some(Cell::Null) => (None, false),
        Some(Cell::Integer(number @ (0 | 1))) if is_bool(entity, name) => (Some((*number == 1).to_string()), false),
        Some(Cell::Integer(number)) => (Some(number.to_string()), false),
        Some(Cell::Text(text) | Cell::Foreign { shown: text, .. }) => (Some(text.clone()), text.is_empty()),
    }
}

/// A record by RFC 4180: quotes where they are needed, and where they were.
fn record<'t>(cells: impl Iterator<Item = (Option<&'t str>, bool)>, crlf: bool) -> Vec<u8> {
    let mut text = String::new();
    for (position, (cell, quoted)) in cells.enumerate() {
        if position > 0 {
            text.push(',');
        }
        let Some(cell) = cell else { continue };
        if quoted || cell.contains(['"', ',', '\r', '\n']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(cell);
        }
    }
    text.push_str(if crlf { "\r\n" } else { "\n" });
    text.into_bytes()
}

/// A value of JSON. Decimals and amounts are texts, so that nobody reads them through a float.
fn json(cell: Option<&Cell>, entity: &Entity, name: &str) -> String {
    match cell {
        None | Some(Cell::Null) => "null".to_owned(),
        Some(Cell::Integer(number @ (0 | 1))) if is_bool(entity, name) => (*number == 1).to_string(),
        Some(Cell::Integer(number)) => number.to_string(),
        Some(Cell::Text(text) | Cell::Foreign { shown: text, .. }) => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

fn object<'t>(members: impl Iterator<Item = (&'t str, String)>) -> Vec<u8> {
    let members: Vec<String> = members.map(|(name, raw)| format!("{}:{raw}", quoted(name))).collect();
    format!("{{{}}}\n", members.join(",")).into_bytes()
}
