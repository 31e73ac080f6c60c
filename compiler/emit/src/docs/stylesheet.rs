//! The stylesheet: the same for every site, except for what stands at the head of each printed page.

use crate::OutputFile;
use syncline_ir::Plan;

/// The stylesheet of the site of `plan`.
pub(super) fn file(plan: &Plan) -> OutputFile {
    let style = include_str!("../../templates/style.css");
    let (name, hash) = (text(&plan.workspace.name), text(&plan.hash));
    let margins = format!(
        "\n/* At the head of each printed page */\n@page {{\n  @top-left {{ content: {name}; font: 600 8pt sans-serif; color: #333; }}\n  \
         @top-right {{ content: \"plan \" {hash}; font: 6.5pt monospace; color: #555; }}\n}}\n"
    );
    OutputFile { path: "style.css".to_owned(), bytes: format!("{style}{margins}").into_bytes() }
}

/// A text of CSS: everything but letters and digits of ASCII is written by its number, so that no text ends early.
fn text(words: &str) -> String {
    let mut out = "\"".to_owned();
    for letter in words.chars() {
        if letter.is_ascii_alphanumeric() || " -_.".contains(letter) {
            out.push(letter);
        } else {
            out.push_str(&format!("\\{:x} ", u32::from(letter)));
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_its_text() {
        assert_eq!(text("northlight eu-1"), "\"northlight eu-1\"");
        assert_eq!(text("a\"}\\\n</"), "\"a\\22 \\7d \\5c \\a \\3c \\2f \"");
        assert_eq!(text("sha256:0f"), "\"sha256\\3a 0f\"");
        assert_eq!(text("Ö"), "\"\\d6 \"");
    }
}
