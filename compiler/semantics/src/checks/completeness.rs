use crate::model::Model;
use syncline_diagnostics::Diagnostic;
pub(super) fn maps_fill_required_fields(_model: &Model, _found: &mut Vec<Diagnostic>) {}
