//! The standard library: modules below `std`, embedded, of which a workspace has those it uses.

use crate::{SourceFile, parsing};
use syncline_diagnostics::SourceMap;
use syncline_semantics::input::Module;
use syncline_syntax::ast::ItemKind;

/// Path and text of each file; a module is called like its file.
const FILES: [(&str, &str); 1] = [("std/calendars.syn", include_str!("../../stdlib/calendars.syn"))];

/// The modules of the library, when one of `modules` asks for any of them.
pub(crate) fn modules(modules: &[Module], sources: &mut SourceMap) -> Vec<(SourceFile, Module)> {
    let items = modules.iter().flat_map(|module| &module.items);
    let asks = items.into_iter().any(|source| match &source.item.kind {
        ItemKind::Use(import) => import.module.names.first().is_some_and(|name| name.text == "std"),
        _ => false,
    });
    if !asks {
        return Vec::new();
    }
    let read = FILES.iter().filter_map(|(path, text)| {
        let file = SourceFile::new(*path, *text);
        let module = parsing::library(&file, sources)?;
        Some((file, module))
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_in_the_canonical_style() {
        for (path, text) in FILES {
            assert_eq!(syncline_syntax::format(text).as_deref(), Ok(text), "{path}");
        }
    }
}
