//! Tables written as CSV (RFC 4180 with line feeds).

/// What stands in one place of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Nothing: an empty cell without quotes.
    Null,
    /// A text; an empty one is written as `""`.
    Text(String),
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A header and rows. A row may be shorter than the header: some troubles are.
#[derive(Debug, Clone)]
pub(super) struct Table {
    header: &'static [&'static str],
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(super) fn new(header: &'static [&'static str]) -> Self {
        Self { header, rows: Vec::new() }
    }

    pub(super) fn push(&mut self, row: Vec<Cell>) {
        self.rows.push(row);
    }

    /// Leaves the first half of the rows.
    pub(super) fn cut_in_half(&mut self) {
        self.rows.truncate(self.rows.len() / 2);
    }

    pub(super) fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    pub(super) fn csv(&self) -> String {
        let mut out = self.header.join(",");
        out.push('\n');
        for row in &self.rows {
            for (place, cell) in row.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                if let Cell::Text(text) = cell {
                    write_text(text, &mut out);
                }
            }
            out.push('\n');
        }
        out
    }
}

fn write_text(text: &str, out: &mut String) {
    if text.is_empty() || text.contains(['"', ',', '\n', '\r']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table};

    #[test]
    fn null_and_empty_text_differ_and_quotes_double() {
        let mut table = Table::new(&["a", "b", "c"]);
        table.push(vec![Cell::Null, "".into(), "say \"hi\", then\nleave".into()]);
        table.push(vec!["short".into()]);
        assert_eq!(table.csv(), "a,b,c\n,\"\",\"say \"\"hi\"\", then\nleave\"\nshort\n");
    }
}
