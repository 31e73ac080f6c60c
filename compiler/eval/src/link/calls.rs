//! Linking calls of built-in functions: number and types of arguments, and time zones.

use super::Linked;
use super::expression::Scope;
use crate::expr::Node;
use crate::{Form, LinkedExpr, Shape, Value, time};
use syncline_ir::{Expr, Function};

impl Scope<'_> {
    pub(super) fn call(&self, expr: &Expr, shape: Shape, function: Function, arguments: &[Expr]) -> Linked<Node> {
        use Function as F;
        let text = |expr: &Expr| self.expect(expr, "text", |form| matches!(form, Form::Text { .. }));
        let count =
            |expr: &Expr| self.expect(expr, "a whole number", |form| matches!(form, Form::Decimal { scale: 0, .. }));
        let date = |expr: &Expr| self.expect(expr, "a date", |form| form == Form::Date);
        let is_text = matches!(shape.form, Form::Text { .. });
        let is_whole = matches!(shape.form, Form::Decimal { scale: 0, .. });
        let (arguments, fits): (Vec<LinkedExpr>, bool) = match (function, arguments) {
            (F::Truncate | F::Left | F::Right, [value, length]) => (vec![text(value)?, count(length)?], is_text),
            (F::Upper | F::Lower | F::Trim | F::Folded, [value]) => (vec![text(value)?], is_text),
            (F::Length, [value]) => (vec![text(value)?], is_whole),
            (F::StartsWith | F::EndsWith | F::Contains, [value, part]) => {
                (vec![text(value)?, text(part)?], shape.form == Form::Bool)
            }
            (F::Replace, [value, part, replacement]) => (vec![text(value)?, text(part)?, text(replacement)?], is_text),
            (F::Concat, [_, ..]) => (arguments.iter().map(text).collect::<Linked<_>>()?, is_text),
            (F::Text, [value]) => (vec![self.link(value)?], is_text),
            // Precision and scale are those of the result; the plan may repeat them as arguments.
            (F::Decimal, [value, ..]) => (vec![text(value)?], matches!(shape.form, Form::Decimal { .. })),
            (F::Int, [value]) => (vec![text(value)?], is_whole),
            (F::Date, [value]) => (vec![text(value)?], shape.form == Form::Date),
            (F::Min | F::Max, [_, _, ..]) => {
                let ordered =
                    matches!(shape.form, Form::Decimal { .. } | Form::Money { .. } | Form::Date | Form::Instant);
                (
                    arguments
                        .iter()
                        .map(|argument| self.bounded(argument, Shape { optional: true, ..shape }))
                        .collect::<Linked<_>>()?,
                    ordered,
                )
            }
            (F::Abs, [value]) => {
                (vec![self.bounded(value, Shape { optional: true, ..shape })?], shape.form.is_number())
            }
            (F::Year | F::Month | F::Day, [value]) => (vec![date(value)?], is_whole),
            (F::DateOf, [instant, zone]) if shape.form == Form::Date => {
                let instant = self.expect(instant, "an instant", |form| form == Form::Instant)?;
                return Ok(Node::DateOf { instant: Box::new(instant), zone: self.zone(zone)? });
            }
            (F::StartOf, [day, zone]) if shape.form == Form::Instant => {
                return Ok(Node::StartOf { date: Box::new(date(day)?), zone: self.zone(zone)? });
            }
            _ => (Vec::new(), false),
        };
        if !fits {
            return Err(self.error(expr, format!("this call does not give `{}`", expr.ty)));
        }
        Ok(Node::Call { function, arguments: arguments.into() })
    }

    fn zone(&self, expr: &Expr) -> Linked<jiff::tz::TimeZone> {
        let linked = self.link(expr)?;
        let Some(Value::Text(name)) = linked.constant() else {
            return Err(self.error(expr, "a time zone is written out as text"));
        };
        time::zone(name).ok_or_else(|| self.error(expr, format!("there is no time zone `{name}`")))
    }
}
