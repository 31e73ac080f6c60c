//! Systems, entities, objects and their fields.

use smol_str::SmolStr;

use super::context::{Children, Context, range};
use super::explain::Block;
use super::grammar::{Pair, Rule};
use crate::ast::{
    Absence, Accepts, CallLimit, Category, Controlled, Cursor, Delete, DeleteHow, Effective, Ending, Entity,
    EntityMember, EventClause, Field, FieldList, FieldRef, FullEvery, IdempotencyKey, Invariant, Key, KeyKind,
    NoOverlap, Number, Object, ObjectKind, ObjectMember, Period, Range, Same, SameBy, SameTerm, System, SystemMember,
    TypeExpr, TypeKind, Versioned,
};
use crate::words::nearest;
use crate::{SyntaxError, SyntaxErrorKind};

impl Context<'_> {
    pub(super) fn system(&self, children: Children<'_>) -> System {
        let mut product = None;
        let mut members = Vec::with_capacity(children.count_left());
        for child in children {
            let place = range(&child);
            match child.as_rule() {
                Rule::is_product => product = Children::of(child).seek(Rule::name).map(|name| self.name(&name)),
                Rule::title => members.push(SystemMember::Title(self.title(child))),
                Rule::category => {
                    let word = Children::of(child).seek(Rule::name).map(|word| self.name(&word));
                    members.extend(word.map(|word| SystemMember::Category(Category { word, range: place })));
                }
                Rule::call_limit => {
                    members.extend(self.call_limit(Children::of(child), place).map(SystemMember::Limit));
                }
                Rule::entity => members.extend(self.entity(child).map(SystemMember::Entity)),
                Rule::broken => members.push(SystemMember::Broken(self.broken(place, Block::System))),
                _ => {}
            }
        }
        System { product, members }
    }

    fn call_limit(&self, mut children: Children<'_>, place: Range) -> Option<CallLimit> {
        let calls = self.number(&children.seek(Rule::number)?);
        let per = match children.seek(Rule::period)?.as_str() {
            "minute" => Period::Minute,
            "hour" => Period::Hour,
            _ => Period::Day,
        };
        let (mut zone, mut batch) = (None, None);
        for child in children {
            match child.as_rule() {
                Rule::text => zone = Some(self.plain_text(child)),
                Rule::number => batch = Some(self.number(&child)),
                _ => {}
            }
        }
        Some(CallLimit { calls, per, zone, batch, range: place })
    }

    fn entity(&self, pair: Pair<'_>) -> Option<Entity> {
        let place = range(&pair);
        let docs = self.docs_before(place.start);
        let mut children = Children::of(pair);
        let name = self.name(&children.seek(Rule::name)?);
        let mut members = Vec::with_capacity(children.count_left());
        for child in children {
            let place = range(&child);
            let member = match child.as_rule() {
                Rule::field => self.field(child).map(EntityMember::Field),
                Rule::key => self.key(child).map(EntityMember::Key),
                Rule::bad_field => self.bad_field(child, Block::Entity).map(EntityMember::Field),
                Rule::bad_key => self.bad_key(child, Block::Entity).map(EntityMember::Key),
                Rule::broken => Some(EntityMember::Broken(self.broken(place, Block::Entity))),
                Rule::each => self.entity(child).map(EntityMember::Each),
                _ => self.clause(child),
            };
            members.extend(member);
        }
        Some(Entity { name, docs, members, range: place })
    }

    /// A statement of an entity that declares no field.
    fn clause(&self, pair: Pair<'_>) -> Option<EntityMember> {
        let place = range(&pair);
        let rule = pair.as_rule();
        let mut children = Children::of(pair);
        Some(match rule {
            Rule::cursor => {
                let field = self.name(&children.seek(Rule::name)?);
                let overlap = children.seek(Rule::duration).map(|duration| self.duration(&duration));
                EntityMember::Cursor(Cursor { field, overlap, range: place })
            }
            Rule::full => {
                let every = self.duration(&children.seek(Rule::duration)?);
                EntityMember::Full(FullEvery { every, range: place })
            }
            Rule::delete => EntityMember::Delete(Delete { how: self.delete(children)?, range: place }),
            Rule::controlled => {
                EntityMember::Controlled(Controlled { team: self.name(&children.seek(Rule::name)?), range: place })
            }
            Rule::accepts => {
                let object = self.name(&children.seek(Rule::name)?);
                let when = children.seek(Rule::expr).map(|expr| self.expr(expr));
                EntityMember::Accepts(Accepts { object, when, range: place })
            }
            Rule::returns => EntityMember::Returns(self.field_list(children, place)),
            Rule::additive => EntityMember::Additive(self.field_list(children, place)),
            Rule::idempotency => {
                let lifetime = self.duration(&children.seek(Rule::duration)?);
                EntityMember::IdempotencyKey(IdempotencyKey { lifetime, range: place })
            }
            Rule::find_by => {
                EntityMember::FindBy(FieldRef { field: self.name(&children.seek(Rule::name)?), range: place })
            }
            Rule::event => EntityMember::Event(self.event(children, place)?),
            Rule::reverses_in => {
                EntityMember::ReversesIn(FieldRef { field: self.name(&children.seek(Rule::name)?), range: place })
            }
            _ => return None,
        })
    }

    fn event(&self, mut children: Children<'_>, place: Range) -> Option<EventClause> {
        let name = self.name(&children.seek(Rule::name)?);
        let version = children.seek(Rule::event_version)?;
        let at = range(&version);
        let digits = Range::new(at.start + 1, at.end);
        let version = Number { text: SmolStr::new(version.as_str().trim_start_matches('v')), range: digits };
        let when = self.expr(children.seek(Rule::expr)?);
        Some(EventClause { name, version, when, range: place })
    }

    fn delete(&self, children: Children<'_>) -> Option<DeleteHow> {
        children.into_iter().find_map(|child| match child.as_rule() {
            Rule::expr => Some(DeleteHow::When(self.expr(child))),
            Rule::delete_never => Some(DeleteHow::Never(range(&child))),
            Rule::delete_absence => {
                let mut children = Children::of(child);
                let at_most = self.number(&children.seek(Rule::digits)?);
                Some(DeleteHow::Absence(Absence { at_most, hold: self.name(&children.seek(Rule::name)?) }))
            }
            _ => None,
        })
    }

    fn field_list(&self, children: Children<'_>, place: Range) -> FieldList {
        let names = children.filter(|child| child.as_rule() == Rule::name);
        FieldList { fields: names.map(|name| self.name(&name)).collect(), range: place }
    }

    pub(super) fn object(&self, mut children: Children<'_>) -> Option<Object> {
        let word = children.seek(Rule::name)?;
        let kind_range = range(&word);
        let kind = match word.as_str() {
            "reference" => Some(ObjectKind::Reference),
            "master" => Some(ObjectKind::Master),
            "transaction" => Some(ObjectKind::Transaction),
            other => {
                self.not_an_object_kind(other, kind_range);
                None
            }
        };
        let versioned = children.next_is(Rule::versioned).and_then(|clause| self.versioned(clause));
        let effective = children.next_is(Rule::effective);
        if let (Some(versioned), None) = (&versioned, &effective) {
            let message = "this object does not say from which day on a version holds";
            let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, versioned.range, message);
            let revision = &versioned.revision.text;
            self.report(error.with_help(format!("write `versioned by {revision} effective DATE_FIELD`")));
        }
        let effective = effective.and_then(|clause| self.effective(clause, versioned.is_some()));
        let mut members = Vec::with_capacity(children.count_left());
        for child in children {
            let place = range(&child);
            let member = match child.as_rule() {
                Rule::field => self.field(child).map(ObjectMember::Field),
                Rule::key => self.key(child).map(ObjectMember::Key),
                Rule::invariant => self.invariant(Children::of(child), place).map(ObjectMember::Invariant),
                Rule::acyclic => {
                    let field = Children::of(child).seek(Rule::name).map(|name| self.name(&name));
                    field.map(|field| ObjectMember::Acyclic(FieldRef { field, range: place }))
                }
                Rule::no_overlap => self.no_overlap(Children::of(child), place).map(ObjectMember::NoOverlap),
                Rule::same => self.same(Children::of(child), place).map(ObjectMember::Same),
                Rule::bad_field => self.bad_field(child, Block::Object).map(ObjectMember::Field),
                Rule::bad_key => self.bad_key(child, Block::Object).map(ObjectMember::Key),
                Rule::broken => Some(ObjectMember::Broken(self.broken(place, Block::Object))),
                _ => None,
            };
            members.extend(member);
        }
        Some(Object { kind: kind?, kind_range, versioned, effective, members })
    }

    fn invariant(&self, mut children: Children<'_>, place: Range) -> Option<Invariant> {
        let condition = self.expr(children.seek(Rule::expr)?);
        let hold = self.name(&children.seek(Rule::name)?);
        Some(Invariant { condition, hold, range: place })
    }

    fn no_overlap(&self, mut children: Children<'_>, place: Range) -> Option<NoOverlap> {
        let from = self.name(&children.seek(Rule::name)?);
        let through = self.name(&children.seek(Rule::name)?);
        let per = children.filter(|child| child.as_rule() == Rule::name).map(|name| self.name(&name)).collect();
        Some(NoOverlap { from, through, per, range: place })
    }

    fn same(&self, children: Children<'_>, place: Range) -> Option<Same> {
        let (mut when, mut review) = (Vec::new(), None);
        for child in children {
            match child.as_rule() {
                Rule::same_by => when.push(self.same_by(child)),
                Rule::name => review = Some(self.name(&child)),
                _ => {}
            }
        }
        Some(Same { when, review: review?, range: place })
    }

    fn same_by(&self, pair: Pair<'_>) -> SameBy {
        let place = range(&pair);
        let terms = pair.into_inner().filter(|child| child.as_rule() == Rule::same_term);
        let term = |pair: Pair<'_>| {
            let place = range(&pair);
            let mut children = Children::of(pair);
            let folded = children.next_is(Rule::same_folded).is_some();
            Some(SameTerm { field: self.name(&children.seek(Rule::name)?), folded, range: place })
        };
        SameBy { terms: terms.filter_map(term).collect(), range: place }
    }

    fn versioned(&self, pair: Pair<'_>) -> Option<Versioned> {
        let place = range(&pair);
        let revision = self.name(&Children::of(pair).seek(Rule::name)?);
        Some(Versioned { revision, range: place })
    }

    /// `is_versioned`: versions follow each other by number, rows by day.
    fn effective(&self, pair: Pair<'_>, is_versioned: bool) -> Option<Effective> {
        let place = range(&pair);
        let mut children = Children::of(pair);
        let is_series = children.next_is(Rule::series_from).is_some();
        let from = self.name(&children.seek(Rule::name)?);
        let Some(word) = children.next_is(Rule::range_word) else {
            let (message, help) = match (is_versioned, is_series) {
                (true, false) | (false, true) => return Some(Effective { from, ending: Ending::Next, range: place }),
                (true, true) => (
                    "a version holds until a higher one does, not until the next day begins",
                    format!("write `effective {}`", from.text),
                ),
                (false, false) => (
                    "this does not say how long a row is valid",
                    format!(
                        "write `effective {0} through LAST_DAY`, `{0} until FIRST_DAY_AFTER` or `from {0}`",
                        from.text
                    ),
                ),
            };
            self.report(SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message).with_help(help));
            return None;
        };
        let to = self.name(&children.seek(Rule::name)?);
        let ending = if word.as_str() == "through" { Ending::Through(to) } else { Ending::Until(to) };
        Some(Effective { from, ending, range: place })
    }

    fn not_an_object_kind(&self, word: &str, place: Range) {
        let error = if matches!(word, "event" | "document") {
            let message = format!("objects of kind `{word}` are reserved for a later version of the language");
            SyntaxError::new(SyntaxErrorKind::NotInThisRelease, place, message)
        } else {
            let message = format!("`{word}` is no kind of object");
            SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message)
        };
        let kinds = ["reference", "master", "transaction"];
        let help = match nearest(word, kinds) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "the kinds are `reference`, `master` and `transaction`".to_owned(),
        };
        self.report(error.with_help(help));
    }

    fn key(&self, pair: Pair<'_>) -> Option<Key> {
        let place = range(&pair);
        let docs = self.docs_before(place.start);
        let child = pair.into_inner().next()?;
        let kind = if child.as_rule() == Rule::key_names {
            if !docs.is_empty() {
                let message = "a key of several fields has no documentation of its own";
                let error = SyntaxError::new(SyntaxErrorKind::StrayDocs, place, message);
                self.report(error.with_help("document the fields it names"));
            }
            KeyKind::Names(self.names(child.into_inner()))
        } else {
            KeyKind::Field(Field { docs, ..self.field(child)? })
        };
        Some(Key { kind, range: place })
    }

    fn field(&self, pair: Pair<'_>) -> Option<Field> {
        let place = range(&pair);
        let docs = self.docs_before(place.start);
        let mut children = pair.into_inner();
        let name = self.name(&children.next()?);
        // The type stands last: in a key, the colon is a node between both.
        let ty = self.type_expr(children.next_back()?);
        Some(Field { name, docs, ty, range: place })
    }

    fn bad_key(&self, pair: Pair<'_>, block: Block) -> Option<Key> {
        let place = range(&pair);
        let field = self.bad_field(pair, block)?;
        let start = field.name.range.start;
        Some(Key { kind: KeyKind::Field(Field { range: Range::new(start, place.end), ..field }), range: place })
    }

    /// A field whose type cannot be read: it keeps its name, so that uses of the field are not reported as well.
    fn bad_field(&self, pair: Pair<'_>, block: Block) -> Option<Field> {
        let place = range(&pair);
        let docs = self.docs_before(place.start);
        let mut children = Children::of(pair);
        let name = self.name(&children.seek(Rule::name)?);
        let ty_place = children.seek(Rule::broken).map(|broken| range(&broken));
        self.explain_field(place, ty_place, block);
        let ty_place = ty_place.unwrap_or(Range::new(place.end, place.end));
        let ty = TypeExpr { kind: TypeKind::Broken, optional: None, fixed: None, range: ty_place };
        Some(Field { name, docs, ty, range: place })
    }
}
