//! Expressions as text: each case is an expression of the plan and what a person would have written.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use syncline_emit::{render_expr, render_expr_lines};
use syncline_ir::{
    Arm, AsOf, Comparison, Direction, Expr, Function, KeyArgument, Kind, Literal, Op, Rounding, TextPart, Type,
};

fn of(op: Op) -> Expr {
    Expr { ty: Type::required(Kind::INT), op, at: None }
}

fn typed(precision: u8, scale: u8, unit: Option<&str>, op: Op) -> Expr {
    Expr { ty: Type::required(Kind::Decimal { precision, scale, unit: unit.map(str::to_owned) }), op, at: None }
}

fn field(name: &str) -> Expr {
    of(Op::Field { field: name.to_owned() })
}

fn boxed(name: &str) -> Box<Expr> {
    Box::new(field(name))
}

fn literal(value: Literal) -> Expr {
    of(Op::Literal { value })
}

fn add(left: Expr, right: Expr) -> Expr {
    of(Op::Add { left: Box::new(left), right: Box::new(right) })
}

fn subtract(left: Expr, right: Expr) -> Expr {
    of(Op::Subtract { left: Box::new(left), right: Box::new(right) })
}

fn multiply(left: Expr, right: Expr) -> Expr {
    of(Op::Multiply { left: Box::new(left), right: Box::new(right) })
}

fn negate(value: Expr) -> Expr {
    of(Op::Negate { value: Box::new(value) })
}

fn coalesce(value: Expr, otherwise: Expr) -> Expr {
    of(Op::Coalesce { value: Box::new(value), otherwise: Box::new(otherwise) })
}

fn compare(comparison: Comparison, left: Expr, right: Expr) -> Expr {
    of(Op::Compare { comparison, left: Box::new(left), right: Box::new(right) })
}

fn and(all: Vec<Expr>) -> Expr {
    of(Op::And { all })
}

fn or(any: Vec<Expr>) -> Expr {
    of(Op::Or { any })
}

fn not(value: Expr) -> Expr {
    of(Op::Not { value: Box::new(value) })
}

fn known(name: &str) -> Expr {
    of(Op::IsKnown { value: boxed(name) })
}

fn call(function: Function, arguments: Vec<Expr>) -> Expr {
    of(Op::Call { function, arguments })
}

fn convert(value: Expr) -> Expr {
    of(Op::Convert { value: Box::new(value), currency: None })
}

fn text(value: &str) -> Expr {
    literal(Literal::Text(value.to_owned()))
}

fn state(name: &str) -> Literal {
    Literal::Enum(name.to_owned())
}

fn divide(otherwise: Option<Expr>) -> Expr {
    let op = Op::Divide {
        left: Box::new(add(field("a"), field("b"))),
        right: Box::new(multiply(field("c"), field("d"))),
        mode: Rounding::HalfUp,
        otherwise: otherwise.map(Box::new),
    };
    typed(10, 2, None, op)
}

