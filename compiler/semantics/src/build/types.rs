//! Types as written to types of the plan; enumerations and lifecycles.
//!
//! A money type names a path to its currency. The path is checked in a second pass, when every field has its type.

use super::statements::{doc, text};
use crate::context::Context;
use crate::model::{Enumeration, Model, RecordType, Transition};
use crate::names::NameKind;
use crate::typing::units;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_ir::{CurrencyOf, Kind, PercentForm, Type};
use syncline_syntax::ast;

/// Digits a stored number may have.
const STORED_DIGITS: u8 = 28;

pub(super) fn declare_enum(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::Enum, cx: &Context<'_>) {
    let enumeration = enumeration(text(name), body, name.range, docs, cx);
    model.enums.entry(text(name)).or_insert(enumeration);
}

pub(super) fn declare_lifecycle(
    model: &mut Model,
    name: &ast::Name,
    docs: &str,
    body: &ast::Lifecycle,
    cx: &Context<'_>,
) {
    let lifecycle = lifecycle(text(name), body, name.range, docs, cx);
    model.enums.entry(text(name)).or_insert(lifecycle);
}

fn enumeration(name: String, body: &ast::Enum, place: ast::Range, docs: &str, cx: &Context<'_>) -> Enumeration {
    let mut values: Vec<(String, _)> = Vec::new();
    for value in &body.values {
        let span = cx.span(value.name.range);
        if let Some((_, first)) = values.iter().find(|(known, _)| known.as_str() == value.name.text.as_str()) {
            let message = format!("value `{}` stands twice in `{name}`", value.name.text);
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_NAME, span, message)
                    .related(*first, "first here", None)
                    .help("remove one of them"),
            );
        } else {
            values.push((text(&value.name), span));
        }
    }
    if values.is_empty() {
        cx.report(
            Diagnostic::new(&codes::INVALID_TYPE, cx.span(place), format!("`{name}` has no values"))
                .help("name at least one value"),
        );
    }
    Enumeration { name, values, transitions: None, doc: doc(docs), span: cx.span(place) }
}

fn lifecycle(name: String, body: &ast::Lifecycle, place: ast::Range, docs: &str, cx: &Context<'_>) -> Enumeration {
    let mut values: Vec<(String, _)> = Vec::new();
    let mut transitions: Vec<Transition> = Vec::new();
    for chain in &body.chains {
        for state in &chain.states {
            if values.iter().all(|(known, _)| known.as_str() != state.text.as_str()) {
                values.push((text(state), cx.span(state.range)));
            }
        }
        for (from, to) in chain.states.iter().zip(chain.states.iter().skip(1)) {
            let span = cx.span(from.range.cover(to.range));
            let step = Transition { from: text(from), to: text(to), span };
            if let Some(first) = transitions.iter().find(|known| known.from == step.from && known.to == step.to) {
                let message = format!("the transition `{} -> {}` stands twice in `{name}`", step.from, step.to);
                cx.report(
                    Diagnostic::new(&codes::DUPLICATE_NAME, span, message)
                        .related(first.span, "first here", None)
                        .help("remove one of them"),
                );
            } else {
                transitions.push(step);
            }
        }
    }
    if values.is_empty() {
        cx.report(
            Diagnostic::new(&codes::INVALID_TYPE, cx.span(place), format!("`{name}` has no states"))
                .help("write at least one transition, `draft -> final`"),
        );
    }
    Enumeration { name, values, transitions: Some(transitions), doc: doc(docs), span: cx.span(place) }
}

/// The type of a field, and how a percentage is written. `place` names an inline enumeration: `psa.timecard.status`.
pub(super) fn of_field(
    model: &mut Model,
    written: &ast::TypeExpr,
    place: &str,
    in_entity: bool,
    cx: &Context<'_>,
) -> (Option<Type>, Option<PercentForm>) {
    let mut percent = None;
    let span = cx.span(written.range);
    let kind = match &written.kind {
        ast::TypeKind::Broken => None,
        ast::TypeKind::Text { width: None } => Some(Kind::Text { max: None }),
        ast::TypeKind::Text { width: Some(width) } => width_of(width, cx).map(|max| Kind::Text { max: Some(max) }),
        ast::TypeKind::Bool => Some(Kind::Bool),
        ast::TypeKind::Int => Some(Kind::INT),
        ast::TypeKind::Date => Some(Kind::Date),
        ast::TypeKind::Instant => Some(Kind::Instant),
        ast::TypeKind::Currency => Some(Kind::Currency),
        ast::TypeKind::Decimal { precision, scale, unit } => {
            digits(precision, scale, cx).and_then(|(precision, scale)| {
                let unit = match unit {
                    None => None,
                    Some(unit) => Some(unit_name(model, unit, cx)?),
                };
                Some(Kind::Decimal { precision, scale, unit })
            })
        }
        ast::TypeKind::Money { size, currency, per } => money(model, size.as_ref(), currency, per.as_ref(), cx),
        ast::TypeKind::Percent { from } => {
            match (from, in_entity) {
                (Some(ast::PercentFrom::Points), true) => percent = Some(PercentForm::Points),
                (Some(ast::PercentFrom::Fraction), true) => percent = Some(PercentForm::Fraction),
                (None, false) => percent = Some(PercentForm::Fraction),
                (None, true) => cx.report(
                    Diagnostic::new(&codes::INVALID_TYPE, span, "this percentage does not say how the system writes it")
                        .why("15 % is `15` in one system and `0.15` in the next; read the wrong way, every amount is off by a factor of a hundred")
                        .help("write `percent from points` (15) or `percent from fraction` (0.15)"),
                ),
                (Some(_), false) => {
                    cx.report(Diagnostic::new(&codes::INVALID_TYPE, span, "`from` belongs to fields of systems; in an object a percentage is a fraction").help("write `percent`"));
                }
            }
            Some(Kind::Decimal { precision: 9, scale: 6, unit: None })
        }
        ast::TypeKind::Enum(body) => {
            let enumeration = enumeration(place.to_owned(), body, written.range, "", cx);
            model.enums.entry(place.to_owned()).or_insert(enumeration);
            Some(Kind::Enum { name: place.to_owned() })
        }
        ast::TypeKind::Lifecycle(body) => {
            let lifecycle = lifecycle(place.to_owned(), body, written.range, "", cx);
            model.enums.entry(place.to_owned()).or_insert(lifecycle);
            Some(Kind::Enum { name: place.to_owned() })
        }
        ast::TypeKind::Name(name) => named(name, in_entity, cx),
    };
    (kind.map(|kind| Type { kind, optional: written.optional.is_some() }), percent)
}

