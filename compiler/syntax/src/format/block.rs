//! Elements one below the other: blank lines, comments, columns.

use super::layout::{Place, laid_out};
use super::lexeme::Kind;
use super::tree::{Content, Element, Node};

/// A line or lines of output that belong together.
struct Row<'t> {
    text: String,
    comment: Option<&'t str>,
    blank_before: bool,
    /// Whether it is a comment on a line of its own.
    is_comment: bool,
}

impl Row<'_> {
    fn is_spread(&self) -> bool {
        self.text.contains('\n')
    }

    /// The column after its last line.
    fn last_column(&self, indent: usize) -> usize {
        let line = self.text.lines().last().unwrap_or_default().chars().count();
        if self.is_spread() { line } else { indent + line }
    }

    fn is_file_docs(&self) -> bool {
        self.is_comment && self.text.starts_with("//!")
    }
}

/// Whether rows stand in a file or in a group: items have no columns in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    File,
    Group,
}

/// A whole file.
pub(super) fn file(content: &Content<'_>) -> String {
    let mut rows = rows(content, 0, Level::File, "");
    for at in 1..rows.len() {
        if wants_blank_line(&rows, at)
            && let Some(row) = rows.get_mut(at)
        {
            row.blank_before = true;
        }
    }
    written(&rows, 0)
}

/// Whether a blank line belongs before `rows[at]` of a file even if none was written.
fn wants_blank_line(rows: &[Row<'_>], at: usize) -> bool {
    let (Some(before), Some(row)) = (at.checked_sub(1).and_then(|before| rows.get(before)), rows.get(at)) else {
        return false;
    };
    if before.is_spread() || before.is_file_docs() && !row.is_file_docs() {
        return true;
    }
    // The comments right above an item belong to it: the blank line stands above the first of them.
    let begins_group = row.blank_before || !before.is_comment;
    let rest = rows.get(at..).unwrap_or_default();
    let item = rest.iter().enumerate().find(|(_, row)| !row.is_comment);
    let above = item.map(|(item, _)| rest.get(1..=item).unwrap_or_default()).unwrap_or_default();
    begins_group && above.iter().all(|row| !row.blank_before) && item.is_some_and(|(_, item)| item.is_spread())
}

/// The statements of a block, each on a line of its own, indented and ended.
pub(super) fn statements(content: &Content<'_>, indent: usize) -> String {
    let mut rows = rows(content, indent, Level::Group, "");
    if let Some(first) = rows.first_mut() {
        first.blank_before = false;
    }
    written(&rows, indent)
}

/// The entries of a list, each on a line of its own with a comma.
pub(super) fn entries(content: &Content<'_>, indent: usize, comma_at_end: bool) -> String {
    let mut rows = rows(content, indent, Level::Group, ",");
    if !comma_at_end && let Some(last) = rows.iter_mut().rev().find(|row| !row.is_comment) {
        last.text.pop();
    }
    if let Some(first) = rows.first_mut() {
        first.blank_before = false;
    }
    written(&rows, indent)
}

fn rows<'t>(content: &Content<'t>, indent: usize, level: Level, suffix: &str) -> Vec<Row<'t>> {
    let columns = match level {
        Level::File => vec![None; content.elements.len()],
        Level::Group => columns(&content.elements),
    };
    let mut rows = Vec::with_capacity(content.elements.len());
    for (at, (element, column)) in content.elements.iter().zip(columns).enumerate() {
        let suffix = if suffix.is_empty() && sign_follows(content, at) { ";" } else { suffix };
        if element.is_comment() {
            let text = element.comment.unwrap_or_default().to_owned();
            rows.push(Row { text, comment: None, blank_before: element.blank_before, is_comment: true });
            continue;
        }
        let place = Place { indent, used: indent, reserve: suffix.len(), is_item: level == Level::File };
        let mut text =
            match column.and_then(|column| element.nodes.split_at_checked(column.cut).map(|cut| (column, cut))) {
                Some((column, (lead, rest))) => {
                    let lead = laid_out(lead, place);
                    let used = indent + column.width + 1;
                    let rest = laid_out(rest, Place { used, ..place });
                    format!("{lead:width$} {rest}", width = column.width)
                }
                None => laid_out(&element.nodes, place),
            };
        text.push_str(suffix);
        rows.push(Row { text, comment: element.comment, blank_before: element.blank_before, is_comment: false });
    }
    rows
}

