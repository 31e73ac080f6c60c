//! Reconciliation by accounting identities (section 11): captured rows are all somewhere; posted rows are the ledger; the ledger is
//! the target as read back.
//!
//! Lines are compared one by one as well as in sum, so that two changes which cancel each other are seen: the differences of the
//! lines, without sign, must stay within the tolerance too.

use super::line::{difference, key_under, line, line_key, reversal_suffix, suffix};
use super::post::Targets;
use super::prepare::Route;
use super::{Pass, cells};
use crate::connectors::Cell;
use crate::error::Outcome;
use crate::hub::{Entry, Kind};
use crate::report::{Accounts, ReconciliationLine};
use crate::values;
use rustc_hash::FxHashSet;
use std::collections::{BTreeMap, BTreeSet};
use syncline_eval::{CurrencyCode, LinkedField, Value, digits, number};
use syncline_ir::{Measure, Reconcile};

/// What a reconciliation says.
pub(super) struct Reconciled {
    pub(super) even: bool,
    /// Where the rows of the sync are.
    pub(super) accounts: Accounts,
    pub(super) lines: Vec<ReconciliationLine>,
    /// Keys of lines that differ, the first of them.
    pub(super) differing: Vec<String>,
}

/// How many differing keys are named.
const NAMED: usize = 20;

/// The currency of money; none for other numbers.
type Group = Option<CurrencyCode>;

/// A number in its group.
type Amount = (Group, i128);

/// What counts of a line: for each measure a number with its group, none when it cannot be read or is null.
type Counted = Box<[Option<Amount>]>;

/// Sums of one measure.
#[derive(Default)]
struct Sums {
    scale: u8,
    ledger: BTreeMap<Group, i128>,
    target: BTreeMap<Group, i128>,
    posted: Option<BTreeMap<Group, i128>>,
    /// Sum of the differences of lines, without sign.
    apart: i128,
}

pub(super) fn reconcile(pass: &Pass<'_>, rule: &Reconcile, targets: &mut Targets<'_>) -> Outcome<Reconciled> {
    let measures = Measures::new(pass, rule);
    let mut sums: Vec<Sums> = measures.scales.iter().map(|&scale| Sums { scale, ..Sums::default() }).collect();
    let mut differing = BTreeSet::new();
    let mut ledger = measures.ledger(pass)?;
    for (position, route) in pass.sync.routes.iter().enumerate() {
        let Lines { lines: mut expected, deltas, images } =
            ledger.get_mut(position).map(std::mem::take).unwrap_or_default();
        for counted in expected.values() {
            add(&mut sums, counted, |sums| &mut sums.ledger);
        }
        let fields = measures.fields(pass, route);
        let names: Vec<&str> = fields.iter().map(String::as_str).collect();
        let mut posted = None;
        targets.to(route)?.read_back(route.entity, &names, &mut |found| {
            let (key, counted) = measures.read(pass, position, route, &names, &found, &deltas);
            // A row that does not hold what was published is left over; rows that nothing was published to are the source's own.
            if route.publishes && !images.get(&key).is_some_and(|image| holds(pass, route, &names, &found, image)) {
                return Ok(());
            }
            let known = expected.remove(&key);
            if known.is_none()
                && !differing.contains(&key)
                && (route.entity.control.is_none() || is_posted(pass, &route.name, &key, &mut posted)?)
            {
                return Ok(());
            }
            add(&mut sums, &counted, |sums| &mut sums.target);
            if known.as_ref() != Some(&counted) {
                apart(&mut sums, known.as_ref(), Some(&counted));
                differing.insert(key);
            }
            Ok(())
        })?;
        for (key, counted) in expected {
            apart(&mut sums, Some(&counted), None);
            differing.insert(key);
        }
    }
    measures.posted(pass, &mut sums)?;
    let accounts = pass.hub().accounts(pass.mark.id)?;
    let mut lines = Vec::new();
    let mut even = true;
    for (measure, sums) in rule.measures.iter().zip(&sums) {
        even &= within(sums.apart, sums.scale, &rule.tolerance);
        even &= report(measure, sums, &accounts, &rule.tolerance, &mut lines);
    }
    // A line may differ without a number: a measure that is zero here and cannot be read there.
    even &= differing.is_empty() || tolerance(&rule.tolerance).0 > 0;
    let differing = differing.into_iter().take(NAMED).map(|key| key.replace('\u{1f}', "|")).collect();
    Ok(Reconciled { even, accounts, lines, differing })
}

