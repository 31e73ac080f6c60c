//! Map: rows become canonical records (sections 4 to 6).
//!
//! Rows of a record are taken in ascending version, records in the order in which their first open row was captured. When a map
//! looks up records of its own object, passes over the open rows are repeated until nothing more is found, so that the order
//! inside an extract does not matter.

use super::capture::cells_of;
use super::dated::valid_on_no_day;
use super::events::{self, Captured};
use super::invariants::broken;
use super::ownership::objections;
use super::prepare::Inbound;
use super::store::{Record, View, entity_name};
use super::{Own, Pass, ahead, cells, duplicates, problem};
use crate::connectors;
use crate::error::Outcome;
use crate::hub::{Doubt, Likeness, NewRow, Problem, Reading, Resolution, Row, RowId, Standing, State, Track, TrackId};
use crate::options::{Part, Stage};
use crate::values;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::Arc;
use syncline_eval::{Failure, Form, Frame, Input, Missing, Outcome as Mapped, Reason, Value, cast, expr, map, show};

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

    /// What becomes of a row on its own.
    pub(super) fn assess(&self, track: &Track, row: &Row) -> Outcome<Assessed> {
        let (pass, program) = (self.pass, self.pass.run.program());
        let (cells, read) = self.read(row.id)?;
        match self.says_deleted(&read)? {
            Ok(false) => {}
            Ok(true) => return Ok(Assessed::Deleted),
            Err(problem) => return Ok(Assessed::Failed(Own::Quarantined(problem))),
        }
        let captured = events::captured(self, track, row, &read)?;
        match &captured {
            Captured::Moves | Captured::Changed { .. } => {}
            Captured::Excluded => return Ok(Assessed::NotTaken),
            Captured::Failed(problem) => return Ok(Assessed::Failed(Own::Quarantined(problem.clone()))),
        }
        if self.inbound.posted {
            return self.assess_line(track, row, (&cells, &read));
        }
        let view = View::current(pass.store());
        let mapped = view.explained(map::run(program, self.inbound.linked, &Input::Row(&read), &view));
        let mapped = if self.inbound.creates { mapped } else { self.with_its_record(mapped, &read)? };
        pass.store().check()?;
        let mut values = match mapped {
            Mapped::NotTaken => return Ok(Assessed::NotTaken),
            Mapped::Mapped { values } => values,
            Mapped::Waiting { .. } if pass.may_wait(row, self.inbound.map.wait_seconds)? => {
                return Ok(Assessed::Failed(Own::Waiting));
            }
            Mapped::Waiting { failures, .. } | Mapped::Failed { failures } => {
                return Ok(Assessed::Failed(Own::Quarantined(problem(&failures, &self.inbound.map.otherwise))));
            }
        };
        if let Captured::Changed { moved } = &captured
            && !self.says_the_same(&values, moved.as_deref())
        {
            return Ok(Assessed::Failed(events::changed(self)));
        }
        if track.applied.is_some() && row.rank <= track.applied {
            return Ok(Assessed::Late { values });
        }
        let source_key = cells::key(&cells, &read, program.entity(self.inbound.entity_ix), program);
        let source_key = source_key.identity.or(source_key.shown).unwrap_or_default();
        let key = self.key(&values);
        let alone = self.finds_none && track.record.is_none();
        let mut found = if alone { None } else { pass.store().by_key(pass.sync.object, &key)? };
        if let (Some(bound), None) = (track.record, found)
            && self.only_its_first_day_moved(bound, &values)?
        {
            found = Some(bound);
        }
        let wrong = |reason: &str, message: &str| {
            Assessed::Failed(Own::Quarantined(Problem::one(reason, message, &self.inbound.map.otherwise)))
        };
        match (track.record, found) {
            (Some(bound), found) if found != Some(bound) => {
                return Ok(wrong("key-changed", "an earlier version of this row belongs to another record"));
            }
            (None, Some(found)) if self.inbound.creates => {
                let owner = pass.hub().bound_id(&self.entity_name(), found)?;
                if owner.is_some_and(|owner| owner != source_key) {
                    return Ok(wrong("key-conflict", "another row of the same entity has the same key"));
                }
            }
            _ => {}
        }
        let record = match found {
            Some(id) => pass.store().record(pass.sync.object, id)?,
            None => None,
        };
        if let Some(problem) = objections(pass, self.inbound, record.as_deref(), &mut values)? {
            return Ok(Assessed::Failed(Own::Quarantined(problem)));
        }
        let after = self.after(record.as_deref(), &values);
        let otherwise = &self.inbound.map.otherwise;
        if let Some(problem) = broken(pass.store(), pass.sync.object, record.as_deref(), &after, otherwise)? {
            return Ok(Assessed::Failed(Own::Quarantined(problem)));
        }
        if record.is_none()
            && let Some((reason, message)) = self.differs_from_other_versions(&values)?
        {
            return Ok(wrong(reason, &message));
        }
        if let Some(dates) = pass.sync.linked_object(program).dates
            && let Some(why) = valid_on_no_day(dates, &after)
        {
            return Ok(wrong("empty-range", &why));
        }
        let two = match self.alike(track, row, record.as_deref(), &after, &source_key)? {
            Ok(two) => two,
            Err(problem) => return Ok(Assessed::Failed(Own::Quarantined(problem))),
        };
        Ok(Assessed::Good { values, record, source_key, two })
    }

    /// The records that one would be like, when somebody said of all that they are others.
    pub(super) fn alike(
        &self,
        track: &Track,
        row: &Row,
        record: Option<&Record>,
        after: &[Value],
        source_key: &str,
    ) -> Outcome<Result<Vec<Likeness>, Problem>> {
        let pass = self.pass;
        let Some(alike) = duplicates::alike(pass.store(), pass.sync.object, record, after)? else {
            return Ok(Ok(Vec::new()));
        };
        if pass.run.decisions(track.id)?.on(row.id, false, &alike.problem) == Some(Resolution::Release) {
            return Ok(Ok(alike.others));
        }
        self.doubts.borrow_mut().push(Doubt {
            track: track.id,
            row: row.id,
            key: pass.store().identity_text(pass.sync.object, after),
            id: source_key.to_owned(),
            like: alike.first,
        });
        Ok(Err(alike.problem))
    }

    /// Whether a row writes what another one has written, its version apart.
    fn says_the_same(&self, values: &[Option<Value>], written: Option<&str>) -> bool {
        let Some(written) = written else { return false };
        let program = self.pass.run.program();
        let before = values::decode(written, &self.pass.sync.linked_object(program).fields, program);
        let version = self.inbound.version.map(|(_, field)| field);
        let mut pairs = values.iter().zip(&before).enumerate();
        // What was outside its claim then was not written.
        pairs.all(|(ix, (now, before))| Some(ix) == version || before.is_none() || now == before)
    }

    /// Whether a row of a dated object still has the key of its record, and another first day: it is the same row, moved.
    pub(super) fn only_its_first_day_moved(&self, bound: u64, values: &[Option<Value>]) -> Outcome<bool> {
        let object = self.pass.sync.linked_object(self.pass.run.program());
        if object.dates.is_none() || object.revision.is_some() {
            return Ok(false);
        }
        let Some(record) = self.pass.store().record(self.pass.sync.object, bound)? else { return Ok(false) };
        Ok(object.key.iter().all(|&ix| values.get(ix).and_then(Option::as_ref) == record.values.get(ix)))
    }

    /// What is set once is the same in all versions; references go by it.
    fn differs_from_other_versions(&self, values: &[Option<Value>]) -> Outcome<Option<(&'static str, String)>> {
        let (store, program) = (self.pass.store(), self.pass.run.program());
        let object = self.pass.sync.linked_object(program);
        if object.revision.is_none() {
            return Ok(None);
        }
        let Some(other) = store.any_version(self.pass.sync.object, &self.after(None, values))? else { return Ok(None) };
        let differing = object.fields.iter().enumerate().find(|(ix, field)| {
            let (new, old) = (values.get(*ix).and_then(Option::as_ref), other.values.get(*ix));
            field.fixed && new.is_some() && old.is_some_and(|old| !old.is_null()) && new != old
        });
        Ok(differing.map(|(_, field)| {
            let reason = if field.shape.form == Form::Currency { "currency-changed" } else { "fixed-changed" };
            (reason, format!("`{}` is the same in all versions of `{}` and differs", field.name, object.name))
        }))
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

    /// An `updates` map changes a record that is there: none is a lookup miss on the key it assigns.
    fn with_its_record(&self, mapped: Mapped, read: &[cast::Cell]) -> Outcome<Mapped> {
        let (pass, program) = (self.pass, self.pass.run.program());
        let view = View::current(pass.store());
        let key = match (&mapped, map::run(program, self.inbound.key, &Input::Row(read), &view)) {
            (Mapped::NotTaken, _) => return Ok(mapped),
            (Mapped::Mapped { values }, _) => self.key(values),
            (_, Mapped::Mapped { values }) => self.key(&values),
            _ => return Ok(mapped),
        };
        if pass.store().by_key(pass.sync.object, &key)?.is_some() {
            return Ok(mapped);
        }
        let object = pass.sync.linked_object(program);
        let assigned = self
            .inbound
            .map
            .assignments
            .iter()
            .filter(|assignment| object.identity.iter().any(|&ix| object.field_ix(&assignment.field) == Some(ix)));
        let last = assigned.max_by_key(|assignment| assignment.order);
        let parts = object.identity.iter().zip(&key).filter_map(|(&ix, value)| {
            let field = object.fields.get(ix)?;
            Some(format!("`{}` {}", field.name, show::show(value, field.shape, program)))
        });
        let wanted = format!("`{}` with {}", object.name, parts.collect::<Vec<_>>().join(", "));
        let why = match object.same.is_empty() {
            true => None,
            false => pass.store().why_not(pass.sync.object, &object.name, &key)?,
        };
        let route = last.and_then(|assignment| assignment.route.as_ref());
        let reason = route.and_then(|route| route.reason.as_deref()).map(|name| Reason::Declared(name.into()));
        let miss = Failure {
            reason: reason.unwrap_or(Reason::LookupMissing),
            field: last.map(|assignment| assignment.field.as_str().into()),
            message: format!("{wanted} is not there{}", why.map_or_else(String::new, |why| format!("; {why}"))),
            queue: route.map_or(self.inbound.map.otherwise.as_str(), |route| &route.queue).into(),
            order: last.map_or(0, |assignment| assignment.order),
            missing: Some(Missing { object: pass.sync.object, wanted: wanted.clone() }),
        };
        let missing = Missing { object: pass.sync.object, wanted };
        Ok(match mapped {
            Mapped::NotTaken => Mapped::NotTaken,
            Mapped::Mapped { .. } => Mapped::Waiting { missing: vec![missing], failures: vec![miss] },
            Mapped::Waiting { missing: mut others, mut failures } => {
                others.push(missing);
                insert(&mut failures, miss);
                Mapped::Waiting { missing: others, failures }
            }
            Mapped::Failed { mut failures } => {
                insert(&mut failures, miss);
                Mapped::Failed { failures }
            }
        })
    }
}

/// Failures stay in source order.
pub(super) fn insert(failures: &mut Vec<Failure>, failure: Failure) {
    let place = failures.partition_point(|known| known.order <= failure.order);
    failures.insert(place, failure);
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
