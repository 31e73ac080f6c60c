//! Deciding about a whole record: its current row, and what is to be done in the target (sections 8 and 9).

use super::apply::{Assessed, Mapper, OwnOutcomes};
use super::judge::{Judged, Live, Posting, judge};
use super::line::{difference, key_cells, line, reversal, same_image, written_cells};
use super::prepare::Route;
use super::retry::Pending;
use super::{Own, Pass};
use crate::connectors::{Call, CallKind};
use crate::error::Outcome;
use crate::hub::{Intent, Kind, Missing, Problem, Reading, Reads, Row, RowId, Standing, State, Track, TrackId};
use crate::values;
use std::collections::BTreeMap;
use syncline_eval::{Value, show};
use syncline_ir::Correction;

/// What is to become of a record.
pub(super) struct Decision {
    pub(super) track: Track,
    pub(super) rows: Vec<Row>,
    /// Outcome of each row that another row does not decide about.
    pub(super) own: BTreeMap<RowId, Own>,
    pub(super) current: Option<Current>,
    /// What is done in targets, in order.
    pub(super) steps: Vec<Step>,
    /// Whether there are such steps, done or not.
    pub(super) acts: bool,
    /// The live posting goes to the current row, which has an equal image.
    pub(super) take_over: Option<(i64, Reads)>,
    /// Whether the posted row stays as it is, with what is asked about it.
    pub(super) ask: Ask,
    /// Steps are due and the post pass does not take place.
    pub(super) postponed: bool,
    /// Why nothing may be done in targets for this record; its current row is quarantined for it.
    pub(super) blocked: Option<Problem>,
}

/// The row that decides for the record.
#[derive(Debug, Clone)]
pub(super) struct Current {
    pub(super) row: RowId,
    pub(super) rank: Option<Vec<u8>>,
    pub(super) state: State,
    /// Queue of the route taken, for what its target refuses.
    pub(super) queue: String,
}

/// What becomes of an open ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ask {
    Stays,
    Closes,
    Is(Problem),
}

/// What becomes of a row that was not accepted when the record was read.
#[derive(Clone, Copy)]
pub(super) enum Accepts<'m, 'a> {
    /// There is none: the sync only posts.
    Nothing,
    /// It may be accepted now.
    By(&'m Mapper<'a>),
    /// Somebody else has to decide about the record.
    Later,
}

/// One call to be made.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) intent: Intent,
    pub(super) call: Call,
    /// Position of the route.
    pub(super) route: usize,
}

/// Decides about a record; none when a row of it is for later.
pub(super) fn decide(
    pass: &Pass<'_>,
    id: TrackId,
    accepts: Accepts<'_, '_>,
    outcomes: &OwnOutcomes,
) -> Outcome<Option<Decision>> {
    let (mut track, rows) = pass.hub().track_with_rows(id)?;
    let live = live(pass, &track)?;
    let decisions = pass.run.decisions(id)?;
    let mut own = BTreeMap::new();
    let mut order: Vec<usize> = (0..rows.len())
        .filter(|&ix| rows.get(ix).is_some_and(|row| row.standing == Standing::Holder && row.state != State::Dismissed))
        .collect();
    order.sort_by(|&a, &b| rows.get(b).map(|row| &row.rank).cmp(&rows.get(a).map(|row| &row.rank)));
    let mut decided = None;
    for row in order.into_iter().filter_map(|ix| rows.get(ix)) {
        let mut row = row.clone();
        if !row.is_accepted() && track.missing != Missing::Deleted {
            match own_outcome(pass, &mut track, &row, accepts, outcomes)? {
                Late::Not(outcome) => {
                    own.insert(row.id, outcome);
                    continue;
                }
                Late::Accepted(reading) => row.reading = reading,
                Late::Later => return Ok(None),
            }
        }
        let judged = match judge(pass, &track, &row, live.as_ref(), &decisions)? {
            Judged::Own(outcome) => {
                own.insert(row.id, outcome);
                continue;
            }
            judged => judged,
        };
        decided = Some((row, judged));
        break;
    }
    let pending = pass.pending.borrow().get(&id).cloned();
    let blocked = blocked(pass, id, live.as_ref(), pending.as_ref());
    let mut decision = Decision {
        track,
        rows,
        own,
        current: None,
        steps: Vec::new(),
        acts: false,
        take_over: None,
        ask: Ask::Stays,
        postponed: false,
        blocked: None,
    };
    match (decided, blocked) {
        (None, _) => {}
        (Some((row, judged)), None) => {
            decision.settle(pass, &row, judged, live.as_ref());
            if pending.is_some() {
                // What was called may be there: nothing is decided about it before that is known.
                decision.hold();
            }
        }
        (Some((row, _)), Some(problem)) => {
            decision.current = Some(Current {
                row: row.id,
                rank: row.rank.clone(),
                state: State::Quarantined,
                queue: problem.queue.clone(),
            });
            decision.blocked = Some(problem);
        }
    }
    Ok(Some(decision))
}

