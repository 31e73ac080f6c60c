//! Whether a blank stands between two neighbours.

use super::lexeme::Kind;
use super::tree::{GroupKind, Node};
use crate::words::is_reserved;

/// Whether a blank stands before `nodes[at]`.
pub(super) fn blank_before(nodes: &[Node<'_>], at: usize) -> bool {
    let (Some(before), Some(node)) = (at.checked_sub(1).and_then(|before| nodes.get(before)), nodes.get(at)) else {
        return false;
    };
    if is_unary_minus(nodes, at - 1) || before.is(".") {
        return false;
    }
    match node {
        Node::Comment { .. } => true,
        Node::Group(group) if group.kind == GroupKind::Brackets => match before {
            Node::Token(token) if token.kind == Kind::Word => {
                // `as of (d - 1 day)` and `no overlap of (a, b)` call nothing.
                let of = |node: &Node<'_>| node.is("as") || node.is("overlap");
                let is_of = token.text == "of" && at >= 2 && nodes.get(at - 2).is_some_and(of);
                group.apart || is_reserved(token.text) || is_of
            }
            Node::Token(_) => true,
            _ => false,
        },
        Node::Group(group) => group.kind != GroupKind::UseList,
        Node::Token(token) => !matches!(token.text, "," | "." | ":" | "?"),
    }
}

/// Whether `nodes[at]` is a minus sign before its only operand.
fn is_unary_minus(nodes: &[Node<'_>], at: usize) -> bool {
    if !nodes.get(at).is_some_and(|node| node.is("-")) {
        return false;
    }
    match at.checked_sub(1).and_then(|before| nodes.get(before)) {
        None => true,
        Some(Node::Token(token)) => match token.kind {
            Kind::Word => is_reserved(token.text) && token.text != "self" || (at == 1 && token.text == "require"),
            Kind::Sign => token.text != "?",
            _ => false,
        },
        Some(_) => false,
    }
}