/// Whether any sync posted a line with this key. The ledger is read when the first line is found that this sync does not know.
fn is_posted(pass: &Pass<'_>, target: &str, key: &str, known: &mut Option<FxHashSet<String>>) -> Outcome<bool> {
    let keys = match known {
        Some(keys) => keys,
        None => known.insert(pass.hub().keys_posted_to(target)?),
    };
    Ok(keys.contains(key))
}

/// What a target is to hold.
#[derive(Default)]
struct Lines {
    /// By key.
    lines: BTreeMap<String, Counted>,
    /// Keys of lines with a difference: they count in sums, and are no further posting.
    deltas: BTreeSet<String>,
    /// Where rows that are there are changed: what each is to hold.
    images: BTreeMap<String, Vec<Option<Value>>>,
}

/// Whether a row of a source holds what was published to it.
fn holds(pass: &Pass<'_>, route: &Route<'_>, names: &[&str], found: &[Cell], image: &[Option<Value>]) -> bool {
    let program = pass.run.program();
    let linked = program.entity(route.entity_ix);
    let read = cells::values(&whole(&linked.fields, names, found), linked, program);
    image.iter().zip(&read).all(|(wanted, read)| wanted.as_ref().is_none_or(|wanted| read.as_ref() == Ok(wanted)))
}

/// The cells of all fields of a line of which some were read.
fn whole(fields: &[LinkedField], names: &[&str], found: &[Cell]) -> Vec<Cell> {
    let cell = |name: &str| names.iter().position(|known| *known == name).and_then(|ix| found.get(ix));
    fields.iter().map(|field| cell(&field.name).cloned().unwrap_or_default()).collect()
}

/// The measures of a reconciliation, and where they are read.
struct Measures<'a> {
    rule: &'a Reconcile,
    scales: Vec<u8>,
    /// By route, then by measure: position of the field; none for `count`, or when the target has no such field.
    fields: Vec<Vec<Option<usize>>>,
    /// By route, the positions of the fields that make the key of a line and what counts of it.
    needed: Vec<Vec<usize>>,
}

