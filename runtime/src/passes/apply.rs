//! Map: rows become canonical records (sections 4 to 6).
//!
//! Rows of a record are taken in ascending version, records in the order in which their first open row was captured. When a map
//! looks up records of its own object, passes over the open rows are repeated until nothing more is found, so that the order
//! inside an extract does not matter.

mod assess;

pub(super) use assess::insert;

use super::capture::cells_of;
use super::prepare::Inbound;
use super::store::{Record, View, entity_name};
use super::{Own, Pass, ahead, cells};
use crate::connectors;
use crate::error::Outcome;
use crate::hub::{Doubt, Likeness, NewRow, Problem, Reading, Row, RowId, Standing, State, Track, TrackId};
use crate::options::{Part, Stage};
use crate::values;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::Arc;
use syncline_eval::{Frame, Value, cast, expr, show};

/// Tracks in one transaction.
const CHUNK: usize = 10_000;

/// What the map and the rules of ownership make of a row.
pub(super) enum Assessed {
    /// The map is not for it.
    NotTaken,
    /// It says that its record is deleted.
    Deleted,
    /// It is to be written.
    Good {
        values: Vec<Option<Value>>,
        record: Option<Arc<Record>>,
        source_key: String,
        /// The records of which somebody said that it is none of them.
        two: Vec<Likeness>,
    },
    /// A higher version has been written already.
    Late {
        values: Vec<Option<Value>>,
    },
    Failed(Own),
}

/// Own outcomes of the rows that are not accepted, by row.
pub(super) type OwnOutcomes = FxHashMap<RowId, Own>;

/// The inbound side of a sync while rows are being mapped.
pub(super) struct Mapper<'a> {
    pub(super) pass: &'a Pass<'a>,
    pub(super) inbound: &'a Inbound<'a>,
    shapes: RefCell<FxHashMap<i64, Vec<String>>>,
    /// Whether a track without a record is known to find none: each key has its own, and there was no record before.
    finds_none: bool,
    /// Rows looked at since the last were noted that would make a record like another one.
    doubts: RefCell<Vec<Doubt>>,
}

/// What the only open row of a new track comes to.
struct Found {
    track: Track,
    row: Row,
    assessed: Assessed,
}

/// Looks at tracks of which each is known to find no record; what is not so simple is left to whoever writes.
fn look_ahead(pass: &Pass<'_>, tracks: &[TrackId]) -> Outcome<Vec<(TrackId, Option<Found>)>> {
    let Some(inbound) = &pass.sync.inbound else { return Ok(Vec::new()) };
    let mapper = Mapper { finds_none: true, ..Mapper::new(pass, inbound) };
    let look = |&id: &TrackId| {
        let (track, mut rows) = mapper.open_rows(id)?;
        let (Some(row), true, None) = (rows.pop(), rows.is_empty(), track.record) else { return Ok((id, None)) };
        let assessed = mapper.assess(&track, &row)?;
        Ok((id, Some(Found { track, row, assessed })))
    };
    tracks.iter().map(look).collect()
}

pub(super) fn apply(mapper: &Mapper<'_>) -> Outcome<OwnOutcomes> {
    let pass = mapper.pass;
    let mut outcomes = OwnOutcomes::default();
    let compared = !pass.sync.linked_object(pass.run.program()).same.is_empty();
    let mut tracks = pass.hub().tracks_to_map(pass.mark.id, compared)?;
    loop {
        let mut accepted = 0;
        let mut left = Vec::new();
        let total = tracks.len();
        let mut write = |found: &mut dyn Iterator<Item = Outcome<(TrackId, Option<Found>)>>| {
            for (number, chunk) in tracks.chunks(CHUNK).enumerate() {
                pass.hub().transaction(|_| {
                    for found in (&mut *found).take(chunk.len()) {
                        let (track, found) = found?;
                        let (taken, open) = mapper.take(track, found, &mut outcomes)?;
                        accepted += taken;
                        if open {
                            left.push(track);
                        }
                    }
                    pass.store().keep_change()?;
                    pass.run.options.pass("map.before-commit")
                })?;
                pass.run.options.pass("map.after-commit")?;
                pass.run.advance(pass.sync, Stage::Map, (number * CHUNK + chunk.len()).min(total), Some(total));
            }
            Ok(())
        };
        if mapper.finds_none {
            ahead::work(pass, Part::Assess, &tracks, look_ahead, write)?;
        } else {
            write(&mut tracks.iter().map(|&track| Ok((track, None))))?;
        }
        if !mapper.inbound.reads_itself || accepted == 0 || left.is_empty() {
            return Ok(outcomes);
        }
        tracks = left;
    }
}

impl<'a> Mapper<'a> {
    pub(super) fn new(pass: &'a Pass<'a>, inbound: &'a Inbound<'a>) -> Self {
        Self { pass, inbound, shapes: RefCell::default(), finds_none: false, doubts: RefCell::default() }
    }

