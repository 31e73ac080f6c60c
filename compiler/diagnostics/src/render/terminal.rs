//! Findings for people: the source lines, and below them, in the same visual language, a record that shows the problem,
//! what it costs, what to do, and the fix as a small diff.

use super::change::{Hunk, Kind, Line, hunks};
use super::excerpt::{Texts, excerpt, gutter_width};
use super::paint::{Paint, Role};
use super::prose::{expand_tabs, visible, width, wrap};
use crate::{Diagnostic, FileId, Fix, Severity, SourceMap, Witness, count, sort};

/// How to write for a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour, with ANSI escapes.
    pub color: bool,
    /// How many columns the reader's terminal has. Texts are wrapped to it; source lines never are.
    pub width: usize,
}

impl Default for Style {
    /// No colour, 100 columns: for pipes and logs.
    fn default() -> Style {
        Style { color: false, width: 100 }
    }
}

/// Texts are never wrapped narrower than this.
const NARROWEST: usize = 40;
/// Lines of one hunk that are shown; of a longer one the rest is counted.
const LONGEST_HUNK: usize = 20;

/// All findings, sorted by file, position and code, and a line that sums them up. Empty when there is none.
pub fn terminal(diagnostics: &[Diagnostic], sources: &SourceMap, style: &Style) -> String {
    if diagnostics.is_empty() {
        return String::new();
    }
    let mut sorted = diagnostics.to_vec();
    sort(&mut sorted, sources);
    let texts = Texts::new(sources);
    let paint = Paint { color: style.color };
    let columns = style.width.max(NARROWEST);
    let mut out = String::new();
    for diagnostic in &sorted {
        let mut page = Page {
            sources,
            paint,
            gutter: gutter_width(diagnostic, sources),
            columns,
            out: excerpt(diagnostic, &texts, columns, paint),
        };
        page.finish(diagnostic);
        out.push_str(&page.out);
        out.push('\n');
    }
    out.push_str(&summary_line(&sorted, sources, paint));
    out.push('\n');
    out
}

/// `2 errors, 1 warning in 3 files`: how many findings, and in how many files they lie.
pub fn summary(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    summary_line(diagnostics, sources, Paint { color: false })
}

fn summary_line(diagnostics: &[Diagnostic], sources: &SourceMap, paint: Paint) -> String {
    let counted = |severity| {
        let count = count(diagnostics, severity);
        (count > 0).then(|| paint.paint(Role::Header(severity), &number_of(count, severity.as_str())))
    };
    let counts: Vec<String> = [Severity::Error, Severity::Warning].into_iter().filter_map(counted).collect();
    if counts.is_empty() {
        return "no errors, no warnings".to_owned();
    }
    let mut files: Vec<FileId> = diagnostics.iter().map(|one| sources.item(one.primary.span.item).0).collect();
    files.sort_unstable();
    files.dedup();
    format!("{} in {}", counts.join(", "), number_of(files.len(), "file"))
}

fn number_of(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// One finding while it is written.
struct Page<'a> {
    sources: &'a SourceMap,
    paint: Paint,
    /// Columns of the line numbers.
    gutter: usize,
    /// Columns of the terminal.
    columns: usize,
    out: String,
}

