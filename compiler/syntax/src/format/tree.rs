//! Lexemes as nested groups of elements.
//!
//! An **element** is a statement of a block, an entry of a list, or a comment on lines of its own. A group is **sticky**
//! when its author decides whether it is spread out (a newline after its brace), **soft** when its width decides.

use super::lexeme::{Kind, Lexeme};

/// The content of a file or group.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Content<'t> {
    pub(super) elements: Vec<Element<'t>>,
}

/// A statement, an entry, or a comment on a line of its own.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Element<'t> {
    /// Empty for a comment on a line of its own.
    pub(super) nodes: Vec<Node<'t>>,
    /// The comment at the end of its line, or the one on a line of its own.
    pub(super) comment: Option<&'t str>,
    /// Whether a blank line stands before it.
    pub(super) blank_before: bool,
}

/// A piece of an element.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Node<'t> {
    Token(Lexeme<'t>),
    Group(Group<'t>),
    /// A comment in the middle of an element.
    Comment {
        text: &'t str,
        own_line: bool,
        blank_before: bool,
    },
}

/// Brackets or braces and what is between them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group<'t> {
    pub(super) open: &'t str,
    pub(super) close: &'t str,
    pub(super) kind: GroupKind,
    /// The comment on the line of the opening bracket.
    pub(super) comment: Option<&'t str>,
    pub(super) content: Content<'t>,
    /// Whether the author put a newline after the opening brace.
    pub(super) spread: bool,
    /// Whether its parenthesis calls nothing, although a word stands before it: `key (a, b)`.
    pub(super) apart: bool,
}

/// What a group holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GroupKind {
    /// Statements: sticky.
    Block,
    /// Entries with commas, one a line when spread out: sticky.
    List,
    /// Entries in braces that fill lines: soft.
    Set,
    /// `use module.{A, B}`: like a set, without blanks at the braces.
    UseList,
    /// `( )` or `[ ]`: soft.
    Brackets,
}

impl GroupKind {
    pub(super) fn is_sticky(self) -> bool {
        matches!(self, Self::Block | Self::List)
    }
}

impl Element<'_> {
    pub(super) fn is_comment(&self) -> bool {
        self.nodes.is_empty()
    }
}

impl Node<'_> {
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self, Node::Token(token) if token.text == text)
    }
}

/// The tree of a file.
pub(super) fn build<'t>(lexemes: &[Lexeme<'t>]) -> Content<'t> {
    let mut builder = Builder { lexemes: lexemes.iter().peekable() };
    builder.content(GroupKind::Block)
}

struct Builder<'t, 'l> {
    lexemes: std::iter::Peekable<std::slice::Iter<'l, Lexeme<'t>>>,
}

/// A line that starts with `else` ends no statement, but `else =>` begins an arm all the same.
fn begins_arm(lexeme: &Lexeme<'_>, next: Option<&&Lexeme<'_>>) -> bool {
    lexeme.text == "else" && next.is_some_and(|next| next.text == "=>")
}

