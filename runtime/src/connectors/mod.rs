//! How systems are read and written. One connector is one file behind these traits.
//!
//! - **cell**: what a source holds for one field, before it is read as a value of the field's type.
//! - **malformed row**: a record of a file that cannot be cut into the cells its header names.
//! - **call**: one write into a target. A call carries an **idempotency key**: a target that honours it carries out a repeated
//!   call once and answers both with the same returned values.
//! - **refusal**: an answer of the target that this record cannot be written. It concerns one record. A target that cannot be
//!   reached, or that loses a call, is an error and stops the run; the ledger knows how to go on.

#[cfg(test)]
mod conformance;
mod csv;
mod files;
mod json_text;
mod jsonl;
mod memory;
mod nested;
mod recording;
mod rfc4180;
mod sqlite;

pub(crate) use memory::{Line, MemorySystem, held, holding};
pub use nested::{HolderContent, HolderRow};
pub(crate) use recording::{Recorded, Recorder};

use crate::error::{Outcome, RuntimeError};
use crate::profile::{ConnectorKind, Profile, SystemBinding};
use files::Format;
use jiff::Timestamp;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use syncline_ir::{Entity, Nested};

/// What a source holds for a field.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(untagged)]
pub enum Cell {
    /// Nothing.
    #[default]
    Null,
    /// Text, in NFC.
    Text(String),
    /// A whole number stored as such.
    Integer(i64),
    /// A storage class that holds no exact value of the language.
    Foreign {
        /// `REAL`, `BLOB`, `nested object`, …
        class: String,
        /// How it looks, for people.
        shown: String,
    },
}

/// The inverse of the derived form: what a cell is shows in the kind of its JSON.
impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;

        impl<'de> Visitor<'de> for Each {
            type Value = Cell;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a cell")
            }

            fn visit_unit<E>(self) -> Result<Cell, E> {
                Ok(Cell::Null)
            }

            fn visit_str<E>(self, text: &str) -> Result<Cell, E> {
                Ok(Cell::Text(text.to_owned()))
            }

            fn visit_string<E>(self, text: String) -> Result<Cell, E> {
                Ok(Cell::Text(text))
            }

            fn visit_i64<E>(self, number: i64) -> Result<Cell, E> {
                Ok(Cell::Integer(number))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Cell, E> {
                i64::try_from(number).map(Cell::Integer).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Cell, A::Error> {
                let (mut class, mut shown) = (String::new(), String::new());
                while let Some((name, text)) = map.next_entry::<String, String>()? {
                    match name.as_str() {
                        "class" => class = text,
                        "shown" => shown = text,
                        _ => {}
                    }
                }
                Ok(Cell::Foreign { class, shown })
            }
        }

        deserializer.deserialize_any(Each)
    }
}

impl Cell {
    /// Whether two cells say the same: a whole number may stand as such or as text.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(number), Self::Text(text)) | (Self::Text(text), Self::Integer(number)) => {
                *text == number.to_string()
            }
            _ => self == other,
        }
    }
}

/// Where a row was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the file, without folders.
    pub file: String,
    /// The physical line the row starts on, the header being line 1; for tables the number of the row.
    pub line: u64,
}

/// One record of an extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceRow {
    /// Where it was read.
    pub place: Place,
    /// What it says.
    pub content: RowContent,
}

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowContent {
    /// A cell for each declared field, in the entity's order.
    Cells(Vec<Cell>),
    /// It cannot be cut into cells.
    Malformed {
        /// The row as it stands in the file.
        raw: String,
        /// Why, for people.
        message: String,
    },
}

/// A system records are read from.
pub trait Source {
    /// Whether the entity is there with every declared field.
    ///
    /// # Errors
    /// When it is not, or cannot be read.
    fn check(&mut self, entity: &Entity) -> Outcome;

    /// Hands over every row of an entity, in file order or key order.
    ///
    /// # Errors
    /// When the source cannot be read, or `take` fails.
    fn read(&mut self, entity: &Entity, take: &mut dyn FnMut(SourceRow) -> Outcome) -> Outcome;

