//! Running a map on one record.
//!
//! A **step** is an assignment or a `require`. All steps are evaluated, in the order written, whatever failed before, so that a
//! record's exception lists everything that is wrong with it. A cause shared by several steps (a source field that cannot be
//! read, a failing `let`) is reported once: casts before all steps, a `let` at the first step that uses it.
//!
//! A `let` is evaluated when it is first used, and once. A `let` nobody uses on this record (in an arm of a `match` that is not
//! taken) does not fail it.
//!
//! Where failures go:
//! - a source field that cannot be read belongs to the row, not to a step: the map's queue of last resort, under the reason of the
//!   cast;
//! - an assignment with `else` sends each of its failures there, under the reason declared; without, to the queue of last resort;
//! - a `require` that is false goes where it says; one whose condition cannot be evaluated goes to the same queue, but under the
//!   reason of what failed, since the data did not break the rule.

use crate::evaluate::{self, Lets};
use crate::expr::{LinkedPart, Node};
use crate::{
    Cause, Cell, EntityIx, Evaluated, Failure, Fault, Form, Frame, LinkedExpr, LinkedField, Missing, ObjectIx, Program,
    Reason, RecordId, Records, Side, Value, arithmetic, show,
};
use std::collections::BTreeSet;
use std::sync::Arc;
use syncline_ir::{MapDirection, OutsideClaim};

/// A map.
#[derive(Debug, Clone)]
pub struct LinkedMap {
    /// Its id.
    pub id: Arc<str>,
    /// Into the hub or out of it.
    pub direction: MapDirection,
    /// The entity.
    pub entity: EntityIx,
    /// The canonical object.
    pub object: ObjectIx,
    /// `where`.
    pub condition: Option<LinkedExpr>,
    pub(crate) lets: Vec<LinkedExpr>,
    /// Assignments and requires in the order written.
    pub(crate) steps: Vec<LinkedStep>,
    /// Positions of the source fields that any part reads, in field order.
    pub reads: Vec<usize>,
    /// `wait at most`, in seconds.
    pub wait_seconds: Option<u64>,
    /// Inbound: what happens to a value outside the system's claim.
    pub outside_claim: Option<OutsideClaim>,
    /// Inbound: target fields which the system owns only under a guard on the stored record (on creation: on the new one).
    pub mask: Vec<LinkedMask>,
    /// Queue of last resort.
    pub otherwise: Arc<str>,
    /// Inbound: where the name of the capturing system goes when the map does not say so itself.
    pub(crate) origin: Option<(usize, Value)>,
}

/// A field under a guarded claim.
#[derive(Debug, Clone)]
pub struct LinkedMask {
    /// Position of the object's field.
    pub field: usize,
    /// The claim's guard, on the object.
    pub guard: LinkedExpr,
}

#[derive(Debug, Clone)]
pub(crate) struct LinkedStep {
    pub(crate) order: u32,
    /// The value, or the condition of a `require`.
    pub(crate) value: LinkedExpr,
    /// Position of the assigned target field; none for a `require`.
    pub(crate) target: Option<usize>,
    pub(crate) route: Option<LinkedRoute>,
}

#[derive(Debug, Clone)]
pub(crate) struct LinkedRoute {
    pub(crate) queue: Arc<str>,
    pub(crate) reason: Option<Arc<str>>,
    pub(crate) message: Option<LinkedExpr>,
}

/// The record a map is run on.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// For an inbound map: a source row, its cells in the entity's field order. See [`cast::row`](crate::cast::row).
    Row(&'a [Cell]),
    /// For an outbound map: a canonical record, its values in the object's field order.
    Record(RecordId, &'a [Value]),
}

/// What becomes of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The map's `where` is false.
    NotTaken,
    /// Every step succeeded.
    Mapped {
        /// By position of the target field; none when the map does not assign it.
        values: Vec<Option<Value>>,
    },
    /// Nothing is wrong but that records looked up are not there yet.
    Waiting {
        /// What they are, without repetition, in the order met.
        missing: Vec<Missing>,
        /// What the record is quarantined for when it may not wait (any longer), in source order.
        failures: Vec<Failure>,
    },
    /// The record is quarantined.
    Failed {
        /// All that is wrong, in source order, lookups of records that are not there yet included. The first one decides.
        failures: Vec<Failure>,
    },
}

