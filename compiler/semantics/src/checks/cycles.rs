use crate::model::Model;
use syncline_diagnostics::Diagnostic;
pub(super) fn nothing_waits_for_itself(_model: &Model, _found: &mut Vec<Diagnostic>) {}
