//! What the analysis of one item knows and leaves behind: names it may use, findings, names it used.

use crate::names::{Meaning, NameKind, Names};
use std::cell::RefCell;
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, Fix, ItemRef, SourceMap, Span, codes};
use syncline_ir::At;
use syncline_syntax::ast;

/// The analysis of one item.
///
/// It records which names the item read, so that a later edit needs to look again only at items that read what it
/// touched.
pub(crate) struct Context<'a> {
    names: &'a Names,
    sources: &'a SourceMap,
    module: usize,
    item: ItemRef,
    diagnostics: RefCell<Vec<Diagnostic>>,
    used: RefCell<BTreeSet<String>>,
    /// The product whose map this is.
    product: RefCell<Option<String>>,
}

/// What the analysis of an item leaves behind.
pub(crate) struct Trace {
    /// Its findings.
    pub diagnostics: Vec<Diagnostic>,
    /// The names it read.
    pub used: BTreeSet<String>,
}

impl<'a> Context<'a> {
    pub fn new(names: &'a Names, sources: &'a SourceMap, module: usize, item: ItemRef) -> Self {
        Self {
            names,
            sources,
            module,
            item,
            diagnostics: RefCell::default(),
            used: RefCell::default(),
            product: RefCell::default(),
        }
    }

    pub fn finish(self) -> Trace {
        Trace { diagnostics: self.diagnostics.into_inner(), used: self.used.into_inner() }
    }

    pub const fn span(&self, range: ast::Range) -> Span {
        Span::new(self.item, range.start, range.end)
    }

    pub fn at(&self, range: ast::Range) -> At {
        at(self.sources, self.span(range))
    }

    pub fn text(&self, range: ast::Range) -> String {
        self.sources.snippet(self.span(range)).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Leaves each finding once: the rows of a test's table are looked at one after the other.
    pub fn forget_repetitions(&self) {
        let mut kept: Vec<Diagnostic> = Vec::new();
        for found in self.diagnostics.take() {
            if !kept.contains(&found) {
                kept.push(found);
            }
        }
        self.diagnostics.replace(kept);
    }

    pub fn mark_used(&self, name: &str) {
        self.used.borrow_mut().insert(name.to_owned());
    }

    /// From here on the item is a map of this product.
    pub fn serve(&self, product: &str) {
        self.product.replace(Some(product.to_owned()));
    }

    /// Whether the item is a map of this product.
    pub fn serves(&self, product: &str) -> bool {
        self.product.borrow().as_deref() == Some(product)
    }

    /// What `name` means here, when it means one of `kinds`; nothing is reported.
    pub fn find(&self, name: &str, kinds: &[NameKind]) -> Option<NameKind> {
        match self.names.meaning(self.module, name) {
            Meaning::Found(found) if kinds.contains(&found.kind) => {
                self.mark_used(name);
                Some(found.kind)
            }
            _ => None,
        }
    }

    /// Whether `name` was meant to be something here that has been reported.
    pub fn is_poison(&self, name: &str) -> bool {
        matches!(self.names.meaning(self.module, name), Meaning::Poison)
    }

    /// The kind of `name`, which must be one of `kinds`; anything else is reported. `wanted` says what was expected.
    pub fn resolve(&self, name: &ast::Name, kinds: &[NameKind], wanted: &str) -> Option<NameKind> {
        let span = self.span(name.range);
        match self.names.meaning(self.module, &name.text) {
            Meaning::Poison => {
                self.mark_used(&name.text);
                None
            }
            Meaning::Found(found) => {
                self.mark_used(&name.text);
                if kinds.contains(&found.kind) {
                    return Some(found.kind);
                }
                let message = format!("`{}` is {}, and {wanted} is expected here", name.text, found.kind.described());
                self.report(Diagnostic::new(&codes::WRONG_KIND_OF_NAME, span, message).related(
                    found.span,
                    "declared here",
                    None,
                ));
                None
            }
            Meaning::Hidden(found) => {
                let home = self.names.module_path(found.module);
                let mut diagnostic = Diagnostic::new(
                    &codes::NOT_IMPORTED,
                    span,
                    format!("`{}` belongs to module `{home}` and is not imported", name.text),
                )
                .related(found.span, "declared here", None)
                .help(format!("write `use {home}.{}`", name.text));
                if let Some(top) = self.names.import_place(self.module) {
                    diagnostic = diagnostic.fix(Fix::replace(
                        format!("add `use {home}.{}`", name.text),
                        top,
                        format!("use {home}.{}\n", name.text),
                    ));
                }
                self.report(diagnostic);
                None
            }
            Meaning::Unknown => {
                self.report(self.unknown(name, kinds, wanted));
                None
            }
        }
    }

    /// The finding for a name that means nothing here.
    pub fn unknown(&self, name: &ast::Name, kinds: &[NameKind], wanted: &str) -> Diagnostic {
        let span = self.span(name.range);
        let diagnostic = Diagnostic::new(
            &codes::UNKNOWN_NAME,
            span,
            format!("there is no {} `{}`", wanted.trim_start_matches("an ").trim_start_matches("a "), name.text),
        );
        match self.names.nearest(&name.text, kinds) {
            Some(near) => {
                // It is imported for this place: that it is not used follows from the mistake.
                self.mark_used(near);
                diagnostic.help(format!("did you mean `{near}`?")).fix(Fix::replace(
                    format!("write `{near}`"),
                    span,
                    near,
                ))
            }
            None => match syncline_syntax::type_meant_by(&name.text).filter(|_| wanted == "a type") {
                Some(meant) => diagnostic.help(format!("write {meant}")),
                None => diagnostic,
            },
        }
    }
}

/// A span as the plan writes places: `file:line:column`.
pub(crate) fn at(sources: &SourceMap, span: Span) -> At {
    let location = sources.resolve(span);
    format!("{}:{}:{}", location.path, location.start.line, location.start.column)
}
