//! How expressions group: each is written out with all its parentheses.

use syncline_syntax::ast::{
    BinaryOperator, Expr, ExprKind, ItemKind, MapStatement, MatchPattern, Path, Text, TextPart, UnaryOperator,
    WhichVersion,
};
use syncline_syntax::{SyntaxErrorKind, parse_file};

/// The value of `x = …` and the kinds of errors in it.
fn parse(value: &str) -> (Expr, Vec<SyntaxErrorKind>) {
    let file = parse_file(&format!("map a -> b {{\n  x = {value}\n}}"));
    let errors = file.all_errors().iter().map(|error| error.kind).collect();
    let ItemKind::Map(map) = &file.items[0].item.kind else { panic!("{value}: no map") };
    assert_eq!(map.statements.len(), 1, "{value}");
    let MapStatement::Assign(assign) = &map.statements[0] else { panic!("{value}: {:?}", map.statements[0]) };
    (assign.value.clone(), errors)
}

fn shape(value: &str) -> String {
    let (expr, errors) = parse(value);
    assert_eq!(errors, [], "{value}");
    written(&expr)
}

fn path(path: &Path) -> String {
    path.names.iter().map(|name| name.text.as_str()).collect::<Vec<_>>().join(".")
}

fn text(text: &Text) -> String {
    let parts = text.parts.iter().map(|part| match part {
        TextPart::Plain(plain) => format!("'{plain}'"),
        TextPart::Field(field) => format!("<{}>", path(field)),
    });
    parts.collect()
}

fn list(exprs: &[Expr]) -> String {
    exprs.iter().map(written).collect::<Vec<_>>().join(", ")
}

fn written(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Number(number) => number.to_string(),
        ExprKind::Quantity { number, unit } => format!("<{} {}>", number.text, unit.text),
        ExprKind::Percent(number) => format!("<{number}%>"),
        ExprKind::Duration(duration) => format!("<{} {:?}>", duration.number, duration.unit),
        ExprKind::Date(date) => format!("<date {date}>"),
        ExprKind::Instant(instant) => format!("<instant {instant}>"),
        ExprKind::Text(value) => format!("<text {}>", text(value)),
        ExprKind::Bool(value) => format!("<{value}>"),
        ExprKind::Null => "<null>".to_owned(),
        ExprKind::SelfRef => "<self>".to_owned(),
        ExprKind::Path(value) => path(value),
        ExprKind::Field { base, names } => {
            let names: Vec<&str> = names.iter().map(|name| name.text.as_str()).collect();
            format!("({}).{}", written(base), names.join("."))
        }
        ExprKind::Version { base, which } => match which {
            WhichVersion::AsOf(as_of) => format!("{} @ {}", written(base), written(&as_of.day)),
            WhichVersion::Baseline(_) => format!("{} @ baseline", written(base)),
        },
        ExprKind::Lookup { object, keys, as_of } => {
            let keys: Vec<String> =
                keys.iter().map(|key| format!("{}: {}", path(&key.key), written(&key.value))).collect();
            let as_of = as_of.as_ref().map(|as_of| {
                let limit = as_of.at_most.as_ref().map(|limit| format!(" <= {} {:?}", limit.number, limit.unit));
                format!(" @ {}{}", written(&as_of.day), limit.unwrap_or_default())
            });
            format!("{}[{}]{}", path(object), keys.join(", "), as_of.unwrap_or_default())
        }
        ExprKind::Index { table, value } => format!("{}[{}]", path(table), written(value)),
        ExprKind::Call { function, arguments, otherwise } => {
            let otherwise = otherwise.as_ref().map(|value| format!(" else {}", written(value)));
            format!("{}({}){}", function.text, list(arguments), otherwise.unwrap_or_default())
        }
        ExprKind::Match { subject, arms } => {
            let arms = arms.iter().map(|arm| {
                let pattern = match &arm.pattern {
                    MatchPattern::Values(values) => list(values),
                    MatchPattern::Else(_) => "else".to_owned(),
                };
                format!("{pattern} => {}", written(&arm.value))
            });
            format!("match {} {{ {} }}", written(subject), arms.collect::<Vec<_>>().join("; "))
        }
        ExprKind::Unary { operator: UnaryOperator::Not, operand } => format!("(not {})", written(operand)),
        ExprKind::Unary { operator: UnaryOperator::Negate, operand } => format!("(-{})", written(operand)),
        ExprKind::Binary { operator, left, right } => {
            let sign = match operator {
                BinaryOperator::Or => "or",
                BinaryOperator::And => "and",
                BinaryOperator::Equal => "==",
                BinaryOperator::NotEqual => "!=",
                BinaryOperator::Less => "<",
                BinaryOperator::LessOrEqual => "<=",
                BinaryOperator::Greater => ">",
                BinaryOperator::GreaterOrEqual => ">=",
                BinaryOperator::Coalesce => "??",
                BinaryOperator::Add => "+",
                BinaryOperator::Subtract => "-",
                BinaryOperator::Multiply => "*",
                BinaryOperator::Divide => "/",
            };
            format!("({} {sign} {})", written(left), written(right))
        }
        ExprKind::In { value, set } => format!("({} in {{{}}})", written(value), list(set)),
        ExprKind::Is { value, known } => {
            format!("({} is {})", written(value), if *known { "known" } else { "unknown" })
        }
        ExprKind::Broken => "<broken>".to_owned(),
    }
}

