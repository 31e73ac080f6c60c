//! Types and values asserted at the end of `let` lines.
//!
//! Types are read from the model. Values are computed by the evaluator on the row that the page gives for the prelude; for
//! that the lines with announced errors are left out, since only a workspace without errors has a plan.

use super::Tally;
use super::expected::{Assertion, announced, assertion, bound};
use super::page::Page;
use super::source::{Source, SourceLine};
use std::collections::BTreeMap;
use syncline::{Checked, Workspace, compile, ir};
use syncline_eval::expr::evaluate;
use syncline_eval::{Frame, NoRecords, Program, Side, cast, show};

struct Asserted<'s> {
    /// The line in the file, from 1.
    line: usize,
    at: usize,
    name: &'s str,
    assertion: Assertion,
}

pub fn hold(page: &Page, source: &Source, checked: &Checked, tally: &mut Tally) {
    for file in &source.files {
        let shown = (1..).zip(&file.lines).filter(|(_, line)| line.shown);
        let asserted: Vec<Asserted<'_>> = shown.filter_map(|(number, line)| asserted(number, line)).collect();
        let mut wrong = |at: usize, message: String| tally.wrong.push(format!("{}:{at}: {message}", page.path));
        for one in &asserted {
            if let Some(wanted) = &one.assertion.ty {
                let place = format!("{}:{}:", file.path, one.line);
                match type_of(checked, one.name, &place) {
                    Some(found) if bare(&found) == bare(wanted) => {}
                    found => wrong(one.at, format!("`{}` is of type {found:?}, not {wanted}", one.name)),
                }
            }
        }
        let valued: Vec<&Asserted<'_>> = asserted.iter().filter(|one| one.assertion.value.is_some()).collect();
        if !valued.is_empty() {
            let row = source.prelude.as_ref().and_then(|name| page.rows.get(name));
            let files = source.files.iter().map(|file| {
                (
                    file.path.clone(),
                    file.text_without(|line| line.shown && !announced(&line.line.text, "//").is_empty()),
                )
            });
            match values(&Workspace::of_texts(files), row) {
                Ok(values) => {
                    for one in valued {
                        let wanted = one.assertion.value.as_deref().unwrap_or_default();
                        match values.get(one.name) {
                            Some(found) if found == wanted => {}
                            found => wrong(one.at, format!("`{}` is {found:?}, not {wanted:?}", one.name)),
                        }
                    }
                }
                Err(problem) => wrong(valued[0].at, problem),
            }
        }
        tally.asserted += asserted.len();
    }
}

fn asserted(number: usize, line: &SourceLine) -> Option<Asserted<'_>> {
    let text = &line.line.text;
    Some(Asserted { line: number, at: line.line.at, name: bound(text)?, assertion: assertion(text)? })
}

/// `hour / day` and `hour/day` are one unit.
fn bare(ty: &str) -> String {
    ty.split_whitespace().collect()
}

fn type_of(checked: &Checked, name: &str, place: &str) -> Option<String> {
    let lets = checked.model.maps.iter().flat_map(|map| &map.lets);
    let here = lets.filter(|bound| {
        let at = checked.sources.resolve(bound.span);
        bound.name == name && format!("{}:{}:", at.path, at.start.line) == place
    });
    here.filter_map(|bound| bound.value.as_ref()).map(|value| value.ty.to_string()).next()
}

/// The value of each `let` of the maps into objects, on one row.
fn values(workspace: &Workspace, row: Option<&BTreeMap<String, String>>) -> Result<BTreeMap<String, String>, String> {
    let plan = compile(workspace).map_err(|checked| {
        let found: Vec<String> =
            checked.diagnostics.iter().map(|found| format!("{}: {}", found.code.name, found.message)).collect();
        format!("without the marked lines the block still has errors, so nothing can be computed: {found:?}")
    })?;
    let program = Program::link(&plan).map_err(|error| format!("the plan cannot be linked: {error:?}"))?;
    let mut values = BTreeMap::new();
    for map in plan.maps.iter().filter(|map| map.direction != ir::MapDirection::Outbound && !map.lets.is_empty()) {
        let ix = program.entity_ix(&map.system, &map.entity).ok_or("the entity of a map is not in the plan")?;
        let entity = program.entity(ix);
        let none = BTreeMap::new();
        let row = row.unwrap_or(&none);
        if let Some(unknown) = row.keys().find(|name| entity.field_ix(name).is_none()) {
            return Err(format!("the row has a cell `{unknown}`, and the entity no such field"));
        }
        let raw: Vec<Option<&str>> =
            entity.fields.iter().map(|field| row.get(&*field.name).map(String::as_str)).collect();
        let cells = cast::row(&program, entity, &raw);
        let frame = Frame::row(&program, &cells);
        // A `let` that reads another one is asserted by its type only: outside of its map it has no value.
        for bound in &map.lets {
            let Ok(linked) = program.link_expr(&bound.value, Side::Entity(ix)) else { continue };
            let value = match evaluate(&linked, &frame, &NoRecords) {
                Ok(value) => show::show(&value, linked.shape, &program),
                Err(fault) => format!("fails {}", fault.reason.as_str()),
            };
            values.insert(bound.name.clone(), value);
        }
    }
    Ok(values)
}
