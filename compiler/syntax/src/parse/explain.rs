//! What is wrong with text that the grammar could not read, in the words of the language.
//!
//! The statement is read again by itself with the rule of its block. Pest then says how far it came and what it wanted
//! there; both are told in terms of statements, names and types. When it came nowhere, the first word decides.

use pest::Parser as _;
use pest::error::{Error, ErrorVariant, InputLocation};

use super::context::Context;
use super::grammar::{Grammar, Rule};
use super::planned::{is_planned_item, is_planned_statement, planned_in_header, planned_in_type, planned_inside};
use crate::ast::{ItemWord, Range};
use crate::words::{ITEMS, is_reserved, nearest};
use crate::{SyntaxError, SyntaxErrorKind};

/// The kinds of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Team,
    Queue,
    System,
    Entity,
    Object,
    Ownership,
    Codes,
    Map,
    Sync,
}

impl Block {
    fn noun(self) -> &'static str {
        match self {
            Self::Team => "a team",
            Self::Queue => "a queue",
            Self::System => "a system",
            Self::Entity => "an entity",
            Self::Object => "an object",
            Self::Ownership => "an ownership block",
            Self::Codes => "a codes table",
            Self::Map => "a map",
            Self::Sync => "a sync",
        }
    }

    fn rule(self) -> Rule {
        match self {
            Self::Team => Rule::only_team,
            Self::Queue => Rule::only_queue,
            Self::System => Rule::only_system,
            Self::Entity => Rule::only_entity,
            Self::Object => Rule::only_object,
            Self::Ownership => Rule::only_ownership,
            Self::Codes => Rule::only_codes,
            Self::Map => Rule::only_map,
            Self::Sync => Rule::only_sync,
        }
    }

    /// The words its statements begin with, and how each is written.
    fn statements(self) -> &'static [(&'static str, &'static str)] {
        const TITLE: (&str, &str) = ("title", "title \"Finance operations\"");
        const KEY: (&str, &str) = ("key", "key id: text(18)` or `key (origin, source_id)");
        match self {
            Self::Team => &[TITLE, ("contact", "contact \"finance@example.com\"")],
            Self::Queue => &[
                TITLE,
                ("owner", "owner finance"),
                ("respond", "respond within 4h"),
                ("resolve", "resolve within 2d"),
            ],
            Self::System => &[TITLE, ("category", "category erp"), ("entity", "entity invoice { … }")],
            Self::Entity => &[
                KEY,
                ("cursor", "cursor modified_at overlap 10m"),
                ("controlled", "controlled by finance"),
                ("accepts", "accepts TimeEntry when state == approved"),
                ("returns", "returns number, status"),
                ("idempotency", "idempotency key for 24h"),
                ("find", "find by external_id"),
                ("additive", "additive hours, amount"),
                ("reverses", "reverses in reversal_of"),
            ],
            Self::Object => &[KEY],
            Self::Ownership | Self::Codes => &[],
            Self::Map => &[
                ("let", "let rate = …"),
                ("require", "require hours > 0 else quarantine desk no_hours \"no hours\""),
                ("otherwise", "otherwise quarantine data_desk"),
                ("wait", "wait at most 4h"),
                ("outside", "outside claim ignore` or `outside claim quarantine desk"),
                ("ignore", "ignore note, remark"),
            ],
            Self::Sync => &[
                TITLE,
                ("move", "move psa.timecard -> TimeEntry -> erp.project_cost"),
                ("model", "model staged"),
                ("every", "every 1h"),
                ("capture", "capture every 15m"),
                ("post", "post every 15m"),
                ("starts", "starts 2026-07-01 by work_date"),
                ("after", "after Projects, Employees"),
                ("idempotent", "idempotent by source_id"),
                ("order", "order by version within source_id"),
                ("correct", "correct by reversal"),
                ("leave", "leave reverse` or `leave hold desk"),
                ("on", "on change of RateCard ask finance_desk"),
                ("reconcile", "reconcile count, sum(hours) every 1d tolerance 0"),
            ],
        }
    }

    /// What most statements of the block look like.
    fn usual_statement(self) -> &'static str {
        match self {
            Self::Entity | Self::Object => "a field is written `name: type`",
            Self::Map => "an assignment is written `field = value`",
            Self::Codes => "a row is written `\"CON1\" <-> consultant`",
            Self::Ownership => "a claim is written `crm owns price, tax_profile`",
            Self::System => "the fields of a system stand in `entity NAME { … }`",
            Self::Team | Self::Queue | Self::Sync => "one statement stands on each line",
        }
    }
}

