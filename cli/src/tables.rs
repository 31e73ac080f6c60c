//! Tables for people.
//!
//! In a pipe a table is as wide as it needs to be. On a terminal that is too narrow columns without content go first; then texts
//! wrap, never names and numbers.

use crate::findings::counted;
use crate::output;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle};
use syncline_runtime::{Accounts, Exceeded, Notice};

/// One line, below the header.
const PLAIN: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('-'));

/// What stands for nothing, so that what is there is seen.
pub(crate) const NOTHING: &str = "-";

/// What stands in a column, and how.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Names and instants.
    Name(&'static str),
    /// Counts, to the right.
    Count(&'static str),
    /// Words that may be wrapped.
    Prose(&'static str),
}

impl Column {
    const fn title(self) -> &'static str {
        match self {
            Self::Name(title) | Self::Count(title) | Self::Prose(title) => title,
        }
    }
}

/// The text of a table.
pub(crate) fn text(columns: &[Column], rows: &[Vec<String>]) -> String {
    fitted(columns, rows, output::width())
}

fn fitted(columns: &[Column], rows: &[Vec<String>], width: Option<usize>) -> String {
    let mut shown: Vec<usize> = (0..columns.len()).collect();
    if width.is_some_and(|width| natural_width(columns, rows) > width) {
        shown.retain(|&index| rows.iter().any(|row| row.get(index).is_some_and(|cell| cell != NOTHING)));
    }
    let mut table = Table::new();
    table.load_style(PLAIN);
    match width {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        }
        None => drop(table.set_content_arrangement(ContentArrangement::Disabled)),
    }
    let columns: Vec<Column> = shown.iter().filter_map(|&index| columns.get(index).copied()).collect();
    table.set_header(columns.iter().map(|column| Cell::new(column.title())));
    for row in rows {
        table.add_row(shown.iter().filter_map(|&index| row.get(index)));
    }
    for (column, kind) in table.column_iter_mut().zip(&columns) {
        if matches!(kind, Column::Count(_)) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        if !matches!(kind, Column::Prose(_)) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    // Blanks at the ends of lines only get in the way.
    table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The width of the table when nothing is wrapped: each cell has a blank on both sides.
fn natural_width(columns: &[Column], rows: &[Vec<String>]) -> usize {
    let cell = |row: &Vec<String>, index: usize| row.get(index).map_or(0, |cell| cell.chars().count());
    let column = |(index, column): (usize, &Column)| {
        2 + rows.iter().map(|row| cell(row, index)).max().unwrap_or(0).max(column.title().len())
    };
    columns.iter().enumerate().map(column).sum()
}

/// The accounts of syncs, a row each.
pub(crate) fn accounts<'s>(syncs: impl IntoIterator<Item = (&'s str, &'s Accounts, Option<bool>)>) -> String {
    let syncs: Vec<_> = syncs.into_iter().collect();
    // Few hubs have such rows, and the table is wide enough.
    let dismissed = syncs.iter().any(|(_, accounts, _)| accounts.dismissed > 0);
    let mut columns = vec![
        Column::Name("sync"),
        Column::Count("captured"),
        Column::Count("staged"),
        Column::Count("posted"),
        Column::Count("corrected"),
        Column::Count("superseded"),
        Column::Count("duplicate"),
        Column::Count("waiting"),
        Column::Count("excluded"),
        Column::Count("quarantined"),
    ];
    if dismissed {
        columns.push(Column::Count("dismissed"));
    }
    columns.push(Column::Name("reconciled"));
    let rows: Vec<Vec<String>> =
        syncs.into_iter().map(|(name, accounts, reconciled)| row(name, accounts, reconciled, dismissed)).collect();
    text(&columns, &rows)
}

fn row(name: &str, accounts: &Accounts, reconciled: Option<bool>, dismissed: bool) -> Vec<String> {
    let Accounts { captured, staged, posted, corrected, superseded, duplicate, waiting, excluded, quarantined, .. } =
        accounts;
    let counts = [captured, staged, posted, corrected, superseded, duplicate, waiting, excluded, quarantined];
    let count = |count: &u64| if *count == 0 { NOTHING.to_owned() } else { count.to_string() };
    let word = match reconciled {
        None => NOTHING,
        Some(true) => "yes",
        Some(false) => "NO",
    };
    let counts = counts.into_iter().chain(dismissed.then_some(&accounts.dismissed));
    std::iter::once(name.to_owned()).chain(counts.map(count)).chain([word.to_owned()]).collect()
}

/// One line for each thing that is odd about the dates of rows.
pub(crate) fn notices<'a>(notices: impl IntoIterator<Item = &'a Notice>) -> String {
    let mut text = String::new();
    for notice in notices {
        let days = match &notice.through {
            Some(through) if *through == notice.from => format!("on {}", notice.from),
            Some(through) => format!("from {} through {}", notice.from, through),
            None => format!("from {} on", notice.from),
        };
        text.push_str(&format!("{}: `{}` {} {days}\n", notice.kind.name(), notice.object, notice.key));
    }
    text
}

/// What a sync says of its size, and what was found.
pub(crate) fn beyond(sync: &str, one: &Exceeded) -> String {
    let counted = |count: u64, noun: &str| counted(usize::try_from(count).unwrap_or(usize::MAX), noun);
    if one.clause == "volume" {
        let (found, said) = (counted(one.found, "record"), counted(one.said, "record"));
        return format!("`{sync}` captured {found} this day, more than the {said} that its `volume` says");
    }
    let (found, said) = (counted(one.found, "second"), counted(one.said, "second"));
    format!("`{sync}` took {found}, more than the {said} that `{} … takes at most` says", one.clause)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 4] =
        [Column::Name("key"), Column::Count("posted"), Column::Count("waiting"), Column::Prose("what")];

    fn rows() -> Vec<Vec<String>> {
        let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
        vec![row(["T-1", "12", "-", "short"]), row(["T-234", "3", "-", "a text of some length"])]
    }

    #[test]
    fn a_pipe_gets_everything_on_one_line() {
        let line = "-".repeat(47);
        let expected = format!(
            " key    posted  waiting  what\n{line}\n T-1        12        -  short\n T-234       3        -  a text of some length\n"
        );
        assert_eq!(fitted(&COLUMNS, &rows(), None), expected);
    }

    #[test]
    fn a_narrow_terminal_loses_empty_columns_first() {
        let found = fitted(&COLUMNS, &rows(), Some(42));
        assert!(!found.contains("waiting"), "{found}");
        assert!(found.contains(" T-234       3  a text of some length\n"), "{found}");
    }

    #[test]
    fn then_texts_are_wrapped() {
        let found = fitted(&COLUMNS, &rows(), Some(30));
        assert!(found.lines().all(|line| line.chars().count() <= 30), "{found}");
        assert!(found.contains("T-234") && found.contains("posted"), "{found}");
    }
}
