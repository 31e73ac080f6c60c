//! What is read, ignored or computed is so on purpose.
//!
//! A field of a source is **looked at** when a map from that source reads or ignores it, or when it is part of the key, the
//! cursor, the condition of a deletion or of an event.

use super::completeness;
use super::index::MapIndex;
use super::statements;
use crate::flow;
use crate::model::{Deletion, Entity, Map, Model, Predicate};
use crate::typing::fields::listed;
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, Fix, codes};
use syncline_ir::{CurrencyOf, Kind, MapDirection, OF_PARENT, Op};

pub(super) fn nothing_is_lost_silently(model: &Model, found: &mut Vec<Diagnostic>) {
    let index = MapIndex::of(model);
    for entity in model.entities.values() {
        every_field_is_looked_at(model, &index, entity, found);
    }
    for map in &model.maps {
        ignored_fields_are_not_read(model, map, found);
        every_let_is_used(map, found);
        every_wait_may_end(model, &index, map, found);
    }
}

fn every_field_is_looked_at(model: &Model, index: &MapIndex<'_>, entity: &Entity, found: &mut Vec<Diagnostic>) {
    let maps: Vec<&Map> = index
        .of_entity(&entity.record.name)
        .iter()
        .copied()
        .filter(|map| map.direction != MapDirection::Outbound)
        .collect();
    let Some(first) = maps.first() else { return };
    // A field that nobody reads is mostly the one that is missing in the object, which has been reported.
    let is_filled = |map: &&Map| {
        model
            .record(&map.object)
            .is_some_and(|record| completeness::is_filled(model, record, index.of_object(&map.object)))
    };
    if entity.poisoned || model.left_out.maps || maps.iter().any(|map| map.poisoned) || !maps.iter().all(is_filled) {
        return;
    }
    let mut seen: BTreeSet<String> = entity.record.key.iter().cloned().collect();
    seen.extend(entity.cursor.iter().map(|(field, _)| field.clone()));
    if let Some((Deletion::When(Predicate { expr: Some(condition), .. }), _)) = &entity.deletion {
        seen.extend(flow::fields_in(condition));
    }
    for condition in entity.events.iter().filter_map(|event| event.predicate.expr.as_ref()) {
        seen.extend(flow::fields_in(condition));
    }
    // What the hub publishes there is not the source's to say.
    let published = index.of_entity(&entity.record.name).iter().filter(|map| map.publishes);
    seen.extend(published.flat_map(|map| map.assignments.iter().map(|assignment| assignment.field.clone())));
    for map in &maps {
        seen.extend(fields_read(model, map));
        seen.extend(map.ignored.iter().map(|(field, _)| field.clone()));
    }
    seen.extend(read_by_held_rows(model, index, entity));
    // What a row in a row does not read of the row that holds it, that one's maps read.
    let own = |field: &&crate::model::Field| entity.nested.is_none() || !field.name.starts_with(OF_PARENT);
    let unread: Vec<&crate::model::Field> =
        entity.record.fields.iter().filter(own).filter(|field| !seen.contains(&field.name)).collect();
    if unread.is_empty() {
        return;
    }
    let names: Vec<&str> = unread.iter().map(|field| field.name.as_str()).collect();
    let message = match maps.as_slice() {
        [_] => format!("the map `{}` neither reads nor ignores {}", first.id, listed(&names)),
        _ => format!("no map from `{}` reads or ignores {}", entity.record.name, listed(&names)),
    };
    let ignore = format!("ignore {}", names.join(", "));
    let mut diagnostic = Diagnostic::new(&codes::UNREAD_FIELD, first.span, message)
        .why("what the source says there goes no further, and nobody has said that it may")
        .help(format!("read {}, or write `{ignore}`", if unread.len() == 1 { "it" } else { "them" }))
        .element(first.id.clone());
    for field in &unread {
        diagnostic = diagnostic.related(field.span, "never read", None);
    }
    found.push(match ignored(first, &names) {
        Some(fix) => diagnostic.fix(fix),
        None => diagnostic,
    });
}

/// The fields of an entity that maps of the rows in its rows read.
fn read_by_held_rows(model: &Model, index: &MapIndex<'_>, entity: &Entity) -> BTreeSet<String> {
    let held = model.entities.values().filter(|held| held.holder().as_ref() == Some(&entity.record.name));
    let maps = held.flat_map(|held| index.of_entity(&held.record.name).iter().copied());
    let read = maps.flat_map(|map| fields_read(model, map));
    read.filter_map(|field| field.strip_prefix(OF_PARENT).map(str::to_owned)).collect()
}