    /// As [`check`](Self::check), of an entity whose rows are held by others.
    ///
    /// # Errors
    /// When it or its holder is not there, or cannot be read.
    fn check_holders(&mut self, entity: &Entity, nested: &Nested) -> Outcome {
        self.check(&nested::holder(entity, nested))?;
        self.check(&nested::beside(entity))
    }

    /// Hands over the rows that hold those of an entity, each with what it holds. Where a form has no lists, these stand beside.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    fn read_holders(
        &mut self,
        entity: &Entity,
        nested: &Nested,
        take: &mut dyn FnMut(HolderRow) -> Outcome,
    ) -> Outcome {
        nested::read_beside(entity, nested, &mut |entity, take| self.read(entity, take), take)
    }
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CallKind {
    /// Adds a line.
    #[default]
    Create,
    /// Changes the line with this key, or adds it. Columns that are not given stay as they are.
    Upsert,
    /// Changes the line with this key.
    Overwrite,
    /// Changes the line with this key, or does nothing when it is gone: there is nothing left to be taken back.
    Withdraw,
}

/// One write into a target.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Call {
    /// Recognises a repetition.
    pub idempotency_key: String,
    /// What it does.
    pub kind: CallKind,
    /// All but `Create`: the key of the line there is, cells by key field.
    pub key: Vec<(String, Cell)>,
    /// What is written, cells by field.
    pub fields: Vec<(String, Cell)>,
    /// Refused when the call before it in the batch was refused: a new line comes after the reversal of the old one, or not at all.
    pub only_after_previous: bool,
}

/// Is told each step after which a process may die.
pub(crate) type Steps<'a> = dyn Fn(&str) -> Outcome + 'a;

/// Why a new line is refused whose [`Call::only_after_previous`] does not hold.
pub(crate) const NOT_REVERSED: &str = "the line it replaces was not reversed";

/// What a target says to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It is written.
    Done {
        /// The fields the target fills by itself, by name.
        returned: Vec<(String, Cell)>,
    },
    /// This record cannot be written.
    Refused {
        /// Why.
        message: String,
    },
}

/// A system records are written to.
pub trait Target {
    /// Whether the entity is there, can hold the fields `written` without loss, and has the fields `read`.
    ///
    /// # Errors
    /// When it cannot.
    fn check(&mut self, entity: &Entity, written: &[&str], read: &[&str]) -> Outcome;

    /// Carries out calls in order, all that are not refused together with their idempotency keys. `pass` is told
    /// `posting.between-calls` before each call but the first, and what steps of its own a target has; when it fails before
    /// anything is written, nothing is.
    ///
    /// # Errors
    /// When the target cannot be reached. Then nothing of the batch may be assumed.
    fn call(&mut self, entity: &Entity, calls: &[Call], at: Timestamp, pass: &Steps<'_>) -> Outcome<Vec<Answer>>;

    /// The line whose `field` has this value: the cells of `fields`. With several, the first by key.
    ///
    /// # Errors
    /// When the target cannot be read.
    fn find(&mut self, entity: &Entity, field: &str, value: &Cell, fields: &[&str]) -> Outcome<Option<Vec<Cell>>>;

    /// Hands over the cells of `fields` of every line, for reconciliation.
    ///
    /// # Errors
    /// When the target cannot be read, or `take` fails.
    fn read_back(&mut self, entity: &Entity, fields: &[&str], take: &mut dyn FnMut(Vec<Cell>) -> Outcome) -> Outcome;
}

/// The connectors of a profile, opened when first used.
pub struct Connectors<'a> {
    systems: Systems<'a>,
    recorder: Option<Recorder>,
}

/// Where the systems are.
#[derive(Clone, Copy)]
enum Systems<'a> {
    Bound { profile: &'a Profile, base_dir: &'a Path },
    InMemory(&'a BTreeMap<String, MemorySystem>),
}

impl<'a> Connectors<'a> {
    /// Connectors of a profile whose relative paths start at `base_dir`.
    #[must_use]
    pub const fn new(profile: &'a Profile, base_dir: &'a Path) -> Self {
        Self { systems: Systems::Bound { profile, base_dir }, recorder: None }
    }

