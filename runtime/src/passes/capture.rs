//! Capture: rows of a source that the hub does not have yet (sections 1 to 3).
//!
//! An extract is captured whole or not at all, in one transaction with the watermark: what "inside one extract" means does not
//! depend on where a process was killed.

mod holders;

use super::absence::{absent, is_back};
use super::apply::Mapper;
use super::events;
use super::incoming::{Incoming, PART, Reader, Said, by_key};
use super::{Pass, cells, problem};
use crate::connectors::{Cell, HolderRow, Source, SourceRow};
use crate::error::Outcome;
use crate::hub::{Captured, Image, Missing, NewRow, Problem, Row, RowId, Standing, State, TrackId, cells_from_text};
use crate::options::Stage;
use crate::values;
use jiff::{SignedDuration, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::collections::BTreeSet;
use syncline_eval::{Input, LinkedEntity, LinkedField, Outcome as Mapped, Value, cast, map, show};
use syncline_ir::Deletion;

use super::prepare::Inbound;
use super::store::View;

/// How often somebody is told.
const TOLD_EVERY: u64 = 2_000;

/// An extract being captured.
struct Extract<'a> {
    pass: &'a Pass<'a>,
    inbound: &'a Inbound<'a>,
    entity: &'a LinkedEntity,
    shape: i64,
    cursor: Option<usize>,
    /// Rows with a smaller cursor are not delivered.
    floor: Option<Value>,
    watermark: Option<Value>,
    /// The tracks in this extract, when it is told what is missing.
    seen: Option<FxHashSet<TrackId>>,
    /// Rows that were not taken yet.
    waiting: Vec<SourceRow>,
    /// The tracks with a new row, where the entity has events.
    touched: BTreeSet<TrackId>,
    /// Rows that hold others and were not taken yet.
    holders: Vec<HolderRow>,
    /// The tracks met in a row that holds others.
    tracks: Option<BTreeSet<TrackId>>,
    /// Whether the row at hand stands in a version that is not the newest of its holder.
    late: bool,
    /// Whether a row was not understood, which may be that of a track that seems to be missing.
    unclear: bool,
    /// `order by arrival`: the first row of each track in this extract.
    firsts: FxHashMap<TrackId, RowId>,
}

/// A row's place among the versions of its record.
pub(super) enum Version {
    /// `order by F`: the value, for people and for comparing.
    Said(String, Vec<u8>),
    /// `order by arrival`.
    ByArrival,
    /// There is none.
    Unreadable,
}

pub(super) fn capture(pass: &Pass<'_>, inbound: &Inbound<'_>, source: &mut dyn Source) -> Outcome {
    let run = pass.run;
    let entity = run.program().entity(inbound.entity_ix);
    let cursor = inbound.entity.cursor.as_ref().and_then(|name| entity.field_ix(name));
    let field = cursor.and_then(|ix| entity.fields.get(ix));
    let watermark =
        field.and_then(|field| cast::read(Some(pass.mark.watermark.as_deref()?), field, None, run.program()).ok());
    let full = reads_all(pass, inbound);
    let floor = watermark.as_ref().filter(|_| !full).map(|mark| before(mark, inbound.entity.cursor_overlap));
    let counts = full && inbound.creates && matches!(inbound.entity.deletion, Some(Deletion::Absence { .. }));
    pass.hub().transaction(|_| {
        let kept = inbound.entity.fields.iter().enumerate().filter(|(ix, _)| !inbound.published.contains(ix));
        let fields: Vec<&str> = kept.map(|(_, field)| field.name.as_str()).collect();
        let shape = pass.hub().shape(&fields)?;
        let mut extract = Extract {
            pass,
            inbound,
            entity,
            shape,
            cursor,
            floor,
            watermark,
            seen: counts.then(FxHashSet::default),
            waiting: Vec::new(),
            touched: BTreeSet::new(),
            holders: Vec::new(),
            tracks: None,
            late: false,
            unclear: false,
            firsts: FxHashMap::default(),
        };
        match &inbound.entity.nested {
            None => {
                source.read(inbound.entity, &mut |row| extract.take(row))?;
                extract.take_waiting()?;
            }
            Some(nested) => {
                source.read_holders(inbound.entity, nested, &mut |row| extract.take_holder(row))?;
                extract.take_holders()?;
            }
        }
        let mapper = Mapper::new(pass, inbound);
        let in_this_run = |row: &Row| row.run == run.id;
        extract.touched.iter().try_for_each(|&track| events::of_track(&mapper, track, &in_this_run))?;
        if full {
            pass.hub().read_in_full(pass.mark.id, &run.at)?;
        }
        if let (Some(seen), false) = (&extract.seen, extract.unclear) {
            absent(pass, inbound, seen)?;
        }
        pass.store().keep_change()?;
        if let Some((mark, field)) = extract.watermark.as_ref().zip(field)
            && let Some(text) = show::write(mark, field, run.program())
        {
            pass.hub().set_watermark(pass.mark.id, &text)?;
        }
        pass.hub().passed(pass.mark.id, crate::hub::PassKind::Capture, &run.at)?;
        run.options.pass("capture.after-read")
    })?;
    run.options.pass("capture.after-commit")
}

