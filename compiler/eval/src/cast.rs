//! Reading source fields: from the text a system gives to a value of the field's type.
//!
//! Reading is strict and repairs nothing: what a person would have to interpret is `cast-failed`.
//! - `bool`: `true` or `false`.
//! - numbers: an optional sign, digits, and optionally a point and digits. No exponent, no separators, no blanks. Zeros at both
//!   ends count for nothing; other digits after the point beyond the scale are `cast-failed` (nothing is rounded), more digits
//!   before the point than the type has are `value-too-large`.
//! - `date`: `2026-01-31`; `instant`: `2026-01-31T10:00:00Z` or with an offset. See [`time`].
//! - enumerations: the name as written; `currency`: a code of ISO 4217 in capitals.
//! - text is brought to NFC and nothing else; longer than `text(n)` is `value-too-large`.
//! - money: the amount; its currency is the one of the type or the one found in the row.
//! - percentages `from points`: `15` is 0.15, so two digits fewer after the point.
//! - null for a required field is `required-missing`.

use crate::digits::DigitsError;
use crate::{CurrencyCode, Fault, Form, LinkedEntity, LinkedField, Program, Reason, Value, digits, text, time};
use syncline_ir::PercentForm;

/// A source field after reading.
pub type Cell = Result<Value, Box<CastError>>;

/// Why a source field cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CastError {
    /// `cast-failed`, `value-too-large` or `required-missing`.
    pub reason: Reason,
    /// What happened, for people.
    pub message: String,
    /// The field that failed, when this one fails because of it: an amount without its currency.
    pub because: Option<usize>,
}

/// Reads a source row: the text of each field of the entity, none for null. Missing cells are null.
#[must_use]
pub fn row(program: &Program, entity: &LinkedEntity, raw: &[Option<&str>]) -> Vec<Cell> {
    let at = |ix: usize| raw.get(ix).copied().flatten();
    let mut cells: Vec<Cell> = Vec::with_capacity(entity.fields.len());
    for (ix, field) in entity.fields.iter().enumerate() {
        cells.push(if field.currency.is_some() { Ok(Value::Null) } else { read(at(ix), field, None, program) });
    }
    // Amounts come second: their currencies may stand anywhere in the row.
    for (ix, field) in entity.fields.iter().enumerate() {
        if let Some(path) = &field.currency {
            let cell = amount(at(ix), field, path.first, cells.get(path.first), program);
            if let Some(slot) = cells.get_mut(ix) {
                *slot = cell;
            }
        }
    }
    cells
}

fn amount(text: Option<&str>, field: &LinkedField, source: usize, currency: Option<&Cell>, program: &Program) -> Cell {
    match (text, currency) {
        (None, _) => read(None, field, None, program),
        (_, Some(Ok(Value::Currency(code)))) => read(text, field, Some(*code), program),
        (_, Some(Err(error))) => Err(Box::new(CastError { because: Some(source), ..(**error).clone() })),
        _ => Err(failed(Reason::RequiredMissing, format!("`{}` has no currency", field.name))),
    }
}

/// Reads one field; `currency` is needed for `money in PATH` only.
///
/// # Errors
/// When the text is no value of the field's type.
pub fn read(text: Option<&str>, field: &LinkedField, currency: Option<CurrencyCode>, program: &Program) -> Cell {
    let Some(text) = text else {
        let missing = || failed(Reason::RequiredMissing, format!("`{}` is missing", field.name));
        return if field.shape.optional { Ok(Value::Null) } else { Err(missing()) };
    };
    let no = || {
        failed(
            Reason::CastFailed,
            format!("`{}` is `{}`, not of type `{}`", field.name, excerpt(text), field.described),
        )
    };
    match field.shape.form {
        Form::Text { max } => {
            let normal = text::normalised(text);
            match max {
                Some(max) if !text::fits(&normal, max) => {
                    let length = text::length(&normal);
                    Err(failed(
                        Reason::ValueTooLarge,
                        format!("`{}` has {length} characters, more than {max}", field.name),
                    ))
                }
                _ => Ok(Value::Text(normal)),
            }
        }
        Form::Bool => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(no()),
        },
        Form::Decimal { precision, scale } => number(text, field, precision, scale).map(Value::Decimal),
        Form::Money { precision, scale, fixed } => {
            let coefficient = number(text, field, precision, scale)?;
            let missing = || failed(Reason::RequiredMissing, format!("`{}` has no currency", field.name));
            fixed.or(currency).map(|currency| Value::Money(coefficient, currency)).ok_or_else(missing)
        }
        Form::Date => time::read_date(text).map(Value::Date).ok_or_else(no),
        Form::Instant => time::read_instant(text).map(Value::Instant).ok_or_else(no),
        Form::Currency => CurrencyCode::new(text).map(Value::Currency).ok_or_else(no),
        Form::Enum(ix) => program.enumeration(ix).value(text).map(Value::Enum).ok_or_else(no),
        // A system does not know the hub's identities.
        Form::Reference(_) => Err(no()),
    }
}

fn number(text: &str, field: &LinkedField, precision: u8, scale: u8) -> Result<i128, Box<CastError>> {
    // Points and fraction of one percentage have the same coefficient, two digits apart in scale.
    let scale = if field.percent == Some(PercentForm::Points) { scale.saturating_sub(2) } else { scale };
    digits::read(text, precision, scale).map_err(|error| match error {
        DigitsError::TooLarge => failed(
            Reason::ValueTooLarge,
            format!("`{}` is `{}`, too large for `{}`", field.name, excerpt(text), field.described),
        ),
        DigitsError::TooPrecise => failed(
            Reason::CastFailed,
            format!("`{}` is `{}`, with more than {scale} digits after the point", field.name, excerpt(text)),
        ),
        DigitsError::NotADecimal => failed(
            Reason::CastFailed,
            format!("`{}` is `{}`, not of type `{}`", field.name, excerpt(text), field.described),
        ),
    })
}

/// The fault of a failed `decimal(text)` or `int(text)`.
pub(crate) fn digits_fault(text: &str, error: DigitsError, form: Form) -> Box<Fault> {
    let text = excerpt(text);
    match error {
        DigitsError::TooLarge => Fault::new(
            Reason::ValueTooLarge,
            format!("`{text}` has more than {} digits before the point", form.precision().saturating_sub(form.scale())),
        ),
        DigitsError::TooPrecise => {
            Fault::new(Reason::CastFailed, format!("`{text}` has more than {} digits after the point", form.scale()))
        }
        DigitsError::NotADecimal => Fault::new(Reason::CastFailed, format!("`{text}` is no number")),
    }
}

fn failed(reason: Reason, message: String) -> Box<CastError> {
    Box::new(CastError { reason, message, because: None })
}

/// Enough of a text to recognise it in a message.
fn excerpt(text: &str) -> String {
    const SHOWN: usize = 40;
    let start = text::left(text, SHOWN);
    if start.len() == text.len() { start.to_owned() } else { format!("{start}…") }
}
