//! Lint levels: how loud the workspace wants each kind of finding.
//!
//! A **level** is `off`, `warn` or `error`. Warnings may be silenced or raised. Errors stay errors: a workspace in which
//! an error is only a warning could be built, and the plan would do what the error says it must not.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::codes::{self, UnknownCode};
use crate::{Code, Diagnostic, Severity};

/// What a workspace wants of a kind of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// Not reported.
    Off,
    /// Reported as a warning.
    Warn,
    /// Reported as an error.
    Error,
}

impl FromStr for Level {
    type Err = LevelError;

    /// Reads `off` (or `allow`), `warn`, `error`.
    fn from_str(word: &str) -> Result<Level, LevelError> {
        match word {
            "off" | "allow" => Ok(Level::Off),
            "warn" => Ok(Level::Warn),
            "error" => Ok(Level::Error),
            _ => Err(LevelError::UnknownLevel(word.to_owned())),
        }
    }
}

/// Why a level cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LevelError {
    /// There is no such code.
    UnknownCode(UnknownCode),
    /// The word is no level.
    UnknownLevel(String),
    /// The code is an error, and errors cannot be lowered.
    CannotLower(Code),
}

impl std::fmt::Display for LevelError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            LevelError::UnknownCode(unknown) => unknown.fmt(f),
            LevelError::UnknownLevel(word) => write!(f, "`{word}` is no level; levels are `off`, `warn` and `error`"),
            LevelError::CannotLower(code) => {
                write!(f, "`{}` is an error and cannot be lowered", code.name)
            }
        }
    }
}

impl std::error::Error for LevelError {}

/// The levels that a workspace sets; what it does not set keeps the severity of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    by_number: BTreeMap<u16, Level>,
}

impl Levels {
    /// No level set.
    pub fn new() -> Levels {
        Levels::default()
    }

    /// Sets the level of the code with this name or number.
    ///
    /// # Errors
    /// When there is no such code, or when an error would be lowered.
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), LevelError> {
        let code = codes::by_name(name).map_err(LevelError::UnknownCode)?;
        if code.severity == Severity::Error && level != Level::Error {
            return Err(LevelError::CannotLower(code));
        }
        self.by_number.insert(code.number, level);
        Ok(())
    }

    /// The level of a code.
    pub fn level(&self, code: Code) -> Level {
        let by_default = match code.severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warn,
        };
        self.by_number.get(&code.number).copied().unwrap_or(by_default)
    }

    /// The findings that remain, each with the severity that its level gives.
    pub fn apply(&self, diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
        diagnostics.into_iter().filter_map(|diagnostic| self.applied(diagnostic)).collect()
    }

    fn applied(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        diagnostic.severity = match self.level(diagnostic.code) {
            Level::Off => return None,
            Level::Warn => Severity::Warning,
            Level::Error => Severity::Error,
        };
        Some(diagnostic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ItemRef, Span};

    fn finding(code: Code) -> Diagnostic {
        Diagnostic::new(code, Span::new(ItemRef(0), 0, 0), "message")
    }

    #[test]
    fn what_is_not_set_keeps_its_severity() {
        let found = Levels::new().apply(vec![finding(&codes::UNUSED_LET), finding(&codes::OWNERSHIP_CONFLICT)]);
        let severities: Vec<Severity> = found.iter().map(|one| one.severity).collect();
        assert_eq!(severities, [Severity::Warning, Severity::Error]);
    }

    #[test]
    fn warnings_are_raised_and_silenced() {
        let mut levels = Levels::new();
        levels.set("unused-let", Level::Error).unwrap();
        levels.set("SYN0502", Level::Off).unwrap();
        let found = levels.apply(vec![finding(&codes::UNUSED_LET), finding(&codes::UNREAD_FIELD)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].code, &codes::UNUSED_LET);
        assert_eq!(found[0].severity, Severity::Error);
    }

    #[test]
    fn errors_cannot_be_lowered() {
        let mut levels = Levels::new();
        let lowered = LevelError::CannotLower(&codes::OWNERSHIP_CONFLICT);
        assert_eq!(levels.set("ownership-conflict", Level::Off), Err(lowered.clone()));
        assert_eq!(levels.set("ownership-conflict", Level::Warn), Err(lowered.clone()));
        assert_eq!(levels.set("ownership-conflict", Level::Error), Ok(()));
        assert_eq!(levels.level(&codes::OWNERSHIP_CONFLICT), Level::Error);
        assert_eq!(lowered.to_string(), "`ownership-conflict` is an error and cannot be lowered");
    }

    #[test]
    fn unknown_names_come_with_a_proposal() {
        let error = Levels::new().set("unread-feild", Level::Warn).unwrap_err();
        assert_eq!(error.to_string(), "there is no diagnostic `unread-feild`; did you mean `unread-field`?");
        let LevelError::UnknownCode(unknown) = error else { panic!("another error") };
        assert_eq!(unknown.closest, Some(&codes::UNREAD_FIELD));
    }

    #[test]
    fn levels_are_read_from_words() {
        assert_eq!("off".parse(), Ok(Level::Off));
        assert_eq!("allow".parse(), Ok(Level::Off));
        assert_eq!("warn".parse(), Ok(Level::Warn));
        assert_eq!("error".parse(), Ok(Level::Error));
        let wrong = "deny".parse::<Level>().unwrap_err();
        assert_eq!(wrong.to_string(), "`deny` is no level; levels are `off`, `warn` and `error`");
    }
}
