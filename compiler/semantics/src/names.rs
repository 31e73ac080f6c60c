//! Names across modules: what is declared, and what each module may use.
//!
//! One name means one thing in the whole workspace, whatever its kind; a module sees its own names and those it
//! lists in `use`.

use crate::input::Module;
use std::collections::{BTreeMap, BTreeSet};
use syncline_diagnostics::{Diagnostic, Fix, Span, closest, codes};
use syncline_syntax::ast;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameKind {
    /// `unit`
    Unit,
    /// `team`
    Team,
    /// `queue`
    Queue,
    /// `enum`
    Enum,
    /// `lifecycle`
    Lifecycle,
    /// `product`
    Product,
    /// `system`
    System,
    /// `object`
    Object,
    /// `codes`
    Codes,
    /// `sync`
    Sync,
    /// `calendar`
    Calendar,
    /// `holidays`
    Holidays,
    /// `wave`
    Wave,
}

impl NameKind {
    /// The kind in words, with its article.
    #[must_use]
    pub const fn described(self) -> &'static str {
        match self {
            Self::Unit => "a unit",
            Self::Team => "a team",
            Self::Queue => "a queue",
            Self::Enum => "an enum",
            Self::Lifecycle => "a lifecycle",
            Self::Product => "a product",
            Self::System => "a system",
            Self::Object => "an object",
            Self::Codes => "a code table",
            Self::Sync => "a sync",
            Self::Calendar => "a calendar",
            Self::Holidays => "a set of holidays",
            Self::Wave => "a wave",
        }
    }

    const fn of(kind: &ast::ItemKind) -> Option<Self> {
        use ast::{ItemKind, ItemWord};
        match kind {
            ItemKind::Unit | ItemKind::Broken(ItemWord::Unit) => Some(Self::Unit),
            ItemKind::Team(_) | ItemKind::Broken(ItemWord::Team) => Some(Self::Team),
            ItemKind::Queue(_) | ItemKind::Broken(ItemWord::Queue) => Some(Self::Queue),
            ItemKind::Enum(_) | ItemKind::Broken(ItemWord::Enum) => Some(Self::Enum),
            ItemKind::Lifecycle(_) | ItemKind::Broken(ItemWord::Lifecycle) => Some(Self::Lifecycle),
            ItemKind::Product(_) | ItemKind::Broken(ItemWord::Product) => Some(Self::Product),
            ItemKind::System(_) | ItemKind::Broken(ItemWord::System) => Some(Self::System),
            ItemKind::Object(_) | ItemKind::Broken(ItemWord::Object) => Some(Self::Object),
            ItemKind::Codes(_) | ItemKind::Broken(ItemWord::Codes) => Some(Self::Codes),
            ItemKind::Sync(_) | ItemKind::Broken(ItemWord::Sync) => Some(Self::Sync),
            ItemKind::Calendar(_) | ItemKind::Broken(ItemWord::Calendar) => Some(Self::Calendar),
            ItemKind::Holidays(_) | ItemKind::Broken(ItemWord::Holidays) => Some(Self::Holidays),
            ItemKind::Wave(_) | ItemKind::Broken(ItemWord::Wave) => Some(Self::Wave),
            ItemKind::Use(_) | ItemKind::Ownership(_) | ItemKind::Map(_) | ItemKind::Test(_) | ItemKind::Broken(_) => {
                None
            }
        }
    }
}

/// A declared name.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// What it stands for.
    pub kind: NameKind,
    /// Index of its module.
    pub module: usize,
    /// Where the name is declared.
    pub span: Span,
    /// Whether its item could not be read; then nothing more is known of it.
    pub broken: bool,
}

/// All declared names, and what each module imports.
#[derive(Debug, Clone, Default)]
pub struct Names {
    declared: BTreeMap<String, Declaration>,
    modules: Vec<ModuleNames>,
}

#[derive(Debug, Clone, Default)]
struct ModuleNames {
    path: String,
    imports: BTreeMap<String, Span>,
    wildcards: Vec<(usize, Span)>,
    /// Just before its first item and that one's documentation: where a `use` can be added.
    top: Option<Span>,
    /// Names that a failed `use` was meant to bring: not reported again.
    failed: BTreeSet<String>,
}

