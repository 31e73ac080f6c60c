//! The plan with all names resolved.
//!
//! A [`Program`] is made once per plan by [`Program::link`]. Objects, entities, enumerations and fields are positions in it, so
//! that evaluation never looks up a name. Positions are only meaningful in the program they come from.

use crate::coverage::Points;
use crate::link::{self, LinkError};
use crate::{CurrencyPath, Form, LinkedExpr, LinkedMap, Records, Shape, Side, Value};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use syncline_ir::{Expr, PercentForm, Plan, Type};

macro_rules! positions {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// The position as a number, from 0, in the plan's order.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

positions! {
    /// A canonical object of a program.
    ObjectIx,
    /// An entity of a program.
    EntityIx,
    /// An enumeration or lifecycle of a program.
    EnumIx,
    /// A code table of a program.
    CodesIx,
    /// A map of a program.
    MapIx
}

/// A linked plan.
#[derive(Debug, Clone, Default)]
pub struct Program {
    pub(crate) enums: Vec<LinkedEnum>,
    pub(crate) objects: Vec<LinkedObject>,
    pub(crate) entities: Vec<LinkedEntity>,
    pub(crate) codes: Vec<LinkedCodes>,
    pub(crate) maps: Vec<LinkedMap>,
    pub(crate) syncs: Vec<LinkedSync>,
    pub(crate) enum_names: BTreeMap<Arc<str>, EnumIx>,
    pub(crate) object_names: BTreeMap<Arc<str>, ObjectIx>,
    pub(crate) entity_names: BTreeMap<Arc<str>, BTreeMap<Arc<str>, EntityIx>>,
    pub(crate) codes_names: BTreeMap<Arc<str>, CodesIx>,
    pub(crate) map_ids: BTreeMap<Arc<str>, MapIx>,
    /// Where coverage is recorded; none in programs that run real data.
    pub(crate) points: Option<Arc<Points>>,
}

/// A canonical object.
#[derive(Debug, Clone)]
pub struct LinkedObject {
    /// Its name.
    pub name: Arc<str>,
    /// Its fields, in the plan's order.
    pub fields: Vec<LinkedField>,
    /// Positions of its key fields.
    pub key: Vec<usize>,
    /// Positions of the fields that tell apart what is written: the key, the number where there are versions, and the first day where
    /// rows are dated.
    pub identity: Vec<usize>,
    /// Position of the field that numbers its versions.
    pub revision: Option<usize>,
    /// How its rows are dated.
    pub dates: Option<LinkedDates>,
    /// What holds for every record.
    pub invariants: Vec<LinkedInvariant>,
    /// Positions of the fields by which no record leads back to itself.
    pub acyclic: Vec<usize>,
    /// Spans of days that records do not share.
    pub apart: Vec<LinkedApart>,
    /// What two records have in common that may be one and the same.
    pub same: Vec<LinkedSame>,
    /// Claims on its fields, in the plan's order.
    pub claims: Vec<LinkedClaim>,
    /// Who may move its lifecycle fields.
    pub movers: Vec<LinkedMover>,
}

/// From which day to which a row is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkedDates {
    /// Position of the field with the first valid day.
    pub from: usize,
    /// How its validity ends.
    pub ends: LinkedEnds,
}

/// The end of a row's validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkedEnds {
    /// Position of the field with the last valid day.
    Through(usize),
    /// Position of the field with the first day that is not valid any more.
    Until(usize),
    /// The next row of the key.
    Next,
}

/// An entity of a system.
#[derive(Debug, Clone)]
pub struct LinkedEntity {
    /// The system's name.
    pub system: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Its fields, in the plan's order.
    pub fields: Vec<LinkedField>,
    /// Positions of its key fields.
    pub key: Vec<usize>,
}

/// A field of an object or entity.
#[derive(Debug, Clone)]
pub struct LinkedField {
    /// Its name.
    pub name: Arc<str>,
    /// The shape of its values.
    pub shape: Shape,
    /// Its type in the words of the language, for messages.
    pub described: Arc<str>,
    /// Set once, never changed.
    pub fixed: bool,
    /// For percentages in a system: how they are written there.
    pub percent: Option<PercentForm>,
    /// For `money in PATH`: where the currency is.
    pub currency: Option<CurrencyPath>,
}

/// An enumeration or lifecycle.
#[derive(Debug, Clone)]
pub struct LinkedEnum {
    /// Its name.
    pub name: Arc<str>,
    /// Its values; a [`Value::Enum`] is a position in here.
    pub values: Vec<Arc<str>>,
    pub(crate) positions: FxHashMap<Arc<str>, u16>,
}

