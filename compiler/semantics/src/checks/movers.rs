//! Every transition of a lifecycle field has one mover.

use crate::model::{Model, Mover, OwnershipBlock};
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::Kind;

pub(super) fn every_transition_has_one_mover(model: &Model, found: &mut Vec<Diagnostic>) {
    for (name, object) in &model.objects {
        for field in &object.record.fields {
            let Some(Kind::Enum { name: lifecycle }) = field.ty.as_ref().map(|ty| &ty.kind) else { continue };
            let Some(transitions) = model.enums.get(lifecycle).and_then(|known| known.transitions.as_ref()) else {
                continue;
            };
            let owned = model.blocks_of(name).next().is_some() || model.maps.iter().any(|map| map.object == *name);
            if !owned {
                continue;
            }
            let mut left = Vec::new();
            for step in transitions {
                let movers: Vec<(&OwnershipBlock, &Mover)> = movers(model, name, &field.name)
                    .filter(|(_, mover)| mover.from == step.from && mover.to == step.to)
                    .collect();
                match movers.as_slice() {
                    [] => left.push(step),
                    [first, rest @ ..] => {
                        for second in rest {
                            found.push(two_movers(name, &field.name, first, second));
                        }
                    }
                }
            }
            if !left.is_empty() && model.knows_owners(name) {
                let steps: Vec<String> = left.iter().map(|step| format!("{} -> {}", step.from, step.to)).collect();
                let listed: Vec<&str> = steps.iter().map(String::as_str).collect();
                let mut diagnostic = Diagnostic::new(
                    &codes::UNMOVED_TRANSITION,
                    field.span,
                    format!(
                        "nobody moves `{}` of `{name}` through {}",
                        field.name,
                        crate::typing::fields::listed(&listed)
                    ),
                )
                .why("a record that has to take this step is refused from then on")
                .help(format!(
                    "say who does: `SYSTEM moves {} {}`",
                    field.name,
                    steps.first().map_or("", String::as_str)
                ))
                .element(format!("{name}.{}", field.name));
                for step in left {
                    diagnostic = diagnostic.related(step.span, "this transition", None);
                }
                found.push(diagnostic);
            }
        }
    }
}

fn movers<'m>(
    model: &'m Model,
    object: &'m str,
    field: &'m str,
) -> impl Iterator<Item = (&'m OwnershipBlock, &'m Mover)> {
    model.blocks_of(object).flat_map(move |block| {
        block.movers.iter().filter(move |mover| mover.field == field).map(move |mover| (block, mover))
    })
}

fn two_movers(
    object: &str,
    field: &str,
    first: &(&OwnershipBlock, &Mover),
    second: &(&OwnershipBlock, &Mover),
) -> Diagnostic {
    let step = format!("{} -> {}", second.1.from, second.1.to);
    let message = if first.1.system == second.1.system {
        format!("`{}` is said twice to move `{field}` of `{object}` through `{step}`", second.1.system)
    } else {
        format!("both `{}` and `{}` move `{field}` of `{object}` through `{step}`", first.1.system, second.1.system)
    };
    let mut diagnostic = Diagnostic::new(&codes::TWO_MOVERS, second.1.span, message)
        .related(first.1.span, format!("moved by `{}` here", first.1.system), first.0.team.as_deref())
        .why("a step that two systems may take is taken by neither on purpose: nobody answers for it")
        .help("remove the transition from one of them")
        .element(format!("{object}.{field}"));
    diagnostic.primary.team.clone_from(&second.0.team);
    diagnostic
}
