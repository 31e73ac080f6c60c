//! Linking expressions: reads, lookups, conditions, choices. Numbers are in `arithmetic`, functions in `calls`.

use super::declarations::{object, position, shape};
use super::{LinkError, Linked};
use crate::coverage::PointKind;
use crate::expr::{LinkedArm, LinkedAsOf, LinkedPart, LinkedVersion, Node, Operand};
use crate::{CodesIx, EntityIx, Form, LinkedEnds, LinkedExpr, Program, Shape, Side, Value, literal, text};
use syncline_ir::{Arm, AsOf, Direction, Expr, KeyArgument, Literal, Op, TextPart};

/// What names mean inside an expression.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) program: &'a Program,
    /// Whose fields a bare name reads.
    pub(super) side: Side,
    /// In inbound maps: the system a record is captured from.
    pub(super) origin: Option<&'a str>,
    /// The `let`s that may be used here, in order.
    pub(super) lets: &'a [(String, Shape)],
    /// The place of the element the expression belongs to, used where the expression has none itself.
    pub(super) at: &'a str,
    /// Whether what is decided here counts for coverage.
    pub(super) observed: bool,
}

impl Scope<'_> {
    pub(super) fn error(&self, expr: &Expr, message: impl Into<String>) -> LinkError {
        LinkError::new(expr.at.as_deref().unwrap_or(self.at), message)
    }

    /// An expression which is a condition.
    pub(super) fn condition(&self, expr: &Expr) -> Linked<LinkedExpr> {
        let condition = self.expect(expr, "a condition", |form| form == Form::Bool)?;
        Ok(match condition.node {
            // Their parts are points.
            Node::And(_) | Node::Or(_) | Node::Not(_) => condition,
            _ => self.observed(expr, PointKind::Condition, condition),
        })
    }

    /// A condition that holds whenever it is asked: there is nothing to meet but that it is.
    pub(super) fn taken(&self, expr: &Expr, linked: LinkedExpr) -> LinkedExpr {
        Scope { observed: true, ..*self }.observed(expr, PointKind::Arm, linked)
    }

    /// The expression as a point of coverage, where that is recorded.
    fn observed(&self, expr: &Expr, kind: PointKind, linked: LinkedExpr) -> LinkedExpr {
        match &self.program.points {
            Some(points) if self.observed => points.observe(expr.at.as_deref().unwrap_or(self.at), kind, linked),
            _ => linked,
        }
    }

    /// An operand whose form the operation demands.
    pub(super) fn expect(&self, expr: &Expr, wanted: &str, fits: impl Fn(Form) -> bool) -> Linked<LinkedExpr> {
        let linked = self.link(expr)?;
        if fits(linked.shape.form) {
            Ok(linked)
        } else {
            Err(self.error(expr, format!("expected {wanted}, found `{}`", expr.ty)))
        }
    }

    /// An operand that is compared with values of a form: numbers may gain digits after the point, everything else must be of that
    /// form. It may be out of reach of that form, and then equals none of its values.
    pub(super) fn coerced(&self, expr: &Expr, to: Form) -> Linked<LinkedExpr> {
        self.brought(expr, to, unbounded(to))
    }

    /// An operand that becomes a result as it is: brought to the result's form, and checked to have room in it.
    pub(super) fn bounded(&self, expr: &Expr, to: Shape) -> Linked<LinkedExpr> {
        self.brought(expr, to.form, to.form).map(|value| guarded(value, to))
    }

    fn brought(&self, expr: &Expr, to: Form, converted: Form) -> Linked<LinkedExpr> {
        let linked = self.link(expr)?;
        let from = linked.shape.form;
        if let Node::Constant(Value::Null) = linked.node {
            return Ok(LinkedExpr::new(Shape { form: to, optional: true }, linked.node));
        }
        if from.represents(to) {
            return Ok(linked);
        }
        let widens = match (from, to) {
            (Form::Decimal { scale: a, .. }, Form::Decimal { scale: b, .. })
            | (Form::Money { scale: a, .. }, Form::Money { scale: b, .. }) => a <= b,
            (Form::Decimal { .. }, Form::Money { .. }) => linked.constant() == Some(&Value::Decimal(0)),
            _ => false,
        };
        if !widens {
            return Err(self.error(expr, format!("a value of type `{}` stands where another type is needed", expr.ty)));
        }
        let shape = Shape { form: converted, optional: linked.shape.optional };
        Ok(match linked.node {
            Node::Constant(Value::Decimal(0)) => LinkedExpr::new(shape, Node::Constant(zero(to))),
            _ => LinkedExpr::new(shape, Node::Convert { value: Box::new(linked), currency: None }),
        })
    }

    pub(super) fn link(&self, expr: &Expr) -> Linked<LinkedExpr> {
        let shape = shape(self.program, &expr.ty, expr.at.as_deref().unwrap_or(self.at))?;
        let node = match &expr.op {
            Op::Literal { value } => Node::Constant(self.literal(expr, value, shape.form)?),
            Op::Field { field } => {
                let fields = self.program.fields(self.side);
                let ix = position(fields, field, expr.at.as_deref().unwrap_or(self.at))?;
                self.read(expr, shape, fields.get(ix).map(|field| field.shape.form))?;
                Node::Field(ix)
            }
            Op::Let { name } => {
                let slot = self.lets.iter().position(|(bound, _)| bound == name);
                let slot = slot.ok_or_else(|| self.error(expr, format!("there is no `let {name}` before this")))?;
                self.read(expr, shape, self.lets.get(slot).map(|(_, bound)| bound.form))?;
                Node::Let(slot)
            }
            Op::Own => {
                let Side::Object(ix) = self.side else {
                    return Err(self.error(expr, "a source row has no identity in the hub"));
                };
                self.read(expr, shape, Some(Form::Reference(ix)))?;
                Node::Own
            }
            Op::Origin => {
                let origin = self
                    .origin
                    .ok_or_else(|| self.error(expr, "only an inbound map knows the system a record comes from"))?;
                Node::Constant(Value::text(origin))
            }
            Op::Follow { base, object: name, field } => {
                let object = object(self.program, name, expr.at.as_deref().unwrap_or(self.at))?;
                let base = self.coerced(base, Form::Reference(object))?;
                let fields = &self.program.object(object).fields;
                let field = position(fields, field, expr.at.as_deref().unwrap_or(self.at))?;
                self.read(expr, shape, fields.get(field).map(|field| field.shape.form))?;
                Node::Follow { base: Box::new(base), object, field }
            }
            Op::Lookup { object, key, as_of, waits } => {
                self.lookup(expr, shape, object, key, as_of.as_ref(), *waits)?
            }
            Op::Version { base, object: name, as_of, waits } => {
                let object = object(self.program, name, expr.at.as_deref().unwrap_or(self.at))?;
                self.read(expr, shape, Some(Form::Reference(object)))?;
                if self.program.object(object).revision.is_none() {
                    return Err(self.error(expr, format!("`{name}` has no versions")));
                }
                let base = self.coerced(base, Form::Reference(object))?;
                let date = |day: &Expr| self.expect(day, "a date", |form| form == Form::Date);
                let day = as_of.as_deref().map(date).transpose()?;
                Node::Version(Box::new(LinkedVersion { base, object, day, waits: *waits }))
            }
            Op::Crosswalk { object: name, system, entity, id, waits } => {
                let object = object(self.program, name, expr.at.as_deref().unwrap_or(self.at))?;
                self.read(expr, shape, Some(Form::Reference(object)))?;
                let (entity, key) = self.identifier(expr, system, entity)?;
                Node::Crosswalk { object, entity, id: Box::new(self.coerced(id, key)?), waits: *waits }
            }
            Op::ForeignId { system, entity, record } => {
                let (entity, key) = self.identifier(expr, system, entity)?;
                self.read(expr, shape, Some(key))?;
                let record = self.link(record)?;
                let Form::Reference(object) = record.shape.form else {
                    return Err(self.error(expr, "only a canonical record has foreign identifiers"));
                };
                Node::ForeignId { entity, object, record: Box::new(record) }
            }
            Op::Code { codes, direction, value } => self.code(expr, shape, codes, *direction, value)?,
            Op::Compare { comparison, left, right } => self.compare(expr, *comparison, left, right)?,
            Op::In { value, set } => {
                let value = self.link(value)?;
                let set = set
                    .iter()
                    .map(|constant| self.literal(expr, constant, unbounded(value.shape.form)))
                    .collect::<Linked<_>>()?;
                Node::In { value: Box::new(value), set }
            }
            Op::IsKnown { value } => Node::IsKnown(self.operand(value)?),
            Op::And { all } => Node::And(all.iter().map(|condition| self.condition(condition)).collect::<Linked<_>>()?),
            Op::Or { any } => Node::Or(any.iter().map(|condition| self.condition(condition)).collect::<Linked<_>>()?),
            Op::Not { value } => Node::Not(Box::new(self.condition(value)?)),
            Op::Coalesce { value, otherwise } => {
                let value = self.bounded(value, Shape { optional: true, ..shape })?;
                let otherwise = self.bounded(otherwise, shape)?;
                Node::Coalesce { value: Box::new(value), otherwise: Box::new(otherwise) }
            }
            Op::Match { subject, arms, otherwise } => self.choice(expr, shape, subject, arms, otherwise.as_deref())?,
            Op::Text { parts } => Node::Text(parts.iter().map(|part| self.part(part)).collect::<Linked<_>>()?),
            Op::Call { function, arguments } => self.call(expr, shape, *function, arguments)?,
            Op::Negate { .. }
            | Op::Add { .. }
            | Op::Subtract { .. }
            | Op::Multiply { .. }
            | Op::Divide { .. }
            | Op::Round { .. }
            | Op::RoundCurrency { .. }
            | Op::Exchange { .. }
            | Op::Convert { .. } => self.arithmetic(expr, shape)?,
        };
        self.result(expr, shape, &node)?;
        Ok(LinkedExpr::new(shape, node))
    }

    pub(super) fn operand(&self, expr: &Expr) -> Linked<Operand> {
        self.link(expr).map(Box::new)
    }

    /// What is read must look like what the plan says it is.
    fn read(&self, expr: &Expr, shape: Shape, found: Option<Form>) -> Linked<()> {
        match found {
            Some(form) if form.represents(shape.form) => Ok(()),
            _ => Err(self.error(expr, format!("what is read here is not of type `{}`", expr.ty))),
        }
    }

    /// Operations with one possible form of result must say so.
    fn result(&self, expr: &Expr, shape: Shape, node: &Node) -> Linked<()> {
        let fits = match node {
            Node::Compare { .. } | Node::In { .. } | Node::IsKnown(_) | Node::And(_) | Node::Or(_) | Node::Not(_) => {
                shape.form == Form::Bool
            }
            Node::Text(_) => matches!(shape.form, Form::Text { .. }),
            Node::Constant(Value::Text(_)) => matches!(shape.form, Form::Text { .. }),
            _ => true,
        };
        if fits { Ok(()) } else { Err(self.error(expr, format!("the result is not of type `{}`", expr.ty))) }
    }

    fn literal(&self, expr: &Expr, value: &Literal, form: Form) -> Linked<Value> {
        literal::parse(value, form, self.program).map_err(|message| self.error(expr, message))
    }

    fn lookup(
        &self,
        expr: &Expr,
        shape: Shape,
        name: &str,
        key: &[KeyArgument],
        as_of: Option<&AsOf>,
        waits: bool,
    ) -> Linked<Node> {
        let object = object(self.program, name, expr.at.as_deref().unwrap_or(self.at))?;
        self.read(expr, shape, Some(Form::Reference(object)))?;
        let declared = self.program.object(object);
        if key.len() != declared.key.len() {
            return Err(self.error(expr, format!("a lookup of `{name}` needs all fields of its key")));
        }
        let mut values = Vec::with_capacity(key.len());
        for (&position, argument) in declared.key.iter().zip(key) {
            match declared.fields.get(position) {
                Some(field) if *field.name == argument.field => {
                    values.push(self.coerced(&argument.value, field.shape.form)?)
                }
                _ => {
                    return Err(self
                        .error(expr, format!("`{}` is not the key field of `{name}` at this place", argument.field)));
                }
            }
        }
        // What is looked up is what all versions are of.
        let dates = declared.dates.filter(|_| declared.revision.is_none());
        match (as_of, dates) {
            (None, None) => Ok(Node::Lookup { object, key: values.into(), waits }),
            (Some(AsOf { at_most_days: Some(_), .. }), Some(dates)) if dates.ends != LinkedEnds::Next => {
                Err(self.error(expr, format!("rows of `{name}` do not grow old: they end by themselves")))
            }
            (Some(as_of), Some(_)) => {
                let day = self.expect(&as_of.day, "a date", |form| form == Form::Date)?;
                let (key, at_most_days) = (values.into(), as_of.at_most_days);
                Ok(Node::LookupAsOf(Box::new(LinkedAsOf { object, key, day, at_most_days, waits })))
            }
            (None, Some(_)) => Err(self.error(expr, format!("`{name}` is dated and looked up without a day"))),
            (Some(_), None) => Err(self.error(expr, format!("`{name}` is not dated and looked up as of a day"))),
        }
    }

    /// An entity and the form of its identifier; entities with several key fields have none.
    fn identifier(&self, expr: &Expr, system: &str, name: &str) -> Linked<(EntityIx, Form)> {
        let ix = self
            .program
            .entity_ix(system, name)
            .ok_or_else(|| self.error(expr, format!("there is no entity `{system}.{name}`")))?;
        let entity = self.program.entity(ix);
        match entity.key.as_slice() {
            [key] => entity.fields.get(*key).map(|field| (ix, field.shape.form)),
            _ => None,
        }
        .ok_or_else(|| self.error(expr, format!("`{system}.{name}` is not identified by one field")))
    }

    fn code(&self, expr: &Expr, shape: Shape, name: &str, direction: Direction, value: &Expr) -> Linked<Node> {
        let ix: Option<CodesIx> = self.program.codes_names.get(name).copied();
        let ix = ix.ok_or_else(|| self.error(expr, format!("there is no code table `{name}`")))?;
        let codes = self.program.codes_at(ix);
        let (from, to) = match direction {
            Direction::In => (codes.code, codes.target),
            Direction::Out => (codes.target, codes.code),
        };
        self.read(expr, shape, Some(to))?;
        let value = Box::new(self.coerced(value, from)?);
        Ok(match direction {
            Direction::In => Node::CodeIn { codes: ix, value },
            Direction::Out => Node::CodeOut { codes: ix, value },
        })
    }

    fn choice(
        &self,
        expr: &Expr,
        shape: Shape,
        subject: &Expr,
        arms: &[Arm],
        otherwise: Option<&Expr>,
    ) -> Linked<Node> {
        let subject = self.link(subject)?;
        let arms = arms
            .iter()
            .map(|arm| {
                let values = arm
                    .values
                    .iter()
                    .map(|value| self.literal(expr, value, unbounded(subject.shape.form)))
                    .collect::<Linked<_>>()?;
                Ok(LinkedArm { values, result: self.arm(&arm.result, shape)? })
            })
            .collect::<Linked<_>>()?;
        let otherwise = otherwise.map(|otherwise| self.arm(otherwise, shape).map(Box::new)).transpose()?;
        Ok(Node::Match { subject: Box::new(subject), arms, otherwise })
    }

    fn arm(&self, result: &Expr, shape: Shape) -> Linked<LinkedExpr> {
        Ok(self.observed(result, PointKind::Arm, self.bounded(result, shape)?))
    }

    fn part(&self, part: &TextPart) -> Linked<LinkedPart> {
        Ok(match part {
            TextPart::Text(written) => LinkedPart::Text(text::normalised(written)),
            TextPart::Value(value) => LinkedPart::Value(self.link(value)?),
        })
    }
}

