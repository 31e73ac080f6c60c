//! What systems and objects hold: entities, fields, statements.

use super::{Duration, Expr, Name, Number, PlainText, Range, TypeExpr};

/// `system psa { … }`, `system erp_us is ledger { … }`, `product ledger { … }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// `is ledger`: the product it is an instance of.
    pub product: Option<Name>,
    /// In the order written.
    pub members: Vec<SystemMember>,
}

/// A statement of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SystemMember {
    /// `title "Project operations"`
    Title(Title),
    /// `category psa`
    Category(Category),
    /// `limit 5000 calls per day in "Europe/Berlin", batch 200`
    Limit(CallLimit),
    /// `entity timecard { … }`
    Entity(Entity),
    /// Could not be read.
    Broken(Range),
}

/// `title "…"` of a team, queue, system or sync
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// What it says.
    pub text: PlainText,
    /// The whole statement.
    pub range: Range,
}

/// `category psa`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The word after it.
    pub word: Name,
    /// The whole statement.
    pub range: Range,
}

/// `limit 5000 calls per day in "Europe/Berlin", batch 200`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLimit {
    /// How many calls.
    pub calls: Number,
    /// In which time.
    pub per: Period,
    /// The zone on whose clock a period begins.
    pub zone: Option<PlainText>,
    /// How many lines a call may carry.
    pub batch: Option<Number>,
    /// The whole statement.
    pub range: Range,
}

/// What a [`CallLimit`] is counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// `minute`
    Minute,
    /// `hour`
    Hour,
    /// `day`
    Day,
}

/// `entity timecard { … }`: a kind of record that a system holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its name.
    pub name: Name,
    /// Its `///` lines, see [`super::Item::docs`].
    pub docs: String,
    /// In the order written.
    pub members: Vec<EntityMember>,
    /// From `entity` to the closing brace.
    pub range: Range,
}

/// A statement of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntityMember {
    /// `key id: text(18)`, `key (a, b)`
    Key(Key),
    /// `hours: decimal(6, 2) hour`
    Field(Field),
    /// `cursor modified_at overlap 10m`
    Cursor(Cursor),
    /// `full every 1d`
    Full(FullEvery),
    /// `delete when deleted`, `delete by absence …`, `delete never`
    Delete(Delete),
    /// `controlled by finance`
    Controlled(Controlled),
    /// `accepts TimeEntry when state == approved`
    Accepts(Accepts),
    /// `returns number, status`
    Returns(FieldList),
    /// `idempotency key for 24h`
    IdempotencyKey(IdempotencyKey),
    /// `find by external_id`
    FindBy(FieldRef),
    /// `additive hours, amount`
    Additive(FieldList),
    /// `reverses in reversal_of`
    ReversesIn(FieldRef),
    /// `event approved v1 when status == Approved becomes true`
    Event(EventClause),
    /// `each lines { … }`: rows that a row of the entity holds.
    Each(Entity),
    /// Could not be read.
    Broken(Range),
}

/// `event approved v1 when status == Approved becomes true`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventClause {
    /// Its name.
    pub name: Name,
    /// The digits after `v`.
    pub version: Number,
    /// The condition.
    pub when: Expr,
    /// The whole statement.
    pub range: Range,
}

/// `object TimeEntry: transaction { … }`: a record type of the canonical model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// The word after the colon.
    pub kind: ObjectKind,
    /// Where that word stands.
    pub kind_range: Range,
    /// How its versions are numbered.
    pub versioned: Option<Versioned>,
    /// How its rows or versions are dated.
    pub effective: Option<Effective>,
    /// In the order written.
    pub members: Vec<ObjectMember>,
}

/// `versioned by revision`: which field numbers the versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The field.
    pub revision: Name,
    /// The whole clause.
    pub range: Range,
}

/// `effective valid_from through valid_to`: from which day to which a row is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effective {
    /// The field of the first valid day.
    pub from: Name,
    /// How its validity ends.
    pub ending: Ending,
    /// The whole clause.
    pub range: Range,
}

/// The end of a row's validity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// `effective a through b`: the field of the last valid day.
    Through(Name),
    /// `effective a until b`: the field of the first day that is not valid any more.
    Until(Name),
    /// `effective from a`: a row is valid until the next one begins; `effective a` of a versioned object: a version holds until a
    /// higher one does.
    Next,
}

