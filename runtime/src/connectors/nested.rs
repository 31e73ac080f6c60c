//! Rows in rows: an entity whose rows are held by rows of another, its **holder**.
//!
//! JSON Lines have them where they belong. Forms without lists have them **beside** the holder, in a file or table of their own named
//! `opportunity.lines`, with a column `parent.FIELD` for each key field of the holder.

use super::{Cell, Place, RowContent, SourceRow};
use crate::error::Outcome;
use std::collections::BTreeMap;
use syncline_ir::{Entity, Field, Nested, OF_PARENT};

/// A row with the rows it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderRow {
    /// Where it was read.
    pub place: Place,
    /// What it says.
    pub content: HolderContent,
}

/// What a row says that holds others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HolderContent {
    /// It can be read, or what of it cannot concerns single rows.
    Rows {
        /// A cell for each field of the holder, in its order.
        cells: Vec<Cell>,
        /// The row for people.
        raw: String,
        /// The rows it holds: a cell for each field of their own.
        rows: Vec<SourceRow>,
        /// Whether these are all rows it holds.
        whole: bool,
    },
    /// It cannot be read, or not which rows it holds.
    Malformed {
        /// The row as it stands in the file.
        raw: String,
        /// Why, for people.
        message: String,
    },
}

/// The entity whose rows hold those of another.
pub(super) fn holder(entity: &Entity, nested: &Nested) -> Entity {
    let own = |name: &String| name.strip_prefix(OF_PARENT).map(str::to_owned);
    let field = |field: &Field| Some(Field { name: own(&field.name)?, ..field.clone() });
    Entity {
        name: nested.parent.clone(),
        fields: entity.fields.iter().filter_map(field).collect(),
        key: entity.key.iter().filter_map(own).collect(),
        nested: None,
        ..entity.clone()
    }
}

/// The rows without what they have from their holder.
pub(super) fn own(entity: &Entity) -> Entity {
    Entity {
        fields: entity.own_fields().cloned().collect(),
        key: entity.key.iter().filter(|key| !key.starts_with(OF_PARENT)).cloned().collect(),
        nested: None,
        ..entity.clone()
    }
}

/// The rows as they stand beside their holders: with the key of these.
pub(super) fn beside(entity: &Entity) -> Entity {
    let is_there = |name: &String| !name.starts_with(OF_PARENT) || entity.key.contains(name);
    Entity {
        fields: entity.fields.iter().filter(|field| is_there(&field.name)).cloned().collect(),
        nested: None,
        ..entity.clone()
    }
}

/// How a source reads an entity.
type Read<'a> = dyn FnMut(&Entity, &mut dyn FnMut(SourceRow) -> Outcome) -> Outcome + 'a;

/// Hands over holders with the rows that stand beside them. A row that no holder has is handed over as one that cannot be read.
pub(super) fn read_beside(
    entity: &Entity,
    nested: &Nested,
    read: &mut Read<'_>,
    take: &mut dyn FnMut(HolderRow) -> Outcome,
) -> Outcome {
    let (holder, beside) = (holder(entity, nested), beside(entity));
    // By key of the holder; whether a holder was found.
    let mut rows: BTreeMap<Vec<String>, (Vec<SourceRow>, bool)> = BTreeMap::new();
    let mut unplaced = Vec::new();
    let of_parent: Vec<bool> = beside.fields.iter().map(|field| field.name.starts_with(OF_PARENT)).collect();
    let of_holder: Vec<String> = entity.key.iter().filter(|key| key.starts_with(OF_PARENT)).cloned().collect();
    let key_columns = positions(&beside, &of_holder);
    read(&beside, &mut |row| {
        match row.content {
            RowContent::Malformed { raw, message } => {
                unplaced.push(HolderRow { place: row.place, content: HolderContent::Malformed { raw, message } });
            }
            RowContent::Cells(cells) => {
                let key = key_of(&key_columns, &cells);
                let own = cells.into_iter().zip(&of_parent).filter(|(_, of_parent)| !**of_parent);
                let content = RowContent::Cells(own.map(|(cell, _)| cell).collect());
                rows.entry(key).or_default().0.push(SourceRow { place: row.place, content });
            }
        }
        Ok(())
    })?;
    let whole = unplaced.is_empty();
    let key_columns = positions(&holder, &holder.key);
    read(&holder, &mut |row| {
        let content = match row.content {
            RowContent::Malformed { raw, message } => HolderContent::Malformed { raw, message },
            RowContent::Cells(cells) => {
                let held = rows.get_mut(&key_of(&key_columns, &cells)).map(|(held, found)| {
                    *found = true;
                    held.clone()
                });
                let raw = shown(&holder, &cells);
                HolderContent::Rows { cells, raw, rows: held.unwrap_or_default(), whole }
            }
        };
        take(HolderRow { place: row.place, content })
    })?;
    unplaced.into_iter().try_for_each(&mut *take)?;
    let own = own(entity);
    for (key, (held, found)) in rows {
        if found {
            continue;
        }
        for row in held {
            let RowContent::Cells(cells) = row.content else { continue };
            let key = key.join("|");
            let raw = format!("`{}` {key}: {}", holder.name, shown(&own, &cells));
            let message = format!("there is no row of `{}` with the key `{key}` that could hold it", holder.name);
            take(HolderRow { place: row.place, content: HolderContent::Malformed { raw, message } })?;
        }
    }
    Ok(())
}

fn positions(entity: &Entity, key: &[String]) -> Vec<usize> {
    let named = key.iter().map(|name| entity.fields.iter().position(|field| field.name == *name));
    named.flatten().collect()
}

/// The key as text: a whole number may stand as such or as text.
fn key_of(columns: &[usize], cells: &[Cell]) -> Vec<String> {
    let cell = |column: &usize| match cells.get(*column) {
        Some(Cell::Text(text)) => text.clone(),
        Some(Cell::Integer(number)) => number.to_string(),
        Some(Cell::Foreign { shown, .. }) => shown.clone(),
        Some(Cell::Null) | None => "null".to_owned(),
    };
    columns.iter().map(cell).collect()
}

/// A row for people.
fn shown(entity: &Entity, cells: &[Cell]) -> String {
    let members: BTreeMap<&str, &Cell> = entity.fields.iter().map(|field| field.name.as_str()).zip(cells).collect();
    serde_json::to_string(&members).unwrap_or_default()
}