impl<'a> Measures<'a> {
    fn new(pass: &Pass<'_>, rule: &'a Reconcile) -> Self {
        let program = pass.run.program();
        let position = |route: &Route<'_>, measure: &Measure| match measure {
            Measure::Count => None,
            Measure::Sum(field) => program.entity(route.entity_ix).field_ix(field),
        };
        let fields: Vec<Vec<Option<usize>>> = pass
            .sync
            .routes
            .iter()
            .map(|route| rule.measures.iter().map(|measure| position(route, measure)).collect())
            .collect();
        let scale = |measure: usize| {
            let scales = pass.sync.routes.iter().zip(&fields).filter_map(|(route, fields)| {
                let ix = fields.get(measure).copied().flatten()?;
                Some(program.entity(route.entity_ix).fields.get(ix)?.shape.form.scale())
            });
            scales.max().unwrap_or_default()
        };
        let scales = (0..rule.measures.len()).map(scale).collect();
        let key = |route: &Route<'_>| -> Vec<usize> {
            let linked = program.entity(route.entity_ix);
            route.entity.key.iter().filter_map(|name| linked.field_ix(name)).collect()
        };
        let needed = pass.sync.routes.iter().zip(&fields).map(|(route, fields)| {
            let mut needed = key(route);
            needed.extend(fields.iter().flatten());
            needed
        });
        Self { rule, scales, needed: needed.collect(), fields }
    }

    /// What the ledger says each target holds, by route.
    fn ledger(&self, pass: &Pass<'_>) -> Outcome<Vec<Lines>> {
        let program = pass.run.program();
        let mut all: Vec<Lines> = pass.sync.routes.iter().map(|_| Lines::default()).collect();
        pass.hub().ledger(pass.mark.id, &mut |entry: Entry| {
            let Some(position) = pass.sync.routes.iter().position(|route| route.name == entry.target) else {
                return Ok(());
            };
            let (Some(route), Some(Lines { lines, deltas, images })) =
                (pass.sync.routes.get(position), all.get_mut(position))
            else {
                return Ok(());
            };
            let needed = self.needed.get(position).map_or(&[][..], Vec::as_slice);
            // A difference is that of whole images.
            let decoded = |image: &str| {
                let fields = &program.entity(route.entity_ix).fields;
                let all = entry.kind == Kind::Delta || route.publishes;
                values::decode_some(image, fields, program, |ix| all || needed.contains(&ix))
            };
            let image = decoded(&entry.image);
            let previous =
                || -> Outcome<_> { Ok(entry.previous.map(|id| pass.hub().entry(id)).transpose()?.flatten()) };
            let counted =
                |sign: i128| self.count(position, route, sign, |ix| image.get(ix).cloned().flatten(), program);
            match entry.kind {
                Kind::Reverse if route.publishes => {
                    lines.remove(&entry.target_key);
                    images.remove(&entry.target_key);
                }
                _ if route.publishes => {
                    lines.insert(entry.target_key.clone(), counted(1));
                    images.insert(entry.target_key, image);
                }
                Kind::Post => {
                    drop(lines.insert(key_under(&image, &suffix(entry.generation), route, program), counted(1)))
                }
                Kind::Reverse => {
                    let suffix = reversal_suffix(entry.generation);
                    drop(lines.insert(key_under(&image, &suffix, route, program), counted(-1)))
                }
                Kind::Delta => {
                    let before = previous()?.map(|previous| decoded(&previous.image)).unwrap_or_default();
                    // A plan that no longer adds up these fields has nothing to compare the line with.
                    let difference = difference(&before, &image, route, program).unwrap_or_default();
                    let mut counted =
                        self.count(position, route, 1, |ix| difference.get(ix).cloned().flatten(), program);
                    self.uncount(&mut counted);
                    let key = line(&image, entry.generation, route, program).key;
                    deltas.insert(key.clone());
                    lines.insert(key, counted);
                }
                Kind::Overwrite => {
                    if let Some(previous) = previous()? {
                        lines.remove(&previous.target_key);
                    }
                    lines.insert(entry.target_key.clone(), counted(1));
                }
            }
            Ok(())
        })?;
        Ok(all)
    }

    /// A line with a difference is no further posting.
    fn uncount(&self, counted: &mut Counted) {
        for (slot, measure) in counted.iter_mut().zip(&self.rule.measures) {
            if let (Some((_, number)), Measure::Count) = (slot, measure) {
                *number = 0;
            }
        }
    }

    /// What counts of a line with these values; `sign` is -1 for the count of a reversal, and for its sums when values are those
    /// of the line it reverses.
    fn count(
        &self,
        route: usize,
        to: &Route<'_>,
        sign: i128,
        value: impl Fn(usize) -> Option<Value>,
        program: &syncline_eval::Program,
    ) -> Counted {
        let scale_of =
            |ix: usize| program.entity(to.entity_ix).fields.get(ix).map_or(0, |field| field.shape.form.scale());
        let fields = self.fields.get(route).map_or(&[][..], Vec::as_slice);
        self.rule
            .measures
            .iter()
            .zip(fields)
            .zip(&self.scales)
            .map(|((measure, field), &scale)| match (measure, field) {
                (Measure::Count, _) => Some((None, sign)),
                (Measure::Sum(_), None) => None,
                (Measure::Sum(_), &Some(ix)) => {
                    let widened = |coefficient: i128| {
                        number::widen(coefficient, scale.saturating_sub(scale_of(ix)))
                            .unwrap_or(i128::MAX)
                            .saturating_mul(sign)
                    };
                    match value(ix)? {
                        Value::Decimal(coefficient) => Some((None, widened(coefficient))),
                        Value::Money(coefficient, currency) => Some((Some(currency), widened(coefficient))),
                        _ => None,
                    }
                }
            })
            .collect()
    }

    /// The fields of a target that are read back.
    fn fields(&self, pass: &Pass<'_>, route: &Route<'_>) -> Vec<String> {
        let linked = pass.run.program().entity(route.entity_ix);
        let mut names: Vec<String> = route.entity.key.clone();
        if route.publishes {
            names.extend(route.map.assignments.iter().map(|assignment| assignment.field.clone()));
        }
        names.extend(route.entity.reverses.clone());
        for measure in &self.rule.measures {
            let Measure::Sum(name) = measure else { continue };
            let Some(field) = linked.fields.iter().find(|field| *field.name == **name) else { continue };
            names.push(name.clone());
            let currency = field.currency.as_ref().and_then(|path| linked.fields.get(path.first));
            names.extend(currency.map(|field| field.name.to_string()));
        }
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(name.clone()));
        names
    }

    fn read(
        &self,
        pass: &Pass<'_>,
        position: usize,
        route: &Route<'_>,
        names: &[&str],
        found: &[Cell],
        deltas: &BTreeSet<String>,
    ) -> (String, Counted) {
        let program = pass.run.program();
        let linked = program.entity(route.entity_ix);
        let cell = |name: &str| names.iter().position(|known| *known == name).and_then(|ix| found.get(ix));
        let read = cells::values(&whole(&linked.fields, names, found), linked, program);
        let reversed =
            route.entity.reverses.as_ref().and_then(|name| cell(name)).is_some_and(|cell| *cell != Cell::Null);
        let mut counted = self.count(position, route, 1, |ix| read.get(ix)?.clone().ok(), program);
        if reversed {
            for (slot, measure) in counted.iter_mut().zip(&self.rule.measures) {
                if let (Some((_, number)), Measure::Count) = (slot, measure) {
                    *number = -1;
                }
            }
        }
        let key = line_key(route, cell);
        if !reversed && deltas.contains(&key) {
            self.uncount(&mut counted);
        }
        (key, counted)
    }

    /// Sums over the posted rows, where the canonical object has the field too.
    fn posted(&self, pass: &Pass<'_>, sums: &mut [Sums]) -> Outcome {
        let program = pass.run.program();
        let object = pass.sync.linked_object(program);
        let kind_in = |fields: &'_ [syncline_ir::Field], name: &str| {
            fields.iter().find(|field| field.name == name).map(|field| field.ty.kind.clone())
        };
        let declared = pass.run.prepared.plan.objects.iter().find(|object| object.name == *pass.sync.object_name);
        let same = |name: &str| {
            let own = declared.and_then(|object| kind_in(&object.fields, name))?;
            pass.sync
                .routes
                .iter()
                .all(|route| kind_in(&route.entity.fields, name).as_ref() == Some(&own))
                .then(|| object.field_ix(name))?
        };
        let sources: Vec<Option<usize>> = self
            .rule
            .measures
            .iter()
            .map(|measure| if let Measure::Sum(name) = measure { same(name) } else { None })
            .collect();
        for (sums, source) in sums.iter_mut().zip(&sources) {
            sums.posted = source.map(|_| BTreeMap::new());
        }
        if sources.iter().all(Option::is_none) {
            return Ok(());
        }
        pass.hub().posted_rows(pass.mark.id, &mut |record, reading| {
            let wanted = |ix: usize| sources.contains(&Some(ix));
            let written = values::decode_some(reading.as_deref().unwrap_or("{}"), &object.fields, program, wanted);
            // What the row did not write is as the record has it.
            let is_written = sources.iter().flatten().all(|&ix| written.get(ix).is_some_and(Option::is_some));
            let record = if is_written { None } else { pass.store().look_at(pass.sync.object, record)? };
            for (sums, source) in sums.iter_mut().zip(&sources) {
                let (Some(posted), Some(ix)) = (&mut sums.posted, *source) else { continue };
                let value = written.get(ix).cloned().flatten().or_else(|| record.as_ref()?.values.get(ix).cloned());
                match value {
                    Some(Value::Decimal(number)) => *posted.entry(None).or_default() += number,
                    Some(Value::Money(number, currency)) => *posted.entry(Some(currency)).or_default() += number,
                    _ => {}
                }
            }
            Ok(())
        })
    }
}

