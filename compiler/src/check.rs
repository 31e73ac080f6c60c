//! `check`: everything that is wrong with a workspace.

use crate::parsing::{self, Parsed};
use crate::{MANIFEST, MAX_FILES, SourceFile, Workspace, library, profiles};
use std::sync::Arc;
use syncline_diagnostics::{Diagnostic, Severity, SourceMap, codes, count, has_errors, sort};
use syncline_semantics::flow::FlowGraph;
use syncline_semantics::model::Model;
use syncline_semantics::{Analysis, analyze};

/// What is known about a workspace after it has been checked.
#[derive(Debug)]
pub struct Checked {
    /// Findings at the levels the workspace wants, by file and position.
    pub diagnostics: Vec<Diagnostic>,
    /// Where the findings' places lie.
    pub sources: SourceMap,
    /// What the specs say, as far as it could be understood.
    pub model: Model,
    /// Which fields depend on which.
    pub flow: FlowGraph,
    /// Path and text of each source file, by path, then those of the standard library in use.
    pub files: Vec<(String, Arc<str>)>,
    pub(crate) workspace: syncline_ir::Workspace,
}

/// Checks a workspace. Never fails: what cannot be read is among the findings.
#[must_use]
pub fn check(workspace: &Workspace) -> Checked {
    let config = &workspace.config;
    let mut sources = SourceMap::new();
    let manifest = sources.add_file(MANIFEST, Arc::clone(&config.text));
    sources.add_item(manifest, 0);
    let mut diagnostics = config.problems.clone();

    let mut files: Vec<&SourceFile> = workspace.files.iter().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    if files.len() > MAX_FILES {
        let message =
            format!("`{}` holds {} source files; a workspace may have {MAX_FILES}", config.sources, files.len());
        diagnostics.push(
            Diagnostic::new(&codes::TOO_MANY_FILES, config.sources_span, message)
                .help("let `sources` name the folder with the specs only"),
        );
        files.clear();
    }
    let Parsed { mut modules, diagnostics: of_form } = parsing::parse(&files, config, &mut sources);
    let readable = !has_errors(&of_form) && !has_errors(&diagnostics);
    diagnostics.extend(of_form);
    let library = library::of(&modules, &mut sources);
    modules.extend(library.modules);
    diagnostics.extend(library.diagnostics);
    let Analysis { model, flow, diagnostics: of_meaning } = analyze(&modules, &sources);
    diagnostics.extend(of_meaning);
    // Systems that could not be read are not unknown.
    if readable {
        diagnostics.extend(profiles::check(config, &model));
    }

    let mut diagnostics = config.levels.apply(diagnostics);
    sort(&mut diagnostics, &sources);
    let files =
        files.into_iter().chain(&library.files).map(|file| (file.path.clone(), Arc::clone(&file.text))).collect();
    let workspace = syncline_ir::Workspace { name: config.name.clone(), edition: config.edition };
    Checked { diagnostics, sources, model, flow, files, workspace }
}

impl Checked {
    /// Whether no plan can be built.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        has_errors(&self.diagnostics)
    }

    /// The tests of the specs, a case for each row of a table; none when there are errors.
    #[must_use]
    pub fn tests(&self) -> Option<&[syncline_ir::TestCase]> {
        (!self.has_errors()).then_some(self.model.tests.as_slice())
    }

    /// What a test found in place of what it expects, as a finding: `at` is a place of the test, and so are those of the notes.
    #[must_use]
    pub fn unmet(
        &self,
        at: &str,
        message: impl Into<String>,
        notes: &[(syncline_ir::At, String)],
        help: Option<&str>,
    ) -> Option<Diagnostic> {
        let place = |at: &str| self.model.test_places.get(at).copied();
        let mut notes = notes.iter().filter_map(|(at, note)| Some((place(at)?, note.as_str())));
        let message = message.into();
        let mut found = match notes.next() {
            Some((span, note)) => Diagnostic::new(&codes::EXPECTATION_NOT_MET, span, message).label(note),
            None => Diagnostic::new(&codes::EXPECTATION_NOT_MET, place(at)?, message),
        };
        for (span, note) in notes {
            found = found.related(span, note, None);
        }
        Some(match help {
            Some(help) => found.help(help),
            None => found,
        })
    }

    /// The line of the specs on which a place lies, without the blanks around it.
    #[must_use]
    pub fn line_at(&self, at: &str) -> Option<&str> {
        let mut parts = at.rsplitn(3, ':');
        let (_, line, path) = (parts.next()?, parts.next()?.parse::<usize>().ok()?, parts.next()?);
        let text = self.sources.text(self.sources.file_at(path)?);
        text.lines().nth(line.checked_sub(1)?).map(str::trim)
    }

    /// How many findings are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        count(&self.diagnostics, Severity::Error)
    }

    /// How many findings are warnings.
    #[must_use]
    pub fn warnings(&self) -> usize {
        count(&self.diagnostics, Severity::Warning)
    }
}
