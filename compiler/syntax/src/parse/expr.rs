//! Expressions: pest finds operands and operators, its Pratt parser groups them.

use pest::pratt_parser::{Assoc, ConstPrattParser, Op};
use pest::pratt_precedence;
use smol_str::SmolStr;

use super::context::{Children, Context, duration_unit, range};
use super::grammar::{Pair, Rule};
use crate::ast::{
    AsOf, BinaryOperator, Duration, Expr, ExprKind, LookupKey, MatchArm, MatchPattern, Range, UnaryOperator,
    WhichVersion,
};
use crate::{SyntaxError, SyntaxErrorKind};

/// The most operations that may stand inside each other, so that later stages may recurse.
const MAX_OPERATIONS: u32 = 256;

/// Weakest first, see [`BinaryOperator`].
static OPERATORS: ConstPrattParser<Rule, 13> = ConstPrattParser::new_const(pratt_precedence![
    Op::infix(Rule::or_op, Assoc::Left),
    Op::infix(Rule::and_op, Assoc::Left),
    Op::prefix(Rule::not_op),
    Op::infix(Rule::compare_op, Assoc::Left) | Op::postfix(Rule::in_set) | Op::postfix(Rule::is_test),
    Op::infix(Rule::coalesce_op, Assoc::Right),
    Op::infix(Rule::add_op, Assoc::Left),
    Op::infix(Rule::multiply_op, Assoc::Left),
    Op::prefix(Rule::negate_op),
    Op::postfix(Rule::call) | Op::postfix(Rule::index) | Op::postfix(Rule::member),
]);

/// An expression and how many operations stand inside each other in it.
struct Built {
    expr: Expr,
    depth: u32,
}

