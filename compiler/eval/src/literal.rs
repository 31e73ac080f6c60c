//! Constants of the plan as values.

use crate::{CurrencyCode, Form, Program, Value, digits, text, time};
use syncline_ir::Literal;

/// The value of a constant of this form.
///
/// A plain number is also an amount where the form fixes the currency; where it does not, only 0 is one.
///
/// # Errors
/// A message for people, when the constant is not written as its form demands.
pub fn parse(literal: &Literal, form: Form, program: &Program) -> Result<Value, String> {
    let number = |written: &str, form: Form| {
        digits::read(written, form.precision(), form.scale())
            .map_err(|_| format!("`{written}` is no number with {} digits after the point", form.scale()))
    };
    let code =
        |written: &str| CurrencyCode::new(written).ok_or_else(|| format!("`{written}` is not a currency of ISO 4217"));
    match (literal, form) {
        (Literal::Null, _) => Ok(Value::Null),
        (Literal::Bool(value), Form::Bool) => Ok(Value::Bool(*value)),
        (Literal::Decimal(written), Form::Decimal { .. }) => number(written, form).map(Value::Decimal),
        (Literal::Decimal(written), Form::Money { fixed, .. }) => match (number(written, form)?, fixed) {
            (amount, Some(currency)) => Ok(Value::Money(amount, currency)),
            (0, None) => Ok(Value::Decimal(0)),
            _ => Err(format!("`{written}` has no currency")),
        },
        (Literal::Money { amount, currency }, Form::Money { fixed, .. }) => {
            let currency = code(currency)?;
            if fixed.is_some_and(|fixed| fixed != currency) {
                return Err(format!("`{amount} {currency}` is in another currency than its type"));
            }
            number(amount, form).map(|amount| Value::Money(amount, currency))
        }
        (Literal::Text(written), Form::Text { .. }) => Ok(Value::Text(text::normalised(written))),
        (Literal::Date(written), Form::Date) => {
            time::read_date(written).map(Value::Date).ok_or_else(|| format!("`{written}` is no date"))
        }
        (Literal::Instant(written), Form::Instant) => {
            time::read_instant(written).map(Value::Instant).ok_or_else(|| format!("`{written}` is no instant"))
        }
        (Literal::Currency(written), Form::Currency) => code(written).map(Value::Currency),
        (Literal::Enum(name), Form::Enum(ix)) => {
            let declared = program.enumeration(ix);
            declared.value(name).map(Value::Enum).ok_or_else(|| format!("`{}` has no value `{name}`", declared.name))
        }
        _ => Err("the constant is not of the type it stands for".to_owned()),
    }
}
