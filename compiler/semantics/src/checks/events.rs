//! Events are edges: a condition that some rows meet and others do not, on rows that somebody captures.

use super::index::MapIndex;
use crate::model::{Entity, Event, Model, Sync};
use crate::proofs::{Question, Verdict};
use crate::solver::Formula;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{MapDirection, Order, Schedule};

pub(super) fn events_are_raised(model: &Model, found: &mut Vec<Diagnostic>) {
    let index = MapIndex::of(model);
    for entity in model.entities.values().filter(|entity| !entity.poisoned) {
        let question = Question::about(model, &entity.record);
        for event in &entity.events {
            let Some(condition) = &event.predicate.expr else { continue };
            let holds = question.formula(Some(condition));
            if matches!(question.apart(&holds, &Formula::True), Verdict::Proved) {
                found.push(no_edge(entity, event, "no row meets", "it is never raised"));
            } else if matches!(question.covered(std::slice::from_ref(&holds)), Verdict::Proved) {
                found.push(no_edge(entity, event, "every row meets", "nothing becomes true that was not true before"));
            }
        }
        let captures = index.of_entity(&entity.record.name).iter().any(|map| map.direction != MapDirection::Outbound);
        if let (Some(first), false, false) = (entity.events.first(), captures, model.left_out.maps) {
            let message = format!("`event` has no effect: no map reads `{}`", entity.record.name);
            found.push(
                Diagnostic::new(&codes::UNUSED_CLAUSE, first.span, message)
                    .why("an event is seen between two captured rows, and none is captured")
                    .help("remove the clause, or capture the entity")
                    .element(entity.record.name.clone()),
            );
        }
    }
    model.syncs.values().filter(|sync| !sync.poisoned).for_each(|sync| event_syncs_order_by_version(sync, found));
}

fn no_edge(entity: &Entity, event: &Event, who: &str, what: &str) -> Diagnostic {
    let message =
        format!("event `{}` of `{}` has no edge: {who} `{}`", event.name, entity.record.name, event.predicate.text);
    Diagnostic::new(&codes::EVENT_WITHOUT_EDGE, event.predicate.span, message)
        .why(format!("{what}, and what is captured on it would wait for ever"))
        .help("write a condition that a row meets at one time and not at another")
        .element(entity.record.name.clone())
}

/// Which of two rows came about first decides what is an edge; the order in which they arrive does not say that.
fn event_syncs_order_by_version(sync: &Sync, found: &mut Vec<Diagnostic>) {
    if !matches!(sync.schedule, Some(Schedule::Event(_))) || sync.order != Some(Order::Arrival) {
        return;
    }
    found.push(
        Diagnostic::new(
            &codes::SCHEDULE_MISMATCH,
            sync.span,
            format!("`{}` captures on an event, and orders rows by their arrival", sync.name),
        )
        .why("an event is what became true from one version of a record to the next: without a version of its own a row that arrives late would raise it again")
        .help("write `order by VERSION within ID`")
        .element(sync.name.clone()),
    );
}
