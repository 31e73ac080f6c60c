//! Systems and their entities.

use super::limits;
use super::objects::Shape;
use super::statements::{Once, doc, seconds, text};
use crate::context::Context;
use crate::model::{Acceptance, Entity, Model, Product, RecordType, System};
use crate::names::NameKind;
use crate::typing::{Scope, fields, predicate};
use syncline_diagnostics::{Diagnostic, closest, codes};
use syncline_ir::{Kind, Type};
use syncline_syntax::ast;

/// What a system can be.
const CATEGORIES: [&str; 17] = [
    "billing",
    "collaboration",
    "cpq",
    "crm",
    "documents",
    "erp",
    "expense",
    "hris",
    "identity",
    "payroll",
    "procurement",
    "psa",
    "revenue",
    "ticketing",
    "time",
    "warehouse",
    "workforce",
];

/// What is said of a system or of a product.
struct Said {
    title: Option<String>,
    category: Option<String>,
    limit: Option<syncline_ir::CallLimit>,
    /// Full names of the entities, in the order written.
    entities: Vec<String>,
}

pub(super) fn system(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::System, cx: &Context<'_>) {
    let Said { title, category, limit, entities } = said(model, name, body, cx);
    let known = |product: &&ast::Name| cx.resolve(product, &[NameKind::Product], "a product").is_some();
    let product = body.product.as_ref().filter(known).map(text);
    let system = System { product, title, category, limit, entities, doc: doc(docs), span: cx.span(name.range) };
    model.systems.entry(text(name)).or_insert(system);
}

pub(super) fn product(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::System, cx: &Context<'_>) {
    let Said { title, category, limit, entities } = said(model, name, body, cx);
    let short = |full: &String| full.split_once('.').map_or_else(String::new, |(_, entity)| entity.to_owned());
    let entities = entities.iter().map(short).collect();
    let product = Product { title, category, limit, entities, doc: doc(docs), span: cx.span(name.range) };
    model.products.entry(text(name)).or_insert(product);
}

fn said(model: &mut Model, name: &ast::Name, body: &ast::System, cx: &Context<'_>) -> Said {
    let (mut title, mut category, mut limit) = (Once::new("title"), Once::new("category"), Once::new("limit"));
    let mut entities = Vec::new();
    for member in &body.members {
        match member {
            ast::SystemMember::Title(clause) => title.set(clause.text.text.clone(), clause.range, cx),
            ast::SystemMember::Category(clause) => {
                known_category(&clause.word, cx);
                category.set(text(&clause.word), clause.range, cx);
            }
            ast::SystemMember::Limit(clause) => {
                if let Some(found) = limits::call_limit(clause, cx) {
                    limit.set(found, clause.range, cx);
                }
            }
            ast::SystemMember::Entity(written) => {
                let full = format!("{}.{}", name.text, written.name.text);
                if let Some(first) = model.entities.get(&full) {
                    let message = format!("entity `{full}` is declared twice");
                    cx.report(
                        Diagnostic::new(&codes::DUPLICATE_NAME, cx.span(written.name.range), message)
                            .related(first.record.span, "first declared here", None)
                            .help("remove one of them"),
                    );
                    continue;
                }
                let entity = entity(model, &text(name), written, cx);
                for member in &written.members {
                    let ast::EntityMember::Each(rows) = member else { continue };
                    let nested = super::nested::entity(model, &entity, rows, cx);
                    let inner = nested.record.name.clone();
                    if let Some(first) = model.entities.get(&inner) {
                        cx.report(
                            Diagnostic::new(
                                &codes::DUPLICATE_NAME,
                                cx.span(rows.name.range),
                                format!("the rows `{inner}` are declared twice"),
                            )
                            .related(first.record.span, "first declared here", None)
                            .help("remove one of them"),
                        );
                        continue;
                    }
                    entities.push(inner.clone());
                    model.entities.insert(inner, nested);
                }
                entities.push(full.clone());
                model.entities.insert(full, entity);
            }
            ast::SystemMember::Broken(_) => {}
        }
    }
    Said { title: title.get(), category: category.get(), limit: limit.get(), entities }
}

