//! The typed model: what the specs say, with every name resolved and every expression typed.
//!
//! Terms
//! - A **record type** is what an entity and an object have in common: named fields with types, and a key.
//! - **Poison** is a type or expression that could not be determined and has been reported: `None`. Whoever meets it
//!   stays silent, so that one mistake gives one message.
//! - Types and expressions are those of the plan ([`syncline_ir`]), so lowering has nothing left to decide.

use std::collections::BTreeMap;
use syncline_diagnostics::Span;
use syncline_ir as ir;

/// Everything the workspace declares.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// Declared units by name.
    pub units: BTreeMap<String, Unit>,
    /// Teams by name.
    pub teams: BTreeMap<String, Team>,
    /// Queues by name.
    pub queues: BTreeMap<String, Queue>,
    /// Enumerations and lifecycles by name; those written inline are named after their place (`psa.timecard.status`).
    pub enums: BTreeMap<String, Enumeration>,
    /// Systems by name.
    pub systems: BTreeMap<String, System>,
    /// Entities by `system.entity`.
    pub entities: BTreeMap<String, Entity>,
    /// Objects by name.
    pub objects: BTreeMap<String, Object>,
    /// Code tables by name.
    pub codes: BTreeMap<String, Codes>,
    /// Ownership blocks in source order.
    pub ownership: Vec<OwnershipBlock>,
    /// Whether there are ownership blocks of which not even the object is known.
    pub ownership_poisoned: bool,
    /// Maps in source order.
    pub maps: Vec<Map>,
    /// Syncs by name.
    pub syncs: BTreeMap<String, Sync>,
    /// What is not all there: nothing follows from an absence.
    pub left_out: LeftOut,
    /// Positions of ownership blocks by object, and of maps by id.
    index: Index,
}

/// Positions in the model's lists, so that large workspaces stay quick to check.
#[derive(Debug, Clone, Default)]
struct Index {
    blocks: BTreeMap<String, Vec<usize>>,
    maps: BTreeMap<String, usize>,
}

/// Kinds of declarations of which one could not be understood, has been reported, and is missing in the model.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// A map.
    pub maps: bool,
    /// A sync.
    pub syncs: bool,
}