/// Whether this pass reads all rows: there is no cursor, nothing was read before, or it is time to.
fn reads_all(pass: &Pass<'_>, inbound: &Inbound<'_>) -> bool {
    if inbound.entity.cursor.is_none() || pass.mark.watermark.is_none() {
        return true;
    }
    let Some(every) = inbound.entity.full_every else { return false };
    let last = pass.mark.full_at.as_ref().and_then(|at| at.parse::<Timestamp>().ok());
    let every = SignedDuration::from_secs(i64::try_from(every).unwrap_or(i64::MAX));
    last.is_none_or(|last| pass.run.options.at.duration_since(last) >= every)
}

/// The cursor that lies `overlap` seconds before another.
fn before(mark: &Value, overlap: u64) -> Value {
    match mark {
        Value::Instant(micros) => {
            let overlap = i64::try_from(overlap).unwrap_or(i64::MAX).saturating_mul(1_000_000);
            Value::Instant(micros.saturating_sub(overlap))
        }
        Value::Date(days) => Value::Date(days.saturating_sub(i32::try_from(overlap / 86_400).unwrap_or(i32::MAX))),
        other => other.clone(),
    }
}

impl Extract<'_> {
    fn take(&mut self, row: SourceRow) -> Outcome {
        self.waiting.push(row);
        if self.waiting.len() < PART { Ok(()) } else { self.take_waiting() }
    }

    fn reader(&self) -> Reader<'_> {
        Reader {
            program: self.pass.run.program(),
            entity: self.entity,
            cursor: self.cursor,
            published: &self.inbound.published,
            shape: self.shape,
        }
    }

    fn take_waiting(&mut self) -> Outcome {
        let rows = std::mem::take(&mut self.waiting);
        let mut rows = self.reader().read(rows);
        rows.retain(|row| match &row.said {
            Said::Nothing(_) => true,
            Said::Cells { read, .. } => self.is_delivered(read),
        });
        if self.inbound.any_order {
            by_key(&mut rows);
        }
        for Incoming { content, image, said } in rows {
            let captured = match said {
                Said::Nothing(message) => self.malformed(&content, &image, &message)?,
                Said::Cells { cells, read, key } => self.cells(key, &content, &image, &cells, &read)?,
            };
            self.count(captured);
        }
        Ok(())
    }

    /// Whether the cursor lets a row pass; the watermark is the greatest one seen.
    fn is_delivered(&mut self, read: &[cast::Cell]) -> bool {
        let Some(Ok(cursor)) = self.cursor.and_then(|ix| read.get(ix)).filter(|cursor| **cursor != Ok(Value::Null))
        else {
            return true;
        };
        if self.floor.as_ref().is_some_and(|floor| cursor < floor) {
            return false;
        }
        if self.watermark.as_ref().is_none_or(|mark| cursor > mark) {
            self.watermark = Some(cursor.clone());
        }
        true
    }

    fn count(&self, captured: Captured) {
        let mut this_run = self.pass.this_run.borrow_mut();
        this_run.read += 1;
        match captured {
            Captured::New | Captured::Duplicate => this_run.new += 1,
            Captured::Unchanged => this_run.unchanged += 1,
        }
        if this_run.read.is_multiple_of(TOLD_EVERY) {
            let done = usize::try_from(this_run.read).unwrap_or(usize::MAX);
            drop(this_run);
            self.pass.run.advance(self.pass.sync, Stage::Capture, done, None);
        }
    }

    fn malformed(&mut self, content: &[u8], image: &Image, message: &str) -> Outcome<Captured> {
        self.unclear = true;
        let problem = Problem::one("malformed-row", message, &self.inbound.map.otherwise);
        self.without_version(None, content, image, Standing::Malformed, &problem)
    }

    fn cells(
        &mut self,
        key: cells::RowKey,
        content: &[u8],
        image: &Image,
        row: &[Cell],
        read: &[cast::Cell],
    ) -> Outcome<Captured> {
        match version(self.pass, self.inbound, read) {
            Version::Said(text, rank) if key.readable => {
                let (track, is_new) = self.track(&key)?;
                let rows = if is_new { Vec::new() } else { self.pass.hub().rows(track)? };
                self.versioned(track, &rows, &text, &rank, content, image, row)
            }
            Version::ByArrival if key.readable => {
                let (track, is_new) = self.track(&key)?;
                let rows = if is_new { Vec::new() } else { self.pass.hub().rows(track)? };
                self.arriving(track, &rows, content, image, row)
            }
            _ => {
                self.unclear = true;
                let problem = unreadable(self.pass, self.inbound, read);
                self.without_version(Some(key), content, image, Standing::Unreadable, &problem)
            }
        }
    }

    /// The track of a key, and whether it is new.
    fn track(&mut self, key: &cells::RowKey) -> Outcome<(TrackId, bool)> {
        let shown = key.shown.as_deref().unwrap_or_default();
        let (hub, sync) = (self.pass.hub(), self.pass.mark.id);
        let known = hub.find_track(sync, shown, key.identity.as_deref())?;
        let is_new = known.is_none();
        let track = match known {
            Some(track) => {
                if track.missing != Missing::No && !self.late {
                    is_back(self.pass, &track)?;
                }
                track.id
            }
            None => hub.add_track(sync, shown, key.identity.as_deref(), None)?,
        };
        if let Some(seen) = &mut self.seen {
            seen.insert(track);
        }
        if let Some(tracks) = &mut self.tracks {
            tracks.insert(track);
        }
        Ok((track, is_new))
    }

    /// A row without readable key or version: it is what its raw key and its content say.
    fn without_version(
        &mut self,
        key: Option<cells::RowKey>,
        content: &[u8],
        image: &Image,
        standing: Standing,
        problem: &Problem,
    ) -> Outcome<Captured> {
        let (hub, sync) = (self.pass.hub(), self.pass.mark.id);
        let key = key.filter(|key| key.shown.is_some()).unwrap_or_else(|| cells::RowKey {
            shown: Some(format!("row:{}:{}", image.place.file, image.place.line)),
            identity: Some(format!("={}", cells::hex(content))),
            readable: false,
        });
        let (track, _) = self.track(&key)?;
        let rows = hub.rows(track)?;
        if let Some(same) = rows.iter().find(|row| row.standing == standing && row.content == content) {
            return self.again(same);
        }
        let new = NewRow { track, version: None, rank: None, standing, state: State::Quarantined, content };
        let row = hub.add_row(sync, self.pass.run.id, &new)?;
        hub.add_image(row, image)?;
        self.pass.except(track, row, problem)?;
        Ok(Captured::New)
    }

    #[expect(clippy::too_many_arguments, reason = "a row, its place, and what is there")]
    fn versioned(
        &mut self,
        track: TrackId,
        rows: &[Row],
        version: &str,
        rank: &[u8],
        content: &[u8],
        image: &Image,
        cells: &[Cell],
    ) -> Outcome<Captured> {
        let mut held = false;
        for row in rows.iter().filter(|row| row.rank.as_deref() == Some(rank)) {
            if row.content == content || self.completes(track, row, content, image, cells)? {
                return self.again(row);
            }
            held = true;
        }
        let standing = if held { Standing::Conflict } else { Standing::Holder };
        self.add(track, version, rank, standing, content, image, rows.is_empty())?;
        Ok(Captured::New)
    }

    fn arriving(
        &mut self,
        track: TrackId,
        rows: &[Row],
        content: &[u8],
        image: &Image,
        cells: &[Cell],
    ) -> Outcome<Captured> {
        let latest = rows.iter().filter(|row| row.standing == Standing::Holder).max_by_key(|row| row.rank.clone());
        let same = |row: &Row| -> Outcome<bool> {
            Ok(row.content == content || self.completes(track, row, content, image, cells)?)
        };
        let Some(first) = self.firsts.get(&track).copied() else {
            if let Some(latest) = latest
                && same(latest)?
            {
                self.firsts.insert(track, latest.id);
                return self.again(latest);
            }
            let next = latest.and_then(|row| row.version.as_ref()?.parse::<u64>().ok()).unwrap_or_default() + 1;
            let rank = values::arrival_rank(next).unwrap_or_default();
            let row = self.add(track, &next.to_string(), &rank, Standing::Holder, content, image, rows.is_empty())?;
            self.firsts.insert(track, row);
            return Ok(Captured::New);
        };
        let Some(first) = rows.iter().find(|row| row.id == first) else { return Ok(Captured::Unchanged) };
        for row in rows.iter().filter(|row| row.rank == first.rank) {
            if same(row)? {
                return self.again(row);
            }
        }
        let (version, rank) = (first.version.clone().unwrap_or_default(), first.rank.clone().unwrap_or_default());
        self.add(track, &version, &rank, Standing::Conflict, content, image, false)?;
        Ok(Captured::New)
    }

    #[expect(clippy::too_many_arguments, reason = "a row and its place")]
    fn add(
        &mut self,
        track: TrackId,
        version: &str,
        rank: &[u8],
        standing: Standing,
        content: &[u8],
        image: &Image,
        is_first: bool,
    ) -> Outcome<RowId> {
        let hub = self.pass.hub();
        let state = if standing == Standing::Conflict { State::Quarantined } else { State::Captured };
        let new = NewRow { track, version: Some(version), rank: Some(rank), standing, state, content };
        let row = hub.add_row(self.pass.mark.id, self.pass.run.id, &new)?;
        hub.add_image(row, image)?;
        if standing == Standing::Conflict {
            self.pass.except(track, row, &conflict(version, &self.inbound.map.otherwise))?;
        } else if !self.inbound.events.is_empty() {
            self.touched.insert(track);
        }
        // A new track is open.
        if !is_first {
            hub.set_open(track, true)?;
        }
        Ok(row)
    }

    /// A row the hub has.
    fn again(&self, row: &Row) -> Outcome<Captured> {
        if row.run != self.pass.run.id {
            return Ok(Captured::Unchanged);
        }
        self.pass.hub().add_copy(row.id)?;
        Ok(Captured::Duplicate)
    }

    /// Whether a row is one the hub has, captured when the entity declared other fields. Then the image is completed.
    fn completes(&self, track: TrackId, row: &Row, content: &[u8], image: &Image, cells: &[Cell]) -> Outcome<bool> {
        let hub = self.pass.hub();
        let Some(known) = hub.image(row.id)? else { return Ok(false) };
        let Some(shape) = known.shape.filter(|&shape| shape != self.shape) else { return Ok(false) };
        let fields = hub.fields_of_shape(shape)?;
        let before = cells_from_text(&known.cells);
        for ((position, field), cell) in self.entity.fields.iter().enumerate().zip(cells) {
            let old = fields.iter().position(|name| **name == *field.name).and_then(|ix| before.get(ix));
            let counts = Some(position) != self.cursor && !self.inbound.published.contains(&position);
            if counts && old.is_some_and(|old| old != cell) {
                return Ok(false);
            }
        }
        hub.add_image(row.id, image)?;
        hub.set_content(row.id, content)?;
        hub.set_open(track, true)?;
        Ok(true)
    }
}

