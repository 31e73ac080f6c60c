//! The search index, in the form in which MiniSearch writes its own (`toJSON`, version 2), so that a page loads it as it is.
//!
//! A **term** is a word in lower case. A word in which capitals begin parts (`TimeEntry`) is a term as a whole, and each part is one:
//! people type both. `script/search.js` cuts a query at the same places, except that it never looks for parts.

use serde::Serialize;
use std::collections::BTreeMap;

/// Something that can be found. What is shown of it is what was indexed: nobody has to guess why it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Entry {
    /// Its own name.
    #[serde(rename = "n")]
    pub(super) name: String,
    /// What it is a part of, such as the object of a field; may be empty.
    #[serde(rename = "w")]
    pub(super) within: String,
    /// What it is, in a word.
    #[serde(rename = "k")]
    pub(super) kind: &'static str,
    /// What it is about, in a sentence; may be empty.
    #[serde(rename = "t")]
    pub(super) text: String,
    /// Where it is, from the root of the site.
    #[serde(rename = "h")]
    pub(super) href: String,
}

/// Indexed parts of an entry: its name; what it is a part of and what it is; its text.
const FIELDS: usize = 3;

/// The form of MiniSearch. Documents are numbered from 0.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Index<'a> {
    document_count: usize,
    next_id: usize,
    document_ids: BTreeMap<usize, usize>,
    field_ids: BTreeMap<&'static str, usize>,
    field_length: BTreeMap<usize, [usize; FIELDS]>,
    average_field_length: Vec<f64>,
    stored_fields: BTreeMap<usize, &'a Entry>,
    dirt_count: usize,
    index: Vec<(&'a str, &'a Postings)>,
    serialization_version: u32,
}

/// How often a term stands in each document, by field.
type Postings = BTreeMap<usize, BTreeMap<usize, usize>>;

/// The index of `entries` as a script that defines `synclineIndex`.
pub(super) fn script(entries: &[Entry]) -> Vec<u8> {
    let mut terms: BTreeMap<String, Postings> = BTreeMap::new();
    let mut lengths: BTreeMap<usize, [usize; FIELDS]> = BTreeMap::new();
    for (document, entry) in entries.iter().enumerate() {
        let place = format!("{} {}", entry.within, entry.kind);
        let mut length = [0; FIELDS];
        for (field, (text, length)) in [&entry.name, &place, &entry.text].into_iter().zip(&mut length).enumerate() {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for term in terms_of(text) {
                *counts.entry(term).or_default() += 1;
            }
            *length = counts.len();
            for (term, count) in counts {
                terms.entry(term).or_default().entry(field).or_default().insert(document, count);
            }
        }
        lengths.insert(document, length);
    }
    let total = |field: usize| lengths.values().filter_map(|length| length.get(field)).sum::<usize>();
    let index = Index {
        document_count: entries.len(),
        next_id: entries.len(),
        document_ids: (0..entries.len()).map(|number| (number, number)).collect(),
        field_ids: BTreeMap::from([("name", 0), ("place", 1), ("text", 2)]),
        average_field_length: (0..FIELDS).map(|field| quotient(total(field), entries.len())).collect(),
        field_length: lengths,
        stored_fields: entries.iter().enumerate().collect(),
        dirt_count: 0,
        index: terms.iter().map(|(term, postings)| (term.as_str(), postings)).collect(),
        serialization_version: 2,
    };
    #[expect(clippy::expect_used, reason = "maps with numbers and texts as keys have a JSON form")]
    let json = serde_json::to_string(&index).expect("an index in JSON");
    // In a script of its own nothing ends it early; line separators stay inside of texts since ECMAScript 2019.
    format!("globalThis.synclineIndex = {json};\n").into_bytes()
}

/// To three decimals, which is more than ranking needs; without arithmetic on floats, so that it is the same everywhere.
fn quotient(total: usize, count: usize) -> f64 {
    let thousandths = total.saturating_mul(1000).checked_div(count).unwrap_or(0);
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000).parse().unwrap_or_default()
}

/// The terms of a text in the order in which they stand.
fn terms_of(text: &str) -> Vec<String> {
    let mut terms = Vec::new();
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        let parts = parts(word);
        terms.push(word.to_lowercase());
        if parts.len() > 1 {
            terms.extend(parts.iter().map(|part| part.to_lowercase()));
        }
    }
    terms
}

/// `TimeEntry` as `Time` and `Entry`: a part begins at each capital after a letter or digit that is none.
fn parts(word: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut after_small = false;
    for letter in word.chars() {
        let capital = letter.is_uppercase();
        match parts.last_mut() {
            Some(part) if !(capital && after_small) => part.push(letter),
            _ => parts.push(letter.to_string()),
        }
        after_small = !capital;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_terms_as_a_whole_and_in_parts() {
        for (text, expected) in [
            ("work_date", &["work", "date"][..]),
            ("psa.timecard -> TimeEntry", &["psa", "timecard", "timeentry", "time", "entry"]),
            ("GBPRate2Go ISO", &["gbprate2go", "gbprate2", "go", "iso"]),
            ("Größe, 日本 — ", &["größe", "日本"]),
            ("", &[]),
        ] {
            assert_eq!(terms_of(text), expected, "{text}");
        }
    }

    #[test]
    fn an_index_has_the_form_of_minisearch() {
        let entry = |name: &str, within: &str, text: &str| Entry {
            name: name.to_owned(),
            within: within.to_owned(),
            kind: "field",
            text: text.to_owned(),
            href: "a.html#b".to_owned(),
        };
        let script = script(&[entry("hours", "TimeEntry", ""), entry("rate", "RateCard", "Rate of rates")]);
        let text = String::from_utf8(script).unwrap();
        let json = text.strip_prefix("globalThis.synclineIndex = ").unwrap().strip_suffix(";\n").unwrap();
        // By hand, from the documentation of `toJSON` in MiniSearch 7.2.0: places have 4 terms each, the text of the second has 3.
        let expected = serde_json::json!({
            "documentCount": 2, "nextId": 2, "documentIds": {"0": 0, "1": 1},
            "fieldIds": {"name": 0, "place": 1, "text": 2},
            "fieldLength": {"0": [1, 4, 0], "1": [1, 4, 3]},
            "averageFieldLength": [1.0, 4.0, 1.5],
            "storedFields": {
                "0": {"n": "hours", "w": "TimeEntry", "k": "field", "t": "", "h": "a.html#b"},
                "1": {"n": "rate", "w": "RateCard", "k": "field", "t": "Rate of rates", "h": "a.html#b"}
            },
            "dirtCount": 0,
            "index": [
                ["card", {"1": {"1": 1}}],
                ["entry", {"1": {"0": 1}}],
                ["field", {"1": {"0": 1, "1": 1}}],
                ["hours", {"0": {"0": 1}}],
                ["of", {"2": {"1": 1}}],
                ["rate", {"0": {"1": 1}, "1": {"1": 1}, "2": {"1": 1}}],
                ["ratecard", {"1": {"1": 1}}],
                ["rates", {"2": {"1": 1}}],
                ["time", {"1": {"0": 1}}],
                ["timeentry", {"1": {"0": 1}}]
            ],
            "serializationVersion": 2
        });
        assert_eq!(serde_json::from_str::<serde_json::Value>(json).unwrap(), expected);
    }

    #[test]
    fn an_index_of_nothing_is_an_index() {
        let text = String::from_utf8(script(&[])).unwrap();
        assert!(text.contains("\"averageFieldLength\":[0.0,0.0,0.0]"), "{text}");
    }
}
