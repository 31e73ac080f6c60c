//! Syncs say all that the business has to decide, and what they say can be carried out.
//!
//! Terms
//! - A sync **captures** when its `move` begins at an entity, and **posts** when it ends at one or more.
//! - A sync **brings** an object when it captures it through a map that creates.

mod changes;
mod clauses;
mod hops;
mod identity;
mod sequence;
mod targets;
mod versions;

use super::index::MapIndex;
use crate::model::{Model, Sync};
use syncline_diagnostics::Diagnostic;

pub(super) fn syncs_say_what_they_need(model: &Model, found: &mut Vec<Diagnostic>) {
    let index = MapIndex::of(model);
    hops::every_hop_has_a_map(model, &index, found);
    hops::every_map_is_used(model, found);
    hops::no_record_moves_twice(model, &index, found);
    for sync in model.syncs.values().filter(|sync| !sync.poisoned) {
        clauses::decisions_are_said(sync, found);
        clauses::clauses_have_an_effect(sync, found);
        changes::changes_are_decided(&index, sync, found);
        identity::lines_are_told_apart(model, &index, sync, found);
        identity::rows_are_told_apart(model, &index, sync, found);
        versions::versions_are_posted_as_one(model, sync, found);
        targets::measures_exist(model, &index, sync, found);
    }
    identity::targets_are_told_apart(model, found);
    targets::retries_are_safe(model, &index, found);
    sequence::syncs_come_after_what_they_use(model, &index, found);
}

fn posts(sync: &Sync) -> bool {
    !sync.routes.is_empty()
}
