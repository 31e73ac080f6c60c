//! A lifecycle as a picture: states in the order in which the specs name them, transitions as numbered arrows.
//!
//! The states stand in one line, so that an arrow never runs behind a state. An arrow to the next state is straight; one that skips
//! states runs on the **forward** side of the line (above, or to the right), one that goes back on the other side, each in a
//! **lane** of its own where it would meet another. Numbers are those of the table beside the picture. A long line of states runs
//! from top to bottom instead of left to right. All coordinates are whole numbers: the same lifecycle gives the same bytes.

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

/// Longest line, in pixels, that runs from left to right.
const LANDSCAPE: i32 = 860;
/// Width of one column of the monospaced face at the size of the states' names.
const COLUMN: i32 = 8;
/// Height of a state.
const HEIGHT: i32 = 32;
/// Distance of the first lane from the states, and between lanes.
const LANE: i32 = 26;
/// Least distance between two arrows at one side of a state.
const PORT: i32 = 14;
/// Free space around everything.
const MARGIN: i32 = 12;
/// Greatest radius of the corners of a lane.
const CORNER: i32 = 9;

/// A picture, ready for the template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Diagram {
    width: i32,
    height: i32,
    title: String,
    nodes: Vec<Node>,
    arrows: Vec<Arrow>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Node {
    x: i32,
    y: i32,
    width: i32,
    height: i32,
    text_x: i32,
    text_y: i32,
    label: String,
    /// Nothing leads out of it.
    last: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Arrow {
    path: String,
    head: String,
    badge_x: i32,
    badge_y: i32,
    text_y: i32,
    number: usize,
    /// Colour of the system that moves it.
    hue: usize,
    /// `draft to submitted, moved by psa`
    label: String,
}

/// A transition as the diagram sees it.
pub(super) struct Step<'a> {
    /// State before.
    pub(super) from: &'a str,
    /// State after.
    pub(super) to: &'a str,
    /// Colour of the system that moves it.
    pub(super) hue: usize,
    /// In words.
    pub(super) label: String,
}

/// A point: along the line of states, and away from its middle; positive on the forward side.
#[derive(Debug, Clone, Copy)]
struct Point {
    along: i32,
    away: i32,
}

/// Where a state begins and how long it is, along the line.
#[derive(Debug, Clone, Copy)]
struct Extent {
    start: i32,
    length: i32,
}

/// An arrow that is not straight: positions of its ends, and its lane.
struct Arc {
    step: usize,
    from: usize,
    to: usize,
    lane: i32,
}

struct Plane {
    landscape: bool,
    /// Half the size of a state, across the line.
    half: i32,
    /// Distance of the line of states from the edge of the picture on the side that comes first.
    base: i32,
}

impl Plane {
    fn place(&self, point: Point) -> (i32, i32) {
        if self.landscape { (point.along + MARGIN, self.base - point.away) } else { (self.base + point.away, point.along + MARGIN) }
    }

    fn text(&self, point: Point) -> String {
        let (x, y) = self.place(point);
        format!("{x},{y}")
    }
}

