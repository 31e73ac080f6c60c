//! One hop of lineage as a picture: what a field is made from to its left, what is made from it to its right.
//!
//! Fields stand in groups, one for each way of depending: a value's lines are solid, a lookup's dashed, a condition's dotted, and the
//! group says so in a word. The lines of a group meet in a **port** of the field. All coordinates are whole numbers: the same plan gives
//! the same bytes. The table beside the picture says the same, and says it in full where a name is too long for the picture.

use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Height of a field and of the row that it stands in.
const NODE: i32 = 20;
const ROW: i32 = 25;
/// Height of the word above a group, and room between groups.
const WORD: i32 = 17;
const APART: i32 = 8;
/// Room for the lines between two columns.
const GAP: i32 = 96;
const MARGIN: i32 = 4;
/// The field in the middle, and the distance between its ports.
const CENTRE: i32 = 40;
const PORT: i32 = 11;
/// Width of a column of the monospaced face at the size of the names.
const COLUMN: i32 = 8;
/// Longest name, in columns.
const NAME_MAX: usize = 40;
/// Most fields on one side.
const SIDE_MAX: usize = 40;

/// A picture, ready for the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Hops {
    width: i32,
    height: i32,
    centre: Node,
    words: Vec<Word>,
    nodes: Vec<Node>,
    lines: Vec<Line>,
    /// Points of arrow heads, each with its kind.
    heads: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Node {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    text_x: i32,
    text_y: i32,
    dot_y: i32,
    text: String,
    /// The name in full.
    title: String,
    href: Option<String>,
    hue: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Word {
    x: i32,
    y: i32,
    text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Line {
    kind: &'static str,
    path: String,
}

/// A field at the other end of an edge.
#[derive(Debug, Clone)]
pub(super) struct End {
    /// Its name in full.
    pub(super) text: String,
    /// Where it is documented.
    pub(super) href: Option<String>,
    /// The colour of its system; 0 for a field of an object.
    pub(super) hue: usize,
    /// How it depends.
    pub(super) kind: &'static str,
}

/// The width of a column of names, in pixels, so that all pictures of a page are alike.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Widths {
    left: i32,
    centre: i32,
    right: i32,
}

impl Widths {
    /// Makes room for the names of a picture.
    pub(super) fn fit(&mut self, name: &str, incoming: &[End], outgoing: &[End]) {
        let widest = |ends: &[End]| ends.iter().map(|end| wide(&end.text) + 32).max().unwrap_or(0);
        self.left = self.left.max(widest(incoming));
        self.centre = self.centre.max(wide(name) + 28);
        self.right = self.right.max(widest(outgoing));
    }
}

/// The picture; none for a field without edges. Ends come with those of a kind together.
pub(super) fn draw(name: &str, incoming: &[End], outgoing: &[End], widths: Widths) -> Option<Hops> {
    if incoming.is_empty() && outgoing.is_empty() {
        return None;
    }
    let (left, right) = (groups(incoming), groups(outgoing));
    let height = column(&left).max(column(&right)).max(CENTRE) + 2 * MARGIN;
    let centre_x = if widths.left == 0 { MARGIN } else { MARGIN + widths.left + GAP };
    let right_x = centre_x + widths.centre + GAP;
    let centre_y = (height - CENTRE) / 2;
    let mut hops = Hops {
        width: if widths.right == 0 { centre_x + widths.centre } else { right_x + widths.right } + MARGIN,
        height,
        centre: node(name, None, 0, (centre_x, centre_y), (widths.centre, CENTRE)),
        words: Vec::new(),
        nodes: Vec::new(),
        lines: Vec::new(),
        heads: Vec::new(),
    };
    hops.centre.text_x = centre_x + widths.centre / 2;
    hops.centre.text_y += 1;
    hops.side(&left, (MARGIN, widths.left), centre_x, true);
    hops.side(&right, (right_x, widths.right), centre_x + widths.centre, false);
    Some(hops)
}

/// Fields of one kind, and how many more there are than are shown.
struct Group<'a> {
    kind: &'static str,
    ends: &'a [End],
    more: usize,
}

