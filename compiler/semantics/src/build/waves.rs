//! Waves: names resolved; whether their order fits that of the syncs is for the checks.

use super::statements::{doc, missing, text};
use crate::context::Context;
use crate::model::{Model, Wave};
use crate::names::NameKind;
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_syntax::ast;

pub(super) fn wave(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::Wave, cx: &Context<'_>) {
    let mut poisoned = body.members.iter().any(|member| matches!(member, ast::WaveMember::Broken(_)));
    let after = named(&body.after, NameKind::Wave, "a wave", &mut poisoned, cx);
    let syncs = body.members.iter().flat_map(|member| match member {
        ast::WaveMember::Syncs(clause) => clause.syncs.as_slice(),
        ast::WaveMember::Broken(_) => &[],
    });
    let syncs = named(syncs, NameKind::Sync, "a sync", &mut poisoned, cx);
    let span = cx.span(name.range);
    if syncs.is_empty() && !poisoned {
        let message = format!("wave `{}` has no syncs", name.text);
        missing(span, message, "add `syncs` with the names of those that begin in it", cx);
        poisoned = true;
    }
    model.waves.entry(text(name)).or_insert(Wave { name: text(name), after, syncs, poisoned, doc: doc(docs), span });
}

/// The names that mean what they should, each once.
fn named<'n>(
    names: impl IntoIterator<Item = &'n ast::Name>,
    kind: NameKind,
    wanted: &str,
    poisoned: &mut bool,
    cx: &Context<'_>,
) -> Vec<(String, Span)> {
    let mut found: Vec<(String, Span)> = Vec::new();
    for name in names {
        if cx.resolve(name, &[kind], wanted).is_none() {
            *poisoned = true;
            continue;
        }
        let span = cx.span(name.range);
        if let Some((_, first)) = found.iter().find(|(known, _)| *known == *name.text) {
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_NAME, span, format!("`{}` is named twice", name.text))
                    .related(*first, "first named here", None)
                    .help("keep one of them"),
            );
            continue;
        }
        found.push((text(name), span));
    }
    found
}
