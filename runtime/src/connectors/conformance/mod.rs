//! What every connector must do, whatever system it speaks to. A new connector is one line in [`targets::ALL`] or [`sources::ALL`].
//!
//! The expected cells are those handed in, compared by the test and never by the connector.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod sources;
mod targets;

use super::Cell;
use syncline_ir::{CurrencyOf, Entity, Field, Idempotency, Kind, Type};

/// A field of each kind that is stored.
fn entity() -> Entity {
    let field = |name: &str, kind: Kind| Field {
        name: name.to_owned(),
        ty: Type::optional(kind),
        fixed: false,
        percent: None,
        doc: None,
        at: String::new(),
    };
    let money = Kind::Money { precision: 28, scale: 4, currency: CurrencyOf::Path("currency".to_owned()), per: None };
    Entity {
        name: "cost".to_owned(),
        fields: vec![
            Field { ty: Type::required(Kind::Text { max: Some(40) }), ..field("id", Kind::Text { max: Some(40) }) },
            field("note", Kind::Text { max: None }),
            field("hours", Kind::Decimal { precision: 6, scale: 2, unit: None }),
            field("amount", money),
            field("currency", Kind::Currency),
            field("day", Kind::Date),
            field("moment", Kind::Instant),
            field("billable", Kind::Bool),
            field("version", Kind::INT),
            field("reversal_of", Kind::Text { max: Some(40) }),
        ],
        key: vec!["id".to_owned()],
        cursor: Some("moment".to_owned()),
        cursor_overlap: 0,
        full_every: None,
        nested: None,
        deletion: None,
        events: Vec::new(),
        control: None,
        accepts: Vec::new(),
        returns: Vec::new(),
        idempotency: Some(Idempotency { seconds: 86_400 }),
        find_by: Some("id".to_owned()),
        additive: vec!["hours".to_owned(), "amount".to_owned()],
        reverses: Some("reversal_of".to_owned()),
        doc: None,
        at: String::new(),
    }
}

fn names(entity: &Entity) -> Vec<&str> {
    entity.fields.iter().map(|field| field.name.as_str()).collect()
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// Texts that writers and readers get wrong.
const TEXTS: [&str; 12] = [
    "",
    " leading and trailing ",
    "a,b;c\td",
    "say \"hi\"",
    "\"",
    "two\nlines",
    "two\r\nlines\r",
    "Café, 東京, 🧾, \u{2028}",
    "back\\slash \\n {brace} [list]",
    "null",
    "007",
    "-1.50e3",
];
