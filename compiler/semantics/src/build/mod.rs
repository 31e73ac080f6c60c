//! From syntax to the typed model: declarations first, then, item by item, what has expressions in it.

mod calendars;
mod codes;
mod dated;
mod declarations;
mod deletions;
mod duplicates;
mod entities;
mod events;
mod invariants;
mod limits;
mod maps;
mod nested;
mod objects;
mod ownership;
mod products;
mod statements;
mod syncs;
mod tests;
mod types;
mod waves;

pub(crate) use nested::PARENT;
pub(crate) use objects::ORIGIN;

use crate::context::{Context, Trace};
use crate::input::{Module, SourceItem};
use crate::model::{LeftOut, Model};
use crate::names::Names;
use crate::walk;
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, SourceMap};
use syncline_ir::{Expr, Op};
use syncline_syntax::ast::{ItemKind, ItemWord};

/// Builds the model of all modules. Never fails: what cannot be understood is reported and left out.
pub(crate) fn model(modules: &[Module], names: &Names, sources: &SourceMap) -> (Model, Vec<Diagnostic>) {
    let mut model = Model::default();
    let mut diagnostics = Vec::new();
    let mut used: Vec<BTreeSet<String>> = vec![BTreeSet::new(); modules.len()];
    let mut pass = |model: &mut Model, build: &dyn Fn(&mut Model, &SourceItem, &Context<'_>)| {
        for (index, (module, used)) in modules.iter().zip(&mut used).enumerate() {
            for item in &module.items {
                let cx = Context::new(names, sources, index, item.at);
                build(model, item, &cx);
                let Trace { diagnostics: found, used: read } = cx.finish();
                diagnostics.extend(found);
                used.extend(read);
            }
        }
    };
    pass(&mut model, &declare);
    pass(&mut model, &shape);
    pass(&mut model, &complete);
    pass(&mut model, &conditions);
    let mut copied = products::entities_of_instances(&mut model);
    pass(&mut model, &fill);
    products::maps_of_instances(&mut model);
    pass(&mut model, &flows);
    pass(&mut model, &tests::collect);
    products::forget_originals(&mut model);
    diagnostics.append(&mut copied);
    wait_for_what_is_brought(&mut model);
    for (index, used) in used.iter().enumerate() {
        diagnostics.extend(names.unused_imports(index, used));
    }
    (model, diagnostics)
}

/// A lookup may wait for an object that some sync brings; for any other it would wait for ever.
fn wait_for_what_is_brought(model: &mut Model) {
    let brought: BTreeSet<String> =
        model.syncs.values().filter(|sync| sync.source.is_some()).filter_map(|sync| sync.object.clone()).collect();
    let mut mark = |expr: &mut Expr| {
        if let Op::Lookup { object, waits, .. }
        | Op::Crosswalk { object, waits, .. }
        | Op::Version { object, waits, .. } = &mut expr.op
        {
            *waits = brought.contains(object);
        }
    };
    for map in &mut model.maps {
        let requires = map.requires.iter_mut().filter_map(|require| require.predicate.expr.as_mut());
        let assignments = map.assignments.iter_mut().filter_map(|assignment| assignment.value.as_mut());
        let lets = map.lets.iter_mut().filter_map(|bound| bound.value.as_mut());
        let condition = map.condition.iter_mut().filter_map(|condition| condition.expr.as_mut());
        for expr in condition.chain(lets).chain(assignments).chain(requires) {
            walk::each_mut(expr, &mut mark);
        }
    }
}

/// What needs no other declaration.
fn declare(model: &mut Model, item: &SourceItem, cx: &Context<'_>) {
    let (Some(name), docs) = (&item.item.name, &item.item.docs) else { return };
    match &item.item.kind {
        ItemKind::Unit => declarations::unit(model, name, docs, cx),
        ItemKind::Team(team) => declarations::team(model, name, docs, team, cx),
        ItemKind::Queue(queue) => declarations::queue(model, name, docs, queue, cx),
        ItemKind::Enum(body) => types::declare_enum(model, name, docs, body, cx),
        ItemKind::Holidays(body) => calendars::holidays(model, name, docs, body, cx),
        ItemKind::Lifecycle(body) => types::declare_lifecycle(model, name, docs, body, cx),
        _ => {}
    }
}

/// Fields and their types.
fn shape(model: &mut Model, item: &SourceItem, cx: &Context<'_>) {
    let (Some(name), docs) = (&item.item.name, &item.item.docs) else { return };
    match &item.item.kind {
        ItemKind::Calendar(calendar) => calendars::calendar(model, name, docs, calendar, cx),
        ItemKind::Product(product) => entities::product(model, name, docs, product, cx),
        ItemKind::System(system) => entities::system(model, name, docs, system, cx),
        ItemKind::Object(object) => objects::object(model, name, docs, object, cx),
        _ => {}
    }
}

/// What refers to fields of other declarations.
fn complete(model: &mut Model, item: &SourceItem, cx: &Context<'_>) {
    match (&item.item.kind, &item.item.name) {
        (ItemKind::Codes(codes), Some(name)) => codes::table(model, name, &item.item.docs, codes, cx),
        (ItemKind::Product(system) | ItemKind::System(system), Some(name)) => {
            types::money_paths_of_system(model, name, system, cx)
        }
        (ItemKind::Object(object), Some(name)) => {
            types::money_paths_of_object(model, name, object, cx);
            dated::references_mean_one_record(model, name, cx);
        }
        _ => {}
    }
}

/// Conditions on entities.
fn conditions(model: &mut Model, item: &SourceItem, cx: &Context<'_>) {
    if let (ItemKind::Product(system) | ItemKind::System(system), Some(name)) = (&item.item.kind, &item.item.name) {
        entities::accepts(model, name, system, cx);
        deletions::of_system(model, name, system, cx);
        events::of_system(model, name, system, cx);
    }
}

/// What has expressions.
fn fill(model: &mut Model, item: &SourceItem, cx: &Context<'_>) {
    let maps = model.maps.len();
    match (&item.item.kind, &item.item.name) {
        (ItemKind::Object(object), Some(name)) => invariants::of_object(model, name, object, cx),
        (ItemKind::Ownership(block), _) => ownership::block(model, block, cx),
        (ItemKind::Broken(ItemWord::Ownership), _) => model.ownership_poisoned = true,
        (ItemKind::Map(map), _) => maps::map(model, map, &item.item.docs, item.item.range, cx),
        _ => {}
    }
    match &item.item.kind {
        ItemKind::Map(_) => model.left_out.maps |= model.maps.len() == maps,
        ItemKind::Broken(ItemWord::Map) => model.left_out.maps = true,
        ItemKind::Broken(ItemWord::Unknown) => model.left_out = LeftOut { maps: true, syncs: true },
        _ => {}
    }
}

/// What moves records by maps.
fn flows(model: &mut Model, item: &SourceItem, cx: &Context<'_>) {
    let syncs = model.syncs.len();
    match (&item.item.kind, &item.item.name) {
        (ItemKind::Sync(sync), Some(name)) => {
            syncs::sync(model, name, &item.item.docs, sync, cx);
            model.left_out.syncs |= model.syncs.len() == syncs;
        }
        (ItemKind::Wave(wave), Some(name)) => waves::wave(model, name, &item.item.docs, wave, cx),
        (ItemKind::Sync(_) | ItemKind::Broken(ItemWord::Sync), _) => model.left_out.syncs = true,
        _ => {}
    }
}
