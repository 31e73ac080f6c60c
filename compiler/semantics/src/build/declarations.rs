//! Units, teams and queues.

use super::statements::{Once, doc, missing, seconds, text};
use crate::context::Context;
use crate::model::{Model, Queue, Team, Unit};
use crate::names::NameKind;
use crate::typing::units;
use syncline_diagnostics::{Diagnostic, codes};
use syncline_syntax::ast;

pub(super) fn unit(model: &mut Model, name: &ast::Name, docs: &str, cx: &Context<'_>) {
    let span = cx.span(name.range);
    if units::is_built_in(&name.text) || syncline_ir::minor_units(&name.text).is_some() {
        let what = if units::is_built_in(&name.text) { "a built-in unit" } else { "a currency of ISO 4217" };
        cx.report(
            Diagnostic::new(&codes::DUPLICATE_NAME, span, format!("`{}` is {what} already", name.text))
                .help("choose another name"),
        );
        return;
    }
    model.units.entry(text(name)).or_insert(Unit { doc: doc(docs), span });
}

pub(super) fn team(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::Team, cx: &Context<'_>) {
    let (mut title, mut contact) = (Once::new("title"), Once::new("contact"));
    for member in &body.members {
        match member {
            ast::TeamMember::Title(clause) => title.set(clause.text.text.clone(), clause.range, cx),
            ast::TeamMember::Contact(clause) => contact.set(clause.text.text.clone(), clause.range, cx),
            ast::TeamMember::Broken(_) => {}
        }
    }
    let team = Team { title: title.get(), contact: contact.get(), doc: doc(docs), span: cx.span(name.range) };
    model.teams.entry(text(name)).or_insert(team);
}

pub(super) fn queue(model: &mut Model, name: &ast::Name, docs: &str, body: &ast::Queue, cx: &Context<'_>) {
    let mut title = Once::new("title");
    let mut owner = Once::new("owner");
    let mut respond = Once::new("respond within");
    let mut resolve = Once::new("resolve within");
    let mut broken = false;
    for member in &body.members {
        match member {
            ast::QueueMember::Title(clause) => title.set(clause.text.text.clone(), clause.range, cx),
            ast::QueueMember::Owner(clause) => owner.set(&clause.team, clause.range, cx),
            ast::QueueMember::Respond(clause) => respond.set(seconds(&clause.duration, cx), clause.range, cx),
            ast::QueueMember::Resolve(clause) => resolve.set(seconds(&clause.duration, cx), clause.range, cx),
            ast::QueueMember::Broken(_) => broken = true,
        }
    }
    let span = cx.span(name.range);
    let (owner, respond, resolve) = (owner.get(), respond.get(), resolve.get());
    if !broken {
        if owner.is_none() {
            missing(
                span,
                format!("queue `{}` has no owner", name.text),
                "add `owner TEAM`: records that wait for nobody are lost",
                cx,
            );
        }
        if respond.is_none() {
            missing(
                span,
                format!("queue `{}` does not say how soon somebody looks", name.text),
                "add `respond within 4h`",
                cx,
            );
        }
        if resolve.is_none() {
            missing(
                span,
                format!("queue `{}` does not say how soon a record is settled", name.text),
                "add `resolve within 2d`",
                cx,
            );
        }
    }
    let owner = owner.filter(|team| cx.resolve(team, &[NameKind::Team], "a team").is_some());
    let queue = Queue {
        title: title.get(),
        owner: owner.map(text),
        respond_within: respond.unwrap_or(1),
        resolve_within: resolve.unwrap_or(1),
        doc: doc(docs),
        span,
    };
    model.queues.entry(text(name)).or_insert(queue);
}
