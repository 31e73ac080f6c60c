//! Folders of files as targets: CSV or JSON Lines, one file for each entity.
//!
//! New lines are added at the end, synced before the answer counts. Lines that change are a file of their own until it takes the
//! name of the old one. A batch is there whole or not at all; see [`durable`].
//!
//! A file answers nothing by itself: it cannot fill in fields, and remembers a call only by the member or column `syncline_key`, which
//! lines get when the entity says `idempotency key`. A line stays, so the key is remembered for longer than the entity promises.
//!
//! A file with a line that cannot be read is neither written nor compared: the line may be the one that is looked for.

mod batch;
mod durable;
mod format;
mod sheet;

pub(super) use format::Format;

use super::{Answer, Call, Cell, Steps, Target};
use crate::error::{Outcome, RuntimeError};
use batch::Batch;
use durable::FolderLock;
use jiff::Timestamp;
use sheet::{Sheet, Stamp, cell_of, key_text};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use syncline_ir::{Entity, Field, Kind, Type};

/// The member or column with the idempotency key of the call that wrote a line.
const CALL_FIELD: &str = "syncline_key";

/// A folder that is written.
pub(super) struct FileTarget {
    system: String,
    folder: PathBuf,
    format: Format,
    sheets: BTreeMap<String, Sheet>,
}

/// Makes a folder that is not there by copying the files of another.
pub(super) fn create(system: &str, folder: &Path, init: &Path, before_use: &dyn Fn(&str) -> Outcome) -> Outcome {
    if folder.exists() {
        return Ok(());
    }
    durable::create(folder, init, before_use)?.map_err(|error| RuntimeError::Profile {
        system: system.to_owned(),
        message: format!("`init` {}: {error}", init.display()),
    })
}

/// Copies the files of these entities, with what an interrupted write has left beside them.
pub(super) fn copy(format: Format, from: &Path, to: &Path, entities: &[Entity]) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entity in entities {
        let name = format!("{}.{}", entity.name, format.extension());
        let file = from.join(&name);
        let all = std::iter::once(file.clone()).chain(durable::SUFFIXES.map(|suffix| durable::beside(&file, suffix)));
        for file in all.filter(|file| file.exists()) {
            std::fs::copy(&file, to.join(file.file_name().unwrap_or_default()))?;
        }
    }
    Ok(())
}

impl FileTarget {
    pub(super) fn open(system: &str, folder: PathBuf, format: Format) -> Outcome<Self> {
        if !folder.is_dir() {
            let message = "there is no such folder; files are made in it, the folder itself is not: make it, or name one under `init` to copy";
            return Err(RuntimeError::Unreachable {
                entity: system.to_owned(),
                place: folder.display().to_string(),
                message: message.to_owned(),
            });
        }
        Ok(Self { system: system.to_owned(), folder, format, sheets: BTreeMap::new() })
    }

    fn path(&self, entity: &Entity) -> PathBuf {
        let path = self.folder.join(format!("{}.{}", entity.name, self.format.extension()));
        // What takes the name of a link would leave the file it leads to as it was.
        path.canonicalize().unwrap_or(path)
    }

    fn error(&self, entity: &Entity, message: impl std::fmt::Display) -> RuntimeError {
        let path = self.folder.join(format!("{}.{}", entity.name, self.format.extension()));
        RuntimeError::Target {
            entity: format!("{}.{}", self.system, entity.name),
            place: path.display().to_string(),
            message: message.to_string(),
        }
    }

    /// An error of the disk: it is out of reach, or somebody has to mend the file.
    fn failed(&self, entity: &Entity, error: &io::Error) -> RuntimeError {
        match self.error(entity, error) {
            RuntimeError::Target { entity, place, message } if error.kind() != io::ErrorKind::InvalidData => {
                RuntimeError::Unreachable { entity, place, message }
            }
            other => other,
        }
    }

    /// The file as it stands, repaired if a write to it was interrupted; nobody else writes while the lock is held.
    fn ready(&mut self, entity: &Entity) -> Outcome<FolderLock> {
        let path = self.path(entity);
        let lock = FolderLock::take(&self.folder).map_err(|error| self.failed(entity, &error))?;
        durable::settle(&path).map_err(|error| self.failed(entity, &error))?;
        Ok(lock)
    }

    /// The file as read, read again when somebody else has written.
    fn sheet(&mut self, entity: &Entity) -> Outcome<&mut Sheet> {
        let path = self.path(entity);
        let stamp = Stamp::of(&path).map_err(|error| self.failed(entity, &error))?;
        let mut sheet = self.sheets.remove(&entity.name).filter(|sheet| sheet.stamp == stamp);
        if sheet.is_none() {
            let call_field = entity.idempotency.is_some().then_some(CALL_FIELD);
            let read =
                Sheet::load(self.format, &path, entity, call_field).map_err(|error| self.failed(entity, &error))?;
            sheet = Some(read.map_err(|message| self.error(entity, message))?);
        }
        Ok(self.sheets.entry(entity.name.clone()).or_insert(sheet.unwrap_or_default()))
    }
}

