//! What the compiler tells its user: the table of codes, source positions, diagnostics and their renderers.
//!
//! Terms used in this crate:
//! - **code**: one row of the table in [`codes`]: a number (`SYN0401`), a kebab-case name (`ownership-conflict`), a
//!   default severity, a title and a page. A number is never reused, a name is never renamed silently.
//! - **item**: one top-level declaration of a file. A [`Span`] counts its bytes from the start of its item, so an edit
//!   above an item moves nothing; only the [`SourceMap`] knows where the item lies in its file.
//! - **label**: a place in the source with a few words about it and, where it matters, the team that answers for it.
//! - **witness**: a record that makes the problem visible, found by the solver.
//! - **fix**: an edit that the reader can apply as it stands.
//!
//! Nothing here reads files, looks at the environment or knows the time.

pub mod codes;
pub mod explain;
pub mod render;

mod code;
mod diagnostic;
mod levels;
mod position;
mod source_map;
mod suggest;

pub use code::{Code, CodeRow, Severity};
pub use diagnostic::{Diagnostic, Edit, Fix, Label, Witness, count, has_errors, sort};
pub use explain::explain;
pub use levels::{Level, LevelError, Levels};
pub use position::{FileId, ItemRef, Range, Span};
pub use source_map::{LineColumn, Location, SourceMap};
pub use suggest::closest;
