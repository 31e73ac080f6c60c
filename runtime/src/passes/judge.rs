//! Judging one accepted row outward (section 7): excluded, to be posted as what, or waiting or quarantined.
//!
//! A posting keeps **copies**: the revisions of the records its assignments read. Which objects are read as copies, and which as
//! they are now, is decided by `on change of …`.

use super::line::{differences, same_image};
use super::prepare::Route;
use super::store::{Copies, Store, View};
use super::way_back::row_of;
use super::{Own, Pass, apply::insert, problem};
use crate::error::Outcome;
use crate::hub::{Decisions, Entry, Missing, Problem, Reading, Reads, Resolution, Row, Track};
use crate::values;
use syncline_eval::{
    Failure, Frame, Input, LinkedExpr, LinkedMap, Missing as MissingRecord, Outcome as Mapped, Reason, RecordId, Value,
    expr, map,
};
use syncline_ir::{Change, Leave};

/// The mapped values of a line, by field.
type Image = Vec<Option<Value>>;

/// What becomes of a row.
pub(super) enum Judged {
    Excluded,
    /// The sync only captures.
    Captured,
    Post(Box<Posting>),
    /// It is posted, and what has changed since does not concern it.
    Settled,
    Own(Own),
}

/// What is to be in a target.
pub(super) struct Posting {
    /// Position of the route.
    pub(super) route: usize,
    pub(super) image: Image,
    /// All that was read.
    pub(super) reads: Reads,
    /// The posted row stays, and somebody is asked about this.
    pub(super) ask: Option<Problem>,
    /// Values of the object's fields that make the posting key.
    pub(super) key: Vec<Value>,
}

/// The live posting of a track.
pub(super) struct Live {
    pub(super) entry: Entry,
    /// Its image by the fields of the entity as it is declared now; none when its route is gone.
    pub(super) image: Option<Image>,
}

/// The values of a key, with the positions of their fields.
type RowKey = Vec<(usize, Value)>;

/// The row at hand.
struct Subject<'a> {
    pass: &'a Pass<'a>,
    row: &'a Row,
    live: Option<&'a Live>,
    decisions: &'a Decisions,
    id: u64,
    /// The record: the values the row wrote, other fields as they are now.
    values: Vec<Value>,
    /// By route, the key of the row that the record came from, where that row is what is written.
    rows: Vec<Option<RowKey>>,
    /// Number of the record's latest change that came with a row.
    row_change: u64,
}

/// Why judging ends before there is an image.
enum Stop {
    Judged(Judged),
    Error(crate::RuntimeError),
}

impl From<crate::RuntimeError> for Stop {
    fn from(error: crate::RuntimeError) -> Self {
        Self::Error(error)
    }
}

/// What becomes of an accepted row.
pub(super) fn judge(
    pass: &Pass<'_>,
    track: &Track,
    row: &Row,
    live: Option<&Live>,
    decisions: &Decisions,
) -> Outcome<Judged> {
    let judged = judge_undecided(pass, track, row, live, decisions)?;
    let Judged::Own(Own::Quarantined(problem)) = &judged else { return Ok(judged) };
    let posted = live.is_some_and(|live| live.entry.row == row.id);
    Ok(match decisions.on(row.id, false, problem) {
        // Only a record that leaves can be released: its line is reversed.
        Some(Resolution::Release) => Judged::Excluded,
        Some(Resolution::Dismiss) if posted => Judged::Settled,
        _ => judged,
    })
}