/// What forbids to do anything in targets for a record.
fn blocked(pass: &Pass<'_>, track: TrackId, live: Option<&Live>, pending: Option<&Pending>) -> Option<Problem> {
    if let Some(Pending::Queued(message)) = pending {
        return Some(pass.unreachable(message));
    }
    let queue = pass.sync.routes.first().map_or("", |route| &route.map.otherwise);
    if let Some(why) = pass.unknown.get(&track) {
        return Some(Problem::one(why.reason, &why.message, queue));
    }
    let live = live.filter(|live| live.image.is_none())?;
    let message = format!(
        "`{}` is posted in `{}`, to which this sync does not post any more",
        live.entry.target_key, live.entry.target
    );
    Some(Problem::one("left-scope", message, queue))
}

/// What became of a row that was not accepted when the record was read.
enum Late {
    Not(Own),
    /// It is accepted now, and judged like the others.
    Accepted(Reading),
    Later,
}

/// The own outcome of a row that is not accepted.
fn own_outcome(
    pass: &Pass<'_>,
    track: &mut Track,
    row: &Row,
    accepts: Accepts<'_, '_>,
    outcomes: &OwnOutcomes,
) -> Outcome<Late> {
    if let Some(known) = outcomes.get(&row.id) {
        return Ok(Late::Not(known.clone()));
    }
    // A superseded row whose successor does not decide any more was not mapped in this run yet.
    let mapper = match accepts {
        Accepts::Nothing => return Ok(Late::Not(Own::Waiting)),
        Accepts::Later => return Ok(Late::Later),
        Accepts::By(mapper) => mapper,
    };
    match mapper.assess(track, row)? {
        Assessed::Failed(own) => Ok(Late::Not(own)),
        assessed => {
            let reading = pass.hub().transaction(|_| {
                let reading = mapper.accept(track, row, assessed)?;
                pass.store().keep_change()?;
                Ok(reading)
            })?;
            Ok(Late::Accepted(reading))
        }
    }
}

fn live(pass: &Pass<'_>, track: &Track) -> Outcome<Option<Live>> {
    let Some(entry) = track.live.map(|id| pass.hub().entry(id)).transpose()?.flatten() else { return Ok(None) };
    let program = pass.run.program();
    let image = pass
        .sync
        .route_to(&entry.target)
        .map(|route| values::decode(&entry.image, &program.entity(route.entity_ix).fields, program));
    Ok(Some(Live { entry, image }))
}

