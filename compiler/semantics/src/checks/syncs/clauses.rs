//! Clauses: what must be said is said, and what is said has an effect.

use super::posts;
use crate::model::Sync;
use syncline_diagnostics::{Diagnostic, Span, codes};

pub(super) fn decisions_are_said(sync: &Sync, found: &mut Vec<Diagnostic>) {
    let name = &sync.name;
    let mut missing = |message: String, why: &str, help: &str| {
        found.push(
            Diagnostic::new(&codes::MISSING_CLAUSE, sync.span, message).why(why).help(help).element(name.clone()),
        );
    };
    if sync.source.is_some() && sync.order.is_none() {
        missing(
            format!("sync `{name}` does not say which of two rows of a record is the newer"),
            "an old row that arrives late would overwrite a newer one",
            "add `order by VERSION within ID`, or `order by arrival` if the source counts no versions",
        );
    }
    if !posts(sync) {
        return;
    }
    if sync.idempotent_by.is_empty() {
        missing(
            format!("sync `{name}` does not say what makes a posted line the same line"),
            "a record that is sent again would be booked again",
            "add `idempotent by FIELD`, naming the key of the object",
        );
    }
    if sync.correct.is_none() {
        missing(
            format!("sync `{name}` does not say how a posted line is corrected"),
            "a record that changes after it was posted would stay wrong in the target, or change there without a trace",
            "add `correct by reversal` (the line is taken back and a new one posted), `correct by delta` (a line with the difference) or `correct by overwrite`",
        );
    }
    if sync.leave.is_none() {
        missing(
            format!("sync `{name}` does not say what becomes of a posted line whose record no longer belongs there"),
            "an hour that is rejected after it was posted would stay in the books for ever",
            "add `leave reverse` (the line is taken back) or `leave hold QUEUE` (a person decides)",
        );
    }
}

/// A clause about posting in a sync that posts nothing, and a clause about rows in a sync that captures none.
pub(super) fn clauses_have_an_effect(sync: &Sync, found: &mut Vec<Diagnostic>) {
    let mut idle = |place: Span, clause: &str, reason: String| {
        found.push(
            Diagnostic::new(&codes::UNUSED_CLAUSE, place, format!("`{clause}` has no effect: {reason}"))
                .why("readers of the specification will rely on it")
                .help("remove the clause")
                .element(sync.name.clone()),
        );
    };
    if sync.source.is_none() && sync.order.is_some() {
        idle(sync.span, "order by", format!("sync `{}` reads no rows, it posts what the hub holds", sync.name));
    }
    if posts(sync) {
        return;
    }
    let reason = format!("sync `{}` posts nothing", sync.name);
    if !sync.idempotent_by.is_empty() {
        idle(sync.span, "idempotent by", reason.clone());
    }
    if sync.starts.is_some() {
        idle(sync.span, "starts", reason.clone());
    }
    if let Some((_, place)) = &sync.correct {
        idle(*place, "correct by", reason.clone());
    }
    if let Some((_, place)) = &sync.leave {
        idle(*place, "leave", reason.clone());
    }
    if let Some((_, place)) = &sync.reconcile {
        idle(*place, "reconcile", reason.clone());
    }
    if let Some((_, place)) = &sync.retry {
        idle(*place, "retry", reason.clone());
    }
    if let Some((_, place)) = &sync.fresh {
        idle(*place, "fresh within", reason.clone());
    }
    for policy in &sync.on_change {
        idle(policy.span, &format!("on change of {}", policy.object.as_deref().unwrap_or("plan")), reason.clone());
    }
}
