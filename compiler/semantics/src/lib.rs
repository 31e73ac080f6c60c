//! Names, types, the typed model, the solver and the checks.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod build;
mod checks;
mod context;
pub mod flow;
pub mod input;
pub mod model;
mod names;
mod proofs;
pub mod solver;
mod typing;
pub mod walk;

use input::Module;
use model::Model;
use syncline_diagnostics::{Diagnostic, SourceMap};

/// What the analysis of a workspace gives: never an error, always a model and what was found.
#[derive(Debug)]
pub struct Analysis {
    /// The typed model; what could not be understood is left out of it.
    pub model: Model,
    /// Which fields depend on which.
    pub flow: flow::FlowGraph,
    /// Findings, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Resolves names, types all expressions and runs every check.
#[must_use]
pub fn analyze(modules: &[Module], sources: &SourceMap) -> Analysis {
    let (names, mut diagnostics) = names::Names::collect(modules);
    let (model, found) = build::model(modules, &names, sources);
    diagnostics.extend(found);
    let flow = flow::FlowGraph::of(&model);
    diagnostics.extend(checks::all(&model, &flow));
    Analysis { model, flow, diagnostics }
}
