//! Tables for people.

use crate::output;
use comfy_table::{Cell, CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use syncline_runtime::Accounts;

/// One line, below the header.
const PLAIN: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('-'));

/// A table with one line below its header; as wide as the terminal at most, as wide as needed in a pipe.
pub(crate) fn table<'h>(header: impl IntoIterator<Item = &'h str>) -> Table {
    let mut table = Table::new();
    table.load_style(PLAIN);
    match output::width() {
        Some(width) => {
            table.set_content_arrangement(ContentArrangement::Dynamic);
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        }
        None => drop(table.set_content_arrangement(ContentArrangement::Disabled)),
    }
    table.set_header(header.into_iter().map(Cell::new));
    table
}

/// The table's text, without blanks at the ends of lines.
pub(crate) fn text(table: &Table) -> String {
    table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// The accounts of syncs, a row each.
pub(crate) fn accounts<'s>(syncs: impl IntoIterator<Item = (&'s str, &'s Accounts, Option<bool>)>) -> Table {
    let header = ["sync", "captured", "staged", "posted", "corrected", "superseded", "duplicate", "waiting", "excluded", "quarantined", "reconciled"];
    let mut found = table(header);
    for (name, accounts, reconciled) in syncs {
        let Accounts { captured, staged, posted, corrected, superseded, duplicate, waiting, excluded, quarantined, .. } = accounts;
        let counts = [captured, staged, posted, corrected, superseded, duplicate, waiting, excluded, quarantined];
        let mut row = vec![Cell::new(name)];
        row.extend(counts.into_iter().map(|count| right(count_text(*count))));
        row.push(Cell::new(match reconciled {
            None => "-",
            Some(true) => "yes",
            Some(false) => "NO",
        }));
        found.add_row(row);
    }
    for column in found.column_iter_mut().skip(1).take(9) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    found
}

/// Nothing is a dash, so that what is there is seen.
fn count_text(count: u64) -> String {
    if count == 0 { "-".to_owned() } else { count.to_string() }
}

fn right(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}
