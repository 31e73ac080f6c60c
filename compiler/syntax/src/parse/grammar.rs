//! The parser that pest derives from `grammar.pest`.
#![allow(missing_docs, reason = "the derived rules are described in the grammar")]

/// Runs a rule of the grammar on masked text.
#[derive(pest_derive::Parser)]
#[grammar = "grammar.pest"]
pub(super) struct Grammar;

/// A node of pest's tree.
pub(super) type Pair<'t> = pest::iterators::Pair<'t, Rule>;
/// The children of a node.
pub(super) type Pairs<'t> = pest::iterators::Pairs<'t, Rule>;
