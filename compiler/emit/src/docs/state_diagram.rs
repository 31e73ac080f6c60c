//! A lifecycle as a picture: states in the order in which the specs name them, transitions as numbered arrows.
//!
//! The states stand in one line, so that an arrow never runs behind a state. An arrow to the next state is straight; one that skips
//! states runs on the **forward** side of the line (above, or to the right), one that goes back on the other side, each in a
//! **lane** of its own where it would meet another. Numbers are those of the table beside the picture. A long line of states runs
//! from top to bottom instead of left to right. All coordinates are whole numbers: the same lifecycle gives the same bytes.

use super::state_lines::{Arc, Extent, LANE, Lines, MARGIN, PORT, Plane, Point, arcs, bent, straight};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

/// Longest line, in pixels, that runs from left to right.
const LANDSCAPE: i32 = 860;
/// Width of one column of the monospaced face at the size of the states' names.
const COLUMN: i32 = 8;
/// Height of a state.
const HEIGHT: i32 = 32;
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

/// The picture; none for a lifecycle with no states.
pub(super) fn draw(name: &str, states: &[String], steps: &[Step<'_>]) -> Option<Diagram> {
    if states.is_empty() {
        return None;
    }
    let position = |state: &str| states.iter().position(|one| one == state);
    let ends: Vec<Option<(usize, usize)>> =
        steps.iter().map(|step| Some((position(step.from)?, position(step.to)?))).collect();
    let (forward, back) = arcs(&ends);
    let ports = |state: usize| {
        let on = |arcs: &[Arc]| {
            arcs.iter().map(|arc| usize::from(arc.from == state) + usize::from(arc.to == state)).sum::<usize>()
        };
        i32::try_from(on(&forward).max(on(&back))).unwrap_or(i32::MAX / PORT / 2)
    };
    let labels: Vec<i32> = states.iter().map(|state| text_width(state) + 28).collect();
    let line = |landscape: bool| -> Vec<Extent> {
        let gap = if landscape { 52 } else { 40 };
        let mut start = 0;
        let sizes = labels
            .iter()
            .enumerate()
            .map(|(state, label)| if landscape { *label } else { HEIGHT }.max(PORT * (ports(state) + 1)));
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
        nodes: nodes
            .map(|(at, (state, extent))| {
                node(&plane, state, *extent, ends.iter().flatten().all(|(from, to)| *from != at || from == to))
            })
            .collect(),
        arrows,
    })
}

