//! The standard library: modules below `std`, embedded, of which a workspace has what it uses.
//!
//! An item is **reached** when the workspace imports it, or when an item that is reached names it. What is not reached is left out before
//! anything is checked, so a workspace that uses projects answers for no invoices, and every other name of the library is free.

use crate::{SourceFile, parsing};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use syncline_diagnostics::{Diagnostic, SourceMap, Span, codes};
use syncline_semantics::input::{Module, SourceItem};
use syncline_syntax::ast::{Item, ItemKind, Name, Use, UseNames};

/// Path and text of a file.
macro_rules! file {
    ($name:literal) => {
        (concat!("std/", $name), include_str!(concat!("../../stdlib/", $name)))
    };
}

/// Each file; a module is called like its file.
const FILES: [(&str, &str); 12] = [
    file!("calendars.syn"),
    file!("countries.syn"),
    file!("services/clients.syn"),
    file!("services/contracts.syn"),
    file!("services/expenses.syn"),
    file!("services/invoices.syn"),
    file!("services/milestones.syn"),
    file!("services/money.syn"),
    file!("services/people.syn"),
    file!("services/projects.syn"),
    file!("services/rates.syn"),
    file!("services/time.syn"),
];

/// What a workspace has of the library.
#[derive(Default)]
pub(crate) struct Library {
    /// The files of which something is reached.
    pub(crate) files: Vec<SourceFile>,
    /// All modules, each with what is reached of it.
    pub(crate) modules: Vec<Module>,
    /// Names that are reached and that the workspace has, too.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What is reached from the modules of a workspace; nothing when none of them asks for a module of the library.
pub(crate) fn of(workspace: &[Module], sources: &mut SourceMap) -> Library {
    let of_library = |import: &&Use| import.module.names.first().is_some_and(|name| name.text == "std");
    let asked: Vec<&Use> = workspace.iter().flat_map(imports).filter(of_library).collect();
    if asked.is_empty() {
        return Library::default();
    }
    let files = FILES.map(|(path, text)| SourceFile::new(path, text));
    let parsed = files.into_iter().filter_map(|file| Some((parsing::library(&file, sources)?, file)));
    let (modules, files): (Vec<Module>, Vec<SourceFile>) = parsed.unzip();
    let own: BTreeMap<&str, Span> = workspace.iter().flat_map(|module| &module.items).filter_map(named).collect();
    let reached = reached(&modules, &asked, &own, sources);
    // A name that is misspelt is one mistake; what it might have led to is none.
    let misspelt = reached.iter().any(|reached| reached.misspelt);
    let mut library = Library::default();
    for ((module, file), mut reached) in modules.into_iter().zip(files).zip(reached) {
        for (name, span) in module.items.iter().filter_map(named) {
            if let Some(taken) = own.get(name)
                && reached.items.remove(name).is_some()
                && !misspelt
            {
                library.diagnostics.push(twice(name, *taken, span));
            }
        }
        if !reached.items.is_empty() {
            library.files.push(file);
        }
        library.modules.push(reached.of(module));
    }
    library
}

fn imports(module: &Module) -> impl Iterator<Item = &Use> {
    module.items.iter().filter_map(|source| match &source.item.kind {
        ItemKind::Use(import) => Some(import),
        _ => None,
    })
}

fn path(import: &Use) -> String {
    import.module.names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")
}

fn name(source: &SourceItem) -> Option<&str> {
    source.item.name.as_ref().map(|name| name.text.as_str())
}

/// The name of an item, and where it stands.
fn named(source: &SourceItem) -> Option<(&str, Span)> {
    let name = source.item.name.as_ref()?;
    Some((name.text.as_str(), Span::new(source.at, name.range.start, name.range.end)))
}

fn twice(name: &str, own: Span, library: Span) -> Diagnostic {
    Diagnostic::new(&codes::DUPLICATE_NAME, own, format!("`{name}` is a name of the library, too"))
        .label("declared here")
        .related(library, "and here; what this workspace imports needs it", None)
        .why("a name means one thing in the whole workspace, so that a reader of the plan or the docs can never mistake one for another")
        .help(format!("rename yours, use the library's, or declare yourself what needs the library's `{name}`"))
        .element(name)
}

/// What is reached of one module.
#[derive(Default)]
struct Reached {
    /// Items by name, each with its words.
    items: BTreeMap<String, BTreeSet<String>>,
    /// A name was asked for that the module does not have.
    misspelt: bool,
}

/// What is reached of each module. A misspelt name reaches its whole module, so that the nearest name can be offered.
fn reached(modules: &[Module], asked: &[&Use], own: &BTreeMap<&str, Span>, sources: &SourceMap) -> Vec<Reached> {
    let declared: Vec<BTreeMap<&str, &SourceItem>> = modules
        .iter()
        .map(|module| module.items.iter().filter_map(|item| Some((name(item)?, item))).collect())
        .collect();
    let places: BTreeMap<&str, usize> =
        modules.iter().enumerate().map(|(place, module)| (module.path.as_str(), place)).collect();
    let mut reached: Vec<Reached> = modules.iter().map(|_| Reached::default()).collect();
    let mut open: Vec<(usize, &str)> = Vec::new();
    for import in asked {
        let Some((place, names)) =
            places.get(path(import).as_str()).and_then(|&place| Some((place, declared.get(place)?)))
        else {
            continue;
        };
        match &import.names {
            UseNames::Named(list) if list.iter().all(|wanted| names.contains_key(wanted.text.as_str())) => {
                let wanted = |item: &&&str| list.iter().any(|wanted| wanted.text == **item);
                open.extend(names.keys().filter(wanted).map(|name| (place, *name)));
            }
            whole => {
                if let (UseNames::Named(_), Some(found)) = (whole, reached.get_mut(place)) {
                    found.misspelt = true;
                }
                open.extend(names.keys().filter(|name| !own.contains_key(*name)).map(|name| (place, *name)));
            }
        }
    }
    while let Some((place, wanted)) = open.pop() {
        let (Some(module), Some(names)) = (modules.get(place), declared.get(place)) else { continue };
        let (Some(found), Some((wanted, source))) = (reached.get_mut(place), names.get_key_value(wanted)) else {
            continue;
        };
        if found.items.contains_key(*wanted) {
            continue;
        }
        let words = words(sources.snippet(Span::new(source.at, source.item.range.start, source.item.range.end)));
        open.extend(names.keys().filter(|name| words.contains(**name)).map(|name| (place, *name)));
        for import in imports(module) {
            let Some(&home) = places.get(path(import).as_str()) else { continue };
            let Some(names) = declared.get(home) else { continue };
            open.extend(names.keys().filter(|name| words.contains(**name)).map(|name| (home, *name)));
        }
        found.items.insert((*wanted).to_owned(), words);
    }
    reached
}

/// The words of an item, without those of its comments.
fn words(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter_map(|line| line.split("//").next());
    let words = code.flat_map(|line| line.split(|letter: char| !letter.is_alphanumeric() && letter != '_'));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

impl Reached {
    /// The module with nothing else in it.
    fn of(&self, module: Module) -> Module {
        let keep = |source: SourceItem| -> Option<SourceItem> {
            let ItemKind::Use(import) = &source.item.kind else {
                return name(&source).is_some_and(|name| self.items.contains_key(name)).then_some(source);
            };
            let UseNames::Named(list) = &import.names else { return Some(source) };
            let is_used = |name: &&Name| self.items.values().any(|words| words.contains(name.text.as_str()));
            let list: Vec<_> = list.iter().filter(is_used).cloned().collect();
            let kind = ItemKind::Use(Use { names: UseNames::Named(list.clone()), ..import.clone() });
            let item = Arc::new(Item { kind, ..Item::clone(&source.item) });
            (!list.is_empty()).then_some(SourceItem { item, ..source })
        };
        Module { items: module.items.into_iter().filter_map(keep).collect(), ..module }
    }
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

    #[test]
    fn words_are_those_of_the_code() {
        let found = words("object A {\n  /// Of a Client.\n  key b: text(4) // not C\n  d_e: Client?\n}");
        let expected = ["4", "A", "Client", "b", "d_e", "key", "object", "text"];
        assert_eq!(found.into_iter().collect::<Vec<_>>(), expected);
    }
}