/// Whether the statement after this one starts with a sign: its line would continue this one, but for a semicolon.
fn sign_follows(content: &Content<'_>, at: usize) -> bool {
    let next = content.elements.iter().skip(at + 1).find(|element| !element.is_comment());
    next.and_then(|element| element.nodes.first()).is_some_and(|first| first.is("-"))
}

/// Where an element has its column sign, and how wide everything before it is made.
#[derive(Clone, Copy)]
struct Column {
    cut: usize,
    width: usize,
}

/// For each element the column it shares with its neighbours: runs without a blank line or another kind of statement
/// between them; comments do not part them.
fn columns(elements: &[Element<'_>]) -> Vec<Option<Column>> {
    let mut columns: Vec<Option<Column>> = Vec::with_capacity(elements.len());
    let mut run: Vec<usize> = Vec::new();
    let mut widest = 0;
    let close = |run: &mut Vec<usize>, widest: &mut usize, columns: &mut Vec<Option<Column>>| {
        for at in run.drain(..) {
            if let Some(Some(column)) = columns.get_mut(at) {
                column.width = *widest;
            }
        }
        *widest = 0;
    };
    for (at, element) in elements.iter().enumerate() {
        if element.blank_before {
            close(&mut run, &mut widest, &mut columns);
        }
        let cut = column_sign(element);
        columns.push(cut.map(|cut| Column { cut, width: 0 }));
        match cut {
            Some(cut) => {
                let lead = element.nodes.get(..cut).unwrap_or_default();
                let place = Place { indent: 0, used: 0, reserve: 0, is_item: false };
                widest = widest.max(laid_out(lead, place).chars().count());
                run.push(at);
            }
            None if element.is_comment() => {}
            None => close(&mut run, &mut widest, &mut columns),
        }
    }
    close(&mut run, &mut widest, &mut columns);
    columns
}

/// Where the `=` of an assignment, the `=>` of an arm or the arrow of a codes row stands.
fn column_sign(element: &Element<'_>) -> Option<usize> {
    let at = element.nodes.iter().position(|node| node.is("=") || node.is("=>") || node.is("<->") || node.is("->"))?;
    let lead = element.nodes.get(..at)?;
    // A chain of states has arrows, too, but begins with a name; the double arrow stands in codes rows only.
    let is_chain = element.nodes.get(at).is_some_and(|node| node.is("->"))
        && !matches!(lead.first(), Some(Node::Token(first)) if matches!(first.kind, Kind::Text | Kind::Number | Kind::Sign));
    let is_plain = lead.iter().all(|node| matches!(node, Node::Token(_)));
    (is_plain && at > 0 && !is_chain).then_some(at)
}

fn written(rows: &[Row<'_>], indent: usize) -> String {
    let mut text = String::new();
    let mut rest = rows;
    while let Some(first) = rest.first() {
        let (run, after) = rest.split_at_checked(comment_run(rest)).unwrap_or((rest, &[]));
        rest = after;
        let column = run.iter().map(|row| row.last_column(indent)).max().unwrap_or(0);
        for row in run {
            if row.blank_before && !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&format!("{:indent$}{}", "", row.text));
            if let Some(comment) = row.comment {
                let blanks = if first.is_spread() { 2 } else { column - row.last_column(indent) + 2 };
                text.push_str(&format!("{:blanks$}{comment}", ""));
            }
            text.push('\n');
        }
    }
    text
}

/// How many rows, at least one, have comments at their ends that stand in one column: rows of one line each that follow
/// each other without a blank line.
fn comment_run(rows: &[Row<'_>]) -> usize {
    let joins = |row: &Row<'_>| row.comment.is_some() && !row.is_spread();
    match rows {
        [first, rest @ ..] if joins(first) => 1 + rest.iter().take_while(|row| joins(row) && !row.blank_before).count(),
        _ => 1,
    }
}