fn known_category(word: &ast::Name, cx: &Context<'_>) {
    if CATEGORIES.contains(&word.text.as_str()) {
        return;
    }
    let diagnostic =
        Diagnostic::new(&codes::UNKNOWN_NAME, cx.span(word.range), format!("there is no category `{}`", word.text));
    cx.report(match closest(&word.text, CATEGORIES) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("a system is one of: {}", CATEGORIES.join(", "))),
    });
}

fn entity(model: &mut Model, system: &str, written: &ast::Entity, cx: &Context<'_>) -> Entity {
    let span = cx.span(written.name.range);
    let mut shape = Shape::new(format!("{system}.{}", written.name.text), span, true);
    for member in &written.members {
        match member {
            ast::EntityMember::Key(key) => shape.key(model, key, cx),
            ast::EntityMember::Field(field) => shape.field(model, field, cx),
            ast::EntityMember::Broken(_) => shape.broken = true,
            _ => {}
        }
    }
    let broken = shape.broken;
    let record = shape.finish(&written.docs, cx);
    let mut clauses = Clauses::default();
    for member in &written.members {
        clauses.read(member, &record, broken, cx);
    }
    Entity {
        system: system.to_owned(),
        name: text(&written.name),
        nested: None,
        cursor: clauses.cursor.get(),
        full_every: clauses.full.placed().map(|(seconds, range)| (seconds, cx.span(range))),
        deletion: None,
        events: Vec::new(),
        control: clauses.control.placed().map(|(team, range)| (team, cx.span(range))),
        accepts: Vec::new(),
        returns: clauses.returns,
        idempotency: clauses.idempotency.get(),
        find_by: clauses.find_by.get(),
        additive: clauses.additive,
        reverses: clauses.reverses.get(),
        poisoned: broken || names_a_missing_field(written, &record),
        record,
    }
}

fn names_a_missing_field(written: &ast::Entity, record: &RecordType) -> bool {
    let missing = |name: &ast::Name| record.field(&name.text).is_none();
    written.members.iter().any(|member| match member {
        ast::EntityMember::Cursor(clause) => missing(&clause.field),
        ast::EntityMember::FindBy(clause) => missing(&clause.field),
        ast::EntityMember::ReversesIn(clause) => missing(&clause.field),
        ast::EntityMember::Returns(list) | ast::EntityMember::Additive(list) => list.fields.iter().any(missing),
        _ => false,
    })
}

struct Clauses {
    cursor: Once<(String, u64)>,
    full: Once<u64>,
    control: Once<String>,
    returns: Vec<(String, syncline_diagnostics::Span)>,
    idempotency: Once<u64>,
    find_by: Once<String>,
    additive: Vec<(String, syncline_diagnostics::Span)>,
    reverses: Once<String>,
}

impl Default for Clauses {
    fn default() -> Self {
        Self {
            cursor: Once::new("cursor"),
            full: Once::new("full every"),
            control: Once::new("controlled by"),
            returns: Vec::new(),
            idempotency: Once::new("idempotency key"),
            find_by: Once::new("find by"),
            additive: Vec::new(),
            reverses: Once::new("reverses in"),
        }
    }
}

impl Clauses {
    fn read(&mut self, member: &ast::EntityMember, record: &RecordType, broken: bool, cx: &Context<'_>) {
        let named = |name: &ast::Name| broken_or_found(record, name, broken, cx);
        match member {
            ast::EntityMember::Cursor(clause) => {
                if named(&clause.field) {
                    expect_kind(
                        record,
                        &clause.field,
                        "an `instant`, a `date` or an `int`",
                        |kind| matches!(kind, Kind::Instant | Kind::Date) || *kind == Kind::INT,
                        cx,
                    );
                    let overlap = clause.overlap.as_ref().map_or(0, |duration| seconds(duration, cx));
                    self.cursor.set((text(&clause.field), overlap), clause.range, cx);
                }
            }
            ast::EntityMember::Full(clause) => self.full.set(seconds(&clause.every, cx), clause.range, cx),
            ast::EntityMember::Controlled(clause) => {
                if cx.resolve(&clause.team, &[NameKind::Team], "a team").is_some() {
                    self.control.set(text(&clause.team), clause.range, cx);
                }
            }
            ast::EntityMember::Returns(list) => self
                .returns
                .extend(list.fields.iter().filter(|name| named(name)).map(|name| (text(name), cx.span(name.range)))),
            ast::EntityMember::Additive(list) => {
                for name in list.fields.iter().filter(|name| named(name)) {
                    expect_kind(
                        record,
                        name,
                        "a number or money",
                        |kind| matches!(kind, Kind::Decimal { .. } | Kind::Money { per: None, .. }),
                        cx,
                    );
                    self.additive.push((text(name), cx.span(name.range)));
                }
            }
            ast::EntityMember::IdempotencyKey(clause) => {
                self.idempotency.set(seconds(&clause.lifetime, cx), clause.range, cx)
            }
            ast::EntityMember::FindBy(clause) => {
                if named(&clause.field) {
                    self.find_by.set(text(&clause.field), clause.range, cx);
                }
            }
            ast::EntityMember::ReversesIn(clause) => {
                if named(&clause.field) {
                    expect_type(
                        record,
                        &clause.field,
                        "a text that may be missing",
                        |ty| ty.optional && matches!(ty.kind, Kind::Text { .. }),
                        cx,
                    );
                    self.reverses.set(text(&clause.field), clause.range, cx);
                }
            }
            ast::EntityMember::Key(_)
            | ast::EntityMember::Field(_)
            | ast::EntityMember::Accepts(_)
            | ast::EntityMember::Delete(_)
            | ast::EntityMember::Event(_)
            | ast::EntityMember::Each(_)
            | ast::EntityMember::Broken(_) => {}
        }
    }
}

