//! Which item an item is.

use std::collections::BTreeMap;

use smol_str::SmolStr;

use super::{END, ItemId};
use crate::ast::ItemWord;
use crate::names::normalised;

/// Counts items of the same word and name.
#[derive(Default)]
pub(super) struct Ordinals {
    seen: BTreeMap<(ItemWord, SmolStr), u32>,
}

impl Ordinals {
    pub(super) fn number(&mut self, (word, name): (ItemWord, SmolStr)) -> ItemId {
        let count = self.seen.entry((word, name.clone())).or_insert(0);
        let id = ItemId { word, name, ordinal: *count };
        *count = count.saturating_add(1);
        id
    }
}

/// The word of an item and its name; endpoints where it has no name; its first word when it is no item.
pub(super) fn identity(word: ItemWord, text: &str) -> (ItemWord, SmolStr) {
    let mut pieces = Pieces { rest: text };
    let first = pieces.next().unwrap_or_default();
    let name = match word {
        ItemWord::Unknown => normalised(first),
        ItemWord::Map => joined(pieces.take_while(|piece| !matches!(*piece, "where" | "creates" | "updates"))),
        ItemWord::Ownership => joined(pieces.filter(|piece| *piece != "of")),
        ItemWord::Use | ItemWord::Test => joined(pieces),
        _ => normalised(pieces.next().unwrap_or_default()),
    };
    (word, name)
}

fn joined<'t>(pieces: impl Iterator<Item = &'t str>) -> SmolStr {
    normalised(&pieces.collect::<Vec<_>>().join(" "))
}

/// The words and signs of a header, up to the brace that opens a block.
struct Pieces<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Pieces<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let rest = self.rest.trim_start_matches([' ', END]);
        let mut quoted = false;
        let end = rest
            .find(|character: char| {
                quoted ^= character == '`';
                !quoted && matches!(character, ' ' | '{' | ':' | END)
            })
            .unwrap_or(rest.len());
        let (piece, rest) = rest.split_at_checked(end)?;
        self.rest = rest;
        (!piece.is_empty()).then_some(piece)
    }
}
