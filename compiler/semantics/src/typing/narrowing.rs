//! Narrowing: what a condition tells about values that may be missing.

use super::{Scope, canonical};
use std::collections::BTreeSet;
use syncline_ir::{Comparison, Expr, Literal, Op};

impl Scope<'_> {
    /// The scope in which `condition` is true, or false.
    pub fn narrowed(&self, condition: &Expr, truth: bool) -> Self {
        let mut narrowed = self.clone();
        collect(condition, truth, self, &mut narrowed.known);
        narrowed
    }

    /// Whether a value is known to be there.
    pub fn is_known(&self, value: &Expr) -> bool {
        !self.known.is_empty() && self.known.contains(&canonical::text(value, self))
    }
}

fn collect(condition: &Expr, truth: bool, scope: &Scope<'_>, known: &mut BTreeSet<String>) {
    match (&condition.op, truth) {
        (Op::IsKnown { value }, true) | (Op::In { value, .. }, true) => {
            known.insert(canonical::text(value, scope));
        }
        (Op::Compare { comparison: Comparison::Equal, left, right }, true) => {
            if is_value(right) {
                known.insert(canonical::text(left, scope));
            }
            if is_value(left) {
                known.insert(canonical::text(right, scope));
            }
        }
        // `x != null` is `x is known`.
        (Op::Compare { comparison, left, right }, truth)
            if (*comparison == Comparison::NotEqual) == truth
                && matches!(comparison, Comparison::Equal | Comparison::NotEqual) =>
        {
            if is_null(right) {
                known.insert(canonical::text(left, scope));
            }
            if is_null(left) {
                known.insert(canonical::text(right, scope));
            }
        }
        (Op::Not { value }, truth) => collect(value, !truth, scope, known),
        (Op::And { all: parts }, true) | (Op::Or { any: parts }, false) => {
            parts.iter().for_each(|part| collect(part, truth, scope, known))
        }
        _ => {}
    }
}

fn is_null(expr: &Expr) -> bool {
    matches!(&expr.op, Op::Literal { value: Literal::Null })
}

fn is_value(expr: &Expr) -> bool {
    !expr.ty.optional && !is_null(expr)
}
