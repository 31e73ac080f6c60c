//! Rows addressed by their own kind of id, so that a clause id can never be used to look up a variable.
//!
//! This is the one place of the solver that indexes: an id is only made by the table that it addresses, or checked by
//! [`Table::row`] first.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

/// An id that stands for a row.
pub(super) trait Id: Copy {
    /// The row that `index` stands for.
    fn from_index(index: usize) -> Self;
    /// The place of this id's row.
    fn index(self) -> usize;
}

/// Declares ids: each is the number of a row.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) struct $name(u32);

        impl $crate::solver::table::Id for $name {
            fn from_index(index: usize) -> Self {
                Self(u32::try_from(index).unwrap_or(u32::MAX))
            }
            fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+};
}
pub(super) use ids;

/// Rows of `T` under ids `I`.
#[derive(Debug, Clone)]
pub(super) struct Table<I, T> {
    rows: Vec<T>,
    id: PhantomData<I>,
}

impl<I: Id, T> Table<I, T> {
    /// A table without rows.
    pub(super) fn new() -> Self {
        Self { rows: Vec::new(), id: PhantomData }
    }

    /// A table of `count` equal rows.
    pub(super) fn filled(count: usize, row: T) -> Self
    where
        T: Clone,
    {
        Self { rows: vec![row; count], id: PhantomData }
    }

    /// Adds a row and tells its id.
    pub(super) fn push(&mut self, row: T) -> I {
        let id = I::from_index(self.rows.len());
        self.rows.push(row);
        id
    }

    /// Takes the last row away.
    pub(super) fn pop(&mut self) -> Option<T> {
        self.rows.pop()
    }

    /// The row of `id`, if there is one.
    pub(super) fn row(&self, id: I) -> Option<&T> {
        self.rows.get(id.index())
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// All rows, to be changed.
    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.rows.iter_mut()
    }

    /// All rows with their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = (I, &T)> {
        self.rows.iter().enumerate().map(|(index, row)| (I::from_index(index), row))
    }
}

#[expect(clippy::indexing_slicing, reason = "an id is made by the table it addresses")]
impl<I: Id, T> Index<I> for Table<I, T> {
    type Output = T;
    fn index(&self, id: I) -> &T {
        &self.rows[id.index()]
    }
}

#[expect(clippy::indexing_slicing, reason = "an id is made by the table it addresses")]
impl<I: Id, T> IndexMut<I> for Table<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.index()]
    }
}
