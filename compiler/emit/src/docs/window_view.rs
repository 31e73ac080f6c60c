//! The calendar to which the postings of a sync keep, in words.

use super::addresses::Thing;
use super::holiday_view::freeze_words;
use super::places::Place;
use super::prose::{DocBlock, counted_in, doc_blocks};
use super::site::{Link, Site};
use super::week::{clock, day_names};
use serde::Serialize;
use syncline_ir::{Calendar, HolidaySet, OpenHours, Sync};

/// When a sync may post.
#[derive(Debug, Serialize)]
pub(super) struct Window {
    calendar: Link,
    doc: Vec<DocBlock>,
    place: Place,
    /// Its rules, one a line.
    lines: Vec<String>,
}

/// The window of a sync; none when it may post at any time.
pub(super) fn window(site: &Site<'_>, sync: &Sync) -> Option<Window> {
    let name = sync.schedule.post()?.within.as_ref()?;
    let calendar = site.plan.calendars.iter().find(|calendar| calendar.name == *name)?;
    Some(Window {
        calendar: site.link(Thing::Calendar(name), name),
        doc: doc_blocks(calendar.doc.as_ref()),
        place: site.place(&calendar.at),
        lines: lines(calendar, &site.plan.holidays),
    })
}

fn lines(calendar: &Calendar, sets: &[HolidaySet]) -> Vec<String> {
    let mut lines = vec![format!("on the clock of {}", calendar.zone)];
    lines.extend(calendar.open.iter().map(hours));
    for name in &calendar.holidays {
        let days = sets.iter().find(|set| set.name == *name).map_or(0, |set| set.days.len());
        lines.push(format!("not on the holidays of {name}, {}", counted_in(days, "rule")));
    }
    lines.extend(calendar.freezes.iter().map(freeze_words));
    lines
}

/// A line of a calendar in words.
pub(super) fn hours(hours: &OpenHours) -> String {
    format!("{} from {} to {}", day_names(&hours.days), clock(hours.begins.into()), clock(hours.ends.into()))
}
