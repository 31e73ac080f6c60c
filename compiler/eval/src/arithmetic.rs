//! Evaluating numbers: sums, products, quotients, rounding, conversions.
//!
//! The result has exactly the scale of its type and at most its precision; more is the fault `value-too-large`. Money keeps its
//! currency through every operation, and two currencies never meet: `currency-mismatch`.

use crate::expr::Node;
use crate::fault::Reason;
use crate::{CurrencyCode, Evaluated, Fault, Form, Frame, LinkedExpr, Records, Value, digits, number, text, time};
use syncline_ir::Rounding;

/// A number at its static scale; the currency is none for plain numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amount {
    pub(crate) coefficient: i128,
    pub(crate) currency: Option<CurrencyCode>,
}

impl Amount {
    pub(crate) fn of(value: &Value) -> Evaluated<Self> {
        match value {
            Value::Decimal(coefficient) => Ok(Self { coefficient: *coefficient, currency: None }),
            Value::Money(coefficient, currency) => Ok(Self { coefficient: *coefficient, currency: Some(*currency) }),
            other => Err(Fault::ill_typed("a number", other)),
        }
    }

    /// As a value of this form, if it has room there.
    fn into_value(self, form: Form) -> Evaluated {
        if !number::fits(self.coefficient, form.precision()) {
            return Err(too_large(form));
        }
        Ok(match self.currency {
            Some(currency) if form.is_money() => Value::Money(self.coefficient, currency),
            _ => Value::Decimal(self.coefficient),
        })
    }
}

pub(crate) fn too_large(form: Form) -> Box<Fault> {
    let (precision, scale) = (form.precision(), form.scale());
    Fault::new(
        Reason::ValueTooLarge,
        format!("the result has more than {} digits before the point", precision.saturating_sub(scale)),
    )
}

pub(crate) fn mismatch(left: CurrencyCode, right: CurrencyCode) -> Box<Fault> {
    Fault::new(Reason::CurrencyMismatch, format!("amounts in {left} and {right} do not mix"))
}

/// The currency two operands have in common; a plain number has none and goes with any.
pub(crate) fn common(left: Option<CurrencyCode>, right: Option<CurrencyCode>) -> Evaluated<Option<CurrencyCode>> {
    match (left, right) {
        (Some(left), Some(right)) if left != right => Err(mismatch(left, right)),
        (left, right) => Ok(left.or(right)),
    }
}

/// A numeric operand, read in place where possible.
pub(crate) fn amount(expr: &LinkedExpr, frame: &Frame<'_>, records: &dyn Records) -> Evaluated<Amount> {
    match &expr.node {
        Node::Constant(value) => Amount::of(value),
        Node::Field(ix) => Amount::of(frame.field(*ix)?),
        _ => Amount::of(&crate::evaluate::evaluate(expr, frame, records)?),
    }
}

fn currency(expr: &LinkedExpr, frame: &Frame<'_>, records: &dyn Records) -> Evaluated<CurrencyCode> {
    match crate::evaluate::evaluate(expr, frame, records)? {
        Value::Currency(code) => Ok(code),
        other => Err(Fault::ill_typed("a currency", &other)),
    }
}