fn judge_undecided(
    pass: &Pass<'_>,
    track: &Track,
    row: &Row,
    live: Option<&Live>,
    decisions: &Decisions,
) -> Outcome<Judged> {
    if track.missing == Missing::Deleted {
        return Ok(excluded(pass, live));
    }
    let Reading::Values(written) = &row.reading else { return Ok(excluded(pass, live)) };
    if !pass.sync.posts() {
        return Ok(Judged::Captured);
    }
    let Some(stored) = track.record.map(|id| pass.hub().record(id)).transpose()?.flatten() else {
        return Ok(excluded(pass, live));
    };
    if stored.retired {
        return Ok(excluded(pass, live));
    }
    let program = pass.run.program();
    let written = values::decode(written, &pass.sync.linked_object(program).fields, program);
    let all: Option<Vec<Value>> = written.iter().cloned().collect();
    let values = all.unwrap_or_else(|| {
        let now = pass.store().read(pass.sync.object, &stored.values);
        written.into_iter().zip(now).map(|(value, now)| value.unwrap_or(now)).collect()
    });
    let of_route = |route: &Route<'_>| if route.publishes { row_of(pass, route, stored.id) } else { Ok(None) };
    let rows = pass.sync.routes.iter().map(of_route).collect::<Outcome<_>>()?;
    let subject = Subject { pass, row, live, decisions, id: stored.id, values, rows, row_change: stored.row_change };
    let judged = match subject.judge() {
        Ok(judged) | Err(Stop::Judged(judged)) => judged,
        Err(Stop::Error(error)) => return Err(error),
    };
    pass.store().check()?;
    Ok(judged)
}

/// A row outside the sync's scope; when the record is posted, it leaves.
fn excluded(pass: &Pass<'_>, live: Option<&Live>) -> Judged {
    match (live, pass.sync.leave) {
        (Some(live), Leave::Hold(queue)) => left(live, queue),
        _ => Judged::Excluded,
    }
}

fn left(live: &Live, queue: &str) -> Judged {
    let message =
        format!("it no longer belongs into `{}`, where `{}` is posted", live.entry.target, live.entry.target_key);
    Judged::Own(Own::Quarantined(Problem::one("left-scope", message, queue)))
}

impl<'a> Subject<'a> {
    fn store(&self) -> &'a Store<'a> {
        &self.pass.run.store
    }

    /// Whether this is the row the live posting was made from.
    fn is_posted(&self) -> bool {
        self.live.is_some_and(|live| live.entry.row == self.row.id)
    }

    fn judge(&self) -> Result<Judged, Stop> {
        if let Some(live) = self.live
            && self.is_posted()
            && self.only_the_plan_changed()?
        {
            match self.pass.sync.on_change.plan {
                Change::Keep => return Ok(Judged::Settled),
                Change::Ask(queue) => {
                    let judged = match self.judge_as_it_is() {
                        Ok(judged) | Err(Stop::Judged(judged)) => judged,
                        Err(error) => return Err(error),
                    };
                    return Ok(self.ask_about_the_plan(judged, live, queue));
                }
                Change::Correct => {}
            }
        }
        self.judge_as_it_is()
    }

    /// Another plan is another judgement of the same data: the posting stays, and somebody is asked when it would differ.
    fn ask_about_the_plan(&self, judged: Judged, live: &Live, queue: &str) -> Judged {
        let routes = &self.pass.sync.routes;
        let Some((position, route)) = routes.iter().enumerate().find(|(_, route)| route.name == live.entry.target)
        else {
            return judged;
        };
        let Some(image) = &live.image else { return judged };
        let message = match &judged {
            Judged::Post(posting) if posting.route == position && same_image(&posting.image, image, route) => {
                return judged;
            }
            Judged::Post(posting) if posting.route == position => {
                differences(image, &posting.image, route, self.pass.run.program())
            }
            Judged::Own(Own::Quarantined(problem)) => {
                problem.reasons.first().map_or_else(String::new, |first| first.message.clone())
            }
            Judged::Settled => return Judged::Settled,
            _ => "it would not be posted there".to_owned(),
        };
        let problem = Problem::one("dependency-changed", format!("the plan changed: {message}"), queue);
        let resolution = self.decisions.on(self.row.id, true, &problem);
        if resolution == Some(Resolution::Release) {
            return judged;
        }
        let mut posting = self.posting(position, image.clone(), live.entry.reads.clone());
        posting.ask = Some(problem).filter(|_| resolution != Some(Resolution::Dismiss));
        Judged::Post(Box::new(posting))
    }

