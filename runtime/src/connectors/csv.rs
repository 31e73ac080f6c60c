//! CSV folders: one file `<entity>.csv` for each entity. A source; for the target see [`files`](super::files).
//!
//! UTF-8, with or without a byte order mark; RFC 4180; the first record is the header. An empty unquoted cell is null, `""` is
//! empty text; nothing is trimmed. Columns which the entity does not declare are not read. A row with another number of cells
//! than the header, or that is not UTF-8, is malformed and concerns nobody else; a file without a declared column is an error.

use super::rfc4180::{Record, Records};
use super::{Cell, Place, RowContent, Source, SourceRow, nfc};
use crate::error::{Outcome, RuntimeError};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use syncline_ir::Entity;

/// A folder of CSV files.
pub(super) struct CsvFolder {
    system: String,
    folder: PathBuf,
}

struct Table {
    records: Records<BufReader<File>>,
    file: String,
    /// Number of cells of the header.
    width: usize,
    /// Position in the file of each declared field.
    columns: Vec<usize>,
}

impl CsvFolder {
    pub(super) fn new(system: &str, folder: PathBuf) -> Self {
        Self { system: system.to_owned(), folder }
    }

    fn error(&self, entity: &Entity, message: impl std::fmt::Display) -> RuntimeError {
        let place = self.folder.join(format!("{}.csv", entity.name)).display().to_string();
        RuntimeError::Source { entity: format!("{}.{}", self.system, entity.name), place, message: message.to_string() }
    }

    fn open(&self, entity: &Entity) -> Outcome<Table> {
        let file = format!("{}.csv", entity.name);
        let input = File::open(self.folder.join(&file)).map_err(|error| self.error(entity, error))?;
        let mut input = BufReader::with_capacity(1 << 18, input);
        let start = input.fill_buf().map_err(|error| self.error(entity, error))?;
        if start.starts_with(b"\xEF\xBB\xBF") {
            input.consume(3);
        }
        let mut records = Records::new(input);
        let header = match records.next().map_err(|error| self.error(entity, error))? {
            Some((_, Record::Cells(cells), _)) => cells,
            Some((line, Record::Malformed(fault), _)) => {
                return Err(self.error(entity, format_args!("header on line {line}: {fault}")));
            }
            None => return Err(self.error(entity, "the file has no header")),
        };
        let names = names(header).map_err(|message| self.error(entity, message))?;
        let columns = positions(&names, entity).map_err(|message| self.error(entity, message))?;
        Ok(Table { columns, records, file, width: names.len() })
    }
}

impl Source for CsvFolder {
    fn check(&mut self, entity: &Entity) -> Outcome {
        self.open(entity).map(drop)
    }

    fn read(&mut self, entity: &Entity, take: &mut dyn FnMut(SourceRow) -> Outcome) -> Outcome {
        let mut table = self.open(entity)?;
        while let Some((line, record, raw)) = table.records.next().map_err(|error| self.error(entity, error))? {
            let content = match record {
                Record::Cells(cells) => content(cells, table.width, &table.columns, &raw),
                Record::Malformed(fault) => malformed(&raw, fault.to_owned()),
            };
            take(SourceRow { place: Place { file: table.file.clone(), line }, content })?;
        }
        Ok(())
    }
}

fn malformed(raw: &[u8], message: String) -> RowContent {
    RowContent::Malformed { raw: nfc(&String::from_utf8_lossy(raw)), message }
}

/// The names of the columns, from the first record.
pub(super) fn names(header: Vec<(Vec<u8>, bool)>) -> Result<Vec<String>, String> {
    let name =
        |(bytes, _)| String::from_utf8(bytes).map(|name| nfc(&name)).map_err(|_| "the header is not UTF-8".to_owned());
    header.into_iter().map(name).collect()
}