pub(crate) fn evaluate(expr: &LinkedExpr, frame: &Frame<'_>, records: &dyn Records) -> Evaluated {
    let form = expr.shape.form;
    let checked = |coefficient: Option<i128>, currency| match coefficient {
        Some(coefficient) => Amount { coefficient, currency }.into_value(form),
        None => Err(too_large(form)),
    };
    match &expr.node {
        Node::Negate(value) => {
            let value = amount(value, frame, records)?;
            checked(value.coefficient.checked_neg(), value.currency)
        }
        Node::Add { left, right, left_shift, right_shift } => {
            let (left, right) = (amount(left, frame, records)?, amount(right, frame, records)?);
            let shifted =
                (number::widen(left.coefficient, *left_shift), number::widen(right.coefficient, *right_shift));
            let (Some(a), Some(b)) = shifted else { return Err(too_large(form)) };
            checked(a.checked_add(b), common(left.currency, right.currency)?)
        }
        Node::Subtract { left, right, left_shift, right_shift } => {
            let (left, right) = (amount(left, frame, records)?, amount(right, frame, records)?);
            let shifted =
                (number::widen(left.coefficient, *left_shift), number::widen(right.coefficient, *right_shift));
            let (Some(a), Some(b)) = shifted else { return Err(too_large(form)) };
            checked(a.checked_sub(b), common(left.currency, right.currency)?)
        }
        Node::Multiply { left, right, shift } => {
            let (left, right) = (amount(left, frame, records)?, amount(right, frame, records)?);
            let product =
                left.coefficient.checked_mul(right.coefficient).and_then(|product| number::widen(product, *shift));
            checked(product, left.currency.or(right.currency))
        }
        Node::Divide { left, right, left_shift, right_shift, mode, otherwise } => {
            let (left, right) = (amount(left, frame, records)?, amount(right, frame, records)?);
            if right.coefficient == 0 {
                return match otherwise {
                    Some(otherwise) => crate::evaluate::evaluate(otherwise, frame, records),
                    None => Err(Fault::new(Reason::DivisionByZero, "the divisor is zero")),
                };
            }
            let shifted =
                (number::widen(left.coefficient, *left_shift), number::widen(right.coefficient, *right_shift));
            let (Some(a), Some(b)) = shifted else { return Err(too_large(form)) };
            // Money divided by money of one currency is a plain number.
            checked(number::divide(a, b, *mode), common(left.currency, right.currency)?)
        }
        Node::Round { value: operand, mode } => {
            let value = amount(operand, frame, records)?;
            checked(number::rescale(value.coefficient, operand.shape.form.scale(), form.scale(), *mode), value.currency)
        }
        Node::RoundCurrency { value: operand, currency: wanted, mode } => {
            let value = amount(operand, frame, records)?;
            let wanted = currency(wanted, frame, records)?;
            let common = common(value.currency, Some(wanted))?;
            round_to_minor_units(value.coefficient, operand.shape.form.scale(), wanted, form, *mode)
                .and_then(|rounded| checked(Some(rounded), common))
        }
        Node::Exchange { value: operand, currency: wanted, rate, mode } => {
            let value = amount(operand, frame, records)?;
            let wanted = currency(wanted, frame, records)?;
            let scale = operand.shape.form.scale();
            // Between equal currencies there is nothing to look up, and no table of rates has a row for them.
            let (product, scale) = if value.currency == Some(wanted) {
                (value.coefficient, scale)
            } else {
                let product = value.coefficient.checked_mul(amount(rate, frame, records)?.coefficient);
                (product.ok_or_else(|| too_large(form))?, scale.saturating_add(rate.shape.form.scale()))
            };
            round_to_minor_units(product, scale, wanted, form, *mode)
                .and_then(|rounded| checked(Some(rounded), Some(wanted)))
        }
        Node::Convert { value: operand, currency: wanted } => convert(expr, operand, wanted.as_deref(), frame, records),
        Node::AddDays { date, days, negative } => {
            let (date, days) = (crate::evaluate::evaluate(date, frame, records)?, amount(days, frame, records)?);
            let Value::Date(date) = date else { return Err(Fault::ill_typed("a date", &date)) };
            let days = i64::try_from(days.coefficient)
                .ok()
                .and_then(|days| if *negative { days.checked_neg() } else { Some(days) });
            let moved = days.and_then(|days| i64::from(date).checked_add(days)).and_then(time::in_range);
            moved.map(Value::Date).ok_or_else(crate::evaluate::outside_calendar)
        }
        Node::DaysBetween { left, right, shift } => {
            match (crate::evaluate::evaluate(left, frame, records)?, crate::evaluate::evaluate(right, frame, records)?)
            {
                (Value::Date(left), Value::Date(right)) => {
                    checked(number::widen(i128::from(left) - i128::from(right), *shift), None)
                }
                (Value::Date(_), other) | (other, _) => Err(Fault::ill_typed("a date", &other)),
            }
        }
        _ => Err(Fault::new(Reason::IllTyped, "this is no arithmetic")),
    }
}

/// Rounds to the currency's minor units and writes the result at the scale of `form`, which may have no room for them.
fn round_to_minor_units(
    coefficient: i128,
    scale: u8,
    currency: CurrencyCode,
    form: Form,
    mode: Rounding,
) -> Evaluated<i128> {
    let kept = currency.minor_units();
    let rounded = number::rescale(coefficient, scale, kept, mode).ok_or_else(|| too_large(form))?;
    number::rescale_exactly(rounded, kept, form.scale()).ok_or_else(|| {
        let shown = digits::show(rounded, kept);
        Fault::new(
            Reason::ValueTooLarge,
            format!("{shown} {currency} needs more than {} digits after the point", form.scale()),
        )
    })
}

fn convert(
    expr: &LinkedExpr,
    operand: &LinkedExpr,
    wanted: Option<&LinkedExpr>,
    frame: &Frame<'_>,
    records: &dyn Records,
) -> Evaluated {
    let form = expr.shape.form;
    let value = crate::evaluate::evaluate(operand, frame, records)?;
    match (&value, form) {
        (Value::Null, _) if expr.shape.optional => Ok(Value::Null),
        (Value::Null, _) => Err(Fault::required("a required value")),
        (Value::Text(found), Form::Text { max: Some(max) }) if !text::fits(found, max) => Err(Fault::new(
            Reason::ValueTooLarge,
            format!("the text has {} characters, more than {max}", text::length(found)),
        )),
        (Value::Decimal(_) | Value::Money(..), _) if form.is_number() => {
            let given = Amount::of(&value)?;
            let coefficient = number::rescale_exactly(given.coefficient, operand.shape.form.scale(), form.scale());
            let coefficient = coefficient.ok_or_else(|| {
                let shown = digits::show(given.coefficient, operand.shape.form.scale());
                Fault::new(
                    Reason::ValueTooLarge,
                    format!(
                        "{shown} needs more than {} digits after the point, or more digits than there are",
                        form.scale()
                    ),
                )
            })?;
            let set = match (form, wanted) {
                (Form::Money { fixed: Some(fixed), .. }, _) => Some(fixed),
                (_, Some(wanted)) => Some(currency(wanted, frame, records)?),
                _ => None,
            };
            match (given.currency, set) {
                (Some(given), Some(set)) if given != set => Err(currency_changed(given, set)),
                (given, set) => Amount { coefficient, currency: given.or(set) }.into_value(form),
            }
        }
        _ => Ok(value),
    }
}

pub(crate) fn currency_changed(given: CurrencyCode, set: CurrencyCode) -> Box<Fault> {
    Fault::new(Reason::CurrencyChanged, format!("the amount is in {given}, the currency here is {set}"))
}