impl<'t> Builder<'t, '_> {
    /// Elements up to the closing bracket, which stays.
    fn content(&mut self, kind: GroupKind) -> Content<'t> {
        let mut content = Content::default();
        let mut nodes: Vec<Node<'t>> = Vec::new();
        let mut blank_before = false;
        while let Some(lexeme) = self.lexemes.next_if(|lexeme| lexeme.kind != Kind::Close) {
            if kind == GroupKind::Block && begins_arm(lexeme, self.lexemes.peek()) {
                content.finish(&mut nodes, blank_before);
            }
            if nodes.is_empty() && lexeme.kind != Kind::End {
                blank_before = lexeme.blank_before;
            }
            match lexeme.kind {
                Kind::Comment => match content.elements.last_mut() {
                    _ if !nodes.is_empty() => {
                        nodes.push(Node::Comment {
                            text: lexeme.text,
                            own_line: lexeme.newline_before,
                            blank_before: lexeme.blank_before,
                        });
                    }
                    Some(last) if !lexeme.newline_before && last.comment.is_none() => last.comment = Some(lexeme.text),
                    _ => content.elements.push(Element {
                        nodes: Vec::new(),
                        comment: Some(lexeme.text),
                        blank_before: lexeme.blank_before,
                    }),
                },
                Kind::End => content.finish(&mut nodes, blank_before),
                Kind::Sign if lexeme.text == "," && kind != GroupKind::Block => {
                    content.finish(&mut nodes, blank_before);
                }
                Kind::Open => {
                    let group = self.group(lexeme, &nodes, kind);
                    nodes.push(Node::Group(group));
                }
                _ => nodes.push(Node::Token(*lexeme)),
            }
        }
        content.finish(&mut nodes, blank_before);
        content
    }

    fn group(&mut self, open: &Lexeme<'t>, before: &[Node<'t>], around: GroupKind) -> Group<'t> {
        let begins = |word: &str| before.first().is_some_and(|first| first.is(word));
        let apart = around == GroupKind::Block
            && (matches!(before, [word] if word.is("key") || word.is("require")) || begins("expect") || begins("for"));
        let kind = group_kind(open.text, before, around);
        let spread = self.lexemes.peek().is_some_and(|next| next.newline_before);
        let comment = self.lexemes.next_if(|next| next.kind == Kind::Comment && !next.newline_before);
        // A newline after a comment on the line of the brace is no choice of the author's, but looks like one when
        // formatted: the group is spread out in both cases.
        let spread = spread || comment.is_some();
        let content = self.content(kind);
        let close = self.lexemes.next().map_or("", |close| close.text);
        Group { open: open.text, close, kind, comment: comment.map(|comment| comment.text), content, spread, apart }
    }
}

impl<'t> Content<'t> {
    /// Ends the element being read; comments at its end become its own or follow it.
    fn finish(&mut self, nodes: &mut Vec<Node<'t>>, blank_before: bool) {
        let mut nodes = std::mem::take(nodes);
        let last_code = nodes.iter().rposition(|node| !matches!(node, Node::Comment { .. }));
        let Some(last_code) = last_code else { return };
        let mut comments = nodes.split_off(last_code + 1).into_iter().peekable();
        let comment = comments.next_if(|node| matches!(node, Node::Comment { own_line: false, .. }));
        let parts = |node: Node<'t>| match node {
            Node::Comment { text, blank_before, .. } => Some((text, blank_before)),
            _ => None,
        };
        self.elements.push(Element { nodes, comment: comment.and_then(parts).map(|(text, _)| text), blank_before });
        self.elements.extend(comments.filter_map(parts).map(|(text, blank_before)| Element {
            nodes: Vec::new(),
            comment: Some(text),
            blank_before,
        }));
    }
}

/// What the group after `before` holds.
fn group_kind(open: &str, before: &[Node<'_>], around: GroupKind) -> GroupKind {
    if open != "{" {
        return GroupKind::Brackets;
    }
    let nth_last = |index: usize| before.len().checked_sub(index + 1).and_then(|at| before.get(at));
    let is = |index: usize, text: &str| nth_last(index).is_some_and(|node| node.is(text));
    let begins = |word: &str| {
        around == GroupKind::Block && before.len() > 1 && before.first().is_some_and(|first| first.is(word))
    };
    // Records in a test: after `given` and `expect`, and as entries of a list.
    let is_fixture = begins("given") || begins("expect") || (before.is_empty() && around == GroupKind::Brackets);
    if is(0, "in") || is_fixture {
        GroupKind::Set
    } else if is(0, ".") {
        GroupKind::UseList
    } else if is(0, "->") || is(0, "enum") || (before.len() == 2 && is(1, "enum")) {
        GroupKind::List
    } else {
        GroupKind::Block
    }
}