/// What a name means in a module.
#[derive(Debug, Clone, Copy)]
pub enum Meaning<'a> {
    /// A declaration it may use.
    Found(&'a Declaration),
    /// Something that has been reported already.
    Poison,
    /// A declaration of another module that it does not import.
    Hidden(&'a Declaration),
    /// Nothing.
    Unknown,
}

/// Two files with one path: `a.b.syn` and `a/b.syn`. A file without items says nothing and is not in the way.
fn one_path(first: &Module, second: &Module) -> Option<Diagnostic> {
    let (first, later) = (first.items.first()?, second.items.first()?);
    let message = format!("two files are the module `{}`", second.path);
    Some(
        Diagnostic::new(&codes::DUPLICATE_NAME, Span::new(later.at, 0, 0), message)
            .related(Span::new(first.at, 0, 0), "the other file", None)
            .help("rename one of the files: a dot in its name counts like a folder"),
    )
}

impl Names {
    /// Collects the names of all modules and resolves their `use`s.
    #[must_use]
    pub fn collect(modules: &[Module]) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut names = Self::default();
        names.declare(modules, &mut diagnostics);
        let mut by_path: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, module) in modules.iter().enumerate() {
            match by_path.get(module.path.as_str()).and_then(|first| modules.get(*first)) {
                None => {
                    by_path.insert(&module.path, index);
                }
                Some(first) => diagnostics.extend(one_path(first, module)),
            }
        }
        for module in modules {
            let scope = names.import(module, &by_path, modules, &mut diagnostics);
            names.modules.push(scope);
        }
        (names, diagnostics)
    }

    fn declare(&mut self, modules: &[Module], diagnostics: &mut Vec<Diagnostic>) {
        // The library comes last: of it there is only what is needed, and every other name of it is free.
        let library = |wanted: bool| move |(_, module): &(usize, &Module)| module.library == wanted;
        let own = modules.iter().enumerate().filter(library(false));
        let all = own.chain(modules.iter().enumerate().filter(library(true)));
        for (index, module) in all {
            for source in &module.items {
                let (Some(name), Some(kind)) = (&source.item.name, NameKind::of(&source.item.kind)) else { continue };
                let span = Span::new(source.at, name.range.start, name.range.end);
                let broken = matches!(source.item.kind, ast::ItemKind::Broken(_));
                if let Some(first) = self.declared.get(name.text.as_str()) {
                    if module.library {
                        continue;
                    }
                    diagnostics.push(
                        Diagnostic::new(&codes::DUPLICATE_NAME, span, format!("`{}` is declared twice", name.text))
                            .label("declared again here")
                            .related(first.span, format!("first declared here, as {}", first.kind.described()), None)
                            .why("a name means one thing in the whole workspace, so that a reader of the plan or the docs can never mistake one for another")
                            .help("rename one of them")
                            .element(name.text.as_str()),
                    );
                    continue;
                }
                self.declared.insert(name.text.to_string(), Declaration { kind, module: index, span, broken });
            }
        }
    }

    fn import(
        &self,
        module: &Module,
        by_path: &BTreeMap<&str, usize>,
        modules: &[Module],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> ModuleNames {
        let mut scope = ModuleNames { path: module.path.clone(), ..ModuleNames::default() };
        scope.top = module.top.map(|top| Span::new(top, 0, 0));
        for source in &module.items {
            let ast::ItemKind::Use(import) = &source.item.kind else { continue };
            let span = |range: ast::Range| Span::new(source.at, range.start, range.end);
            let path: Vec<&str> = import.module.names.iter().map(|name| name.text.as_str()).collect();
            let path = path.join(".");
            let Some(&target) = by_path.get(path.as_str()) else {
                let mut diagnostic = Diagnostic::new(
                    &codes::UNKNOWN_MODULE,
                    span(import.module.range),
                    format!("there is no module `{path}`"),
                );
                if let Some(near) = closest(&path, modules.iter().map(|module| module.path.as_str())) {
                    diagnostic = diagnostic.help(format!("did you mean `{near}`?")).fix(Fix::replace(
                        format!("write `{near}`"),
                        span(import.module.range),
                        near,
                    ));
                } else {
                    diagnostic = diagnostic
                        .help("a module is a file under the sources folder: `services/time.syn` is `services.time`");
                }
                diagnostics.push(diagnostic);
                if let ast::UseNames::Named(list) = &import.names {
                    scope.failed.extend(list.iter().map(|name| name.text.to_string()));
                }
                continue;
            };
            match &import.names {
                ast::UseNames::All(range) => scope.wildcards.push((target, span(*range))),
                ast::UseNames::Named(list) => {
                    for name in list {
                        let place = span(name.range);
                        match self.declared.get(name.text.as_str()) {
                            Some(found) if found.module == target => {
                                if let Some(first) = scope.imports.get(name.text.as_str()) {
                                    let message = format!("`{}` is imported already", name.text);
                                    diagnostics.push(
                                        Diagnostic::new(&codes::UNUSED_IMPORT, place, message)
                                            .related(*first, "imported here", None)
                                            .help("remove one of them"),
                                    );
                                } else {
                                    scope.imports.insert(name.text.to_string(), place);
                                }
                            }
                            other => {
                                scope.failed.insert(name.text.to_string());
                                // A name that the library and the workspace both declare has been reported.
                                let of_library = |at: usize| modules.get(at).is_some_and(|module| module.library);
                                if module.library
                                    || (of_library(target) && other.is_some_and(|own| !of_library(own.module)))
                                {
                                    continue;
                                }
                                diagnostics.push(self.bad_import(name, place, &path, other, modules));
                            }
                        }
                    }
                }
            }
        }
        scope
    }

    fn bad_import(
        &self,
        name: &ast::Name,
        place: Span,
        path: &str,
        elsewhere: Option<&Declaration>,
        modules: &[Module],
    ) -> Diagnostic {
        let diagnostic =
            Diagnostic::new(&codes::UNKNOWN_NAME, place, format!("module `{path}` declares no `{}`", name.text));
        if let Some(found) = elsewhere {
            let home = modules.get(found.module).map_or("", |module| module.path.as_str());
            return diagnostic
                .related(found.span, format!("declared here, in module `{home}`"), None)
                .help(format!("write `use {home}.{}`", name.text));
        }
        let candidates = self
            .declared
            .iter()
            .filter(|(_, declaration)| modules.get(declaration.module).is_some_and(|module| module.path == path));
        match closest(&name.text, candidates.map(|(name, _)| name.as_str())) {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(Fix::replace(
                format!("write `{near}`"),
                place,
                near,
            )),
            None => diagnostic,
        }
    }

    /// What `name` means in a module.
    #[must_use]
    pub fn meaning(&self, module: usize, name: &str) -> Meaning<'_> {
        let Some(scope) = self.modules.get(module) else { return Meaning::Unknown };
        let Some(found) = self.declared.get(name) else {
            return if scope.failed.contains(name) { Meaning::Poison } else { Meaning::Unknown };
        };
        let visible = found.module == module
            || scope.imports.contains_key(name)
            || scope.wildcards.iter().any(|(target, _)| *target == found.module);
        match (visible, found.broken) {
            (true, true) => Meaning::Poison,
            (true, false) => Meaning::Found(found),
            (false, _) if scope.failed.contains(name) => Meaning::Poison,
            (false, _) => Meaning::Hidden(found),
        }
    }

    /// The nearest declared name of one of `kinds`, for a name that means nothing.
    #[must_use]
    pub fn nearest(&self, name: &str, kinds: &[NameKind]) -> Option<&str> {
        closest(
            name,
            self.declared.iter().filter(|(_, found)| kinds.contains(&found.kind)).map(|(name, _)| name.as_str()),
        )
    }

    /// The path of a module.
    #[must_use]
    pub fn module_path(&self, module: usize) -> &str {
        self.modules.get(module).map_or("", |scope| scope.path.as_str())
    }

    /// Where a `use` can be added to a module.
    #[must_use]
    pub fn import_place(&self, module: usize) -> Option<Span> {
        self.modules.get(module).and_then(|scope| scope.top)
    }

    /// Imports that a module does not use, given the names it used.
    #[must_use]
    pub fn unused_imports(&self, module: usize, used: &BTreeSet<String>) -> Vec<Diagnostic> {
        let Some(scope) = self.modules.get(module) else { return Vec::new() };
        let named = scope.imports.iter().filter(|(name, _)| !used.contains(*name));
        let named = named.map(|(name, span)| {
            Diagnostic::new(&codes::UNUSED_IMPORT, *span, format!("`{name}` is imported and not used"))
                .help("remove it from the `use`")
        });
        let idle = scope.wildcards.iter().filter(|(target, _)| {
            !used.iter().any(|name| self.declared.get(name).is_some_and(|found| found.module == *target))
        });
        let idle = idle.map(|(target, span)| {
            let path = self.module_path(*target);
            Diagnostic::new(&codes::UNUSED_IMPORT, *span, format!("nothing of module `{path}` is used"))
                .help("remove this `use`")
        });
        named.chain(idle).collect()
    }
}