/// What could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    Item,
    Statement,
    Type,
    Value,
}

impl Whole {
    fn planned(self, token: &str) -> Option<&'static str> {
        match self {
            Self::Item => planned_in_header(token),
            Self::Type => planned_in_type(token),
            Self::Statement | Self::Value => planned_inside(token),
        }
    }
}

/// How the header of an item is written.
fn header_shape(word: ItemWord) -> &'static str {
    match word {
        ItemWord::Use => "use services.time.{TimeEntry, RateCard}",
        ItemWord::Unit => "unit story_point",
        ItemWord::Team => "team finance { … }",
        ItemWord::Queue => "queue finance_desk { … }",
        ItemWord::Enum => "enum Region { US, EU }",
        ItemWord::Lifecycle => "lifecycle TimeState { draft -> submitted; submitted -> approved }",
        ItemWord::System => "system psa { … }",
        ItemWord::Object => "object TimeEntry: transaction { … }",
        ItemWord::Ownership => "ownership of Contract by sales_ops { … }",
        ItemWord::Codes => "codes Role: psa.timecard.role_code <-> LaborCategory { … }",
        ItemWord::Map => "map psa.timecard -> TimeEntry creates { … }",
        ItemWord::Sync => "sync ApprovedTime by finance { … }",
        ItemWord::Unknown => "object TimeEntry: transaction { … }",
    }
}

/// Explains an item whose first word is none of the words of items.
pub(super) fn unknown_item(context: &Context<'_>) {
    let place = token_at(context.text, 0);
    if context.is_reported(place) {
        return;
    }
    let word = context.slice(place);
    if is_planned_item(word) {
        return context.report(not_in_this_release(place, &format!("`{word}`")));
    }
    let words = ITEMS.iter().map(|(text, _)| *text);
    let error = SyntaxError::new(SyntaxErrorKind::UnknownItem, place, format!("no item begins with `{word}`"));
    context.report(match nearest(word, words.clone()) {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => {
            let words: Vec<String> = words.map(|word| format!("`{word}`")).collect();
            error.with_help(format!("items begin with {}", words.join(", ")))
        }
    });
}

/// Explains an item whose header could not be read.
pub(super) fn header(context: &Context<'_>, word: ItemWord, error: &Error<Rule>) {
    let header_end = context.text.find('{').map_or(context.text.len(), |brace| brace + 1);
    let place = Range::new(0, to_u32(header_end));
    let at = position(error);
    let found = token_at(context.text, at);
    if context.is_reported(place.cover(found)) {
        return;
    }
    let help = format!("write `{}`", header_shape(word));
    if at > 0
        && let Some(error) = expectation(context.text, 0, error, Whole::Item)
    {
        let is_final = error.help.is_some() || error.kind == SyntaxErrorKind::NotInThisRelease;
        return context.report(if is_final { error } else { error.with_help(help) });
    }
    let place = token_at(context.text, 0);
    let message = format!("this `{}` cannot be read", word.text());
    context.report(SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message).with_help(help));
}

