//! A target file as it stands: where each line is, by key and by the call that wrote it.

use super::format::{Format, Head};
use crate::connectors::Cell;
use rustc_hash::{FxHashMap, FxHashSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::SystemTime;
use syncline_ir::Entity;

/// What tells that nobody else has written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Stamp {
    pub(super) length: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    /// Of a file that need not be there.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        match std::fs::metadata(path) {
            Ok(found) => Ok(Self { length: found.len(), modified: found.modified().ok() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }
}

/// A file that was read.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) stamp: Stamp,
    /// None while the file has no content.
    pub(super) head: Option<Head>,
    /// Where each line begins and ends.
    pub(super) spans: Vec<(u64, u64)>,
    pub(super) by_key: FxHashMap<String, usize>,
    /// Keys of several lines.
    pub(super) doubled: FxHashSet<String>,
    /// By the idempotency keys of calls, where the entity has them.
    pub(super) by_call: FxHashMap<String, usize>,
    /// The last line has no line end.
    pub(super) open_end: bool,
}

/// The key of a line as text.
pub(super) fn key_text<'c>(entity: &Entity, cell: impl Fn(&str) -> Option<&'c Cell>) -> String {
    let part = |name: &String| match cell(name) {
        Some(Cell::Text(text) | Cell::Foreign { shown: text, .. }) => text.clone(),
        Some(Cell::Integer(number)) => number.to_string(),
        Some(Cell::Null) | None => String::new(),
    };
    entity.key.iter().map(part).collect::<Vec<_>>().join("\u{1f}")
}

/// The cell of a field among the cells of all fields.
pub(super) fn cell_of<'c>(entity: &Entity, cells: &'c [Cell], name: &str) -> Option<&'c Cell> {
    cells.get(entity.fields.iter().position(|field| field.name == name)?)
}

impl Sheet {
    /// Reads a file; `call_field` is the field with idempotency keys.
    pub(super) fn load(
        format: Format,
        path: &Path,
        entity: &Entity,
        call_field: Option<&str>,
    ) -> io::Result<Result<Self, String>> {
        let mut sheet = Self { stamp: Stamp::of(path)?, ..Self::default() };
        if sheet.stamp.length == 0 {
            return Ok(Ok(sheet));
        }
        let mut file = File::open(path)?;
        sheet.open_end = !ends_with_newline(&mut file)?;
        let input = BufReader::with_capacity(1 << 18, file);
        let read = format.read(input, entity, |_, found| {
            let cells = found.cells.map_err(|message| format!("line {}: {message}", found.number))?;
            let at = sheet.spans.len();
            sheet.spans.push((found.start, found.end));
            let key = key_text(entity, |name| cell_of(entity, &cells, name));
            if let Some(Cell::Text(call)) = call_field.and_then(|field| cell_of(entity, &cells, field)) {
                sheet.by_call.entry(call.clone()).or_insert(at);
            }
            match sheet.by_key.entry(key) {
                std::collections::hash_map::Entry::Occupied(known) => drop(sheet.doubled.insert(known.key().clone())),
                std::collections::hash_map::Entry::Vacant(free) => drop(free.insert(at)),
            }
            Ok(())
        })?;
        Ok(read.map(|head| {
            sheet.head = head;
            sheet
        }))
    }

    /// The file is another one now: it is read again when it is needed.
    pub(super) fn forget(&mut self) {
        *self = Self { stamp: Stamp { length: u64::MAX, modified: None }, ..Self::default() };
    }

    /// The text of a line.
    pub(super) fn text(&self, path: &Path, line: usize) -> io::Result<Vec<u8>> {
        let (start, end) = self.spans.get(line).copied().unwrap_or_default();
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(start))?;
        let mut text = Vec::new();
        file.take(end - start).read_to_end(&mut text)?;
        Ok(text)
    }
}

fn ends_with_newline(file: &mut File) -> io::Result<bool> {
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    file.rewind()?;
    Ok(last == *b"\n")
}