impl Context<'_> {
    /// An expression from an `expr` node.
    pub(super) fn expr(&self, pair: Pair<'_>) -> Expr {
        self.built(pair).expr
    }

    fn too_deep(&self, place: Range) -> Expr {
        let message = format!("more than {MAX_OPERATIONS} operations stand inside each other");
        self.error(SyntaxErrorKind::TooDeep, place, message);
        Expr { kind: ExprKind::Broken, range: place }
    }

    fn built(&self, pair: Pair<'_>) -> Built {
        let place = range(&pair);
        let mut pairs = pair.into_inner();
        // Most expressions are one operand: they need no grouping.
        if pairs.len() == 1 {
            return pairs.next().map_or_else(|| broken(place), |operand| self.operand(operand));
        }
        // Grouping recurses once per operator, so it must not see too many of them.
        if pairs.len() > 4 * MAX_OPERATIONS as usize {
            return Built { expr: self.too_deep(place), depth: 0 };
        }
        let built = OPERATORS
            .map_primary(|operand| self.operand(operand))
            .map_prefix(|operator, operand| self.prefix(&operator, operand))
            .map_postfix(|operand, operator| self.postfix(operand, operator))
            .map_infix(|left, operator, right| self.infix(left, &operator, right))
            .parse(pairs);
        // Checked at each level, so that no tree ever gets too deep to be dropped.
        if built.depth > MAX_OPERATIONS {
            return Built { expr: self.too_deep(place), depth: 0 };
        }
        built
    }

    fn infix(&self, left: Built, pair: &Pair<'_>, right: Built) -> Built {
        let operator = match pair.as_str() {
            "or" => BinaryOperator::Or,
            "and" => BinaryOperator::And,
            "==" => BinaryOperator::Equal,
            "!=" => BinaryOperator::NotEqual,
            "<" => BinaryOperator::Less,
            "<=" => BinaryOperator::LessOrEqual,
            ">" => BinaryOperator::Greater,
            ">=" => BinaryOperator::GreaterOrEqual,
            "??" => BinaryOperator::Coalesce,
            "+" => BinaryOperator::Add,
            "-" => BinaryOperator::Subtract,
            "*" => BinaryOperator::Multiply,
            _ => BinaryOperator::Divide,
        };
        if pair.as_rule() == Rule::compare_op
            && self.slice(left.expr.range).as_bytes().first() != Some(&b'(')
            && is_comparison(&left.expr.kind)
        {
            let error = SyntaxError::new(
                SyntaxErrorKind::ChainedComparison,
                range(pair),
                format!("`{}` compares the outcome of another comparison", pair.as_str()),
            );
            self.report(error.with_help("write `a < b and b < c`"));
        }
        let place = left.expr.range.cover(right.expr.range);
        let depth = left.depth.max(right.depth) + 1;
        let kind = ExprKind::Binary { operator, left: Box::new(left.expr), right: Box::new(right.expr) };
        Built { expr: Expr { kind, range: place }, depth }
    }

    fn prefix(&self, pair: &Pair<'_>, operand: Built) -> Built {
        let operator = if pair.as_rule() == Rule::not_op { UnaryOperator::Not } else { UnaryOperator::Negate };
        let place = range(pair).cover(operand.expr.range);
        let kind = ExprKind::Unary { operator, operand: Box::new(operand.expr) };
        Built { expr: Expr { kind, range: place }, depth: operand.depth + 1 }
    }

    fn postfix(&self, operand: Built, pair: Pair<'_>) -> Built {
        let place = operand.expr.range.cover(range(&pair));
        let (kind, depth) = match pair.as_rule() {
            Rule::in_set => {
                let elements = pair.into_inner().filter(|child| !matches!(child.as_rule(), Rule::open | Rule::shut));
                let set = elements.map(|element| self.element(element)).collect();
                (ExprKind::In { value: Box::new(operand.expr), set }, operand.depth)
            }
            Rule::is_test => {
                let known = pair.into_inner().next().is_some_and(|word| word.as_str() == "known");
                (ExprKind::Is { value: Box::new(operand.expr), known }, operand.depth)
            }
            Rule::call => self.call(operand, pair),
            Rule::index => self.index(operand, pair),
            _ => {
                let mut names = self.path_names(pair.as_str().get(1..).unwrap_or_default(), range(&pair).start + 1);
                match operand.expr.kind {
                    ExprKind::Field { base, names: mut all } => {
                        all.append(&mut names);
                        (ExprKind::Field { base, names: all }, operand.depth)
                    }
                    _ => (ExprKind::Field { base: Box::new(operand.expr), names }, operand.depth),
                }
            }
        };
        Built { expr: Expr { kind, range: place }, depth: depth + 1 }
    }

    fn call(&self, operand: Built, pair: Pair<'_>) -> (ExprKind, u32) {
        let place = operand.expr.range;
        let mut arguments = Vec::new();
        let mut otherwise = None;
        let mut depth = 0;
        for inner in pair.into_inner().filter(|inner| inner.as_rule() != Rule::end_of_call) {
            let is_else = inner.as_rule() == Rule::call_else;
            let built = if is_else {
                inner.into_inner().next().map_or_else(|| broken(place), |value| self.built(value))
            } else {
                self.built(inner)
            };
            depth = depth.max(built.depth);
            if is_else {
                otherwise = Some(Box::new(built.expr));
            } else {
                arguments.push(built.expr);
            }
        }
        match operand.expr.kind {
            ExprKind::Path(path) if path.names.len() == 1 => match path.names.into_iter().next() {
                Some(function) => (ExprKind::Call { function, arguments, otherwise }, depth),
                None => (ExprKind::Broken, depth),
            },
            _ => {
                self.error(SyntaxErrorKind::UnexpectedText, place, "only the name of a function stands before `(`");
                (ExprKind::Broken, depth)
            }
        }
    }

    fn index(&self, operand: Built, pair: Pair<'_>) -> (ExprKind, u32) {
        let place = range(&pair);
        let mut keys = Vec::new();
        let mut values = Vec::new();
        let mut as_of = None;
        let mut depth = 0;
        for inner in pair.into_inner().filter(|inner| inner.as_rule() != Rule::end_of_index) {
            let inner_place = range(&inner);
            if inner.as_rule() == Rule::as_of {
                let (day, below) = self.as_of(inner);
                depth = depth.max(below);
                as_of = day;
                continue;
            }
            if inner.as_rule() == Rule::expr {
                let built = self.built(inner);
                depth = depth.max(built.depth);
                values.push(built.expr);
                continue;
            }
            let mut children = Children::of(inner);
            if let (Some(key), Some(value)) = (children.seek(Rule::path), children.seek(Rule::expr)) {
                let built = self.built(value);
                depth = depth.max(built.depth);
                keys.push(LookupKey { key: self.path(&key), value: built.expr, range: inner_place });
            }
        }
        let ExprKind::Path(path) = operand.expr.kind else {
            let message = "only the name of an object, an entity or a codes table stands before `[`";
            self.error(SyntaxErrorKind::UnexpectedText, operand.expr.range, message);
            return (ExprKind::Broken, depth);
        };
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (None, _) => (ExprKind::Lookup { object: path, keys, as_of }, depth),
            (Some(value), None) if keys.is_empty() => {
                if let Some(as_of) = as_of {
                    let message = "only a lookup by key is made as of a day";
                    let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, as_of.range, message);
                    self.report(error.with_help("name the key field: `RateCard[code: code] as of day`"));
                }
                (ExprKind::Index { table: path, value: Box::new(value) }, depth)
            }
            _ => {
                let message = "several values in brackets each say which key they are for";
                let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message);
                self.report(error.with_help("write `RateCard[project: project, category: category]`"));
                (ExprKind::Broken, depth)
            }
        }
    }

    /// The day of a lookup, and how deep its expression is.
    fn as_of(&self, pair: Pair<'_>) -> (Option<Box<AsOf>>, u32) {
        let place = range(&pair);
        let mut children = Children::of(pair);
        let Some(day) = children.seek(Rule::as_of_day) else { return (None, 0) };
        let day = self.built(day);
        let at_most = children.seek(Rule::at_most_old).and_then(|limit| Children::of(limit).seek(Rule::duration));
        let at_most = at_most.map(|duration| self.duration(&duration));
        (Some(Box::new(AsOf { day: day.expr, at_most, range: place })), day.depth)
    }

    fn operand(&self, pair: Pair<'_>) -> Built {
        let place = range(&pair);
        match pair.as_rule() {
            Rule::path => Built { expr: self.path_expr(&pair), depth: 1 },
            Rule::text => {
                let kind = ExprKind::Text(self.text_literal(pair));
                Built { expr: Expr { kind, range: place }, depth: 1 }
            }
            Rule::group => self.group(pair),
            Rule::match_block => self.match_block(pair),
            _ => Built { expr: self.literal(pair), depth: 1 },
        }
    }

    /// An expression in parentheses, or a version of what it stands for.
    fn group(&self, pair: Pair<'_>) -> Built {
        let place = range(&pair);
        let mut children = pair.into_inner();
        let Some(inner) = children.next() else { return broken(place) };
        let mut built = self.built(inner);
        for child in children {
            let which = match child.as_rule() {
                Rule::as_of => {
                    let (day, depth) = self.as_of(child);
                    built.depth = built.depth.max(depth);
                    day.map(WhichVersion::AsOf)
                }
                Rule::at_baseline => Some(WhichVersion::Baseline(range(&child))),
                _ => None,
            };
            if let Some(which) = which {
                let kind = ExprKind::Version { base: Box::new(built.expr), which };
                built = Built { expr: Expr { kind, range: place }, depth: built.depth + 1 };
            }
        }
        built.expr.range = place;
        built
    }

    /// A path as an expression; `true`, `null`, `self` are read as paths and told apart here.
    fn path_expr(&self, pair: &Pair<'_>) -> Expr {
        let place = range(pair);
        let written = pair.as_str();
        let kind = match written {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            "self" => ExprKind::SelfRef,
            _ => match written.strip_prefix("self.") {
                Some(rest) => {
                    let base_place = Range::new(place.start, place.start + 4);
                    let base = Box::new(Expr { kind: ExprKind::SelfRef, range: base_place });
                    ExprKind::Field { base, names: self.path_names(rest, place.start + 5) }
                }
                None => ExprKind::Path(self.path(pair)),
            },
        };
        Expr { kind, range: place }
    }

    /// A value in braces, in a pattern of `match`, in a codes row.
    pub(super) fn element(&self, pair: Pair<'_>) -> Expr {
        let place = range(&pair);
        match pair.as_rule() {
            Rule::path => self.path_expr(&pair),
            Rule::text => Expr { kind: ExprKind::Text(self.text_literal(pair)), range: place },
            Rule::negative => match pair.into_inner().next() {
                Some(number) => {
                    let operand = Box::new(self.literal(number));
                    Expr { kind: ExprKind::Unary { operator: UnaryOperator::Negate, operand }, range: place }
                }
                None => broken(place).expr,
            },
            _ => self.literal(pair),
        }
    }

    fn literal(&self, pair: Pair<'_>) -> Expr {
        let place = range(&pair);
        let written = pair.as_str();
        let kind = match pair.as_rule() {
            Rule::amount => self.amount(pair),
            Rule::date => ExprKind::Date(SmolStr::new(written)),
            Rule::instant => ExprKind::Instant(SmolStr::new(written)),
            Rule::bad_date => {
                let message = format!("`{written}` is no date");
                let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message);
                self.report(error.with_help("a date has four, two and two digits: `2026-07-01`"));
                ExprKind::Broken
            }
            _ => ExprKind::Number(SmolStr::new(written)),
        };
        Expr { kind, range: place }
    }

    /// A number with its percent sign, unit or letter of time, if any.
    fn amount(&self, pair: Pair<'_>) -> ExprKind {
        let place = range(&pair);
        let mut children = pair.into_inner();
        let Some(digits) = children.next() else { return ExprKind::Broken };
        let Some(suffix) = children.next() else { return ExprKind::Number(SmolStr::new(digits.as_str())) };
        match suffix.as_rule() {
            Rule::percent_sign => ExprKind::Percent(SmolStr::new(digits.as_str())),
            Rule::name => ExprKind::Quantity { number: self.number(&digits), unit: self.name(&suffix) },
            _ if digits.as_str().contains('.') => {
                let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, "a duration is a whole number");
                self.report(error.with_help("write `90m` in place of `1.5h`"));
                ExprKind::Broken
            }
            _ => ExprKind::Duration(Duration {
                number: SmolStr::new(digits.as_str()),
                unit: duration_unit(suffix.as_str()),
                range: place,
            }),
        }
    }

    fn match_block(&self, pair: Pair<'_>) -> Built {
        let node = range(&pair);
        // The word `match` stands before the node.
        let place = Range::new(node.start.saturating_sub(5), node.end);
        let mut children = Children::of(pair);
        let Some(subject) = children.seek(Rule::expr) else { return broken(place) };
        let subject = self.built(subject);
        let mut depth = subject.depth;
        let mut arms = Vec::new();
        for arm in children.filter(|child| child.as_rule() == Rule::match_arm) {
            let arm_place = range(&arm);
            let mut patterns = Vec::new();
            let mut other = None;
            let mut value = broken(arm_place);
            for child in arm.into_inner() {
                match child.as_rule() {
                    Rule::arm_else => other = Some(range(&child)),
                    Rule::becomes => {}
                    Rule::expr => value = self.built(child),
                    _ => patterns.push(self.element(child)),
                }
            }
            depth = depth.max(value.depth);
            let pattern = other.map_or(MatchPattern::Values(patterns), MatchPattern::Else);
            arms.push(MatchArm { pattern, value: value.expr, range: arm_place });
        }
        let kind = ExprKind::Match { subject: Box::new(subject.expr), arms };
        Built { expr: Expr { kind, range: place }, depth: depth + 1 }
    }
}

fn is_comparison(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Binary { operator, .. } => matches!(
            operator,
            BinaryOperator::Equal
                | BinaryOperator::NotEqual
                | BinaryOperator::Less
                | BinaryOperator::LessOrEqual
                | BinaryOperator::Greater
                | BinaryOperator::GreaterOrEqual
        ),
        ExprKind::In { .. } | ExprKind::Is { .. } => true,
        _ => false,
    }
}

fn broken(place: Range) -> Built {
    Built { expr: Expr { kind: ExprKind::Broken, range: place }, depth: 0 }
}
