//! Reading a table.

use super::{cell, columns, list, open, quoted};
use crate::connectors::{Place, RowContent, Source, SourceRow};
use crate::error::{Outcome, RuntimeError};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use syncline_ir::Entity;

/// A database that is read.
pub(in crate::connectors) struct SqliteSource {
    system: String,
    path: PathBuf,
    connection: Connection,
}

impl SqliteSource {
    pub(in crate::connectors) fn open(system: &str, path: &Path) -> Outcome<Self> {
        let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(|error| RuntimeError::Profile {
            system: system.to_owned(),
            message: format!("{}: {error}", path.display()),
        })?;
        Ok(Self { system: system.to_owned(), path: path.to_path_buf(), connection })
    }

    fn error(&self, entity: &Entity, message: impl std::fmt::Display) -> RuntimeError {
        RuntimeError::Source {
            entity: format!("{}.{}", self.system, entity.name),
            place: self.path.display().to_string(),
            message: message.to_string(),
        }
    }

    fn rows(&self, entity: &Entity, take: &mut dyn FnMut(SourceRow) -> Outcome) -> Result<Outcome, rusqlite::Error> {
        let fields = list(entity.fields.iter().map(|field| field.name.as_str()));
        let key = list(entity.key.iter().map(String::as_str));
        let mut statement =
            self.connection.prepare(&format!("SELECT {fields} FROM {} ORDER BY {key}", quoted(&entity.name)))?;
        let mut rows = statement.query([])?;
        let mut line = 0;
        while let Some(row) = rows.next()? {
            line += 1;
            let cells =
                (0..entity.fields.len()).map(|column| row.get_ref(column).map(cell)).collect::<Result<_, _>>()?;
            let place = Place { file: entity.name.clone(), line };
            if let Err(error) = take(SourceRow { place, content: RowContent::Cells(cells) }) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }
}

impl Source for SqliteSource {
    fn check(&mut self, entity: &Entity) -> Outcome {
        let columns = columns(&self.connection, &entity.name).map_err(|error| self.error(entity, error))?;
        if columns.is_empty() {
            return Err(self.error(entity, format_args!("there is no table `{}`", entity.name)));
        }
        match entity.fields.iter().find(|field| !columns.iter().any(|(name, _)| *name == field.name)) {
            Some(field) => Err(self.error(entity, format_args!("there is no column `{}`", field.name))),
            None => Ok(()),
        }
    }

    fn read(&mut self, entity: &Entity, take: &mut dyn FnMut(SourceRow) -> Outcome) -> Outcome {
        self.check(entity)?;
        self.rows(entity, take).map_err(|error| self.error(entity, error))?
    }
}
