//! Records of tests: fields, constants, references.

use super::Builder;
use crate::build::ORIGIN;
use crate::build::statements::text;
use crate::model::{Field, RecordType};
use crate::names::NameKind;
use crate::typing::{self, Scope, Target, convert, fields};
use std::collections::BTreeSet;
use syncline_diagnostics::{Diagnostic, closest, codes};
use syncline_ir::{Expr, Kind, Literal, OF_PARENT, Op, TestAction, TestField, TestPlace, TestRecord, TestValue, Type};
use syncline_syntax::ast::{self, ExprKind, FixtureValue};

/// What a record is written for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Given,
    Gone,
    Expected,
}

impl Builder<'_, '_> {
    /// An object, or an entity of a system.
    pub(super) fn place(&self, path: &ast::Path) -> Option<TestPlace> {
        match path.names.as_slice() {
            [object] => {
                self.cx.resolve(object, &[NameKind::Object], "an object")?;
                Some(TestPlace::Object(text(object)))
            }
            [system, entity] => {
                fields::entity(self.model, system, entity, self.cx)?;
                Some(TestPlace::Entity { system: text(system), entity: text(entity) })
            }
            [system, entity, rows] if self.is_held(path) => {
                let message = format!("rows of `{}` are given with the row that holds them", self.cx.text(path.range));
                self.cx.report(
                    Diagnostic::new(&codes::WRONG_KIND_OF_NAME, self.cx.span(path.range), message).help(format!(
                        "write `given {}.{} {{ …, {}: [{{ … }}] }}`",
                        system.text, entity.text, rows.text
                    )),
                );
                None
            }
            _ => {
                let message = "a record is one of an object, or of an entity of a system";
                self.cx.report(
                    Diagnostic::new(&codes::WRONG_KIND_OF_NAME, self.cx.span(path.range), message)
                        .help("write `Project` or `psa.timecard`"),
                );
                None
            }
        }
    }

    fn is_held(&self, path: &ast::Path) -> bool {
        let found = fields::system_and_entity(&path.names);
        found.is_some_and(|(system, entity)| {
            self.model.entities.contains_key(&format!("{}.{}", system.text, entity.text))
        })
    }

    pub(super) fn given(&mut self, written: &ast::Given) -> Option<TestAction> {
        let place = self.place(&written.place)?;
        let record = self.record(&place, &written.fixture, Use::Given);
        if let (None, TestPlace::Object(object)) = (&record, &place) {
            // What refers to it is not to be blamed.
            self.brought.insert(object.clone());
        }
        let record = record?;
        if let TestPlace::Object(object) = &place {
            let declared = self.model.record(object)?;
            let key: Option<Vec<(String, TestValue)>> = declared
                .key
                .iter()
                .filter(|name| *name != ORIGIN)
                .map(|name| Some((name.clone(), record.fields.iter().find(|field| field.name == *name)?.value.clone())))
                .collect();
            self.given.insert((object.clone(), key_text(&key?)));
        }
        Some(TestAction::Given(place, record))
    }

    /// Rows are gone from a system; what the hub has, runs take from it.
    pub(super) fn given_no(&mut self, written: &ast::Given) -> Option<TestAction> {
        let place = self.place(&written.place)?;
        if let TestPlace::Object(object) = &place {
            let message = format!("`{object}` is in the hub, and no record is taken from it");
            self.cx.report(
                Diagnostic::new(&codes::WRONG_KIND_OF_NAME, self.cx.span(written.place.range), message)
                    .help("write the `system.entity` whose row is gone, and run the sync that notices"),
            );
            return None;
        }
        let record = self.record(&place, &written.fixture, Use::Gone)?;
        Some(TestAction::GivenNo(place, record))
    }

