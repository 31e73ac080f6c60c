//! One finding: what is wrong, where, what it costs, and how to put it right.

use crate::{Code, Severity, SourceMap, Span};

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of problem.
    pub code: Code,
    /// The code's own severity, or what the workspace's lint levels made of it.
    pub severity: Severity,
    /// The problem in one line: lower case, no full stop, names in backticks.
    pub message: String,
    /// The place to look at first.
    pub primary: Label,
    /// Other places that have a part in it.
    pub related: Vec<Label>,
    /// What it costs, in money or in control.
    pub why: Option<String>,
    /// What the reader can do.
    pub help: Option<String>,
    /// A record that shows the problem.
    pub witness: Option<Witness>,
    /// An edit that puts it right.
    pub fix: Option<Fix>,
    /// The element of the model it is about (`Contract.price`): stays the same when lines move.
    pub element: Option<String>,
}

/// A place in the source and a few words about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be seen there; may be empty for the primary place.
    pub message: String,
    /// The team that answers for the place.
    pub team: Option<String>,
}

/// A record that shows the problem.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// The object or entity of which it is a record.
    pub object: String,
    /// Paths from the record and their values, as the language writes them.
    pub fields: Vec<(String, String)>,
    /// The record rests on a condition that the compiler cannot look into: it may not exist.
    pub possible: bool,
}

/// Edits that, made together, put the problem right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the edits do, as an instruction: `` write `except price` ``.
    pub message: String,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// The replacement of a span by a text. An empty span inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

impl Diagnostic {
    /// A finding of kind `code` at `span`.
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity: code.severity,
            message: message.into(),
            primary: Label { span, message: String::new(), team: None },
            related: Vec::new(),
            why: None,
            help: None,
            witness: None,
            fix: None,
            element: None,
        }
    }

    /// A few words at the primary place.
    #[must_use]
    pub fn label(mut self, message: impl Into<String>) -> Diagnostic {
        self.primary.message = message.into();
        self
    }

    /// The team that answers for the primary place.
    #[must_use]
    pub fn team(mut self, team: impl Into<String>) -> Diagnostic {
        self.primary.team = Some(team.into());
        self
    }

    /// Another place that has a part in the problem, with the team that answers for it, if one does.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>, team: Option<&str>) -> Diagnostic {
        self.related.push(Label { span, message: message.into(), team: team.map(str::to_owned) });
        self
    }

    /// What it costs, in money or in control.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Diagnostic {
        self.why = Some(why.into());
        self
    }

    /// What the reader can do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Diagnostic {
        self.help = Some(help.into());
        self
    }

    /// A record that shows the problem.
    #[must_use]
    pub fn witness(mut self, witness: Witness) -> Diagnostic {
        self.witness = Some(witness);
        self
    }

    /// An edit that puts it right.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Diagnostic {
        self.fix = Some(fix);
        self
    }

    /// The element of the model it is about.
    #[must_use]
    pub fn element(mut self, element: impl Into<String>) -> Diagnostic {
        self.element = Some(element.into());
        self
    }
}

impl Witness {
    /// A record of `object`, with no fields yet.
    pub fn new(object: impl Into<String>) -> Witness {
        Witness { object: object.into(), fields: Vec::new(), possible: false }
    }

    /// A field of the record, and its value as the language writes it.
    #[must_use]
    pub fn field(mut self, path: impl Into<String>, value: impl Into<String>) -> Witness {
        self.fields.push((path.into(), value.into()));
        self
    }

    /// Says that the record may not exist: it rests on a condition that the compiler cannot look into.
    #[must_use]
    pub fn possible(mut self) -> Witness {
        self.possible = true;
        self
    }
}

impl Fix {
    /// A fix without edits yet.
    pub fn new(message: impl Into<String>) -> Fix {
        Fix { message: message.into(), edits: Vec::new() }
    }

    /// A fix that replaces one span.
    pub fn replace(message: impl Into<String>, span: Span, text: impl Into<String>) -> Fix {
        Fix::new(message).edit(span, text)
    }

    /// One more edit.
    #[must_use]
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Fix {
        self.edits.push(Edit { span, text: text.into() });
        self
    }
}

/// Puts findings in the order in which readers meet them: by file, position, code; then by message, so that the order
/// does not depend on who found them first.
pub fn sort(diagnostics: &mut [Diagnostic], sources: &SourceMap) {
    diagnostics.sort_by_cached_key(|diagnostic| {
        let at = sources.resolve(diagnostic.primary.span);
        (at.path, at.bytes.start, at.bytes.end, diagnostic.code.number, diagnostic.message.clone())
    });
}

/// How many findings have this severity.
pub fn count(diagnostics: &[Diagnostic], severity: Severity) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
}

/// Whether any finding keeps the workspace from being built.
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}
