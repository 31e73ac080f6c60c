//! The calendar to which the postings of a sync keep, in words.

use super::places::Place;
use super::prose::{DocBlock, counted, counted_in, doc_blocks};
use super::site::Site;
use serde::Serialize;
use syncline_ir::{Calendar, Freeze, HolidaySet, OpenHours, Sync};

/// When a sync may post.
#[derive(Debug, Serialize)]
pub(super) struct Window {
    name: String,
    doc: Vec<DocBlock>,
    place: Place,
    /// Its rules, one a line.
    lines: Vec<String>,
}

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The window of a sync; none when it may post at any time.
pub(super) fn window(site: &Site<'_>, sync: &Sync) -> Option<Window> {
    let name = sync.schedule.post()?.within.as_ref()?;
    let calendar = site.plan.calendars.iter().find(|calendar| calendar.name == *name)?;
    Some(Window {
        name: name.clone(),
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
    lines.extend(calendar.freezes.iter().map(freeze));
    lines
}

fn hours(hours: &OpenHours) -> String {
    let days = hours.days.chunk_by(|day, next| day + 1 == *next).map(|run| match run {
        [first, .., last] => format!("{} to {}", day_name(*first), day_name(*last)),
        [one] => day_name(*one).to_owned(),
        [] => String::new(),
    });
    format!("{} from {} to {}", days.collect::<Vec<_>>().join(", "), clock(hours.begins), clock(hours.ends))
}

fn day_name(day: u8) -> &'static str {
    DAYS.get(usize::from(day)).copied().unwrap_or_default()
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn freeze(freeze: &Freeze) -> String {
    let kind = if freeze.open_days { "open day" } else { "calendar day" };
    let from = if freeze.from == 0 { String::new() } else { format!(", from {} of the first", clock(freeze.from)) };
    format!("not on the last {} of a month{from}", counted(u64::from(freeze.days), kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_follow_one_another_are_one_span() {
        let said = |days: &[u8]| hours(&OpenHours { days: days.to_vec(), begins: 0, ends: 1440 });
        assert_eq!(said(&[0, 1, 2, 3, 4]), "Monday to Friday from 00:00 to 24:00");
        assert_eq!(said(&[0, 1, 4, 6]), "Monday to Tuesday, Friday, Sunday from 00:00 to 24:00");
    }

    #[test]
    fn a_freeze_says_which_days_it_counts() {
        let said = |days, open_days, from| freeze(&Freeze { days, open_days, from });
        assert_eq!(said(2, true, 0), "not on the last 2 open days of a month");
        assert_eq!(said(1, false, 1085), "not on the last 1 calendar day of a month, from 18:05 of the first");
    }
}
