//! Tests and their statements.

use smol_str::SmolStr;

use super::context::{Children, Context, range};
use super::explain::Block;
use super::grammar::{Pair, Rule};
use crate::ast::{
    CaseRow, Expect, Expectation, Fixture, FixtureField, FixtureRows, FixtureValue, ForEach, Given, Name, Number, Test,
    TestRun, TestStatement,
};
use crate::{SyntaxError, SyntaxErrorKind};

impl Context<'_> {
    pub(super) fn test(&self, mut children: Children<'_>) -> Option<Test> {
        let title = self.plain_text(children.seek(Rule::text)?);
        let mut statements = Vec::with_capacity(children.count_left());
        for child in children {
            let place = range(&child);
            match child.as_rule() {
                Rule::for_each => statements.extend(self.for_each(child).map(TestStatement::ForEach)),
                Rule::given => statements.extend(self.given(child).map(TestStatement::Given)),
                Rule::given_no => statements.extend(self.given(child).map(TestStatement::GivenNo)),
                Rule::test_run => statements.push(TestStatement::Run(self.test_run(child))),
                Rule::expect_none | Rule::expect_exception | Rule::expect_of => {
                    let what = self.expectation(child);
                    statements.extend(what.map(|what| TestStatement::Expect(Expect { what, range: place })));
                }
                Rule::broken => statements.push(TestStatement::Broken(self.broken(place, Block::Test))),
                _ => {}
            }
        }
        Some(Test { title, statements })
    }

    fn for_each(&self, pair: Pair<'_>) -> Option<ForEach> {
        let place = range(&pair);
        let mut children = Children::of(pair);
        let columns = self.names(children.seek(Rule::key_names)?.into_inner());
        let rows = children.filter(|child| child.as_rule() == Rule::case_row).map(|row| {
            let place = range(&row);
            let values = row.into_inner().filter(|child| child.as_rule() == Rule::expr);
            CaseRow { values: values.map(|value| self.expr(value)).collect(), range: place }
        });
        Some(ForEach { columns, rows: rows.collect(), range: place })
    }

    fn given(&self, pair: Pair<'_>) -> Option<Given> {
        let range = range(&pair);
        let mut children = Children::of(pair);
        let place = self.path(&children.seek(Rule::path)?);
        let fixture = self.fixture(children.seek(Rule::fixture)?);
        Some(Given { place, fixture, range })
    }

    fn fixtures(&self, pair: Pair<'_>) -> Vec<Fixture> {
        let rows = pair.into_inner().filter(|child| child.as_rule() == Rule::fixture);
        rows.map(|row| self.fixture(row)).collect()
    }

    fn fixture(&self, pair: Pair<'_>) -> Fixture {
        let mut fixture = Fixture { fields: Vec::new(), rest: None, range: range(&pair) };
        for child in pair.into_inner() {
            let place = range(&child);
            match child.as_rule() {
                Rule::fixture_rest => {
                    if child.as_str() == "..." {
                        let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, "three dots are no `…`");
                        self.report(error.with_help("write `…`, one character: U+2026"));
                    }
                    fixture.rest = Some(place);
                }
                Rule::fixture_field => {
                    if let Some(rest) = fixture.rest {
                        let message = "`…` stands after all fields that are written";
                        let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, rest, message);
                        self.report(error.with_help("move it to the end"));
                    }
                    let mut children = Children::of(child);
                    let name = children.seek(Rule::path).map(|name| self.path(&name));
                    let value = children.find_map(|child| match child.as_rule() {
                        Rule::expr => Some(FixtureValue::One(self.expr(child))),
                        Rule::expected_rows => {
                            let range = range(&child);
                            Some(FixtureValue::Rows(FixtureRows { rows: self.fixtures(child), range }))
                        }
                        _ => None,
                    });
                    if let (Some(name), Some(value)) = (name, value) {
                        fixture.fields.push(FixtureField { name, value, range: place });
                    }
                }
                _ => {}
            }
        }
        fixture
    }

    fn test_run(&self, pair: Pair<'_>) -> TestRun {
        let mut run = TestRun { syncs: Vec::new(), twice: None, at: None, crash: None, range: range(&pair) };
        for child in pair.into_inner() {
            let place = range(&child);
            match child.as_rule() {
                Rule::name => run.syncs.push(self.name(&child)),
                Rule::w_twice => run.twice = Some(place),
                Rule::instant => run.at = Some((SmolStr::new(child.as_str()), place)),
                Rule::w_crash => run.crash = Some(place),
                _ => {}
            }
        }
        run
    }

    fn expectation(&self, pair: Pair<'_>) -> Option<Expectation> {
        let rule = pair.as_rule();
        let mut children = Children::of(pair);
        Some(match rule {
            Rule::expect_none => Expectation::NoExceptions,
            Rule::expect_exception => Expectation::Exception {
                key: self.plain_text(children.seek(Rule::text)?),
                reason: self.name(&children.seek(Rule::name)?),
                queue: self.name(&children.seek(Rule::name)?),
            },
            _ => {
                let place = self.path(&children.seek(Rule::path)?);
                let what = children.next()?;
                match what.as_rule() {
                    Rule::expected_rows => Expectation::Rows { place, rows: self.fixtures(what) },
                    Rule::expected_counts => Expectation::Counts { sync: place, counts: self.counts(what) },
                    _ => Expectation::Reconciled { sync: place },
                }
            }
        })
    }

    fn counts(&self, pair: Pair<'_>) -> Vec<(Name, Number)> {
        let counts = pair.into_inner().filter(|child| child.as_rule() == Rule::expected_count);
        let count = |pair: Pair<'_>| {
            let mut children = Children::of(pair);
            Some((self.name(&children.seek(Rule::name)?), self.number(&children.seek(Rule::number)?)))
        };
        counts.filter_map(count).collect()
    }
}
