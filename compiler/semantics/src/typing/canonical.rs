//! Canonical texts of expressions: equal texts are equal values.
//!
//! They decide whether two currency paths are one, and name the paths of solver questions. A `let` stands for its value;
//! the key field of a looked-up record is the value it was looked up by.

use super::Scope;
use syncline_ir::{Expr, Op};

/// The canonical text of an expression.
pub(crate) fn text(expr: &Expr, scope: &Scope<'_>) -> String {
    text_with(expr, &|name| scope.bound(name).flatten())
}

/// As [`text`], with `lets` giving the value of each `let`.
pub(crate) fn text_with<'e>(expr: &'e Expr, lets: &dyn Fn(&str) -> Option<&'e Expr>) -> String {
    match &expr.op {
        Op::Field { field } => field.clone(),
        Op::Own => "self".to_owned(),
        Op::Let { name } => lets(name).map_or_else(|| format!("let {name}"), |value| text_with(value, lets)),
        Op::Follow { base, field, .. } => followed(base, field, lets),
        Op::Lookup { object, key, as_of, .. } => {
            let arguments: Vec<String> = key
                .iter()
                .map(|argument| format!("{}: {}", argument.field, text_with(&argument.value, lets)))
                .collect();
            let day = as_of.as_ref().map(|as_of| {
                let limit = as_of.at_most_days.map(|days| format!(" at most {days}d old"));
                format!(" as of ({}){}", text_with(&as_of.day, lets), limit.unwrap_or_default())
            });
            format!("{object}[{}]{}", arguments.join(", "), day.unwrap_or_default())
        }
        Op::Version { base, as_of, .. } => match as_of {
            Some(day) => format!("({} as of ({}))", text_with(base, lets), text_with(day, lets)),
            None => format!("({} at baseline)", text_with(base, lets)),
        },
        Op::Crosswalk { object, system, entity, id, .. } => {
            format!("{object}[{system}.{entity}: {}]", text_with(id, lets))
        }
        Op::Convert { value, .. } => text_with(value, lets),
        Op::Code { codes, value, .. } => format!("{codes}[{}]", text_with(value, lets)),
        other => by_structure(other),
    }
}

fn followed<'e>(base: &'e Expr, field: &str, lets: &dyn Fn(&str) -> Option<&'e Expr>) -> String {
    let mut resolved = base;
    while let Op::Let { name } = &resolved.op {
        match lets(name) {
            Some(value) => resolved = value,
            None => break,
        }
    }
    if let Op::Lookup { key, .. } = &resolved.op
        && let Some(argument) = key.iter().find(|argument| argument.field == field)
    {
        return text_with(&argument.value, lets);
    }
    if resolved.op == Op::Own {
        return field.to_owned();
    }
    format!("{}.{field}", text_with(resolved, lets))
}

/// The canonical path that leads from the record `base` refers to along `path`.
pub(crate) fn path_from(base: &Expr, path: &str, scope: &Scope<'_>) -> String {
    let lets = |name: &str| scope.bound(name).flatten();
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    // A path to a currency starts with a `fixed` field, which is the same in every version.
    let mut base = base;
    while let Op::Let { name } = &base.op {
        match lets(name) {
            Some(value) => base = value,
            None => break,
        }
    }
    if let Op::Version { base: reference, .. } = &base.op {
        base = reference;
    }
    let start = followed(base, first, &lets);
    match rest {
        None => start,
        Some(rest) => format!("{start}.{rest}"),
    }
}

/// Anything else by its structure; places do not count.
fn by_structure(op: &Op) -> String {
    format!("{:?}", Unplaced(op))
}

/// An operation without the places in it.
struct Unplaced<'a>(&'a Op);

impl std::fmt::Debug for Unplaced<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut op = self.0.clone();
        crate::walk::each_operand_mut(&mut op, &mut |expr| expr.at = None);
        write!(f, "{op:?}")
    }
}
