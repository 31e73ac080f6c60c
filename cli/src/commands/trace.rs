//! `syncline trace`

use super::hub::{Site, failed, moment};
use crate::arguments::{Format, Trace as Arguments};
use crate::findings::counted;
use crate::output::{self, BOLD, DIM, WARN, styled, tame};
use crate::trouble::{Exit, Outcome, Trouble};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;
use syncline_runtime::{Trace, TracedLine, TracedRecord, Use};

pub(super) fn run(arguments: &Arguments, named: Option<&Path>) -> Outcome<Exit> {
    let site = Site::find(named, &arguments.place)?;
    let hub = site.existing_hub()?;
    let mut traces = syncline_runtime::trace(&hub, &arguments.key).map_err(|error| failed(&error))?;
    traces.retain(|trace| arguments.sync.as_ref().is_none_or(|sync| *sync == trace.sync));
    if traces.is_empty() {
        let place = arguments.sync.as_ref().map_or_else(|| "hub".to_owned(), |sync| format!("sync `{}`", tame(sync)));
        return Err(Trouble::new(format!("the {place} knows no record `{}`", tame(&arguments.key)))
            .help("name it by its key in the source, or by the key of a line in a target"));
    }
    match arguments.format {
        Format::Json => output::serialized(&json!({ "format": 1, "key": arguments.key, "records": traces }))?,
        Format::Human => output::print(&traces.iter().map(told).collect::<Vec<_>>().join("\n"))?,
    }
    Ok(Exit::Fine)
}

fn told(trace: &Trace) -> String {
    let title = format!("{} of {}", tame(&trace.key), trace.entity);
    let mut text = format!("{} in sync {}\n", styled(BOLD, title), trace.sync);
    for row in &trace.rows {
        let version =
            row.version.as_deref().map_or_else(|| "a row".to_owned(), |number| format!("version {}", tame(number)));
        let place = row.place.as_deref().map_or_else(String::new, |place| format!(" from {}", tame(place)));
        let raised = if row.events.is_empty() { String::new() } else { format!(", raised {}", row.events.join(", ")) };
        let _ = writeln!(text, "  {}  {version} came{place}{raised}, now {}", moment(&row.captured_at), row.state);
    }
    if let Some(record) = &trace.record {
        let at = moment(&record.written_at);
        let _ = writeln!(text, "  {at}  it is {} in revision {}", styled(BOLD, &record.object), record.revision);
    }
    for line in &trace.lines {
        text.push_str(&of_line(line));
    }
    for one in &trace.exceptions {
        let due = one.due.as_deref().map_or_else(String::new, |due| format!(", due {}", moment(due)));
        let reason = styled(WARN, &one.reason);
        let _ = writeln!(text, "  {}  in {}: {reason}{due}", moment(&one.since), one.queue);
    }
    for one in &trace.used_by {
        text.push_str(&of_use(one));
    }
    text
}

fn of_line(line: &TracedLine) -> String {
    let version = line.version.as_deref().map_or_else(String::new, |number| format!(" from version {}", tame(number)));
    let at = moment(line.answered_at.as_deref().unwrap_or(&line.intended_at));
    let state = if line.state == "done" { String::new() } else { format!(", {}", styled(WARN, &line.state)) };
    let after = line.seconds.map_or_else(String::new, |seconds| format!(", {} after it came", elapsed(seconds)));
    let place = format!("{} {}", line.target, tame(&line.line));
    let mut text = format!("  {at}  {} {}{version}{state}{after}\n", line.kind, styled(BOLD, place));
    let indent = " ".repeat(21);
    if let Some(answer) = &line.answer {
        let verb = if line.state == "done" { "answered" } else { "because" };
        let _ = writeln!(text, "{indent}{verb} {}", tame(answer));
    }
    let read: Vec<String> = line.read.iter().map(of_record).collect();
    if !read.is_empty() {
        let _ = writeln!(text, "{indent}{}", styled(DIM, format_args!("computed with {}", read.join(", "))));
    }
    text
}

fn of_record(record: &TracedRecord) -> String {
    format!("{} {} in revision {}", record.object, tame(&record.key), record.revision)
}

fn of_use(one: &Use) -> String {
    let lines = counted(usize::try_from(one.lines).unwrap_or(usize::MAX), "line");
    let keys: Vec<String> = one.first.iter().map(|key| tame(key)).collect();
    let more = if one.lines > one.first.len() as u64 { ", …" } else { "" };
    format!("  used by {lines} of {}: {}{more}\n", one.sync, keys.join(", "))
}

/// Seconds for people: `2 d 4 h`, `15 min`, `0 s`; the two largest units that are not zero.
fn elapsed(seconds: i64) -> String {
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds.max(0);
    let mut parts = Vec::new();
    for (size, unit) in units {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            parts.push(format!("{count} {unit}"));
        }
    }
    parts.truncate(2);
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::elapsed;

    #[test]
    fn times_are_told_in_two_units() {
        let told = [0, 59, 900, 3_600, 90_061, 2_592_000].map(elapsed);
        assert_eq!(told, ["0 s", "59 s", "15 min", "1 h", "1 d 1 h", "30 d"]);
    }
}
