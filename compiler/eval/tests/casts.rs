//! Reading source fields, and writing them back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use proptest::prelude::*;
use support::consulting::{entity, system};
use support::*;
use syncline_eval::{CurrencyCode, LinkedField, Program, Value, cast, show};
use syncline_ir::{Enumeration, Field, PercentForm, Type};

/// A program with one entity `psa.row` of these fields.
fn row_of(fields: Vec<Field>) -> Program {
    let mut plan = empty_plan();
    plan.enums = vec![Enumeration {
        name: "Status".into(),
        values: vec!["Saved".into(), "In Review".into()],
        doc: None,
        at: String::new(),
    }];
    let key = fields[0].name.clone();
    plan.systems = vec![system("psa", vec![entity("row", &[&key], fields)])];
    Program::link(&plan).unwrap()
}

fn read(program: &Program, texts: &[Option<&str>]) -> Vec<Result<Value, String>> {
    let entity = program.entity(program.entity_ix("psa", "row").unwrap());
    cast::row(program, entity, texts).into_iter().map(|cell| cell.map_err(|error| error.reason.to_string())).collect()
}

#[track_caller]
fn reads(ty: Type, percent: Option<PercentForm>, written: &str, expected: Result<Value, &str>) {
    let program = row_of(vec![Field { percent, ..declared("f", ty) }]);
    assert_eq!(read(&program, &[Some(written)]), [expected.map_err(String::from)], "{written:?}");
}

fn usd_code() -> CurrencyCode {
    CurrencyCode::new("USD").unwrap()
}

#[test]
fn numbers_are_digits_sign_and_point() {
    for (written, coefficient) in [
        ("8", 800),
        ("8.5", 850),
        ("-8.25", -825),
        ("+8.25", 825),
        ("0008.25", 825),
        ("8.2500000", 825),
        ("0", 0),
        ("-0.00", 0),
        ("9999.99", 999_999),
        ("000000009999.99", 999_999),
    ] {
        reads(decimal(6, 2), None, written, Ok(Value::Decimal(coefficient)));
    }
    for written in [
        "",
        " 8",
        "8 ",
        "8,5",
        "1,000.00",
        "1'000",
        "1e3",
        "8.",
        ".5",
        ".",
        "-",
        "+-8",
        "--8",
        "8.5.0",
        "0x10",
        "NaN",
        "inf",
        "٨",
        "８",
        "8.255",
        "8.2500001",
        "10000.555",
        "1_000",
        "−8",
    ] {
        reads(decimal(6, 2), None, written, Err("cast-failed"));
    }
    for written in ["10000", "10000.00", "-10000.00", "99999999999999999999999999999999999999999999999999999999999999"]
    {
        reads(decimal(6, 2), None, written, Err("value-too-large"));
    }
    let widest = "9".repeat(28);
    reads(decimal(28, 0), None, &widest, Ok(Value::Decimal(10i128.pow(28) - 1)));
    reads(decimal(28, 28), None, &format!("0.{widest}"), Ok(Value::Decimal(10i128.pow(28) - 1)));
    reads(decimal(18, 0), None, "7.0", Ok(Value::Decimal(7)));
    reads(decimal(18, 0), None, "7.5", Err("cast-failed"));
}

#[test]
fn percentages_are_fractions() {
    let percent = || decimal(9, 6);
    reads(percent(), Some(PercentForm::Points), "15", Ok(Value::Decimal(150_000)));
    reads(percent(), Some(PercentForm::Points), "12.3456", Ok(Value::Decimal(123_456)));
    reads(percent(), Some(PercentForm::Points), "12.34567", Err("cast-failed"));
    reads(percent(), Some(PercentForm::Points), "99999.9999", Ok(Value::Decimal(999_999_999)));
    reads(percent(), Some(PercentForm::Points), "100000", Err("value-too-large"));
    reads(percent(), Some(PercentForm::Fraction), "0.15", Ok(Value::Decimal(150_000)));
    reads(percent(), Some(PercentForm::Fraction), "0.1234567", Err("cast-failed"));
    let field = |percent| row_of(vec![Field { percent: Some(percent), ..declared("f", decimal(9, 6)) }]);
    for (form, written) in [(PercentForm::Points, "15.0000"), (PercentForm::Fraction, "0.150000")] {
        let program = field(form);
        let declared = &program.entities()[0].fields[0];
        assert_eq!(show::write(&Value::Decimal(150_000), declared, &program).as_deref(), Some(written));
    }
}