fn groups(ends: &[End]) -> Vec<Group<'_>> {
    let mut room = SIDE_MAX;
    let mut groups = Vec::new();
    for ends in ends.chunk_by(|one, next| one.kind == next.kind) {
        let (shown, rest) = ends.split_at(ends.len().min(room));
        room -= shown.len();
        groups.extend(ends.first().map(|first| Group { kind: first.kind, ends: shown, more: rest.len() }));
    }
    groups
}

fn column(groups: &[Group<'_>]) -> i32 {
    let rows = groups.iter().map(|group| WORD + ROW * count(group.ends.len()) + APART);
    (rows.sum::<i32>() - APART).max(0)
}

impl Hops {
    /// Adds the fields of one side, from `x` on, with lines to the edge of the field in the middle at `edge`.
    fn side(&mut self, groups: &[Group<'_>], (x, width): (i32, i32), edge: i32, incoming: bool) {
        let mut y = (self.height - column(groups)) / 2;
        let first_port = self.height / 2 - PORT * (count(groups.len()) - 1) / 2;
        for (number, group) in (0..).zip(groups) {
            let more = if group.more == 0 { String::new() } else { format!(" and {} more", group.more) };
            self.words.push(Word { x, y: y + 11, text: format!("{}{more}", group.kind) });
            y += WORD;
            let port = first_port + PORT * number;
            let kind = group.kind;
            for end in group.ends {
                self.nodes.push(node(&end.text, end.href.clone(), end.hue, (x, y), (width, NODE)));
                let middle = y + NODE / 2;
                let (from, to) =
                    if incoming { ((x + width, middle), (edge - 7, port)) } else { ((edge, port), (x - 7, middle)) };
                self.lines.push(Line { kind, path: curve(from, to) });
                if !incoming {
                    self.heads.push(Line { kind, path: head((x, middle)) });
                }
                y += ROW;
            }
            if incoming && !group.ends.is_empty() {
                self.heads.push(Line { kind, path: head((edge, port)) });
            }
            y += APART;
        }
    }
}

fn curve(from: (i32, i32), to: (i32, i32)) -> String {
    let bend = (to.0 - from.0) / 2;
    format!("M{},{}C{},{} {},{} {},{}", from.0, from.1, from.0 + bend, from.1, to.0 - bend, to.1, to.0, to.1)
}

/// A head that points to the right, with its tip here.
fn head((x, y): (i32, i32)) -> String {
    format!("{x},{y} {},{} {},{}", x - 8, y - 4, x - 8, y + 4)
}

fn node(text: &str, href: Option<String>, hue: usize, (x, y): (i32, i32), (width, height): (i32, i32)) -> Node {
    let shown = cut(text);
    Node {
        x,
        y,
        width,
        height,
        text_x: x + if hue == 0 { 9 } else { 23 },
        text_y: y + height / 2 + 4,
        dot_y: y + height / 2 - 4,
        text: shown,
        title: text.to_owned(),
        href,
        hue,
    }
}

fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(0)
}

fn wide(text: &str) -> i32 {
    count(text.width().min(NAME_MAX)) * COLUMN
}

/// At most [`NAME_MAX`] columns; the end of a name tells more than its beginning.
fn cut(text: &str) -> String {
    if text.width() <= NAME_MAX {
        return text.to_owned();
    }
    let mut kept: Vec<char> = Vec::new();
    let mut width = 1;
    for letter in text.chars().rev() {
        width += letter.width().unwrap_or(0);
        if width > NAME_MAX {
            break;
        }
        kept.push(letter);
    }
    std::iter::once('…').chain(kept.into_iter().rev()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(kinds: &[(&'static str, usize)]) -> Vec<End> {
        let many = |(kind, count): &(&'static str, usize)| {
            let kind = *kind;
            (0..*count).map(move |at| End { text: format!("system.entity.{kind}_{at}"), href: None, hue: 1, kind })
        };
        kinds.iter().flat_map(many).collect()
    }

    fn drawn(incoming: &[End], outgoing: &[End]) -> Hops {
        let mut widths = Widths::default();
        widths.fit("field", incoming, outgoing);
        draw("field", incoming, outgoing, widths).unwrap()
    }

    /// Every number pair of a path.
    fn points(path: &str) -> Vec<(i32, i32)> {
        let pairs = path.split([' ', 'M', 'C']).filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once(',').unwrap()).map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect()
    }

    fn is_sound(hops: &Hops) {
        let boxes: Vec<&Node> = hops.nodes.iter().chain([&hops.centre]).collect();
        for (at, one) in boxes.iter().enumerate() {
            assert!(one.x >= 0 && one.y >= 0 && one.x + one.width <= hops.width && one.y + one.height <= hops.height);
            assert!(one.text.width() <= NAME_MAX);
            // A name ends within its box: `text_x` of the middle is its middle.
            if one.text != hops.centre.text {
                assert!(one.text_x + wide(&one.text) <= one.x + one.width, "{}", one.text);
            }
            for other in boxes.iter().skip(at + 1) {
                let apart = one.x + one.width < other.x
                    || other.x + other.width < one.x
                    || one.y + one.height < other.y
                    || other.y + other.height < one.y;
                assert!(apart, "`{}` and `{}` overlap", one.title, other.title);
            }
        }
        for word in &hops.words {
            // Words are written upwards from their line, 9 pixels high.
            let covered = boxes.iter().any(|one| {
                word.x < one.x + one.width && word.x + 8 > one.x && word.y > one.y && word.y - 9 < one.y + one.height
            });
            assert!(!covered, "`{}` is covered", word.text);
        }
        for line in hops.lines.iter().chain(&hops.heads) {
            for (x, y) in points(&line.path) {
                assert!((0..=hops.width).contains(&x) && (0..=hops.height).contains(&y), "{x},{y} is outside");
            }
        }
    }

    #[test]
    fn each_edge_has_a_line_and_each_kind_a_port() {
        let hops =
            drawn(&ends(&[("value", 2), ("lookup", 1), ("condition", 3)]), &ends(&[("value", 1), ("condition", 12)]));
        is_sound(&hops);
        assert_eq!((hops.nodes.len(), hops.lines.len()), (19, 19));
        let ports: Vec<(i32, i32)> =
            hops.lines.iter().take(6).map(|line| *points(&line.path).last().unwrap()).collect();
        assert!(
            ports[0] == ports[1] && ports[1] != ports[2] && ports[2] != ports[3] && ports[3] == ports[5],
            "{ports:?}"
        );
        // One head for each group that comes in, one for each field that goes out.
        assert_eq!(hops.heads.len(), 3 + 13);
        let words: Vec<&str> = hops.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(words, ["value", "lookup", "condition", "value", "condition"]);
    }

    #[test]
    fn one_side_may_be_empty() {
        let left = drawn(&ends(&[("value", 1)]), &[]);
        is_sound(&left);
        assert_eq!(left.width, left.centre.x + left.centre.width + MARGIN);
        let right = drawn(&[], &ends(&[("value", 1)]));
        is_sound(&right);
        assert_eq!(right.centre.x, MARGIN);
        assert!(draw("field", &[], &[], Widths::default()).is_none());
    }

    #[test]
    fn names_of_any_length_keep_to_their_boxes() {
        let end = |text: &str| End { text: text.to_owned(), href: None, hue: 3, kind: "value" };
        let long = [end(&"a".repeat(200)), end(&"長い名前".repeat(30)), end(""), end("x")];
        let hops = drawn(&long, &long);
        is_sound(&hops);
        assert!(hops.nodes[0].text.starts_with('…') && hops.nodes[0].title.len() == 200);
        assert_eq!(hops.nodes[0].text.width(), 40);
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let hops = drawn(&ends(&[("value", 30), ("condition", 25)]), &[]);
        is_sound(&hops);
        assert_eq!(hops.nodes.len(), 40);
        assert_eq!(hops.words[1].text, "condition and 15 more");
    }
}