    pub(super) fn record(&mut self, place: &TestPlace, written: &ast::Fixture, purpose: Use) -> Option<TestRecord> {
        let cx = self.cx;
        let declared = self.model.record(&place.to_string())?;
        let mut record = TestRecord {
            fields: Vec::new(),
            identifiers: Vec::new(),
            rest: written.rest.is_some(),
            at: self.at(written.range),
        };
        let mut named: BTreeSet<&str> = BTreeSet::new();
        let mut sound = true;
        for field in &written.fields {
            match field.name.names.as_slice() {
                [name] => {
                    let value = match (&field.value, self.held(place, &name.text)) {
                        (FixtureValue::Rows(rows), held) => {
                            let is_first = named.insert(&name.text);
                            let known = held.filter(|_| is_first && purpose == Use::Given);
                            match known.and_then(|held| self.held_rows(&held, rows)) {
                                Some(rows_given) => record.fields.push(TestField {
                                    name: text(name),
                                    value: TestValue::Rows(rows_given),
                                    at: self.at(rows.range),
                                }),
                                None => {
                                    self.no_rows::<()>(place, name, rows, is_first, purpose);
                                    sound = false;
                                }
                            }
                            continue;
                        }
                        (FixtureValue::One(written), Some(_)) => {
                            named.insert(&name.text);
                            let message = format!("`{}` is not one value but the rows that this row holds", name.text);
                            cx.report(
                                Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(written.range), message)
                                    .help(format!("write `{}: [{{ … }}]`, or `[]` when it holds none", name.text)),
                            );
                            sound = false;
                            continue;
                        }
                        (FixtureValue::One(written), None) => written,
                    };
                    let Some(found) = fields::find(declared, name, cx) else {
                        sound = false;
                        continue;
                    };
                    if !named.insert(&found.name) {
                        let message = format!("field `{}` is given twice", found.name);
                        cx.report(
                            Diagnostic::new(&codes::DUPLICATE_ASSIGNMENT, cx.span(name.range), message)
                                .help("keep one of them"),
                        );
                        sound = false;
                        continue;
                    }
                    let range = self.column(value).unwrap_or(value).range;
                    match self.value(place, declared, found, value, purpose) {
                        Some(value) => {
                            let at = self.at(range);
                            record.fields.push(TestField { name: found.name.clone(), value, at });
                        }
                        None => sound = false,
                    }
                }
                [system, entity] if matches!(place, TestPlace::Object(_)) && purpose == Use::Given => {
                    let found = match &field.value {
                        FixtureValue::One(written) => self.identifier(system, entity, written),
                        FixtureValue::Rows(rows) => self.no_rows(place, entity, rows, true, purpose),
                    };
                    match found {
                        Some(found) => record.identifiers.push(found),
                        None => sound = false,
                    }
                }
                _ => {
                    cx.report(
                        Diagnostic::new(&codes::UNKNOWN_FIELD, cx.span(field.name.range), "this is no field").help(
                            "write `field: value`; a given object may also have `system.entity: \"its id there\"`",
                        ),
                    );
                    sound = false;
                }
            }
        }
        match purpose {
            Use::Given => sound &= self.is_complete(place, declared, &named, written),
            Use::Gone | Use::Expected => {
                if let Some(rest) = written.rest {
                    let message = match purpose {
                        Use::Gone => "rows that are gone take no `…`",
                        _ => "an expected record takes no `…`",
                    };
                    cx.report(
                        Diagnostic::new(&codes::SYNTAX_ERROR, cx.span(rest), message)
                            .help("remove it: only the fields that are named are compared"),
                    );
                    sound = false;
                }
            }
        }
        sound.then_some(record)
    }

    /// Whether each field has a value or a placeholder. What tells records apart has none: records would be one.
    fn is_complete(
        &self,
        place: &TestPlace,
        declared: &RecordType,
        named: &BTreeSet<&str>,
        written: &ast::Fixture,
    ) -> bool {
        if declared.incomplete {
            return true;
        }
        let has_rest = written.rest.is_some();
        let identity = self.model.identity(declared);
        let holder = format!("{place}.");
        let held = self.model.entities.values().filter(|held| !has_rest && held.record.name.starts_with(&holder));
        let held = held.filter_map(|held| held.nested.as_ref()).map(|nested| nested.field.as_str());
        let missing: Vec<&str> = declared
            .fields
            .iter()
            .map(|field| field.name.as_str())
            // Those of the row that holds it come from there.
            .filter(|name| !declared.is_held() || !name.starts_with(OF_PARENT))
            .filter(|name| !has_rest || identity.contains(name))
            .chain(held)
            .filter(|name| !named.contains(name) && *name != ORIGIN)
            .collect();
        if missing.is_empty() {
            return true;
        }
        let message = format!("this record of `{}` lacks {}", declared.name, fields::listed(&missing));
        let help = if has_rest {
            "write the key: `…` fills other fields only"
        } else {
            "write each field, or end the record with `…` for placeholders"
        };
        self.cx.report(
            Diagnostic::new(&codes::INCOMPLETE_FIXTURE, self.cx.span(written.range), message)
                .related(declared.span, "declared here", None)
                .help(help),
        );
        false
    }

    /// The rows that a member of an entity holds, as a place of their own.
    fn held(&self, place: &TestPlace, member: &str) -> Option<TestPlace> {
        let TestPlace::Entity { system, entity } = place else { return None };
        let entity = format!("{entity}.{member}");
        let held = self.model.entities.get(&format!("{system}.{entity}"))?;
        held.nested.as_ref().map(|_| TestPlace::Entity { system: system.clone(), entity })
    }

    fn held_rows(&mut self, held: &TestPlace, rows: &ast::FixtureRows) -> Option<Vec<TestRecord>> {
        rows.rows.iter().map(|row| self.record(held, row, Use::Given)).collect()
    }

    /// `[…]` where no rows are given.
    fn no_rows<T>(
        &self,
        place: &TestPlace,
        name: &ast::Name,
        rows: &ast::FixtureRows,
        is_first: bool,
        purpose: Use,
    ) -> Option<T> {
        let (code, message, help) = if purpose == Use::Expected {
            let help = "compare the records that its map makes of them";
            (&codes::WRONG_KIND_OF_NAME, "rows in a row are given, never expected".to_owned(), help)
        } else if self.held(place, &name.text).is_none() {
            (&codes::UNKNOWN_FIELD, format!("`{place}` holds no rows `{}`", name.text), "write one value")
        } else if !is_first {
            (&codes::DUPLICATE_ASSIGNMENT, format!("the rows `{}` are given twice", name.text), "keep one of them")
        } else {
            // What is wrong in one of them has been said.
            return None;
        };
        self.cx.report(Diagnostic::new(code, self.cx.span(rows.range), message).help(help));
        None
    }

    /// `psa.project: "4711"`: the identifier of an object in a system.
    fn identifier(
        &self,
        system: &ast::Name,
        entity: &ast::Name,
        written: &ast::Expr,
    ) -> Option<(String, String, Literal)> {
        let full = fields::entity(self.model, system, entity, self.cx)?;
        let declared = self.model.record(&full)?;
        let place = TestPlace::Entity { system: text(system), entity: text(entity) };
        let [key] = declared.key.as_slice() else {
            let message = format!("`{full}` has a key of several fields: no single value is its identifier");
            self.cx.report(Diagnostic::new(&codes::TYPE_MISMATCH, self.cx.span(written.range), message));
            return None;
        };
        let field = declared.field(key)?;
        match self.value(&place, declared, field, written, Use::Expected)? {
            TestValue::Constant(literal) => Some((text(system), text(entity), literal)),
            _ => None,
        }
    }

    fn value(
        &self,
        place: &TestPlace,
        record: &RecordType,
        field: &Field,
        written: &ast::Expr,
        purpose: Use,
    ) -> Option<TestValue> {
        let written = self.column(written).unwrap_or(written);
        let ty = field.ty.as_ref()?;
        let cx = self.cx;
        match &written.kind {
            ExprKind::Broken => None,
            ExprKind::Call { function, arguments, otherwise: None } if function.text == "raw" => {
                self.raw(place, written, arguments, purpose)
            }
            ExprKind::Null if ty.optional => Some(TestValue::Constant(Literal::Null)),
            ExprKind::Null => {
                let message = format!("field `{}` of `{}` is required", field.name, record.name);
                let found = Diagnostic::new(&codes::TYPE_MISMATCH, cx.span(written.range), message);
                let found = found.related(field.ty_span, "declared here", None);
                cx.report(match place {
                    TestPlace::Entity { .. } => {
                        found.help("a source that leaves it empty all the same is written `raw(null)`")
                    }
                    TestPlace::Object(_) => found.help("give it a value"),
                });
                None
            }
            _ => match &ty.kind {
                Kind::Reference { object } => self.reference(object, written, purpose),
                Kind::Enum { name } => self.choice(name, ty, written),
                _ => {
                    let mut value = self.typed(ty, written)?;
                    // A rate is written as an amount: which unit it is for, its field says.
                    if let (Kind::Money { per: unit @ None, .. }, Kind::Money { per, .. }) =
                        (&mut value.ty.kind, &ty.kind)
                    {
                        unit.clone_from(per);
                    }
                    let target = Target { record, field, ty, has_route: false };
                    let literal = constant(&value);
                    convert::into_field(value, written.range, &target, cx)?;
                    match literal {
                        Some(literal) => Some(TestValue::Constant(literal)),
                        None => self.not_constant(written),
                    }
                }
            },
        }
    }

    /// The value in the row for the name of a column.
    fn column(&self, written: &ast::Expr) -> Option<&'_ ast::Expr> {
        match &written.kind {
            ExprKind::Path(path) => match path.names.as_slice() {
                [name] => self.row.values.get(name.text.as_str()).copied(),
                _ => None,
            },
            _ => None,
        }
    }

    fn typed(&self, ty: &Type, written: &ast::Expr) -> Option<Expr> {
        typing::infer(written, Some(ty), &Scope::of_object(self.model, ""), self.cx)
    }

    /// The text of an instant.
    pub(super) fn instant(&self, written: &ast::Expr) -> Option<String> {
        let value = self.typed(&Type::required(Kind::Instant), written)?;
        match value.op {
            Op::Literal { value: Literal::Instant(text) } => Some(text),
            _ => None,
        }
    }

    fn not_constant<T>(&self, written: &ast::Expr) -> Option<T> {
        self.cx.report(
            Diagnostic::new(&codes::TYPE_MISMATCH, self.cx.span(written.range), "a test computes nothing")
                .help("write the value itself, worked out by hand"),
        );
        None
    }

    fn raw(&self, place: &TestPlace, written: &ast::Expr, arguments: &[ast::Expr], purpose: Use) -> Option<TestValue> {
        let plain = match arguments {
            [ast::Expr { kind: ExprKind::Null, .. }] => Some(None),
            [ast::Expr { kind: ExprKind::Text(text), .. }] => match text.parts.as_slice() {
                [] => Some(Some(String::new())),
                [ast::TextPart::Plain(plain)] => Some(Some(plain.clone())),
                _ => None,
            },
            _ => None,
        };
        match (plain, place, purpose) {
            (Some(cell), TestPlace::Entity { .. }, Use::Given | Use::Gone) => Some(TestValue::Raw(cell)),
            _ => {
                let message = "`raw` is a cell of a row that a system gives, as text or `null`";
                self.cx.report(
                    Diagnostic::new(&codes::TYPE_MISMATCH, self.cx.span(written.range), message)
                        .help("write `given psa.timecard { hours: raw(\"eight\"), … }`"),
                );
                None
            }
        }
    }

    /// A value of an enumeration by its bare name.
    fn choice(&self, enumeration: &str, ty: &Type, written: &ast::Expr) -> Option<TestValue> {
        if let ExprKind::Path(path) = &written.kind
            && let [name] = path.names.as_slice()
        {
            let known = self.model.enums.get(enumeration)?;
            if known.values.iter().any(|(value, _)| value.as_str() == name.text.as_str()) {
                return Some(TestValue::Constant(Literal::Enum(text(name))));
            }
            let values: Vec<String> = known.values.iter().map(|(value, _)| value.clone()).collect();
            self.cx.report(fields::unknown_value(name, enumeration, &values, self.cx));
            return None;
        }
        let value = self.typed(ty, written)?;
        match (constant(&value), &value.ty.kind) {
            (Some(literal), Kind::Enum { name }) if name == enumeration => Some(TestValue::Constant(literal)),
            _ => {
                let message = format!("a value of `{enumeration}` is expected");
                self.cx.report(
                    Diagnostic::new(&codes::TYPE_MISMATCH, self.cx.span(written.range), message)
                        .help("write its name without quotes"),
                );
                None
            }
        }
    }

    /// A record by its key: the text of a key of one field, or `RateCard[project: "P-1", category: consultant]`.
    fn reference(&self, object: &str, written: &ast::Expr, purpose: Use) -> Option<TestValue> {
        let declared = self.model.record(object)?;
        let place = TestPlace::Object(object.to_owned());
        let wanted: Vec<&String> = declared.key.iter().filter(|name| *name != ORIGIN).collect();
        let key = match (&written.kind, wanted.as_slice()) {
            (ExprKind::Lookup { object: path, keys, as_of: None }, _)
                if path.names.iter().any(|name| name.text == object) =>
            {
                if let [name] = path.names.as_slice() {
                    self.cx.resolve(name, &[NameKind::Object], "an object")?;
                }
                let mut key = Vec::with_capacity(wanted.len());
                for name in wanted {
                    let argument = keys.iter().find(|one| one.key.names.iter().any(|part| part.text == name.as_str()));
                    let Some(argument) = argument else { return self.bad_reference(object, written) };
                    let field = declared.field(name)?;
                    key.push((name.clone(), self.value(&place, declared, field, &argument.value, purpose)?));
                }
                key
            }
            (ExprKind::Text(_) | ExprKind::Number(_), [one]) => {
                let field = declared.field(one)?;
                vec![((*one).clone(), self.value(&place, declared, field, written, purpose)?)]
            }
            _ => return self.bad_reference(object, written),
        };
        self.is_given(object, &key, written, purpose)?;
        Some(TestValue::Reference { object: object.to_owned(), key })
    }

    fn bad_reference(&self, object: &str, written: &ast::Expr) -> Option<TestValue> {
        let message = format!("a record of `{object}` is named by its key");
        let key = self.model.record(object).map(|record| record.key.join(": …, ")).unwrap_or_default();
        self.cx.report(
            Diagnostic::new(&codes::TYPE_MISMATCH, self.cx.span(written.range), message)
                .help(format!("write the text of its key, or `{object}[{key}: …]`")),
        );
        None
    }

    fn is_given(&self, object: &str, key: &[(String, TestValue)], written: &ast::Expr, purpose: Use) -> Option<()> {
        let shown = key_text(key);
        let is_there = self.given.contains(&(object.to_owned(), shown.clone()));
        if purpose == Use::Expected || is_there || self.brought.contains(object) {
            return Some(());
        }
        let message = format!("the test gives no `{object}` with key {shown}");
        let known = self.given.iter().filter(|(known, _)| known == object).map(|(_, key)| key.as_str());
        let found = Diagnostic::new(&codes::RECORD_NOT_GIVEN, self.cx.span(written.range), message);
        self.cx.report(match closest(&shown, known) {
            Some(near) => found.help(format!("did you mean {near}?")),
            None => found.help(format!("write `given {object} {{ … }}` before it")),
        });
        None
    }
}