/// A code table.
#[derive(Debug, Clone)]
pub struct LinkedCodes {
    /// Its name.
    pub name: Arc<str>,
    /// From code to value, when codes are text.
    pub(crate) text_in: FxHashMap<Arc<str>, u16>,
    /// From code to value, when codes are an enumeration, by position of the code.
    pub(crate) enum_in: Vec<Option<u16>>,
    /// From value to code, by position of the value.
    pub(crate) out: Vec<Option<Value>>,
    /// The shape of codes.
    pub(crate) code: Form,
    /// The shape of values.
    pub(crate) target: Form,
}

/// What holds for every record of an object.
#[derive(Debug, Clone)]
pub struct LinkedInvariant {
    /// The condition on the record.
    pub condition: LinkedExpr,
    /// Its source text.
    pub text: Arc<str>,
    /// The queue of rows that would break it.
    pub hold: Arc<str>,
}

/// Days that two records with the same values in some fields do not share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedApart {
    /// The days of a record.
    pub days: LinkedDates,
    /// Positions of the fields.
    pub per: Vec<usize>,
}

/// What two records have in common that may be one and the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedSame {
    /// The positions of the fields, and whether their texts are folded.
    pub terms: Vec<(usize, bool)>,
    /// As it is written.
    pub text: Arc<str>,
    /// The queue of rows that are like another record.
    pub review: Arc<str>,
}

/// A claim on a field.
#[derive(Debug, Clone)]
pub struct LinkedClaim {
    /// Position of the field.
    pub field: usize,
    /// The owning system.
    pub system: Arc<str>,
    /// `while`: when the claim holds; none is always.
    pub guard: Option<LinkedExpr>,
}

/// The states of a lifecycle field which a system can bring about, step by step.
#[derive(Debug, Clone)]
pub struct LinkedMover {
    /// Position of the lifecycle field.
    pub field: usize,
    /// The system.
    pub system: Arc<str>,
    /// By position of the state before: the positions of all states reachable through transitions of this system, sorted.
    pub reachable: Vec<Vec<u16>>,
}

/// A sync's conditions and positions; everything else about it is in the plan.
#[derive(Debug, Clone)]
pub struct LinkedSync {
    /// Its name.
    pub name: Arc<str>,
    /// The inbound map.
    pub capture: Option<MapIx>,
    /// The canonical object.
    pub object: ObjectIx,
    /// Its targets.
    pub routes: Vec<LinkedRouteTo>,
    /// First date that takes part, and the position of the object's field that says so.
    pub starts: Option<LinkedStarts>,
    /// Positions of the object's fields that make the posting key.
    pub idempotent_by: Vec<usize>,
    /// `order by F within G`: positions of the object's fields; none when the order is that of arrival.
    pub order: Option<LinkedOrder>,
}

/// One target of a sync.
#[derive(Debug, Clone)]
pub struct LinkedRouteTo {
    /// The outbound map.
    pub map: MapIx,
    /// `when`: which records take this route; none is all.
    pub condition: Option<LinkedExpr>,
    /// What the target accepts of this object: any one of these must hold. Empty when the target does not say.
    pub accepts: Vec<LinkedAcceptance>,
}

/// `accepts OBJECT when …`.
#[derive(Debug, Clone)]
pub struct LinkedAcceptance {
    /// The condition on the object; none is always.
    pub condition: Option<LinkedExpr>,
}

/// `starts DATE by FIELD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkedStarts {
    /// Days since 1970-01-01, as in [`Value::Date`].
    pub date: i32,
    /// Position of the object's date field.
    pub field: usize,
}

/// `order by F within G`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkedOrder {
    /// Position of the field with the version.
    pub field: usize,
    /// Position of the field that tells records apart.
    pub within: usize,
}

impl Program {
    /// Resolves all names of a plan.
    ///
    /// # Errors
    /// When the plan names something it does not declare, or an expression's types do not fit together. Plans written by the
    /// compiler have no such errors.
    pub fn link(plan: &Plan) -> Result<Self, LinkError> {
        link::plan(plan, None)
    }

    /// As [`Program::link`], and whatever the program decides from here on is recorded: see [`Program::points`].
    ///
    /// # Errors
    /// As [`Program::link`].
    pub fn link_observed(plan: &Plan) -> Result<Self, LinkError> {
        link::plan(plan, Some(Arc::default()))
    }

    /// An expression over the fields of an entity or object, outside of any map.
    ///
    /// # Errors
    /// As [`Program::link`].
    pub fn link_expr(&self, expr: &Expr, side: Side) -> Result<LinkedExpr, LinkError> {
        link::expr(self, expr, side)
    }