#[test]
fn operators_bind_from_or_to_minus() {
    assert_eq!(shape("a or b and c"), "(a or (b and c))");
    assert_eq!(shape("a and b or c"), "((a and b) or c)");
    assert_eq!(shape("not a and b"), "((not a) and b)");
    assert_eq!(shape("not a == b"), "(not (a == b))");
    assert_eq!(shape("not not a"), "(not (not a))");
    assert_eq!(shape("a == b ?? c"), "(a == (b ?? c))");
    assert_eq!(shape("a ?? b ?? c"), "(a ?? (b ?? c))");
    assert_eq!(shape("a ?? b + c"), "(a ?? (b + c))");
    assert_eq!(shape("a - b - c"), "((a - b) - c)");
    assert_eq!(shape("a + b * c / d"), "(a + ((b * c) / d))");
    assert_eq!(shape("-a * b"), "((-a) * b)");
    assert_eq!(shape("a - -b"), "(a - (-b))");
    assert_eq!(shape("(a + b) * c"), "((a + b) * c)");
}

#[test]
fn tests_bind_like_comparisons() {
    assert_eq!(shape("a in { b, c } and d"), "((a in {b, c}) and d)");
    assert_eq!(shape("not a in { b }"), "(not (a in {b}))");
    assert_eq!(shape("a + b in { 1, -2, \"x\", E.y, 5 hour }"), "((a + b) in {1, (-2), <text 'x'>, E.y, <5 hour>})");
    assert_eq!(shape("a in { b,\n c,\n}"), "(a in {b, c})");
    assert_eq!(shape("a in {}"), "(a in {})");
    assert_eq!(shape("a is known and a > 5"), "((a is known) and (a > 5))");
    assert_eq!(shape("not a.b is unknown"), "(not (a.b is unknown))");
    assert_eq!(shape("a <= b and c != d or e >= f"), "(((a <= b) and (c != d)) or (e >= f))");
}

#[test]
fn literals_keep_their_digits() {
    assert_eq!(shape("200.0000"), "200.0000");
    assert_eq!(shape("1600.00 USD"), "<1600.00 USD>");
    assert_eq!(shape("24 hour"), "<24 hour>");
    assert_eq!(shape("12.50%"), "<12.50%>");
    assert_eq!(shape("15m"), "<15 Minute>");
    assert_eq!(shape("2d"), "<2 Day>");
    assert_eq!(shape("2026-01-31"), "<date 2026-01-31>");
    assert_eq!(shape("2026-01-31T10:00Z"), "<instant 2026-01-31T10:00Z>");
    assert_eq!(shape("2026-01-31T10:00:30.5+02:00"), "<instant 2026-01-31T10:00:30.5+02:00>");
    assert_eq!(shape("2026 - 01"), "(2026 - 01)");
    assert_eq!(shape("true"), "<true>");
    assert_eq!(shape("null ?? false"), "(<null> ?? <false>)");
}

