//! Texts in quotes: their escapes and their fields.

use super::context::{Context, range};
use super::grammar::{Pair, Rule};
use crate::SyntaxError;
use crate::SyntaxErrorKind;
use crate::ast::{Text, TextPart};
use crate::names::normal_form;

impl Context<'_> {
    /// A text that may hold `{field}`.
    pub(super) fn text_literal(&self, pair: Pair<'_>) -> Text {
        let place = range(&pair);
        let mut parts = Vec::new();
        let mut plain = String::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::plain => plain.push_str(part.as_str()),
                Rule::escape => match self.escaped(&part) {
                    Some(character) => plain.push(character),
                    None => plain.push_str(part.as_str()),
                },
                Rule::interpolation => {
                    if !plain.is_empty() {
                        parts.push(TextPart::Plain(normal_form(&std::mem::take(&mut plain))));
                    }
                    parts.extend(part.into_inner().next().map(|path| TextPart::Field(self.path(&path))));
                }
                _ => {
                    let message = if part.as_str().starts_with('{') {
                        "expected a field between `{` and `}`"
                    } else {
                        "this `}` closes no `{`"
                    };
                    let error = SyntaxError::new(SyntaxErrorKind::InvalidText, range(&part), message);
                    self.report(error.with_help("a brace that is meant as such is written twice: `{{`, `}}`"));
                }
            }
        }
        if !plain.is_empty() {
            parts.push(TextPart::Plain(normal_form(&plain)));
        }
        Text { parts, range: place }
    }

    fn escaped(&self, pair: &Pair<'_>) -> Option<char> {
        match pair.as_str() {
            "{{" => Some('{'),
            "}}" => Some('}'),
            r#"\""# => Some('"'),
            r"\\" => Some('\\'),
            r"\n" => Some('\n'),
            r"\t" => Some('\t'),
            other => {
                let message = format!("`{other}` is no escape");
                let error = SyntaxError::new(SyntaxErrorKind::InvalidText, range(pair), message);
                self.report(error.with_help(r#"the escapes are `\"`, `\\`, `\n`, `\t`, `{{` and `}}`"#));
                None
            }
        }
    }
}
