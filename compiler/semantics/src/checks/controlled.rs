//! Entities take only what they accept; controlled ones from a date on, and never lose a posted line.
//!
//! On every path into an entity that says what it accepts the route's condition, the map's `where` and its `require`s together imply what the
//! entity accepts.

use crate::model::{Acceptance, Entity, Field, Map, Model, RouteTo, Sync};
use crate::proofs::{Question, Verdict};
use crate::solver::Formula;
use syncline_diagnostics::{Diagnostic, Span, Witness, codes};
use syncline_ir::{Correction, Kind, Leave};

/// Characters that numbers of generations and reversals need after a key: `/4294967295r`.
const KEY_SUFFIX: u32 = 12;

pub(super) fn controlled_entities_take_what_they_accept(model: &Model, found: &mut Vec<Diagnostic>) {
    for sync in model.syncs.values() {
        let Some(object) = sync.object.as_deref() else { continue };
        for route in &sync.routes {
            let (Some(entity), Some(map)) = (model.entities.get(&route.entity), model.map(&route.entity, object, true))
            else {
                continue;
            };
            accepted(model, sync, route, entity, map, found);
            if let Some((_, control)) = &entity.control {
                controls(sync, entity, *control, found);
            }
            if !map.publishes {
                reversals(sync, entity, map, found);
            }
        }
    }
}

fn accepted(model: &Model, sync: &Sync, route: &RouteTo, entity: &Entity, map: &Map, found: &mut Vec<Diagnostic>) {
    let Some(record) = model.record(&map.object) else { return };
    let Some(acceptance) = entity.accepts.iter().find(|acceptance| acceptance.object == map.object) else {
        if !entity.accepts.is_empty() {
            found.push(
                Diagnostic::new(
                    &codes::ACCEPTS_NOT_IMPLIED,
                    route.span,
                    format!("`{}` does not accept `{}` at all", entity.record.name, map.object),
                )
                .related(entity.record.span, "declared here", entity.control.as_ref().map(|(team, _)| team.as_str()))
                .why("a controlled entity takes what its team has agreed to, nothing else")
                .help(format!("add `accepts {} when …` to `{}`", map.object, entity.record.name))
                .element(sync.name.clone()),
            );
        }
        return;
    };
    let conditions =
        route.condition.iter().chain(&map.condition).chain(map.requires.iter().map(|require| &require.predicate));
    let conditions: Vec<_> = conditions.collect();
    let wanted = acceptance.condition.as_ref();
    let poisoned = conditions.iter().any(|condition| condition.expr.is_none())
        || wanted.is_some_and(|wanted| wanted.expr.is_none())
        || map.poisoned;
    if poisoned {
        return;
    }
    let lets = map.lets.iter().filter_map(|bound| Some((bound.name.as_str(), bound.value.as_ref()?)));
    let question = Question::about(model, record).with_lets(lets);
    let premise = Formula::and(conditions.iter().map(|condition| question.formula(condition.expr.as_ref())));
    let conclusion = question.formula(wanted.and_then(|wanted| wanted.expr.as_ref()));
    match question.implied(&premise, &conclusion) {
        Verdict::Proved => {}
        Verdict::Refuted(witness) => found.push(not_implied(sync, map, entity, acceptance, Some(witness), true)),
        Verdict::Unknown(witness) => found.push(not_implied(sync, map, entity, acceptance, witness, false)),
    }
}

fn not_implied(
    sync: &Sync,
    map: &Map,
    entity: &Entity,
    acceptance: &Acceptance,
    witness: Option<Witness>,
    certain: bool,
) -> Diagnostic {
    let wanted = acceptance.condition.as_ref().map_or("", |wanted| wanted.text.as_str());
    let (code, message) = if certain {
        (
            &codes::ACCEPTS_NOT_IMPLIED,
            format!("`{}` lets records into `{}` that it does not accept", map.id, entity.record.name),
        )
    } else {
        (
            &codes::CANNOT_PROVE_ACCEPTS,
            format!("nothing shows that `{}` lets only accepted records into `{}`", map.id, entity.record.name),
        )
    };
    let team = entity.control.as_ref().map(|(team, _)| team.as_str());
    let diagnostic = Diagnostic::new(code, map.span, message)
        .related(acceptance.span, format!("accepted are those with `{wanted}`"), team)
        .why("drafts and unapproved work would become cost or invoices, and have to be taken back one by one")
        .help(format!("narrow the map with `where`, or with a `require` that says where the others go: `require {wanted} else quarantine QUEUE reason`"))
        .element(sync.name.clone());
    match witness {
        Some(witness) => diagnostic.witness(witness),
        None => diagnostic,
    }
}