/// The entity with the field of idempotency keys, where it has them.
fn with_calls(entity: &Entity) -> Cow<'_, Entity> {
    if entity.idempotency.is_none() {
        return Cow::Borrowed(entity);
    }
    let mut entity = entity.clone();
    entity.fields.push(Field {
        name: CALL_FIELD.to_owned(),
        ty: Type::optional(Kind::Text { max: None }),
        fixed: false,
        percent: None,
        doc: None,
        at: String::new(),
    });
    Cow::Owned(entity)
}

impl Target for FileTarget {
    fn check(&mut self, entity: &Entity, written: &[&str], read: &[&str]) -> Outcome {
        if let Some(field) = entity.returns.first() {
            let message = format!(
                "`returns {field}`: a file fills in nothing by itself; assign the field, or post into a system that answers"
            );
            return Err(self.error(entity, message));
        }
        let declared = |name: &str| entity.fields.iter().any(|field| field.name == name);
        if let Some(name) = written.iter().chain(read).find(|name| !declared(name)) {
            return Err(self.error(entity, format_args!("there is no field `{name}`")));
        }
        let _lock = self.ready(entity)?;
        let entity = with_calls(entity);
        let path = self.path(&entity);
        if Stamp::of(&path).map_err(|error| self.failed(&entity, &error))?.length == 0 {
            return Ok(());
        }
        // The header only: lines are read when something is posted or compared.
        let input = File::open(&path).map_err(|error| self.failed(&entity, &error))?;
        let head = self.format.read(BufReader::new(input), &entity, |_, _| Err(String::new()));
        match head.map_err(|error| self.failed(&entity, &error))? {
            Err(message) if !message.is_empty() => Err(self.error(&entity, message)),
            _ => Ok(()),
        }
    }

    fn call(&mut self, entity: &Entity, calls: &[Call], _: Timestamp, pass: &Steps<'_>) -> Outcome<Vec<Answer>> {
        let _lock = self.ready(entity)?;
        let entity = with_calls(entity);
        let (format, path) = (self.format, self.path(&entity));
        let sheet = self.sheet(&entity)?;
        let mut batch = Batch::new(format, &path, &entity, sheet);
        let mut answers: Vec<Answer> = Vec::with_capacity(calls.len());
        for (position, call) in calls.iter().enumerate() {
            if position > 0 {
                pass("posting.between-calls")?;
            }
            match batch.answer(call, matches!(answers.last(), Some(Answer::Refused { .. }))) {
                Ok(answer) => answers.push(answer),
                Err(message) => return Err(self.error(&entity, message)),
            }
        }
        let written = batch.write(pass);
        if !matches!(written, Ok(Ok(()))) {
            // What is known of the file may be wrong now.
            self.sheets.remove(&entity.name);
        }
        written?.map_err(|error| self.failed(&entity, &error))?;
        Ok(answers)
    }

    fn find(&mut self, entity: &Entity, field: &str, value: &Cell, fields: &[&str]) -> Outcome<Option<Vec<Cell>>> {
        let _lock = self.ready(entity)?;
        let entity = with_calls(entity);
        let (format, path) = (self.format, self.path(&entity));
        let sheet = self.sheet(&entity)?;
        let Some(head) = sheet.head.clone() else { return Ok(None) };
        let lines: Vec<usize> = if entity.key.len() == 1 && entity.key.first().is_some_and(|key| key == field) {
            let key = key_text(&entity, |_| Some(value));
            sheet.by_key.get(&key).copied().into_iter().collect()
        } else {
            (0..sheet.spans.len()).collect()
        };
        let mut found: Option<(String, Vec<Cell>)> = None;
        for line in lines {
            let cells = sheet
                .text(&path, line)
                .map_err(|error| error.to_string())
                .and_then(|text| format.cells(&head, &entity, &text));
            let cells = match cells {
                Ok(cells) => cells,
                Err(message) => return Err(self.error(&entity, message)),
            };
            if !cell_of(&entity, &cells, field).is_some_and(|cell| cell.says_the_same_as(value)) {
                continue;
            }
            let key = key_text(&entity, |name| cell_of(&entity, &cells, name));
            if found.as_ref().is_none_or(|(first, _)| key < *first) {
                found = Some((key, cells));
            }
        }
        let cell = |cells: &[Cell], name: &str| cell_of(&entity, cells, name).cloned().unwrap_or_default();
        Ok(found.map(|(_, cells)| fields.iter().map(|name| cell(&cells, name)).collect()))
    }

    fn read_back(&mut self, entity: &Entity, fields: &[&str], take: &mut dyn FnMut(Vec<Cell>) -> Outcome) -> Outcome {
        let _lock = self.ready(entity)?;
        let path = self.path(entity);
        let input = match File::open(&path) {
            Ok(input) => BufReader::with_capacity(1 << 18, input),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.failed(entity, &error)),
        };
        let mut stopped = Ok(());
        let read = self.format.read(input, entity, |_, found| {
            let cells = found.cells.map_err(|message| format!("line {}: {message}", found.number))?;
            let cell = |name: &&str| cell_of(entity, &cells, name).cloned().unwrap_or_default();
            stopped = take(fields.iter().map(cell).collect());
            if stopped.is_ok() { Ok(()) } else { Err(String::new()) }
        });
        let read = read.map_err(|error| self.failed(entity, &error))?;
        stopped?;
        read.map(drop).map_err(|message| self.error(entity, message))
    }
}
