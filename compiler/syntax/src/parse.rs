//! From the masked text of an item to its tree.
//!
//! Pest reads the whole item in one call. A statement it cannot read becomes a broken one, and only then is its text
//! read again by itself, to say what was expected where. Errors at a place where splitting has already reported one
//! are dropped.

mod calendar;
mod context;
mod explain;
mod expr;
mod grammar;
mod items;
mod map;
mod planned;
mod schema;
mod sync;
mod test;
mod text;
mod types;

use pest::Parser as _;

use self::context::Context;

use self::grammar::{Grammar, Rule};
use crate::Parsed;
use crate::ast::{Item, ItemKind, ItemWord, Name, Range};
use crate::names::normalised;
use crate::split::ItemSource;
use crate::words::is_reserved;

/// Reads an item. Never fails: what cannot be read is broken in the tree and explained in the errors, which are
/// counted from the start of the item and include those that splitting found in it.
pub fn parse_item(source: &ItemSource) -> Parsed<Item> {
    let context = Context::new(source);
    let (name, kind) = if source.too_deep {
        (name_of_broken(source), ItemKind::Broken(source.id.word))
    } else {
        read(&context, source)
    };
    let mut errors = context.into_errors();
    errors.extend(source.errors.iter().cloned());
    errors.sort_by_key(|error| error.range);
    let range = Range::new(0, u32::try_from(source.text.len()).unwrap_or(u32::MAX));
    Parsed { value: Item { name, docs: source.docs.clone(), kind, range }, errors }
}

fn read(context: &Context<'_>, source: &ItemSource) -> (Option<Name>, ItemKind) {
    let rule = match source.id.word {
        ItemWord::Use => Rule::use_item,
        ItemWord::Unit => Rule::unit_item,
        ItemWord::Team => Rule::team_item,
        ItemWord::Queue => Rule::queue_item,
        ItemWord::Enum => Rule::enum_item,
        ItemWord::Lifecycle => Rule::lifecycle_item,
        ItemWord::Product => Rule::product_item,
        ItemWord::System => Rule::system_item,
        ItemWord::Object => Rule::object_item,
        ItemWord::Ownership => Rule::ownership_item,
        ItemWord::Codes => Rule::codes_item,
        ItemWord::Map => Rule::map_item,
        ItemWord::Sync => Rule::sync_item,
        ItemWord::Test => Rule::test_item,
        ItemWord::Calendar => Rule::calendar_item,
        ItemWord::Holidays => Rule::holidays_item,
        ItemWord::Wave => Rule::wave_item,
        ItemWord::Unknown => {
            explain::unknown_item(context);
            return (None, ItemKind::Broken(ItemWord::Unknown));
        }
    };
    match Grammar::parse(rule, &source.text) {
        Ok(mut pairs) => match pairs.next() {
            Some(item) => items::item(context, source.id.word, item),
            None => (None, ItemKind::Broken(source.id.word)),
        },
        Err(error) => {
            explain::header(context, source.id.word, &error);
            (name_of_broken(source), ItemKind::Broken(source.id.word))
        }
    }
}

/// The name in the header of an item that could not be read, when there is one.
fn name_of_broken(source: &ItemSource) -> Option<Name> {
    if matches!(
        source.id.word,
        ItemWord::Use | ItemWord::Map | ItemWord::Ownership | ItemWord::Test | ItemWord::Unknown
    ) {
        return None;
    }
    let after_word = source.text.get(source.id.word.text().len()..)?;
    let start = source.text.len() - after_word.trim_start_matches(' ').len();
    let name = Grammar::parse(Rule::name, source.text.get(start..)?).ok()?.next()?;
    if is_reserved(name.as_str()) {
        return None;
    }
    let end = start + name.as_str().len();
    let range = Range::new(u32::try_from(start).ok()?, u32::try_from(end).ok()?);
    Some(Name { text: normalised(name.as_str()), range })
}