    /// Notes that no record of the object is there yet, if that is so and helps.
    pub(super) fn on_a_new_object(self) -> Outcome<Self> {
        let finds_none = self.inbound.any_order && !self.pass.hub().has_records(self.pass.sync.object_name)?;
        Ok(Self { finds_none, ..self })
    }

    /// A track and its open rows, by version.
    fn open_rows(&self, id: TrackId) -> Outcome<(Track, Vec<Row>)> {
        let (track, mut rows) = self.pass.hub().track_with_rows(id)?;
        rows.retain(|row| row.standing == Standing::Holder && row.state != State::Dismissed && !row.is_accepted());
        rows.sort_by(|a, b| a.rank.cmp(&b.rank));
        Ok((track, rows))
    }

    /// Takes the open rows of a track, of which one may have been looked at.
    fn take(&self, id: TrackId, found: Option<Found>, outcomes: &mut OwnOutcomes) -> Outcome<(usize, bool)> {
        let Some(Found { mut track, row, assessed }) = found else { return self.track(id, outcomes) };
        match assessed {
            Assessed::Failed(own) => {
                outcomes.insert(row.id, own);
                Ok((0, true))
            }
            assessed => {
                self.accept(&mut track, &row, assessed)?;
                outcomes.remove(&row.id);
                Ok((1, false))
            }
        }
    }

    /// Takes the open rows of a track: how many were accepted, and whether some were not.
    fn track(&self, id: TrackId, outcomes: &mut OwnOutcomes) -> Outcome<(usize, bool)> {
        let (mut track, rows) = self.open_rows(id)?;
        let compared = !self.pass.sync.linked_object(self.pass.run.program()).same.is_empty();
        if compared {
            self.doubts.borrow_mut().clear();
            self.pass.hub().clear_doubt(id)?;
        }
        let mut accepted = 0;
        for row in &rows {
            match self.assess(&track, row)? {
                Assessed::Failed(own) => {
                    outcomes.insert(row.id, own);
                }
                assessed => {
                    self.accept(&mut track, row, assessed)?;
                    outcomes.remove(&row.id);
                    accepted += 1;
                }
            }
        }
        // What a record that is there would become is no reason for it not to be found.
        if let (Some(doubt), None) = (self.doubts.borrow_mut().pop(), track.record) {
            self.pass.hub().add_doubt(self.pass.sync.object_name, &self.entity_name(), &doubt)?;
        }
        Ok((accepted, accepted < rows.len()))
    }

    /// Writes what a row says, and accepts it.
    pub(super) fn accept(&self, track: &mut Track, row: &Row, assessed: Assessed) -> Outcome<Reading> {
        let (pass, hub) = (self.pass, self.pass.hub());
        let reading = match assessed {
            Assessed::Failed(_) => return Ok(Reading::NotAccepted),
            Assessed::NotTaken => None,
            Assessed::Deleted => {
                self.delete(track, row)?;
                None
            }
            Assessed::Late { values } => Some(self.reading(&values)),
            Assessed::Good { values, record, source_key, two } => {
                // What a target says of a line brings no record back that is deleted where it comes from.
                let retired = record.as_ref().is_some_and(|record| record.stored.retired);
                let id = self.write(record.as_deref(), &values, row, !(retired && self.inbound.posted))?;
                two.iter().try_for_each(|like| hub.say_two(id, like))?;
                if track.record.is_none() && self.inbound.creates {
                    hub.bind(&self.entity_name(), &source_key, pass.sync.object_name, id)?;
                }
                hub.set_applied(track.id, id, row.rank.as_deref())?;
                track.record = Some(id);
                track.applied.clone_from(&row.rank);
                Some(self.reading(&values))
            }
        };
        hub.accept(row.id, reading.as_deref())?;
        Ok(reading.map_or(Reading::NotTaken, Reading::Values))
    }

    /// Retires the record a row says is deleted, unless a newer row has been written.
    fn delete(&self, track: &mut Track, row: &Row) -> Outcome {
        let Some(record) = track.record.filter(|_| self.inbound.creates && row.rank > track.applied) else {
            return Ok(());
        };
        self.pass.store().retire(self.pass.sync.object, record, true, row.id, self.pass.run.id)?;
        self.pass.hub().set_applied(track.id, record, row.rank.as_deref())?;
        track.applied.clone_from(&row.rank);
        Ok(())
    }

    /// Whether a row says that its record is deleted.
    pub(super) fn says_deleted(&self, read: &[cast::Cell]) -> Outcome<Result<bool, Problem>> {
        let Some(condition) = &self.inbound.deleted else { return Ok(Ok(false)) };
        let view = View::current(self.pass.store());
        let said = expr::holds(condition, &Frame::row(self.pass.run.program(), read), &view);
        self.pass.store().check()?;
        Ok(said.map_err(|fault| Problem::one(fault.reason.as_str(), fault.message, &self.inbound.map.otherwise)))
    }