fn add(sums: &mut [Sums], counted: &Counted, side: impl Fn(&mut Sums) -> &mut BTreeMap<Group, i128>) {
    for (sums, amount) in sums.iter_mut().zip(counted) {
        if let Some((group, number)) = amount {
            let total = side(sums).entry(*group).or_default();
            *total = total.saturating_add(*number);
        }
    }
}

/// Adds how far a line is from what it should be.
fn apart(sums: &mut [Sums], expected: Option<&Counted>, found: Option<&Counted>) {
    for (measure, sums) in sums.iter_mut().enumerate() {
        let amount = |counted: Option<&Counted>| counted.and_then(|counted| counted.get(measure).cloned().flatten());
        let distance = match (amount(expected), amount(found)) {
            (Some((a, x)), Some((b, y))) if a == b => x.saturating_sub(y).saturating_abs(),
            (a, b) => a.map_or(0, |(_, x)| x.saturating_abs()).saturating_add(b.map_or(0, |(_, y)| y.saturating_abs())),
        };
        sums.apart = sums.apart.saturating_add(distance);
    }
}

fn tolerance(text: &str) -> (i128, u8) {
    let scale = text.split_once('.').map_or(0, |(_, digits)| u8::try_from(digits.len()).unwrap_or(38)).min(38);
    (digits::read(text, 38, scale).unwrap_or_default(), scale)
}

