//! Declarations without expressions: units, teams, queues, value sets, code tables. Each list is by name, as the model's are.

use crate::places::Places;
use syncline_ir as ir;
use syncline_semantics::model::{Codes, Enumeration, Model};

pub(crate) fn units(model: &Model, places: Places<'_>) -> Vec<ir::Unit> {
    let unit = |(name, unit): (&String, &syncline_semantics::model::Unit)| ir::Unit {
        name: name.clone(),
        doc: unit.doc.clone(),
        at: places.at(unit.span),
    };
    model.units.iter().map(unit).collect()
}

/// A team without a title is called by its name.
pub(crate) fn teams(model: &Model, places: Places<'_>) -> Vec<ir::Team> {
    let teams = model.teams.iter().map(|(name, team)| ir::Team {
        name: name.clone(),
        title: team.title.clone().unwrap_or_else(|| name.clone()),
        contact: team.contact.clone(),
        doc: team.doc.clone(),
        at: places.at(team.span),
    });
    teams.collect()
}

pub(crate) fn queues(model: &Model, places: Places<'_>) -> Option<Vec<ir::Queue>> {
    let queues = model.queues.iter().map(|(name, queue)| {
        Some(ir::Queue {
            name: name.clone(),
            title: queue.title.clone(),
            owner: queue.owner.clone()?,
            respond_within: queue.respond_within,
            resolve_within: queue.resolve_within,
            doc: queue.doc.clone(),
            at: places.at(queue.span),
        })
    });
    queues.collect()
}

/// Enumerations and lifecycles, which the model keeps together.
pub(crate) fn value_sets(model: &Model, places: Places<'_>) -> (Vec<ir::Enumeration>, Vec<ir::Lifecycle>) {
    let (mut enums, mut lifecycles) = (Vec::new(), Vec::new());
    for set in model.enums.values() {
        let values = set.values.iter().map(|(value, _)| value.clone()).collect();
        let Enumeration { name, doc, span, transitions, .. } = set;
        let (name, doc, at) = (name.clone(), doc.clone(), places.at(*span));
        match transitions {
            None => enums.push(ir::Enumeration { name, values, doc, at }),
            Some(steps) => {
                let transitions =
                    steps.iter().map(|step| ir::Transition { from: step.from.clone(), to: step.to.clone() }).collect();
                lifecycles.push(ir::Lifecycle { name, states: values, transitions, doc, at });
            }
        }
    }
    (enums, lifecycles)
}

pub(crate) fn calendars(model: &Model) -> Vec<ir::Calendar> {
    model.calendars.values().map(|calendar| calendar.calendar.clone()).collect()
}

/// Those in use: what the library has beside them says nothing about this workspace.
pub(crate) fn holidays(model: &Model) -> Vec<ir::HolidaySet> {
    let is_used = |name: &String| model.calendars.values().any(|found| found.calendar.holidays.contains(name));
    let used = model.holidays.iter().filter(|(name, _)| is_used(name));
    used.map(|(_, set)| set.set.clone()).collect()
}

pub(crate) fn codes(model: &Model, places: Places<'_>) -> Option<Vec<ir::Codes>> {
    model.codes.iter().map(|(name, table)| table_of(name, table, model, places)).collect()
}

fn table_of(name: &str, table: &Codes, model: &Model, places: Places<'_>) -> Option<ir::Codes> {
    let (home, entity) = table.entity.split_once('.')?;
    let is_product = model.products.contains_key(home);
    let systems = if is_product { model.instances(home).map(str::to_owned).collect() } else { vec![home.to_owned()] };
    let pair = |row: &syncline_semantics::model::CodeRow| ir::CodePair {
        code: row.code.clone(),
        value: row.value.clone(),
        both_ways: row.both_ways,
    };
    Some(ir::Codes {
        name: name.to_owned(),
        systems,
        entity: entity.to_owned(),
        field: table.field.clone(),
        target: table.target.clone(),
        pairs: table.rows.iter().map(pair).collect(),
        doc: table.doc.clone(),
        at: places.at(table.span),
    })
}
