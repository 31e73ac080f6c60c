//! Calendars and sets of holidays.

use super::statements::{Once, doc, missing, text};
use crate::context::Context;
use crate::model::{Calendar, HolidaySet, Model};
use crate::names::NameKind;
use syncline_diagnostics::{Diagnostic, Fix, codes};
use syncline_ir as ir;
use syncline_syntax::ast;

pub(super) fn holidays(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::Holidays, cx: &Context<'_>) {
    let mut broken = false;
    let mut days = Vec::with_capacity(body.members.len());
    for member in &body.members {
        match member {
            ast::HolidaysMember::Holiday(written) => days.extend(holiday(written, cx)),
            ast::HolidaysMember::Broken(_) => broken = true,
        }
    }
    let span = cx.span(name.range);
    if days.is_empty() && body.members.is_empty() && !broken {
        let message = format!("set of holidays `{}` has no day", name.text);
        missing(span, message, "add a line such as `\"Christmas Day\" on 25 december`", cx);
    }
    let set = ir::HolidaySet { name: text(name), days, doc: doc(docs), at: cx.at(name.range) };
    model.holidays.entry(text(name)).or_insert(HolidaySet { set, span });
}

fn holiday(written: &ast::Holiday, cx: &Context<'_>) -> Option<ir::Holiday> {
    let on = day(written, cx)?;
    let observed = written.observed.map(|observed| match observed {
        ast::Observed::Nearest => ir::Observed::NearestWeekday,
        ast::Observed::Next => ir::Observed::NextWeekday,
    });
    // The grammar takes four digits.
    let year = |year: &ast::Number| year.text.parse::<u16>().ok();
    let (from, through) = (written.from.as_ref().and_then(year), written.through.as_ref().and_then(year));
    if let (Some(first), Some(last), Some(place)) = (from, through, &written.through)
        && last < first
    {
        let message = format!("`{}` ends before it begins: it would never be kept", written.title.text);
        cx.report(
            Diagnostic::new(&codes::INVALID_LITERAL, cx.span(place.range), message)
                .help("put the earlier year after `from`"),
        );
        return None;
    }
    let except = written.except.iter().filter_map(year).collect();
    Some(ir::Holiday { title: written.title.text.clone(), on, observed, from, through, except })
}

fn day(written: &ast::Holiday, cx: &Context<'_>) -> Option<ir::HolidayDay> {
    let day = match &written.on {
        ast::HolidayDay::Fixed { day, month } => {
            // 2024 is a leap year: what it does not have, no year has.
            let number = day.parse::<i8>().ok();
            let date = number.zip(i8::try_from(*month).ok());
            let date = date.and_then(|(day, month)| jiff::civil::Date::new(2024, month, day).ok());
            date.and_then(|date| u8::try_from(date.day()).ok()).map(|day| ir::HolidayDay::Fixed { month: *month, day })
        }
        ast::HolidayDay::Nth { nth, weekday, month } => {
            Some(ir::HolidayDay::Nth { nth: *nth, weekday: *weekday, month: *month })
        }
        ast::HolidayDay::Last { weekday, month } => Some(ir::HolidayDay::Last { weekday: *weekday, month: *month }),
        ast::HolidayDay::Easter { days, before } => days
            .parse::<i16>()
            .ok()
            .filter(|days| *days <= 200)
            .map(|days| ir::HolidayDay::Easter { days: if *before { -days } else { days } }),
        ast::HolidayDay::Once(date) => {
            date.parse::<jiff::civil::Date>().ok().map(|_| ir::HolidayDay::Once { date: date.to_string() })
        }
    };
    if day.is_none() {
        let message = format!("no year has a day `{}`", cx.text(written.on_range));
        cx.report(
            Diagnostic::new(&codes::INVALID_LITERAL, cx.span(written.on_range), message)
                .help("write an existing day, as in `25 december`"),
        );
    }
    day
}

