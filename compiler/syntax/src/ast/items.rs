//! The smaller items: uses, teams, queues, ownership, codes.

use super::{Duration, Expr, Name, Path, PlainText, Range, Title};

/// `use services.time.{TimeEntry, RateCard}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The module: all names but the last of `use services.time.TimeEntry`.
    pub module: Path,
    /// What becomes visible.
    pub names: UseNames,
}

/// What a `use` makes visible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UseNames {
    /// One name, or a list in braces; may be empty only as `{}`.
    Named(Vec<Name>),
    /// `*`
    All(Range),
}

/// `team finance { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// In the order written.
    pub members: Vec<TeamMember>,
}

/// A statement of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TeamMember {
    /// `title "Finance operations"`
    Title(Title),
    /// `contact "finance@example.com"`
    Contact(Contact),
    /// Could not be read.
    Broken(Range),
}

/// `contact "finance@example.com"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// How to reach the team.
    pub text: PlainText,
    /// The whole statement.
    pub range: Range,
}

/// `queue finance_desk { … }`: where failing records wait for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// In the order written.
    pub members: Vec<QueueMember>,
}

/// A statement of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueMember {
    /// `title "…"`
    Title(Title),
    /// `owner finance`
    Owner(QueueOwner),
    /// `respond within 4h`
    Respond(WithinClause),
    /// `resolve within 2d`
    Resolve(WithinClause),
    /// Could not be read.
    Broken(Range),
}

/// `owner finance`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueOwner {
    /// The team.
    pub team: Name,
    /// The whole statement.
    pub range: Range,
}

/// `respond within 4h`, `resolve within 2d`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithinClause {
    /// The time allowed.
    pub duration: Duration,
    /// The whole statement.
    pub range: Range,
}

/// `ownership of Contract by sales_ops { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ownership {
    /// The object.
    pub object: Name,
    /// The team that says so.
    pub team: Name,
    /// In the order written.
    pub members: Vec<OwnershipMember>,
}

/// A statement of an ownership block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnershipMember {
    /// `cpq owns price while stage in { draft, quoted }`
    Owns(Owns),
    /// `crm moves stage draft -> quoted -> signed`
    Moves(Moves),
    /// Could not be read.
    Broken(Range),
}

/// `cpq owns price while stage in { draft, quoted }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owns {
    /// The system that may write.
    pub system: Name,
    /// The fields it may write.
    pub fields: OwnedFields,
    /// When it may.
    pub guard: Option<Expr>,
    /// The whole statement.
    pub range: Range,
}

/// The fields of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnedFields {
    /// `a, b`; at least one.
    Named(Vec<Name>),
    /// `*` or `* except a, b`
    AllExcept {
        /// The `*`.
        star: Range,
        /// The names after `except`; may be empty.
        except: Vec<Name>,
    },
}

/// `crm moves stage draft -> quoted -> signed`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moves {
    /// The system that makes these transitions.
    pub system: Name,
    /// The lifecycle field.
    pub field: Name,
    /// At least two states: a transition between each two neighbours.
    pub states: Vec<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `codes Role: psa.timecard.role_code <-> LaborCategory { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codes {
    /// `system.entity.field`
    pub source: Path,
    /// The arrow between both in the header.
    pub direction: CodesDirection,
    /// The enum.
    pub target: Name,
    /// In the order written.
    pub members: Vec<CodesMember>,
}

/// A statement of a codes table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodesMember {
    /// `"CON1" <-> consultant`
    Row(CodesRow),
    /// Could not be read.
    Broken(Range),
}

/// `"CON1" <-> consultant`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodesRow {
    /// The system's code: a text, a number, or the name of a value of the field's enum.
    pub code: Expr,
    /// Whether it is written back as well.
    pub direction: CodesDirection,
    /// The value of the target enum.
    pub value: Name,
    /// The whole statement.
    pub range: Range,
}

/// The arrow of a codes row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodesDirection {
    /// `->`: read only
    In,
    /// `<->`: read and written back
    Both,
}
