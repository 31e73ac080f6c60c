//! What tests have met of the outcomes of a plan: whether it is enough, and what is left.

use crate::output::{self, BAD, BOLD, DIM, GOOD, styled};
use crate::trouble::Outcome;
use serde_json::{Value, json};
use syncline::Checked;
use syncline_runtime::{Point, PointKind};

/// What all tests of a workspace have met.
pub(super) struct Coverage {
    pub(super) points: Vec<Point>,
    /// The percentage that `syncline.yaml` demands.
    pub(super) demanded: Option<u8>,
}

impl Coverage {
    fn outcomes(&self) -> usize {
        self.points.iter().map(Point::outcomes).sum()
    }

    fn met(&self) -> usize {
        self.points.iter().map(Point::met).sum()
    }

    /// Rounded down: 100 says that all were met. Where nothing is decided, nothing is left to meet.
    fn percent(&self) -> usize {
        (self.met() * 100).checked_div(self.outcomes()).unwrap_or(100)
    }

    pub(super) fn is_enough(&self) -> bool {
        self.demanded.is_none_or(|demanded| self.percent() >= usize::from(demanded))
    }

    /// `coverage: 57 of 60 outcomes, 95%`
    pub(super) fn line(&self) -> String {
        let (met, outcomes, percent) = (self.met(), self.outcomes(), self.percent());
        let found = format!("{met} of {outcomes} outcomes, {percent}%");
        match self.demanded {
            Some(demanded) if !self.is_enough() => {
                format!("{}: {found}, and {demanded}% demanded", styled(BAD, "coverage"))
            }
            Some(_) => format!("{}: {found}", styled(GOOD, "coverage")),
            None => format!("{}: {found}", styled(BOLD, "coverage")),
        }
    }

    /// What was not met, a line each: place, words, the line of the specs.
    pub(super) fn show_unmet(&self, checked: &Checked) -> Outcome {
        let lines: Vec<(&str, &str)> = self.points.iter().filter_map(|it| Some((it.at.as_str(), unmet(it)?))).collect();
        let place = lines.iter().map(|(at, _)| at.chars().count()).max().unwrap_or(0);
        let word = lines.iter().map(|(_, words)| words.chars().count()).max().unwrap_or(0);
        for (at, words) in &lines {
            let source = output::tame(checked.line_at(at).unwrap_or_default());
            output::say(format_args!("  {at:place$}  {words:word$}  {}", styled(DIM, source)))?;
        }
        Ok(())
    }

    pub(super) fn json(&self) -> Value {
        let unmet = self.points.iter().flat_map(|point| {
            let outcomes = match point.kind {
                PointKind::Condition => {
                    vec![(point.held, "condition", "holds"), (point.failed, "condition", "does_not_hold")]
                }
                PointKind::Arm => vec![(point.held, "arm", "taken")],
            };
            let left = outcomes.into_iter().filter(|(is_met, ..)| !is_met);
            left.map(|(_, kind, outcome)| json!({ "at": point.at, "kind": kind, "outcome": outcome }))
        });
        json!({
            "outcomes": self.outcomes(),
            "met": self.met(),
            "percent": self.percent(),
            "demanded": self.demanded,
            "unmet": unmet.collect::<Vec<_>>(),
        })
    }
}

/// What tests have not met at a point.
fn unmet(point: &Point) -> Option<&'static str> {
    match (point.kind, point.held, point.failed) {
        (PointKind::Arm, false, _) => Some("never taken"),
        (PointKind::Condition, false, false) => Some("never asked"),
        (PointKind::Condition, false, true) => Some("never holds"),
        (PointKind::Condition, true, false) => Some("always holds"),
        _ => None,
    }
}
