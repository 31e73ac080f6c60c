//! `delete …` of entities: conditions on rows, and how many rows may be missing.

use super::statements::{Once, text};
use crate::context::Context;
use crate::model::{Deletion, Model};
use crate::names::NameKind;
use crate::typing::{Scope, predicate};
use syncline_diagnostics::{Diagnostic, codes};
use syncline_syntax::ast;

pub(super) fn of_system(model: &mut Model, name: &ast::Name, body: &ast::System, cx: &Context<'_>) {
    for member in &body.members {
        let ast::SystemMember::Entity(written) = member else { continue };
        let full = format!("{}.{}", name.text, written.name.text);
        let mut found = Once::new("delete");
        let mut poisoned = false;
        for member in &written.members {
            let ast::EntityMember::Delete(clause) = member else { continue };
            match deletion(model, &full, &clause.how, cx) {
                Some(deletion) => {
                    poisoned |= matches!(&deletion, Deletion::When(condition) if condition.expr.is_none());
                    found.set(deletion, clause.range, cx);
                }
                None => poisoned = true,
            }
        }
        if let Some(entity) = model.entities.get_mut(&full) {
            entity.deletion = found.placed().map(|(deletion, range)| (deletion, cx.span(range)));
            entity.poisoned |= poisoned;
            let (deletion, poisoned) = (super::nested::deletion(entity), entity.poisoned);
            for rows in &written.members {
                let ast::EntityMember::Each(rows) = rows else { continue };
                if let Some(nested) = model.entities.get_mut(&format!("{full}.{}", rows.name.text)) {
                    nested.deletion.clone_from(&deletion);
                    nested.poisoned |= poisoned;
                }
            }
        }
    }
}

fn deletion(model: &Model, entity: &str, how: &ast::DeleteHow, cx: &Context<'_>) -> Option<Deletion> {
    match how {
        ast::DeleteHow::Never(_) => Some(Deletion::Never),
        ast::DeleteHow::When(condition) => {
            let scope = Scope::of_record(model, model.record(entity)?, true);
            Some(Deletion::When(predicate(condition, &scope, cx)))
        }
        ast::DeleteHow::Absence(absence) => {
            let queue = cx.resolve(&absence.hold, &[NameKind::Queue], "a queue");
            let at_most = percentage(&absence.at_most, cx);
            queue?;
            Some(Deletion::Absence { at_most: at_most?, hold: text(&absence.hold) })
        }
    }
}

/// A number of percent from 0 to 100 with at most four digits after the point.
fn percentage(number: &ast::Number, cx: &Context<'_>) -> Option<String> {
    let (whole, fraction) = number.text.split_once('.').unwrap_or((&number.text, ""));
    let hundred = |whole: u32| whole < 100 || (whole == 100 && fraction.chars().all(|digit| digit == '0'));
    if fraction.len() <= 4 && whole.parse::<u32>().is_ok_and(hundred) {
        return Some(number.text.to_string());
    }
    cx.report(
        Diagnostic::new(
            &codes::INVALID_LITERAL,
            cx.span(number.range),
            format!("`{}%` is no part of the records", number.text),
        )
        .help("write a number from 0 to 100 with at most four digits after the point"),
    );
    None
}
