//! The way back: rows of a target are read into the records that were posted as them.
//!
//! A row **stands** for a record when it is its live posting. Of a line that is taken back, nothing is the record's any more. So a row is
//! looked at again when what the ledger says of its line changes, and not only when the row does.

use super::apply::{Assessed, Mapper};
use super::prepare::{Inbound, Route};
use super::store::View;
use super::{Own, Pass, cells, problem};
use crate::connectors;
use crate::error::Outcome;
use crate::hub::{Row, Track, TrackId};
use syncline_eval::{Input, LinkedEntity, Outcome as Mapped, Program, Value, cast, map};
use syncline_ir::Finds;

/// Between the parts of a key of several fields.
const PART: char = '\u{1f}';

/// What a line of a target is to a record.
enum Line {
    /// No sync of this plan posted it for the object, or another line is the record's.
    Other,
    Stands(u64),
    TakenBack(u64),
}

/// Brings the lines that the hub knows up to date, and has the rows mapped again of which more is known now.
pub(super) fn follow(pass: &Pass<'_>, inbound: &Inbound<'_>) -> Outcome {
    let hub = pass.hub();
    let plan = pass.run.prepared.plan;
    let syncs = plan.syncs.iter().filter(|sync| sync.object == inbound.map.object);
    let syncs: Vec<&str> = syncs.map(|sync| sync.name.as_str()).collect();
    hub.transaction(|_| {
        hub.follow_lines(&inbound.map.id, &inbound.name, &syncs, &mut |key| {
            let identity = key.contains(PART).then_some(key);
            match hub.find_track(pass.mark.id, &key.replace(PART, "|"), identity)? {
                Some(track) => hub.map_again(track.id),
                None => Ok(()),
            }
        })
    })
}

/// Another plan may read other fields: all rows are mapped again.
pub(super) fn map_all_again(pass: &Pass<'_>, tracks: &[TrackId]) -> Outcome {
    tracks.iter().try_for_each(|&track| pass.hub().map_again(track))
}

impl Mapper<'_> {
    /// What a line is to the record it was posted for.
    fn line(&self, key: &str) -> Outcome<Line> {
        let (pass, hub) = (self.pass, self.pass.hub());
        let Some(track) = hub.posted_as(&self.inbound.map.id, key)? else { return Ok(Line::Other) };
        let Track { record: Some(record), live, .. } = hub.track(track)? else { return Ok(Line::Other) };
        let Some(live) = live.map(|id| hub.entry(id)).transpose()?.flatten() else {
            return Ok(Line::TakenBack(record));
        };
        if live.target == self.inbound.name {
            return Ok(if live.target_key == key { Line::Stands(record) } else { Line::Other });
        }
        // The record is posted elsewhere: what is read there counts, if it is read.
        let is_read = pass.run.prepared.plan.maps.iter().any(|map| {
            map.finds == Some(Finds::PostedRecord)
                && map.object == self.inbound.map.object
                && live.target.split_once('.') == Some((&map.system, &map.entity))
        });
        Ok(if is_read { Line::Other } else { Line::TakenBack(record) })
    }

    /// What becomes of a row of a target.
    pub(super) fn assess_line(
        &self,
        track: &Track,
        row: &Row,
        (cells, read): (&[connectors::Cell], &[cast::Cell]),
    ) -> Outcome<Assessed> {
        let (pass, program) = (self.pass, self.pass.run.program());
        let key = cells::key(cells, read, program.entity(self.inbound.entity_ix), program);
        let key = key.identity.or(key.shown).unwrap_or_default();
        let otherwise = &self.inbound.map.otherwise;
        let (record, values) = match self.line(&key)? {
            Line::Other => return Ok(Assessed::NotTaken),
            Line::TakenBack(record) => (record, self.nothing()),
            Line::Stands(record) => {
                let view = View::current(pass.store());
                let mapped = map::run(program, self.inbound.linked, &Input::Row(read), &view);
                pass.store().check()?;
                match mapped {
                    Mapped::NotTaken => return Ok(Assessed::NotTaken),
                    Mapped::Mapped { values } => (record, values),
                    Mapped::Waiting { .. } if pass.may_wait(row, self.inbound.map.wait_seconds)? => {
                        return Ok(Assessed::Failed(Own::Waiting));
                    }
                    Mapped::Waiting { failures, .. } | Mapped::Failed { failures } => {
                        return Ok(Assessed::Failed(Own::Quarantined(problem(&failures, otherwise))));
                    }
                }
            }
        };
        if track.applied.is_some() && row.rank < track.applied {
            return Ok(Assessed::Late { values });
        }
        let record = pass.store().record(pass.sync.object, record)?;
        self.to_be_written(track, row, (record, values), key)
    }

    /// What is read from a line that is taken back: every assigned field is missing.
    fn nothing(&self) -> Vec<Option<Value>> {
        let object = self.pass.sync.linked_object(self.pass.run.program());
        let is_assigned = |name: &str| self.inbound.map.assignments.iter().any(|assigned| assigned.field == name);
        object.fields.iter().map(|field| is_assigned(&field.name).then_some(Value::Null)).collect()
    }
}

/// The values of the key of the row that a record came from, with their positions; none when no row stands for it.
pub(super) fn row_of(pass: &Pass<'_>, route: &Route<'_>, record: u64) -> Outcome<Option<Vec<(usize, Value)>>> {
    let Some(id) = pass.hub().bound_id(&route.name, record)? else { return Ok(None) };
    let program = pass.run.program();
    Ok(key_values(&id, program.entity(route.entity_ix), program))
}

fn key_values(id: &str, entity: &LinkedEntity, program: &Program) -> Option<Vec<(usize, Value)>> {
    let parts: Vec<&str> = if entity.key.len() > 1 { id.split(PART).collect() } else { vec![id] };
    if parts.len() != entity.key.len() {
        return None;
    }
    let value = |(&ix, part): (&usize, &str)| {
        let value = cast::read(Some(part), entity.fields.get(ix)?, None, program).ok()?;
        Some((ix, value))
    };
    entity.key.iter().zip(parts).map(value).collect()
}
