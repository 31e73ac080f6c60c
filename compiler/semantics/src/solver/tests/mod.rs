//! Tests of the solver.
//!
//! - [`meaning`]: what formulas mean, written a second time and as plainly as possible;
//! - [`universe`]: random vocabularies and formulas, small enough to try every record;
//! - [`oracle`]: the solver against the trial of every record;
//! - [`references`]: the same for fields of references;
//! - [`threshold`]: the same for formulas with so many clauses that they are as likely to hold as not;
//! - [`cases`]: questions with answers worked out by hand;
//! - [`families`]: large questions of the shapes that specifications produce, with their times printed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod cases;
mod dice;
mod families;
mod meaning;
mod oracle;
mod references;
mod threshold;
mod universe;
