//! Versions: what is posted is the object as it holds, not each of its versions.

use crate::model::{Model, Sync};
use syncline_diagnostics::{Diagnostic, codes};

/// A sync that captures rows of a versioned object follows them version by version; lines of all of them would be posted.
pub(super) fn versions_are_posted_as_one(model: &Model, sync: &Sync, found: &mut Vec<Diagnostic>) {
    let (Some(_), Some(object), Some(route)) = (&sync.source, sync.object.as_deref(), sync.routes.first()) else {
        return;
    };
    let Some((revision, clause)) = model.objects.get(object).and_then(|object| object.versioned.as_ref()) else {
        return;
    };
    found.push(
        Diagnostic::new(
            &codes::POSTS_VERSIONS,
            route.span,
            format!("`{}` captures versions of `{object}` and posts them, one line for each", sync.name),
        )
        .related(*clause, format!("versions are numbered by `{revision}` here"), None)
        .why("what was replaced and what does not hold yet would stand in the target beside what holds")
        .help(format!(
            "end the `move` at `{object}`, and post from there in a sync of its own: `move {object} -> {}`",
            route.entity
        ))
        .element(sync.name.clone()),
    );
}
