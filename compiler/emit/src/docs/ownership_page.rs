//! The ownership matrix: objects and their fields against systems.

use super::addresses::{Thing, anchor};
use super::field_view::{claims_on, guard_text, movers_of, ownership_of};
use super::frame::Page;
use super::places::Place;
use super::prose::{counted_in, object_kind};
use super::site::{Chip, Link, Site};
use crate::OutputFile;
use serde::Serialize;
use syncline_ir::{Object, Ownership};

#[derive(Serialize)]
struct Content {
    systems: Vec<Chip>,
    columns: usize,
    objects: Vec<Block>,
    claims: String,
    guarded: usize,
    moves: String,
}

#[derive(Serialize)]
struct Block {
    id: String,
    object: Link,
    kind: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    field: Link,
    key: bool,
    fixed: bool,
    cells: Vec<Cell>,
}

#[derive(Serialize)]
struct Cell {
    hue: usize,
    owned: bool,
    claims: Vec<ClaimMark>,
    moves: Vec<MoveMark>,
}

#[derive(Serialize)]
struct ClaimMark {
    guard: Option<String>,
    team: Link,
    place: Place,
}

/// The transitions that one statement gives to a system.
#[derive(Serialize)]
struct MoveMark {
    steps: Vec<String>,
    team: Link,
    place: Place,
}

/// The page.
pub(super) fn page(site: &Site<'_>) -> OutputFile {
    let plan = site.plan;
    let systems: Vec<Chip> = plan
        .systems
        .iter()
        .filter(|system| plan.ownership.iter().any(|one| names(one, &system.name)))
        .map(|system| site.chip(&system.name))
        .collect();
    let claims = || plan.ownership.iter().flat_map(|ownership| &ownership.claims);
    let content = Content {
        columns: systems.len() + 1,
        objects: plan.objects.iter().map(|object| block(site, object, &systems)).collect(),
        claims: counted_in(claims().count(), "claim"),
        guarded: claims().filter(|claim| guard_text(claim).is_some()).count(),
        moves: counted_in(plan.ownership.iter().map(|ownership| ownership.movers.len()).sum(), "lifecycle move"),
        systems,
    };
    site.page(
        &Page { path: "ownership.html", title: "Ownership", above: Vec::new(), template: "ownership", wide: true },
        &content,
    )
}

fn names(ownership: &Ownership, system: &str) -> bool {
    ownership.claims.iter().any(|claim| claim.system == system)
        || ownership.movers.iter().any(|mover| mover.system == system)
}

fn block(site: &Site<'_>, object: &Object, systems: &[Chip]) -> Block {
    let ownership = ownership_of(site, &object.name);
    let cell = |field: &str, system: &Chip| {
        let claims = claims_on(ownership, field).filter(|claim| claim.system == system.name);
        let claims: Vec<ClaimMark> = claims
            .map(|claim| ClaimMark {
                guard: guard_text(claim),
                team: site.team_link(&claim.team),
                place: site.place(&claim.at),
            })
            .collect();
        let moves = moves(site, ownership, field, &system.name);
        Cell { hue: system.hue, owned: !claims.is_empty() || !moves.is_empty(), claims, moves }
    };
    let rows = object.fields.iter().map(|field| Row {
        field: site.link(Thing::ObjectField(&object.name, &field.name), &field.name),
        key: object.key.contains(&field.name),
        fixed: field.fixed,
        cells: systems.iter().map(|system| cell(&field.name, system)).collect(),
    });
    Block {
        id: site.href(Thing::Ownership(&object.name)).map(|href| anchor(&href)).unwrap_or_default(),
        object: site.link(Thing::Object(&object.name), &object.name),
        kind: object_kind(object.kind).0,
        rows: rows.collect(),
    }
}

fn moves(site: &Site<'_>, ownership: Option<&Ownership>, field: &str, system: &str) -> Vec<MoveMark> {
    let mut marks: Vec<MoveMark> = Vec::new();
    for mover in movers_of(ownership, field).filter(|mover| mover.system == system) {
        let step = format!("{} → {}", mover.from, mover.to);
        let (team, place) = (site.team_link(&mover.team), site.place(&mover.at));
        match marks.last_mut() {
            Some(mark) if mark.team == team && mark.place == place => mark.steps.push(step),
            _ => marks.push(MoveMark { steps: vec![step], team, place }),
        }
    }
    marks
}
