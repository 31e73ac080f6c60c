//! A lifecycle: its picture and the table of its transitions with the systems that carry them out.

use super::field_view::{movers_of, ownership_of};
use super::places::Place;
use super::prose::{DocBlock, doc_blocks};
use super::site::{Chip, Link, Site};
use super::state_diagram::{self, Diagram, Step};
use serde::Serialize;
use syncline_ir::{Lifecycle, Mover, Object};

/// A lifecycle, alone or as the type of a field of an object.
#[derive(Debug, Serialize)]
pub(super) struct LifecycleView {
    pub(super) doc: Vec<DocBlock>,
    pub(super) place: Place,
    diagram: Option<Diagram>,
    steps: Vec<StepView>,
    /// Whether movers are known, that is, whether it is the type of an object's field.
    moved: bool,
}

#[derive(Debug, Serialize)]
struct StepView {
    number: usize,
    from: String,
    to: String,
    movers: Vec<MoverView>,
}

#[derive(Debug, Serialize)]
struct MoverView {
    chip: Chip,
    team: Link,
    place: Place,
}

/// `lifecycle` as the type of `field` of `object`; without them its transitions have no movers.
pub(super) fn lifecycle_view(site: &Site<'_>, lifecycle: &Lifecycle, of: Option<(&Object, &str)>) -> LifecycleView {
    let movers: Vec<&Mover> =
        of.map(|(object, field)| movers_of(ownership_of(site, &object.name), field).collect()).unwrap_or_default();
    let steps: Vec<StepView> = lifecycle
        .transitions
        .iter()
        .enumerate()
        .map(|(at, transition)| StepView {
            number: at + 1,
            from: transition.from.clone(),
            to: transition.to.clone(),
            movers: movers
                .iter()
                .filter(|mover| mover.from == transition.from && mover.to == transition.to)
                .map(|mover| MoverView {
                    chip: site.chip(&mover.system),
                    team: site.team_link(&mover.team),
                    place: site.place(&mover.at),
                })
                .collect(),
        })
        .collect();
    let drawn: Vec<Step<'_>> = steps
        .iter()
        .map(|step| Step { from: &step.from, to: &step.to, hue: hue(step), label: label(step, of.is_some()) })
        .collect();
    LifecycleView {
        doc: doc_blocks(lifecycle.doc.as_ref()),
        place: site.place(&lifecycle.at),
        diagram: state_diagram::draw(&lifecycle.name, &lifecycle.states, &drawn),
        steps,
        moved: of.is_some(),
    }
}

/// The colour of the one system that moves a step; none for several.
fn hue(step: &StepView) -> usize {
    match step.movers.as_slice() {
        [mover] => mover.chip.hue,
        _ => 0,
    }
}

fn label(step: &StepView, moved: bool) -> String {
    let systems: Vec<&str> = step.movers.iter().map(|mover| mover.chip.name.as_str()).collect();
    let by = match (moved, systems.is_empty()) {
        (false, _) => String::new(),
        (true, true) => ", moved by nobody".to_owned(),
        (true, false) => format!(", moved by {}", systems.join(", ")),
    };
    format!("{}: {} to {}{by}", step.number, step.from, step.to)
}
