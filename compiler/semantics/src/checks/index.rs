//! Maps found by what they join, so that large workspaces stay quick to check.

use crate::model::{Map, Model, Sync};
use std::collections::BTreeMap;
use syncline_ir::MapDirection;

/// The maps of a workspace; each list in source order.
pub(super) struct MapIndex<'m> {
    by_object: BTreeMap<&'m str, Vec<&'m Map>>,
    by_entity: BTreeMap<&'m str, Vec<&'m Map>>,
}

impl<'m> MapIndex<'m> {
    pub fn of(model: &'m Model) -> Self {
        let mut index = Self { by_object: BTreeMap::new(), by_entity: BTreeMap::new() };
        for map in &model.maps {
            index.by_object.entry(&map.object).or_default().push(map);
            index.by_entity.entry(&map.entity).or_default().push(map);
        }
        index
    }

    /// The maps into and out of an object.
    pub fn of_object(&self, object: &str) -> &[&'m Map] {
        self.by_object.get(object).map_or(&[], Vec::as_slice)
    }

    /// The maps into and out of an entity.
    pub fn of_entity(&self, entity: &str) -> &[&'m Map] {
        self.by_entity.get(entity).map_or(&[], Vec::as_slice)
    }

    /// The maps that create an object.
    pub fn creating(&self, object: &str) -> impl Iterator<Item = &'m Map> {
        self.of_object(object).iter().copied().filter(|map| map.direction == MapDirection::Creates)
    }

    /// The map of one hop.
    pub fn hop(&self, entity: &str, object: &str, outbound: bool) -> Option<&'m Map> {
        let fits = |map: &&&Map| map.object == object && (map.direction == MapDirection::Outbound) == outbound;
        self.of_entity(entity).iter().find(fits).copied()
    }

    /// The map by which a sync captures.
    pub fn inbound(&self, sync: &Sync) -> Option<&'m Map> {
        self.hop(sync.source.as_deref()?, sync.object.as_deref()?, false)
    }

    /// The maps by which a sync posts, in the order of its routes.
    pub fn outbound(&self, sync: &Sync) -> impl Iterator<Item = &'m Map> {
        let object = sync.object.as_deref().unwrap_or_default();
        sync.routes.iter().filter_map(move |route| self.hop(&route.entity, object, true))
    }
}