fn text_width(text: &str) -> i32 {
    i32::try_from(text.width()).unwrap_or(100).min(100) * COLUMN
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
    let (width, height) =
        if plane.landscape { (extent.length, plane.half * 2) } else { (plane.half * 2, extent.length) };
    Node { x, y, width, height, text_x: x + width / 2, text_y: y + height / 2 + 5, label: state.to_owned(), last }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(states: &[&str], steps: &[(&str, &str)]) -> Diagram {
        let states: Vec<String> = states.iter().map(|state| (*state).to_owned()).collect();
        let steps: Vec<Step<'_>> =
            steps.iter().map(|(from, to)| Step { from, to, hue: 1, label: format!("{from} to {to}") }).collect();
        draw("L", &states, &steps).unwrap()
    }

    /// Every number of a path or of the corners of a head, in pairs.
    fn points(text: &str) -> Vec<(i32, i32)> {
        let pairs = text.split([' ', 'M', 'L', 'Q']).filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once(',').unwrap()).map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect()
    }

    fn is_sound(diagram: &Diagram, arrows: usize) {
        assert_eq!(diagram.arrows.len(), arrows);
        for arrow in &diagram.arrows {
            for (x, y) in
                points(&arrow.path).into_iter().chain(points(&arrow.head)).chain([(arrow.badge_x, arrow.badge_y)])
            {
                assert!(
                    (0..=diagram.width).contains(&x) && (0..=diagram.height).contains(&y),
                    "{x},{y} outside of {}x{}",
                    diagram.width,
                    diagram.height
                );
            }
        }
        for (at, one) in diagram.arrows.iter().enumerate() {
            for other in diagram.arrows.iter().skip(at + 1) {
                let apart = one.badge_x.abs_diff(other.badge_x).max(one.badge_y.abs_diff(other.badge_y));
                assert!(apart >= 18, "numbers {} and {} overlap", one.number, other.number);
                assert_ne!(
                    points(&one.head).first(),
                    points(&other.head).first(),
                    "heads of {} and {} coincide",
                    one.number,
                    other.number
                );
            }
            for node in &diagram.nodes {
                let (x, y) = (arrow_x(node, one.badge_x), arrow_y(node, one.badge_y));
                assert!(x.max(y) > 9, "number {} lies on `{}`", one.number, node.label);
            }
        }
        for (at, one) in diagram.nodes.iter().enumerate() {
            assert!(
                one.x >= 0 && one.y >= 0 && one.x + one.width <= diagram.width && one.y + one.height <= diagram.height
            );
            for other in diagram.nodes.iter().skip(at + 1) {
                assert!(
                    one.x + one.width < other.x || one.y + one.height < other.y,
                    "`{}` and `{}` overlap",
                    one.label,
                    other.label
                );
            }
        }
    }

    /// Distance of a number from a state, across and down.
    fn arrow_x(node: &Node, x: i32) -> i32 {
        (node.x - x).max(x - node.x - node.width)
    }

    fn arrow_y(node: &Node, y: i32) -> i32 {
        (node.y - y).max(y - node.y - node.height)
    }

    #[test]
    fn a_chain_with_ways_back_runs_from_left_to_right() {
        let steps = [
            ("draft", "submitted"),
            ("submitted", "approved"),
            ("approved", "submitted"),
            ("submitted", "rejected"),
            ("rejected", "draft"),
        ];
        let diagram = drawn(&["draft", "submitted", "approved", "rejected"], &steps);
        is_sound(&diagram, 5);
        assert!(diagram.width > diagram.height);
        let y: Vec<i32> = diagram.arrows.iter().map(|arrow| arrow.badge_y).collect();
        // Forward to the next: level with the states. Skipping a state: above. Back: below, the longer way farther out.
        assert!(y[0] == y[1] && y[3] < y[0] && y[2] > y[0] && y[4] > y[2], "{y:?}");
        assert!(diagram.nodes.iter().all(|node| !node.last));
    }

    #[test]
    fn a_state_that_nothing_leaves_is_marked() {
        let diagram = drawn(&["a", "b", "c"], &[("a", "b"), ("a", "c"), ("c", "c")]);
        is_sound(&diagram, 3);
        let last: Vec<&str> = diagram.nodes.iter().filter(|node| node.last).map(|node| node.label.as_str()).collect();
        assert_eq!(last, ["b", "c"]);
    }

    #[test]
    fn a_long_line_runs_from_top_to_bottom() {
        let states: Vec<String> = (0..12).map(|number| format!("a_long_state_{number}")).collect();
        let names: Vec<&str> = states.iter().map(String::as_str).collect();
        let mut steps: Vec<(&str, &str)> = names.windows(2).map(|pair| (pair[0], pair[1])).collect();
        steps.extend([(names[5], names[0]), (names[0], names[11]), (names[11], names[10]), (names[3], names[8])]);
        let diagram = drawn(&names, &steps);
        is_sound(&diagram, 15);
        assert!(diagram.height > diagram.width);
    }

    #[test]
    fn a_number_does_not_cover_an_arrow_that_crosses_its_lane() {
        let states = ["planned", "active", "on_hold", "closing", "closed", "cancelled"];
        let diagram = drawn(&states, &[("active", "closing"), ("on_hold", "cancelled")]);
        is_sound(&diagram, 2);
        let (inner, outer) = (&diagram.arrows[0], &diagram.arrows[1]);
        let (crossing, _) = points(&outer.path)[0];
        let (start, end) = (points(&inner.path)[0].0, points(&inner.head)[0].0);
        assert!(start < crossing && crossing < end, "the case has no crossing");
        assert!(inner.badge_x.abs_diff(crossing) > 13 && (start..end).contains(&inner.badge_x));
    }

    #[test]
    fn every_pair_of_states_may_be_joined() {
        let names = ["a", "b", "c", "d", "e"];
        let steps: Vec<(&str, &str)> = names.iter().flat_map(|from| names.iter().map(move |to| (*from, *to))).collect();
        is_sound(&drawn(&names, &steps), 25);
    }

    #[test]
    fn steps_between_unknown_states_are_left_out() {
        is_sound(&drawn(&["a", "b"], &[("a", "x"), ("a", "b")]), 1);
        assert!(draw("L", &[], &[]).is_none());
    }
}