fn named(name: &ast::Name, in_entity: bool, cx: &Context<'_>) -> Option<Kind> {
    let kinds = [NameKind::Enum, NameKind::Lifecycle, NameKind::Object];
    match cx.resolve(name, &kinds, "a type")? {
        NameKind::Object if in_entity => {
            let message = format!("a system does not hold `{}`, an object of the hub", name.text);
            cx.report(
                Diagnostic::new(&codes::INVALID_TYPE, cx.span(name.range), message)
                    .help("give the type of the identifier as the system stores it, such as `text(18)`"),
            );
            None
        }
        NameKind::Object => Some(Kind::Reference { object: text(name) }),
        _ => Some(Kind::Enum { name: text(name) }),
    }
}

fn width_of(width: &ast::Number, cx: &Context<'_>) -> Option<u32> {
    let value = width.text.parse::<u32>().ok().filter(|width| *width >= 1 && *width <= 1_000_000);
    if value.is_none() {
        cx.report(
            Diagnostic::new(
                &codes::INVALID_TYPE,
                cx.span(width.range),
                format!("a text cannot be {} long", width.text),
            )
            .help("write a whole number from 1 to 1000000, or leave the length out"),
        );
    }
    value
}

fn digits(precision: &ast::Number, scale: &ast::Number, cx: &Context<'_>) -> Option<(u8, u8)> {
    let p = precision.text.parse::<u8>().ok().filter(|p| *p >= 1 && *p <= STORED_DIGITS);
    let s = scale.text.parse::<u8>().ok().filter(|s| p.is_some_and(|p| *s <= p));
    if p.is_none() {
        let message = format!("a stored number has 1 to {STORED_DIGITS} digits, not {}", precision.text);
        cx.report(
            Diagnostic::new(&codes::INVALID_TYPE, cx.span(precision.range), message)
                .help(format!("write at most {STORED_DIGITS}")),
        );
    } else if s.is_none() {
        let message = format!("{} digits after the point do not fit in {} digits", scale.text, precision.text);
        cx.report(
            Diagnostic::new(&codes::INVALID_TYPE, cx.span(scale.range), message)
                .help("the second number is at most the first"),
        );
    }
    Some((p?, s?))
}

fn unit_name(model: &Model, unit: &ast::UnitExpr, cx: &Context<'_>) -> Option<String> {
    let first = units::known(model, &unit.unit, cx)?;
    match &unit.per {
        None => Some(first),
        Some(per) => Some(format!("{first}/{}", units::known(model, per, cx)?)),
    }
}

fn money(
    model: &Model,
    size: Option<&(ast::Number, ast::Number)>,
    currency: &ast::MoneyCurrency,
    per: Option<&ast::Name>,
    cx: &Context<'_>,
) -> Option<Kind> {
    let (precision, scale) = match size {
        None => (19, 4),
        Some((precision, scale)) => digits(precision, scale, cx)?,
    };
    let currency = match currency {
        ast::MoneyCurrency::Code(code) => {
            units::known_currency(code, cx)?;
            CurrencyOf::Fixed(text(code))
        }
        ast::MoneyCurrency::In(path) => {
            CurrencyOf::Path(path.names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join("."))
        }
    };
    let per = match per {
        None => None,
        Some(unit) => Some(units::known(model, unit, cx)?),
    };
    Some(Kind::Money { precision, scale, currency, per })
}

