//! Products: what is said of one holds for each system that is an instance of it.
//!
//! - Entities, maps and conditions of a product are read and typed once, under the product's name; each finding is made once.
//! - An **instance** then gets a copy of each, under its own name, and the originals go: checks and the plan know systems only.

use crate::model::{Entity, Map, Model};
use crate::walk;
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{Expr, Op};

/// Gives each instance the entities of its product. An entity that it declares itself, too, is reported.
pub(super) fn entities_of_instances(model: &mut Model) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let Model { products, systems, entities, .. } = model;
    for (name, system) in systems {
        let Some((product, declared)) = system.product.as_ref().and_then(|product| products.get_key_value(product))
        else {
            continue;
        };
        if system.category.is_none() {
            system.category.clone_from(&declared.category);
        }
        if system.limit.is_none() {
            system.limit.clone_from(&declared.limit);
        }
        for entity in &declared.entities {
            let full = format!("{name}.{entity}");
            let Some(original) = entities.get(&format!("{product}.{entity}")) else { continue };
            if let Some(own) = entities.get(&full) {
                let message = format!("`{name}` has the entity `{entity}` from the product `{product}` already");
                found.push(
                    Diagnostic::new(&codes::DUPLICATE_NAME, own.record.span, message)
                        .related(original.record.span, "declared here", None)
                        .why("two forms of one entity would make it unclear what the maps of the product write")
                        .help("remove it, or give it another name")
                        .element(full.clone()),
                );
            } else {
                system.entities.push(full.clone());
            }
            // Also in place of one that should not be there, so that the maps of the product find what they were typed for.
            let mut copy: Entity = original.clone();
            copy.system.clone_from(name);
            copy.record.name.clone_from(&full);
            entities.insert(full, copy);
        }
    }
    found
}

/// Gives each instance the maps of its product, in place of those.
pub(super) fn maps_of_instances(model: &mut Model) {
    // One that is written for a system itself holds for it.
    let is_of_product = |map: &&Map| map.entity.split('.').next().is_some_and(|name| model.products.contains_key(name));
    let own: BTreeSet<String> = model.maps.iter().filter(|map| !is_of_product(map)).map(|map| map.id.clone()).collect();
    let mut maps = Vec::with_capacity(model.maps.len());
    for map in std::mem::take(&mut model.maps) {
        let Some((product, entity)) = map.entity.split_once('.').filter(|(name, _)| model.products.contains_key(*name))
        else {
            maps.push(map);
            continue;
        };
        let copies = model.instances(product).map(|system| copy(&map, product, system, entity));
        let copies: Vec<Map> = copies.filter(|copy| !own.contains(&copy.id)).collect();
        maps.extend(copies);
    }
    model.set_maps(maps);
}

/// Takes the entities away by which maps and code tables of products were typed.
pub(super) fn forget_originals(model: &mut Model) {
    let products = &model.products;
    model.entities.retain(|_, entity| !products.contains_key(&entity.system));
}

fn copy(map: &Map, product: &str, system: &str, entity: &str) -> Map {
    let mut copy = map.clone();
    copy.entity = format!("{system}.{entity}");
    copy.id = map.id.replace(&map.entity, &copy.entity);
    let mut rename = |expr: &mut Expr| {
        if let Op::Crosswalk { system: named, .. } | Op::ForeignId { system: named, .. } = &mut expr.op
            && named == product
        {
            system.clone_into(named);
        }
    };
    let condition = copy.condition.iter_mut().filter_map(|condition| condition.expr.as_mut());
    let lets = copy.lets.iter_mut().filter_map(|bound| bound.value.as_mut());
    let assignments = copy.assignments.iter_mut().filter_map(|assignment| assignment.value.as_mut());
    let requires = copy.requires.iter_mut().filter_map(|require| require.predicate.expr.as_mut());
    for expr in condition.chain(lets).chain(assignments).chain(requires) {
        walk::each_mut(expr, &mut rename);
    }
    copy
}
