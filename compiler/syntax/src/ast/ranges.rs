//! Sums of ranges.

use super::Range;

impl Range {
    /// Bytes `start..end`.
    pub fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The smallest range that holds both.
    pub fn cover(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The same bytes counted from where `start` is: from the file when `start` is the start of the item.
    pub fn shifted(self, start: u32) -> Self {
        Self { start: self.start.saturating_add(start), end: self.end.saturating_add(start) }
    }

    /// How many bytes.
    pub fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Whether it holds no byte.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}