/// A declared unit.
#[derive(Debug, Clone)]
pub struct Unit {
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// A team.
#[derive(Debug, Clone)]
pub struct Team {
    /// Title for people.
    pub title: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// A queue.
#[derive(Debug, Clone)]
pub struct Queue {
    /// Title for people.
    pub title: Option<String>,
    /// The team that works it.
    pub owner: Option<String>,
    /// Seconds until somebody has looked.
    pub respond_within: u64,
    /// Seconds until it is settled.
    pub resolve_within: u64,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// A closed set of values; a lifecycle when it has transitions.
#[derive(Debug, Clone)]
pub struct Enumeration {
    /// Its name.
    pub name: String,
    /// Its values in the order first written.
    pub values: Vec<(String, Span)>,
    /// A lifecycle's transitions in the order written; none for an enumeration.
    pub transitions: Option<Vec<Transition>>,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place, or that of the inline type.
    pub span: Span,
}

/// A step of a lifecycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// Where it is written.
    pub span: Span,
}

/// A system.
#[derive(Debug, Clone)]
pub struct System {
    /// Title for people.
    pub title: Option<String>,
    /// `crm`, `psa`, `erp`, …
    pub category: Option<String>,
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
    /// `cursor`: field and overlap in seconds.
    pub cursor: Option<(String, u64)>,
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
}

/// A code table.
#[derive(Debug, Clone)]
pub struct Codes {
    /// `system.entity` of the codes.
    pub entity: String,
    /// The field with the code.
    pub field: String,
    /// The enumeration or lifecycle.
    pub target: String,
    /// Its rows.
    pub rows: Vec<CodeRow>,
    /// Whether a row could not be read or resolved.
    pub incomplete: bool,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
}

/// A row of a code table.
#[derive(Debug, Clone)]
pub struct CodeRow {
    /// The system's code.
    pub code: String,
    /// The value it stands for.
    pub value: String,
    /// Written back as well.
    pub both_ways: bool,
    /// Where it is written.
    pub span: Span,
}

/// `ownership of OBJECT by TEAM`.
#[derive(Debug, Clone)]
pub struct OwnershipBlock {
    /// The object.
    pub object: String,
    /// The team; none is poison.
    pub team: Option<String>,
    /// One claim a field, in field order; a `*` is expanded.
    pub claims: Vec<Claim>,
    /// Steps of lifecycle fields.
    pub movers: Vec<Mover>,
    /// Whether a statement could not be read or resolved: what the block leaves out is not known.
    pub poisoned: bool,
    /// The header's place.
    pub span: Span,
}

/// One field and who may write it, while what holds.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The field.
    pub field: String,
    /// The system.
    pub system: String,
    /// `while`.
    pub guard: Option<Predicate>,
    /// The field's name in the claim, or the `*` that stands for it.
    pub span: Span,
    /// The whole statement.
    pub statement: Span,
    /// Whether `*` stands for the field.
    pub by_star: bool,
    /// What is deleted to take the claim back: the name with its comma, or the whole statement.
    pub removal: Span,
    /// Where an exception can be added to the `*`, and the text before its name.
    pub exception: Span,
    /// ` except ` or `, `.
    pub exception_prefix: &'static str,
}

/// One step of a lifecycle field and the system that makes it.
#[derive(Debug, Clone)]
pub struct Mover {
    /// The lifecycle field.
    pub field: String,
    /// State before.
    pub from: String,
    /// State after.
    pub to: String,
    /// The system.
    pub system: String,
    /// Where it is written.
    pub span: Span,
}

/// A map.
#[derive(Debug, Clone)]
pub struct Map {
    /// `psa.timecard -> TimeEntry`.
    pub id: String,
    /// Into the hub or out of it.
    pub direction: ir::MapDirection,
    /// `system.entity`.
    pub entity: String,
    /// The object.
    pub object: String,
    /// `where`.
    pub condition: Option<Predicate>,
    /// In the order of evaluation.
    pub lets: Vec<Let>,
    /// In the order written.
    pub assignments: Vec<Assignment>,
    /// In the order written.
    pub requires: Vec<Require>,
    /// `wait at most`, in seconds.
    pub wait_seconds: Option<u64>,
    /// `outside claim`, with its place.
    pub outside_claim: Option<(ir::OutsideClaim, Span)>,
    /// Source fields knowingly not read.
    pub ignored: Vec<(String, Span)>,
    /// Queue of last resort; none is poison.
    pub otherwise: Option<String>,
    /// Whether something in the map could not be read or resolved: checks of completeness stay silent.
    pub poisoned: bool,
    /// Documentation.
    pub doc: Option<String>,
    /// The header's place.
    pub span: Span,
    /// The last statement's end, where a fix may add a line.
    pub end: Span,
}

/// `let name = value`.
#[derive(Debug, Clone)]
pub struct Let {
    /// Its name.
    pub name: String,
    /// Its value; none is poison.
    pub value: Option<ir::Expr>,
    /// Position among the map's statements.
    pub order: u32,
    /// Its name's place.
    pub span: Span,
}

/// `field = value`.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// The field.
    pub field: String,
    /// The value in the field's type; none is poison.
    pub value: Option<ir::Expr>,
    /// `else quarantine`.
    pub route: Option<ir::Route>,
    /// Position among the map's statements.
    pub order: u32,
    /// The field's place.
    pub span: Span,
    /// The value's place.
    pub value_span: Span,
}

/// `require P else quarantine`.
#[derive(Debug, Clone)]
pub struct Require {
    /// What must hold.
    pub predicate: Predicate,
    /// Where the record goes; none is poison.
    pub route: Option<ir::Route>,
    /// Position among the map's statements.
    pub order: u32,
}