impl Decision {
    fn settle(&mut self, pass: &Pass<'_>, row: &Row, judged: Judged, live: Option<&Live>) {
        let mut current = Current { row: row.id, rank: row.rank.clone(), state: State::Posted, queue: String::new() };
        match judged {
            Judged::Own(_) => return,
            Judged::Captured => current.state = State::Staged,
            Judged::Settled => {}
            Judged::Excluded => {
                current.state = State::Excluded;
                if let Some((live, route, position)) = live.and_then(|live| route_of(pass, live)) {
                    current.queue.clone_from(&route.map.otherwise);
                    self.steps.extend(reverse(pass, live, position, route));
                }
                self.ask = Ask::Closes;
            }
            Judged::Post(posting) => {
                let Some(route) = pass.sync.routes.get(posting.route) else { return };
                current.queue.clone_from(&route.map.otherwise);
                self.ask = posting.ask.clone().map_or(Ask::Closes, Ask::Is);
                self.post(pass, row, &posting, route, live);
            }
        }
        self.current = Some(current);
        self.acts = !self.steps.is_empty();
        if self.acts && !pass.posting.get() {
            self.hold();
        }
    }

    /// Nothing is done for the record in this run; it is looked at again in the next one.
    pub(super) fn hold(&mut self) {
        self.steps.clear();
        self.acts = false;
        self.take_over = None;
        self.called_in_vain();
    }

    /// What was to be done is not known to be done.
    pub(super) fn called_in_vain(&mut self) {
        self.postponed = true;
        if let Some(current) = &mut self.current
            && current.state == State::Posted
        {
            current.state = State::Staged;
        }
    }

    fn post(&mut self, pass: &Pass<'_>, row: &Row, posting: &Posting, route: &Route<'_>, live: Option<&Live>) {
        let reads = posting.reads.clone();
        let Some((live, live_route, position)) = live.and_then(|live| route_of(pass, live)) else {
            self.steps.push(self.add(pass, row, posting, route, reads));
            return;
        };
        let here = live.entry.target == route.name;
        match &live.image {
            Some(image) if here && same_image(image, &posting.image, route) => {
                if live.entry.row != row.id {
                    self.take_over = Some((live.entry.id, reads));
                }
            }
            // What several lines come to cannot be overwritten in one of them.
            _ if here && pass.sync.correct == Correction::Overwrite && live.entry.kind != Kind::Delta => {
                let generation = live.entry.generation;
                let base = base_key(&live.entry.posting_key);
                let number = self.track.overwrites + 1;
                let mut step = self.step(pass, row, posting, route, generation, reads);
                step.intent.posting_key = format!("{base}/{generation}/overwrite {number}");
                step.intent.kind = Kind::Overwrite;
                step.intent.previous = Some(live.entry.id);
                let before = live.image.as_ref().map(|image| line(image, generation, route, pass.run.program()));
                step.call.idempotency_key.clone_from(&step.intent.posting_key);
                step.call.kind = CallKind::Overwrite;
                step.call.key = before.map_or_else(Vec::new, |before| key_cells(&before, route));
                self.steps.push(step);
            }
            Some(image) if here && pass.sync.correct == Correction::Delta => {
                match difference(image, &posting.image, route, pass.run.program()) {
                    Some(difference) => self.steps.push(self.delta(pass, row, posting, route, live, &difference)),
                    None => self.anew(pass, row, posting, route, (live, live_route, position)),
                }
            }
            _ => self.anew(pass, row, posting, route, (live, live_route, position)),
        }
    }

