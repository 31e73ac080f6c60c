//! Durations, types and documentation in words.

use serde::Serialize;
use syncline_ir::{CurrencyOf, Kind, ObjectKind, PercentForm};

/// `5400` as `1 hour 30 minutes`; zero is `0 seconds`.
pub(super) fn duration(seconds: u64) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let mut rest = seconds;
    let mut words = Vec::new();
    for (size, name) in units {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            words.push(counted(count, name));
        }
    }
    if words.is_empty() { counted(0, "second") } else { words.join(" ") }
}

/// `900` as `every 15 minutes`, `3600` as `every hour`.
pub(super) fn every(seconds: u64) -> String {
    let words = duration(seconds);
    format!("every {}", words.strip_prefix("1 ").filter(|unit| !unit.contains(' ')).unwrap_or(&words))
}

/// `2`, `field` as `2 fields`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    let plural = match noun.strip_suffix('y') {
        Some(stem) if !noun.ends_with("ay") => format!("{stem}ies"),
        _ => format!("{noun}s"),
    };
    format!("{count} {}", if count == 1 { noun } else { &plural })
}

/// [`counted`] for lengths.
pub(super) fn counted_in(count: usize, noun: &str) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), noun)
}

/// The role of an object, in a word and in a sentence.
pub(super) const fn object_kind(kind: ObjectKind) -> (&'static str, &'static str) {
    match kind {
        ObjectKind::Reference => ("reference", "slowly changing values that other objects look up"),
        ObjectKind::Master => ("master", "people, clients, projects: what other records refer to"),
        ObjectKind::Transaction => ("transaction", "something that happened and may be posted"),
    }
}

/// A type without references to other elements, in words; none for enumerations and references, which need a link.
pub(super) fn plain_type(kind: &Kind, percent: Option<PercentForm>) -> Option<String> {
    let words = match (kind, percent) {
        (_, Some(PercentForm::Points)) => "percentage, 15 % written as 15".to_owned(),
        (_, Some(PercentForm::Fraction)) => "percentage, 15 % written as 0.15".to_owned(),
        (Kind::Text { max: None }, _) => "text of any length".to_owned(),
        (Kind::Text { max: Some(max) }, _) => format!("text, at most {}", counted(u64::from(*max), "character")),
        (Kind::Bool, _) => "true or false".to_owned(),
        (Kind::Decimal { precision: 18, scale: 0, unit: None }, _) => "whole number".to_owned(),
        (Kind::Decimal { precision, scale, unit }, _) => {
            let unit = unit.as_ref().map(|unit| format!(", in {unit}")).unwrap_or_default();
            format!("exact number, {}{unit}", digits(*precision, *scale))
        }
        (Kind::Money { precision, scale, currency, per }, _) => {
            let per = per.as_ref().map(|unit| format!(" per {unit}")).unwrap_or_default();
            let currency = match currency {
                CurrencyOf::Fixed(code) => format!(" in {code}"),
                CurrencyOf::Path(path) => format!(", currency as in {path}"),
            };
            format!("money{per}{currency}, {}", digits(*precision, *scale))
        }
        (Kind::Date, _) => "calendar date".to_owned(),
        (Kind::Instant, _) => "point in time".to_owned(),
        (Kind::Currency, _) => "currency code of ISO 4217".to_owned(),
        (Kind::Enum { .. } | Kind::Reference { .. } | Kind::Version { .. }, _) => return None,
    };
    Some(words)
}

fn digits(precision: u8, scale: u8) -> String {
    let before = counted(u64::from(precision.saturating_sub(scale)), "digit");
    if scale == 0 {
        format!("{before}, no decimals")
    } else {
        format!("{before} and {}", counted(u64::from(scale), "decimal"))
    }
}

/// A paragraph or a list of a documentation text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct DocBlock {
    /// Whether `items` are list items; else there is one item, the paragraph.
    pub(super) list: bool,
    /// The texts.
    pub(super) items: Vec<Vec<DocSpan>>,
}

/// A run of text, or of words between backticks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct DocSpan {
    /// Whether it stood between backticks.
    pub(super) code: bool,
    /// The text.
    pub(super) text: String,
}

