//! `after` does not lead back to where it started.

use super::{circles, drawn};
use crate::model::Model;
use petgraph::graphmap::DiGraphMap;
use syncline_diagnostics::{Diagnostic, Span, codes};

pub(super) fn a_first_sync_can_run(model: &Model, found: &mut Vec<Diagnostic>) {
    let mut graph: DiGraphMap<&str, Span> = DiGraphMap::new();
    for sync in model.syncs.values() {
        for (before, place) in &sync.after {
            if !graph.contains_edge(&sync.name, before) {
                graph.add_edge(&sync.name, before, *place);
            }
        }
    }
    for circle in circles(&graph) {
        let steps = circle
            .iter()
            .zip(circle.iter().cycle().skip(1))
            .filter_map(|(one, next)| Some((*one, *next, *graph.edge_weight(one, next)?)));
        let steps: Vec<(&str, &str, Span)> = steps.collect();
        let Some(((first, _, place), rest)) = steps.split_first() else { continue };
        let message = if rest.is_empty() {
            format!("sync `{first}` waits for itself")
        } else {
            format!("sync `{first}` waits for itself: {}", drawn(&circle))
        };
        let mut diagnostic = Diagnostic::new(&codes::AFTER_CYCLE, *place, message)
            .why("none of them would ever run, and nothing would fail: the records would wait in their systems without a word")
            .help("remove one `after`: of two flows that need each other one goes first, and its records wait for the other's with `wait at most`")
            .element((*first).to_owned());
        for (one, next, place) in rest {
            diagnostic = diagnostic.related(
                *place,
                format!("`{one}` waits for `{next}`"),
                model.syncs.get(*one).and_then(|sync| sync.team.as_deref()),
            );
        }
        found.push(diagnostic);
    }
}
