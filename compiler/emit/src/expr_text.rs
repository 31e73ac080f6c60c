//! Expressions of the plan as text, in the words of the language.
//!
//! Conversions that the compiler inserted are not shown: the text is what a person would write. Parentheses stand where the
//! binding of the operators needs them, and nowhere else. From weakest to strongest: `round(…) else …`, `or`, `and`, `not`,
//! comparisons with `in` and `is`, `??` (groups to the right), `+ -`, `*`, unary `-`.

use crate::names::quoted;
use syncline_ir::{Arm, Comparison, Expr, Function, Kind, Literal, Op, Rounding, TextPart, Type};

/// How strongly an expression holds together; an operand weaker than its place is put in parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Weakest,
    Or,
    And,
    Not,
    Compare,
    Coalesce,
    Sum,
    Product,
    Sign,
    Whole,
}

/// The expression on one line.
#[must_use]
pub fn render_expr(expr: &Expr) -> String {
    let mut out = String::new();
    write(expr, Binding::Weakest, &mut out);
    out
}

/// Longest text that [`render_expr_lines`] leaves on one line.
const WIDTH: usize = 72;

/// The expression on one line, or, when that is long and it is a `match`, an `and` or an `or`, with each part on its own.
#[must_use]
pub fn render_expr_lines(expr: &Expr) -> String {
    let line = render_expr(expr);
    if line.chars().count() <= WIDTH {
        return line;
    }
    match &visible(expr).op {
        Op::Match { subject, arms, otherwise } => {
            let arms: Vec<String> =
                match_arms(subject, arms, otherwise.as_deref()).iter().map(|arm| format!("  {arm}\n")).collect();
            format!("match {} {{\n{}}}", render_expr(subject), arms.concat())
        }
        Op::And { all } => joined(all, "\n  and ", Binding::Not),
        Op::Or { any } => joined(any, "\n  or ", Binding::And),
        _ => line,
    }
}

/// The expression without the conversions around it.
fn visible(expr: &Expr) -> &Expr {
    match &expr.op {
        Op::Convert { value, .. } => visible(value),
        _ => expr,
    }
}

fn write(expr: &Expr, place: Binding, out: &mut String) {
    let expr = visible(expr);
    if binding(expr) < place {
        out.push('(');
        write_bare(expr, out);
        out.push(')');
    } else {
        write_bare(expr, out);
    }
}

fn binding(expr: &Expr) -> Binding {
    match &expr.op {
        Op::Divide { otherwise: Some(_), .. } => Binding::Weakest,
        // A field would be read as one of the day.
        Op::Lookup { as_of: Some(_), .. } => Binding::Sign,
        Op::Or { any } if any.len() > 1 => Binding::Or,
        Op::And { all } if all.len() > 1 => Binding::And,
        Op::Or { any: parts } | Op::And { all: parts } => {
            parts.first().map_or(Binding::Whole, |part| binding(visible(part)))
        }
        Op::Not { value } if matches!(visible(value).op, Op::IsKnown { .. }) => Binding::Compare,
        Op::Not { .. } => Binding::Not,
        Op::Compare { .. } | Op::In { .. } | Op::IsKnown { .. } => Binding::Compare,
        Op::Coalesce { .. } => Binding::Coalesce,
        Op::Add { .. } | Op::Subtract { .. } => Binding::Sum,
        Op::Multiply { .. } => Binding::Product,
        Op::Negate { .. } => Binding::Sign,
        Op::Literal { value: Literal::Decimal(digits) | Literal::Money { amount: digits, .. } }
            if digits.starts_with('-') =>
        {
            Binding::Sign
        }
        _ => Binding::Whole,
    }
}