impl Context<'_> {
    /// Explains a broken statement, and gives its range without the blanks at its end.
    pub(super) fn broken(&self, place: Range, block: Block) -> Range {
        let text = self.slice(place).trim_end_matches(' ');
        let place = Range::new(place.start, place.start + to_u32(text.len()));
        if self.is_reported(place) {
            return place;
        }
        let first = token_at(text, 0);
        let word = slice(text, first);
        let first = first.shifted(place.start);
        if is_planned_statement(block, word) {
            self.report(not_in_this_release(first, &format!("`{word}`")));
            return place;
        }
        let failure = Grammar::parse(block.rule(), text).err().filter(|error| position(error) > 0);
        let expected = failure.and_then(|error| expectation(text, place.start, &error, Whole::Statement));
        self.report(expected.unwrap_or_else(|| unknown_statement(text, place, block)));
        place
    }

    /// Explains a field `place` whose type, at `ty_place` if anything stands there, cannot be read.
    pub(super) fn explain_field(&self, place: Range, ty_place: Option<Range>, block: Block) {
        self.explain_rest(place, ty_place, Whole::Type, block.usual_statement());
    }

    /// Explains an assignment `place` whose value, at `value_place` if anything stands there, cannot be read.
    pub(super) fn explain_value(&self, place: Range, value_place: Option<Range>) {
        let usual = Block::Map.usual_statement();
        self.explain_rest(place, value_place, Whole::Value, usual);
    }

    fn explain_rest(&self, place: Range, rest: Option<Range>, whole: Whole, usual: &str) {
        if self.is_reported(place) {
            return;
        }
        let (rule, expected) = match whole {
            Whole::Type => (Rule::only_type, "a type"),
            _ => (Rule::only_value, "an expression"),
        };
        let Some(rest) = rest else {
            let sign = last_token(self.slice(place), place.start);
            let message = format!("expected {expected} after `{}`", self.slice(sign));
            return self.report(SyntaxError::new(SyntaxErrorKind::UnexpectedText, sign, message).with_help(usual));
        };
        let text = self.slice(rest).trim_end_matches(' ');
        let error = Grammar::parse(rule, text).err();
        let error = error.and_then(|error| {
            if position(&error) == 0 {
                return unexpected_start(text, rest.start, whole, expected);
            }
            expectation(text, rest.start, &error, whole)
        });
        self.report(error.unwrap_or_else(|| {
            let place = Range::new(rest.start, rest.start + to_u32(text.len()));
            SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, format!("expected {expected} here"))
        }));
    }
}

fn unexpected_start(text: &str, offset: u32, whole: Whole, expected: &str) -> Option<SyntaxError> {
    let found = token_at(text, 0);
    let token = slice(text, found);
    let place = found.shifted(offset);
    if let Some(what) = whole.planned(token) {
        return Some(not_in_this_release(place, what));
    }
    let message = format!("expected {expected}, found `{token}`");
    Some(SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message))
}

fn not_in_this_release(place: Range, what: &str) -> SyntaxError {
    let message = format!("{what} is reserved for a later version of the language");
    SyntaxError::new(SyntaxErrorKind::NotInThisRelease, place, message)
}

