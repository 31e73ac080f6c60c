//! Every calendar opens.

use crate::model::Model;
use jiff::civil::Date;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_eval::calendar::Calendar;
use syncline_ir::HolidaySet;

/// The day from which on calendars are looked at: the first of the edition.
const FROM: Date = Date::constant(2026, 1, 1);

pub(super) fn every_calendar_opens(model: &Model, found: &mut Vec<Diagnostic>) {
    let sets: Vec<HolidaySet> = model.holidays.values().map(|set| set.set.clone()).collect();
    for (name, calendar) in model.calendars.iter().filter(|(_, calendar)| !calendar.poisoned) {
        let Some(linked) = Calendar::new(&calendar.calendar, &sets) else { continue };
        let Ok(from) = FROM.to_zoned(linked.zone().clone()) else { continue };
        if linked.next_opening(from.timestamp()).is_none() {
            found.push(
                Diagnostic::new(&codes::CALENDAR_NEVER_OPENS, calendar.span, format!("calendar `{name}` never opens"))
                    .why("what waits for it waits for ever: its holidays and freezes cover all its hours")
                    .help("shorten the freezes, or open on other days")
                    .element(name.clone()),
            );
        }
    }
}