fn write_bare(expr: &Expr, out: &mut String) {
    match &expr.op {
        Op::Literal { value } => out.push_str(&literal(value, &expr.ty)),
        Op::Field { field } => out.push_str(&quoted(field)),
        Op::Let { name } => out.push_str(&quoted(name)),
        Op::Own => out.push_str("self"),
        Op::Origin => out.push_str("origin"),
        Op::Follow { base, field, .. } => {
            write(base, Binding::Whole, out);
            out.push('.');
            out.push_str(&quoted(field));
        }
        Op::Lookup { object, key, as_of, .. } => {
            let key: Vec<String> = key
                .iter()
                .map(|argument| format!("{}: {}", quoted(&argument.field), render_expr(&argument.value)))
                .collect();
            out.push_str(&format!("{}[{}]", quoted(object), key.join(", ")));
            if let Some(as_of) = as_of {
                out.push_str(" as of ");
                write(&as_of.day, Binding::Whole, out);
                if let Some(days) = as_of.at_most_days {
                    out.push_str(&format!(" at most {days}d old"));
                }
            }
        }
        Op::Version { base, as_of, .. } => {
            out.push('(');
            write(base, Binding::Whole, out);
            match as_of {
                Some(day) => {
                    out.push_str(" as of ");
                    write(day, Binding::Whole, out);
                }
                None => out.push_str(" at baseline"),
            }
            out.push(')');
        }
        Op::Crosswalk { object, system, entity, id, .. } => {
            out.push_str(&format!("{}[{}.{}: {}]", quoted(object), quoted(system), quoted(entity), render_expr(id)));
        }
        Op::ForeignId { system, entity, record } => {
            out.push_str(&format!("{}.{}[{}]", quoted(system), quoted(entity), render_expr(record)))
        }
        Op::Code { codes, value, .. } => out.push_str(&format!("{}[{}]", quoted(codes), render_expr(value))),
        Op::Negate { value } => {
            out.push('-');
            write(value, Binding::Whole, out);
        }
        Op::Add { left, right } => write_pair(left, "+", right, (Binding::Sum, Binding::Product), out),
        Op::Subtract { left, right } => write_pair(left, "-", right, (Binding::Sum, Binding::Product), out),
        Op::Multiply { left, right } => write_pair(left, "*", right, (Binding::Product, Binding::Sign), out),
        Op::Compare { comparison, left, right } => {
            write_pair(left, sign(*comparison), right, (Binding::Coalesce, Binding::Coalesce), out)
        }
        Op::Coalesce { value, otherwise } => write_pair(value, "??", otherwise, (Binding::Sum, Binding::Coalesce), out),
        Op::Divide { left, right, mode, otherwise } => {
            out.push_str("round(");
            write_pair(left, "/", right, (Binding::Product, Binding::Sign), out);
            out.push_str(&format!(", {}, {})", expr.ty.scale(), rounding(*mode)));
            if let Some(otherwise) = otherwise {
                out.push_str(" else ");
                write(otherwise, Binding::Or, out);
            }
        }
        Op::Round { value, mode } => {
            out.push_str(&format!("round({}, {}, {})", render_expr(value), expr.ty.scale(), rounding(*mode)))
        }
        Op::RoundCurrency { value, currency, mode } => {
            out.push_str(&format!("round({}, {}, {})", render_expr(value), render_expr(currency), rounding(*mode)));
        }
        Op::Exchange { value, currency, rate, mode } => {
            // Which field of the row is the rate goes without saying.
            let row = match &visible(rate).op {
                Op::Follow { base, .. } => base,
                _ => rate,
            };
            let parts = [value, currency, row].map(|part| render_expr(part));
            out.push_str(&format!("convert({}, {})", parts.join(", "), rounding(*mode)));
        }
        Op::Convert { value, .. } => write(value, Binding::Weakest, out),
        Op::In { value, set } => {
            write(value, Binding::Coalesce, out);
            let set: Vec<String> = set.iter().map(|member| literal(member, &value.ty)).collect();
            out.push_str(&format!(" in {{ {} }}", set.join(", ")));
        }
        Op::IsKnown { value } => {
            write(value, Binding::Coalesce, out);
            out.push_str(" is known");
        }
        Op::And { all } => {
            out.push_str(&if all.is_empty() { "true".to_owned() } else { joined(all, " and ", Binding::Not) })
        }
        Op::Or { any } => {
            out.push_str(&if any.is_empty() { "false".to_owned() } else { joined(any, " or ", Binding::And) })
        }
        Op::Not { value } => write_not(value, out),
        Op::Match { subject, arms, otherwise } => {
            out.push_str(&format!(
                "match {} {{ {} }}",
                render_expr(subject),
                match_arms(subject, arms, otherwise.as_deref()).join("; ")
            ));
        }
        Op::Call { function, arguments } => write_call(*function, arguments, &expr.ty, out),
        Op::Text { parts } => out.push_str(&interpolated(parts)),
    }
}

