//! A field of an object: its type, its owners, where its value comes from and goes to.
//!
//! A **claim** says that a system may write a field, always or while a guard holds. A lifecycle field is owned by **transition**: each
//! step has a mover.

use super::addresses::{Thing, anchor};
use super::places::Place;
use super::prose::{DocBlock, doc_blocks};
use super::site::{Chip, Link, Site, TypeView};
use crate::expr_text::render_expr;
use serde::Serialize;
use std::collections::BTreeSet;
use syncline_ir::{Claim, Edge, EdgeKind, Field, Mover, Object, Ownership};

/// A field of an object.
#[derive(Debug, Serialize)]
pub(super) struct FieldView {
    id: String,
    name: String,
    key: bool,
    optional: bool,
    fixed: bool,
    doc: Vec<DocBlock>,
    place: Place,
    ty: TypeView,
    claims: Vec<ClaimView>,
    moves: Vec<MoveView>,
    /// Who sets it when nobody claims it.
    unclaimed: Option<&'static str>,
    from: Vec<EndGroup>,
    to: Vec<EndGroup>,
    lineage: Option<String>,
}

/// A claim on a field.
#[derive(Debug, Serialize)]
pub(super) struct ClaimView {
    chip: Chip,
    guard: Option<String>,
    team: Link,
    place: Place,
}

/// The transitions that one system carries out.
#[derive(Debug, Serialize)]
pub(super) struct MoveView {
    chip: Chip,
    steps: Vec<String>,
    team: Link,
    lifecycle: Option<String>,
}

/// Fields at the other end of lineage edges of one kind.
#[derive(Debug, Serialize)]
pub(super) struct EndGroup {
    kind: &'static str,
    records: Vec<EndRecord>,
}

/// Fields of one object or entity.
#[derive(Debug, Serialize)]
struct EndRecord {
    /// `TimeEntry`, `psa.timecard`; empty when the plan does not have the field.
    record: String,
    /// Colour of the system; 0 for an object.
    hue: usize,
    fields: Vec<Link>,
}

/// `field` of `object`.
pub(super) fn field_view(site: &Site<'_>, object: &Object, field: &Field) -> FieldView {
    let thing = Thing::ObjectField(&object.name, &field.name);
    let ownership = ownership_of(site, &object.name);
    let claims: Vec<ClaimView> = claims_on(ownership, &field.name).map(|claim| claim_view(site, claim)).collect();
    let moves = moves(site, object, &field.name);
    let key = object.key.contains(&field.name);
    let unclaimed = match (claims.is_empty() && moves.is_empty(), key && field.name == "origin") {
        (false, _) => None,
        (true, true) => Some("the hub, at capture"),
        (true, false) => Some("no claim"),
    };
    FieldView {
        id: site.href(thing).map(|href| anchor(&href)).unwrap_or_default(),
        name: field.name.clone(),
        key,
        optional: field.ty.optional,
        fixed: field.fixed,
        doc: doc_blocks(field.doc.as_ref()),
        place: site.place(&field.at),
        ty: site.type_view(field),
        claims,
        moves,
        unclaimed,
        from: end_groups(site, site.incoming(thing), |edge| &edge.from),
        to: end_groups(site, site.outgoing(thing), |edge| &edge.to),
        lineage: site.href(Thing::ObjectFieldLineage(&object.name, &field.name)),
    }
}

/// The ownership of an object.
pub(super) fn ownership_of<'a>(site: &Site<'a>, object: &str) -> Option<&'a Ownership> {
    site.plan.ownership.iter().find(|ownership| ownership.object == object)
}

/// The claims on a field.
pub(super) fn claims_on<'a>(ownership: Option<&'a Ownership>, field: &'a str) -> impl Iterator<Item = &'a Claim> {
    ownership.into_iter().flat_map(|ownership| &ownership.claims).filter(move |claim| claim.field == field)
}

/// The movers of a field.
pub(super) fn movers_of<'a>(ownership: Option<&'a Ownership>, field: &'a str) -> impl Iterator<Item = &'a Mover> {
    ownership.into_iter().flat_map(|ownership| &ownership.movers).filter(move |mover| mover.field == field)
}

/// A claim's guard in the words of the specs.
pub(super) fn guard_text(claim: &Claim) -> Option<String> {
    claim.guard_text.clone().or_else(|| claim.guard.as_ref().map(render_expr))
}

fn claim_view(site: &Site<'_>, claim: &Claim) -> ClaimView {
    ClaimView {
        chip: site.chip(&claim.system),
        guard: guard_text(claim),
        team: site.team_link(&claim.team),
        place: site.place(&claim.at),
    }
}

fn moves(site: &Site<'_>, object: &Object, field: &str) -> Vec<MoveView> {
    let mut moves: Vec<MoveView> = Vec::new();
    for mover in movers_of(ownership_of(site, &object.name), field) {
        let step = format!("{} → {}", mover.from, mover.to);
        let team = site.team_link(&mover.team);
        match moves.iter_mut().find(|one| one.chip.name == mover.system && one.team == team) {
            Some(one) => one.steps.push(step),
            None => moves.push(MoveView {
                chip: site.chip(&mover.system),
                steps: vec![step],
                team,
                lifecycle: site.href(Thing::Lifecycle(&object.name, field)),
            }),
        }
    }
    moves
}

/// The name of a kind of lineage.
pub(super) const fn edge_kind(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Value => "value",
        EdgeKind::Condition => "condition",
        EdgeKind::Lookup => "lookup",
    }
}

/// The other ends of edges by kind and record, each once.
pub(super) fn end_groups(site: &Site<'_>, edges: &[&Edge], end: fn(&Edge) -> &String) -> Vec<EndGroup> {
    let groups = [EdgeKind::Value, EdgeKind::Lookup, EdgeKind::Condition].map(|kind| {
        let ends: BTreeSet<&String> = edges.iter().filter(|edge| edge.kind == kind).map(|edge| end(edge)).collect();
        let mut records: Vec<EndRecord> = Vec::new();
        for end in ends {
            let (record, hue, link) = site.endpoint_parts(end);
            match records.iter_mut().find(|one| one.record == record) {
                Some(one) => one.fields.push(link),
                None => records.push(EndRecord { record, hue, fields: vec![link] }),
            }
        }
        EndGroup { kind: edge_kind(kind), records }
    });
    groups.into_iter().filter(|group| !group.records.is_empty()).collect()
}
