//! Commands that prove the project.
fn main() {}