/// Adds names to the last `ignore`, or an `ignore` to the map's statements.
fn ignored(map: &Map, names: &[&str]) -> Option<Fix> {
    let message = format!("ignore {}", listed(names));
    if let Some((_, last)) = map.ignored.last() {
        return Some(Fix::replace(message, last.after(), format!(", {}", names.join(", "))));
    }
    // Before a statement and not before the closing brace, which may share its line with another statement.
    let first = map.assignments.first()?;
    Some(Fix::replace(message, first.span.before(), format!("ignore {}\n  ", names.join(", "))))
}

/// The fields of its source that a map reads. An amount is read together with the field that holds its currency.
fn fields_read(model: &Model, map: &Map) -> BTreeSet<String> {
    let mut read = flow::fields_read(map);
    let source = if map.direction == MapDirection::Outbound { &map.object } else { &map.entity };
    let Some(record) = model.record(source) else { return read };
    let currency = |name: &String| match &record.field(name)?.ty.as_ref()?.kind {
        Kind::Money { currency: CurrencyOf::Path(path), .. } if record.field(path).is_some() => Some(path.clone()),
        Kind::Money { currency: CurrencyOf::Path(path), .. } => path.split('.').next().map(str::to_owned),
        _ => None,
    };
    let currencies: Vec<String> = read.iter().filter_map(currency).collect();
    read.extend(currencies);
    read
}

fn ignored_fields_are_not_read(model: &Model, map: &Map, found: &mut Vec<Diagnostic>) {
    let read = fields_read(model, map);
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for (field, span) in &map.ignored {
        let diagnostic = if read.contains(field) {
            let mut diagnostic = Diagnostic::new(
                &codes::UNUSED_IGNORE,
                *span,
                format!("`{field}` is ignored here, and the map reads it"),
            )
            .why("whoever trusts this line believes that the field has no influence on what is written");
            let reads = |expr| {
                statements::reached(map, expr)
                    .iter()
                    .any(|one| matches!(&one.op, Op::Field { field: name } if name == field))
            };
            if let Some(reader) = statements::expressions(map).into_iter().find(|placed| reads(placed.expr)) {
                diagnostic = diagnostic.related(reader.span, "read here", None);
            }
            diagnostic.help(format!("take `{field}` out of the `ignore`"))
        } else if !named.insert(field) {
            Diagnostic::new(&codes::UNUSED_IGNORE, *span, format!("`{field}` is ignored twice"))
                .help("remove one of them")
        } else {
            continue;
        };
        found.push(diagnostic.element(map.id.clone()));
    }
}

/// A record waits for what it looks up, for what other maps fill in, or for the record it updates.
fn every_wait_may_end(model: &Model, index: &MapIndex<'_>, map: &Map, found: &mut Vec<Diagnostic>) {
    let Some((_, place)) = map.wait else { return };
    let updated = || index.of_object(&map.object).iter().any(|other| other.direction == MapDirection::Updates);
    let waits = match map.direction {
        MapDirection::Updates => model.finds(map).is_none() || looks_up(map),
        MapDirection::Outbound => updated() || looks_up(map),
        MapDirection::Creates => looks_up(map),
    };
    if waits || map.poisoned || model.left_out.maps {
        return;
    }
    found.push(
        Diagnostic::new(
            &codes::UNUSED_CLAUSE,
            place,
            format!("`wait at most` has no effect: `{}` looks nothing up that could come later", map.id),
        )
        .why("readers of the specification will rely on it")
        .help("remove the clause")
        .element(map.id.clone()),
    );
}

fn looks_up(map: &Map) -> bool {
    let finds = |expr: &syncline_ir::Expr| {
        matches!(expr.op, Op::Lookup { .. } | Op::Crosswalk { .. } | Op::ForeignId { .. } | Op::Version { .. })
    };
    statements::expressions(map).iter().any(|placed| statements::reached(map, placed.expr).into_iter().any(finds))
}

fn every_let_is_used(map: &Map, found: &mut Vec<Diagnostic>) {
    if map.poisoned {
        return;
    }
    let mut used: BTreeSet<&str> = BTreeSet::new();
    for conclusion in statements::conclusions(map) {
        used.extend(statements::reached(map, conclusion.expr).into_iter().filter_map(|one| match &one.op {
            Op::Let { name } => Some(name.as_str()),
            _ => None,
        }));
    }
    for bound in map.lets.iter().filter(|bound| !used.contains(bound.name.as_str())) {
        found.push(
            Diagnostic::new(&codes::UNUSED_LET, bound.span, format!("`{}` is computed and never used", bound.name))
                .why("the line that should use it may still use what it was meant to replace")
                .help("use it, or remove it")
                .element(map.id.clone()),
        );
    }
}
