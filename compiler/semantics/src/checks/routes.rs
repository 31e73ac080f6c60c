//! The routes of a sync part its records: no record takes two, none takes none.

use crate::model::{Model, RouteTo, Sync};
use crate::proofs::{Question, Verdict};
use crate::solver::Formula;
use syncline_diagnostics::{Diagnostic, Span, Witness, codes};

pub(super) fn routes_part_the_records(model: &Model, found: &mut Vec<Diagnostic>) {
    for sync in model.syncs.values() {
        let poisoned =
            sync.routes.iter().any(|route| route.condition.as_ref().is_some_and(|condition| condition.expr.is_none()));
        let record = sync.object.as_deref().and_then(|object| model.record(object));
        let Some(record) = record.filter(|_| !poisoned && !sync.routes.is_empty() && !sync.poisoned) else { continue };
        let question = Question::about(model, record);
        let conditions: Vec<Formula> = sync
            .routes
            .iter()
            .map(|route| question.formula(route.condition.as_ref().and_then(|condition| condition.expr.as_ref())))
            .collect();
        for (index, (first, one)) in sync.routes.iter().zip(&conditions).enumerate() {
            for (second, other) in sync.routes.iter().zip(&conditions).skip(index + 1) {
                match question.apart(one, other) {
                    Verdict::Proved => {}
                    Verdict::Refuted(witness) => found.push(overlapping(sync, first, second, Some(witness), "takes")),
                    Verdict::Unknown(witness) => found.push(overlapping(sync, first, second, witness, "may take")),
                }
            }
        }
        match question.covered(&conditions) {
            Verdict::Proved => {}
            Verdict::Refuted(witness) => found.push(uncovered(sync, Some(witness), "takes")),
            Verdict::Unknown(witness) => found.push(uncovered(sync, witness, "may take")),
        }
    }
}

fn overlapping(sync: &Sync, first: &RouteTo, second: &RouteTo, witness: Option<Witness>, verb: &str) -> Diagnostic {
    let message = if verb == "takes" {
        format!("two routes of `{}` take the same record", sync.name)
    } else {
        format!("nothing shows that two routes of `{}` are apart", sync.name)
    };
    let diagnostic = Diagnostic::new(&codes::OVERLAPPING_ROUTES, second.span, message)
        .label(format!("`{}` {verb} it", second.entity))
        .related(first.span, format!("`{}` {verb} it, too", first.entity), None)
        .why("the record would be posted twice, once in each set of books")
        .help("make the conditions of the routes exclude each other");
    with(diagnostic, sync, witness)
}

fn uncovered(sync: &Sync, witness: Option<Witness>, verb: &str) -> Diagnostic {
    let message = if verb == "takes" {
        format!("no route of `{}` takes some of its records", sync.name)
    } else {
        format!("nothing shows that the routes of `{}` take every record", sync.name)
    };
    let place: Span = sync.move_span;
    let diagnostic = Diagnostic::new(&codes::UNCOVERED_ROUTES, place, message)
        .why("such a record would never be posted, and nobody would be asked why")
        .help("add a route for the records that are left, or widen a condition");
    with(diagnostic, sync, witness)
}

fn with(diagnostic: Diagnostic, sync: &Sync, witness: Option<Witness>) -> Diagnostic {
    let mut diagnostic = diagnostic.element(sync.name.clone());
    diagnostic.primary.team.clone_from(&sync.team);
    match witness {
        Some(witness) => diagnostic.witness(witness),
        None => diagnostic,
    }
}
