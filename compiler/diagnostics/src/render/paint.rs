//! Colours: what each part of a finding looks like.
//!
//! A **role** is what a piece of text is for; the palette gives each role its look. Without colour every role is plain,
//! so the two outputs differ in escapes alone.

use std::io;

use anstyle::{AnsiColor, Effects, Style};
use codespan_reporting::diagnostic::{LabelStyle, Severity as ReportSeverity};
use codespan_reporting::term::{GeneralWriteResult, WriteStyle};

use crate::Severity;

/// What a piece of text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// `error[SYN0401 ownership-conflict]`.
    Header(Severity),
    /// The message of a finding.
    Message,
    /// Line numbers, borders and bullets.
    Gutter,
    /// The place to look at first.
    Primary(Severity),
    /// Another place.
    Secondary,
    /// `why:`, `help:`, `fix:`.
    Heading,
    /// A name between backticks.
    Name,
    /// Remarks that may be skipped.
    Aside,
    /// A line that a fix takes out.
    Removed,
    /// A line that a fix puts in.
    Added,
    /// The part of such a line that differs.
    RemovedPart,
    /// The part of such a line that differs.
    AddedPart,
}

/// Writes text in the look of its role, or plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paint {
    pub(super) color: bool,
}

impl Paint {
    /// `text` in the look of `role`.
    pub(super) fn paint(self, role: Role, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let look = look(role);
        format!("{look}{text}{look:#}")
    }

    /// `text` with the names between its backticks made bold, leaving the colour around it as it is.
    pub(super) fn names(self, text: &str) -> String {
        if !self.color {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        for (index, part) in text.split('`').enumerate() {
            match index {
                0 => out.push_str(part),
                // Odd parts lie between backticks. "Bold off" instead of a reset keeps the colour of the label.
                index if index % 2 == 1 => out.push_str(&format!("`\u{1b}[1m{part}\u{1b}[22m")),
                _ => out.push_str(&format!("`{part}")),
            }
        }
        out
    }
}

fn look(role: Role) -> Style {
    let color = |color: AnsiColor| Style::new().fg_color(Some(color.into()));
    match role {
        Role::Header(severity) => severity_color(severity).bold(),
        Role::Message | Role::Heading | Role::Name => Style::new().bold(),
        Role::Gutter => color(AnsiColor::Cyan),
        Role::Primary(severity) => severity_color(severity),
        Role::Secondary => color(AnsiColor::BrightBlue),
        Role::Aside => Style::new().dimmed(),
        Role::Removed => color(AnsiColor::Red),
        Role::Added => color(AnsiColor::Green),
        Role::RemovedPart => color(AnsiColor::Red).effects(Effects::BOLD | Effects::UNDERLINE),
        Role::AddedPart => color(AnsiColor::Green).effects(Effects::BOLD | Effects::UNDERLINE),
    }
}

fn severity_color(severity: Severity) -> Style {
    let color = match severity {
        Severity::Error => AnsiColor::BrightRed,
        Severity::Warning => AnsiColor::BrightYellow,
    };
    Style::new().fg_color(Some(color.into()))
}

/// Where codespan writes its part: bytes, and escapes when there is colour.
pub(super) struct Canvas {
    pub(super) paint: Paint,
    pub(super) severity: Severity,
    pub(super) bytes: Vec<u8>,
}

impl Canvas {
    fn set(&mut self, role: Role) -> GeneralWriteResult {
        if self.paint.color {
            self.bytes.extend_from_slice(look(role).render().to_string().as_bytes());
        }
        Ok(())
    }
}

impl io::Write for Canvas {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl WriteStyle for Canvas {
    fn set_header(&mut self, _: ReportSeverity) -> GeneralWriteResult {
        self.set(Role::Header(self.severity))
    }

    fn set_header_message(&mut self) -> GeneralWriteResult {
        // codespan goes from one style to the next without a reset in between.
        self.reset()?;
        self.set(Role::Message)
    }

    fn set_line_number(&mut self) -> GeneralWriteResult {
        self.set(Role::Gutter)
    }

    fn set_note_bullet(&mut self) -> GeneralWriteResult {
        self.set(Role::Gutter)
    }

    fn set_source_border(&mut self) -> GeneralWriteResult {
        self.set(Role::Gutter)
    }

    fn set_label(&mut self, _: ReportSeverity, label: LabelStyle) -> GeneralWriteResult {
        self.reset()?;
        self.set(match label {
            LabelStyle::Primary => Role::Primary(self.severity),
            LabelStyle::Secondary => Role::Secondary,
        })
    }

    fn reset(&mut self) -> GeneralWriteResult {
        if self.paint.color {
            self.bytes.extend_from_slice(b"\x1b[0m");
        }
        Ok(())
    }
}