/// A statement whose very first words are wrong.
fn unknown_statement(text: &str, place: Range, block: Block) -> SyntaxError {
    let offset = place.start;
    let first = token_at(text, 0);
    let second = token_at(text, first.end as usize);
    let word = slice(text, first);
    let words = block.statements();
    if let Some((word, shape)) = words.iter().find(|(known, _)| *known == word) {
        let message = format!("this `{word}` cannot be read");
        return SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message).with_help(format!("write `{shape}`"));
    }
    let sign = slice(text, second);
    let is_name = slice(text, first).starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '`'));
    match (block, sign) {
        (Block::Map, "==") if is_name => {
            let message = "`==` compares two values; an assignment has one `=`";
            return SyntaxError::new(SyntaxErrorKind::UnexpectedText, second.shifted(place.start), message)
                .with_help(format!("write `{} = …`", slice(text, first)));
        }
        (Block::Map, ":") | (Block::Entity | Block::Object, "=") if is_name => {
            return SyntaxError::new(
                SyntaxErrorKind::UnexpectedText,
                second.shifted(offset),
                format!("`{sign}` cannot stand here"),
            )
            .with_help(block.usual_statement());
        }
        _ => {}
    }
    if !is_name {
        let message = format!("expected a statement of {}, found `{word}`", block.noun());
        return SyntaxError::new(SyntaxErrorKind::UnexpectedText, first.shifted(offset), message)
            .with_help(block.usual_statement());
    }
    let near = nearest(word, words.iter().map(|(word, _)| *word));
    let declares = match block {
        Block::Map => Some("="),
        Block::Entity | Block::Object => Some(":"),
        _ => None,
    };
    if let (None, Some(declares)) = (near, declares) {
        let (place, found) = match sign {
            "" => (first, String::new()),
            _ => (second, format!(", found `{sign}`")),
        };
        let message = format!("expected `{declares}` after `{word}`{found}");
        return SyntaxError::new(SyntaxErrorKind::UnexpectedText, place.shifted(offset), message)
            .with_help(block.usual_statement());
    }
    let message = format!("no statement of {} begins with `{word}`", block.noun());
    let error = SyntaxError::new(SyntaxErrorKind::UnknownStatement, first.shifted(offset), message);
    match near {
        Some(near) => error.with_help(format!("did you mean `{near}`?")),
        None => error.with_help(block.usual_statement()),
    }
}

/// What was expected where pest came no further in `text`, which starts at `offset`.
fn expectation(text: &str, offset: u32, error: &Error<Rule>, whole: Whole) -> Option<SyntaxError> {
    let at = position(error);
    let found = token_at(text, at);
    let token = slice(text, found);
    if let Some(what) = whole.planned(token) {
        return Some(not_in_this_release(found.shifted(offset), what));
    }
    let before = last_token(text.get(..at)?, 0);
    let ErrorVariant::ParsingError { positives, .. } = &error.variant else { return None };
    // A reserved word was taken for an operand: it is what should not be there, not what follows it.
    if positives.contains(&Rule::in_set) && is_operator_word(slice(text, before)) {
        let message = format!("expected an expression, found `{}`", slice(text, before));
        return Some(SyntaxError::new(SyntaxErrorKind::UnexpectedText, before.shifted(offset), message));
    }
    let expected = expected_words(positives, whole)?;
    let mut message = format!("expected {expected}");
    if !before.is_empty() {
        message.push_str(&format!(" after `{}`", slice(text, before)));
    }
    let place = if token.is_empty() {
        before
    } else {
        message.push_str(&format!(", found `{token}`"));
        found
    };
    let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, place.shifted(offset), message);
    Some(if token == "=" && expected.contains("operator") { error.with_help("`==` compares two values") } else { error })
}

/// `a type`, `` `by` or `{` ``: what these rules read.
fn expected_words(rules: &[Rule], whole: Whole) -> Option<String> {
    let has = |wanted: &[Rule]| wanted.iter().any(|rule| rules.contains(rule));
    if has(&[Rule::expr, Rule::group, Rule::match_block, Rule::call_else_value]) {
        return Some("an expression".to_owned());
    }
    if has(&[Rule::negative]) {
        return Some("a value".to_owned());
    }
    let may_end = has(&[Rule::EOI, Rule::or_op, Rule::in_set]);
    let mut words: Vec<String> = Vec::new();
    for rule in rules {
        // Where a statement may end, a name would be the unit of a number: too far-fetched to be offered.
        if !(may_end && *rule == Rule::name) {
            words.extend(rule_words(*rule).iter().map(|word| (*word).to_owned()));
        }
        words.extend(format!("{rule:?}").strip_prefix("w_").map(|word| format!("`{word}`")));
    }
    if has(&[Rule::or_op, Rule::compare_op, Rule::in_set]) {
        words.push("an operator".to_owned());
    }
    // An item ends with its brace: saying so helps only where nothing else may come.
    if has(&[Rule::EOI]) && !has(&[Rule::shut]) && (whole != Whole::Item || words.is_empty()) {
        let whole = if whole == Whole::Item { "item" } else { "statement" };
        words.push(format!("the end of the {whole}"));
    }
    words.dedup();
    let last = words.pop()?;
    Some(if words.is_empty() { last } else { format!("{} or {last}", words.join(", ")) })
}