fn write_pair(left: &Expr, sign: &str, right: &Expr, places: (Binding, Binding), out: &mut String) {
    write(left, places.0, out);
    out.push_str(&format!(" {sign} "));
    write(right, places.1, out);
}

fn write_not(value: &Expr, out: &mut String) {
    if let Op::IsKnown { value } = &visible(value).op {
        write(value, Binding::Coalesce, out);
        out.push_str(" is unknown");
    } else {
        out.push_str("not ");
        write(value, Binding::Not, out);
    }
}

fn write_call(function: Function, arguments: &[Expr], ty: &Type, out: &mut String) {
    let mut arguments: Vec<String> = arguments.iter().map(render_expr).collect();
    if function == Function::Decimal && arguments.len() == 1 {
        arguments.extend([ty.precision().to_string(), ty.scale().to_string()]);
    }
    out.push_str(&format!("{}({})", function_name(function), arguments.join(", ")));
}

/// Parts with `separator` between them, each in parentheses where weaker than `place`; one part alone is itself.
fn joined(parts: &[Expr], separator: &str, place: Binding) -> String {
    let place = if parts.len() > 1 { place } else { Binding::Weakest };
    let mut out = String::new();
    for (position, part) in parts.iter().enumerate() {
        if position > 0 {
            out.push_str(separator);
        }
        write(part, place, &mut out);
    }
    out
}

fn match_arms(subject: &Expr, arms: &[Arm], otherwise: Option<&Expr>) -> Vec<String> {
    let mut lines: Vec<String> = arms
        .iter()
        .map(|arm| {
            let values: Vec<String> = arm.values.iter().map(|value| literal(value, &subject.ty)).collect();
            format!("{} => {}", values.join(", "), render_expr(&arm.result))
        })
        .collect();
    lines.extend(otherwise.map(|result| format!("else => {}", render_expr(result))));
    lines
}

fn literal(value: &Literal, ty: &Type) -> String {
    match value {
        Literal::Null => "null".to_owned(),
        Literal::Bool(value) => value.to_string(),
        Literal::Decimal(digits) => match &ty.kind {
            // Zero is zero in every unit; the language asks for none there.
            Kind::Decimal { unit: Some(unit), .. } if digits.chars().any(|digit| ('1'..='9').contains(&digit)) => {
                format!("{digits} {unit}")
            }
            _ => digits.clone(),
        },
        Literal::Money { amount, currency } => format!("{amount} {currency}"),
        Literal::Text(text) => format!("\"{}\"", escaped(text)),
        Literal::Date(text) | Literal::Instant(text) | Literal::Currency(text) => text.clone(),
        Literal::Enum(name) => quoted(name),
    }
}

fn interpolated(parts: &[TextPart]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| match part {
            TextPart::Text(text) => escaped(text),
            TextPart::Value(value) => format!("{{{}}}", render_expr(value)),
        })
        .collect();
    format!("\"{}\"", parts.concat())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('{', "{{").replace('}', "}}")
}

const fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "==",
        Comparison::NotEqual => "!=",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

const fn rounding(mode: Rounding) -> &'static str {
    match mode {
        Rounding::HalfEven => "half_even",
        Rounding::HalfUp => "half_up",
        Rounding::HalfDown => "half_down",
        Rounding::Up => "up",
        Rounding::Down => "down",
        Rounding::Ceiling => "ceiling",
        Rounding::Floor => "floor",
    }
}

const fn function_name(function: Function) -> &'static str {
    match function {
        Function::Truncate => "truncate",
        Function::Upper => "upper",
        Function::Lower => "lower",
        Function::Trim => "trim",
        Function::Folded => "folded",
        Function::Length => "length",
        Function::StartsWith => "starts_with",
        Function::EndsWith => "ends_with",
        Function::Contains => "contains",
        Function::Replace => "replace",
        Function::Left => "left",
        Function::Right => "right",
        Function::Concat => "concat",
        Function::Text => "text",
        Function::Decimal => "decimal",
        Function::Int => "int",
        Function::Date => "date",
        Function::Min => "min",
        Function::Max => "max",
        Function::Abs => "abs",
        Function::DateOf => "date_of",
        Function::StartOf => "start_of",
        Function::Year => "year",
        Function::Month => "month",
        Function::Day => "day",
    }
}
