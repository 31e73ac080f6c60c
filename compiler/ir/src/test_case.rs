//! Tests: what is given, what is run, what is expected.
//!
//! Tests are no part of the plan and do not change its hash. They are typed like the plan, so that the runtime can carry them
//! out without the compiler. A table of values has been turned into a case for each of its rows.

use crate::{At, Literal};

/// One test, or one row of a test with a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestCase {
    /// What it shows, with the row of the table in brackets where there is one.
    pub name: String,
    /// In the order written.
    pub steps: Vec<TestStep>,
    /// Where it is written.
    pub at: At,
}

/// A statement of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestStep {
    /// What is done.
    pub action: TestAction,
    /// Where it is written.
    pub at: At,
}

/// What a step of a test does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestAction {
    /// A record is there from here on.
    Given(TestPlace, TestRecord),
    /// The rows of a system with these values are gone from here on.
    GivenNo(TestPlace, TestRecord),
    /// Syncs run once.
    Run {
        /// Their names.
        syncs: Vec<String>,
        /// Whether a second run follows at the same instant.
        twice: bool,
        /// Whether the run is first stopped between its first call and the record of what came of it.
        crash: bool,
        /// When; none is an hour after the run before.
        instant: Option<String>,
    },
    /// The place holds exactly these records, compared in the fields named.
    Rows(TestPlace, Vec<TestRecord>),
    /// A record waits in a queue.
    Exception {
        /// Its key.
        key: String,
        /// The reason, with `_` for `-`.
        reason: String,
        /// The queue.
        queue: String,
    },
    /// Nothing waits in any queue.
    NoExceptions,
    /// Accounts of a sync after its last run.
    Counts {
        /// The sync.
        sync: String,
        /// Name and number of each account, with its place.
        counts: Vec<(String, u64, At)>,
    },
    /// The last run of a sync found that hub, ledger and target agree.
    Reconciled {
        /// The sync.
        sync: String,
    },
}

/// Where records of a test are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestPlace {
    /// In the hub, as an object.
    Object(String),
    /// In a system.
    Entity {
        /// The system.
        system: String,
        /// The entity.
        entity: String,
    },
}

/// A record of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRecord {
    /// The fields written.
    pub fields: Vec<TestField>,
    /// Identifiers of an object in systems: system, entity and key.
    pub identifiers: Vec<(String, String, Literal)>,
    /// Whether it ends with `…`: other fields keep what was given under the same key, or have placeholders.
    pub rest: bool,
    /// Where it is written.
    pub at: At,
}

/// A field of a record of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestField {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: TestValue,
    /// Where the value is written.
    pub at: At,
}

/// A value of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestValue {
    /// A constant of the field's type.
    Constant(Literal),
    /// A cell as a system holds it, whatever the field's type; none is an empty one.
    Raw(Option<String>),
    /// The record of an object with this key: fields and values in key order.
    Reference {
        /// The object.
        object: String,
        /// Its key.
        key: Vec<(String, TestValue)>,
    },
    /// The rows that a row holds.
    Rows(Vec<TestRecord>),
}

impl std::fmt::Display for TestPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Object(object) => f.write_str(object),
            Self::Entity { system, entity } => write!(f, "{system}.{entity}"),
        }
    }
}
