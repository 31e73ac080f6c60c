//! Statements that may stand once, statements that must, and small values.

use crate::context::Context;
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_syntax::ast::{Duration, DurationUnit, Name, Number, Range};

/// Keeps the first of a statement that may stand once; a second one is reported.
pub(crate) struct Once<T> {
    what: &'static str,
    found: Option<(T, Range)>,
}

impl<T> Once<T> {
    pub const fn new(what: &'static str) -> Self {
        Self { what, found: None }
    }

    pub fn set(&mut self, value: T, range: Range, cx: &Context<'_>) {
        let Some((_, first)) = &self.found else {
            self.found = Some((value, range));
            return;
        };
        cx.report(
            Diagnostic::new(&codes::DUPLICATE_CLAUSE, cx.span(range), format!("`{}` is said twice", self.what))
                .related(cx.span(*first), "first said here", None)
                .help("keep one of them"),
        );
    }

    pub fn get(self) -> Option<T> {
        self.found.map(|(value, _)| value)
    }

    pub fn placed(self) -> Option<(T, Range)> {
        self.found
    }
}

/// Reports a clause that must be said.
pub(crate) fn missing(place: Span, message: String, help: &str, cx: &Context<'_>) {
    cx.report(Diagnostic::new(&codes::MISSING_CLAUSE, place, message).help(help));
}

/// A duration in seconds.
pub(crate) fn seconds(duration: &Duration, cx: &Context<'_>) -> u64 {
    let factor = match duration.unit {
        DurationUnit::Second => 1,
        DurationUnit::Minute => 60,
        DurationUnit::Hour => 3_600,
        DurationUnit::Day => 86_400,
    };
    let value = duration.number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    value.filter(|seconds| *seconds > 0 && *seconds <= 100 * 366 * 86_400).unwrap_or_else(|| {
        let message = format!("`{}` is no usable length of time", cx.text(duration.range));
        cx.report(
            Diagnostic::new(&codes::INVALID_LITERAL, cx.span(duration.range), message)
                .help("write a whole number above zero and at most a century"),
        );
        1
    })
}

/// A whole number from one on.
pub(crate) fn at_most(number: &Number, what: &str, most: u32, cx: &Context<'_>) -> Option<u32> {
    let found = number.text.parse::<u32>().ok().filter(|found| (1..=most).contains(found));
    if found.is_none() {
        let message = format!("`{}` is not {what}", number.text);
        cx.report(
            Diagnostic::new(&codes::INVALID_LITERAL, cx.span(number.range), message)
                .help(format!("write a whole number from 1 to {most}")),
        );
    }
    found
}

/// Documentation, when there is any.
pub(crate) fn doc(docs: &str) -> Option<String> {
    (!docs.is_empty()).then(|| docs.to_owned())
}

/// The name as the model keeps it.
pub(crate) fn text(name: &Name) -> String {
    name.text.to_string()
}
