//! File names and anchors made from names.
//!
//! A **slug** is ASCII, has none of the characters that a file system or a URL treats specially, is no device name of Windows, and
//! differs from every other slug of its set by more than the case of letters: two names never share a file on a case-insensitive
//! disk.

use std::collections::BTreeSet;

/// Longest slug before a number is added; with folder and extension it stays far below any file system's limit.
const MAX: usize = 80;

/// The slugs of one folder or one page.
#[derive(Debug, Default)]
pub(super) struct Slugs {
    /// In lower case.
    taken: BTreeSet<String>,
}

impl Slugs {
    /// A slug like `name` which nobody has yet; the same calls in the same order give the same slugs.
    pub(super) fn claim(&mut self, name: &str) -> String {
        let wanted = slug(name);
        let mut candidate = wanted.clone();
        let mut number: u32 = 1;
        while !self.taken.insert(candidate.to_ascii_lowercase()) {
            number = number.saturating_add(1);
            candidate = format!("{wanted}-{number}");
        }
        candidate
    }
}

fn slug(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        let kept = if letter.is_ascii_alphanumeric() || letter == '_' || letter == '.' { letter } else { '-' };
        if out.len() >= MAX {
            break;
        }
        if kept != '-' || !out.ends_with('-') {
            out.push(kept);
        }
    }
    let trimmed = out.trim_matches(['-', '.']);
    if trimmed.is_empty() {
        "unnamed".to_owned()
    } else if is_device(trimmed) {
        format!("_{trimmed}")
    } else {
        trimmed.to_owned()
    }
}

/// Whether Windows takes the name for a device, whatever extension follows.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && rest.chars().all(|digit| digit.is_ascii_digit()))
    };
    matches!(stem.as_str(), "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_safe_and_differ_by_more_than_case() {
        let mut slugs = Slugs::default();
        let cases = [
            ("TimeEntry", "TimeEntry"),
            ("timeentry", "timeentry-2"),
            ("TIMEENTRY", "TIMEENTRY-3"),
            ("timeentry-2", "timeentry-2-2"),
            ("psa.timecard -> TimeEntry", "psa.timecard-TimeEntry"),
            ("../../etc/passwd", "etc-passwd"),
            ("Größe", "Gr-e"),
            ("<script>\"'&", "script"),
            ("日本", "unnamed"),
            ("", "unnamed-2"),
            ("con", "_con"),
            ("LPT1.txt", "_LPT1.txt"),
            ("comb", "comb"),
        ];
        for (name, expected) in cases {
            assert_eq!(slugs.claim(name), expected, "{name}");
        }
        assert_eq!(slugs.claim(&"a".repeat(500)).len(), 80);
    }
}
