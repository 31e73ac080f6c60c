//! A week as a picture: a row for each pass, a column for each day, on one clock.
//!
//! Pale ground is when a pass may take place, a **band** stands for passes close together, a **mark** for a single one. All coordinates
//! are whole numbers: the same plan gives the same bytes.

use super::week::{DAY, Times};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

/// Width of an hour and of a day.
const HOUR: u32 = 5;
const DAY_WIDTH: u32 = 24 * HOUR;
/// Height of a row and of the heading.
const ROW: u32 = 38;
const HEAD: u32 = 40;
/// Width of a column of the faces of names and of words.
const COLUMN: u32 = 8;
const WORD_COLUMN: u32 = 6;
/// Names are cut after this many columns; the table beside has them in full.
const NAME_MAX: usize = 30;

/// A picture, ready for the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct WeekDiagram {
    width: u32,
    height: u32,
    left: u32,
    days: Vec<Label>,
    hours: Vec<Label>,
    lines: Vec<u32>,
    rows: Vec<Row>,
}

/// A word above the days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Label {
    x: u32,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Row {
    y: u32,
    name: String,
    name_y: u32,
    what: String,
    what_y: u32,
    base: u32,
    href: Option<String>,
    posts: bool,
    ground: Vec<Bar>,
    band: Vec<Bar>,
    /// All marks as one path: a plan may have hundreds of syncs with a hundred marks each.
    marks: Option<String>,
    moving: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Bar {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// A pass as the picture sees it.
pub(super) struct PassRow<'a> {
    /// The sync.
    pub(super) name: &'a str,
    /// What the pass does, in a few words.
    pub(super) what: String,
    /// The page of the sync.
    pub(super) href: Option<String>,
    /// Whether it writes to a target.
    pub(super) posts: bool,
    /// When it may take place.
    pub(super) hours: Vec<(u32, u32)>,
    /// When it does.
    pub(super) times: &'a Times,
}

/// Room for the names of these passes, so that several pictures have their days in the same place.
pub(super) fn room(passes: &[PassRow<'_>]) -> u32 {
    let wide = |text: &str, column: u32| u32::try_from(text.width().min(NAME_MAX)).unwrap_or(0) * column;
    let names = passes.iter().map(|pass| wide(pass.name, COLUMN).max(wide(&pass.what, WORD_COLUMN)));
    names.max().unwrap_or(0) + 20
}

/// The picture of these passes, their names in a column as wide as `left`.
pub(super) fn draw(passes: &[PassRow<'_>], left: u32) -> WeekDiagram {
    let bottom = HEAD + ROW * u32::try_from(passes.len()).unwrap_or(0);
    let x_of = |day: u32| left + day * DAY_WIDTH;
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    WeekDiagram {
        width: x_of(7) + 1,
        height: bottom + 1,
        left,
        days: (0..7)
            .zip(names)
            .map(|(day, text)| Label { x: x_of(day) + DAY_WIDTH / 2, text: text.to_owned() })
            .collect(),
        hours: (0..7)
            .flat_map(|day| [6, 12, 18].map(|hour| Label { x: x_of(day) + hour * HOUR, text: hour.to_string() }))
            .collect(),
        lines: (0..=7).map(x_of).collect(),
        rows: (0..).zip(passes).map(|(at, pass)| row(pass, left, HEAD + at * ROW)).collect(),
    }
}

fn row(pass: &PassRow<'_>, left: u32, y: u32) -> Row {
    let x = |minute: u32| left + minute * DAY_WIDTH / DAY;
    let bars = |stretches: &[(u32, u32)], inset: u32| -> Vec<Bar> {
        let bar = |(from, to): &(u32, u32)| Bar {
            x: x(*from),
            y: y + inset,
            width: x(*to).saturating_sub(x(*from)).max(1),
            height: ROW - 2 * inset,
        };
        stretches.iter().map(bar).collect()
    };
    let (band, marks) = match pass.times {
        Times::Within(stretches) => (bars(stretches, 14), None),
        Times::At(minutes) => {
            let mark = |minute: &u32| format!("M{},{}v{}", x(*minute) + 1, y + 11, ROW - 22);
            (Vec::new(), Some(minutes.iter().map(mark).collect()))
        }
        Times::Moving => (Vec::new(), None),
    };
    Row {
        y,
        name: cut(pass.name),
        name_y: y + 16,
        what: cut(&pass.what),
        what_y: y + 31,
        base: y + ROW,
        href: pass.href.clone(),
        posts: pass.posts,
        ground: bars(&pass.hours, 4),
        band,
        marks,
        moving: *pass.times == Times::Moving,
    }
}

/// At most [`NAME_MAX`] columns.
fn cut(text: &str) -> String {
    if text.width() <= NAME_MAX {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if kept.width() + 3 > NAME_MAX {
            break;
        }
        kept.push(letter);
    }
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_where_they_are_in_the_week() {
        let (dense, hourly) = (Times::Within(vec![(360, 1200)]), Times::At(vec![0, 1440 + 720, 7 * 1440 - 60]));
        let pass = |name, times| PassRow {
            name,
            what: "posts".to_owned(),
            href: None,
            posts: true,
            hours: vec![(0, 7 * 1440)],
            times,
        };
        let passes = [pass("Time", &dense), pass("Rate", &hourly)];
        // Four columns of names and five of words: 4 * 8 against 5 * 6, and 20.
        assert_eq!(room(&passes), 52);
        let drawn = draw(&passes, 60);
        // Five pixels an hour: 06:00 to 20:00 are 70 of them, from 30 on.
        assert_eq!((drawn.left, drawn.width, drawn.height), (60, 60 + 7 * 120 + 1, 40 + 2 * 38 + 1));
        assert_eq!(drawn.rows[0].band, [Bar { x: 60 + 30, y: 54, width: 70, height: 10 }]);
        // Midnight of Monday, noon of Tuesday, 23:00 of Sunday; strokes two pixels wide begin one before their middle.
        assert_eq!(drawn.rows[1].marks.as_deref(), Some("M61,89v16M241,89v16M896,89v16"));
        assert_eq!(drawn.rows[0].ground, [Bar { x: 60, y: 44, width: 840, height: 30 }]);
    }

    #[test]
    fn long_names_never_reach_the_days() {
        let times = Times::Moving;
        let name = "日本".repeat(40);
        let pass =
            PassRow { name: &name, what: String::new(), href: None, posts: false, hours: Vec::new(), times: &times };
        let room = room(std::slice::from_ref(&pass));
        assert_eq!(room, 260);
        let drawn = draw(&[pass], room);
        assert!(drawn.rows[0].name.width() <= NAME_MAX && drawn.rows[0].name.ends_with('…') && drawn.rows[0].moving);
    }
}
