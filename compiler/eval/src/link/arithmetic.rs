//! Linking numbers: scales become shifts, and each operation is checked to have operands it can work on.
//!
//! Money goes with money. A plain number beside money is only ever the constant 0, which is an amount in every currency.

use super::Linked;
use super::expression::Scope;
use crate::expr::Node;
use crate::{Form, LinkedExpr, Shape, Value};
use syncline_ir::{Comparison, Expr, Op};

impl Scope<'_> {
    pub(super) fn arithmetic(&self, expr: &Expr, shape: Shape) -> Linked<Node> {
        match &expr.op {
            Op::Negate { value } => self
                .bounded(value, shape)
                .and_then(|value| self.number(expr, value))
                .map(|value| Node::Negate(Box::new(value))),
            Op::Add { left, right } if shape.form == Form::Date => self.days(left, right, false),
            Op::Subtract { left, right } if shape.form == Form::Date => self.days(left, right, true),
            Op::Subtract { left, right } if left.ty.kind == syncline_ir::Kind::Date => {
                let date = |form| form == Form::Date;
                let (left, right) = (self.expect(left, "a date", date)?, self.expect(right, "a date", date)?);
                let shift = self.shift(expr, 0, shape.form)?;
                Ok(Node::DaysBetween { left: Box::new(left), right: Box::new(right), shift })
            }
            Op::Add { left, right } => {
                let (left, right) = self.summands(expr, left, right, shape.form)?;
                let (left_shift, right_shift) = (
                    self.shift(expr, left.shape.form.scale(), shape.form)?,
                    self.shift(expr, right.shape.form.scale(), shape.form)?,
                );
                Ok(Node::Add { left: Box::new(left), right: Box::new(right), left_shift, right_shift })
            }
            Op::Subtract { left, right } => {
                let (left, right) = self.summands(expr, left, right, shape.form)?;
                let (left_shift, right_shift) = (
                    self.shift(expr, left.shape.form.scale(), shape.form)?,
                    self.shift(expr, right.shape.form.scale(), shape.form)?,
                );
                Ok(Node::Subtract { left: Box::new(left), right: Box::new(right), left_shift, right_shift })
            }
            Op::Multiply { left, right } => {
                let (left, right) = (self.numeric(left)?, self.numeric(right)?);
                let money = (left.shape.form.is_money(), right.shape.form.is_money());
                if money == (true, true) || shape.form.is_money() != (money.0 || money.1) {
                    return Err(self.error(expr, "a product has at most one amount of money, and then is one"));
                }
                let shift =
                    self.shift(expr, left.shape.form.scale().saturating_add(right.shape.form.scale()), shape.form)?;
                Ok(Node::Multiply { left: Box::new(left), right: Box::new(right), shift })
            }
            Op::Divide { left, right, mode, otherwise } => {
                let (left, right) = (self.numeric(left)?, self.numeric(right)?);
                let (dividend, divisor) = (left.shape.form, right.shape.form);
                if (divisor.is_money() && !dividend.is_money())
                    || shape.form.is_money() != (dividend.is_money() && !divisor.is_money())
                {
                    return Err(self.error(expr, "only money divided by a number is money"));
                }
                // The coefficient wanted is left · 10^k / right with k = s + s2 − s1; a negative k widens the divisor instead.
                let k = i16::from(shape.form.scale()) + i16::from(divisor.scale()) - i16::from(dividend.scale());
                let digits = |shift: i16| {
                    u8::try_from(shift.max(0)).map_err(|_| self.error(expr, "the quotient has too many digits"))
                };
                let otherwise =
                    otherwise.as_deref().map(|otherwise| self.bounded(otherwise, shape).map(Box::new)).transpose()?;
                Ok(Node::Divide {
                    left: Box::new(left),
                    right: Box::new(right),
                    left_shift: digits(k)?,
                    right_shift: digits(-k)?,
                    mode: *mode,
                    otherwise,
                })
            }
            Op::Round { value, mode } => {
                let value = self.numeric(value)?;
                if value.shape.form.is_money() != shape.form.is_money() {
                    return Err(self.error(expr, "rounding does not change what a number counts"));
                }
                Ok(Node::Round { value: Box::new(value), mode: *mode })
            }
            Op::RoundCurrency { value, currency, mode } => {
                let value = self.expect(value, "money", Form::is_money)?;
                let currency = self.expect(currency, "a currency", |form| form == Form::Currency)?;
                self.money(expr, shape)?;
                Ok(Node::RoundCurrency { value: Box::new(value), currency: Box::new(currency), mode: *mode })
            }
            Op::Exchange { value, currency, rate, mode } => {
                let value = self.expect(value, "money", Form::is_money)?;
                let currency = self.expect(currency, "a currency", |form| form == Form::Currency)?;
                let rate = self.expect(rate, "a plain number", |form| matches!(form, Form::Decimal { .. }))?;
                self.money(expr, shape)?;
                let (value, currency, rate) = (Box::new(value), Box::new(currency), Box::new(rate));
                Ok(Node::Exchange { value, currency, rate, mode: *mode })
            }
            Op::Convert { value, currency } => self.conversion(expr, shape, value, currency.as_deref()),
            _ => Err(self.error(expr, "this is no arithmetic")),
        }
    }

    pub(super) fn compare(&self, expr: &Expr, comparison: Comparison, left: &Expr, right: &Expr) -> Linked<Node> {
        let (left, right) = (self.link(left)?, self.link(right)?);
        let (a, b) = (left.shape.form, right.shape.form);
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let null = |side: &LinkedExpr| side.constant() == Some(&Value::Null);
        let comparable = if a.is_number() && b.is_number() {
            a.is_money() == b.is_money() || is_zero(&left) || is_zero(&right)
        } else {
            let ordered = matches!(a, Form::Date | Form::Instant);
            (a.represents(b) && (equality || ordered)) || (equality && (null(&left) || null(&right)))
        };
        if !comparable {
            return Err(self.error(expr, "these two values cannot be compared"));
        }
        let (left_shift, right_shift) = if a.is_number() && b.is_number() {
            (b.scale().saturating_sub(a.scale()), a.scale().saturating_sub(b.scale()))
        } else {
            (0, 0)
        };
        Ok(Node::Compare { comparison, left: Box::new(left), right: Box::new(right), left_shift, right_shift })
    }

    /// An operand which is a number or money.
    pub(super) fn numeric(&self, expr: &Expr) -> Linked<LinkedExpr> {
        self.expect(expr, "a number", Form::is_number)
    }

    fn number(&self, expr: &Expr, value: LinkedExpr) -> Linked<LinkedExpr> {
        if value.shape.form.is_number() { Ok(value) } else { Err(self.error(expr, "expected a number")) }
    }

    fn money(&self, expr: &Expr, shape: Shape) -> Linked<()> {
        if shape.form.is_money() { Ok(()) } else { Err(self.error(expr, "the result must be money")) }
    }

    fn summands(&self, expr: &Expr, left: &Expr, right: &Expr, result: Form) -> Linked<(LinkedExpr, LinkedExpr)> {
        let (left, right) = (self.numeric(left)?, self.numeric(right)?);
        let fits = |side: &LinkedExpr| side.shape.form.is_money() == result.is_money() || is_zero(side);
        if result.is_number() && fits(&left) && fits(&right) {
            Ok((left, right))
        } else {
            Err(self.error(expr, "money is added to money, numbers to numbers"))
        }
    }

    fn days(&self, date: &Expr, days: &Expr, negative: bool) -> Linked<Node> {
        let date = self.expect(date, "a date", |form| form == Form::Date)?;
        let linked = self.link(days)?;
        if !matches!(linked.shape.form, Form::Decimal { scale: 0, .. }) && !is_zero(&linked) {
            return Err(self.error(days, format!("expected a whole number of days, found `{}`", days.ty)));
        }
        Ok(Node::AddDays { date: Box::new(date), days: Box::new(linked), negative })
    }

    fn conversion(&self, expr: &Expr, shape: Shape, value: &Expr, currency: Option<&Expr>) -> Linked<Node> {
        let value = self.link(value)?;
        let from = value.shape.form;
        let known = match (from, shape.form) {
            (Form::Decimal { .. }, Form::Decimal { .. }) | (Form::Money { .. }, Form::Money { .. }) => true,
            (Form::Decimal { .. }, Form::Money { fixed, .. }) => {
                fixed.is_some() || currency.is_some() || is_zero(&value)
            }
            (from, to) => from.represents(to) || value.constant() == Some(&Value::Null),
        };
        if !known {
            return Err(self.error(expr, format!("there is no conversion to `{}` here", expr.ty)));
        }
        let currency = currency
            .map(|currency| self.expect(currency, "a currency", |form| form == Form::Currency).map(Box::new))
            .transpose()?;
        Ok(Node::Convert { value: Box::new(value), currency })
    }

    /// How many digits a number of this scale is moved to the left to get the scale of the result.
    pub(super) fn shift(&self, expr: &Expr, scale: u8, result: Form) -> Linked<u8> {
        result.scale().checked_sub(scale).ok_or_else(|| {
            self.error(expr, format!("`{}` has fewer digits after the point than its operands", expr.ty))
        })
    }
}

fn is_zero(expr: &LinkedExpr) -> bool {
    expr.constant() == Some(&Value::Decimal(0))
}
