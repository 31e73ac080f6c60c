//! Coverage: what tests have met of the places at which a plan decides.
//!
//! - A **point** is such a place: a **condition**, which may hold or not, or an **arm** of a `match`, its `else` included, which is
//!   taken.
//! - An **outcome** is what can be met there: a condition has two, an arm has one.
//!
//! A condition is what `where`, `require`, a route's `when` or a claim's `while` asks. Where it is made of several with `and`, `or` and
//! `not`, each smallest part is a point, not the whole: since evaluation stops at what decides, parts that were all met both ways have
//! decided the whole both ways. A condition that could not be evaluated has met nothing.
//!
//! The `when` of the last of several routes is an arm: that one of them is taken is proved.
//!
//! A part that stands in the specs once is one point, however often it is linked. Only [`Program::link_observed`] makes
//! points; a program linked to run real data has none and pays nothing.

use crate::expr::Node;
use crate::{Evaluated, LinkedExpr, Program, Value};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use syncline_ir::At;

/// What a point is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PointKind {
    /// A condition, or the smallest part of one.
    Condition,
    /// An arm of a `match`.
    Arm,
}

/// A point, and which of its outcomes were met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Where it is written: a condition at its first word, an arm at its result.
    pub at: At,
    /// What it is.
    pub kind: PointKind,
    /// A condition: whether it held once. An arm: whether it was taken.
    pub held: bool,
    /// A condition: whether it did not hold once. Always false for an arm.
    pub failed: bool,
}

impl Point {
    /// How many outcomes it has.
    #[must_use]
    pub const fn outcomes(&self) -> usize {
        match self.kind {
            PointKind::Condition => 2,
            PointKind::Arm => 1,
        }
    }

    /// How many of them were met.
    #[must_use]
    pub fn met(&self) -> usize {
        usize::from(self.held) + usize::from(self.failed)
    }
}

/// What a point has met so far. Tests that run at once share it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    held: AtomicBool,
    failed: AtomicBool,
}

impl Seen {
    /// Records an outcome. An arm that is evaluated is taken, whatever comes of it.
    pub(crate) fn record(&self, kind: PointKind, result: &Evaluated) {
        // Nothing else depends on the order in which the flags are set.
        match (kind, result) {
            (PointKind::Arm, _) | (PointKind::Condition, Ok(Value::Bool(true))) => {
                self.held.store(true, Ordering::Relaxed);
            }
            (PointKind::Condition, Ok(Value::Bool(false))) => self.failed.store(true, Ordering::Relaxed),
            (PointKind::Condition, _) => {}
        }
    }
}

/// The points of a program, in the order of their places.
#[derive(Debug, Default)]
pub(crate) struct Points {
    seen: Mutex<BTreeMap<(At, PointKind), Arc<Seen>>>,
}

impl Points {
    fn seen(&self) -> MutexGuard<'_, BTreeMap<(At, PointKind), Arc<Seen>>> {
        // The map is whole whenever the lock is free: nothing that holds it can fail half way.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The expression as a point. A constant decides nothing.
    pub(crate) fn observe(&self, at: &str, kind: PointKind, value: LinkedExpr) -> LinkedExpr {
        if kind == PointKind::Condition && value.constant().is_some() {
            return value;
        }
        let seen = Arc::clone(self.seen().entry((at.to_owned(), kind)).or_default());
        LinkedExpr::new(value.shape, Node::Observed { seen, kind, value: Box::new(value) })
    }
}

impl Program {
    /// Every point, by place, with what was met since the program was linked. Empty unless it was linked to be observed.
    #[must_use]
    pub fn points(&self) -> Vec<Point> {
        let Some(points) = &self.points else { return Vec::new() };
        let point = |((at, kind), seen): (&(At, PointKind), &Arc<Seen>)| Point {
            at: at.clone(),
            kind: *kind,
            held: seen.held.load(Ordering::Relaxed),
            failed: seen.failed.load(Ordering::Relaxed),
        };
        let mut points: Vec<Point> = points.seen().iter().map(point).collect();
        points.sort_by(|a, b| place(&a.at).cmp(&place(&b.at)));
        points
    }
}

/// A place as its parts, so that line 9 comes before line 10.
fn place(at: &str) -> (&str, u32, u32) {
    let mut parts = at.rsplitn(3, ':');
    let mut number = || parts.next().and_then(|text| text.parse().ok()).unwrap_or_default();
    let (column, line) = (number(), number());
    (parts.next().unwrap_or_default(), line, column)
}
