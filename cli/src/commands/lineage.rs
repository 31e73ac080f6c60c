//! `syncline lineage`: the edges of the plan, seen from one field.

use super::run::plan;
use crate::arguments::{GraphFormat, Lineage};
use crate::output::{self, BOLD, DIM, styled, tame};
use crate::trouble::{Exit, Outcome, Trouble};
use crate::workspace;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use syncline::ir::{Edge, EdgeKind, Plan};

/// All of it, for programs.
#[derive(Debug, Serialize)]
struct Whole<'p> {
    format: u32,
    field: &'p str,
    upstream: Vec<Step<'p>>,
    downstream: Vec<Step<'p>>,
}

/// A field that is reached by an edge, and what is reached from it.
#[derive(Debug, Serialize)]
struct Step<'p> {
    field: &'p str,
    kind: EdgeKind,
    map: &'p str,
    at: &'p str,
    /// Whether it stands in full elsewhere in the tree; then nothing follows here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    repeated: bool,
    next: Vec<Step<'p>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Up,
    Down,
}

pub(super) fn run(arguments: &Lineage, named: Option<&Path>) -> Outcome<Exit> {
    let root = workspace::root(named)?;
    let Some(plan) = plan(arguments.plan.as_deref(), &root, None)? else { return Ok(Exit::Findings) };
    let fields = fields(&plan);
    let Some(field) = fields.get(arguments.field.as_str()) else { return Err(unknown(&arguments.field, &fields)) };
    let whole =
        Whole { format: 1, field, upstream: tree(&plan, field, Way::Up), downstream: tree(&plan, field, Way::Down) };
    match arguments.format {
        GraphFormat::Json => output::serialized(&whole)?,
        GraphFormat::Human => output::print(&told(&whole))?,
        GraphFormat::Dot => output::print(&dot(&whole))?,
    }
    Ok(Exit::Fine)
}

/// All fields of a plan by their full names.
fn fields(plan: &Plan) -> BTreeSet<String> {
    let entities = plan.systems.iter().flat_map(|system| {
        system.entities.iter().flat_map(move |entity| {
            entity.own_fields().map(move |field| format!("{}.{}.{}", system.name, entity.name, field.name))
        })
    });
    let objects = plan
        .objects
        .iter()
        .flat_map(|object| object.fields.iter().map(move |field| format!("{}.{}", object.name, field.name)));
    entities.chain(objects).collect()
}

fn unknown(named: &str, fields: &BTreeSet<String>) -> Trouble {
    let trouble = Trouble::new(format!("there is no field `{}`", tame(named)));
    if let Some(meant) = syncline::diagnostics::closest(named, fields.iter().map(String::as_str)) {
        return trouble.help(format!("did you mean `{meant}`?"));
    }
    // Only the end of a name, or the name of what has fields.
    let (end, start) = (format!(".{named}"), format!("{named}."));
    let near: Vec<String> = fields
        .iter()
        .filter(|field| field.ends_with(&end) || field.starts_with(&start))
        .take(5)
        .map(|field| format!("`{field}`"))
        .collect();
    if near.is_empty() {
        trouble.help("fields are written `system.entity.field` and `Object.field`")
    } else {
        trouble.help(format!("fields are written with what they belong to, such as {}", near.join(", ")))
    }
}

/// What a field comes from, or where it goes. A field is followed where it is met first.
fn tree<'p>(plan: &'p Plan, field: &str, way: Way) -> Vec<Step<'p>> {
    let mut followed = BTreeSet::from([field.to_owned()]);
    steps(plan, field, way, &mut followed)
}

fn steps<'p>(plan: &'p Plan, field: &str, way: Way, followed: &mut BTreeSet<String>) -> Vec<Step<'p>> {
    let ends = |edge: &'p Edge| match way {
        Way::Up => (edge.to.as_str(), edge.from.as_str()),
        Way::Down => (edge.from.as_str(), edge.to.as_str()),
    };
    let mut found: Vec<(&Edge, &str)> = plan
        .lineage
        .iter()
        .map(|edge| (edge, ends(edge)))
        .filter(|(_, (here, _))| *here == field)
        .map(|(edge, (_, there))| (edge, there))
        .collect();
    // Values first: they are what is asked for most.
    found.sort_by_key(|(edge, there)| (edge.kind, *there, &edge.at));
    let mut made = Vec::with_capacity(found.len());
    for (edge, there) in found {
        let fresh = followed.insert(there.to_owned());
        let next = if fresh { steps(plan, there, way, followed) } else { Vec::new() };
        let repeated = !fresh && plan.lineage.iter().any(|edge| ends(edge).0 == there);
        made.push(Step { field: there, kind: edge.kind, map: &edge.map, at: &edge.at, repeated, next });
    }
    made
}

const fn word(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Value => "value",
        EdgeKind::Condition => "condition",
        EdgeKind::Lookup => "lookup",
    }
}

fn told(whole: &Whole<'_>) -> String {
    let mut text = format!("{}\n", styled(BOLD, whole.field));
    for (title, none, steps) in [("comes from", "nothing", &whole.upstream), ("goes to", "nowhere", &whole.downstream)]
    {
        if steps.is_empty() {
            let _ = writeln!(text, "\n{title} {none}");
            continue;
        }
        let _ = writeln!(text, "\n{title}");
        branches(steps, "", &mut text);
    }
    text
}

fn branches(steps: &[Step<'_>], indent: &str, text: &mut String) {
    for (number, step) in steps.iter().enumerate() {
        let last = number + 1 == steps.len();
        let (branch, below) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let more = if step.repeated { ", see above" } else { "" };
        let place = styled(DIM, step.at);
        let _ = writeln!(text, "{indent}{branch}{} ({}{more})  {place}", step.field, word(step.kind));
        branches(&step.next, &format!("{indent}{below}"), text);
    }
}

/// The graph of what was reached, as Graphviz reads it.
fn dot(whole: &Whole<'_>) -> String {
    let mut edges: BTreeSet<(String, String, &'static str)> = BTreeSet::new();
    collect(whole.field, &whole.upstream, Way::Up, &mut edges);
    collect(whole.field, &whole.downstream, Way::Down, &mut edges);
    let mut text = String::from("digraph lineage {\n  rankdir = LR;\n  node [shape = box];\n");
    let _ = writeln!(text, "  {} [style = bold];", quoted(whole.field));
    for (from, to, kind) in edges {
        let style = if kind == "value" { "solid" } else { "dashed" };
        let _ = writeln!(text, "  {} -> {} [label = {kind}, style = {style}];", quoted(&from), quoted(&to));
    }
    text.push_str("}\n");
    text
}

fn collect(here: &str, steps: &[Step<'_>], way: Way, edges: &mut BTreeSet<(String, String, &'static str)>) {
    for step in steps {
        let (from, to) = if way == Way::Up { (step.field, here) } else { (here, step.field) };
        edges.insert((from.to_owned(), to.to_owned(), word(step.kind)));
        collect(step.field, &step.next, way, edges);
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}
