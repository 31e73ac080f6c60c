//! Positions that survive edits: bytes counted from the start of an item.
//!
//! An **offset** is a count of UTF-8 bytes. Ranges are half open: `start` belongs to the range, `end` does not, and a
//! range with `start == end` marks the gap before the byte `start`.

/// A file of the workspace, in the order in which files were added to the [`SourceMap`](crate::SourceMap).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// An item of a file: the origin from which spans count. Given out by
/// [`SourceMap::add_item`](crate::SourceMap::add_item).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemRef(pub u32);

/// Bytes of an item, without saying of which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// First byte.
    pub start: u32,
    /// First byte after the range.
    pub end: u32,
}

impl Range {
    /// The range from `start` up to, not including, `end`.
    pub const fn new(start: u32, end: u32) -> Range {
        Range { start, end }
    }
}

/// Bytes of a given item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The item from whose start the bytes are counted.
    pub item: ItemRef,
    /// First byte.
    pub start: u32,
    /// First byte after the span.
    pub end: u32,
}

impl Span {
    /// The span of `item` from `start` up to, not including, `end`.
    pub const fn new(item: ItemRef, start: u32, end: u32) -> Span {
        Span { item, start, end }
    }

    /// The same bytes without their item.
    pub const fn range(self) -> Range {
        Range::new(self.start, self.end)
    }

    /// The empty span just before this one.
    pub const fn before(self) -> Span {
        Span::new(self.item, self.start, self.start)
    }

    /// The empty span just after this one.
    pub const fn after(self) -> Span {
        Span::new(self.item, self.end, self.end)
    }

    /// The smallest span that covers both. A span of another item cannot be joined; then `self` is returned.
    pub fn to(self, other: Span) -> Span {
        if self.item != other.item {
            return self;
        }
        Span::new(self.item, self.start.min(other.start), self.end.max(other.end))
    }
}
