//! Rows of an extract on their way into the hub.
//!
//! What can be said of a row alone is worked out for many rows at once, on all cores. The rows of such a part are then taken in the
//! order of their keys, where that changes nothing: what is written side by side lies side by side in the hub, and postings, which go
//! by key, find it there.

use super::cells::{self, RowKey};
use crate::connectors::{Cell, HolderContent, HolderRow, Place, RowContent, SourceRow};
use crate::hub::{Image, cells_to_text};
use rayon::prelude::*;
use syncline_eval::{LinkedEntity, Program, cast};
use syncline_ir::OF_PARENT;

/// Rows in a part.
pub(super) const PART: usize = 32_768;

/// How rows are read.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) program: &'a Program,
    pub(super) entity: &'a LinkedEntity,
    pub(super) cursor: Option<usize>,
    /// Positions of the fields that the hub publishes into: what it has written there is not what the source says.
    pub(super) published: &'a [usize],
    /// The number of the entity's list of fields.
    pub(super) shape: i64,
}

/// A row that was read.
pub(super) struct Incoming {
    pub(super) content: Vec<u8>,
    pub(super) image: Image,
    pub(super) said: Said,
}

/// What a row says.
pub(super) enum Said {
    /// It cannot be cut into cells; why, for people.
    Nothing(String),
    Cells {
        cells: Vec<Cell>,
        read: Vec<cast::Cell>,
        key: RowKey,
    },
}

/// A row that was read, with the rows it holds.
pub(super) struct IncomingHolder {
    pub(super) place: Place,
    /// The row for people.
    pub(super) raw: String,
    pub(super) said: Holding,
}

/// What a row says that holds others.
pub(super) enum Holding {
    /// It cannot be read, or not which rows it holds; why, for people.
    Nothing(String),
    Rows {
        /// Its own key.
        key: RowKey,
        /// What its rows have from it, and nothing of their own.
        read: Vec<cast::Cell>,
        rows: Vec<Incoming>,
        /// Whether these are all.
        whole: bool,
    },
}

impl Reader<'_> {
    /// Reads rows with the rows they hold, which stay in their order.
    pub(super) fn read_holders(self, rows: Vec<HolderRow>) -> Vec<IncomingHolder> {
        rows.into_par_iter().with_min_len(64).map(|row| self.holder(row)).collect()
    }

    fn holder(self, HolderRow { place, content }: HolderRow) -> IncomingHolder {
        let (cells, raw, rows, whole) = match content {
            HolderContent::Malformed { raw, message } => {
                return IncomingHolder { place, raw, said: Holding::Nothing(message) };
            }
            HolderContent::Rows { cells, raw, rows, whole } => (cells, raw, rows, whole),
        };
        let mut alone = cells.clone();
        alone.resize(self.entity.fields.len(), Cell::Null);
        let read = cells::values(&alone, self.entity, self.program);
        let is_of_holder =
            |ix: &usize| self.entity.fields.get(*ix).is_some_and(|field| field.name.starts_with(OF_PARENT));
        let key: Vec<usize> = self.entity.key.iter().copied().filter(is_of_holder).collect();
        let key = cells::key_of(&key, &alone, &read, self.entity, self.program);
        let whole_row = |row: SourceRow| match row.content {
            RowContent::Cells(own) => {
                let cells = cells.iter().cloned().chain(own).collect();
                self.row(SourceRow { place: row.place, content: RowContent::Cells(cells) })
            }
            RowContent::Malformed { .. } => self.row(row),
        };
        let rows = rows.into_iter().map(whole_row).collect();
        IncomingHolder { place, raw, said: Holding::Rows { key, read, rows, whole } }
    }
    /// Reads the rows of a part, which stay in their order.
    pub(super) fn read(self, rows: Vec<SourceRow>) -> Vec<Incoming> {
        rows.into_par_iter().with_min_len(256).map(|row| self.row(row)).collect()
    }

    fn row(self, row: SourceRow) -> Incoming {
        match row.content {
            RowContent::Malformed { raw, message } => Incoming {
                content: cells::raw_content(&raw),
                image: Image { shape: None, cells: raw, place: row.place },
                said: Said::Nothing(message),
            },
            RowContent::Cells(cells) => self.cells(row.place, cells),
        }
    }

    fn cells(self, place: Place, cells: Vec<Cell>) -> Incoming {
        let read = cells::values(&cells, self.entity, self.program);
        let key = cells::key(&cells, &read, self.entity, self.program);
        Incoming {
            content: cells::content(&cells, |position| {
                Some(position) != self.cursor && !self.published.contains(&position)
            }),
            image: Image { shape: Some(self.shape), cells: self.kept(&cells), place },
            said: Said::Cells { cells, read, key },
        }
    }
}

impl Reader<'_> {
    /// The cells that are kept of a row.
    fn kept(self, cells: &[Cell]) -> String {
        if self.published.is_empty() {
            return cells_to_text(cells);
        }
        let kept = cells.iter().enumerate().filter(|(position, _)| !self.published.contains(position));
        cells_to_text(&kept.map(|(_, cell)| cell.clone()).collect::<Vec<_>>())
    }
}

/// Puts the rows of a part in the order of their keys; those of one key stay in theirs.
pub(super) fn by_key(rows: &mut [Incoming]) {
    fn key(row: &Incoming) -> Option<(&str, Option<&str>)> {
        let Said::Cells { key, .. } = &row.said else { return None };
        Some((key.shown.as_deref()?, key.identity.as_deref()))
    }
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::*;

    fn row(key: Option<&str>, identity: Option<&str>, line: u64) -> Incoming {
        let key = RowKey { shown: key.map(str::to_owned), identity: identity.map(str::to_owned), readable: true };
        let place = Place { file: String::new(), line };
        Incoming {
            content: Vec::new(),
            image: Image { shape: None, cells: String::new(), place },
            said: Said::Cells { cells: Vec::new(), read: Vec::new(), key },
        }
    }

    #[test]
    fn rows_of_one_key_stay_in_the_order_of_the_file() {
        let mut rows = [
            row(Some("b"), None, 2),
            row(Some("a"), Some("a2"), 3),
            row(Some("b"), None, 4),
            row(None, None, 5),
            row(Some("a"), Some("a1"), 6),
            row(Some("a"), Some("a2"), 7),
        ];
        by_key(&mut rows);
        let lines: Vec<u64> = rows.iter().map(|row| row.image.place.line).collect();
        assert_eq!(lines, [5, 6, 3, 7, 2, 4]);
    }
}
