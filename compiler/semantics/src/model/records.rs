//! Systems with their entities, objects, and what both have in common: fields and a key.

use syncline_diagnostics::Span;
use syncline_ir as ir;

/// What several systems have in common: each of them has its entities.
#[derive(Debug, Clone)]
pub struct Product {
    /// Title for people.
    pub title: Option<String>,
    /// `crm`, `psa`, `erp`, …
    pub category: Option<String>,
    /// `limit`, of each of its systems.
    pub limit: Option<syncline_ir::CallLimit>,
    /// Its entities without its name, in the order written.
    pub entities: Vec<String>,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// A system.
#[derive(Debug, Clone)]
pub struct System {
    /// The product it is an instance of.
    pub product: Option<String>,
    /// Title for people.
    pub title: Option<String>,
    /// `crm`, `psa`, `erp`, …
    pub category: Option<String>,
    /// `limit`.
    pub limit: Option<syncline_ir::CallLimit>,
    /// Its entities, `system.entity`, in the order written.
    pub entities: Vec<String>,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// Named fields with types, and a key.
#[derive(Debug, Clone)]
pub struct RecordType {
    /// `psa.timecard` or `TimeEntry`.
    pub name: String,
    /// Its fields in the order written.
    pub fields: Vec<Field>,
    /// Names of its key fields, in key order.
    pub key: Vec<String>,
    /// Whether a statement of it could not be read: a field that is not there may stand in that one.
    pub incomplete: bool,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// A field of a record type.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its type; none is poison.
    pub ty: Option<ir::Type>,
    /// Set once.
    pub fixed: bool,
    /// How a system writes a percentage.
    pub percent: Option<ir::PercentForm>,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
    /// Its type's place.
    pub ty_span: Span,
}

/// An entity of a system.
#[derive(Debug, Clone)]
pub struct Entity {
    /// Its fields and key.
    pub record: RecordType,
    /// Its system.
    pub system: String,
    /// Its name without the system.
    pub name: String,
    /// The rows that hold its rows, when it stands in another entity.
    pub nested: Option<ir::Nested>,
    /// `cursor`: field and overlap in seconds.
    pub cursor: Option<(String, u64)>,
    /// `full every`, in seconds, and its place.
    pub full_every: Option<(u64, Span)>,
    /// `delete …` and its place.
    pub deletion: Option<(Deletion, Span)>,
    /// `event …`.
    pub events: Vec<super::Event>,
    /// `controlled by`: the team and its place.
    pub control: Option<(String, Span)>,
    /// `accepts`.
    pub accepts: Vec<Acceptance>,
    /// `returns`: fields and their places.
    pub returns: Vec<(String, Span)>,
    /// `idempotency key for`, in seconds.
    pub idempotency: Option<u64>,
    /// `find by`.
    pub find_by: Option<String>,
    /// `additive`: fields and their places.
    pub additive: Vec<(String, Span)>,
    /// `reverses in`.
    pub reverses: Option<String>,
    /// Whether a member could not be read or resolved: checks of completeness stay silent.
    pub poisoned: bool,
}

/// How a system says that a record is deleted.
#[derive(Debug, Clone)]
pub enum Deletion {
    /// `delete never`.
    Never,
    /// `delete when P`: a row says so.
    When(Predicate),
    /// `delete by absence at most N% else hold QUEUE`.
    Absence {
        /// How many percent of the records may be missing in one extract.
        at_most: String,
        /// Where somebody is asked when more are missing.
        hold: String,
    },
}

/// `accepts OBJECT when P`.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// The object.
    pub object: String,
    /// The condition on it; none is always.
    pub condition: Option<Predicate>,
    /// The statement's place.
    pub span: Span,
}

/// A typed condition and its place.
#[derive(Debug, Clone)]
pub struct Predicate {
    /// The condition; none is poison.
    pub expr: Option<ir::Expr>,
    /// Its source text.
    pub text: String,
    /// Where it is written.
    pub span: Span,
}

/// A canonical object.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its fields and key. `origin` is the first field when the key names it.
    pub record: RecordType,
    /// Its role.
    pub kind: ir::ObjectKind,
    /// The field that numbers its versions, and the clause's place.
    pub versioned: Option<(String, Span)>,
    /// How its rows or versions are dated.
    pub effective: Option<Effective>,
    /// What holds for every record.
    pub invariants: Vec<Invariant>,
    /// Fields by which no record leads back to itself, and their places.
    pub acyclic: Vec<(String, Span)>,
    /// Spans of days that records do not share.
    pub apart: Vec<ir::Apart>,
    /// What two records have in common that may be one and the same.
    pub same: Vec<Same>,
}

/// `same when … review in Q`.
#[derive(Debug, Clone)]
pub struct Same {
    /// What is compared, with its place.
    pub when: Vec<(Vec<ir::SameTerm>, Span)>,
    /// The queue of rows that are like another record; none is poison.
    pub review: Option<String>,
}

/// `invariant P else hold Q`.
#[derive(Debug, Clone)]
pub struct Invariant {
    /// The condition on the record.
    pub predicate: Predicate,
    /// The queue of records for which it does not hold; none is poison.
    pub hold: Option<String>,
    /// The statement's place.
    pub span: Span,
}

/// How the rows of an object are dated.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The fields, as the plan names them.
    pub dates: ir::Effective,
    /// Whether versions are dated, and not rows.
    pub of_versions: bool,
    /// The clause's place.
    pub span: Span,
}

impl Entity {
    /// The full name of the entity whose rows hold its rows.
    #[must_use]
    pub fn holder(&self) -> Option<String> {
        self.nested.as_ref().map(|nested| format!("{}.{}", self.system, nested.parent))
    }
}

impl RecordType {
    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// Whether its rows are held by other rows, whose fields it has as `parent.FIELD`.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.fields.first().is_some_and(|field| field.name.starts_with(ir::OF_PARENT))
    }
}
