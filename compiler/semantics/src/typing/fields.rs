//! Finding fields, entities and values, with a word on what may have been meant.

use crate::build::PARENT;
use crate::context::Context;
use crate::model::{Field, Model, RecordType};
use crate::names::NameKind;
use syncline_diagnostics::{Diagnostic, Fix, closest, codes};
use syncline_syntax::ast;

/// The field of a record type; a missing one is reported.
pub(crate) fn find<'r>(record: &'r RecordType, name: &ast::Name, cx: &Context<'_>) -> Option<&'r Field> {
    let found = record.field(&name.text);
    // A reserved word that stands for a name has been reported as that.
    if found.is_none() && !record.incomplete && !syncline_syntax::is_reserved(&cx.text(name.range)) {
        cx.report(unknown(record, name, cx));
    }
    found
}

/// The names of a path as its first record knows them: of a row in a row, `parent.id` is one field.
pub(crate) fn in_record(record: &RecordType, names: &[ast::Name]) -> Vec<ast::Name> {
    match names {
        [parent, field, rest @ ..] if parent.text == PARENT && record.is_held() => {
            let mut joined = vec![joined(parent, field)];
            joined.extend_from_slice(rest);
            joined
        }
        _ => names.to_vec(),
    }
}

/// The system and the entity of a path; `crm.opportunity.lines` names the rows that rows of `crm.opportunity` hold.
pub(crate) fn system_and_entity(names: &[ast::Name]) -> Option<(ast::Name, ast::Name)> {
    match names {
        [system, entity] => Some((system.clone(), entity.clone())),
        [system, entity, rows] => Some((system.clone(), joined(entity, rows))),
        _ => None,
    }
}

fn joined(first: &ast::Name, second: &ast::Name) -> ast::Name {
    ast::Name { text: format!("{}.{}", first.text, second.text).into(), range: first.range.cover(second.range) }
}

/// The finding for a field that is not there.
pub(crate) fn unknown(record: &RecordType, name: &ast::Name, cx: &Context<'_>) -> Diagnostic {
    let span = cx.span(name.range);
    let diagnostic =
        Diagnostic::new(&codes::UNKNOWN_FIELD, span, format!("`{}` has no field `{}`", record.name, name.text))
            .related(record.span, "declared here", None);
    match closest(&name.text, record.fields.iter().map(|field| field.name.as_str())) {
        Some(near) => {
            diagnostic.help(format!("did you mean `{near}`?")).fix(Fix::replace(format!("write `{near}`"), span, near))
        }
        None => diagnostic,
    }
}

/// The full name of an entity of a system; a missing one is reported. In a map of a product the product stands for the system.
pub(crate) fn entity(model: &Model, system: &ast::Name, entity: &ast::Name, cx: &Context<'_>) -> Option<String> {
    let kinds: &[NameKind] =
        if cx.serves(&system.text) { &[NameKind::System, NameKind::Product] } else { &[NameKind::System] };
    entity_of(kinds, model, system, entity, cx)
}

/// The full name of an entity of a system or a product; a missing one is reported.
pub(crate) fn entity_or_product(
    model: &Model,
    system: &ast::Name,
    entity: &ast::Name,
    cx: &Context<'_>,
) -> Option<String> {
    entity_of(&[NameKind::System, NameKind::Product], model, system, entity, cx)
}

fn entity_of(
    kinds: &[NameKind],
    model: &Model,
    system: &ast::Name,
    entity: &ast::Name,
    cx: &Context<'_>,
) -> Option<String> {
    let kind = cx.resolve(system, kinds, "a system")?;
    let full = format!("{}.{}", system.text, entity.text);
    if model.entities.contains_key(&full) {
        return Some(full);
    }
    let (what, declared, known) = match kind {
        NameKind::Product => {
            let product = model.products.get(system.text.as_str())?;
            ("product", product.span, product.entities.iter().map(String::as_str).collect())
        }
        _ => {
            let system = model.systems.get(system.text.as_str())?;
            let short = system.entities.iter().filter_map(|known| known.split_once('.').map(|(_, name)| name));
            ("system", system.span, short.collect::<Vec<_>>())
        }
    };
    let span = cx.span(entity.range);
    let diagnostic = Diagnostic::new(
        &codes::UNKNOWN_NAME,
        span,
        format!("{what} `{}` has no entity `{}`", system.text, entity.text),
    )
    .related(declared, "declared here", None);
    cx.report(match closest(&entity.text, known) {
        Some(near) => {
            diagnostic.help(format!("did you mean `{near}`?")).fix(Fix::replace(format!("write `{near}`"), span, near))
        }
        None => diagnostic,
    });
    None
}

/// The finding for a value that an enumeration does not have.
pub(crate) fn unknown_value(name: &ast::Name, enumeration: &str, values: &[String], cx: &Context<'_>) -> Diagnostic {
    let span = cx.span(name.range);
    let diagnostic =
        Diagnostic::new(&codes::UNKNOWN_NAME, span, format!("`{}` is no value of `{enumeration}`", name.text));
    match closest(&name.text, values.iter().map(String::as_str)) {
        Some(near) => {
            diagnostic.help(format!("did you mean `{near}`?")).fix(Fix::replace(format!("write `{near}`"), span, near))
        }
        None => diagnostic
            .help(format!("its values are {}", listed(&values.iter().map(String::as_str).collect::<Vec<_>>()))),
    }
}

/// Names in backticks, joined by commas and `and`; long lists are cut.
pub(crate) fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 8;
    let mut quoted: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    if names.len() > SHOWN {
        quoted.push(format!("{} more", names.len() - SHOWN));
    }
    match quoted.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
