//! Systems with their entities, and canonical objects.

use crate::places::Places;
use syncline_ir as ir;
use syncline_semantics::model::{Acceptance, Deletion, Entity, Event, Field, Invariant, Model, RecordType, Same};

/// By name.
pub(crate) fn products(model: &Model, places: Places<'_>) -> Vec<ir::Product> {
    let product = |(name, product): (&String, &syncline_semantics::model::Product)| ir::Product {
        name: name.clone(),
        title: product.title.clone(),
        doc: product.doc.clone(),
        at: places.at(product.span),
    };
    model.products.iter().map(product).collect()
}

/// By name; entities by name within each.
pub(crate) fn systems(model: &Model, places: Places<'_>) -> Option<Vec<ir::System>> {
    let systems = model.systems.iter().map(|(name, system)| {
        let entities = system.entities.iter().map(|id| entity(model.entities.get(id)?, places));
        let mut entities = entities.collect::<Option<Vec<ir::Entity>>>()?;
        entities.sort_by(|a, b| a.name.cmp(&b.name));
        Some(ir::System {
            name: name.clone(),
            product: system.product.clone(),
            title: system.title.clone(),
            category: system.category.clone(),
            limit: system.limit.clone(),
            entities,
            doc: system.doc.clone(),
            at: places.at(system.span),
        })
    });
    systems.collect()
}

/// By name.
pub(crate) fn objects(model: &Model, places: Places<'_>) -> Option<Vec<ir::Object>> {
    let objects = model.objects.iter().map(|(name, object)| {
        let RecordType { key, doc, span, .. } = &object.record;
        Some(ir::Object {
            name: name.clone(),
            kind: object.kind,
            fields: fields(&object.record, places)?,
            key: key.clone(),
            versioned: object.versioned.as_ref().map(|(revision, _)| revision.clone()),
            effective: object.effective.as_ref().map(|effective| effective.dates.clone()),
            invariants: object.invariants.iter().map(invariant).collect::<Option<_>>()?,
            apart: object.apart.clone(),
            same: object.same.iter().map(same).collect::<Option<_>>()?,
            acyclic: object.acyclic.iter().map(|(field, _)| field.clone()).collect(),
            doc: doc.clone(),
            at: places.at(*span),
        })
    });
    objects.collect()
}

fn same(found: &Same) -> Option<ir::Same> {
    Some(ir::Same { when: found.when.iter().map(|(terms, _)| terms.clone()).collect(), review: found.review.clone()? })
}

fn invariant(found: &Invariant) -> Option<ir::Invariant> {
    let predicate = &found.predicate;
    Some(ir::Invariant {
        condition: predicate.expr.clone()?,
        condition_text: predicate.text.clone(),
        hold: found.hold.clone()?,
    })
}

fn entity(entity: &Entity, places: Places<'_>) -> Option<ir::Entity> {
    let names = |fields: &[(String, syncline_diagnostics::Span)]| fields.iter().map(|(name, _)| name.clone()).collect();
    Some(ir::Entity {
        name: entity.name.clone(),
        fields: fields(&entity.record, places)?,
        key: entity.record.key.clone(),
        nested: entity.nested.clone(),
        cursor: entity.cursor.as_ref().map(|(field, _)| field.clone()),
        cursor_overlap: entity.cursor.as_ref().map_or(0, |(_, overlap)| *overlap),
        full_every: entity.full_every.map(|(seconds, _)| seconds),
        deletion: match &entity.deletion {
            None | Some((Deletion::Never, _)) => None,
            Some((Deletion::When(predicate), _)) => {
                Some(ir::Deletion::When { condition: predicate.expr.clone()?, condition_text: predicate.text.clone() })
            }
            Some((Deletion::Absence { at_most, hold }, _)) => {
                Some(ir::Deletion::Absence { at_most: at_most.clone(), hold: hold.clone() })
            }
        },
        events: entity.events.iter().map(|found| event(found, places)).collect::<Option<_>>()?,
        control: entity.control.as_ref().map(|(team, _)| ir::Control { team: team.clone() }),
        accepts: entity.accepts.iter().map(acceptance).collect::<Option<_>>()?,
        returns: names(&entity.returns),
        idempotency: entity.idempotency.map(|seconds| ir::Idempotency { seconds }),
        find_by: entity.find_by.clone(),
        additive: names(&entity.additive),
        reverses: entity.reverses.clone(),
        doc: entity.record.doc.clone(),
        at: places.at(entity.record.span),
    })
}

fn event(found: &Event, places: Places<'_>) -> Option<ir::Event> {
    Some(ir::Event {
        name: found.name.clone(),
        version: found.version,
        condition: found.predicate.expr.clone()?,
        condition_text: found.predicate.text.clone(),
        at: places.at(found.span),
    })
}

fn acceptance(found: &Acceptance) -> Option<ir::Acceptance> {
    let (condition, condition_text) = match &found.condition {
        None => (None, None),
        Some(predicate) => (Some(predicate.expr.clone()?), Some(predicate.text.clone())),
    };
    Some(ir::Acceptance { object: found.object.clone(), condition, condition_text })
}

fn fields(record: &RecordType, places: Places<'_>) -> Option<Vec<ir::Field>> {
    let field = |field: &Field| {
        Some(ir::Field {
            name: field.name.clone(),
            ty: field.ty.clone()?,
            fixed: field.fixed,
            percent: field.percent,
            doc: field.doc.clone(),
            at: places.at(field.span),
        })
    };
    record.fields.iter().map(field).collect()
}