/// Where the column of each declared field is.
pub(super) fn positions(names: &[String], entity: &Entity) -> Result<Vec<usize>, String> {
    let position = |field: &syncline_ir::Field| {
        let mut places = names.iter().enumerate().filter(|(_, name)| **name == field.name).map(|(place, _)| place);
        match (places.next(), places.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => Err(format!("column `{}` is there twice", field.name)),
            (None, _) => Err(format!("there is no column `{}`", field.name)),
        }
    };
    entity.fields.iter().map(position).collect()
}

/// The cells of a record whose declared fields stand at these columns.
pub(super) fn content(cells: Vec<(Vec<u8>, bool)>, width: usize, columns: &[usize], raw: &[u8]) -> RowContent {
    if cells.len() != width {
        return malformed(raw, format!("the row has {} cells, the header {width}", cells.len()));
    }
    if std::str::from_utf8(raw).is_err() {
        return malformed(raw, "the row is not UTF-8".to_owned());
    }
    let read = |&column: &usize| match cells.get(column) {
        Some((bytes, quoted)) if *quoted || !bytes.is_empty() => Cell::Text(nfc(&String::from_utf8_lossy(bytes))),
        _ => Cell::Null,
    };
    RowContent::Cells(columns.iter().map(read).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;
    use syncline_ir::{Field, Kind, Type};

    fn entity(fields: &[&str]) -> Entity {
        let field = |name: &&str| Field {
            name: (*name).to_owned(),
            ty: Type::optional(Kind::Text { max: None }),
            fixed: false,
            percent: None,
            doc: None,
            at: String::new(),
        };
        Entity {
            name: "card".to_owned(),
            fields: fields.iter().map(field).collect(),
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

    fn read(bytes: &[u8], fields: &[&str]) -> Outcome<Vec<SourceRow>> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("card.csv"), bytes).unwrap();
        let mut rows = Vec::new();
        let mut source = CsvFolder::new("psa", folder.path().to_path_buf());
        source.read(&entity(fields), &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }

    #[test]
    fn cells_come_in_the_order_of_the_entity_and_extra_columns_are_left() {
        let rows = read("\u{feff}note,extra,id\r\n,x,1\r\n\"\",y,2\r\n".as_bytes(), &["id", "note"]).unwrap();
        let cells: Vec<_> = rows.into_iter().map(|row| (row.place.line, row.content)).collect();
        assert_eq!(
            cells,
            [(2, RowContent::Cells(vec![text("1"), Cell::Null])), (3, RowContent::Cells(vec![text("2"), text("")]))]
        );
    }

    #[test]
    fn text_is_brought_to_nfc() {
        let rows = read("id\nCafe\u{301}\n".as_bytes(), &["id"]).unwrap();
        assert_eq!(rows.first().unwrap().content, RowContent::Cells(vec![text("Caf\u{e9}")]));
    }

    #[test]
    fn a_row_of_another_width_or_not_in_utf_8_is_malformed_alone() {
        let rows = read(b"id,note\n1\n2,\xFF\n3,ok\n", &["id", "note"]).unwrap();
        let [short, latin, good] = rows.as_slice() else { panic!("{rows:?}") };
        let fault = |row: &SourceRow| match &row.content {
            RowContent::Malformed { message, .. } => message.clone(),
            RowContent::Cells(_) => panic!("{row:?}"),
        };
        assert_eq!(fault(short), "the row has 1 cells, the header 2");
        assert_eq!(fault(latin), "the row is not UTF-8");
        assert_eq!(good.content, RowContent::Cells(vec![text("3"), text("ok")]));
    }

    #[test]
    fn a_missing_or_doubled_column_stops_the_command() {
        for (file, said) in [
            ("id\n", "there is no column `note`"),
            ("id,note,note\n", "column `note` is there twice"),
            ("", "the file has no header"),
        ] {
            let error = read(file.as_bytes(), &["id", "note"]).unwrap_err().to_string();
            assert!(error.starts_with("`psa.card` at ") && error.ends_with(said), "{error}");
        }
    }
}
