//! From texts to modules: files are parsed in parallel and their errors of form get their codes.

use crate::workspace::Flaw;
use crate::{Config, MAX_FILE_BYTES, SourceFile};
use rayon::prelude::*;
use syncline_diagnostics::{Code, Diagnostic, FileId, ItemRef, SourceMap, Span, codes};
use syncline_semantics::input::{Module, SourceItem};
use syncline_syntax::{SyntaxError, SyntaxErrorKind, SyntaxFile, parse_file};

/// All modules of a workspace.
pub(crate) struct Parsed {
    pub modules: Vec<Module>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses `files` and adds them to `sources`, in the order given.
pub(crate) fn parse(files: &[&SourceFile], config: &Config, sources: &mut SourceMap) -> Parsed {
    let trees: Vec<Option<SyntaxFile>> =
        files.par_iter().map(|file| file.flaw.is_none().then(|| parse_file(&file.text))).collect();
    let mut parsed = Parsed { modules: Vec::with_capacity(files.len()), diagnostics: Vec::new() };
    for (file, tree) in files.iter().zip(trees) {
        let id = sources.add_file(file.path.as_str(), std::sync::Arc::clone(&file.text));
        let whole = sources.add_item(id, 0);
        parsed.diagnostics.extend(file.flaw.as_ref().map(|flaw| unreadable(file, flaw, whole)));
        if let Some(tree) = tree {
            let module = module(module_path(&file.path, config), id, whole, tree, sources, &mut parsed.diagnostics);
            parsed.modules.push(module);
        }
    }
    parsed
}

/// A module of the standard library, which is known to be sound.
pub(crate) fn library(file: &SourceFile, sources: &mut SourceMap) -> Option<Module> {
    let id = sources.add_file(file.path.as_str(), std::sync::Arc::clone(&file.text));
    let whole = sources.add_item(id, 0);
    let path = file.path.strip_suffix(".syn")?.replace('/', ".");
    let module = module(path, id, whole, parse_file(&file.text), sources, &mut Vec::new());
    Some(Module { library: true, ..module })
}

fn module(
    path: String,
    file: FileId,
    whole: ItemRef,
    tree: SyntaxFile,
    sources: &mut SourceMap,
    found: &mut Vec<Diagnostic>,
) -> Module {
    found.extend(tree.errors.iter().map(|error| diagnostic(error, whole)));
    let top = tree.items.first().map(|first| before_docs(sources.text(file), first.start));
    let top = top.map(|top| sources.add_item(file, top));
    let mut items = Vec::with_capacity(tree.items.len());
    for item in tree.items {
        let at = sources.add_item(file, item.start);
        found.extend(item.errors.iter().map(|error| diagnostic(error, at)));
        items.push(SourceItem { at, item: item.item });
    }
    Module { path, file, top, items, library: false }
}

/// Where the lines of documentation begin that end just before an item.
fn before_docs(text: &str, start: u32) -> u32 {
    let mut top = usize::try_from(start).unwrap_or(usize::MAX);
    while let Some(line) = text.get(..top).and_then(|before| before.lines().next_back())
        && line.trim_start().starts_with("///")
    {
        // The line and its end, which is one character or two.
        let end = text.get(..top).map_or(0, |before| before.len() - before.trim_end_matches(['\r', '\n']).len());
        top = top.saturating_sub(line.len() + end);
    }
    u32::try_from(top).unwrap_or(start)
}

/// The path of the module in a file: `services.time` for `specs/services/time.syn`.
fn module_path(path: &str, config: &Config) -> String {
    let below = path.strip_prefix(config.sources.as_str()).and_then(|rest| rest.strip_prefix('/')).unwrap_or(path);
    below.strip_suffix(".syn").unwrap_or(below).replace('/', ".")
}

fn unreadable(file: &SourceFile, flaw: &Flaw, whole: ItemRef) -> Diagnostic {
    match flaw {
        Flaw::NotUnicode(error) => diagnostic(error, whole),
        Flaw::TooLarge(bytes) => {
            let message = format!(
                "`{}` has {} MiB; a source file may have {}",
                file.path,
                bytes.div_ceil(1024 * 1024),
                MAX_FILE_BYTES / (1024 * 1024)
            );
            Diagnostic::new(&codes::FILE_TOO_LARGE, Span::new(whole, 0, 0), message)
                .help("move data out of the sources, or split the file")
        }
    }
}

fn diagnostic(error: &SyntaxError, at: ItemRef) -> Diagnostic {
    let span = Span::new(at, error.range.start, error.range.end);
    let found = Diagnostic::new(code(error.kind), span, error.message.clone());
    match &error.help {
        Some(help) => found.help(help.clone()),
        None => found,
    }
}

/// The code of each kind of error of form.
const fn code(kind: SyntaxErrorKind) -> Code {
    match kind {
        SyntaxErrorKind::UnexpectedText => &codes::SYNTAX_ERROR,
        SyntaxErrorKind::UnknownStatement => &codes::UNKNOWN_STATEMENT,
        SyntaxErrorKind::UnknownItem => &codes::UNKNOWN_ITEM,
        SyntaxErrorKind::NotInThisRelease => &codes::NOT_IN_THIS_RELEASE,
        SyntaxErrorKind::ReservedName => &codes::RESERVED_WORD,
        SyntaxErrorKind::NonAsciiName => &codes::NON_ASCII_NAME,
        SyntaxErrorKind::UnclosedText | SyntaxErrorKind::UnclosedName | SyntaxErrorKind::UnclosedBracket => {
            &codes::UNCLOSED_DELIMITER
        }
        SyntaxErrorKind::UnopenedBracket => &codes::UNOPENED_DELIMITER,
        SyntaxErrorKind::TooDeep => &codes::NESTING_TOO_DEEP,
        SyntaxErrorKind::StrayCharacter => &codes::STRAY_CHARACTER,
        SyntaxErrorKind::NotUnicode => &codes::NOT_UNICODE,
        SyntaxErrorKind::StrayDocs => &codes::STRAY_DOCS,
        SyntaxErrorKind::InvalidText => &codes::INVALID_TEXT,
        SyntaxErrorKind::InvalidType => &codes::INVALID_TYPE,
        SyntaxErrorKind::ChainedComparison => &codes::CHAINED_COMPARISON,
    }
}
