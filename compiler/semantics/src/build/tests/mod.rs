//! Tests: their records typed like those of maps, and their tables turned into cases.
//!
//! A **fixture** is a record written in a test. A **case** is a test with the values of one row of its table.

mod expectations;
mod fixtures;

use super::statements::text;
use crate::context::Context;
use crate::input::SourceItem;
use crate::model::Model;
use crate::names::NameKind;
use std::collections::{BTreeMap, BTreeSet};
use syncline_diagnostics::{Diagnostic, Span, codes};
use syncline_ir::{At, TestAction, TestCase, TestStep};
use syncline_syntax::ast::{self, ItemKind, TestStatement};

/// Collects the cases of a test; of other items nothing.
pub(super) fn collect(model: &mut Model, item: &SourceItem, cx: &Context<'_>) {
    let ItemKind::Test(test) = &item.item.kind else { return };
    let title = cx.span(test.title.range);
    if let Some(first) = model.test_titles.get(&test.title.text) {
        let message = format!("two tests are called \"{}\"", test.title.text);
        cx.report(
            Diagnostic::new(&codes::DUPLICATE_NAME, title, message)
                .related(*first, "first used here", None)
                .help("say what is different about this one"),
        );
        return;
    }
    model.test_titles.insert(test.title.text.clone(), title);
    let Some(rows) = rows(test, cx) else { return };
    let mut places = BTreeMap::new();
    let mut cases = Vec::new();
    for row in &rows {
        let mut builder = Builder::new(model, cx, row);
        let steps: Vec<Option<TestStep>> = test.statements.iter().filter_map(|one| builder.statement(one)).collect();
        places.append(&mut builder.places);
        let name = row.name(&test.title.text, cx);
        if let Some(steps) = steps.into_iter().collect() {
            cases.push(TestCase { name, steps, at: cx.at(test.title.range) });
        }
    }
    places.insert(cx.at(test.title.range), title);
    let is_broken = test.statements.iter().any(|one| matches!(one, TestStatement::Broken(_)));
    if !is_broken && !test.statements.iter().any(|one| matches!(one, TestStatement::Expect(_))) {
        cx.report(
            Diagnostic::new(&codes::NOTHING_EXPECTED, title, "this test expects nothing")
                .why("it passes whatever the specs do")
                .help("end it with `expect …`, at least with `expect no exceptions`"),
        );
    }
    cx.forget_repetitions();
    if !is_broken {
        model.tests.append(&mut cases);
        model.test_places.append(&mut places);
    }
}

/// One row of a table; without a table a test has one empty row.
struct Row<'t> {
    values: BTreeMap<&'t str, &'t ast::Expr>,
    range: Option<ast::Range>,
}

impl Row<'_> {
    fn name(&self, title: &str, cx: &Context<'_>) -> String {
        match self.range {
            None => title.to_owned(),
            Some(range) => format!("{title} {}", cx.text(range)),
        }
    }
}

fn rows<'t>(test: &'t ast::Test, cx: &Context<'_>) -> Option<Vec<Row<'t>>> {
    let mut tables = test.statements.iter().enumerate().filter_map(|(at, one)| match one {
        TestStatement::ForEach(table) => Some((at, table)),
        _ => None,
    });
    let Some((at, table)) = tables.next() else {
        return Some(vec![Row { values: BTreeMap::new(), range: None }]);
    };
    let wrong = |range: ast::Range, message: &str, help: &str| {
        cx.report(Diagnostic::new(&codes::SYNTAX_ERROR, cx.span(range), message).help(help));
        None
    };
    if at > 0 {
        return wrong(table.range, "`for each` is not the first statement of its test", "move it to the top");
    }
    if let Some((_, second)) = tables.next() {
        return wrong(second.range, "this test has a second `for each`", "write one table with all columns");
    }
    if table.rows.is_empty() {
        return wrong(table.range, "this table has no row", "add one, or remove the `for each`");
    }
    let mut names = BTreeSet::new();
    for column in &table.columns {
        if !names.insert(column.text.as_str()) {
            let message = format!("column `{}` stands twice", column.text);
            return wrong(column.range, &message, "choose another name");
        }
    }
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        if row.values.len() != table.columns.len() {
            let message = format!("this row has {} values for {} columns", row.values.len(), table.columns.len());
            return wrong(row.range, &message, "give each column its value");
        }
        let values = table.columns.iter().map(|column| column.text.as_str()).zip(&row.values).collect();
        rows.push(Row { values, range: Some(row.range) });
    }
    Some(rows)
}

/// One case while it is read.
struct Builder<'m, 'c> {
    model: &'m Model,
    cx: &'c Context<'c>,
    row: &'m Row<'m>,
    places: BTreeMap<At, Span>,
    /// Objects and keys of the records given so far.
    given: BTreeSet<(String, String)>,
    /// Syncs that have run.
    ran: BTreeSet<String>,
    /// Objects that runs so far may have brought.
    brought: BTreeSet<String>,
}

impl<'m, 'c> Builder<'m, 'c> {
    fn new(model: &'m Model, cx: &'c Context<'c>, row: &'m Row<'m>) -> Self {
        let (places, given, ran, brought) = Default::default();
        Self { model, cx, row, places, given, ran, brought }
    }

    /// A place that is kept for the report of a run.
    fn at(&mut self, range: ast::Range) -> At {
        let at = self.cx.at(range);
        self.places.insert(at.clone(), self.cx.span(range));
        at
    }

    /// The step of a statement: no statement that does nothing, none within when it could not be understood.
    fn statement(&mut self, written: &ast::TestStatement) -> Option<Option<TestStep>> {
        let (action, range) = match written {
            TestStatement::ForEach(_) => return None,
            TestStatement::Broken(_) => return Some(None),
            TestStatement::Given(given) => (self.given(given), given.range),
            TestStatement::GivenNo(given) => (self.given_no(given), given.range),
            TestStatement::Run(run) => (self.run(run), run.range),
            TestStatement::Expect(expect) => (self.expect(expect), expect.range),
        };
        let at = self.at(range);
        Some(action.map(|action| TestStep { action, at }))
    }

    fn run(&mut self, written: &ast::TestRun) -> Option<TestAction> {
        let mut syncs = Vec::with_capacity(written.syncs.len());
        for name in &written.syncs {
            self.cx.resolve(name, &[NameKind::Sync], "a sync")?;
            let sync = text(name);
            if let Some(known) = self.model.syncs.get(&sync).filter(|known| known.source.is_some()) {
                self.brought.extend(known.object.clone());
            }
            self.ran.insert(sync.clone());
            syncs.push(sync);
        }
        let instant = match &written.at {
            None => None,
            Some((text, range)) => {
                let literal = ast::Expr { kind: ast::ExprKind::Instant(text.clone()), range: *range };
                self.instant(&literal)?.into()
            }
        };
        Some(TestAction::Run { syncs, twice: written.twice.is_some(), crash: written.crash.is_some(), instant })
    }
}
