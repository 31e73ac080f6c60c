//! Events: what became true from one captured version of a record to the next (section 15).
//!
//! - An **edge** is a row that meets the condition while the newest row before it did not, or while there was none.
//! - Only the newest rows make edges: a row that is older than one the hub has is history.
//! - A row of which the condition cannot be read is passed over, and so is a deleted one that says nothing.

use super::Own;
use super::apply::Mapper;
use super::prepare::{Inbound, ReadyEvent, ReadySync};
use super::store::View;
use crate::error::{Outcome, RuntimeError};
use crate::hub::{Hub, Problem, Reading, Row, Standing, Track, TrackId};
use syncline_eval::{Frame, Input, Outcome as Mapped, Value, cast, expr, map};

/// What a row of a sync that captures on an event is.
pub(super) enum Captured {
    /// It raised the event, or the sync captures all rows.
    Moves,
    /// The condition does not hold, or it held before the event could be seen: the row is not for this sync.
    Excluded,
    /// It still meets the condition, and was changed after the event: nobody has said that the change is meant.
    Changed {
        /// The row that was moved before, by what it wrote.
        moved: Option<String>,
    },
    /// The condition cannot be read.
    Failed(Problem),
}

/// Refuses a plan in which a version of an event means something else than when it was raised.
pub(super) fn keep_their_contracts(hub: &Hub, syncs: &[ReadySync<'_>]) -> Outcome {
    for inbound in syncs.iter().filter_map(|sync| sync.inbound.as_ref()) {
        for event in &inbound.events {
            let known = hub.contract(&inbound.name, event.name, event.version)?;
            if known.is_some_and(|known| known != event.digest) {
                let (name, version) = (event.name, event.version);
                return Err(RuntimeError::plan(format!(
                    "event `{}.{name}` v{version} was raised under another condition: write the new one as `event {name} v{}`",
                    inbound.name,
                    version + 1
                )));
            }
        }
    }
    Ok(())
}

/// Raises the events of a track of which rows came in this run.
pub(super) fn of_track(mapper: &Mapper<'_>, track: TrackId, is_new: &dyn Fn(&Row) -> bool) -> Outcome {
    let inbound = mapper.inbound;
    let mut rows = mapper.pass.hub().rows(track)?;
    rows.retain(|row| row.standing == Standing::Holder && row.rank.is_some());
    rows.sort_by(|a, b| a.rank.cmp(&b.rank));
    let (new, old): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| is_new(row));
    let newest = old.last().and_then(|row| row.rank.clone());
    for event in &inbound.events {
        let mut before = None;
        for row in old.iter().rev() {
            before = meets(mapper, event, row)?;
            if before.is_some() {
                break;
            }
        }
        for row in new.iter().filter(|row| row.rank > newest) {
            let Some(meets) = meets(mapper, event, row)? else { continue };
            let first = before.is_none() && old.is_empty();
            if meets && before != Some(true) && !(first && is_before_start(mapper, row)?) {
                mapper.pass.hub().raise(&inbound.name, event.name, event.version, &event.digest, row.id)?;
            }
            before = Some(meets);
        }
    }
    Ok(())
}

/// Whether a row meets the condition of an event; none when that cannot be read. A deleted record meets nothing.
fn meets(mapper: &Mapper<'_>, event: &ReadyEvent<'_>, row: &Row) -> Outcome<Option<bool>> {
    let (_, read) = mapper.read(row.id)?;
    match mapper.says_deleted(&read)? {
        Ok(false) => Ok(holds(mapper, event, &read)?.ok()),
        Ok(true) => Ok(Some(false)),
        Err(_) => Ok(None),
    }
}

fn holds(mapper: &Mapper<'_>, event: &ReadyEvent<'_>, read: &[cast::Cell]) -> Outcome<Result<bool, Problem>> {
    let view = View::current(mapper.pass.store());
    let said = expr::holds(&event.condition, &Frame::row(mapper.pass.run.program(), read), &view);
    mapper.pass.store().check()?;
    let otherwise = &mapper.inbound.map.otherwise;
    Ok(said.map_err(|fault| Problem::one(fault.reason.as_str(), fault.message, otherwise)))
}

/// Whether the record of a row is left to whatever handled it before.
fn is_before_start(mapper: &Mapper<'_>, row: &Row) -> Outcome<bool> {
    let (Some(starts), Some(part)) = (mapper.pass.sync.starts, mapper.inbound.starts) else { return Ok(false) };
    let (_, read) = mapper.read(row.id)?;
    let view = View::current(mapper.pass.store());
    let mapped = map::run(mapper.pass.run.program(), part, &Input::Row(&read), &view);
    mapper.pass.store().check()?;
    let Mapped::Mapped { values } = mapped else { return Ok(false) };
    Ok(matches!(values.get(starts.field), Some(Some(Value::Date(date))) if *date < starts.date))
}

/// Whether a sync that captures on an event has nothing to do with a row, since the row does not meet its condition.
pub(super) fn is_left_out(mapper: &Mapper<'_>, read: &[cast::Cell]) -> Outcome<bool> {
    let Some(event) = mapper.inbound.on_event() else { return Ok(false) };
    Ok(matches!(holds(mapper, event, read)?, Ok(false)))
}

/// What a row is to a sync that captures on an event.
pub(super) fn captured(mapper: &Mapper<'_>, track: &Track, row: &Row, read: &[cast::Cell]) -> Outcome<Captured> {
    let inbound: &Inbound<'_> = mapper.inbound;
    let Some(event) = inbound.on_event() else { return Ok(Captured::Moves) };
    match holds(mapper, event, read)? {
        Err(problem) => return Ok(Captured::Failed(problem)),
        Ok(false) => return Ok(Captured::Excluded),
        Ok(true) => {}
    }
    let hub = mapper.pass.hub();
    let raised = hub.raised_by(track.id, &inbound.name, event.name)?;
    if raised.contains(&row.id) {
        return Ok(Captured::Moves);
    }
    let mut below = hub.rows(track.id)?;
    below.retain(|other| other.standing == Standing::Holder && other.rank < row.rank);
    below.sort_by(|a, b| b.rank.cmp(&a.rank));
    let moved = below.iter().find_map(|other| match &other.reading {
        Reading::Values(values) => Some(values.clone()),
        _ => None,
    });
    if moved.is_none() && !below.iter().any(|other| raised.contains(&other.id)) {
        return Ok(Captured::Excluded);
    }
    Ok(Captured::Changed { moved })
}

/// The own outcome of a row that was changed after its event.
pub(super) fn changed(mapper: &Mapper<'_>) -> Own {
    let event = mapper.inbound.on_event().map_or("", |event| event.name);
    let message = format!("it was changed after `{event}`, which was not raised again");
    Own::Quarantined(Problem::one("changed-after-event", message, &mapper.inbound.map.otherwise))
}
