//! The syntax tree of one item, as plain data.
//!
//! Terms
//! - An **item** is a top-level declaration (`object …`, `map …`); a **module** is a file of items.
//! - A **range** counts bytes from the start of its item, so an edit above an item moves nothing in it.
//!   The start of the item in its file is kept beside the item, see [`crate::SyntaxItem`].
//! - A **statement** is one line of a block: a member of an entity or object, a statement of a map, a
//!   clause of a sync. Statements that may stand once only are kept in the order written, as often as
//!   they were written: whoever gives them meaning reports the second one.
//! - A **broken** statement, type or expression could not be read. The reader has reported it already;
//!   later stages treat it as unknown and stay silent about it.
//!
//! Literals keep their text: the digits of `200.0000` say its scale.

mod calendar;
mod expr;
mod items;
mod map;
mod ranges;
mod schema;
mod sync;
mod test;
mod types;

pub use calendar::*;
pub use expr::*;
pub use items::*;
pub use map::*;
pub use schema::*;
pub use sync::*;
pub use test::*;
pub use types::*;

pub use smol_str::SmolStr;

/// Bytes `start..end`, counted from the start of the item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Range {
    /// The first byte.
    pub start: u32,
    /// The byte after the last one.
    pub end: u32,
}

/// A name as written at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name without backticks, in Unicode normal form C.
    pub text: SmolStr,
    /// Where it stands, backticks included.
    pub range: Range,
}

/// One or more names joined by dots: `psa.timecard`, `project.contract.currency`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The names in the order written; never empty.
    pub names: Vec<Name>,
    /// From the first name to the last.
    pub range: Range,
}

/// A number as written, without sign: `8`, `8.00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Its digits and at most one point; the digits after the point are its scale.
    pub text: SmolStr,
    /// Where it stands.
    pub range: Range,
}

/// A length of time as written in clauses: `15m`, `4h`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duration {
    /// The digits before the unit letter.
    pub number: SmolStr,
    /// The unit its letter stands for.
    pub unit: DurationUnit,
    /// Digits and letter.
    pub range: Range,
}

/// The letter that ends a [`Duration`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DurationUnit {
    /// `s`
    Second,
    /// `m`
    Minute,
    /// `h`
    Hour,
    /// `d`, always 86,400 seconds
    Day,
}

/// A text without `{field}` in it, such as a title; escapes are resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainText {
    /// What it says, in Unicode normal form C.
    pub text: String,
    /// With its quotes.
    pub range: Range,
}

/// A text that may hold `{field}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// In the order written; two [`TextPart::Plain`] never follow each other. Empty for `""`.
    pub parts: Vec<TextPart>,
    /// With its quotes.
    pub range: Range,
}

/// A piece of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextPart {
    /// Text with escapes resolved (`{{` is `{`), in Unicode normal form C.
    Plain(String),
    /// `{field}` or `{project.code}`: the value of that field.
    Field(Path),
}

/// A top-level declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The name it declares; none for `use`, `map`, `ownership` and `test`. A broken item keeps its name when that
    /// much could be read, so that uses of the name are not reported again.
    pub name: Option<Name>,
    /// Its `///` lines joined by newlines, without the slashes and one blank after them; may be empty.
    pub docs: String,
    /// What it declares.
    pub kind: ItemKind,
    /// From its keyword to its end; starts at 0.
    pub range: Range,
}

/// What an item declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemKind {
    /// `use services.time.{TimeEntry}`
    Use(Use),
    /// `unit story_point`
    Unit,
    /// `team finance { … }`
    Team(Team),
    /// `queue finance_desk { … }`
    Queue(Queue),
    /// `enum Region { US, EU }`
    Enum(Enum),
    /// `lifecycle TimeState { draft -> submitted }`
    Lifecycle(Lifecycle),
    /// `product ledger { … }`: what several systems have in common.
    Product(System),
    /// `system psa { … }`
    System(System),
    /// `object TimeEntry: transaction { … }`
    Object(Object),
    /// `ownership of Contract by sales_ops { … }`
    Ownership(Ownership),
    /// `codes Role: psa.timecard.role_code <-> LaborCategory { … }`
    Codes(Codes),
    /// `map psa.timecard -> TimeEntry creates { … }`
    Map(Map),
    /// `sync ApprovedTime by finance { … }`
    Sync(Sync),
    /// `test "approved hours post once" { … }`
    Test(Test),
    /// `calendar posting_hours { … }`
    Calendar(Calendar),
    /// `holidays us_federal { … }`
    Holidays(Holidays),
    /// `wave posting after masters { … }`
    Wave(Wave),
    /// An item whose header or whole form could not be read.
    Broken(ItemWord),
}

/// The first word of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemWord {
    /// `use`
    Use,
    /// `unit`
    Unit,
    /// `team`
    Team,
    /// `queue`
    Queue,
    /// `enum`
    Enum,
    /// `lifecycle`
    Lifecycle,
    /// `product`
    Product,
    /// `system`
    System,
    /// `object`
    Object,
    /// `ownership`
    Ownership,
    /// `codes`
    Codes,
    /// `map`
    Map,
    /// `sync`
    Sync,
    /// `test`
    Test,
    /// `calendar`
    Calendar,
    /// `holidays`
    Holidays,
    /// `wave`
    Wave,
    /// Anything else: a misspelt word, or text that is no item at all.
    Unknown,
}
