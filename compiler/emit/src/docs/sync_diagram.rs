//! A sync as a picture: where records come from, the object in the hub, where they go, and the queues of those that cannot.

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

const HEIGHT: i32 = 46;
const ROW: i32 = 66;
const MARGIN: i32 = 4;
/// Width of a column of the faces of names and of words.
const COLUMN: i32 = 8;
const WORD_COLUMN: i32 = 7;
/// Longest name and longest phrase, in columns.
const NAME_MAX: usize = 30;
const PHRASE_MAX: usize = 34;
/// Height of a queue and of the row that it stands in.
const QUEUE: i32 = 24;
const QUEUE_ROW: i32 = 30;
/// Room between the object and its queues.
const DROP: i32 = 34;

/// A picture, ready for the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct SyncDiagram {
    width: i32,
    height: i32,
    boxes: Vec<Placed>,
    arrows: Vec<Arrow>,
    queues: Vec<Placed>,
    drop: Option<Drop>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Placed {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    middle: i32,
    name_y: i32,
    sub_y: i32,
    name: String,
    sub: String,
    title: String,
    href: Option<String>,
    hue: usize,
    class: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Arrow {
    path: String,
    head: String,
    x: i32,
    above: Vec<Phrase>,
    below: Vec<Phrase>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Phrase {
    y: i32,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Drop {
    path: String,
    head: String,
    x: i32,
    y: i32,
}

/// A box before it has its place.
pub(super) struct Station {
    /// Its name.
    pub(super) name: String,
    /// What it is, below the name.
    pub(super) sub: String,
    /// Its page.
    pub(super) href: Option<String>,
    /// Colour of its system; 0 without one.
    pub(super) hue: usize,
}

/// A way into or out of the object.
pub(super) struct Way {
    /// The other end.
    pub(super) station: Station,
    /// Phrases above the arrow: what happens, and when.
    pub(super) above: Vec<String>,
    /// A phrase below it.
    pub(super) below: String,
}

/// The picture of a sync.
pub(super) fn draw(from: Option<&Way>, object: &Station, to: &[Way], queues: &[Station]) -> SyncDiagram {
    let ways = || from.into_iter().chain(to);
    let gap =
        ways().flat_map(|way| way.above.iter().chain([&way.below])).map(|text| wide(text, PHRASE_MAX, WORD_COLUMN));
    let gap = gap.max().unwrap_or(0) + 40;
    let box_width = |station: &Station| {
        (wide(&station.name, NAME_MAX, COLUMN) + 28).max(wide(&station.sub, NAME_MAX, WORD_COLUMN) + 28)
    };
    let left = from.map_or(0, |way| box_width(&way.station));
    let queue_width = queues.iter().map(|queue| wide(&queue.name, NAME_MAX, COLUMN) + 28).max().unwrap_or(0);
    let centre = box_width(object).max(queue_width);
    let right = to.iter().map(|way| box_width(&way.station)).max().unwrap_or(0);
    let centre_x = MARGIN + if left == 0 { 0 } else { left + gap };
    let right_x = centre_x + centre + gap;
    let band = (count(to.len().max(1)) * ROW).max(ROW);
    let level = MARGIN + band / 2;
    let mut diagram = SyncDiagram {
        width: if right == 0 { centre_x + centre } else { right_x + right } + MARGIN,
        height: MARGIN * 2 + band,
        boxes: vec![placed(object, (centre_x, level - HEIGHT / 2), (centre, HEIGHT), "hub")],
        arrows: Vec::new(),
        queues: Vec::new(),
        drop: None,
    };
    if let Some(way) = from {
        diagram.boxes.push(placed(&way.station, (MARGIN, level - HEIGHT / 2), (left, HEIGHT), "end"));
        diagram.arrows.push(arrow((MARGIN + left, level), (centre_x, level), way));
    }
    for (number, way) in (0..).zip(to) {
        let at = MARGIN + ROW * number + ROW / 2;
        diagram.boxes.push(placed(&way.station, (right_x, at - HEIGHT / 2), (right, HEIGHT), "end"));
        diagram.arrows.push(arrow((centre_x + centre, level), (right_x, at), way));
    }
    if !queues.is_empty() {
        let (x, from) = (centre_x + centre / 2, level + HEIGHT / 2);
        let first = (from + DROP).max(if to.len() > 1 { level + HEIGHT / 2 + DROP } else { 0 });
        for (number, queue) in (0..).zip(queues) {
            diagram.queues.push(placed(queue, (centre_x, first + QUEUE_ROW * number), (centre, QUEUE), "queue"));
        }
        diagram.drop = Some(Drop {
            path: format!("M{x},{from}V{}", first - 7),
            head: format!("{x},{first} {},{} {},{}", x - 4, first - 8, x + 4, first - 8),
            x: x + 10,
            y: from + DROP / 2 + 3,
        });
        diagram.height = diagram.height.max(first + QUEUE_ROW * count(queues.len()) + MARGIN);
    }
    diagram
}

fn placed(station: &Station, (x, y): (i32, i32), (width, height): (i32, i32), class: &'static str) -> Placed {
    Placed {
        x,
        y,
        width,
        height,
        middle: x + width / 2,
        name_y: y + if station.sub.is_empty() { height / 2 + 4 } else { 19 },
        sub_y: y + 36,
        name: cut(&station.name, NAME_MAX),
        sub: cut(&station.sub, NAME_MAX),
        title: station.name.clone(),
        href: station.href.clone(),
        hue: station.hue,
        class,
    }
}

fn arrow(from: (i32, i32), to: (i32, i32), way: &Way) -> Arrow {
    // Straight for the most part, so that its phrases lie beside the straight end.
    let knee = from.0 + 16;
    let path = if from.1 == to.1 {
        format!("M{},{}H{}", from.0, from.1, to.0 - 7)
    } else {
        let ((x, y), (end, level)) = (from, to);
        format!("M{x},{y}C{},{y} {},{level} {knee},{level}H{}", x + 12, x + 4, end - 7)
    };
    let (x, y) = ((knee + to.0 - 8) / 2, to.1);
    let above = (0..).zip(way.above.iter().rev());
    Arrow {
        path,
        head: format!("{},{y} {},{} {},{}", to.0, to.0 - 8, y - 4, to.0 - 8, y + 4),
        x,
        above: above.map(|(at, text)| Phrase { y: y - 7 - 14 * at, text: cut(text, PHRASE_MAX) }).collect(),
        below: vec![Phrase { y: y + 16, text: cut(&way.below, PHRASE_MAX) }],
    }
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(0)
}

fn wide(text: &str, most: usize, column: i32) -> i32 {
    count(text.width().min(most)) * column
}

/// At most `most` columns.
fn cut(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if kept.width() + 3 > most {
            break;
        }
        kept.push(letter);
    }
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn station(name: &str, sub: &str) -> Station {
        Station { name: name.to_owned(), sub: sub.to_owned(), href: None, hue: 1 }
    }

    fn way(name: &str) -> Way {
        let above = vec!["posts every hour".to_owned(), "within posting_hours".to_owned()];
        Way { station: station(name, "a system"), above, below: "11 fields".to_owned() }
    }

    fn is_sound(diagram: &SyncDiagram) {
        let boxes: Vec<&Placed> = diagram.boxes.iter().chain(&diagram.queues).collect();
        for (at, one) in boxes.iter().enumerate() {
            assert!(one.x >= 0 && one.y >= 0);
            assert!(one.x + one.width <= diagram.width && one.y + one.height <= diagram.height, "{}", one.title);
            assert!(wide(&one.name, NAME_MAX, COLUMN) <= one.width);
            for other in boxes.iter().skip(at + 1) {
                let apart = one.x + one.width < other.x
                    || other.x + other.width < one.x
                    || one.y + one.height < other.y
                    || other.y + other.height < one.y;
                assert!(apart, "`{}` and `{}` overlap", one.title, other.title);
            }
        }
        for arrow in &diagram.arrows {
            for phrase in arrow.above.iter().chain(&arrow.below) {
                let half = wide(&phrase.text, PHRASE_MAX, WORD_COLUMN) / 2;
                assert!(phrase.y >= 9 && phrase.y <= diagram.height, "`{}` is cut", phrase.text);
                let covered = boxes.iter().any(|one| {
                    arrow.x - half < one.x + one.width
                        && arrow.x + half > one.x
                        && phrase.y > one.y
                        && phrase.y - 10 < one.y + one.height
                });
                assert!(!covered, "`{}` is covered", phrase.text);
            }
        }
    }

    #[test]
    fn boxes_and_phrases_keep_apart() {
        let queues = [station("finance_desk", ""), station("a_queue_with_a_longer_name", "")];
        for count in 0..6 {
            let to: Vec<Way> = (0..count).map(|at| way(&format!("erp.cost_{at}"))).collect();
            is_sound(&draw(Some(&way("psa.timecard")), &station("TimeEntry", "transaction"), &to, &queues));
            is_sound(&draw(None, &station("TimeEntry", "transaction"), &to, &[]));
        }
        let long = "a".repeat(300);
        is_sound(&draw(Some(&way(&long)), &station(&long, &long), &[way(&long)], &[station(&long, "")]));
    }

    #[test]
    fn every_way_has_an_arrow() {
        let diagram = draw(Some(&way("a.b")), &station("C", "master"), &[way("d.e"), way("f.g")], &[]);
        assert_eq!((diagram.boxes.len(), diagram.arrows.len(), diagram.drop.is_none()), (4, 3, true));
    }
}
