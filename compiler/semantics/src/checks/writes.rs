//! Maps into objects write only what their system owns.

use crate::model::{Assignment, Claim, Map, Model, OwnershipBlock, RecordType};
use syncline_diagnostics::{Diagnostic, Severity, codes};
use syncline_ir::{Kind, MapDirection};

pub(super) fn maps_write_what_their_system_owns(model: &Model, found: &mut Vec<Diagnostic>) {
    for map in model.maps.iter().filter(|map| map.direction != MapDirection::Outbound) {
        let (Some(entity), Some(record)) = (model.entities.get(&map.entity), model.record(&map.object)) else {
            continue;
        };
        let before = found.len();
        let mut guarded = None;
        let identity = model.identity(record);
        for assignment in &map.assignments {
            // An `updates` map assigns the key to say which record it means.
            if map.direction == MapDirection::Updates && identity.contains(&assignment.field.as_str()) {
                continue;
            }
            if is_lifecycle(model, record, &assignment.field) {
                moves(model, map, &entity.system, assignment, found);
                continue;
            }
            let claims: Vec<(&OwnershipBlock, &Claim)> = model.claims(&map.object, &assignment.field).collect();
            let own: Vec<&(&OwnershipBlock, &Claim)> =
                claims.iter().filter(|(_, claim)| claim.system == entity.system).collect();
            if claims.is_empty() {
                // Reported as a field without an owner.
                continue;
            }
            match own.first() {
                None if !model.knows_owners(&map.object) => {}
                None => found.push(not_owner(map, &entity.system, assignment, &claims)),
                Some((block, claim)) if own.iter().all(|(_, claim)| claim.guard.is_some()) && guarded.is_none() => {
                    guarded = Some((assignment, *block, *claim))
                }
                Some(_) => {}
            }
        }
        if let (Some((assignment, block, claim)), None) = (guarded, &map.outside_claim)
            && !map.poisoned
        {
            found.push(unsaid(map, &entity.system, assignment, block, claim));
        }
        if let (None, Some((_, place))) = (guarded, &map.outside_claim)
            && !map.poisoned
            && model.knows_owners(&map.object)
            && !found.iter().skip(before).any(|finding| finding.severity == Severity::Error)
            && !guards_a_lifecycle(model, map, record, &entity.system)
        {
            found.push(
                Diagnostic::new(
                    &codes::UNUSED_CLAUSE,
                    *place,
                    format!("`outside claim` has no effect: `{}` owns what this map writes at any time", entity.system),
                )
                .why("readers of the specification will rely on it")
                .help("remove the clause, or guard the claim by `while`")
                .element(map.id.clone()),
            );
        }
    }
}

/// Whether the system owns a lifecycle field that the map writes only while something holds.
fn guards_a_lifecycle(model: &Model, map: &Map, record: &RecordType, system: &str) -> bool {
    map.assignments.iter().filter(|assignment| is_lifecycle(model, record, &assignment.field)).any(|assignment| {
        let mut own = model.claims(&map.object, &assignment.field).filter(|(_, claim)| claim.system == system);
        own.any(|(_, claim)| claim.guard.is_some())
    })
}

fn is_lifecycle(model: &Model, record: &RecordType, field: &str) -> bool {
    let ty = record.field(field).and_then(|field| field.ty.as_ref());
    match ty.map(|ty| &ty.kind) {
        Some(Kind::Enum { name }) => model.enums.get(name).is_some_and(|known| known.transitions.is_some()),
        _ => false,
    }
}

fn moves(model: &Model, map: &Map, system: &str, assignment: &Assignment, found: &mut Vec<Diagnostic>) {
    let movers: Vec<_> = model
        .blocks_of(&map.object)
        .flat_map(|block| block.movers.iter().map(move |mover| (block, mover)))
        .filter(|(_, mover)| mover.field == assignment.field)
        .collect();
    if movers.is_empty() || !model.knows_owners(&map.object) || movers.iter().any(|(_, mover)| mover.system == system) {
        return;
    }
    let mut diagnostic = Diagnostic::new(
        &codes::WRITE_BY_NON_OWNER,
        assignment.span,
        format!("`{system}` writes `{}` of `{}` and moves none of its transitions", assignment.field, map.object),
    )
    .why("the state of a record would be set by a system that answers for none of its steps")
    .help(format!("remove the assignment, or say `{system} moves {} …` in an ownership block", assignment.field))
    .element(format!("{}.{}", map.object, assignment.field));
    if let Some((block, mover)) = movers.first() {
        diagnostic = diagnostic.related(mover.span, format!("moved by `{}`", mover.system), block.team.as_deref());
    }
    found.push(diagnostic);
}

fn not_owner(map: &Map, system: &str, assignment: &Assignment, claims: &[(&OwnershipBlock, &Claim)]) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(
        &codes::WRITE_BY_NON_OWNER,
        assignment.span,
        format!("`{system}` writes `{}` of `{}` and does not own it", assignment.field, map.object),
    )
    .label(format!("written by `{system}`"))
    .why("the owner's value would be overwritten by a system that does not answer for it")
    .help(format!("remove the assignment, or let `{system}` own the field in some stage"))
    .element(format!("{}.{}", map.object, assignment.field));
    for (block, claim) in claims {
        diagnostic = diagnostic.related(claim.span, format!("owned by `{}`", claim.system), block.team.as_deref());
    }
    diagnostic
}

fn unsaid(map: &Map, system: &str, assignment: &Assignment, block: &OwnershipBlock, claim: &Claim) -> Diagnostic {
    let guard = claim.guard.as_ref().map_or("", |guard| guard.text.as_str());
    Diagnostic::new(
        &codes::OUTSIDE_CLAIM_UNSAID,
        map.span,
        format!("this map does not say what happens to `{}` while `{system}` does not own it", assignment.field),
    )
    .related(claim.span, format!("`{system}` owns it while `{guard}` only"), block.team.as_deref())
    .related(assignment.span, "written here", None)
    .why("values that arrive in the wrong stage would be lost without a word, or overwrite the owner's")
    .help("add `outside claim ignore` (the stored value stays), or `outside claim quarantine QUEUE` (a person decides)")
    .element(format!("{}.{}", map.object, assignment.field))
}
