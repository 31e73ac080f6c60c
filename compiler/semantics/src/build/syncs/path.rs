//! `move`: from one entity through one object to one or more entities.

use super::{Builder, MovePath};
use crate::build::statements::{Once, missing, text};
use crate::model::RouteTo;
use crate::names::NameKind;
use crate::typing::{Scope, fields, predicate};
use syncline_diagnostics::{Diagnostic, codes};
use syncline_syntax::ast::{self, SyncClause};

impl Builder<'_, '_> {
    pub(super) fn path(&self, body: &ast::Sync) -> MovePath {
        let cx = self.cx;
        let mut found = Once::new("move");
        let mut broken = false;
        for clause in &body.clauses {
            match clause {
                SyncClause::Move(clause) => found.set(clause, clause.range, cx),
                SyncClause::Broken(_) => broken = true,
                _ => {}
            }
        }
        let Some(clause) = found.get() else {
            if !broken {
                missing(
                    self.span,
                    format!("sync `{}` does not say what it moves", self.name),
                    "add `move psa.timecard -> TimeEntry -> erp.project_cost`",
                    cx,
                );
            }
            return MovePath { poisoned: true, ..MovePath::default() };
        };
        self.stops(clause)
    }

    fn stops(&self, clause: &ast::Move) -> MovePath {
        let cx = self.cx;
        let mut path = MovePath { span: Some(cx.span(clause.range)), ..MovePath::default() };
        for stop in &clause.stops {
            match stop {
                ast::Stop::Place(place) => match place.names.as_slice() {
                    [object] if path.object.is_none() && path.routes.is_empty() => {
                        match cx.resolve(object, &[NameKind::Object], "an object") {
                            Some(_) => path.object = Some(text(object)),
                            None => path.poisoned = true,
                        }
                    }
                    names if names.len() > 1 && fields::system_and_entity(names).is_some() => {
                        match self.entity(names) {
                            None => path.poisoned = true,
                            Some(full) if path.object.is_none() && path.source.is_none() && !path.poisoned => {
                                path.source = Some(full)
                            }
                            Some(full) if path.object.is_some() && path.routes.is_empty() => {
                                path.routes.push(RouteTo { entity: full, condition: None, span: cx.span(place.range) })
                            }
                            Some(_) => self.bad_stop(place, &mut path),
                        }
                    }
                    _ => self.bad_stop(place, &mut path),
                },
                // Routes anywhere but at the end have been reported.
                ast::Stop::Routes { .. } if path.object.is_none() => path.poisoned = true,
                ast::Stop::Routes { arms, .. } => {
                    for arm in arms {
                        self.arm(arm, &mut path);
                    }
                }
            }
        }
        if path.object.is_none() && !path.poisoned {
            let message = format!("sync `{}` goes past the hub: it names no object", self.name);
            cx.report(
                Diagnostic::new(&codes::WRONG_KIND_OF_NAME, cx.span(clause.range), message)
                    .why("a flow straight from one system to another is checked by nobody: no owner, no ledger, no reconciliation")
                    .help("name the object between both, `psa.timecard -> TimeEntry -> erp.project_cost`"),
            );
            path.poisoned = true;
        }
        path
    }

    fn entity(&self, names: &[ast::Name]) -> Option<String> {
        let (system, entity) = fields::system_and_entity(names)?;
        fields::entity(self.model, &system, &entity, self.cx)
    }

    fn bad_stop(&self, place: &ast::Path, path: &mut MovePath) {
        if !path.poisoned {
            let message = "a sync goes from one entity through one object to one or more entities";
            self.cx.report(
                Diagnostic::new(&codes::WRONG_KIND_OF_NAME, self.cx.span(place.range), message)
                    .help("write `move psa.timecard -> TimeEntry -> erp.project_cost`"),
            );
        }
        path.poisoned = true;
    }

    fn arm(&self, arm: &ast::MoveArm, path: &mut MovePath) {
        let cx = self.cx;
        if fields::system_and_entity(&arm.target.names).is_none() {
            self.bad_stop(&arm.target, path);
            return;
        }
        let Some(full) = self.entity(&arm.target.names) else {
            path.poisoned = true;
            return;
        };
        let condition = match (&arm.when, &path.object) {
            (Some(when), Some(object)) => Some(predicate(when, &Scope::of_object(self.model, object), cx)),
            _ => None,
        };
        let span = cx.span(arm.range);
        if let Some(first) = path.routes.iter().find(|route| route.entity == full) {
            cx.report(
                Diagnostic::new(&codes::DUPLICATE_CLAUSE, span, format!("two routes lead to `{full}`"))
                    .related(first.span, "the first one", None)
                    .help("join their conditions with `or`"),
            );
            path.poisoned = true;
            return;
        }
        path.routes.push(RouteTo { entity: full, condition, span });
    }
}