fn controls(sync: &Sync, entity: &Entity, control: Span, found: &mut Vec<Diagnostic>) {
    let team = entity.control.as_ref().map(|(team, _)| team.as_str());
    if let Some((Correction::Overwrite, span)) = &sync.correct {
        found.push(
            Diagnostic::new(
                &codes::CONTROLLED_OVERWRITE,
                *span,
                format!("`{}` is controlled, and this sync overwrites it", entity.record.name),
            )
            .related(control, "controlled here", team)
            .why("an overwritten line leaves no trace: the books of a closed month would change silently")
            .help("write `correct by reversal` or `correct by delta`")
            .element(sync.name.clone()),
        );
    }
    if sync.starts.is_none() && !sync.poisoned {
        found.push(
            Diagnostic::new(
                &codes::STARTS_MISSING,
                sync.span,
                format!(
                    "`{}` posts into `{}`, which is controlled, and does not say from which date on",
                    sync.name, entity.record.name
                ),
            )
            .related(control, "controlled here", team)
            .why("without it the first run posts all history into the books of today")
            .help("add `starts 2026-07-01 by DATE_FIELD`")
            .element(sync.name.clone()),
        );
    }
}

fn reversals(sync: &Sync, entity: &Entity, map: &Map, found: &mut Vec<Diagnostic>) {
    let correction = sync.correct.as_ref().filter(|(correct, _)| correct.reverses()).map(|(_, span)| *span);
    let leaving = sync.leave.as_ref().filter(|(leave, _)| *leave == Leave::Reverse).map(|(_, span)| *span);
    let Some(place) = correction.or(leaving) else { return };
    if entity.additive.is_empty() || entity.reverses.is_none() {
        let missing = match (entity.additive.is_empty(), entity.reverses.is_none()) {
            (true, true) => "neither which fields a reversal negates nor which field names the reversed line",
            (true, false) => "not which fields a reversal negates",
            _ => "not which field names the reversed line",
        };
        found.push(
            Diagnostic::new(
                &codes::REVERSAL_WITHOUT_ADDITIVE,
                place,
                format!("`{}` says {missing}", entity.record.name),
            )
            .related(entity.record.span, "declared here", None)
            .why("a reversal that negates nothing doubles the line instead of taking it back")
            .help("add `additive hours, amount` and `reverses in FIELD` to the entity")
            .element(sync.name.clone()),
        );
    }
    key_has_room(sync, entity, map, place, found);
}

/// The key of a target takes the mapped value and the suffix of later generations, and so does the field that names the
/// reversed line.
fn key_has_room(sync: &Sync, entity: &Entity, map: &Map, place: Span, found: &mut Vec<Diagnostic>) {
    let [key] = entity.record.key.as_slice() else {
        if !entity.record.key.is_empty() {
            found.push(
                Diagnostic::new(
                    &codes::KEY_TOO_NARROW_FOR_REVERSALS,
                    place,
                    format!("reversals need a key of one text field, and `{}` has several", entity.record.name),
                )
                .related(entity.record.span, "declared here", None)
                .help("give the entity one text field as its key")
                .element(sync.name.clone()),
            );
        }
        return;
    };
    let Some(assignment) = map.assignments.iter().find(|assignment| assignment.field == *key) else { return };
    let Some(value) = &assignment.value else { return };
    // A reversal names the line it takes back by that line's whole key.
    let both = [("key", Some(key)), ("reversed key", entity.reverses.as_ref())];
    let fields = both.iter().filter_map(|(what, name)| Some((*what, entity.record.field(name.as_ref()?)?)));
    for (what, field) in fields {
        let Some(problem) = too_narrow(what, field, width(value)) else { continue };
        found.push(
            Diagnostic::new(&codes::KEY_TOO_NARROW_FOR_REVERSALS, field.span, problem)
                .related(place, "lines are reversed here", None)
                .related(assignment.span, "the key is filled here", None)
                .why("a second line and its reversal have keys of their own, such as `T-1/2` and `T-1/1r`; one that does not fit is never posted")
                .help(format!("make it {KEY_SUFFIX} characters wider than what is put into the key"))
                .element(format!("{}.{}", entity.record.name, field.name)),
        );
    }
}

/// Why a field has no room for a key that is filled from a text of this width, with its suffix.
fn too_narrow(what: &str, field: &Field, filled: Option<u32>) -> Option<String> {
    let name = &field.name;
    Some(match (&field.ty.as_ref()?.kind, filled) {
        (Kind::Text { max: None }, _) => return None,
        (Kind::Text { max: Some(room) }, Some(width)) if *room >= width.saturating_add(KEY_SUFFIX) => return None,
        (Kind::Text { max: Some(room) }, Some(width)) => {
            format!("the {what} `{name}` has room for {room} characters and needs {}", width.saturating_add(KEY_SUFFIX))
        }
        (Kind::Text { max: Some(room) }, None) => {
            format!(
                "the {what} `{name}` has room for {room} characters, and the key is filled from a text of any length"
            )
        }
        _ => format!("the {what} `{name}` is no text, so it has no room for the number of a reversal"),
    })
}

/// The greatest width of a text before it was converted to the key's type.
fn width(value: &syncline_ir::Expr) -> Option<u32> {
    let inner = match &value.op {
        syncline_ir::Op::Convert { value, .. } => value,
        _ => value,
    };
    match inner.ty.kind {
        Kind::Text { max } => max,
        _ => None,
    }
}
