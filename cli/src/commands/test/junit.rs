//! What tests did, in the XML of JUnit that build servers read: a suite named after the workspace, a case for each test, its
//! class the file it stands in. There is no standard; this is the part that the common readers agree on. Times are left out:
//! they differ from run to run.

use super::{Tested, human};
use std::fmt::Write;
use syncline::diagnostics::render;

pub(super) fn report(workspace: &str, tested: &Tested<'_>) -> String {
    let style = render::Style { color: false, ..render::Style::default() };
    let (all, failed) = (tested.cases.len(), tested.failed());
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string does not fail.
    let _ = writeln!(xml, "<testsuites tests=\"{all}\" failures=\"{failed}\">");
    let name = escaped(workspace);
    let _ =
        writeln!(xml, "  <testsuite name=\"{name}\" tests=\"{all}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\">");
    for (case, verdict) in &tested.cases {
        let mut place = case.at.rsplitn(3, ':');
        let (_, line, file) = (place.next(), place.next().unwrap_or_default(), place.next().unwrap_or_default());
        let (name, class) = (escaped(&case.name), escaped(file.strip_suffix(".syn").unwrap_or(file)));
        let file = escaped(file);
        let _ = write!(xml, "    <testcase name=\"{name}\" classname=\"{class}\" file=\"{file}\" line=\"{line}\"");
        if verdict.failures.is_empty() {
            xml.push_str("/>\n");
            continue;
        }
        let messages: Vec<&str> = verdict.failures.iter().map(|failure| failure.message.as_str()).collect();
        let (message, shown) = (escaped(&messages.join("; ")), human::excerpts(tested, &verdict.failures, &style));
        let _ = writeln!(xml, ">\n      <failure message=\"{message}\">{}</failure>\n    </testcase>", escaped(&shown));
    }
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// Text for an element or an attribute. Characters that XML 1.0 cannot hold become U+FFFD.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(letter),
            '\u{FFFE}' | '\u{FFFF}' => safe.push('\u{FFFD}'),
            _ if letter.is_control() => safe.push('\u{FFFD}'),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn no_text_breaks_the_xml() {
        assert_eq!(escaped("a<b> & \"c\"\u{1}"), "a&lt;b&gt; &amp; &quot;c&quot;\u{FFFD}");
    }
}
