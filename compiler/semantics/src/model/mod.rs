//! The typed model: what the specs say, with every name resolved and every expression typed.
//!
//! Terms
//! - A **record type** is what an entity and an object have in common: named fields with types, and a key.
//! - **Poison** is a type or expression that could not be determined and has been reported: `None`. Whoever meets it
//!   stays silent, so that one mistake gives one message.
//! - Types and expressions are those of the plan ([`syncline_ir`]), so lowering has nothing left to decide.

mod calendars;
mod declarations;
mod events;
mod maps;
mod ownership;
mod records;
mod syncs;
mod waves;

pub use calendars::{Calendar, HolidaySet};
pub use declarations::{CodeRow, Codes, Enumeration, Queue, Team, Transition, Unit};
pub use events::Event;
pub use maps::{Assignment, Let, Map, Require};
pub use ownership::{Claim, Mover, OwnershipBlock};
pub use records::{
    Acceptance, Deletion, Effective, Entity, Field, Invariant, Object, Predicate, Product, RecordType, Same, System,
};
pub use syncs::{ChangePolicy, RouteTo, Sync};
pub use waves::Wave;

use std::collections::BTreeMap;

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
    /// Calendars by name.
    pub calendars: BTreeMap<String, Calendar>,
    /// Sets of holidays by name.
    pub holidays: BTreeMap<String, HolidaySet>,
    /// Products by name.
    pub products: BTreeMap<String, Product>,
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
    /// Waves by name.
    pub waves: BTreeMap<String, Wave>,
    /// Tests in source order, a case for each row of a table. Those that could not be understood are left out.
    pub tests: Vec<syncline_ir::TestCase>,
    /// The places of tests by their positions, for what does not turn out as expected.
    pub test_places: BTreeMap<syncline_ir::At, syncline_diagnostics::Span>,
    /// Titles of tests, and where they are.
    pub(crate) test_titles: BTreeMap<String, syncline_diagnostics::Span>,
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

impl Model {
    /// The record type of an entity (`psa.timecard`) or object (`TimeEntry`).
    #[must_use]
    pub fn record(&self, name: &str) -> Option<&RecordType> {
        if let Some(object) = self.objects.get(name) {
            return Some(&object.record);
        }
        self.entities.get(name).map(|entity| &entity.record)
    }

    /// Names of the fields that tell what is written apart: the key, the number where there are versions, and the first day where rows
    /// are dated.
    #[must_use]
    pub fn identity<'m>(&'m self, record: &'m RecordType) -> Vec<&'m str> {
        let more = self.objects.get(&record.name).and_then(|object| match (&object.versioned, &object.effective) {
            (Some((revision, _)), _) => Some(revision),
            (None, Some(effective)) => Some(&effective.dates.from),
            (None, None) => None,
        });
        record.key.iter().chain(more).map(String::as_str).collect()
    }

    /// Names of the fields that tell apart what is posted: of a versioned object the one version that holds.
    #[must_use]
    pub fn posted_identity<'m>(&'m self, record: &'m RecordType) -> Vec<&'m str> {
        if self.is_versioned(&record.name) {
            return record.key.iter().map(String::as_str).collect();
        }
        self.identity(record)
    }

    /// Whether an object has versions.
    #[must_use]
    pub fn is_versioned(&self, object: &str) -> bool {
        self.objects.get(object).is_some_and(|object| object.versioned.is_some())
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

    /// How a map finds what it changes, where it assigns no key.
    #[must_use]
    pub fn finds(&self, map: &Map) -> Option<syncline_ir::Finds> {
        match map.direction {
            syncline_ir::MapDirection::Outbound => map.publishes.then_some(syncline_ir::Finds::SourceRow),
            syncline_ir::MapDirection::Creates => None,
            syncline_ir::MapDirection::Updates => {
                let identity = self.identity(self.record(&map.object)?);
                let says_itself = map.assignments.iter().any(|assigned| identity.contains(&assigned.field.as_str()));
                let posted = || self.map(&map.entity, &map.object, true).is_some_and(|posting| !posting.publishes);
                (!says_itself && posted()).then_some(syncline_ir::Finds::PostedRecord)
            }
        }
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

    /// The systems that are instances of a product, by name.
    pub fn instances<'m>(&'m self, product: &'m str) -> impl Iterator<Item = &'m str> + 'm {
        let is_one = move |(_, system): &(&String, &System)| system.product.as_deref() == Some(product);
        self.systems.iter().filter(is_one).map(|(name, _)| name.as_str())
    }

    /// Puts other maps in the place of all maps.
    pub(crate) fn set_maps(&mut self, maps: Vec<Map>) {
        self.index.maps = maps.iter().zip(0..).map(|(map, position)| (map.id.clone(), position)).collect();
        self.maps = maps;
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
