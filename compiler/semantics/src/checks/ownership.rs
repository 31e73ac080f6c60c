//! Every field of an object has one owner: claims are apart and cover every record.

use crate::model::{Claim, Model, Object, OwnershipBlock};
use crate::proofs::{Question, Verdict};
use crate::solver::Formula;
use syncline_diagnostics::{Diagnostic, Fix, Witness, codes};
use syncline_ir::{Kind, MapDirection};

type Held<'m> = (&'m OwnershipBlock, &'m Claim);

pub(super) fn every_field_has_one_owner(model: &Model, found: &mut Vec<Diagnostic>) {
    for (name, object) in &model.objects {
        for field in &object.record.fields {
            let claims: Vec<Held<'_>> = model.claims(name, &field.name).collect();
            let poisoned =
                claims.iter().any(|(_, claim)| claim.guard.as_ref().is_some_and(|guard| guard.expr.is_none()));
            if poisoned || is_moved(model, object, &field.name) || field.name == crate::build::ORIGIN {
                continue;
            }
            let question = Question::about(model, &object.record);
            let guards: Vec<Formula> = claims.iter().map(|(_, claim)| question.formula(guard(claim))).collect();
            let apart = claims_are_apart(model, name, &field.name, &claims, &guards, &question, found);
            if apart && has_sources(model, name) && model.knows_owners(name) {
                claims_cover(name, field, &claims, &guards, &question, found);
            }
        }
    }
}

fn guard(claim: &Claim) -> Option<&syncline_ir::Expr> {
    claim.guard.as_ref().and_then(|guard| guard.expr.as_ref())
}

/// Lifecycle fields are owned transition by transition.
fn is_moved(model: &Model, object: &Object, field: &str) -> bool {
    let ty = object.record.field(field).and_then(|field| field.ty.as_ref());
    match ty.map(|ty| &ty.kind) {
        Some(Kind::Enum { name }) => model.enums.get(name).is_some_and(|known| known.transitions.is_some()),
        None => true,
        Some(_) => false,
    }
}

/// Whether anything writes the object, or anybody claims it: one that nobody uses yet needs no owners.
fn has_sources(model: &Model, object: &str) -> bool {
    model.blocks_of(object).next().is_some() || model.maps.iter().any(|map| map.object == object)
}

