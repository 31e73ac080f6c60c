//! The upper part of a finding: its header and the source lines it is about, drawn by codespan.
//!
//! codespan trusts its input. So spans are brought into the visible part of their lines first, characters that would act
//! on the terminal are blanked, and of very long lines only the surroundings of the labels are shown.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::Range;

use codespan_reporting::diagnostic::{Diagnostic as Report, Label as Mark, Severity as ReportSeverity};
use codespan_reporting::files::{Error, Files};
use codespan_reporting::term::{self, Config};

use super::paint::{Canvas, Paint};
use super::prose::{TAB_WIDTH, expand_tabs, is_hidden, visible, width};
use crate::{Diagnostic, FileId, Label, Severity, SourceMap};

/// Bytes of a line that are shown whole; longer lines are cut around their labels.
const LONG_LINE: usize = 400;
/// Bytes shown on either side of the labels of a line that is cut.
const SURROUNDINGS: usize = 80;

/// The header and the excerpts, a line end after each line.
pub(super) fn excerpt(diagnostic: &Diagnostic, texts: &Texts<'_>, columns: usize, paint: Paint) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => ReportSeverity::Error,
        Severity::Warning => ReportSeverity::Warning,
    };
    let spots: Vec<(FileId, Range<usize>)> = labels(diagnostic).map(|label| spot(label, texts.sources)).collect();
    let marks = labels(diagnostic).zip(&spots).enumerate().flat_map(|(index, (label, (file, bytes)))| {
        let mark = if index == 0 { Mark::primary } else { Mark::secondary };
        let right_edge = right_edge(*file, bytes, texts.sources);
        let words = words(label, columns.saturating_sub(right_edge), paint);
        words.into_iter().map(move |words| mark(*file, bytes.clone()).with_message(words))
    });
    let report = Report::new(severity)
        .with_code(format!("{} {}", diagnostic.code.id(), diagnostic.code.name))
        .with_message(visible(&diagnostic.message))
        .with_labels(marks.collect());
    let config = Config { tab_width: TAB_WIDTH, ..Config::default() };
    let mut canvas = Canvas { paint, severity: diagnostic.severity, bytes: Vec::new() };
    let view = View { texts, spots: &spots };
    if term::emit_to_write_style(&mut canvas, &config, &view, &report).is_err() {
        // Not reached: the map answers every question. The message must not be lost if that ever fails.
        canvas.bytes = format!("{}: {}", diagnostic.severity, report.message).into_bytes();
    }
    let drawn = String::from_utf8_lossy(&canvas.bytes);
    drawn.trim_end_matches('\n').lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The number of digits of the highest line number in the excerpts: the width of their gutter.
pub(super) fn gutter_width(diagnostic: &Diagnostic, sources: &SourceMap) -> usize {
    let last = labels(diagnostic)
        .map(|label| {
            let (file, bytes) = spot(label, sources);
            sources.line_index(file, bytes.end) + 1
        })
        .max();
    last.unwrap_or(1).to_string().len()
}

fn labels(diagnostic: &Diagnostic) -> impl Iterator<Item = &Label> {
    std::iter::once(&diagnostic.primary).chain(&diagnostic.related)
}

/// What is written at a place: its message, and the team that answers for it. If there is not enough room for them beside
/// the underlined text, they are several labels of one place; codespan then writes them below it, one a line.
fn words(label: &Label, room: usize, paint: Paint) -> Vec<String> {
    let message = visible(&label.message);
    let team = label.team.as_ref().map(|team| format!("team {}", visible(team)));
    let beside = match &team {
        None => message.to_string(),
        Some(team) if message.is_empty() => team.clone(),
        Some(team) => format!("{message} ({team})"),
    };
    if beside.is_empty() || width(&beside) < room {
        return vec![paint.names(&beside)];
    }
    let below = [message.to_string(), team.unwrap_or_default()];
    below.iter().map(|words| paint.names(words)).collect()
}

