//! The checks: one property a file, each named by what it asserts.
//!
//! A check reads the typed model and reports where its property does not hold. Poison is silent: what could not be
//! understood has been reported already.

mod answers;
mod calendars;
mod codes;
mod completeness;
mod controlled;
mod crosswalks;
mod cycles;
mod deletions;
mod duplicates;
mod echo;
mod events;
mod guards;
mod index;
mod movers;
mod nested;
mod ownership;
mod products;
mod routes;
mod statements;
mod syncs;
mod unused;
mod waves;
mod way_back;
mod writes;

use crate::flow::FlowGraph;
use crate::model::Model;
use syncline_diagnostics::Diagnostic;

/// Runs every check.
pub(crate) fn all(model: &Model, flow: &FlowGraph) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    ownership::every_field_has_one_owner(model, &mut found);
    guards::guards_stand_still(model, &mut found);
    movers::every_transition_has_one_mover(model, &mut found);
    writes::maps_write_what_their_system_owns(model, &mut found);
    completeness::maps_fill_required_fields(model, &mut found);
    unused::nothing_is_lost_silently(model, &mut found);
    codes::codes_belong_to_their_system(model, &mut found);
    crosswalks::identifiers_are_bound(model, &mut found);
    controlled::controlled_entities_take_what_they_accept(model, &mut found);
    routes::routes_part_the_records(model, &mut found);
    syncs::syncs_say_what_they_need(model, &mut found);
    deletions::deletions_are_seen(model, &mut found);
    duplicates::duplicates_can_be_found(model, &mut found);
    events::events_are_raised(model, &mut found);
    nested::rows_in_rows_follow_their_holder(model, &mut found);
    cycles::nothing_waits_for_itself(model, &mut found);
    waves::waves_begin_in_order(model, &mut found);
    calendars::every_calendar_opens(model, &mut found);
    echo::no_value_comes_back(model, flow, &mut found);
    answers::no_line_depends_on_its_answer(model, flow, &mut found);
    way_back::ways_back_can_be_gone(model, &mut found);
    products::every_product_has_a_system(model, &mut found);
    products::one_finding_for_all_instances(model, found)
}
