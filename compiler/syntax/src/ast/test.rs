//! Tests: what is given, what is run, what is expected.

use super::{Expr, Name, Number, Path, PlainText, Range, SmolStr};

/// `test "approved hours post once" { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// What it shows, in words.
    pub title: PlainText,
    /// In the order written.
    pub statements: Vec<TestStatement>,
}

/// A statement of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestStatement {
    /// `for each (hours, amount) in [ … ]`
    ForEach(ForEach),
    /// `given Project { … }`
    Given(Given),
    /// `given no psa.timecard { id: "T-1" }`
    GivenNo(Given),
    /// `run ApprovedTime twice`
    Run(TestRun),
    /// `expect no exceptions`
    Expect(Expect),
    /// Could not be read.
    Broken(Range),
}

/// `for each (hours, amount) in [(8.00 hour, 1600.00 USD), (0.25 hour, 50.00 USD)]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForEach {
    /// The names that stand for the values of a row; at least one.
    pub columns: Vec<Name>,
    /// One case each.
    pub rows: Vec<CaseRow>,
    /// The whole statement.
    pub range: Range,
}

/// `(8.00 hour, 1600.00 USD)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// At least one.
    pub values: Vec<Expr>,
    /// With its parentheses.
    pub range: Range,
}

/// `given psa.timecard { id: "T-1", … }`, `given no psa.timecard { id: "T-1" }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// An object, or `system.entity`.
    pub place: Path,
    /// The record; what the rows that are gone have in common.
    pub fixture: Fixture,
    /// The whole statement.
    pub range: Range,
}

/// `{ id: "T-1", hours: 8.00 hour, … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixture {
    /// In the order written.
    pub fields: Vec<FixtureField>,
    /// The `…`: every other field has a placeholder.
    pub rest: Option<Range>,
    /// With its braces.
    pub range: Range,
}

/// `hours: 8.00 hour`, `psa.project: "4711"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixtureField {
    /// A field, or the `system.entity` whose identifier is given.
    pub name: Path,
    /// Its value.
    pub value: FixtureValue,
    /// Name and value.
    pub range: Range,
}

/// What a field of a record is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FixtureValue {
    /// A value.
    One(Expr),
    /// `[{ number: 1, … }]`: the rows that the row holds.
    Rows(FixtureRows),
}

/// `[{ number: 1, … }]`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixtureRows {
    /// In the order written.
    pub rows: Vec<Fixture>,
    /// With its brackets.
    pub range: Range,
}

/// `run Projects, ApprovedTime twice at 2026-08-01T06:00Z after crash`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRun {
    /// At least one.
    pub syncs: Vec<Name>,
    /// The word `twice`.
    pub twice: Option<Range>,
    /// The text of the instant, with its place.
    pub at: Option<(SmolStr, Range)>,
    /// The word `crash` of `after crash`.
    pub crash: Option<Range>,
    /// The whole statement.
    pub range: Range,
}

/// A statement that begins with `expect`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    /// What is expected.
    pub what: Expectation,
    /// The whole statement.
    pub range: Range,
}

/// What a test expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// `erp.project_cost [{ external_id: "T-1" }]`: exactly these records.
    Rows {
        /// An object, or `system.entity`.
        place: Path,
        /// Only the fields named are compared.
        rows: Vec<Fixture>,
    },
    /// `exception "T-2" implausible_hours in delivery_desk`
    Exception {
        /// The key of the record.
        key: PlainText,
        /// The reason; a built-in one with `_` in place of `-`.
        reason: Name,
        /// The queue.
        queue: Name,
    },
    /// `no exceptions`
    NoExceptions,
    /// `ApprovedTime { posted: 1, waiting: 0 }`
    Counts {
        /// The sync.
        sync: Path,
        /// Names of its accounts and how many rows each has; at least one.
        counts: Vec<(Name, Number)>,
    },
    /// `ApprovedTime reconciled`
    Reconciled {
        /// The sync.
        sync: Path,
    },
}