#[test]
fn a_unit_is_never_a_reserved_word() {
    assert_eq!(shape("a > 5 and b"), "((a > 5) and b)");
    assert_eq!(shape("a > 5 or b < 6 hour"), "((a > 5) or (b < <6 hour>))");
    assert_eq!(shape("5 order"), "<5 order>");
}

#[test]
fn texts_interpolate_and_escape() {
    assert_eq!(shape(r#""{hours} of {project.code}""#), "<text <hours>' of '<project.code>>");
    assert_eq!(shape(r#""{{x}} \"q\" \\ {`Größe`}""#), "<text '{x} \"q\" \\ '<Größe>>");
    assert_eq!(shape(r#""a\n\tb""#), "<text 'a\n\tb'>");
    assert_eq!(shape("\"\""), "<text >");
    // Normal form C: an `e` and a combining acute accent are one character.
    assert_eq!(shape("\"e\u{301}\""), "<text '\u{E9}'>");
    assert_eq!(shape("`e\u{301}`"), "\u{E9}");
}

#[test]
fn lookups_and_fields() {
    assert_eq!(shape("project.contract.currency"), "project.contract.currency");
    assert_eq!(shape("self.a.b"), "(<self>).a.b");
    assert_eq!(shape("self"), "<self>");
    assert_eq!(shape("Employee[number: resource]"), "Employee[number: resource]");
    assert_eq!(shape("RateCard[project: p, category: c.d].rate.x"), "(RateCard[project: p, category: c.d]).rate.x");
    assert_eq!(shape("Project[psa.project: project]"), "Project[psa.project: project]");
    assert_eq!(shape("psa.project[p]"), "psa.project[p]");
    assert_eq!(shape("Role[a + 1]"), "Role[(a + 1)]");
    assert_eq!(shape("Card[\n  a: b,\n  c: d\n]"), "Card[a: b, c: d]");
}

#[test]
fn calls_and_their_else() {
    assert_eq!(shape("round(a / b, 2, half_even) else 0"), "round((a / b), 2, half_even) else 0");
    assert_eq!(shape("round(a / b, 2, up) else 0 + c"), "(round((a / b), 2, up) else 0 + c)");
    assert_eq!(shape("round(a / b, 2, up) else -x.y"), "round((a / b), 2, up) else (-x.y)");
    assert_eq!(shape("now()"), "now()");
    assert_eq!(shape("concat(a, min(b, c))"), "concat(a, min(b, c))");
}

#[test]
fn else_of_a_route_or_an_arm_is_none_of_a_call() {
    let file = parse_file(
        "map a -> b {\n  x = round(c / d, 2, up) else quarantine q r\n  y = round(c, 2, up) else quarantine\n}",
    );
    assert!(file.is_clean(), "{:?}", file.all_errors());
    let ItemKind::Map(map) = &file.items[0].item.kind else { panic!("a map") };
    let MapStatement::Assign(first) = &map.statements[0] else { panic!("an assignment") };
    assert_eq!(written(&first.value), "round((c / d), 2, up)");
    assert_eq!(first.route.as_ref().unwrap().queue.text, "q");
    // A field may be called `quarantine`.
    let MapStatement::Assign(second) = &map.statements[1] else { panic!("an assignment") };
    assert_eq!(written(&second.value), "round(c, 2, up) else quarantine");
    assert_eq!(
        shape("match a {\n  X => round(b / c, 2, up)\n  else => d\n}"),
        "match a { X => round((b / c), 2, up); else => d }"
    );
}

#[test]
fn match_takes_lists_of_values() {
    assert_eq!(
        shape("match a.b { A => x; B, C => y + 1; \"t\", -1 => z; else => null }"),
        "match a.b { A => x; B, C => (y + 1); <text 't'>, (-1) => z; else => <null> }"
    );
    assert_eq!(shape("match a { A => match b { B => c } }"), "match a { A => match b { B => c } }");
    assert_eq!(shape("1 + match a { A => b } * 2"), "(1 + (match a { A => b } * 2))");
}

#[test]
fn names_may_begin_like_words() {
    for name in ["android", "order", "nothing", "matched", "inner", "island", "truely", "selfish", "elsewhere"] {
        assert_eq!(shape(name), name);
        assert_eq!(shape(&format!("{name} + {name}.{name}")), format!("({name} + {name}.{name})"));
    }
}

#[test]
fn the_day_of_a_lookup_ends_before_an_operator() {
    assert_eq!(shape("R[p: a, c: b] as of d"), "R[p: a, c: b] @ d");
    assert_eq!(shape("R[p: a] as of d at most 4d old"), "R[p: a] @ d <= 4 Day");
    assert_eq!(shape("R[p: a] as of d + 1 day"), "(R[p: a] @ d + <1 day>)");
    assert_eq!(shape("R[p: a] as of (d + 1 day) at most 4d old"), "R[p: a] @ (d + <1 day>) <= 4 Day");
    assert_eq!(shape("R[p: a] as of e.day == x"), "(R[p: a] @ e.day == x)");
    assert_eq!(shape("(R[p: a] as of d).rate * 2"), "((R[p: a] @ d).rate * 2)");
    assert_eq!(shape("R[p: a] as of 2026-07-31"), "R[p: a] @ <date 2026-07-31>");
    assert_eq!(shape("R[p: a] as of date_of(t, \"Z\")"), "R[p: a] @ date_of(t, <text 'Z'>)");
}

#[test]
fn a_version_is_meant_in_parentheses() {
    assert_eq!(shape("(c as of d).price * 2"), "((c @ d).price * 2)");
    assert_eq!(shape("(a.b at baseline).price"), "(a.b @ baseline).price");
    assert_eq!(shape("(self as of (d - 1 day))"), "<self> @ (d - <1 day>)");
    assert_eq!(shape("(R[p: a] at baseline)"), "R[p: a] @ baseline");
    assert_eq!(shape("((R[p: a]) as of d)"), "R[p: a] @ d");
}

#[test]
fn what_is_no_expression_is_broken_alone() {
    let (expr, errors) = parse("a < b < c");
    assert_eq!(
        (written(&expr).as_str(), errors.as_slice()),
        ("((a < b) < c)", [SyntaxErrorKind::ChainedComparison].as_slice())
    );
    assert_eq!(shape("(a < b) == c"), "((a < b) == c)");
    for (value, kind) in [
        ("a b", SyntaxErrorKind::UnexpectedText),
        ("a +", SyntaxErrorKind::UnexpectedText),
        ("f(a", SyntaxErrorKind::UnclosedBracket),
        ("a.b(c)", SyntaxErrorKind::UnexpectedText),
        ("A[b, c]", SyntaxErrorKind::UnexpectedText),
        ("c as of d", SyntaxErrorKind::UnexpectedText),
        ("c at baseline", SyntaxErrorKind::UnexpectedText),
        ("(c at base)", SyntaxErrorKind::UnexpectedText),
        ("(c as of)", SyntaxErrorKind::UnexpectedText),
        ("(c as of d at baseline)", SyntaxErrorKind::UnexpectedText),
        ("A[b] as of d", SyntaxErrorKind::UnexpectedText),
        ("A[b: c] as of d at most 4d", SyntaxErrorKind::UnexpectedText),
        ("A[b: c] as d", SyntaxErrorKind::UnexpectedText),
        ("a == when", SyntaxErrorKind::ReservedName),
    ] {
        assert_eq!(parse(value).1, [kind], "{value}");
    }
}
