//! Syncs and their clauses.

use smol_str::SmolStr;

use super::context::{Children, Context, range};
use super::explain::Block;
use super::grammar::{Pair, Rule};
use crate::ast::{
    After, CaptureOn, ChangeAction, ChangeOf, Correct, CorrectBy, Fresh, IdempotentBy, Leave, Measure, Model,
    ModelKind, Move, MoveArm, Name, Number, OnChange, Order, OrderBy, Range, Reconcile, Retry, Schedule, SchedulePass,
    Starts, Stop, Sync, SyncClause, Volume, Wave, WaveMember, WaveSyncs,
};
use crate::words::nearest;
use crate::{SyntaxError, SyntaxErrorKind};

impl Context<'_> {
    pub(super) fn sync(&self, name: Option<&Name>, mut children: Children<'_>) -> Sync {
        let team = match children.peek_rule() {
            Some(Rule::w_by) => children.seek(Rule::name).map(|team| self.name(&team)),
            _ => None,
        };
        if let (None, Some(name)) = (&team, name) {
            let message = format!("sync `{}` does not say which team answers for it", name.text);
            let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, name.range, message);
            self.report(error.with_help(format!("write `sync {} by TEAM`", name.text)));
        }
        let clauses = children.filter_map(|child| self.sync_clause(child)).collect();
        Sync { team, clauses }
    }

    fn sync_clause(&self, pair: Pair<'_>) -> Option<SyncClause> {
        let place = range(&pair);
        let rule = pair.as_rule();
        if rule == Rule::title {
            return Some(SyncClause::Title(self.title(pair)));
        }
        let mut children = Children::of(pair);
        Some(match rule {
            Rule::move_clause => SyncClause::Move(self.move_clause(children, place)),
            Rule::model => match self.model(&children.seek(Rule::name)?) {
                Some(kind) => SyncClause::Model(Model { kind, range: place }),
                None => SyncClause::Broken(place),
            },
            Rule::schedule => {
                let pass = match children.next_is(Rule::schedule_pass).as_ref().map(Pair::as_str) {
                    None => SchedulePass::Whole,
                    Some("capture") => SchedulePass::Capture,
                    Some(_) => SchedulePass::Post,
                };
                let every = self.duration(&children.seek(Rule::duration)?);
                let (mut within, mut takes) = (None, None);
                for child in children {
                    match child.as_rule() {
                        Rule::name => within = Some(self.name(&child)),
                        Rule::takes => {
                            takes = Children::of(child).seek(Rule::duration).map(|most| self.duration(&most))
                        }
                        _ => {}
                    }
                }
                SyncClause::Schedule(Schedule { pass, every, within, takes, range: place })
            }
            Rule::capture_on => {
                SyncClause::CaptureOn(CaptureOn { event: self.path(&children.seek(Rule::path)?), range: place })
            }
            Rule::starts => {
                let date = children.seek(Rule::date)?;
                let field = self.name(&children.seek(Rule::name)?);
                let (date, date_range) = (SmolStr::new(date.as_str()), range(&date));
                SyncClause::Starts(Starts { date, date_range, field, range: place })
            }
            Rule::after => SyncClause::After(After { syncs: self.all_names(children), range: place }),
            Rule::idempotent => {
                SyncClause::IdempotentBy(IdempotentBy { fields: self.all_names(children), range: place })
            }
            Rule::order => self.order(children, place)?,
            Rule::correct => self.correct(&children.seek(Rule::name)?, place),
            Rule::leave => {
                let hold = children.seek(Rule::name).map(|queue| self.name(&queue));
                SyncClause::Leave(Leave { hold, range: place })
            }
            Rule::on_change => self.on_change(children, place)?,
            Rule::retry => {
                let times = self.number(&children.seek(Rule::number)?);
                let first = self.duration(&children.seek(Rule::duration)?);
                let longest = self.duration(&children.seek(Rule::duration)?);
                let queue = self.name(&children.seek(Rule::name)?);
                SyncClause::Retry(Retry { times, first, longest, queue, range: place })
            }
            Rule::fresh => {
                let within = self.duration(&children.seek(Rule::duration)?);
                let calendar = children.seek(Rule::name).map(|calendar| self.name(&calendar));
                SyncClause::Fresh(Fresh { within, calendar, range: place })
            }
            Rule::volume => {
                let records = self.number(&children.seek(Rule::number)?);
                let peak = children.seek(Rule::times_over).map(|over| {
                    let number = over.as_str().trim_end_matches('x');
                    Number { text: SmolStr::new(number), range: range(&over) }
                });
                SyncClause::Volume(Volume { records, peak, range: place })
            }
            Rule::reconcile => SyncClause::Reconcile(self.reconcile(children, place)),
            Rule::broken => SyncClause::Broken(self.broken(place, Block::Sync)),
            _ => return None,
        })
    }

    pub(super) fn wave(&self, children: Children<'_>) -> Wave {
        let (mut after, mut members) = (Vec::new(), Vec::new());
        for child in children {
            let place = range(&child);
            match child.as_rule() {
                Rule::name => after.push(self.name(&child)),
                Rule::wave_syncs => {
                    let syncs = self.names(child.into_inner());
                    members.push(WaveMember::Syncs(WaveSyncs { syncs, range: place }));
                }
                Rule::broken => members.push(WaveMember::Broken(self.broken(place, Block::Wave))),
                _ => {}
            }
        }
        Wave { after, members }
    }

    fn all_names(&self, children: Children<'_>) -> Vec<Name> {
        children.filter(|child| child.as_rule() == Rule::name).map(|name| self.name(&name)).collect()
    }

    fn move_clause(&self, children: Children<'_>, place: Range) -> Move {
        let mut stops = Vec::new();
        for child in children {
            let at = range(&child);
            match child.as_rule() {
                Rule::path => stops.push(Stop::Place(self.path(&child))),
                Rule::routes => {
                    let arms = child.into_inner().filter(|child| child.as_rule() == Rule::move_arm);
                    let arms = arms.filter_map(|arm| self.move_arm(arm)).collect();
                    stops.push(Stop::Routes { arms, range: at });
                }
                _ => {}
            }
        }
        let before_last = stops.len().saturating_sub(1);
        for stop in stops.iter().take(before_last) {
            if let Stop::Routes { range, .. } = stop {
                let message = "routes in braces stand at the end of `move` only";
                self.error(SyntaxErrorKind::UnexpectedText, *range, message);
            }
        }
        Move { stops, range: place }
    }

    fn move_arm(&self, pair: Pair<'_>) -> Option<MoveArm> {
        let place = range(&pair);
        let mut children = Children::of(pair);
        let target = self.path(&children.seek(Rule::path)?);
        let when = children.seek(Rule::expr).map(|expr| self.expr(expr));
        Some(MoveArm { target, when, range: place })
    }

    fn model(&self, word: &Pair<'_>) -> Option<ModelKind> {
        match word.as_str() {
            "batch" => return Some(ModelKind::Batch),
            "staged" => return Some(ModelKind::Staged),
            "event" => return Some(ModelKind::Event),
            planned @ "call" => {
                let message = format!("`model {planned}` is reserved for a later version of the language");
                let error = SyntaxError::new(SyntaxErrorKind::NotInThisRelease, range(word), message);
                self.report(error.with_help("the models are `batch`, `staged` and `event`"));
            }
            other => self.not_one_of(other, range(word), "model", &["batch", "staged", "event"]),
        }
        None
    }

    /// Reports a word that is none of those that may follow `clause`.
    fn not_one_of(&self, word: &str, place: Range, clause: &str, words: &[&str]) {
        let error =
            SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, format!("`{word}` cannot follow `{clause}`"));
        let help = match nearest(word, words.iter().copied()) {
            Some(near) => format!("did you mean `{clause} {near}`?"),
            None => {
                let forms: Vec<String> = words.iter().map(|word| format!("`{clause} {word}`")).collect();
                format!("write {}", forms.join(" or "))
            }
        };
        self.report(error.with_help(help));
    }

    fn order(&self, mut children: Children<'_>, place: Range) -> Option<SyncClause> {
        let word = children.seek(Rule::name)?;
        let field = self.name(&word);
        let within = self.all_names(children);
        let by = if !within.is_empty() {
            OrderBy::Field { field, within }
        } else if word.as_str() == "arrival" {
            OrderBy::Arrival
        } else {
            let message = format!("`order by {}` does not say within what", field.text);
            let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message);
            self.report(
                error.with_help(format!("write `order by {} within KEY_FIELD` or `order by arrival`", field.text)),
            );
            return Some(SyncClause::Broken(place));
        };
        Some(SyncClause::Order(Order { by, range: place }))
    }

    fn correct(&self, word: &Pair<'_>, place: Range) -> SyncClause {
        let by = match word.as_str() {
            "reversal" => CorrectBy::Reversal,
            "overwrite" => CorrectBy::Overwrite,
            "delta" => CorrectBy::Delta,
            other => {
                self.not_one_of(other, range(word), "correct by", &["reversal", "delta", "overwrite"]);
                return SyncClause::Broken(place);
            }
        };
        SyncClause::Correct(Correct { by, range: place })
    }

    fn on_change(&self, mut children: Children<'_>, place: Range) -> Option<SyncClause> {
        let word = children.seek(Rule::name)?;
        let of =
            if word.as_str() == "plan" { ChangeOf::Plan(range(&word)) } else { ChangeOf::Object(self.name(&word)) };
        let action = match children.next_is(Rule::change_word).as_ref().map(Pair::as_str) {
            Some("keep") => ChangeAction::Keep,
            Some(_) => ChangeAction::Correct,
            None => ChangeAction::Ask(self.name(&children.seek(Rule::name)?)),
        };
        Some(SyncClause::OnChange(OnChange { of, action, range: place }))
    }

    fn reconcile(&self, children: Children<'_>, place: Range) -> Reconcile {
        let mut measures = Vec::new();
        let mut every = None;
        let mut tolerance = None;
        for child in children {
            let at = range(&child);
            match child.as_rule() {
                Rule::count_measure => measures.push(Measure::Count(at)),
                Rule::sum_measure => {
                    let field = Children::of(child).seek(Rule::path).map(|path| self.path(&path));
                    measures.extend(field.map(|field| Measure::Sum { field, range: at }));
                }
                Rule::duration => every = Some(self.duration(&child)),
                Rule::number => tolerance = Some(self.number(&child)),
                _ => {}
            }
        }
        if every.is_none() {
            let message = "this `reconcile` does not say how often";
            let error = SyntaxError::new(SyntaxErrorKind::UnexpectedText, place, message);
            self.report(error.with_help("add `every 1d`"));
        }
        Reconcile { measures, every, tolerance, range: place }
    }
}