    /// The posted lines are taken back, and a new one is posted.
    fn anew(
        &mut self,
        pass: &Pass<'_>,
        row: &Row,
        posting: &Posting,
        route: &Route<'_>,
        (live, live_route, position): (&Live, &Route<'_>, usize),
    ) {
        self.steps.extend(reverse(pass, live, position, live_route));
        self.steps.push(self.add(pass, row, posting, route, posting.reads.clone()));
    }

    /// A new generation whose line holds the difference.
    fn delta(
        &self,
        pass: &Pass<'_>,
        row: &Row,
        posting: &Posting,
        route: &Route<'_>,
        live: &Live,
        difference: &[Option<Value>],
    ) -> Step {
        let mut step = self.add(pass, row, posting, route, posting.reads.clone());
        let posting_key = format!("{}/{}/delta", base_key(&step.intent.posting_key), step.intent.generation);
        step.call.fields = line(difference, step.intent.generation, route, pass.run.program()).fields;
        step.call.idempotency_key.clone_from(&posting_key);
        step.intent.posting_key = posting_key;
        step.intent.kind = Kind::Delta;
        step.intent.previous = Some(live.entry.id);
        step
    }

    /// A new generation.
    fn add(&self, pass: &Pass<'_>, row: &Row, posting: &Posting, route: &Route<'_>, reads: Reads) -> Step {
        self.step(pass, row, posting, route, self.track.generation + 1, reads)
    }

    fn step(
        &self,
        pass: &Pass<'_>,
        row: &Row,
        posting: &Posting,
        route: &Route<'_>,
        generation: u32,
        reads: Reads,
    ) -> Step {
        let program = pass.run.program();
        let object = pass.sync.linked_object(program);
        let named = pass.sync.idempotent_by.iter().filter_map(|&ix| object.fields.get(ix)).zip(&posting.key);
        let key: Vec<String> = named.map(|(field, value)| shown(value, field, program)).collect();
        let fields = &program.entity(route.entity_ix).fields;
        let made = line(&posting.image, generation, route, program);
        let posting_key = format!("{}/{}/{}/{generation}/post", pass.sync.sync.name, route.name, key.join("|"));
        let kind = match pass.sync.correct {
            _ if route.publishes => CallKind::Overwrite,
            Correction::Overwrite => CallKind::Upsert,
            _ => CallKind::Create,
        };
        let target_key = made.key.clone();
        let call = Call {
            idempotency_key: posting_key.clone(),
            kind,
            key: if kind == CallKind::Create { Vec::new() } else { key_cells(&made, route) },
            fields: written_cells(made, route),
            only_after_previous: false,
        };
        let intent = Intent {
            track: self.track.id,
            posting_key,
            kind: Kind::Post,
            target: route.name.clone(),
            map: route.map.id.clone(),
            generation,
            image: values::encode(fields.iter().zip(posting.image.iter().map(Option::as_ref)), program),
            target_key,
            previous: None,
            row: row.id,
            reads,
        };
        Step { intent, call, route: posting.route }
    }
}

fn shown(value: &Value, field: &syncline_eval::LinkedField, program: &syncline_eval::Program) -> String {
    match value {
        Value::Record(record) => format!("record {}", record.0),
        _ => show::write(value, field, program).unwrap_or_default(),
    }
}

/// The part of a posting key that all generations and kinds of a record share.
fn base_key(posting_key: &str) -> &str {
    posting_key.rsplitn(3, '/').nth(2).unwrap_or(posting_key)
}

fn route_of<'a, 'b>(pass: &'a Pass<'_>, live: &'b Live) -> Option<(&'b Live, &'a Route<'a>, usize)> {
    let position = pass.sync.routes.iter().position(|route| route.name == live.entry.target)?;
    Some((live, pass.sync.routes.get(position)?, position))
}

/// Negates the posted image; it is never computed anew.
fn reverse(pass: &Pass<'_>, live: &Live, position: usize, route: &Route<'_>) -> Option<Step> {
    let (entry, image) = (&live.entry, live.image.as_ref()?);
    let made = reversal(image, entry.generation, &entry.target_key, route, pass.run.program());
    let posting_key = format!("{}/{}/reverse", base_key(&entry.posting_key), entry.generation);
    let (kind, key) = match route.publishes {
        true => (CallKind::Withdraw, key_cells(&made, route)),
        false => (CallKind::Create, Vec::new()),
    };
    let target_key = made.key.clone();
    let call = Call {
        idempotency_key: posting_key.clone(),
        kind,
        key,
        fields: written_cells(made, route),
        only_after_previous: false,
    };
    let intent = Intent {
        track: entry.track,
        posting_key,
        kind: Kind::Reverse,
        target: entry.target.clone(),
        map: entry.map.clone(),
        generation: entry.generation,
        image: entry.image.clone(),
        target_key,
        previous: Some(entry.id),
        row: entry.row,
        reads: Reads::new(),
    };
    Some(Step { intent, call, route: position })
}