pub(super) fn calendar(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::Calendar, cx: &Context<'_>) {
    let mut zone = Once::new("zone");
    let (mut open, mut sets, mut freezes) = (Vec::new(), Vec::new(), Vec::new());
    let mut poisoned = false;
    for member in &body.members {
        match member {
            ast::CalendarMember::Zone(clause) => zone.set(&clause.zone, clause.range, cx),
            ast::CalendarMember::Open(clause) => match hours(clause, cx) {
                Some(hours) => open.push(hours),
                None => poisoned = true,
            },
            ast::CalendarMember::Holidays(clause) => {
                for set in &clause.sets {
                    match cx.resolve(set, &[NameKind::Holidays], "a set of holidays") {
                        Some(_) if sets.contains(&text(set)) => {
                            let message = format!("`{}` is named twice", set.text);
                            cx.report(
                                Diagnostic::new(&codes::DUPLICATE_CLAUSE, cx.span(set.range), message)
                                    .help("keep one of them"),
                            );
                        }
                        Some(_) => sets.push(text(set)),
                        None => poisoned = true,
                    }
                }
            }
            ast::CalendarMember::Freeze(clause) => match freeze(clause, cx) {
                Some(freeze) => freezes.push(freeze),
                None => poisoned = true,
            },
            ast::CalendarMember::Broken(_) => poisoned = true,
        }
    }
    let span = cx.span(name.range);
    let zone = match zone.get() {
        Some(zone) => known_zone(zone, cx),
        None => {
            if !poisoned {
                let message = format!("calendar `{}` does not say on which clock it opens", name.text);
                missing(span, message, "add `zone \"Europe/Berlin\"`", cx);
            }
            None
        }
    };
    poisoned |= zone.is_none();
    if open.is_empty() && !poisoned {
        let message = format!("calendar `{}` does not say when it is open", name.text);
        missing(span, message, "add `open mon .. fri 06:00 .. 20:00`", cx);
        poisoned = true;
    }
    let calendar = ir::Calendar {
        name: text(name),
        zone: zone.unwrap_or_default(),
        open,
        holidays: sets,
        freezes,
        doc: doc(docs),
        at: cx.at(name.range),
    };
    model.calendars.entry(text(name)).or_insert(Calendar { calendar, poisoned, span });
}

/// The name of a zone, exactly as the database has it.
pub(super) fn known_zone(written: &ast::PlainText, cx: &Context<'_>) -> Option<String> {
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.as_str().to_owned()).collect();
    if names.contains(&written.text) {
        return Some(written.text.clone());
    }
    let span = cx.span(written.range);
    let found = Diagnostic::new(&codes::UNKNOWN_ZONE, span, format!("there is no time zone `{}`", written.text));
    let same = names.iter().find(|name| name.eq_ignore_ascii_case(&written.text)).map(String::as_str);
    cx.report(match same.or_else(|| syncline_diagnostics::closest(&written.text, names.iter().map(String::as_str))) {
        Some(near) => found.help(format!("did you mean `{near}`?")).fix(Fix::replace(
            format!("write `{near}`"),
            span,
            format!("\"{near}\""),
        )),
        None => found.help("name a zone of the tz database, as in `\"Europe/Berlin\"`"),
    });
    None
}

/// Minutes from midnight.
fn minutes(time: &ast::ClockTime, cx: &Context<'_>) -> Option<u16> {
    let found = time.text.split_once(':').and_then(|(hours, minutes)| {
        let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
        let total = hours.checked_mul(60)?.checked_add(minutes)?;
        (minutes < 60 && total <= 1440).then_some(total)
    });
    if found.is_none() {
        let message = format!("no clock shows `{}`", time.text);
        cx.report(
            Diagnostic::new(&codes::INVALID_LITERAL, cx.span(time.range), message)
                .help("write a time from `00:00` to `24:00`"),
        );
    }
    found
}

fn hours(written: &ast::OpenHours, cx: &Context<'_>) -> Option<ir::OpenHours> {
    let (begins, ends) = (minutes(&written.begins, cx), minutes(&written.ends, cx));
    let (begins, ends) = (begins?, ends?);
    if ends <= begins {
        let place = ast::Range::new(written.begins.range.start, written.ends.range.end);
        let message = format!("these hours end at {}, before they begin", written.ends.text);
        cx.report(
            Diagnostic::new(&codes::HOURS_BACKWARDS, cx.span(place), message)
                .why("nothing would ever happen within them")
                .help("hours across midnight are two lines: `open mon 22:00 .. 24:00` and `open tue 00:00 .. 06:00`"),
        );
        return None;
    }
    let mut days: Vec<u8> = Vec::new();
    for span in &written.days {
        let mut day = span.first;
        loop {
            days.push(day);
            if day == span.last {
                break;
            }
            day = (day + 1) % 7;
        }
    }
    days.sort_unstable();
    days.dedup();
    Some(ir::OpenHours { days, begins, ends })
}

fn freeze(written: &ast::Freeze, cx: &Context<'_>) -> Option<ir::Freeze> {
    let days = written.days.text.parse::<u8>().ok().filter(|days| (1..=31).contains(days));
    if days.is_none() {
        let message = format!("no month ends with `{}` days", written.days.text);
        cx.report(
            Diagnostic::new(&codes::INVALID_LITERAL, cx.span(written.days.range), message)
                .help("write a whole number from 1 to 31"),
        );
    }
    let from = match &written.from {
        Some(time) => minutes(time, cx)?,
        None => 0,
    };
    Some(ir::Freeze { days: days?, open_days: written.open_days, from })
}