/// A sync.
#[derive(Debug, Clone)]
pub struct Sync {
    /// Its name.
    pub name: String,
    /// The team; none is poison.
    pub team: Option<String>,
    /// Title for people.
    pub title: Option<String>,
    /// `system.entity` it captures from.
    pub source: Option<String>,
    /// The object; none is poison.
    pub object: Option<String>,
    /// Where it posts.
    pub routes: Vec<RouteTo>,
    /// `model`, with the intervals said.
    pub schedule: Option<ir::Schedule>,
    /// `starts DATE by FIELD`.
    pub starts: Option<ir::Starts>,
    /// Names after `after`.
    pub after: Vec<(String, Span)>,
    /// `idempotent by`.
    pub idempotent_by: Vec<String>,
    /// `order by`.
    pub order: Option<ir::Order>,
    /// `correct by`, with its place.
    pub correct: Option<(ir::Correction, Span)>,
    /// `leave`, with its place.
    pub leave: Option<(ir::Leave, Span)>,
    /// `on change of`.
    pub on_change: Vec<ChangePolicy>,
    /// `reconcile`.
    pub reconcile: Option<(ir::Reconcile, Span)>,
    /// Whether a clause could not be read or resolved: checks of completeness stay silent.
    pub poisoned: bool,
    /// Documentation.
    pub doc: Option<String>,
    /// Its name's place.
    pub span: Span,
    /// The `move` statement's place.
    pub move_span: Span,
}

/// A target of a sync.
#[derive(Debug, Clone)]
pub struct RouteTo {
    /// `system.entity`.
    pub entity: String,
    /// `when`.
    pub condition: Option<Predicate>,
    /// Where it is written.
    pub span: Span,
}

/// `on change of OBJECT ACTION`.
#[derive(Debug, Clone)]
pub struct ChangePolicy {
    /// The object; none is the plan.
    pub object: Option<String>,
    /// What happens.
    pub action: ir::Change,
    /// Where it is written.
    pub span: Span,
}

impl RecordType {
    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Model {
    /// The record type of an entity (`psa.timecard`) or object (`TimeEntry`).
    #[must_use]
    pub fn record(&self, name: &str) -> Option<&RecordType> {
        if let Some(object) = self.objects.get(name) {
            return Some(&object.record);
        }
        self.entities.get(name).map(|entity| &entity.record)
    }

    /// The claims on a field over all blocks, with the team of each.
    pub fn claims<'a>(
        &'a self,
        object: &'a str,
        field: &'a str,
    ) -> impl Iterator<Item = (&'a OwnershipBlock, &'a Claim)> + 'a {
        self.blocks_of(object).flat_map(move |block| {
            block.claims.iter().filter(move |claim| claim.field == field).map(move |claim| (block, claim))
        })
    }

    /// Whether all that is said about who owns an object could be understood: only then something is missing from it.
    #[must_use]
    pub fn knows_owners(&self, object: &str) -> bool {
        !self.ownership_poisoned && self.blocks_of(object).all(|block| !block.poisoned)
    }

    /// The map between an entity and an object in one direction.
    #[must_use]
    pub fn map(&self, entity: &str, object: &str, outbound: bool) -> Option<&Map> {
        self.map_named(&if outbound { format!("{object} -> {entity}") } else { format!("{entity} -> {object}") })
    }

    /// The map of this id.
    #[must_use]
    pub fn map_named(&self, id: &str) -> Option<&Map> {
        self.index.maps.get(id).and_then(|position| self.maps.get(*position))
    }

    /// The ownership blocks of an object, in source order.
    pub fn blocks_of(&self, object: &str) -> impl Iterator<Item = &OwnershipBlock> {
        let positions = self.index.blocks.get(object).map_or(&[][..], Vec::as_slice);
        positions.iter().filter_map(|position| self.ownership.get(*position))
    }

    /// Adds a map; its id is new.
    pub(crate) fn add_map(&mut self, map: Map) {
        self.index.maps.insert(map.id.clone(), self.maps.len());
        self.maps.push(map);
    }

    /// Adds an ownership block.
    pub(crate) fn add_block(&mut self, block: OwnershipBlock) {
        self.index.blocks.entry(block.object.clone()).or_default().push(self.ownership.len());
        self.ownership.push(block);
    }
}