#[test]
fn parentheses_stand_where_binding_needs_them() {
    let (a, b, c) = (|| field("a"), || field("b"), || field("c"));
    let equal = |left, right| compare(Comparison::Equal, left, right);
    let cases = [
        (add(add(a(), b()), c()), "a + b + c"),
        (add(a(), add(b(), c())), "a + (b + c)"),
        (subtract(a(), subtract(b(), c())), "a - (b - c)"),
        (multiply(add(a(), b()), c()), "(a + b) * c"),
        (add(a(), multiply(b(), c())), "a + b * c"),
        (multiply(a(), multiply(b(), c())), "a * (b * c)"),
        (negate(add(a(), b())), "-(a + b)"),
        (negate(negate(a())), "-(-a)"),
        (multiply(negate(a()), b()), "-a * b"),
        (negate(literal(Literal::Decimal("-2".into()))), "-(-2)"),
        (coalesce(add(a(), b()), c()), "a + b ?? c"),
        (add(coalesce(a(), b()), c()), "(a ?? b) + c"),
        (coalesce(coalesce(a(), b()), c()), "(a ?? b) ?? c"),
        (coalesce(a(), coalesce(b(), c())), "a ?? b ?? c"),
        (compare(Comparison::GreaterOrEqual, coalesce(a(), b()), c()), "a ?? b >= c"),
        (equal(equal(a(), b()), c()), "(a == b) == c"),
        (and(vec![or(vec![a(), b()]), not(c())]), "(a or b) and not c"),
        (or(vec![and(vec![a(), b()]), c()]), "a and b or c"),
        (not(and(vec![a(), b()])), "not (a and b)"),
        (not(not(a())), "not not a"),
        (not(equal(a(), b())), "not a == b"),
        (and(vec![a()]), "a"),
        (not(and(vec![or(vec![a(), b()])])), "not (a or b)"),
        (and(vec![]), "true"),
        (or(vec![]), "false"),
        (not(convert(known("a"))), "a is unknown"),
        (and(vec![known("a"), b()]), "a is known and b"),
        (divide(None), "round((a + b) / (c * d), 2, half_up)"),
        (divide(Some(a())), "round((a + b) / (c * d), 2, half_up) else a"),
        (add(divide(Some(a())), b()), "(round((a + b) / (c * d), 2, half_up) else a) + b"),
        (multiply(convert(add(a(), b())), c()), "(a + b) * c"),
    ];
    for (expr, expected) in cases {
        assert_eq!(render_expr(&expr), expected);
    }
}

#[test]
fn records_are_read_as_they_are_written() {
    let lookup = |key: Vec<(&str, Expr)>| {
        let key = key.into_iter().map(|(field, value)| KeyArgument { field: field.to_owned(), value }).collect();
        of(Op::Lookup { object: "RateCard".into(), key, as_of: None, waits: true })
    };
    let follow = |base: Expr, field: &str| {
        of(Op::Follow { base: Box::new(base), object: "Project".into(), field: field.to_owned() })
    };
    let cases = [
        (follow(follow(field("project"), "client"), "currency"), "project.client.currency"),
        (
            follow(lookup(vec![("project", field("p")), ("Labour Category", field("c"))]), "rate"),
            "RateCard[project: p, `Labour Category`: c].rate",
        ),
        (
            of(Op::Crosswalk {
                object: "Project".into(),
                system: "psa".into(),
                entity: "project".into(),
                id: boxed("p"),
                waits: false,
            }),
            "Project[psa.project: p]",
        ),
        (
            of(Op::ForeignId { system: "psa".into(), entity: "project".into(), record: Box::new(of(Op::Own)) }),
            "psa.project[self]",
        ),
        (of(Op::Code { codes: "Role".into(), direction: Direction::In, value: boxed("role_code") }), "Role[role_code]"),
        (of(Op::Origin), "origin"),
        (of(Op::Let { name: "net".into() }), "net"),
        (field("Billable Hours"), "`Billable Hours`"),
        (field("when"), "`when`"),
        (follow(coalesce(field("a"), field("b")), "x"), "(a ?? b).x"),
    ];
    for (expr, expected) in cases {
        assert_eq!(render_expr(&expr), expected);
    }
}

#[test]
fn constants_keep_their_units_and_escapes() {
    let cases = [
        (typed(2, 0, Some("hour"), Op::Literal { value: Literal::Decimal("24".into()) }), "24 hour"),
        (typed(3, 2, Some("hour"), Op::Literal { value: Literal::Decimal("0.00".into()) }), "0.00"),
        (literal(Literal::Money { amount: "1600.00".into(), currency: "USD".into() }), "1600.00 USD"),
        (literal(Literal::Null), "null"),
        (literal(Literal::Bool(true)), "true"),
        (literal(Literal::Date("2026-01-31".into())), "2026-01-31"),
        (literal(Literal::Instant("2026-01-31T10:00:00Z".into())), "2026-01-31T10:00:00Z"),
        (literal(Literal::Currency("EUR".into())), "EUR"),
        (literal(state("on hold")), "`on hold`"),
        (text("a \"b\" {c} \\ \n"), "\"a \\\"b\\\" {{c}} \\\\ \\n\""),
        (
            of(Op::Text { parts: vec![TextPart::Value(field("hours")), TextPart::Text(" {h} on one day".into())] }),
            "\"{hours} {{h}} on one day\"",
        ),
        (
            of(Op::In { value: boxed("state"), set: vec![state("approved"), state("rejected")] }),
            "state in { approved, rejected }",
        ),
    ];
    for (expr, expected) in cases {
        assert_eq!(render_expr(&expr), expected);
    }
}

