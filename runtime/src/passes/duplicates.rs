//! `same when …`: rows whose record would be like another one (section 6).
//!
//! A row is compared with the records that are there, never with other rows that are held: the first to come is the record, and
//! whoever comes second is asked about. Rows of one extract come by their keys. Pairs of which somebody said that they are two are
//! not asked about again while they are alike in the same values.

use super::invariants::key_of;
use super::store::{Record, Store};
use crate::error::Outcome;
use crate::hub::{ExceptionText, Likeness, Problem};
use syncline_eval::{ObjectIx, Value};

pub(crate) const POSSIBLE_DUPLICATE: &str = "possible-duplicate";

/// How many others are named for each likeness.
const NAMED: usize = 3;

/// What is known of the records that one would be like.
#[derive(Debug)]
pub(super) struct Alike {
    pub(super) problem: Problem,
    pub(super) others: Vec<Likeness>,
    /// The key of the first of them.
    pub(super) first: String,
}

/// The records that one with these values would be like.
pub(super) fn alike(
    store: &Store<'_>,
    object: ObjectIx,
    record: Option<&Record>,
    values: &[Value],
) -> Outcome<Option<Alike>> {
    let linked = store.program.object(object);
    let mut found: Option<Alike> = None;
    for (at, same) in linked.same.iter().enumerate() {
        let Some(text) = store.alike_by(object, &same.terms, values) else { continue };
        let mut keys = Vec::new();
        let mut more = 0_usize;
        let mut others = Vec::new();
        for other in store.hub.alike(&linked.name, linked.apart.len() + at, &text)? {
            let like = Likeness { other, terms: same.text.to_string(), values: text.clone() };
            if let Some(own) = record
                && (own.stored.id == other || store.hub.are_two(own.stored.id, &like)?)
            {
                continue;
            }
            if keys.len() == NAMED {
                more += 1;
            } else if let Some(other) = store.record(object, other)? {
                keys.push(key_of(store, object, &other));
            }
            others.push(like);
        }
        let Some(first) = keys.first().cloned() else { continue };
        let mut named: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        if more > 0 {
            named.push(format!("{more} more"));
        }
        let message = format!("it may be {}: `{}` is the same", or(&named), same.text);
        let field = match same.terms.as_slice() {
            [(ix, _)] => linked.fields.get(*ix).map(|field| field.name.to_string()),
            _ => None,
        };
        let reason = ExceptionText { reason: POSSIBLE_DUPLICATE.to_owned(), message, field };
        let alike = found.get_or_insert_with(|| Alike {
            problem: Problem { reasons: Vec::new(), queue: same.review.to_string() },
            others: Vec::new(),
            first,
        });
        alike.problem.reasons.push(reason);
        alike.others.append(&mut others);
    }
    Ok(found)
}

fn or(parts: &[String]) -> String {
    match parts.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