/// A documentation text as blocks: blank lines part paragraphs, lines that begin with `- ` or `* ` are list items, backticks
/// mark code. Everything else is text as it stands.
pub(super) fn doc_blocks(doc: Option<&String>) -> Vec<DocBlock> {
    let mut blocks: Vec<(bool, Vec<String>)> = Vec::new();
    let mut open = false;
    for line in doc.map(String::as_str).unwrap_or_default().lines().map(str::trim) {
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        match (blocks.last_mut(), item) {
            _ if line.is_empty() => {}
            (Some((true, items)), Some(item)) if open => items.push(item.to_owned()),
            (_, Some(item)) => blocks.push((true, vec![item.to_owned()])),
            (Some((_, items)), None) if open => {
                if let Some(last) = items.last_mut() {
                    last.push(' ');
                    last.push_str(line);
                }
            }
            (_, None) => blocks.push((false, vec![line.to_owned()])),
        }
        open = !line.is_empty();
    }
    blocks
        .into_iter()
        .map(|(list, items)| DocBlock { list, items: items.iter().map(|item| doc_spans(item)).collect() })
        .collect()
}

fn doc_spans(text: &str) -> Vec<DocSpan> {
    // An odd number of backticks leaves the last one as text.
    let pairs = text.matches('`').count() / 2;
    let mut spans: Vec<DocSpan> = text
        .splitn(pairs * 2 + 1, '`')
        .enumerate()
        .map(|(position, run)| DocSpan { code: position % 2 == 1, text: run.to_owned() })
        .collect();
    spans.retain(|span| !span.text.is_empty());
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_say_them() {
        for (seconds, expected) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (900, "15 minutes"),
            (129_600, "1 day 12 hours"),
            (86_461, "1 day 1 minute 1 second"),
        ] {
            assert_eq!(duration(seconds), expected);
        }
        for (seconds, expected) in
            [(900, "every 15 minutes"), (3600, "every hour"), (86_400, "every day"), (5400, "every 1 hour 30 minutes")]
        {
            assert_eq!(every(seconds), expected);
        }
    }

    #[test]
    fn nouns_are_counted() {
        for (count, noun, expected) in
            [(1, "entity", "1 entity"), (2, "entity", "2 entities"), (0, "day", "0 days"), (3, "field", "3 fields")]
        {
            assert_eq!(counted(count, noun), expected);
        }
    }

    #[test]
    fn types_are_said_in_words() {
        let money = Kind::Money {
            precision: 14,
            scale: 4,
            currency: CurrencyOf::Path("project.currency".into()),
            per: Some("hour".into()),
        };
        assert_eq!(
            plain_type(&money, None).unwrap(),
            "money per hour, currency as in project.currency, 10 digits and 4 decimals"
        );
        let hours = Kind::Decimal { precision: 6, scale: 1, unit: Some("hour".into()) };
        assert_eq!(plain_type(&hours, None).unwrap(), "exact number, 5 digits and 1 decimal, in hour");
        assert_eq!(
            plain_type(&Kind::Decimal { precision: 9, scale: 6, unit: None }, Some(PercentForm::Points)).unwrap(),
            "percentage, 15 % written as 15"
        );
        assert_eq!(plain_type(&Kind::Reference { object: "Client".into() }, None), None);
    }

    #[test]
    fn documentation_has_paragraphs_lists_and_code() {
        let text = "One `two`\nthree.\n\nFour ` five:\n- a\n- b\n  more".to_owned();
        let code = |text: &str| DocSpan { code: true, text: text.into() };
        let plain = |text: &str| DocSpan { code: false, text: text.into() };
        let expected = [
            DocBlock { list: false, items: vec![vec![plain("One "), code("two"), plain(" three.")]] },
            DocBlock { list: false, items: vec![vec![plain("Four ` five:")]] },
            DocBlock { list: true, items: vec![vec![plain("a")], vec![plain("b more")]] },
        ];
        assert_eq!(doc_blocks(Some(&text)), expected);
        assert_eq!(doc_blocks(None), []);
    }
}
