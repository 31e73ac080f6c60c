//! JSON by its text: the members of an object as they are written, and numbers without a float in between.
//!
//! `serde_json` judges whether a text is JSON; the cutting below relies on that and only finds where values end.

use serde::de::IgnoredAny;

/// Digits a number may have when it is written out.
const LONGEST_NUMBER: usize = 80;

/// The members of the object that a text is: names, and the texts of the values.
pub(super) fn members(text: &str) -> Result<Vec<(String, &str)>, String> {
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| format!("it is no JSON: {}", said(&error)))?;
    let Some(mut rest) = text.trim_ascii().strip_prefix('{') else { return Err("it is no object".to_owned()) };
    let mut members = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_ascii_start();
        if rest.starts_with('}') || rest.is_empty() {
            return Ok(members);
        }
        let (name, after) = rest.split_at_checked(length(rest)).unwrap_or((rest, ""));
        let name = serde_json::from_str(name)
            .map_err(|error| format!("the name of a member cannot be read: {}", said(&error)))?;
        let after = after.trim_ascii_start();
        let after = after.strip_prefix(':').unwrap_or(after).trim_ascii_start();
        let (value, next) = after.split_at_checked(length(after)).unwrap_or((after, ""));
        members.push((name, value));
        rest = next;
    }
}

/// The texts of the values in the list that a value of a JSON text is; none when it is no list.
pub(super) fn elements(text: &str) -> Option<Vec<&str>> {
    let mut rest = text.trim_ascii().strip_prefix('[')?;
    let mut elements = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_ascii_start();
        if rest.starts_with(']') || rest.is_empty() {
            return Some(elements);
        }
        let (value, next) = rest.split_at_checked(length(rest)).unwrap_or((rest, ""));
        elements.push(value);
        rest = next;
    }
}

/// What is wrong, without the number of a line that is always the first.
pub(super) fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line 1 column ") {
        Some((what, column)) => format!("{what}, column {column}"),
        None => text,
    }
}

/// How many bytes the value has with which a JSON text begins.
fn length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut in_text = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if in_text {
            (in_text, escaped) = match byte {
                _ if escaped => (true, false),
                b'\\' => (true, true),
                b'"' => (false, false),
                _ => (true, false),
            };
            if !in_text && depth == 0 {
                return at + 1;
            }
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// A JSON number written out, `1.5e3` as `1500`. None when that has more digits than any type.
pub(super) fn plain_number(raw: &str) -> Option<String> {
    let Some((mantissa, exponent)) = raw.split_once(['e', 'E']) else {
        return (raw.len() <= LONGEST_NUMBER).then(|| raw.to_owned());
    };
    let exponent: i64 =
        exponent.parse().ok().filter(|exponent: &i64| exponent.unsigned_abs() <= LONGEST_NUMBER as u64)?;
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.len() + fraction.len() > LONGEST_NUMBER {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).ok()? + exponent;
    Some(match usize::try_from(point) {
        Ok(point) if point >= digits.len() => format!("{sign}{digits}{}", "0".repeat(point - digits.len())),
        Ok(0) => format!("{sign}0.{digits}"),
        Ok(point) => {
            let (whole, fraction) = digits.split_at_checked(point)?;
            format!("{sign}{whole}.{fraction}")
        }
        Err(_) => format!("{sign}0.{}{digits}", "0".repeat(usize::try_from(-point).ok()?)),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn exponents_are_written_out() {
        for (raw, plain) in [
            ("7.50", "7.50"),
            ("-3", "-3"),
            ("1.5e3", "1500"),
            ("1e3", "1000"),
            ("12.345E1", "123.45"),
            ("-12.5e-1", "-1.25"),
            ("5e-1", "0.5"),
            ("5e-3", "0.005"),
            ("1.50e+1", "15.0"),
            ("0e0", "0"),
        ] {
            assert_eq!(plain_number(raw).as_deref(), Some(plain), "{raw}");
        }
        assert_eq!(plain_number("1e999999999"), None);
        assert_eq!(plain_number("1e99999999999999999999"), None);
        assert_eq!(plain_number(&"9".repeat(81)), None);
    }

    proptest! {
        /// Whatever stands inside the values of a list, they are those which `serde_json` reads.
        #[test]
        fn elements_are_those_of_another_reader(
            texts in proptest::collection::vec("[ -~{}\\[\\],:\"\\\\é]{0,8}", 0..5),
            nested in any::<bool>(),
            pretty in any::<bool>(),
        ) {
            let value = |text: &String| if nested { serde_json::json!([{ "k": text }, 1.5, []]) } else { serde_json::json!(text) };
            let list: Vec<serde_json::Value> = texts.iter().map(value).collect();
            let text = if pretty { serde_json::to_string_pretty(&list) } else { serde_json::to_string(&list) }.unwrap();
            let read = elements(&text).unwrap().into_iter().map(serde_json::from_str::<serde_json::Value>);
            prop_assert_eq!(read.collect::<Result<Vec<_>, _>>().unwrap(), list);
        }
    }

    #[test]
    fn what_is_no_list_has_no_elements() {
        for text in ["{}", "null", "\"[1]\"", "7", ""] {
            assert_eq!(elements(text), None, "{text}");
        }
    }

    proptest! {
        /// Whatever stands inside the values, the members are those which `serde_json` reads.
        #[test]
        fn members_are_those_of_another_reader(
            texts in proptest::collection::btree_map("[a-z\"\\\\é{}]{1,4}", "[ -~{}\\[\\],:\"\\\\é]{0,8}", 0..5),
            nested in any::<bool>(),
            pretty in any::<bool>(),
        ) {
            let value = |text: &String| if nested { serde_json::json!([{ "k": text }, 1.5, null]) } else { serde_json::json!(text) };
            let object: serde_json::Map<String, serde_json::Value> = texts.iter().map(|(name, text)| (name.clone(), value(text))).collect();
            let written = if pretty { serde_json::to_string_pretty(&object).unwrap() } else { serde_json::to_string(&object).unwrap() };
            let cut = members(&written).unwrap();
            prop_assert_eq!(cut.len(), object.len());
            for (name, raw) in cut {
                prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(raw).unwrap(), &object[&name]);
            }
        }

        /// Anything else is refused or read, never a panic.
        #[test]
        fn garbage_ends(text in "[{}\\[\\]\",:a1\\\\ e.-]{0,40}") {
            let _ = members(&text);
        }
    }
}
