use crate::model::Model;
use syncline_diagnostics::Diagnostic;
pub(super) fn nothing_is_lost_silently(_model: &Model, _found: &mut Vec<Diagnostic>) {}
