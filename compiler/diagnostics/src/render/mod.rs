//! Renderers: findings as people read them in a terminal, and as programs read them.

mod change;
mod excerpt;
mod json;
mod paint;
mod prose;
mod terminal;

pub use json::json;
pub use terminal::{Style, summary, terminal};
