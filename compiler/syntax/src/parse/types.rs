//! Types: the grammar takes any word with any parts, and which parts belong to which type is decided here.

use super::context::{Children, Context, range};
use super::grammar::{Pair, Rule};
use crate::ast::{
    Enum, EnumValue, Lifecycle, LifecycleChain, MoneyCurrency, Name, Number, Path, PercentFrom, Range, TypeExpr,
    TypeKind, UnitExpr,
};
use crate::{SyntaxError, SyntaxErrorKind, words};

/// Everything that may stand around the word of a type.
#[derive(Default)]
struct Parts {
    numbers: Vec<Number>,
    code: Option<Name>,
    currency_path: Option<Path>,
    from: Option<Name>,
    unit: Option<Name>,
    per: Option<Name>,
    optional: Option<Range>,
    fixed: Option<Range>,
    /// Whether a part stands twice.
    surplus: bool,
}

fn put<T>(place: &mut Option<T>, value: T, surplus: &mut bool) {
    *surplus |= place.is_some();
    *place = Some(value);
}

impl Context<'_> {
    /// A type from a `type` node.
    pub(super) fn type_expr(&self, pair: Pair<'_>) -> TypeExpr {
        let place = range(&pair);
        let mut children = Children::of(pair);
        let Some(word) = children.next() else {
            return TypeExpr { kind: TypeKind::Broken, optional: None, fixed: None, range: place };
        };
        let mut parts = self.type_parts(children);
        let optional = parts.optional.take();
        let fixed = parts.fixed.take();
        let (written, kind) = match word.as_rule() {
            Rule::value_block => ("enum", Ok(TypeKind::Enum(self.enum_values(word)))),
            Rule::state_block => ("lifecycle", Ok(TypeKind::Lifecycle(self.lifecycle(word)))),
            _ => (word.as_str(), self.type_kind(&word, &mut parts)),
        };
        let kind = match kind {
            Ok(kind) if parts.are_used_up() => kind,
            _ => self.invalid_type(place, written),
        };
        TypeExpr { kind, optional, fixed, range: place }
    }

    fn type_parts(&self, children: Children<'_>) -> Parts {
        let mut parts = Parts::default();
        let mut surplus = false;
        for child in children {
            let at = range(&child);
            match child.as_rule() {
                Rule::argument if child.as_str().starts_with(|first: char| first.is_ascii_digit()) => {
                    parts.numbers.push(self.number(&child));
                }
                Rule::argument => put(&mut parts.code, self.name(&child), &mut surplus),
                Rule::optional => put(&mut parts.optional, at, &mut surplus),
                Rule::fixed => put(&mut parts.fixed, at, &mut surplus),
                Rule::type_in => {
                    if let Some(path) = Children::of(child).seek(Rule::path) {
                        put(&mut parts.currency_path, self.path(&path), &mut surplus);
                    }
                }
                rule => {
                    if let Some(name) = Children::of(child).seek(Rule::name) {
                        let name = self.name(&name);
                        let target = match rule {
                            Rule::type_from => &mut parts.from,
                            Rule::type_per => &mut parts.per,
                            _ => &mut parts.unit,
                        };
                        put(target, name, &mut surplus);
                    }
                }
            }
        }
        parts.surplus = surplus;
        parts
    }

    fn type_kind(&self, word: &Pair<'_>, parts: &mut Parts) -> Result<TypeKind, Invalid> {
        Ok(match word.as_str() {
            "text" => TypeKind::Text { width: parts.number_of_at_most_one()? },
            "bool" => TypeKind::Bool,
            "int" => TypeKind::Int,
            "date" => TypeKind::Date,
            "instant" => TypeKind::Instant,
            "currency" => TypeKind::Currency,
            "decimal" => {
                let (precision, scale) = parts.two_numbers()?.ok_or(Invalid)?;
                let per = parts.per.take();
                let unit = match (parts.unit.take(), per) {
                    (None, Some(_)) => return Err(Invalid),
                    (None, None) => None,
                    (Some(unit), per) => {
                        let place = per.as_ref().map_or(unit.range, |per| unit.range.cover(per.range));
                        Some(UnitExpr { unit, per, range: place })
                    }
                };
                TypeKind::Decimal { precision, scale, unit }
            }
            "money" => {
                let size = parts.two_numbers()?;
                let currency = match (parts.code.take(), parts.currency_path.take()) {
                    (Some(code), None) => MoneyCurrency::Code(code),
                    (None, Some(path)) => MoneyCurrency::In(path),
                    _ => return Err(Invalid),
                };
                TypeKind::Money { size, currency, per: parts.per.take() }
            }
            "percent" => TypeKind::Percent {
                from: match parts.from.take().as_ref().map(|from| from.text.as_str()) {
                    None => None,
                    Some("points") => Some(PercentFrom::Points),
                    Some("fraction") => Some(PercentFrom::Fraction),
                    Some(_) => return Err(Invalid),
                },
            },
            // Without braces, or not of this version.
            "enum" | "lifecycle" | "uuid" => return Err(Invalid),
            _ => TypeKind::Name(self.name(word)),
        })
    }

    fn invalid_type(&self, place: Range, word: &str) -> TypeKind {
        let shape = match word {
            "text" => "`text` or `text(40)`",
            "bool" | "int" | "date" | "instant" | "currency" => {
                let message = format!("`{word}` stands by itself");
                let error = SyntaxError::new(SyntaxErrorKind::InvalidType, place, message);
                self.report(error.with_help("only `?` and `fixed` may follow it"));
                return TypeKind::Broken;
            }
            "decimal" => "`decimal(9, 2)` or `decimal(6, 2) hour`",
            "money" => "`money(USD)`, `money in currency` or `money(14, 4) in contract.currency / hour`",
            "percent" => "`percent`, `percent from points` or `percent from fraction`",
            "enum" => "`enum { A, B }`",
            "lifecycle" => "`lifecycle { draft -> active; active -> closed }`",
            "uuid" => {
                let message = "the type `uuid` is reserved for a later version of the language";
                self.error(SyntaxErrorKind::NotInThisRelease, place, message);
                return TypeKind::Broken;
            }
            _ => {
                let message = format!("no type `{word}` takes parts in parentheses");
                let error = SyntaxError::new(SyntaxErrorKind::InvalidType, place, message);
                self.report(match words::type_meant_by(word) {
                    Some(meant) => error.with_help(format!("write {meant}")),
                    None => error,
                });
                return TypeKind::Broken;
            }
        };
        let message = format!("this is not how `{word}` is written");
        let error = SyntaxError::new(SyntaxErrorKind::InvalidType, place, message);
        self.report(error.with_help(format!("write {shape}")));
        TypeKind::Broken
    }

    /// The values between the braces of an enum.
    pub(super) fn enum_values(&self, pair: Pair<'_>) -> Enum {
        let names = pair.into_inner().filter(|child| child.as_rule() == Rule::name);
        let values = names.map(|name| EnumValue { docs: self.docs_before(range(&name).start), name: self.name(&name) });
        Enum { values: values.collect() }
    }

    /// The chains between the braces of a lifecycle.
    pub(super) fn lifecycle(&self, pair: Pair<'_>) -> Lifecycle {
        let chains = pair.into_inner().filter(|child| child.as_rule() == Rule::chain);
        let chains = chains.map(|chain| {
            let place = range(&chain);
            LifecycleChain { states: self.names(chain.into_inner()), range: place }
        });
        Lifecycle { chains: chains.collect() }
    }
}

/// The parts do not make up the type.
struct Invalid;

impl Parts {
    fn number_of_at_most_one(&mut self) -> Result<Option<Number>, Invalid> {
        let mut numbers = std::mem::take(&mut self.numbers).into_iter();
        match (numbers.next(), numbers.next()) {
            (number, None) => Ok(number),
            _ => Err(Invalid),
        }
    }

    fn two_numbers(&mut self) -> Result<Option<(Number, Number)>, Invalid> {
        let mut numbers = std::mem::take(&mut self.numbers).into_iter();
        match (numbers.next(), numbers.next(), numbers.next()) {
            (None, _, _) => Ok(None),
            (Some(precision), Some(scale), None) => Ok(Some((precision, scale))),
            _ => Err(Invalid),
        }
    }

    /// Whether the type has taken all of them.
    fn are_used_up(&self) -> bool {
        self.numbers.is_empty()
            && self.code.is_none()
            && self.currency_path.is_none()
            && self.from.is_none()
            && self.unit.is_none()
            && self.per.is_none()
            && !self.surplus
    }
}