fn broken_or_found(record: &RecordType, name: &ast::Name, broken: bool, cx: &Context<'_>) -> bool {
    if broken && record.field(&name.text).is_none() {
        return false;
    }
    fields::find(record, name, cx).is_some()
}

fn expect_kind(record: &RecordType, name: &ast::Name, wanted: &str, fits: impl Fn(&Kind) -> bool, cx: &Context<'_>) {
    expect_type(record, name, wanted, |ty| fits(&ty.kind), cx);
}

fn expect_type(record: &RecordType, name: &ast::Name, wanted: &str, fits: impl Fn(&Type) -> bool, cx: &Context<'_>) {
    let Some(field) = record.field(&name.text) else { return };
    let Some(ty) = &field.ty else { return };
    if !fits(ty) {
        let message =
            format!("field `{}` is {}, and {wanted} is needed here", field.name, crate::typing::described(ty));
        cx.report(Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(name.range), message).related(
            field.ty_span,
            "declared here",
            None,
        ));
    }
}

/// `accepts` conditions, which read fields of objects.
pub(super) fn accepts(model: &mut Model, name: &ast::Name, body: &ast::System, cx: &Context<'_>) {
    for member in &body.members {
        let ast::SystemMember::Entity(written) = member else { continue };
        let full = format!("{}.{}", name.text, written.name.text);
        let mut found: Vec<Acceptance> = Vec::new();
        for member in &written.members {
            let ast::EntityMember::Accepts(clause) = member else { continue };
            if cx.resolve(&clause.object, &[NameKind::Object], "an object").is_none() {
                continue;
            }
            let object = text(&clause.object);
            if let Some(first) = found.iter().find(|acceptance| acceptance.object == object) {
                let message = format!("`{full}` says twice when it accepts `{object}`");
                cx.report(
                    Diagnostic::new(&codes::DUPLICATE_CLAUSE, cx.span(clause.range), message)
                        .related(first.span, "first said here", None)
                        .help("join both conditions with `or`"),
                );
                continue;
            }
            let condition = clause.when.as_ref().map(|when| predicate(when, &Scope::of_object(model, &object), cx));
            found.push(Acceptance { object, condition, span: cx.span(clause.range) });
        }
        if let Some(entity) = model.entities.get_mut(&full) {
            let says = written.members.iter().any(|member| matches!(member, ast::EntityMember::Accepts(_)));
            if entity.control.is_some() && !says && !entity.record.incomplete {
                let place = entity.control.as_ref().map_or(entity.record.span, |(_, span)| *span);
                missing_accepts(&full, place, cx);
            }
            entity.accepts = found;
        }
    }
}

fn missing_accepts(entity: &str, place: syncline_diagnostics::Span, cx: &Context<'_>) {
    cx.report(
        Diagnostic::new(
            &codes::NO_ACCEPTS,
            place,
            format!("`{entity}` is controlled and does not say what it accepts"),
        )
        .why("without it, drafts and unapproved records may reach the books")
        .help("add `accepts OBJECT when CONDITION`")
        .element(entity),
    );
}
