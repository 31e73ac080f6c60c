//! What stops a command as a whole.
//!
//! A record that fails is never an error here: it has its queue. An error is a broken file, a missing column, a plan that does
//! not fit the profile, a hub in use, a target that cannot be reached.

use crate::kill::Kill;
use std::fmt;
use std::path::{Path, PathBuf};

/// Why a command stopped.
#[derive(Debug)]
#[non_exhaustive]
pub enum RuntimeError {
    /// Another runner has the hub.
    HubInUse {
        /// The hub's file.
        hub: PathBuf,
    },
    /// The hub cannot be read or written, or is not a hub.
    Hub {
        /// The hub's file.
        hub: PathBuf,
        /// What happened.
        message: String,
    },
    /// The plan cannot be run.
    Plan {
        /// What is wrong with it.
        message: String,
    },
    /// The profile does not say where a system is, or says something impossible.
    Profile {
        /// The system.
        system: String,
        /// What is wrong.
        message: String,
    },
    /// A source cannot be read.
    Source {
        /// `system.entity`.
        entity: String,
        /// The file, and the line where there is one.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A target is not shaped as the plan says, or holds what cannot be read.
    Target {
        /// `system.entity`.
        entity: String,
        /// The file.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A target cannot be reached at the moment, or did not answer: a call may have been carried out.
    Unreachable {
        /// `system.entity`, or the system.
        entity: String,
        /// The file.
        place: String,
        /// What happened.
        message: String,
    },
    /// What somebody wants to decide cannot be decided.
    Decision {
        /// Why.
        message: String,
        /// What can be done instead.
        help: String,
    },
    /// A crash test asked for it.
    Killed(Kill),
}

/// The result of everything that may stop a command.
pub type Outcome<T = ()> = Result<T, RuntimeError>;

impl RuntimeError {
    pub(crate) fn plan(message: impl Into<String>) -> Self {
        Self::Plan { message: message.into() }
    }

    pub(crate) fn hub(hub: &Path, message: impl fmt::Display) -> Self {
        Self::Hub { hub: hub.to_path_buf(), message: message.to_string() }
    }
}

/// Inside a command there is one hub; its path is added by [`crate::run`] and its kin.
impl From<rusqlite::Error> for RuntimeError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Hub { hub: PathBuf::new(), message: error.to_string() }
    }
}

impl fmt::Display for RuntimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HubInUse { hub } => write!(f, "hub `{}` is in use by another run", hub.display()),
            Self::Hub { hub, message } if hub.as_os_str().is_empty() => write!(f, "the hub failed: {message}"),
            Self::Hub { hub, message } => write!(f, "hub `{}`: {message}", hub.display()),
            Self::Plan { message } => write!(f, "the plan cannot be run: {message}"),
            Self::Profile { system, message } => write!(f, "system `{system}`: {message}"),
            Self::Source { entity, place, message }
            | Self::Target { entity, place, message }
            | Self::Unreachable { entity, place, message } => {
                write!(f, "`{entity}` at {place}: {message}")
            }
            Self::Decision { message, .. } => f.write_str(message),
            Self::Killed(kill) => write!(f, "stopped on purpose at {kill}"),
        }
    }
}

impl std::error::Error for RuntimeError {}
