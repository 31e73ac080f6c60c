//! The flow graph: which fields depend on which, and how.
//!
//! Nodes are fields, `system.entity.field` and `Object.field`. Edges come from maps: the **value** of a field is computed
//! from another, whether it is written is a **condition** on another, or another **selects the record** it is read from.
//! Echo loops, lineage and the generated docs all read this one graph.

use crate::model::{Deletion, Map, Model};
use crate::walk;
use std::collections::BTreeSet;
use syncline_diagnostics::Span;
use syncline_ir::{EdgeKind, Expr, MapDirection, Op, Route};

/// One dependency between two fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FlowEdge {
    /// The field that is read.
    pub from: String,
    /// The field that depends on it.
    pub to: String,
    /// How.
    pub kind: EdgeKind,
    /// The map, by id.
    pub map: String,
    /// Where it is written.
    pub span: Span,
    /// Whether the edge only says which record is meant: the key of an `updates` map, which writes nothing.
    pub identifies: bool,
}

/// All dependencies of a workspace.
#[derive(Debug, Clone, Default)]
pub struct FlowGraph {
    /// Sorted, without repetition.
    pub edges: Vec<FlowEdge>,
}

impl FlowGraph {
    /// The graph of all maps.
    #[must_use]
    pub fn of(model: &Model) -> Self {
        let mut edges = BTreeSet::new();
        for map in &model.maps {
            of_map(model, map, &mut edges);
        }
        Self { edges: edges.into_iter().collect() }
    }
}

fn of_map(model: &Model, map: &Map, edges: &mut BTreeSet<FlowEdge>) {
    let outbound = map.direction == MapDirection::Outbound;
    let (source, target) = if outbound { (&map.object, &map.entity) } else { (&map.entity, &map.object) };
    let reader = Reader { map, source };
    let key = model.record(target).map_or_else(Vec::new, |record| model.identity(record));
    let mut conditions = BTreeSet::new();
    let deleted = match model.entities.get(source.as_str()).and_then(|entity| entity.deletion.as_ref()) {
        Some((Deletion::When(predicate), _)) => Some(predicate),
        _ => None,
    };
    let predicates = map.condition.iter().chain(deleted).chain(map.requires.iter().map(|require| &require.predicate));
    for predicate in predicates {
        if let Some(expr) = &predicate.expr {
            reader.collect(expr, EdgeKind::Condition, &mut |from, _| {
                conditions.insert((from, predicate.span));
            });
        }
    }
    for assignment in &map.assignments {
        let to = format!("{target}.{}", assignment.field);
        let identifies = map.direction == MapDirection::Updates && key.contains(&assignment.field.as_str());
        let mut edge = |from: String, kind: EdgeKind, span: Span| {
            edges.insert(FlowEdge { from, to: to.clone(), kind, map: map.id.clone(), span, identifies });
        };
        if let Some(value) = &assignment.value {
            reader.collect(value, EdgeKind::Value, &mut |from, kind| edge(from, kind, assignment.value_span));
        }
        for (from, span) in &conditions {
            edge(from.clone(), EdgeKind::Condition, *span);
        }
    }
}

/// The fields which a map's expressions read.
struct Reader<'m> {
    map: &'m Map,
    source: &'m str,
}

impl Reader<'_> {
    /// Calls `visit` with every field that `expr` depends on, and how.
    fn collect(&self, expr: &Expr, role: EdgeKind, visit: &mut dyn FnMut(String, EdgeKind)) {
        let inner = |kind: EdgeKind| if role == EdgeKind::Value { kind } else { role };
        match &expr.op {
            Op::Field { field } => visit(node(self.source, field), role),
            Op::Let { name } => {
                let bound = self.map.lets.iter().find(|bound| bound.name == *name);
                if let Some(value) = bound.and_then(|bound| bound.value.as_ref()) {
                    self.collect(value, role, visit);
                }
            }
            Op::Follow { base, object, field } => {
                visit(format!("{object}.{field}"), role);
                self.collect(base, inner(EdgeKind::Lookup), visit);
            }
            Op::Lookup { .. } | Op::Version { .. } => walk::operands(&expr.op)
                .into_iter()
                .for_each(|operand| self.collect(operand, inner(EdgeKind::Lookup), visit)),
            Op::Crosswalk { id, .. } => self.collect(id, inner(EdgeKind::Lookup), visit),
            Op::ForeignId { record, .. } => self.collect(record, inner(EdgeKind::Lookup), visit),
            Op::Compare { .. }
            | Op::In { .. }
            | Op::IsKnown { .. }
            | Op::And { .. }
            | Op::Or { .. }
            | Op::Not { .. } => {
                walk::operands(&expr.op)
                    .into_iter()
                    .for_each(|operand| self.collect(operand, inner(EdgeKind::Condition), visit));
            }
            op => walk::operands(op).into_iter().for_each(|operand| self.collect(operand, role, visit)),
        }
    }
}

/// The full name of a field: what a row in a row reads of the row that holds it is a field of that one.
fn node(record: &str, field: &str) -> String {
    match (field.strip_prefix(syncline_ir::OF_PARENT), record.rsplit_once('.')) {
        (Some(field), Some((holder, _))) => format!("{holder}.{field}"),
        _ => format!("{record}.{field}"),
    }
}

/// The fields of the record at hand which an expression reads.
pub fn fields_in(expr: &Expr) -> impl Iterator<Item = String> {
    walk::every(expr).filter_map(|one| match &one.op {
        Op::Field { field } => Some(field.clone()),
        _ => None,
    })
}

/// The fields of the record at hand which a map reads anywhere, messages of its routes included.
#[must_use]
pub fn fields_read(map: &Map) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut read = |expr: &Expr| found.extend(fields_in(expr));
    let predicates = map.condition.iter().chain(map.requires.iter().map(|require| &require.predicate));
    predicates.filter_map(|predicate| predicate.expr.as_ref()).for_each(&mut read);
    map.lets.iter().filter_map(|bound| bound.value.as_ref()).for_each(&mut read);
    map.assignments.iter().filter_map(|assignment| assignment.value.as_ref()).for_each(&mut read);
    let routes = map
        .assignments
        .iter()
        .filter_map(|assignment| assignment.route.as_ref())
        .chain(map.requires.iter().filter_map(|require| require.route.as_ref()));
    routes.filter_map(|route: &Route| route.message.as_ref()).for_each(&mut read);
    found
}
