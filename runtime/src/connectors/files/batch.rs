//! A batch of calls on a file: what becomes of each, and then all of them written at once.

use super::format::Format;
use super::sheet::{Sheet, Stamp, cell_of, key_text};
use super::{CALL_FIELD, durable};
use crate::connectors::{Answer, Call, CallKind, Cell, NOT_REVERSED, Steps};
use crate::error::Outcome;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use syncline_ir::Entity;

/// Calls that are answered and not written yet.
pub(super) struct Batch<'a> {
    format: Format,
    path: &'a Path,
    entity: &'a Entity,
    sheet: &'a mut Sheet,
    head: super::format::Head,
    /// New lines; their numbers go on from those of the file.
    added: Vec<Vec<u8>>,
    /// Lines of the file that change, by number.
    changed: BTreeMap<usize, Vec<u8>>,
    /// Keys whose line is another one than in the file, or none any more.
    keys: FxHashMap<String, Option<usize>>,
    calls: FxHashMap<String, usize>,
}

fn refused(message: &str) -> Answer {
    Answer::Refused { message: message.to_owned() }
}

fn done() -> Answer {
    Answer::Done { returned: Vec::new() }
}

impl<'a> Batch<'a> {
    pub(super) fn new(format: Format, path: &'a Path, entity: &'a Entity, sheet: &'a mut Sheet) -> Self {
        let head = sheet.head.clone().unwrap_or_else(|| format.new_head(entity));
        Self {
            format,
            path,
            entity,
            sheet,
            head,
            added: Vec::new(),
            changed: BTreeMap::new(),
            keys: FxHashMap::default(),
            calls: FxHashMap::default(),
        }
    }

    /// What becomes of a call.
    pub(super) fn answer(&mut self, call: &Call, previous_refused: bool) -> Result<Answer, String> {
        if call.only_after_previous && previous_refused {
            return Ok(refused(NOT_REVERSED));
        }
        let remembers = self.entity.idempotency.is_some();
        let known =
            self.calls.contains_key(&call.idempotency_key) || self.sheet.by_call.contains_key(&call.idempotency_key);
        if remembers && known {
            return Ok(done());
        }
        let mut fields = call.fields.clone();
        if remembers {
            fields.push((CALL_FIELD.to_owned(), Cell::Text(call.idempotency_key.clone())));
        }
        let key = self.key(&call.fields);
        let line = match call.kind {
            CallKind::Create => None,
            CallKind::Upsert | CallKind::Overwrite | CallKind::Withdraw => {
                let named = self.key(&call.key);
                if self.sheet.doubled.contains(&named) {
                    return Ok(refused("several lines have this key"));
                }
                self.line_of(&named).map(|line| (line, named))
            }
        };
        let number = match line {
            None if call.kind == CallKind::Withdraw => return Ok(done()),
            None if call.kind == CallKind::Overwrite => return Ok(refused("the line is not there any more")),
            None => {
                if self.line_of(&key).is_some() {
                    return Ok(refused("another line has this key"));
                }
                let text = self.format.line(&self.head, self.entity, &fields)?;
                self.added.push(text);
                self.sheet.spans.len() + self.added.len() - 1
            }
            Some((number, named)) => {
                let old = self.text(number).map_err(|error| error.to_string())?;
                let text = self.format.changed(&self.head, self.entity, &old, &fields)?;
                // The fields that a call does not give stay, those of the key among them.
                let cells = self.format.cells(&self.head, self.entity, &text)?;
                let key = key_text(self.entity, |name| cell_of(self.entity, &cells, name));
                if key != named && self.line_of(&key).is_some() {
                    return Ok(refused("another line has this key"));
                }
                self.replace(number, text);
                self.keys.insert(named, None);
                self.keys.insert(key, Some(number));
                if remembers {
                    self.calls.insert(call.idempotency_key.clone(), number);
                }
                return Ok(done());
            }
        };
        self.keys.insert(key, Some(number));
        if remembers {
            self.calls.insert(call.idempotency_key.clone(), number);
        }
        Ok(done())
    }

    fn key(&self, fields: &[(String, Cell)]) -> String {
        key_text(self.entity, |name| fields.iter().find(|(field, _)| field == name).map(|(_, cell)| cell))
    }

    fn line_of(&self, key: &str) -> Option<usize> {
        self.keys.get(key).copied().unwrap_or_else(|| self.sheet.by_key.get(key).copied())
    }

    fn text(&self, number: usize) -> io::Result<Vec<u8>> {
        let added = number.checked_sub(self.sheet.spans.len()).and_then(|added| self.added.get(added));
        match added.or_else(|| self.changed.get(&number)) {
            Some(text) => Ok(text.clone()),
            None => self.sheet.text(self.path, number),
        }
    }

    fn replace(&mut self, number: usize, text: Vec<u8>) {
        let added = number.checked_sub(self.sheet.spans.len()).and_then(|added| self.added.get_mut(added));
        match added {
            Some(slot) => *slot = text,
            None => drop(self.changed.insert(number, text)),
        }
    }

    /// Writes what was answered.
    pub(super) fn write(self, pass: &Steps<'_>) -> Outcome<io::Result<()>> {
        if self.added.is_empty() && self.changed.is_empty() {
            return Ok(Ok(()));
        }
        let mut end = Vec::new();
        if self.sheet.head.is_none() {
            end.extend(self.format.head_text(&self.head));
        } else if self.sheet.open_end && !self.changed.contains_key(&self.sheet.spans.len().saturating_sub(1)) {
            end.extend_from_slice(if self.head.crlf { b"\r\n" } else { b"\n" });
        }
        let length = self.sheet.stamp.length;
        let mut spans = Vec::with_capacity(self.added.len());
        for line in &self.added {
            let start = length + end.len() as u64;
            end.extend_from_slice(line);
            spans.push((start, length + end.len() as u64));
        }
        if !self.changed.is_empty() {
            let (path, sheet, changed) = (self.path, &*self.sheet, &self.changed);
            let write = |out: &mut dyn Write| rewritten(path, sheet, changed, &end, out);
            let written = durable::rewrite(path, write, pass)?;
            // Every line may stand elsewhere now.
            self.sheet.forget();
            return Ok(written);
        }
        if let Err(error) = durable::append(self.path, length, &end, pass)? {
            return Ok(Err(error));
        }
        match Stamp::of(self.path) {
            Ok(stamp) => self.sheet.stamp = stamp,
            Err(error) => return Ok(Err(error)),
        }
        self.sheet.head = Some(self.head);
        self.sheet.open_end = false;
        self.sheet.spans.extend(spans);
        self.sheet.by_key.extend(self.keys.into_iter().filter_map(|(key, line)| Some((key, line?))));
        self.sheet.by_call.extend(self.calls);
        Ok(Ok(()))
    }
}

/// Writes a file anew: lines that change in their place, all others to the byte, new ones after them.
fn rewritten(
    path: &Path,
    sheet: &Sheet,
    changed: &BTreeMap<usize, Vec<u8>>,
    end: &[u8],
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut file = File::open(path)?;
    let mut at = 0;
    for (number, text) in changed {
        let Some(&(start, after)) = sheet.spans.get(*number) else { continue };
        file.seek(SeekFrom::Start(at))?;
        io::copy(&mut Read::by_ref(&mut file).take(start - at), out)?;
        out.write_all(text)?;
        at = after;
    }
    file.seek(SeekFrom::Start(at))?;
    io::copy(&mut file.take(sheet.stamp.length.saturating_sub(at)), out)?;
    out.write_all(end)
}
