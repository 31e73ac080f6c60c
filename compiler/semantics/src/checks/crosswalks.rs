use crate::model::Model;
use syncline_diagnostics::Diagnostic;
pub(super) fn identifiers_are_bound(_model: &Model, _found: &mut Vec<Diagnostic>) {}