    /// Brings the record to these values. A write that changes nothing is none; a row brings a retired
    /// record back, another plan does not.
    pub(super) fn write(
        &self,
        record: Option<&Record>,
        values: &[Option<Value>],
        row: &Row,
        by_row: bool,
    ) -> Outcome<u64> {
        let object = self.pass.sync.object;
        let new = self.after(record, values);
        match record {
            Some(record) if record.values == new && !(by_row && record.stored.retired) => Ok(record.stored.id),
            _ => self.pass.store().write(object, record, &new, row.id, self.pass.run.id, by_row),
        }
    }

    pub(super) fn reading(&self, values: &[Option<Value>]) -> String {
        let program = self.pass.run.program();
        let fields = &self.pass.sync.linked_object(program).fields;
        values::encode(fields.iter().zip(values.iter().map(Option::as_ref)), program)
    }

    pub(super) fn read(&self, row: RowId) -> Outcome<(Vec<connectors::Cell>, Vec<cast::Cell>)> {
        let program = self.pass.run.program();
        let entity = program.entity(self.inbound.entity_ix);
        let cells = cells_of(self.pass, row, entity, &self.shapes)?;
        let read = cells::values(&cells, entity, program);
        Ok((cells, read))
    }

    fn entity_name(&self) -> String {
        entity_name(self.pass.run.program().entity(self.inbound.entity_ix))
    }

    /// The values of the record once these are written.
    pub(super) fn after(&self, record: Option<&Record>, values: &[Option<Value>]) -> Vec<Value> {
        let fields = self.pass.sync.linked_object(self.pass.run.program()).fields.len();
        let old = |ix: usize| record.and_then(|record| record.values.get(ix)).cloned().unwrap_or_default();
        (0..fields).map(|ix| values.get(ix).cloned().flatten().unwrap_or_else(|| old(ix))).collect()
    }

    /// What tells the record of these values apart.
    pub(super) fn key(&self, values: &[Option<Value>]) -> Vec<Value> {
        let object = self.pass.sync.linked_object(self.pass.run.program());
        object.identity.iter().map(|&ix| values.get(ix).cloned().flatten().unwrap_or_default()).collect()
    }
}

/// A sync that only posts follows the records of its object, whoever brings them: those it does not know yet.
pub(super) fn track_records(pass: &Pass<'_>) -> Outcome {
    let (hub, program) = (pass.hub(), pass.run.program());
    let object = pass.sync.linked_object(program);
    let new = hub.untracked(pass.mark.id, pass.sync.object_name, pass.mark.judged, object.revision.is_some())?;
    hub.transaction(|_| {
        for &id in &new {
            let Some(record) = pass.store().record(pass.sync.object, id)? else { continue };
            let key = shown_key(pass, object, object.posted_identity(), &record.values, 8)?;
            let track = hub.add_track(pass.mark.id, &key, Some(&format!("record {id}")), Some(id))?;
            let rank = values::arrival_rank(1);
            let row = NewRow {
                track,
                version: None,
                rank: rank.as_deref(),
                standing: Standing::Holder,
                state: State::Captured,
                content: &[],
            };
            let row = hub.add_row(pass.mark.id, pass.run.id, &row)?;
            hub.accept(row, Some("{}"))?;
        }
        hub.passed(pass.mark.id, crate::hub::PassKind::Capture, &pass.run.at)?;
        pass.run.options.pass("capture.after-read")
    })?;
    let all = hub.tracks(pass.mark.id, false)?.len();
    {
        let mut this_run = pass.this_run.borrow_mut();
        this_run.read += all as u64;
        this_run.new += new.len() as u64;
        this_run.unchanged += all.saturating_sub(new.len()) as u64;
    }
    pass.run.options.pass("capture.after-commit")
}

/// These fields of a canonical record for people, references by the keys of their records.
pub(super) fn shown_key(
    pass: &Pass<'_>,
    object: &syncline_eval::LinkedObject,
    positions: &[usize],
    values: &[Value],
    deepest: u8,
) -> Outcome<String> {
    let program = pass.run.program();
    let mut parts = Vec::with_capacity(positions.len());
    for &ix in positions {
        let (Some(field), Some(value)) = (object.fields.get(ix), values.get(ix)) else { continue };
        parts.push(match (value, field.shape.form) {
            (Value::Record(id), syncline_eval::Form::Reference(to)) if deepest > 0 => {
                match pass.store().record(to, id.0)? {
                    Some(record) => {
                        let to = program.object(to);
                        shown_key(pass, to, to.posted_identity(), &record.values, deepest - 1)?
                    }
                    None => id.0.to_string(),
                }
            }
            _ => show::show(value, field.shape, program),
        });
    }
    Ok(parts.join("|"))
}
