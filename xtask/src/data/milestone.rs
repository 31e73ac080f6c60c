//! Milestones of the project operations system, and what becomes of them over the summer.

use std::io;

use super::card::Stock;
use super::days::{self, DAY, JULY, early};
use super::history::{History, State};
use super::planted::Planted;
use super::projects::{Project, Story};
use super::random::Random;
use super::table::Cell;

const MILESTONE: &[&str] = &["id", "project", "title", "planned_for", "accepted_on", "amount", "currency", "status"];
const TITLES: &[&str] = &["Concept", "Pilot", "Rollout", "Hand-over", "Training"];

/// What is wrong with a milestone, if anything is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Accepted in one of the months.
    Accepted,
    /// Not accepted before the end of September.
    Open,
    /// Cancelled in August.
    Cancelled,
    /// Accepted in July, of a project that begins in August.
    TooEarly,
    /// Accepted in July, taken back in August.
    Withdrawn,
    /// Accepted in July; another amount in August.
    Revised,
    /// Accepted, nobody says when.
    WithoutDay,
    OtherCurrency,
    /// Cancelled in July, accepted in August.
    Revived,
    /// Accepted in July; of another project in August.
    Rebooked,
    UnknownProject,
    /// Accepted in July; its project goes to the other company in August.
    Moved,
    /// Planned for June, accepted in July.
    BeforeStart,
}

use Fate::*;

/// Those with a trouble, with their names in the manifest and how many there are.
const TROUBLES: &[(Fate, &str, u64)] = &[
    (Cancelled, "milestone_cancelled", 2),
    (TooEarly, "milestone_too_early", 1),
    (Withdrawn, "milestone_withdrawn", 2),
    (Revised, "milestone_revised", 2),
    (WithoutDay, "milestone_without_day", 1),
    (OtherCurrency, "milestone_in_other_currency", 1),
    (Revived, "milestone_revived", 1),
    (Rebooked, "milestone_rebooked", 1),
    (UnknownProject, "milestone_unknown_project", 1),
    (Moved, "milestone_moved", 1),
    (BeforeStart, "milestone_before_start", 2),
];

/// The milestones: one for every project that runs all the time, and the troubles.
pub(super) fn milestones(stock: &Stock, random: &mut Random, planted: &mut Planted) -> io::Result<History> {
    let mut all: Vec<(Fate, Project)> = Vec::new();
    for (number, project) in stock.running.iter().enumerate() {
        let fate = if number % 8 == 7 { Open } else { Accepted };
        planted.add("milestone_open", u64::from(fate == Open));
        all.push((fate, project.clone()));
    }
    for (fate, name, count) in TROUBLES {
        planted.add(name, *count);
        for _ in 0..*count {
            let project = match fate {
                TooEarly => random.pick(&stock.projects.with(Story::Starting))?.clone(),
                Moved => random.pick(&stock.projects.with(Story::Moved))?.clone(),
                _ => random.pick(&stock.running)?.clone(),
            };
            all.push((*fate, project));
        }
    }
    random.shuffle(&mut all);
    let mut history = History::new(MILESTONE);
    for (number, (fate, project)) in (1_u64..).zip(all) {
        history.add(states(&format!("M-{number:04}"), fate, &project, stock, random)?);
    }
    Ok(history)
}

/// Everything that is said of one milestone, in the order of time.
fn states(id: &str, fate: Fate, project: &Project, stock: &Stock, random: &mut Random) -> io::Result<Vec<State>> {
    let title = *random.pick(TITLES)?;
    let planned_for = match fate {
        BeforeStart => days::date(random.below(30)),
        _ => days::date(JULY + 14 + random.below(70)),
    };
    let amount = match project.currency {
        "JPY" => 500_000 + random.below(300) * 10_000,
        _ => 4_000 + random.below(160) * 250,
    };
    let currency = match fate {
        OtherCurrency if project.currency == "USD" => "EUR",
        OtherCurrency => "USD",
        _ => project.currency,
    };
    let code = if fate == UnknownProject { "P-X003" } else { project.code.as_str() };
    let row = |code: &str, amount: u64, accepted_on: Option<String>, status: &str| -> Option<Vec<Cell>> {
        let accepted_on = accepted_on.map_or(Cell::Null, Cell::from);
        Some(vec![
            id.into(),
            code.into(),
            title.into(),
            planned_for.as_str().into(),
            accepted_on,
            format!("{amount}.00").into(),
            currency.into(),
            status.into(),
        ])
    };
    // In July, where something happens in August.
    let month =
        if matches!(fate, Accepted | WithoutDay | OtherCurrency | UnknownProject) { random.below(3) } else { 0 };
    let month = usize::try_from(month).unwrap_or(0);
    let reached = days::opens(month) + (1 + random.below(10)) * DAY + 36_000 + random.below(20_000);
    let accepted = reached + (1 + random.below(14)) * DAY;
    let day = Some(days::date(JULY + accepted / DAY));
    let done = row(code, amount, day.clone(), "Accepted");
    let change = early(1, random);
    let mut states = vec![(0, row(code, amount, None, "Planned"))];
    if fate != Open || random.chance(50) {
        states.push((reached, row(code, amount, None, "Reached")));
    }
    states.extend(match fate {
        Open => vec![],
        Cancelled => vec![(change, row(code, amount, None, "Cancelled"))],
        Withdrawn => vec![(accepted, done), (change, row(code, amount, None, "Reached"))],
        Revised => vec![(accepted, done), (change, row(code, amount + 500, day, "Accepted"))],
        WithoutDay => vec![(accepted, row(code, amount, None, "Accepted"))],
        Revived => vec![(accepted, row(code, amount, None, "Cancelled")), (change, done)],
        Rebooked => {
            let mut other = random.pick(&stock.running)?;
            while other.code == project.code || other.currency != project.currency {
                other = random.pick(&stock.running)?;
            }
            vec![(accepted, done), (change, row(&other.code, amount, day, "Accepted"))]
        }
        Accepted | TooEarly | OtherCurrency | UnknownProject | Moved | BeforeStart => vec![(accepted, done)],
    });
    Ok(states)
}