/// The value as a place of this shape takes it. The plan converts where the compiler saw the need; a value of a wider type than
/// its place is converted here, so that nothing too large gets there.
fn guarded(value: LinkedExpr, place: Shape) -> LinkedExpr {
    let fits = match (value.shape.form, place.form) {
        (Form::Text { .. }, Form::Text { max: None }) => true,
        (Form::Text { max: Some(a) }, Form::Text { max: Some(b) }) => a <= b,
        (a, b) if a.is_number() && b.is_number() => {
            let fixed = |form| if let Form::Money { fixed, .. } = form { fixed } else { None };
            a.precision() <= b.precision() && (fixed(b).is_none() || fixed(a) == fixed(b))
        }
        (a, b) => a == b,
    };
    if fits { value } else { LinkedExpr::new(place, Node::Convert { value: Box::new(value), currency: None }) }
}

/// The constant 0 in a form. Where the currency is found by a path it has none yet; whatever it meets gives it one.
const fn zero(form: Form) -> Value {
    match form {
        Form::Money { fixed: Some(currency), .. } => Value::Money(0, currency),
        _ => Value::Decimal(0),
    }
}

/// The form without a bound on digits: what a value is compared with may be out of its reach.
const fn unbounded(form: Form) -> Form {
    match form {
        Form::Decimal { scale, .. } => Form::Decimal { precision: 38, scale },
        Form::Money { scale, fixed, .. } => Form::Money { precision: 38, scale, fixed },
        other => other,
    }
}
