//! `after` does not lead back to where it started: neither from sync to sync nor from wave to wave.

use super::{circles, drawn};
use crate::checks::waves;
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
    each_circle(&graph, found, &|name| model.syncs.get(name).and_then(|sync| sync.team.as_deref()), &AFTER_SYNCS);
}

pub(super) fn a_first_wave_can_begin(model: &Model, found: &mut Vec<Diagnostic>) {
    each_circle(&waves::graph(model), found, &|_| None, &AFTER_WAVES);
}

/// What is said about a circle.
struct Said {
    noun: &'static str,
    why: &'static str,
    help: &'static str,
}

const AFTER_SYNCS: Said = Said {
    noun: "sync",
    why: "none of them would ever run, and nothing would fail: the records would wait in their systems without a word",
    help: "remove one `after`: of two flows that need each other one goes first, and its records wait for the other's with `wait at most`",
};
const AFTER_WAVES: Said =
    Said { noun: "wave", why: "none of them could ever begin", help: "remove one `after`, or make one wave of them" };

fn each_circle<'m>(
    graph: &DiGraphMap<&'m str, Span>,
    found: &mut Vec<Diagnostic>,
    team: &dyn Fn(&str) -> Option<&'m str>,
    said: &Said,
) {
    for circle in circles(graph) {
        let steps = circle
            .iter()
            .zip(circle.iter().cycle().skip(1))
            .filter_map(|(one, next)| Some((*one, *next, *graph.edge_weight(one, next)?)));
        let steps: Vec<(&str, &str, Span)> = steps.collect();
        let Some(((first, _, place), rest)) = steps.split_first() else { continue };
        let message = if rest.is_empty() {
            format!("{} `{first}` waits for itself", said.noun)
        } else {
            format!("{} `{first}` waits for itself: {}", said.noun, drawn(&circle))
        };
        let mut diagnostic = Diagnostic::new(&codes::AFTER_CYCLE, *place, message)
            .why(said.why)
            .help(said.help)
            .element((*first).to_owned());
        for (one, next, place) in rest {
            diagnostic = diagnostic.related(*place, format!("`{one}` waits for `{next}`"), team(one));
        }
        found.push(diagnostic);
    }
}
