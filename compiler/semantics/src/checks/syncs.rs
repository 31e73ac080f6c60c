use crate::model::Model;
use syncline_diagnostics::Diagnostic;
pub(super) fn syncs_say_what_they_need(_model: &Model, _found: &mut Vec<Diagnostic>) {}
