//! Who may write what (section 6): claims under a guard, lifecycle moves, fields that are set once.

use super::Pass;
use super::prepare::Inbound;
use super::store::{Record, View};
use crate::error::Outcome;
use crate::hub::{ExceptionText, Problem};
use std::collections::BTreeSet;
use syncline_eval::{Form, Frame, LinkedField, RecordId, Value, expr};
use syncline_ir::OutsideClaim;

/// Tests a write against the stored record. Values outside the system's claim that are to be ignored are taken out of `values`.
///
/// None when nothing is wrong.
pub(super) fn objections(
    pass: &Pass<'_>,
    inbound: &Inbound<'_>,
    stored: Option<&Record>,
    values: &mut [Option<Value>],
) -> Outcome<Option<Problem>> {
    let program = pass.run.program();
    let object = pass.sync.linked_object(program);
    let before: Vec<Value> =
        stored.map_or_else(|| vec![Value::Null; object.fields.len()], |record| record.values.clone());
    // On creation a claim is tested on the record as it would be.
    let tested: Vec<Value> = match stored {
        Some(record) => record.values.clone(),
        None => values.iter().map(|value| value.clone().unwrap_or_default()).collect(),
    };
    let id = stored.map(|record| RecordId(record.stored.id));
    let view = View::current(pass.store());
    let frame = Frame::record(program, id, &tested);
    let mut claims = Reasons::new(&inbound.map.otherwise);
    let mut others = Reasons::new(&inbound.map.otherwise);
    for assignment in &inbound.map.assignments {
        let Some(ix) = object.field_ix(&assignment.field) else { continue };
        let (Some(field), Some(Some(value)), Some(old)) = (object.fields.get(ix), values.get(ix), before.get(ix))
        else {
            continue;
        };
        if value == old || (!inbound.creates && object.identity.contains(&ix)) {
            continue;
        }
        let mut guards =
            inbound.linked.mask.iter().filter(|entry| entry.field == ix).map(|entry| &entry.guard).peekable();
        if guards.peek().is_some() {
            let mut holds = false;
            for guard in guards {
                match expr::holds(guard, &frame, &view) {
                    Ok(held) => holds |= held,
                    Err(fault) => claims.add(fault.reason.as_str(), fault.message, field, None),
                }
            }
            if !holds && let Some(OutsideClaim::Quarantine(queue)) = &inbound.map.outside_claim {
                let message = format!("`{}` does not own `{}` now", inbound.map.system, field.name);
                claims.add("outside-claim", message, field, Some(queue));
            } else if !holds {
                if let Some(slot) = values.get_mut(ix) {
                    *slot = None;
                }
                continue;
            }
        }
        if let (Form::Enum(states), Value::Enum(to), Value::Enum(from)) = (field.shape.form, value_at(values, ix), old)
            && !may_move(pass, &inbound.map.system, ix, *from, to)
        {
            let name = |state: u16| program.enumeration(states).name_of(state).map_or("", |name| name).to_owned();
            let message = format!(
                "`{}` does not move `{}` from `{}` to `{}`",
                inbound.map.system,
                field.name,
                name(*from),
                name(to)
            );
            claims.add("illegal-transition", message, field, None);
        }
        if field.fixed && !old.is_null() {
            let reason = if field.shape.form == Form::Currency { "currency-changed" } else { "fixed-changed" };
            others.add(reason, format!("`{}` is set once and differs", field.name), field, None);
        }
    }
    pass.store().check()?;
    Ok(claims.and(others))
}

fn value_at(values: &[Option<Value>], ix: usize) -> Value {
    values.get(ix).cloned().flatten().unwrap_or_default()
}

/// Whether a system may bring a field from one state to another. A field that is no lifecycle may take any value; a lifecycle
/// nobody moves by name belongs whole to its owner, who keeps to its transitions.
fn may_move(pass: &Pass<'_>, system: &str, field: usize, from: u16, to: u16) -> bool {
    let program = pass.run.program();
    let object = pass.sync.linked_object(program);
    let Some(Form::Enum(states)) = object.fields.get(field).map(|field| field.shape.form) else { return true };
    let states = program.enumeration(states);
    let Some(lifecycle) = pass.run.prepared.plan.lifecycles.iter().find(|lifecycle| lifecycle.name == *states.name)
    else {
        return true;
    };
    if object.movers.iter().any(|mover| mover.field == field) {
        return program.moves(pass.sync.object, field, system, from, to);
    }
    let name = |state: u16| states.name_of(state).map_or("", |name| name);
    let mut reached = BTreeSet::from([name(from)]);
    loop {
        let before = reached.len();
        let next: Vec<&str> = lifecycle
            .transitions
            .iter()
            .filter(|step| reached.contains(step.from.as_str()))
            .map(|step| step.to.as_str())
            .collect();
        reached.extend(next);
        if reached.len() == before {
            return reached.contains(name(to));
        }
    }
}

/// Reasons in the order found.
struct Reasons {
    reasons: Vec<ExceptionText>,
    queue: Option<String>,
    otherwise: String,
}

impl Reasons {
    fn new(otherwise: &str) -> Self {
        Self { reasons: Vec::new(), queue: None, otherwise: otherwise.to_owned() }
    }

    fn add(&mut self, reason: &str, message: String, field: &LinkedField, queue: Option<&String>) {
        let queue = queue.unwrap_or(&self.otherwise).clone();
        self.queue.get_or_insert(queue);
        self.reasons.push(ExceptionText { reason: reason.to_owned(), message, field: Some(field.name.to_string()) });
    }

    fn and(mut self, later: Self) -> Option<Problem> {
        self.reasons.extend(later.reasons);
        let queue = self.queue.or(later.queue)?;
        Some(Problem { reasons: self.reasons, queue })
    }
}