    fn judge_as_it_is(&self) -> Result<Judged, Stop> {
        let pass = self.pass;
        if let Some(starts) = pass.sync.starts
            && matches!(self.values.get(starts.field), Some(Value::Date(date)) if *date < starts.date)
        {
            return Ok(excluded(pass, self.live));
        }
        let current = View::current(self.store());
        let Some((position, route)) = self.route(&current)? else { return Ok(excluded(pass, self.live)) };
        if let Some(condition) = &route.linked.condition
            && !self.holds(condition, &current, route)?
        {
            return Ok(excluded(pass, self.live));
        }
        let here = self.live.filter(|live| live.entry.target == route.name);
        if let (Some(live), None, Leave::Hold(queue)) = (self.live, here, pass.sync.leave) {
            return Ok(left(live, queue));
        }
        match here {
            Some(live) if self.is_posted() => self.posted(position, route, live, &current),
            _ => self.new_row(position, route, &current),
        }
    }

    /// Whether the live posting was made by another plan, and nothing it depends on came with a row since all was last judged.
    fn only_the_plan_changed(&self) -> Outcome<bool> {
        let Some(live) = self.live.filter(|live| live.entry.plan != self.pass.run.plan()) else { return Ok(false) };
        let since = self.pass.mark.judged;
        if self.row_change > since {
            return Ok(false);
        }
        for &record in live.entry.reads.keys() {
            if self.pass.hub().came_with_a_row(record, since)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn frame(&self) -> Frame<'_> {
        Frame::record(self.pass.run.program(), Some(RecordId(self.id)), &self.values)
    }

    fn holds(&self, condition: &LinkedExpr, view: &View<'_>, route: &Route<'_>) -> Result<bool, Stop> {
        expr::holds(condition, &self.frame(), view).map_err(|fault| {
            let problem = Problem::one(fault.reason.as_str(), fault.message, &route.map.otherwise);
            Stop::Judged(Judged::Own(Own::Quarantined(problem)))
        })
    }

    fn route(&self, view: &View<'_>) -> Result<Option<(usize, &'a Route<'a>)>, Stop> {
        for (position, route) in self.pass.sync.routes.iter().enumerate() {
            let taken = match route.condition() {
                Some(condition) => self.holds(condition, view, route)?,
                None => true,
            };
            if taken {
                return Ok(Some((position, route)));
            }
        }
        Ok(None)
    }

    fn map(&self, route: &Route<'_>, map: &LinkedMap, view: &View<'_>) -> Mapped {
        let mapped = map::run(self.pass.run.program(), map, &Input::Record(RecordId(self.id), &self.values), view);
        match view.explained(mapped) {
            Mapped::Mapped { values } if route.publishes => self.in_its_row(values, route),
            other => other,
        }
    }

    /// What is published belongs into the row that the record came from.
    fn in_its_row(&self, mut values: Image, route: &Route<'_>) -> Mapped {
        let position = self.pass.sync.routes.iter().position(|other| other.name == route.name);
        let Some(key) = position.and_then(|position| self.rows.get(position)?.as_ref()) else {
            let wanted = format!("the row of `{}` that the record came from", route.name);
            let missing = MissingRecord { object: self.pass.sync.object, wanted: wanted.clone() };
            let failure = Failure {
                reason: Reason::LookupMissing,
                field: None,
                message: format!("{wanted} is not known"),
                queue: route.map.otherwise.as_str().into(),
                order: 0,
                missing: Some(missing.clone()),
            };
            return Mapped::Waiting { missing: vec![missing], failures: vec![failure] };
        };
        for (ix, value) in key {
            if let Some(slot) = values.get_mut(*ix) {
                *slot = Some(value.clone());
            }
        }
        Mapped::Mapped { values }
    }

    /// A row the live posting was not made from (6a).
    fn new_row(&self, position: usize, route: &Route<'_>, current: &View<'_>) -> Result<Judged, Stop> {
        let (mapped, mut reads) = match self.live {
            None => (self.map(route, route.all, current), Reads::new()),
            Some(live) => {
                let copies = Copies { objects: self.pass.sync.on_change.keep.clone(), reads: live.entry.reads.clone() };
                let view = View::with_copies(self.store(), &copies);
                let mapped = both(self.map(route, route.requires, current), self.map(route, route.assignments, &view));
                (mapped, view.reads())
            }
        };
        let image = self.image(mapped, route)?;
        self.is_complete(route)?;
        self.is_accepted(route, current)?;
        for (record, read) in current.reads() {
            reads.entry(record).or_insert(read);
        }
        Ok(Judged::Post(Box::new(self.posting(position, image, reads))))
    }

    /// The row the live posting was made from (6b).
    fn posted(&self, position: usize, route: &Route<'_>, live: &Live, current: &View<'_>) -> Result<Judged, Stop> {
        let on_change = &self.pass.sync.on_change;
        let kept = Copies { objects: on_change.keep.clone(), reads: live.entry.reads.clone() };
        let mut copies = kept.clone();
        copies.objects.extend(on_change.ask.iter().map(|(object, _)| *object));
        let (image, reads) = self.remapped(route, &copies, current)?;
        let Some(problem) = self.ask(route, &copies, &image)? else {
            return Ok(Judged::Post(Box::new(self.posting(position, image, reads))));
        };
        let resolution = self.decisions.on(self.row.id, true, &problem);
        if resolution == Some(Resolution::Release) {
            let (image, reads) = self.remapped(route, &kept, current)?;
            return Ok(Judged::Post(Box::new(self.posting(position, image, reads))));
        }
        let mut posting = self.posting(position, image, reads);
        posting.ask = Some(problem).filter(|_| resolution != Some(Resolution::Dismiss));
        Ok(Judged::Post(Box::new(posting)))
    }

    /// The image of the posted row, with some objects as they were, and what was read for it.
    fn remapped(&self, route: &Route<'_>, copies: &Copies, current: &View<'_>) -> Result<(Image, Reads), Stop> {
        let view = View::with_copies(self.store(), copies);
        let image = self.image(self.map(route, route.assignments, &view), route)?;
        let mut reads = view.reads();
        for (record, read) in current.reads() {
            reads.entry(record).or_insert(read);
        }
        Ok((image, reads))
    }

    /// Whether an object that is asked about would make another image.
    fn ask(&self, route: &Route<'_>, copies: &Copies, image: &[Option<Value>]) -> Result<Option<Problem>, Stop> {
        let on_change = &self.pass.sync.on_change;
        let differs = |now: &[(syncline_eval::ObjectIx, &str)]| -> Option<String> {
            let objects = copies
                .objects
                .iter()
                .filter(|object| !now.iter().any(|(asked, _)| asked == *object))
                .copied()
                .collect();
            let copies = Copies { objects, reads: copies.reads.clone() };
            let view = View::with_copies(self.store(), &copies);
            match self.map(route, route.assignments, &view) {
                Mapped::Mapped { values } if same_image(&values, image, route) => None,
                Mapped::Mapped { values } => Some(differences(image, &values, route, self.pass.run.program())),
                Mapped::Waiting { failures, .. } | Mapped::Failed { failures } => Some(
                    failures
                        .into_iter()
                        .next()
                        .map_or_else(|| "it could not be mapped".to_owned(), |first| first.message),
                ),
                Mapped::NotTaken => None,
            }
        };
        if on_change.ask.is_empty() {
            return Ok(None);
        }
        let Some(message) = differs(&on_change.ask) else { return Ok(None) };
        // With several, the queue is that of the first which makes a difference alone.
        let alone = on_change.ask.iter().find(|asked| differs(std::slice::from_ref(*asked)).is_some());
        let Some((object, queue)) = alone.or_else(|| on_change.ask.first()) else { return Ok(None) };
        let name = &self.pass.run.program().object(*object).name;
        Ok(Some(Problem::one("dependency-changed", format!("`{name}` changed: {message}"), queue)))
    }

    fn posting(&self, route: usize, image: Image, reads: Reads) -> Posting {
        let key =
            self.pass.sync.idempotent_by.iter().map(|&ix| self.values.get(ix).cloned().unwrap_or_default()).collect();
        Posting { route, image, reads, ask: None, key }
    }

    fn image(&self, mapped: Mapped, route: &Route<'_>) -> Result<Image, Stop> {
        let own = match mapped {
            Mapped::Mapped { values } => return Ok(values),
            Mapped::NotTaken => return Err(Stop::Judged(excluded(self.pass, self.live))),
            Mapped::Waiting { .. } if self.pass.may_wait(self.row, route.map.wait_seconds)? => Own::Waiting,
            Mapped::Waiting { failures, .. } | Mapped::Failed { failures } => {
                Own::Quarantined(problem(&failures, &route.map.otherwise))
            }
        };
        Err(Stop::Judged(Judged::Own(own)))
    }

    /// Only complete records are posted; what is lacking another sync may bring.
    fn is_complete(&self, route: &Route<'_>) -> Result<(), Stop> {
        let object = self.pass.sync.linked_object(self.pass.run.program());
        let lacking =
            object.fields.iter().zip(&self.values).find(|(field, value)| !field.shape.optional && value.is_null());
        let Some((field, _)) = lacking else { return Ok(()) };
        let own = if self.pass.may_wait(self.row, route.map.wait_seconds)? {
            Own::Waiting
        } else {
            let message = format!("`{}` has no `{}` yet", object.name, field.name);
            Own::Quarantined(Problem::one("incomplete", message, &route.map.otherwise))
        };
        Err(Stop::Judged(Judged::Own(own)))
    }

    /// What the target says it takes, asked again on the records as they are now.
    fn is_accepted(&self, route: &Route<'_>, current: &View<'_>) -> Result<(), Stop> {
        if route.to.accepts.is_empty() {
            return Ok(());
        }
        for accepts in &route.to.accepts {
            match &accepts.condition {
                Some(condition) if !self.holds(condition, current, route)? => {}
                _ => return Ok(()),
            }
        }
        let problem = Problem::one(
            "not-accepted",
            format!("`{}` does not accept it as it is now", route.name),
            &route.map.otherwise,
        );
        Err(Stop::Judged(Judged::Own(Own::Quarantined(problem))))
    }
}

/// The outcome of two parts of one map. A shared cause is reported once, at its first place.
fn both(requires: Mapped, assignments: Mapped) -> Mapped {
    let failures_of = |mapped: Mapped| -> (bool, Vec<Failure>) {
        match mapped {
            Mapped::Failed { failures } => (true, failures),
            Mapped::Waiting { failures, .. } => (false, failures),
            Mapped::Mapped { .. } | Mapped::NotTaken => (false, Vec::new()),
        }
    };
    if let (Mapped::Mapped { .. }, Mapped::Mapped { .. }) = (&requires, &assignments) {
        return assignments;
    }
    let (one, mut failures) = failures_of(requires);
    let (other, more) = failures_of(assignments);
    for failure in more {
        match failures.iter().position(|known| known.message == failure.message) {
            Some(known) if failures.get(known).is_some_and(|known| known.order > failure.order) => {
                failures.remove(known);
                insert(&mut failures, failure);
            }
            Some(_) => {}
            None => insert(&mut failures, failure),
        }
    }
    if one || other {
        return Mapped::Failed { failures };
    }
    let missing = failures.iter().filter_map(|failure| failure.missing.clone()).collect();
    Mapped::Waiting { missing, failures }
}
