//! Runs of small plans on real files: what becomes of rows, worked out by hand.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    missing_docs
)]

mod audit;
mod build;
mod business;
mod corrections;
mod dated;
mod decisions;
mod deletions;
mod deltas;
mod dispositions;
mod events;
mod files;
mod json_lines;
mod limits;
mod nested;
mod order;
mod ownership;
mod preview;
mod promises;
mod properties;
mod reconcile;
mod recovery;
mod retries;
mod setup;
mod speed;
mod trace;
mod upkeep;
mod waiting;
mod waves;
mod windows;
mod world;
