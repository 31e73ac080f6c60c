//! Linking: from the names of a plan to positions.
//!
//! Linking checks that what it links fits together (names exist, operands have the types their operation needs, scales only
//! grow), because a plan is a file and may come from anywhere. It repeats none of the compiler's judgements about meaning.

mod arithmetic;
mod calls;
mod declarations;
mod expression;
mod maps;

pub(crate) use declarations::{plan, shape};

use crate::{LinkedExpr, Program, Side};
use std::fmt;
use syncline_ir::Expr;

/// Why a plan cannot be linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkError {
    /// The place in the specs, `file:line:column`; empty when the plan gives none.
    pub at: String,
    /// What is wrong.
    pub message: String,
}

impl LinkError {
    fn new(at: &str, message: impl Into<String>) -> Self {
        Self { at: at.to_owned(), message: message.into() }
    }
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.at.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.at, self.message) }
    }
}

impl std::error::Error for LinkError {}

type Linked<T> = Result<T, LinkError>;

pub(crate) fn expr(program: &Program, expr: &Expr, side: Side) -> Linked<LinkedExpr> {
    expression::Scope { program, side, origin: None, lets: &[], at: "", observed: false }.link(expr)
}