#[test]
fn functions_have_their_names_and_arguments() {
    let cases = [
        (call(Function::DateOf, vec![field("t"), text("America/New_York")]), "date_of(t, \"America/New_York\")"),
        (typed(9, 2, None, Op::Call { function: Function::Decimal, arguments: vec![field("t")] }), "decimal(t, 9, 2)"),
        (call(Function::StartsWith, vec![field("t"), text("x")]), "starts_with(t, \"x\")"),
        (call(Function::Min, vec![add(field("a"), field("b")), field("c")]), "min(a + b, c)"),
        (typed(8, 3, None, Op::Round { value: boxed("x"), mode: Rounding::Ceiling }), "round(x, 3, ceiling)"),
        (
            of(Op::RoundCurrency {
                value: Box::new(multiply(field("h"), field("r"))),
                currency: boxed("currency"),
                mode: Rounding::HalfEven,
            }),
            "round(h * r, currency, half_even)",
        ),
        (
            of(Op::Exchange {
                value: boxed("fee"),
                currency: boxed("billed_in"),
                rate: Box::new(of(Op::Follow {
                    base: Box::new(of(Op::Lookup {
                        object: "FxRate".into(),
                        key: vec![KeyArgument { field: "base".into(), value: field("paid_in") }],
                        as_of: Some(AsOf { day: boxed("day"), at_most_days: Some(4) }),
                        waits: true,
                    })),
                    object: "FxRate".into(),
                    field: "rate".into(),
                })),
                mode: Rounding::HalfUp,
            }),
            "convert(fee, billed_in, FxRate[base: paid_in] as of day at most 4d old, half_up)",
        ),
    ];
    for (expr, expected) in cases {
        assert_eq!(render_expr(&expr), expected);
    }
}

fn choice(arms: Vec<(&[&str], &str)>) -> Expr {
    let arm = |(values, result): (&[&str], &str)| Arm {
        values: values.iter().map(|value| state(value)).collect(),
        result: literal(state(result)),
    };
    of(Op::Match {
        subject: boxed("status"),
        arms: arms.into_iter().map(arm).collect(),
        otherwise: Some(Box::new(literal(state("draft")))),
    })
}

#[test]
fn a_long_match_has_a_line_for_each_arm() {
    let short = choice(vec![(&["Saved", "New"], "draft")]);
    assert_eq!(render_expr_lines(&short), "match status { Saved, New => draft; else => draft }");
    let long = convert(choice(vec![(&["Submitted"], "submitted"), (&["Approved", "Accepted"], "approved")]));
    assert_eq!(
        render_expr(&long),
        "match status { Submitted => submitted; Approved, Accepted => approved; else => draft }"
    );
    assert_eq!(
        render_expr_lines(&long),
        "match status {\n  Submitted => submitted\n  Approved, Accepted => approved\n  else => draft\n}"
    );
    let conditions = and(vec![
        or(vec![known("a_rather_long_name_of_a_field"), known("b")]),
        known("another_rather_long_name"),
        known("c"),
    ]);
    assert_eq!(
        render_expr_lines(&conditions),
        "(a_rather_long_name_of_a_field is known or b is known)\n  and another_rather_long_name is known\n  and c is known"
    );
}

#[test]
fn arms_of_quantities_keep_their_units() {
    let hours = |digits: &str| Literal::Decimal(digits.to_owned());
    let subject = Box::new(typed(4, 2, Some("hour"), Op::Field { field: "hours".into() }));
    let expr = of(Op::Match {
        subject,
        arms: vec![Arm { values: vec![hours("8.00")], result: field("full") }],
        otherwise: None,
    });
    assert_eq!(render_expr(&expr), "match hours { 8.00 hour => full }");
}