impl LinkedMap {
    /// What the map assigns to.
    #[must_use]
    pub fn target(&self) -> Side {
        match self.direction {
            MapDirection::Outbound => Side::Entity(self.entity),
            MapDirection::Creates | MapDirection::Updates => Side::Object(self.object),
        }
    }
}

/// Runs a map on a record.
#[must_use]
pub fn run(program: &Program, map: &LinkedMap, input: &Input<'_>, records: &dyn Records) -> Outcome {
    let lets = Lets::new(&map.lets);
    let frame = match *input {
        Input::Row(cells) => Frame::row(program, cells),
        Input::Record(id, values) => Frame::record(program, Some(id), values),
    };
    let mut run = Run { map, frame: frame.with_lets(&lets), records, failures: Vec::new(), reported: BTreeSet::new() };
    if let Some(condition) = &map.condition {
        match evaluate::holds(condition, &run.frame, records) {
            Ok(true) => {}
            Ok(false) => return Outcome::NotTaken,
            Err(fault) => {
                // Whether the map is for this record at all is not known, so nothing else about it is asked.
                run.casts(input);
                run.fail(*fault, 0, None, None);
                return run.outcome(Vec::new());
            }
        }
    }
    run.casts(input);
    let fields = program.fields(map.target());
    let mut values = vec![None; fields.len()];
    for step in &map.steps {
        match step.target {
            None => run.require(step),
            Some(target) => match evaluate::evaluate(&step.value, &run.frame, records) {
                Ok(value) => {
                    if let Some(slot) = values.get_mut(target) {
                        *slot = Some(value);
                    }
                }
                Err(fault) => run.fail(
                    *fault,
                    step.order,
                    fields.get(target).map(|field| Arc::clone(&field.name)),
                    step.route.as_ref(),
                ),
            },
        }
    }
    if let Some((target, origin)) = &map.origin
        && let Some(slot) = values.get_mut(*target)
    {
        *slot = Some(origin.clone());
    }
    run.stored(&mut values);
    run.outcome(values)
}

struct Run<'a> {
    map: &'a LinkedMap,
    frame: Frame<'a>,
    records: &'a dyn Records,
    failures: Vec<Failure>,
    /// Shared causes that are reported already.
    reported: BTreeSet<Cause>,
}

