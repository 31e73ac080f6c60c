//! A fix as a small diff: the lines it takes out and those it puts in.
//!
//! A **hunk** is a run of neighbouring lines that change together.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::{Edit, FileId, Fix, SourceMap};

/// A run of neighbouring lines that change together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) file: FileId,
    pub(super) lines: Vec<Line>,
}

/// One line of a hunk, with its number: before the fix for what stays or goes, after it for what comes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) number: usize,
    pub(super) text: String,
    /// The bytes of `text` that differ from its counterpart, when there is exactly one.
    pub(super) differs: Range<usize>,
}

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is shown for orientation.
    Stays,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

/// The hunks of a fix, by file and position. Edits that overlap an earlier one are left out.
pub(super) fn hunks(fix: &Fix, sources: &SourceMap) -> Vec<Hunk> {
    let mut by_file: BTreeMap<FileId, Vec<(Range<usize>, &str)>> = BTreeMap::new();
    for Edit { span, text } in &fix.edits {
        let at = sources.resolve(*span);
        by_file.entry(at.file).or_default().push((at.bytes, text));
    }
    let mut hunks = Vec::new();
    for (file, mut edits) in by_file {
        edits.sort_by_key(|(bytes, _)| (bytes.start, bytes.end));
        let mut shift = 0;
        for group in neighbours(file, &edits, sources) {
            hunks.extend(hunk(file, group, sources, &mut shift));
        }
    }
    hunks
}

/// Cuts sorted edits into runs that touch the same or adjacent lines.
fn neighbours<'e, 't>(
    file: FileId,
    edits: &'e [(Range<usize>, &'t str)],
    sources: &SourceMap,
) -> impl Iterator<Item = &'e [(Range<usize>, &'t str)]> {
    edits.chunk_by(move |(before, _), (after, _)| {
        sources.line_index(file, after.start) <= sources.line_index(file, before.end) + 1
    })
}

/// The hunk of a run of edits. `shift` is how many lines the earlier hunks of the file added.
fn hunk(file: FileId, edits: &[(Range<usize>, &str)], sources: &SourceMap, shift: &mut isize) -> Option<Hunk> {
    let text = sources.text(file);
    let first = sources.line_index(file, edits.first()?.0.start);
    let last = edits.iter().map(|(bytes, _)| sources.line_index(file, bytes.end)).max()?;
    let from = sources.line_bytes(file, first).start;
    let to = sources.line_bytes(file, last).end;
    let old = text.get(from..to)?;
    let new = edited(text, from..to, edits)?;
    let old: Vec<&str> = old.lines().collect();
    let new: Vec<&str> = new.lines().collect();

    let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = |lines: &[&str]| lines.len() - head;
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let tail = tail.min(rest(&old)).min(rest(&new));
    let removed = old.get(head..old.len() - tail)?;
    let added = new.get(head..new.len() - tail)?;

    if removed.is_empty() && added.is_empty() {
        return None;
    }
    let number_before = first + head + 1;
    let number_after = number_before.saturating_add_signed(*shift);
    *shift += signed(added.len()) - signed(removed.len());

    let mut lines = Vec::new();
    if removed.is_empty() {
        lines.extend(line_above(file, number_before, sources));
    }
    let differ = match (removed, added) {
        ([old], [new]) => differing(old, new),
        _ => (0..0, 0..0),
    };
    lines.extend(numbered(Kind::Removed, number_before, removed, &differ.0));
    lines.extend(numbered(Kind::Added, number_after, added, &differ.1));
    Some(Hunk { file, lines })
}

/// `text[block]` after the edits.
fn edited(text: &str, block: Range<usize>, edits: &[(Range<usize>, &str)]) -> Option<String> {
    let mut out = String::new();
    let mut done = block.start;
    for (bytes, replacement) in edits.iter().filter(|(bytes, _)| bytes.start >= block.start) {
        if bytes.start < done {
            continue;
        }
        out.push_str(text.get(done..bytes.start)?);
        out.push_str(replacement);
        done = bytes.end;
    }
    out.push_str(text.get(done..block.end)?);
    Some(out)
}

fn numbered<'a>(
    kind: Kind,
    first: usize,
    lines: &'a [&'a str],
    differs: &'a Range<usize>,
) -> impl Iterator<Item = Line> + 'a {
    lines.iter().zip(first..).map(move |(text, number)| Line {
        kind,
        number,
        text: (*text).to_owned(),
        differs: differs.clone(),
    })
}

