//! Rows of dated objects (section 13): rows of one key are compared with each other when they are loaded.
//!
//! A row that is valid on no day is quarantined. Rows that overlap, or leave a hole between them, stay: which of them is wrong nobody can
//! tell here. They are **noticed**, by the sync that brought them, for as long as they stand. A series is compared once after all
//! rows of a pass, so that the order of rows inside an extract does not matter and each row is read once.

use super::Pass;
use super::apply::shown_key;
use super::store::Store;
use crate::error::{Outcome, RuntimeError};
use crate::report::{Notice, NoticeKind};
use syncline_eval::timeline::Days;
use syncline_eval::{LinkedDates, LinkedEnds, LinkedObject, Value, time};

/// Why the row is valid on no day, if it is not.
pub(crate) fn valid_on_no_day(dates: LinkedDates, values: &[Value]) -> Option<String> {
    let day = |field: usize| match values.get(field) {
        Some(Value::Date(day)) => Some(*day),
        _ => None,
    };
    let from = day(dates.from)?;
    if dates.days(values).is_some() {
        return None;
    }
    let (end, what) = match dates.ends {
        LinkedEnds::Through(field) => (day(field)?, "before"),
        LinkedEnds::Until(field) => (day(field)?, "not after"),
        LinkedEnds::Next => return None,
    };
    Some(format!("it ends on {}, {what} its first day {}", time::show_date(end), time::show_date(from)))
}

/// Compares the rows of the series that changed, and notes what is odd about them.
pub(super) fn compare_rows(pass: &Pass<'_>) -> Outcome {
    let (hub, program) = (pass.hub(), pass.run.program());
    let object = pass.sync.linked_object(program);
    if object.dates.is_none() {
        return Ok(());
    }
    let changed = hub.changed_series(&object.name)?;
    if changed.is_empty() {
        return Ok(());
    }
    let today = today(pass.run.options.at);
    hub.transaction(|_| {
        for series in &changed {
            if object.revision.is_some() {
                pass.store().bring_into_force(pass.sync.object, series, today, pass.run.id)?;
            }
            let notices = notices(pass, object, series)?;
            hub.set_notices(pass.mark.id, &object.name, series, &notices)?;
        }
        pass.store().keep_change()?;
        pass.run.options.pass("map.before-commit")
    })
}

/// The day of a run, in days since 1970: in UTC, so that it does not depend on where a run takes place.
pub(crate) fn today(at: jiff::Timestamp) -> i32 {
    time::date_of(at.as_microsecond(), &jiff::tz::TimeZone::UTC).unwrap_or_default()
}

/// Brings all objects with versions to the day of a run: a version may come into force without any row.
pub(super) fn bring_into_force(store: &Store<'_>, at: jiff::Timestamp, run: i64) -> Outcome {
    let (hub, program) = (store.hub, store.program);
    let today = today(at);
    for object in program.objects() {
        let Some(ix) = program.object_ix(&object.name) else { continue };
        if hub.is_of_another_make(&object.name, object.revision.is_some())? {
            let message = if object.revision.is_some() {
                format!("`{}` has versions now, and the hub has records of it from when it had none", object.name)
            } else {
                format!("`{}` has no versions any more, and the hub has versions of it", object.name)
            };
            return Err(RuntimeError::plan(format!("{message}; run it on a new hub")));
        }
        if object.revision.is_none() {
            continue;
        }
        hub.transaction(|_| {
            store.bring_all_into_force(ix, today, run)?;
            store.keep_change()
        })?;
    }
    Ok(())
}

fn notices(pass: &Pass<'_>, object: &LinkedObject, series: &str) -> Outcome<Vec<Notice>> {
    let store = pass.store();
    let Some(timeline) = store.timeline(pass.sync.object, series)? else { return Ok(Vec::new()) };
    let first = pass.hub().series(&object.name, series)?.first().copied();
    let first = first.map(|id| store.record(pass.sync.object, id)).transpose()?.flatten();
    let key = match first {
        Some(record) => shown_key(pass, object, &object.key, &record.values, 8)?,
        None => String::new(),
    };
    let notice = |kind: NoticeKind, days: Days| Notice {
        object: object.name.to_string(),
        key: key.clone(),
        kind,
        from: time::show_date(days.from),
        through: days.through.map(time::show_date),
    };
    let overlaps = timeline.overlaps().into_iter().map(|days| notice(NoticeKind::Overlap, days));
    let holes = timeline.holes().into_iter().map(|days| notice(NoticeKind::Hole, days));
    Ok(overlaps.chain(holes).collect())
}
