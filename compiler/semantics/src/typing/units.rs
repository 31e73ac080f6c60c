//! Units: the built-in durations, declared units, and currencies in the place of a unit.

use crate::context::Context;
use crate::model::Model;
use crate::names::NameKind;
use syncline_diagnostics::{Diagnostic, closest, codes};
use syncline_syntax::ast;

/// Durations every workspace has.
const DURATIONS: [&str; 4] = ["second", "minute", "hour", "day"];

/// Whether `name` is a built-in duration.
pub(crate) fn is_built_in(name: &str) -> bool {
    DURATIONS.contains(&name)
}

/// The unit's name; a missing one is reported.
pub(crate) fn known(model: &Model, name: &ast::Name, cx: &Context<'_>) -> Option<String> {
    if is_built_in(&name.text) {
        return Some(name.text.to_string());
    }
    if cx.find(&name.text, &[NameKind::Unit]).is_some() {
        return Some(name.text.to_string());
    }
    if cx.is_poison(&name.text) {
        return None;
    }
    let candidates = DURATIONS.into_iter().chain(model.units.keys().map(String::as_str));
    let diagnostic =
        Diagnostic::new(&codes::UNKNOWN_NAME, cx.span(name.range), format!("there is no unit `{}`", name.text));
    cx.report(match closest(&name.text, candidates) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("declare it: `unit {}`", name.text)),
    });
    None
}

/// The code of a currency of ISO 4217; a missing one is reported.
pub(crate) fn known_currency(name: &ast::Name, cx: &Context<'_>) -> Option<()> {
    if syncline_ir::minor_units(&name.text).is_some() {
        return Some(());
    }
    let diagnostic = Diagnostic::new(
        &codes::UNKNOWN_NAME,
        cx.span(name.range),
        format!("`{}` is no currency of ISO 4217", name.text),
    );
    cx.report(match closest(&name.text, syncline_ir::currencies().map(|currency| currency.code)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("currencies are written by their code, `USD`"),
    });
    None
}
