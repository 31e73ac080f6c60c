//! Items: their headers, and the blocks of the smaller ones.

use super::context::{Children, Context, range};
use super::explain::Block;
use super::grammar::{Pair, Rule};
use crate::ast::{
    Codes, CodesDirection, CodesMember, CodesRow, Contact, Enum, ItemKind, ItemWord, Lifecycle, Moves, Name,
    OwnedFields, Ownership, OwnershipMember, Owns, PlainText, Queue, QueueMember, QueueOwner, Range, Team, TeamMember,
    Title, Use, UseNames, WithinClause,
};

/// The name and content of an item from its node.
pub(super) fn item(context: &Context<'_>, word: ItemWord, pair: Pair<'_>) -> (Option<Name>, ItemKind) {
    let mut children = Children::of(pair);
    let name = match word {
        ItemWord::Use | ItemWord::Map | ItemWord::Ownership | ItemWord::Test => None,
        _ => children.next_is(Rule::name).map(|name| context.name(&name)),
    };
    let kind = match word {
        ItemWord::Use => context.use_item(children),
        ItemWord::Unit => Some(ItemKind::Unit),
        ItemWord::Team => Some(ItemKind::Team(context.team(children))),
        ItemWord::Queue => Some(ItemKind::Queue(context.queue(children))),
        ItemWord::Enum => {
            let values = children.seek(Rule::value_block).map(|block| context.enum_values(block));
            Some(ItemKind::Enum(values.unwrap_or(Enum { values: Vec::new() })))
        }
        ItemWord::Lifecycle => {
            let chains = children.seek(Rule::state_block).map(|block| context.lifecycle(block));
            Some(ItemKind::Lifecycle(chains.unwrap_or(Lifecycle { chains: Vec::new() })))
        }
        ItemWord::Product => Some(ItemKind::Product(context.system(children))),
        ItemWord::System => Some(ItemKind::System(context.system(children))),
        ItemWord::Object => context.object(children).map(ItemKind::Object),
        ItemWord::Ownership => context.ownership(children).map(ItemKind::Ownership),
        ItemWord::Codes => context.codes(children).map(ItemKind::Codes),
        ItemWord::Map => context.map(children).map(ItemKind::Map),
        ItemWord::Sync => Some(ItemKind::Sync(context.sync(name.as_ref(), children))),
        ItemWord::Test => context.test(children).map(ItemKind::Test),
        ItemWord::Calendar => Some(ItemKind::Calendar(context.calendar(children))),
        ItemWord::Holidays => Some(ItemKind::Holidays(context.holidays(children))),
        ItemWord::Wave => Some(ItemKind::Wave(context.wave(children))),
        ItemWord::Unknown => None,
    };
    (name, kind.unwrap_or(ItemKind::Broken(word)))
}