/// The terminal column in which the underline of a place ends.
fn right_edge(file: FileId, bytes: &Range<usize>, sources: &SourceMap) -> usize {
    let line = sources.line_bytes(file, sources.line_index(file, bytes.end));
    let covered = sources.text(file).get(line.start..bytes.end).unwrap_or("");
    let gutter = "12345 │ ".chars().count();
    gutter + width(&expand_tabs(covered))
}

/// The bytes to underline: those of the label, but no line end at either side of it.
fn spot(label: &Label, sources: &SourceMap) -> (FileId, Range<usize>) {
    let at = sources.resolve(label.span);
    let text = sources.text(at.file);
    let start = before_line_end(text, at.bytes.start);
    let covered = text.get(start..at.bytes.end).unwrap_or("");
    let shown = covered.trim_end_matches(['\n', '\r']);
    (at.file, start..start + shown.len())
}

/// A position between the `\r` and the `\n` of a line end is not visible; the one before the `\r` is.
fn before_line_end(text: &str, byte: usize) -> usize {
    let (before, after) = text.split_at_checked(byte).unwrap_or((text, ""));
    if after.starts_with('\n') && before.ends_with('\r') { byte - 1 } else { byte }
}

/// The texts of all files, as they may be shown.
pub(super) struct Texts<'a> {
    sources: &'a SourceMap,
    shown: Vec<OnceCell<Cow<'a, str>>>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(sources: &'a SourceMap) -> Texts<'a> {
        Texts { sources, shown: vec![OnceCell::new(); sources.file_count()] }
    }

    fn get(&self, file: FileId) -> &str {
        let cell = self.shown.get(file.0 as usize);
        cell.map_or("", |cell| cell.get_or_init(|| blanked(self.sources.text(file))))
    }
}

/// `text` with hidden characters replaced byte by byte, so that no offset moves.
fn blanked(text: &str) -> Cow<'_, str> {
    let acts = |c: char| is_hidden(c) && c != '\n' && c != '\r';
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) {
            out.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The files as codespan sees them while it draws one finding.
struct View<'v, 't> {
    texts: &'v Texts<'t>,
    spots: &'v [(FileId, Range<usize>)],
}

impl<'a> Files<'a> for View<'_, '_> {
    type FileId = FileId;
    type Name = Cow<'a, str>;
    type Source = &'a str;

    fn name(&'a self, file: FileId) -> Result<Cow<'a, str>, Error> {
        Ok(visible(self.texts.sources.path(file)))
    }

    fn source(&'a self, file: FileId) -> Result<&'a str, Error> {
        Ok(self.texts.get(file))
    }

    fn line_index(&'a self, file: FileId, byte: usize) -> Result<usize, Error> {
        Ok(self.texts.sources.line_index(file, byte))
    }

    fn column_number(&'a self, file: FileId, _line: usize, byte: usize) -> Result<usize, Error> {
        Ok(self.texts.sources.line_column(file, byte).column as usize)
    }

    fn line_range(&'a self, file: FileId, line: usize) -> Result<Range<usize>, Error> {
        let sources = self.texts.sources;
        if line >= sources.line_count(file) {
            return Err(Error::LineTooLarge { given: line, max: sources.line_count(file) });
        }
        let whole = sources.line_bytes(file, line);
        if whole.len() <= LONG_LINE {
            return Ok(whole);
        }
        Ok(self.surroundings(file, whole))
    }
}

impl View<'_, '_> {
    /// The part of a long line around the labels on it.
    fn surroundings(&self, file: FileId, line: Range<usize>) -> Range<usize> {
        let inside = |byte: &usize| line.start <= *byte && *byte <= line.end;
        let ends =
            || self.spots.iter().filter(|(of, _)| *of == file).flat_map(|(_, at)| [at.start, at.end]).filter(inside);
        let first = ends().min().unwrap_or(line.start);
        let last = ends().max().unwrap_or(line.start).min(first + LONG_LINE);
        let text = self.texts.sources.text(file);
        let start = floor(text, first.saturating_sub(SURROUNDINGS).max(line.start));
        let end = floor(text, (last + SURROUNDINGS).min(line.end));
        start..end
    }
}

fn floor(text: &str, mut byte: usize) -> usize {
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}