#[test]
fn other_types_are_read_to_the_letter() {
    reads(bool(), None, "true", Ok(Value::Bool(true)));
    reads(bool(), None, "false", Ok(Value::Bool(false)));
    for written in ["True", "TRUE", "1", "0", "yes", "t", "", " true"] {
        reads(bool(), None, written, Err("cast-failed"));
    }
    reads(date(), None, "2026-07-01", Ok(Value::Date(20_635)));
    reads(date(), None, "2026-7-1", Err("cast-failed"));
    reads(instant(), None, "1970-01-01T00:00:01Z", Ok(Value::Instant(1_000_000)));
    reads(instant(), None, "1970-01-01 00:00:01", Err("cast-failed"));
    reads(currency(), None, "USD", Ok(Value::Currency(usd_code())));
    for written in ["usd", "XYZ", "US", "$", ""] {
        reads(currency(), None, written, Err("cast-failed"));
    }
    reads(one_of("Status"), None, "In Review", Ok(Value::Enum(1)));
    for written in ["in review", "InReview", "Saved ", "1", ""] {
        reads(one_of("Status"), None, written, Err("cast-failed"));
    }
}

#[test]
fn text_is_normalised_and_counted_in_code_points() {
    reads(text_of(4), None, "", Ok(Value::text("")));
    reads(text_of(4), None, " a b", Ok(Value::text(" a b")));
    reads(text_of(4), None, "Zoë🙂", Ok(Value::text("Zoë🙂")));
    // Five code points as written, four in NFC.
    reads(text_of(4), None, "Zoe\u{308}🙂", Ok(Value::text("Zo\u{eb}🙂")));
    reads(text_of(4), None, "Zoë🙂!", Err("value-too-large"));
    reads(text(), None, &"x".repeat(100_000), Ok(Value::text(&"x".repeat(100_000))));
    // NFC only: compatibility characters stay.
    reads(text(), None, "ﬁ", Ok(Value::text("ﬁ")));
}

#[test]
fn null_is_no_text() {
    let program = row_of(vec![
        declared("a", text()),
        declared("b", optional(text())),
        declared("c", decimal(6, 2)),
        declared("d", optional(decimal(6, 2))),
    ]);
    let missing = || Err("required-missing".to_owned());
    assert_eq!(read(&program, &[None, None, None, None]), [missing(), Ok(Value::Null), missing(), Ok(Value::Null)]);
    // A row that is shorter than the entity lacks its last fields.
    assert_eq!(read(&program, &[Some("")]), [Ok(Value::text("")), Ok(Value::Null), missing(), Ok(Value::Null)]);
    assert_eq!(read(&program, &[Some("x"), Some(""), Some(""), Some("1")])[2], Err("cast-failed".to_owned()));
}

#[test]
fn money_finds_its_currency_in_the_row() {
    let amount = || declared("amount", optional(money_in("currency", 9, 2)));
    let program = row_of(vec![amount(), declared("currency", optional(currency())), declared("fee", usd(6, 2))]);
    let eur = CurrencyCode::new("EUR").unwrap();
    let fee = || Ok(Value::Money(150, usd_code()));
    assert_eq!(
        read(&program, &[Some("12.5"), Some("EUR"), Some("1.50")]),
        [Ok(Value::Money(1250, eur)), Ok(Value::Currency(eur)), fee()]
    );
    assert_eq!(
        read(&program, &[Some("12.5"), None, Some("1.50")]),
        [Err("required-missing".to_owned()), Ok(Value::Null), fee()]
    );
    assert_eq!(
        read(&program, &[Some("12.5"), Some("XX"), Some("1.50")]),
        [Err("cast-failed".to_owned()), Err("cast-failed".to_owned()), fee()]
    );
    assert_eq!(
        read(&program, &[None, Some("XX"), Some("1.50")]),
        [Ok(Value::Null), Err("cast-failed".to_owned()), fee()]
    );
    let fixed = &program.entities()[0].fields[2];
    assert_eq!(
        cast::read(Some("1.50"), fixed, Some(eur), &program).ok(),
        Some(Value::Money(150, usd_code())),
        "the currency of the type is the only one"
    );
    assert_eq!(
        read(&program, &[Some("x"), Some("EUR"), Some("1.50 USD")]),
        [Err("cast-failed".to_owned()), Ok(Value::Currency(eur)), Err("cast-failed".to_owned())]
    );
}

