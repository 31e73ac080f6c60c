//! The compiler as one library: a workspace in; check, compile, format, explain out.
//!
//! Terms used here:
//! - **workspace**: the text of `syncline.yaml` and the texts of the source files. Nothing here reads a file, asks for the
//!   time or looks at the environment: whoever calls has done so, an editor with texts that were never saved.
//! - **manifest**: `syncline.yaml`, read into a [`Config`].
//! - **module**: a source file; its path is the file's path under the sources folder, `/` written `.`.
//! - **profile**: where the systems and the hub live in one environment.
//!
//! ```
//! use syncline::{Workspace, check, compile};
//!
//! let workspace = Workspace::of_texts([("regions.syn", "enum Region { US, EU }")]);
//! assert!(check(&workspace).diagnostics.is_empty());
//! assert!(compile(&workspace).is_ok());
//! ```
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

mod check;
mod compile;
mod config;
mod format;
mod library;
mod parsing;
mod profiles;
mod workspace;

pub use check::{Checked, check};
pub use compile::{compile, emit_docs, plan_from_json, plan_json};
pub use config::{Binding, Config, Connector, EDITIONS, Profile};
pub use format::{Unformatted, format};
pub use workspace::{MANIFEST, MAX_FILE_BYTES, MAX_FILES, SourceFile, Workspace};

pub use syncline_diagnostics as diagnostics;
pub use syncline_diagnostics::explain;
pub use syncline_emit::OutputFile;
pub use syncline_ir as ir;
pub use syncline_semantics::model;
