//! Where the lines of one element break.

use super::block::{entries, statements};
use super::spacing::blank_before;
use super::tree::{Content, Group, GroupKind, Node};
use super::{WIDTH, lexeme::Kind};

/// One step of indentation.
pub(super) const STEP: usize = 2;

/// How strongly a place wants the line break; the first that occurs is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Break {
    Else,
    Or,
    And,
    Comma,
    Arrow,
    Sum,
}

/// How an element is laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The column of its first line and of its closing brackets.
    pub(super) indent: usize,
    /// How much of its first line is taken already, indentation included.
    pub(super) used: usize,
    /// How much of its last line must stay free.
    pub(super) reserve: usize,
    /// Whether it is an item, whose header may break before `where`.
    pub(super) is_item: bool,
}

/// The nodes as text; further lines are indented, the first is not.
pub(super) fn laid_out(nodes: &[Node<'_>], place: Place) -> String {
    let plain = rendered(nodes, place, Expand::Needed);
    if plain.fits || nodes.iter().any(|node| matches!(node, Node::Comment { .. })) {
        return plain.text;
    }
    if nodes.iter().any(|node| matches!(node, Node::Group(group) if group.kind.is_sticky())) {
        let spread = rendered(nodes, place, Expand::Sticky);
        if spread.fits {
            return spread.text;
        }
    }
    if place.is_item
        && let [header @ .., Node::Group(block)] = nodes
        && let Some(header) = broken_at(header, place, Break::Else)
    {
        // The brace stands below a header of several lines, so that the block does not run into it.
        let block =
            if block.content.elements.is_empty() { on_one_line(block) } else { spread_out(block, place.indent) };
        return format!("{header}\n{block}");
    }
    for wanted in [Break::Else, Break::Or, Break::And] {
        if let Some(text) = broken_at(nodes, place, wanted) {
            return text;
        }
    }
    let soft: Vec<usize> = (0..nodes.len()).filter(|at| is_soft_group(nodes.get(*at))).collect();
    for at in soft.iter().rev() {
        let spread = rendered(nodes, place, Expand::Only(*at));
        if spread.fits {
            return spread.text;
        }
    }
    for wanted in [Break::Comma, Break::Arrow, Break::Sum] {
        if let Some(text) = broken_at(nodes, place, wanted) {
            return text;
        }
    }
    rendered(nodes, place, if soft.is_empty() { Expand::Sticky } else { Expand::All }).text
}

fn is_soft_group(node: Option<&Node<'_>>) -> bool {
    matches!(node, Some(Node::Group(group)) if !group.kind.is_sticky() && !group.content.elements.is_empty())
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// Which groups are spread out.
#[derive(Debug, Clone, Copy)]
enum Expand {
    /// Those that must be.
    Needed,
    /// Those that must be, and the sticky ones.
    Sticky,
    /// Those that must be, and this one.
    Only(usize),
    /// All.
    All,
}

/// Whether a group cannot stand on one line.
fn must_spread(group: &Group<'_>) -> bool {
    let sticky = group.kind.is_sticky() && group.spread && !group.content.elements.is_empty();
    sticky
        || group.comment.is_some()
        || group.content.elements.iter().any(|element| {
            element.comment.is_some()
                || element.nodes.iter().any(|node| match node {
                    Node::Comment { .. } => true,
                    Node::Group(group) => must_spread(group),
                    Node::Token(_) => false,
                })
        })
}

/// Text, and whether its own lines fit; the lines inside its groups are laid out by themselves.
struct Rendered {
    text: String,
    fits: bool,
}

fn rendered(nodes: &[Node<'_>], place: Place, expand: Expand) -> Rendered {
    let mut text = String::new();
    let mut column = place.used;
    let mut fits = true;
    let mut fresh = true;
    // After a comment in its middle the element goes on with a further step of indentation.
    let mut indent = place.indent;
    for (at, node) in nodes.iter().enumerate() {
        if !fresh && blank_before(nodes, at) {
            text.push(' ');
            column += 1;
        }
        fresh = false;
        match node {
            Node::Token(token) => {
                text.push_str(token.text);
                column += width(token.text);
            }
            Node::Group(group) => {
                let spread = must_spread(group)
                    || match expand {
                        Expand::Needed => false,
                        Expand::Sticky => group.kind.is_sticky(),
                        Expand::Only(index) => index == at,
                        Expand::All => true,
                    };
                if spread && !group.content.elements.is_empty() {
                    text.push_str(&spread_out(group, indent));
                    fits &= column + width(group.open) <= WIDTH;
                    column = indent + width(group.close);
                } else {
                    let group = on_one_line(group);
                    column += width(&group);
                    text.push_str(&group);
                }
            }
            Node::Comment { text: comment, own_line, .. } => {
                let blanks = place.indent + STEP;
                indent = blanks;
                let code = text.trim_end().len();
                text.truncate(code);
                text.push_str(&if *own_line {
                    format!("\n{:blanks$}{comment}\n{:blanks$}", "", "")
                } else {
                    format!("  {comment}\n{:blanks$}", "")
                });
                fits &= column <= WIDTH;
                column = blanks;
                fresh = true;
            }
        }
    }
    fits &= column + place.reserve <= WIDTH;
    Rendered { text, fits }
}

/// The group as one line; only for groups that need not be spread.
pub(super) fn on_one_line(group: &Group<'_>) -> String {
    let separator = if group.kind == GroupKind::Block { "; " } else { ", " };
    let elements = group.content.elements.iter();
    let place = Place { indent: 0, used: 0, reserve: 0, is_item: false };
    let texts: Vec<String> = elements.map(|element| rendered(&element.nodes, place, Expand::Needed).text).collect();
    let inner = texts.join(separator);
    match group.kind {
        _ if inner.is_empty() => format!("{}{}", group.open, group.close),
        GroupKind::Brackets | GroupKind::UseList => format!("{}{inner}{}", group.open, group.close),
        _ => format!("{} {inner} {}", group.open, group.close),
    }
}

fn spread_out(group: &Group<'_>, indent: usize) -> String {
    let inner = indent + STEP;
    let body = match group.kind {
        GroupKind::Block => statements(&group.content, inner),
        GroupKind::List => entries(&group.content, inner, true),
        GroupKind::Set | GroupKind::UseList if has_no_comments(&group.content) => filled(&group.content, inner),
        GroupKind::Set | GroupKind::UseList => entries(&group.content, inner, true),
        GroupKind::Brackets => entries(&group.content, inner, false),
    };
    let comment = group.comment.map(|comment| format!("  {comment}")).unwrap_or_default();
    format!("{}{comment}\n{body}{:indent$}{}", group.open, "", group.close)
}

fn has_no_comments(content: &Content<'_>) -> bool {
    content.elements.iter().all(|element| element.comment.is_none())
}

/// Entries that fill lines, each line indented and ended.
fn filled(content: &Content<'_>, indent: usize) -> String {
    let mut text = String::new();
    let mut line = String::new();
    for element in &content.elements {
        let place = Place { indent, used: indent, reserve: 1, is_item: false };
        let entry = laid_out(&element.nodes, place);
        if !line.is_empty() && indent + width(&line) + 1 + width(&entry) + 1 > WIDTH {
            text.push_str(&format!("{:indent$}{line}\n", ""));
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&entry);
        // Nothing comes after `…`.
        if entry != "…" {
            line.push(',');
        }
    }
    text.push_str(&format!("{:indent$}{line}\n", ""));
    text
}

/// The nodes with a line break at each place of this kind, or nothing when there is none.
fn broken_at(nodes: &[Node<'_>], place: Place, wanted: Break) -> Option<String> {
    let cuts: Vec<usize> = (1..nodes.len()).filter(|at| break_before(nodes, *at, place) == Some(wanted)).collect();
    if cuts.is_empty() {
        return None;
    }
    let mut segments = Vec::new();
    let mut start = 0;
    for cut in cuts.into_iter().chain([nodes.len()]) {
        segments.push(nodes.get(start..cut).unwrap_or_default());
        start = cut;
    }
    let inner = place.indent + STEP;
    let count = segments.len();
    let mut text = String::new();
    let mut column = place.used;
    for (index, segment) in segments.into_iter().enumerate() {
        let reserve = if index + 1 == count { place.reserve } else { 0 };
        // The first segment goes on where the element began, its brackets close there as well.
        let at = if index == 0 {
            Place { reserve, is_item: false, ..place }
        } else {
            Place { indent: inner, used: inner, reserve, is_item: false }
        };
        let piece = piece(segment, at, index > 0 && wanted == Break::Sum);
        // A line of closing brackets only has room for what follows.
        let is_open = match wanted {
            Break::Comma | Break::Arrow => true,
            _ => text.lines().last().is_some_and(|line| line.trim_start().starts_with(['}', ')', ']'])),
        };
        let joins = index > 0 && is_open && column + 1 + width(&piece) + reserve <= WIDTH;
        if joins {
            text.push(' ');
            column += 1;
        } else if index > 0 {
            text.push_str(&format!("\n{:inner$}", ""));
            column = inner;
        }
        text.push_str(&piece);
        column = match piece.rsplit_once('\n') {
            Some((_, last)) => width(last),
            None => column + width(&piece),
        };
    }
    Some(text)
}

/// A segment of a broken line; the operator that it may start with has its operand before the break.
fn piece(segment: &[Node<'_>], place: Place, starts_with_operator: bool) -> String {
    match segment.split_first() {
        Some((Node::Token(operator), operand)) if starts_with_operator => {
            let used = place.used + width(operator.text) + 1;
            format!("{} {}", operator.text, laid_out(operand, Place { used, ..place }))
        }
        _ => laid_out(segment, place),
    }
}

/// Whether and how strongly a line may break before `nodes[at]` without ending the statement.
fn break_before(nodes: &[Node<'_>], at: usize, place: Place) -> Option<Break> {
    let before = nodes.get(at.checked_sub(1)?)?;
    if before.is(",") {
        return Some(Break::Comma);
    }
    if before.is("->") {
        return Some(Break::Arrow);
    }
    let Some(Node::Token(token)) = nodes.get(at) else { return None };
    let is_operand = match before {
        Node::Token(before) => match before.kind {
            Kind::Sign => before.text == "?",
            _ => true,
        },
        _ => true,
    };
    match token.text {
        "else" => Some(Break::Else),
        "where" if place.is_item => Some(Break::Else),
        "or" => Some(Break::Or),
        "and" => Some(Break::And),
        "+" | "-" | "??" if is_operand => Some(Break::Sum),
        _ => None,
    }
}