/// The picture; none for a lifecycle with no states.
pub(super) fn draw(name: &str, states: &[String], steps: &[Step<'_>]) -> Option<Diagram> {
    if states.is_empty() {
        return None;
    }
    let position = |state: &str| states.iter().position(|one| one == state);
    let ends: Vec<Option<(usize, usize)>> = steps.iter().map(|step| Some((position(step.from)?, position(step.to)?))).collect();
    let (forward, back) = arcs(&ends);
    let ports = |state: usize| {
        let on = |arcs: &[Arc]| arcs.iter().map(|arc| usize::from(arc.from == state) + usize::from(arc.to == state)).sum::<usize>();
        i32::try_from(on(&forward).max(on(&back))).unwrap_or(i32::MAX / PORT / 2)
    };
    let labels: Vec<i32> = states.iter().map(|state| text_width(state) + 28).collect();
    let line = |landscape: bool| -> Vec<Extent> {
        let gap = if landscape { 52 } else { 40 };
        let mut start = 0;
        let sizes = labels.iter().enumerate().map(|(state, label)| if landscape { *label } else { HEIGHT }.max(PORT * (ports(state) + 1)));
        sizes
            .map(|length| {
                let extent = Extent { start, length };
                start += length + gap;
                extent
            })
            .collect()
    };
    let length = |extents: &[Extent]| extents.last().map_or(0, |last| last.start + last.length);
    let landscape = length(&line(true)) <= LANDSCAPE;
    let extents = line(landscape);
    let half = if landscape { HEIGHT / 2 } else { labels.iter().max().copied().unwrap_or(HEIGHT) / 2 };
    let depth = |arcs: &[Arc]| arcs.iter().map(|arc| (arc.lane + 1) * LANE).max().unwrap_or(0) + half + MARGIN;
    let (first, second) = if landscape { (depth(&forward), depth(&back)) } else { (depth(&back), depth(&forward)) };
    let plane = Plane { landscape, half, base: first };
    let (along, across) = (length(&extents) + 2 * MARGIN, first + second);
    let mut arrows = Vec::new();
    for (number, (step, ends)) in steps.iter().zip(&ends).enumerate() {
        let Some(ends) = ends else { continue };
        let lines = if let Some(arc) = forward.iter().find(|arc| arc.step == number) {
            bent(&plane, &extents, arc, &forward, 1)
        } else if let Some(arc) = back.iter().find(|arc| arc.step == number) {
            bent(&plane, &extents, arc, &back, -1)
        } else {
            straight(&plane, &extents, *ends)
        };
        arrows.extend(lines.map(|lines| arrow(&plane, lines, number + 1, step)));
    }
    let nodes = states.iter().zip(&extents).enumerate();
    Some(Diagram {
        width: if landscape { along } else { across },
        height: if landscape { across } else { along },
        title: format!("Lifecycle {name}: {} states, {} transitions", states.len(), steps.len()),
        nodes: nodes.map(|(at, (state, extent))| node(&plane, state, *extent, ends.iter().flatten().all(|(from, to)| *from != at || from == to))).collect(),
        arrows,
    })
}

fn text_width(text: &str) -> i32 {
    i32::try_from(text.width()).unwrap_or(100).min(100) * COLUMN
}

/// The arrows that are not straight, forward ones and others, with lanes: short arrows get the lanes next to the states.
fn arcs(ends: &[Option<(usize, usize)>]) -> (Vec<Arc>, Vec<Arc>) {
    let of = |forward: bool| {
        let mut arcs: Vec<Arc> = ends
            .iter()
            .enumerate()
            .filter_map(|(step, ends)| ends.map(|(from, to)| Arc { step, from, to, lane: 0 }))
            .filter(|arc| arc.to != arc.from + 1 && (arc.to >= arc.from) == forward)
            .collect();
        arcs.sort_by_key(|arc| (arc.from.abs_diff(arc.to), arc.from.min(arc.to), arc.step));
        let mut laid: Vec<(usize, usize, i32)> = Vec::new();
        for arc in &mut arcs {
            let (low, high) = (arc.from.min(arc.to), arc.from.max(arc.to));
            let meets = |lane: i32| laid.iter().any(|(l, h, at)| *at == lane && ((*l < high && low < *h) || (*l == low && *h == high)));
            arc.lane = (0..).find(|lane| !meets(*lane)).unwrap_or(0);
            laid.push((low, high, arc.lane));
        }
        arcs
    };
    (of(true), of(false))
}

/// What an arrow consists of: its line, the point of its head with a point behind it, and where its number stands.
struct Lines {
    path: String,
    tip: Point,
    behind: Point,
    badge: Point,
}

fn straight(plane: &Plane, extents: &[Extent], (from, to): (usize, usize)) -> Option<Lines> {
    let (from, to) = (extents.get(from)?, extents.get(to)?);
    let start = Point { along: from.start + from.length, away: 0 };
    let tip = Point { along: to.start, away: 0 };
    let behind = Point { along: tip.along - 8, away: 0 };
    let badge = Point { along: (start.along + behind.along) / 2, away: 0 };
    Some(Lines { path: format!("M{} L{}", plane.text(start), plane.text(behind)), tip, behind, badge })
}

fn bent(plane: &Plane, extents: &[Extent], arc: &Arc, all: &[Arc], side: i32) -> Option<Lines> {
    let start = port(extents, arc, all, arc.from, true)?;
    let end = port(extents, arc, all, arc.to, false)?;
    let edge = plane.half * side;
    let lane = (plane.half + (arc.lane + 1) * LANE) * side;
    let towards = (end - start).signum();
    let corner = CORNER.min((end - start).abs() / 2);
    let tip = Point { along: end, away: edge };
    let behind = Point { along: end, away: edge + 8 * side };
    let at = |along: i32, away: i32| plane.text(Point { along, away });
    let path = format!(
        "M{} L{} Q{} {} L{} Q{} {} L{}",
        at(start, edge),
        at(start, lane - corner * side),
        at(start, lane),
        at(start + corner * towards, lane),
        at(end - corner * towards, lane),
        at(end, lane),
        at(end, lane - corner * side),
        plane.text(behind),
    );
    let along = free_spot(start, end, &crossings(extents, arc, all));
    Some(Lines { path, tip, behind, badge: Point { along, away: lane } })
}

/// Where arrows of farther lanes cross the lane of `arc`.
fn crossings(extents: &[Extent], arc: &Arc, all: &[Arc]) -> Vec<i32> {
    let farther = all.iter().filter(|other| other.lane > arc.lane);
    farther.flat_map(|other| [port(extents, other, all, other.from, true), port(extents, other, all, other.to, false)]).flatten().collect()
}

/// The place nearest to the middle where a number covers no crossing arrow; the middle when there is none.
fn free_spot(start: i32, end: i32, crossings: &[i32]) -> i32 {
    let middle = (start + end) / 2;
    let room = ((end - start).abs() / 2 - 2 * CORNER).max(0);
    let spots = (0..=room).flat_map(|offset| [middle - offset, middle + offset]);
    let free = |spot: &i32| crossings.iter().all(|crossing| crossing.abs_diff(*spot) > 13);
    spots.into_iter().find(free).unwrap_or(middle)
}

/// Where an arc meets a state. Arcs that come from before keep to the near end of the state and arcs to what follows keep to the
/// far end, the widest in the middle, so that arcs at one state do not cross each other there.
fn port(extents: &[Extent], arc: &Arc, all: &[Arc], state: usize, leaving: bool) -> Option<i32> {
    let extent = extents.get(state)?;
    let mut ports: Vec<((u8, i64, usize), usize, bool)> = Vec::new();
    for other in all {
        for (here, there, out) in [(other.from, other.to, true), (other.to, other.from, false)] {
            if here != state {
                continue;
            }
            let reach = i64::try_from(here.abs_diff(there)).unwrap_or(i64::MAX);
            let order = match there.cmp(&here) {
                std::cmp::Ordering::Less => (0, reach, other.step),
                std::cmp::Ordering::Equal => (1, i64::from(!out), other.step),
                std::cmp::Ordering::Greater => (2, -reach, other.step),
            };
            ports.push((order, other.step, out));
        }
    }
    ports.sort_unstable();
    let index = ports.iter().position(|(_, step, out)| *step == arc.step && *out == leaving)?;
    let (index, count) = (i32::try_from(index).ok()?, i32::try_from(ports.len()).ok()?);
    Some(extent.start + extent.length * (index + 1) / (count + 1))
}

fn arrow(plane: &Plane, lines: Lines, number: usize, step: &Step<'_>) -> Arrow {
    let (dx, dy) = (lines.tip.along - lines.behind.along, lines.tip.away - lines.behind.away);
    // A quarter turn of the direction, halved: the half width of the head.
    let wing = |sign: i32| Point { along: lines.behind.along + sign * dy / 2, away: lines.behind.away + sign * dx / 2 };
    let (badge_x, badge_y) = plane.place(lines.badge);
    Arrow {
        head: format!("{} {} {}", plane.text(lines.tip), plane.text(wing(1)), plane.text(wing(-1))),
        path: lines.path,
        badge_x,
        badge_y,
        text_y: badge_y + 4,
        number,
        hue: step.hue,
        label: step.label.clone(),
    }
}

fn node(plane: &Plane, state: &str, extent: Extent, last: bool) -> Node {
    let corner = |away: i32| plane.place(Point { along: extent.start, away });
    let (x, y) = if plane.landscape { corner(plane.half) } else { corner(-plane.half) };
    let (width, height) = if plane.landscape { (extent.length, plane.half * 2) } else { (plane.half * 2, extent.length) };
    Node { x, y, width, height, text_x: x + width / 2, text_y: y + height / 2 + 5, label: state.to_owned(), last }
}