pub(super) fn conflict(version: &str, queue: &str) -> Problem {
    Problem::one("key-conflict", format!("version {version} came before with other content"), queue)
}

/// The version of a row.
pub(super) fn version(pass: &Pass<'_>, inbound: &Inbound<'_>, read: &[cast::Cell]) -> Version {
    let program = pass.run.program();
    let Some((part, field)) = inbound.version else { return Version::ByArrival };
    let view = View::current(pass.store());
    let Mapped::Mapped { values } = map::run(program, part, &Input::Row(read), &view) else {
        return Version::Unreadable;
    };
    let Some(value) = values.into_iter().nth(field).flatten() else { return Version::Unreadable };
    let shown = pass
        .sync
        .linked_object(program)
        .fields
        .get(field)
        .and_then(|field: &LinkedField| show::write(&value, field, program));
    match (shown, values::rank(&value)) {
        (Some(shown), Some(rank)) => Version::Said(shown, rank),
        _ => Version::Unreadable,
    }
}

/// All that is wrong with a row that gives no key or no version.
fn unreadable(pass: &Pass<'_>, inbound: &Inbound<'_>, read: &[cast::Cell]) -> Problem {
    let view = View::current(pass.store());
    let otherwise = &inbound.map.otherwise;
    match map::run(pass.run.program(), inbound.linked, &Input::Row(read), &view) {
        Mapped::Failed { failures } | Mapped::Waiting { failures, .. } => problem(&failures, otherwise),
        Mapped::Mapped { .. } | Mapped::NotTaken => {
            Problem::one("required-missing", "the row has no key or no version", otherwise)
        }
    }
}

/// The cells of a captured row in the order of the entity as it is declared now.
pub(super) fn cells_of(
    pass: &Pass<'_>,
    row: RowId,
    entity: &LinkedEntity,
    shapes: &RefCell<FxHashMap<i64, Vec<String>>>,
) -> Outcome<Vec<Cell>> {
    let Some(image) = pass.hub().image(row)? else { return Ok(Vec::new()) };
    let Some(shape) = image.shape else { return Ok(Vec::new()) };
    let mut shapes = shapes.borrow_mut();
    let fields = match shapes.entry(shape) {
        std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
        std::collections::hash_map::Entry::Vacant(slot) => slot.insert(pass.hub().fields_of_shape(shape)?),
    };
    let mut cells = cells_from_text(&image.cells);
    let same = fields.len() == entity.fields.len()
        && fields.iter().zip(&entity.fields).all(|(name, field)| **name == *field.name);
    if same {
        return Ok(cells);
    }
    let mut take =
        |name: &str| fields.iter().position(|known| known == name).and_then(|ix| cells.get_mut(ix)).map(std::mem::take);
    Ok(entity.fields.iter().map(|field| take(&field.name).unwrap_or_default()).collect())
}
