//! Writing to people and to programs.
//!
//! Colours go to terminals only, unless the environment says otherwise (`NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE`). A reader that goes
//! away, as `head` does, ends the output and nothing else: what the command does is done, and its exit code is its own.

use crate::trouble::{Outcome, Trouble};
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use syncline::diagnostics::render;

/// Headings and names.
pub(crate) const BOLD: Style = Style::new().bold();
/// What is less important.
pub(crate) const DIM: Style = Style::new().dimmed();
/// All is well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Somebody should look.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default().bold();
/// Something is wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// A text in a style.
pub(crate) fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// A text from somebody's data, on one line and without anything that a terminal would obey.
pub(crate) fn tame(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() || matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}') {
            tamed.extend(letter.escape_default());
        } else {
            tamed.push(letter);
        }
    }
    tamed
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> Outcome {
    let mut stream = anstream::stdout().lock();
    quietly(stream.write_all(text.as_bytes()).and_then(|()| stream.flush()))
}

/// Writes a line to standard output.
pub(crate) fn say(line: impl Display) -> Outcome {
    print(&format!("{line}\n"))
}

/// Writes a JSON value to standard output.
pub(crate) fn json(value: &serde_json::Value) -> Outcome {
    say(format_args!("{value:#}"))
}

/// Writes a value as JSON to standard output.
pub(crate) fn serialized(value: &impl serde::Serialize) -> Outcome {
    let text =
        serde_json::to_string_pretty(value).map_err(|error| Trouble::new(format!("cannot write JSON: {error}")))?;
    say(text)
}

/// Writes a value as JSON to standard output, on one line.
pub(crate) fn serialized_line(value: &impl serde::Serialize) -> Outcome {
    let text = serde_json::to_string(value).map_err(|error| Trouble::new(format!("cannot write JSON: {error}")))?;
    say(text)
}

/// Writes to standard error. Nobody can be told when that fails.
pub(crate) fn note(text: impl Display) {
    let mut stream = anstream::stderr().lock();
    let _ = writeln!(stream, "{text}");
}

/// Tells why a command could not be carried out.
pub(crate) fn complain(trouble: &Trouble) {
    note(format_args!("{}: {}", styled(BAD, "error"), trouble.message));
    if let Some(help) = &trouble.help {
        note(format_args!("{}: {help}", styled(BOLD, "help")));
    }
}

/// How to write findings to standard output.
pub(crate) fn stdout_style() -> render::Style {
    let stdout = io::stdout();
    style(AutoStream::choice(&stdout), stdout.is_terminal())
}

/// How to write findings to standard error.
pub(crate) fn stderr_style() -> render::Style {
    let stderr = io::stderr();
    style(AutoStream::choice(&stderr), stderr.is_terminal())
}

fn style(choice: ColorChoice, terminal: bool) -> render::Style {
    let width = if terminal { terminal_width() } else { render::Style::default().width };
    render::Style { color: choice != ColorChoice::Never, width }
}

/// The terminal's width, when output goes to one.
pub(crate) fn width() -> Option<usize> {
    io::stdout().is_terminal().then(terminal_width)
}

fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or_else(|| render::Style::default().width, |(width, _)| usize::from(width.0))
}

fn quietly(result: io::Result<()>) -> Outcome {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Trouble::new(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_speak_to_the_terminal() {
        assert_eq!(tame("a\u{1b}[31mb\nc\td\u{202e}é"), "a\\u{1b}[31mb\\nc\\td\\u{202e}é");
    }
}