    /// A type with its names resolved.
    ///
    /// # Errors
    /// When it names an enumeration, object or currency that does not exist.
    pub fn shape(&self, ty: &Type) -> Result<Shape, LinkError> {
        link::shape(self, ty, "")
    }

    /// The object of this name.
    #[must_use]
    pub fn object_ix(&self, name: &str) -> Option<ObjectIx> {
        self.object_names.get(name).copied()
    }

    /// The entity of this system and name.
    #[must_use]
    pub fn entity_ix(&self, system: &str, entity: &str) -> Option<EntityIx> {
        self.entity_names.get(system)?.get(entity).copied()
    }

    /// The enumeration or lifecycle of this name.
    #[must_use]
    pub fn enum_ix(&self, name: &str) -> Option<EnumIx> {
        self.enum_names.get(name).copied()
    }

    /// The map with this id.
    #[must_use]
    pub fn map(&self, id: &str) -> Option<&LinkedMap> {
        self.map_ids.get(id).map(|&ix| self.map_at(ix))
    }

    /// The sync of this name.
    #[must_use]
    pub fn sync(&self, name: &str) -> Option<&LinkedSync> {
        self.syncs.iter().find(|sync| &*sync.name == name)
    }

    /// The objects, by [`ObjectIx::index`].
    #[must_use]
    pub fn objects(&self) -> &[LinkedObject] {
        &self.objects
    }

    /// The entities, by [`EntityIx::index`].
    #[must_use]
    pub fn entities(&self) -> &[LinkedEntity] {
        &self.entities
    }

    /// An object.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "positions are made by linking this program")]
    pub fn object(&self, ix: ObjectIx) -> &LinkedObject {
        &self.objects[ix.index()]
    }

    /// An entity.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "positions are made by linking this program")]
    pub fn entity(&self, ix: EntityIx) -> &LinkedEntity {
        &self.entities[ix.index()]
    }

    /// An enumeration or lifecycle.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "positions are made by linking this program")]
    pub fn enumeration(&self, ix: EnumIx) -> &LinkedEnum {
        &self.enums[ix.index()]
    }

    /// A map.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "positions are made by linking this program")]
    pub fn map_at(&self, ix: MapIx) -> &LinkedMap {
        &self.maps[ix.index()]
    }

    #[expect(clippy::indexing_slicing, reason = "positions are made by linking this program")]
    pub(crate) fn codes_at(&self, ix: CodesIx) -> &LinkedCodes {
        &self.codes[ix.index()]
    }

    /// The fields of an entity or object.
    #[must_use]
    pub fn fields(&self, side: Side) -> &[LinkedField] {
        match side {
            Side::Entity(ix) => &self.entity(ix).fields,
            Side::Object(ix) => &self.object(ix).fields,
        }
    }

    /// The currency a `money in PATH` field must have, given the values of its record; null when something on the way is.
    #[must_use]
    pub fn currency_at(&self, path: &CurrencyPath, values: &[Value], records: &dyn Records) -> Value {
        self.currency_from(path, values.get(path.first).unwrap_or(&Value::Null), records)
    }

    pub(crate) fn currency_from(&self, path: &CurrencyPath, first: &Value, records: &dyn Records) -> Value {
        path.rest.iter().fold(first.clone(), |value, &(object, field)| match value {
            Value::Record(record) => records.field(object, record, field),
            _ => Value::Null,
        })
    }

    /// Whether a system may bring a lifecycle field from one state to another: they are equal, or the system moves each
    /// transition of some way between them.
    #[must_use]
    pub fn moves(&self, object: ObjectIx, field: usize, system: &str, from: u16, to: u16) -> bool {
        from == to
            || self.object(object).movers.iter().any(|mover| {
                mover.field == field
                    && &*mover.system == system
                    && mover.reachable.get(usize::from(from)).is_some_and(|states| states.binary_search(&to).is_ok())
            })
    }
}

impl LinkedObject {
    /// Positions of the fields that tell apart what is referred to and posted: of a versioned object there is one for each key.
    #[must_use]
    pub fn posted_identity(&self) -> &[usize] {
        if self.revision.is_some() { &self.key } else { &self.identity }
    }

    /// Position of a field.
    #[must_use]
    pub fn field_ix(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| &*field.name == name)
    }
}

impl LinkedEntity {
    /// Position of a field.
    #[must_use]
    pub fn field_ix(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| &*field.name == name)
    }
}

impl LinkedEnum {
    /// The value of this name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<u16> {
        self.positions.get(name).copied()
    }

    /// The name of a value.
    #[must_use]
    pub fn name_of(&self, value: u16) -> Option<&Arc<str>> {
        self.values.get(usize::from(value))
    }
}