/// What kind of record an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// `reference`
    Reference,
    /// `master`
    Master,
    /// `transaction`
    Transaction,
}

/// A statement of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectMember {
    /// `key number: text(20)`, `key (origin, source_id)`
    Key(Key),
    /// `billable: bool`
    Field(Field),
    /// `invariant ends >= begins else hold desk`
    Invariant(Invariant),
    /// `acyclic parent`
    Acyclic(FieldRef),
    /// `no overlap of (begins, ends) per employee`
    NoOverlap(NoOverlap),
    /// `same when tax_id or (folded(name), postal_code) review in desk`
    Same(Same),
    /// Could not be read.
    Broken(Range),
}

/// `invariant P else hold Q`: what holds for every record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invariant {
    /// The condition on the record.
    pub condition: Expr,
    /// The queue of records for which it does not hold.
    pub hold: Name,
    /// The whole statement.
    pub range: Range,
}

/// `no overlap of (A, B) per F, G`: records with the same values in some fields share no day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoOverlap {
    /// The field of the first day.
    pub from: Name,
    /// The field of the last day.
    pub through: Name,
    /// The fields whose values records share.
    pub per: Vec<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `same when A or (B, folded(C)) review in Q`: records that may be one and the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Same {
    /// At least one; two records are alike when all of one of these are equal.
    pub when: Vec<SameBy>,
    /// The queue in which somebody looks at them.
    pub review: Name,
    /// The whole statement.
    pub range: Range,
}

/// `(folded(name), postal_code)`: what two records have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameBy {
    /// At least one.
    pub terms: Vec<SameTerm>,
    /// With its brackets.
    pub range: Range,
}

/// `tax_id`, `folded(name)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameTerm {
    /// The field.
    pub field: Name,
    /// Whether texts are folded before they are compared.
    pub folded: bool,
    /// With `folded`.
    pub range: Range,
}

/// `key …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What it names or declares.
    pub kind: KeyKind,
    /// The whole statement.
    pub range: Range,
}

/// The forms of a key.
#[expect(clippy::large_enum_variant, reason = "nearly every key declares a field")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyKind {
    /// `key id: text(18)`: declares a field which is the key.
    Field(Field),
    /// `key (origin, source_id)`: names fields declared elsewhere; at least one.
    Names(Vec<Name>),
}

/// `hours: decimal(6, 2) hour`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: Name,
    /// Its `///` lines, see [`super::Item::docs`].
    pub docs: String,
    /// Its type.
    pub ty: TypeExpr,
    /// Name and type.
    pub range: Range,
}

/// `cursor modified_at overlap 10m`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The field that grows with each change.
    pub field: Name,
    /// How far back each read starts again.
    pub overlap: Option<Duration>,
    /// The whole statement.
    pub range: Range,
}

/// `full every 1d`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullEvery {
    /// How often all rows are read, whatever their cursor.
    pub every: Duration,
    /// The whole statement.
    pub range: Range,
}

/// `delete …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delete {
    /// How the system says that a record is deleted.
    pub how: DeleteHow,
    /// The whole statement.
    pub range: Range,
}

/// How a system says that a record is deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeleteHow {
    /// `when deleted`: the row stays and says so.
    When(Expr),
    /// `by absence at most 1% else hold desk`: the row is not there any more.
    Absence(Absence),
    /// `never`
    Never(Range),
}

/// `by absence at most 1% else hold desk`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// The number before `%`: how many of the records may be missing in one extract.
    pub at_most: Number,
    /// The queue where somebody is asked when more are missing.
    pub hold: Name,
}

/// `controlled by finance`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Controlled {
    /// The team.
    pub team: Name,
    /// The whole statement.
    pub range: Range,
}

/// `accepts TimeEntry when state == approved`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepts {
    /// The object whose records may be posted here.
    pub object: Name,
    /// What each of them must fulfil.
    pub when: Option<Expr>,
    /// The whole statement.
    pub range: Range,
}

/// `returns a, b`, `additive a, b`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldList {
    /// At least one.
    pub fields: Vec<Name>,
    /// The whole statement.
    pub range: Range,
}

/// `find by a`, `reverses in a`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldRef {
    /// The field.
    pub field: Name,
    /// The whole statement.
    pub range: Range,
}

/// `idempotency key for 24h`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// How long the target honours a key.
    pub lifetime: Duration,
    /// The whole statement.
    pub range: Range,
}
