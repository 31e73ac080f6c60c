//! Duplicates can be found: what is compared is filled by somebody.

use super::index::MapIndex;
use crate::model::Model;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{MapDirection, Same};

pub(super) fn duplicates_can_be_found(model: &Model, found: &mut Vec<Diagnostic>) {
    if model.left_out.maps {
        return;
    }
    let index = MapIndex::of(model);
    for (name, object) in &model.objects {
        let inbound = || index.of_object(name).iter().filter(|map| map.direction != MapDirection::Outbound);
        if inbound().next().is_none() || inbound().any(|map| map.poisoned) {
            continue;
        }
        let is_filled = |field: &str| inbound().any(|map| map.assignments.iter().any(|one| one.field == field));
        for (terms, place) in object.same.iter().flat_map(|same| &same.when) {
            let optional = |field: &str| {
                let ty = object.record.field(field).and_then(|field| field.ty.as_ref());
                ty.is_some_and(|ty| ty.optional)
            };
            // A required field that nobody fills has been reported.
            let Some(term) = terms.iter().find(|term| optional(&term.field) && !is_filled(&term.field)) else {
                continue;
            };
            let mut diagnostic = Diagnostic::new(
                &codes::INVALID_SAME,
                *place,
                format!("no map fills `{}`, so `{}` finds no duplicate", term.field, Same::written(terms)),
            )
            .why("what is missing is equal to nothing: two records of one party would both be posted on, and nobody asked")
            .help(format!("assign `{}` in a map, or compare something else", term.field))
            .element(name.clone());
            if let Some(field) = object.record.field(&term.field) {
                diagnostic = diagnostic.related(field.span, "declared here", None);
            }
            found.push(diagnostic);
        }
    }
}
