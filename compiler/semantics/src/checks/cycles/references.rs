//! No object needs, to be created, a record that needs one of its own.
//!
//! An object **needs** another when every map that creates it finds a record of the other for each of its own: because a
//! required reference can come from nowhere else, or because an assignment looks something up by a key that is always
//! there. What only one arm of a `match` looks up is not needed, nor what an `updates` map fills in later.

use super::{circles, drawn};
use crate::checks::index::MapIndex;
use crate::checks::statements;
use crate::model::{Map, Model};
use petgraph::graphmap::DiGraphMap;
use std::collections::BTreeMap;
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir::{Expr, Kind, Op};

/// Where an object needs another.
#[derive(Clone, Copy)]
struct Need<'m> {
    /// The required reference, or the statement that looks the other up.
    place: Span,
    /// The field which the reference fills; none when something else looks the other up.
    reference: Option<&'m str>,
}

/// By needed object, the first place that needs it.
type Needs<'m> = BTreeMap<&'m str, Need<'m>>;

pub(super) fn a_first_record_can_exist(model: &Model, found: &mut Vec<Diagnostic>) {
    // A map that is left out may create records that need nothing.
    if model.left_out.maps {
        return;
    }
    let index = MapIndex::of(model);
    let mut graph: DiGraphMap<&str, Need<'_>> = DiGraphMap::new();
    for object in model.objects.keys() {
        for (needed, need) in needs_of_object(model, &index, object) {
            graph.add_edge(object, needed, need);
        }
    }
    for circle in circles(&graph) {
        let steps = circle
            .iter()
            .zip(circle.iter().cycle().skip(1))
            .filter_map(|(one, next)| Some((*one, *next, *graph.edge_weight(one, next)?)));
        let steps: Vec<(&str, &str, Need<'_>)> = steps.collect();
        found.extend(report(&circle, &steps));
    }
}

/// What all maps that create the object need.
fn needs_of_object<'m>(model: &'m Model, index: &MapIndex<'m>, object: &str) -> Needs<'m> {
    let mut all = index.creating(object).map(|map| needs_of_map(model, map));
    let Some(mut common) = all.next() else { return Needs::new() };
    for other in all {
        common.retain(|needed, _| other.contains_key(needed));
    }
    common
}

fn needs_of_map<'m>(model: &'m Model, map: &'m Map) -> Needs<'m> {
    let mut found = Needs::new();
    let record = model.record(&map.object);
    for assignment in &map.assignments {
        let Some(value) = &assignment.value else { continue };
        let field = record.and_then(|record| record.field(&assignment.field));
        let referenced = field.and_then(|field| field.ty.as_ref()).filter(|ty| !ty.optional).map(|ty| &ty.kind);
        for needed in needed_by(map, value) {
            let need = match (referenced, field) {
                (Some(Kind::Reference { object }), Some(field)) if object == needed => {
                    Need { place: field.span, reference: Some(&field.name) }
                }
                _ => Need { place: assignment.value_span, reference: None },
            };
            let known = found.entry(needed).or_insert(need);
            if known.reference.is_none() && need.reference.is_some() {
                *known = need;
            }
        }
    }
    for require in &map.requires {
        for needed in require.predicate.expr.iter().flat_map(|expr| needed_by(map, expr)) {
            found.entry(needed).or_insert(Need { place: require.predicate.span, reference: None });
        }
    }
    found
}

/// Objects of which a record must be found whenever the expression has a value.
fn needed_by<'m>(map: &'m Map, expr: &'m Expr) -> Vec<&'m str> {
    let mut found = Vec::new();
    if let (Kind::Reference { object }, false) = (&expr.ty.kind, expr.ty.optional) {
        // In an inbound map a reference comes from a record that was found, whatever the way.
        found.push(object.as_str());
    }
    match &expr.op {
        Op::Let { name } => {
            found.extend(statements::bound(map, name).into_iter().flat_map(|value| needed_by(map, value)))
        }
        Op::Match { subject, arms, otherwise } => {
            found.extend(needed_by(map, subject));
            let results = arms.iter().map(|arm| &arm.result).chain(otherwise.as_deref());
            let mut all = results.map(|result| needed_by(map, result));
            let mut common = all.next().unwrap_or_default();
            for other in all {
                common.retain(|needed| other.contains(needed));
            }
            found.extend(common);
        }
        // What follows the first operand may never be evaluated.
        Op::Coalesce { value, .. } => found.extend(needed_by(map, value)),
        Op::And { all: many } | Op::Or { any: many } => {
            found.extend(many.first().into_iter().flat_map(|first| needed_by(map, first)))
        }
        // Between equal currencies no rate is looked up.
        Op::Exchange { value, currency, .. } => {
            found.extend([value, currency].into_iter().flat_map(|operand| needed_by(map, operand)))
        }
        Op::Divide { left, right, .. } => {
            found.extend([left, right].into_iter().flat_map(|operand| needed_by(map, operand)))
        }
        op => found.extend(crate::walk::operands(op).into_iter().flat_map(|operand| needed_by(map, operand))),
    }
    found
}

fn report(circle: &[&str], steps: &[(&str, &str, Need<'_>)]) -> Option<Diagnostic> {
    let ((first, needed, need), rest) = steps.split_first()?;
    let each = |needed: &str, need: &Need<'_>| match need.reference {
        Some(field) => format!("`{field}` requires a record of `{needed}`"),
        None => format!("looks up a record of `{needed}` that must be there"),
    };
    let message = if rest.is_empty() {
        format!("no first `{first}` can exist: each needs another one before it")
    } else {
        format!("no first `{first}` can exist: {}", drawn(circle))
    };
    let referring = steps.iter().any(|(_, _, need)| need.reference.is_some());
    let help = if referring {
        "let one record of the circle do without: end the type in `?` where the source may leave it empty, or fill it with an `updates` map"
    } else {
        "let one record of the circle do without the other, or fill the field with an `updates` map"
    };
    let mut diagnostic = Diagnostic::new(&codes::REFERENCE_CYCLE, need.place, message)
        .label(each(needed, need))
        .why("every record would wait for another one, and all of them end in quarantine")
        .help(help)
        .element(need.reference.map_or_else(|| (*first).to_owned(), |field| format!("{first}.{field}")));
    for (_, needed, need) in rest {
        diagnostic = diagnostic.related(need.place, each(needed, need), None);
    }
    Some(diagnostic)
}