/// What a rule reads, if that can be said in a word or two.
fn rule_words(rule: Rule) -> &'static [&'static str] {
    match rule {
        Rule::name => &["a name"],
        Rule::path => &["a path such as `psa.timecard`"],
        Rule::text => &["a text in quotes"],
        Rule::number => &["a number"],
        Rule::duration => &["a duration such as `15m`"],
        Rule::date => &["a date such as `2026-07-01`"],
        Rule::r#type => &["a type"],
        Rule::argument => &["a number", "a currency"],
        Rule::colon => &["`:`"],
        Rule::equals => &["`=`"],
        Rule::to => &["`->`"],
        Rule::arrow => &["`->`", "`<->`"],
        Rule::open | Rule::routes => &["`{`"],
        Rule::shut => &["`,`", "`}`"],
        Rule::becomes => &["`=>`"],
        Rule::map_mode => &["`creates`", "`updates`"],
        Rule::known => &["`known`", "`unknown`"],
        Rule::leave_reverse => &["`reverse`"],
        Rule::leave_hold => &["`hold`"],
        Rule::change_word => &["`keep`", "`correct`"],
        Rule::change_ask => &["`ask`"],
        Rule::claim_ignore => &["`ignore`"],
        Rule::sum_measure => &["`sum(field)`"],
        Rule::count_measure => &["`count`"],
        Rule::guard => &["`while`"],
        Rule::star => &["`*`"],
        Rule::key_names => &["`(`"],
        _ => &[],
    }
}

/// Whether this is a reserved word that is no value.
fn is_operator_word(word: &str) -> bool {
    is_reserved(word) && !matches!(word, "true" | "false" | "null" | "self")
}

fn position(error: &Error<Rule>) -> usize {
    match error.location {
        InputLocation::Pos(at) => at,
        InputLocation::Span((start, _)) => start,
    }
}

fn to_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn slice(text: &str, place: Range) -> &str {
    text.get(place.start as usize..place.end as usize).unwrap_or_default()
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The token that starts at `at` or after the blanks there; empty at the end of the statement.
fn token_at(text: &str, at: usize) -> Range {
    let rest = text.get(at..).unwrap_or_default();
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    let rest = rest.trim_start_matches(' ');
    let length = match rest.chars().next() {
        None | Some(crate::split::END) => 0,
        // Dates and the like are one token, as wrong as they may be.
        Some('0'..='9') => {
            let end = rest.find(|next| !is_word(next) && !matches!(next, '-' | '.' | ':' | '%'));
            end.unwrap_or(rest.len())
        }
        Some(first) if is_word(first) => rest.find(|next| !is_word(next)).unwrap_or(rest.len()),
        Some(quote @ ('"' | '`')) => {
            rest.char_indices().skip(1).find(|(_, next)| *next == quote).map_or(rest.len(), |(end, _)| end + 1)
        }
        Some(first) => {
            let signs = ["<->", "->", "=>", "==", "!=", "<=", ">=", "??", ".."];
            signs.iter().find(|sign| rest.starts_with(**sign)).map_or(first.len_utf8(), |sign| sign.len())
        }
    };
    let start = at + blanks;
    Range::new(to_u32(start), to_u32(start + length))
}

/// The last token of `text`, which starts at `offset`.
fn last_token(text: &str, offset: u32) -> Range {
    let mut last = Range::default();
    let mut at = 0;
    loop {
        let next = token_at(text, at);
        if next.is_empty() {
            return last.shifted(offset);
        }
        last = next;
        at = next.end as usize;
    }
}
