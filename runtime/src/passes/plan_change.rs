//! Another plan: captured rows are read again from their images.
//!
//! Rows that gave no key or no version may give one now. Rows that were accepted are mapped anew, so that a field which the plan
//! has added is there for all records; such a revision comes with the plan and not with a row, which is what `on change of plan`
//! tells apart. A row the new map fails on stays as it was accepted; a posted row under `on change of plan keep` gains what is new and
//! keeps what it was posted with. The records of an object that is dated now get their place among the rows of their key.

use super::apply::Mapper;
use super::capture::{Version, conflict, version};
use super::cells;
use super::events;
use super::way_back::map_all_again;
use crate::error::Outcome;
use crate::hub::{NewRow, Reading, Row, Standing, State, TrackId};
use crate::values;
use syncline_eval::{Input, Outcome as Mapped, Value, map};
use syncline_ir::Change;

use super::store::View;

/// Tracks in one transaction.
const CHUNK: usize = 2_000;

pub(super) fn reread(mapper: &Mapper<'_>) -> Outcome {
    let pass = mapper.pass;
    if pass.mark.plan.as_deref().is_none_or(|plan| plan == pass.run.plan()) {
        return Ok(());
    }
    let unreadable = pass.hub().unreadable_rows(pass.mark.id)?;
    pass.hub().transaction(|_| pass.store().give_series(pass.sync.object))?;
    pass.hub().transaction(|_| unreadable.iter().try_for_each(|(track, row)| place(mapper, *track, row)))?;
    for chunk in pass.hub().tracks(pass.mark.id, false)?.chunks(CHUNK) {
        if mapper.inbound.posted {
            pass.hub().transaction(|_| map_all_again(pass, chunk))?;
            continue;
        }
        pass.hub().transaction(|_| {
            for &track in chunk {
                map_anew(mapper, track)?;
            }
            pass.store().keep_change()
        })?;
    }
    Ok(())
}

/// Gives a row its place when its key and version can be read now.
fn place(mapper: &Mapper<'_>, track: TrackId, row: &Row) -> Outcome {
    let (pass, hub) = (mapper.pass, mapper.pass.hub());
    let program = pass.run.program();
    let (cells, read) = mapper.read(row.id)?;
    let key = cells::key(&cells, &read, program.entity(mapper.inbound.entity_ix), program);
    let (Some(shown), Version::Said(version, rank), true) =
        (&key.shown, version(pass, mapper.inbound, &read), key.readable)
    else {
        return Ok(());
    };
    let into = match hub.find_track(pass.mark.id, shown, key.identity.as_deref())? {
        Some(track) => track.id,
        None => hub.add_track(pass.mark.id, shown, key.identity.as_deref(), None)?,
    };
    let rows = hub.rows(into)?;
    let mut same_version = rows.iter().filter(|other| other.rank.as_ref() == Some(&rank)).peekable();
    let (standing, state) = if same_version.peek().is_none() {
        (Standing::Holder, State::Captured)
    } else if same_version.any(|other| other.content == row.content) {
        // It was captured again under the new plan before this run.
        (Standing::Unreadable, State::Superseded)
    } else {
        (Standing::Conflict, State::Quarantined)
    };
    let new =
        NewRow { track: into, version: Some(&version), rank: Some(&rank), standing, state, content: &row.content };
    hub.place_row(row.id, &new)?;
    hub.hold_like(track, into)?;
    for known in hub.open_exceptions(track)?.iter().filter(|known| known.row == row.id) {
        hub.close_exception(known.id, &pass.run.at)?;
    }
    match state {
        State::Quarantined => pass.except(into, row.id, &conflict(&version, &mapper.inbound.map.otherwise))?,
        _ => pass.this_run.borrow_mut().resolved += 1,
    }
    if state == State::Captured && !mapper.inbound.events.is_empty() {
        events::of_track(mapper, into, &|other| other.id == row.id)?;
    }
    hub.set_open(into, true)
}

fn map_anew(mapper: &Mapper<'_>, id: TrackId) -> Outcome {
    let (pass, hub) = (mapper.pass, mapper.pass.hub());
    let program = pass.run.program();
    let object = pass.sync.linked_object(program);
    let track = hub.track(id)?;
    let posted = track
        .live
        .map(|live| hub.entry(live))
        .transpose()?
        .flatten()
        .filter(|_| *pass.sync.on_change.plan == Change::Keep);
    for row in &hub.rows(id)? {
        let Reading::Values(before) = &row.reading else { continue };
        let (_, read) = mapper.read(row.id)?;
        if mapper.says_deleted(&read)? == Ok(true) {
            hub.accept(row.id, None)?;
            if let (Some(record), true, true) = (track.record, mapper.inbound.creates, row.rank == track.applied) {
                pass.store().retire(pass.sync.object, record, true, row.id, pass.run.id)?;
            }
            continue;
        }
        if events::is_left_out(mapper, &read)? {
            hub.accept(row.id, None)?;
            continue;
        }
        let view = View::current(pass.store());
        let mapped = map::run(program, mapper.inbound.linked, &Input::Row(&read), &view);
        pass.store().check()?;
        let mut values = match mapped {
            Mapped::Mapped { values } => values,
            Mapped::NotTaken => {
                hub.accept(row.id, None)?;
                continue;
            }
            Mapped::Waiting { .. } | Mapped::Failed { .. } => continue,
        };
        let written = values::decode(before, &object.fields, program);
        for (ix, (slot, written)) in values.iter_mut().zip(&written).enumerate() {
            match written {
                // What was outside its claim then is not written now.
                None if mapper.inbound.linked.mask.iter().any(|entry| entry.field == ix) => *slot = None,
                Some(_) if posted.as_ref().is_some_and(|entry| entry.row == row.id) => slot.clone_from(written),
                _ => {}
            }
        }
        let reading = mapper.reading(&values);
        if reading == *before {
            continue;
        }
        hub.accept(row.id, Some(&reading))?;
        let (Some(record), true) = (track.record, row.rank == track.applied) else { continue };
        let Some(record) = pass.store().record(pass.sync.object, record)? else { continue };
        let same_key = object.identity.iter().all(|&ix| match values.get(ix) {
            Some(Some(value)) => record.values.get(ix) == Some(value),
            _ => record.values.get(ix).is_none_or(Value::is_null),
        });
        let moved = !same_key
            && mapper.only_its_first_day_moved(record.stored.id, &values)?
            && pass.store().by_key(pass.sync.object, &mapper.key(&values))?.is_none();
        if same_key || moved {
            mapper.write(Some(&record), &values, row, false)?;
        }
    }
    Ok(())
}