impl Page<'_> {
    /// Everything below the excerpts.
    fn finish(&mut self, diagnostic: &Diagnostic) {
        self.border("");
        if let Some(witness) = &diagnostic.witness {
            self.witness(diagnostic.code.witness, witness);
        }
        if let Some(why) = &diagnostic.why {
            self.remark("why:", why);
        }
        if let Some(help) = &diagnostic.help {
            self.remark("help:", help);
        }
        if let Some(fix) = &diagnostic.fix {
            self.remark("fix:", &fix.message);
            self.fix(fix, self.sources.item(diagnostic.primary.span.item).0);
        }
        self.drop_empty_borders();
    }

    /// Takes off the lines at the end that hold nothing but the border: nothing follows from which they would part.
    fn drop_empty_borders(&mut self) {
        let empty = self.empty_border();
        while self.out.ends_with(&empty) {
            self.out.truncate(self.out.len() - empty.len());
        }
    }

    fn empty_border(&self) -> String {
        format!("{:1$} {2}\n", "", self.gutter, self.paint.paint(Role::Gutter, "│"))
    }

    /// A line with nothing but the border, or with `content` behind it.
    fn border(&mut self, content: &str) {
        let border = self.paint.paint(Role::Gutter, "│");
        self.line(&format!("{:1$} {border} {content}", "", self.gutter));
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    /// `= why: …`, wrapped, the text in a column of its own.
    fn remark(&mut self, heading: &str, text: &str) {
        let bullet = self.paint.paint(Role::Gutter, "=");
        let indent = self.gutter + "  = help: ".len() - 1;
        let room = self.columns.saturating_sub(indent).max(NARROWEST / 2);
        for (index, words) in wrap(text, room).iter().enumerate() {
            let words = self.paint.names(words);
            if index == 0 {
                let heading = self.paint.paint(Role::Heading, &format!("{heading:5}"));
                self.line(&format!("{:1$} {bullet} {heading} {words}", "", self.gutter));
            } else {
                self.line(&format!("{:indent$}{words}", ""));
            }
        }
    }

    /// The record, its paths in one column and its values in another.
    fn witness(&mut self, caption: &str, witness: &Witness) {
        let bullet = self.paint.paint(Role::Gutter, "=");
        let caption = self.paint.paint(Role::Heading, &format!("{caption}:"));
        self.line(&format!("{:1$} {bullet} {caption}", "", self.gutter));
        self.border("");
        self.border(&format!("    {}", self.paint.paint(Role::Name, &visible(&witness.object))));
        let longest = witness.fields.iter().map(|(path, _)| width(&visible(path))).max().unwrap_or(0);
        for (path, value) in &witness.fields {
            let path = visible(path);
            let blanks = longest - width(&path);
            self.border(&format!("      {path}{:blanks$}   {}", "", visible(value)));
        }
        if witness.possible {
            let remark = "(it may not exist: the compiler cannot look into part of the condition)";
            self.border(&format!("    {}", self.paint.paint(Role::Aside, remark)));
        }
        self.border("");
    }

    fn fix(&mut self, fix: &Fix, shown: FileId) {
        let mut shown = shown;
        for hunk in hunks(fix, self.sources) {
            self.border("");
            if hunk.file != shown {
                shown = hunk.file;
                let corner = self.paint.paint(Role::Gutter, "┌─");
                self.line(&format!("{:1$} {corner} {2}", "", self.gutter, visible(self.sources.path(shown))));
                self.border("");
            }
            self.hunk(&hunk);
        }
    }

    fn hunk(&mut self, hunk: &Hunk) {
        for line in hunk.lines.iter().take(LONGEST_HUNK) {
            self.changed_line(line);
        }
        let left = hunk.lines.len().saturating_sub(LONGEST_HUNK);
        if left > 0 {
            let remark = format!("… and {}", number_of(left, "more line"));
            self.border(&self.paint.paint(Role::Aside, &remark));
        }
    }

    fn changed_line(&mut self, line: &Line) {
        let (sign, role, part) = match line.kind {
            Kind::Stays => (" ", Role::Aside, Role::Aside),
            Kind::Removed => ("-", Role::Removed, Role::RemovedPart),
            Kind::Added => ("+", Role::Added, Role::AddedPart),
        };
        let expanded = expand_tabs(&line.text);
        // With tabs the bytes that differ are not those of the expanded text: then the line is shown in one piece.
        let differs = if expanded.len() == line.text.len() { line.differs.clone() } else { 0..0 };
        let head = expanded.get(..differs.start).unwrap_or("");
        let middle = expanded.get(differs.clone()).unwrap_or("");
        let tail = expanded.get(differs.end..).unwrap_or("");
        let number = self.paint.paint(Role::Gutter, &format!("{:>1$}", line.number, self.gutter));
        let border = self.paint.paint(Role::Gutter, "│");
        self.line(&format!(
            "{number} {border} {} {}{}{}",
            self.paint.paint(role, sign),
            self.paint.paint(role, &visible(head)),
            self.paint.paint(part, &visible(middle)),
            self.paint.paint(role, &visible(tail)),
        ));
    }
}