impl Run<'_> {
    /// Reports each source field that is read and cannot be.
    fn casts(&mut self, input: &Input<'_>) {
        let Input::Row(cells) = input else { return };
        for &ix in &self.map.reads {
            let Some(Err(error)) = cells.get(ix) else { continue };
            self.reported.insert(Cause::Cell(ix));
            // An amount whose currency cannot be read is not another mistake.
            if error.because.is_some_and(|source| self.map.reads.contains(&source)) {
                continue;
            }
            let field = self.frame.program.entity(self.map.entity).fields.get(ix).map(|field| Arc::clone(&field.name));
            self.failures.push(Failure {
                reason: error.reason.clone(),
                field,
                message: error.message.clone(),
                queue: Arc::clone(&self.map.otherwise),
                order: 0,
                missing: None,
            });
        }
    }

    fn require(&mut self, step: &LinkedStep) {
        match (evaluate::holds(&step.value, &self.frame, self.records), &step.route) {
            (Ok(true), _) => {}
            (Ok(false), route) => {
                let reason = route
                    .as_ref()
                    .and_then(|route| route.reason.clone())
                    .map_or(Reason::RequirementNotMet, Reason::Declared);
                let fault = Fault::new(reason, "the record does not meet a requirement");
                self.fail(*fault, step.order, None, route.as_ref());
            }
            (Err(fault), route) => {
                // The rule was not broken, it could not be asked: the queue of the rule, the reason of what failed.
                let queue = route.as_ref().map(|route| LinkedRoute {
                    queue: Arc::clone(&route.queue),
                    reason: None,
                    message: None,
                });
                self.fail(*fault, step.order, None, queue.as_ref());
            }
        }
    }

    fn fail(&mut self, fault: Fault, order: u32, field: Option<Arc<str>>, route: Option<&LinkedRoute>) {
        if fault.cause != Cause::Own && !self.reported.insert(fault.cause) {
            return;
        }
        let declared = route.and_then(|route| route.reason.clone()).map(Reason::Declared);
        let message = route.and_then(|route| route.message.as_ref()).map(|message| self.message(message));
        self.failures.push(Failure {
            reason: declared.unwrap_or(fault.reason),
            field,
            message: message.unwrap_or(fault.message),
            queue: Arc::clone(route.map_or(&self.map.otherwise, |route| &route.queue)),
            order,
            missing: fault.missing,
        });
    }

    /// A declared message. What cannot be evaluated is written as `?`: a message explains a failure and must not fail itself.
    fn message(&self, message: &LinkedExpr) -> String {
        let mut out = String::new();
        let mut append = |value: Evaluated, expr: &LinkedExpr| match value {
            Ok(value) => show::append(&value, expr.shape, self.frame.program, self.records, &mut out),
            Err(_) => out.push('?'),
        };
        match &message.node {
            Node::Text(parts) => {
                for part in parts {
                    match part {
                        LinkedPart::Text(text) => append(Ok(Value::Text(Arc::clone(text))), message),
                        LinkedPart::Value(value) => append(evaluate::evaluate(value, &self.frame, self.records), value),
                    }
                }
            }
            _ => append(evaluate::evaluate(message, &self.frame, self.records), message),
        }
        out
    }

    /// What holds for every value that is stored, whoever wrote the plan: required fields are not null, and an amount is in the
    /// currency its field is bound to by the other fields of the same record.
    fn stored(&mut self, values: &mut [Option<Value>]) {
        let map = self.map;
        let fields = self.frame.program.fields(map.target());
        for step in &map.steps {
            let Some((target, field)) = step.target.and_then(|target| Some((target, fields.get(target)?))) else {
                continue;
            };
            let Some(Some(value)) = values.get(target) else { continue };
            let result = match value {
                Value::Null if !field.shape.optional => Err(Fault::required(&format!("`{}`", field.name))),
                _ => self.in_currency(field, value, values),
            };
            match result {
                Ok(None) => {}
                Ok(Some(value)) => {
                    if let Some(slot) = values.get_mut(target) {
                        *slot = Some(value);
                    }
                }
                Err(fault) => self.fail(*fault, step.order, Some(Arc::clone(&field.name)), step.route.as_ref()),
            }
        }
    }

    /// Checks an amount against the currency of its field: the one fixed by the type, or the one of the path where that starts in
    /// the same record. The constant 0 takes that currency.
    fn in_currency(&self, field: &LinkedField, value: &Value, values: &[Option<Value>]) -> Evaluated<Option<Value>> {
        if !field.shape.form.is_money() || value.is_null() {
            return Ok(None);
        }
        let bound = match (field.shape.form, &field.currency) {
            (Form::Money { fixed: Some(currency), .. }, _) => Some(Value::Currency(currency)),
            (_, Some(path)) => {
                let first = values.get(path.first).and_then(Option::as_ref).unwrap_or(&Value::Null);
                Some(self.frame.program.currency_from(path, first, self.records))
            }
            _ => None,
        };
        match (value, bound) {
            (Value::Money(_, given), Some(Value::Currency(bound))) if *given != bound => {
                Err(arithmetic::currency_changed(*given, bound))
            }
            (Value::Decimal(coefficient), Some(Value::Currency(bound))) => Ok(Some(Value::Money(*coefficient, bound))),
            (Value::Decimal(_), _) => Err(Fault::required("the currency of an amount")),
            _ => Ok(None),
        }
    }

    fn outcome(mut self, values: Vec<Option<Value>>) -> Outcome {
        self.failures.sort_by_key(|failure| failure.order);
        if self.failures.is_empty() {
            return Outcome::Mapped { values };
        }
        if self.failures.iter().any(|failure| failure.missing.is_none()) {
            return Outcome::Failed { failures: self.failures };
        }
        let mut missing: Vec<Missing> = Vec::new();
        for found in self.failures.iter().filter_map(|failure| failure.missing.as_ref()) {
            if !missing.contains(found) {
                missing.push(found.clone());
            }
        }
        Outcome::Waiting { missing, failures: self.failures }
    }
}