#[test]
fn messages_name_field_value_and_type() {
    let program = row_of(vec![declared("hours", decimal(6, 2)), declared("code", text_of(3))]);
    let entity = program.entity(program.entity_ix("psa", "row").unwrap());
    let messages = |row: &[Option<&str>]| {
        cast::row(&program, entity, row)
            .into_iter()
            .filter_map(|cell| cell.err().map(|error| error.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        messages(&[Some("eight"), Some("abcd")]),
        ["`hours` is `eight`, not of type `decimal(6, 2)`", "`code` has 4 characters, more than 3"]
    );
    assert_eq!(
        messages(&[Some("8.255"), None]),
        ["`hours` is `8.255`, with more than 2 digits after the point", "`code` is missing"]
    );
    assert_eq!(messages(&[Some("80000"), Some("")]), ["`hours` is `80000`, too large for `decimal(6, 2)`"]);
    assert_eq!(
        messages(&[Some(&"é".repeat(50)), Some("")]),
        [format!("`hours` is `{}…`, not of type `decimal(6, 2)`", "é".repeat(40))]
    );
}

fn field_of(program: &Program) -> &LinkedField {
    &program.entities()[0].fields[0]
}

fn written_and_read(ty: Type, percent: Option<PercentForm>, value: &Value, currency: Option<CurrencyCode>) -> Value {
    let program = row_of(vec![Field { percent, ..declared("f", ty) }]);
    let field = field_of(&program);
    let written = show::write(value, field, &program);
    cast::read(written.as_deref(), field, currency, &program).unwrap()
}

proptest! {
    /// Reading what was written gives the value back, for every type and scale.
    #[test]
    fn reading_inverts_writing(precision in 1u8..=28, scale in 0u8..=28, coefficient: i128, text in "\\PC*", days in -719_162i32..=2_932_896, micros in -62_135_596_800_000_000i64..=253_402_300_799_999_999) {
        let scale = scale.min(precision);
        let coefficient = coefficient % 10i128.pow(u32::from(precision));
        let number = Value::Decimal(coefficient);
        prop_assert_eq!(written_and_read(decimal(precision, scale), None, &number, None), number);
        let percent = Value::Decimal(coefficient % 1_000_000_000);
        prop_assert_eq!(written_and_read(decimal(9, 6), Some(PercentForm::Points), &percent, None), percent);
        let amount = Value::Money(coefficient, usd_code());
        prop_assert_eq!(written_and_read(usd(precision, scale), None, &amount, None), amount.clone());
        prop_assert_eq!(written_and_read(Type::required(syncline_ir::Kind::Date), None, &Value::Date(days), None), Value::Date(days));
        prop_assert_eq!(written_and_read(instant(), None, &Value::Instant(micros), None), Value::Instant(micros));
        let normal = Value::Text(syncline_eval::text::normalised(&text));
        prop_assert_eq!(written_and_read(syncline_ir::Type::required(syncline_ir::Kind::Text { max: None }), None, &normal, None), normal);
        prop_assert_eq!(written_and_read(optional(currency()), None, &Value::Null, None), Value::Null);
    }

    /// Reading never panics and never gives a number the type has no room for.
    #[test]
    fn reading_is_safe(written in "[-+]?[0-9]{0,40}\\.?[0-9]{0,40}|\\PC*", precision in 0u8..=38, scale in 0u8..=38) {
        if let Ok(coefficient) = syncline_eval::digits::read(&written, precision, scale) {
            prop_assert!(coefficient.unsigned_abs() < 10u128.pow(u32::from(precision)));
        }
        let _ = syncline_eval::time::read_instant(&written);
        let _ = syncline_eval::time::read_date(&written);
    }

    /// Folding twice changes nothing, and neither does changing case before.
    #[test]
    fn folding_is_idempotent(text in "\\PC*") {
        let once = syncline_eval::text::folded(&text);
        prop_assert_eq!(syncline_eval::text::folded(&once), once.clone());
        prop_assert_eq!(syncline_eval::text::folded(&format!("\t{text}  ")), once);
    }
}