/// A constant, if the expression is one.
fn constant(value: &Expr) -> Option<Literal> {
    let negative = |text: &str| format!("-{text}");
    match &value.op {
        Op::Literal { value } => Some(value.clone()),
        Op::Negate { value } => match &value.op {
            Op::Literal { value: Literal::Decimal(text) } => Some(Literal::Decimal(negative(text))),
            Op::Literal { value: Literal::Money { amount, currency } } => {
                Some(Literal::Money { amount: negative(amount), currency: currency.clone() })
            }
            _ => None,
        },
        _ => None,
    }
}

/// A key as it is told to people: equal keys, equal texts.
fn key_text(key: &[(String, TestValue)]) -> String {
    let parts = key.iter().map(|(_, value)| match value {
        TestValue::Constant(
            Literal::Text(text)
            | Literal::Decimal(text)
            | Literal::Date(text)
            | Literal::Instant(text)
            | Literal::Currency(text)
            | Literal::Enum(text),
        ) => text.clone(),
        TestValue::Constant(Literal::Bool(value)) => value.to_string(),
        TestValue::Constant(Literal::Money { amount, currency }) => format!("{amount} {currency}"),
        TestValue::Constant(Literal::Null) | TestValue::Raw(_) => "null".to_owned(),
        TestValue::Reference { key, .. } => key_text(key),
        // No key has rows.
        TestValue::Rows(_) => String::new(),
    });
    format!("`{}`", parts.collect::<Vec<_>>().join("|").replace('`', ""))
}