    /// Systems in memory, by name.
    pub(crate) const fn in_memory(systems: &'a BTreeMap<String, MemorySystem>) -> Self {
        Self { systems: Systems::InMemory(systems), recorder: None }
    }

    /// Notes every call made to a target, and its answer.
    pub(crate) fn recorded(self, recorder: Recorder) -> Self {
        Self { recorder: Some(recorder), ..self }
    }

    /// Creates what a profile says is created when it does not exist.
    ///
    /// # Errors
    /// When that fails.
    pub fn prepare(&self, system: &str, before_use: &dyn Fn(&str) -> Outcome) -> Outcome {
        let Systems::Bound { base_dir, .. } = self.systems else { return Ok(()) };
        let (binding, path) = self.binding(system)?;
        match (binding.connector, &binding.init) {
            (ConnectorKind::Sqlite, Some(init)) => sqlite::create(system, &path, &base_dir.join(init), before_use),
            (ConnectorKind::Csv | ConnectorKind::Jsonl, Some(init)) => {
                files::create(system, &path, &base_dir.join(init), before_use)
            }
            (_, None) => Ok(()),
        }
    }

    /// The system as a source.
    ///
    /// # Errors
    /// When the profile does not bind it or it cannot be opened.
    pub fn source(&self, system: &str) -> Outcome<Box<dyn Source>> {
        if let Systems::InMemory(systems) = self.systems {
            return Ok(Box::new(systems.get(system).cloned().unwrap_or_default()));
        }
        let (binding, path) = self.binding(system)?;
        Ok(match binding.connector {
            ConnectorKind::Csv => Box::new(csv::CsvFolder::new(system, path)),
            ConnectorKind::Jsonl => Box::new(jsonl::JsonlFolder::new(system, path)),
            ConnectorKind::Sqlite => Box::new(sqlite::SqliteSource::open(system, &path)?),
        })
    }

    /// The system as a target.
    ///
    /// # Errors
    /// When the profile does not bind it or it cannot be opened.
    pub fn target(&self, system: &str) -> Outcome<Box<dyn Target>> {
        if let Systems::InMemory(systems) = self.systems {
            return Ok(Box::new(systems.get(system).cloned().unwrap_or_default()));
        }
        let (binding, path) = self.binding(system)?;
        let target: Box<dyn Target> = match binding.connector {
            ConnectorKind::Csv => Box::new(files::FileTarget::open(system, path, Format::Csv)?),
            ConnectorKind::Jsonl => Box::new(files::FileTarget::open(system, path, Format::Jsonl)?),
            ConnectorKind::Sqlite => Box::new(sqlite::SqliteTarget::open(system, &path)?),
        };
        Ok(match &self.recorder {
            Some(recorder) => recorder.target(system, target),
            None => target,
        })
    }

    fn binding(&self, system: &str) -> Outcome<(&'a SystemBinding, PathBuf)> {
        let Systems::Bound { profile, base_dir } = self.systems else {
            return Err(profile_error(system, "it is in memory"));
        };
        let binding =
            profile.systems.get(system).ok_or_else(|| profile_error(system, "the profile does not say where it is"))?;
        Ok((binding, base_dir.join(&binding.path)))
    }
}

/// Copies what a system of these entities holds into another place; nothing when the system is not there yet.
pub(crate) fn copy_files(kind: ConnectorKind, from: &Path, to: &Path, entities: &[Entity]) -> std::io::Result<()> {
    match kind {
        ConnectorKind::Csv => files::copy(Format::Csv, from, to, entities),
        ConnectorKind::Jsonl => files::copy(Format::Jsonl, from, to, entities),
        ConnectorKind::Sqlite => Ok(()),
    }
}

fn profile_error(system: &str, message: &str) -> RuntimeError {
    RuntimeError::Profile { system: system.to_owned(), message: message.to_owned() }
}

/// Text from outside in NFC, the only change made to it.
pub(crate) fn nfc(text: &str) -> String {
    use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}
