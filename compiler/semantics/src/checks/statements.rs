//! The expressions of a map: where they stand, and what they reach.
//!
//! An expression **reaches** its operands and, through each `let` it names, what the `let` is computed from.

use crate::model::{Map, Predicate};
use crate::walk;
use std::collections::BTreeSet;
use syncline_diagnostics::Span;
use syncline_ir::{Expr, Op, Route};

/// An expression and the place by which a reader finds it.
#[derive(Clone, Copy)]
pub(super) struct Placed<'m> {
    pub expr: &'m Expr,
    pub span: Span,
}

/// Every expression of a map: its `where`, `let`s, assignments, `require`s and the messages of its routes.
pub(super) fn expressions(map: &Map) -> Vec<Placed<'_>> {
    let lets = map.lets.iter().filter_map(|bound| Some(Placed { expr: bound.value.as_ref()?, span: bound.span }));
    map.condition.iter().filter_map(placed).chain(lets).chain(conclusions(map)).collect()
}

/// The expressions whose values leave the map: assignments, `require`s, and the messages of their routes.
pub(super) fn conclusions(map: &Map) -> impl Iterator<Item = Placed<'_>> {
    let assignments = map.assignments.iter().flat_map(|assignment| {
        let all = assignment.value.iter().chain(message(assignment.route.as_ref()));
        all.map(|expr| Placed { expr, span: assignment.value_span })
    });
    let requires = map.requires.iter().flat_map(|require| {
        let all = require.predicate.expr.iter().chain(message(require.route.as_ref()));
        all.map(|expr| Placed { expr, span: require.predicate.span })
    });
    assignments.chain(requires)
}

fn message(route: Option<&Route>) -> Option<&Expr> {
    route.and_then(|route| route.message.as_ref())
}

/// A condition with its place; none when it is poison.
pub(super) fn placed(predicate: &Predicate) -> Option<Placed<'_>> {
    Some(Placed { expr: predicate.expr.as_ref()?, span: predicate.span })
}

/// The value of a `let`.
pub(super) fn bound<'m>(map: &'m Map, name: &str) -> Option<&'m Expr> {
    map.lets.iter().find(|bound| bound.name == name)?.value.as_ref()
}

/// All that an expression reaches, itself first; each `let` once.
pub(super) fn reached<'m>(map: &'m Map, expr: &'m Expr) -> Vec<&'m Expr> {
    let mut found: Vec<&Expr> = Vec::new();
    let mut followed: BTreeSet<&str> = BTreeSet::new();
    let mut pending = vec![expr];
    while let Some(next) = pending.pop() {
        found.push(next);
        match &next.op {
            Op::Let { name } if followed.insert(name) => pending.extend(bound(map, name)),
            op => pending.extend(walk::operands(op).into_iter().rev()),
        }
    }
    found
}

/// The object from whose stored records an operation reads: a lookup, or a field of a record other than the one at hand.
pub(super) fn object_read<'m>(map: &'m Map, op: &'m Op) -> Option<&'m str> {
    match op {
        Op::Lookup { object, .. } | Op::Crosswalk { object, .. } | Op::Version { object, .. } => Some(object),
        Op::Follow { base, object, .. } if !is_own(map, base) => Some(object),
        _ => None,
    }
}

fn is_own(map: &Map, base: &Expr) -> bool {
    match &base.op {
        Op::Own => true,
        Op::Let { name } => bound(map, name).is_some_and(|value| value.op == Op::Own),
        _ => false,
    }
}

/// The fields of the record at hand on which an expression depends. The record itself (`self`) stands for all of them.
pub(super) fn depends_on<'m>(map: &'m Map, expr: &'m Expr) -> Dependence<'m> {
    let mut dependence = Dependence::default();
    for one in reached(map, expr) {
        match &one.op {
            Op::Field { field } => {
                dependence.fields.insert(field);
            }
            Op::Own => dependence.whole = true,
            Op::Origin => {
                dependence.fields.insert(crate::build::ORIGIN);
            }
            _ => {}
        }
    }
    dependence
}

/// See [`depends_on`].
#[derive(Default)]
pub(super) struct Dependence<'m> {
    fields: BTreeSet<&'m str>,
    whole: bool,
}

impl Dependence<'_> {
    /// Whether the expression depends on this field.
    pub fn on(&self, field: &str) -> bool {
        self.whole || self.fields.contains(field)
    }
}
