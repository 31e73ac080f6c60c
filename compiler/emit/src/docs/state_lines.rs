//! The arrows of a lifecycle's picture: which of them are straight, the lanes of the others, and where they meet the states.
//!
//! A place is given **along** the line of states and **away** from its middle; only [`Plane`] knows how the line lies on the paper.

/// Distance of the first lane from the states, and between lanes.
pub(super) const LANE: i32 = 26;
/// Least distance between two arrows at one side of a state.
pub(super) const PORT: i32 = 14;
/// Free space around everything.
pub(super) const MARGIN: i32 = 12;
/// Greatest radius of the corners of a lane.
const CORNER: i32 = 9;

/// A point: along the line of states, and away from its middle; positive on the forward side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Point {
    pub(super) along: i32,
    pub(super) away: i32,
}

/// Where a state begins and how long it is, along the line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    pub(super) start: i32,
    pub(super) length: i32,
}

/// An arrow that is not straight: positions of its ends, and its lane.
pub(super) struct Arc {
    pub(super) step: usize,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) lane: i32,
}

pub(super) struct Plane {
    pub(super) landscape: bool,
    /// Half the size of a state, across the line.
    pub(super) half: i32,
    /// Distance of the line of states from the edge of the picture on the side that comes first.
    pub(super) base: i32,
}

impl Plane {
    pub(super) fn place(&self, point: Point) -> (i32, i32) {
        if self.landscape {
            (point.along + MARGIN, self.base - point.away)
        } else {
            (self.base + point.away, point.along + MARGIN)
        }
    }

    pub(super) fn text(&self, point: Point) -> String {
        let (x, y) = self.place(point);
        format!("{x},{y}")
    }
}

/// The arrows that are not straight, forward ones and others, with lanes: short arrows get the lanes next to the states.
pub(super) fn arcs(ends: &[Option<(usize, usize)>]) -> (Vec<Arc>, Vec<Arc>) {
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
            let meets = |lane: i32| {
                laid.iter().any(|(l, h, at)| *at == lane && ((*l < high && low < *h) || (*l == low && *h == high)))
            };
            arc.lane = (0..).find(|lane| !meets(*lane)).unwrap_or(0);
            laid.push((low, high, arc.lane));
        }
        arcs
    };
    (of(true), of(false))
}

/// What an arrow consists of: its line, the point of its head with a point behind it, and where its number stands.
pub(super) struct Lines {
    pub(super) path: String,
    pub(super) tip: Point,
    pub(super) behind: Point,
    pub(super) badge: Point,
}

pub(super) fn straight(plane: &Plane, extents: &[Extent], (from, to): (usize, usize)) -> Option<Lines> {
    let (from, to) = (extents.get(from)?, extents.get(to)?);
    let start = Point { along: from.start + from.length, away: 0 };
    let tip = Point { along: to.start, away: 0 };
    let behind = Point { along: tip.along - 8, away: 0 };
    let badge = Point { along: (start.along + behind.along) / 2, away: 0 };
    Some(Lines { path: format!("M{} L{}", plane.text(start), plane.text(behind)), tip, behind, badge })
}

pub(super) fn bent(plane: &Plane, extents: &[Extent], arc: &Arc, all: &[Arc], side: i32) -> Option<Lines> {
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
    farther
        .flat_map(|other| [port(extents, other, all, other.from, true), port(extents, other, all, other.to, false)])
        .flatten()
        .collect()
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