fn claims_are_apart(
    model: &Model,
    object: &str,
    field: &str,
    claims: &[Held<'_>],
    guards: &[Formula],
    question: &Question<'_>,
    found: &mut Vec<Diagnostic>,
) -> bool {
    let mut apart = true;
    for (index, (first, first_guard)) in claims.iter().zip(guards).enumerate() {
        for (second, second_guard) in claims.iter().zip(guards).skip(index + 1) {
            match question.apart(first_guard, second_guard) {
                Verdict::Proved => continue,
                Verdict::Refuted(witness) => {
                    found.push(conflict(model, object, field, first, second, question.whole(witness, field)))
                }
                Verdict::Unknown(witness) => found.push(unproved(object, field, first, second, witness)),
            }
            apart = false;
        }
    }
    apart
}

fn owner(claim: &Held<'_>) -> String {
    let (_, claim) = claim;
    match (&claim.guard, claim.by_star) {
        (None, true) => format!("`{}` owns it by `*`", claim.system),
        (None, false) => format!("`{}` owns it", claim.system),
        (Some(guard), _) => format!("`{}` owns it while `{}`", claim.system, guard.text),
    }
}

/// A conflict is reported at the claim written against a `*`, or at the later one.
fn conflict(
    model: &Model,
    object: &str,
    field: &str,
    first: &Held<'_>,
    second: &Held<'_>,
    witness: Witness,
) -> Diagnostic {
    let (mut earlier, mut later) = (first, second);
    if later.1.by_star && !earlier.1.by_star {
        std::mem::swap(&mut earlier, &mut later);
    }
    let same_system = earlier.1.system == later.1.system;
    let message = if same_system {
        format!("field `{field}` of `{object}` is claimed twice for `{}`", later.1.system)
    } else {
        format!("field `{field}` of `{object}` has two owners")
    };
    let mut diagnostic = Diagnostic::new(&codes::OWNERSHIP_CONFLICT, later.1.span, message)
        .label(owner(later))
        .related(earlier.1.span, owner(earlier), earlier.0.team.as_deref())
        .element(format!("{object}.{field}"));
    diagnostic.primary.team.clone_from(&later.0.team);
    diagnostic = diagnostic.witness(witness);
    if same_system {
        return diagnostic
            .why("two teams speak for one system: the day one of them changes its mind, nobody knows which word holds")
            .help("remove one of the claims");
    }
    diagnostic = diagnostic.why(format!(
        "`{}` and `{}` would overwrite each other: the value that reaches the books depends on which sync ran last",
        earlier.1.system, later.1.system
    ));
    if earlier.1.by_star {
        let excepting = earlier.0.team.as_deref().unwrap_or("the other team");
        diagnostic = diagnostic.help(format!(
            "if `{}` is to own it, {excepting} writes `except {field}` after its `*`; else remove this claim",
            later.1.system
        ));
        let change = format!("{}{field}", earlier.1.exception_prefix);
        return diagnostic.fix(if writes(model, &earlier.1.system, object, field) {
            Fix::replace(format!("leave `{field}` to `{}`, which writes it", earlier.1.system), later.1.removal, "")
        } else {
            Fix::replace(
                format!("except `{field}` from the `*` of `{}`", earlier.1.system),
                earlier.1.exception,
                change,
            )
        });
    }
    diagnostic.help("remove one claim, or part them with `while` conditions that never hold together")
}

/// Whether a map of this system writes the field.
fn writes(model: &Model, system: &str, object: &str, field: &str) -> bool {
    let inbound = model.maps.iter().filter(|map| map.direction != MapDirection::Outbound && map.object == object);
    let of_system = inbound.filter(|map| model.entities.get(&map.entity).is_some_and(|entity| entity.system == system));
    of_system.flat_map(|map| &map.assignments).any(|assignment| assignment.field == field)
}

fn unproved(object: &str, field: &str, first: &Held<'_>, second: &Held<'_>, witness: Option<Witness>) -> Diagnostic {
    let message =
        format!("field `{field}` of `{object}` may have two owners: nothing shows that these claims are apart");
    let mut diagnostic = Diagnostic::new(&codes::CANNOT_PROVE_OWNERSHIP, second.1.span, message)
        .label(owner(second))
        .related(first.1.span, owner(first), first.0.team.as_deref())
        .why("what cannot be shown apart will one day meet: then two systems overwrite each other")
        .help("part the claims by values of fields that can be compared: enums, booleans, numbers, dates")
        .element(format!("{object}.{field}"));
    diagnostic.primary.team.clone_from(&second.0.team);
    match witness {
        Some(witness) => diagnostic.witness(witness),
        None => diagnostic,
    }
}

fn claims_cover(
    object: &str,
    field: &crate::model::Field,
    claims: &[Held<'_>],
    guards: &[Formula],
    question: &Question<'_>,
    found: &mut Vec<Diagnostic>,
) {
    let element = format!("{object}.{}", field.name);
    let (code, message, witness) = match question.covered(guards) {
        Verdict::Proved => return,
        Verdict::Refuted(witness) if claims.is_empty() => (
            &codes::UNOWNED_FIELD,
            format!("field `{}` of `{object}` has no owner", field.name),
            Some(question.whole(witness, &field.name)),
        ),
        Verdict::Refuted(witness) => (
            &codes::UNOWNED_FIELD,
            format!("field `{}` of `{object}` has no owner in some records", field.name),
            Some(question.whole(witness, &field.name)),
        ),
        Verdict::Unknown(witness) => (
            &codes::CANNOT_PROVE_OWNERSHIP,
            format!(
                "field `{}` of `{object}` may have no owner: nothing shows that its claims cover every record",
                field.name
            ),
            witness,
        ),
    };
    let mut diagnostic = Diagnostic::new(code, field.span, message)
        .why("nobody may write it, so it stays empty or old, and nobody is asked why")
        .element(element);
    for claim in claims {
        diagnostic = diagnostic.related(claim.1.span, owner(claim), claim.0.team.as_deref());
    }
    diagnostic = if claims.is_empty() {
        diagnostic.help(format!("say who writes it: `SYSTEM owns {}` in an ownership block of `{object}`", field.name))
    } else {
        diagnostic.help("widen one of the claims, or add one for the records that are left")
    };
    if let Some(witness) = witness {
        diagnostic = diagnostic.witness(witness);
    }
    found.push(diagnostic);
}
