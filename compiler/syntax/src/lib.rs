//! Text to syntax trees and back: splitter, grammar, tree, formatter.
//!
//! [`split`] cuts a file into items, [`parse_item`] reads one, [`parse_file`] does both, [`format()`] writes a file in the
//! one canonical style. None of them fails on any text or does I/O; what is wrong comes back as [`SyntaxError`]s beside
//! whatever could be read. Pest is used inside and never seen outside.

pub mod ast;
mod error;
mod file;
mod format;
mod names;
mod parse;
mod split;
mod words;

pub use error::{Parsed, SyntaxError, SyntaxErrorKind};
pub use file::{SyntaxFile, SyntaxItem, decode, parse_file};
pub use format::{FormatError, format};
pub use parse::parse_item;
pub use split::{Comment, CommentKind, DocLine, END, ItemId, ItemSource, MAX_DEPTH, SplitFile, split};
pub use words::{is_reserved, type_meant_by};
