//! The syntax crate from outside: newlines, items, trees, messages, formatter, and all of them on arbitrary text.
#![allow(
    clippy::string_slice,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests cut texts they wrote themselves, and fail by panicking"
)]

mod arbitrary;
mod errors;
mod expressions;
mod formatting;
mod items;
mod newlines;
mod trees;