fn within(difference: i128, scale: u8, allowed: &str) -> bool {
    let (allowed, allowed_scale) = tolerance(allowed);
    let common = scale.max(allowed_scale);
    number::compare(difference.saturating_abs(), common - scale, allowed, common - allowed_scale).is_le()
}

/// The lines of a measure. Whether they come out even.
fn report(
    measure: &Measure,
    sums: &Sums,
    accounts: &Accounts,
    allowed: &str,
    lines: &mut Vec<ReconciliationLine>,
) -> bool {
    let shown = |number: i128| Some(digits::show(number, sums.scale));
    let mut groups: BTreeSet<Group> = sums.ledger.keys().chain(sums.target.keys()).copied().collect();
    if groups.is_empty() && *measure == Measure::Count {
        groups.insert(None);
    }
    let mut even = true;
    for group in &groups {
        let number = |side: &BTreeMap<Group, i128>| side.get(group).copied().unwrap_or_default();
        let (ledger, target) = (number(&sums.ledger), number(&sums.target));
        let difference = target.saturating_sub(ledger);
        let mut line = ReconciliationLine {
            group: group.map_or_else(String::new, |code| code.as_str().to_owned()),
            ..ReconciliationLine::default()
        };
        let posted = match measure {
            Measure::Count => {
                let count = |number: u64| Some(number.to_string());
                "count".clone_into(&mut line.measure);
                line.captured = count(accounts.captured);
                line.excluded = count(accounts.excluded);
                line.waiting = count(accounts.waiting);
                line.staged = count(accounts.staged);
                line.superseded = count(accounts.superseded);
                line.duplicate = count(accounts.duplicate);
                line.quarantined = count(accounts.quarantined);
                line.dismissed = count(accounts.dismissed);
                Some(i128::from(accounts.posted))
            }
            Measure::Sum(field) => {
                line.measure = format!("sum({field})");
                sums.posted.as_ref().map(number)
            }
        };
        line.posted = posted.and_then(shown);
        line.ledger = shown(ledger);
        line.target = shown(target);
        line.difference = shown(difference);
        even &= within(difference, sums.scale, allowed) && posted.is_none_or(|posted| posted == ledger);
        lines.push(line);
    }
    // Rows that count as posted in a group which neither ledger nor target has are nowhere.
    even && sums
        .posted
        .as_ref()
        .is_none_or(|posted| posted.iter().all(|(group, &number)| number == 0 || groups.contains(group)))
}