/// The line above line `number`, to show where an insertion goes.
fn line_above(file: FileId, number: usize, sources: &SourceMap) -> Option<Line> {
    let above = number.checked_sub(2)?;
    let text = sources.text(file).get(sources.line_bytes(file, above))?;
    let text = text.trim_end_matches(['\n', '\r']).to_owned();
    Some(Line { kind: Kind::Stays, number: above + 1, text, differs: 0..0 })
}

/// The bytes in which two lines differ: what is left when their common beginning and end are taken off.
fn differing(old: &str, new: &str) -> (Range<usize>, Range<usize>) {
    let same = |(old, new): &(char, char)| old == new;
    let head: usize = old.chars().zip(new.chars()).take_while(same).map(|(c, _)| c.len_utf8()).sum();
    let room = old.len().min(new.len()) - head;
    let mut tail = 0;
    for (c, _) in old.chars().rev().zip(new.chars().rev()).take_while(same) {
        if tail + c.len_utf8() > room {
            break;
        }
        tail += c.len_utf8();
    }
    (head..old.len() - tail, head..new.len() - tail)
}

fn signed(count: usize) -> isize {
    isize::try_from(count).unwrap_or(isize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ItemRef, Span};

    /// The hunks of edits `(start, end, text)` of a file, each line as `3 + text`.
    fn diff(text: &str, edits: &[(u32, u32, &str)]) -> Vec<Vec<String>> {
        let mut sources = SourceMap::new();
        let file = sources.add_file("x.syn", text);
        let item: ItemRef = sources.add_item(file, 0);
        let fix = edits
            .iter()
            .fold(Fix::new("fix"), |fix, (start, end, text)| fix.edit(Span::new(item, *start, *end), *text));
        let shown = |line: &Line| {
            let sign = match line.kind {
                Kind::Stays => ' ',
                Kind::Removed => '-',
                Kind::Added => '+',
            };
            format!("{} {sign} {}", line.number, line.text)
        };
        hunks(&fix, &sources).iter().map(|hunk| hunk.lines.iter().map(shown).collect()).collect()
    }

    #[test]
    fn replaced_part_of_a_line() {
        assert_eq!(diff("a\nb c\nd\n", &[(4, 5, "x")]), [["2 - b c", "2 + b x"]]);
    }

    #[test]
    fn inserted_line_is_shown_below_its_neighbour() {
        assert_eq!(diff("a\nb\n", &[(2, 2, "new\n")]), [["1   a", "2 + new"]]);
        assert_eq!(diff("a\n", &[(0, 0, "new\n")]), [["1 + new"]]);
        assert_eq!(diff("a\n", &[(2, 2, "new\n")]), [["1   a", "2 + new"]]);
    }

    #[test]
    fn deleted_line_leaves_no_empty_one() {
        assert_eq!(diff("a\nb\nc\n", &[(2, 4, "")]), [["2 - b"]]);
    }

    #[test]
    fn lines_after_an_insertion_have_new_numbers() {
        let shown = diff("a\nb\nc\nd\ne\n", &[(0, 0, "new\n"), (8, 9, "x")]);
        assert_eq!(shown, [vec!["1 + new"], vec!["5 - e", "6 + x"]]);
    }

    #[test]
    fn neighbouring_lines_are_one_hunk() {
        let shown = diff("a\nb\nc\n", &[(2, 3, "y"), (0, 1, "x")]);
        assert_eq!(shown, [["1 - a", "2 - b", "1 + x", "2 + y"]]);
    }

    #[test]
    fn overlapping_edit_is_left_out() {
        assert_eq!(diff("abcdef\n", &[(0, 3, "x"), (2, 4, "y")]), [["1 - abcdef", "1 + xdef"]]);
    }

    #[test]
    fn edit_that_changes_nothing_is_no_hunk() {
        assert_eq!(diff("abc\n", &[(0, 1, "a")]), Vec::<Vec<String>>::new());
    }

    #[test]
    fn differing_part_is_found_between_whole_characters() {
        assert_eq!(differing("in { a, b }", "in { b }"), (5..8, 5..5));
        assert_eq!(differing("é", "è"), (0..2, 0..2));
        assert_eq!(differing("aa", "aaa"), (2..2, 2..3));
        assert_eq!(differing("", "x"), (0..0, 0..1));
    }
}
