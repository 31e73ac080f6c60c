//! What a source system has known, over time. An export is a view of it.

use super::table::{Cell, Table};

/// What a record said from a moment on; `None` once it is deleted.
pub(super) type State = (u64, Option<Vec<Cell>>);

/// The records of one entity, each with all its states in the order of time. Moments are seconds from 1 July.
pub(super) struct History {
    header: &'static [&'static str],
    records: Vec<Vec<State>>,
}

impl History {
    pub(super) fn new(header: &'static [&'static str]) -> Self {
        Self { header, records: Vec::new() }
    }

    /// A record with its states.
    pub(super) fn add(&mut self, states: Vec<State>) {
        self.records.push(states);
    }

    /// A record that never changes.
    pub(super) fn always(&mut self, row: Vec<Cell>) {
        self.add(vec![(0, Some(row))]);
    }

    /// A record that says one thing until a moment, another one from then on.
    pub(super) fn changes_at(&mut self, moment: u64, before: Vec<Cell>, after: Vec<Cell>) {
        if before == after {
            self.always(before);
        } else {
            self.add(vec![(0, Some(before)), (moment, Some(after))]);
        }
    }

    /// The full export: every record that there is just before the moment, in the order in which they were added.
    pub(super) fn state(&self, until: u64) -> Table {
        let mut table = Table::new(self.header);
        for states in &self.records {
            if let Some((_, Some(row))) = states.iter().rev().find(|(moment, _)| *moment < until) {
                table.push(row.clone());
            }
        }
        table
    }

    /// The export of changes: every row that was written since one moment and before another one, in the order of writing.
    /// Rows of one moment stay in the order in which they were added.
    pub(super) fn changes(&self, since: u64, until: u64) -> Table {
        let mut rows: Vec<(u64, &Vec<Cell>)> = self
            .records
            .iter()
            .flatten()
            .filter(|(moment, _)| (since..until).contains(moment))
            .filter_map(|(moment, row)| Some((*moment, row.as_ref()?)))
            .collect();
        rows.sort_by_key(|(moment, _)| *moment);
        let mut table = Table::new(self.header);
        for (_, row) in rows {
            table.push(row.clone());
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::History;

    #[test]
    fn a_view_shows_what_there_was() {
        let mut history = History::new(&["id"]);
        history.always(vec!["a".into()]);
        history.changes_at(10, vec!["b".into()], vec!["b2".into()]);
        history.add(vec![(5, Some(vec!["c".into()])), (20, None)]);
        let texts = |until| history.state(until).csv();
        assert_eq!(texts(1), "id\na\nb\n");
        assert_eq!(texts(10), "id\na\nb\nc\n");
        assert_eq!(texts(11), "id\na\nb2\nc\n");
        assert_eq!(texts(21), "id\na\nb2\n");
        assert_eq!(history.changes(5, 20).csv(), "id\nc\nb2\n");
        assert_eq!(history.changes(11, 30).csv(), "id\n");
    }
}
