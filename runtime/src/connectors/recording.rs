//! Noting what is called in targets, for whoever wants to show it.

use super::{Answer, Call, Cell, Steps, Target};
use crate::error::Outcome;
use jiff::Timestamp;
use std::cell::RefCell;
use std::rc::Rc;
use syncline_ir::Entity;

/// A call that was made.
#[derive(Debug, Clone)]
pub(crate) struct Recorded {
    /// `system.entity`.
    pub(crate) target: String,
    pub(crate) call: Call,
    pub(crate) answer: Answer,
}

/// The calls made so far, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Rc<RefCell<Vec<Recorded>>>);

impl Recorder {
    /// A target whose calls are noted here.
    pub(super) fn target(&self, system: &str, inner: Box<dyn Target>) -> Box<dyn Target> {
        Box::new(Recording { system: system.to_owned(), inner, recorder: self.clone() })
    }

    /// The calls, which are forgotten here.
    pub(crate) fn take(&self) -> Vec<Recorded> {
        self.0.take()
    }
}

struct Recording {
    system: String,
    inner: Box<dyn Target>,
    recorder: Recorder,
}

impl Target for Recording {
    fn check(&mut self, entity: &Entity, written: &[&str], read: &[&str]) -> Outcome {
        self.inner.check(entity, written, read)
    }

    fn call(&mut self, entity: &Entity, calls: &[Call], at: Timestamp, pass: &Steps<'_>) -> Outcome<Vec<Answer>> {
        let answers = self.inner.call(entity, calls, at, pass)?;
        let target = format!("{}.{}", self.system, entity.name);
        let made = calls.iter().zip(&answers).map(|(call, answer)| Recorded {
            target: target.clone(),
            call: call.clone(),
            answer: answer.clone(),
        });
        self.recorder.0.borrow_mut().extend(made);
        Ok(answers)
    }

    fn find(&mut self, entity: &Entity, field: &str, value: &Cell, fields: &[&str]) -> Outcome<Option<Vec<Cell>>> {
        self.inner.find(entity, field, value, fields)
    }

    fn read_back(&mut self, entity: &Entity, fields: &[&str], take: &mut dyn FnMut(Vec<Cell>) -> Outcome) -> Outcome {
        self.inner.read_back(entity, fields, take)
    }
}