pub(super) fn money_paths_of_object(model: &mut Model, name: &ast::Name, body: &ast::Object, cx: &Context<'_>) {
    let fields = body.members.iter().filter_map(|member| match member {
        ast::ObjectMember::Field(field) => Some(field),
        ast::ObjectMember::Key(ast::Key { kind: ast::KeyKind::Field(field), .. }) => Some(field),
        _ => None,
    });
    money_paths(model, &name.text, fields, cx);
}

pub(super) fn money_paths_of_system(model: &mut Model, name: &ast::Name, body: &ast::System, cx: &Context<'_>) {
    for member in &body.members {
        let ast::SystemMember::Entity(entity) = member else { continue };
        let full = format!("{}.{}", name.text, entity.name.text);
        money_paths(model, &full, fields_of(entity), cx);
        for member in &entity.members {
            let ast::EntityMember::Each(rows) = member else { continue };
            money_paths(model, &format!("{full}.{}", rows.name.text), fields_of(rows), cx);
        }
    }
}

fn fields_of(entity: &ast::Entity) -> impl Iterator<Item = &ast::Field> {
    entity.members.iter().filter_map(|member| match member {
        ast::EntityMember::Field(field) => Some(field),
        ast::EntityMember::Key(ast::Key { kind: ast::KeyKind::Field(field), .. }) => Some(field),
        _ => None,
    })
}

fn money_paths<'f>(model: &mut Model, record: &str, fields: impl Iterator<Item = &'f ast::Field>, cx: &Context<'_>) {
    for field in fields {
        let ast::TypeKind::Money { currency: ast::MoneyCurrency::In(path), .. } = &field.ty.kind else { continue };
        if !leads_to_currency(model, record, path, cx) {
            poison(model, record, &field.name.text);
        }
    }
}

fn poison(model: &mut Model, record: &str, field: &str) {
    let fields = match (model.objects.get_mut(record), model.entities.get_mut(record)) {
        (Some(object), _) => &mut object.record.fields,
        (None, Some(entity)) => &mut entity.record.fields,
        (None, None) => return,
    };
    if let Some(found) = fields.iter_mut().find(|known| known.name == field) {
        found.ty = None;
    }
}

/// Whether a path from `record` ends at a currency; anything else is reported.
fn leads_to_currency(model: &Model, record: &str, path: &ast::Path, cx: &Context<'_>) -> bool {
    let mut at: Option<&RecordType> = model.record(record);
    let names = at.map_or_else(|| path.names.clone(), |record| crate::typing::fields::in_record(record, &path.names));
    let last = names.len().saturating_sub(1);
    for (index, name) in names.iter().enumerate() {
        let Some(here) = at else { return false };
        let Some(field) = here.field(&name.text) else {
            cx.report(crate::typing::fields::unknown(here, name, cx));
            return false;
        };
        let Some(ty) = &field.ty else { return false };
        let span = cx.span(name.range);
        match &ty.kind {
            Kind::Currency if index == last => {
                let in_object = model.objects.contains_key(record);
                if in_object && !field.fixed {
                    cx.report(
                        Diagnostic::new(
                            &codes::CURRENCY_NOT_FIXED,
                            span,
                            format!(
                                "the currency `{}` of `{}` may change after an amount is stored",
                                field.name, here.name
                            ),
                        )
                        .related(field.ty_span, "not `fixed`", None)
                        .why("an amount of 100 USD would silently become 100 EUR")
                        .help(format!("declare `{}: currency fixed`", field.name)),
                    );
                    return false;
                }
                if ty.optional {
                    cx.report(
                        Diagnostic::new(&codes::INVALID_TYPE, span, "an amount needs a currency that is always known")
                            .related(field.ty_span, "this may be missing", None)
                            .help("remove the `?`"),
                    );
                    return false;
                }
                return true;
            }
            Kind::Reference { .. } if index < last && ty.optional => {
                cx.report(
                    Diagnostic::new(&codes::INVALID_TYPE, span, "an amount needs a currency that is always known")
                        .related(field.ty_span, "this may be missing, and its currency with it", None)
                        .help("remove the `?`, or give the record a currency of its own"),
                );
                return false;
            }
            Kind::Reference { object } if index < last => {
                // What a record is identified by never changes.
                if model.objects.contains_key(record) && !field.fixed && !here.key.contains(&field.name) {
                    cx.report(
                        Diagnostic::new(
                            &codes::CURRENCY_NOT_FIXED,
                            span,
                            format!(
                                "`{}` of `{}` may change after an amount is stored, and its currency with it",
                                field.name, here.name
                            ),
                        )
                        .related(field.ty_span, "not `fixed`", None)
                        .why("an amount of 100 USD would silently become 100 EUR")
                        .help(format!(
                            "declare `{}: {object} fixed`, or give the record a currency of its own",
                            field.name
                        )),
                    );
                    return false;
                }
                at = model.record(object);
            }
            _ => {
                let message = format!("`{}` is {}, not a currency", cx.text(path.range), crate::typing::described(ty));
                cx.report(
                    Diagnostic::new(&codes::INVALID_TYPE, cx.span(path.range), message)
                        .related(field.ty_span, "declared here", None)
                        .help("name a field of type `currency`"),
                );
                return false;
            }
        }
    }
    false
}
