//! The manifest: how many troubles of each kind the data holds.

use std::collections::BTreeMap;

/// Counts by kind; written as `planted.json`.
#[derive(Debug, Default)]
pub(super) struct Planted {
    kinds: BTreeMap<&'static str, u64>,
}

impl Planted {
    pub(super) fn add(&mut self, kind: &'static str, count: u64) {
        *self.kinds.entry(kind).or_default() += count;
    }

    pub(super) fn kinds(self) -> BTreeMap<&'static str, u64> {
        self.kinds
    }
}

/// The manifest as JSON, one kind a line.
pub(super) fn manifest(entries: u64, seed: u64, kinds: &BTreeMap<&'static str, u64>) -> String {
    let lines: Vec<String> = kinds.iter().map(|(kind, count)| format!("    \"{kind}\": {count}")).collect();
    format!(
        "{{\n  \"format\": 1,\n  \"entries\": {entries},\n  \"seed\": {seed},\n  \"kinds\": {{\n{}\n  }}\n}}\n",
        lines.join(",\n")
    )
}
