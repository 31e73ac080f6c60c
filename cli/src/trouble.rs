//! How a command ends.

use std::fmt;
use std::io;
use std::path::Path;

/// A command that was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing to look at: exit code 0.
    Fine,
    /// Something to look at: exit code 1.
    Findings,
}

/// Why a command could not be carried out: exit code 2.
#[derive(Debug)]
pub(crate) struct Trouble {
    /// What went wrong: lower case, no full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// The result of everything a command does.
pub(crate) type Outcome<T = ()> = Result<T, Trouble>;

impl Exit {
    /// Findings when there is something to look at.
    pub const fn found(found: bool) -> Self {
        if found { Self::Findings } else { Self::Fine }
    }
}

impl Trouble {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A file or folder that could not be read, written, made.
    pub fn file(doing: &str, path: &Path, error: &io::Error) -> Self {
        let trouble = Self::new(format!("cannot {doing} `{}`: {}", path.display(), reason(error)));
        match error.kind() {
            io::ErrorKind::PermissionDenied => trouble.help("check who owns it and what its permissions allow"),
            io::ErrorKind::NotFound => trouble.help("check the path; relative paths start from the current folder"),
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                trouble.help("a file stands where a folder is wanted: move it away")
            }
            io::ErrorKind::StorageFull => trouble.help("free some space on the disk"),
            _ => trouble,
        }
    }
}

/// What the system says, without the number it says it with.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
