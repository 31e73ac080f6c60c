//! `event …` of entities, and `capture on …` of syncs.

use super::statements::{at_most, text};
use crate::context::Context;
use crate::model::{Event, Model};
use crate::typing::{Scope, predicate};
use syncline_diagnostics::{Diagnostic, closest, codes};
use syncline_syntax::ast;

/// The highest version of a contract.
const VERSIONS: u32 = 9_999;

pub(super) fn of_system(model: &mut Model, name: &ast::Name, body: &ast::System, cx: &Context<'_>) {
    for member in &body.members {
        let ast::SystemMember::Entity(written) = member else { continue };
        let full = format!("{}.{}", name.text, written.name.text);
        let mut found: Vec<Event> = Vec::new();
        let mut poisoned = false;
        for member in &written.members {
            let ast::EntityMember::Event(clause) = member else { continue };
            let Some(event) = event(model, &full, clause, cx) else {
                poisoned = true;
                continue;
            };
            poisoned |= event.predicate.expr.is_none();
            if let Some(first) = found.iter().find(|known| known.name == event.name) {
                let message = format!("`{full}` has two events `{}`", event.name);
                cx.report(
                    Diagnostic::new(&codes::DUPLICATE_NAME, event.span, message)
                        .related(first.span, "first declared here", None)
                        .why("whoever waits for it could not tell which of the two conditions is meant")
                        .help("give one of them another name: a new version takes the place of the one before"),
                );
                continue;
            }
            found.push(event);
        }
        if let Some(entity) = model.entities.get_mut(&full) {
            entity.events = found;
            entity.poisoned |= poisoned;
        }
    }
}

fn event(model: &Model, entity: &str, clause: &ast::EventClause, cx: &Context<'_>) -> Option<Event> {
    let version = at_most(&clause.version, "a version of an event", VERSIONS, cx);
    let scope = Scope::of_record(model, model.record(entity)?, true);
    let predicate = predicate(&clause.when, &scope, cx);
    Some(Event { name: text(&clause.name), version: version?, predicate, span: cx.span(clause.name.range) })
}

/// The event that a sync captures on, by name; it is one of the entity that the sync reads.
pub(super) fn captured_on(model: &Model, source: Option<&str>, path: &ast::Path, cx: &Context<'_>) -> Option<String> {
    let names: Vec<&str> = path.names.iter().map(|name| name.text.as_str()).collect();
    let written = names.join(".");
    let wrong = |message: String| Diagnostic::new(&codes::UNKNOWN_NAME, cx.span(path.range), message);
    let source = source?;
    let entity = model.entities.get(source)?;
    let [system, name, event] = names.as_slice() else {
        let example = entity.events.first().map_or("approved", |event| event.name.as_str());
        cx.report(wrong(format!("`{written}` names no event")).help(format!("write `capture on {source}.{example}`")));
        return None;
    };
    if format!("{system}.{name}") != source {
        let message = format!("`{written}` is no event of `{source}`, which the sync reads");
        cx.report(wrong(message).help(format!("write `capture on {source}.EVENT`")));
        return None;
    }
    if entity.events.iter().any(|known| known.name == *event) {
        return Some((*event).to_owned());
    }
    if !entity.poisoned {
        let found = wrong(format!("`{source}` has no event `{event}`"));
        cx.report(match closest(event, entity.events.iter().map(|known| known.name.as_str())) {
            Some(near) => found.help(format!("did you mean `{near}`?")),
            None => found.help(format!("declare it there: `event {event} v1 when CONDITION becomes true`")),
        });
    }
    None
}
