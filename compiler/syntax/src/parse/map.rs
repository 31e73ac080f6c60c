//! Maps and their statements.

use super::context::{Children, Context, range};
use super::explain::Block;
use super::grammar::{Pair, Rule};
use crate::ast::{
    Assign, Expr, ExprKind, Ignore, Let, Map, MapMode, MapStatement, Name, Otherwise, OutsideClaim, Range, Require,
    Route, Wait,
};
use crate::{SyntaxError, SyntaxErrorKind};

impl Context<'_> {
    pub(super) fn map(&self, mut children: Children<'_>) -> Option<Map> {
        let source = self.path(&children.seek(Rule::path)?);
        let target = self.path(&children.seek(Rule::path)?);
        let mut mode = None;
        let mut filter = None;
        let mut statements = Vec::with_capacity(children.count_left());
        for child in children {
            match child.as_rule() {
                Rule::assign => statements.extend(self.assign(child).map(MapStatement::Assign)),
                Rule::map_mode => {
                    let word = if child.as_str() == "creates" { MapMode::Creates } else { MapMode::Updates };
                    mode = Some((word, range(&child)));
                }
                Rule::expr => filter = Some(self.expr(child)),
                _ => statements.extend(self.map_statement(child)),
            }
        }
        Some(Map { source, target, mode, filter, statements })
    }

    fn map_statement(&self, pair: Pair<'_>) -> Option<MapStatement> {
        let place = range(&pair);
        let rule = pair.as_rule();
        let mut children = Children::of(pair);
        Some(match rule {
            Rule::let_statement => {
                let name = self.name(&children.seek(Rule::name)?);
                let value = self.expr(children.seek(Rule::expr)?);
                let route = self.optional_route(children);
                MapStatement::Let(Let { name, value, route, range: place })
            }
            Rule::require => {
                let predicate = self.expr(children.seek(Rule::expr)?);
                let route = self.optional_route(children);
                if route.is_none() {
                    let message = "this `require` does not say where a record goes that fails it";
                    let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message);
                    self.report(error.with_help("add `else quarantine QUEUE reason_name \"what is wrong\"`"));
                }
                MapStatement::Require(Require { predicate, route, range: place })
            }
            Rule::otherwise => {
                MapStatement::Otherwise(Otherwise { queue: self.name(&children.seek(Rule::name)?), range: place })
            }
            Rule::wait => {
                MapStatement::Wait(Wait { at_most: self.duration(&children.seek(Rule::duration)?), range: place })
            }
            Rule::outside => {
                let quarantine = children.seek(Rule::name).map(|queue| self.name(&queue));
                MapStatement::OutsideClaim(OutsideClaim { quarantine, range: place })
            }
            Rule::ignore => {
                let names = children.filter(|child| child.as_rule() == Rule::name);
                MapStatement::Ignore(Ignore { fields: names.map(|name| self.name(&name)).collect(), range: place })
            }
            Rule::bad_assign => {
                let (field, value) = self.bad_value(place, children)?;
                MapStatement::Assign(Assign { field, value, route: None, range: place })
            }
            Rule::bad_let => {
                let (name, value) = self.bad_value(place, children)?;
                MapStatement::Let(Let { name, value, route: None, range: place })
            }
            Rule::broken => MapStatement::Broken(self.broken(place, Block::Map)),
            _ => return None,
        })
    }

    fn assign(&self, pair: Pair<'_>) -> Option<Assign> {
        let place = range(&pair);
        let mut children = pair.into_inner();
        let field = self.name(&children.next()?);
        let value = children.next()?;
        if value.as_rule() == Rule::path {
            return Some(Assign { field, value: self.element(value), route: None, range: place });
        }
        let value = self.expr(value);
        let route = children.find(|child| child.as_rule() == Rule::route).and_then(|route| self.route(route));
        Some(Assign { field, value, route, range: place })
    }

    /// An assignment whose value cannot be read: it keeps its name, so that the field counts as assigned.
    fn bad_value(&self, place: Range, mut children: Children<'_>) -> Option<(Name, Expr)> {
        let name = self.name(&children.seek(Rule::name)?);
        let value_place = children.seek(Rule::broken).map(|broken| range(&broken));
        self.explain_value(place, value_place);
        let value_place = value_place.unwrap_or(Range::new(place.end, place.end));
        Some((name, Expr { kind: ExprKind::Broken, range: value_place }))
    }

    fn optional_route(&self, mut children: Children<'_>) -> Option<Route> {
        children.seek(Rule::route).and_then(|route| self.route(route))
    }

    fn route(&self, pair: Pair<'_>) -> Option<Route> {
        let place = range(&pair);
        let mut children = Children::of(pair);
        let queue = self.name(&children.seek(Rule::name)?);
        let reason = children.next_is(Rule::name).map(|reason| self.name(&reason));
        let message = children.next_is(Rule::text).map(|text| self.text_literal(text));
        Some(Route { queue, reason, message, range: place })
    }
}