impl Context<'_> {
    fn use_item(&self, mut children: Children<'_>) -> Option<ItemKind> {
        let mut module = self.path(&children.next_is(Rule::path)?);
        let names = if let Some(all) = children.next_is(Rule::use_all) {
            let place = range(&all);
            UseNames::All(Range::new(place.start + 1, place.end))
        } else if let Some(list) = children.next_is(Rule::use_list) {
            UseNames::Named(self.names(list.into_inner()))
        } else {
            let last = module.names.pop()?;
            let Some(end) = module.names.last().map(|name| name.range.end) else {
                let message = format!("`{}` is a module: say what to use of it", last.text);
                let error = crate::SyntaxError::new(crate::SyntaxErrorKind::UnexpectedText, last.range, message);
                self.report(
                    error.with_help(format!("write `use {0}.Name`, `use {0}.{{A, B}}` or `use {0}.*`", last.text)),
                );
                return None;
            };
            module.range.end = end;
            UseNames::Named(vec![last])
        };
        Some(ItemKind::Use(Use { module, names }))
    }

    fn team(&self, children: Children<'_>) -> Team {
        let mut members = Vec::with_capacity(children.count_left());
        for child in children {
            let place = range(&child);
            match child.as_rule() {
                Rule::title => members.push(TeamMember::Title(self.title(child))),
                Rule::contact => {
                    members.push(TeamMember::Contact(Contact { text: self.quoted(child), range: place }));
                }
                Rule::broken => members.push(TeamMember::Broken(self.broken(place, Block::Team))),
                _ => {}
            }
        }
        Team { members }
    }

    fn queue(&self, children: Children<'_>) -> Queue {
        let mut members = Vec::with_capacity(children.count_left());
        for child in children {
            let place = range(&child);
            match child.as_rule() {
                Rule::title => members.push(QueueMember::Title(self.title(child))),
                Rule::owner => {
                    let team = Children::of(child).seek(Rule::name).map(|name| self.name(&name));
                    members.extend(team.map(|team| QueueMember::Owner(QueueOwner { team, range: place })));
                }
                Rule::respond => members.extend(self.within(child).map(QueueMember::Respond)),
                Rule::resolve => members.extend(self.within(child).map(QueueMember::Resolve)),
                Rule::broken => members.push(QueueMember::Broken(self.broken(place, Block::Queue))),
                _ => {}
            }
        }
        Queue { members }
    }

    fn within(&self, pair: Pair<'_>) -> Option<WithinClause> {
        let place = range(&pair);
        let duration = Children::of(pair).seek(Rule::duration)?;
        Some(WithinClause { duration: self.duration(&duration), range: place })
    }

    /// `title "…"`
    pub(super) fn title(&self, pair: Pair<'_>) -> Title {
        let place = range(&pair);
        Title { text: self.quoted(pair), range: place }
    }

    fn quoted(&self, pair: Pair<'_>) -> PlainText {
        let place = range(&pair);
        match Children::of(pair).seek(Rule::text) {
            Some(text) => self.plain_text(text),
            None => PlainText { text: String::new(), range: place },
        }
    }

    fn ownership(&self, mut children: Children<'_>) -> Option<Ownership> {
        let object = self.name(&children.seek(Rule::name)?);
        let team = self.name(&children.seek(Rule::name)?);
        let mut members = Vec::with_capacity(children.count_left());
        for child in children {
            let place = range(&child);
            match child.as_rule() {
                Rule::owns => members.extend(self.owns(child).map(OwnershipMember::Owns)),
                Rule::moves => members.extend(self.moves(child).map(OwnershipMember::Moves)),
                Rule::broken => members.push(OwnershipMember::Broken(self.broken(place, Block::Ownership))),
                _ => {}
            }
        }
        Some(Ownership { object, team, members })
    }

    fn owns(&self, pair: Pair<'_>) -> Option<Owns> {
        let place = range(&pair);
        let mut children = Children::of(pair);
        let system = self.name(&children.seek(Rule::name)?);
        children.next_is(Rule::w_owns);
        let star = children.next_is(Rule::star).map(|star| range(&star));
        let mut fields = Vec::new();
        let mut guard = None;
        for child in children {
            match child.as_rule() {
                Rule::name => fields.push(self.name(&child)),
                Rule::guard => guard = Children::of(child).seek(Rule::expr).map(|expr| self.expr(expr)),
                _ => {}
            }
        }
        let fields = match star {
            Some(star) => OwnedFields::AllExcept { star, except: fields },
            None => OwnedFields::Named(fields),
        };
        Some(Owns { system, fields, guard, range: place })
    }

    fn moves(&self, pair: Pair<'_>) -> Option<Moves> {
        let place = range(&pair);
        let mut names = self.names(pair.into_inner()).into_iter();
        Some(Moves { system: names.next()?, field: names.next()?, states: names.collect(), range: place })
    }

    fn codes(&self, mut children: Children<'_>) -> Option<Codes> {
        let source = self.path(&children.seek(Rule::path)?);
        let direction = direction(&children.seek(Rule::arrow)?);
        let target = self.name(&children.seek(Rule::name)?);
        let mut members = Vec::with_capacity(children.count_left());
        for child in children {
            let place = range(&child);
            match child.as_rule() {
                Rule::codes_row => members.extend(self.codes_row(child).map(CodesMember::Row)),
                Rule::broken => members.push(CodesMember::Broken(self.broken(place, Block::Codes))),
                _ => {}
            }
        }
        Some(Codes { source, direction, target, members })
    }

    fn codes_row(&self, pair: Pair<'_>) -> Option<CodesRow> {
        let place = range(&pair);
        let mut children = Children::of(pair);
        let code = self.element(children.next()?);
        let direction = direction(&children.seek(Rule::arrow)?);
        let value = self.name(&children.seek(Rule::name)?);
        Some(CodesRow { code, direction, value, range: place })
    }
}

fn direction(arrow: &Pair<'_>) -> CodesDirection {
    if arrow.as_str() == "->" { CodesDirection::In } else { CodesDirection::Both }
}
