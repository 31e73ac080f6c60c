//! Changes: for everything a posted line was computed from, somebody has decided what its change does.
//!
//! A line is **computed from** an object when an assignment of the outbound map looks it up or follows a reference to it.
//! Conditions do not count: a record that no longer meets `where` leaves, and `require`s are tested before posting only.

use super::posts;
use crate::checks::index::MapIndex;
use crate::checks::statements;
use crate::model::{ChangePolicy, Sync};
use std::collections::BTreeMap;
use syncline_diagnostics::{Diagnostic, Span, codes};

pub(super) fn changes_are_decided(index: &MapIndex<'_>, sync: &Sync, found: &mut Vec<Diagnostic>) {
    if !posts(sync) {
        return;
    }
    let decided = |object: Option<&str>| sync.on_change.iter().any(|policy| policy.object.as_deref() == object);
    let maps: Vec<_> = index.outbound(sync).collect();
    let complete = maps.len() == sync.routes.len() && maps.iter().all(|map| !map.poisoned);
    let read = computed_from(index, sync);
    for (object, places) in &read {
        if !decided(Some(object)) {
            found.push(unsaid(sync, object, places));
        }
    }
    if !decided(None) {
        found.push(
            Diagnostic::new(&codes::ON_CHANGE_UNSAID, sync.span, format!("sync `{}` does not say what a change of the specification does to posted lines", sync.name))
                .why("a corrected map would give last year's lines other amounts; whether they are booked anew is a decision for a person")
                .help("add `on change of plan keep`, `… correct` or `… ask QUEUE`")
                .element(sync.name.clone()),
        );
    }
    for policy in sync.on_change.iter().filter(|_| complete) {
        if let Some(object) = policy.object.as_deref().filter(|object| !read.contains_key(object)) {
            found.push(idle(index, sync, policy, object));
        }
    }
}

/// The objects from which posted lines are computed, and where they are read.
fn computed_from<'m>(index: &MapIndex<'m>, sync: &Sync) -> BTreeMap<&'m str, Vec<Span>> {
    let mut read: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
    for map in index.outbound(sync) {
        for assignment in &map.assignments {
            let Some(value) = &assignment.value else { continue };
            for one in statements::reached(map, value) {
                let Some(object) = statements::object_read(map, &one.op) else { continue };
                let places = read.entry(object).or_default();
                if places.last() != Some(&assignment.span) {
                    places.push(assignment.span);
                }
            }
        }
    }
    read
}

fn unsaid(sync: &Sync, object: &str, places: &[Span]) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(&codes::ON_CHANGE_UNSAID, sync.span, format!("sync `{}` does not say what a change of `{object}` does to posted lines", sync.name))
        .why("lines that are posted were computed from it; whether they are booked anew when it changes is a decision for a person")
        .help(format!("add `on change of {object} keep` (what is posted stays), `… correct` (it is corrected) or `… ask QUEUE` (a person decides)"))
        .element(sync.name.clone());
    if let Some(first) = places.first() {
        let more = places.len() - 1;
        let also = if more == 0 {
            String::new()
        } else {
            format!(", and in {more} more assignment{}", if more == 1 { "" } else { "s" })
        };
        diagnostic = diagnostic.related(*first, format!("computed from `{object}` here{also}"), None);
    }
    diagnostic
}

fn idle(index: &MapIndex<'_>, sync: &Sync, policy: &ChangePolicy, object: &str) -> Diagnostic {
    let tested =
        index.outbound(sync).flat_map(|map| statements::expressions(map).into_iter().map(move |placed| (map, placed)));
    let condition = tested.into_iter().find(|(map, placed)| {
        statements::reached(map, placed.expr).iter().any(|one| statements::object_read(map, &one.op) == Some(object))
    });
    let (reason, help) = if sync.object.as_deref() == Some(object) {
        (
            format!("a change of `{object}` is a newer version of the record, and `correct by` deals with it"),
            "remove the clause",
        )
    } else if condition.is_some() {
        (
            format!("no line is computed from `{object}`, conditions alone read it"),
            "remove the clause: a record that no longer meets `where` is dealt with by `leave`",
        )
    } else {
        (format!("no line is computed from `{object}`"), "remove the clause")
    };
    let diagnostic =
        Diagnostic::new(&codes::UNUSED_CLAUSE, policy.span, format!("`on change of {object}` has no effect: {reason}"))
            .why("readers of the specification will rely on it")
            .help(help)
            .element(sync.name.clone());
    match condition {
        Some((_, placed)) => diagnostic.related(placed.span, "read here", None),
        None => diagnostic,
    }
}
